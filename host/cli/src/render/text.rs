//! Strangers' text on a terminal: no control characters, no tricks with direction, no more columns than there is room.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Text of a service made harmless: what would move the cursor, change colours or turn the direction of reading becomes a
/// space, and runs of white space one space.
pub(crate) fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            // Bidirectional embeddings, overrides and isolates (Unicode TR 9) could make one thing look like another.
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => {}
            _ if character.is_control() || character.is_whitespace() => {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            _ => out.push(character),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Columns a text takes on a terminal, without what only colours it.
pub(crate) fn columns(text: &str) -> usize {
    let mut width = 0;
    let mut rest = text;
    while let Some(at) = rest.find("\u{1b}[") {
        width += rest[..at].width();
        let behind = &rest[at + 2..];
        rest = behind.find('m').map_or("", |end| &behind[end + 1..]);
    }
    width + rest.width()
}

/// A text cut to at most `room` columns, with an ellipsis where something is missing.
pub(crate) fn fit(text: &str, room: usize) -> String {
    if columns(text) <= room {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 1;
    for character in text.chars() {
        let wide = character.width().unwrap_or(0);
        if used + wide > room {
            break;
        }
        used += wide;
        out.push(character);
    }
    out.truncate(out.trim_end().len());
    out.push('…');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_cannot_steer_the_terminal() {
        assert_eq!(harmless("a\u{1b}[31mb\r\n\tc\u{202e}d\u{9b}e  f "), "a [31mb cd e f");
    }

    #[test]
    fn wide_characters_count_twice_and_colour_not_at_all() {
        assert_eq!(columns("日本"), 4);
        assert_eq!(columns("\u{1b}[1mbold\u{1b}[0m"), 4);
        assert_eq!(fit("日本語のテキスト", 7), "日本語…");
        assert_eq!(fit("short", 5), "short");
        assert_eq!(fit("a longer text", 7), "a long…");
    }
}
