//! Feeds that are refused beside feeds that are not: one of thirteen held the whole connector, run after run, and nine were never asked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt};
use tokio::sync::mpsc::unbounded_channel;
use tokio_util::sync::CancellationToken;
use vigie_mention::delivery::{Batch, Change, Feed, PollRequest, Search};
use vigie_mention::{ConnectorId, FailureClass};
use vigie_pipeline::{Event, Mode, Pipeline, Source, Summary};
use vigie_runtime::CallError;

use super::{Bed, batch, options, plan, run};
use crate::fakes::{Board, failure, post, upsert};

/// Many feeds with one post each, some of which are refused.
struct Crowd {
    feeds: usize,
    refused: Mutex<BTreeMap<usize, FailureClass>>,
    one_origin: bool,
    /// The feeds asked, poll by poll.
    asked: Mutex<Vec<usize>>,
}

impl Crowd {
    fn new(feeds: usize, refused: impl IntoIterator<Item = usize>, class: FailureClass) -> Self {
        let refused = refused.into_iter().map(|feed| (feed, class)).collect();
        Self { feeds, refused: Mutex::new(refused), one_origin: false, asked: Mutex::default() }
    }

    /// The feeds asked since the last time.
    fn asked(&self) -> Vec<usize> {
        std::mem::take(&mut *self.asked.lock().expect("not poisoned"))
    }

    /// Those asked that are not refused.
    fn read(&self) -> BTreeSet<usize> {
        let refused = self.refused.lock().expect("not poisoned");
        self.asked().into_iter().filter(|feed| !refused.contains_key(feed)).collect()
    }
}

impl Source for Crowd {
    fn id(&self) -> &str {
        "crowd"
    }

    fn instance(&self) -> &str {
        ""
    }

    fn mention_bytes(&self) -> u64 {
        1_000_000
    }

    fn one_origin(&self) -> bool {
        self.one_origin
    }

    fn plan<'a>(&'a self, _: &'a [Search]) -> BoxFuture<'a, Result<Vec<Feed>, CallError>> {
        let feed = |number| {
            let id = format!("{number:03}");
            Feed { title: id.clone(), id, params: String::new(), expires_at: None }
        };
        let feeds = (0..self.feeds).map(feed).collect();
        async move { Ok(feeds) }.boxed()
    }

    fn poll(&self, request: PollRequest) -> BoxFuture<'_, Result<Batch, CallError>> {
        let number: usize = request.feed.id.parse().expect("our own feed");
        self.asked.lock().expect("not poisoned").push(number);
        let refused = self.refused.lock().expect("not poisoned").get(&number).copied();
        let answer = match refused {
            Some(class) => Err(failure(class)),
            None => Ok(batch(vec![upsert(post(&request.feed.id, 1, "acme"))])),
        };
        async move {
            tokio::task::yield_now().await;
            answer
        }
        .boxed()
    }

    fn refresh<'a>(&'a self, _: &'a [String]) -> BoxFuture<'a, Result<Vec<Change>, CallError>> {
        async move { Ok(Vec::new()) }.boxed()
    }
}

