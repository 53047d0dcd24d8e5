//! Logistic regression over hashed features, by AdaGrad in a fixed order, rounded to eight bits.

mod contrast;

use vigie_plugin::linear::{Class, Kind, Parts, exp, sigmoid};

/// One text to learn from.
#[derive(Debug, Clone, Default)]
pub struct Example {
    /// Its hashed features, as `Words::each_feature` gives them.
    pub features: Vec<u32>,
    /// Its dense features, in the model's order.
    pub dense: Vec<f32>,
    /// The classes it has, as bits.
    pub classes: u64,
    /// How much it counts; 1 for an ordinary one.
    pub weight: f32,
    /// For [`Kind::OneOf`]: the probabilities another model gives its classes, which what is learned multiplies. Empty where there is no
    /// such model.
    pub prior: Vec<f32>,
}

impl Example {
    /// An example of one class.
    #[must_use]
    pub fn of(class: usize, features: Vec<u32>) -> Self {
        Self { features, classes: 1 << class, weight: 1.0, ..Self::default() }
    }

    /// Whether it has a class.
    #[must_use]
    pub fn has(&self, class: usize) -> bool {
        self.classes >> class & 1 == 1
    }
}

/// What is learned, and how.
#[derive(Debug, Clone)]
pub struct Recipe<'a> {
    /// What the classes are to each other.
    pub kind: Kind,
    /// Their names, in the order of the bits of [`Example::classes`].
    pub labels: &'a [&'a str],
    /// The table has `2^bits` rows.
    pub bits: u32,
    /// How often all examples are gone through.
    pub epochs: u64,
    /// Step of AdaGrad.
    pub rate: f32,
    /// Share of every weight that is taken away after each epoch.
    pub decay: f32,
    /// 0: classes count by their examples; 1: all classes count the same; between them between.
    pub balance: f32,
}

/// Trains a model and rounds its weights.
///
/// # Shape
/// Scores are what `vigie_plugin::linear` computes: sums of rows divided by the square root of the number of features, plus biases and
/// dense features. Slopes are 1 and offsets 0: scores are not calibrated yet. Examples all have as many dense features as the first, and
/// all a prior or none.
///
/// # Examples
/// ```
/// use vigie_plugin::linear::{Kind, Model, hash};
/// use vigie_plugin_learning::fit::{Example, Recipe, fit};
///
/// let examples = [Example::of(0, vec![hash(b"calm")]), Example::of(1, vec![hash(b"furious")])];
/// let recipe = Recipe { kind: Kind::OneOf, labels: &["calm", "angry"], bits: 8, epochs: 10, rate: 0.5, decay: 0.0, balance: 0.0 };
/// let table = fit(&recipe, &examples).to_bytes();
/// let model = Model::read(&table)?;
/// let mut sums = model.sums();
/// sums.add(hash(b"furious"));
/// assert_eq!(sums.finish(&[]).best().0, 1);
/// # Ok::<(), vigie_plugin::linear::TableError>(())
/// ```
#[must_use]
pub fn fit(recipe: &Recipe<'_>, examples: &[Example]) -> Parts {
    fit_from(recipe, 1e-2, examples)
}

/// The same with a care of one's choice: what AdaGrad takes for granted of every weight's past steps. Near 0, features that are seen a few
/// times are believed at once; from 1 on they have to come often, which is better where there are many features and little to learn from.
#[must_use]
pub fn fit_from(recipe: &Recipe<'_>, care: f32, examples: &[Example]) -> Parts {
    fit_scaled(recipe, care, &[], examples)
}

/// The same, but features that tell classes apart are learned faster than those that stand in all of them: better where each class
/// is right or not by itself and there is enough to count.
#[must_use]
pub fn fit_contrasted(recipe: &Recipe<'_>, care: f32, examples: &[Example]) -> Parts {
    fit_scaled(recipe, care, &contrast::scales(recipe, examples), examples)
}

