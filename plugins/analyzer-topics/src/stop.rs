//! Words that stand in no key phrase, for the languages that have such a list.

use std::sync::OnceLock;

use crate::read::Word;
use crate::words::hash;

/// The languages with a stop list.
pub const TAGS: [&str; 8] = ["ar", "de", "en", "es", "fr", "it", "nl", "pt"];

/// Stop words of this share of a text say in which language it is.
const SHARE: usize = 5;

/// A language and its stop words.
#[derive(Debug)]
pub struct Language {
    tag: &'static str,
    stops: Vec<u32>,
}

impl Language {
    /// The language of a text: as its BCP 47 tag says or, where nobody has said, by the stop words it uses. `None` for a language
    /// without a list, and for a text too short to tell.
    #[must_use]
    pub fn of(tag: Option<&str>, words: &[Word]) -> Option<&'static Self> {
        match tag {
            Some(tag) => {
                let primary = tag.split('-').next().unwrap_or(tag);
                all().iter().find(|language| language.tag.eq_ignore_ascii_case(primary))
            }
            None => {
                let hits = |language: &Self| words.iter().filter(|word| language.is_stop(word.hash)).count();
                let (hits, language) = all().iter().map(|language| (hits(language), language)).max_by_key(|(hits, _)| *hits)?;
                (hits >= 2 && hits * SHARE >= words.len()).then_some(language)
            }
        }
    }

    /// Its BCP 47 tag.
    #[must_use]
    pub fn tag(&self) -> &'static str {
        self.tag
    }

    /// Whether a word is on its list.
    #[must_use]
    pub fn is_stop(&self, hash: u32) -> bool {
        self.stops.binary_search(&hash).is_ok()
    }
}

fn all() -> &'static [Language] {
    static ALL: OnceLock<Vec<Language>> = OnceLock::new();
    ALL.get_or_init(|| TAGS.iter().map(|tag| Language { tag, stops: list(tag) }).collect())
}

/// The words of one block of the file.
fn list(tag: &str) -> Vec<u32> {
    let lines = include_str!("stop.txt").lines().filter(|line| !line.starts_with('#'));
    let block = lines.skip_while(|line| line.trim_matches(['[', ']']) != tag).skip(1).take_while(|line| !line.starts_with('['));
    let mut stops: Vec<u32> = block.flat_map(str::split_whitespace).map(hash).collect();
    stops.sort_unstable();
    stops.dedup();
    stops
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::Reader;

    #[test]
    fn every_language_has_a_list() {
        for language in all() {
            assert!(language.stops.len() > 150, "{}: {}", language.tag, language.stops.len());
        }
    }

    #[test]
    fn a_language_is_found_by_tag_or_by_its_words() {
        let of = |tag: Option<&str>, text: &str| {
            let mut reader = Reader::default();
            reader.read(&[text]);
            Language::of(tag, reader.words()).map(Language::tag)
        };
        assert_eq!(of(Some("fr-CA"), ""), Some("fr"));
        assert_eq!(of(Some("EN"), ""), Some("en"));
        assert_eq!(of(Some("sv"), "the phone and the case"), None, "what was said counts");
        assert_eq!(of(None, "the screen of my phone is broken"), Some("en"));
        assert_eq!(of(None, "l'écran de mon téléphone est cassé"), Some("fr"));
        assert_eq!(of(None, "der Bildschirm ist schon wieder kaputt"), Some("de"));
        assert_eq!(of(None, "acme acme"), None);
    }
}
