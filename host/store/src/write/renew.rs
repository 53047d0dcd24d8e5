//! New annotations and other topics for stored mentions.

use redb::ReadableTable;

use super::Work;
use crate::error::Fault;
use crate::row::{Row, RowRef, decode, encode, in_order};
use crate::tables::{RENEWED_UNTIL, RENEWED_WITH, ROUTED_UNTIL};
use crate::{Reached, Renewal, Renewed};

impl Work<'_> {
    /// Replaces annotations, topics and facts, and notes how far that came.
    pub(super) fn renew(&mut self, renewal: &Renewal) -> Result<u64, Fault> {
        let mut renewed = 0;
        for mention in &renewal.mentions {
            renewed += u64::from(self.renew_one(mention)?);
        }
        for letter in &renewal.dead_letters {
            let key = &letter.key;
            let identity = self.names.identity(&key.source, &key.instance, &key.id)?;
            // One that was removed meanwhile needs no letter.
            if self.keys.get(identity.as_slice())?.is_some() {
                self.dead.put(&mut self.meta, &identity, letter)?;
            }
        }
        match renewal.reached {
            Reached::Analyzed { with, until } => {
                self.meta.insert(RENEWED_WITH, with)?;
                self.meta.insert(RENEWED_UNTIL, until)?;
            }
            Reached::Routed { until } => drop(self.meta.insert(ROUTED_UNTIL, until)?),
        }
        Ok(renewed)
    }

    /// Whether it is still there, and what was looked at.
    fn renew_one(&mut self, new: &Renewed) -> Result<bool, Fault> {
        let row: Row = match self.mentions.get(new.number)? {
            Some(row) => decode(&format!("mention number {}", new.number), row.value())?,
            None => return Ok(false),
        };
        if (row.updated_at, row.revision) != new.of || row.topics != new.was {
            return Ok(false);
        }
        let topics = in_order(&new.topics);
        let mention = &row.mention;
        let identity = self.names.identity(&mention.source, &mention.instance, &mention.id)?;
        self.unindex(new.number, mention, &row.topics)?;
        if new.annotations.is_empty() {
            self.annotations.remove(new.number)?;
        } else {
            encode(&mut self.notes, "an annotation", &new.annotations)?;
            self.annotations.insert(new.number, self.notes.as_slice())?;
        }
        self.write_row(
            new.number,
            &RowRef {
                mention,
                topics: &topics,
                signals: &new.signals,
                updated_at: row.updated_at,
                revision: row.revision,
                previous: row.previous.as_ref(),
            },
        )?;
        self.index(new.number, mention, &topics, &new.signals)?;
        self.dead.forget(&identity)?;
        Ok(true)
    }
}
