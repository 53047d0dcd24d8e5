//! What the words of a text say together, by rules: negation, intensifiers, capitals, "but".
//!
//! A port of the VADER method (C. J. Hutto and E. Gilbert, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social
//! Media Text", ICWSM 2014) to normalised words and lists of several languages. What it finds are numbers a model weighs ([`DENSE`]).

use std::collections::HashMap;
use std::ops::Range;

use vigie_plugin::features::{Sort, Word, Words};
use vigie_plugin::linear::Hash;

use crate::lexicon::{Entry, Lexicon, role};
use crate::phrases::{Phrase, may_stand_between, phrase};

/// What a booster adds, before its distance is counted. This and the constants below: VADER, section 3 of the paper and its code.
const BOOST: f32 = 0.293;
/// What a word in capitals among others gains.
const CAPITALS: f32 = 0.733;
/// What a negation leaves of a valence.
pub(crate) const NEGATION: f32 = -0.74;
/// What an exclamation mark adds to the sum, four at most.
const EXCLAMATION: f32 = 0.292;
/// Shares of what stands before and after a "but".
const BEFORE_CONTRAST: f32 = 0.5;
const AFTER_CONTRAST: f32 = 1.5;
/// How far back a negation or a booster reaches, in words.
const REACH: usize = 3;
/// Makes a sum of 4 a polarity of 0.72.
const ALPHA: f32 = 15.0;

/// How many numbers the models are given.
pub const DENSE: usize = 22;

/// What a text says by rules.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Evidence {
    /// -1 to 1, as VADER's compound score.
    pub polarity: f32,
    /// Sum of what is good, of what is bad (negative).
    pub good: f32,
    /// Sum of what is bad, 0 or below.
    pub bad: f32,
    /// The strongest single word, with its sign.
    pub strongest: f32,
    /// What the last clause with any valence says.
    pub last: f32,
    /// What emoji and drawn faces say.
    pub drawn: f32,
    /// Words that say something.
    pub spoken: u32,
    /// Words of letters.
    pub words: u32,
    /// A phrase that turns all this around; no model reads it.
    pub phrase: Phrase,
    exclamations: u32,
    questions: u32,
    dots: u32,
    addresses: u32,
    handles: u32,
    pub(crate) hashtags: u32,
    shouted: u32,
    stretched: u32,
    negations: u32,
    contrasts: u32,
}

/// Entries and valences of one text after the other, in the same memory.
#[derive(Debug, Default)]
pub struct Weigher {
    entries: Vec<Entry>,
    hashes: Vec<Hash>,
    valences: Vec<f32>,
}

impl Weigher {
    /// Weighs a text. `own`: words of the operator, which come before those of the list. Marks the negated words on the way.
    pub fn weigh(&mut self, words: &mut Words, lexicon: &Lexicon<'_>, own: &HashMap<String, f32>) -> Evidence {
        self.look_up(words, lexicon, own);
        let mut evidence = count(words);
        let shouting = evidence.shouted > 0 && evidence.shouted < evidence.words;
        self.valences.clear();
        let slice = words.as_slice();
        for place in 0..slice.len() {
            let valence = self.valence(slice, place, lexicon, shouting);
            self.valences.push(valence);
        }
        let contrast = self.entries.iter().rposition(|entry| entry.roles & role::CONTRASTS != 0);
        if let Some(contrast) = contrast {
            for (place, valence) in self.valences.iter_mut().enumerate() {
                *valence *= if place < contrast { BEFORE_CONTRAST } else { AFTER_CONTRAST };
            }
        }
        evidence.contrasts = u32::from(contrast.is_some());
        evidence.negations =
            self.entries.iter().filter(|entry| entry.roles & (role::NEGATES | role::NEGATES_BEFORE) != 0).count() as u32;
        self.sum_up(slice, &mut evidence);
        evidence.phrase = self.phrase(words);
        self.mark_negated(words);
        evidence
    }

    fn look_up(&mut self, words: &Words, lexicon: &Lexicon<'_>, own: &HashMap<String, f32>) {
        self.entries.clear();
        self.hashes.clear();
        for word in words.iter() {
            let text = words.text(word);
            self.hashes.push(Hash::START.bytes(text.as_bytes()));
            let listed = || match word.sort {
                Sort::Word | Sort::Hashtag | Sort::Emoji => lexicon.word(text).unwrap_or_default(),
                _ => Entry::default(),
            };
            let own = if own.is_empty() { None } else { own.get(text) };
            self.entries.push(own.map_or_else(listed, |&valence| Entry { valence, roles: 0 }));
        }
    }

