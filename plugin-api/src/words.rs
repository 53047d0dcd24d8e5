//! A clause for services whose search knows words and nothing else.

use crate::Clause;

/// Longest search that is sent; leaving words out only widens one.
const MAX_BYTES: usize = 200;

/// What a clause searches for: its words of at least `min_chars` characters, all of which must occur.
///
/// # Shape
/// Phrases are their words, `#x` and `@x` are `x`, and what is excluded is not sent: the host matches exactly. `None` where nothing is
/// left.
///
/// # Examples
/// ```
/// use vigie_plugin::{Clause, words};
/// let clause = Clause { all: vec!["acme phone".into(), "#battery".into()], none: vec!["looney".into()] };
/// assert_eq!(words::of(&clause, 3).as_deref(), Some("acme phone battery"));
/// ```
#[must_use]
pub fn of(clause: &Clause, min_chars: usize) -> Option<String> {
    let mut words: Vec<&str> = Vec::new();
    let mut length = 0;
    for term in &clause.all {
        for word in term.split(|c: char| c.is_whitespace() || c == '"') {
            let word = word.trim_start_matches(['#', '@']);
            if word.chars().count() < min_chars || words.contains(&word) || length + word.len() > MAX_BYTES {
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
    fn words_alone_are_left() {
        let of = |all: &[&str], min| {
            of(&Clause { all: all.iter().map(|term| (*term).to_owned()).collect(), none: vec!["x".into()] }, min)
        };
        assert_eq!(of(&["acme phone", "#battery", "@acme", "acme"], 3).as_deref(), Some("acme phone battery"));
        assert_eq!((of(&["x", "#", "hp"], 3), of(&["hp"], 2).as_deref(), of(&[], 1)), (None, Some("hp"), None));
        let many: Vec<String> = (0..500).map(|number| format!("word{number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(of(&many, 2).is_some_and(|query| query.len() <= MAX_BYTES));
    }
}
