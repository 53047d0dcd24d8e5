//! Says in which language a mention is written.
//!
//! Scripts that one language alone uses decide by themselves. Everything else goes through a linear model over hashed
//! character n-grams ([`features`]), whose table ([`table`]) is trained by `examples/train.rs` on subtitle lines and shipped as eight-bit
//! numbers. Below a margin of confidence the answer is `und`: a wrong language is worse than none.

pub mod detect;
pub mod features;
pub mod table;

use serde::Deserialize;
use vigie_plugin::{Analyzer, Annotation, Document, Failure, FailureClass, Value};

use crate::detect::Detector;
use crate::table::Table;

/// What the operator may set; see `plugin.toml`.
#[derive(Debug, Deserialize)]
#[serde(default)]
pub struct Settings {
    margin: f32,
    languages: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { margin: 0.5, languages: Vec::new() }
    }
}

/// The plugin.
pub struct Language;

impl Analyzer for Language {
    type Settings = Settings;

    fn analyze(settings: &Settings, documents: Vec<Document>) -> Result<Vec<Result<Vec<Annotation>, Failure>>, Failure> {
        let detector = Detector::new(Table::shipped(), settings.margin, &settings.languages).map_err(|unknown| Failure {
            class: FailureClass::Settings,
            message: unknown.to_string(),
            retry_after_ms: None,
        })?;
        Ok(documents.iter().map(|document| Ok(vec![annotate(&detector, document)])).collect())
    }
}

/// The annotation of one document; its title counts as part of its text.
#[must_use]
pub fn annotate(detector: &Detector<'_>, document: &Document) -> Annotation {
    let found = match &document.title {
        Some(title) => detector.detect(&format!("{title}\n{}", document.text)),
        None => detector.detect(&document.text),
    };
    Annotation { key: "language".to_owned(), value: Value::Text(found.tag.to_owned()), confidence: found.confidence }
}

vigie_plugin::export_analyzer!(Language);
