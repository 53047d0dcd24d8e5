//! What a site taught: how its own words move what the shipped tables say.
//!
//! Single words are learned, each in its own language; pairs and pieces would meet too many others in a small table. Names of brands are
//! not learned, or bad reviews of a product would make its name a bad word; nor are the commonest words of a language, which stand in
//! every review, whatever it says.

use std::collections::BTreeMap;

use serde::Deserialize;
use vigie_plugin::features::{Grams, Words};
use vigie_plugin::linear::hash;
use vigie_plugin::{Failure, Value};
use vigie_plugin_learning::residual::{self, ForeignTable, Residual};
use vigie_plugin_learning::{Example, Learned, fit};

use crate::tongue::{Desk, LANGUAGES, Odds, Tongue, apostrophes, primary};
use crate::{Settings, brands, brands_of, texts_of};

/// The annotation that can be learned.
const KEY: &str = "sentiment-label";
/// Its values, in the order of [`Odds`].
const LABELS: [&str; 3] = ["negative", "neutral", "positive"];
const GRAMS: Grams = Grams { words: 1, shortest: 0, longest: 0 };
/// The commonest words of the languages with a list, as [`common`] makes them: [`COMMON`] little-endian features a language, in their order.
const TABLE: &[u8] = include_bytes!("../table/common.bin");
/// How many words of a language are too common to be learned.
pub const COMMON: usize = 200;

/// A table learned in place.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Learned")]
pub struct Site(Residual);

impl TryFrom<Learned> for Site {
    type Error = ForeignTable;

    fn try_from(learned: Learned) -> Result<Self, ForeignTable> {
        Residual::read(learned.table(), &LABELS).map(Self)
    }
}

impl Site {
    /// Moves the odds of the text that was read last at this desk.
    pub fn shift(&self, odds: &mut Odds, language: Option<&str>, desk: &Desk) {
        self.0.shift(odds, |emit| each_feature(language, desk, emit));
    }
}

/// What is learned of the text that was read last: the same word is another feature in another language.
fn each_feature(language: Option<&str>, desk: &Desk, mut emit: impl FnMut(u32)) {
    let language = primary(language);
    let place = LANGUAGES.iter().position(|known| Some(*known) == language).unwrap_or(LANGUAGES.len());
    let common = TABLE.as_chunks::<4>().0.chunks_exact(COMMON).nth(place).unwrap_or_default();
    let tongue = hash(language.unwrap_or_default().as_bytes());
    desk.words().each_feature(GRAMS, |feature| {
        if common.binary_search_by_key(&feature, |bytes| u32::from_le_bytes(*bytes)).is_err() {
            emit(feature ^ tongue);
        }
    });
}

/// The commonest words of one language's texts, as the table holds them; for the trainer.
#[must_use]
pub fn common<'t>(language: &str, texts: impl IntoIterator<Item = &'t str>) -> Vec<u8> {
    let mut words = Words::default();
    let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
    for text in texts {
        words.read(text, apostrophes(Some(language)));
        words.each_feature(GRAMS, |feature| *counts.entry(feature).or_default() += 1);
    }
    let mut commonest: Vec<(u32, u32)> = counts.into_iter().map(|(feature, count)| (count, feature)).collect();
    commonest.sort_unstable_by(|a, b| b.cmp(a));
    let mut features: Vec<u32> = commonest.into_iter().take(COMMON).map(|(_, feature)| feature).collect();
    features.sort_unstable();
    features.into_iter().flat_map(u32::to_le_bytes).collect()
}

/// Makes a table of examples. Those of which the shipped tables say nothing (no words, a language we do not know) teach nothing either.
///
/// # Errors
/// Class `settings`, naming the first example that is not about a sentiment label.
pub fn learn(settings: &Settings, examples: &[Example]) -> Result<Vec<u8>, Failure> {
    let mut desk = Desk::default();
    let mut rows = Vec::with_capacity(examples.len());
    for (place, example) in examples.iter().enumerate() {
        let class = class_of(example)
            .map_err(|fault| Failure::settings(format!("example {} of {}: {fault}", place + 1, examples.len())))?;
        rows.extend(row(settings, example, class, &mut desk));
    }
    Ok(residual::learn(&LABELS, &rows))
}

