//! Links, hashtags and handles, taken from plain text by one rule whatever the service.

use std::collections::HashSet;

use url::Url;

/// Hashtags of a text without `#`, as written, first occurrence first, none twice.
///
/// # Shape
/// `#` at the start or after something that is no letter, digit, `&`, `/`, `#` or `_`, followed by letters, digits and `_`
/// of which one at least is a letter (so `#1` and `&#39;` are none).
#[must_use]
pub fn hashtags(text: &str) -> Vec<String> {
    marked(text, '#', |tag| tag.chars().any(char::is_alphabetic), |char| char.is_alphanumeric() || char == '_')
}

/// Handles of a text without `@`, as written, first occurrence first, none twice.
///
/// # Shape
/// `@` at the start or after something that is no letter, digit, `/`, `@`, `.` or `_` (so an e-mail address is none), followed by
/// letters, digits, `_`, and one `.`, `-` or `@` between them (`@ana@forum.example`).
#[must_use]
pub fn handles(text: &str) -> Vec<String> {
    marked(text, '@', |_| true, |char| char.is_alphanumeric() || matches!(char, '_' | '.' | '-' | '@'))
}

fn marked(text: &str, mark: char, real: fn(&str) -> bool, inside: fn(char) -> bool) -> Vec<String> {
    let (mut found, mut known) = (Vec::new(), HashSet::new());
    let mut rest = text;
    let mut before: Option<char> = None;
    while let Some(at) = rest.find(mark) {
        before = rest[..at].chars().next_back().or(before);
        let glued = before.is_some_and(|char| char.is_alphanumeric() || matches!(char, '&' | '/' | '#' | '@' | '_'));
        let tail = &rest[at + mark.len_utf8()..];
        let end = tail.find(|char| !inside(char)).unwrap_or(tail.len());
        // Several signs in a row are dots of a sentence and the like.
        let joins = |byte: u8| matches!(byte, b'.' | b'-' | b'@');
        let end = tail.as_bytes()[..end].windows(2).position(|pair| pair.iter().all(|byte| joins(*byte))).unwrap_or(end);
        let word = tail[..end].trim_end_matches(['.', '-', '@']);
        let starts_well = word.starts_with(|char: char| char.is_alphanumeric() || char == '_');
        if !glued && starts_well && real(word) && known.insert(word) {
            found.push(word.to_owned());
        }
        before = tail[..end].chars().next_back().or(Some(mark));
        rest = &tail[end..];
    }
    found
}

/// Web addresses that stand in a text, in order.
///
/// # Shape
/// From `http://` or `https://` to white space, a quotation mark, `<` or `>`; closing punctuation and unpaired closing brackets do
/// not belong to it.
#[must_use]
pub fn links(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("http") {
        let tail = &rest[at..];
        if !tail.starts_with("http://") && !tail.starts_with("https://") {
            rest = &tail["http".len()..];
            continue;
        }
        let end = tail.find(|char: char| char.is_whitespace() || matches!(char, '<' | '>' | '"' | '«' | '»' | '“' | '”'));
        let word = trim_punctuation(&tail[..end.unwrap_or(tail.len())]);
        found.extend(absolute(word));
        rest = &tail[word.len().max("http".len())..];
    }
    found
}

fn trim_punctuation(mut word: &str) -> &str {
    const PAIRS: [(char, char); 3] = [('(', ')'), ('[', ']'), ('{', '}')];
    // What closes more often than it opens; counted once, or a row of brackets would cost the square of its length.
    let mut unpaired = PAIRS.map(|(open, close)| word.matches(close).count().saturating_sub(word.matches(open).count()));
    loop {
        word = word.trim_end_matches(['.', ',', ';', ':', '!', '?', '…', '\'', '’', '*']);
        let closing = PAIRS.iter().position(|(_, close)| word.ends_with(*close)).filter(|pair| unpaired[*pair] > 0);
        let Some(pair) = closing else { return word };
        unpaired[pair] -= 1;
        word = &word[..word.len() - 1];
    }
}

/// A web address in canonical form without credentials; `None` if it is not absolute, has no host or is no web address.
#[must_use]
pub(crate) fn absolute(address: &str) -> Option<String> {
    const LONGEST: usize = 8 * 1024;
    if address.len() > LONGEST {
        return None;
    }
    let mut url = Url::parse(address.trim()).ok()?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return None;
    }
    // Never fails: a web address with a host may have its user name and password changed.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    Some(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashtags_need_a_letter_and_a_free_left_side() {
        for (text, wanted) in [
            ("love #Acme and #été2026!", vec!["Acme", "été2026"]),
            ("#1 of a#b &#39; x/#y ##z", vec![]),
            ("#acme #acme #Acme", vec!["acme", "Acme"]),
            ("(#snake_case)", vec!["snake_case"]),
            ("#", vec![]),
        ] {
            assert_eq!(hashtags(text), wanted, "{text}");
        }
    }

    #[test]
    fn handles_are_not_mail_addresses() {
        for (text, wanted) in [
            ("thanks @acme, @a.b-c. (@d)", vec!["acme", "a.b-c", "d"]),
            ("write to help@acme.example", vec![]),
            ("@ana@forum.example said", vec!["ana@forum.example"]),
            ("https://social.example/@ana", vec![]),
            ("@acme...great @acme--no @@", vec!["acme"]),
        ] {
            assert_eq!(handles(text), wanted, "{text}");
        }
    }

    #[test]
    fn links_end_before_the_punctuation_around_them() {
        for (text, wanted) in [
            ("see https://a.example/x, and (http://b.example/y_(z)).", vec!["https://a.example/x", "http://b.example/y_(z)"]),
            ("https://u:p@a.example/", vec!["https://a.example/"]),
            ("http:// https://", vec![]),
            ("httphttps://a.example", vec!["https://a.example/"]),
            (&format!("https://a.example/{}", ").".repeat(500_000)), vec!["https://a.example/"]),
        ] {
            assert_eq!(links(text), wanted, "{text}");
        }
    }
}
