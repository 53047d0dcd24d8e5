//! A topic's search as a hashtag, which is all that Instagram can search. Pure.

use vigie_plugin::Clause;

/// The one hashtag of a clause that tells most: a hashtag it names, else its longest word or phrase, written together. `None` where
/// the clause has only handles and signs.
///
/// A post found this way need not hold the clause's other words, and one that holds them need not have the hashtag: the host filters
/// the first, and nobody can find the second.
#[must_use]
pub fn hashtag(clause: &Clause) -> Option<String> {
    let named = clause.all.iter().filter(|term| term.starts_with('#'));
    let words = clause.all.iter().filter(|term| !term.starts_with(['#', '@']));
    longest(named).or_else(|| longest(words))
}

fn longest<'a>(terms: impl Iterator<Item = &'a String>) -> Option<String> {
    terms.filter_map(|term| tag(term)).max_by_key(|tag| tag.chars().count())
}

/// Text as Instagram writes a hashtag: letters, digits and `_`, lower case, not digits alone. Emoji cannot be searched.
#[must_use]
pub fn tag(text: &str) -> Option<String> {
    let tag: String = text.chars().filter(|char| char.is_alphanumeric() || *char == '_').flat_map(char::to_lowercase).collect();
    (tag.chars().any(char::is_alphabetic) && tag.len() <= 200).then_some(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_telling_term_becomes_the_hashtag() {
        let tag = |all: &[&str]| {
            hashtag(&Clause { all: all.iter().map(|term| (*term).to_owned()).collect(), none: vec!["looney".to_owned()] })
        };
        assert_eq!(tag(&["battery life", "#Acme"]).as_deref(), Some("acme"));
        assert_eq!(tag(&["acme", "Acme Phone"]).as_deref(), Some("acmephone"));
        assert_eq!(tag(&["été-2026"]).as_deref(), Some("été2026"));
        assert_eq!((tag(&["@acme"]), tag(&["2026"]), tag(&["🔥"]), tag(&[])), (None, None, None, None));
    }
}
