//! A topic's search in YouTube's syntax. Pure.

use vigie_plugin::Search;

/// Longer queries are refused by proxies and browsers before YouTube; its own limit is not documented.
const MAX_QUERY_BYTES: usize = 400;

/// The queries that find everything the searches ask for, each once.
///
/// # Shape
/// Words and phrases of a clause are quoted, which keeps phrases together, and joined by spaces, which means all of them. Clauses of a
/// single term are joined by `|`, which means any: searches are scarce. `#x` and `@x` are searched as `x`, because the signs narrow
/// the search to titles or channels. What a clause excludes is not sent: YouTube would look for it in tags and captions, and a
/// mention lost there would never be seen. A clause without words asks for everything, which YouTube cannot be asked for.
///
/// # Source
/// YouTube Data API, `search.list`, parameter `q`.
#[must_use]
pub fn queries(searches: &[Search]) -> Vec<String> {
    let mut queries: Vec<String> = Vec::new();
    let mut single: Vec<String> = Vec::new();
    for clause in searches.iter().flat_map(|search| &search.any) {
        let mut terms: Vec<String> = Vec::new();
        let mut length = 0;
        for term in clause.all.iter().filter_map(|term| quoted(term)) {
            // Leaving a word out only widens the search.
            if length + term.len() < MAX_QUERY_BYTES && !terms.contains(&term) {
                length += term.len() + 1;
                terms.push(term);
            }
        }
        let (list, query) = match terms.as_slice() {
            [] => continue,
            [_] => (&mut single, terms.remove(0)),
            _ => (&mut queries, terms.join(" ")),
        };
        if !list.contains(&query) {
            list.push(query);
        }
    }
    let mut joined: Vec<String> = Vec::new();
    for term in single {
        match joined.last_mut() {
            Some(last) if last.len() + term.len() < MAX_QUERY_BYTES => {
                last.push('|');
                last.push_str(&term);
            }
            _ => joined.push(term),
        }
    }
    joined.extend(queries);
    joined
}

fn quoted(term: &str) -> Option<String> {
    let words: Vec<&str> = term
        .trim_start_matches(['#', '@'])
        .split(|char: char| char.is_whitespace() || matches!(char, '"' | '|'))
        .filter(|word| !word.is_empty())
        .collect();
    let phrase = words.join(" ");
    (!phrase.is_empty() && phrase.len() < MAX_QUERY_BYTES).then(|| format!("\"{phrase}\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use vigie_plugin::Clause;

    fn of(clauses: &[&[&str]]) -> Vec<String> {
        let clause = |all: &&[&str]| Clause { all: all.iter().map(|term| (*term).to_owned()).collect(), none: vec!["x".into()] };
        queries(&[Search { any: clauses.iter().map(clause).collect(), languages: vec![] }])
    }

    #[test]
    fn single_terms_share_a_search_and_others_have_their_own() {
        assert_eq!(
            of(&[&["acme phone"], &["#Acme"], &["acme", "battery life"], &["acme phone"], &["a|b\"c"], &[], &["@"]]),
            [r#""acme phone"|"Acme"|"a b c""#, r#""acme" "battery life""#]
        );
        assert!(of(&[&[], &["#"]]).is_empty());
    }

    #[test]
    fn what_is_too_long_is_split_or_left_out() {
        let words: Vec<String> = (0..100).map(|n| format!("word-number-{n}")).collect();
        let clauses: Vec<Vec<&str>> = words.iter().map(|word| vec![word.as_str()]).collect();
        let clauses: Vec<&[&str]> = clauses.iter().map(Vec::as_slice).collect();
        let split = of(&clauses);
        assert!(split.len() > 2 && split.iter().all(|query| query.len() <= MAX_QUERY_BYTES));
        assert_eq!(split.iter().map(|query| query.split('|').count()).sum::<usize>(), 100);
        let all: Vec<&str> = words.iter().map(String::as_str).collect();
        assert!(of(&[&all])[0].len() <= MAX_QUERY_BYTES);
        assert!(of(&[&["é".repeat(400).as_str()]]).is_empty());
    }
}
