//! Where nothing was read: from the coverage ledger, so that a gap is never taken for silence.

mod ledger;
mod unread;

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use serde::Serialize;
use vigie_mention::{ConnectorId, FailureClass, FeedKey, Instant, PLAN_FEED, Window};

pub(crate) use ledger::Ledger;
pub use unread::{Cause, Reach, Watch};
use unread::{Feed, Hour, Unread, unread};

/// Gaps of feeds of one connector that begin and end so near to each other are one.
const TOGETHER: Duration = Duration::from_secs(3 * 60 * 60);

/// A stretch of time of which a feed does not tell what was said.
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
    /// First instant covered again, or now.
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
    /// Polls made, and tries to plan that failed. Reading known mentions again is none.
    pub polls: u64,
    /// Those that failed.
    pub failed: u64,
}

/// One feed, and the hours in which it was asked, in order.
pub(crate) struct Record {
    pub(crate) key: FeedKey,
    pub(crate) feed: Feed,
    pub(crate) rows: Vec<Hour>,
}

/// `coverage.gaps@2`: gaps inside the window, oldest first. Connectors that are `silent` have no feed yet.
fn gaps(
    records: &[Record],
    silent: &[ConnectorId],
    watches: &HashMap<ConnectorId, Watch>,
    window: Window,
    now: Instant,
) -> Vec<Gap> {
    let mut stretches: Vec<Stretch<'_>> = Vec::new();
    let mut planned: HashMap<&ConnectorId, usize> = HashMap::new();
    for Record { key, feed, rows } in records {
        *planned.entry(&key.connector).or_default() += usize::from(feed.alive && !feed.child);
        for one in unread(rows, feed, watches.get(&key.connector), now) {
            let inside = Unread { from: one.from.max(window.from), until: one.until.min(window.until), ..one };
            if inside.from < inside.until {
                stretches.push(Stretch { of: inside, connector: &key.connector, feeds: vec![named(key, feed)] });
            }
        }
    }
    for connector in silent {
        let of = Unread { from: window.from, until: window.until.min(now), cause: Cause::NotAsked, failure: None };
        if of.from < of.until {
            stretches.push(Stretch { of, connector, feeds: Vec::new() });
        }
    }
    stretches.sort_by_key(Stretch::order);
    let mut found: Vec<Stretch<'_>> = Vec::new();
    // Feeds are many and gaps few, and the last ones are the nearest.
    for stretch in stretches {
        match found.iter().rposition(|one| one.joins(&stretch)) {
            Some(place) => found[place].join(stretch),
            None => found.push(stretch),
        }
    }
    found.sort_by_key(Stretch::order);
    let shown = |one: Stretch<'_>| {
        let planned = planned.get(one.connector).copied().unwrap_or(0);
        one.shown(planned)
    };
    found.into_iter().map(shown).collect()
}

/// A feed's id and what it is called.
type Named<'a> = (&'a str, &'a str);

fn named<'a>(key: &'a FeedKey, feed: &'a Feed) -> Named<'a> {
    (&key.feed, if feed.title.is_empty() { &key.feed } else { &feed.title })
}

/// What several feeds of a connector do not tell.
struct Stretch<'a> {
    of: Unread,
    connector: &'a ConnectorId,
    feeds: Vec<Named<'a>>,
}

impl<'a> Stretch<'a> {
    /// The order in which gaps are shown.
    fn order(&self) -> (Instant, Instant, &'a ConnectorId, Cause, Option<&'static str>, Option<Named<'a>>) {
        let failure = self.of.failure.map(FailureClass::name);
        (self.of.from, self.of.until, self.connector, self.of.cause, failure, self.feeds.first().copied())
    }

    fn joins(&self, other: &Self) -> bool {
        let near = |a: Instant, b: Instant| a.since(b).max(b.since(a)) <= TOGETHER;
        self.connector == other.connector
            && (self.of.cause, self.of.failure) == (other.of.cause, other.of.failure)
            && near(self.of.from, other.of.from)
            && near(self.of.until, other.of.until)
    }

    fn join(&mut self, other: Self) {
        self.of.from = self.of.from.min(other.of.from);
        self.of.until = self.of.until.max(other.of.until);
        self.feeds.extend(other.feeds);
    }

