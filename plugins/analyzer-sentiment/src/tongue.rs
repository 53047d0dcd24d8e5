//! One language: its list, its model, and what they say together.

use std::collections::HashMap;
use std::sync::OnceLock;

use vigie_plugin::features::{Apostrophes, Grams, Words};
use vigie_plugin::linear::{Model, sigmoid};

use crate::evidence::{DENSE, Evidence, Weigher};
use crate::lexicon::Lexicon;
use crate::phrases::Phrase;

/// The hashed features the models read beside the rules' evidence.
pub const GRAMS: Grams = Grams { words: 2, shortest: 3, longest: 5 };
/// What the models that were trained in English and speak for other languages read: evidence, and what the language's own model adds.
pub const TRANSFER: usize = DENSE + 4;

/// The probabilities of negative, neutral and positive.
pub type Odds = [f32; 3];

/// How the numbers of a language become a verdict.
#[derive(Debug)]
enum Verdict {
    /// A model of three classes over hashed features and evidence, trained on posts of the language.
    Own(Model<'static>),
    /// A model of one class (good rather than bad) trained on lines of the language, whose word counts with the evidence in a model that
    /// was trained in English.
    Transferred { leaning: Model<'static>, model: Model<'static> },
    /// No model: only emoji speak.
    Drawn,
}

/// One language.
#[derive(Debug)]
pub struct Tongue {
    lexicon: Lexicon<'static>,
    verdict: Verdict,
    apostrophes: Apostrophes,
}

/// What was found in a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// Calibrated, summing to 1.
    pub odds: Odds,
    /// What the rules found.
    pub evidence: Evidence,
}

/// Buffers for one text after the other.
#[derive(Debug, Default)]
pub struct Desk {
    words: Words,
    weigher: Weigher,
}

/// The languages with a list and a model.
pub const LANGUAGES: [&str; 8] = ["en", "fr", "es", "de", "it", "pt", "nl", "ar"];

/// Odds of a text whose praise is wished for, gone or doubted, of one that denies something bad, and of one whose praise could not be
/// higher, where the model says the opposite. Set by us.
const MISSED: Odds = [0.5, 0.35, 0.15];
const DENIED: Odds = [0.25, 0.45, 0.3];
const PRAISED: Odds = [0.1, 0.25, 0.65];

/// Words of a text in a language nobody knows at most, and of how many of them a list must know one.
const FEW_WORDS: usize = 12;
const KNOWN: u32 = 3;

/// What a file holds is checked by tests; a plugin whose tables are broken cannot work at all.
const WHOLE: &str = "the shipped tables are whole; a test reads them";

