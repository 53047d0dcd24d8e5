//! The model: one row of eight-bit weights a bucket, one column a language.

use std::sync::OnceLock;

use crate::features::BITS;

/// Bytes of a row: languages, rounded up so that rows are added sixteen bytes at a time.
pub const STRIDE: usize = 48;
/// First bytes of a table; the last of them is the version of the layout.
const MAGIC: &[u8; 8] = b"VIGLANG1";
const ROWS: usize = 1 << BITS;

/// A trained model.
///
/// # Shape
/// On disk: `VIGLANG1`, number of languages (one byte), temperature (f32), then for each language its tag (12 bytes, padded with zeros),
/// scale and bias (f32 each), then `1 << BITS` rows of [`STRIDE`] signed bytes. All numbers little-endian.
#[derive(Debug, Clone)]
pub struct Table<'a> {
    /// Tags, in the order of the columns.
    pub tags: Vec<String>,
    /// What a weight of 1 stands for, per language.
    pub scales: Vec<f32>,
    /// Added to the score of each language.
    pub biases: Vec<f32>,
    /// Scores are divided by it before they become probabilities; chosen so that these are calibrated.
    pub temperature: f32,
    /// `1 << BITS` rows of [`STRIDE`] signed bytes.
    pub weights: &'a [u8],
}

impl Table<'static> {
    /// The table this plugin ships with.
    #[must_use]
    pub fn shipped() -> &'static Self {
        static TABLE: OnceLock<Table<'static>> = OnceLock::new();
        TABLE.get_or_init(|| {
            Table::read(include_bytes!("../table/language.bin")).expect("the shipped table is whole; a test reads it")
        })
    }
}

impl<'a> Table<'a> {
    /// Reads a table; `None` if it is cut short or of another layout.
    #[must_use]
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(MAGIC.as_slice())?;
        let (&languages, rest) = rest.split_first()?;
        let (temperature, mut rest) = float(rest)?;
        let mut table = Self { tags: vec![], scales: vec![], biases: vec![], temperature, weights: &[] };
        for _ in 0..languages {
            let (tag, after) = rest.split_at_checked(12)?;
            let (scale, after) = float(after)?;
            let (bias, after) = float(after)?;
            table.tags.push(std::str::from_utf8(tag).ok()?.trim_end_matches('\0').to_owned());
            table.scales.push(scale);
            table.biases.push(bias);
            rest = after;
        }
        table.weights = rest;
        (usize::from(languages) <= STRIDE && rest.len() == ROWS * STRIDE).then_some(table)
    }

    /// The bytes [`Table::read`] reads.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.push(u8::try_from(self.tags.len()).expect("at most STRIDE languages"));
        bytes.extend(self.temperature.to_le_bytes());
        for ((tag, scale), bias) in self.tags.iter().zip(&self.scales).zip(&self.biases) {
            let mut padded = [0; 12];
            padded[..tag.len()].copy_from_slice(tag.as_bytes());
            bytes.extend(padded);
            bytes.extend(scale.to_le_bytes());
            bytes.extend(bias.to_le_bytes());
        }
        bytes.extend(self.weights);
        bytes
    }
}

fn float(bytes: &[u8]) -> Option<(f32, &[u8])> {
    let (head, rest) = bytes.split_first_chunk::<4>()?;
    Some((f32::from_le_bytes(*head), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_table_is_whole_and_knows_its_languages() {
        let table = Table::shipped();
        assert!(table.tags.len() >= 30);
        for tag in ["en", "fr", "de", "es", "it", "pt", "nl", "ar"] {
            assert!(table.tags.iter().any(|known| known == tag), "{tag}");
        }
        assert_eq!(table.to_bytes(), include_bytes!("../table/language.bin"));
    }

    #[test]
    fn a_table_cut_short_is_none() {
        let bytes = include_bytes!("../table/language.bin");
        for length in [0, 8, 9, 13, 100, bytes.len() - 1] {
            assert!(Table::read(&bytes[..length]).is_none(), "{length}");
        }
    }
}
