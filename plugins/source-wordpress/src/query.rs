//! A topic's search in WordPress's syntax. Pure.

use vigie_plugin::Clause;

/// WordPress compares every word with every article; a longer search is no better and slow.
const MAX_QUERY_BYTES: usize = 200;

/// What a clause searches for; `None` where nothing of it can be searched.
///
/// All words must occur; a phrase is quoted. `#x` and `@x` are searched as `x`, because WordPress finds parts of words and knows no
/// tags in a text. What the clause excludes is not sent: WordPress would drop an article for a part of a word.
///
/// # Source
/// developer.wordpress.org, `WP_Query`, parameter `s`.
#[must_use]
pub fn query(clause: &Clause) -> Option<String> {
    let mut query = String::new();
    for term in &clause.all {
        let words: Vec<&str> = term
            .trim_start_matches(['#', '@'])
            .split(|char: char| char.is_whitespace() || matches!(char, '"' | ','))
            .map(|word| word.trim_start_matches('-'))
            .filter(|word| !word.is_empty())
            .collect();
        let written = match words.as_slice() {
            [] => continue,
            [word] => (*word).to_owned(),
            words => format!("\"{}\"", words.join(" ")),
        };
        if query.len() + written.len() < MAX_QUERY_BYTES && !query.split(' ').any(|known| known == written) {
            if !query.is_empty() {
                query.push(' ');
            }
            query.push_str(&written);
        }
    }
    (!query.is_empty()).then_some(query)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_alone_and_phrases_in_quotes() {
        let query =
            |all: &[&str]| query(&Clause { all: all.iter().map(|term| (*term).to_owned()).collect(), none: vec!["x".into()] });
        assert_eq!(query(&["acme", "acme phone", "#acme", "-x", "a\"b"]).as_deref(), Some(r#"acme "acme phone" x "a b""#));
        assert_eq!((query(&[]), query(&["#", "\""])), (None, None));
        assert!(query(&["x".repeat(300).as_str()]).is_none());
    }
}
