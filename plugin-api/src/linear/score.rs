//! From features to scores and probabilities.

use super::table::{Kind, MOST_CLASSES, Model};
use super::{exp, sigmoid};

/// Features that wait to be added up together. Finding features and adding rows are two short loops then, each of which a compiler can
/// keep in registers and vectors, which matters most in the sandbox. 255 rows are the most that sums of sixteen bits hold.
const MOST_WAITING: usize = 128;

/// Rows being added up. Make one with [`Model::sums`].
#[derive(Debug, Clone)]
pub struct Sums<'m> {
    model: &'m Model<'m>,
    waiting: [u32; MOST_WAITING],
    waits: usize,
    sums: [i32; MOST_CLASSES],
    count: u32,
}

/// The scores of all classes for one text.
#[derive(Debug, Clone)]
pub struct Scores<'m> {
    model: &'m Model<'m>,
    scores: [f32; MOST_CLASSES],
    /// How many features were added up; 0 means that only the biases speak.
    pub features: u32,
}

impl Model<'_> {
    /// Sums at zero.
    #[must_use]
    #[inline]
    pub fn sums(&self) -> Sums<'_> {
        Sums { model: self, waiting: [0; MOST_WAITING], waits: 0, sums: [0; MOST_CLASSES], count: 0 }
    }
}

impl<'m> Sums<'m> {
    /// Adds the row of a feature.
    #[inline]
    pub fn add(&mut self, feature: u32) {
        if self.waits == MOST_WAITING {
            self.add_waiting();
        }
        if let Some(place) = self.waiting.get_mut(self.waits) {
            *place = feature;
            self.waits += 1;
        }
    }

    /// Adds the rows of the features that wait.
    #[inline(never)]
    fn add_waiting(&mut self) {
        let Some(features) = self.waiting.get(..self.waits) else { return };
        let (model, sums) = (self.model, &mut self.sums);
        match model.stride {
            1 => add_narrow::<1>(model, features, sums),
            2 => add_narrow::<2>(model, features, sums),
            3 => add_narrow::<3>(model, features, sums),
            4 => add_narrow::<4>(model, features, sums),
            8 => widen(&add_wide::<1>(model, features), sums),
            16 => widen(&add_wide::<2>(model, features), sums),
            24 => widen(&add_wide::<3>(model, features), sums),
            32 => widen(&add_wide::<4>(model, features), sums),
            40 => widen(&add_wide::<5>(model, features), sums),
            48 => widen(&add_wide::<6>(model, features), sums),
            56 => widen(&add_wide::<7>(model, features), sums),
            _ => widen(&add_wide::<8>(model, features), sums),
        }
        self.count += self.waits as u32;
        self.waits = 0;
    }

    /// The scores: sums divided by the square root of the number of features, plus biases and dense features.
    ///
    /// # Shape
    /// `dense`: as many numbers as the model has dense features, in its order; missing ones count as 0, more are left aside.
    #[must_use]
    pub fn finish(mut self, dense: &[f32]) -> Scores<'m> {
        self.add_waiting();
        let norm = 1.0 / (self.count.max(1) as f32).sqrt();
        let mut scores = [0.0; MOST_CLASSES];
        for ((score, class), sum) in scores.iter_mut().zip(&self.model.classes).zip(self.sums) {
            *score = sum as f32 * norm * class.scale + class.bias;
        }
        for (value, weights) in dense.iter().zip(self.model.dense.chunks_exact(self.model.classes.len())) {
            for (score, weight) in scores.iter_mut().zip(weights) {
                *score += value * weight;
            }
        }
        Scores { model: self.model, scores, features: self.count }
    }
}

/// Adds rows of `N` weights.
#[inline]
fn add_narrow<const N: usize>(model: &Model<'_>, features: &[u32], sums: &mut [i32; MOST_CLASSES]) {
    let rows = model.weights.as_chunks::<N>().0;
    let mut added = [0_i32; N];
    for &feature in features {
        // Never out of range: the table has been measured when it was read.
        let Some(row) = rows.get(model.row(feature)) else { continue };
        for (sum, weight) in added.iter_mut().zip(row) {
            *sum += i32::from(weight.cast_signed());
        }
    }
    sums.iter_mut().zip(added).for_each(|(sum, added)| *sum += added);
}

/// Sums of rows of `N` times eight weights. By itself, because a compiler that sees them widened at once takes half vectors.
#[inline(never)]
fn add_wide<const N: usize>(model: &Model<'_>, features: &[u32]) -> [[i16; 8]; N] {
    let rows = model.weights.as_chunks::<8>().0.as_chunks::<N>().0;
    let mut added = [[0_i16; 8]; N];
    for &feature in features {
        let Some(row) = rows.get(model.row(feature)) else { continue };
        for (sums, eight) in added.iter_mut().zip(row) {
            for (sum, weight) in sums.iter_mut().zip(eight) {
                *sum += i16::from(weight.cast_signed());
            }
        }
    }
    added
}

