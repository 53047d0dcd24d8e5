//! Sends mentions through the waves of analyzers, a batch at a time, and keeps what fails with its reason.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinSet;
use vigie_mention::delivery::Document;
use vigie_mention::{Annotation, Instant, Mention, TopicId, Value};
use vigie_runtime::{CallError, Read};
use vigie_store::{Analysis, DeadLetter, InUse, Polarity, Signals};

use crate::event::Event;
use crate::fingerprint::fingerprint;
use crate::lend::{LANGUAGE, document, found_language};
use crate::plan::{Analyzed, Analyzer};
use crate::quarantine::Quarantine;

/// The annotation that goes into the facts beside the language.
const SENTIMENT: &str = "sentiment";

/// The stage of dead letters about a mention that is stored without what an analyzer would have found.
pub const ANNOTATE: &str = "annotate";

/// A mention on its way to the store.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) mention: Mention,
    pub(crate) topics: Vec<TopicId>,
    /// See [`Signals::given`].
    pub(crate) given: Option<Vec<TopicId>>,
    pub(crate) annotations: Vec<Annotation>,
}

struct Stage {
    analyzer: Arc<dyn Analyzer>,
    quarantine: Mutex<Quarantine>,
}

/// The analyzers of a plan, in waves.
pub(crate) struct Annotator {
    waves: Vec<Vec<Arc<Stage>>>,
    documents: usize,
}

/// Why some mentions of a batch have no annotation of one analyzer.
struct Missing {
    items: Vec<usize>,
    message: String,
}

/// Annotations found, by the place of their item.
type Found = Vec<(usize, Vec<Annotation>)>;

/// What one analyzer made of one chunk of a batch.
struct Chunk {
    /// Place of the analyzer in its wave, and of the chunk in the batch.
    place: (usize, usize),
    found: Found,
    missing: Vec<Missing>,
}

impl Annotator {
    pub(crate) fn new(analyzers: &[Arc<dyn Analyzer>], waves: &[Vec<usize>], documents: usize) -> Self {
        let stage = |&index: &usize| Arc::new(Stage { analyzer: Arc::clone(&analyzers[index]), quarantine: Mutex::default() });
        Self { waves: waves.iter().map(|wave| wave.iter().map(stage).collect()).collect(), documents: documents.clamp(1, 512) }
    }

    /// Stands for the analyzers and their editions. An analyzer may find nothing in a mention, so what was found does not tell which
    /// analyzers have seen it; this, stored with the mention, does.
    pub(crate) fn fingerprint(&self) -> u64 {
        let mut names: Vec<String> = self.stages().map(Stage::edition).collect();
        names.sort_unstable();
        // What goes into the facts counts like a version: they say whose results they carry.
        names.insert(0, "facts@2".to_owned());
        fingerprint(&names)
    }

    /// Whose results go into the facts, and the versions of all.
    pub(crate) fn in_use(&self) -> InUse {
        let writer = |key: &str| self.stages().find(|stage| stage.analyzer.writes().iter().any(|written| written == key));
        let edition = |key: &str| writer(key).map(Stage::edition);
        InUse {
            analysis: Analysis { language: edition(LANGUAGE), sentiment: edition(SENTIMENT) },
            versions: self.stages().map(|stage| (stage.analyzer.id().to_owned(), stage.analyzer.version().to_owned())).collect(),
        }
    }

    /// Whether an analyzer is among them.
    pub(crate) fn has(&self, analyzer: &str) -> bool {
        self.stages().any(|stage| stage.analyzer.id() == analyzer)
    }

    /// Whether an analyzer asks for this field.
    pub(crate) fn reads(&self, field: &Read) -> bool {
        self.stages().any(|stage| stage.analyzer.reads().contains(field))
    }

    fn stages(&self) -> impl Iterator<Item = &Stage> {
        self.waves.iter().flatten().map(AsRef::as_ref)
    }

    /// What of annotations goes into the facts that insight scans; `complete`: every analyzer has seen the mention.
    pub(crate) fn signals(&self, Item { mention, annotations, given, .. }: &Item, complete: bool) -> Signals {
        let find = |key: &str| annotations.iter().find(|annotation| annotation.key == key);
        let by =
            |annotation: &Annotation| self.stages().find(|stage| stage.analyzer.id() == annotation.analyzer).map(Stage::edition);
        #[expect(clippy::cast_possible_truncation, reason = "a polarity in -1..1 loses nothing that matters")]
        let sentiment = match find(SENTIMENT).map(|annotation| &annotation.value) {
            Some(Value::Number(number)) => Some(*number as f32),
            _ => None,
        };
        let label = match find("sentiment-label").map(|annotation| &annotation.value) {
            Some(Value::Text(label)) => match label.as_str() {
                "positive" => Some(Polarity::Positive),
                "negative" => Some(Polarity::Negative),
                "neutral" => Some(Polarity::Neutral),
                _ => None,
            },
            _ => None,
        };
        let found = found_language(annotations);
        Signals {
            language: found.map(|(_, tag)| tag.to_owned()).or_else(|| mention.language.clone()),
            sentiment,
            label,
            language_by: found.and_then(|(annotation, _)| by(annotation)),
            sentiment_by: find(SENTIMENT).or_else(|| find("sentiment-label")).and_then(by),
            analyzed: complete.then(|| self.fingerprint()),
            given: given.clone(),
        }
    }

