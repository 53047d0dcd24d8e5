//! Whether a cue is denied: "not broken", "never had a problem", "je ne change pas d'opérateur".
//!
//! Only small words may stand between a negation and what it denies, so that "I can't believe how bad it is" denies nothing.

use vigie_plugin::features::Apostrophes;

use crate::text::Text;

/// Small words between a negation and a cue at most.
const REACH: usize = 5;
/// Words back to the `ne` that makes a `plus` deny.
const BACK_TO_NE: usize = 3;

/// Whether the cue that begins at a word is denied by words of its clause that are no part of it.
///
/// # Shape
/// Split apostrophes are read as French, whose negation may also stand behind the verb; others as English.
#[must_use]
pub fn denies(text: &Text, place: usize, apostrophes: Apostrophes) -> bool {
    match apostrophes {
        Apostrophes::Join => before(text, place, |text, at| denies_in_english(text, at, place), is_small_in_english),
        Apostrophes::Split => {
            let denies = |text: &Text, at: usize| denies_in_french(text, at) || plus_denies(text, at);
            before(text, place, denies, is_small_in_french)
                || (continues(text, place + 1) && denies(text, place + 1) && text.folded(place + 1) != "sans")
        }
    }
}

/// Whether a word of a cue is a negation: such a cue means what it denies.
#[must_use]
pub fn is_negation(word: &str, apostrophes: Apostrophes) -> bool {
    match apostrophes {
        Apostrophes::Join => crate::stage::is_negation(word),
        Apostrophes::Split => matches!(word, "ne" | "n" | "plus" | "ni" | "zero") || is_french(word),
    }
}

/// A negation before a word with nothing but small words between.
fn before(text: &Text, place: usize, denies: impl Fn(&Text, usize) -> bool, is_small: impl Fn(&str) -> bool) -> bool {
    let mut at = place;
    for _ in 0..=REACH {
        if !continues(text, at) || at == 0 {
            return false;
        }
        at -= 1;
        if denies(text, at) {
            return true;
        }
        if !is_small(text.folded(at)) {
            return false;
        }
    }
    false
}

/// Whether a word stands in the same clause as the one before it.
fn continues(text: &Text, at: usize) -> bool {
    text.words().get(at).is_some_and(|word| !word.starts_clause)
}

/// Whether a word denies the cue at a place.
///
/// What one cannot do one may well want, so "can't" denies nothing, except what nobody wants to do: "can't complain". And what never was
/// so before is so now: "never been so disappointed".
fn denies_in_english(text: &Text, at: usize, place: usize) -> bool {
    match text.folded(at) {
        "nothing" => false,
        "cant" | "cannot" | "couldnt" => matches!(text.folded(place), "complain" | "complaining" | "fault"),
        "never" => !(at..place).any(|between| matches!(text.folded(between), "so" | "more" | "such")),
        word => crate::stage::is_negation(word),
    }
}

fn is_small_in_english(word: &str) -> bool {
    matches!(
        word,
        "a" | "an"
            | "the"
            | "at"
            | "all"
            | "any"
            | "been"
            | "be"
            | "being"
            | "had"
            | "have"
            | "has"
            | "having"
            | "very"
            | "really"
            | "so"
            | "that"
            | "too"
            | "even"
            | "ever"
            | "once"
            | "yet"
            | "more"
            | "single"
            | "going"
            | "gonna"
            | "to"
            | "want"
            | "wanna"
            | "need"
            | "planning"
            | "plan"
            | "thinking"
            | "of"
            | "about"
            | "get"
            | "feel"
            | "feeling"
            | "my"
            | "one"
            | "bit"
            | "in"
    )
}

fn is_french(word: &str) -> bool {
    matches!(word, "pas" | "jamais" | "aucun" | "aucune" | "aucunement" | "nullement" | "sans")
}

fn denies_in_french(text: &Text, at: usize) -> bool {
    let word = text.folded(at);
    is_french(word) || matches!(word, "ni" | "zero")
}

/// `plus` denies with a `ne` before it, or with `de` or `aucun` behind; else it says "more".
fn plus_denies(text: &Text, at: usize) -> bool {
    if text.folded(at) != "plus" {
        return false;
    }
    let ne = (at.saturating_sub(BACK_TO_NE)..at).any(|at| matches!(text.folded(at), "ne" | "n"));
    ne || (continues(text, at + 1) && matches!(text.folded(at + 1), "aucun" | "aucune" | "jamais"))
}

fn is_small_in_french(word: &str) -> bool {
    matches!(
        word,
        "de" | "d"
            | "du"
            | "des"
            | "un"
            | "une"
            | "le"
            | "la"
            | "les"
            | "l"
            | "tres"
            | "vraiment"
            | "trop"
            | "si"
            | "tout"
            | "a"
            | "fait"
            | "ete"
            | "etre"
            | "eu"
            | "avoir"
            | "en"
            | "me"
            | "m"
            | "te"
            | "se"
            | "s"
            | "moindre"
            | "seul"
            | "seule"
            | "mon"
            | "ma"
            | "mes"
            | "envie"
            | "besoin"
            | "encore"
            | "plus"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn negations_reach_over_small_words_only() {
        for (apostrophes, text, cue, denied) in [
            (Apostrophes::Join, "it is not broken", "broken", true),
            (Apostrophes::Join, "I never had a single problem", "problem", true),
            (Apostrophes::Join, "I can't believe how terrible this is", "terrible", false),
            (Apostrophes::Join, "not now, broken", "broken", false),
            (Apostrophes::Join, "I can't cancel it", "cancel", false),
            (Apostrophes::Join, "I can't complain", "complain", true),
            (Apostrophes::Join, "can't really fault it", "fault", true),
            (Apostrophes::Join, "I have never been so disappointed", "disappointed", false),
            (Apostrophes::Join, "I was never disappointed", "disappointed", true),
            (Apostrophes::Split, "je ne résilie pas", "resilie", true),
            (Apostrophes::Split, "je résilie pas", "resilie", true),
            (Apostrophes::Split, "je ne vais pas résilier", "resilier", true),
            (Apostrophes::Split, "je n'ai jamais eu de bug", "bug", true),
            (Apostrophes::Split, "il n'y a plus de bug", "bug", true),
            (Apostrophes::Split, "c'est plus rapide", "rapide", false),
            (Apostrophes::Split, "il plante sans cesse", "plante", false),
            (Apostrophes::Split, "je résilie, pas de souci", "resilie", false),
        ] {
            let mut read = Text::default();
            read.read(&[text], apostrophes);
            let place = (0..read.words().len()).find(|place| read.folded(*place) == cue).expect(cue);
            assert_eq!(denies(&read, place, apostrophes), denied, "{text}");
        }
    }
}
