//! Annotates stored mentions again where analyzers have changed since: in the background of a run, or by itself.
//!
//! A pass goes through the store in the order in which mentions came and keeps its place there with every batch, in the same transaction,
//! so that it can be stopped anywhere. A mention that changes under it is left alone: whoever changed it has annotated it. What an
//! analyzer found that is switched off now stays as it is, and counts in no figure.

use std::collections::HashSet;
use std::time::{Duration, Instant as Tick};

use tokio::sync::mpsc::UnboundedSender;
use tokio_util::sync::CancellationToken;
use vigie_store::{Renewal, Renewed, Store, StoreError, Stored};

use crate::annotate::{ANNOTATE, Annotator, Item};
use crate::error::PipelineError;
use crate::event::{Event, Reanalyzed};
use crate::plan::Options;

/// Stored mentions looked at together: small enough to be over soon, large enough for one transaction.
const BATCH: usize = 1_024;
/// Batches in which nothing had changed, after which the place is noted all the same.
const QUIET_BATCHES: u32 = 64;
/// Longest pause between two batches of a pass in the background.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// One pass over the store.
pub(crate) struct Pass<'a> {
    pub(crate) annotator: &'a Annotator,
    pub(crate) store: &'a Store,
    pub(crate) options: &'a Options,
    pub(crate) events: &'a UnboundedSender<Event>,
    pub(crate) stop: &'a CancellationToken,
    /// Rest as long as each batch took, so that at most half of the machine is taken from collecting.
    pub(crate) background: bool,
}

impl Pass<'_> {
    /// Goes on where the last pass by the same analyzers stood, until everything was looked at or it is asked to stop.
    pub(crate) async fn run(&self) -> Result<Reanalyzed, PipelineError> {
        self.go_through().await.map_err(|source| PipelineError::Reanalysis { source })
    }

    async fn go_through(&self) -> Result<Reanalyzed, StoreError> {
        let analyzed = self.annotator.fingerprint();
        let snapshot = self.store.snapshot()?;
        let reach = snapshot.renewed()?;
        let mut reached = if reach.analyzed == analyzed { reach.until } else { 0 };
        // What failed is tried again by who asks for it; in the background of every run it would fail for ever.
        if !self.background && reached >= reach.last && snapshot.dead_letters()?.iter().any(|letter| letter.stage == ANNOTATE) {
            reached = 0;
        }
        drop(snapshot);
        let mut progress = Reanalyzed { reached, last: reach.last, ..Reanalyzed::default() };
        let mut quiet = 0;
        while !self.stop.is_cancelled() {
            let began = Tick::now();
            // A snapshot a batch: one that is held keeps what is replaced from being used again.
            let batch = self.store.snapshot()?.stored_after(progress.reached, BATCH)?;
            let Some(&(reached, _)) = batch.last() else {
                progress.done = true;
                break;
            };
            progress.seen += batch.len() as u64;
            progress.reached = reached;
            let at_the_end = batch.len() < BATCH;
            let is_outdated = |(_, stored): &(u64, Stored)| stored.signals.analyzed != Some(analyzed);
            let outdated: Vec<_> = batch.into_iter().filter(is_outdated).collect();
            quiet = if outdated.is_empty() { quiet + 1 } else { 0 };
            if quiet > 0 && quiet < QUIET_BATCHES && !at_the_end {
                continue;
            }
            quiet = 0;
            let Some(renewal) = self.renewal(outdated, analyzed, reached).await else { break };
            progress.failed += renewal.dead_letters.len() as u64;
            progress.renewed += self.write(renewal).await?;
            // Nobody has to watch.
            let _ = self.events.send(Event::Reanalyzed { progress });
            if self.background {
                // Whether the pause was over or it was asked to stop is seen above.
                let _ = tokio::time::timeout(began.elapsed().min(LONGEST_PAUSE), self.stop.cancelled()).await;
            }
        }
        Ok(progress)
    }

    /// What the analyzers say; `None` if it is asked to stop before they have.
    async fn renewal(&self, outdated: Vec<(u64, Stored)>, analyzed: u64, reached: u64) -> Option<Renewal> {
        let (mut items, mut places) = (Vec::with_capacity(outdated.len()), Vec::with_capacity(outdated.len()));
        for (number, Stored { mention, topics, annotations, updated_at, revision, .. }) in outdated {
            let others = annotations.into_iter().filter(|one| !self.annotator.has(&one.analyzer)).collect::<Vec<_>>();
            places.push((number, (updated_at, revision), others));
            items.push(Item { mention, topics, annotations: Vec::new() });
        }
        let dead_letters = tokio::select! {
            () = self.stop.cancelled() => return None,
            letters = self.annotator.annotate(&mut items, self.options.clock.now(), self.events) => letters,
        };
        let failed: HashSet<_> = dead_letters.iter().map(|letter| &letter.key).collect();
        let renewed = |(item, (number, of, others)): (Item, (u64, _, Vec<_>))| {
            let complete = failed.is_empty() || !failed.contains(&item.mention.key());
            let signals = self.annotator.signals(&item.mention, &item.annotations, complete);
            Renewed { number, of, annotations: [item.annotations, others].concat(), signals }
        };
        let mentions = items.into_iter().zip(places).map(renewed).collect();
        Some(Renewal { mentions, dead_letters, analyzed, reached })
    }

    async fn write(&self, renewal: Renewal) -> Result<u64, StoreError> {
        let store = self.store.clone();
        let written = tokio::task::spawn_blocking(move || store.renew(&renewal)).await;
        written.expect("the store's task neither panics nor is aborted")
    }
}
