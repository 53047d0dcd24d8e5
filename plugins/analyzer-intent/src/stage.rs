//! The wording as a whole: a linear model that hears problems, displeasure, pleasure and the wish to get something in English texts.
//!
//! It was trained on requests to a bank's help desk and to assistants, and on posts labelled by emotion; none of these is labelled by
//! intent, so what it hears only ever adds to cues (see [`crate::judge`]).

use std::sync::OnceLock;

use vigie_plugin::features::{Grams, Words, negates_in_english};
use vigie_plugin::linear::Model;

/// The classes of the model, in its order.
pub const CLASSES: [&str; 4] = ["problem", "displeased", "pleased", "wants"];
/// The features of the model.
pub const GRAMS: Grams = Grams { words: 2, shortest: 4, longest: 5 };
/// How far a negation reaches, in words.
pub const REACH: usize = 3;

/// What the wording says, each from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Tone {
    /// Something does not work, is lost, was charged wrongly.
    pub problem: f32,
    /// The author is angry, annoyed or disappointed.
    pub displeased: f32,
    /// The author admires, loves or thanks.
    pub pleased: f32,
    /// The author wants to get something.
    pub wants: f32,
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

/// The tone of an English text.
#[must_use]
pub fn tone(words: &mut Words) -> Tone {
    static MODEL: OnceLock<Option<Model<'static>>> = OnceLock::new();
    let Some(model) = MODEL.get_or_init(|| Model::read(include_bytes!("../table/intent.bin")).ok()) else {
        return Tone::default();
    };
    let mut sums = model.sums();
    features(words, |feature| sums.add(feature));
    let scores = sums.finish(&[]);
    if scores.features == 0 {
        return Tone::default();
    }
    match scores.probabilities().as_slice() {
        [problem, displeased, pleased, wants] => {
            Tone { problem: *problem, displeased: *displeased, pleased: *pleased, wants: *wants }
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
        assert_eq!(read(""), Tone::default());
    }
}
