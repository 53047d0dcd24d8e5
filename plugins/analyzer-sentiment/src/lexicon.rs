//! What words, pairs of words and emoji say by themselves: a hashed list, read in place.

use vigie_plugin::linear::Hash;

/// First bytes of a list; the last of them is the version of the layout.
const MAGIC: &[u8; 8] = b"VIGLEX\x00\x01";
/// A valence of 1 in steps of the list.
const STEPS: f32 = 30.0;
/// Bytes of a place.
const PLACE: usize = 4;
const WORD: Hash = Hash::sort(b'v');
const PAIR: Hash = Hash::sort(b'V');

/// What a word does to others, as bits.
pub mod role {
    /// Turns around what follows within three words.
    pub const NEGATES: u8 = 1;
    /// Turns around what stands within two words before it (French "pas", as in "j'aime pas").
    pub const NEGATES_BEFORE: u8 = 2;
    /// Strengthens the word that follows.
    pub const STRENGTHENS: u8 = 4;
    /// Weakens the word that follows.
    pub const WEAKENS: u8 = 8;
    /// What follows counts more than what came before.
    pub const CONTRASTS: u8 = 16;
}

/// What the list says of a word.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Entry {
    /// How good it is, -4 to 4; 0 where it says nothing itself.
    pub valence: f32,
    /// What it does to others; see [`role`].
    pub roles: u8,
}

/// A list of one language.
///
/// # Shape
/// On disk: `VIGLEX`, 0, version 1 (8 bytes); bits (a byte); then `2^bits` places of four bytes: check (two bytes, little-endian; 0 for an
/// empty place), valence in thirtieths (a signed byte), roles. The highest bits of a word's hash name its place, the lowest sixteen are
/// its check; where a place is taken, the next is tried. One unknown word in some ten thousand is taken for a known one.
#[derive(Debug, Clone, Copy)]
pub struct Lexicon<'a> {
    bits: u32,
    places: &'a [u8],
}

impl<'a> Lexicon<'a> {
    /// Reads the list `bytes` begin with and hands back what follows it; `None` if it is cut short or of another layout.
    #[must_use]
    pub fn read_first(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let rest = bytes.strip_prefix(MAGIC.as_slice())?;
        let (&bits, rest) = rest.split_first()?;
        let bits = u32::from(bits);
        if !(1..=20).contains(&bits) {
            return None;
        }
        let (places, rest) = rest.split_at_checked(PLACE << bits)?;
        Some((Self { bits, places }, rest))
    }

    /// What the list says of a normalised word.
    #[must_use]
    #[inline]
    pub fn word(&self, word: &str) -> Option<Entry> {
        self.find(WORD.bytes(word.as_bytes()).feature())
    }

    /// What the list says of two words in a row.
    #[must_use]
    #[inline]
    pub fn pair(&self, first: Hash, second: Hash) -> Option<Entry> {
        self.find(PAIR.then(first).then(second).feature())
    }

    fn find(&self, hash: u32) -> Option<Entry> {
        let places = self.places.as_chunks::<PLACE>().0;
        let wanted = check(hash);
        let start = (hash >> (32 - self.bits)) as usize;
        // There are as many places as a power of two, so that going round is a mask and no division.
        let last = places.len() - 1;
        // A list with no empty place ends the search after one round.
        for step in 0..places.len() {
            let [low, high, valence, roles] = places[(start + step) & last];
            match u16::from_le_bytes([low, high]) {
                0 => return None,
                found if found == wanted => {
                    return Some(Entry { valence: f32::from(valence.cast_signed()) / STEPS, roles });
                }
                _ => {}
            }
        }
        None
    }
}

fn check(hash: u32) -> u16 {
    // 0 marks an empty place.
    ((hash & 0xffff) as u16).max(1)
}

/// A list being made, for those who train.
#[derive(Debug, Default)]
pub struct Builder {
    entries: std::collections::BTreeMap<u32, Entry>,
}

impl Builder {
    /// Adds a word, or a pair of words with a space between them, over what was said of it before.
    pub fn insert(&mut self, words: &str, entry: Entry) {
        let hash = |word: &str| Hash::START.bytes(word.as_bytes());
        let hash = match words.split_once(' ') {
            Some((first, second)) => PAIR.then(hash(first)).then(hash(second)).feature(),
            None => WORD.bytes(words.as_bytes()).feature(),
        };
        self.entries.insert(hash, entry);
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The bytes [`Lexicon::read_first`] reads.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // Three places in four taken at most.
        let mut bits = 1;
        while (3_usize << bits) / 4 < self.entries.len() + 1 {
            bits += 1;
        }
        let mut places = vec![[0_u8; PLACE]; 1 << bits];
        for (&hash, entry) in &self.entries {
            let start = (hash >> (32 - bits)) as usize;
            let count = places.len();
            let free = (0..count).map(|step| (start + step) % count).find(|&at| places[at][..2] == [0, 0]);
            let [low, high] = check(hash).to_le_bytes();
            let valence = (entry.valence.clamp(-4.0, 4.0) * STEPS).round() as i8;
            places[free.expect("a quarter of the places is free")] = [low, high, valence.cast_unsigned(), entry.roles];
        }
        let mut bytes = MAGIC.to_vec();
        bytes.push(bits as u8);
        bytes.extend(places.as_flattened());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(valence: f32, roles: u8) -> Entry {
        Entry { valence, roles }
    }

    #[test]
    fn what_is_written_is_found_and_nothing_else() {
        let mut builder = Builder::default();
        for number in 0..1000 {
            builder.insert(&format!("word{number}"), entry((number % 9) as f32 - 4.0, 0));
        }
        builder.insert("pas mal", entry(1.5, role::NEGATES));
        let mut bytes = builder.to_bytes();
        bytes.push(7);
        let (lexicon, rest) = Lexicon::read_first(&bytes).expect("whole");
        assert_eq!((rest, builder.len(), builder.is_empty()), (&[7_u8][..], 1001, false));
        for number in 0..1000 {
            let found = lexicon.word(&format!("word{number}")).expect("inserted");
            assert!((found.valence - ((number % 9) as f32 - 4.0)).abs() < 0.02, "{number}");
        }
        let hash = |word: &str| Hash::START.bytes(word.as_bytes());
        assert_eq!(lexicon.pair(hash("pas"), hash("mal")), Some(entry(1.5, role::NEGATES)));
        assert_eq!(lexicon.pair(hash("mal"), hash("pas")), None);
        let wrong = (0..10_000).filter(|number| lexicon.word(&format!("other{number}")).is_some()).count();
        assert!(wrong < 10, "{wrong}");
    }

    #[test]
    fn a_damaged_list_never_panics() {
        let mut builder = Builder::default();
        builder.insert("good", entry(2.0, 0));
        let whole = builder.to_bytes();
        for length in 0..whole.len() {
            assert!(Lexicon::read_first(&whole[..length]).is_none(), "{length}");
        }
        let mut full = whole.clone();
        full[9..].fill(0xff);
        let (lexicon, _) = Lexicon::read_first(&full).expect("whole, if odd");
        assert_eq!(lexicon.word("anything"), None);
        full[8] = 200;
        assert!(Lexicon::read_first(&full).is_none());
    }
}
