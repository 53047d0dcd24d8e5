//! JSON with broken escapes made readable. Pure.
//!
//! Titles are taken over from pages as they stand, so strings hold lone backslashes, raw control characters and halves of characters.
//! One pass mends what a string cannot hold and touches nothing else.

/// `text` with, inside strings: backslashes that escape nothing dropped, control characters as spaces, halves of characters as U+FFFD.
#[must_use]
pub fn repair(text: &str) -> String {
    let mut mended = String::with_capacity(text.len());
    let mut rest = text;
    let mut inside = false;
    while let Some(char) = rest.chars().next() {
        let mut taken = char.len_utf8();
        match char {
            '"' => {
                inside = !inside;
                mended.push('"');
            }
            '\\' if inside => taken = escape(rest, &mut mended),
            char if inside && char.is_control() => mended.push(' '),
            char => mended.push(char),
        }
        rest = &rest[taken..];
    }
    mended
}

/// Writes what the escape at the start of `rest` can only have meant; gives how much of `rest` it was.
fn escape(rest: &str, mended: &mut String) -> usize {
    match rest.as_bytes().get(1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
            mended.push_str(&rest[..2]);
            2
        }
        Some(b'u') => match unit(rest) {
            Some(0xD800..=0xDBFF) if matches!(rest.get(6..).and_then(unit), Some(0xDC00..=0xDFFF)) => {
                mended.push_str(&rest[..12]);
                12
            }
            Some(0xD800..=0xDFFF) => {
                mended.push('\u{fffd}');
                6
            }
            Some(_) => {
                mended.push_str(&rest[..6]);
                6
            }
            None => 1,
        },
        _ => 1,
    }
}

/// The UTF-16 unit of a `\uXXXX` at the start of `text`.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_string_cannot_hold_is_mended() {
        for (broken, meant) in [
            (r#"["50\% off"]"#, "50% off"),
            (r#"["C:\dir\new"]"#, "C:dir\new"),
            ("[\"a\u{1}b\tc\nd\"]", "a b c d"),
            (r#"["\ud83d\ude00 \ud83d! \ude00"]"#, "😀 \u{fffd}! \u{fffd}"),
            (r#"["\u00e9t\u00e9 \uZZZZ \u12"]"#, "été uZZZZ u12"),
            (r#"["say \"hi\" \\ \'now\'"]"#, "say \"hi\" \\ 'now'"),
            (r#"["\é"]"#, "é"),
        ] {
            let read: Vec<String> = serde_json::from_str(&repair(broken)).expect(broken);
            assert_eq!(read[0], meant, "{broken}");
        }
    }

    #[test]
    fn what_is_right_stays_as_it_is_and_nothing_panics() {
        let right = "{ \"a\": [\"\\n\\u00e9\\ud83d\\ude00\\\\\"],\n\t\"b\": 1e3 }";
        assert_eq!(repair(right), right);
        for odd in ["\"\\", "\"\\u", "\"\\u12", "\"\\ud83d\\u", "\\", "\"\\ud83dé", "\u{0}\"\u{0}"] {
            assert!(repair(odd).len() <= odd.len() + 2, "{odd:?}");
        }
    }
}
