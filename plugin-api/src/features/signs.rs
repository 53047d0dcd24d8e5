//! What stands between words and means something: handles, addresses, faces and emoji.

/// Whether a byte may stand in a handle.
pub(super) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The length of an address at the start of a text.
pub(super) fn address(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    if !matches!(bytes[0], b'h' | b'H' | b'w' | b'W') {
        return None;
    }
    let begins = |prefix: &[u8]| bytes.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix));
    (begins(b"http://") || begins(b"https://") || begins(b"www.")).then(|| rest.find(char::is_whitespace).unwrap_or(rest.len()))
}

/// The length of a face drawn with punctuation, eyes first, or a heart; only where no letter follows.
pub(super) fn face(bytes: &[u8]) -> Option<usize> {
    if bytes.starts_with(b"<3") {
        return Some(2);
    }
    if !matches!(bytes[0], b':' | b';' | b'=') {
        return None;
    }
    let nose = usize::from(matches!(bytes.get(1), Some(b'-' | b'\'' | b'o' | b'^')) && bytes.len() > 2);
    let mouth = |at: usize| {
        let mouth = *bytes.get(at)?;
        let next = bytes.get(at + 1).copied().unwrap_or(b' ');
        let drawn = matches!(mouth, b')' | b'(' | b']' | b'[' | b'*' | b'|' | b'/' | b'\\')
            || (matches!(mouth, b'D' | b'P' | b'p' | b'3' | b'o' | b'O' | b'S' | b's') && !next.is_ascii_alphanumeric());
        // Not the start of an address such as `https://`.
        (drawn && !(mouth == b'/' && next == b'/')).then_some(at + 1)
    };
    mouth(1).or_else(|| mouth(1 + nose))
}

/// Whether a character is drawn as a picture.
#[must_use]
pub fn is_emoji(char: char) -> bool {
    matches!(char as u32,
        0x1f000..=0x1faff | 0x2600..=0x27bf | 0x2b00..=0x2bff | 0x2190..=0x21ff | 0x2300..=0x23ff | 0x25a0..=0x25ff | 0x3030 | 0x303d)
}

/// The length of an emoji with its skin tone, variation and what is joined to it.
pub(super) fn emoji_length(rest: &str) -> usize {
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, char)) = chars.next() {
        match char as u32 {
            0xfe0e | 0xfe0f | 0x1f3fb..=0x1f3ff => {}
            // A joiner takes the emoji behind it along.
            0x200d if chars.peek().is_some_and(|(_, next)| is_emoji(*next)) => {
                chars.next();
            }
            _ => return at,
        }
    }
    rest.len()
}
