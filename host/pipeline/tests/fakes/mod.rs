//! Plugins made of Rust, so that the pipeline is tested without a sandbox.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::{BoxFuture, FutureExt};
use tokio::sync::Barrier;
use vigie_mention::delivery::{
    Batch, Change, Direction, Document, Feed, Next, PollRequest, RawAnnotation, RawMention, Search, TextFormat,
};
use vigie_mention::{Author, Engagement, Failure, FailureClass, Instant, MentionKind, Moment, Precision, Value};
use vigie_pipeline::{Analyzed, Analyzer, Source};
use vigie_runtime::{CallError, Read};

/// The clock of the tests.
pub(crate) const NOW: Instant = Instant::from_millis(1_795_334_400_000);

/// A post about the acme phone, so many hours old.
pub(crate) fn post(id: &str, hours: i64, text: &str) -> RawMention {
    RawMention {
        id: id.to_owned(),
        kind: MentionKind::Post,
        url: None,
        title: None,
        text: text.to_owned(),
        format: TextFormat::Plain,
        language: None,
        author: Some(Author { id: "ana".to_owned(), ..Author::default() }),
        published: Some(Moment {
            at: Instant::from_millis(NOW.as_millis() - hours * Instant::HOUR_MS),
            precision: Precision::Second,
        }),
        edited: None,
        parent: None,
        thread: None,
        original: None,
        engagement: Engagement::default(),
        rating: None,
        country: None,
        links: vec![],
        media: vec![],
        attributes: vec![],
    }
}

/// A failure a plugin reports.
pub(crate) fn failure(class: FailureClass) -> CallError {
    CallError::Failure(Failure { class, message: format!("a {class} failure"), retry_after_ms: None })
}

/// A feed that lists newest first in pages, as most services do: `newer` reads the head page, `older` walks down by offset.
pub(crate) struct Board {
    pub(crate) posts: Mutex<Vec<RawMention>>,
    /// Answers that come before the real ones, one a poll.
    pub(crate) trouble: Mutex<VecDeque<CallError>>,
    pub(crate) polls: AtomicUsize,
    /// What was asked for again, call by call.
    pub(crate) again: Mutex<Vec<Vec<String>>>,
    /// Ids that break it whenever they are asked for again.
    pub(crate) poison: Mutex<Vec<String>>,
    /// Ids that fail the call whenever they are asked for again, and how.
    pub(crate) refused: Mutex<BTreeMap<String, FailureClass>>,
    /// An id at which the service asks to slow down, once, when it is asked for again by itself.
    pub(crate) slow_at: Mutex<Option<String>>,
    /// From when on the head was asked for, poll by poll.
    pub(crate) since: Mutex<Vec<Option<Instant>>>,
    pub(crate) page: usize,
}

impl Board {
    pub(crate) fn new(posts: Vec<RawMention>, page: usize) -> Self {
        Self {
            posts: Mutex::new(posts),
            trouble: Mutex::default(),
            polls: AtomicUsize::new(0),
            again: Mutex::default(),
            poison: Mutex::default(),
            refused: Mutex::default(),
            slow_at: Mutex::default(),
            since: Mutex::default(),
            page,
        }
    }

    fn answer(&self, request: &PollRequest) -> Batch {
        let posts = self.posts.lock().expect("not poisoned");
        let offset: usize = request.cursor.as_deref().map_or(0, |cursor| cursor.parse().expect("our own cursor"));
        match request.direction {
            Direction::Newer => {
                let page = posts.iter().take(self.page).cloned();
                Batch { changes: page.map(upsert).collect(), feeds: vec![], cursor: Some("0".into()), next: Next::Later(None) }
            }
            Direction::Older => {
                let page: Vec<_> = posts.iter().skip(offset).take(self.page).cloned().collect();
                let end = offset + page.len();
                let next = if end >= posts.len() { Next::Done } else { Next::More };
                Batch { changes: page.into_iter().map(upsert).collect(), feeds: vec![], cursor: Some(end.to_string()), next }
            }
        }
    }
}

pub(crate) fn upsert(mention: RawMention) -> Change {
    Change::Upsert(Box::new(mention))
}

impl Source for Board {
    fn id(&self) -> &str {
        "board"
    }

    fn instance(&self) -> &str {
        "board.example"
    }

    fn mention_bytes(&self) -> u64 {
        1_000_000
    }

    fn plan<'a>(&'a self, _: &'a [Search]) -> BoxFuture<'a, Result<Vec<Feed>, CallError>> {
        let feed = Feed { id: "all".into(), title: "everything".into(), params: String::new(), expires_at: None };
        async move { Ok(vec![feed]) }.boxed()
    }

