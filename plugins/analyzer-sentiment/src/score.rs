//! From words and rules to a polarity.

use std::collections::HashMap;

use crate::lexicon::{Lexicon, emoji};
use crate::tokens::{Token, tokens};

/// What a booster adds, before its distance is counted. This and the constants below: VADER, section 3 of the paper and its code.
const BOOST: f32 = 0.293;
/// What a word in capitals among others gains.
const CAPITALS: f32 = 0.733;
/// What a negation leaves of a valence.
const NEGATION: f32 = -0.74;
/// What an exclamation mark adds to the sum, four at most.
const EXCLAMATION: f32 = 0.292;
/// Shares of what stands before and after a "but".
const BEFORE_CONTRAST: f32 = 0.5;
const AFTER_CONTRAST: f32 = 1.5;
/// How far back a negation or a booster reaches, in words.
const REACH: usize = 3;
/// Makes a sum of 4 a polarity of 0.72.
const ALPHA: f32 = 15.0;

/// How favourable a text is, -1 to 1; `None` where the language has no word list and no emoji speaks either.
#[must_use]
pub fn polarity(text: &str, lexicon: &Lexicon, own: &HashMap<String, f32>) -> Option<f32> {
    let tokens = tokens(text, !lexicon.rules.negations_after.is_empty());
    let shouting = tokens.iter().any(is_shouted) && !tokens.iter().filter(|token| token.raw.len() > 1).all(is_shouted);
    let mut valences: Vec<f32> = Vec::with_capacity(tokens.len());
    let mut spoken = false;
    for place in 0..tokens.len() {
        let valence = valence(&tokens, place, lexicon, own, shouting);
        spoken |= valence != 0.0;
        valences.push(valence);
    }
    if !spoken && !lexicon.has_words() {
        return None;
    }
    weigh_contrast(&tokens, lexicon, &mut valences);
    let sum: f32 = valences.iter().sum();
    let marks = text.bytes().filter(|&byte| byte == b'!').count().min(4) as f32 * EXCLAMATION;
    let sum = if sum > 0.0 {
        sum + marks
    } else if sum < 0.0 {
        sum - marks
    } else {
        sum
    };
    Some((sum / sum.mul_add(sum, ALPHA).sqrt()).clamp(-1.0, 1.0))
}

fn is_shouted(token: &Token<'_>) -> bool {
    token.raw.chars().filter(|char| char.is_alphabetic()).count() > 1
        && token.raw.chars().all(|char| !char.is_alphabetic() || char.is_uppercase())
}

