//! A topic's search in NodeBB's words. Pure.

use vigie_plugin::Clause;

/// NodeBB's database search looks for single words of at least this length.
const MIN_CHARS: usize = 2;
const MAX_BYTES: usize = 200;

/// What a clause searches for: its words, all of which must occur. Phrases are their words, `#x` and `@x` are `x`, and what is excluded is
/// not sent, because the search has no signs for any of these. `None` where nothing is left.
pub(crate) fn query(clause: &Clause) -> Option<String> {
    let mut words: Vec<&str> = Vec::new();
    let mut length = 0;
    for term in &clause.all {
        for word in term.split(|c: char| c.is_whitespace() || c == '"') {
            let word = word.trim_start_matches(['#', '@']);
            if word.chars().count() < MIN_CHARS || words.contains(&word) || length + word.len() > MAX_BYTES {
                continue;
            }
            length += word.len() + 1;
            words.push(word);
        }
    }
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_alone_are_sent() {
        let query =
            |all: &[&str]| query(&Clause { all: all.iter().map(|term| (*term).to_owned()).collect(), none: vec!["x".into()] });
        assert_eq!(query(&["acme phone", "#battery", "@acme", "acme"]).as_deref(), Some("acme phone battery"));
        assert_eq!((query(&["x", "#"]), query(&[])), (None, None));
        assert!(query(&["word"; 500]).is_some_and(|query| query.len() <= MAX_BYTES));
    }
}
