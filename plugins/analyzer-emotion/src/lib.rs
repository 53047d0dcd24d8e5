//! Which emotions a mention shows: anger, disgust, fear, joy, sadness, surprise, or none.
//!
//! A linear model over hashed words and pieces of words says of each emotion by itself how likely it is ([`model`]): one table for English,
//! trained on comments and subtitle lines, one for seven other languages together, trained on subtitle lines. An emotion is named when it is
//! likelier than a threshold of its own, and comes before `none` when it stands out. In English and French an emotion that the text names or
//! denies itself ([`stated`]) overrules the model. Long texts are judged in parts. Irony is not recognised, and other languages are left
//! alone.
//!
//! The tables in `table/` are made by `xtask/train`; their licences stand in `table/NOTICE`.

pub mod language;
pub mod model;
pub mod stated;

use std::cell::RefCell;

use serde::Deserialize;
use vigie_plugin::features::Words;
use vigie_plugin::{Analyzer, Annotation, Document, Failure, Label};

use crate::model::Tables;

/// What the operator may set; see `plugin.toml`.
#[derive(Debug, Deserialize)]
#[serde(default)]
pub struct Settings {
    strictness: f32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { strictness: 1.0 }
    }
}

/// The plugin.
pub struct Emotion;

impl Analyzer for Emotion {
    type Settings = Settings;

    fn analyze(settings: &Settings, documents: Vec<Document>) -> Result<Vec<Result<Vec<Annotation>, Failure>>, Failure> {
        Ok(documents.iter().map(|document| Ok(annotate(settings, document))).collect())
    }
}

thread_local! {
    /// The words of one text after the other, in memory that lives as long as the instance.
    static WORDS: RefCell<Words> = RefCell::default();
}

/// The annotations of one document: none for a language we do not know and for a text without words. The title counts like a sentence.
#[must_use]
pub fn annotate(settings: &Settings, document: &Document) -> Vec<Annotation> {
    let Some(tables) = Tables::of(document.language.as_deref()) else { return Vec::new() };
    let texts = document.title.as_deref().into_iter().chain([document.text.as_str()]);
    let primary = document.language.as_deref().and_then(|tag| tag.split('-').next()).unwrap_or_default();
    let Some(judged) = WORDS.with_borrow_mut(|words| tables.judge(texts, primary, words)) else { return Vec::new() };
    let found = tables.found(&judged, settings.strictness);
    let Some(&(first, confidence)) = found.first() else { return Vec::new() };
    let labels: Vec<Label> = found.iter().map(|&(name, score)| Label::new(name, score)).collect();
    vec![Annotation::new("emotion", first).confidence(confidence), Annotation::new("emotions", labels).confidence(confidence)]
}

vigie_plugin::export_analyzer!(Emotion);

#[cfg(test)]
mod tests {
    use super::*;
    use vigie_plugin::Value;

    fn emotion(language: &str, text: &str) -> Option<String> {
        let annotations = annotate(&Settings::default(), &Document::new(text).language(language));
        annotations.into_iter().find(|annotation| annotation.key == "emotion").and_then(|annotation| match annotation.value {
            Value::Text(text) => Some(text),
            _ => None,
        })
    }

    #[test]
    fn plain_feelings_are_named() {
        for (language, text, wanted) in [
            ("en", "I am so angry, this makes me furious!", "anger"),
            ("en", "That is disgusting, gross", "disgust"),
            ("en", "I'm terrified, this is so scary", "fear"),
            ("en", "I love it, thank you so much, this is wonderful!", "joy"),
            ("en", "So sad, I cried all night, sorry for your loss", "sadness"),
            ("en", "Wow, I can't believe it, what a surprise!", "surprise"),
            ("en", "The meeting is on Tuesday at the office", "none"),
            ("fr", "J'ai peur, c'est effrayant", "fear"),
            ("fr", "Je suis tellement triste, je pleure", "sadness"),
            ("es", "Tengo miedo, mucho miedo", "fear"),
            ("fr", "Je suis en colère", "anger"),
            ("fr", "C'est vraiment dégoûtant", "disgust"),
            ("fr", "Je suis très surprise", "surprise"),
        ] {
            assert_eq!(emotion(language, text).as_deref(), Some(wanted), "{text}");
        }
    }

