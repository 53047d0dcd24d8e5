//! Every table of the store, its keys and its values.
//!
//! # Definitions
//! - A *mention number* stands for a stored mention inside this file. Numbers grow with insertion and are never used again.
//! - A *name number* stands for a text that many rows repeat (a source, an instance, a language) or for an author. One counter
//!   serves both. A *topic number* stands for a topic; number 0, [`EVERY_MENTION`], for all mentions whatever their topics.
//! - An *identity* is a mention's or author's place in its service: source and instance as name numbers, then the service's own id.
//! - A *place* is a group (topic or author number), an instant and a mention number, in this order: within one group, time order.
//! - A *row* is a MessagePack map with field names, so that fields can be added; a fact is the one exception, see `facts.rs`.
//!
//! # Invariants
//! 1. `KEYS` and `MENTIONS` hold the same mentions; no identity is in both `KEYS` and `TOMBSTONES`.
//! 2. A mention has one row in `FACTS` for number 0 and one for each of its topics, equal to what its row in `MENTIONS` gives;
//!    one in `PLACES_BY_AUTHOR` if it has an author; one in `ANNOTATIONS` if it has annotations; and nothing else anywhere.
//! 3. An author is in `AUTHORS` and `AUTHOR_IDS` exactly as long as a stored mention is theirs.
//! 4. `EXPIRY` has one row for each child feed in `FEEDS` that expires.
//! 5. A feed's cursor and the mentions read up to it are written in the same transaction.
//!
//! `verify.rs` checks 1 to 4. Nothing of a removed mention stays but its identity and the instant of its removal.
//!
//! # Assumptions
//! - One process writes at a time (redb's lock); any number may look on.
//! - The disk keeps what it confirmed. Everything since the last confirmed commit may be missing after a crash, in any part.
//! - Instants lie anywhere in `i64`; ids are arbitrary texts.
//!
//! # Version changes
//! `META["format"]` says how the file is laid out; `migrate.rs` brings older files up to date.
//! - 1: the first. Since then, without a new number as older files simply lack them: how far the topics came, in `META`; `given` in a
//!   mention's signals; `history_of` in a feed's state.

use redb::TableDefinition;
use vigie_mention::Instant;

/// Counters and the format. Keys are the constants below, and those of `analyses.rs` and `in_use.rs`.
pub(crate) const META: TableDefinition<&str, u64> = TableDefinition::new("meta");
/// Identity → mention number.
pub(crate) const KEYS: TableDefinition<&[u8], u64> = TableDefinition::new("keys");
/// Mention number → row of `row.rs`.
pub(crate) const MENTIONS: TableDefinition<u64, &[u8]> = TableDefinition::new("mentions");
/// Mention number → list of annotations.
pub(crate) const ANNOTATIONS: TableDefinition<u64, &[u8]> = TableDefinition::new("annotations");
/// Identity → instant of the removal, in milliseconds.
pub(crate) const TOMBSTONES: TableDefinition<&[u8], i64> = TableDefinition::new("tombstones");
/// Place by topic → fact.
pub(crate) const FACTS: TableDefinition<&[u8; PLACE_BYTES], &[u8; FACT_BYTES]> = TableDefinition::new("facts");
/// Place by author → nothing.
pub(crate) const PLACES_BY_AUTHOR: TableDefinition<&[u8; PLACE_BYTES], ()> = TableDefinition::new("places_by_author");
/// Text → name number.
pub(crate) const NAME_IDS: TableDefinition<&str, u32> = TableDefinition::new("name_ids");
/// Name number → text.
pub(crate) const NAMES: TableDefinition<u32, &str> = TableDefinition::new("names");
/// Identity of an author → name number.
pub(crate) const AUTHOR_IDS: TableDefinition<&[u8], u32> = TableDefinition::new("author_ids");
/// Name number → row of an author.
pub(crate) const AUTHORS: TableDefinition<u32, &[u8]> = TableDefinition::new("authors");
/// Topic → topic number.
pub(crate) const TOPICS: TableDefinition<&str, u32> = TableDefinition::new("topics");
/// Connector and feed → row of a feed's state.
pub(crate) const FEEDS: TableDefinition<(&str, &str), &[u8]> = TableDefinition::new("feeds");
/// Connector, instant in milliseconds, feed → nothing.
pub(crate) const EXPIRY: TableDefinition<(&str, i64, &str), ()> = TableDefinition::new("expiry");
/// First millisecond of the hour, connector, feed → row of coverage.
pub(crate) const LEDGER: TableDefinition<(i64, &str, &str), &[u8]> = TableDefinition::new("ledger");
/// Identity of a mention, plugin, stage → row of a dead letter.
pub(crate) const DEAD_LETTERS: TableDefinition<(&[u8], &str, &str), &[u8]> = TableDefinition::new("dead_letters");

