//! What the model sees of a text: its words, how they are written elsewhere, whether a list knows them, and the runs they stand in.

use vigie_plugin::linear::Hash;

use crate::common::{Common, Known, Level};
use crate::lists::{Lists, Sorts};
use crate::read::{Sort, Word};

/// A text with more than this share of words in capitals shouts: capitals say nothing.
const SHOUTS: f32 = 0.6;
/// Digits of a number that may be part of a name: `BBC 1`, `Blink 182`.
const LONGEST_NUMBER: usize = 3;
/// Kin of handles and hashtags: they stand where names stand, whatever their letters.
const HANDLES: u8 = 254;
const HASHTAGS: u8 = 255;

/// What the model sees of a text: its words with what is the same for all of them.
#[derive(Debug, Clone)]
pub struct View<'t> {
    /// The text as written.
    pub text: &'t str,
    /// With `lower_in_place`.
    pub lower: &'t str,
    /// Its words.
    pub words: &'t [Word],
    /// How the text uses capitals.
    pub(crate) case: Case,
    /// What each word is by itself.
    seen: Vec<Seen>,
    /// What the text is about, by the words it uses.
    pub(crate) topics: u8,
    /// Handles in it, up to three.
    pub(crate) handles: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    /// Hardly any.
    Small,
    /// As people write.
    Mixed,
    /// At the beginning of nearly every word, or everywhere.
    Shouted,
}

/// One word by itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    /// Of its small letters.
    pub(crate) hash: Hash,
    pub(crate) shape: Hash,
    /// What the lists hold it for, by itself or in a name of several words.
    pub(crate) listed: Sorts,
    pub(crate) known: Known,
    pub(crate) capital: bool,
    /// First and last place of the run of capitals it stands in.
    pub(crate) run: (u16, u16),
}

/// Before the first word and behind the last.
const NOTHING: Seen = Seen {
    hash: Hash::START,
    shape: Hash::START.byte(b'$'),
    listed: Sorts::NONE,
    known: Known::NOTHING,
    capital: false,
    run: (0, 0),
};

impl<'t> View<'t> {
    /// Looks at a text. At most [`crate::read::MOST_WORDS`] words are read of any, so a place fits sixteen bits.
    #[must_use]
    pub fn new(text: &'t str, lower: &'t str, words: &'t [Word], common: Common<'_>) -> Self {
        let mut seen: Vec<Seen> = words.iter().enumerate().map(|(place, word)| look(text, lower, place, word, common)).collect();
        let topics = seen.iter().fold(0, |topics, word| topics | word.listed.topics());
        let handles = words.iter().filter(|word| word.sort == Sort::Handle).take(3).count() as u8;
        let plain = || words.iter().zip(&seen).filter(|(word, _)| word.sort == Sort::Word);
        let (capitals, all) = (plain().filter(|(_, seen)| seen.capital).count(), plain().count());
        let case = if capitals == 0 {
            Case::Small
        } else if capitals as f32 > SHOUTS * all as f32 && all > 3 {
            Case::Shouted
        } else {
            Case::Mixed
        };
        mark_phrases(words, &mut seen);
        mark_runs(words, &mut seen);
        Self { text, lower, words, case, seen, topics, handles }
    }

    /// A word as written; empty beyond the last.
    pub(crate) fn raw(&self, place: usize) -> &'t str {
        self.words.get(place).map_or("", |word| &self.text[word.at.clone()])
    }

    /// A word in small letters; empty beyond the last.
    pub(crate) fn small(&self, place: usize) -> &'t str {
        self.words.get(place).map_or("", |word| &self.lower[word.at.clone()])
    }

    /// A word by itself; nothing before the first and behind the last.
    pub(crate) fn seen(&self, place: isize) -> &Seen {
        usize::try_from(place).ok().and_then(|place| self.seen.get(place)).unwrap_or(&NOTHING)
    }

    /// Whether a word is neither listed nor written anywhere the tables come from.
    pub(crate) fn is_stranger(&self, place: usize) -> bool {
        let seen = self.seen(place as isize);
        let word = self.words.get(place).is_some_and(|word| word.sort == Sort::Word);
        word && seen.listed.names() == 0 && seen.known.level == Level::Unknown
    }

    /// Whether a word may be part of a name at all. The model is neither trained on others nor asked about them.
    #[must_use]
    pub fn may_be_a_name(&self, place: usize) -> bool {
        let Some(word) = self.words.get(place) else { return false };
        if word.sort != Sort::Word {
            return true;
        }
        let (raw, small) = (self.raw(place), self.small(place));
        let next = self.words.get(place + 1).filter(|next| !next.breaks);
        let capital_at = |place: isize| self.seen(place).capital;
        let at = place as isize;
        if !raw.contains(char::is_alphabetic) {
            // `BBC 1`, `Maroon 5`, `3 M`: a number beside a capital.
            let before = !word.breaks && capital_at(at - 1);
            return raw.len() <= LONGEST_NUMBER && (before || next.is_some() && capital_at(at + 1));
        }
        if matches!(small, "i" | "i'm" | "i’m" | "i'll" | "i've" | "i'd") {
            return false;
        }
        let capital = raw.contains(char::is_uppercase);
        let seen = self.seen(at);
        match (capital, seen.known.level.is_common()) {
            (true, true) => !word.starts_sentence || next.is_some() && capital_at(at + 1),
            (true, false) => true,
            (false, common) => (!common && small.len() > 2) || seen.listed.any(Sorts::ORGANISATION.or(Sorts::PLACE)),
        }
    }
}

