//! A text as cues see it.

use std::borrow::Cow;
use std::ops::Range;

use vigie_plugin::features::{Apostrophes, Sort, Words};
use vigie_plugin::linear::Hash;

/// What posts that are passed on have in place of handles and addresses, and how it is read: as long, so that all words stay where they are.
const PLACEHOLDERS: [(&str, &str); 5] =
    [("<user>", "@user "), ("<USER>", "@user "), ("<username>", "@username "), ("<url>", "www.u"), ("<URL>", "www.u")];

/// One word.
#[derive(Debug, Clone)]
pub struct Word {
    /// Of its form without accents.
    pub hash: u32,
    /// Begins a sentence, line or clause.
    pub starts_clause: bool,
    /// What it is.
    pub sort: Sort,
    /// Which part of the mention it stands in, and where.
    part: usize,
    at: Range<usize>,
    folded: Range<usize>,
}

/// The words of a mention, without accents. Filled again for the next one.
#[derive(Debug, Default)]
pub struct Text {
    normal: Words,
    folded: String,
    words: Vec<Word>,
}

impl Text {
    /// Reads the parts of a mention, such as its title and its text.
    pub fn read(&mut self, parts: &[&str], apostrophes: Apostrophes) {
        self.folded.clear();
        self.words.clear();
        self.normal.clear();
        for (part, text) in parts.iter().enumerate() {
            let read = self.normal.as_slice().len();
            self.normal.append(&with_names(text), apostrophes);
            for word in self.normal.iter().skip(read) {
                let start = self.folded.len();
                fold_into(self.normal.text(word), &mut self.folded);
                let folded = start..self.folded.len();
                self.words.push(Word {
                    hash: hash(&self.folded[folded.clone()]),
                    starts_clause: word.starts_clause,
                    sort: word.sort,
                    part,
                    at: word.at.clone(),
                    folded,
                });
            }
        }
    }

    /// The words with their accents, for models.
    #[must_use]
    pub fn normal(&mut self) -> &mut Words {
        &mut self.normal
    }

    /// The words in order.
    #[must_use]
    pub fn words(&self) -> &[Word] {
        &self.words
    }

    /// A word without accents.
    #[must_use]
    pub fn folded(&self, place: usize) -> &str {
        self.words.get(place).and_then(|word| self.folded.get(word.folded.clone())).unwrap_or_default()
    }

    /// Some words as they stand in the parts that were read.
    #[must_use]
    pub fn raw<'t>(&self, words: Range<usize>, parts: &[&'t str]) -> &'t str {
        let (Some(first), Some(last)) = (self.words.get(words.start), self.words.get(words.end.saturating_sub(1))) else {
            return "";
        };
        parts.get(first.part).and_then(|part| part.get(first.at.start..last.at.end)).unwrap_or_default()
    }
}

/// A text with handles and addresses where it has words in place of them.
fn with_names(text: &str) -> Cow<'_, str> {
    let mut named = Cow::Borrowed(text);
    // Hardly any text has one, and a character is found much faster than five words are.
    if !text.contains('<') {
        return named;
    }
    for (placeholder, name) in PLACEHOLDERS {
        if named.contains(placeholder) {
            named = Cow::Owned(named.replace(placeholder, name));
        }
    }
    named
}

/// Of a word without accents.
#[must_use]
pub fn hash(word: &str) -> u32 {
    Hash::START.bytes(word.as_bytes()).raw()
}

/// Writes a lower-case word without the accents of French and its neighbours.
pub fn fold_into(word: &str, folded: &mut String) {
    if word.is_ascii() {
        folded.push_str(word);
        return;
    }
    for char in word.chars() {
        match char {
            'à' | 'â' | 'ä' | 'á' | 'ã' => folded.push('a'),
            'ç' => folded.push('c'),
            'é' | 'è' | 'ê' | 'ë' => folded.push('e'),
            'î' | 'ï' | 'í' => folded.push('i'),
            'ñ' => folded.push('n'),
            'ô' | 'ö' | 'ó' | 'õ' => folded.push('o'),
            'ù' | 'û' | 'ü' | 'ú' => folded.push('u'),
            'ÿ' => folded.push('y'),
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            other => folded.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_remember_where_they_stand() {
        let parts = ["Déçu", "Très Déçue, @acme : ça ne marche PAS"];
        let mut text = Text::default();
        text.read(&parts, Apostrophes::Split);
        let folded: Vec<&str> = (0..text.words().len()).map(|place| text.folded(place)).collect();
        assert_eq!(folded, ["decu", "tres", "decue", "@", "ca", "ne", "marche", "pas"]);
        assert_eq!(
            (text.raw(0..1, &parts), text.raw(1..3, &parts), text.raw(6..8, &parts)),
            ("Déçu", "Très Déçue", "marche PAS")
        );
        assert_eq!((text.raw(8..9, &parts), text.folded(9)), ("", ""));
    }

    #[test]
    fn what_stands_for_a_handle_is_one() {
        let parts = ["hey <USER> and <username>, see <url> là"];
        let mut text = Text::default();
        text.read(&parts, Apostrophes::Join);
        let sorts: Vec<Sort> = text.words().iter().map(|word| word.sort).collect();
        assert_eq!(
            sorts,
            [Sort::Word, Sort::Handle, Sort::Word, Sort::Handle, Sort::Word, Sort::Address, Sort::Word],
            "{:?}",
            text.words()
        );
        assert_eq!(text.raw(6..7, &parts), "là");
        assert!(PLACEHOLDERS.iter().all(|(placeholder, name)| placeholder.len() == name.len()));
    }
}
