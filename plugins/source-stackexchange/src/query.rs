//! A topic's search in the interface's syntax. Pure.

use vigie_plugin::Clause;

const MAX_QUERY_CHARS: usize = 240;

/// What a clause searches for; `None` where it has no words. Phrases are quoted, and so is everything that could be a command (`[tag]`,
/// `user:1`, `-x`). `#x` and `@x` are searched as `x`. What the clause excludes is not sent; the host excludes exactly.
#[must_use]
pub fn query(clause: &Clause) -> Option<String> {
    let mut query = String::new();
    for term in &clause.all {
        let words: Vec<&str> = term
            .trim_start_matches(['#', '@'])
            .split(|char: char| char.is_whitespace() || char == '"')
            .filter(|word| !word.is_empty())
            .collect();
        let phrase = words.join(" ");
        let written = if phrase.chars().all(char::is_alphanumeric) { phrase } else { format!("\"{phrase}\"") };
        if words.is_empty() || query.chars().count() + written.chars().count() >= MAX_QUERY_CHARS {
            continue;
        }
        if !query.is_empty() {
            query.push(' ');
        }
        query.push_str(&written);
    }
    (!query.is_empty()).then_some(query)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_words_and_everything_else_is_quoted() {
        let query =
            |all: &[&str]| query(&Clause { all: all.iter().map(|term| (*term).to_owned()).collect(), none: vec!["x".into()] });
        assert_eq!(
            query(&["acme", "acme phone", "#hot", "[c]", "a\"b"]).as_deref(),
            Some(r#"acme "acme phone" hot "[c]" "a b""#)
        );
        assert_eq!((query(&["#"]), query(&[])), (None, None));
    }
}
