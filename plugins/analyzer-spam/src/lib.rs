//! How likely a mention is spam and its author a bot, each with reasons a person can check. Likelihoods, never verdicts.
//!
//! - [`cues`] are signs of spam: links, calls to follow or to click, prizes, telephone numbers, in eight languages.
//! - [`stage`] weighs them: for English with the wording, by a table that `cargo xtask train spam` makes; else by fixed weights.
//! - [`account`] looks at the author: what the account says of itself, its handle, its followers, its empty profile.
//!
//! Whether many accounts write the same is no question of one mention; the host's near-duplicates answer it.

pub mod account;
pub mod cues;
pub mod stage;

use std::cell::RefCell;

use serde::Deserialize;
use vigie_plugin::features::{Apostrophes, Words};
use vigie_plugin::{Analyzer, Annotation, Document, Failure, Label};

use crate::cues::{SIGNS, signs};

/// Reasons given at most.
const MOST_REASONS: usize = 5;

/// What the operator may set; see `plugin.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Settings {
    trusted: Vec<String>,
}

/// The plugin.
pub struct Spam;

thread_local! {
    /// Kept from one document to the next, so that reading one allocates next to nothing.
    static WORDS: RefCell<Words> = RefCell::default();
}

impl Analyzer for Spam {
    type Settings = Settings;

    fn analyze(settings: &Settings, documents: Vec<Document>) -> Result<Vec<Result<Vec<Annotation>, Failure>>, Failure> {
        WORDS.with_borrow_mut(|words| Ok(documents.iter().map(|document| Ok(annotate(settings, words, document))).collect()))
    }
}

/// The annotations of one document: no `spam` where there is no text, no `bot` where nothing is known of the author.
#[must_use]
pub fn annotate(settings: &Settings, words: &mut Words, document: &Document) -> Vec<Annotation> {
    let mut annotations = Vec::with_capacity(4);
    if is_trusted(settings, document) {
        return vec![Annotation::new("spam", 0.0), Annotation::new("bot", 0.0)];
    }
    let spam = spam(words, document);
    if let Some((likely, reasons)) = &spam {
        annotations.push(Annotation::new("spam", f64::from(*likely)));
        annotations.extend(labels("spam-reasons", reasons));
    }
    let found =
        document.author.as_ref().and_then(|author| account::likelihood(author, spam.as_ref().map_or(0.0, |(likely, _)| *likely)));
    if let Some((likely, reasons)) = found {
        annotations.push(Annotation::new("bot", f64::from(likely)));
        annotations.extend(labels("bot-reasons", &reasons));
    }
    annotations
}

fn is_trusted(settings: &Settings, document: &Document) -> bool {
    let handle = document.author.as_ref().and_then(|author| author.handle.as_deref()).unwrap_or_default();
    let plain = |handle: &str| handle.trim_start_matches('@').to_lowercase();
    !handle.is_empty() && settings.trusted.iter().any(|trusted| plain(trusted) == plain(handle))
}

/// How likely a text is spam, with the reasons, strongest first.
fn spam(words: &mut Words, document: &Document) -> Option<(f32, Vec<account::Reason>)> {
    let joined;
    let text = match &document.title {
        Some(title) => {
            joined = format!("{title}\n{}", document.text);
            &joined
        }
        None => &document.text,
    };
    words.read(text, Apostrophes::Join);
    if words.as_slice().is_empty() {
        return None;
    }
    let signs = signs(text, words);
    let english =
        document.language.as_deref().is_none_or(|tag| tag.split('-').next().is_some_and(|tag| tag.eq_ignore_ascii_case("en")));
    let by_signs = stage::by_signs(&signs, !english);
    let by_model = if english { stage::by_model(words, &signs) } else { 0.0 };
    let mut reasons: Vec<account::Reason> = signs
        .iter()
        .zip(SIGNS)
        .map(|(strength, (_, name, weight))| (name, strength * weight))
        .filter(|(_, weight)| *weight > 0.0)
        .collect();
    if by_model >= 0.5 && by_model > by_signs {
        reasons.push(("wording", by_model));
    }
    reasons.sort_by(|a, b| b.1.total_cmp(&a.1));
    reasons.truncate(MOST_REASONS);
    Some((stage::together(by_model, by_signs), reasons))
}

fn labels(key: &str, reasons: &[account::Reason]) -> Option<Annotation> {
    let labels: Vec<Label> = reasons.iter().map(|(name, weight)| Label::new(*name, *weight)).collect();
    (!labels.is_empty()).then(|| Annotation::new(key, labels))
}

vigie_plugin::export_analyzer!(Spam);

#[cfg(test)]
mod tests;
