//! Ids that fit: the host keeps up to 512 bytes of a feed's or a mention's id.

use sha2::{Digest, Sha256};

/// Longer texts are replaced by their hash; the rest is left for the words in front of it.
const MAX_BYTES: usize = 400;

/// A text as a part of an id: itself, or its [`hash`] where it is longer than 400 bytes.
#[must_use]
pub fn short(text: &str) -> String {
    if text.len() <= MAX_BYTES { text.to_owned() } else { hash(text) }
}

/// 128 bits of a text's SHA-256, as 32 hexadecimal digits: the same on every machine and in every version.
#[must_use]
pub fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_hashed_and_short_ones_kept() {
        assert_eq!(short("acme \"phone\""), "acme \"phone\"");
        assert_eq!(hash(""), "e3b0c44298fc1c149afbf4c8996fb924");
        assert_eq!(short(&"x".repeat(401)), hash(&"x".repeat(401)));
    }
}
