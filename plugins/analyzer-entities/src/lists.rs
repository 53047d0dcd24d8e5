//! Names nearly everybody knows, and words beside names: `lists.txt`, by the hashes of what it holds.

use std::sync::OnceLock;

use vigie_plugin::linear::Hash;

/// The sorts a word is listed as, a bit each, in the order of the blocks of `lists.txt`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sorts(u16);

impl Sorts {
    /// Of none.
    pub(crate) const NONE: Self = Self(0);
    /// Companies, clubs, parties, bands and other organisations.
    pub(crate) const ORGANISATION: Self = Self(1);
    /// Words inside the names of organisations, such as `university`.
    pub(crate) const ORGANISATION_WORD: Self = Self(1 << 1);
    /// Cities, countries, regions.
    pub(crate) const PLACE: Self = Self(1 << 2);
    /// Sorts of names and of words in and beside them.
    const NAMES: Self = Self(0x00ff);
    /// Words that say what a text is about: sport, music, news, trade.
    const TOPICS: Self = Self(0x0f00);

    /// The first word of a name of several words.
    pub(crate) const BEGINS: Self = Self(1 << 15);

    /// Both together.
    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether it is of one of these sorts.
    pub(crate) const fn any(self, of: Self) -> bool {
        self.and(of).0 != 0
    }

    /// The sorts of names, as a byte for a feature.
    pub(crate) const fn names(self) -> u8 {
        self.and(Self::NAMES).0 as u8
    }

    /// What it says a text is about, as a byte for a feature.
    pub(crate) const fn topics(self) -> u8 {
        (self.and(Self::TOPICS).0 >> 8) as u8
    }
}

/// All lists.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    words: Vec<(u32, Sorts)>,
    phrases: Vec<(u32, Sorts)>,
}

impl Lists {
    /// The lists that ship.
    pub(crate) fn shipped() -> &'static Self {
        static LISTS: OnceLock<Lists> = OnceLock::new();
        LISTS.get_or_init(|| Self::read(include_str!("lists.txt")))
    }

    /// Reads blocks of words; `_` joins the words of one name.
    fn read(text: &str) -> Self {
        let mut lists = Self::default();
        let mut sort = Sorts::NONE;
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if line.starts_with('[') {
                sort = if sort == Sorts::NONE { Sorts::ORGANISATION } else { Sorts(sort.0 << 1) };
                continue;
            }
            for name in line.split_whitespace() {
                let mut words = name.split('_').map(|word| Hash::START.bytes(word.as_bytes()));
                let first = words.next().unwrap_or(Hash::START);
                if name.contains('_') {
                    lists.words.push((first.raw(), Sorts::BEGINS));
                    lists.phrases.push((words.fold(first, Hash::then).raw(), sort));
                } else {
                    lists.words.push((first.raw(), sort));
                }
            }
        }
        for list in [&mut lists.words, &mut lists.phrases] {
            list.sort_unstable_by_key(|(hash, _)| *hash);
            list.dedup_by(|later, first| {
                let same = later.0 == first.0;
                if same {
                    first.1 = first.1.or(later.1);
                }
                same
            });
        }
        lists
    }

    /// What a word is listed as, by the hash of its small letters.
    pub(crate) fn word(&self, hash: Hash) -> Sorts {
        find(&self.words, hash)
    }

    /// What a name of several words is listed as, by their hashes one [`then`](Hash::then) the other.
    pub(crate) fn phrase(&self, hash: Hash) -> Sorts {
        find(&self.phrases, hash)
    }
}

fn find(list: &[(u32, Sorts)], hash: Hash) -> Sorts {
    list.binary_search_by_key(&hash.raw(), |(known, _)| *known).map_or(Sorts::NONE, |place| list[place].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_phrases_are_known_by_their_blocks() {
        let lists = Lists::shipped();
        let hash = |word: &str| Hash::START.bytes(word.as_bytes());
        let word = |word: &str| lists.word(hash(word));
        assert!(word("google").any(Sorts::ORGANISATION) && !word("google").any(Sorts::PLACE));
        assert!(word("university").any(Sorts::ORGANISATION_WORD));
        assert!(word("chelsea").any(Sorts::ORGANISATION) && word("chelsea").names().count_ones() > 1, "of several sorts");
        assert!(word("quarterback").topics() != 0 && word("google").topics() == 0);
        assert_eq!(word("zxqvw"), Sorts::NONE);
        assert!(lists.phrase(hash("real").then(hash("madrid"))).any(Sorts::ORGANISATION));
        assert!(lists.phrase(hash("new").then(hash("york")).then(hash("city"))).any(Sorts::PLACE));
        assert!(word("real").any(Sorts::BEGINS) && !word("madrid").any(Sorts::BEGINS));
        assert!(!lists.phrase(hash("madrid").then(hash("real"))).any(Sorts::ORGANISATION), "their order counts");
    }

    #[test]
    fn there_are_as_many_blocks_as_sorts() {
        let blocks = include_str!("lists.txt").lines().filter(|line| line.starts_with('[')).count();
        assert_eq!(blocks as u32, Sorts::NAMES.or(Sorts::TOPICS).0.count_ones());
    }
}
