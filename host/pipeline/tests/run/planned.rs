//! What the store is told of plans: a feed that was taken out of the settings was waited for for ever, and of a connector whose plan failed
//! nothing was known at all.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use vigie_mention::delivery::{Batch, Change, Feed, Next, PollRequest, Search};
use vigie_mention::{ConnectorId, FailureClass, Instant, PLAN_FEED, Window};
use vigie_pipeline::Source;
use vigie_runtime::CallError;
use vigie_store::WalkStatus;

use super::{Bed, plan, run};
use crate::fakes::failure;

/// Names these feeds, one plan after the other.
struct Planner(Mutex<VecDeque<Result<Vec<&'static str>, CallError>>>);

impl Source for Planner {
    fn id(&self) -> &str {
        "planner"
    }

    fn instance(&self) -> &str {
        ""
    }

    fn mention_bytes(&self) -> u64 {
        1_000
    }

    fn plan<'a>(&'a self, _: &'a [Search]) -> BoxFuture<'a, Result<Vec<Feed>, CallError>> {
        let feed = |id: &str| Feed { id: id.to_owned(), title: id.to_owned(), params: String::new(), expires_at: None };
        let next = self.0.lock().expect("not poisoned").pop_front().expect("a plan a run");
        async move { next.map(|ids| ids.into_iter().map(feed).collect()) }.boxed()
    }

    fn poll(&self, _: PollRequest) -> BoxFuture<'_, Result<Batch, CallError>> {
        async move { Ok(Batch { changes: vec![], feeds: vec![], cursor: None, next: Next::Later(None) }) }.boxed()
    }

    fn refresh<'a>(&'a self, _: &'a [String]) -> BoxFuture<'a, Result<Vec<Change>, CallError>> {
        async move { Ok(Vec::new()) }.boxed()
    }
}

/// The feeds that are stored, and whether they are planned.
fn feeds(bed: &Bed) -> Vec<(String, bool)> {
    let connector = ConnectorId::new("c").expect("a name");
    let feeds = bed.store.snapshot().expect("a snapshot").feeds(&connector).expect("readable");
    feeds.into_iter().map(|(key, state)| (key.feed, state.unplanned.is_none())).collect()
}

fn planned(id: &str) -> (String, bool) {
    (id.to_owned(), true)
}

fn ended(id: &str) -> (String, bool) {
    (id.to_owned(), false)
}

#[tokio::test]
async fn feeds_end_with_the_plan_that_does_not_name_them() {
    let bed = Bed::new();
    let plans = [vec!["a", "b"], vec!["a"], vec!["a", "b"]].map(Ok);
    let source = Arc::new(Planner(Mutex::new(VecDeque::from(plans))));
    run(&bed, plan(source.clone(), vec![])).await;
    assert_eq!(feeds(&bed), [planned("a"), planned("b")]);
    run(&bed, plan(source.clone(), vec![])).await;
    assert_eq!(feeds(&bed), [planned("a"), ended("b")]);
    run(&bed, plan(source, vec![])).await;
    assert_eq!(feeds(&bed), [planned("a"), planned("b")]);
}

#[tokio::test]
async fn a_plan_that_fails_is_in_the_ledger_until_one_succeeds() {
    let bed = Bed::new();
    let plans = [Err(failure(FailureClass::Unauthorized)), Ok(vec!["a"])];
    let source = Arc::new(Planner(Mutex::new(VecDeque::from(plans))));
    run(&bed, plan(source.clone(), vec![])).await;
    assert_eq!(feeds(&bed), [planned(PLAN_FEED)]);
    let snapshot = bed.store.snapshot().expect("a snapshot");
    let (key, state) = snapshot.all_feeds().expect("readable").remove(0);
    assert_eq!(key.feed, PLAN_FEED);
    assert!(matches!(state.newer.status, WalkStatus::Resting { class: FailureClass::Unauthorized, .. }), "{state:?}");
    let all = Window { from: Instant::from_millis(0), until: Instant::from_millis(i64::MAX) };
    let rows: Vec<_> = snapshot.ledger(all).expect("readable").map(|row| row.expect("readable")).collect();
    let [(key, _, row)] = rows.as_slice() else { panic!("one row: {rows:?}") };
    assert_eq!((key.feed.as_str(), row.asked, row.failed, row.failure), (PLAN_FEED, 1, 1, Some(FailureClass::Unauthorized)));
    run(&bed, plan(source, vec![])).await;
    assert_eq!(feeds(&bed), [planned("a"), ended(PLAN_FEED)]);
}
