//! The coverage ledger: per feed and hour what was asked and what came of it, so that a gap is never taken for silence.

use redb::{AccessGuard, Range, ReadOnlyTable, ReadableTable, StorageError, Table};
use vigie_mention::{ConnectorId, FeedKey, Instant, Window};

use crate::error::{Fault, Site};
use crate::row::{decode, encode};
use crate::{Coverage, StoreError};

/// A row of the ledger: the feed, the first instant of the hour, what happened in it.
pub type LedgerRow = (FeedKey, Instant, Coverage);

type Key = (i64, &'static str, &'static str);

/// Adds one count to another.
pub(crate) fn add(sum: &mut Coverage, more: &Coverage) {
    let Coverage { asked, received, new, updated, known, off_topic, refused, removed, failed, failure } = more;
    for (sum, more) in [
        (&mut sum.asked, asked),
        (&mut sum.received, received),
        (&mut sum.new, new),
        (&mut sum.updated, updated),
        (&mut sum.known, known),
        (&mut sum.off_topic, off_topic),
        (&mut sum.refused, refused),
        (&mut sum.removed, removed),
        (&mut sum.failed, failed),
    ] {
        *sum = sum.saturating_add(*more);
    }
    sum.failure = failure.or(sum.failure);
}

/// Adds to the row of a feed and hour.
pub(crate) fn record(
    table: &mut Table<'_, Key, &'static [u8]>,
    feed: &FeedKey,
    at: Instant,
    more: &Coverage,
) -> Result<(), Fault> {
    let key = (at.hour().as_millis(), feed.connector.as_str(), feed.feed.as_str());
    let mut sum = match table.get(key)? {
        Some(row) => read(row.value())?,
        None => Coverage::default(),
    };
    add(&mut sum, more);
    let mut row = Vec::new();
    encode(&mut row, "a row of the ledger", &sum)?;
    table.insert(key, row.as_slice())?;
    Ok(())
}

fn read(bytes: &[u8]) -> Result<Coverage, Fault> {
    decode("a row of the ledger", bytes)
}

/// Rows of the ledger by hour, then connector and feed; from behind, the newest hour comes first.
pub struct Ledger {
    range: Range<'static, Key, &'static [u8]>,
    site: Site,
}

impl Ledger {
    pub(crate) fn within(table: &ReadOnlyTable<Key, &'static [u8]>, window: Window, site: Site) -> Result<Self, Fault> {
        // Far enough back for any clock, and not so far that its hour would overflow.
        let from = window.from.max(Instant::from_millis(i64::MIN / 2));
        // The hour `until` lies in is touched unless it begins there; an empty window touches none.
        let first = from.hour().as_millis();
        let end = if window.until > from { window.until.as_millis() } else { first };
        let range = table.range((first, "", "")..(end, "", ""))?;
        Ok(Self { range, site })
    }
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ledger").finish_non_exhaustive()
    }
}

/// A row as redb hands it out.
type Found<'a> = Result<(AccessGuard<'a, Key>, AccessGuard<'a, &'static [u8]>), StorageError>;

impl Ledger {
    fn told(&self, found: Found<'_>) -> Result<LedgerRow, StoreError> {
        let row = found.map_err(Fault::from).and_then(|(key, row)| {
            let (hour, connector, feed) = key.value();
            Ok((feed_key(connector, feed)?, Instant::from_millis(hour), read(row.value())?))
        });
        row.map_err(|fault| self.site.error(fault))
    }
}

impl Iterator for Ledger {
    type Item = Result<LedgerRow, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        let found = self.range.next()?;
        Some(self.told(found))
    }
}

impl DoubleEndedIterator for Ledger {
    fn next_back(&mut self) -> Option<Self::Item> {
        let found = self.range.next_back()?;
        Some(self.told(found))
    }
}

/// A feed's key from its parts.
pub(crate) fn feed_key(connector: &str, feed: &str) -> Result<FeedKey, Fault> {
    let connector = ConnectorId::new(connector).map_err(|error| Fault::Damaged(error.to_string()))?;
    Ok(FeedKey { connector, feed: feed.to_owned() })
}
