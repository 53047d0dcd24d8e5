//! From a text to the words that rules look at.

/// One word, emoji or emoticon.
#[derive(Debug, Clone, PartialEq)]
pub struct Token<'a> {
    /// As written.
    pub raw: &'a str,
    /// Lower case, without apostrophes inside.
    pub word: String,
    /// Begins a new sentence, line or clause: rules do not reach over it.
    pub starts_clause: bool,
}

/// Splits a text into words, emoji and emoticons.
///
/// # Shape
/// Addresses and handles are left out; of a hashtag its word stays. French elisions are split (`j'adore` = `j`, `adore`); in English
/// the apostrophe is dropped (`don't` = `dont`), which [`crate::rules`] expects.
#[must_use]
pub fn tokens(text: &str, split_elisions: bool) -> Vec<Token<'_>> {
    let mut out = Vec::new();
    let mut starts_clause = true;
    for line in text.split('\n') {
        for chunk in line.split_whitespace() {
            if chunk.starts_with('@')
                || chunk.starts_with("http://")
                || chunk.starts_with("https://")
                || chunk.starts_with("www.")
            {
                continue;
            }
            if is_emoticon(chunk) {
                out.push(Token { raw: chunk, word: chunk.to_ascii_lowercase(), starts_clause });
                starts_clause = false;
                continue;
            }
            let inside = |char: char| char.is_alphanumeric() || matches!(char, '\'' | '’' | '-');
            let mut rest = chunk;
            while let Some(char) = rest.chars().next() {
                if inside(char) && char != '-' && char != '\'' && char != '’' {
                    let end = rest.find(|char: char| !inside(char)).unwrap_or(rest.len());
                    let (piece, after) = rest.split_at(end);
                    push_words(piece, split_elisions, &mut starts_clause, &mut out);
                    rest = after;
                } else {
                    let (mark, after) = rest.split_at(char.len_utf8());
                    if crate::lexicon::emoji(char).is_some() {
                        out.push(Token { raw: mark, word: mark.to_owned(), starts_clause });
                    }
                    starts_clause |= matches!(char, '.' | '!' | '?' | '…' | ';' | ',' | ':' | '(' | ')');
                    rest = after;
                }
            }
        }
        starts_clause = true;
    }
    out
}

fn push_words<'a>(piece: &'a str, split_elisions: bool, starts_clause: &mut bool, out: &mut Vec<Token<'a>>) {
    let mut push = |raw: &'a str, word: String| {
        if !word.is_empty() {
            out.push(Token { raw, word, starts_clause: std::mem::take(starts_clause) });
        }
    };
    let piece = piece.trim_end_matches(['-', '\'', '’']);
    if split_elisions {
        for raw in piece.split(['\'', '’', '-']) {
            push(raw, raw.to_lowercase());
        }
    } else {
        push(piece, piece.to_lowercase().replace(['\'', '’'], ""));
    }
}

/// Faces drawn with punctuation: eyes and a mouth, as VADER's list has them, and hearts.
fn is_emoticon(chunk: &str) -> bool {
    (2..=4).contains(&chunk.len())
        && chunk.is_ascii()
        && (chunk == "<3"
            || (chunk.starts_with([':', ';', '='])
                && chunk.ends_with([')', '(', 'D', 'P', 'p', '/', '|', '*', '3', 'o', 'O', '\\'])))
}

/// A word without its accents, if it has any of those that French and its neighbours use.
#[must_use]
pub fn fold(word: &str) -> Option<String> {
    let plain = |char| {
        Some(match char {
            'à' | 'â' | 'ä' => "a",
            'ç' => "c",
            'é' | 'è' | 'ê' | 'ë' => "e",
            'î' | 'ï' => "i",
            'ô' | 'ö' => "o",
            'ù' | 'û' | 'ü' => "u",
            'œ' => "oe",
            'æ' => "ae",
            _ => return None,
        })
    };
    word.chars().any(|char| plain(char).is_some()).then(|| {
        word.chars().fold(String::new(), |mut folded, char| {
            match plain(char) {
                Some(letters) => folded.push_str(letters),
                None => folded.push(char),
            }
            folded
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str, split: bool) -> Vec<String> {
        tokens(text, split).into_iter().map(|token| token.word).collect()
    }

    #[test]
    fn names_and_addresses_are_left_out() {
        assert_eq!(
            words("@acme #Great https://a.example/love Don't :) well-made😍!", false),
            ["great", "dont", ":)", "well-made", "😍"]
        );
        assert_eq!(words("J'adore l’écran, n'est-ce pas ?", true), ["j", "adore", "l", "écran", "n", "est", "ce", "pas"]);
        assert_eq!(words("' - ''", false), Vec::<String>::new());
    }

    #[test]
    fn clauses_begin_after_marks_and_lines() {
        let starts: Vec<bool> = tokens("a b. c\nd, e", false).iter().map(|token| token.starts_clause).collect();
        assert_eq!(starts, [true, false, true, true, true]);
    }

    #[test]
    fn accents_fold_only_where_there_are_some() {
        assert_eq!(fold("déçu").as_deref(), Some("decu"));
        assert_eq!(fold("cœur").as_deref(), Some("coeur"));
        assert_eq!(fold("plain"), None);
    }
}
