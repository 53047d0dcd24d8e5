//! Where nothing was read: from the coverage ledger, so that a gap is never taken for silence.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;
use vigie_mention::{ConnectorId, FailureClass, FeedKey, Instant, KNOWN_FEED, Window};

/// Pauses up to this are never a gap, however often a connector usually asks: the ledger counts by the hour.
const SHORT_HOURS: i64 = 3;
/// A pause so many times the usual one is a gap.
const UNUSUAL: i64 = 3;

/// What kept mentions away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The service was asked, and no poll succeeded.
    Failed,
    /// Nothing was asked: Vigie did not run, or the connector rested.
    NotAsked,
}

/// A stretch of time in which a feed was not read as it should have been.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// The connector.
    pub connector: ConnectorId,
    /// The feed for a person: its title, `all feeds`, or how many.
    pub feed: String,
    /// How many feeds it is about; 0: all of the connector.
    pub feeds: u64,
    /// First instant not covered, to the hour.
    pub from: Instant,
    /// First instant covered again, or the end of what is known.
    pub until: Instant,
    /// What kept mentions away.
    pub cause: Cause,
    /// What the last failed poll failed with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<FailureClass>,
    /// The cause for a person.
    pub why: String,
}

/// What was asked at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Coverage {
    /// First hour with a poll inside the window; absent: nothing was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_asked: Option<Instant>,
    /// Last hour with a poll inside the window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_asked: Option<Instant>,
    /// Polls made.
    pub polls: u64,
    /// Polls that failed.
    pub failed: u64,
}

/// One hour of one feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hour {
    pub(crate) feed: FeedKey,
    /// Its first instant.
    pub(crate) hour: Instant,
    pub(crate) asked: u64,
    pub(crate) failed: u64,
    pub(crate) failure: Option<FailureClass>,
}

/// The feeds there are now, by key, with their titles. One that is gone had its end; it is not waited for.
pub(crate) type Feeds = HashMap<FeedKey, String>;

/// Sums up the rows inside the window.
pub(crate) fn coverage(rows: &[Hour], window: Window) -> Coverage {
    let mut sum = Coverage::default();
    for row in rows.iter().filter(|row| row.asked > 0 && window.from.hour() <= row.hour && row.hour < window.until) {
        sum.first_asked = Some(sum.first_asked.map_or(row.hour, |first| first.min(row.hour)));
        sum.last_asked = sum.last_asked.max(Some(row.hour));
        sum.polls += row.asked;
        sum.failed += row.failed;
    }
    sum
}

/// `coverage.gaps@1`: gaps inside the window, oldest first.
///
/// # Shape
/// `rows` in any order; rows from before the window make a gap known that reaches into it. Gaps of several feeds of one
/// connector that are the same otherwise are one.
pub(crate) fn gaps(rows: &[Hour], feeds: &Feeds, window: Window) -> Vec<Gap> {
    let mut by_feed: BTreeMap<&FeedKey, Vec<&Hour>> = BTreeMap::new();
    let mut asked: BTreeMap<&ConnectorId, Vec<Instant>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.asked > 0 && row.feed.feed != KNOWN_FEED) {
        by_feed.entry(&row.feed).or_default().push(row);
        asked.entry(&row.feed.connector).or_default().push(row.hour);
    }
    let known_until = rows.iter().map(|row| end(row.hour)).max();
    let mut stretches: BTreeMap<Stretch<'_>, Vec<&FeedKey>> = BTreeMap::new();
    for (feed, mut hours) in by_feed {
        hours.sort_unstable_by_key(|row| row.hour);
        let open_end = if feeds.contains_key(feed) { known_until } else { None };
        for (from, until, failure) in failures(&hours, open_end) {
            let stretch = Stretch {
                from,
                until,
                connector: &feed.connector,
                cause: Cause::Failed,
                failure: failure.map(FailureClass::name),
            };
            stretches.entry(stretch).or_default().push(feed);
        }
    }
    for (connector, mut hours) in asked {
        for (from, until) in pauses(&mut hours) {
            stretches.insert(Stretch { from, until, connector, cause: Cause::NotAsked, failure: None }, Vec::new());
        }
    }
    stretches.into_iter().filter_map(|(stretch, of)| stretch.shown(&of, feeds, window)).collect()
}

