//! The operator's dictionary: names, aliases, handles and hashtags, found in one pass.

use std::collections::BTreeMap;
use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};
use serde::Deserialize;

use crate::Kind;
use crate::folded::{Folded, fold_signs};
use crate::read::{Sort, Word, lower_in_place};
use crate::typo::Typos;

/// How sure a match is, by what matched.
const HANDLE: f32 = 0.99;
const NAME: f32 = 0.95;
const HASHTAG: f32 = 0.9;
const TYPO: f32 = 0.7;

/// One entry as the operator writes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    #[serde(default)]
    pub(crate) aliases: Vec<String>,
    #[serde(default)]
    pub(crate) handles: Vec<String>,
    #[serde(default)]
    pub(crate) except: Vec<String>,
    #[serde(default)]
    pub(crate) capitals: bool,
}

/// What a pattern stands for.
#[derive(Debug, Clone)]
enum Meaning {
    /// An entry, how sure, and how it must be written if capitals matter.
    Entry { entry: usize, sure: f32, written: Option<String> },
    /// A phrase that means something else.
    Nothing,
}

/// An entry that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Place of the entry.
    pub entry: usize,
    /// Where it stands in the text.
    pub at: Range<usize>,
    /// How sure, 0 to 1.
    pub sure: f32,
}

/// All entries, ready to be found.
#[derive(Debug)]
pub struct Dictionary {
    entries: Vec<Entry>,
    patterns: Option<AhoCorasick>,
    /// Pattern by pattern; a name of two entries stands for the first.
    meanings: Vec<Meaning>,
    typos: Option<Typos>,
}

impl Dictionary {
    /// # Errors
    /// What is wrong with which entry, for the operator.
    pub fn new(entries: Vec<Entry>, typos: bool) -> Result<Self, String> {
        // By pattern, so that equal ones meet; what comes first stays.
        let mut patterns: BTreeMap<String, Meaning> = BTreeMap::new();
        let mut long = Vec::new();
        for (place, entry) in entries.iter().enumerate() {
            if !entry.name.contains(char::is_alphanumeric) {
                return Err(format!("entry {place} is called `{}`, which has no letter and no digit", entry.name));
            }
            for phrase in &entry.except {
                patterns.entry(lower(phrase)).or_insert(Meaning::Nothing);
            }
            for name in std::iter::once(&entry.name).chain(&entry.aliases) {
                let written = entry.capitals.then(|| fold_signs(name.trim()));
                let name = lower(name);
                if name.is_empty() {
                    return Err(format!("entry `{}` has an empty alias", entry.name));
                }
                let squashed: String = name.chars().filter(|char| char.is_alphanumeric()).collect();
                let hashtag = Meaning::Entry { entry: place, sure: HASHTAG, written: None };
                patterns.entry(format!("#{squashed}")).or_insert(hashtag);
                for form in [fold(&name), name.clone()] {
                    let meaning = Meaning::Entry { entry: place, sure: NAME, written: written.clone() };
                    patterns.entry(form).or_insert(meaning);
                }
                if !entry.capitals {
                    long.push((name, place));
                }
            }
            for handle in &entry.handles {
                let handle = lower(handle.trim_start_matches('@'));
                if handle.is_empty() || handle.contains(char::is_whitespace) {
                    return Err(format!("entry `{}` has the handle `{handle}`, which no account can have", entry.name));
                }
                // Some exports write a space behind the sign.
                for form in [format!("@{handle}"), format!("@ {handle}")] {
                    patterns.entry(form).or_insert(Meaning::Entry { entry: place, sure: HANDLE, written: None });
                }
            }
        }
        let (texts, meanings): (Vec<String>, Vec<Meaning>) = patterns.into_iter().unzip();
        let patterns = if texts.is_empty() {
            None
        } else {
            let built = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&texts);
            Some(built.map_err(|error| format!("the dictionary is too large: {error}"))?)
        };
        let typos = typos.then(|| Typos::new(&long));
        Ok(Self { entries, patterns, meanings, typos })
    }

    /// The entries, in the operator's order.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// All entries a text names. `lower`: the text with [`lower_in_place`]; `words`: its words.
    pub fn find(&self, text: &str, lower: &str, words: &[Word], found: &mut Vec<Found>) {
        found.clear();
        let Some(patterns) = &self.patterns else { return };
        let mut taken: Vec<Range<usize>> = Vec::new();
        // A match that is no whole word may hide one that begins later, so the search goes on one letter behind its start.
        let mut from = 0;
        let folded = Folded::new(lower);
        let lower_folded = folded.text();
        while let Some(hit) = patterns.find(aho_corasick::Input::new(lower_folded).range(from..)) {
            if !is_whole(lower_folded, hit.range()) {
                from = hit.start() + lower_folded[hit.start()..].chars().next().map_or(1, char::len_utf8);
                continue;
            }
            from = hit.end();
            let at = folded.place(hit.range());
            match &self.meanings[hit.pattern().as_usize()] {
                Meaning::Nothing => taken.push(at),
                Meaning::Entry { entry, sure, written } => {
                    if written
                        .as_ref()
                        .is_none_or(|written| text.get(at.clone()).is_some_and(|raw| same_capitals(written, &fold_signs(raw))))
                    {
                        taken.push(at.clone());
                        found.push(Found { entry: *entry, at, sure: *sure });
                    }
                }
            }
        }
        if let Some(typos) = &self.typos {
            let free = |at: &Range<usize>| !taken.iter().any(|taken| taken.start < at.end && at.start < taken.end);
            let hits: Vec<Found> = typos
                .find(lower, words.iter().filter(|word| word.sort == Sort::Word))
                .into_iter()
                .filter(|(_, at)| free(at))
                .map(|(entry, at)| Found { entry, at, sure: TYPO })
                .collect();
            found.extend(hits);
        }
        found.sort_by_key(|found| found.at.start);
    }
}

