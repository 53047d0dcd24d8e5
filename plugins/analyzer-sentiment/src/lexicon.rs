//! The valence of words and emoji.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::rules::{ENGLISH, FRENCH, NONE, Rules};
use crate::tokens::fold;

/// Words of one language with their valence, and the rules of that language.
#[derive(Debug)]
pub struct Lexicon {
    words: HashMap<String, f32>,
    /// Words by their form without accents, for those who type none; only where no word has that form itself.
    folded: HashMap<String, f32>,
    /// What stands around words changes them.
    pub rules: &'static Rules,
}

impl Lexicon {
    /// The lexicon of a BCP 47 tag; for a language without one, a lexicon that knows emoji alone.
    #[must_use]
    pub fn of(language: Option<&str>) -> &'static Self {
        static EN: OnceLock<Lexicon> = OnceLock::new();
        static FR: OnceLock<Lexicon> = OnceLock::new();
        static OTHER: OnceLock<Lexicon> = OnceLock::new();
        let primary = language.map(|tag| tag.split('-').next().unwrap_or(tag));
        match primary {
            Some("en") => EN.get_or_init(|| Self::read(include_str!("../table/en.tsv"), &ENGLISH)),
            Some("fr") => FR.get_or_init(|| Self::read(include_str!("../table/fr.tsv"), &FRENCH)),
            _ => OTHER.get_or_init(|| Self::read("", &NONE)),
        }
    }

    fn read(table: &str, rules: &'static Rules) -> Self {
        let words: HashMap<String, f32> = rows(table).map(|(word, valence)| (word.to_owned(), valence)).collect();
        let folded = words
            .iter()
            .filter_map(|(word, &valence)| Some((fold(word)?, valence)))
            .filter(|(word, _)| !words.contains_key(word))
            .collect();
        Self { words, folded, rules }
    }

    /// Whether there is a word list for the language.
    #[must_use]
    pub fn has_words(&self) -> bool {
        !self.words.is_empty()
    }

    /// The valence of a lower-case word.
    #[must_use]
    pub fn valence(&self, word: &str) -> Option<f32> {
        self.words.get(word).or_else(|| self.folded.get(word)).copied()
    }
}

/// The valence of an emoji, in every language.
#[must_use]
pub fn emoji(char: char) -> Option<f32> {
    static EMOJI: OnceLock<HashMap<char, f32>> = OnceLock::new();
    let read = || rows(include_str!("../table/emoji.tsv")).filter_map(|(emoji, valence)| Some((emoji.chars().next()?, valence)));
    EMOJI.get_or_init(|| read().collect()).get(&char).copied()
}

fn rows(table: &str) -> impl Iterator<Item = (&str, f32)> {
    table.lines().filter_map(|line| line.split_once('\t')).filter_map(|(word, valence)| Some((word, valence.parse().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_every_table_is_read() {
        for (name, table) in [
            ("en", include_str!("../table/en.tsv")),
            ("fr", include_str!("../table/fr.tsv")),
            ("emoji", include_str!("../table/emoji.tsv")),
        ] {
            assert_eq!(rows(table).count(), table.lines().count(), "{name}");
            assert!(rows(table).all(|(_, valence)| (-4.0..=4.0).contains(&valence)), "{name}");
        }
    }

    #[test]
    fn words_are_found_with_and_without_accents() {
        let french = Lexicon::of(Some("fr-CA"));
        assert!(french.valence("déçu").expect("known") < 0.0);
        assert!(french.valence("decu").expect("known without accents") < 0.0);
        assert!(!Lexicon::of(Some("de")).has_words());
        assert!(emoji('😡').expect("known") < 0.0 && emoji('😍').expect("known") > 0.0);
    }
}
