//! Dead letters: items that could not be admitted, annotated or read again, kept until they succeed, up to a number.

use redb::{ReadableTable, ReadableTableMetadata, Table, WriteTransaction};
use vigie_mention::Instant;

use crate::DeadLetter;
use crate::error::Fault;
use crate::row::{decode, encode};
use crate::tables::{DEAD_LETTERS, DROPPED_COUNTER};

/// The stage of letters about a stored mention that breaks its source when it is read again.
pub const REFRESH: &str = "refresh";

/// Most letters kept. A letter has some hundred bytes; more of them show a person nothing new.
pub(crate) const MOST: u64 = 10_000;
/// How many of the oldest go at once when there are more, so that the search for them is rare.
const DROPPED_AT_ONCE: usize = 1_000;

type Key = (&'static [u8], &'static str, &'static str);

/// The dead letters inside the one transaction.
pub(crate) struct DeadLetters<'t> {
    table: Table<'t, Key, &'static [u8]>,
    buffer: Vec<u8>,
}

/// Reads a letter.
pub(crate) fn read(bytes: &[u8]) -> Result<DeadLetter, Fault> {
    decode("a dead letter", bytes)
}

impl<'t> DeadLetters<'t> {
    pub(crate) fn open(transaction: &'t WriteTransaction) -> Result<Self, Fault> {
        Ok(Self { table: transaction.open_table(DEAD_LETTERS)?, buffer: Vec::new() })
    }

    /// Keeps a letter; a second one of the same item, plugin and stage replaces the first.
    pub(crate) fn put(
        &mut self,
        meta: &mut Table<'_, &'static str, u64>,
        identity: &[u8],
        letter: &DeadLetter,
    ) -> Result<(), Fault> {
        encode(&mut self.buffer, "a dead letter", letter)?;
        self.table.insert((identity, letter.plugin.as_str(), letter.stage.as_str()), self.buffer.as_slice())?;
        if self.table.len()? > MOST {
            let dropped = self.drop_oldest()?;
            let before = meta.get(DROPPED_COUNTER)?.map_or(0, |count| count.value());
            meta.insert(DROPPED_COUNTER, before + dropped)?;
        }
        Ok(())
    }

    /// Forgets every letter about a mention: it was written anew, or is gone.
    pub(crate) fn forget(&mut self, identity: &[u8]) -> Result<(), Fault> {
        self.forget_where(identity, |_| true)
    }

    /// Forgets that a mention could not be read again: it was, whether it says something else or not.
    pub(crate) fn read_again(&mut self, identity: &[u8]) -> Result<(), Fault> {
        self.forget_where(identity, |stage| stage == REFRESH)
    }

    fn forget_where(&mut self, identity: &[u8], settled: impl Fn(&str) -> bool) -> Result<(), Fault> {
        if self.table.is_empty()? {
            return Ok(());
        }
        let mut about = Vec::new();
        for row in self.table.range((identity, "", "")..)? {
            let row = row?;
            let (of, plugin, stage) = row.0.value();
            if of != identity {
                break;
            }
            if settled(stage) {
                about.push((plugin.to_owned(), stage.to_owned()));
            }
        }
        for (plugin, stage) in about {
            self.table.remove((identity, plugin.as_str(), stage.as_str()))?;
        }
        Ok(())
    }

    fn drop_oldest(&mut self) -> Result<u64, Fault> {
        let mut all: Vec<(Instant, Vec<u8>, String, String)> = Vec::new();
        for row in self.table.iter()? {
            let row = row?;
            let (identity, plugin, stage) = row.0.value();
            all.push((read(row.1.value())?.at, identity.to_vec(), plugin.to_owned(), stage.to_owned()));
        }
        all.sort_unstable();
        let mut dropped = 0;
        for (_, identity, plugin, stage) in all.iter().take(DROPPED_AT_ONCE) {
            self.table.remove((identity.as_slice(), plugin.as_str(), stage.as_str()))?;
            dropped += 1;
        }
        Ok(dropped)
    }
}
