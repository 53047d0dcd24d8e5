//! Says in which language a mention is written.
//!
//! Scripts that one language alone uses decide by themselves ([`script`]). Everything else goes through a linear model over hashed pieces
//! of words ([`features`], [`detect`]), trained by `xtask/train` on subtitle lines and shipped as eight-bit numbers. Below a margin of
//! confidence the answer is `und`: a wrong language is worse than none.

pub mod declared;
pub mod detect;
pub mod features;
mod han;
pub mod script;

use std::sync::OnceLock;

use serde::Deserialize;
use vigie_plugin::linear::Model;
use vigie_plugin::{Analyzer, Annotation, Document, Failure};

use crate::detect::Detector;

/// Confidence below which the answer is `und`, unless the operator says otherwise.
pub const MARGIN: f32 = 0.35;

/// What the operator may set; see `plugin.toml`.
#[derive(Debug, Deserialize)]
#[serde(default)]
pub struct Settings {
    margin: f32,
    languages: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { margin: MARGIN, languages: Vec::new() }
    }
}

/// The plugin.
pub struct Language;

impl Analyzer for Language {
    type Settings = Settings;

    fn analyze(settings: &Settings, documents: Vec<Document>) -> Result<Vec<Result<Vec<Annotation>, Failure>>, Failure> {
        let detector = Detector::new(shipped(), settings.margin, &settings.languages)
            .map_err(|unknown| Failure::settings(unknown.to_string()))?;
        Ok(documents.iter().map(|document| Ok(vec![annotate(&detector, document)])).collect())
    }
}

/// The annotation of one document; its title counts as part of its text.
#[must_use]
pub fn annotate(detector: &Detector<'_>, document: &Document) -> Annotation {
    let found = detector.detect(document.title.as_deref(), &document.text, document.language.as_deref());
    Annotation::new("language", found.tag).confidence(found.confidence)
}

/// The model this plugin ships with.
///
/// # Panics
/// Never: a test reads the same bytes.
#[must_use]
pub fn shipped() -> &'static Model<'static> {
    static MODEL: OnceLock<Model<'static>> = OnceLock::new();
    MODEL.get_or_init(|| {
        Model::read(include_bytes!("../table/language.bin")).expect("the shipped table is whole; a test reads it")
    })
}

vigie_plugin::export_analyzer!(Language);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_model_is_whole_and_knows_its_languages() {
        assert!(shipped().classes().len() >= 30);
        for tag in ["en", "fr", "de", "es", "it", "pt", "nl", "ar"] {
            assert!(shipped().place(tag).is_some(), "{tag}");
        }
    }
}