/// `scales`: what each weight's feature is multiplied by while learning; 1 for all where there are none.
fn fit_scaled(recipe: &Recipe<'_>, care: f32, scales: &[f32], examples: &[Example]) -> Parts {
    let classes = recipe.labels.len();
    let dense = examples.first().map_or(0, |example| example.dense.len());
    let balance = balance(recipe, examples);
    let mut state = State {
        weights: vec![0.0; classes << recipe.bits],
        squares: vec![care; classes << recipe.bits],
        dense: vec![0.0; classes * dense],
        dense_squares: vec![1e-2; classes * dense],
        biases: vec![0.0; classes],
        bias_squares: vec![1.0; classes],
    };
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let mut errors = vec![0.0_f32; classes];
    for epoch in 0..recipe.epochs {
        shuffle(&mut order, epoch + 1);
        for &index in &order {
            let example = &examples[index];
            state.errors(recipe, example, &mut errors);
            for (class, error) in errors.iter_mut().enumerate() {
                let share = match recipe.kind {
                    // One of them is right: the example counts as its class does.
                    Kind::OneOf => balance[example.classes.trailing_zeros() as usize][1],
                    Kind::Each => balance[class][usize::from(example.has(class))],
                };
                *error *= example.weight * share;
            }
            state.step(recipe, example, scales, &errors);
        }
        let keep = 1.0 - recipe.decay;
        state.weights.iter_mut().for_each(|weight| *weight *= keep);
    }
    state.round(recipe)
}

/// How much an example counts for a class: `[class][0]` without it, `[class][1]` with it.
fn balance(recipe: &Recipe<'_>, examples: &[Example]) -> Vec<[f32; 2]> {
    let total: f32 = examples.iter().map(|example| example.weight).sum();
    let classes = recipe.labels.len();
    let share = |class: usize| {
        examples.iter().filter(|example| example.has(class)).map(|example| example.weight).sum::<f32>().max(1.0) / total
    };
    (0..classes)
        .map(|class| match recipe.kind {
            Kind::OneOf => [1.0, powf(1.0 / (share(class) * classes as f32), recipe.balance)],
            Kind::Each => [1.0, powf((1.0 - share(class)).max(1e-3) / share(class), recipe.balance)],
        })
        .collect()
}

/// `x` to the power of `y` for `y` in quarters, by square roots, which every machine computes alike.
fn powf(x: f32, y: f32) -> f32 {
    let root = x.sqrt().sqrt();
    (0..(y * 4.0).round() as usize).fold(1.0, |power, _| power * root)
}

struct State {
    weights: Vec<f32>,
    squares: Vec<f32>,
    dense: Vec<f32>,
    dense_squares: Vec<f32>,
    biases: Vec<f32>,
    bias_squares: Vec<f32>,
}

impl State {
    /// Probabilities less what is true.
    fn errors(&self, recipe: &Recipe<'_>, example: &Example, errors: &mut [f32]) {
        let classes = errors.len();
        errors.fill(0.0);
        for &feature in &example.features {
            let row = (feature >> (32 - recipe.bits)) as usize * classes;
            for (score, weight) in errors.iter_mut().zip(&self.weights[row..row + classes]) {
                *score += weight;
            }
        }
        let norm = norm(example);
        for (score, bias) in errors.iter_mut().zip(&self.biases) {
            *score = *score * norm + bias;
        }
        for (value, weights) in example.dense.iter().zip(self.dense.chunks_exact(classes)) {
            for (score, weight) in errors.iter_mut().zip(weights) {
                *score += value * weight;
            }
        }
        match recipe.kind {
            Kind::OneOf => {
                let best = errors.iter().copied().fold(f32::MIN, f32::max);
                errors.iter_mut().for_each(|score| *score = exp(*score - best));
                errors.iter_mut().zip(&example.prior).for_each(|(share, prior)| *share *= prior);
                let total: f32 = errors.iter().sum();
                errors.iter_mut().for_each(|score| *score /= total);
            }
            Kind::Each => errors.iter_mut().for_each(|score| *score = sigmoid(*score)),
        }
        for (class, error) in errors.iter_mut().enumerate() {
            *error -= f32::from(u8::from(example.has(class)));
        }
    }

    fn step(&mut self, recipe: &Recipe<'_>, example: &Example, scales: &[f32], errors: &[f32]) {
        let classes = errors.len();
        let norm = norm(example);
        for &feature in &example.features {
            let row = (feature >> (32 - recipe.bits)) as usize * classes;
            let weights = self.weights[row..row + classes].iter_mut().zip(&mut self.squares[row..row + classes]);
            let each = weights.zip(errors);
            if let Some(scales) = scales.get(row..row + classes) {
                for (((weight, square), error), scale) in each.zip(scales).filter(|(_, scale)| **scale > 0.0) {
                    let gradient = error * norm * scale;
                    *square += gradient * gradient;
                    *weight -= recipe.rate * gradient * scale / square.sqrt();
                }
                continue;
            }
            for ((weight, square), error) in each {
                let gradient = error * norm;
                *square += gradient * gradient;
                *weight -= recipe.rate * gradient / square.sqrt();
            }
        }
        for (place, value) in example.dense.iter().enumerate() {
            let weights = self.dense[place * classes..].iter_mut().zip(&mut self.dense_squares[place * classes..]);
            for ((weight, square), error) in weights.zip(errors) {
                let gradient = error * value;
                *square += gradient * gradient;
                *weight -= 0.1 * recipe.rate * gradient / square.sqrt();
            }
        }
        for ((bias, square), error) in self.biases.iter_mut().zip(&mut self.bias_squares).zip(errors) {
            *square += error * error;
            *bias -= 0.1 * recipe.rate * error / square.sqrt();
        }
    }

