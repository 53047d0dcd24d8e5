//! The models and their thresholds.

use std::sync::OnceLock;

use vigie_plugin::features::{Apostrophes, Grams, Sort, Words};
use vigie_plugin::linear::Model;

use crate::language::Language;
use crate::stated::{Phrases, REACH, Stated, is_negation};

/// The emotions in the order of the models' classes; the last is for texts that show none.
pub const EMOTIONS: [&str; 7] = ["anger", "disgust", "fear", "joy", "sadness", "surprise", NONE];
const NONE: &str = "none";
/// The bit of joy.
const JOY: u8 = 1 << 3;
/// Languages that share the second table.
pub const OTHERS: [&str; 7] = ["fr", "es", "de", "it", "pt", "nl", "ar"];
/// The hashed features the models read.
pub const GRAMS: Grams = Grams { words: 2, shortest: 4, longest: 5 };

/// Bytes of a text that are judged together. The models know comments and lines; all words of a long text at once would make them
/// surer of whatever they lean to, the longer the surer.
const PART: usize = 300;
/// Parts of a text that are judged at most.
const MOST_PARTS: usize = 20;
/// From so many parts on a text is no comment any more, and an emotion must be so likely in them.
const MANY_PARTS: u32 = 3;
const LIKELY_IN_PARTS: f32 = 0.5;
/// How likely an emotion must be to stand out outside English. Chosen on the dev lines: of those that show what stands out most, the share
/// is 0.59 in French (0.44 before), 0.58 to 0.69 elsewhere (0.33 to 0.55), and plain facts, of which the lines have none, stay below.
const LIKELY: f32 = 0.45;
/// How likely an emotion is that the text names, in English and in French: its share on the rows the models were trained on.
const NAMED: (f32, f32) = (0.78, 0.55);
/// An emotion that is denied is at most this share of its threshold likely.
const DENIED: f32 = 0.5;
/// A text of no more words that only denies an emotion shows no other; but who is not happy may well be sad or angry.
const FEW_WORDS: usize = 8;

/// Probabilities in the order of [`EMOTIONS`].
pub type Scores = [f32; 7];

/// What was found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Judged {
    /// How likely each emotion is.
    pub scores: Scores,
    /// Which of them a short text names itself, as bits.
    pub named: u8,
    /// In how many parts it was judged.
    pub parts: u32,
}

/// A model and what a language makes of its scores.
#[derive(Debug)]
pub struct Tables {
    model: Model<'static>,
    language: Language,
    apostrophes: Apostrophes,
    /// Negations are features, as in the English table.
    negates: bool,
}

