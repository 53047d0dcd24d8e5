//! From a site's examples to a table.

use vigie_plugin::linear::{Kind, Parts};

use super::{FLOOR, Residual, multiply};
use crate::fit::{Example, Recipe, fit_from};

/// The table has 2^13 rows: with three classes 24 KiB, in which the words of a few thousand reviews seldom meet.
const BITS: u32 = 13;
// How it is trained; found by trying, with slang in a few dozen examples, with thousands of posts, and with thousands of lines of films.
const EPOCHS: u64 = 10;
const RATE: f32 = 0.5;
const DECAY: f32 = 0.05;
const CARE: f32 = 1.0;
/// So many examples are half believed in how often they say that a class comes.
const HALF_BELIEVED: f32 = 100.0;
/// A feature is learned of if it stands in so many examples …
const LEAST_SEEN: u32 = 2;
/// … and the shipped model is wrong about those by so many standard deviations.
const LEAST_EVIDENCE: f32 = 2.0;
/// Parts of the examples, each of which is held out once.
const FOLDS: usize = 4;
/// Steps from nothing that was learned to all of it.
const STEPS: usize = 8;

/// Learns a table over the classes of a shipped model.
///
/// # Shape
/// `examples`: of one class each, with the shipped probabilities as prior. The same ones in the same order give the same bytes.
///
/// What is learned of is what stands out: not how often a class comes (reviews are mostly praise, which says nothing of other mentions),
/// and not a feature seen once. How much of it counts is what held-out examples bear out, down to nothing.
///
/// # Panics
/// When an example has no class, or one without label or prior; a plugin's bug.
#[must_use]
pub fn learn(labels: &[&str], examples: &[Example]) -> Vec<u8> {
    let examples = levelled(labels.len(), examples);
    let strength = strength(labels, &examples);
    let mut parts = train(labels, examples.iter());
    parts.classes.iter_mut().for_each(|class| class.slope = strength);
    parts.to_bytes()
}

/// The examples with priors that already know how often each class comes among them, so that words need not say it. A dozen examples may
/// all be of one class because that is what they are to teach; thousands are not.
fn levelled(classes: usize, examples: &[Example]) -> Vec<Example> {
    let mut examples = examples.to_vec();
    let (mut there, mut expected) = (vec![0.0_f32; classes], vec![0.0_f32; classes]);
    for example in &mut examples {
        example.prior.iter_mut().for_each(|share| *share = share.max(FLOOR));
        there[class_of(example)] += example.weight;
        expected.iter_mut().zip(&example.prior).for_each(|(sum, share)| *sum += share * example.weight);
    }
    let total: f32 = there.iter().sum();
    let believed = total / (total + HALF_BELIEVED);
    for example in &mut examples {
        for (share, (there, expected)) in example.prior.iter_mut().zip(there.iter().zip(&expected)) {
            *share *= 1.0 - believed + believed * there / expected;
        }
    }
    examples
}

fn class_of(example: &Example) -> usize {
    example.classes.trailing_zeros() as usize
}

fn row(feature: u32) -> usize {
    (feature >> (32 - BITS)) as usize
}

/// A table of the features with evidence.
fn train<'e>(labels: &[&str], examples: impl Iterator<Item = &'e Example> + Clone) -> Parts {
    let learned = with_evidence(labels.len(), examples.clone());
    let thinned = examples.map(|example| Example {
        features: example.features.iter().copied().filter(|&feature| learned[row(feature)]).collect(),
        ..example.clone()
    });
    let recipe = Recipe { kind: Kind::OneOf, labels, bits: BITS, epochs: EPOCHS, rate: RATE, decay: DECAY, balance: 0.0 };
    let mut parts = fit_from(&recipe, CARE, &thinned.collect::<Vec<_>>());
    // It took in what is left of how often classes come, and has no other use.
    parts.classes.iter_mut().for_each(|class| class.bias = 0.0);
    parts
}

/// The rows about which the shipped model is wrong beyond chance: the score test of a weight that is not there yet.
fn with_evidence<'e>(classes: usize, examples: impl Iterator<Item = &'e Example>) -> Vec<bool> {
    let mut seen = vec![0_u32; 1 << BITS];
    let mut errors = vec![0.0_f32; classes << BITS];
    let mut variances = vec![0.0_f32; classes << BITS];
    let mut rows = Vec::new();
    for example in examples {
        let total: f32 = example.prior.iter().sum();
        rows.clear();
        rows.extend(example.features.iter().map(|&feature| row(feature)));
        rows.sort_unstable();
        rows.dedup();
        for &row in &rows {
            seen[row] += 1;
            for (class, share) in example.prior.iter().enumerate() {
                let share = share / total;
                let right = f32::from(u8::from(example.has(class)));
                errors[row * classes + class] += example.weight * (right - share);
                variances[row * classes + class] += example.weight * example.weight * share * (1.0 - share);
            }
        }
    }
    let stands_out = |(error, variance): (&f32, &f32)| error.abs() >= LEAST_EVIDENCE * variance.sqrt();
    let rows = errors.chunks_exact(classes).zip(variances.chunks_exact(classes));
    seen.iter()
        .zip(rows)
        .map(|(&seen, (errors, variances))| seen >= LEAST_SEEN && errors.iter().zip(variances).any(stands_out))
        .collect()
}