impl Tongue {
    /// The language of a BCP 47 tag; for one without list and model, a tongue that knows emoji alone.
    ///
    /// # Panics
    /// Never: a test reads every table.
    #[must_use]
    pub fn of(language: Option<&str>) -> &'static Self {
        static TONGUES: [OnceLock<Tongue>; 9] = [const { OnceLock::new() }; 9];
        let primary = primary(language);
        let place = LANGUAGES.iter().position(|known| Some(*known) == primary).unwrap_or(LANGUAGES.len());
        TONGUES[place].get_or_init(|| {
            let bytes: &'static [u8] = match place {
                0 => include_bytes!("../table/en.bin"),
                1 => include_bytes!("../table/fr.bin"),
                2 => include_bytes!("../table/es.bin"),
                3 => include_bytes!("../table/de.bin"),
                4 => include_bytes!("../table/it.bin"),
                5 => include_bytes!("../table/pt.bin"),
                6 => include_bytes!("../table/nl.bin"),
                7 => include_bytes!("../table/ar.bin"),
                _ => include_bytes!("../table/emoji.bin"),
            };
            Self::read(bytes, apostrophes(LANGUAGES.get(place).copied())).expect(WHOLE)
        })
    }

    /// Reads the file of a language: a list, then no model, one of three classes, or one of one class and one of three.
    #[must_use]
    pub fn read(bytes: &'static [u8], apostrophes: Apostrophes) -> Option<Self> {
        let (lexicon, rest) = Lexicon::read_first(bytes)?;
        if rest.is_empty() {
            return Some(Self { lexicon, verdict: Verdict::Drawn, apostrophes });
        }
        let (first, rest) = Model::read_first(rest).ok()?;
        let verdict = if rest.is_empty() {
            Verdict::Own(first)
        } else {
            Verdict::Transferred { leaning: first, model: Model::read(rest).ok()? }
        };
        let fits = match &verdict {
            Verdict::Own(model) => (model.classes().len(), model.dense()) == (3, DENSE),
            Verdict::Transferred { leaning, model } => {
                leaning.classes().len() == 1 && (model.classes().len(), model.dense()) == (3, TRANSFER)
            }
            Verdict::Drawn => true,
        };
        fits.then_some(Self { lexicon, verdict, apostrophes })
    }

    /// Scores texts read one behind the other, such as a title and a body; `None` where nothing speaks.
    ///
    /// `own`: words of the operator with their valence.
    #[must_use]
    pub fn score<'t>(
        &self,
        texts: impl IntoIterator<Item = &'t str>,
        own: &HashMap<String, f32>,
        desk: &mut Desk,
    ) -> Option<Scored> {
        desk.words.clear();
        texts.into_iter().for_each(|text| desk.words.append(text, self.apostrophes));
        let evidence = desk.weigher.weigh(&mut desk.words, &self.lexicon, own);
        let odds = match &self.verdict {
            Verdict::Drawn => (evidence.spoken > 0).then(|| odds_of(evidence.polarity)),
            _ if evidence.words + evidence.hashtags + evidence.spoken == 0 => None,
            Verdict::Own(model) => {
                let mut sums = model.sums();
                desk.words.each_feature(GRAMS, |feature| sums.add(feature));
                three(&sums.finish(&evidence.dense()).probabilities())
            }
            Verdict::Transferred { leaning, model } => {
                let mut sums = leaning.sums();
                desk.words.each_feature(GRAMS, |feature| sums.add(feature));
                let class = &leaning.classes()[0];
                let leaning = sums.finish(&[]).raw()[0] * class.slope + class.offset;
                three(&model.sums().finish(&transfer(&evidence, leaning)).probabilities())
            }
        }?;
        Some(Scored { odds: turned(odds, evidence.phrase), evidence })
    }
}

/// Odds of a few words in a language nobody knows; `None` where no list knows enough of them, or the lists contradict each other.
///
/// `own`: words of the operator with their valence.
#[must_use]
pub fn of_any<'t>(texts: impl Iterator<Item = &'t str> + Clone, own: &HashMap<String, f32>, desk: &mut Desk) -> Option<Odds> {
    let mut said: Vec<Odds> = Vec::new();
    for language in LANGUAGES {
        let scored = Tongue::of(Some(language)).score(texts.clone(), own, desk);
        if desk.words.as_slice().len() > FEW_WORDS {
            return None;
        }
        let speaks = |scored: &Scored| scored.evidence.spoken > 0 && scored.evidence.spoken * KNOWN >= scored.evidence.words;
        said.extend(scored.filter(speaks).map(|scored| scored.odds));
    }
    let agree = |sign: f32| said.iter().all(|[bad, _, good]| (good - bad) * sign > 0.0);
    let mean = |place: usize| said.iter().map(|odds| odds[place]).sum::<f32>() / said.len() as f32;
    (!said.is_empty() && (agree(1.0) || agree(-1.0))).then(|| std::array::from_fn(mean))
}

impl Desk {
    /// The words of the text that was scored last, the negated ones marked.
    #[must_use]
    pub fn words(&self) -> &Words {
        &self.words
    }
}

/// The language of a BCP 47 tag, without region and script.
#[must_use]
pub fn primary(tag: Option<&str>) -> Option<&str> {
    tag.map(|tag| tag.split('-').next().unwrap_or(tag))
}

/// How a language's apostrophes are read.
#[must_use]
pub fn apostrophes(language: Option<&str>) -> Apostrophes {
    match language {
        Some("fr" | "it") => Apostrophes::Split,
        _ => Apostrophes::Join,
    }
}

