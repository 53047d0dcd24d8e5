//! Analyzers alone: documents in, annotations out, exactly as a run would annotate them, and nothing stored.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::mpsc;
use vigie_mention::{Annotation, Mention};

use crate::annotate::{Annotator, Item};
use crate::error::PlanError;
use crate::plan::{Analyzer, Options};
use crate::waves::{self, Needs};

/// A set of analyzers in their order.
pub struct Analysis {
    annotator: Annotator,
    options: Options,
}

/// What the analyzers made of one mention.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Analysed {
    /// What they found, in the order of the waves.
    pub annotations: Vec<Annotation>,
    /// Analyzers that could not deal with it, and why.
    pub failures: Vec<(String, String)>,
}

impl Analysis {
    /// Puts analyzers into their order.
    ///
    /// # Errors
    /// [`PlanError`] when one reads what no other writes, or some wait for each other.
    pub fn new(analyzers: &[Arc<dyn Analyzer>], options: Options) -> Result<Self, PlanError> {
        let declared = analyzers.iter().map(|analyzer| Needs::declared(analyzer.id(), analyzer.reads(), analyzer.writes()));
        let waves = waves::order(&declared.collect::<Vec<_>>())?;
        Ok(Self { annotator: Annotator::new(analyzers, &waves, options.documents), options })
    }

    /// Annotates mentions; one answer each, in their order. Their identities must differ.
    pub async fn run(&self, mentions: Vec<Mention>) -> Vec<Analysed> {
        let mut items: Vec<Item> = mentions
            .into_iter()
            .map(|mention| Item { mention, topics: Vec::new(), given: None, annotations: Vec::new() })
            .collect();
        // Nobody listens: what fails is in the answers.
        let (events, _) = mpsc::unbounded_channel();
        let letters = self.annotator.annotate(&mut items, self.options.clock.now(), &events).await;
        let mut failures: HashMap<_, Vec<(String, String)>> = HashMap::new();
        for letter in letters {
            failures.entry(letter.key).or_default().push((letter.plugin, letter.message));
        }
        let answer = |item: Item| Analysed {
            failures: failures.remove(&item.mention.key()).unwrap_or_default(),
            annotations: item.annotations,
        };
        items.into_iter().map(answer).collect()
    }
}
