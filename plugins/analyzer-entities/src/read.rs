//! A text as words that may be names.

use std::ops::Range;

/// Words read of a text; names further down are not looked for.
pub const MOST_WORDS: usize = 2_000;
/// Bytes of a word; a longer one is cut and is no name.
const LONGEST_WORD: usize = 64;

/// What a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Letters, digits and the signs between them.
    Word,
    /// Behind `@`.
    Handle,
    /// Behind `#`.
    Hashtag,
}

/// One word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// What it is.
    pub sort: Sort,
    /// Where it stands, in bytes; without `@`, `#` and a possessive `'s`.
    pub at: Range<usize>,
    /// Where it stands with its `@` or `#`.
    pub whole: Range<usize>,
    /// A sign stands between it and the word before, so that no name goes on over it.
    pub breaks: bool,
    /// Begins a sentence or a line, so that its capital says little.
    pub starts_sentence: bool,
}

/// Reads a text into words.
///
/// # Shape
/// Addresses are left out and break. `&`, `-`, `'`, `.` between letters belong to the word (`AT&T`, `T-Mobile`, `U.S`), a possessive
/// `'s` does not. `@ name` is read as `@name`, as some exports write it. At most [`MOST_WORDS`].
pub fn words(text: &str, words: &mut Vec<Word>) {
    words.clear();
    let bytes = text.as_bytes();
    let (mut at, mut end, mut breaks, mut starts) = (0, 0, true, true);
    while let Some(char) = text[at..].chars().next() {
        if words.len() == MOST_WORDS {
            return;
        }
        let before = at;
        let sign = match char {
            '@' => Some(Sort::Handle),
            '#' => Some(Sort::Hashtag),
            _ => None,
        };
        if sign.is_some() || char.is_alphanumeric() {
            let mut start = if sign.is_some() { at + 1 } else { at };
            if sign.is_some() && bytes.get(start) == Some(&b' ') {
                start += 1;
            }
            let sort = sign.unwrap_or(Sort::Word);
            if sort == Sort::Word && is_address(&text[at..]) {
                at += text[at..].find(char::is_whitespace).unwrap_or(text.len() - at);
                (breaks, starts, end) = (true, false, at);
                continue;
            }
            let length = length(&text[start..], sort);
            if length > 0 {
                // A gap of one space, or none behind a sign, joins.
                let joined = before == end || (before == end + 1 && bytes[end] == b' ');
                words.push(Word {
                    sort,
                    at: start..start + length,
                    whole: before..start + length,
                    breaks: breaks || !joined || sort != Sort::Word,
                    starts_sentence: starts,
                });
                at = start + length;
                (breaks, starts, end) = (sort != Sort::Word, false, at);
                // The `'s` of a possessive ends a name.
                let rest = &text[at..];
                if let Some(after) = ["'s", "’s", "'S", "’S"].iter().find_map(|s| rest.strip_prefix(s))
                    && !after.starts_with(char::is_alphanumeric)
                {
                    at = text.len() - after.len();
                    (breaks, end) = (true, at);
                }
                continue;
            }
        }
        if char != ' ' {
            breaks = true;
            starts |= matches!(char, '.' | '!' | '?' | '…' | '\n' | '"' | '“' | '«' | ':');
        }
        at += char.len_utf8();
    }
}

/// Whether a word begins an address.
fn is_address(rest: &str) -> bool {
    ["http://", "https://", "www."]
        .iter()
        .any(|start| rest.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start)))
}

/// The length of the word at the start of `rest`.
fn length(rest: &str, sort: Sort) -> usize {
    let mut end = 0;
    let mut chars = rest.char_indices().peekable();
    while let Some((at, char)) = chars.next() {
        if at >= LONGEST_WORD {
            break;
        }
        let next_is_letter = chars.peek().is_some_and(|(_, next)| next.is_alphanumeric());
        let inside = match sort {
            Sort::Word => matches!(char, '&' | '-' | '\'' | '’' | '.') && at > 0 && next_is_letter,
            Sort::Handle => char == '_' || (matches!(char, '.' | '-' | '@') && at > 0 && next_is_letter),
            Sort::Hashtag => char == '_',
        };
        // `Acme's` is `Acme`: the sign belongs to the possessive.
        let possessive = matches!(char, '\'' | '’') && {
            let mut after = rest[at + char.len_utf8()..].chars();
            matches!(after.next(), Some('s' | 'S')) && !after.next().is_some_and(char::is_alphanumeric)
        };
        if !(char.is_alphanumeric() || inside) || possessive {
            break;
        }
        end = at + char.len_utf8();
    }
    end
}

/// A text in small letters with every letter where it was: those whose small form is longer or shorter stay as they are.
pub fn lower_in_place(text: &str, lower: &mut String) {
    lower.clear();
    for char in text.chars() {
        let mut small = char.to_lowercase();
        match (small.next(), small.next()) {
            (Some(small), None) if small.len_utf8() == char.len_utf8() => lower.push(small),
            _ => lower.push(char),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(Sort, &str, bool)> {
        let mut read = Vec::new();
        words(text, &mut read);
        read.into_iter().map(|word| (word.sort, &text[word.at], word.breaks)).collect()
    }

    #[test]
    fn words_are_read() {
        use Sort::{Handle, Hashtag, Word};
        assert_eq!(
            read("AT&T's T-Mobile, see https://a.example/B @acme_fr @ MAS #Été U.S. 'Don't'"),
            [
                (Word, "AT&T", true),
                (Word, "T-Mobile", true),
                (Word, "see", true),
                (Handle, "acme_fr", true),
                (Handle, "MAS", true),
                (Hashtag, "Été", true),
                (Word, "U.S", true),
                (Word, "Don't", true),
            ]
        );
        assert_eq!(read("New York is"), [(Word, "New", true), (Word, "York", false), (Word, "is", false)]);
        for odd in ["", "@", "#", "@ ", "'", "'s", "a's", "www.", "http://", "&&", "İ", "@@a", "a@b.example", "\u{200d}"] {
            read(odd);
        }
        assert_eq!(read(&"a ".repeat(10_000)).len(), MOST_WORDS);
        assert!(read(&"a".repeat(10_000)).iter().all(|(_, word, _)| word.len() <= LONGEST_WORD));
    }

    #[test]
    fn small_letters_stand_where_capitals_stood() {
        let mut lower = String::new();
        for text in ["ÉTÉ Acme", "İstanbul ẞ", ""] {
            lower_in_place(text, &mut lower);
            assert_eq!(lower.len(), text.len(), "{text}");
        }
        lower_in_place("ÉTÉ Acme", &mut lower);
        assert_eq!(lower, "été acme");
    }
}
