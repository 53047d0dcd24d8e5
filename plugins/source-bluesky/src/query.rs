//! A topic's search in the service's syntax. Pure.

use vigie_plugin::Clause;

const MAX_QUERY_CHARS: usize = 400;

/// What a clause searches for; `None` where it has no words.
///
/// Phrases are quoted, and so is every word with a sign in it, because `from:`, `-x` and the like are commands. Hashtags keep their
/// sign, handles lose it: the service would look for an account of that very name. What the clause excludes is not sent; the host
/// excludes exactly.
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
        let plain = phrase.chars().all(|char| char.is_alphanumeric() || char == '_');
        let written = match (plain, term.starts_with('#')) {
            (true, true) => format!("#{phrase}"),
            (true, false) => phrase,
            (false, _) => format!("\"{phrase}\""),
        };
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
            query(&["acme", "acme phone", "#Battery", "@acme.bsky.social", "from:me"]).as_deref(),
            Some(r#"acme "acme phone" #Battery "acme.bsky.social" "from:me""#)
        );
        assert_eq!((query(&[]), query(&["#"]), query(&["\""])), (None, None, None));
        assert_eq!(query(&["x".repeat(500).as_str(), "z"]).as_deref(), Some("z"));
    }
}
