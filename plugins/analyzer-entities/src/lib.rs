//! Who and what a mention names: brands, products, people, places.
//!
//! - [`dictionary`] finds the operator's entries in one pass: names, aliases, handles, hashtags; [`typo`] finds them with one error.
//! - [`shape`] finds names nobody listed: in English by a small model, which sees the [`view`] of a text, elsewhere by their capitals.
//! - [`common`] knows how English words are written elsewhere, and which of them stand between the same words; `lists` holds names nearly
//!   everybody knows, and words beside names.
//! - [`read`] turns a text into the words all look at.
//!
//! The tables are made by `cargo xtask train entities`. What a dictionary entry covers is not named again by its shape.

pub mod common;
pub mod dictionary;
mod features;
mod folded;
mod lists;
mod pieces;
pub mod read;
pub mod shape;
pub mod typo;
pub mod view;

use std::cell::RefCell;

use serde::Deserialize;
use vigie_plugin::{Analyzer, Annotation, Document, Failure, Label};

use crate::common::Common;
use crate::dictionary::{Dictionary, Entry};
use crate::read::{Word, lower_in_place, words};
use crate::view::View;

/// What a name is the name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A brand, a company, another organisation.
    Brand,
    /// A product or a work.
    Product,
    /// A person.
    Person,
    /// A place.
    Place,
}

/// The annotations in the order they are written, and the one for names of unknown kind.
const KEYS: [&str; 5] = ["brands", "products", "people", "places", "names"];
/// Names of one kind a mention gets at most.
const MOST_NAMES: usize = 50;
/// Languages in which all nouns have capitals.
const NOUNS_HAVE_CAPITALS: [&str; 2] = ["de", "lb"];
/// Languages without capitals: there the shape of a word says nothing.
const NO_CAPITALS: [&str; 11] = ["ar", "he", "fa", "ur", "hi", "zh", "ja", "ko", "th", "ka", "und"];

/// What the operator may set; see `plugin.toml`.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Raw")]
pub struct Settings {
    dictionary: Dictionary,
    unknown: bool,
    least: f32,
}

#[derive(Debug, Deserialize)]
#[serde(default)]
struct Raw {
    entries: Vec<Entry>,
    typos: bool,
    unknown: bool,
    least: f32,
}

impl Default for Raw {
    fn default() -> Self {
        Self { entries: Vec::new(), typos: true, unknown: true, least: 0.35 }
    }
}

impl TryFrom<Raw> for Settings {
    type Error = String;

    fn try_from(raw: Raw) -> Result<Self, String> {
        Ok(Self { dictionary: Dictionary::new(raw.entries, raw.typos)?, unknown: raw.unknown, least: raw.least })
    }
}

/// The plugin.
pub struct Entities;

/// What is kept from one document to the next, so that reading one allocates next to nothing.
#[derive(Debug, Default)]
pub struct Scratch {
    lower: String,
    words: Vec<Word>,
    found: Vec<dictionary::Found>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl Analyzer for Entities {
    type Settings = Settings;

    fn analyze(settings: &Settings, documents: Vec<Document>) -> Result<Vec<Result<Vec<Annotation>, Failure>>, Failure> {
        SCRATCH
            .with_borrow_mut(|scratch| Ok(documents.iter().map(|document| Ok(annotate(settings, scratch, document))).collect()))
    }
}

/// The annotations of one document: one a kind that is named.
#[must_use]
pub fn annotate(settings: &Settings, scratch: &mut Scratch, document: &Document) -> Vec<Annotation> {
    let mut names: [Vec<Label>; KEYS.len()] = Default::default();
    let tag = document.language.as_deref().map(|tag| tag.split('-').next().unwrap_or(tag).to_ascii_lowercase());
    for text in [document.title.as_deref().unwrap_or_default(), &document.text] {
        if !text.is_empty() {
            name_all(settings, scratch, text, tag.as_deref(), &mut names);
        }
    }
    let annotations = KEYS.iter().zip(names).filter(|(_, names)| !names.is_empty());
    annotations.map(|(key, names)| Annotation::new(*key, names)).collect()
}

/// Adds the names of one text.
fn name_all(settings: &Settings, scratch: &mut Scratch, text: &str, tag: Option<&str>, names: &mut [Vec<Label>; KEYS.len()]) {
    let Scratch { lower, words: read, found } = scratch;
    lower_in_place(text, lower);
    words(text, read);
    settings.dictionary.find(text, lower, read, found);
    for entity in found.iter() {
        if let Some(entry) = settings.dictionary.entries().get(entity.entry) {
            add(&mut names[entry.kind as usize], &entry.name, entity.sure);
        }
    }
    if !settings.unknown {
        return;
    }
    let view = View::new(text, lower, read, Common::shipped());
    let english = tag.map_or_else(|| looks_english(lower, read), |tag| tag == "en");
    let shaped = match tag {
        _ if english => shape::by_model(&view, settings.least),
        Some(tag) if NO_CAPITALS.contains(&tag) => Vec::new(),
        tag => shape::by_capitals(&view, tag.is_none_or(|tag| NOUNS_HAVE_CAPITALS.contains(&tag))),
    };
    for name in shaped {
        // Both lists stand in the order of the text, but a handful of names needs no merging.
        let listed = found.iter().take(MOST_NAMES).any(|entity| entity.at.start < name.at.end && name.at.start < entity.at.end);
        if listed || name.sure < settings.least {
            continue;
        }
        let mut known = false;
        for (class, kind) in [(1, Kind::Person), (2, Kind::Brand), (3, Kind::Place), (4, Kind::Product)] {
            if name.is_of(class) {
                known = true;
                add(&mut names[kind as usize], &text[name.at.clone()], name.likely[class]);
            }
        }
        if !known {
            add(&mut names[KEYS.len() - 1], &text[name.at.clone()], name.sure);
        }
    }
}

/// Where nobody said the language: whether a third of the words is common in English.
fn looks_english(lower: &str, words: &[Word]) -> bool {
    let table = Common::shipped();
    let common = words.iter().filter(|word| table.holds(&lower[word.at.clone()])).count();
    common * 3 >= words.len()
}

/// Adds a name once, with the most it was sure of.
fn add(names: &mut Vec<Label>, name: &str, sure: f32) {
    if let Some(label) = names.iter_mut().find(|label| label.name == name) {
        label.score = label.score.max(sure);
    } else if names.len() < MOST_NAMES {
        names.push(Label::new(name, sure));
    }
}

vigie_plugin::export_analyzer!(Entities);

#[cfg(test)]
mod tests;
