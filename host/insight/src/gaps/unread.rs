//! When one feed was not read, and what of that cannot have been read since.
//!
//! A feed is not read while its polls fail, and while nothing asks for longer than its connector's interval explains. Neither need lose
//! anything: the next poll that goes well goes on from the feed's cursor, and a source that lists far enough brings all that was said
//! meanwhile. So a stretch ends where what that poll could reach begins, and where it could reach everything there is none.

use std::time::Duration;

use serde::Serialize;
use vigie_mention::{ConnectorId, FailureClass, Instant};

/// Pauses up to this are never a gap: the ledger counts by the hour.
const SHORT: Duration = Duration::from_secs(3 * 60 * 60);
/// A pause so many times the interval is a gap.
const UNUSUAL: u32 = 3;
/// How far back the head of a feed is read where it has no cursor.
const FIRST_LOOK: Duration = Duration::from_secs(24 * 60 * 60);
/// Before every window.
const EVER: Instant = Instant::from_millis(i64::MIN);

/// A connector that is to be read, and what tells whether it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// The connector.
    pub connector: ConnectorId,
    /// Time between two looks at the head of a feed.
    pub every: Duration,
    /// How far back it reads; `None`: the head alone.
    pub history: Option<Duration>,
    /// How far back its source can be read.
    pub reach: Reach,
}

/// How far back a source lists what was said while nobody asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// To the beginning.
    Whole,
    /// So far.
    Back(Duration),
    /// So many mentions, or nobody knows.
    Unknown,
}

/// Why what was said was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The service was asked, and no poll succeeded.
    Failed,
    /// Nothing was asked: Vigie did not run, or the connector rested.
    NotAsked,
    /// It was said before the feed was first read, and further back than its history was asked for and read.
    BeforeHistory,
}

/// One hour of one feed, as the ledger has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hour {
    /// Its first instant.
    pub(crate) hour: Instant,
    pub(crate) asked: u32,
    pub(crate) failed: u32,
    pub(crate) failure: Option<FailureClass>,
    pub(crate) received: u32,
    pub(crate) new: u32,
    /// What came and had come before.
    pub(crate) known: u32,
}

impl Hour {
    fn is_good(&self) -> bool {
        self.asked > self.failed
    }

    fn end(&self) -> Instant {
        self.hour + Duration::from_secs(60 * 60)
    }

    /// Whether what was listed joins what had been read before. What came for the first time in this hour came at most once again with
    /// each later poll of it: if more was known than that, something of it is older. A list that brought nothing is as it was.
    fn joins(&self) -> bool {
        let again = u64::from(self.asked - self.failed).saturating_sub(1) * u64::from(self.new);
        self.received == 0 || u64::from(self.known) > again
    }

    fn is_stale(&self) -> bool {
        self.failure == Some(FailureClass::StaleCursor)
    }

    /// Counts what else was asked in the same hour.
    pub(crate) fn add(&mut self, other: &Self) {
        self.asked += other.asked;
        self.failed += other.failed;
        self.failure = other.failure.or(self.failure);
        self.received += other.received;
        self.new += other.new;
        self.known += other.known;
    }
}

/// What else is known of a feed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Feed {
    /// For a person.
    pub(crate) title: String,
    /// It was found on the way: it comes and goes, and is read whole when it is found.
    pub(crate) child: bool,
    /// It is still to be read.
    pub(crate) alive: bool,
    /// When it is to be read again; unknown while it is read, or rests.
    pub(crate) due: Option<Instant>,
    /// Its head has not been reached since it was last asked.
    pub(crate) behind: bool,
    /// When it was first read.
    pub(crate) first_read: Option<Instant>,
    /// From when on its history was asked for, if that was read to its end.
    pub(crate) history: Option<Instant>,
}

/// A stretch of time of which a feed does not tell what was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unread {
    pub(crate) from: Instant,
    pub(crate) until: Instant,
    pub(crate) cause: Cause,
    pub(crate) failure: Option<FailureClass>,
}

/// The stretches of a feed, up to `now`.
///
/// # Shape
/// `rows` in order of time, one an hour. Without a `watch` (the connector is not in the configuration any more) only failures count.
pub(crate) fn unread(rows: &[Hour], feed: &Feed, watch: Option<&Watch>, now: Instant) -> Vec<Unread> {
    Reader { rows, feed, watch, now }.unread()
}

struct Reader<'a> {
    rows: &'a [Hour],
    feed: &'a Feed,
    watch: Option<&'a Watch>,
    now: Instant,
}

