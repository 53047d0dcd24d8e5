//! Places inside a string: where a byte of a string's value stands in the file, whatever quotes and escapes it was written with.

use std::ops::Range;

/// Maps a range of the string's value to the range of the file it was written as.
///
/// # Shape
/// `raw` is the string as the file has it, with its quotes; `value` is what it means; `start` is where `raw` begins in the file.
/// Returns the whole of `raw` if the two cannot be brought together.
pub(crate) fn place(raw: &str, value: &str, start: usize, inner: &Range<usize>) -> Range<usize> {
    let whole = start..start + raw.len();
    let Some(offsets) = offsets(raw, value) else { return whole };
    let at = |index: usize| offsets.get(index).map(|offset| start + offset);
    match (at(inner.start), at(inner.end)) {
        (Some(from), Some(to)) if from <= to => from..to,
        _ => whole,
    }
}

/// For every byte of `value`, and one behind its end, where it begins in `raw`.
fn offsets(raw: &str, value: &str) -> Option<Vec<usize>> {
    let quote = raw.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let triple: String = [quote; 3].iter().collect();
    let marks = if raw.len() >= 6 && raw.starts_with(&triple) { 3 } else { 1 };
    let mut at = marks;
    let end = raw.len().checked_sub(marks)?;
    if marks == 3 {
        // A line break directly behind the opening quotes is not part of the value.
        at += if raw[at..].starts_with("\r\n") { 2 } else { usize::from(raw[at..].starts_with('\n')) };
    }
    let mut offsets = Vec::with_capacity(value.len() + 1);
    for wanted in value.chars() {
        loop {
            let rest = raw.get(at..end)?;
            let found = rest.chars().next()?;
            let length = if found == '\\' && quote == '"' {
                match escape(rest)? {
                    Escape::Character(length) => length,
                    Escape::LineContinues(length) => {
                        at += length;
                        continue;
                    }
                }
            } else if rest.starts_with("\r\n") && wanted == '\n' {
                2
            } else {
                found.len_utf8()
            };
            offsets.extend(std::iter::repeat_n(at, wanted.len_utf8()));
            // Inside an unescaped character of several bytes each byte has its own place.
            if length == wanted.len_utf8() {
                let first = offsets.len() - length;
                for (index, offset) in offsets[first..].iter_mut().enumerate() {
                    *offset += index;
                }
            }
            at += length;
            break;
        }
    }
    offsets.push(at);
    Some(offsets)
}

enum Escape {
    Character(usize),
    LineContinues(usize),
}

/// Length of the escape `text` begins with (TOML 1.1, section String).
fn escape(text: &str) -> Option<Escape> {
    Some(match text[1..].chars().next()? {
        'u' => Escape::Character(6),
        'U' => Escape::Character(10),
        'x' => Escape::Character(4),
        mark if mark.is_ascii_whitespace() => Escape::LineContinues(1 + text[1..].len() - text[1..].trim_start().len()),
        _ => Escape::Character(2),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(raw: &str, value: &str, word: &str) -> String {
        let from = value.find(word).expect("the word is there");
        let place = place(raw, value, 0, &(from..from + word.len()));
        raw[place].to_owned()
    }

    #[test]
    fn a_word_is_found_in_every_kind_of_string() {
        assert_eq!(shown("'acme OR #x'", "acme OR #x", "OR"), "OR");
        assert_eq!(shown("\"acme OR #x\"", "acme OR #x", "OR"), "OR");
        assert_eq!(shown(r#""\"acme phone\" OR é #x""#, "\"acme phone\" OR é #x", "#x"), "#x");
        assert_eq!(shown(r#""\"acme\" OR""#, "\"acme\" OR", "\"acme\""), r#"\"acme\""#);
        assert_eq!(shown("'''\nacme\nOR x'''", "acme\nOR x", "OR"), "OR");
        assert_eq!(shown("\"\"\"\nacme \\\n   OR x\"\"\"", "acme OR x", "OR"), "OR");
        assert_eq!(shown("\"caf\\u00e9 OR x\"", "café OR x", "é"), "\\u00e9");
        assert_eq!(shown("'''\r\na\r\nOR'''", "a\nOR", "OR"), "OR");
    }

    #[test]
    fn the_end_of_the_value_has_a_place_too() {
        assert_eq!(place("'abc'", "abc", 10, &(3..3)), 14..14);
        assert_eq!(place("''", "", 10, &(0..0)), 11..11);
    }

    #[test]
    fn what_does_not_fit_is_the_whole_string() {
        assert_eq!(place("'abc'", "abcdef", 10, &(3..5)), 10..15);
        assert_eq!(place("'abc'", "abc", 10, &(9..12)), 10..15);
        assert_eq!(place("x", "abc", 10, &(0..1)), 10..11);
    }
}