    /// Questions in English showed surprise though `none` was likelier, plain facts elsewhere whatever was a little likely.
    #[test]
    fn plain_facts_show_none() {
        for (language, text) in [
            ("en", "What time does the shop open?"),
            ("en", "Can I use it with two SIM cards?"),
            ("de", "Der Zug fährt um acht Uhr ab."),
            ("de", "Das Paket kommt am Dienstag."),
            ("fr", "Acme présente ses résultats trimestriels jeudi."),
            ("fr", "Le magasin ouvre à neuf heures."),
            ("fr", "Le train part à huit heures."),
            ("es", "La tienda abre a las nueve."),
            ("it", "Il negozio apre alle nove."),
            ("pt", "A loja abre às nove."),
            ("nl", "De winkel opent om negen uur."),
        ] {
            assert_eq!(emotion(language, text).as_deref(), Some("none"), "{text}");
        }
        // Nor is praise in words the tables hardly know taken for its contrary.
        assert_ne!(emotion("fr", "Au top !").as_deref(), Some("anger"));
        assert_ne!(emotion("it", "Ottimo prodotto, lo consiglio a tutti!").as_deref(), Some("sadness"));
        for (language, text, wanted) in [
            ("fr", "Super produit, merci !", "joy"),
            ("de", "Das Handy ist super, ich liebe es", "joy"),
            ("es", "Me encanta este móvil", "joy"),
            ("pt", "Amei esse celular", "joy"),
        ] {
            assert_eq!(emotion(language, text).as_deref(), Some(wanted), "{text}");
        }
    }

    #[test]
    fn what_is_denied_is_not_named() {
        for (language, text, denied) in [
            ("en", "I'm not afraid", "fear"),
            ("en", "I am not happy", "joy"),
            ("en", "she isn't angry at all", "anger"),
            ("en", "I was not surprised", "surprise"),
            ("fr", "je n'ai pas peur", "fear"),
            ("fr", "je ne suis pas triste", "sadness"),
        ] {
            assert_ne!(emotion(language, text).as_deref(), Some(denied), "{text}");
        }
    }

    #[test]
    fn length_alone_shows_nothing() {
        let plain = "The committee publishes its minutes within ten days, and each office keeps a copy for five years. ";
        assert_eq!(emotion("en", plain), emotion("en", &plain.repeat(60)), "longer is not surer");
        assert_eq!(emotion("en", &plain.repeat(60)).as_deref(), Some("none"));
    }

    #[test]
    fn what_cannot_be_told_is_left_out() {
        assert_eq!(emotion("en", ""), None);
        assert_eq!(emotion("en", "https://a.example @acme"), None);
        assert_eq!(emotion("ja", "とても嬉しい"), None);
        assert_eq!(emotion("und", "so happy"), None);
        assert!(annotate(&Settings::default(), &Document::new("so happy")).is_empty());
    }

    #[test]
    fn scores_are_probabilities_of_what_is_named() {
        let annotations =
            annotate(&Settings::default(), &Document::new("I hate this, it is disgusting and makes me angry!").language("en"));
        let Value::Labels(labels) = &annotations[1].value else { panic!("labels") };
        assert!(labels.iter().all(|label| (0.0..=1.0).contains(&label.score)), "{labels:?}");
        assert!(labels.len() > 1 && labels[0].name != "none", "{labels:?}");
    }

    #[test]
    fn strictness_names_less() {
        let document = Document::new("I hate this, it is disgusting and scary").language("en");
        let count = |strictness| match &annotate(&Settings { strictness }, &document)[1].value {
            Value::Labels(labels) => labels.iter().filter(|label| label.name != "none").count(),
            _ => 0,
        };
        assert!(count(0.25) > count(4.0));
    }
}