impl Tables {
    /// The tables for a BCP 47 tag; none for a language without.
    ///
    /// # Panics
    /// Never: a test reads both files.
    #[must_use]
    pub fn of(language: Option<&str>) -> Option<&'static Self> {
        static ENGLISH: OnceLock<Tables> = OnceLock::new();
        static OTHER: [OnceLock<Tables>; OTHERS.len()] = [const { OnceLock::new() }; OTHERS.len()];
        let whole = "the shipped tables are whole; a test reads them";
        let primary = language?.split('-').next()?;
        if primary == "en" {
            return Some(ENGLISH.get_or_init(|| Self::read(include_bytes!("../table/en.bin"), "en").expect(whole)));
        }
        let place = OTHERS.iter().position(|other| *other == primary)?;
        Some(OTHER[place].get_or_init(|| Self::read(include_bytes!("../table/others.bin"), primary).expect(whole)))
    }

    /// Reads a file for one of its languages: a model, then what each language makes of it, in the order of [`languages_of`].
    #[must_use]
    pub fn read(bytes: &'static [u8], language: &str) -> Option<Self> {
        let (model, rest) = Model::read_first(bytes).ok()?;
        let languages = languages_of(language);
        let fits = rest.len() == languages.len() * Language::BYTES
            && model.classes().iter().map(|class| class.label.as_str()).eq(EMOTIONS);
        let place = languages.iter().position(|other| *other == language).filter(|_| fits)?;
        let own = Language::read(rest.get(place * Language::BYTES..(place + 1) * Language::BYTES)?)?;
        Some(Self { model, language: own, apostrophes: apostrophes(language), negates: language == "en" })
    }

    /// The probability of each emotion in texts read one behind the other; `None` where there is no word and no emoji.
    ///
    /// # Shape
    /// `language`: the tag's first part; its phrases name emotions. A long text is judged in parts, and the mean of them is told.
    #[must_use]
    pub fn judge<'t>(&self, texts: impl IntoIterator<Item = &'t str>, language: &str, words: &mut Words) -> Option<Judged> {
        let phrases = Phrases::of(language);
        let (mut judged, mut count) = (Judged::default(), 0_u32);
        let mut add = |words: &mut Words| {
            if let Some((scores, named)) = self.judge_part(words, phrases) {
                judged.scores.iter_mut().zip(scores).for_each(|(sum, score)| *sum += score);
                judged.named = if count == 0 { named } else { 0 };
                count += 1;
            }
            words.clear();
        };
        words.clear();
        for text in texts {
            let length = length_of_parts(text);
            let mut rest = text;
            for _ in 0..MOST_PARTS {
                let part;
                (part, rest) = split_at_space(rest, length);
                words.append(part, self.apostrophes);
                if rest.is_empty() {
                    break;
                }
                add(words);
            }
        }
        add(words);
        judged.scores.iter_mut().for_each(|score| *score /= count.max(1) as f32);
        judged.parts = count;
        (count > 0).then_some(judged)
    }

    /// One part of a text, with what it names.
    fn judge_part(&self, words: &mut Words, phrases: Option<&Phrases>) -> Option<(Scores, u8)> {
        if !words.iter().any(|word| matches!(word.sort, Sort::Word | Sort::Hashtag | Sort::Emoji)) {
            return None;
        }
        let mut sums = self.model.sums();
        features(words, self.negates, |feature| sums.add(feature));
        let mut scores = self.language.probabilities(sums.finish(&[]).raw(), self.model.classes());
        let Stated { named, denied } = phrases.map(|phrases| phrases.stated(words)).unwrap_or_default();
        if named | denied != 0 {
            let likely = if self.negates { NAMED.0 } else { NAMED.1 };
            let nothing_else = named == 0 && denied & JOY == 0 && words.as_slice().len() <= FEW_WORDS;
            for (place, score) in scores.iter_mut().enumerate() {
                if nothing_else && EMOTIONS[place] == NONE {
                    *score = score.max(likely);
                } else if nothing_else || denied >> place & 1 == 1 {
                    *score = score.min(self.language.thresholds[place] * DENIED);
                } else if named >> place & 1 == 1 {
                    *score = score.max(likely);
                } else if named != 0 && EMOTIONS[place] == NONE {
                    *score = score.min(1.0 - likely);
                }
            }
        }
        Some((scores, named))
    }

    /// The emotions above their thresholds with their probabilities: those that are named, those that stand out, the one furthest above
    /// its threshold first; `none` is one of them, and comes before all others where none of them stands out.
    #[must_use]
    pub fn found(&self, judged: &Judged, strictness: f32) -> Vec<(&'static str, f32)> {
        let scores = &judged.scores;
        let odds = |p: f32| p / (1.0 - p).max(1e-6);
        // How far above its threshold; the setting is a matter of odds, so that none ever has to be surer than certain.
        let above = |place: usize| {
            let strict = if EMOTIONS[place] == NONE { 1.0 } else { strictness };
            odds(scores[place]) / (odds(self.language.thresholds[place]) * strict)
        };
        let mut found: Vec<usize> = (0..EMOTIONS.len()).filter(|&place| above(place) >= 1.0).collect();
        let none = EMOTIONS.len() - 1;
        let named = |place: usize| judged.named >> place & 1 == 1;
        // The thresholds are those that name most, not those that name surely. An emotion stands out only if it is likelier than none and,
        // where that says little, likely by itself: in the mean of many parts, and by a table that saw no line without a feeling.
        let parts = if judged.parts < MANY_PARTS { 0.0 } else { odds(LIKELY_IN_PARTS) };
        let table = if self.negates { 0.0 } else { odds(LIKELY) * strictness };
        let likely = |place: usize| scores[place] > scores[none] && odds(scores[place]) >= parts.max(table);
        let stands_out = |place: usize| place != none && (named(place) || likely(place));
        found.sort_by(|&a, &b| {
            let order = |place: usize| (named(place), stands_out(place));
            order(b).cmp(&order(a)).then(above(b).total_cmp(&above(a)))
        });
        if !found.first().is_some_and(|&first| stands_out(first)) {
            found.retain(|&place| place != none);
            found.insert(0, none);
        }
        found.into_iter().map(|place| (EMOTIONS[place], scores[place])).collect()
    }
}

