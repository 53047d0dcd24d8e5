//! From the scores of the model, and from scripts, to a language.

use std::cell::RefCell;

use vigie_plugin::features::Words;
use vigie_plugin::linear::{MOST_CLASSES, Model, Scores, exp};

use crate::declared::Declared;
use crate::features;
use crate::script::{HAN, Script, beside_the_model, script};

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found<'a> {
    /// BCP 47 tag, `und` where it cannot be told.
    pub tag: &'a str,
    /// Probability that it is right; none for `und`.
    pub confidence: Option<f32>,
}

/// A text of one word of fewer features …
const LONG_WORD: u32 = 26;
/// … may be a name, or a word of many languages: it has to be this sure, unless the operator named the languages to choose among or the
/// service declared one.
const ONE_WORD_MARGIN: f32 = 0.8;
/// The same for texts of more words and of few features.
const FEW_FEATURES: u32 = 20;
const FEW_FEATURES_MARGIN: f32 = 0.5;
/// Features at which half of the score of one word counts. By the longest words of dev lines: whole scores claim 5 to 10 points too much.
const HALF_THE_SCORE: u32 = 7;
/// What a declared language adds to its score. If nine services in ten declare the right one, this much gets most dev lines right, cut to
/// one word, to three, and as they are (3 to 6.5 tried); of calibrated scores one expects 5.7, the logarithm of 9 in 10 against 1 in 10
/// shared by 34.
const DECLARED: f32 = 5.0;
/// How sure a declared language is that the model knows nothing about.
const BELIEVED: f32 = 0.8;

/// How sure the one Chinese is of a text that would be written the same in the other.
const EITHER_CHINESE: f32 = 0.7;

const UNKNOWN: Found<'static> = Found { tag: "und", confidence: None };

/// A language in the settings that is never told.
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

/// How much of its score one word is worth: the fewer its features, the less.
fn evidence(features: u32) -> f32 {
    features as f32 / (features + HALF_THE_SCORE) as f32
}

/// Tells languages apart. Made once for many texts.
#[derive(Debug)]
pub struct Detector<'a> {
    model: &'a Model<'a>,
    margin: f32,
    /// Classes that may win, if the operator named languages. What letters tell needs no choice.
    among: Option<Vec<usize>>,
    /// The words of one text after the other, in the same memory.
    words: RefCell<Words>,
}

impl<'a> Detector<'a> {
    /// A detector over a model.
    ///
    /// # Errors
    /// [`UnknownLanguage`] names the first of `languages` that is never told, by its base language.
    pub fn new(model: &'a Model<'a>, margin: f32, languages: &[String]) -> Result<Self, UnknownLanguage> {
        let mut among = Vec::new();
        for tag in languages {
            let (named, before) = (Declared::new(tag), among.len());
            among.extend(named.places(model));
            if among.len() == before && !beside_the_model().any(|known| named.is(known)) {
                let known = model.classes().iter().map(|class| class.label.clone()).collect();
                return Err(UnknownLanguage { tag: tag.clone(), known });
            }
        }
        let among = (!languages.is_empty()).then_some(among);
        Ok(Self { model, margin, among, words: RefCell::default() })
    }

