//! Cues: words and patterns of words that show an intent, read from lists and found in a text.
//!
//! # Shape of a list
//! A line each: intent, weight, elements separated by spaces. An element is a word, several (`a|b`), the beginning of words (`a*`),
//! `_` for up to three words of any kind, `^` for the beginning of a clause, or `!`, in front, for a cue that says the same behind a
//! negation ("no refund"). Any other cue without a negation of its own that is denied speaks against its intent, or says nothing if it
//! spoke against it already. Words are as [`vigie_plugin::features::Words`] reads them, without accents; a cue never reaches over the
//! border of a clause. `#` begins a comment.

use std::ops::Range;
use std::sync::OnceLock;

use vigie_plugin::features::{Apostrophes, Words};

use crate::negation::{denies, is_negation};
use crate::text::{Text, fold_into};
use crate::{INTENTS, Intent};

/// Words a gap stands for at most.
const GAP: usize = 3;
/// Elements of a cue of the operator's at most, so that matching one is bounded.
const MOST_ELEMENTS: usize = 12;
/// What a cue that is denied says against its intent, as a share of what it would say for it.
const DENIED: f32 = -0.6;

/// One element of a cue.
#[derive(Debug, Clone, PartialEq)]
enum Element {
    /// Any of these words, as hashes in order, or words that begin so.
    Word { any_of: Vec<u32>, beginnings: Vec<String> },
    /// Up to [`GAP`] words.
    Gap,
}

#[derive(Debug, Clone)]
struct Cue {
    intent: Intent,
    weight: f32,
    at_clause: bool,
    /// Says something else, or nothing, where a negation stands before it.
    deniable: bool,
    elements: Vec<Element>,
}

/// A cue that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// What it shows.
    pub intent: Intent,
    /// How much; negative: it speaks against it.
    pub weight: f32,
    /// The words of the text it is made of.
    pub words: Range<usize>,
    /// A negation stands before it, and its weight has been turned.
    pub denied: bool,
}

/// The cues of one language, by their first words.
#[derive(Debug, Clone, Default)]
pub struct Cues {
    cues: Vec<Cue>,
    /// Hash of a first word, and which cue begins with it.
    by_word: Vec<(u32, u16)>,
    /// Cues whose first element is a beginning of words, by its first two bytes.
    by_beginning: Vec<([u8; 2], u16)>,
    /// How the texts they are meant for are read.
    apostrophes: Apostrophes,
}