/// The valence of one word where it stands.
fn valence(tokens: &[Token<'_>], place: usize, lexicon: &Lexicon, own: &HashMap<String, f32>, shouting: bool) -> f32 {
    let token = &tokens[place];
    let rules = lexicon.rules;
    let before = |distance: usize| {
        // A rule does not reach into the sentence before.
        let within = (place + 1 - distance..=place).all(|at| !tokens[at].starts_clause);
        (distance <= place && within).then(|| tokens[place - distance].word.as_str())
    };
    let is = |words: &[&str], distance: usize| distance <= place && before(distance).is_some_and(|word| words.contains(&word));
    if let Some(&(_, _, valence)) = rules.pairs.iter().find(|(first, second, _)| token.word == *second && is(&[first], 1)) {
        return valence;
    }
    let own_word = own.get(&token.word).copied();
    // A word that strengthens another says nothing itself: "super nul" is not super.
    let strengthens = rules.boosters.contains(&token.word.as_str())
        && tokens.get(place + 1).is_some_and(|next| !next.starts_clause && lexicon.valence(&next.word).is_some());
    let listed = || token.word.chars().next().and_then(emoji).or_else(|| lexicon.valence(&token.word)).filter(|_| !strengthens);
    let Some(mut valence) = own_word.or_else(listed).filter(|valence| *valence != 0.0) else { return 0.0 };
    if rules.negations.contains(&token.word.as_str()) && own_word.is_none() {
        return 0.0;
    }
    let sign = valence.signum();
    if shouting && is_shouted(token) {
        valence += sign * CAPITALS;
    }
    for distance in 1..=REACH.min(place) {
        let share = 1.0 - 0.05 * (distance - 1) as f32;
        if is(rules.boosters, distance) {
            valence += sign * BOOST * share;
        } else if is(rules.dampeners, distance) {
            valence -= sign * BOOST * share;
        }
    }
    let negated_before = (1..=REACH.min(place)).any(|distance| is(rules.negations, distance));
    let negated_after = tokens[place + 1..].iter().take(2).take_while(|next| !next.starts_clause);
    let negated_after = negated_after.into_iter().any(|next| rules.negations_after.contains(&next.word.as_str()));
    if negated_before || negated_after { valence * NEGATION } else { valence }
}

/// What follows the last "but" counts more, what came before counts less.
fn weigh_contrast(tokens: &[Token<'_>], lexicon: &Lexicon, valences: &mut [f32]) {
    let contrast = tokens.iter().rposition(|token| lexicon.rules.contrasts.contains(&token.word.as_str()));
    if let Some(place) = contrast {
        for (at, valence) in valences.iter_mut().enumerate() {
            *valence *= if at < place { BEFORE_CONTRAST } else { AFTER_CONTRAST };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn english(text: &str) -> f32 {
        polarity(text, Lexicon::of(Some("en")), &HashMap::new()).expect("a word list")
    }

    fn french(text: &str) -> f32 {
        polarity(text, Lexicon::of(Some("fr")), &HashMap::new()).expect("a word list")
    }

    #[test]
    fn plain_opinions_lean_the_right_way() {
        for text in ["I love this phone", "great battery, thanks!", "not bad at all", "no problem with it", "best phone ever 😍"]
        {
            assert!(english(text) > 0.1, "{text}: {}", english(text));
        }
        for text in
            ["I hate this phone", "the battery is terrible", "not good", "it doesn't work, useless", "worst update ever 😡"]
        {
            assert!(english(text) < -0.1, "{text}: {}", english(text));
        }
        for text in [
            "J'adore ce téléphone",
            "vraiment génial, merci !",
            "pas mal du tout",
            "sans problème depuis un mois",
            "magnifique 😍",
        ] {
            assert!(french(text) > 0.1, "{text}: {}", french(text));
        }
        for text in [
            "Je déteste ce téléphone",
            "la batterie est catastrophique",
            "j'aime pas",
            "pas content",
            "super nul",
            "quelle arnaque 😡",
        ] {
            assert!(french(text) < -0.1, "{text}: {}", french(text));
        }
        for text in ["The phone has two cameras", ""] {
            assert!(english(text).abs() < 0.1, "{text}");
        }
    }

    #[test]
    fn what_stands_around_a_word_changes_it() {
        assert!(english("very good") > english("good"));
        assert!(english("slightly good") < english("good"));
        assert!(english("a GOOD phone") > english("a good phone"));
        assert!(english("good!!!") > english("good"));
        assert!(english("nice screen but awful battery") < 0.0);
        assert!(english("It never works. Good screen") > english("It never was a good screen"), "no reach over a full stop");
        assert!(french("très bon") > french("bon"));
    }

    #[test]
    fn a_language_without_words_speaks_through_emoji_alone() {
        let german = Lexicon::of(Some("de"));
        assert_eq!(polarity("Das ist schlecht", german, &HashMap::new()), None);
        assert!(polarity("Das ist 😡", german, &HashMap::new()).expect("an emoji") < 0.0);
    }

    #[test]
    fn words_of_the_operator_come_first() {
        let own = HashMap::from([("sick".to_owned(), 3.0), ("love".to_owned(), 0.0)]);
        assert!(polarity("this is sick", Lexicon::of(Some("en")), &own).expect("words") > 0.0);
        assert_eq!(polarity("love", Lexicon::of(Some("en")), &own), Some(0.0));
    }
}
