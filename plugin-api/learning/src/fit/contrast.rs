//! How far each weight goes in a step: features that tell a class from the others go further than those that stand everywhere.
//!
//! # Source
//! S. Wang and C. D. Manning, "Baselines and Bigrams: Simple, Good Sentiment and Topic Classification", ACL 2012, scale each feature by
//! how unevenly it stands in the classes. Learning weights of scaled features and then multiplying the scale in, so that readers know
//! nothing of it, is the same as giving each weight a step of its own. Their logarithm of the odds ratio is replaced by Yule's Q
//! (G. U. Yule, "On the Association of Attributes in Statistics", 1900), which needs no function whose last bit differs between machines.

use super::{Example, Recipe};

/// Examples without the feature that are taken for granted of every feature, so that rare ones are not believed at once.
const GRANTED: f32 = 1.0;

/// The scale of each row and class, as weights lie; 1 in the mean of squares over all features of all examples.
pub(super) fn scales(recipe: &Recipe<'_>, examples: &[Example]) -> Vec<f32> {
    let classes = recipe.labels.len();
    let (mut seen, mut with) = (vec![0.0_f32; 1 << recipe.bits], vec![0.0_f32; classes << recipe.bits]);
    let mut rows = Vec::new();
    for example in examples {
        rows.clear();
        rows.extend(example.features.iter().map(|feature| (feature >> (32 - recipe.bits)) as usize));
        rows.sort_unstable();
        rows.dedup();
        for &row in &rows {
            seen[row] += example.weight;
            (0..classes).filter(|&class| example.has(class)).for_each(|class| with[row * classes + class] += example.weight);
        }
    }
    let total: f32 = examples.iter().map(|example| example.weight).sum();
    let share = |class: usize| {
        let with: f32 = examples.iter().filter(|example| example.has(class)).map(|example| example.weight).sum();
        (with / total).clamp(1e-4, 1.0 - 1e-4)
    };
    let shares: Vec<f32> = (0..classes).map(share).collect();
    let (mut squares, mut count) = (0.0_f64, 0.0_f64);
    for (scales, &seen) in with.chunks_exact_mut(classes).zip(&seen) {
        for (scale, share) in scales.iter_mut().zip(&shares) {
            let here = (*scale + GRANTED * share) / (seen + GRANTED);
            let ratio = here * (1.0 - share) / ((1.0 - here) * share);
            // Nothing is without the feature, as far as the numbers go.
            let q = if ratio.is_finite() { (ratio - 1.0).abs() / (ratio + 1.0) } else { 1.0 };
            *scale = q.sqrt();
            squares += f64::from(q) * f64::from(seen);
            count += f64::from(seen);
        }
    }
    let mean = if count > 0.0 { (squares / count).sqrt().max(1e-6) as f32 } else { 1.0 };
    with.iter_mut().for_each(|scale| *scale /= mean);
    with
}

#[cfg(test)]
mod tests {
    use vigie_plugin::linear::Kind;

    use super::*;

    #[test]
    fn what_tells_classes_apart_goes_further() {
        let feature = |number: u32| number << 28;
        let examples: Vec<Example> =
            (0..200).map(|number| Example::of(number % 2, vec![feature(1 + number as u32 % 2), feature(3)])).collect();
        let recipe = Recipe { kind: Kind::Each, labels: &["a", "b"], bits: 4, epochs: 1, rate: 0.3, decay: 0.0, balance: 0.0 };
        let scales = scales(&recipe, &examples);
        assert_eq!(scales.len(), 32);
        assert!(scales[2] > 1.0 && scales[5] > 1.0, "{scales:?}");
        assert!(scales[6] < 0.01 && scales[0] < 0.01, "stands in both, or nowhere: {scales:?}");
    }

    #[test]
    fn scales_are_numbers_whatever_the_examples() {
        let recipe = Recipe { kind: Kind::Each, labels: &["a", "b"], bits: 4, epochs: 1, rate: 0.3, decay: 0.0, balance: 0.0 };
        let always: Vec<Example> = (0..20_000).map(|_| Example::of(0, vec![1 << 28])).collect();
        let weightless = [Example { weight: 0.0, ..Example::of(1, vec![2 << 28]) }];
        for examples in [always.as_slice(), &weightless, &[]] {
            let scales = scales(&recipe, examples);
            assert!(scales.iter().all(|scale| scale.is_finite() && (0.0..100.0).contains(scale)), "{scales:?}");
        }
    }
}
