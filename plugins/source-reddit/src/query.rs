//! A topic's search in Reddit's syntax. Pure.

use vigie_plugin::Clause;

/// Reddit refuses longer queries.
const MAX_QUERY_BYTES: usize = 500;

/// What a clause searches for; `None` where nothing of it can be searched.
///
/// Every word and phrase is quoted, which keeps phrases together and takes `AND`, `author:` and the like for words; apart by spaces all
/// of them are wanted. `#x` and `@x` are searched as `x`. What the clause excludes is not sent: Reddit would look for it in stemmed
/// words, and a submission lost there would never be seen. Words that make the query too long are left out, which only widens it.
#[must_use]
pub fn query(clause: &Clause) -> Option<String> {
    let mut query = String::new();
    for term in &clause.all {
        let words: Vec<&str> = term
            .trim_start_matches(['#', '@'])
            .split(|char: char| char.is_whitespace() || matches!(char, '"' | '\\'))
            .filter(|word| !word.is_empty())
            .collect();
        let quoted = format!("\"{}\"", words.join(" "));
        if words.is_empty() || query.len() + quoted.len() >= MAX_QUERY_BYTES {
            continue;
        }
        if !query.is_empty() {
            query.push(' ');
        }
        query.push_str(&quoted);
    }
    (!query.is_empty()).then_some(query)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_phrases_are_quoted_and_signs_dropped() {
        let query =
            |all: &[&str]| query(&Clause { all: all.iter().map(|term| (*term).to_owned()).collect(), none: vec!["x".into()] });
        assert_eq!(
            query(&["acme phone", "#Acme", "author:bo", "a\"b\\"]).as_deref(),
            Some(r#""acme phone" "Acme" "author:bo" "a b""#)
        );
        assert_eq!((query(&[]), query(&["@", " "])), (None, None));
        let long = ["x".repeat(600), "y".repeat(300), "z".repeat(300), "end".to_owned()];
        let long = query(&long.iter().map(String::as_str).collect::<Vec<_>>()).expect("a query");
        assert!(long.len() <= MAX_QUERY_BYTES && long.ends_with("\"end\""), "{long}");
    }
}