/// In [`META`]: the layout of this file.
pub(crate) const FORMAT_KEY: &str = "format";
/// In [`META`]: the next mention number.
pub(crate) const MENTION_COUNTER: &str = "next_mention";
/// In [`META`]: the next name number.
pub(crate) const NAME_COUNTER: &str = "next_name";
/// In [`META`]: the next topic number.
pub(crate) const TOPIC_COUNTER: &str = "next_topic";
/// In [`META`]: the analyzers of the last pass over stored mentions, and the number up to which it came.
pub(crate) const RENEWED_WITH: &str = "renewed_with";
/// As [`RENEWED_WITH`].
pub(crate) const RENEWED_UNTIL: &str = "renewed_until";
/// In [`META`]: the topics that mentions are matched with, as a number; absent in files of earlier versions.
pub(crate) const ROUTED_WITH: &str = "routed_with";
/// In [`META`]: number of the mention up to which those stored before these topics were matched with them …
pub(crate) const ROUTED_UNTIL: &str = "routed_until";
/// In [`META`]: … of the last of those; what came later was matched with them at once.
pub(crate) const ROUTED_LAST: &str = "routed_last";
/// In [`META`]: how many dead letters were dropped because there were too many.
pub(crate) const DROPPED_COUNTER: &str = "dead_letters_dropped";

/// The topic number under which every mention has a fact.
pub(crate) const EVERY_MENTION: u32 = 0;

/// Length of a place.
pub(crate) const PLACE_BYTES: usize = 20;
/// Length of a fact.
pub(crate) const FACT_BYTES: usize = 32;

/// Group, instant and mention number, big-endian with the instant's sign flipped, so that bytes sort as the three do.
pub(crate) type Place = [u8; PLACE_BYTES];

/// Writes a place.
pub(crate) fn place(group: u32, at: Instant, mention: u64) -> Place {
    let mut place = [0; PLACE_BYTES];
    place[..4].copy_from_slice(&group.to_be_bytes());
    place[4..12].copy_from_slice(&(at.as_millis() ^ i64::MIN).to_be_bytes());
    place[12..].copy_from_slice(&mention.to_be_bytes());
    place
}

/// Reads the instant and the mention number of a place.
pub(crate) fn placed(place: &Place) -> (Instant, u64) {
    let (mut at, mut mention) = ([0; 8], [0; 8]);
    at.copy_from_slice(&place[4..12]);
    mention.copy_from_slice(&place[12..]);
    (Instant::from_millis(i64::from_be_bytes(at) ^ i64::MIN), u64::from_be_bytes(mention))
}

/// Writes an identity.
pub(crate) fn identity(source: u32, instance: u32, id: &str) -> Vec<u8> {
    let mut identity = Vec::with_capacity(8 + id.len());
    identity.extend_from_slice(&source.to_be_bytes());
    identity.extend_from_slice(&instance.to_be_bytes());
    identity.extend_from_slice(id.as_bytes());
    identity
}

/// Reads an identity; `None` if the bytes are none.
pub(crate) fn identified(identity: &[u8]) -> Option<(u32, u32, &str)> {
    let (source, rest) = identity.split_first_chunk()?;
    let (instance, id) = rest.split_first_chunk()?;
    Some((u32::from_be_bytes(*source), u32::from_be_bytes(*instance), std::str::from_utf8(id).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_sort_by_group_then_time_then_number() {
        let at = Instant::from_millis;
        let sorted = [
            place(0, at(i64::MIN), 7),
            place(0, at(-1), 0),
            place(0, at(0), 0),
            place(0, at(0), u64::MAX),
            place(0, at(1), 0),
            place(0, at(i64::MAX), 1),
            place(1, at(i64::MIN), 0),
        ];
        assert!(sorted.is_sorted());
        assert_eq!(placed(&place(3, at(-5), 9)), (at(-5), 9));
    }

    #[test]
    fn identities_read_back_whatever_the_id() {
        for id in ["", "8863", "a/b\0c", "é"] {
            assert_eq!(identified(&identity(1, 258, id)), Some((1, 258, id)));
        }
        assert_eq!(identified(b"short"), None);
        assert_eq!(identified(b"12345678\xff"), None);
    }
}
