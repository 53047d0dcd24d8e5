//! Where every feed stands, and the end of child feeds.

use std::collections::HashSet;

use redb::{ReadableTable, Table, WriteTransaction};
use vigie_mention::{ConnectorId, Instant, KNOWN_FEED};

use crate::error::Fault;
use crate::row::{decode, encode};
use crate::tables::{EXPIRY, FEEDS};
use crate::{Commit, FeedState, Walk};

/// The feeds inside the one transaction.
pub(crate) struct Feeds<'t> {
    states: Table<'t, (&'static str, &'static str), &'static [u8]>,
    expiry: Table<'t, (&'static str, i64, &'static str), ()>,
    buffer: Vec<u8>,
}

/// Reads the state of a feed.
pub(crate) fn read(feed: &str, bytes: &[u8]) -> Result<FeedState, Fault> {
    decode(&format!("feed {feed}"), bytes)
}

/// When the row leaves: only children do.
pub(crate) fn end(state: &FeedState) -> Option<Instant> {
    state.feed.expires_at.filter(|_| state.child)
}

/// The later of two ends, where none is the latest.
fn later(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    Some(one?.max(other?))
}

/// When the feed was first read well: now, where that cannot have been before.
fn first_read(commit: &Commit, stored: Option<&FeedState>) -> Option<Instant> {
    let never = |walk: &Walk| u64::from(walk.failures) >= walk.polls;
    match stored {
        Some(stored) if stored.first_read.is_some() => stored.first_read,
        Some(stored) if !(never(&stored.newer) && never(&stored.older)) => None,
        _ => (commit.coverage.asked > commit.coverage.failed).then_some(commit.at),
    }
}

/// Takes note of which feeds a connector's plan names: those that were planned and are not named any more have ended, until they are
/// named again. Says nothing of children and of the connector's own feed of known mentions.
pub(crate) fn note_plan(
    transaction: &WriteTransaction,
    connector: &ConnectorId,
    planned: &HashSet<&str>,
    at: Instant,
) -> Result<(), Fault> {
    let mut feeds = Feeds::open(transaction)?;
    let mut changed = Vec::new();
    for row in feeds.states.range((connector.as_str(), "")..)? {
        let (key, row) = row?;
        let (of, feed) = key.value();
        if of != connector.as_str() {
            break;
        }
        let state = read(feed, row.value())?;
        if let Some(unplanned) = replanned(feed, &state, planned, at) {
            changed.push((feed.to_owned(), FeedState { unplanned, ..state }));
        }
    }
    for (feed, state) in changed {
        feeds.put(connector.as_str(), &feed, Some(&state), &state)?;
    }
    Ok(())
}

/// Since when the feed is unplanned under this plan, if that is not what its state says.
pub(crate) fn replanned(feed: &str, state: &FeedState, planned: &HashSet<&str>, at: Instant) -> Option<Option<Instant>> {
    match (state.unplanned, planned.contains(feed)) {
        _ if state.child || feed == KNOWN_FEED => None,
        (None, false) => Some(Some(at)),
        (Some(_), true) => Some(None),
        _ => None,
    }
}

impl<'t> Feeds<'t> {
    pub(crate) fn open(transaction: &'t WriteTransaction) -> Result<Self, Fault> {
        Ok(Self { states: transaction.open_table(FEEDS)?, expiry: transaction.open_table(EXPIRY)?, buffer: Vec::new() })
    }

    /// Stores where the read feed stands now, takes in the feeds it led to, and lets the connector's expired children go.
    pub(crate) fn advance(&mut self, commit: &Commit) -> Result<(), Fault> {
        let connector = commit.feed.connector.as_str();
        let stored = self.get(connector, &commit.feed.feed)?;
        let mut state = commit.state.clone();
        if let Some(stored) = stored.as_ref().filter(|stored| stored.child && state.child) {
            // Its parent may have found it again while it was being read.
            state.feed.expires_at = later(state.feed.expires_at, stored.feed.expires_at);
        }
        state.unplanned = None;
        state.first_read = first_read(commit, stored.as_ref());
        self.put(connector, &commit.feed.feed, stored.as_ref(), &state)?;

        for child in &commit.children {
            match self.get(connector, &child.id)? {
                None if child.expires_at.is_some_and(|end| end <= commit.at) => {}
                None => self.put(connector, &child.id, None, &FeedState::new(child.clone(), true))?,
                Some(stored) if stored.child => {
                    let mut longer = stored.clone();
                    longer.feed.expires_at = later(stored.feed.expires_at, child.expires_at);
                    if longer != stored {
                        self.put(connector, &child.id, Some(&stored), &longer)?;
                    }
                }
                Some(_) => {}
            }
        }

        let mut expired = Vec::new();
        for row in self.expiry.range((connector, i64::MIN, "")..(connector, commit.at.as_millis().saturating_add(1), ""))? {
            let row = row?;
            let (_, at, feed) = row.0.value();
            expired.push((at, feed.to_owned()));
        }
        for (at, feed) in expired {
            self.expiry.remove((connector, at, feed.as_str()))?;
            self.states.remove((connector, feed.as_str()))?;
        }
        Ok(())
    }

    fn get(&self, connector: &str, feed: &str) -> Result<Option<FeedState>, Fault> {
        self.states.get((connector, feed))?.map(|row| read(feed, row.value())).transpose()
    }

    fn put(&mut self, connector: &str, feed: &str, old: Option<&FeedState>, new: &FeedState) -> Result<(), Fault> {
        let (old_end, new_end) = (old.and_then(end), end(new));
        if old_end != new_end {
            if let Some(end) = old_end {
                self.expiry.remove((connector, end.as_millis(), feed))?;
            }
            if let Some(end) = new_end {
                self.expiry.insert((connector, end.as_millis(), feed), ())?;
            }
        }
        encode(&mut self.buffer, "the state of a feed", new)?;
        self.states.insert((connector, feed), self.buffer.as_slice())?;
        Ok(())
    }
}