    /// In words.
    fn shown(self, planned: usize) -> Gap {
        let Unread { from, until, cause, failure } = self.of;
        let names: BTreeSet<Named<'_>> = self.feeds.into_iter().collect();
        let all = cause != Cause::Failed && names.len() >= planned;
        let (feed, feeds) = match names.first() {
            None => ("all feeds".to_owned(), 0),
            Some((id, _)) if all && *id != PLAN_FEED => ("all feeds".to_owned(), 0),
            Some((_, title)) if names.len() == 1 => ((*title).to_owned(), 1),
            Some(_) => (format!("{} feeds", names.len()), names.len() as u64),
        };
        let why = match (cause, failure) {
            (Cause::NotAsked, _) => "nothing was asked".to_owned(),
            (Cause::BeforeHistory, _) => "not read that far back".to_owned(),
            (Cause::Failed, Some(failure)) => format!("every poll failed, last with {}", failure.name()),
            (Cause::Failed, None) => "every poll failed".to_owned(),
        };
        Gap { connector: self.connector.clone(), feed, feeds, from, until, cause, failure, why }
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

    /// The record of a feed that is read since long ago: hours with a good poll, and those in which polls failed.
    fn record(feed: &str, good: &[i64], bad: &[i64]) -> Record {
        let row = |at: &i64, failed: u32| {
            let failure = (failed > 0).then_some(FailureClass::Transient);
            Hour { hour: hour(*at), asked: 1, failed, failure, received: 1, new: 1, known: 0 }
        };
        let mut rows: Vec<Hour> = good.iter().map(|at| row(at, 0)).chain(bad.iter().map(|at| row(at, 1))).collect();
        rows.sort_by_key(|row| row.hour);
        let alive = Feed { title: format!("the {feed}"), alive: true, first_read: Some(hour(-9_999)), ..Feed::default() };
        Record { key: key(feed), feed: alive, rows }
    }

    /// Each gap as hours, feed and cause.
    fn found(records: &[Record], from: i64, until: i64) -> Vec<(i64, i64, String, Cause)> {
        let connector = key("").connector;
        let watch = Watch { connector: connector.clone(), every: Duration::from_secs(900), history: None, reach: Reach::Unknown };
        let window = Window { from: hour(from), until: hour(until) };
        let hours = |at: Instant| at.as_millis() / Instant::HOUR_MS;
        let all = gaps(records, &[], &HashMap::from([(connector, watch)]), window, hour(20));
        all.into_iter().map(|gap| (hours(gap.from), hours(gap.until), gap.feed, gap.cause)).collect()
    }

    #[test]
    fn an_outage_of_many_feeds_is_one_gap() {
        let records = ["a", "b", "c"].map(|feed| record(feed, &[0, 9, 19], &[1, 2]));
        assert_eq!(found(&records, 0, 24)[0], (1, 9, "3 feeds".into(), Cause::Failed));
        let alone = [record("a", &[0, 9, 19], &[1, 2]), record("b", &[0, 3, 6, 9, 12, 15, 18], &[])];
        assert_eq!(found(&alone, 0, 10), [(1, 9, "the a".into(), Cause::Failed)]);
    }

    #[test]
    fn a_pause_of_all_feeds_is_one_gap_although_their_last_polls_differ() {
        let records = [record("a", &[0, 10, 13, 16, 19], &[]), record("b", &[1, 11, 14, 17, 19], &[])];
        assert_eq!(found(&records, 0, 24), [(1, 11, "all feeds".into(), Cause::NotAsked)]);
    }

    #[test]
    fn gaps_are_cut_at_the_window_and_at_now() {
        let records = [record("a", &[0, 1, 2, 3, 10], &[])];
        assert_eq!(found(&records, 6, 8), [(6, 8, "all feeds".into(), Cause::NotAsked)]);
        assert_eq!(found(&records, 10, 24), [(11, 20, "all feeds".into(), Cause::NotAsked)]);
    }

    #[test]
    fn a_connector_without_feeds_has_read_nothing() {
        let window = Window { from: hour(0), until: hour(24) };
        let all = gaps(&[], &[key("").connector], &HashMap::new(), window, hour(20));
        assert_eq!(all.iter().map(|gap| (gap.from, gap.until, gap.feeds)).collect::<Vec<_>>(), [(hour(0), hour(20), 0)]);
    }
}
