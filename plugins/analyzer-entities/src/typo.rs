//! Names with one typing error: a letter missing, added, wrong or swapped with its neighbour.
//!
//! Two words one error apart become equal when at most one letter is taken out of each. So the names are kept with every letter taken
//! out in turn, a text's words are looked up the same way, and what meets is compared in full.
//!
//! # Source
//! T. Bocek, E. Hunt, B. Stiller, "Fast similarity search in large dictionaries", 2007 (deletion neighbourhoods).

use std::ops::Range;

use vigie_plugin::linear::Hash;

use crate::common::Common;
use crate::read::Word;

/// Letters from which on a name may have an error; below, too many other words are one letter away.
const LONG: usize = 8;
/// Words of a name that is looked for with an error.
const MOST_WORDS: usize = 3;

/// Names with every letter taken out in turn.
#[derive(Debug)]
pub struct Typos {
    names: Vec<(Vec<char>, usize)>,
    /// Hash of a name with one letter or none taken out, and which name it is; in order.
    shortened: Vec<(u32, u32)>,
    /// Numbers of words the names have, as bits, and their lengths in letters.
    words: u8,
    lengths: Range<usize>,
}

impl Typos {
    /// `names`: in lower case, each with the entry it stands for.
    #[must_use]
    pub fn new(names: &[(String, usize)]) -> Self {
        let mut typos = Self { names: Vec::new(), shortened: Vec::new(), words: 0, lengths: 0..0 };
        for (name, entry) in names {
            let letters: Vec<char> = name.chars().collect();
            let words = name.split(' ').count();
            if letters.len() < LONG || words > MOST_WORDS {
                continue;
            }
            let place = typos.names.len() as u32;
            each_shortened(&letters, |hash| typos.shortened.push((hash, place)));
            typos.words |= 1 << words;
            let start = if typos.names.is_empty() { usize::MAX } else { typos.lengths.start };
            typos.lengths = start.min(letters.len() - 1)..typos.lengths.end.max(letters.len() + 2);
            typos.names.push((letters, *entry));
        }
        typos.shortened.sort_unstable();
        typos.shortened.dedup();
        typos
    }

    /// Entries named with one error, and where. Common words are nobody's error.
    pub fn find<'w>(&self, lower: &str, words: impl Iterator<Item = &'w Word>) -> Vec<(usize, Range<usize>)> {
        let mut found = Vec::new();
        if self.names.is_empty() {
            return found;
        }
        let words: Vec<&Word> = words.collect();
        let common = Common::shipped();
        let mut letters: Vec<char> = Vec::new();
        for first in 0..words.len() {
            for count in (1..=MOST_WORDS).filter(|count| self.words >> count & 1 == 1) {
                let Some(run) = words.get(first..first + count) else { break };
                if run[1..].iter().any(|word| word.breaks) {
                    break;
                }
                let at = run[0].at.start..run[count - 1].at.end;
                let Some(raw) = lower.get(at.clone()) else { continue };
                // Bytes are at least letters: cheap to see that nothing can be so long or so short.
                if raw.len() < self.lengths.start || raw.len() > self.lengths.end * 4 || (count == 1 && common.holds(raw)) {
                    continue;
                }
                letters.clear();
                letters.extend(raw.chars());
                if self.lengths.contains(&letters.len())
                    && let Some(entry) = self.one_error_from(&letters)
                {
                    found.push((entry, at));
                    break;
                }
            }
        }
        found
    }

    /// The entry of the first name that is exactly one error away.
    fn one_error_from(&self, letters: &[char]) -> Option<usize> {
        let mut best: Option<u32> = None;
        each_shortened(letters, |hash| {
            let start = self.shortened.partition_point(|(known, _)| *known < hash);
            for (_, place) in self.shortened[start..].iter().take_while(|(known, _)| *known == hash) {
                if best.is_none_or(|best| *place < best) && is_one_error(letters, &self.names[*place as usize].0) {
                    best = Some(*place);
                }
            }
        });
        best.map(|place| self.names[place as usize].1)
    }
}

/// Calls `emit` with the hash of the letters, whole and with each left out in turn.
fn each_shortened(letters: &[char], mut emit: impl FnMut(u32)) {
    // Hashes of what stands before each letter, so that only the rest is hashed again.
    let mut before = Hash::START;
    let mut buffer = [0; 4];
    for left_out in 0..=letters.len() {
        let mut hash = before;
        for char in &letters[(left_out + 1).min(letters.len())..] {
            hash = hash.bytes(char.encode_utf8(&mut buffer).as_bytes());
        }
        emit(hash.raw());
        if let Some(char) = letters.get(left_out) {
            before = before.bytes(char.encode_utf8(&mut buffer).as_bytes());
        }
    }
}

/// Whether two words are one missing, added, wrong or swapped letter apart. The first letter counts as typed right.
fn is_one_error(a: &[char], b: &[char]) -> bool {
    if a == b || a.first() != b.first() {
        return false;
    }
    let start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[start..], &b[start..]);
    let end = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    match (&a[..a.len() - end.min(a.len())], &b[..b.len() - end.min(b.len())]) {
        ([], [_]) | ([_], []) | ([_], [_]) => true,
        ([a, b], [c, d]) => a == d && b == c,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_error_is_one_error() {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        for (a, b, wanted) in [
            ("samsung", "samsng", true),
            ("samsung", "samsungg", true),
            ("samsung", "samsumg", true),
            ("samsung", "smasung", true),
            ("aab", "ab", true),
            ("samsung", "samsung", false),
            ("samsung", "tamsung", false),
            ("samsung", "samug", false),
            ("samsung", "smausng", false),
            ("", "", false),
        ] {
            assert_eq!(is_one_error(&chars(a), &chars(b)), wanted, "{a} {b}");
            assert_eq!(is_one_error(&chars(b), &chars(a)), wanted, "{b} {a}");
        }
    }

    #[test]
    fn long_names_are_found_with_an_error_and_short_ones_are_not() {
        let names = [("carrefour".to_owned(), 0), ("air liquide".to_owned(), 1), ("acme".to_owned(), 2)];
        let typos = Typos::new(&names);
        let find = |text: &str| {
            let mut words = Vec::new();
            crate::read::words(text, &mut words);
            typos.find(text, words.iter()).into_iter().map(|(entry, at)| (entry, text[at].to_owned())).collect::<Vec<_>>()
        };
        assert_eq!(find("chez carefour hier"), [(0, "carefour".to_owned())]);
        assert_eq!(find("air liqiude, acne"), [(1, "air liqiude".to_owned())]);
        assert!(find("air, liqiude carrefour karrefour").is_empty());
        assert!(Typos::new(&[]).find("x", [].iter()).is_empty());
    }
}
