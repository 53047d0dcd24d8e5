//! A topic's search as hashtags, and in the syntax of the full-text search. Pure.

use vigie_plugin::Clause;

/// A tag timeline takes no more tags than these, the first one included.
const MAX_TAGS: usize = 4;
const MAX_QUERY_CHARS: usize = 400;

/// A hashtag without its sign, as it stands in an address: letters, digits and underscores, one letter at least. Blanks between the
/// words of a phrase go, as people write it. `None` for what can be no hashtag.
#[must_use]
pub fn tag(term: &str) -> Option<String> {
    let joined: String = term.trim().trim_start_matches(['#', '@']).split_whitespace().collect();
    let good = joined.chars().all(|char| char.is_alphanumeric() || char == '_') && joined.chars().any(char::is_alphabetic);
    good.then_some(joined)
}

/// The hashtags that lead to what a clause asks for: those it names, which must all be there; or else the one its longest term
/// would be. Empty where nothing can be a hashtag.
#[must_use]
pub fn tags(clause: &Clause) -> Vec<String> {
    let mut named: Vec<String> = clause.all.iter().filter(|term| term.starts_with('#')).filter_map(|term| tag(term)).collect();
    named.dedup_by_key(|tag| tag.to_lowercase());
    named.truncate(MAX_TAGS);
    if !named.is_empty() {
        return named;
    }
    clause.all.iter().filter_map(|term| tag(term)).max_by_key(String::len).into_iter().collect()
}

/// What a clause searches for; `None` where it has no words.
///
/// Everything is quoted: unquoted words are stemmed, and `from:`, `-x` and the like are commands. What the clause excludes is not
/// sent, because it would be looked for in stemmed words.
#[must_use]
pub fn text(clause: &Clause) -> Option<String> {
    let mut query = String::new();
    for term in &clause.all {
        let words: Vec<&str> = term
            .trim_start_matches(['#', '@'])
            .split(|char: char| char.is_whitespace() || char == '"')
            .filter(|word| !word.is_empty())
            .collect();
        let phrase = format!("\"{}\"", words.join(" "));
        if words.is_empty() || query.chars().count() + phrase.chars().count() >= MAX_QUERY_CHARS {
            continue;
        }
        if !query.is_empty() {
            query.push(' ');
        }
        query.push_str(&phrase);
    }
    (!query.is_empty()).then_some(query)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clause(all: &[&str]) -> Clause {
        Clause { all: all.iter().map(|term| (*term).to_owned()).collect(), none: vec!["looney".into()] }
    }

    #[test]
    fn hashtags_lead_and_else_the_longest_word() {
        assert_eq!(tags(&clause(&["#Acme", "battery", "#phone"])), ["Acme", "phone"]);
        assert_eq!(tags(&clause(&["acme phone", "hot"])), ["acmephone"]);
        assert_eq!(tags(&clause(&["c++", "#1", "été"])), ["été"]);
        assert_eq!(tags(&clause(&["c++"])), Vec::<String>::new());
        assert_eq!(tags(&clause(&["#a", "#b", "#c", "#d", "#e"])).len(), 4);
    }

    #[test]
    fn words_are_quoted_and_exclusions_stay_with_the_host() {
        assert_eq!(
            text(&clause(&["acme phone", "#hot", "from:me", "a\"b"])).as_deref(),
            Some(r#""acme phone" "hot" "from:me" "a b""#)
        );
        assert_eq!(text(&clause(&["#"])), None);
        assert!(text(&clause(&["x".repeat(500).as_str(), "z"])).is_some_and(|query| query == "\"z\""));
    }
}
