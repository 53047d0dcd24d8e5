//! What the store is told of planning: which feeds there are now, and that there is none to be read while planning fails.

use std::sync::Arc;

use vigie_mention::delivery::{Direction, Feed};
use vigie_mention::{FailureClass, FeedKey, Instant, PLAN_FEED};
use vigie_store::{FeedState, Walk, WalkStatus};

use super::Worker;
use crate::digest;
use crate::error::PipelineError;

impl Worker {
    /// Feeds that the plan does not name any more have ended: nobody waits for them.
    pub(super) async fn note_plan(&self, planned: &[Feed]) -> Result<(), PipelineError> {
        let (store, connector, planned, now) =
            (self.shared.store.clone(), self.connector.id.clone(), planned.to_vec(), self.now());
        let noted = tokio::task::spawn_blocking(move || store.note_plan(&connector, &planned, now)).await;
        noted.expect("the store's task neither panics nor is aborted").map_err(|source| self.store_error(source))
    }

    /// As long as there is no plan nothing is read, and that is a gap as any other.
    pub(super) async fn note_no_plan(&self, walk: &Walk, class: Option<FailureClass>, now: Instant) -> Result<(), PipelineError> {
        let feed = Feed {
            id: PLAN_FEED.to_owned(),
            title: "all feeds, which could not be named".to_owned(),
            params: String::new(),
            expires_at: None,
        };
        let key = FeedKey { connector: self.connector.id.clone(), feed: PLAN_FEED.to_owned() };
        let done = Walk { status: WalkStatus::Done, ..Walk::default() };
        let state = FeedState { newer: walk.clone(), older: done, ..FeedState::new(feed, false) };
        let failed = digest::failed(key, Direction::Newer, state, class, now);
        self.write(Arc::new(failed)).await.map(drop).map_err(|source| self.store_error(source))
    }
}