    fn poll(&self, request: PollRequest) -> BoxFuture<'_, Result<Batch, CallError>> {
        async move {
            self.polls.fetch_add(1, Ordering::SeqCst);
            if request.direction == Direction::Newer {
                self.since.lock().expect("not poisoned").push(request.since);
            }
            let trouble = self.trouble.lock().expect("not poisoned").pop_front();
            trouble.map_or_else(|| Ok(self.answer(&request)), Err)
        }
        .boxed()
    }

    fn refresh<'a>(&'a self, ids: &'a [String]) -> BoxFuture<'a, Result<Vec<Change>, CallError>> {
        self.again.lock().expect("not poisoned").push(ids.to_vec());
        let mut slow_at = self.slow_at.lock().expect("not poisoned");
        if slow_at.as_ref().is_some_and(|slow| ids == std::slice::from_ref(slow)) {
            *slow_at = None;
            return async { Err(failure(FailureClass::RateLimited)) }.boxed();
        }
        let poison = self.poison.lock().expect("not poisoned");
        if ids.iter().any(|id| poison.contains(id)) {
            return async { Err(CallError::Trap { message: "plugin `board` trapped".to_owned() }) }.boxed();
        }
        let refused = self.refused.lock().expect("not poisoned");
        if let Some(class) = ids.iter().find_map(|id| refused.get(id).copied()) {
            return async move { Err(failure(class)) }.boxed();
        }
        let posts = self.posts.lock().expect("not poisoned");
        let find = |id: &String| posts.iter().find(|post| post.id == *id).cloned().map_or(Change::Remove(id.clone()), upsert);
        let changes = ids.iter().map(find).collect();
        async move { Ok(changes) }.boxed()
    }
}

/// A source whose batches are written by the test, one after the other, then nothing more.
pub(crate) struct Script {
    pub(crate) batches: Mutex<VecDeque<Batch>>,
}

impl Script {
    pub(crate) fn new(batches: Vec<Batch>) -> Self {
        Self { batches: Mutex::new(batches.into()) }
    }
}

impl Source for Script {
    fn id(&self) -> &str {
        "script"
    }

    fn instance(&self) -> &str {
        ""
    }

    fn mention_bytes(&self) -> u64 {
        1_000_000
    }

    fn plan<'a>(&'a self, _: &'a [Search]) -> BoxFuture<'a, Result<Vec<Feed>, CallError>> {
        let feed = Feed { id: "all".into(), title: "everything".into(), params: String::new(), expires_at: None };
        async move { Ok(vec![feed]) }.boxed()
    }

    fn poll(&self, _: PollRequest) -> BoxFuture<'_, Result<Batch, CallError>> {
        let nothing = || Batch { changes: vec![], feeds: vec![], cursor: None, next: Next::Later(None) };
        let batch = self.batches.lock().expect("not poisoned").pop_front();
        async move { Ok(batch.unwrap_or_else(nothing)) }.boxed()
    }

    fn refresh<'a>(&'a self, _: &'a [String]) -> BoxFuture<'a, Result<Vec<Change>, CallError>> {
        async move { Ok(Vec::new()) }.boxed()
    }
}

/// A feed for each search and one that lists everything; a page of each is one post. The listing finds a conversation on its way, of
/// which the walk that keeps up reads the whole.
#[derive(Default)]
pub(crate) struct Searched {
    /// Every poll: the feed, its walk, and whether it began.
    pub(crate) polls: Mutex<Vec<(String, Direction, bool)>>,
}

impl Source for Searched {
    fn id(&self) -> &str {
        "searched"
    }

    fn instance(&self) -> &str {
        ""
    }

    fn mention_bytes(&self) -> u64 {
        1_000_000
    }

    fn plan<'a>(&'a self, searches: &'a [Search]) -> BoxFuture<'a, Result<Vec<Feed>, CallError>> {
        let feed = |id: String| Feed { title: id.clone(), id, params: String::new(), expires_at: None };
        let terms = searches.iter().flat_map(|search| &search.any).map(|clause| clause.all.join("+"));
        let feeds = terms.map(|term| feed(format!("search:{term}"))).chain([feed("latest".to_owned())]).collect();
        async move { Ok(feeds) }.boxed()
    }

    fn poll(&self, request: PollRequest) -> BoxFuture<'_, Result<Batch, CallError>> {
        let (id, begins) = (request.feed.id.clone(), request.cursor.is_none());
        self.polls.lock().expect("not poisoned").push((id.clone(), request.direction, begins));
        let child = Feed { id: "talk".into(), title: "a talk".into(), params: String::new(), expires_at: None };
        let children = if id == "latest" { vec![child] } else { vec![] };
        let next = if request.direction == Direction::Newer { Next::Later(None) } else { Next::Done };
        let changes = if begins { vec![upsert(post(&id, 2, "acme and globex"))] } else { vec![] };
        async move { Ok(Batch { changes, feeds: children, cursor: Some("1".into()), next }) }.boxed()
    }

    fn refresh<'a>(&'a self, _: &'a [String]) -> BoxFuture<'a, Result<Vec<Change>, CallError>> {
        async move { Ok(Vec::new()) }.boxed()
    }
}

