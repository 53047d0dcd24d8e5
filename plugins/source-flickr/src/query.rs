//! A topic's search as Flickr's words. Pure.

use vigie_plugin::Clause;

/// Longer searches are cut, which finds more.
const MAX_QUERY_BYTES: usize = 400;

/// The words of a clause, all of which title, description or tags must hold; `None` where there are none.
///
/// Phrases are sent as their words, because a tag joins or drops them: the host looks for the phrase. `#x` and `@x` are searched as
/// `x`. What the clause excludes is not sent: Flickr would look for it in tags that the host does not see as words.
#[must_use]
pub fn query(clause: &Clause) -> Option<String> {
    let mut query = String::new();
    for term in &clause.all {
        // A sign in front of a word would exclude it or make it a command.
        for word in term.split(|char: char| !char.is_alphanumeric() && char != '_').filter(|word| !word.is_empty()) {
            let known = query.split(' ').any(|known| known == word);
            if !known && query.len() + word.len() < MAX_QUERY_BYTES {
                if !query.is_empty() {
                    query.push(' ');
                }
                query.push_str(word);
            }
        }
    }
    (!query.is_empty()).then_some(query)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_become_words() {
        let query = |all: &[&str]| {
            query(&Clause { all: all.iter().map(|term| (*term).to_owned()).collect(), none: vec!["x".to_owned()] })
        };
        assert_eq!(query(&["acme phone", "#acme", "@acme_uk", "-looney"]).as_deref(), Some("acme phone acme_uk looney"));
        assert_eq!(query(&["c++", "été"]).as_deref(), Some("c été"));
        assert_eq!((query(&[]), query(&["#", "…"])), (None, None));
        assert!(query(&["x".repeat(500).as_str(), "z"]).as_deref() == Some("z"));
    }
}