fn end(hour: Instant) -> Instant {
    Instant::from_millis(hour.as_millis().saturating_add(Instant::HOUR_MS))
}

/// Stretches in which every poll of a feed failed: from the first such hour until an hour with a success, else to `open_end`
/// or the end of the last failed hour.
fn failures(hours: &[&Hour], open_end: Option<Instant>) -> Vec<(Instant, Instant, Option<FailureClass>)> {
    let mut found = Vec::new();
    let mut open: Option<(Instant, Instant, Option<FailureClass>)> = None;
    for row in hours {
        if row.failed >= row.asked {
            let (from, until, failure) = open.get_or_insert((row.hour, row.hour, None));
            let _ = from;
            *until = end(row.hour);
            *failure = row.failure.or(*failure);
        } else if let Some((from, _, failure)) = open.take() {
            found.push((from, row.hour, failure));
        }
    }
    found.extend(open.map(|(from, until, failure)| (from, until.max(open_end.unwrap_or(until)), failure)));
    found
}

/// Stretches between two polls that are unusually long for the connector.
fn pauses(hours: &mut Vec<Instant>) -> Vec<(Instant, Instant)> {
    hours.sort_unstable();
    hours.dedup();
    let steps = || hours.iter().zip(hours.iter().skip(1)).map(|(a, b)| (b.as_millis() - a.as_millis(), *a, *b));
    let mut lengths: Vec<i64> = steps().map(|(length, _, _)| length).collect();
    lengths.sort_unstable();
    // Two polls have one pause, which is neither usual nor unusual.
    let Some(usual) = lengths.get(lengths.len() / 2).filter(|_| lengths.len() > 1) else { return Vec::new() };
    let longest = (usual * UNUSUAL).max(SHORT_HOURS * Instant::HOUR_MS);
    steps().filter(|(length, _, _)| *length > longest).map(|(_, a, b)| (end(a), b)).collect()
}

/// What makes two gaps the same; in the order in which they are shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Stretch<'a> {
    from: Instant,
    until: Instant,
    connector: &'a ConnectorId,
    cause: Cause,
    failure: Option<&'static str>,
}

