//! Emotions an author names: "je suis en colère", "I'm not afraid".

use std::sync::OnceLock;

use vigie_plugin::features::{Sort, Words, negates_in_english};

use crate::model::EMOTIONS;

/// How far a negation reaches, in words.
pub const REACH: usize = 3;
/// First words of this length or more are looked up by their last kept length.
const LONGEST: u32 = 63;

/// What a text names, as bits in the order of [`EMOTIONS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stated {
    /// Named.
    pub named: u8,
    /// Named behind a negation and nowhere else.
    pub denied: u8,
}

/// The phrases of one language.
#[derive(Debug)]
pub struct Phrases {
    /// First word, the rest, and the emotion's bit; in order.
    phrases: Vec<(String, String, u8)>,
    /// Which lengths first words have, by their first byte: most words of a text are none of them.
    lengths: [u64; 256],
    is_negation: fn(&str) -> bool,
}

impl Phrases {
    /// The phrases of a language, by the tag's first part; none for languages without.
    #[must_use]
    pub fn of(tag: &str) -> Option<&'static Self> {
        static ENGLISH: OnceLock<Phrases> = OnceLock::new();
        static FRENCH: OnceLock<Phrases> = OnceLock::new();
        match tag {
            "en" => Some(ENGLISH.get_or_init(|| Self::read("en", is_negation))),
            "fr" => Some(FRENCH.get_or_init(|| Self::read("fr", is_french_negation))),
            _ => None,
        }
    }

    fn read(tag: &str, is_negation: fn(&str) -> bool) -> Self {
        let (mut phrases, mut bit) = (Vec::new(), None);
        for line in include_str!("stated.txt").lines().filter(|line| !line.starts_with('#')) {
            if let Some(head) = line.strip_prefix('[') {
                let emotion = head.trim_end_matches(']').strip_prefix(tag).map(str::trim);
                bit = emotion.and_then(|name| EMOTIONS.iter().position(|known| *known == name)).map(|place| 1_u8 << place);
            } else if let Some(bit) = bit {
                for phrase in line.split(',').map(str::trim).filter(|phrase| !phrase.is_empty()) {
                    for phrase in [phrase.to_owned(), without_accents(phrase)] {
                        let (first, rest) = phrase.split_once(' ').unwrap_or((&phrase, ""));
                        phrases.push((first.to_owned(), rest.to_owned(), bit));
                    }
                }
            }
        }
        phrases.sort_unstable();
        phrases.dedup();
        let mut lengths = [0; 256];
        for (first, ..) in &phrases {
            lengths[usize::from(first.as_bytes()[0])] |= length_bit(first);
        }
        Self { phrases, lengths, is_negation }
    }

    /// What the words of a text name.
    #[must_use]
    pub fn stated(&self, words: &Words) -> Stated {
        let (mut named, mut denied) = (0, 0);
        for (place, word) in words.iter().enumerate() {
            let read = words.text(word);
            let Some(&byte) = read.as_bytes().first() else { continue };
            if self.lengths[usize::from(byte)] & length_bit(read) == 0 || !matches!(word.sort, Sort::Word | Sort::Hashtag) {
                continue;
            }
            let start = self.phrases.partition_point(|(first, ..)| first.as_str() < read);
            for (_, rest, bit) in self.phrases[start..].iter().take_while(|(first, ..)| first == read) {
                if rest.is_empty() || rest.split(' ').enumerate().all(|(offset, word)| words.nth(place + 1 + offset) == word) {
                    *(if self.is_denied(words, place) { &mut denied } else { &mut named }) |= bit;
                }
            }
        }
        Stated { named, denied: denied & !named }
    }

    /// Whether a negation of the same clause stands within reach before a word.
    fn is_denied(&self, words: &Words, place: usize) -> bool {
        let mut at = place;
        for _ in 0..REACH {
            if at == 0 || words.as_slice()[at].starts_clause {
                return false;
            }
            at -= 1;
            if (self.is_negation)(words.nth(at)) {
                return true;
            }
        }
        false
    }
}

fn length_bit(word: &str) -> u64 {
    1 << (word.len() as u32).min(LONGEST)
}

/// Whether an English word turns around what follows.
#[must_use]
pub fn is_negation(word: &str) -> bool {
    negates_in_english(word) || matches!(word, "neither" | "nor")
}

/// `plus` is left aside: it says "more" as often as "no more".
fn is_french_negation(word: &str) -> bool {
    matches!(word, "pas" | "jamais" | "aucun" | "aucune" | "sans" | "ni" | "nullement")
}

fn without_accents(phrase: &str) -> String {
    let mut plain = String::with_capacity(phrase.len());
    for char in phrase.chars() {
        match char {
            'à' | 'â' => plain.push('a'),
            'ç' => plain.push('c'),
            'é' | 'è' | 'ê' | 'ë' => plain.push('e'),
            'î' | 'ï' => plain.push('i'),
            'ô' => plain.push('o'),
            'ù' | 'û' => plain.push('u'),
            'œ' => plain.push_str("oe"),
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use vigie_plugin::features::Apostrophes;

    fn stated(tag: &str, text: &str) -> (u8, u8) {
        let mut words = Words::default();
        words.read(text, if tag == "fr" { Apostrophes::Split } else { Apostrophes::Join });
        let stated = Phrases::of(tag).expect("has phrases").stated(&words);
        (stated.named, stated.denied)
    }

    #[test]
    fn every_phrase_is_read_as_it_is_written() {
        for (tag, apostrophes) in [("en", Apostrophes::Join), ("fr", Apostrophes::Split)] {
            let phrases = Phrases::of(tag).expect("has phrases");
            assert!(phrases.phrases.len() > 40);
            for (first, rest, bit) in &phrases.phrases {
                let mut words = Words::default();
                words.read(&format!("{first} {rest}"), apostrophes);
                assert_eq!(phrases.stated(&words).named & bit, *bit, "{first} {rest}");
            }
        }
    }

    #[test]
    fn what_is_denied_is_told_apart() {
        assert_eq!(stated("en", "I am afraid"), (1 << 2, 0));
        assert_eq!(stated("en", "I'm not afraid"), (0, 1 << 2));
        assert_eq!(stated("en", "I'm happy, not sad"), (1 << 3, 1 << 4));
        assert_eq!(stated("en", "no, I am angry"), (1, 0), "not over a comma");
        assert_eq!(stated("fr", "Je suis en colere"), (1, 0));
        assert_eq!(stated("fr", "je n'ai pas du tout peur"), (0, 1 << 2));
        assert_eq!(stated("fr", "il vient mardi"), (0, 0));
    }
}
