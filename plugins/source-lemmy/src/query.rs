//! A topic's search as the server takes it. Pure.

use vigie_plugin::Clause;

/// The server refuses shorter ones.
const MIN_CHARS: usize = 3;

/// What a clause searches for; `None` where it has no term long enough.
///
/// The server looks for the words anywhere, in one piece as they stand: so the longest term is sent alone, which finds more than the
/// clause, never less. `#x` and `@x` are searched as `x`.
#[must_use]
pub fn query(clause: &Clause) -> Option<String> {
    let terms =
        clause.all.iter().map(|term| term.trim_start_matches(['#', '@']).split_whitespace().collect::<Vec<_>>().join(" "));
    // Chinese and Japanese words are short and searched as they are.
    let enough = |term: &String| term.chars().count() >= if term.is_ascii() { MIN_CHARS } else { 1 };
    terms.filter(enough).max_by_key(String::len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_term_is_sent_alone() {
        let query =
            |all: &[&str]| query(&Clause { all: all.iter().map(|term| (*term).to_owned()).collect(), none: vec!["x".into()] });
        assert_eq!(query(&["acme", "acme  phone", "#hot"]).as_deref(), Some("acme phone"));
        assert_eq!(query(&["@ada", "hp"]).as_deref(), Some("ada"));
        assert_eq!(query(&["手机"]).as_deref(), Some("手机"));
        assert_eq!((query(&["hp"]), query(&[])), (None, None));
    }
}
