//! From the scores of the model, and from scripts, to a language.

use std::cell::RefCell;

use vigie_plugin::features::Words;
use vigie_plugin::linear::{MOST_CLASSES, Model, Scores, exp};

use crate::features;
use crate::script::{Script, script};

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found<'a> {
    /// BCP 47 tag, `und` where it cannot be told.
    pub tag: &'a str,
    /// Probability that it is right; none for `und`.
    pub confidence: Option<f32>,
}

/// A word or two is in many languages at once: below so many features …
const FEW_FEATURES: u32 = 20;
/// … the answer has to be at least this sure, unless the operator named the languages to choose among.
const SHORT_MARGIN: f32 = 0.5;

const UNKNOWN: Found<'static> = Found { tag: "und", confidence: None };

/// A language in the settings that the model does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownLanguage {
    tag: String,
    known: Vec<String>,
}

impl std::fmt::Display for UnknownLanguage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "setting `languages`: `{}` is not known; known are {}", self.tag, self.known.join(", "))
    }
}

/// Tells languages apart. Made once for many texts.
#[derive(Debug)]
pub struct Detector<'a> {
    model: &'a Model<'a>,
    margin: f32,
    /// Classes that may win; empty: all.
    among: Vec<usize>,
    /// The words of one text after the other, in the same memory.
    words: RefCell<Words>,
}

impl<'a> Detector<'a> {
    /// A detector over a model.
    ///
    /// # Errors
    /// [`UnknownLanguage`] names the first of `languages` the model does not know.
    pub fn new(model: &'a Model<'a>, margin: f32, languages: &[String]) -> Result<Self, UnknownLanguage> {
        let class = |tag: &String| {
            let known = || model.classes().iter().map(|class| class.label.clone()).collect();
            model.place(tag).ok_or_else(|| UnknownLanguage { tag: tag.clone(), known: known() })
        };
        let among = languages.iter().map(class).collect::<Result<_, _>>()?;
        Ok(Self { model, margin, among, words: RefCell::default() })
    }

    /// The language of a text and its title.
    ///
    /// # Panics
    /// Never: no call of it runs inside another.
    #[must_use]
    pub fn detect(&self, title: Option<&str>, text: &str) -> Found<'a> {
        let mut words = self.words.borrow_mut();
        features::read(&mut words, title, text);
        let script = match script(features::telling(&words).map(|word| words.text(word))) {
            None => return UNKNOWN,
            Some(Script::Of(tag)) => return Found { tag, confidence: Some(0.99) },
            Some(script) => script,
        };
        let mut sums = self.model.sums();
        features::each_feature(&words, |feature| sums.add(feature));
        let scores = sums.finish(&[]);
        if scores.features == 0 { UNKNOWN } else { self.best(&scores, script) }
    }

    /// Softmax over the languages in question.
    fn best(&self, scores: &Scores<'_>, script: Script) -> Found<'a> {
        let mut calibrated = [0.0_f32; MOST_CLASSES];
        let mut best: Option<(usize, f32)> = None;
        let mut count = 0;
        for (place, (class, score)) in self.model.classes().iter().zip(scores.raw()).enumerate() {
            if !script.admits(&class.label) || !(self.among.is_empty() || self.among.contains(&place)) {
                continue;
            }
            let score = score * class.slope + class.offset;
            calibrated[count] = score;
            count += 1;
            if best.is_none_or(|(_, best)| score > best) {
                best = Some((place, score));
            }
        }
        let Some((place, best)) = best else { return UNKNOWN };
        let total: f32 = calibrated[..count].iter().map(|score| exp(score - best)).sum();
        let probability = 1.0 / total;
        // A margin of 0 asks for an answer whatever it is worth.
        let short = scores.features < FEW_FEATURES && self.among.is_empty() && self.margin > 0.0;
        if probability < if short { self.margin.max(SHORT_MARGIN) } else { self.margin } {
            return UNKNOWN;
        }
        Found { tag: &self.model.classes()[place].label, confidence: Some(probability) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shipped;

    fn detect(text: &str) -> Found<'static> {
        Detector::new(shipped(), crate::MARGIN, &[]).expect("no languages").detect(None, text)
    }

    #[test]
    fn ordinary_sentences_are_told_apart() {
        for (text, tag) in [
            ("The battery of my new phone is already dead after two hours", "en"),
            ("La batterie de mon nouveau téléphone est déjà morte après deux heures", "fr"),
            ("Der Akku meines neuen Handys ist schon nach zwei Stunden leer", "de"),
            ("La batería de mi teléfono nuevo ya se ha muerto después de dos horas", "es"),
            ("La batteria del mio nuovo telefono è già morta dopo due ore", "it"),
            ("A bateria do meu novo telefone já morreu depois de duas horas", "pt"),
            ("De batterij van mijn nieuwe telefoon is na twee uur al leeg", "nl"),
            ("بطارية هاتفي الجديد نفدت بعد ساعتين", "ar"),
            ("Я купил новый телефон, и он уже не работает, что мне делать?", "ru"),
            ("η μπαταρία του νέου μου τηλεφώνου", "el"),
            ("新しい携帯の電池がもう切れた", "ja"),
            ("새 휴대폰 배터리가 벌써 다 됐어요", "ko"),
        ] {
            assert_eq!(detect(text).tag, tag, "{text}");
        }
    }

    #[test]
    fn tweets_are_told_apart() {
        for (text, tag) in [
            ("@acme jsuis trop deg mon tel marche plus 😭 https://t.example/x", "fr"),
            ("RT @ana: que fuerteee jajaja no me lo puedo creer #acme", "es"),
            ("@acme ich krieg ja echt zu viel mit eurem support :/", "de"),
            ("kkkkk mano vc viu isso? muito bom!!", "pt"),
            ("raga ma perché non funziona niente oggi #sciopero", "it"),
            ("omg i cant even, this update is soooo bad lol", "en"),
        ] {
            assert_eq!(detect(text).tag, tag, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_told_is_not_guessed() {
        for text in ["", "123 !?", "@acme https://acme.example", "👍👍👍", "ok"] {
            assert_eq!(detect(text), UNKNOWN, "{text}");
        }
    }

    #[test]
    fn a_choice_of_languages_is_kept_and_a_wrong_one_is_named() {
        let among = ["en".to_owned(), "fr".to_owned()];
        let detector = Detector::new(shipped(), 0.0, &among).expect("known");
        assert!(["en", "fr"].contains(&detector.detect(None, "Der Akku meines Handys").tag));
        let unknown = Detector::new(shipped(), 0.0, &["klingon".to_owned()]).expect_err("unknown");
        assert!(unknown.to_string().contains("`klingon` is not known; known are ar,"), "{unknown}");
    }

    #[test]
    fn a_title_counts_with_its_text() {
        let detector = Detector::new(shipped(), crate::MARGIN, &[]).expect("no languages");
        assert_eq!(detector.detect(Some("Mon avis sur le nouveau téléphone"), "👍").tag, "fr");
    }
}
