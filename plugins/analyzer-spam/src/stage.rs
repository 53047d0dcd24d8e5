//! The wording of English texts and their signs, weighed by a linear model; in other languages the signs alone.

use std::sync::OnceLock;

use vigie_plugin::features::{Grams, Words};
use vigie_plugin::linear::{Model, sigmoid};

use crate::cues::{SIGNS, Sign, Signs};

/// The one class of the model.
pub const CLASSES: [&str; 1] = ["spam"];
/// The features of the model: words and pairs. Pieces of words made it worse, there are too few comments to learn them from.
pub const GRAMS: Grams = Grams { words: 2, shortest: 0, longest: 0 };
/// What the signs are weighed against where there is no model.
const BEFORE: f32 = -3.4;
/// And where there is none because the language is another: nothing else will speak.
const BEFORE_ALONE: f32 = -2.6;

/// What the model may say at most of a text with no sign a person could check, or none but a link: it knows who writes "please" below
/// videos, and customers write it, too.
pub const AT_MOST: f32 = 0.35;

/// How likely the model holds an English text for spam.
#[must_use]
pub fn by_model(words: &Words, signs: &Signs) -> f32 {
    static MODEL: OnceLock<Option<Model<'static>>> = OnceLock::new();
    let Some(model) = MODEL.get_or_init(|| Model::read(include_bytes!("../table/spam.bin")).ok()) else { return 0.0 };
    let mut sums = model.sums();
    words.each_feature(GRAMS, |feature| sums.add(feature));
    let likely = sums.finish(signs).probabilities().first().copied().unwrap_or_default();
    if is_thin(signs) { likely.min(AT_MOST) } else { likely }
}

/// Whether a text has no sign beside a link: neither a link nor wording is a reason by itself.
#[must_use]
pub fn is_thin(signs: &Signs) -> bool {
    signs.iter().enumerate().all(|(place, strength)| place == Sign::Link as usize || *strength <= 0.0)
}

/// How likely the signs make it spam, beside a model or alone.
#[must_use]
pub fn by_signs(signs: &Signs, alone: bool) -> f32 {
    let before = if alone { BEFORE_ALONE } else { BEFORE };
    sigmoid(before + signs.iter().zip(SIGNS).map(|(strength, (.., weight))| strength * weight).sum::<f32>())
}

/// Either is enough: the model knows how comments are spammed, the signs what messages and offers look like.
#[must_use]
pub fn together(by_model: f32, by_signs: f32) -> f32 {
    1.0 - (1.0 - by_model) * (1.0 - by_signs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_table_is_whole() {
        let model = Model::read(include_bytes!("../table/spam.bin")).expect("whole");
        assert_eq!(model.classes().iter().map(|class| class.label.as_str()).collect::<Vec<_>>(), CLASSES);
        assert_eq!(model.dense(), SIGNS.len());
    }

    #[test]
    fn more_signs_are_never_less_likely() {
        let mut signs = Signs::default();
        let mut last = by_signs(&signs, false);
        assert!(last < 0.05 && by_signs(&signs, true) < 0.1);
        for place in 0..signs.len() {
            signs[place] = 1.0;
            let more = by_signs(&signs, false);
            // Near 1 a float has no room left for more.
            assert!(more > last || more > 0.9999);
            last = more;
        }
        assert!((together(0.0, 0.4) - 0.4).abs() < 1e-6 && together(0.5, 0.5) > 0.7);
    }
}
