//! What an author wants: complaint, question, praise, purchase, churn risk, each with the words that showed it.
//!
//! - [`text`] reads a mention into words without accents.
//! - [`cues`] finds words and patterns of words from a list a language (`cues/en.txt`, `cues/fr.txt`) and from the operator's own.
//! - [`negation`] tells which of them are denied.
//! - [`stage`] hears the tone of an English text, by a table that `cargo xtask train intent` makes.
//! - [`judge`] weighs cues, tone and who is spoken to.
//!
//! In other languages only questions are told, by their question mark, what the operator's cues show and what stars say. Irony is not
//! guessed.

pub mod cues;
pub mod judge;
pub mod negation;
pub mod stage;
pub mod text;
mod things;

use std::cell::RefCell;

use serde::Deserialize;
use vigie_plugin::features::Apostrophes;
use vigie_plugin::{Analyzer, Annotation, Document, Failure, Label, MentionKind};

use crate::cues::{Cues, Found};
use crate::judge::{Counts, Means};
use crate::stage::Tone;
use crate::text::Text;

/// What an author may want.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Intent {
    /// Something is not as it should be, and somebody shall know.
    Complaint,
    /// Wants an answer.
    Question,
    /// Says that something is good.
    Praise,
    /// Wants to buy.
    Purchase,
    /// A customer about to leave.
    ChurnRisk,
}

/// All of them, in the order they are written.
pub const INTENTS: [Intent; 5] = [Intent::Complaint, Intent::Question, Intent::Praise, Intent::Purchase, Intent::ChurnRisk];

impl Intent {
    /// Its name in annotations and lists.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Complaint => "complaint",
            Self::Question => "question",
            Self::Praise => "praise",
            Self::Purchase => "purchase",
            Self::ChurnRisk => "churn-risk",
        }
    }
}

/// What the operator may set; see `plugin.toml`.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Raw")]
pub struct Settings {
    threshold: f32,
    /// The operator's cues, for each way to read apostrophes.
    own: [Cues; 2],
}

#[derive(Debug, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct Raw {
    threshold: f32,
    cues: RawCues,
}

impl Default for Raw {
    fn default() -> Self {
        Self { threshold: 0.5, cues: RawCues::default() }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
struct RawCues {
    complaint: Vec<String>,
    praise: Vec<String>,
    purchase: Vec<String>,
    churn_risk: Vec<String>,
}

impl TryFrom<Raw> for Settings {
    type Error = String;

    fn try_from(raw: Raw) -> Result<Self, String> {
        let lists = [
            (Intent::Complaint, &raw.cues.complaint),
            (Intent::Praise, &raw.cues.praise),
            (Intent::Purchase, &raw.cues.purchase),
            (Intent::ChurnRisk, &raw.cues.churn_risk),
        ];
        for (intent, list) in lists {
            if let Some(pattern) = list.iter().find(|pattern| !Cues::is_pattern(pattern)) {
                return Err(format!(
                    "cue `{pattern}` of `{}` is no pattern: write words, with `_` between two of them for up to three others",
                    intent.name()
                ));
            }
        }
        let own = [Apostrophes::Join, Apostrophes::Split].map(|apostrophes| {
            Cues::own(lists.iter().flat_map(|(intent, list)| list.iter().map(|pattern| (*intent, pattern.as_str()))), apostrophes)
        });
        Ok(Self { threshold: raw.threshold, own })
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self { threshold: Raw::default().threshold, own: Default::default() }
    }
}

/// The plugin.
pub struct Intents;

thread_local! {
    /// Kept from one document to the next, so that reading one allocates next to nothing.
    static TEXT: RefCell<Text> = RefCell::default();
}

impl Analyzer for Intents {
    type Settings = Settings;

    fn analyze(settings: &Settings, documents: Vec<Document>) -> Result<Vec<Result<Vec<Annotation>, Failure>>, Failure> {
        TEXT.with_borrow_mut(|text| Ok(documents.iter().map(|document| Ok(annotate(settings, text, document))).collect()))
    }
}

/// The annotations of one document: none where it shows no intent.
#[must_use]
pub fn annotate(settings: &Settings, text: &mut Text, document: &Document) -> Vec<Annotation> {
    let parts = [document.title.as_deref().unwrap_or_default(), &document.text];
    let tag = document.language.as_deref().and_then(|tag| tag.split('-').next()).unwrap_or_default().to_ascii_lowercase();
    let splits = matches!(tag.as_str(), "fr" | "it");
    text.read(&parts, if splits { Apostrophes::Split } else { Apostrophes::Join });
    let mut found: Vec<Found> = Vec::new();
    settings.own[usize::from(splits)].find(text, &mut found);
    let cues = Cues::shipped(&tag);
    if let Some(cues) = cues {
        cues.find(text, &mut found);
    }
    let means = match (tag.as_str(), cues) {
        ("en", _) => Means::Tone,
        (_, Some(_)) => Means::Cues,
        (_, None) => Means::Marks,
    };
    let tone = if means == Means::Tone { stage::tone(text.normal()) } else { Tone::default() };
    let rating = document.rating.as_ref().and_then(|rating| {
        let span = rating.best - rating.worst;
        (span > 0.0).then(|| ((rating.value - rating.worst) / span).clamp(0.0, 1.0) as f32)
    });
    let mut counts = Counts::of(text, means, rating);
    counts.article = document.kind == MentionKind::Article;
    if cues.is_none() && counts.asks {
        found.extend(question_mark(text));
    }
    let likelihoods = judge::likelihoods(&found, &tone, &counts);
    let (mut intents, mut shown) = (Vec::new(), Vec::new());
    for (intent, likelihood) in INTENTS.into_iter().zip(likelihoods) {
        if likelihood >= settings.threshold {
            intents.push(Label::new(intent.name(), likelihood));
            shown.push(strongest(intent, &found, text, &parts));
        }
    }
    if intents.is_empty() {
        return Vec::new();
    }
    vec![Annotation::new("intent", intents), Annotation::new("intent-cues", shown)]
}

/// In a language without a list, a question mark is all that is understood.
fn question_mark(text: &Text) -> Option<Found> {
    let place = (0..text.words().len()).find(|place| text.folded(*place).starts_with('?'))?;
    Some(Found { intent: Intent::Question, weight: 2.0, words: place..place + 1, denied: false })
}

/// The cue that showed an intent most, or its tone where no cue did.
fn strongest(intent: Intent, found: &[Found], text: &Text, parts: &[&str]) -> Label {
    let cues = found.iter().filter(|found| found.intent == intent && found.weight > 0.0);
    // Of equals the first.
    let best =
        cues.fold(None::<&Found>, |best, cue| if best.is_some_and(|best| best.weight >= cue.weight) { best } else { Some(cue) });
    match best {
        Some(cue) => Label::new(format!("{}: {}", intent.name(), text.raw(cue.words.clone(), parts)), cue.weight),
        None => Label::new(format!("{}: tone", intent.name()), 1.0),
    }
}

vigie_plugin::export_analyzer!(Intents);

#[cfg(test)]
mod tests;