    fn valence(&self, words: &[Word], place: usize, lexicon: &Lexicon<'_>, shouting: bool) -> f32 {
        let entry = self.entries[place];
        // A rule does not reach into the clause before.
        let reach = (0..REACH.min(place)).take_while(|&distance| !words[place - distance].starts_clause).count();
        if reach > 0
            && let Some(pair) = lexicon.pair(self.hashes[place - 1], self.hashes[place])
        {
            return pair.valence;
        }
        let mut valence = entry.valence;
        if valence == 0.0 || entry.roles & role::NEGATES != 0 {
            return 0.0;
        }
        // A word that strengthens another says nothing itself: "super nul" is not super.
        let next = words.get(place + 1).filter(|next| !next.starts_clause).map(|_| self.entries[place + 1]);
        if entry.roles & role::STRENGTHENS != 0 && next.is_some_and(|next| next.valence != 0.0) {
            return 0.0;
        }
        let sign = valence.signum();
        if shouting && words[place].shouted {
            valence += sign * CAPITALS;
        }
        if words[place].stretched {
            valence += sign * BOOST;
        }
        let mut negated = false;
        for distance in 1..=reach {
            let roles = self.entries[place - distance].roles;
            let share = 1.0 - 0.05 * (distance - 1) as f32;
            if roles & role::STRENGTHENS != 0 {
                valence += sign * BOOST * share;
            } else if roles & role::WEAKENS != 0 {
                valence -= sign * BOOST * share;
            }
            negated |= roles & role::NEGATES != 0;
        }
        let behind = words[place + 1..].iter().take(2).take_while(|next| !next.starts_clause).count();
        negated |= self.entries[place + 1..place + 1 + behind].iter().any(|next| next.roles & role::NEGATES_BEFORE != 0);
        if negated { valence * NEGATION } else { valence }
    }

    /// The phrase that decides, if nothing else speaks against its deciding.
    fn phrase(&self, words: &Words) -> Phrase {
        let said = |sign: f32, but: &Range<usize>| {
            self.valences.iter().enumerate().any(|(place, &valence)| valence * sign > 0.0 && !but.contains(&place))
        };
        if let Some((phrase, place)) = phrase(words, &self.hashes) {
            let against = if phrase == Phrase::Missed { said(1.0, &place) } else { said(-1.0, &place) };
            return if against { Phrase::None } else { phrase };
        }
        let denied =
            |(place, &valence): (usize, &f32)| valence > 0.0 && self.entries[place].valence < 0.0 && self.denies(words, place);
        let bad = said(-1.0, &(0..0));
        if !bad && self.valences.iter().enumerate().any(denied) { Phrase::Denied } else { Phrase::None }
    }

    /// Whether a negation means this very word.
    fn denies(&self, words: &Words, place: usize) -> bool {
        let mut before = (0..place).rev().take(REACH);
        let negation = before.find(|&at| self.entries[at].roles & role::NEGATES != 0 || !may_stand_between(words.nth(at)));
        negation.is_some_and(|at| self.entries[at].roles & role::NEGATES != 0)
    }

    fn sum_up(&self, words: &[Word], evidence: &mut Evidence) {
        let mut clause = 0.0;
        for (word, &valence) in words.iter().zip(&self.valences) {
            if word.starts_clause {
                clause = 0.0;
            }
            if valence == 0.0 {
                continue;
            }
            evidence.spoken += 1;
            clause += valence;
            evidence.last = clause;
            if word.sort == Sort::Emoji {
                evidence.drawn += valence;
            }
            if valence > 0.0 {
                evidence.good += valence;
            } else {
                evidence.bad += valence;
            }
            if valence.abs() > evidence.strongest.abs() {
                evidence.strongest = valence;
            }
        }
        let sum = evidence.good + evidence.bad;
        let marks = evidence.exclamations.min(4) as f32 * EXCLAMATION;
        let sum = if sum == 0.0 { 0.0 } else { sum + sum.signum() * marks };
        evidence.polarity = sum / (sum * sum + ALPHA).sqrt();
    }

    /// Word features of negated words are others; the same reach as for valences.
    fn mark_negated(&self, words: &mut Words) {
        let mut place = 0;
        words.mark_negated_at(REACH, || {
            place += 1;
            self.entries.get(place - 1).is_some_and(|entry| entry.roles & role::NEGATES != 0)
        });
    }
}

fn count(words: &Words) -> Evidence {
    let mut evidence = Evidence::default();
    for word in words.iter() {
        match word.sort {
            Sort::Word => evidence.words += 1,
            Sort::Hashtag => evidence.hashtags += 1,
            Sort::Handle => evidence.handles += 1,
            Sort::Address => evidence.addresses += 1,
            Sort::Emoji => {}
            Sort::Mark => match words.text(word) {
                "!" => evidence.exclamations += 1,
                "!!" => evidence.exclamations += 2,
                "?" | "??" => evidence.questions += 1,
                _ => evidence.dots += 1,
            },
        }
        evidence.shouted += u32::from(word.shouted);
        evidence.stretched += u32::from(word.stretched);
    }
    evidence
}

impl Evidence {
    /// The numbers a model weighs, all within about -1 to 1.
    #[must_use]
    pub fn dense(&self) -> [f32; DENSE] {
        let squash = |x: f32| x / (x.abs() + 3.0);
        let share = |count: u32, most: u32| count.min(most) as f32 / most as f32;
        let is = |yes: bool| if yes { 1.0 } else { 0.0 };
        [
            self.polarity,
            squash(self.good),
            squash(self.bad),
            squash(self.strongest),
            squash(self.last),
            squash(self.drawn),
            is(self.spoken == 0),
            is(self.polarity > 0.05),
            is(self.polarity > 0.4),
            is(self.polarity > 0.7),
            is(self.polarity < -0.05),
            is(self.polarity < -0.4),
            is(self.polarity < -0.7),
            share(self.exclamations, 3),
            is(self.questions > 0),
            is(self.dots > 0),
            is(self.addresses > 0),
            share(self.hashtags, 3),
            is(self.handles > 0),
            share(self.shouted + self.stretched, 3),
            is(self.negations > 0),
            share(self.words, 30),
        ]
    }
}
