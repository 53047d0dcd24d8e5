//! How favourable a mention is, and towards whom.
//!
//! A list of words per language ([`lexicon`]) and rules ([`evidence`]) say what VADER would; a linear model over hashed words and pieces of
//! words weighs that together with what it learned ([`tongue`]). English has a model trained on posts; the other languages have one for good
//! or bad trained on subtitle lines, and take from English how much of that an ordinary post needs to count. Where several brands are
//! named, each has a polarity of its own ([`brands`]). What a site taught in place moves the probabilities ([`site`]).
//!
//! The tables in `table/` are made by `xtask/train`; their licences stand in `table/NOTICE`.

pub mod brands;
pub mod compare;
pub mod evidence;
pub mod lexicon;
pub mod phrases;
pub mod site;
pub mod tongue;

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;

use serde::Deserialize;
use vigie_plugin::{Analyzer, Annotation, Document, Failure, Label, Rating, Value};
use vigie_plugin_learning::{Example, LearningAnalyzer};

use crate::brands::Brands;
use crate::site::Site;
use crate::tongue::{Desk, Odds, Tongue};

/// What the operator may set; see `plugin.toml`. And what was learned in place, which the host adds.
#[derive(Debug, Deserialize)]
#[serde(default)]
pub struct Settings {
    neutral: f32,
    words: HashMap<String, f32>,
    brands: Brands,
    learned: Option<Site>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { neutral: NEUTRAL, words: HashMap::new(), brands: Brands::new(), learned: None }
    }
}

/// Polarity from 0 up to which a mention counts as neutral, unless the operator says otherwise; chosen on the dev rows.
pub const NEUTRAL: f32 = 0.3;

/// The odds of one star to five, set by us.
const STARS: [Odds; 5] = [[0.85, 0.1, 0.05], [0.65, 0.25, 0.1], [0.25, 0.5, 0.25], [0.1, 0.25, 0.65], [0.05, 0.1, 0.85]];

/// The plugin.
pub struct Sentiment;

impl Analyzer for Sentiment {
    type Settings = Settings;

    fn analyze(settings: &Settings, documents: Vec<Document>) -> Result<Vec<Result<Vec<Annotation>, Failure>>, Failure> {
        Ok(documents.iter().map(|document| Ok(annotate(settings, document))).collect())
    }
}

impl LearningAnalyzer for Sentiment {
    fn learn(settings: &Settings, examples: Vec<Example>) -> Result<Vec<u8>, Failure> {
        site::learn(settings, &examples)
    }
}

thread_local! {
    /// Buffers that live as long as the instance.
    static DESK: RefCell<Desk> = RefCell::default();
}

/// The annotations of one document: none where nothing can be said.
#[must_use]
pub fn annotate(settings: &Settings, document: &Document) -> Vec<Annotation> {
    DESK.with_borrow_mut(|desk| {
        let said = odds(settings, document, texts_of(document), desk).or_else(|| stars(document.rating.as_ref()));
        let Some(odds) = said else { return Vec::new() };
        let polarity = polarity(&odds);
        let (label, confidence) = label(&odds, settings.neutral);
        let mut annotations = vec![
            Annotation::new("sentiment", f64::from(polarity)).confidence(confidence),
            Annotation::new("sentiment-label", label).confidence(confidence),
        ];
        let named = by_brand(settings, document, desk);
        if !named.is_empty() {
            annotations.push(Annotation::new("sentiment-brands", named));
        }
        annotations
    })
}

/// What is read of a document. The title counts like a sentence of the text.
fn texts_of(document: &Document) -> impl Iterator<Item = &str> + Clone {
    document.title.as_deref().into_iter().chain([document.text.as_str()])
}

/// The odds of texts in a document's language, as shipped tables and the site's own say. Where nobody knows the language, as of most texts
/// of a single word, what all lists agree on.
fn odds<'t>(
    settings: &Settings,
    document: &Document,
    texts: impl Iterator<Item = &'t str> + Clone,
    desk: &mut Desk,
) -> Option<Odds> {
    let language = document.language.as_deref();
    let scored = Tongue::of(language).score(texts.clone(), &settings.words, desk);
    let mut odds = match scored {
        Some(scored) => scored.odds,
        None if matches!(tongue::primary(language), None | Some("und")) => tongue::of_any(texts, &settings.words, desk)?,
        None => return None,
    };
    if let Some(site) = &settings.learned {
        site.shift(&mut odds, language, desk);
    }
    Some(odds)
}

/// The odds of a review whose words say nothing, by its stars.
fn stars(rating: Option<&Rating>) -> Option<Odds> {
    let rating = rating?;
    let span = rating.best - rating.worst;
    let share = ((rating.value - rating.worst) / span).clamp(0.0, 1.0);
    (span > 0.0).then(|| STARS[(share * (STARS.len() - 1) as f64).round() as usize])
}

