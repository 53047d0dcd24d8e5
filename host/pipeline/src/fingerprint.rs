//! A number that stands for some words.

/// Stands for these words in this order, which hold no spaces: the same in every run, so that it can be stored.
pub(crate) fn fingerprint(words: &[String]) -> u64 {
    // FNV-1a with 64 bits: nobody chooses the words to collide.
    words.join(" ").bytes().fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