    /// Adds to each item what the analyzers find; returns what they could not annotate.
    pub(crate) async fn annotate(&self, items: &mut [Item], now: Instant, events: &UnboundedSender<Event>) -> Vec<DeadLetter> {
        let mut letters = Vec::new();
        if items.is_empty() {
            return letters;
        }
        for wave in &self.waves {
            let mut running: JoinSet<Chunk> = JoinSet::new();
            for (place, stage) in wave.iter().enumerate() {
                for (chunk, slice) in items.chunks(self.documents).enumerate() {
                    let documents = slice
                        .iter()
                        .map(|item| document(&item.mention, &item.topics, &item.annotations, stage.analyzer.reads()))
                        .collect();
                    let (stage, events, first) = (Arc::clone(stage), events.clone(), chunk * self.documents);
                    running.spawn(async move {
                        let (found, missing) = stage.run(documents, first, now, &events).await;
                        Chunk { place: (place, chunk), found, missing }
                    });
                }
            }
            let mut results = Vec::new();
            while let Some(result) = running.join_next().await {
                // A task only fails to join when it was aborted with the whole run or has a bug; both end the run.
                results.push(result.expect("an analyzer's task neither panics nor is aborted alone"));
            }
            // Annotations stand in the order of the analyzers, whichever was faster.
            results.sort_by_key(|chunk| chunk.place);
            for Chunk { place: (place, _), found, missing } in results {
                let analyzer = &wave[place].analyzer;
                for (index, annotations) in found {
                    items[index].annotations.extend(annotations);
                }
                for Missing { items: indices, message } in missing {
                    letters.extend(indices.into_iter().map(|index| DeadLetter {
                        key: items[index].mention.key(),
                        plugin: analyzer.id().to_owned(),
                        version: analyzer.version().to_owned(),
                        stage: ANNOTATE.to_owned(),
                        message: message.clone(),
                        at: now,
                    }));
                }
            }
        }
        letters
    }
}

impl Stage {
    /// The analyzer and what tells its results apart.
    fn edition(&self) -> String {
        format!("{}@{}", self.analyzer.id(), self.analyzer.edition())
    }

    /// Annotates documents; where a call breaks, halves the batch until the document that breaks it is alone.
    async fn run(
        &self,
        documents: Vec<Document>,
        first: usize,
        now: Instant,
        events: &UnboundedSender<Event>,
    ) -> (Found, Vec<Missing>) {
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        let mut todo = vec![(0, documents.len())];
        while let Some((from, until)) = todo.pop() {
            let range = from..until;
            let place = |offset: usize| first + offset;
            if let Some(rest) = self.quarantine().until(now) {
                let message = format!("analyzer `{}` is in quarantine until {rest}", self.analyzer.id());
                missing.push(Missing { items: range.map(place).collect(), message });
                continue;
            }
            match self.analyzer.analyze(&documents[range.clone()]).await {
                Ok(analyzed) => {
                    self.quarantine().well();
                    self.sort(analyzed, first + from, &mut found, &mut missing);
                }
                Err(CallError::Failure(failure)) => {
                    missing.push(Missing { items: range.map(place).collect(), message: failure.to_string() });
                }
                Err(_) if range.len() > 1 => {
                    let middle = from + range.len() / 2;
                    todo.extend([(middle, until), (from, middle)]);
                }
                Err(fault) => {
                    let message = fault.to_string();
                    let ends = self.quarantine().fault(now);
                    if let Some(until) = ends {
                        let plugin = self.analyzer.id().to_owned();
                        let _ = events.send(Event::Quarantined { plugin, until, message: message.clone() });
                    }
                    missing.push(Missing { items: range.map(place).collect(), message });
                }
            }
        }
        if let Some(Missing { message, .. }) = missing.first() {
            let mentions = missing.iter().map(|missing| missing.items.len()).sum();
            let analyzer = self.analyzer.id().to_owned();
            let _ = events.send(Event::Unannotated { analyzer, mentions, message: message.clone() });
        }
        (found, missing)
    }

    fn sort(&self, analyzed: Analyzed, first: usize, found: &mut Found, missing: &mut Vec<Missing>) {
        for (offset, result) in analyzed.into_iter().enumerate() {
            match result {
                Ok(raw) => {
                    let annotation = |raw: vigie_mention::delivery::RawAnnotation| Annotation {
                        analyzer: self.analyzer.id().to_owned(),
                        version: self.analyzer.version().to_owned(),
                        key: raw.key,
                        value: raw.value,
                        confidence: raw.confidence,
                    };
                    found.push((first + offset, raw.into_iter().map(annotation).collect()));
                }
                Err(failure) => missing.push(Missing { items: vec![first + offset], message: failure.to_string() }),
            }
        }
    }

    fn quarantine(&self) -> std::sync::MutexGuard<'_, Quarantine> {
        self.quarantine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