impl Cues {
    /// The cues shipped for a language, by the tag's first part; none for languages without a list.
    #[must_use]
    pub fn shipped(tag: &str) -> Option<&'static Self> {
        static ENGLISH: OnceLock<Cues> = OnceLock::new();
        static FRENCH: OnceLock<Cues> = OnceLock::new();
        match tag {
            "en" => Some(ENGLISH.get_or_init(|| Self::read(include_str!("cues/en.txt"), Apostrophes::Join))),
            "fr" => Some(FRENCH.get_or_init(|| Self::read(include_str!("cues/fr.txt"), Apostrophes::Split))),
            _ => None,
        }
    }

    /// Reads a list; lines that say nothing are left out. The lists shipped are tested to have none.
    fn read(list: &str, apostrophes: Apostrophes) -> Self {
        let mut cues = Self { apostrophes, ..Self::default() };
        for line in list.lines() {
            if let Some(cue) = cue(line, apostrophes) {
                cues.push(cue);
            }
        }
        cues.settle();
        cues
    }

    /// The operator's own cues: patterns by the intent they show, for texts whose apostrophes are read so.
    #[must_use]
    pub fn own<'p>(patterns: impl IntoIterator<Item = (Intent, &'p str)>, apostrophes: Apostrophes) -> Self {
        let mut cues = Self { apostrophes, ..Self::default() };
        let mut words = Words::default();
        for (intent, pattern) in patterns {
            let split = apostrophes == Apostrophes::Split;
            let pattern = if split { pattern.replace(['\'', '’'], " ") } else { pattern.to_owned() };
            // Written by a person: read it as a text is read, element by element.
            let read = |element: &str| -> String {
                if matches!(element, "_" | "^" | "?") {
                    return element.to_owned();
                }
                let alternatives = element.split('|').map(|word| {
                    let mut read = String::new();
                    words.read(word.trim_end_matches('*'), Apostrophes::Join);
                    words.iter().for_each(|part| fold_into(words.text(part), &mut read));
                    if word.ends_with('*') { read + "*" } else { read }
                });
                alternatives.filter(|word| !word.is_empty() && word != "*").collect::<Vec<_>>().join("|")
            };
            let elements: Vec<String> =
                pattern.split_whitespace().map(read).filter(|element| !element.is_empty()).take(MOST_ELEMENTS).collect();
            cues.cues.extend(elements_of(intent, 2.5, &elements, apostrophes));
        }
        cues.settle();
        cues
    }

    /// Whether an operator's pattern says something: it has a word, and begins and ends with one.
    #[must_use]
    pub fn is_pattern(pattern: &str) -> bool {
        !Self::own([(Intent::Complaint, pattern)], Apostrophes::Join).cues.is_empty()
    }

    fn push(&mut self, cue: Cue) {
        self.cues.push(cue);
    }

    /// Makes the index of first words.
    fn settle(&mut self) {
        for (place, cue) in self.cues.iter().enumerate() {
            let place = place as u16;
            if let Some(Element::Word { any_of, beginnings }) = cue.elements.first() {
                self.by_word.extend(any_of.iter().map(|hash| (*hash, place)));
                let two = |beginning: &String| <[u8; 2]>::try_from(beginning.as_bytes().get(..2)?).ok();
                self.by_beginning.extend(beginnings.iter().filter_map(two).map(|two| (two, place)));
            }
        }
        self.by_word.sort_unstable();
        self.by_beginning.sort_unstable();
        self.by_beginning.dedup();
    }

    /// All cues of a text, in the order of their first words. A cue counts once however often it comes.
    pub fn find(&self, text: &Text, found: &mut Vec<Found>) {
        if self.cues.is_empty() {
            return;
        }
        let mut seen = vec![false; self.cues.len()];
        for (place, word) in text.words().iter().enumerate() {
            let start = self.by_word.partition_point(|(hash, _)| *hash < word.hash);
            let by_word = self.by_word[start..].iter().take_while(|(hash, _)| *hash == word.hash).map(|(_, cue)| *cue);
            let two = text.folded(place).as_bytes().get(..2).and_then(|two| <[u8; 2]>::try_from(two).ok()).unwrap_or_default();
            let start = self.by_beginning.partition_point(|(known, _)| *known < two);
            let by_beginning = self.by_beginning[start..].iter().take_while(|(known, _)| *known == two).map(|(_, cue)| *cue);
            for number in by_word.chain(by_beginning) {
                let (cue, seen) = (&self.cues[usize::from(number)], &mut seen[usize::from(number)]);
                if *seen || (cue.at_clause && !word.starts_clause) {
                    continue;
                }
                if let Some(end) = matches(&cue.elements, text, place, true) {
                    *seen = true;
                    let denied = cue.deniable && denies(text, place, self.apostrophes);
                    let weight = if denied { (cue.weight * DENIED).min(0.0) } else { cue.weight };
                    if weight != 0.0 {
                        found.push(Found { intent: cue.intent, weight, words: place..end, denied });
                    }
                }
            }
        }
    }
}

/// Where a match of the elements ends that begins at a word, if there is one.
fn matches(elements: &[Element], text: &Text, at: usize, first: bool) -> Option<usize> {
    let Some((element, rest)) = elements.split_first() else { return Some(at) };
    match element {
        Element::Gap => {
            // The fewest words first. The depth is that of the elements, of which a cue has few.
            (0..=GAP)
                .take_while(|gap| *gap == 0 || stays(text, at + gap - 1))
                .find_map(|gap| matches(rest, text, at + gap, false))
        }
        Element::Word { any_of, beginnings } => {
            let word = text.words().get(at)?;
            if !first && word.starts_clause {
                return None;
            }
            let fits = any_of.binary_search(&word.hash).is_ok()
                || beginnings.iter().any(|beginning| text.folded(at).starts_with(beginning.as_str()));
            if fits { matches(rest, text, at + 1, false) } else { None }
        }
    }
}

fn stays(text: &Text, at: usize) -> bool {
    text.words().get(at).is_some_and(|word| !word.starts_clause)
}

/// One line of a list.
fn cue(line: &str, apostrophes: Apostrophes) -> Option<Cue> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let mut parts = line.split_whitespace();
    let intent = INTENTS.into_iter().find(|intent| Some(intent.name()) == parts.clone().next())?;
    let weight = parts.nth(1)?.parse().ok()?;
    let elements: Vec<String> = parts.map(str::to_owned).collect();
    elements_of(intent, weight, &elements, apostrophes)
}

fn elements_of(intent: Intent, weight: f32, elements: &[String], apostrophes: Apostrophes) -> Option<Cue> {
    let starts_with = |sign: &str| elements.first().is_some_and(|element| element == sign);
    let negates = elements.iter().any(|element| element.split('|').any(|word| is_negation(word, apostrophes)));
    let deniable = intent != Intent::Question && !negates && !starts_with("!");
    let at_clause = starts_with("^");
    let elements: Vec<Element> =
        elements.iter().filter(|element| !matches!(element.as_str(), "^" | "!")).map(|element| read_element(element)).collect();
    // A cue begins and ends with a word.
    let whole = matches!(elements.first(), Some(Element::Word { .. })) && matches!(elements.last(), Some(Element::Word { .. }));
    whole.then_some(Cue { intent, weight, at_clause, deniable, elements })
}