/// From odds to a number: what speaks for it less what speaks against it.
#[must_use]
pub fn polarity(odds: &Odds) -> f32 {
    odds[2] - odds[0]
}

/// The label of odds, and how likely it is.
///
/// A text within the neutral zone is neutral, unless that is the least likely of the three. Where another label is a little likelier than
/// neutral, the confidence is that label's: no label is told as less likely than another. It is calibrated over all texts, not over these.
#[must_use]
pub fn label(odds: &Odds, neutral: f32) -> (&'static str, f32) {
    let polarity = polarity(odds);
    let [bad, neither, good] = *odds;
    if polarity.abs() <= neutral && neither >= bad.min(good) {
        ("neutral", neither.max(bad).max(good))
    } else if polarity > 0.0 {
        ("positive", good)
    } else {
        ("negative", bad)
    }
}

/// The brands of the settings, and the topics the mention matched, by their ids.
fn brands_of<'s>(settings: &'s Settings, document: &Document) -> Cow<'s, Brands> {
    let topics: &[Label] = match document.annotation("topics") {
        Some(Value::Labels(topics)) => topics,
        _ => &[],
    };
    if topics.iter().all(|topic| settings.brands.contains_key(&topic.name)) {
        return Cow::Borrowed(&settings.brands);
    }
    let more = topics.iter().map(|topic| (topic.name.clone(), Vec::new()));
    Cow::Owned(more.chain(settings.brands.clone()).collect())
}

/// A polarity for each brand, where two or more are named.
fn by_brand(settings: &Settings, document: &Document, desk: &mut Desk) -> Vec<Label> {
    let brands = brands_of(settings, document);
    if brands.len() < 2 {
        return Vec::new();
    }
    let mut said = |ranges: &[Range<usize>]| {
        let parts = ranges.iter().filter_map(|range| document.text.get(range.clone()));
        odds(settings, document, parts, desk).map(|odds| polarity(&odds))
    };
    let scored = brands::told(&document.text, &brands).into_iter().filter_map(|told| {
        let mut values = told.compared;
        values.extend(said(&told.parts));
        values.extend(said(&told.denied).map(|polarity| polarity * evidence::NEGATION));
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        (!values.is_empty()).then(|| Label::new(told.brand, mean))
    });
    scored.collect()
}

vigie_plugin_learning::export_learning_analyzer!(Sentiment);

#[cfg(test)]
mod tests {
    use super::*;

