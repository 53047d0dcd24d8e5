//! What a site's words add to what a plugin ships with: a small table whose scores move the shipped model's probabilities. Where nothing was
//! learned, it changes nothing.
//!
//! ```
//! use vigie_plugin::linear::hash;
//! use vigie_plugin_learning::fit::Example;
//! use vigie_plugin_learning::residual::{self, Residual};
//!
//! let labels = ["bad", "good"];
//! // The shipped model cannot tell either way; here "slaps" is praise and "mid" is not.
//! let shipped = |class, word: &[u8]| Example { prior: vec![0.5, 0.5], ..Example::of(class, vec![hash(word)]) };
//! let table = residual::learn(&labels, &[vec![shipped(1, b"slaps"); 10], vec![shipped(0, b"mid"); 10]].concat());
//!
//! let residual = Residual::read(&table, &labels)?;
//! let mut odds = [0.5, 0.5];
//! residual.shift(&mut odds, |emit| emit(hash(b"slaps")));
//! assert!(odds[1] > 0.7);
//! # Ok::<(), residual::ForeignTable>(())
//! ```

mod learn;

use std::fmt;

use vigie_plugin::linear::{Class, Kind, Model, TableError, exp};

pub use learn::learn;

/// The least a class is given before learning speaks: nothing shipped is so sure that a site could not know better.
const FLOOR: f32 = 0.01;

/// A learned table, read.
#[derive(Debug, Clone)]
pub struct Residual {
    model: Model<'static>,
}

/// Why a table is none of this plugin's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ForeignTable {
    /// It is damaged, or no table at all.
    Damaged(TableError),
    /// It is about something else.
    Classes {
        /// What it is about.
        found: String,
        /// What it should be about.
        wanted: String,
    },
}

impl fmt::Display for ForeignTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged(error) => write!(f, "what was learned cannot be read: {error}"),
            Self::Classes { found, wanted } => write!(f, "what was learned is about {found}, not about {wanted}; learn again"),
        }
    }
}

impl std::error::Error for ForeignTable {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Damaged(error) => Some(error),
            Self::Classes { .. } => None,
        }
    }
}

impl Residual {
    /// Reads what [`learn`] made of the same labels.
    ///
    /// # Errors
    /// [`ForeignTable`] for anything else.
    pub fn read(table: &[u8], labels: &[&str]) -> Result<Self, ForeignTable> {
        let model = Model::read(table).map_err(ForeignTable::Damaged)?;
        let found: Vec<&str> = model.classes().iter().map(|class| class.label.as_str()).collect();
        if found != labels || model.dense() > 0 || model.kind() != Kind::OneOf {
            return Err(ForeignTable::Classes { found: found.join(", "), wanted: labels.join(", ") });
        }
        // No example teaches more; with such numbers scores are finite, whatever the text.
        let sane = |class: &Class| (0.0..=1.0).contains(&class.scale) && (0.0..=1.0).contains(&class.slope) && class.bias == 0.0;
        if !model.classes().iter().all(sane) {
            return Err(ForeignTable::Damaged(TableError::OutOfRange));
        }
        Ok(Self { model: model.into_owned() })
    }

    /// Moves the shipped probabilities of a text by what was learned of its features, which `each_feature` hands out. Where that is
    /// nothing, they stay as they are, to the bit.
    pub fn shift(&self, odds: &mut [f32], each_feature: impl FnOnce(&mut dyn FnMut(u32))) {
        let Some(scores) = self.scores(each_feature) else { return };
        let slopes = self.model.classes().iter().map(|class| class.slope);
        multiply(odds, scores.iter().zip(slopes).map(|(score, slope)| score * slope));
    }

    /// What was learned of a text, before [`learn`] weighed how much of that to believe; `None` for nothing.
    fn scores(&self, each_feature: impl FnOnce(&mut dyn FnMut(u32))) -> Option<Vec<f32>> {
        let mut sums = self.model.sums();
        // Features nothing was learned of would only make the others count less.
        each_feature(&mut |feature| {
            if self.model.knows(feature) {
                sums.add(feature);
            }
        });
        let scores = sums.finish(&[]);
        (scores.features > 0).then(|| scores.raw().to_vec())
    }
}

/// Multiplies probabilities by what scores stand for; they sum to 1 again.
fn multiply(odds: &mut [f32], scores: impl Iterator<Item = f32> + Clone) {
    let best = scores.clone().fold(f32::MIN, f32::max);
    odds.iter_mut().zip(scores).for_each(|(share, score)| *share = share.max(FLOOR) * exp(score - best));
    // Never zero: the class with the best score keeps what it had.
    let total: f32 = odds.iter().sum();
    odds.iter_mut().for_each(|share| *share /= total);
}

#[cfg(test)]
mod tests {
    use vigie_plugin::linear::Parts;

    use super::*;

    fn table(labels: &[&str], slope: f32) -> Vec<u8> {
        let class = |label: &&str| Class { label: (*label).to_owned(), scale: 0.1, bias: 0.0, slope, offset: 0.0 };
        // The first of two rows says nothing, the second speaks against the first class and for the second.
        Parts {
            kind: Kind::OneOf,
            bits: 1,
            classes: labels.iter().map(class).collect(),
            dense: vec![],
            weights: vec![0, 0, -10, 10],
        }
        .to_bytes()
    }

    #[test]
    fn odds_move_by_what_was_learned_and_not_otherwise() {
        let residual = Residual::read(&table(&["a", "b"], 0.5), &["a", "b"]).expect("its own");
        let shifted = |features: &[u32]| {
            let mut odds = [0.6, 0.3];
            residual.shift(&mut odds, |emit| features.iter().for_each(|&feature| emit(feature)));
            odds
        };
        // To the bit, although these do not even sum to 1.
        assert_eq!(shifted(&[]), [0.6, 0.3]);
        assert_eq!(shifted(&[1, 2, 3]), [0.6, 0.3]);
        // e^(0.5 · -1) : e^(0.5 · 1) times 2 : 1, whatever else the text says.
        let wanted = 2.0 * (-1.0_f32).exp();
        for features in [&[u32::MAX][..], &[u32::MAX, 1, 2, 3]] {
            let [a, b] = shifted(features);
            assert!((a / b - wanted).abs() < 1e-5 && (a + b - 1.0).abs() < 1e-6, "{a} {b}");
        }
    }

    #[test]
    fn what_is_not_ours_is_refused_and_said() {
        let own = table(&["a", "b"], 1.0);
        for (table, message) in [
            (&own[..own.len() - 1], "what was learned cannot be read: the table is cut short or has bytes left over"),
            (b"", "what was learned cannot be read: the table does not begin with the mark of layout version 1; train it anew"),
            (
                &table(&["a", "b"], f32::MAX),
                "what was learned cannot be read: the head of the table holds a number outside its range",
            ),
            (&table(&["b", "a"], 1.0), "what was learned is about b, a, not about a, b; learn again"),
        ] {
            assert_eq!(Residual::read(table, &["a", "b"]).expect_err(message).to_string(), message);
        }
    }
}