impl Stretch<'_> {
    /// The part inside the window, in words.
    fn shown(&self, of: &[&FeedKey], feeds: &Feeds, window: Window) -> Option<Gap> {
        let (from, until) = (self.from.max(window.from), self.until.min(window.until));
        if from >= until {
            return None;
        }
        let feed = match of {
            [] => "all feeds".to_owned(),
            [one] => feeds.get(one).filter(|title| !title.is_empty()).unwrap_or(&one.feed).clone(),
            many => format!("{} feeds", many.len()),
        };
        let why = match (self.cause, self.failure) {
            (Cause::NotAsked, _) => "nothing was asked".to_owned(),
            (Cause::Failed, Some(failure)) => format!("every poll failed, last with {failure}"),
            (Cause::Failed, None) => "every poll failed".to_owned(),
        };
        Some(Gap {
            connector: self.connector.clone(),
            feed,
            feeds: of.iter().collect::<HashSet<_>>().len() as u64,
            from,
            until,
            cause: self.cause,
            failure: self.failure.and_then(|name| FailureClass::ALL.into_iter().find(|class| class.name() == name)),
            why,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hour(hour: i64) -> Instant {
        Instant::from_millis(hour * Instant::HOUR_MS)
    }

    fn key(feed: &str) -> FeedKey {
        FeedKey { connector: ConnectorId::new("board").expect("a name"), feed: feed.into() }
    }

    fn row(feed: &str, at: i64, asked: u64, failed: u64) -> Hour {
        let failure = (failed > 0).then_some(FailureClass::Transient);
        Hour { feed: key(feed), hour: hour(at), asked, failed, failure }
    }

    fn window(from: i64, until: i64) -> Window {
        Window { from: hour(from), until: hour(until) }
    }

    fn living(feeds: &[&str]) -> Feeds {
        feeds.iter().map(|feed| (key(feed), format!("the {feed}"))).collect()
    }

    /// Each gap as hours, feed and cause.
    fn found(rows: &[Hour], feeds: &Feeds, window: Window) -> Vec<(i64, i64, String, Cause)> {
        let hours = |at: Instant| at.as_millis() / Instant::HOUR_MS;
        gaps(rows, feeds, window).into_iter().map(|gap| (hours(gap.from), hours(gap.until), gap.feed, gap.cause)).collect()
    }

    #[test]
    fn failures_are_a_gap_until_a_poll_succeeds() {
        let rows = [row("news", 0, 1, 0), row("news", 1, 2, 2), row("news", 3, 1, 1), row("news", 5, 2, 1), row("news", 6, 1, 0)];
        assert_eq!(found(&rows, &living(&["news"]), window(0, 24)), [(1, 5, "the news".into(), Cause::Failed)]);
    }

    #[test]
    fn an_hour_with_one_success_is_covered() {
        assert_eq!(found(&[row("news", 0, 3, 2)], &living(&["news"]), window(0, 24)), []);
    }

    #[test]
    fn a_feed_that_rests_is_a_gap_for_as_long_as_others_are_read() {
        let rows = [row("news", 0, 1, 1), row("other", 0, 1, 0), row("other", 1, 1, 0), row("other", 2, 1, 0)];
        assert_eq!(found(&rows, &living(&["news", "other"]), window(0, 24)), [(0, 3, "the news".into(), Cause::Failed)]);
        // One that is gone had its end.
        assert_eq!(found(&rows, &living(&["other"]), window(0, 24)), [(0, 1, "news".into(), Cause::Failed)]);
    }

    #[test]
    fn an_outage_of_many_feeds_is_one_gap() {
        let rows: Vec<Hour> = ["a", "b", "c"].iter().flat_map(|feed| [row(feed, 1, 1, 1), row(feed, 2, 1, 0)]).collect();
        let gaps = gaps(&rows, &living(&["a", "b", "c"]), window(0, 24));
        assert_eq!(gaps.iter().map(|gap| (gap.feed.as_str(), gap.feeds)).collect::<Vec<_>>(), [("3 feeds", 3)]);
        assert_eq!(gaps.first().map(|gap| gap.why.as_str()), Some("every poll failed, last with transient"));
    }

    #[test]
    fn an_unusual_pause_is_a_gap_and_a_usual_one_is_not() {
        let hourly: Vec<Hour> = [0, 1, 2, 3, 10, 11, 12].iter().map(|at| row("news", *at, 1, 0)).collect();
        assert_eq!(found(&hourly, &living(&["news"]), window(0, 24)), [(4, 10, "all feeds".into(), Cause::NotAsked)]);
        let daily: Vec<Hour> = [0, 24, 48, 72].iter().map(|at| row("news", *at, 1, 0)).collect();
        assert_eq!(found(&daily, &living(&["news"]), window(0, 96)), []);
        // Two polls do not say what is usual.
        assert_eq!(found(&[row("news", 0, 1, 0), row("news", 90, 1, 0)], &living(&["news"]), window(0, 96)), []);
    }

    #[test]
    fn gaps_are_cut_at_the_window() {
        let rows: Vec<Hour> = [0, 1, 2, 3, 10, 11, 12].iter().map(|at| row("news", *at, 1, 0)).collect();
        assert_eq!(found(&rows, &living(&["news"]), window(6, 8)), [(6, 8, "all feeds".into(), Cause::NotAsked)]);
        assert_eq!(found(&rows, &living(&["news"]), window(10, 24)), []);
    }

    #[test]
    fn coverage_says_whether_anything_was_asked() {
        assert_eq!(coverage(&[], window(0, 24)), Coverage::default());
        let rows = [row("a", 1, 2, 1), row("b", 5, 1, 0), row("a", 30, 1, 1)];
        let expected = Coverage { first_asked: Some(hour(1)), last_asked: Some(hour(5)), polls: 3, failed: 1 };
        assert_eq!(coverage(&rows, window(0, 24)), expected);
    }
}