fn read_element(element: &str) -> Element {
    if element == "_" {
        return Element::Gap;
    }
    let (mut any_of, mut beginnings) = (Vec::new(), Vec::new());
    for word in element.split('|') {
        match word.strip_suffix('*') {
            Some(beginning) => beginnings.push(beginning.to_owned()),
            None => any_of.push(crate::text::hash(word)),
        }
    }
    any_of.sort_unstable();
    any_of.dedup();
    Element::Word { any_of, beginnings }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(cues: &Cues, text: &str, apostrophes: Apostrophes) -> Vec<(Intent, String)> {
        let mut read = Text::default();
        read.read(&[text], apostrophes);
        let mut found = Vec::new();
        cues.find(&read, &mut found);
        found.into_iter().map(|found| (found.intent, read.raw(found.words, &[text]).to_owned())).collect()
    }

    #[test]
    fn every_line_of_every_list_is_read() {
        for (list, apostrophes) in
            [(include_str!("cues/en.txt"), Apostrophes::Join), (include_str!("cues/fr.txt"), Apostrophes::Split)]
        {
            for line in list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
                let cue = cue(line, apostrophes).unwrap_or_else(|| panic!("not a cue: {line}"));
                assert!((-3.0..=3.0).contains(&cue.weight) && cue.weight != 0.0, "{line}");
                for element in line.split_whitespace().skip(2).filter(|element| !matches!(*element, "_" | "^" | "!")) {
                    for word in element.split('|').map(|word| word.trim_end_matches('*')) {
                        let mut folded = String::new();
                        fold_into(word, &mut folded);
                        assert!(!word.is_empty() && folded == word, "written without accents: {line}");
                    }
                }
            }
        }
    }

    #[test]
    fn patterns_match_as_they_are_written() {
        let cues = Cues::read(
            "churn-risk 2 cancel* _ account|plan\ncomplaint 1 ^ why\npraise 1 ?\npurchase 1 ok\nnonsense",
            Apostrophes::Join,
        );
        let english = |text| found(&cues, text, Apostrophes::Join);
        assert_eq!(english("I am cancelling my old Acme plan"), [(Intent::ChurnRisk, "cancelling my old Acme plan".to_owned())]);
        assert_eq!(english("cancel account"), [(Intent::ChurnRisk, "cancel account".to_owned())]);
        assert!(english("cancel this one very old account").is_empty(), "four words in between");
        assert!(english("I cancel, my account stays").is_empty(), "not over a comma");
        assert_eq!(english("ok, why?").len(), 3);
        assert_eq!(english("tell me why").len(), 0);
        assert_eq!(english("OK ok ok").len(), 1, "once");
    }

    #[test]
    fn what_is_denied_speaks_against() {
        let list = "complaint 2 broken\ncomplaint 2 ! refund\ncomplaint 2 not working\ncomplaint -2 fixed";
        let cues = Cues::read(list, Apostrophes::Join);
        let weight = |text: &str| {
            let mut read = Text::default();
            read.read(&[text], Apostrophes::Join);
            let mut found = Vec::new();
            cues.find(&read, &mut found);
            found.iter().map(|found| found.weight).sum::<f32>()
        };
        assert!(weight("it is broken") > 0.0 && weight("it is not broken") < 0.0);
        assert!(weight("no refund") > 0.0 && weight("not working") > 0.0);
        assert!(weight("they fixed it") < 0.0 && weight("they never fixed it") == 0.0);
    }

    #[test]
    fn accents_do_not_matter() {
        let french = Cues::shipped("fr").expect("shipped");
        for text in ["Je veux RÉSILIER mon forfait", "je veux resilier"] {
            let found = found(french, text, Apostrophes::Split);
            assert!(found.iter().any(|(intent, _)| *intent == Intent::ChurnRisk), "{text}: {found:?}");
        }
        assert!(Cues::shipped("de").is_none());
    }

    #[test]
    fn own_cues_are_read_as_texts_are() {
        let own = [
            (Intent::Complaint, "Signal _ DROPS|drop*"),
            (Intent::Praise, "C'est top"),
            (Intent::Praise, "_"),
            (Intent::Praise, "* |"),
        ];
        for (apostrophes, praise) in [(Apostrophes::Join, "Cest top"), (Apostrophes::Split, "C’est top")] {
            let own = Cues::own(own, apostrophes);
            assert_eq!(found(&own, "the signal always dropped", apostrophes)[0].0, Intent::Complaint);
            assert_eq!(found(&own, praise, apostrophes)[0].0, Intent::Praise);
            assert!(found(&own, "nothing", apostrophes).is_empty());
        }
    }
}