    /// Eight bits a weight, one scale a class.
    fn round(self, recipe: &Recipe<'_>) -> Parts {
        let classes = recipe.labels.len();
        let largest =
            |class: usize| self.weights.iter().skip(class).step_by(classes).fold(0.0_f32, |most, weight| most.max(weight.abs()));
        let scales: Vec<f32> = (0..classes).map(|class| largest(class).max(1e-6) / 127.0).collect();
        let rounded = self.weights.iter().enumerate().map(|(place, weight)| (weight / scales[place % classes]).round() as i8);
        let class = |(class, label): (usize, &&str)| Class {
            label: (*label).to_owned(),
            scale: scales[class],
            bias: self.biases[class],
            slope: 1.0,
            offset: 0.0,
        };
        Parts {
            kind: recipe.kind,
            bits: recipe.bits,
            classes: recipe.labels.iter().enumerate().map(class).collect(),
            weights: rounded.collect(),
            dense: self.dense,
        }
    }
}

fn norm(example: &Example) -> f32 {
    1.0 / (example.features.len().max(1) as f32).sqrt()
}

/// Fisher and Yates with SplitMix64: fixed by its seed, whatever library versions do.
pub fn shuffle<T>(order: &mut [T], seed: u64) {
    let mut state = seed;
    for last in (1..order.len()).rev() {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        order.swap(last, ((mixed ^ (mixed >> 31)) % (last as u64 + 1)) as usize);
    }
}

#[cfg(test)]
mod tests {
    use vigie_plugin::linear::Model;

    use super::*;

    fn examples() -> Vec<Example> {
        // Feature 1 says class 0, feature 2 class 1, feature 3 nothing.
        let feature = |number: u32| number << 28;
        (0..200).map(|number| Example::of(number % 2, vec![feature(1 + number as u32 % 2), feature(3)])).collect()
    }

    #[test]
    fn what_is_plain_is_learned_and_the_same_every_time() {
        for kind in [Kind::OneOf, Kind::Each] {
            let recipe = Recipe { kind, labels: &["a", "b"], bits: 4, epochs: 5, rate: 0.3, decay: 0.0, balance: 0.5 };
            let bytes = fit(&recipe, &examples()).to_bytes();
            assert_eq!(bytes, fit(&recipe, &examples()).to_bytes());
            let model = Model::read(&bytes).expect("whole");
            for example in &examples() {
                let mut sums = model.sums();
                example.features.iter().for_each(|&feature| sums.add(feature));
                assert_eq!(1 << sums.finish(&[]).best().0, example.classes);
            }
        }
    }

    #[test]
    fn what_a_prior_knows_is_not_learned_again() {
        let recipe = Recipe { kind: Kind::OneOf, labels: &["a", "b"], bits: 4, epochs: 5, rate: 0.3, decay: 0.0, balance: 0.0 };
        let told = |prior: [f32; 2]| {
            let row = |number: usize| Example { prior: prior.to_vec(), ..Example::of(0, vec![(1 + number as u32 % 2) << 28]) };
            let parts = fit_from(&recipe, 1.0, &(0..100).map(row).collect::<Vec<_>>());
            // What a weight of the first class in a row that occurred stands for.
            f32::from(parts.weights[2]) * parts.classes[0].scale
        };
        assert!(told([0.99, 0.01]) * 4.0 < told([0.5, 0.5]));
        assert!(told([0.5, 0.5]) < told([0.01, 0.99]));
    }

    #[test]
    fn a_shuffle_keeps_everything() {
        let mut order: Vec<usize> = (0..100).collect();
        shuffle(&mut order, 7);
        assert_ne!(order, (0..100).collect::<Vec<_>>());
        order.sort_unstable();
        assert_eq!(order, (0..100).collect::<Vec<_>>());
        assert!((powf(16.0, 0.25) - 2.0).abs() < 1e-6 && (powf(16.0, 0.0) - 1.0).abs() < 1e-6);
    }
}
