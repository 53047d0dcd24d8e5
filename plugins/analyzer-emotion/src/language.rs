//! What a language makes of the scores of a model that several share.

use vigie_plugin::linear::{Class, sigmoid};

use crate::model::{EMOTIONS, Scores};

/// How the scores of texts in one language become probabilities, and from where on an emotion is named.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Language {
    /// How much emotions stand in each other's way: most texts show one, so where many are likely each is less so.
    pub crowd: f32,
    /// Platt's slope and offset of each emotion after that.
    pub platt: [(f32, f32); EMOTIONS.len()],
    /// The probability from which each emotion is named.
    pub thresholds: Scores,
}

impl Language {
    /// Bytes of one in a file: the crowd, then slope, offset and threshold of each emotion, as floats.
    pub const BYTES: usize = 4 * (1 + 3 * EMOTIONS.len());

    /// Reads [`BYTES`](Self::BYTES) bytes; `None` where a number makes no sense.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let floats: Vec<f32> = bytes.as_chunks::<4>().0.iter().map(|float| f32::from_le_bytes(*float)).collect();
        let (&crowd, rest) = floats.split_first()?;
        let mut language = Self { crowd, platt: [(1.0, 0.0); EMOTIONS.len()], thresholds: [0.5; EMOTIONS.len()] };
        let (emotions, over) = rest.as_chunks::<3>();
        let fits = emotions.len() == EMOTIONS.len() && over.is_empty() && floats.iter().all(|float| float.is_finite());
        for (place, &[slope, offset, threshold]) in emotions.iter().enumerate().take(EMOTIONS.len()) {
            language.platt[place] = (slope, offset);
            language.thresholds[place] = threshold;
        }
        Some(language).filter(|language| fits && language.thresholds.iter().all(|threshold| (0.001..=1.0).contains(threshold)))
    }

    /// What [`read`](Self::read) reads.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let each = self.platt.iter().zip(self.thresholds).flat_map(|(&(slope, offset), threshold)| [slope, offset, threshold]);
        std::iter::once(self.crowd).chain(each).flat_map(f32::to_le_bytes).collect()
    }

    /// The probabilities of a text from a model's scores.
    #[must_use]
    pub fn probabilities(&self, raw: &[f32], classes: &[Class]) -> Scores {
        let mut scores = crowded(raw, classes, self.crowd);
        scores.iter_mut().zip(self.platt).for_each(|(score, (slope, offset))| *score = sigmoid(*score * slope + offset));
        scores
    }
}

/// Calibrated scores, lowered by how much all emotions together are likely.
#[must_use]
pub fn crowded(raw: &[f32], classes: &[Class], crowd: f32) -> Scores {
    let mut scores = [0.0; EMOTIONS.len()];
    for ((score, raw), class) in scores.iter_mut().zip(raw).zip(classes) {
        *score = raw * class.slope + class.offset;
    }
    let all: f32 = scores.iter().map(|&score| sigmoid(score)).sum();
    scores.iter_mut().for_each(|score| *score -= crowd * all);
    scores
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language() -> Language {
        Language { crowd: 1.5, platt: [(0.9, 1.25); EMOTIONS.len()], thresholds: [0.25; EMOTIONS.len()] }
    }

    #[test]
    fn what_is_written_is_read() {
        let bytes = language().to_bytes();
        assert_eq!(bytes.len(), Language::BYTES);
        assert_eq!(Language::read(&bytes), Some(language()));
        assert_eq!(Language::read(&bytes[..bytes.len() - 4]), None);
        let unlikely = Language { thresholds: [2.0; EMOTIONS.len()], ..language() };
        assert_eq!(Language::read(&unlikely.to_bytes()), None);
    }

    #[test]
    fn many_are_each_less_likely() {
        let class = |label: &&str| Class { label: (*label).to_owned(), scale: 1.0, bias: 0.0, slope: 1.0, offset: 0.0 };
        let classes: Vec<Class> = EMOTIONS.iter().map(class).collect();
        let (alone, among) = ([2.0, -4.0, -4.0, -4.0, -4.0, -4.0, -4.0], [2.0, 2.0, 2.0, -4.0, -4.0, -4.0, -4.0]);
        let of = |raw: &[f32]| language().probabilities(raw, &classes)[0];
        assert!(of(&alone) > of(&among) + 0.1);
    }
}
