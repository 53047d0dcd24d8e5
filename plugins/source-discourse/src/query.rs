//! A topic's search in Discourse's syntax. Pure.

use vigie_plugin::Clause;

/// Discourse refuses shorter searches by default.
const MIN_CHARS: usize = 3;
const MAX_QUERY_BYTES: usize = 400;

/// What a clause searches for; `None` where nothing of it is long enough to be searched.
///
/// Phrases are quoted, and so is every word with a sign in it, because `in:`, `#x`, `@x` and the like are commands. `#x` and `@x`
/// are searched as `x`. What the clause excludes is not sent: Discourse would look for it in stemmed words.
#[must_use]
pub fn query(clause: &Clause) -> Option<String> {
    let mut query = String::new();
    let mut chars = 0;
    for term in &clause.all {
        let words: Vec<&str> = term
            .trim_start_matches(['#', '@'])
            .split(|char: char| char.is_whitespace() || char == '"')
            .filter(|word| !word.is_empty())
            .collect();
        let phrase = words.join(" ");
        let written = if phrase.chars().all(char::is_alphanumeric) { phrase.clone() } else { format!("\"{phrase}\"") };
        if phrase.is_empty() || query.len() + written.len() >= MAX_QUERY_BYTES {
            continue;
        }
        // Chinese and Japanese words are short and searched as they are.
        chars += if phrase.is_ascii() { phrase.len() } else { phrase.chars().count().max(MIN_CHARS) };
        if !query.is_empty() {
            query.push(' ');
        }
        query.push_str(&written);
    }
    (chars >= MIN_CHARS).then_some(query)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_words_and_everything_else_is_quoted() {
        let query =
            |all: &[&str]| query(&Clause { all: all.iter().map(|term| (*term).to_owned()).collect(), none: vec!["x".into()] });
        assert_eq!(
            query(&["acme", "acme phone", "#battery", "@acme", "c++"]).as_deref(),
            Some(r#"acme "acme phone" battery acme "c++""#)
        );
        assert_eq!(query(&["order:likes", "a\"b"]).as_deref(), Some(r#""order:likes" "a b""#));
        assert_eq!(query(&["é1"]).as_deref(), Some("é1"));
        assert_eq!((query(&["hp"]), query(&[]), query(&["#"])), (None, None, None));
    }
}