/// Two feeds: one answers at once, the other never does.
#[derive(Default)]
pub(crate) struct Uneven {
    pub(crate) answered: AtomicUsize,
}

impl Source for Uneven {
    fn id(&self) -> &str {
        "uneven"
    }

    fn instance(&self) -> &str {
        ""
    }

    fn mention_bytes(&self) -> u64 {
        1_000_000
    }

    fn plan<'a>(&'a self, _: &'a [Search]) -> BoxFuture<'a, Result<Vec<Feed>, CallError>> {
        let feed = |id: &str| Feed { id: id.into(), title: id.into(), params: String::new(), expires_at: None };
        let feeds = vec![feed("quick"), feed("slow")];
        async move { Ok(feeds) }.boxed()
    }

    fn poll(&self, request: PollRequest) -> BoxFuture<'_, Result<Batch, CallError>> {
        async move {
            if request.feed.id == "slow" {
                std::future::pending::<()>().await;
            }
            self.answered.fetch_add(1, Ordering::SeqCst);
            Ok(Batch { changes: vec![], feeds: vec![], cursor: None, next: Next::Later(None) })
        }
        .boxed()
    }

    fn refresh<'a>(&'a self, _: &'a [String]) -> BoxFuture<'a, Result<Vec<Change>, CallError>> {
        async move { Ok(Vec::new()) }.boxed()
    }
}

/// Counts letters, a version of 2 twice as many; traps on a batch that holds the word `poison`, reports a failure on `unreadable`.
#[derive(Default)]
pub(crate) struct Counter {
    pub(crate) calls: AtomicUsize,
    pub(crate) second: bool,
    /// Asks for the topics too.
    pub(crate) by_topic: bool,
}

impl Analyzer for Counter {
    fn id(&self) -> &str {
        "counter"
    }

    fn version(&self) -> &str {
        if self.second { "2.0.0" } else { "1.0.0" }
    }

    fn reads(&self) -> &[Read] {
        static TOPICS: std::sync::LazyLock<[Read; 2]> =
            std::sync::LazyLock::new(|| [Read::Text, Read::Annotation("topics".to_owned())]);
        if self.by_topic { &*TOPICS } else { &[Read::Text] }
    }

    fn writes(&self) -> Vec<String> {
        vec!["letters".to_owned()]
    }

    fn analyze<'a>(&'a self, documents: &'a [Document]) -> BoxFuture<'a, Result<Analyzed, CallError>> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        async move {
            if documents.iter().any(|document| document.text.contains("poison")) {
                return Err(CallError::Trap { message: "plugin `counter` trapped".to_owned() });
            }
            let count = |document: &Document| {
                if document.text.contains("unreadable") {
                    let message = "cannot read this".to_owned();
                    return Err(Failure { class: FailureClass::UnexpectedAnswer, message, retry_after_ms: None });
                }
                let value = Value::Number((document.text.chars().count() * if self.second { 2 } else { 1 }) as f64);
                Ok(vec![RawAnnotation { key: "letters".to_owned(), value, confidence: None }])
            };
            Ok(documents.iter().map(count).collect())
        }
        .boxed()
    }
}

/// Keeps its first calls waiting until so many have come; finds in each document that it has seen it, and fails on `unreadable`.
pub(crate) struct Gate {
    all_here: Barrier,
    expected: usize,
    calls: AtomicUsize,
    seen: Mutex<Vec<String>>,
}

impl Gate {
    pub(crate) fn new(expected: usize) -> Self {
        Self { all_here: Barrier::new(expected), expected, calls: AtomicUsize::new(0), seen: Mutex::default() }
    }

    /// The text of every document, in the order seen.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().expect("not poisoned").clone()
    }
}

impl Analyzer for Gate {
    fn id(&self) -> &str {
        "gate"
    }

    fn version(&self) -> &str {
        "1.0.0"
    }

    fn reads(&self) -> &[Read] {
        &[Read::Text]
    }

    fn writes(&self) -> Vec<String> {
        vec!["seen".to_owned()]
    }

    fn analyze<'a>(&'a self, documents: &'a [Document]) -> BoxFuture<'a, Result<Analyzed, CallError>> {
        async move {
            if self.calls.fetch_add(1, Ordering::SeqCst) < self.expected {
                self.all_here.wait().await;
            }
            self.seen.lock().expect("not poisoned").extend(documents.iter().map(|document| document.text.clone()));
            let seen = |document: &Document| {
                if document.text.contains("unreadable") {
                    let message = "cannot read this".to_owned();
                    return Err(Failure { class: FailureClass::UnexpectedAnswer, message, retry_after_ms: None });
                }
                Ok(vec![RawAnnotation { key: "seen".to_owned(), value: Value::Flag(true), confidence: None }])
            };
            Ok(documents.iter().map(seen).collect())
        }
        .boxed()
    }
}
