//! The models and their thresholds.

use std::sync::OnceLock;

use vigie_plugin::features::{Apostrophes, Grams, Sort, Words};
use vigie_plugin::linear::Model;

/// The emotions in the order of the models' classes; the last is for texts that show none.
pub const EMOTIONS: [&str; 7] = ["anger", "disgust", "fear", "joy", "sadness", "surprise", NONE];
const NONE: &str = "none";
/// Languages that share the second table.
pub const OTHERS: [&str; 7] = ["fr", "es", "de", "it", "pt", "nl", "ar"];
/// The hashed features the models read.
pub const GRAMS: Grams = Grams { words: 2, shortest: 3, longest: 5 };

/// Probabilities in the order of [`EMOTIONS`].
pub type Scores = [f32; 7];

/// A model and the probability from which each emotion is named.
#[derive(Debug)]
pub struct Tables {
    model: Model<'static>,
    thresholds: Scores,
    apostrophes: Apostrophes,
}

impl Tables {
    /// The tables for a BCP 47 tag; none for a language without.
    ///
    /// # Panics
    /// Never: a test reads both files.
    #[must_use]
    pub fn of(language: Option<&str>) -> Option<&'static Self> {
        static ENGLISH: OnceLock<Tables> = OnceLock::new();
        static OTHER: [OnceLock<Tables>; 2] = [const { OnceLock::new() }; 2];
        let whole = "the shipped tables are whole; a test reads them";
        let primary = language?.split('-').next()?;
        if primary == "en" {
            return Some(ENGLISH.get_or_init(|| Self::read(include_bytes!("../table/en.bin"), Apostrophes::Join).expect(whole)));
        }
        OTHERS.contains(&primary).then(|| {
            let apostrophes = apostrophes(primary);
            let place = usize::from(apostrophes == Apostrophes::Split);
            OTHER[place].get_or_init(|| Self::read(include_bytes!("../table/others.bin"), apostrophes).expect(whole))
        })
    }

    /// Reads a file: a model, then a threshold a class.
    #[must_use]
    pub fn read(bytes: &'static [u8], apostrophes: Apostrophes) -> Option<Self> {
        let (model, rest) = Model::read_first(bytes).ok()?;
        let (floats, over) = rest.as_chunks::<4>();
        let thresholds: Vec<f32> = floats.iter().map(|float| f32::from_le_bytes(*float)).collect();
        let fits = over.is_empty()
            && model.classes().iter().map(|class| class.label.as_str()).eq(EMOTIONS)
            && thresholds.iter().all(|threshold| (0.001..=1.0).contains(threshold));
        Some(Self { model, thresholds: thresholds.try_into().ok()?, apostrophes }).filter(|_| fits)
    }

    /// The probability of each emotion in texts read one behind the other; `None` where there is no word and no emoji.
    #[must_use]
    pub fn score<'t>(&self, texts: impl IntoIterator<Item = &'t str>, words: &mut Words) -> Option<Scores> {
        words.clear();
        texts.into_iter().for_each(|text| words.append(text, self.apostrophes));
        if !words.iter().any(|word| matches!(word.sort, Sort::Word | Sort::Hashtag | Sort::Emoji)) {
            return None;
        }
        let mut sums = self.model.sums();
        words.each_feature(GRAMS, |feature| sums.add(feature));
        sums.finish(&[]).probabilities().try_into().ok()
    }

    /// The emotions above their thresholds with their probabilities, the one furthest above first; `none` is one of them, and stands alone
    /// where nothing else does.
    #[must_use]
    pub fn found(&self, scores: &Scores, strictness: f32) -> Vec<(&'static str, f32)> {
        let odds = |p: f32| p / (1.0 - p).max(1e-6);
        // How far above its threshold; the setting is a matter of odds, so that none ever has to be surer than certain.
        let above = |place: usize| {
            let strict = if EMOTIONS[place] == NONE { 1.0 } else { strictness };
            odds(scores[place]) / (odds(self.thresholds[place]) * strict)
        };
        let mut found: Vec<usize> = (0..EMOTIONS.len()).filter(|&place| above(place) >= 1.0).collect();
        found.sort_by(|&a, &b| above(b).total_cmp(&above(a)));
        if found.is_empty() {
            found.push(EMOTIONS.len() - 1);
        }
        found.into_iter().map(|place| (EMOTIONS[place], scores[place])).collect()
    }
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
            assert!(Tables::read(&bytes[..length], Apostrophes::Join).is_none(), "{length}");
        }
    }
}