fn class_of(example: &Example) -> Result<usize, String> {
    if example.key != KEY {
        return Err(format!("`{}` cannot be learned; what can is `{KEY}`", example.key));
    }
    if !(example.weight > 0.0 && example.weight.is_finite()) {
        return Err(format!("it has weight {}; a weight is a number above 0", example.weight));
    }
    let Value::Text(label) = &example.value else { return Err(format!("the value of `{KEY}` is no text")) };
    let class = LABELS.iter().position(|known| known == label);
    class.ok_or_else(|| format!("`{label}` is no value of `{KEY}`; those are {}", LABELS.join(", ")))
}

/// What the trainer gets to see of an example.
fn row(settings: &Settings, example: &Example, class: usize, desk: &mut Desk) -> Option<fit::Example> {
    let document = &example.document;
    let language = document.language.as_deref();
    let tongue = Tongue::of(language);
    let prior = tongue.score(texts_of(document), &settings.words, desk)?.odds.to_vec();
    let brands = brands_of(settings, document);
    if !brands.is_empty() {
        let nameless: Vec<_> = texts_of(document).map(|text| brands::without_names(text, &brands)).collect();
        // For the words alone. A text that is but a name has none left.
        tongue.score(nameless.iter().map(AsRef::as_ref), &settings.words, desk)?;
    }
    let mut features = Vec::new();
    each_feature(language, desk, |feature| features.push(feature));
    Some(fit::Example { prior, weight: example.weight, ..fit::Example::of(class, features) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use vigie_plugin::testing::FakeHost;
    use vigie_plugin::{Annotation, Document, FailureClass, Label};

    use super::*;
    use crate::{Sentiment, annotate, tongue};

    /// What a site's people say of things, and of what.
    const THINGS: [&str; 10] =
        ["phone", "camera", "update", "battery", "keyboard", "design", "widget", "case", "speaker", "release"];
    const FRAMES: [&str; 2] = ["this {} SLANG", "ngl the {} SLANG for real"];

    fn said(word: &str, thing: &str, frame: &str) -> Document {
        Document::new(frame.replace("{}", thing).replace("SLANG", word)).language("en")
    }

    /// Forty corrections: twenty say that "slaps" is praise, twenty that "mid" is none.
    fn slang() -> Vec<Example> {
        let example =
            |word, label| move |number: usize| Example::new(said(word, THINGS[number / 2], FRAMES[number % 2]), KEY, label);
        // As they would come in: mixed.
        (0..20).flat_map(|number| [example("slaps", "positive")(number), example("is mid", "negative")(number)]).collect()
    }

    fn taught(examples: &[Example]) -> Settings {
        let table = learn(&Settings::default(), examples).expect("sound examples");
        let learned = Some(Site::try_from(Learned::from(table)).expect("its own table"));
        Settings { learned, ..Settings::default() }
    }

    fn label(settings: &Settings, document: &Document) -> Option<Value> {
        annotate(settings, document).into_iter().find(|annotation| annotation.key == KEY).map(|annotation| annotation.value)
    }

    fn text(label: &str) -> Option<Value> {
        Some(Value::Text(label.to_owned()))
    }

    /// Sentences that have nothing to do with the slang, good, bad and neither, in two languages.
    fn unrelated() -> Vec<Document> {
        let english = (
            [
                "my new laptop",
                "the train to Lyon",
                "their customer service",
                "this soup",
                "our hotel room",
                "the match last night",
            ],
            [
                "is wonderful",
                "was a complete disaster",
                "arrives on Monday",
                "could be better",
                "made me so happy",
                "costs 30 euros",
                "is the worst I have ever seen",
                "has a blue cover",
                "never works",
                "looks great",
            ],
        );
        let french = (
            [
                "mon nouveau portable",
                "le train de Lyon",
                "leur service client",
                "cette soupe",
                "notre chambre",
                "le match d'hier",
            ],
            [
                "est merveilleux",
                "était une catastrophe",
                "arrive lundi",
                "pourrait être mieux",
                "m'a rendu heureux",
                "coûte 30 euros",
                "est vraiment nul",
                "a une couverture bleue",
                "ne marche jamais",
                "est super",
            ],
        );
        let all = |(subjects, deeds): ([&str; 6], [&str; 10]), language: &'static str| {
            let said = |subject: &str| deeds.map(|deed| Document::new(format!("{subject} {deed}")).language(language));
            subjects.iter().flat_map(|subject| said(subject)).collect::<Vec<_>>()
        };
        [all(english, "en"), all(french, "fr")].concat()
    }

    #[test]
    fn slang_taught_forty_times_is_understood_and_the_rest_stays_as_it_was() {
        let (before, after) = (Settings::default(), taught(&slang()));
        for thing in ["laptop", "song", "charger", "interface", "tablet", "store"] {
            for (word, wanted) in [("slaps", "positive"), ("is so mid", "negative")] {
                let document = said(word, thing, "the new {} SLANG");
                assert_ne!(label(&before, &document), text(wanted), "the test wants slang nobody knows: {document:?}");
                assert_eq!(label(&after, &document), text(wanted), "{document:?}");
            }
        }
        let unrelated = unrelated();
        let changed = unrelated.iter().filter(|document| label(&before, document) != label(&after, document)).count();
        assert!(changed * 100 <= unrelated.len(), "{changed} of {} changed", unrelated.len());
        // What a text says beside the slang still counts.
        let mixed = said("slaps", "phone", "the {} SLANG, but I hate it, what a terrible waste of money");
        let Value::Number(polarity) = annotate(&after, &mixed)[0].value else { panic!("a number first") };
        assert!(polarity <= f64::from(crate::NEUTRAL), "{polarity}");
    }

    #[test]
    fn the_same_examples_teach_the_same() {
        let table = |examples: &[Example]| learn(&Settings::default(), examples).expect("sound examples");
        assert_eq!(table(&slang()), table(&slang()));
        assert!(table(&slang()).len() < 32 * 1024);
        assert_ne!(table(&slang()), table(&slang()[..10]));
    }

    #[test]
    fn stars_teach_less_than_people() {
        let document = said("slaps", "laptop", "the new {} SLANG");
        let polarity = |weight: f32| {
            let examples: Vec<Example> = slang().into_iter().take(12).map(|example| example.weight(weight)).collect();
            let annotations = annotate(&taught(&examples), &document);
            let Value::Number(polarity) = annotations[0].value else { panic!("a number first") };
            polarity
        };
        assert!(polarity(0.05) < polarity(1.0), "{} {}", polarity(0.05), polarity(1.0));
    }

    #[test]
    fn nothing_learned_changes_nothing() {
        let documents = [unrelated(), slang().into_iter().map(|example| example.document).collect()].concat();
        let empty = taught(&[]);
        for document in &documents {
            assert_eq!(annotate(&empty, document), annotate(&Settings::default(), document));
        }
        // No words to learn of, and a language without a list.
        let mute = [Document::new("https://a.example").language("en"), Document::new("źle").language("pl")];
        let mute = mute.map(|document| Example::new(document, KEY, "negative"));
        assert_eq!(learn(&Settings::default(), &mute), learn(&Settings::default(), &[]));
    }

    #[test]
    fn a_word_is_learned_in_its_own_language() {
        let after = taught(&slang());
        let german = Document::new("das neue Handy slaps").language("de");
        assert_eq!(annotate(&after, &german), annotate(&Settings::default(), &german));
        let british = Document::new("the new laptop slaps").language("en-GB");
        assert_eq!(label(&after, &british), text("positive"));
    }

    #[test]
    fn bad_reviews_do_not_make_a_brand_a_bad_word() {
        let review = |number: usize| {
            let thing = THINGS[number % 10];
            let mut document = Document::new(format!("zorgle {thing} borked again, acme {thing} borked")).language("en");
            document.annotations.push(Annotation::new("topics", vec![Label::new("acme", 1.0)]));
            Example::new(document, KEY, "negative")
        };
        let brands = crate::Brands::from([("zorg".to_owned(), vec!["zorgle".to_owned()])]);
        let examples: Vec<Example> = (0..30).map(review).collect();
        let table = learn(&Settings { brands, ..Settings::default() }, &examples).expect("sound examples");
        let learned = Some(Site::try_from(Learned::from(table)).expect("its own table"));
        let after = Settings { learned, ..Settings::default() };
        let about = |word: &str| Document::new(format!("a shop sells {word} on Mondays")).language("en");
        for name in ["acme", "zorgle"] {
            assert_eq!(annotate(&after, &about(name)), annotate(&Settings::default(), &about(name)), "{name}");
        }
        assert_ne!(annotate(&after, &about("borked")), annotate(&Settings::default(), &about("borked")));
    }

    #[test]
    fn what_cannot_be_learned_is_named() {
        let sound = || Example::new(Document::new("this slaps").language("en"), KEY, "positive");
        for (example, message) in [
            (Example { key: "emotion".to_owned(), ..sound() }, "`emotion` cannot be learned; what can is `sentiment-label`"),
            (
                Example { value: "great".into(), ..sound() },
                "`great` is no value of `sentiment-label`; those are negative, neutral, positive",
            ),
            (Example { value: 1.0.into(), ..sound() }, "the value of `sentiment-label` is no text"),
            (sound().weight(0.0), "it has weight 0; a weight is a number above 0"),
            (sound().weight(f32::NAN), "it has weight NaN; a weight is a number above 0"),
        ] {
            let failure = learn(&Settings::default(), &[sound(), example]).expect_err(message);
            assert_eq!((failure.class, failure.message), (FailureClass::Settings, format!("example 2 of 2: {message}")));
        }
    }

    #[test]
    fn a_table_comes_back_in_the_settings_or_is_refused() {
        let host = FakeHost::new();
        let analyze = |learned: serde_json::Value| {
            let documents = vec![Document::new("the new laptop slaps").language("en")];
            host.analyze::<Sentiment>(&json!({ "neutral": 0.3, "learned": learned }), documents)
        };
        let table = learn(&Settings::default(), &slang()).expect("sound examples");
        let outcomes = analyze(json!(Learned::from(table.clone()))).expect("a sound table");
        assert_eq!(outcomes[0].as_ref().expect("annotated")[1].value, Value::Text("positive".to_owned()));
        let foreign = residual::learn(&["calm", "angry"], &[]);
        for (learned, message) in [
            (json!("???"), "setting `learned`: not base64: "),
            (
                json!(Learned::from(table[..999].to_vec())),
                "setting `learned`: what was learned cannot be read: the table is cut short",
            ),
            (
                json!(Learned::from(foreign)),
                "setting `learned`: what was learned is about calm, angry, not about negative, neutral, positive",
            ),
        ] {
            let failure = analyze(learned).expect_err(message);
            assert_eq!(failure.class, FailureClass::Settings);
            assert!(failure.message.starts_with(message), "{}", failure.message);
        }
    }

    #[test]
    fn the_commonest_words_of_every_language_are_known() {
        assert_eq!(TABLE.len(), tongue::LANGUAGES.len() * COMMON * 4);
        assert!(
            TABLE.as_chunks::<4>().0.chunks_exact(COMMON).all(|words| words.is_sorted_by_key(|bytes| u32::from_le_bytes(*bytes)))
        );
        // A word of each that no review does without.
        for (language, word) in
            [("en", "the"), ("fr", "le"), ("es", "que"), ("de", "ich"), ("it", "che"), ("pt", "que"), ("nl", "ik"), ("ar", "من")]
        {
            let mut desk = Desk::default();
            Tongue::of(Some(language)).score([word], &Default::default(), &mut desk).expect("a word");
            each_feature(Some(language), &desk, |_| panic!("{language}: {word} is common"));
        }
    }
}