/// The languages that share a table with one, in the order they stand in it.
#[must_use]
pub fn languages_of(language: &str) -> &'static [&'static str] {
    if language == "en" { &["en"] } else { &OTHERS }
}

/// Calls `emit` with each feature of a text. Where negations count, a word behind one is another word, and its pieces say nothing.
pub fn features(words: &mut Words, negates: bool, mut emit: impl FnMut(u32)) {
    if !negates {
        return words.each_feature(GRAMS, emit);
    }
    words.mark_negated(REACH, is_negation);
    words.each_feature(Grams { shortest: 0, longest: 0, ..GRAMS }, &mut emit);
    for word in words.iter().filter(|word| !word.negated && matches!(word.sort, Sort::Word | Sort::Hashtag)) {
        words.each_piece(word, GRAMS, &mut emit);
    }
}

/// How long the parts of a text are, of which none is much shorter than the others.
fn length_of_parts(text: &str) -> usize {
    if text.len() <= PART + PART / 2 { text.len() } else { text.len().div_ceil(text.len().div_ceil(PART)) }
}

/// A text up to the first space from a length on, and the rest.
fn split_at_space(text: &str, length: usize) -> (&str, &str) {
    let space = |at: &usize| text.as_bytes()[*at].is_ascii_whitespace();
    text.split_at((length..text.len()).find(space).unwrap_or(text.len()))
}

/// How a language's apostrophes are read.
#[must_use]
pub fn apostrophes(language: &str) -> Apostrophes {
    if matches!(language, "fr" | "it") { Apostrophes::Split } else { Apostrophes::Join }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_files_are_whole() {
        assert!(Tables::of(Some("en-GB")).is_some());
        for language in OTHERS {
            assert!(Tables::of(Some(language)).is_some(), "{language}");
        }
        assert!(Tables::of(Some("pl")).is_none() && Tables::of(None).is_none());
    }

    #[test]
    fn a_damaged_file_is_none() {
        let bytes: &'static [u8] = include_bytes!("../table/en.bin");
        for length in (0..bytes.len()).step_by(49_999).chain([bytes.len() - 1, bytes.len() - 4]) {
            assert!(Tables::read(&bytes[..length], "en").is_none(), "{length}");
        }
        assert!(Tables::read(bytes, "fr").is_none(), "of another language");
    }

    #[test]
    fn parts_are_the_whole_text() {
        let text = "one two three four ".repeat(60);
        let length = length_of_parts(&text);
        let (mut rest, mut read, mut count) = (text.as_str(), String::new(), 0);
        while !rest.is_empty() {
            let part;
            (part, rest) = split_at_space(rest, length);
            assert!(part.len() <= PART + 10, "{part}");
            read.push_str(part);
            count += 1;
        }
        assert_eq!((read.as_str(), count), (text.as_str(), 4));
        assert_eq!(split_at_space("", 0), ("", ""));
        assert_eq!(length_of_parts("short"), 5);
    }
}
