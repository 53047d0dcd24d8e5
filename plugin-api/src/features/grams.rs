//! From words to hashed features.

use super::words::{Sort, Word, Words};
use crate::linear::Hash;

/// The sorts of features, each with a hash of its own.
const WORD: Hash = Hash::sort(b'w');
const NEGATED: Hash = Hash::sort(b'n');
const PAIR: Hash = Hash::sort(b'p');
const PIECE: Hash = Hash::sort(b'c');

/// Which features are made of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grams {
    /// Words in a row: 0 none, 1 single words, 2 pairs as well, 3 also threes.
    pub words: u8,
    /// Shortest piece of a word, in characters; a word has a space on both sides. Every word also counts as a whole.
    pub shortest: usize,
    /// Longest piece of a word; 0 for no pieces.
    pub longest: usize,
}

impl Words {
    /// Calls `emit` with each feature of the text.
    ///
    /// # Shape
    /// Word features of words that are [`negated`](super::Word::negated) differ from those of the same words elsewhere. Pieces are
    /// made of words and hashtags alone. Features are 32-bit numbers as [`crate::linear::Sums::add`] takes them; the same feature comes
    /// as often as it stands in the text.
    #[inline]
    pub fn each_feature(&self, grams: Grams, mut emit: impl FnMut(u32)) {
        if grams.words > 0 {
            self.each_row(grams.words, &mut emit);
        }
        if grams.longest > 0 {
            for word in self.iter().filter(|word| matches!(word.sort, Sort::Word | Sort::Hashtag)) {
                self.each_piece(word, grams, &mut emit);
            }
        }
    }

    /// Calls `emit` with the features of the pieces of one of these words.
    #[inline]
    pub fn each_piece(&self, word: &Word, grams: Grams, mut emit: impl FnMut(u32)) {
        // The spaces around a word are part of the buffer.
        if let Some(padded) = self.buffer.as_bytes().get(word.start - 1..word.end + 1) {
            each_piece(padded, grams.shortest, grams.longest, &mut emit);
        }
    }

    fn each_row(&self, longest: u8, emit: &mut impl FnMut(u32)) {
        let (mut before, mut before_that) = (Hash::START, None);
        for (place, word) in self.iter().enumerate() {
            let hash = Hash::START.bytes(self.text(word).as_bytes());
            emit(if word.negated { NEGATED } else { WORD }.then(hash).feature());
            if longest > 1 && place > 0 {
                let pair = before.then(hash);
                emit(PAIR.then(pair).feature());
                if let (true, Some(three)) = (longest > 2, before_that) {
                    emit(PAIR.then(three).then(hash).feature());
                }
                before_that = Some(pair);
            }
            before = hash;
        }
    }
}

/// The pieces of a word, a pass for each character they begin at.
#[inline]
fn each_piece(padded: &[u8], shortest: usize, longest: usize, emit: &mut impl FnMut(u32)) {
    if padded.is_ascii() {
        // Every byte is a character: most words of most texts, and several times as fast.
        return match longest {
            4 => each_ascii_piece::<4>(padded, shortest, emit),
            5 => each_ascii_piece::<5>(padded, shortest, emit),
            _ => each_short_piece(padded, shortest, longest, emit),
        };
    }
    let begins = |byte: u8| byte & 0xc0 != 0x80;
    for (start, &first) in padded.iter().enumerate() {
        if !begins(first) {
            continue;
        }
        let mut hash = PIECE;
        let mut characters = 0;
        for (at, &byte) in padded.iter().enumerate().skip(start) {
            hash = hash.byte(byte);
            // A character is whole where the next one begins.
            if padded.get(at + 1).is_none_or(|&next| begins(next)) {
                characters += 1;
                if characters >= shortest {
                    emit(hash.feature());
                }
                if characters == longest {
                    break;
                }
            }
        }
    }
}

/// Pieces of up to `LONGEST` characters of a byte each. With a number the compiler knows, a step is a row of instructions without
/// a loop, which counts double in the sandbox, where every turn of a loop looks at the clock.
#[inline]
fn each_ascii_piece<const LONGEST: usize>(padded: &[u8], shortest: usize, emit: &mut impl FnMut(u32)) {
    let mut rest = padded;
    while let Some(window) = rest.first_chunk::<LONGEST>() {
        let mut hash = PIECE;
        for (place, &byte) in window.iter().enumerate() {
            hash = hash.byte(byte);
            if place + 1 >= shortest {
                emit(hash.feature());
            }
        }
        rest = &rest[1..];
    }
    each_short_piece(rest, shortest, LONGEST, emit);
}

/// The same for any length.
#[inline]
fn each_short_piece(padded: &[u8], shortest: usize, longest: usize, emit: &mut impl FnMut(u32)) {
    let mut rest = padded;
    while !rest.is_empty() {
        let mut hash = PIECE;
        for (place, &byte) in rest.iter().take(longest).enumerate() {
            hash = hash.byte(byte);
            if place + 1 >= shortest {
                emit(hash.feature());
            }
        }
        rest = &rest[1..];
    }
}

#[cfg(test)]
mod tests {
    use super::super::Apostrophes;
    use super::*;

    fn features(text: &str, grams: Grams) -> Vec<u32> {
        let mut words = Words::default();
        words.read(text, Apostrophes::Join);
        let mut features = Vec::new();
        words.each_feature(grams, |feature| features.push(feature));
        features
    }

    #[test]
    fn features_are_counted_as_said() {
        let count = |text, words, shortest, longest| features(text, Grams { words, shortest, longest }).len();
        assert_eq!(count("one two three", 1, 0, 0), 3);
        assert_eq!(count("one two three", 2, 0, 0), 5);
        assert_eq!(count("one two three", 3, 0, 0), 6);
        // " été " has five characters: three pieces of three, two of four, one of five.
        assert_eq!(count("été", 0, 3, 5), 6);
        assert_eq!(count("été", 0, 1, 1), 5);
        assert_eq!(count("😍 @a !!", 0, 3, 5), 0);
        assert_eq!(count("", 3, 1, 5), 0);
    }

    #[test]
    fn features_are_fixed_for_ever() {
        let word = |text: &str| Hash::START.bytes(text.as_bytes());
        let grams = Grams { words: 2, shortest: 4, longest: 4 };
        let wanted = [
            WORD.then(word("no")).feature(),
            WORD.then(word("go")).feature(),
            PAIR.then(word("no").then(word("go"))).feature(),
            PIECE.bytes(b" no ").feature(),
            PIECE.bytes(b" go ").feature(),
        ];
        assert_eq!(features("No GO", grams), wanted);
        assert_eq!(wanted[0], 0x9bdc_be6d);
    }

    #[test]
    fn a_negated_word_is_another_feature() {
        let mut words = Words::default();
        words.read("not good", Apostrophes::Join);
        let grams = Grams { words: 1, shortest: 0, longest: 0 };
        let collect = |words: &Words| {
            let mut features = Vec::new();
            words.each_feature(grams, |feature| features.push(feature));
            features
        };
        let before = collect(&words);
        words.mark_negated(2, |word| word == "not");
        let after = collect(&words);
        assert_eq!(before[0], after[0]);
        assert_ne!(before[1], after[1]);
    }
}
