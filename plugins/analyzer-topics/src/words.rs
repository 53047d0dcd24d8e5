//! How common a word is: a table of hashes and costs, read in place.

use std::sync::OnceLock;

use vigie_plugin::linear::Hash;

/// First bytes of the table; the last is the version of the layout.
pub const MAGIC: &[u8; 8] = b"VIGWRD\x00\x01";
/// Steps of a cost to one nat.
pub const STEPS: f32 = 16.0;

/// Words of one language with what each costs: minus the logarithm of its share of all words.
///
/// # Shape
/// On disk, numbers little-endian: `VIGWRD`, 0, version 1; then for each language its tag (two bytes), the number of its words (u32),
/// their hashes in ascending order (u32 each, FNV-1a of the lower-case word), and their costs (a byte each, in sixteenths of a nat).
/// Languages follow each other to the end of the table.
#[derive(Debug, Clone, Copy, Default)]
pub struct Words<'a> {
    hashes: &'a [[u8; 4]],
    costs: &'a [u8],
}

impl<'a> Words<'a> {
    /// The words of a language in a table; none where the language is missing or the table is damaged before it.
    #[must_use]
    pub fn read(table: &'a [u8], tag: &str) -> Self {
        let Some(mut rest) = table.strip_prefix(MAGIC) else { return Self::default() };
        while let Some((head, tail)) = rest.split_first_chunk::<6>() {
            let count = u32::from_le_bytes([head[2], head[3], head[4], head[5]]) as usize;
            // A count no table can hold ends the reading; the product cannot overflow on 64 bits, and on 32 it is checked.
            let Some((hashes, tail)) = count.checked_mul(4).and_then(|length| tail.split_at_checked(length)) else { break };
            let Some((costs, tail)) = tail.split_at_checked(count) else { break };
            if head[..2] == *tag.as_bytes() {
                return Self { hashes: hashes.as_chunks().0, costs };
            }
            rest = tail;
        }
        Self::default()
    }

    /// The words shipped for a language.
    #[must_use]
    pub fn shipped(tag: &str) -> Words<'static> {
        static KNOWN: OnceLock<Vec<(&str, Words<'static>)>> = OnceLock::new();
        of(KNOWN.get_or_init(|| all(include_bytes!("../table/words.bin"))), tag)
    }

    /// The words of a language that are mostly verbs, all at no cost: they stand behind pronouns and auxiliaries.
    #[must_use]
    pub fn verbs(tag: &str) -> Words<'static> {
        static KNOWN: OnceLock<Vec<(&str, Words<'static>)>> = OnceLock::new();
        of(KNOWN.get_or_init(|| all(include_bytes!("../table/verbs.bin"))), tag)
    }

    /// What a word costs, in nats; `None` for one the table does not hold.
    #[must_use]
    pub fn cost(&self, hash: u32) -> Option<f32> {
        let place = self.hashes.binary_search_by_key(&hash, |bytes| u32::from_le_bytes(*bytes)).ok()?;
        self.costs.get(place).map(|&cost| f32::from(cost) / STEPS)
    }

    /// How many words there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.costs.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.costs.is_empty()
    }
}

fn all(table: &'static [u8]) -> Vec<(&'static str, Words<'static>)> {
    crate::stop::TAGS.map(|tag| (tag, Words::read(table, tag))).to_vec()
}

fn of(known: &[(&str, Words<'static>)], tag: &str) -> Words<'static> {
    known.iter().find(|(known, _)| *known == tag).map(|(_, words)| *words).unwrap_or_default()
}

/// The hash of a word in lower case.
#[must_use]
pub fn hash(word: &str) -> u32 {
    if word.is_ascii() {
        return word.bytes().fold(Hash::START, |hash, byte| hash.byte(byte.to_ascii_lowercase())).raw();
    }
    let mut buffer = [0; 4];
    let lower = word.chars().flat_map(char::to_lowercase);
    lower.fold(Hash::START, |hash, char| hash.bytes(char.encode_utf8(&mut buffer).as_bytes())).raw()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Vec<u8> {
        let mut table = MAGIC.to_vec();
        for (tag, words) in [("en", [("phone", 160_u8), ("the", 48)]), ("fr", [("été", 96), ("le", 40)])] {
            let mut words = words.map(|(word, cost)| (hash(word), cost));
            words.sort_unstable();
            table.extend(tag.bytes());
            table.extend(2_u32.to_le_bytes());
            table.extend(words.iter().flat_map(|(hash, _)| hash.to_le_bytes()));
            table.extend(words.iter().map(|(_, cost)| cost));
        }
        table
    }

    #[test]
    fn costs_are_found_by_language() {
        let table = table();
        let (english, french) = (Words::read(&table, "en"), Words::read(&table, "fr"));
        assert_eq!((english.cost(hash("Phone")), english.cost(hash("été"))), (Some(10.0), None));
        assert_eq!((french.cost(hash("ÉTÉ")), french.cost(hash("le"))), (Some(6.0), Some(2.5)));
        assert!(Words::read(&table, "de").is_empty());
    }

    #[test]
    fn a_damaged_table_is_read_as_far_as_it_goes() {
        let whole = table();
        for length in 0..whole.len() {
            assert!(Words::read(&whole[..length], "fr").is_empty(), "{length}");
        }
        let mut wild = whole;
        wild[10..14].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(Words::read(&wild, "en").is_empty());
    }

    #[test]
    fn every_language_has_words() {
        for tag in crate::stop::TAGS {
            assert!(Words::shipped(tag).len() > 1_000, "{tag}");
        }
        assert!(Words::verbs("en").cost(hash("went")).is_some() && Words::verbs("en").cost(hash("phone")).is_none());
        assert!(Words::verbs("fr").cost(hash("veux")).is_some() && Words::verbs("fr").cost(hash("gare")).is_none());
        let english = Words::shipped("en");
        let cost = |word| english.cost(hash(word)).expect(word);
        assert!(cost("the") < cost("phone") && cost("phone") < cost("warranty"));
    }
}
