//! From a text to the buckets of its character n-grams. Trainer and plugin share this, byte for byte.

/// Bits of a bucket's number: the table has `1 << BITS` rows.
pub const BITS: u32 = 14;
/// Letters read of a text; the language of a long one is told long before.
pub const MOST_LETTERS: usize = 600;
/// Longest n-gram, in characters.
const LONGEST: usize = 4;

/// Calls `bucket` for each character n-gram of 1 to 4 characters, counted within words that are padded with a space on both sides.
///
/// # Shape
/// The text is lower-cased; addresses (`http…`, `www.…`), handles (`@x`) and hashtags (`#x`) are left out, since they are names; all
/// characters that are no letters separate words. Returns how many n-grams there were.
pub fn each_bucket(text: &str, mut bucket: impl FnMut(usize)) -> usize {
    let mut count = 0;
    let mut letters = 0;
    let mut word = String::new();
    let mut starts: Vec<usize> = Vec::new();
    for token in text.split_whitespace() {
        if token.starts_with(['@', '#'])
            || token.starts_with("http://")
            || token.starts_with("https://")
            || token.starts_with("www.")
        {
            continue;
        }
        for piece in token.split(|char: char| !char.is_alphabetic()).filter(|piece| !piece.is_empty()) {
            word.clear();
            word.push(' ');
            word.extend(piece.chars().flat_map(char::to_lowercase));
            word.push(' ');
            starts.clear();
            starts.extend(word.char_indices().map(|(at, _)| at));
            starts.push(word.len());
            for first in 0..starts.len() - 1 {
                for last in first + 1..(first + LONGEST + 1).min(starts.len()) {
                    bucket(hash(&word.as_bytes()[starts[first]..starts[last]]));
                    count += 1;
                }
            }
            letters += starts.len() - 3;
            if letters >= MOST_LETTERS {
                return count;
            }
        }
    }
    count
}

/// FNV-1a of 32 bits, folded to [`BITS`]. Source: RFC draft-eastlake-fnv, section 5 (offset basis and prime) and 3 (folding).
#[must_use]
pub fn hash(bytes: &[u8]) -> usize {
    let hash = bytes.iter().fold(0x811c_9dc5_u32, |hash, &byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    ((hash >> BITS) ^ hash) as usize & ((1 << BITS) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_fixed_for_ever() {
        // FNV-1a of "" is 811c9dc5, of "a" e40c292c, of "foobar" bf9cf968 (RFC draft-eastlake-fnv, appendix C).
        for (text, fnv) in [("", 0x811c_9dc5_u32), ("a", 0xe40c_292c), ("foobar", 0xbf9c_f968)] {
            assert_eq!(hash(text.as_bytes()), (((fnv >> BITS) ^ fnv) & ((1 << BITS) - 1)) as usize, "{text}");
        }
    }

    #[test]
    fn names_and_addresses_are_no_language() {
        let count = |text| each_bucket(text, |_| {});
        assert_eq!(count("@acme #acme https://acme.example www.acme.example 123 !"), 0);
        // " a " has the n-grams " ", "a", " ", " a", "a ", " a ".
        assert_eq!(count("a"), 6);
        assert_eq!(count("a, a"), 12);
    }
}
