//! From the spelling of a word or phrase to its patterns.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use crate::diagnostic::Diagnostic;
use crate::syntax::{Pattern, Words};
use crate::text::{Tokens, is_ignorable, is_word, stands_alone};

/// Where a spelling stands, which decides what wildcards may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Word,
    Phrase,
    /// A phrase followed by `~n`.
    Window,
}

/// Reads a word or the inside of a phrase; `None` if it holds nothing to search for or `found` got an error.
pub(crate) fn read(text: &str, style: Style, span: &Range<usize>, found: &mut Vec<Diagnostic>) -> Option<Words> {
    let tokens = Tokens::scan(text, true);
    let mut patterns = Vec::with_capacity(tokens.len());
    let mut sound = true;
    for index in 0..tokens.len() {
        let form = tokens.form(index);
        let wild = form.contains(['*', '?']);
        let before = text.get(..tokens.bytes(index, index + 1).start).and_then(|before| before.chars().next_back());
        if wild && let Some(error) = misplaced(form, before, style, span) {
            found.push(error);
            sound = false;
        }
        if wild && sound && style == Style::Phrase && form.ends_with('?') {
            found.push(
                Diagnostic::new(
                    "W306",
                    span.clone(),
                    format!("`?` in `{form}` stands for one more character, it is not read as punctuation"),
                )
                .hint(format!("to search the words alone, write `{}`", form.trim_end_matches('?'))),
            );
        }
        patterns.push(Pattern { sigil: tokens.sigil(index), text: form.to_owned(), wild, goes_on: tokens.goes_on(index) });
    }
    if !sound || patterns.is_empty() {
        return None;
    }
    Some(Words { patterns, written: text.split_whitespace().collect::<Vec<_>>().join(" ") })
}

/// What is wrong with the wildcards of a token, which stands behind `before`.
fn misplaced(form: &str, before: Option<char>, style: Style, span: &Range<usize>) -> Option<Diagnostic> {
    let error = |code, message: String, hint: &str| Some(Diagnostic::new(code, span.clone(), message).hint(hint));
    if form.starts_with(['*', '?'])
        && let Some(before) = before.filter(|c| !c.is_whitespace())
    {
        let sign = &form[..1];
        let (why, hint) = if stands_alone(before) || is_combining_mark(before) {
            ("each character of this script is a word of its own", format!("leave the `{sign}` out"))
        } else {
            ("this character separates words", format!("write more of the word before `{sign}`, or leave it out"))
        };
        return error(
            "E111",
            format!("a wildcard needs 3 characters before it, and behind `{before}` it has none: {why}"),
            &hint,
        );
    }
    if form.starts_with(['*', '?']) {
        let hint =
            "put the wildcard after the beginning of the word, as in `car*`; to ask whether a field has a value, use `exists:`";
        return error("E110", format!("a wildcard cannot start a word: `{form}`"), hint);
    }
    if style == Style::Window {
        return error(
            "E112",
            format!("the wildcard of `{form}` stands inside a `~` phrase"),
            "use NEAR between the words, which takes wildcards",
        );
    }
    let before = form.find('*')?;
    let letters = form.get(..before).unwrap_or("").chars().count();
    if before + 1 != form.len() {
        return error(
            "E113",
            format!("`*` stands inside the word `{form}`"),
            "`*` ends a word; use `?` for each single character inside",
        );
    }
    if letters < 3 {
        return error(
            "E111",
            format!("a wildcard needs 3 characters before `*`: `{form}` has {letters}"),
            "write more of the word, or the words themselves with OR",
        );
    }
    None
}

impl Words {
    /// A text without wildcards as a phrase. Without a token it occurs nowhere.
    pub(crate) fn exact(text: &str) -> Self {
        let tokens = Tokens::scan(text, false);
        let pattern = |index| Pattern {
            sigil: tokens.sigil(index),
            text: tokens.form(index).to_owned(),
            wild: false,
            goes_on: tokens.goes_on(index),
        };
        Self { patterns: (0..tokens.len()).map(pattern).collect(), written: text.to_owned() }
    }

    /// Each pattern as the query spells it.
    pub(crate) fn spelled(&self) -> Vec<String> {
        let tokens = Tokens::scan(&self.written, true);
        let spell = |(index, pattern): (usize, &Pattern)| {
            // The beginning of a hashtag is no hashtag, but its word is there.
            if pattern.goes_on {
                return pattern.text.clone();
            }
            let own =
                Pattern { text: self.written.get(tokens.bytes(index, index + 1)).unwrap_or("").to_owned(), ..pattern.clone() };
            // A character that unfolds to several tokens is spelled folded.
            let single = Self::exact(&own.to_string());
            if single.patterns.as_slice() == [pattern.clone()] { own.to_string() } else { pattern.to_string() }
        };
        self.patterns.iter().enumerate().map(spell).collect()
    }
}

/// Whether exact characters have something that also is a token.
pub(crate) fn has_token(text: &str) -> bool {
    Tokens::scan(text, false).len() > 0
}

/// Where exact characters occur in a text: not inside longer words, on the sides where the pattern has a letter or digit.
pub(crate) fn raw_places<'a>(pattern: &'a str, text: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
    let step = pattern.chars().next().map_or(1, char::len_utf8);
    let mut from = 0;
    std::iter::from_fn(move || {
        while !pattern.is_empty() {
            let start = from + text.get(from..)?.find(pattern)?;
            let end = start + pattern.len();
            from = start + step;
            let before = text.get(..start).and_then(|before| before.chars().rev().find(|&c| !is_ignorable(c)));
            let after = text.get(end..).and_then(|after| after.chars().find(|&c| !is_ignorable(c)));
            if border(before, pattern.chars().next()) && border(pattern.chars().next_back(), after) {
                return Some(start..end);
            }
        }
        None
    })
}

/// Whether what is exact can end between two characters: one of them is no letter or digit, as `_` is none, or stands alone, as each
/// character of a script without spaces does.
fn border(left: Option<char>, right: Option<char>) -> bool {
    let is_letter = |c: char| is_word(c) && c != '_';
    match (left, right) {
        (Some(left), Some(right)) if is_letter(left) && is_letter(right) => {
            !is_combining_mark(right) && (stands_alone(left) || stands_alone(right))
        }
        _ => true,
    }
}