/// Services that fail once and then answer: the connector that was read well was in trouble all the same, and the run had failed.
#[tokio::test(start_paused = true)]
async fn trouble_that_has_passed_is_none() {
    for class in [FailureClass::Transient, FailureClass::RateLimited, FailureClass::StaleCursor] {
        let bed = Bed::new();
        let board = Arc::new(Board::new(vec![], 10));
        board.trouble.lock().expect("not poisoned").push_back(failure(class));
        let (summary, _) = run(&bed, plan(board, vec![])).await;
        assert_eq!((summary.total().failed, summary.total().received), (1, 0), "{class}");
        assert!(summary.failures.is_empty() && !summary.is_blind(), "{class}: {:?}", summary.failures);
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_is_blind_where_no_poll_of_any_connector_went_well() {
    for (refused, blind) in [(0..3, true), (0..2, false)] {
        let bed = Bed::new();
        let crowd = Arc::new(Crowd::new(3, refused, FailureClass::Forbidden));
        let (summary, _) = once(&bed, &crowd).await;
        assert_eq!((summary.failures.len(), summary.is_blind()), (1, blind));
        crowd.asked();
    }
}

async fn once(bed: &Bed, crowd: &Arc<Crowd>) -> (Summary, Vec<Event>) {
    let mut wanted = plan(crowd.clone(), vec![]);
    wanted.connectors[0].history = None;
    wanted.connectors[0].parallel = 4;
    run(bed, wanted).await
}

const REFUSALS: [FailureClass; 4] =
    [FailureClass::Unauthorized, FailureClass::Settings, FailureClass::RateLimited, FailureClass::QuotaExhausted];

#[tokio::test(start_paused = true)]
async fn one_feed_that_is_refused_keeps_no_other_from_being_read() {
    for class in REFUSALS {
        let bed = Bed::new();
        let crowd = Arc::new(Crowd::new(13, [0], class));
        let (summary, events) = once(&bed, &crowd).await;
        assert_eq!(crowd.read(), (1..13).collect(), "{class}");
        assert_eq!(summary.total().new, 12, "{class}");
        assert!(summary.failures.contains_key(&ConnectorId::new("c").expect("a name")), "{class}: its trouble is told");
        assert!(!events.iter().any(|event| matches!(event, Event::Resting { .. })), "{class}: the connector does not rest");
    }
}

#[tokio::test]
async fn in_a_run_that_goes_on_the_others_are_read_at_every_interval() {
    for class in REFUSALS {
        let bed = Bed::new();
        let crowd = Arc::new(Crowd::new(13, [0], class));
        let mut wanted = plan(crowd.clone(), vec![]);
        wanted.connectors[0].history = None;
        wanted.connectors[0].every = Duration::from_millis(20);
        let pipeline = Pipeline::new(wanted, bed.store.clone(), options()).expect("a plan");
        let (events, mut happened) = unbounded_channel();
        let stop = CancellationToken::new();
        let read_thrice = || {
            let asked = crowd.asked.lock().expect("not poisoned");
            (1..13).all(|feed| asked.iter().filter(|asked| **asked == feed).count() >= 3)
        };
        let watch = async {
            while happened.recv().await.is_some() {
                if read_thrice() {
                    stop.cancel();
                }
            }
        };
        let run = async { tokio::join!(pipeline.run(Mode::Keep, stop.clone(), events), watch) };
        let (summary, ()) = tokio::time::timeout(Duration::from_secs(60), run).await.expect("no feed waits for another");
        summary.expect("a run");
        assert!(read_thrice(), "{class}: {:?}", crowd.asked());
    }
}

/// A credential that all feeds use: asking each of a hundred to hear it again is a waste.
#[tokio::test(start_paused = true)]
async fn feeds_that_are_all_refused_hold_the_connector_after_a_few() {
    for (one_origin, most) in [(true, 4), (false, 8)] {
        let bed = Bed::new();
        let crowd = Crowd { one_origin, ..Crowd::new(100, 0..100, FailureClass::Unauthorized) };
        let crowd = Arc::new(crowd);
        let (_, events) = once(&bed, &crowd).await;
        let first: BTreeSet<usize> = crowd.asked().into_iter().collect();
        assert!(first.len() <= most, "{first:?}");
        assert!(events.iter().any(|event| matches!(event, Event::Resting { class: FailureClass::Unauthorized, .. })));
        once(&bed, &crowd).await;
        assert!(first.is_disjoint(&crowd.asked().into_iter().collect()), "the next run asks others");
        crowd.refused.lock().expect("not poisoned").clear();
        let (summary, _) = once(&bed, &crowd).await;
        assert_eq!(summary.total().new, 100, "mended credentials are tried by the next run");
    }
}

/// As many as make the connector rest, and all of them first in line.
#[tokio::test(start_paused = true)]
async fn those_that_are_refused_come_last_the_next_time() {
    let bed = Bed::new();
    let crowd = Arc::new(Crowd::new(20, 0..12, FailureClass::Unauthorized));
    for _ in 0..3 {
        once(&bed, &crowd).await;
    }
    assert_eq!(bed.texts().len(), 8);
    crowd.asked();
    once(&bed, &crowd).await;
    assert_eq!(crowd.read(), (12..20).collect(), "from then on in every run");
}

/// A board that asks for more than the other boards of its forum do.
#[tokio::test(start_paused = true)]
async fn a_closed_feed_says_nothing_of_others_that_the_same_credentials_open() {
    let bed = Bed::new();
    let crowd = Arc::new(Crowd { one_origin: true, ..Crowd::new(13, [0], FailureClass::Unauthorized) });
    let (summary, _) = once(&bed, &crowd).await;
    assert_eq!(summary.total().new, 12, "those asked beside it told that the credentials are good");
}
