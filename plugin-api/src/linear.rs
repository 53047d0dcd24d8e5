//! Small linear models: hashed features, eight-bit weights, read in place.
//!
//! A model is a table of `2^bits` rows. Every feature of a text ([`crate::features`] makes them) is a 32-bit number whose highest bits
//! name a row; the rows of all features are added up, scaled, and become calibrated probabilities. Adding is done in integers, so the
//! sums are the same on every machine and in the sandbox. A table is trained by `xtask/train` and shipped inside the plugin.
//!
//! ```
//! use vigie_plugin::linear::{Class, Kind, Model, Parts, hash};
//!
//! // What a trainer writes: one bit, two rows, two classes.
//! let class = |label: &str| Class { label: label.to_owned(), scale: 0.1, bias: 0.0, slope: 1.0, offset: 0.0 };
//! let classes = vec![class("calm"), class("angry")];
//! let table = Parts { kind: Kind::OneOf, bits: 1, classes, dense: vec![], weights: vec![10, -10, -10, 10] }.to_bytes();
//!
//! // What a plugin reads.
//! let model = Model::read(&table)?;
//! let mut sums = model.sums();
//! sums.add(hash(b"furious"));
//! let scores = sums.finish(&[]);
//! assert!((scores.probabilities().iter().sum::<f32>() - 1.0).abs() < 1e-6);
//! # Ok::<(), vigie_plugin::linear::TableError>(())
//! ```

mod score;
mod table;

pub use score::{Scores, Sums};
pub use table::{Class, Kind, MOST_BITS, MOST_CLASSES, MOST_DENSE, Model, Parts, TableError};

/// FNV-1a of 32 bits, continued byte by byte, so that all n-grams that begin at one place cost one pass.
///
/// # Source
/// IETF draft-eastlake-fnv, section 2 (the algorithm) and 5 (offset basis and prime).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hash(u32);

impl Hash {
    /// Before the first byte.
    pub const START: Self = Self(0x811c_9dc5);

    /// A start of its own for features of one sort, so that a word and a piece of a word with the same letters are told apart.
    #[must_use]
    pub const fn sort(sort: u8) -> Self {
        Self::START.byte(sort).byte(0)
    }

    /// With one more byte.
    #[must_use]
    #[inline]
    pub const fn byte(self, byte: u8) -> Self {
        Self((self.0 ^ byte as u32).wrapping_mul(0x0100_0193))
    }

    /// With more bytes.
    #[must_use]
    #[inline]
    pub fn bytes(self, bytes: &[u8]) -> Self {
        // Four a turn: in the sandbox every turn of a loop looks at the clock.
        let (fours, rest) = bytes.as_chunks();
        let hash = fours.iter().fold(self, |hash, &[a, b, c, d]| hash.byte(a).byte(b).byte(c).byte(d));
        rest.iter().fold(hash, |hash, &byte| hash.byte(byte))
    }

    /// With another hash behind it: a pair of words without hashing the letters again.
    #[must_use]
    #[inline]
    pub const fn then(self, other: Self) -> Self {
        Self((self.0.rotate_left(5) ^ other.0).wrapping_mul(0x0100_0193))
    }

    /// The feature: FNV-1a mixed so that its highest bits, which name a row, depend on every byte.
    #[must_use]
    #[inline]
    pub const fn feature(self) -> u32 {
        (self.0 ^ (self.0 >> 15)).wrapping_mul(0x9e37_79b1)
    }

    /// FNV-1a as it is.
    #[must_use]
    pub const fn raw(self) -> u32 {
        self.0
    }
}

/// The feature of some bytes by themselves.
#[must_use]
pub fn hash(bytes: &[u8]) -> u32 {
    Hash::START.bytes(bytes).feature()
}

/// e to the power of `x`, from additions and multiplications alone: the same bits on every machine, natively and in the sandbox, which
/// the platform's own function does not promise. Relative error below 1e-6; 0 and infinity beyond the range of a float.
#[must_use]
pub fn exp(x: f32) -> f32 {
    if x.is_nan() {
        return x;
    }
    if x < -87.0 {
        return 0.0;
    }
    if x > 88.0 {
        return f32::INFINITY;
    }
    // x = k ln 2 + r with |r| at most half of ln 2; then 2^k by its bits and e^r by its series.
    let x = f64::from(x);
    let k = (x * std::f64::consts::LOG2_E).round();
    let r = x - k * std::f64::consts::LN_2;
    let tail = 1.0 / 24.0 + r * (1.0 / 120.0 + r * (1.0 / 720.0 + r * (1.0 / 5040.0)));
    let series = 1.0 + r * (1.0 + r * (0.5 + r * (1.0 / 6.0 + r * tail)));
    let power = f64::from_bits(((k as i64 + 1023) as u64) << 52);
    (series * power) as f32
}

/// 1 / (1 + e^-x), by [`exp`].
#[must_use]
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_fixed_for_ever() {
        // FNV-1a of "" is 811c9dc5, of "a" e40c292c, of "foobar" bf9cf968 (draft-eastlake-fnv, appendix C).
        for (text, fnv) in [("", 0x811c_9dc5_u32), ("a", 0xe40c_292c), ("foobar", 0xbf9c_f968)] {
            assert_eq!(Hash::START.bytes(text.as_bytes()).raw(), fnv, "{text}");
            assert_eq!(hash(text.as_bytes()), (fnv ^ (fnv >> 15)).wrapping_mul(0x9e37_79b1), "{text}");
        }
        // Computed once and written down: whoever changes them makes every shipped table worthless.
        assert_eq!(hash(b"foobar"), 0xc9cd_2701);
        assert_eq!(Hash::sort(b'w').bytes("déçu".as_bytes()).feature(), 0xc544_460a);
        let pair = Hash::sort(b'p').then(Hash::START.bytes(b"not")).then(Hash::START.bytes(b"good"));
        assert_eq!(pair.feature(), 0xab40_bd87);
    }

    #[test]
    fn the_order_of_a_pair_counts() {
        let (a, b) = (Hash::START.bytes(b"not"), Hash::START.bytes(b"good"));
        assert_ne!(a.then(b), b.then(a));
    }

    #[test]
    fn exp_is_exp() {
        for x in (-870..880).map(|tenth| tenth as f32 / 10.0) {
            let wanted = f64::from(x).exp();
            assert!((f64::from(exp(x)) / wanted - 1.0).abs() < 1e-6, "{x}");
        }
        assert_eq!((exp(-1e9), exp(f32::NEG_INFINITY), exp(f32::INFINITY)), (0.0, 0.0, f32::INFINITY));
        assert!(exp(f32::NAN).is_nan());
        assert_eq!((sigmoid(0.0), sigmoid(-200.0), sigmoid(200.0)), (0.5, 0.0, 1.0));
    }
}
