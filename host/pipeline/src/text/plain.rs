//! Plain text: characters nobody can read are dropped, quoted lines are kept apart.

/// Drops control characters (NUL among them) except line breaks and tabs, turns every kind of line break into `\n`, and cuts
/// white space at both ends.
#[must_use]
pub fn clean(text: &str) -> String {
    if text.bytes().all(|byte| (0x20..0x7f).contains(&byte) || byte == b'\n') {
        return text.trim().to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '\r' => {
                chars.next_if_eq(&'\n');
                out.push('\n');
            }
            '\u{2028}' | '\u{2029}' | '\u{85}' => out.push('\n'),
            '\n' | '\t' => out.push(char),
            // U+FEFF is a leftover byte-order mark, U+FFFE and U+FFFF are no characters at all.
            '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {}
            _ if char.is_control() => {}
            _ => out.push(char),
        }
    }
    let trimmed = out.trim();
    if trimmed.len() == out.len() { out } else { trimmed.to_owned() }
}

/// Like [`clean`], on one line with single spaces: for titles and names.
#[must_use]
pub fn one_line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Splits lines that quote somebody else (mail style, `> so he said`) from the rest.
///
/// # Shape
/// Returns the author's own words, and the quoted passages in order, without their marks. A line is a quote when it starts
/// with `>` and goes on with a space, another `>`, a letter, a digit or a quotation mark: `>_<` and `>:(` are faces.
#[must_use]
pub fn split_quotes(text: &str) -> (String, Vec<String>) {
    if !text.contains('>') {
        return (text.to_owned(), Vec::new());
    }
    let mut own: Vec<&str> = Vec::new();
    let mut quoted: Vec<String> = Vec::new();
    let mut inside = false;
    for line in text.split('\n') {
        match quoted_line(line) {
            Some(words) if inside => {
                if let Some(passage) = quoted.last_mut() {
                    passage.push('\n');
                    passage.push_str(words);
                }
            }
            Some(words) => quoted.push(words.to_owned()),
            None => own.push(line),
        }
        inside = quoted_line(line).is_some();
    }
    quoted.retain(|passage| !passage.trim().is_empty());
    (own.join("\n").trim().to_owned(), quoted)
}

fn quoted_line(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix('>')?;
    let next = rest.chars().next();
    let quote = next.is_none_or(|char| char.is_alphanumeric() || matches!(char, ' ' | '\t' | '>' | '"' | '“' | '«'));
    quote.then(|| rest.trim_start_matches(['>', ' ', '\t']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_go_and_line_breaks_become_one_kind() {
        for (given, wanted) in [
            ("a\0b", "ab"),
            ("a\r\nb\rc\u{2028}d", "a\nb\nc\nd"),
            ("  \u{feff}café\t☕ \n", "café\t☕"),
            ("\u{1b}[31mred", "[31mred"),
            ("مرحبا", "مرحبا"),
            ("", ""),
        ] {
            assert_eq!(clean(given), wanted, "{given:?}");
        }
        assert_eq!(one_line(" a \n\n b\tc "), "a b c");
    }

    #[test]
    fn quoted_lines_are_kept_apart_and_faces_are_not_quotes() {
        let (own, quoted) = split_quotes("> Acme is dead\n> long live Acme\nI disagree >_<\n>:(\n>again\nend");
        assert_eq!(own, "I disagree >_<\n>:(\nend");
        assert_eq!(quoted, ["Acme is dead\nlong live Acme", "again"]);
        assert_eq!(split_quotes("1 > 0"), ("1 > 0".to_owned(), vec![]));
    }
}
