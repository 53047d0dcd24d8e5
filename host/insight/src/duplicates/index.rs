//! Finds the originals a text can repeat without looking at the others.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::sketch::Sketch;

/// Bands, and minhashes in each. A pair of similarity `s` meets in at least one band with probability 1 - (1 - s⁴)³²: 0.988 at 0.6,
/// 0.998 at 0.65, 0.000 005 at 0.02, which is what two posts that have nothing to do with each other share.
const BANDS: usize = 32;
const ROWS: usize = 4;
/// Originals a bucket takes. A full one takes no more, so that a phrase written to meet everything costs a bounded time; what it
/// turns away still stands in the other bands.
const BUCKET: usize = 8;

/// Originals by their bands.
#[derive(Debug, Default)]
pub(super) struct Index {
    originals: Vec<Sketch>,
    buckets: HashMap<u64, Vec<u32>, BuildHasherDefault<Ready>>,
}

impl Index {
    /// The place of the oldest original at least so alike; where there is none, the text becomes an original itself.
    /// Places count originals in the order they came.
    pub(super) fn alike_or_insert(&mut self, sketch: Sketch, similarity: f64) -> Option<usize> {
        let bands = bands(sketch.shingles());
        let mut candidates: Vec<u32> =
            bands.iter().filter_map(|band| self.buckets.get(band)).flat_map(|bucket| bucket.iter().copied()).collect();
        candidates.sort_unstable();
        candidates.dedup();
        let found = candidates.into_iter().find(|&place| self.originals[place as usize].similarity(&sketch) >= similarity);
        if let Some(place) = found {
            return Some(place as usize);
        }
        let place = u32::try_from(self.originals.len()).expect("memory ends long before four billion originals");
        for band in bands {
            let bucket = self.buckets.entry(band).or_default();
            if bucket.len() < BUCKET {
                bucket.push(place);
            }
        }
        self.originals.push(sketch);
        None
    }
}

/// One number a band, made of its minhashes and its own number, so that all bands share one map.
fn bands(shingles: &[u32]) -> [u64; BANDS] {
    let mut lowest = [u32::MAX; BANDS * ROWS];
    for &shingle in shingles {
        // Odd multipliers permute the numbers of 32 bits; the rotation lets high bits decide as well as low ones.
        let mut multiplier = 0x9e37_79b1_u32;
        for low in &mut lowest {
            *low = (*low).min((shingle.wrapping_mul(multiplier).rotate_left(15)).wrapping_mul(0x85eb_ca6b));
            multiplier = multiplier.wrapping_mul(0x2c1b_3c6d) | 1;
        }
    }
    std::array::from_fn(|band| {
        let rows = &lowest[band * ROWS..(band + 1) * ROWS];
        let folded = rows
            .iter()
            .fold(band as u64 + 1, |state, row| (state ^ u64::from(*row)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29));
        folded.wrapping_mul(0xd6e8_feb8_6659_fd93)
    })
}

/// Bands are hashes already.
#[derive(Debug, Default)]
struct Ready(u64);

impl Hasher for Ready {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, band: u64) {
        self.0 = band;
    }
}