    /// The language of a text and its title, where the service may have declared one.
    ///
    /// # Panics
    /// Never: no call of it runs inside another.
    #[must_use]
    pub fn detect(&self, title: Option<&str>, text: &str, declared: Option<&str>) -> Found<'a> {
        let declared = declared.map(Declared::new);
        let mut words = self.words.borrow_mut();
        features::read(&mut words, title, text);
        let script = match script(features::telling(&words).map(|word| words.text(word))) {
            None => return UNKNOWN,
            Some(Script::Of(tag, sure)) => return Found { tag, confidence: Some(sure) },
            Some(script) => script,
        };
        // A language the model does not know can only be believed or not.
        let more = declared.and_then(|declared| script.more().iter().find(|tag| declared.is(tag)));
        let believed = more.map(|tag| Found { tag, confidence: Some(BELIEVED) });
        match script {
            Script::Mostly(tag, sure, _) => return believed.unwrap_or(Found { tag, confidence: Some(sure) }),
            Script::Unnamed(_) => return believed.unwrap_or(UNKNOWN),
            _ => {}
        }
        let mut sums = self.model.sums();
        features::each_feature(&words, |feature| sums.add(feature));
        let scores = sums.finish(&[]);
        let one_word =
            !matches!(script, Script::Among(HAN, _)) && scores.features < LONG_WORD && features::telling(&words).nth(1).is_none();
        let found = if scores.features == 0 { UNKNOWN } else { self.best(&scores, one_word, script, declared) };
        match believed {
            Some(believed) if found == UNKNOWN || one_word || scores.features < FEW_FEATURES => believed,
            _ if matches!(script, Script::Among(HAN, _)) => {
                Found { confidence: found.confidence.map(|sure| sure.min(EITHER_CHINESE)), ..found }
            }
            _ => found,
        }
    }

    /// Softmax over the languages in question.
    fn best(&self, scores: &Scores<'_>, one_word: bool, script: Script, declared: Option<Declared<'_>>) -> Found<'a> {
        let mut calibrated = [0.0_f32; MOST_CLASSES];
        let mut best: Option<(usize, f32)> = None;
        let mut count = 0;
        let weight = if one_word { evidence(scores.features) } else { 1.0 };
        let mut prior = false;
        for (place, (class, score)) in self.model.classes().iter().zip(scores.raw()).enumerate() {
            if !script.admits(&class.label) || self.among.as_ref().is_some_and(|among| !among.contains(&place)) {
                continue;
            }
            let mut score = score * class.slope * weight + class.offset;
            if declared.is_some_and(|declared| declared.is(&class.label)) {
                score += DECLARED;
                prior = true;
            }
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
        let margin = match () {
            () if self.margin == 0.0 || self.among.is_some() || prior => self.margin,
            () if one_word => self.margin.max(ONE_WORD_MARGIN),
            () if scores.features < FEW_FEATURES => self.margin.max(FEW_FEATURES_MARGIN),
            () => self.margin,
        };
        if probability < margin {
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
        Detector::new(shipped(), crate::MARGIN, &[]).expect("no languages").detect(None, text, None)
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
        assert!(["en", "fr"].contains(&detector.detect(None, "Der Akku meines Handys", None).tag));
        // What letters tell is no choice of the model's, and it has none then.
        let letters = Detector::new(shipped(), 0.0, &["ja".to_owned(), "ko-KR".to_owned()]).expect("known");
        assert_eq!(letters.detect(None, "とても良い電話です", None).tag, "ja");
        assert_eq!(letters.detect(None, "Der Akku meines Handys", None), UNKNOWN);
        let unknown = Detector::new(shipped(), 0.0, &["klingon".to_owned()]).expect_err("unknown");
        assert!(unknown.to_string().contains("`klingon` is not known; known are ar,"), "{unknown}");
    }

    fn declared(text: &str, tag: &str) -> Found<'static> {
        Detector::new(shipped(), crate::MARGIN, &[]).expect("no languages").detect(None, text, Some(tag))
    }

    /// A one-word French review was Romanian at 0.99 although the service had said `fr`.
    #[test]
    fn a_declared_language_wins_where_the_text_says_little() {
        for (text, tag) in [("nul", "fr-FR"), ("arnaque", "FR"), ("horrible", "fr_FR"), ("nickel", "fr")] {
            assert_eq!(declared(text, tag).tag, "fr", "{text} {tag}");
        }
        assert_eq!(declared("molt bo", "ca").tag, "ca", "not of the model");
        assert_eq!(declared("日本", "ja").tag, "ja");
        assert_eq!(declared("मुंबई", "mr").tag, "mr");
        for nonsense in ["", "xx", "french", "-"] {
            assert_eq!(declared("La batterie de mon téléphone est morte", nonsense).tag, "fr", "{nonsense}");
        }
    }

    #[test]
    fn a_clear_text_wins_over_what_was_declared() {
        let english = "The battery of my new phone is already dead after two hours";
        for tag in ["fr", "de-DE", "ca", "ja"] {
            assert_eq!(declared(english, tag).tag, "en", "{tag}");
        }
        assert_eq!(declared("Я купил новый телефон", "en").tag, "ru", "another script");
        assert_eq!(declared("這個時候", "zh-CN").tag, "zh-Hant", "characters of one alone");
        assert_eq!(declared("https://acme.example", "fr").tag, "und", "no letters, no language");
    }

    #[test]
    fn a_word_by_itself_is_believed_less() {
        assert_eq!(detect("horrible").tag, "und");
        let sure = |text| detect(text).confidence.unwrap_or(0.0);
        assert!(sure("nul") < 0.9, "{}", sure("nul"));
        assert!(sure("merci") > 0.8 && sure("merci") < sure("merci pour tout"));
    }

    #[test]
    fn scripts_of_several_languages_are_not_claimed_for_one() {
        for (text, tag) in [
            ("хвала лепо, баш ми се допада", "sr"),
            ("бул сүү", "und"),
            ("қазақ тілінде жазылған", "kk"),
            ("हा फोन खूप छान आहे", "mr"),
            ("यो फोन राम्रो छ", "ne"),
            ("我覺得這個很好用", "zh-Hant"),
            ("东西很好", "zh-Hans"),
            ("東京都知事選挙", "ja"),
            ("日本", "und"),
        ] {
            assert_eq!(detect(text).tag, tag, "{text}");
        }
        assert!(detect("मुंबई").confidence <= Some(0.8) && detect("你好").confidence <= Some(0.7));
    }

    #[test]
    fn languages_to_choose_among_are_read_by_their_base() {
        for tag in ["fr-FR", "FR", "fr_CA"] {
            let detector = Detector::new(shipped(), 0.0, &[tag.to_owned()]).expect("known");
            assert_eq!(detector.detect(None, "Der Akku meines Handys", None).tag, "fr", "{tag}");
        }
    }

    #[test]
    fn a_title_counts_with_its_text() {
        let detector = Detector::new(shipped(), crate::MARGIN, &[]).expect("no languages");
        assert_eq!(detector.detect(Some("Mon avis sur le nouveau téléphone"), "👍", None).tag, "fr");
    }
}