fn widen<const N: usize>(added: &[[i16; 8]; N], sums: &mut [i32; MOST_CLASSES]) {
    sums.iter_mut().zip(added.as_flattened()).for_each(|(sum, &added)| *sum += i32::from(added));
}

impl Scores<'_> {
    /// The scores as they are, before calibration.
    #[must_use]
    pub fn raw(&self) -> &[f32] {
        &self.scores[..self.model.classes.len()]
    }

    /// Calibrated probabilities in the order of the classes: they sum to 1 for [`Kind::OneOf`], each stands by itself for
    /// [`Kind::Each`].
    #[must_use]
    pub fn probabilities(&self) -> Vec<f32> {
        let calibrated = self.raw().iter().zip(&self.model.classes).map(|(score, class)| score * class.slope + class.offset);
        match self.model.kind {
            Kind::Each => calibrated.map(sigmoid).collect(),
            Kind::OneOf => softmax(calibrated.collect()),
        }
    }

    /// The most likely class and its probability. Of equals the first.
    #[must_use]
    pub fn best(&self) -> (usize, f32) {
        let mut best = (0, f32::MIN);
        for (place, probability) in self.probabilities().into_iter().enumerate() {
            if probability > best.1 {
                best = (place, probability);
            }
        }
        best
    }
}

/// Turns scores into probabilities that sum to 1.
fn softmax(mut scores: Vec<f32>) -> Vec<f32> {
    let best = scores.iter().copied().fold(f32::MIN, f32::max);
    scores.iter_mut().for_each(|score| *score = exp(*score - best));
    let total: f32 = scores.iter().sum();
    scores.iter_mut().for_each(|score| *score /= total);
    scores
}

#[cfg(test)]
mod tests {
    use crate::linear::{Class, Kind, Model, Parts};

    fn table(kind: Kind, classes: usize) -> (Parts, Vec<u8>) {
        let class = |number: usize| Class {
            label: number.to_string(),
            scale: 0.01 * (number + 1) as f32,
            bias: number as f32 * 0.1,
            slope: 0.5,
            offset: 0.25,
        };
        // All weights from -127 to 127 occur.
        let weights = (0..classes << 6).map(|number| (number * 37 % 255) as i32 - 127).map(|weight| weight as i8).collect();
        let dense = vec![0.5; classes];
        let parts = Parts { kind, bits: 6, classes: (0..classes).map(class).collect(), dense, weights };
        let bytes = parts.to_bytes();
        (parts, bytes)
    }

    #[test]
    fn sums_are_exact_whatever_the_width_of_a_row() {
        for classes in [1, 2, 3, 4, 5, 7, 8, 9, 16, 24, 31, 35, 41, 56, 64] {
            let (parts, bytes) = table(Kind::OneOf, classes);
            let model = Model::read(&bytes).expect("whole");
            // Several times what waits together.
            let features: Vec<u32> = (0..700_u32).map(|number| number.wrapping_mul(0x9e37_79b1)).collect();
            let mut sums = model.sums();
            features.iter().for_each(|&feature| sums.add(feature));
            let scores = sums.finish(&[2.0]);
            assert_eq!(scores.features, 700);
            for (place, class) in parts.classes.iter().enumerate() {
                let sum: i32 =
                    features.iter().map(|&feature| i32::from(parts.weights[model.row(feature) * classes + place])).sum();
                let wanted = sum as f32 * (1.0 / 700_f32.sqrt()) * class.scale + class.bias + 1.0;
                assert_eq!(scores.raw()[place], wanted, "class {place} of {classes}");
            }
        }
    }

    #[test]
    fn probabilities_are_probabilities() {
        for (kind, classes) in [(Kind::OneOf, 3), (Kind::OneOf, 40), (Kind::Each, 7)] {
            let (_, bytes) = table(kind, classes);
            let model = Model::read(&bytes).expect("whole");
            let mut sums = model.sums();
            (0..50_u32).for_each(|number| sums.add(number << 26));
            let scores = sums.finish(&[]);
            let probabilities = scores.probabilities();
            assert!(probabilities.iter().all(|probability| (0.0..=1.0).contains(probability)));
            if kind == Kind::OneOf {
                assert!((probabilities.iter().sum::<f32>() - 1.0).abs() < 1e-5);
            }
            let (place, probability) = scores.best();
            assert!(probabilities.iter().all(|&other| other <= probability) && probabilities[place] == probability);
        }
    }

    #[test]
    fn nothing_added_leaves_the_biases() {
        let (parts, bytes) = table(Kind::Each, 3);
        let model = Model::read(&bytes).expect("whole");
        let scores = model.sums().finish(&[]);
        assert_eq!(scores.features, 0);
        assert_eq!(scores.raw(), parts.classes.iter().map(|class| class.bias).collect::<Vec<_>>());
    }
}
