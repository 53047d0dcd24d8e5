//! How the services' own searches match: words folded, the last or every word as a prefix, quoted phrases, exclusions.
//! This is the services' looser matching, on purpose not Vigie's: what comes back must be matched again.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Lower case, accents dropped, split at everything that is no letter or digit.
pub(crate) fn tokens(text: &str) -> Vec<String> {
    let folded: String = text.nfkd().filter(|character| !is_combining_mark(*character)).flat_map(char::to_lowercase).collect();
    folded.split(|character: char| !character.is_alphanumeric()).filter(|token| !token.is_empty()).map(str::to_owned).collect()
}

/// One part of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Term {
    words: Vec<String>,
    prefix: bool,
    excluded: bool,
    /// May be missing, as Algolia's `optionalWords`.
    pub(crate) optional: bool,
}

/// Splits a search line into terms. `prefix_all` lets every unquoted word match the beginning of a longer one, otherwise only the
/// last one does.
pub(crate) fn terms(line: &str, prefix_all: bool) -> Vec<Term> {
    let mut found: Vec<Term> = Vec::new();
    for (at, part) in line.split('"').enumerate() {
        if at % 2 == 1 {
            let excluded = line.split('"').nth(at - 1).is_some_and(|before| before.ends_with('-'));
            found.push(Term { words: tokens(part), prefix: false, excluded, optional: false });
            continue;
        }
        for word in part.split_whitespace().filter(|word| *word != "-") {
            let excluded = word.starts_with('-');
            found.extend(tokens(word).into_iter().map(|token| Term {
                words: vec![token],
                prefix: prefix_all,
                excluded,
                optional: false,
            }));
        }
    }
    let ends_quoted = line.trim_end().ends_with('"');
    if let Some(last) = found.last_mut().filter(|_| !ends_quoted) {
        last.prefix = true;
    }
    found.retain(|term| !term.words.is_empty());
    found
}

impl Term {
    /// Whether the term is exactly this one word.
    pub(crate) fn is_word(&self, word: &str) -> bool {
        self.words.len() == 1 && self.words[0] == word
    }

    fn occurs(&self, text: &[String]) -> bool {
        let mut windows = text.windows(self.words.len());
        if self.prefix {
            return windows.any(|window| window.iter().zip(&self.words).all(|(token, word)| token.starts_with(word.as_str())));
        }
        windows.any(|window| window == self.words)
    }
}

/// Whether a text with these tokens is found: every required term, none excluded, and one optional term if there are only those.
pub(crate) fn found(text: &[String], terms: &[Term]) -> bool {
    let (excluded, wanted): (Vec<_>, Vec<_>) = terms.iter().partition(|term| term.excluded);
    let (optional, required): (Vec<_>, Vec<_>) = wanted.into_iter().partition(|term| term.optional);
    required.iter().all(|term| term.occurs(text))
        && (!required.is_empty() || optional.is_empty() || optional.iter().any(|term| term.occurs(text)))
        && !excluded.iter().any(|term| term.occurs(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn searches_match_as_the_services_do() {
        let text = tokens("Le Lumio 5 a surchauffé hier");
        let hit = |line: &str| found(&text, &terms(line, false));
        assert!(hit("lumio"));
        assert!(hit("lum"), "the last word is a prefix");
        assert!(!hit("lum hier"), "others are not");
        assert!(found(&text, &terms("lum hier", true)));
        assert!(hit("\"lumio 5\""));
        assert!(!hit("\"lum\""), "a phrase has whole words");
        assert!(!hit("\"5 lumio\""));
        assert!(!hit("lumio -hier"));
        assert!(!hit("lumio -\"a surchauffe\""));
        assert!(hit(""), "an empty search finds all");
    }

    #[test]
    fn of_optional_words_one_is_enough() {
        let text = tokens("an ostra nova");
        let mut two = terms("ostra pyrel", false);
        assert!(!found(&text, &two));
        two.iter_mut().for_each(|term| term.optional = true);
        assert!(found(&text, &two));
    }
}