impl Reader<'_> {
    fn unread(&self) -> Vec<Unread> {
        let mut found: Vec<Unread> = self.before_history().into_iter().collect();
        let mut open: Vec<Unread> = Vec::new();
        let (mut failing, mut stale, mut last): (Option<Unread>, _, Option<&Hour>) = (None, false, None);
        for row in self.rows {
            stale |= row.is_stale();
            if let Some(stretch) = &mut failing {
                stretch.until = if row.is_good() { row.hour } else { row.end() };
                stretch.failure = row.failure.filter(|_| !row.is_good()).or(stretch.failure);
            } else {
                open.extend(last.and_then(|last| self.pause(last, row.hour, row.hour.since(last.hour))));
                if !row.is_good() {
                    let (from, until) = (row.hour, row.end());
                    failing = Some(Unread { from, until, cause: Cause::Failed, failure: row.failure });
                }
            }
            if row.is_good() {
                open.extend(failing.take());
                let reached = self.reached(row, stale);
                found.extend(open.drain(..).map(|one| Unread { until: one.until.min(reached), ..one }));
                stale = false;
            }
            last = Some(row);
        }
        match (failing, last) {
            (Some(stretch), _) if self.feed.alive => open.push(Unread { until: stretch.until.max(self.now), ..stretch }),
            (Some(stretch), _) => open.push(stretch),
            (None, Some(last)) if self.feed.alive => {
                let due = self.feed.due.map_or(last.end(), |due| due.max(last.end()));
                open.extend(self.pause(last, self.now, self.now.since(due)));
            }
            _ => {}
        }
        found.extend(open);
        found.retain(|one| one.from < one.until);
        found
    }

    /// A pause between two polls, if it is longer than the connector's interval, or the pause the source asks for, explains.
    fn pause(&self, last: &Hour, until: Instant, length: Duration) -> Option<Unread> {
        let watch = self.watch.filter(|_| !self.feed.child)?;
        let asked = self.rows.last().zip(self.feed.due).map_or(Duration::ZERO, |(last, due)| due.since(last.hour));
        let longest = watch.every.max(asked).saturating_mul(UNUSUAL).max(SHORT);
        let stretch = Unread { from: last.end(), until, cause: Cause::NotAsked, failure: None };
        (length > longest).then_some(stretch)
    }

    /// From when on everything was read that was said until this hour, in which a poll went well.
    fn reached(&self, row: &Hour, stale: bool) -> Instant {
        let good = |row: &&Hour| row.is_good();
        if self.feed.behind && self.rows.iter().rev().find(good).is_some_and(|last| last.hour == row.hour) {
            return row.hour;
        }
        let earlier = self.feed.first_read.is_some_and(|first| first.hour() < row.hour);
        if !earlier && self.rows.iter().find(good).is_some_and(|first| first.hour == row.hour) {
            return self.begins().unwrap_or(EVER);
        }
        let (reach, history) = self.watch.map_or((Reach::Unknown, None), |watch| (watch.reach, watch.history));
        let listed = match reach {
            Reach::Whole => EVER,
            Reach::Back(span) => row.end() - span,
            Reach::Unknown if row.joins() => EVER,
            Reach::Unknown => row.hour,
        };
        // The head is not read further back than the history, and without a cursor not further than the first time.
        let history = history.filter(|_| !self.feed.child);
        let asked = history.map_or(EVER, |history| row.end() - history);
        let head = listed.max(asked).max(if stale { row.end() - FIRST_LOOK } else { EVER });
        // Where the history was read again after that, it says more.
        match self.feed.history.zip(history) {
            Some((since, history)) if reach != Reach::Unknown && since + history >= row.hour => head.min(since.max(listed)),
            _ => head,
        }
    }

    /// From when on the feed tells what was said; `None` where that is not known, or all of it.
    fn begins(&self) -> Option<Instant> {
        let watch = self.watch.filter(|_| self.feed.alive && !self.feed.child)?;
        let first = self.feed.first_read.or(self.rows.first().map(|row| row.hour))?;
        let was_read = self.feed.first_read.is_some() || self.rows.first().is_some_and(Hour::is_good);
        let listed = match watch.reach {
            Reach::Back(span) => first - span,
            Reach::Whole | Reach::Unknown => EVER,
        };
        let head = if was_read { first - watch.history.map_or(FIRST_LOOK, |history| history.min(FIRST_LOOK)) } else { first };
        Some(self.feed.history.map_or(head, |since| since.min(head)).max(listed))
    }

    /// What was said before the feed begins to tell.
    fn before_history(&self) -> Option<Unread> {
        let watched = self.watch.is_some() && self.feed.alive && !self.feed.child;
        let stretch = |until, cause| Unread { from: EVER, until, cause, failure: None };
        if watched && self.rows.is_empty() && self.feed.first_read.is_none() {
            return Some(stretch(self.now, Cause::NotAsked));
        }
        // From its first poll on it is said why nothing was read.
        let first = self.rows.first().filter(|row| !row.is_good()).map(|row| row.hour);
        self.begins().map(|begins| stretch(first.map_or(begins, |first| first.min(begins)), Cause::BeforeHistory))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);
    const DAY: Duration = Duration::from_secs(24 * 3_600);

    fn at(hour: i64) -> Instant {
        Instant::from_millis(hour * Instant::HOUR_MS)
    }

    /// An hour with a poll that brought what nobody knew.
    fn good(hour: i64) -> Hour {
        Hour { hour: at(hour), asked: 1, failed: 0, failure: None, received: 5, new: 5, known: 0 }
    }

    fn bad(hour: i64) -> Hour {
        let failure = Some(FailureClass::Transient);
        Hour { hour: at(hour), asked: 1, failed: 1, failure, received: 0, new: 0, known: 0 }
    }

    fn watch(reach: Reach) -> Watch {
        let connector = ConnectorId::new("board").expect("a name");
        Watch { connector, every: Duration::from_secs(900), history: None, reach }
    }

    /// Read since long before all of this.
    fn feed() -> Feed {
        Feed { title: "news".into(), alive: true, first_read: Some(at(-10_000)), ..Feed::default() }
    }

    /// Each stretch behind hour -100 in hours, and its cause.
    fn found(rows: &[Hour], feed: &Feed, watch: &Watch, now: i64) -> Vec<(i64, i64, Cause)> {
        let hours = |at: Instant| at.as_millis().div_euclid(Instant::HOUR_MS);
        let all = unread(rows, feed, Some(watch), at(now));
        let shown = all.into_iter().filter(|one| one.until > at(-100));
        shown.map(|one| (hours(one.from.max(at(-100))), hours(one.until), one.cause)).collect()
    }

    #[test]
    fn what_failed_is_unread_until_a_poll_succeeds() {
        let rows = [good(0), bad(1), bad(3), Hour { asked: 2, failed: 1, ..good(5) }, good(6)];
        assert_eq!(found(&rows, &feed(), &watch(Reach::Unknown), 7), [(1, 5, Cause::Failed)]);
        assert_eq!(found(&[Hour { asked: 3, failed: 2, ..good(0) }], &feed(), &watch(Reach::Unknown), 1), []);
    }

    #[test]
    fn what_goes_on_failing_is_unread_until_now() {
        let rows = [good(0), bad(1)];
        assert_eq!(found(&rows, &feed(), &watch(Reach::Whole), 90), [(1, 90, Cause::Failed)]);
        let ended = Feed { alive: false, ..feed() };
        assert_eq!(found(&rows, &ended, &watch(Reach::Whole), 90), [(1, 2, Cause::Failed)], "nobody waits for it");
    }

    #[test]
    fn who_stopped_reads_nothing() {
        let rows = [good(0), good(1)];
        assert_eq!(found(&rows, &feed(), &watch(Reach::Whole), 290), [(2, 290, Cause::NotAsked)]);
        assert_eq!(found(&rows, &feed(), &watch(Reach::Whole), 4), [], "three hours are no pause");
        assert_eq!(found(&rows, &Feed { alive: false, ..feed() }, &watch(Reach::Whole), 290), []);
    }

    #[test]
    fn pauses_are_judged_by_the_interval() {
        let rows = [good(0), good(456)];
        assert_eq!(found(&rows, &feed(), &watch(Reach::Unknown), 457), [(1, 456, Cause::NotAsked)]);
        let weekly = Watch { every: 7 * DAY, ..watch(Reach::Unknown) };
        assert_eq!(found(&rows, &feed(), &weekly, 457), []);
        // A pause that the source asks for is the feed's own interval.
        let daily = [good(0), good(24), good(48)];
        let rests = Feed { due: Some(at(72)), ..feed() };
        assert_eq!(found(&daily, &rests, &watch(Reach::Unknown), 60), []);
        assert_eq!(found(&daily, &rests, &watch(Reach::Unknown), 200), [(49, 200, Cause::NotAsked)]);
    }

    #[test]
    fn what_the_source_lists_afterwards_is_no_loss() {
        for (cause, rows) in [(Cause::NotAsked, vec![good(0), good(240)]), (Cause::Failed, vec![good(0), bad(1), good(240)])] {
            assert_eq!(found(&rows, &feed(), &watch(Reach::Whole), 241), []);
            assert_eq!(found(&rows, &feed(), &watch(Reach::Back(7 * DAY)), 241), [(1, 241 - 168, cause)]);
            assert_eq!(found(&rows, &feed(), &watch(Reach::Back(30 * DAY)), 241), []);
            assert_eq!(found(&rows, &feed(), &watch(Reach::Unknown), 241), [(1, 240, cause)]);
            let bounded = Watch { history: Some(2 * DAY), ..watch(Reach::Whole) };
            assert_eq!(found(&rows, &feed(), &bounded, 241), [(1, 241 - 48, cause)], "nothing older was asked for");
            let behind = Feed { behind: true, ..feed() };
            assert_eq!(found(&rows, &behind, &watch(Reach::Whole), 241), [(1, 240, cause)], "it is still at it");
        }
    }

    #[test]
    fn a_list_that_joins_what_was_read_has_lost_nothing() {
        let back = |asked, new, known| Hour { asked, received: new + known, new, known, ..good(24) };
        let lost = |row: Hour| !found(&[good(0), row], &feed(), &watch(Reach::Unknown), 25).is_empty();
        assert!(lost(back(1, 20, 0)));
        assert!(!lost(back(1, 19, 1)));
        assert!(!lost(back(1, 0, 0)), "it is as it was");
        // Twenty new ones, and the same again with the next poll of the hour.
        assert!(lost(back(2, 20, 20)));
        assert!(!lost(back(2, 5, 35)));
    }

    #[test]
    fn a_lost_cursor_reaches_a_day_back_or_as_far_as_the_history_is_read_again() {
        let stale = Hour { failure: Some(FailureClass::StaleCursor), ..bad(240) };
        let rows = [good(0), stale, good(241)];
        assert_eq!(found(&rows, &feed(), &watch(Reach::Whole), 242), [(1, 218, Cause::NotAsked)]);
        let month = Watch { history: Some(30 * DAY), ..watch(Reach::Whole) };
        let again = Feed { history: Some(at(242) - 30 * DAY), ..feed() };
        assert_eq!(found(&rows, &again, &month, 242), []);
        let long_ago = Feed { history: Some(at(0) - 30 * DAY), ..feed() };
        assert_eq!(found(&rows, &long_ago, &month, 242), [(1, 218, Cause::NotAsked)]);
    }

    #[test]
    fn a_feed_begins_where_its_history_was_asked_for() {
        let new = Feed { first_read: Some(at(0)), ..feed() };
        let week = Watch { history: Some(7 * DAY), ..watch(Reach::Whole) };
        let walked = Feed { history: Some(at(0) - 2 * DAY), ..new.clone() };
        assert_eq!(found(&[good(0)], &walked, &week, 1), [(-100, -48, Cause::BeforeHistory)]);
        assert_eq!(found(&[good(0)], &new, &week, 1), [(-100, -24, Cause::BeforeHistory)], "not read to its end yet");
        assert_eq!(found(&[good(0)], &new, &watch(Reach::Whole), 1), [(-100, -24, Cause::BeforeHistory)]);
        let short = Watch { reach: Reach::Back(24 * HOUR), ..week };
        assert_eq!(found(&[good(0)], &walked, &short, 1), [(-100, -24, Cause::BeforeHistory)], "nor could it be read");
        let unknown = Feed { history: Some(EVER), first_read: None, ..feed() };
        assert_eq!(found(&[good(0)], &unknown, &watch(Reach::Whole), 1), []);
    }

    #[test]
    fn a_feed_that_was_never_read_tells_nothing() {
        let never = Feed { first_read: None, ..feed() };
        assert_eq!(found(&[], &never, &watch(Reach::Whole), 9), [(-100, 9, Cause::NotAsked)]);
        assert_eq!(found(&[bad(0)], &never, &watch(Reach::Whole), 9), [(-100, 0, Cause::BeforeHistory), (0, 9, Cause::Failed)]);
        // Its first look reaches a day back, and so over what had failed.
        let first = Feed { first_read: Some(at(3)), ..feed() };
        assert_eq!(found(&[bad(0), good(3)], &first, &watch(Reach::Unknown), 4), [(-100, -21, Cause::BeforeHistory)]);
    }

    #[test]
    fn children_come_and_go() {
        let child = Feed { child: true, first_read: None, ..feed() };
        assert_eq!(found(&[good(0), good(240)], &child, &watch(Reach::Unknown), 500), []);
        assert_eq!(found(&[good(0), bad(1)], &child, &watch(Reach::Unknown), 50), [(1, 50, Cause::Failed)]);
    }

    #[test]
    fn of_a_connector_that_was_removed_failures_alone_are_known() {
        let rows = [good(0), good(240), bad(241)];
        let ended = Feed { alive: false, ..feed() };
        let all = unread(&rows, &ended, None, at(900));
        assert_eq!(all.iter().map(|one| (one.from, one.until)).collect::<Vec<_>>(), [(at(241), at(242))]);
    }
}
