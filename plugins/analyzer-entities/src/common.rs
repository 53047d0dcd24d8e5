//! How English words are written and what they stand between, from a table made by training.

use vigie_plugin::linear::Hash;

/// First bytes of the table; the last is the version of its layout.
pub const MAGIC: &[u8; 8] = b"VIGCOM\x00\x02";

/// How a word is written inside sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(u8)]
pub enum Level {
    /// Nobody wrote it.
    #[default]
    Unknown,
    /// Small, a few times.
    Seldom,
    /// Small, often.
    Common,
    /// Small, everywhere.
    Everywhere,
    /// Now small, now with a capital.
    Mixed,
    /// Mostly with a capital.
    Capital,
}

impl Level {
    const ALL: [Self; 6] = [Self::Unknown, Self::Seldom, Self::Common, Self::Everywhere, Self::Mixed, Self::Capital];

    /// Whether the word is common in small letters.
    pub(crate) fn is_common(self) -> bool {
        matches!(self, Self::Common | Self::Everywhere)
    }
}

/// What is known of one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Known {
    /// How it is written.
    pub level: Level,
    /// The class of words that stand between the same words as it does; 0 for a word too rare to tell.
    pub kin: u8,
}

impl Known {
    pub(crate) const NOTHING: Self = Self { level: Level::Unknown, kin: 0 };
}

/// English words: a table made by training, read in place.
///
/// # Shape
/// `VIGCOM`, 0, version 2; how many words it holds (u32, little-endian); their hashes (FNV-1a of the lower-case word, u32,
/// little-endian) in ascending order; for each the place of its [`Level`] (a byte); for each the class of its kin (a byte).
#[derive(Debug, Clone, Copy, Default)]
pub struct Common<'a> {
    hashes: &'a [[u8; 4]],
    levels: &'a [u8],
    kin: &'a [u8],
}

impl<'a> Common<'a> {
    /// Reads a table; one of another layout holds nothing.
    #[must_use]
    pub fn read(table: &'a [u8]) -> Self {
        let parts = || {
            let (count, rest) = table.strip_prefix(MAGIC)?.split_first_chunk::<4>()?;
            let count = usize::try_from(u32::from_le_bytes(*count)).ok()?;
            let (hashes, rest) = rest.split_at_checked(count.checked_mul(4)?)?;
            let (levels, kin) = rest.split_at_checked(count)?;
            (kin.len() == count).then_some(Self { hashes: hashes.as_chunks().0, levels, kin })
        };
        parts().unwrap_or_default()
    }

    /// The table that ships.
    #[must_use]
    pub fn shipped() -> Common<'static> {
        Common::read(include_bytes!("../table/common.bin"))
    }

    /// How many words there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.levels.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.levels.is_empty()
    }

    /// Whether a word, in small letters, is common.
    #[must_use]
    pub fn holds(&self, lower: &str) -> bool {
        self.of(Hash::START.bytes(lower.as_bytes())).level.is_common()
    }

    /// What is known of a word by the hash of its small letters.
    #[must_use]
    pub fn of(&self, hash: Hash) -> Known {
        let place = self.hashes.binary_search_by_key(&hash.raw(), |bytes| u32::from_le_bytes(*bytes));
        let byte = |bytes: &[u8]| place.ok().and_then(|place| bytes.get(place)).copied().unwrap_or_default();
        Known { level: Level::ALL.get(usize::from(byte(self.levels))).copied().unwrap_or_default(), kin: byte(self.kin) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_table_is_whole() {
        let common = Common::shipped();
        assert!(common.len() > 8_000, "{}", common.len());
        assert!(common.holds("morning") && common.holds("the") && !common.holds("facebook") && !common.holds("zxqvw"));
        let of = |word: &str| common.of(Hash::START.bytes(word.as_bytes()));
        assert_eq!(of("the").level, Level::Everywhere);
        assert_eq!(of("microsoft").level, Level::Capital);
        assert_eq!(of("zxqvw"), Known::default());
        assert!(of("monday").kin == of("friday").kin && of("monday").kin != of("says").kin, "days stand between the same words");
    }

    #[test]
    fn a_damaged_table_holds_nothing() {
        let mut table = MAGIC.to_vec();
        table.extend(1_u32.to_le_bytes());
        table.extend(Hash::START.bytes(b"the").raw().to_le_bytes());
        table.extend([3, 9]);
        let the = Hash::START.bytes(b"the");
        assert_eq!(Common::read(&table).of(the), Known { level: Level::Everywhere, kin: 9 });
        table[16] = 200;
        assert_eq!(Common::read(&table).of(the).level, Level::Unknown, "a level nobody knows");
        for length in 0..table.len() {
            assert!(Common::read(&table[..length]).is_empty(), "{length}");
        }
        table[8] = 255;
        table[11] = 255;
        assert!(Common::read(&table).is_empty());
    }
}
