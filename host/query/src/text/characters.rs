//! What characters are, and what folding makes of them.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, is_combining_mark};

/// Folds a whole text, separators kept: for values that are compared as a whole.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    fold_chars(text).collect()
}

/// NFKC, full case folding, accents off. Lower, upper, lower again is full case folding for every letter that has it
/// (`ẞ`, `ß` and `SS` meet in `ss`, the three sigmas in `σ`), and also brings the dotless `ı` to `i`.
pub(super) fn fold_chars(text: &str) -> impl Iterator<Item = char> + '_ {
    text.nfkc()
        .flat_map(char::to_lowercase)
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .nfkd()
        .filter(|&c| !is_ignorable(c) && (!is_combining_mark(c) || is_letter_mark(c)))
        .nfkc()
}

/// A mark that makes another letter, where accents do not.
fn is_letter_mark(c: char) -> bool {
    // The vowels below Thai and Lao letters have classes of their own.
    matches!(c, '\u{E38}' | '\u{E39}' | '\u{EB8}' | '\u{EB9}')
        || canonical_combining_class(c) < 10 && !('\u{20D0}'..='\u{20FF}').contains(&c)
}

/// Letters, marks, digits and `_`.
pub(crate) fn is_word(c: char) -> bool {
    (c.is_alphanumeric() && !is_blood_group(c)) || c == '_' || is_combining_mark(c)
}

/// Squares with a letter that are emoji: 🅰, 🅱, 🅾, 🅿.
fn is_blood_group(c: char) -> bool {
    matches!(c, '\u{1F170}' | '\u{1F171}' | '\u{1F17E}' | '\u{1F17F}')
}

/// Symbols that normalisation turns into words, as `㎏` and `№`; but not those that stand at the end of names.
pub(super) fn unfolds_to_word(c: char) -> bool {
    !c.is_ascii()
        && !matches!(c, '\u{2000}'..='\u{206F}' | '\u{3000}'..='\u{3030}' | '™' | '℠' | '©' | '®')
        && std::iter::once(c).nfkc().any(char::is_alphanumeric)
}

/// Characters that normalisation can join to the one before.
pub(super) fn is_extender(c: char) -> bool {
    // Vowels and ends of Korean syllables among them, in all their forms.
    !c.is_ascii()
        && (is_combining_mark(c)
            || matches!(c, '\u{1160}'..='\u{11FF}' | '\u{3131}'..='\u{318E}' | '\u{FF9E}'..='\u{FFDC}')
            || is_ignorable(c))
}

/// Characters without a width of their own.
pub(crate) fn is_ignorable(c: char) -> bool {
    !c.is_ascii()
        && matches!(c,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180B}'..='\u{180F}' | '\u{200C}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{1F3FB}'..='\u{1F3FF}'
            | '\u{E0000}'..='\u{E0FFF}')
}

/// Scripts that write no spaces between words: each character is a token.
pub(crate) fn stands_alone(c: char) -> bool {
    !c.is_ascii()
        && matches!(c,
            '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{19E0}'..='\u{19FF}'
            | '\u{2E80}'..='\u{2FDF}' | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3029}' | '\u{3038}'..='\u{303B}'
            | '\u{3041}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}'
            | '\u{A9E0}'..='\u{A9FF}' | '\u{AA60}'..='\u{AA7F}' | '\u{F900}'..='\u{FAFF}' | '\u{1AFF0}'..='\u{1B16F}'
            | '\u{20000}'..='\u{323AF}')
}

/// `®` and `™` are none although Unicode lists them: they stand inside names, and `"acme phone"` finds `Acme® phone`.
pub(super) fn is_emoji(c: char) -> bool {
    !c.is_ascii()
        && !is_ignorable(c)
        && (is_sign(c)
            || matches!(c,
                '\u{231A}' | '\u{231B}' | '\u{23E9}'..='\u{23FA}' | '\u{2600}'..='\u{27BF}' | '\u{2B05}'..='\u{2B07}'
                | '\u{2B1B}' | '\u{2B1C}' | '\u{2B50}' | '\u{2B55}' | '\u{1F000}'..='\u{1FAFF}'))
}

/// Emoji that are printed signs unless a variation selector follows.
///
/// # Source
/// Unicode 16, emoji-data.txt: `Emoji` without `Emoji_Presentation`, what [`is_emoji`] names as a block left out.
fn is_sign(c: char) -> bool {
    matches!(c,
        '©' | '‼' | '⁉' | '\u{2194}'..='\u{2199}' | '\u{21A9}' | '\u{21AA}' | '\u{2328}' | '\u{23CF}' | '\u{25AA}' | '\u{25AB}'
        | '\u{25B6}' | '\u{25C0}' | '\u{25FB}'..='\u{25FE}' | '\u{2934}' | '\u{2935}' | '\u{3030}' | '\u{303D}' | '\u{3297}'
        | '\u{3299}')
}

/// Makes a key of the digit before it.
const KEYCAP: char = '\u{20E3}';

/// Two of them are a flag.
pub(super) fn is_flag_letter(c: char) -> bool {
    matches!(c, '\u{1F1E6}'..='\u{1F1FF}')
}

/// Whether a text shows an emoji; signs alone are none.
pub(crate) fn has_emoji(text: &str) -> bool {
    let mut chars = text.chars().peekable();
    std::iter::from_fn(|| chars.next().map(|c| (c, chars.peek() == Some(&'\u{FE0F}'))))
        .any(|(c, coloured)| c == KEYCAP || is_emoji(c) && (coloured || !is_sign(c)))
}
