//! From scores to names: how sure a model is, and from where on an emotion is named, for each language by itself.
//!
//! All of it is chosen on the rows a model was trained on, each scored by a model of the other rows (its translations and copies with
//! emoji may be among them). There are more of them than dev rows, which matters for rare emotions, and the figures on the dev rows stay
//! those of rows nothing was chosen on.

use analyzer_emotion::language::{Language, crowded};
use analyzer_emotion::model::{EMOTIONS, Scores};
use vigie_plugin::linear::{Class, Parts, sigmoid};
use vigie_plugin_learning::fit::Example;

use crate::calibrate::{platt, scores};
use crate::measure::Hits;

/// Parts the rows are cut into; each is scored by a model of the others.
const PARTS: usize = 5;

/// The scores of all examples, each by a model of others.
pub(super) fn crossed(examples: &[Example], fit: impl Fn(&[Example]) -> Parts) -> Vec<Vec<f32>> {
    let mut crossed = vec![Vec::new(); examples.len()];
    for part in 0..PARTS {
        let of = |inside: bool| -> Vec<Example> {
            let numbered = examples.iter().enumerate();
            numbered.filter(|(number, _)| (number % PARTS == part) == inside).map(|(_, example)| example.clone()).collect()
        };
        let parts = fit(&of(false));
        for (number, scores) in scores(&parts, &of(true)).into_iter().enumerate() {
            crossed[number * PARTS + part] = scores;
        }
    }
    crossed
}

/// Platt's slope and offset of each class, put into the table.
pub(super) fn calibrate(classes: &mut [Class], scores: &[&[f32]], examples: &[&Example]) {
    for (place, class) in classes.iter_mut().enumerate() {
        (class.slope, class.offset) = platt(&pairs(place, scores, examples));
    }
}

/// What a language makes of the scores of its own rows.
pub(super) fn language(classes: &[Class], crowd: f32, raw: &[&[f32]], examples: &[&Example]) -> Language {
    let scores: Vec<Scores> = raw.iter().map(|raw| crowded(raw, classes, crowd)).collect();
    let scores: Vec<&[f32]> = scores.iter().map(Scores::as_slice).collect();
    let mut language = Language { crowd, platt: [(1.0, 0.0); EMOTIONS.len()], thresholds: [0.5; EMOTIONS.len()] };
    for place in 0..EMOTIONS.len() {
        let pairs = pairs(place, &scores, examples);
        let (slope, offset) = platt(&pairs);
        language.platt[place] = (slope, offset);
        let told: Vec<(f32, bool)> = pairs.iter().map(|&(score, yes)| (sigmoid(score as f32 * slope + offset), yes)).collect();
        language.thresholds[place] = threshold(&told);
    }
    language
}

fn pairs(place: usize, scores: &[&[f32]], examples: &[&Example]) -> Vec<(f64, bool)> {
    scores.iter().zip(examples).map(|(scores, example)| (f64::from(scores[place]), example.has(place))).collect()
}

/// The probability from which naming gives the best F1.
fn threshold(told: &[(f32, bool)]) -> f32 {
    let f1 = |threshold: f32| {
        let mut hits = Hits::default();
        told.iter().for_each(|&(probability, yes)| hits.add(yes, probability >= threshold));
        hits.f1()
    };
    let candidates = (4..=60).map(|percent| percent as f32 / 100.0);
    candidates.max_by(|a, b| f1(*a).total_cmp(&f1(*b))).expect("some candidates")
}

#[cfg(test)]
mod tests {
    use super::*;
    use vigie_plugin::linear::Kind;

    #[test]
    fn rows_are_scored_by_models_that_have_not_seen_them() {
        let examples: Vec<Example> = (0..23).map(|number| Example::of(0, vec![number << 27])).collect();
        let class = Class { label: "seen".to_owned(), scale: 1.0, bias: 0.0, slope: 1.0, offset: 0.0 };
        let fit = |examples: &[Example]| {
            let mut weights = vec![0; 32];
            examples.iter().for_each(|example| weights[(example.features[0] >> 27) as usize] = 1);
            Parts { kind: Kind::Each, bits: 5, classes: vec![class.clone()], dense: Vec::new(), weights }
        };
        assert_eq!(crossed(&examples, fit), vec![vec![0.0]; 23]);
    }

    #[test]
    fn a_threshold_lies_between_what_is_and_what_is_not() {
        let told: Vec<(f32, bool)> = (0..100).map(|number| (number as f32 / 100.0, number >= 40)).collect();
        assert!((threshold(&told) - 0.4).abs() < 1e-6);
    }
}
