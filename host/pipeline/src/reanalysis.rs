//! Brings stored mentions up to date where topics or analyzers have changed since: in the background of a run, or by itself.
//!
//! Topics come first, see `rerouting.rs`: analyzers may read them. Each pass goes through the store in the order in which mentions came
//! and keeps its place there with every batch, in the same transaction, so that it can be stopped anywhere. A mention that changes under
//! it is left alone: whoever changed it has matched and annotated it. What an analyzer found that is switched off now stays as it is,
//! and counts in no figure.

use std::collections::HashSet;
use std::time::{Duration, Instant as Tick};

use tokio::sync::mpsc::UnboundedSender;
use tokio_util::sync::{CancellationToken, DropGuard};
use vigie_mention::TopicId;
use vigie_store::{Reached, Renewal, Renewed, Store, StoreError, Stored};

use crate::annotate::{ANNOTATE, Annotator, Item};
use crate::error::PipelineError;
use crate::event::{Event, Reanalyzed};
use crate::plan::Options;
use crate::route::Router;

/// Stored mentions looked at together: small enough to be over soon, large enough for one transaction.
pub(crate) const BATCH: usize = 1_024;
/// Batches in which nothing had changed, after which the place is noted all the same.
const QUIET_BATCHES: u32 = 64;
/// Longest pause between two batches of a pass in the background.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// One pass over the store for the topics, then one for the analyzers.
pub(crate) struct Pass<'a> {
    pub(crate) router: &'a Router,
    pub(crate) annotator: &'a Annotator,
    pub(crate) store: &'a Store,
    pub(crate) options: &'a Options,
    pub(crate) events: &'a UnboundedSender<Event>,
    pub(crate) stop: &'a CancellationToken,
    /// Rest as long as each batch took, so that at most half of the machine is taken from collecting, until this is cancelled; `None`:
    /// nobody is collecting.
    pub(crate) background: Option<&'a CancellationToken>,
}

/// A stored mention that is to be written again.
pub(crate) struct Outdated {
    pub(crate) number: u64,
    pub(crate) stored: Stored,
    /// The topics it belongs to now.
    pub(crate) topics: Vec<TopicId>,
}

/// Batches in which nothing is to be done: their place need not be noted each time.
#[derive(Default)]
pub(crate) struct Quiet(u32);

impl Quiet {
    /// Whether a batch may be passed over without a word.
    pub(crate) fn passes_over(&mut self, nothing_to_do: bool, at_the_end: bool) -> bool {
        self.0 = if nothing_to_do { self.0 + 1 } else { 0 };
        let passes = self.0 > 0 && self.0 < QUIET_BATCHES && !at_the_end;
        if !passes {
            self.0 = 0;
        }
        passes
    }
}

impl Pass<'_> {
    /// Goes on where the last pass by the same topics and analyzers stood, until everything was looked at or it is asked to stop. Drops
    /// `routed` when everything is matched with the topics.
    pub(crate) async fn run(&self, routed: Option<DropGuard>) -> Result<Reanalyzed, PipelineError> {
        let told = |source| PipelineError::Reanalysis { source };
        let rerouted = self.reroute().await.map_err(told)?;
        if !rerouted.done {
            return Ok(rerouted);
        }
        drop(routed);
        let progress = self.reanalyze().await.map_err(told)?;
        Ok(Reanalyzed { moved: rerouted.moved, failed: rerouted.failed + progress.failed, ..progress })
    }

    async fn reanalyze(&self) -> Result<Reanalyzed, StoreError> {
        let analyzed = self.annotator.fingerprint();
        let snapshot = self.store.snapshot()?;
        let reach = snapshot.renewed()?;
        let mut reached = if reach.analyzed == analyzed { reach.until } else { 0 };
        // What failed is tried again by who asks for it; in the background of every run it would fail for ever.
        let asked_for = self.background.is_none();
        if asked_for && reached >= reach.last && snapshot.dead_letters()?.iter().any(|letter| letter.stage == ANNOTATE) {
            reached = 0;
        }
        drop(snapshot);
        let mut progress = Reanalyzed { reached, last: reach.last, ..Reanalyzed::default() };
        let mut quiet = Quiet::default();
        while !self.stop.is_cancelled() {
            let began = Tick::now();
            // A snapshot a batch: one that is held keeps what is replaced from being used again.
            let batch = self.store.snapshot()?.stored_after(progress.reached, BATCH)?;
            let Some(&(until, _)) = batch.last() else {
                progress.done = true;
                break;
            };
            progress.seen += batch.len() as u64;
            progress.reached = until;
            let at_the_end = batch.len() < BATCH;
            let is_outdated = |(_, stored): &(u64, Stored)| stored.signals.analyzed != Some(analyzed);
            let outdated = batch.into_iter().filter(is_outdated).map(|(number, stored)| {
                let topics = stored.topics.clone();
                Outdated { number, stored, topics }
            });
            let outdated: Vec<_> = outdated.collect();
            if quiet.passes_over(outdated.is_empty(), at_the_end) {
                continue;
            }
            let Some(renewal) = self.annotated(outdated, Reached::Analyzed { with: analyzed, until }).await else { break };
            progress.failed += renewal.dead_letters.len() as u64;
            progress.renewed += self.write(renewal).await?;
            // Nobody has to watch.
            let _ = self.events.send(Event::Reanalyzed { progress });
            self.rest(began.elapsed()).await;
        }
        Ok(progress)
    }

    /// Leaves the machine to the collectors for as long as a batch took.
    pub(crate) async fn rest(&self, took: Duration) {
        if let Some(alone) = self.background {
            tokio::select! {
                () = tokio::time::sleep(took.min(LONGEST_PAUSE)) => {}
                () = self.stop.cancelled() => {}
                () = alone.cancelled() => {}
            }
        }
    }

    /// What the analyzers say; `None` if it is asked to stop before they have.
    pub(crate) async fn annotated(&self, outdated: Vec<Outdated>, reached: Reached) -> Option<Renewal> {
        let (mut items, mut places) = (Vec::with_capacity(outdated.len()), Vec::with_capacity(outdated.len()));
        for Outdated { number, stored, topics } in outdated {
            let Stored { mention, topics: was, annotations, signals, updated_at, revision, .. } = stored;
            let others = annotations.into_iter().filter(|one| !self.annotator.has(&one.analyzer)).collect::<Vec<_>>();
            places.push((number, (updated_at, revision), was, others));
            items.push(Item { mention, topics, given: signals.given, annotations: Vec::new() });
        }
        let dead_letters = tokio::select! {
            () = self.stop.cancelled() => return None,
            letters = self.annotator.annotate(&mut items, self.options.clock.now(), self.events) => letters,
        };
        let failed: HashSet<_> = dead_letters.iter().map(|letter| &letter.key).collect();
        let renewed = |(item, (number, of, was, others)): (Item, (u64, _, _, Vec<_>))| {
            let complete = failed.is_empty() || !failed.contains(&item.mention.key());
            let signals = self.annotator.signals(&item, complete);
            Renewed { number, of, was, topics: item.topics, annotations: [item.annotations, others].concat(), signals }
        };
        let mentions = items.into_iter().zip(places).map(renewed).collect();
        Some(Renewal { mentions, dead_letters, reached })
    }

    pub(crate) async fn write(&self, renewal: Renewal) -> Result<u64, StoreError> {
        let store = self.store.clone();
        let written = tokio::task::spawn_blocking(move || store.renew(&renewal)).await;
        written.expect("the store's task neither panics nor is aborted")
    }
}
