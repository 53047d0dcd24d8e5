//! A topic's search in Algolia's syntax. Pure.

use vigie_plugin::Clause;

/// Algolia refuses longer queries; leaving words out only widens one.
const MAX_QUERY_BYTES: usize = 480;

/// What a clause searches for: every word and phrase in quotes, which switches prefix matching off and keeps phrases together.
///
/// `#x` and `@x` are searched as `x`, because the index drops the sign. What the clause excludes is not sent: the index splits
/// words in its own way, and a mention lost there would never be seen.
#[must_use]
pub fn query(clause: &Clause) -> String {
    let mut query = String::new();
    for term in &clause.all {
        let words: Vec<&str> =
            term.trim_start_matches(['#', '@']).split([' ', '"', '\t', '\n']).filter(|word| !word.is_empty()).collect();
        let quoted = format!("\"{}\"", words.join(" "));
        if words.is_empty() || query.len() + quoted.len() >= MAX_QUERY_BYTES {
            continue;
        }
        if !query.is_empty() {
            query.push(' ');
        }
        query.push_str(&quoted);
    }
    query
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_phrases_are_quoted_and_signs_dropped() {
        let clause =
            |all: &[&str]| Clause { all: all.iter().map(|term| (*term).to_owned()).collect(), none: vec!["looney".into()] };
        assert_eq!(query(&clause(&["acme phone", "#Battery", "@acme", "x\"y", "#"])), r#""acme phone" "Battery" "acme" "x y""#);
        assert_eq!(query(&clause(&[])), "");
        assert!(query(&clause(&["é".repeat(200).as_str(), "x".repeat(400).as_str(), "z"])).ends_with("\"z\""));
    }
}
