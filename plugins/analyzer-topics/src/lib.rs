//! What a mention is about, in its own words, and the words inside its hashtags.
//!
//! - [`read`] turns a text into words and says which of them can stand in a phrase ([`stop`] holds those that cannot).
//! - [`phrases`] finds the runs of such words, weighs them and keeps the best.
//! - [`hashtags`] cuts `#BlackFriday` and `#blackfriday` into "black friday".
//! - [`words`] knows how common a word is, from a table that `cargo xtask train topics` makes.
//!
//! Nothing here looks beyond one mention: what many mentions have in common is the host's to say.

pub mod hashtags;
pub mod phrases;
pub mod read;
pub mod stop;
pub mod words;

use std::cell::RefCell;

use serde::Deserialize;
use vigie_plugin::{Analyzer, Annotation, Document, Failure, Label};

use crate::read::Reader;
use crate::stop::Language;

/// What the operator may set; see `plugin.toml`.
#[derive(Debug, Deserialize)]
#[serde(default)]
pub struct Settings {
    limit: usize,
    ignore: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { limit: 10, ignore: Vec::new() }
    }
}

/// The plugin.
pub struct Topics;

thread_local! {
    /// Kept from one document to the next, so that reading one allocates next to nothing.
    static READER: RefCell<Reader> = RefCell::default();
}

impl Analyzer for Topics {
    type Settings = Settings;

    fn analyze(settings: &Settings, documents: Vec<Document>) -> Result<Vec<Result<Vec<Annotation>, Failure>>, Failure> {
        READER.with_borrow_mut(|reader| Ok(documents.iter().map(|document| Ok(annotate(settings, reader, document))).collect()))
    }
}

/// The annotations of one document: no key phrases where no stop list fits its language, no hashtags where none can be cut.
#[must_use]
pub fn annotate(settings: &Settings, reader: &mut Reader, document: &Document) -> Vec<Annotation> {
    let parts = [document.title.as_deref().unwrap_or_default(), &document.text];
    reader.read(&parts);
    let language = Language::of(document.language.as_deref(), reader.words());
    let mut annotations = Vec::with_capacity(2);
    if let Some(language) = language {
        let phrases = phrases::find(reader, &parts, language, settings.limit, &settings.ignore);
        if !phrases.is_empty() {
            annotations.push(Annotation::new("keyphrases", phrases));
        }
    }
    let cut: Vec<Label> = hashtags::cut(reader, &parts, language.map_or("en", Language::tag));
    if !cut.is_empty() {
        annotations.push(Annotation::new("hashtag-words", cut));
    }
    annotations
}

vigie_plugin::export_analyzer!(Topics);

#[cfg(test)]
mod tests;
