//! Rows as bytes: MessagePack maps with field names.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use vigie_mention::{Instant, Mention, Moment, Precision, TopicId};

use crate::error::Fault;
use crate::{Basis, Previous, Record, Signals};

/// What `MENTIONS` holds.
#[derive(Debug, Deserialize)]
pub(crate) struct Row {
    pub(crate) mention: Mention,
    #[serde(default)]
    pub(crate) topics: Vec<TopicId>,
    #[serde(default)]
    pub(crate) signals: Signals,
    pub(crate) updated_at: Instant,
    #[serde(default)]
    pub(crate) revision: u32,
    #[serde(default)]
    pub(crate) previous: Option<Previous>,
}

impl Row {
    /// Whether the service says of it exactly what is stored; when it was collected does not matter.
    pub(crate) fn is(&mut self, mention: &Mention) -> bool {
        // So that every field is compared, those of the future too, and no text is copied.
        let collected_at = std::mem::replace(&mut self.mention.collected_at, mention.collected_at);
        let same = self.mention == *mention;
        self.mention.collected_at = collected_at;
        same
    }

    /// Whether a record brings what is stored: two that bring the same lose nothing, whoever was first.
    pub(crate) fn is_like(&mut self, record: &Record) -> bool {
        self.is(&record.mention) && self.signals == record.signals && self.topics == in_order(&record.topics)
    }

    /// Whether a record with this basis takes everything into account that is stored.
    pub(crate) fn is_basis(&self, basis: &Basis) -> bool {
        match basis {
            Basis::Unseen => true,
            Basis::Nothing => false,
            Basis::Stored(seen) => self.mention == seen.mention && self.topics == seen.topics && self.signals.given == seen.given,
        }
    }

    /// Whether what is stored was edited later than this. A service's search may lag behind its pages.
    pub(crate) fn supersedes(&self, mention: &Mention) -> bool {
        matches!((mention.edited, self.mention.edited), (Some(new), Some(stored)) if new.at < stored.at)
    }
}

/// How far ahead of UTC a time can be that is stated without its zone.
const EASTERNMOST_MS: i64 = 14 * Instant::HOUR_MS;

/// Whether a removal read at `removed` holds against a delivery: nothing in it was said since. What a search still lists, or a file of
/// former days, does not bring a mention back.
pub(crate) fn stays_removed(removed: Instant, mention: &Mention) -> bool {
    let earliest = |moment: Moment| match moment.precision {
        Precision::Second => moment.at,
        Precision::Day | Precision::Zoneless => Instant::from_millis(moment.at.as_millis().saturating_sub(EASTERNMOST_MS)),
    };
    [mention.published, mention.edited].into_iter().flatten().all(|moment| earliest(moment) <= removed)
}

impl Record {
    /// Whether an earlier record of the same commit brings the same.
    pub(crate) fn is_like(&self, earlier: &Self) -> bool {
        let collected_at = earlier.mention.collected_at;
        self.signals == earlier.signals
            && in_order(&self.topics) == in_order(&earlier.topics)
            && Mention { collected_at, ..self.mention.clone() } == earlier.mention
    }
}

/// Topics as they are stored.
pub(crate) fn in_order(topics: &[TopicId]) -> Vec<TopicId> {
    let mut topics = topics.to_vec();
    topics.sort_unstable();
    topics.dedup();
    topics
}

/// The same on its way in, without copies.
#[derive(Debug, Serialize)]
pub(crate) struct RowRef<'a> {
    pub(crate) mention: &'a Mention,
    pub(crate) topics: &'a [TopicId],
    pub(crate) signals: &'a Signals,
    pub(crate) updated_at: Instant,
    pub(crate) revision: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) previous: Option<&'a Previous>,
}

/// Writes a row over `buffer`.
pub(crate) fn encode(buffer: &mut Vec<u8>, what: &str, row: &impl Serialize) -> Result<(), Fault> {
    buffer.clear();
    rmp_serde::encode::write_named(buffer, row)
        .map_err(|error| Fault::Encoding { what: what.to_owned(), message: error.to_string() })
}

/// Reads a row; `what` names it if it cannot be read.
pub(crate) fn decode<T: DeserializeOwned>(what: &str, bytes: &[u8]) -> Result<T, Fault> {
    rmp_serde::from_slice(bytes).map_err(|error| Fault::Damaged(format!("{what} cannot be read: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Newer<'a> {
        asked: u32,
        wish: &'a str,
    }

    #[test]
    fn a_row_of_another_time_is_read() {
        let mut bytes = Vec::new();
        encode(&mut bytes, "coverage", &Newer { asked: 3, wish: "a field of the future" }).expect("encodes");
        let coverage: crate::Coverage = decode("coverage", &bytes).expect("fields unknown are passed over, missing ones default");
        assert_eq!(coverage, crate::Coverage { asked: 3, ..crate::Coverage::default() });
    }

    #[test]
    fn broken_bytes_name_what_they_were() {
        let fault = decode::<Row>("a mention", b"\xc1nothing").expect_err("not a row");
        assert!(matches!(fault, Fault::Damaged(message) if message.starts_with("a mention cannot be read")));
    }
}
