//! One way to write what phones and web pages write in several: apostrophes, spaces, accents that stand by themselves.

use std::borrow::Cow;
use std::ops::Range;

/// A text folded, with the way back to where everything stood.
#[derive(Debug)]
pub(crate) struct Folded<'t> {
    text: Cow<'t, str>,
    /// Of each byte of the folded text and its end, where it stood; empty where nothing was folded.
    places: Vec<usize>,
}

impl<'t> Folded<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        if !needs_folding(text) {
            return Self { text: Cow::Borrowed(text), places: Vec::new() };
        }
        let (mut folded, mut places) = (String::with_capacity(text.len()), Vec::with_capacity(text.len() + 1));
        each_folded(text, |at, char| {
            folded.push(char);
            places.resize(folded.len(), at);
        });
        places.push(text.len());
        Self { text: Cow::Owned(folded), places }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Where a part of the folded text stands in the text itself, with the accents behind its last letter.
    pub(crate) fn place(&self, at: Range<usize>) -> Range<usize> {
        match (self.places.get(at.start), self.places.get(at.end)) {
            (Some(&start), Some(&end)) => start..end,
            _ => at,
        }
    }
}

/// A name with the signs of a folded text.
pub(crate) fn fold_signs(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    each_folded(name, |_, char| folded.push(char));
    folded
}

fn needs_folding(text: &str) -> bool {
    let mut before = b'x';
    text.bytes().any(|byte| {
        // Signs and marks begin with these bytes: no-break space, marks, general punctuation, ideographic space.
        let folds =
            matches!(byte, b'\t'..=b'\r' | 0xc2 | 0xca | 0xcc | 0xcd | 0xe2 | 0xe3 | 0xef) || (byte == b' ' && before == b' ');
        before = byte;
        folds
    })
}

/// Calls `emit` with each character that is left and where it stood: one space for any, one apostrophe, accents with their letter.
fn each_folded(text: &str, mut emit: impl FnMut(usize, char)) {
    let mut spaced = false;
    let mut chars = text.char_indices().peekable();
    while let Some((at, char)) = chars.next() {
        if char.is_whitespace() {
            if !spaced {
                emit(at, ' ');
            }
            spaced = true;
            continue;
        }
        spaced = false;
        let char = match char {
            '’' | '‘' | 'ʼ' | '´' | '＇' => '\'',
            other => other,
        };
        match chars.peek() {
            Some((_, mark @ '\u{300}'..='\u{36f}')) => {
                emit(at, composed(char, *mark).unwrap_or(char));
                while chars.next_if(|(_, char)| matches!(char, '\u{300}'..='\u{36f}')).is_some() {}
            }
            _ => emit(at, char),
        }
    }
}

/// A letter with an accent, of those names in Latin letters have most.
fn composed(letter: char, mark: char) -> Option<char> {
    let (letters, composed) = match mark {
        '\u{300}' => ("aeiouAEIOU", "àèìòùÀÈÌÒÙ"),
        '\u{301}' => ("aeiouyAEIOUYcnszCNSZ", "áéíóúýÁÉÍÓÚÝćńśźĆŃŚŹ"),
        '\u{302}' => ("aeiouAEIOU", "âêîôûÂÊÎÔÛ"),
        '\u{303}' => ("anoANO", "ãñõÃÑÕ"),
        '\u{306}' => ("agиAG", "ăğйĂĞ"),
        '\u{307}' => ("zZ", "żŻ"),
        '\u{308}' => ("aeiouyAEIOUе", "äëïöüÿÄËÏÖÜё"),
        '\u{30a}' => ("auAU", "åůÅŮ"),
        '\u{30b}' => ("ouOU", "őűŐŰ"),
        '\u{30c}' => ("cdenrstzCDENRSTZ", "čďěňřšťžČĎĚŇŘŠŤŽ"),
        '\u{327}' => ("csCS", "çşÇŞ"),
        '\u{328}' => ("aeAE", "ąęĄĘ"),
        _ => return None,
    };
    letters.chars().zip(composed.chars()).find(|(one, _)| *one == letter).map(|(_, composed)| composed)
}