/// How much of what is learned counts, 0 to 1: what gives held-out examples the smallest squared error.
fn strength(labels: &[&str], examples: &[Example]) -> f32 {
    let of = |step: usize| step as f32 / STEPS as f32;
    let mut losses = [0.0_f32; STEPS + 1];
    for fold in 0..FOLDS {
        let part = |held: bool| {
            examples.iter().enumerate().filter(move |(at, _)| (at % FOLDS == fold) == held).map(|(_, example)| example)
        };
        let table = train(labels, part(false)).to_bytes();
        let residual = Residual::read(&table, labels).expect("a table just written");
        for example in part(true) {
            let features = |emit: &mut dyn FnMut(u32)| example.features.iter().for_each(|&feature| emit(feature));
            let Some(scores) = residual.scores(features) else { continue };
            for (step, loss) in losses.iter_mut().enumerate() {
                let mut odds = example.prior.clone();
                multiply(&mut odds, scores.iter().map(|score| score * of(step)));
                let errors = odds.iter().enumerate().map(|(class, share)| share - f32::from(u8::from(example.has(class))));
                *loss += example.weight * errors.map(|error| error * error).sum::<f32>();
            }
        }
    }
    let best = (0..losses.len()).min_by(|&a, &b| losses[a].total_cmp(&losses[b]));
    of(best.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use vigie_plugin::linear::{Model, hash};

    use super::*;

    const LABELS: [&str; 2] = ["bad", "good"];

    fn example(class: usize, words: &[&str]) -> Example {
        Example { prior: vec![0.5, 0.5], ..Example::of(class, words.iter().map(|word| hash(word.as_bytes())).collect()) }
    }

    /// Good for `word`, from 0.5.
    fn good(examples: &[Example], word: &str) -> f32 {
        let residual = Residual::read(&learn(&LABELS, examples), &LABELS).expect("just learned");
        let mut odds = [0.5, 0.5];
        residual.shift(&mut odds, |emit| emit(hash(word.as_bytes())));
        odds[1]
    }

    #[test]
    fn what_tells_is_learned_and_what_does_not_is_left() {
        let examples: Vec<Example> = (0..20)
            .map(|number| example(number % 2, &[["mid", "slaps"][number % 2], "phone", ["a", "b", "c"][number % 3]]))
            .collect();
        assert!(good(&examples, "slaps") > 0.7 && good(&examples, "mid") < 0.3);
        assert_eq!([good(&examples, "phone"), good(&examples, "b"), good(&examples, "unheard")], [0.5; 3]);
        assert_eq!(learn(&LABELS, &examples), learn(&LABELS, &examples));
    }

    #[test]
    fn what_was_said_once_or_the_shipped_model_knows_is_not_learned() {
        assert_eq!(good(&[example(1, &["slaps"])], "slaps"), 0.5);
        let known = Example { prior: vec![0.02, 0.98], ..example(1, &["great"]) };
        assert_eq!(good(&vec![known; 30], "great"), 0.5);
    }

    #[test]
    fn how_often_a_class_comes_is_no_words_doing() {
        // Nine in ten are good, whatever they say.
        let mostly_good: Vec<Example> =
            (0..2000).map(|number| example(usize::from(number % 10 > 0), &["phone", "has"])).collect();
        assert!((good(&mostly_good, "phone") - 0.5).abs() < 0.05);
    }

    #[test]
    fn what_held_out_examples_deny_counts_for_nothing() {
        // Every word seems to tell, and none does: it is good twice in one part of the examples and bad in the next.
        let noise: Vec<Example> = (0..400).map(|number| example(number % 4 / 2, &[&format!("w{}", number / 8)])).collect();
        let table = learn(&LABELS, &noise);
        let slope = Model::read(&table).expect("a table").classes()[0].slope;
        assert!(slope < 0.3, "{slope}");
    }

    #[test]
    fn no_examples_teach_nothing() {
        assert_eq!(good(&[], "slaps"), 0.5);
    }
}
