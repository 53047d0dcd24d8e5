//! The wording as a whole: a linear model that hears problems, displeasure, pleasure, complaints and the wish to buy in English texts.
//!
//! The first three classes were trained on requests to a bank's help desk and to assistants, and on posts labelled by emotion; the last two
//! on posts that were labelled by intent for it. What it hears is added to cues (see [`crate::judge`]).

use std::sync::OnceLock;

use vigie_plugin::features::{Grams, Words, negates_in_english};
use vigie_plugin::linear::Model;

/// The classes of the model, in its order.
pub const CLASSES: [&str; 5] = ["problem", "displeased", "pleased", "complains", "buys"];
/// The features of the model.
pub const GRAMS: Grams = Grams { words: 2, shortest: 4, longest: 5 };
/// How far a negation reaches, in words.
pub const REACH: usize = 3;

/// What the wording says: the first three from 0 to 1, the others as log odds.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Tone {
    /// Something does not work, is lost, was charged wrongly.
    pub problem: f32,
    /// The author is angry, annoyed or disappointed.
    pub displeased: f32,
    /// The author admires, loves or thanks.
    pub pleased: f32,
    /// A company, product or service did not do as it should.
    pub complains: f32,
    /// The author wants or plans to buy something.
    pub buys: f32,
}

/// Whether a word turns around what follows.
#[must_use]
pub fn is_negation(word: &str) -> bool {
    negates_in_english(word) || word == "nothing"
}

/// Calls `emit` with each feature of an English text.
pub fn features(words: &mut Words, emit: impl FnMut(u32)) {
    words.mark_negated(REACH, is_negation);
    words.each_feature(GRAMS, emit);
}

/// The tone of an English text, by the table shipped.
#[must_use]
pub fn tone(words: &mut Words) -> Tone {
    static MODEL: OnceLock<Option<Model<'static>>> = OnceLock::new();
    let model = MODEL.get_or_init(|| Model::read(include_bytes!("../table/intent.bin")).ok());
    model.as_ref().map_or_else(Tone::default, |model| tone_by(model, words))
}

/// The tone of an English text by a model of [`CLASSES`].
#[must_use]
pub fn tone_by(model: &Model<'_>, words: &mut Words) -> Tone {
    let mut sums = model.sums();
    features(words, |feature| sums.add(feature));
    let scores = sums.finish(&[]);
    if scores.features == 0 {
        return Tone::default();
    }
    match (scores.probabilities().as_slice(), scores.raw()) {
        ([problem, displeased, pleased, ..], [_, _, _, complains, buys]) => {
            Tone { problem: *problem, displeased: *displeased, pleased: *pleased, complains: *complains, buys: *buys }
        }
        _ => Tone::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vigie_plugin::features::Apostrophes;

    #[test]
    fn the_shipped_table_is_whole() {
        let model = Model::read(include_bytes!("../table/intent.bin")).expect("whole");
        let labels: Vec<&str> = model.classes().iter().map(|class| class.label.as_str()).collect();
        assert_eq!(labels, CLASSES);
    }

    #[test]
    fn tones_differ() {
        let read = |text: &str| {
            let mut words = Words::default();
            words.read(text, Apostrophes::Join);
            tone(&mut words)
        };
        let broken = read("my card was declined and I was charged twice for it");
        let happy = read("I love this so much, thank you, you are wonderful");
        assert!(broken.problem > 0.5 && happy.problem < 0.2, "{broken:?} {happy:?}");
        assert!(happy.pleased > 0.5 && broken.pleased < 0.3, "{broken:?} {happy:?}");
        let wish = read("thinking about getting a new laptop next week");
        assert!(broken.complains > happy.complains && broken.complains > wish.complains, "{broken:?} {happy:?} {wish:?}");
        assert!(wish.buys > happy.buys && wish.buys > broken.buys, "{broken:?} {happy:?} {wish:?}");
        assert_eq!(read(""), Tone::default());
    }
}
