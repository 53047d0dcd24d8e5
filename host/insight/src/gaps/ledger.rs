//! Reads the ledger: the rows of a window, and of each feed the nearest around it, however far away.

use std::collections::{BTreeMap, HashMap, HashSet};

use vigie_mention::{ConnectorId, FeedKey, Instant, KNOWN_FEED, PLAN_FEED, Window};
use vigie_store::{FeedState, LedgerRow, Snapshot, StoreError, Walk, WalkStatus};

use super::unread::{Feed, Hour, Watch};
use super::{Coverage, Gap, Record, gaps};

/// What the ledger and the feeds' states say of a stretch of time.
pub(crate) struct Ledger {
    records: Vec<Record>,
    /// Connectors with nothing to be read: not run yet.
    silent: Vec<ConnectorId>,
    watches: HashMap<ConnectorId, Watch>,
    now: Instant,
    asked: Vec<(Instant, u32, u32)>,
}

impl Ledger {
    /// Reads what is needed to know the gaps inside `span`.
    pub(crate) fn read(snapshot: &Snapshot, watches: &[Watch], span: Window, now: Instant) -> Result<Self, StoreError> {
        let span = Window { from: span.from.max(Instant::from_millis(i64::MIN / 2)).hour(), until: whole_hours(span.until) };
        let watches: HashMap<ConnectorId, Watch> = watches.iter().map(|watch| (watch.connector.clone(), watch.clone())).collect();
        let feeds = feeds(snapshot, &watches, span, now)?;
        let mut rows = Rows::default();

        // Most feeds have a row in the hours before, and those that have none are known not to, so this is soon over.
        let earlier = |feed: &Feed| feed.first_read.is_none_or(|first| first < span.from);
        let mut wanted: HashSet<&FeedKey> = feeds
            .iter()
            .filter(|(_, (feed, polls))| feed.alive && !feed.child && *polls > 0 && earlier(feed))
            .map(|one| one.0)
            .collect();
        let mut before = snapshot.ledger(Window { from: Instant::from_millis(i64::MIN), until: span.from })?.rev();
        while let Some(row) = if wanted.is_empty() { None } else { before.next() } {
            let row = row?;
            if wanted.remove(&row.0) || row.0.feed == PLAN_FEED {
                rows.add(row);
            }
        }

        let mut asked = Vec::new();
        for row in snapshot.ledger(span)? {
            let row = row?;
            if row.0.feed != KNOWN_FEED {
                asked.push((row.1, row.2.asked, row.2.failed));
                rows.add(row);
            }
        }

        // What was missed at the end of the window may have been read behind it.
        let mut wanted: HashSet<&FeedKey> = feeds.iter().filter(|(_, (feed, _))| feed.alive).map(|one| one.0).collect();
        let after = Window { from: span.until, until: whole_hours(now) };
        for row in snapshot.ledger(after)? {
            if wanted.is_empty() {
                break;
            }
            let row = row?;
            if row.0.feed == PLAN_FEED || wanted.contains(&row.0) {
                if row.2.asked > row.2.failed {
                    wanted.remove(&row.0);
                }
                rows.add(row);
            }
        }

        let planned = |connector: &ConnectorId| feeds.keys().any(|key| key.connector == *connector);
        let silent = watches.keys().filter(|connector| !planned(connector)).cloned().collect();
        Ok(Self { records: rows.records(feeds), silent, watches, now, asked })
    }

    /// Where nothing was read inside the window.
    pub(crate) fn gaps(&self, window: Window) -> Vec<Gap> {
        gaps(&self.records, &self.silent, &self.watches, window, self.now)
    }

    /// Whether there is anything that was read, and goes on being read.
    pub(crate) fn is_kept(&self) -> bool {
        self.records.iter().any(|record| record.feed.alive && !record.feed.child)
    }

    /// What was asked inside the window.
    pub(crate) fn coverage(&self, window: Window) -> Coverage {
        let mut sum = Coverage::default();
        let inside = |hour: Instant| window.from.hour() <= hour && hour < window.until;
        for &(hour, asked, failed) in self.asked.iter().filter(|(hour, asked, _)| *asked > 0 && inside(*hour)) {
            sum.first_asked = Some(sum.first_asked.map_or(hour, |first| first.min(hour)));
            sum.last_asked = sum.last_asked.max(Some(hour));
            sum.polls += u64::from(asked);
            sum.failed += u64::from(failed);
        }
        sum
    }
}