/// What a transferred model reads.
#[must_use]
pub fn transfer(evidence: &Evidence, leaning: f32) -> [f32; TRANSFER] {
    let mut dense = [0.0; TRANSFER];
    dense[..DENSE].copy_from_slice(&evidence.dense());
    let good = sigmoid(leaning);
    // Beyond 1 either way more certainty says no more of whether anything is felt at all.
    dense[DENSE] = 2.0 * good - 1.0;
    dense[DENSE + 1] = (good - 0.75).max(0.0) * 4.0;
    dense[DENSE + 2] = (0.25 - good).max(0.0) * 4.0;
    dense[DENSE + 3] = if evidence.spoken == 0 { 2.0 * good - 1.0 } else { 0.0 };
    dense
}

/// The odds as a phrase turns them, where the model did not see it.
fn turned(odds: Odds, phrase: Phrase) -> Odds {
    let [bad, _, good] = odds;
    match phrase {
        Phrase::Missed if good > bad => MISSED,
        Phrase::Denied if bad > good => DENIED,
        Phrase::Praised if good <= bad => PRAISED,
        _ => odds,
    }
}

fn three(probabilities: &[f32]) -> Option<Odds> {
    Some([*probabilities.first()?, *probabilities.get(1)?, *probabilities.get(2)?])
}

