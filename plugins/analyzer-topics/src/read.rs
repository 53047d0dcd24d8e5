//! From a text to words with what a phrase must know of them.

use std::ops::Range;

use vigie_plugin::features::{Apostrophes, Sort, Words};

use crate::words::hash;

/// One word of a mention.
#[derive(Debug, Clone)]
pub struct Word {
    /// Which part of the mention it stands in: its title or its text.
    pub part: u8,
    /// Where, in bytes of that part.
    pub at: Range<usize>,
    /// Of its lower-case form.
    pub hash: u32,
    /// What it is.
    pub sort: Sort,
    /// A new clause, or something else that no phrase reaches over, stands before it.
    pub breaks: bool,
    /// Begins a sentence, so that its capital says nothing.
    pub starts_sentence: bool,
    /// Its first letter is a capital.
    pub capital: bool,
    /// Two letters or more, all capitals.
    pub shouted: bool,
    /// Holds a letter.
    pub letters: bool,
    /// Letters and digits of it.
    pub length: usize,
}

/// The words of a mention. Filled again for the next one.
#[derive(Debug, Default)]
pub struct Reader {
    scratch: Words,
    words: Vec<Word>,
}

impl Reader {
    /// Reads the parts of a mention, each beginning a sentence.
    pub fn read(&mut self, parts: &[&str]) {
        self.words.clear();
        for (part, text) in parts.iter().enumerate() {
            self.scratch.read(text, Apostrophes::Split);
            let mut end = 0;
            for (place, word) in self.scratch.iter().enumerate() {
                let raw = text.get(word.at.clone()).unwrap_or_default();
                let gap = text.get(end..word.at.start).unwrap_or_default();
                let ends_sentence = gap.contains(['.', '!', '?', '…', '\n']) && !is_wrapped(gap, raw);
                self.words.push(Word {
                    part: part as u8,
                    at: word.at.clone(),
                    hash: hash(raw),
                    sort: word.sort,
                    breaks: place == 0 || !joins(gap, raw),
                    starts_sentence: place == 0 || ends_sentence,
                    capital: raw.starts_with(char::is_uppercase),
                    shouted: word.shouted,
                    letters: raw.contains(char::is_alphabetic),
                    length: raw.chars().count(),
                });
                end = word.at.end;
            }
        }
    }

    /// The words in order.
    #[must_use]
    pub fn words(&self) -> &[Word] {
        &self.words
    }
}

/// Whether a phrase may hold what stands between two of its words.
fn joins(gap: &str, next: &str) -> bool {
    matches!(gap, " " | "-" | "\u{2010}" | "\u{a0}" | "'" | "’" | "&" | " & ") || is_wrapped(gap, next)
}

/// A line that was broken to fit a page goes on in small letters; any other line is a clause of its own.
fn is_wrapped(gap: &str, next: &str) -> bool {
    gap.chars().all(char::is_whitespace) && gap.matches('\n').count() == 1 && !next.starts_with(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_know_what_stands_before_them() {
        let title = "Battery news";
        let text = "The long\nbattery life, of Acme. Is good!\nBig screen 5G self-made";
        let mut reader = Reader::default();
        reader.read(&[title, text]);
        let part = |word: &Word| [title, text][word.part as usize][word.at.clone()].to_owned();
        let breaks: Vec<String> = reader.words().iter().filter(|word| word.breaks).map(part).collect();
        assert_eq!(breaks, ["Battery", "The", "of", "Is", "!", "Big"]);
        let starts: Vec<String> = reader.words().iter().filter(|word| word.starts_sentence).map(part).collect();
        assert_eq!(starts, ["Battery", "The", "Is", "Big"]);
        let five = reader.words().iter().find(|word| part(word) == "5G").expect("read");
        assert!(five.letters && five.length == 2);
    }
}