fn lower(name: &str) -> String {
    let mut lower = String::new();
    lower_in_place(&fold_signs(name.trim()), &mut lower);
    lower
}

/// Without the accents people leave out.
fn fold(name: &str) -> String {
    let plain = |char| match char {
        'à' | 'â' | 'ä' | 'á' | 'ã' | 'å' => 'a',
        'ç' => 'c',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'î' | 'ï' | 'í' => 'i',
        'ñ' => 'n',
        'ô' | 'ö' | 'ó' | 'õ' | 'ø' => 'o',
        'ù' | 'û' | 'ü' | 'ú' => 'u',
        other => other,
    };
    name.chars().map(plain).collect()
}

/// Capitals as the entry has them, or all of them: headlines shout.
fn same_capitals(written: &str, raw: &str) -> bool {
    raw == written || (raw == raw.to_uppercase() && raw != raw.to_lowercase() && raw.chars().count() > 1)
}

/// Whether a character is of a script that puts no spaces between words: hiragana, Han, Thai and Lao. Katakana words stand together.
fn is_unspaced(char: char) -> bool {
    matches!(char, '\u{3041}'..='\u{309f}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{e01}'..='\u{eff}')
}

/// Whether no letter or digit goes on at either end. A handle and a hashtag also end before `_`, which may be part of them.
fn is_whole(text: &str, at: Range<usize>) -> bool {
    let signed = text[at.start..].starts_with(['@', '#']);
    let goes_on = |char: char| char.is_alphanumeric() || (signed && char == '_');
    let before = text[..at.start].chars().next_back();
    let after = text[at.end..].chars().next();
    // A name inside a handle or a hashtag is another name.
    // Between characters one of which needs no spaces, a name ends; signs still belong to what they stand at.
    let first = text[at.clone()].chars().next().is_some_and(is_unspaced);
    let last = text[at].chars().next_back().is_some_and(is_unspaced);
    let parts = |edge: bool, char: char| !signed && char.is_alphanumeric() && (edge || is_unspaced(char));
    let before_fits =
        before.is_none_or(|char| parts(first, char) || !(char.is_alphanumeric() || matches!(char, '@' | '#' | '_')));
    before_fits && after.is_none_or(|char| parts(last, char) || (!goes_on(char) && (signed || char != '_')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, aliases: &[&str], handles: &[&str]) -> Entry {
        let own = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
        Entry {
            name: name.to_owned(),
            kind: Kind::Brand,
            aliases: own(aliases),
            handles: own(handles),
            except: Vec::new(),
            capitals: false,
        }
    }

    fn names(dictionary: &Dictionary, text: &str) -> Vec<String> {
        let (mut low, mut words, mut found) = (String::new(), Vec::new(), Vec::new());
        lower_in_place(text, &mut low);
        crate::read::words(text, &mut words);
        dictionary.find(text, &low, &words, &mut found);
        found.iter().map(|found| format!("{}={}", dictionary.entries()[found.entry].name, &text[found.at.clone()])).collect()
    }

    #[test]
    fn names_aliases_handles_and_hashtags_are_found() {
        let dictionary = Dictionary::new(
            vec![entry("Acme Phone", &["AcmeFon", "Nestlé"], &["@acme_help", "acme"]), entry("Acme", &[], &[])],
            true,
        )
        .expect("fits");
        assert_eq!(
            names(&dictionary, "ACME phone's, acme @Acme_Help @acme. #AcmePhone AcmeFon nestle NESTLÉ"),
            [
                "Acme Phone=ACME phone",
                "Acme=acme",
                "Acme Phone=@Acme_Help",
                "Acme Phone=@acme",
                "Acme Phone=#AcmePhone",
                "Acme Phone=AcmeFon",
                "Acme Phone=nestle",
                "Acme Phone=NESTLÉ",
            ]
        );
        assert!(names(&dictionary, "@acme_helper acmes macme #acmephones @other_acme acme_x").is_empty());
    }

    /// Phones write `’`, web pages break lines and put no-break spaces, macOS decomposes accents: names were missed in all of them.
    #[test]
    fn signs_spaces_and_accents_are_the_same_however_they_are_written() {
        let listed = [entry("L’Oréal Paris", &[], &[]), entry("McDonald's", &[], &[]), entry("小米", &[], &[])];
        let dictionary = Dictionary::new(listed.to_vec(), false).expect("fits");
        for text in ["L'Oréal Paris", "L’OREAL Paris", "l‘ore\u{301}al\u{a0}paris", "L'Oréal  \n Paris"] {
            assert_eq!(names(&dictionary, &format!("é {text}, é")), [format!("L’Oréal Paris={text}")], "{text}");
        }
        assert_eq!(names(&dictionary, "chez McDonald’s"), ["McDonald's=McDonald’s"]);
        assert_eq!(names(&dictionary, "我买了小米手机，小米很好"), ["小米=小米", "小米=小米"]);
        let decomposed = Dictionary::new(vec![entry("Nestle\u{301}", &[], &[])], false).expect("fits");
        assert_eq!(names(&decomposed, "Nestlé, nestle"), ["Nestle\u{301}=Nestlé", "Nestle\u{301}=nestle"]);
    }

    #[test]
    fn what_hides_a_name_does_not_lose_it() {
        let dictionary = Dictionary::new(vec![entry("New York Times", &[], &[]), entry("York", &[], &[])], false).expect("fits");
        assert_eq!(names(&dictionary, "new york timesheet"), ["York=york"]);
    }

    #[test]
    fn phrases_that_mean_something_else_are_passed_over() {
        let mut apple = entry("Apple", &[], &[]);
        apple.except = vec!["apple pie".to_owned()];
        let mut orange = entry("Orange", &[], &[]);
        orange.capitals = true;
        let dictionary = Dictionary::new(vec![apple, orange], true).expect("fits");
        assert_eq!(
            names(&dictionary, "apple pie and Apple, an orange from Orange, ORANGE"),
            ["Apple=Apple", "Orange=Orange", "Orange=ORANGE"]
        );
    }

    #[test]
    fn mistakes_are_told() {
        for wrong in [entry("!!", &[], &[]), entry("a", &[" "], &[]), entry("a", &[], &["@"]), entry("a", &[], &["b c"])] {
            let error = Dictionary::new(vec![wrong], true).expect_err("wrong");
            assert!(error.starts_with("entry "), "{error}");
        }
        assert!(names(&Dictionary::new(Vec::new(), true).expect("empty"), "acme").is_empty());
    }

    #[test]
    fn texts_made_of_beginnings_take_linear_time() {
        let dictionary = Dictionary::new(vec![entry(&"ab ".repeat(40), &[], &[]), entry("abab", &[], &[])], true).expect("fits");
        assert!(names(&dictionary, &"ab".repeat(100_000)).is_empty());
        assert!(names(&dictionary, &"ab ".repeat(100_000)).len() < 10_000);
    }
}
