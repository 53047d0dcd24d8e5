//! How favourable a mention is.
//!
//! A port of the VADER method (C. J. Hutto and E. Gilbert, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social
//! Media Text", ICWSM 2014) to a table per language: words have a valence of -4 to 4 ([`lexicon`]); what stands around them, negation,
//! intensifiers, capitals, "but", changes it ([`rules`]); their sum becomes a polarity of -1 to 1 ([`score`]).
//!
//! The tables in `table/` are made by `examples/tables.rs`; their licences stand in `table/NOTICE`.

pub mod lexicon;
pub mod rules;
pub mod score;
pub mod tokens;

use std::collections::HashMap;

use serde::Deserialize;
use vigie_plugin::{Analyzer, Annotation, Document, Failure, Value};

use crate::lexicon::Lexicon;
use crate::score::polarity;

/// What the operator may set; see `plugin.toml`.
#[derive(Debug, Deserialize)]
#[serde(default)]
pub struct Settings {
    neutral: f32,
    words: HashMap<String, f32>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { neutral: 0.1, words: HashMap::new() }
    }
}

/// The plugin.
pub struct Sentiment;

impl Analyzer for Sentiment {
    type Settings = Settings;

    fn analyze(settings: &Settings, documents: Vec<Document>) -> Result<Vec<Result<Vec<Annotation>, Failure>>, Failure> {
        Ok(documents.iter().map(|document| Ok(annotate(settings, document))).collect())
    }
}

/// The annotations of one document: none where nothing can be said. The title counts like a sentence of the text.
#[must_use]
pub fn annotate(settings: &Settings, document: &Document) -> Vec<Annotation> {
    let lexicon = Lexicon::of(document.language.as_deref());
    let joined;
    let text = match &document.title {
        Some(title) => {
            joined = format!("{title}\n{}", document.text);
            &joined
        }
        None => &document.text,
    };
    let Some(polarity) = polarity(text, lexicon, &settings.words) else { return Vec::new() };
    let label = if polarity > settings.neutral {
        "positive"
    } else if polarity < -settings.neutral {
        "negative"
    } else {
        "neutral"
    };
    let annotation = |key: &str, value| Annotation { key: key.to_owned(), value, confidence: None };
    vec![
        annotation("sentiment", Value::Number(f64::from(polarity))),
        annotation("sentiment-label", Value::Text(label.to_owned())),
    ]
}

vigie_plugin::export_analyzer!(Sentiment);
