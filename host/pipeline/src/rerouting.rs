//! Matches stored mentions again where the topics have changed since.
//!
//! What is stored from now on is matched with the topics of now by whoever brings it; the pass ends at the last mention stored before.
//! A mention that belongs to no topic any more stays stored.

use std::time::Instant as Tick;

use vigie_runtime::Read;
use vigie_store::{Reached, Renewal, Renewed, Snapshot, StoreError, Stored};

use crate::event::{Event, Reanalyzed};
use crate::reanalysis::{BATCH, Outdated, Pass, Quiet};
use crate::route::Current;

impl Pass<'_> {
    /// Goes on where the last pass for the same topics stood.
    pub(crate) async fn reroute(&self) -> Result<Reanalyzed, StoreError> {
        let routing = self.store.snapshot()?.routing()?;
        let mut progress = Reanalyzed { reached: routing.until, last: routing.last, ..Reanalyzed::default() };
        let mut quiet = Quiet::default();
        while progress.reached < progress.last {
            if self.stop.is_cancelled() {
                return Ok(progress);
            }
            let began = Tick::now();
            // A snapshot a batch: one that is held keeps what is replaced from being used again.
            let snapshot = self.store.snapshot()?;
            let batch = snapshot.stored_after(progress.reached, BATCH)?;
            let until = batch.last().filter(|_| batch.len() == BATCH).map_or(progress.last, |(number, _)| *number);
            progress.seen += batch.len() as u64;
            progress.reached = until;
            let outdated = self.elsewhere(batch, &snapshot)?;
            drop(snapshot);
            if quiet.passes_over(outdated.is_empty(), until >= progress.last) {
                continue;
            }
            let reached = Reached::Routed { until };
            let renewal = if self.annotator.reads(&Read::Annotation("topics".to_owned())) {
                match self.annotated(outdated, reached).await {
                    Some(renewal) => renewal,
                    None => return Ok(progress),
                }
            } else {
                moved(outdated, reached)
            };
            progress.failed += renewal.dead_letters.len() as u64;
            progress.moved += self.write(renewal).await?;
            // Nobody has to watch.
            let _ = self.events.send(Event::Rerouted { progress });
            self.rest(began.elapsed()).await;
        }
        Ok(Reanalyzed { done: true, ..progress })
    }

    /// Those of a batch that belong to other topics now.
    fn elsewhere(&self, batch: Vec<(u64, Stored)>, snapshot: &Snapshot) -> Result<Vec<Outdated>, StoreError> {
        let mut current = Current::new(self.router, snapshot);
        let mut outdated = Vec::new();
        for (number, stored) in batch {
            let topics = current.topics(&stored)?;
            if topics != stored.topics {
                outdated.push(Outdated { number, stored, topics });
            }
        }
        Ok(outdated)
    }
}

/// The same mentions under other topics, where no analyzer asks for these.
fn moved(outdated: Vec<Outdated>, reached: Reached) -> Renewal {
    let renewed = |Outdated { number, stored, topics }: Outdated| {
        let Stored { topics: was, annotations, signals, updated_at, revision, .. } = stored;
        Renewed { number, of: (updated_at, revision), was, topics, annotations, signals }
    };
    Renewal { mentions: outdated.into_iter().map(renewed).collect(), dead_letters: Vec::new(), reached }
}
