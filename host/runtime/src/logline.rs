//! What a guest writes to the operator's log.

/// The most one line shows.
const MAX_LINE_BYTES: usize = 4 * 1024;

/// One line that does nothing to a terminal: line breaks and tabs become spaces, control characters and those that turn the
/// direction of writing are left out, what is over 4 KiB is cut.
pub(crate) fn clean(message: &str) -> String {
    let mut line = String::with_capacity(message.len().min(MAX_LINE_BYTES));
    for character in message.trim().chars() {
        let character = match character {
            '\n' | '\t' | '\u{2028}' | '\u{2029}' => ' ',
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => continue,
            control if control.is_control() => continue,
            plain => plain,
        };
        if line.len() + character.len_utf8() > MAX_LINE_BYTES - '…'.len_utf8() {
            line.push('…');
            break;
        }
        line.push(character);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_one_line_and_harmless() {
        assert_eq!(clean("  a\nb\r\tc  "), "a b c");
        assert_eq!(clean("\u{1b}[31mred\u{1b}[0m\u{7}"), "[31mred[0m");
        assert_eq!(clean("user\u{202e}gpj.exe"), "usergpj.exe");
        assert_eq!(clean("日本語"), "日本語");
    }

    #[test]
    fn a_long_line_is_cut_between_characters() {
        let line = clean(&"é".repeat(10_000));
        assert!(line.len() <= MAX_LINE_BYTES, "{}", line.len());
        assert!(line.ends_with("é…"));
    }
}
