//! A text as a set of fixed size, and how alike two of them are.

use super::normal::words;

/// Shingles kept of a text. A post has fewer, and its similarity is exact; an article's is an estimate with an error of about 0.03.
const KEPT: usize = 256;

/// The words and pairs of words of a text, as hashes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sketch {
    /// The lowest [`KEPT`] different hashes, ascending. Never empty.
    lowest: Box<[u32]>,
}

impl Sketch {
    /// The sketch of a text, unless it has fewer than `least` words.
    pub(super) fn of(text: &str, least: usize) -> Option<Self> {
        let words = words(text);
        if words.len() < least.max(1) {
            return None;
        }
        let mut shingles: Vec<u32> = words.iter().map(|word| finish(hash(SEED, word.as_bytes()))).collect();
        shingles.extend(words.windows(2).map(|pair| {
            let first = hash(SEED, pair[0].as_bytes());
            finish(hash(hash(first, b" "), pair[1].as_bytes()))
        }));
        shingles.sort_unstable();
        shingles.dedup();
        shingles.truncate(KEPT);
        Some(Self { lowest: shingles.into_boxed_slice() })
    }

    /// The hashes, ascending.
    pub(super) fn shingles(&self) -> &[u32] {
        &self.lowest
    }

    /// The share of shingles both have of those either has: exact for short texts, an estimate from the lowest hashes for long ones.
    pub(super) fn similarity(&self, other: &Self) -> f64 {
        let (mut a, mut b) = (self.lowest.iter().peekable(), other.lowest.iter().peekable());
        let (mut both, mut either) = (0_u32, 0_u32);
        // The lowest hashes of the union are known exactly up to where a full sketch ends.
        while (either as usize) < KEPT {
            match (a.peek(), b.peek()) {
                (Some(left), Some(right)) => {
                    both += u32::from(left == right);
                    let (left, right) = (**left, **right);
                    if left <= right {
                        a.next();
                    }
                    if right <= left {
                        b.next();
                    }
                }
                (Some(_), None) => {
                    a.next();
                }
                (None, Some(_)) => {
                    b.next();
                }
                (None, None) => break,
            }
            either += 1;
        }
        f64::from(both) / f64::from(either.max(1))
    }
}

const SEED: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a, 64 bits.
fn hash(state: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(state, |state, byte| (state ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// Spreads FNV's bits, whose high ones barely depend on the last letters, and keeps half of them.
fn finish(state: u64) -> u32 {
    let mixed = (state ^ (state >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sketch(text: &str) -> Sketch {
        Sketch::of(text, 1).expect("words")
    }

    #[test]
    fn similarity_is_the_share_in_common() {
        // a, b, c, "a b", "b c" against a, b, d, "a b", "b d": three of seven.
        let alike = sketch("a b c").similarity(&sketch("a b d"));
        assert!((alike - 3.0 / 7.0).abs() < 1e-12, "{alike}");
        assert_eq!(sketch("a b c").similarity(&sketch("A, b: c!")), 1.0);
        assert_eq!(sketch("a b c").similarity(&sketch("x y z")), 0.0);
    }

    #[test]
    fn long_texts_are_estimated() {
        let text = |from: u32| (from..from + 3_000).map(|word| format!("w{word} ")).collect::<String>();
        // 2,400 of 3,600 words are shared, and pairs alike.
        let estimate = sketch(&text(0)).similarity(&sketch(&text(600)));
        assert!((estimate - 2.0 / 3.0).abs() < 0.08, "{estimate}");
        assert_eq!(sketch(&text(0)).similarity(&sketch(&text(0))), 1.0);
    }

    #[test]
    fn texts_of_few_words_have_none() {
        assert_eq!(Sketch::of("thank you @all", 3), None);
        assert_eq!(Sketch::of("", 0), None);
    }
}