    fn find<'a>(annotations: &'a [Annotation], key: &str) -> Option<&'a Value> {
        annotations.iter().find(|annotation| annotation.key == key).map(|annotation| &annotation.value)
    }

    #[test]
    fn a_document_has_a_number_and_a_label_that_agree() {
        let settings = Settings::default();
        for (text, label) in [
            ("I love it, best phone ever 😍", "positive"),
            ("Worst update ever, I want my money back 😡", "negative"),
            ("The phone has two cameras and a box", "neutral"),
        ] {
            let annotations = annotate(&settings, &Document::new(text).language("en"));
            assert!(matches!(find(&annotations, "sentiment-label"), Some(Value::Text(found)) if found == label), "{text}");
            let Some(Value::Number(polarity)) = find(&annotations, "sentiment") else { panic!("a number for {text}") };
            assert!((-1.0..=1.0).contains(polarity));
            assert!(annotations[1].confidence.is_some_and(|confidence| (0.3..=1.0).contains(&confidence)));
        }
    }

    #[test]
    fn no_other_label_is_likelier_than_the_one_told() {
        for (odds, told) in [
            ([0.42, 0.19, 0.39], ("negative", 0.42)),
            ([0.39, 0.19, 0.42], ("positive", 0.42)),
            ([0.25, 0.33, 0.42], ("neutral", 0.42)),
            ([0.1, 0.8, 0.1], ("neutral", 0.8)),
            ([0.05, 0.35, 0.6], ("positive", 0.6)),
        ] {
            assert_eq!(label(&odds, NEUTRAL), told);
        }
    }

    #[test]
    fn the_label_has_the_sign_of_the_number() {
        for bad in 0..=20 {
            for good in 0..=20 - bad {
                let odds = [bad as f32 / 20.0, (20 - bad - good) as f32 / 20.0, good as f32 / 20.0];
                let wanted = if good > bad { "negative" } else { "positive" };
                assert!(good == bad || label(&odds, NEUTRAL).0 != wanted, "{odds:?}");
            }
        }
        let not_bad = annotate(&Settings::default(), &Document::new("Non è male").language("it"));
        assert!(matches!(find(&not_bad, "sentiment-label"), Some(Value::Text(label)) if label != "negative"), "{not_bad:?}");
    }

    /// "Terrible" is a word of five languages, so that nobody could say which it is, and nothing was said of it at all.
    #[test]
    fn where_the_language_is_unknown_all_lists_are_asked() {
        let said = |text: &str, stars: Option<f64>| {
            let mut document = Document::new(text).language("und");
            document.rating = stars.map(|value| Rating { value, worst: 1.0, best: 5.0 });
            match find(&annotate(&Settings::default(), &document), "sentiment-label") {
                Some(Value::Text(label)) => label.clone(),
                _ => "nothing".to_owned(),
            }
        };
        for (text, label) in [
            ("Terrible", "negative"),
            ("Awful", "negative"),
            ("Great", "positive"),
            ("Bad.", "negative"),
            ("Top", "positive"),
            ("Super", "positive"),
            ("garbage", "negative"),
            ("Pessimo", "negative"),
            ("Perfekt", "positive"),
            ("Déçu", "negative"),
            ("ممتاز", "positive"),
            ("Nova 5", "nothing"),
            ("hm", "nothing"),
        ] {
            assert_eq!(said(text, None), label, "{text}");
        }
        assert_eq!(said("Bad.", Some(1.0)), "negative");
        assert_eq!((said("Nova 5", Some(1.0)), said("Nova 5", Some(5.0))), ("negative".to_owned(), "positive".to_owned()));
        assert_eq!((said("Nova 5", Some(2.0)), said("Nova 5", Some(3.0))), ("negative".to_owned(), "neutral".to_owned()));
        assert_eq!(said("Great", Some(1.0)), "positive", "words come first");
        let mut polish = Document::new("źle").language("pl");
        assert!(annotate(&Settings::default(), &polish).is_empty());
        polish.rating = Some(Rating { value: 1.0, worst: 1.0, best: 5.0 });
        assert_eq!(annotate(&Settings::default(), &polish).len(), 2);
    }

    #[test]
    fn brands_of_one_clause_are_told_apart() {
        let brands = Brands::from([("acme".to_owned(), vec![]), ("rival".to_owned(), vec![])]);
        let settings = Settings { brands, ..Settings::default() };
        let scores = |language: &str, text: &str| -> Vec<f32> {
            let annotations = annotate(&settings, &Document::new(text).language(language));
            match find(&annotations, "sentiment-brands") {
                Some(Value::Labels(labels)) => labels.iter().map(|label| label.score).collect(),
                _ => Vec::new(),
            }
        };
        for (language, text) in [
            ("en", "Acme is better than Rival"),
            ("en", "I love Acme and I hate Rival"),
            ("fr", "Acme est mieux que Rival"),
            ("de", "Ich liebe Acme und hasse Rival"),
            ("es", "Prefiero Acme a Rival"),
        ] {
            let scores = scores(language, text);
            assert!(matches!(scores.as_slice(), [acme, rival] if *acme > 0.3 && *rival < -0.3), "{text}: {scores:?}");
        }
        for (language, text) in [("en", "Neither Acme nor Rival is any good"), ("fr", "Ni Acme ni Rival ne sont bons")] {
            let scores = scores(language, text);
            assert!(matches!(scores.as_slice(), [acme, rival] if *acme < -0.3 && *rival < -0.3), "{text}: {scores:?}");
        }
        assert!(scores("en", "I left Acme for Rival and am happy").is_empty());
    }

    #[test]
    fn nothing_is_said_where_nothing_speaks() {
        let settings = Settings::default();
        for (text, language) in [("", "en"), ("https://a.example @acme", "fr"), ("źle", "pl"), ("12", "und")] {
            assert!(annotate(&settings, &Document::new(text).language(language)).len() < 2 || text == "12", "{text}");
        }
        assert!(annotate(&settings, &Document::new("hm").language(None::<String>)).is_empty());
    }

    #[test]
    fn two_brands_have_a_polarity_each() {
        let brands = Brands::from([("acme".to_owned(), vec!["@acmecare".to_owned()]), ("rival".to_owned(), vec![])]);
        let settings = Settings { brands, ..Settings::default() };
        let text = "I love my acme, it is wonderful. The rival is awful and useless!";
        let annotations = annotate(&settings, &Document::new(text).language("en"));
        let Some(Value::Labels(labels)) = find(&annotations, "sentiment-brands") else { panic!("two brands") };
        assert!(labels[0].name == "acme" && labels[0].score > 0.3, "{labels:?}");
        assert!(labels[1].name == "rival" && labels[1].score < -0.3, "{labels:?}");
        let annotations = annotate(&settings, &Document::new("I love my acme").language("en"));
        assert!(find(&annotations, "sentiment-brands").is_none());
    }

    #[test]
    fn topics_of_the_host_are_brands() {
        let mut document = Document::new("acme is great, rival is terrible").language("en");
        document.annotations.push(Annotation::new("topics", vec![Label::new("acme", 1.0), Label::new("rival", 1.0)]));
        let annotations = annotate(&Settings::default(), &document);
        let Some(Value::Labels(labels)) = find(&annotations, "sentiment-brands") else { panic!("two brands") };
        assert!(labels[0].score > labels[1].score);
    }
}