/// One word by itself; its run is marked later.
fn look(text: &str, lower: &str, place: usize, word: &Word, common: Common<'_>) -> Seen {
    let raw = &text[word.at.clone()];
    let hash = Hash::START.bytes(lower[word.at.clone()].as_bytes());
    let known = match word.sort {
        Sort::Word => common.of(hash),
        Sort::Handle => Known { kin: HANDLES, ..Known::NOTHING },
        Sort::Hashtag => Known { kin: HASHTAGS, ..common.of(hash) },
    };
    Seen {
        hash,
        shape: shape(word, raw),
        listed: Lists::shipped().word(hash),
        known,
        capital: raw.starts_with(char::is_uppercase),
        run: (place as u16, place as u16),
    }
}

/// Adds what names of two and three words are listed as to each of their words.
fn mark_phrases(words: &[Word], seen: &mut [Seen]) {
    let lists = Lists::shipped();
    for first in 0..words.len() {
        if !seen[first].listed.any(Sorts::BEGINS) {
            continue;
        }
        let mut hash = seen[first].hash;
        for last in (first + 1..words.len()).take(2).take_while(|last| !words[*last].breaks) {
            hash = hash.then(seen[last].hash);
            let listed = lists.phrase(hash);
            if listed != Sorts::NONE {
                seen[first..=last].iter_mut().for_each(|word| word.listed = word.listed.or(listed));
            }
        }
    }
}

/// Tells each word where the run of capitals it stands in begins and ends.
fn mark_runs(words: &[Word], seen: &mut [Seen]) {
    let mut first = 0;
    while first < words.len() {
        let goes_on = |place: usize| seen[first].capital && !words[place].breaks && seen[place].capital;
        let last = (first + 1..words.len()).take_while(|place| goes_on(*place)).last().unwrap_or(first);
        let run = (first as u16, last as u16);
        seen[first..=last].iter_mut().for_each(|word| word.run = run);
        first = last + 1;
    }
}

/// The shape of a word: its letters as X, x, 0 or themselves, each run once, and the length of short ones.
fn shape(word: &Word, raw: &str) -> Hash {
    let mut hash = Hash::START.byte(word.sort as u8).byte(u8::from(word.breaks));
    let mut last = '\0';
    let mut count = 0_u8;
    for char in raw.chars() {
        count = count.saturating_add(1);
        let class = if char.is_uppercase() {
            'X'
        } else if char.is_alphabetic() {
            'x'
        } else if char.is_numeric() {
            '0'
        } else {
            '-'
        };
        if class != last {
            hash = hash.byte(class as u8);
            last = class;
        }
    }
    hash.byte(count.min(4))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{lower_in_place, words};

    fn with<T>(text: &str, look: impl FnOnce(&View<'_>) -> T) -> T {
        let (mut lower, mut read) = (String::new(), Vec::new());
        lower_in_place(text, &mut lower);
        words(text, &mut read);
        look(&View::new(text, &lower, &read, Common::shipped()))
    }

    fn possible(text: &str) -> Vec<String> {
        with(text, |view| {
            let places = (0..view.words.len()).filter(|place| view.may_be_a_name(*place));
            places.map(|place| view.raw(place).to_owned()).collect()
        })
    }

    #[test]
    fn what_may_be_a_name_is_asked_about() {
        assert_eq!(possible("Good morning London, see you on BBC 1 at 9"), ["London", "BBC", "1"]);
        assert_eq!(possible("3 M and Blink 182 cost 2014 dollars"), ["3", "M", "Blink", "182"]);
        assert_eq!(possible("i'm at tesco with @acme #sale"), ["tesco", "acme", "sale"]);
        assert!(possible("the weather is so good today").is_empty());
    }

    #[test]
    fn runs_of_capitals_and_listed_phrases_are_marked() {
        with("We saw Manchester United beat Real Madrid, Acme Corp says", |view| {
            let at = |word: &str| (0..view.words.len()).find(|place| view.raw(*place) == word).expect("stands there");
            assert_eq!(view.seen[at("United")].run, (2, 3));
            assert_eq!(view.seen[at("Madrid")].run, (5, 6));
            assert_eq!(view.seen[at("Acme")].run, (7, 8), "a comma ends a run");
            assert_eq!(view.seen[at("says")].run, (9, 9));
            assert!(view.seen[at("Manchester")].listed.any(Sorts::ORGANISATION));
            assert!(view.seen[at("Real")].listed.any(Sorts::ORGANISATION));
            assert!(!view.seen[at("saw")].listed.any(Sorts::ORGANISATION));
            assert!(view.topics > 0, "it is about sport");
        });
    }
}