/// Odds of a polarity where no model gives any.
fn odds_of(polarity: f32) -> Odds {
    let neutral = 1.0 - polarity.abs();
    [(-polarity).max(0.0), neutral, polarity.max(0.0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn polarity(language: &str, text: &str) -> f32 {
        let scored = Tongue::of(Some(language)).score([text], &HashMap::new(), &mut Desk::default()).expect("a language we know");
        scored.odds[2] - scored.odds[0]
    }

    #[test]
    fn every_table_is_whole() {
        for language in LANGUAGES {
            assert!(!matches!(Tongue::of(Some(language)).verdict, Verdict::Drawn), "{language}");
        }
        assert!(matches!(Tongue::of(Some("ja")).verdict, Verdict::Drawn));
        assert!(std::ptr::eq(Tongue::of(Some("fr-CA")), Tongue::of(Some("fr"))));
    }

    #[test]
    fn plain_opinions_lean_the_right_way() {
        for (language, good, bad) in [
            ("en", "I love this phone, great battery", "I hate this phone, the battery is terrible"),
            ("fr", "J'adore ce téléphone, vraiment génial", "Je déteste ce téléphone, quelle arnaque"),
            ("es", "Me encanta este móvil, es genial", "Odio este móvil, qué asco"),
            ("de", "Ich liebe dieses Handy, einfach toll", "Ich hasse dieses Handy, total schlecht"),
            ("it", "Adoro questo telefono, è bellissimo", "Odio questo telefono, che schifo"),
            ("pt", "Amei esse celular, é perfeito", "Odeio esse celular, péssimo"),
            ("nl", "Geweldig, ik ben heel tevreden", "Vreselijk slecht, nooit meer"),
            ("ar", "احب هذا الهاتف رائع جدا", "اكره هذا الهاتف سيء جدا"),
        ] {
            assert!(polarity(language, good) > 0.3, "{language}: {good}: {}", polarity(language, good));
            assert!(polarity(language, bad) < -0.3, "{language}: {bad}: {}", polarity(language, bad));
        }
    }

    #[test]
    fn what_stands_around_a_word_changes_it() {
        assert!(polarity("en", "not good") < 0.0);
        assert!(polarity("en", "not bad at all") > polarity("en", "bad"));
        assert!(polarity("en", "nice screen but awful battery") < polarity("en", "awful battery but nice screen"));
        assert!(polarity("fr", "j'aime pas") < 0.0 && polarity("fr", "pas content") < 0.0);
        assert!(polarity("fr", "pas mal du tout") > polarity("fr", "mal"));
        assert!(polarity("fr", "super nul") < -0.3);
        assert!(polarity("de", "nicht gut") < polarity("de", "gut"));
        assert!(polarity("es", "no me gusta") < polarity("es", "me gusta"));
    }

    #[test]
    fn what_is_denied_is_not_bad_and_what_is_missed_not_good() {
        for text in ["not bad", "It's not terrible", "no regrets", "Can't complain", "not a bad phone", "not expensive"] {
            assert!(polarity("en", text) > 0.0, "{text}: {}", polarity("en", text));
        }
        for (language, text) in [
            ("en", "could be better"),
            ("en", "would be nice if it worked"),
            ("en", "used to love this app"),
            ("en", "neither acme nor rival is any good"),
            ("fr", "pourrait être mieux"),
            ("de", "könnte besser sein"),
            ("es", "podría ser mejor"),
            ("it", "potrebbe essere migliore"),
            ("pt", "poderia ser melhor"),
            ("nl", "zou beter kunnen"),
        ] {
            assert!(polarity(language, text) < 0.0, "{language}: {text}: {}", polarity(language, text));
        }
        for (language, text) in [
            ("en", "I don't believe this is a great product."),
            ("en", "I doubt it's any good."),
            ("en", "Not sure this is a good buy."),
            ("en", "Thanks for nothing."),
            ("fr", "Je doute que ce soit un bon produit."),
            ("fr", "Merci pour rien."),
            ("de", "Ich glaube nicht, dass das ein gutes Handy ist."),
            ("es", "No creo que sea un buen móvil."),
            ("it", "Grazie per niente."),
        ] {
            assert!(polarity(language, text) < -crate::NEUTRAL, "{language}: {text}: {}", polarity(language, text));
        }
        for (language, text) in [
            ("en", "No issue here"),
            ("en", "No issues with the delivery."),
            ("en", "Never had a single crash."),
            ("en", "Never had any issues with Acme."),
            ("en", "Zero complaints."),
            ("it", "Nessun problema con la consegna."),
            ("en", "Couldn't be better!"),
            ("en", "Could not be more pleased with the service."),
            ("en", "Couldn't be happier with my purchase"),
            ("en", "Can't go wrong with this one."),
        ] {
            assert!(polarity(language, text) > 0.0, "{language}: {text}: {}", polarity(language, text));
        }
        // What else is said comes first.
        assert!(polarity("en", "No issues with the delivery, but it is broken and awful") < 0.0);
        assert!(polarity("en", "I doubt it's any good as a camera, but I love it") > 0.0);
        assert!(polarity("en", "It could be better but I love it") > 0.0);
        assert!(polarity("en", "not bad, but the battery is terrible") < 0.0);
    }

    #[test]
    fn plain_nouns_say_nothing() {
        for (language, text) in [
            ("fr", "Le prix est de 30 euros"),
            ("fr", "Mon vol est à 10h"),
            ("fr", "Le train part à 8 heures"),
            ("fr", "J'ai reçu la facture"),
            ("fr", "L'entreprise a publié ses résultats"),
            ("pt", "Fui ao banco hoje"),
            ("es", "El mayor mercado de la ciudad"),
        ] {
            assert!(polarity(language, text).abs() <= crate::NEUTRAL, "{language}: {text}: {}", polarity(language, text));
        }
        assert!(polarity("pt", "Muito caro") < 0.0);
    }

    #[test]
    fn a_language_without_a_model_speaks_through_emoji_alone() {
        let other = Tongue::of(Some("pl"));
        let mut desk = Desk::default();
        assert_eq!(other.score(["To jest złe"], &HashMap::new(), &mut desk), None);
        let scored = other.score(["To jest 😡"], &HashMap::new(), &mut desk).expect("an emoji");
        assert!(scored.odds[0] > scored.odds[2]);
    }

    #[test]
    fn words_of_the_operator_come_first() {
        let own = HashMap::from([("zorgle".to_owned(), 3.5), ("love".to_owned(), 0.0)]);
        let mut desk = Desk::default();
        let mut rules = |text: &str| Tongue::of(Some("en")).score([text], &own, &mut desk).expect("English").evidence.polarity;
        assert!(rules("this is zorgle") > 0.5);
        assert_eq!(rules("love"), 0.0);
    }

    #[test]
    fn a_damaged_table_is_none() {
        let bytes: &'static [u8] = include_bytes!("../table/fr.bin");
        for length in (0..bytes.len()).step_by(9973) {
            let read = Tongue::read(&bytes[..length], Apostrophes::Split);
            assert!(read.is_none_or(|read| matches!(read.verdict, Verdict::Drawn | Verdict::Own(_))), "{length}");
        }
    }
}
