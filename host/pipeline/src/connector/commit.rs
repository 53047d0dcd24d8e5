//! From a batch to its place in the store, whoever else delivers the same mentions at the same time.
//!
//! A batch is digested against a look at the store: what is known of a mention completes what this delivery says of it. Where another
//! connector's commit changes the mention before this one is written, the store refuses this one, and the batch is digested again
//! against what is there by then. Analyzers see again only what comes out differently to them.
//!
//! A store is assumed to have one run at a time: the turns that connectors take are those of their own run. Of two runs in one process
//! over clones of one store, one could overtake the other even at its last try, and end that connector with
//! [`StoreError::Overtaken`].

use std::sync::Arc;

use tracing::Instrument;
use vigie_mention::Instant;
use vigie_mention::delivery::Direction;
use vigie_store::{Commit, Receipt, StoreError};

use super::Worker;
use crate::admit::Admission;
use crate::annotate::ANNOTATE;
use crate::digest::{Admitted, Digest, Poll};
use crate::error::PipelineError;
use crate::event::{Event, Tally};
use crate::known::Again;
use crate::route::Bearer;

/// Tries to commit a batch; before the last one, the commits of all other connectors are waited for, and none begins.
const TRIES: u32 = 3;

impl Worker {
    /// Stores what a poll of a feed brought, and tells of it.
    pub(super) async fn commit_batch(&mut self, poll: &Poll, again: Again, title: &str) -> Result<Tally, PipelineError> {
        let admitted = Admitted::of(again, &self.admission(poll.at));
        let (commit, receipt) = self.digest_and_write(poll, &admitted).await.map_err(|source| self.store_error(source))?;
        let coverage = commit.coverage;
        let unannotated = commit.dead_letters.iter().filter(|letter| letter.stage == ANNOTATE).count();
        let tally = Tally {
            polls: coverage.asked.into(),
            failed: coverage.failed.into(),
            received: coverage.received.into(),
            new: receipt.new.into(),
            updated: receipt.updated.into(),
            known: u64::from(receipt.unchanged) + u64::from(coverage.known),
            off_topic: coverage.off_topic.into(),
            refused: coverage.refused.into(),
            removed: receipt.removed.into(),
            dead_letters: unannotated as u64,
        };
        self.tally.add(&tally);
        let since = self.connector.history.map(|history| self.now() - history).filter(|_| poll.direction == Direction::Older);
        self.tell(Event::Committed {
            connector: self.connector.id.clone(),
            feed: title.to_owned(),
            direction: poll.direction,
            tally,
            reached: admitted.reached,
            since,
        });
        Ok(tally)
    }

    /// Nothing of the batch is stored if this fails, the cursor neither: the next run reads it again.
    async fn digest_and_write(&self, poll: &Poll, batch: &Admitted) -> Result<(Arc<Commit>, Receipt), StoreError> {
        let mut earlier: Option<Arc<Commit>> = None;
        for _ in 1..TRIES {
            let _with_others = self.shared.turns.read().await;
            let commit = self.digest(poll, batch, earlier.as_deref()).await?;
            match self.write(Arc::clone(&commit)).await {
                Err(StoreError::Overtaken { mention, .. }) => {
                    tracing::debug!(connector = %self.connector.id, mention, "another connector was first, digested again");
                    earlier = Some(commit);
                }
                written => return written.map(|receipt| (commit, receipt)),
            }
        }
        let _alone = self.shared.turns.write().await;
        let commit = self.digest(poll, batch, earlier.as_deref()).await?;
        self.write(Arc::clone(&commit)).await.map(|receipt| (commit, receipt))
    }

    async fn digest(&self, poll: &Poll, batch: &Admitted, earlier: Option<&Commit>) -> Result<Arc<Commit>, StoreError> {
        let snapshot = self.shared.store.snapshot()?;
        let digest = Digest {
            bearer: Bearer { connector: &self.connector.id, topics: &self.connector.topics, accept: self.connector.accept },
            router: &self.shared.router,
            annotator: &self.shared.annotator,
            snapshot: &snapshot,
            events: &self.shared.events,
            earlier,
        };
        digest.batch(poll, batch).await.map(Arc::new)
    }

    pub(super) async fn write(&self, commit: Arc<Commit>) -> Result<Receipt, StoreError> {
        let mentions = commit.records.len();
        let span = tracing::debug_span!("connector.commit", connector = %self.connector.id, mentions);
        self.shared.writer.commit(commit).instrument(span).await
    }

    fn admission(&self, now: Instant) -> Admission {
        let source = &self.connector.source;
        let most_bytes = source.mention_bytes();
        Admission { source: source.id().to_owned(), instance: source.instance().to_owned(), now, most_bytes }
    }
}