/// The first instant of an hour that is not before this one.
fn whole_hours(at: Instant) -> Instant {
    if at == at.hour() { at } else { Instant::from_millis(at.hour().as_millis().saturating_add(Instant::HOUR_MS)) }
}

/// Every feed with its polls; those whose connector is not to be read, whom no plan names, and who came to their end are not alive.
fn feeds(
    snapshot: &Snapshot,
    watches: &HashMap<ConnectorId, Watch>,
    span: Window,
    now: Instant,
) -> Result<BTreeMap<FeedKey, (Feed, u64)>, StoreError> {
    let mut feeds = BTreeMap::new();
    for (key, state) in snapshot.all_feeds()? {
        if key.feed != KNOWN_FEED {
            let watched = watches.contains_key(&key.connector);
            let polls = state.newer.polls + state.older.polls;
            feeds.insert(key, (feed(state, watched, span, now), polls));
        }
    }
    Ok(feeds)
}

fn feed(state: FeedState, watched: bool, span: Window, now: Instant) -> Feed {
    let FeedState { feed, child, newer, older, history_since, first_read, unplanned, .. } = state;
    let ended = |walk: &Walk| walk.failures == 0 && walk.polls > 0;
    let over = newer.status == WalkStatus::Done || (child && feed.expires_at.is_some_and(|end| end <= now));
    let read = ended(&older) && matches!(older.status, WalkStatus::Done | WalkStatus::Waiting);
    Feed {
        title: feed.title,
        child,
        alive: watched && unplanned.is_none() && !over,
        due: newer.next_at.filter(|_| newer.status == WalkStatus::Waiting),
        // Where it stands now says nothing of a window that ended before.
        behind: newer.status == WalkStatus::Reading && ended(&newer) && span.until > now,
        first_read,
        // A walk of an earlier version did not note from when on it was asked for.
        history: read.then(|| history_since.unwrap_or(Instant::from_millis(i64::MIN))),
    }
}

/// Rows by feed and hour, in whatever order they were read.
#[derive(Default)]
struct Rows(HashMap<FeedKey, BTreeMap<Instant, Hour>>);

impl Rows {
    fn add(&mut self, (key, hour, row): LedgerRow) {
        let vigie_store::Coverage { asked, failed, failure, received, new, updated, known, .. } = row;
        if asked > 0 {
            let known = known.saturating_add(updated);
            self.0.entry(key).or_default().insert(hour, Hour { hour, asked, failed, failure, received, new, known });
        }
    }

    /// Where a plan failed, every feed of the connector was to be read and could not; only where there is none does the plan stand for
    /// itself.
    fn records(mut self, feeds: BTreeMap<FeedKey, (Feed, u64)>) -> Vec<Record> {
        let is_planned = |key: &FeedKey, feed: &Feed| feed.alive && !feed.child && key.feed != PLAN_FEED;
        let planned: Vec<FeedKey> =
            feeds.iter().filter(|(key, (feed, _))| is_planned(key, feed)).map(|one| one.0.clone()).collect();
        for key in &planned {
            let plan = FeedKey { connector: key.connector.clone(), feed: PLAN_FEED.to_owned() };
            let Some(failures) = self.0.get(&plan).cloned() else { continue };
            let rows = self.0.entry(key.clone()).or_default();
            for (hour, failure) in failures {
                rows.entry(hour).and_modify(|row| row.add(&failure)).or_insert(failure);
            }
        }
        let stood_for = |key: &FeedKey| key.feed == PLAN_FEED && planned.iter().any(|one| one.connector == key.connector);
        let mut records = Vec::with_capacity(feeds.len());
        for (key, (feed, _)) in feeds {
            let rows = self.0.remove(&key).unwrap_or_default().into_values().collect();
            if !stood_for(&key) {
                records.push(Record { key, feed, rows });
            }
        }
        // Children that are forgotten.
        for (key, rows) in self.0 {
            if !stood_for(&key) {
                let feed = Feed { title: key.feed.clone(), child: true, ..Feed::default() };
                records.push(Record { key, feed, rows: rows.into_values().collect() });
            }
        }
        records
    }
}
