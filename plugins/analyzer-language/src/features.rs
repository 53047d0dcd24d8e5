//! From a text to what the model looks at. Trainer and plugin share this.

use vigie_plugin::features::{Apostrophes, Grams, Sort, Word, Words};
use vigie_plugin::linear::Hash;

/// Bytes read of a text; the language of a long one is told long before.
const MOST_BYTES: usize = 512;
/// Letters below which hashtags are asked too: they are often names, but all that a short text may have.
const FEW_LETTERS: usize = 12;
/// Pieces of words that speak.
const PIECES: Grams = Grams { words: 0, shortest: 2, longest: 4 };
/// Words of fewer bytes are pieces already.
const SHORTEST_WORD: usize = 4;
const WHOLE: Hash = Hash::sort(b'L');

/// The start of a text, cut between two characters.
fn start_of(text: &str) -> &str {
    &text[..text.floor_char_boundary(MOST_BYTES)]
}

/// Calls `emit` with each feature of the text in `words`: pieces of two to four characters of its words, which have a space on both sides,
/// and longer words as a whole. Handles, addresses and (where there are enough other words) hashtags are left out.
#[inline]
pub fn each_feature(words: &Words, mut emit: impl FnMut(u32)) {
    for word in telling(words) {
        words.each_piece(word, PIECES, &mut emit);
        let text = words.text(word);
        if text.len() >= SHORTEST_WORD {
            emit(WHOLE.bytes(text.as_bytes()).feature());
        }
    }
}

/// The words that tell a language.
pub fn telling(words: &Words) -> impl Iterator<Item = &Word> {
    let letters: usize = words.iter().filter(|word| word.sort == Sort::Word).map(|word| words.text(word).len()).sum();
    let hashtags = letters < FEW_LETTERS;
    words.iter().filter(move |word| word.sort == Sort::Word || (hashtags && word.sort == Sort::Hashtag))
}

/// Fills `words` with the start of a title and a text.
pub fn read(words: &mut Words, title: Option<&str>, text: &str) {
    words.clear();
    if let Some(title) = title {
        words.append(start_of(title), Apostrophes::Split);
    }
    words.append(start_of(text), Apostrophes::Split);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(text: &str) -> usize {
        let mut words = Words::default();
        read(&mut words, None, text);
        let mut count = 0;
        each_feature(&words, |_| count += 1);
        count
    }

    #[test]
    fn names_and_addresses_are_no_language() {
        assert_eq!(count("@acme https://acme.example www.acme.example !"), 0);
        // " a " has three characters: two pieces of two and one of three.
        assert_eq!(count("a"), 3);
        assert_eq!(count("a, a"), 6);
        assert_eq!(count("a long enough sentence #acme"), count("a long enough sentence #"));
        assert!(count("#unebonneidée") > 10, "all there is");
    }

    #[test]
    fn only_the_start_of_a_long_text_is_read() {
        let long = "déjà vu ".repeat(10_000);
        assert!(count(&long) < 1000);
        assert_eq!(start_of(&"é".repeat(400)).len(), MOST_BYTES);
    }
}
