//! Whole runs of the pipeline over plugins made of Rust: nothing lost, nothing doubled, whatever happens on the way.

#[path = "run/again.rs"]
mod again;
mod fakes;
#[path = "run/planned.rs"]
mod planned;
#[path = "run/refused.rs"]
mod refused;
#[path = "run/together.rs"]
mod together;
#[path = "run/topics.rs"]
mod topics;
#[path = "run/wishes.rs"]
mod wishes;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use fakes::{Board, Counter, NOW, Script, Uneven, failure, post, upsert};
use tokio::sync::mpsc::unbounded_channel;
use tokio_util::sync::CancellationToken;
use vigie_mention::delivery::{Batch, Change, Next, RawMention};
use vigie_mention::{ConnectorId, Failure, FailureClass, Instant, MentionKey, TopicId, Value};
use vigie_pipeline::{Accept, Analyzer, Connector, Event, Mode, Options, Pipeline, Plan, Source, Summary, Topic};
use vigie_query::Query;
use vigie_runtime::{CallError, Clock};
use vigie_store::{Filter, Store, WalkStatus};

struct Bed {
    folder: tempfile::TempDir,
    store: Store,
}

impl Bed {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("vigie.redb")).expect("a store");
        Self { folder, store }
    }

    fn dump(&self) -> String {
        let mut out = Vec::new();
        self.store.snapshot().expect("a snapshot").dump(&mut out).expect("a dump");
        String::from_utf8(out).expect("text")
    }

    fn texts(&self) -> Vec<String> {
        let snapshot = self.store.snapshot().expect("a snapshot");
        let mentions = snapshot.mentions(&Filter::default()).expect("mentions");
        let mut texts: Vec<_> = mentions.map(|stored| stored.expect("readable").mention.text).collect();
        texts.sort();
        texts
    }
}

fn plan(source: Arc<dyn Source>, analyzers: Vec<Arc<dyn Analyzer>>) -> Plan {
    let topic = TopicId::new("acme").expect("a name");
    let query = Query::parse("acme").expect("a query").query;
    Plan {
        topics: vec![Topic { id: topic.clone(), title: "Acme".into(), group: None, query }],
        idle: vec![],
        connectors: vec![Connector {
            id: ConnectorId::new("c").expect("a name"),
            source,
            topics: vec![topic],
            every: Duration::from_secs(60),
            history: Some(Duration::from_secs(30 * 24 * 3600)),
            accept: Accept::Matching,
            batch: 100,
            parallel: 2,
            refresh: Vec::new(),
        }],
        analyzers,
    }
}

/// The same topics, and nobody collects.
fn idle(analyzers: Vec<Arc<dyn Analyzer>>) -> Plan {
    Plan { connectors: vec![], ..plan(Arc::new(Script::new(vec![])), analyzers) }
}

fn options() -> Options {
    Options { clock: Clock::Fixed(NOW), seed: 1, ..Options::default() }
}

async fn run(bed: &Bed, plan: Plan) -> (Summary, Vec<Event>) {
    run_with(bed, plan, options()).await
}

async fn run_with(bed: &Bed, plan: Plan, options: Options) -> (Summary, Vec<Event>) {
    let pipeline = Pipeline::new(plan, bed.store.clone(), options).expect("a plan");
    let (sender, mut receiver) = unbounded_channel();
    let summary = pipeline.run(Mode::Once, CancellationToken::new(), sender).await.expect("a run");
    let mut events = Vec::new();
    while let Ok(event) = receiver.try_recv() {
        events.push(event);
    }
    (summary, events)
}

fn posts(count: usize) -> Vec<RawMention> {
    (0..count).map(|number| post(&number.to_string(), number as i64, &format!("acme {number}"))).collect()
}

fn batch(changes: Vec<Change>) -> Batch {
    Batch { changes, feeds: vec![], cursor: None, next: Next::Later(None) }
}

#[tokio::test]
async fn both_walks_together_read_everything_once() {
    let bed = Bed::new();
    let board = Arc::new(Board::new(posts(95), 10));
    let (summary, _) = run(&bed, plan(board.clone(), vec![])).await;
    assert_eq!(summary.total().new, 95);
    assert_eq!(bed.texts().len(), 95);
    let again = run(&bed, plan(board, vec![])).await.0;
    assert_eq!((again.total().new, again.total().polls), (0, 1), "a second run looks at the head alone");
}

/// Of ten posts, one an hour, each is read again at the ages of six and twenty-four hours, and at no other time.
#[tokio::test]
async fn known_mentions_are_read_again_at_their_ages() {
    let bed = Bed::new();
    let board = Arc::new(Board::new(posts(10), 10));
    let at_hour = |hour: i64| {
        let mut wanted = plan(board.clone(), vec![]);
        wanted.connectors[0].refresh = [6, 24].map(|hours| Duration::from_secs(hours * 3_600)).to_vec();
        wanted.connectors[0].batch = 4;
        let now = Instant::from_millis(NOW.as_millis() + hour * Instant::HOUR_MS);
        (wanted, Options { clock: Clock::Fixed(now), ..options() })
    };
    let mut asked = Vec::new();
    for hour in [0, 2, 3, 23, 40] {
        let (wanted, options) = at_hour(hour);
        if hour == 23 {
            let mut posts = board.posts.lock().expect("not poisoned");
            posts.retain(|post| post.id != "8");
            posts.iter_mut().for_each(|post| post.engagement.likes = Some(7));
        }
        run_with(&bed, wanted, options).await;
        asked.push(std::mem::take(&mut *board.again.lock().expect("not poisoned")));
    }
    let none: [Vec<String>; 0] = [];
    assert_eq!(asked[0], none, "what was just read is fresh");
    assert_eq!(asked[1], [["5", "4"]], "those that became six hours old");
    assert_eq!(asked[2], [["3"]]);
    assert_eq!(
        asked[3].concat(),
        ["2", "1", "0", "9", "8", "7", "6", "5", "4", "3", "2", "1"],
        "the rest, and the oldest at a day"
    );
    assert_eq!(asked[4].concat(), ["0"]);
    assert!(asked[3].iter().all(|ids| ids.len() <= 4), "in batches: {:?}", asked[3]);
    let snapshot = bed.store.snapshot().expect("a snapshot");
    let key = |id: &str| MentionKey { source: "board".into(), instance: "board.example".into(), id: id.into() };
    assert!(snapshot.is_removed(&key("8")).expect("readable"), "a removal that no poll told");
    let seven = snapshot.mention(&key("7")).expect("readable").expect("kept");
    assert_eq!(seven.mention.engagement.likes, Some(7));
}

/// Stops a run after each number of commits in turn and lets another finish: the store is that of an undisturbed run.
#[tokio::test]
async fn a_run_stopped_anywhere_and_resumed_gives_the_same_store() {
    let undisturbed = Bed::new();
    run(&undisturbed, plan(Arc::new(Board::new(posts(95), 10)), vec![])).await;
    for stop_after in 0..11 {
        let bed = Bed::new();
        let board = Arc::new(Board::new(posts(95), 10));
        let pipeline = Pipeline::new(plan(board.clone(), vec![]), bed.store.clone(), options()).expect("a plan");
        let (sender, mut receiver) = unbounded_channel();
        let stop = CancellationToken::new();
        let watcher = {
            let stop = stop.clone();
            tokio::spawn(async move {
                let mut committed = 0;
                while committed < stop_after {
                    match receiver.recv().await {
                        Some(Event::Committed { .. }) => committed += 1,
                        Some(_) => {}
                        None => return,
                    }
                }
                stop.cancel();
            })
        };
        pipeline.run(Mode::Once, stop, sender).await.expect("a run");
        watcher.await.expect("the watcher");
        run(&bed, plan(board, vec![])).await;
        assert_eq!(bed.texts(), undisturbed.texts(), "stopped after {stop_after} commits");
    }
}

#[tokio::test(start_paused = true)]
async fn a_rate_limit_is_waited_for_and_nothing_is_lost() {
    let bed = Bed::new();
    let board = Arc::new(Board::new(posts(30), 10));
    board.trouble.lock().expect("not poisoned").extend([
        failure(FailureClass::RateLimited),
        failure(FailureClass::Transient),
        failure(FailureClass::StaleCursor),
    ]);
    let (summary, events) = run(&bed, plan(board, vec![])).await;
    assert_eq!(bed.texts().len(), 30);
    assert_eq!(summary.total().failed, 3);
    assert!(events.iter().any(|event| matches!(event, Event::Waiting { class: FailureClass::RateLimited, .. })));
}

#[tokio::test(start_paused = true)]
async fn a_service_that_refuses_for_ever_ends_a_run_on_demand() {
    let bed = Bed::new();
    let board = Arc::new(Board::new(posts(30), 10));
    let refusal = || {
        CallError::Failure(Failure { class: FailureClass::RateLimited, message: "slower".to_owned(), retry_after_ms: Some(0) })
    };
    board.trouble.lock().expect("not poisoned").extend((0..1_000).map(|_| refusal()));
    let (summary, _) = run(&bed, plan(board.clone(), vec![])).await;
    assert!(board.polls.load(Ordering::SeqCst) <= 6, "{} polls", board.polls.load(Ordering::SeqCst));
    assert!(summary.failures.contains_key(&ConnectorId::new("c").expect("a name")));
}

#[tokio::test]
async fn no_run_asks_for_what_is_older_than_the_history() {
    let bed = Bed::new();
    let board = Arc::new(Board::new(posts(3), 10));
    run(&bed, plan(board.clone(), vec![])).await;
    run(&bed, plan(board.clone(), vec![])).await;
    let days = |days: i64| Some(Instant::from_millis(NOW.as_millis() - days * 24 * Instant::HOUR_MS));
    assert_eq!(*board.since.lock().expect("not poisoned"), [days(1), days(30)]);
}

#[tokio::test(start_paused = true)]
async fn a_feed_that_does_not_answer_holds_up_no_other_of_its_connector() {
    let bed = Bed::new();
    let uneven = Arc::new(Uneven::default());
    let mut wanted = plan(uneven.clone(), vec![]);
    wanted.connectors[0].history = None;
    let pipeline = Pipeline::new(wanted, bed.store.clone(), options()).expect("a plan");
    let (events, _happened) = unbounded_channel();
    let stop = CancellationToken::new();
    let answered = || uneven.answered.load(Ordering::SeqCst);
    let watch = async {
        // It is polled every minute, and a minute is soon over here: the clock runs ahead whenever all tasks wait.
        for _ in 0..100_000 {
            if answered() >= 5 {
                break;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        stop.cancel();
    };
    let (summary, ()) = tokio::join!(pipeline.run(Mode::Keep, stop.clone(), events), watch);
    summary.expect("a run");
    assert!(answered() >= 5, "polled {} times in a day", answered());
}

#[tokio::test]
async fn refused_credentials_end_the_connector_at_once() {
    let bed = Bed::new();
    let board = Arc::new(Board::new(posts(30), 10));
    board.trouble.lock().expect("not poisoned").push_back(failure(FailureClass::Unauthorized));
    let (summary, events) = run(&bed, plan(board.clone(), vec![])).await;
    assert!(board.polls.load(Ordering::SeqCst) <= 2, "one poll a walk may have been under way");
    assert!(summary.failures.contains_key(&ConnectorId::new("c").expect("a name")));
    assert!(events.iter().any(|event| matches!(event, Event::Resting { class: FailureClass::Unauthorized, .. })));
    let (again, _) = run(&bed, plan(board, vec![])).await;
    assert_eq!(again.total().new, 30, "mended credentials are tried by the next run");
}

#[tokio::test]
async fn a_document_that_breaks_an_analyzer_is_found_and_the_others_are_annotated() {
    let bed = Bed::new();
    let mut all = posts(40);
    all[7].text = "acme poison".into();
    all[9].text = "acme unreadable".into();
    let counter = Arc::new(Counter::default());
    let analyzers: Vec<Arc<dyn Analyzer>> = vec![counter.clone()];
    let (summary, _) = run(&bed, plan(Arc::new(Board::new(all, 40)), analyzers)).await;
    assert_eq!(summary.total().new, 40, "a mention is kept whatever its annotation does");
    let snapshot = bed.store.snapshot().expect("a snapshot");
    let letters = snapshot.dead_letters().expect("dead letters");
    let mut failed: Vec<_> = letters.iter().map(|letter| (letter.key.id.as_str(), letter.message.as_str())).collect();
    failed.sort_unstable();
    failed.dedup();
    assert_eq!(failed, [("7", "plugin `counter` trapped"), ("9", "unexpected-answer: cannot read this")]);
    let annotated = snapshot.mentions(&Filter::default()).expect("mentions");
    let annotated = annotated.filter(|stored| !stored.as_ref().expect("readable").annotations.is_empty()).count();
    assert_eq!(annotated, 38);
}

#[tokio::test]
async fn a_known_mention_is_not_analyzed_again() {
    let bed = Bed::new();
    let counter = Arc::new(Counter::default());
    let board = Arc::new(Board::new(posts(10), 10));
    let analyzers = || -> Vec<Arc<dyn Analyzer>> { vec![counter.clone()] };
    run(&bed, plan(board.clone(), analyzers())).await;
    let calls = counter.calls.load(Ordering::SeqCst);
    run(&bed, plan(board, analyzers())).await;
    assert_eq!(counter.calls.load(Ordering::SeqCst), calls);
}

#[tokio::test]
async fn edits_removals_and_repeats_leave_one_mention_each() {
    let bed = Bed::new();
    let first = batch(vec![
        upsert(post("a", 3, "acme one")),
        upsert(post("b", 2, "acme two")),
        upsert(post("a", 3, "acme one, said again")),
        upsert(post("", 1, "acme without an id")),
        upsert(post("c", 1, "nothing of interest")),
        upsert(post("d", 1, "acme four")),
    ]);
    let second =
        batch(vec![upsert(post("b", 2, "edited away from the topic")), Change::Remove("d".into()), Change::Remove("x".into())]);
    let (summary, _) = run(&bed, plan(Arc::new(Script::new(vec![first])), vec![])).await;
    let total = summary.total();
    assert_eq!((total.new, total.known, total.off_topic, total.refused), (3, 1, 1, 1));
    let (summary, _) = run(&bed, plan(Arc::new(Script::new(vec![second])), vec![])).await;
    assert_eq!((summary.total().updated, summary.total().removed), (1, 1));
    assert_eq!(bed.texts(), ["acme one, said again", "edited away from the topic"]);
    let snapshot = bed.store.snapshot().expect("a snapshot");
    let key = |id: &str| MentionKey { source: "script".into(), instance: String::new(), id: id.into() };
    assert!(snapshot.is_removed(&key("d")).expect("readable"));
    let edited = snapshot.mention(&key("b")).expect("readable").expect("kept");
    assert_eq!(edited.topics, [], "it is kept, outside every topic");
    assert_eq!(edited.previous.map(|previous| previous.text), Some("acme two".into()));
}

#[tokio::test]
async fn an_answer_in_a_conversation_takes_its_topic_where_that_is_wanted() {
    let bed = Bed::new();
    let answer = RawMention { thread: Some("a".into()), ..post("b", 1, "I agree") };
    let stray = RawMention { thread: Some("z".into()), ..post("c", 1, "I disagree") };
    let batches = || vec![batch(vec![upsert(post("a", 2, "acme"))]), batch(vec![upsert(answer.clone()), upsert(stray.clone())])];
    let mut wanted = plan(Arc::new(Script::new(batches())), vec![]);
    wanted.connectors[0].accept = Accept::Conversation;
    run(&bed, wanted).await;
    assert_eq!(bed.texts(), ["I agree", "acme"]);
    let strict = Bed::new();
    run(&strict, plan(Arc::new(Script::new(batches())), vec![])).await;
    assert_eq!(strict.texts(), ["acme"]);
}

/// A second connector that delivered a known post took it out of the topics of the first. Now each gives what it knows of, and only
/// an edit takes a topic away.
#[tokio::test]
async fn a_connector_leaves_a_mention_the_topics_it_has_from_another() {
    let bed = Bed::new();
    let delivers = |name: &str, topics: &[&str], accept: Accept, mentions: &[&RawMention]| {
        let changes = mentions.iter().map(|&mention| upsert(mention.clone())).collect();
        let mut wanted = plan(Arc::new(Script::new(vec![batch(changes)])), vec![]);
        let topic = |name: &str| TopicId::new(name).expect("a name");
        wanted.topics = ["acme", "rival", "house"]
            .map(|name| {
                let query = Query::parse(name).expect("a query").query;
                Topic { id: topic(name), title: name.into(), group: None, query }
            })
            .to_vec();
        // Both are planned; one of them has something to tell.
        let mut silent = wanted.connectors[0].clone();
        silent.source = Arc::new(Script::new(vec![]));
        silent.id = ConnectorId::new("own-pages").expect("a name");
        (silent.accept, silent.topics) = (Accept::Everything, vec![topic("house")]);
        let speaks = &mut wanted.connectors[0];
        speaks.id = ConnectorId::new(name).expect("a name");
        (speaks.accept, speaks.topics) = (accept, topics.iter().map(|name| topic(name)).collect());
        if silent.id != speaks.id {
            wanted.connectors.push(silent);
        }
        wanted
    };
    let topics = |id: &str| {
        let key = MentionKey { source: "script".into(), instance: String::new(), id: id.into() };
        let stored = bed.store.snapshot().expect("a snapshot").mention(&key).expect("readable").expect("kept");
        stored.topics.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let (acme, guest) = (post("a", 2, "acme"), post("g", 1, "thank you"));
    run(&bed, delivers("one", &["acme"], Accept::Matching, &[&acme])).await;
    run(&bed, delivers("own-pages", &["house"], Accept::Everything, &[&guest])).await;
    run(&bed, delivers("two", &["rival"], Accept::Matching, &[&acme, &guest])).await;
    assert_eq!((topics("a"), topics("g")), (vec!["acme".to_owned()], vec!["house".to_owned()]));
    let edited = post("a", 2, "another matter");
    run(&bed, delivers("two", &["rival"], Accept::Matching, &[&edited])).await;
    assert_eq!(topics("a"), Vec::<String>::new(), "what it does not say any more it is not about");
}

/// Answers were only found where what they answer was stored before the batch; a thread read whole lost all but its start.
#[tokio::test]
async fn answers_that_come_with_what_they_answer_are_kept_in_any_order() {
    let bed = Bed::new();
    let answer = |id: &str, parent: &str| RawMention { parent: Some(parent.into()), ..post(id, 1, &format!("answer {id}")) };
    let mut mentions: Vec<RawMention> = (1..=50).rev().map(|at| answer(&at.to_string(), &(at - 1).to_string())).collect();
    mentions.push(RawMention { thread: Some("0".into()), ..post("0", 2, "acme") });
    mentions.extend([answer("round", "about"), answer("about", "round"), answer("self", "self")]);
    let mut wanted = plan(Arc::new(Script::new(vec![batch(mentions.into_iter().map(upsert).collect())])), vec![]);
    wanted.connectors[0].accept = Accept::Conversation;
    let (summary, _) = run(&bed, wanted).await;
    assert_eq!((summary.total().new, summary.total().off_topic), (51, 3));
}

fn feed_state(bed: &Bed) -> vigie_store::FeedState {
    let feeds = bed.store.snapshot().expect("a snapshot").feeds(&ConnectorId::new("c").expect("a name")).expect("readable");
    feeds.into_iter().next().expect("a feed").1
}

/// Three hundred posts of one instant in passes of a hundred: two hundred were never read again.
#[tokio::test]
async fn mentions_of_one_instant_are_all_read_again_once() {
    let bed = Bed::new();
    let all = (0..300).map(|number| post(&number.to_string(), 1, "acme")).collect();
    let board = Arc::new(Board::new(all, 300));
    for hour in [0, 7] {
        let mut wanted = plan(board.clone(), vec![]);
        wanted.connectors[0].refresh = vec![Duration::from_secs(6 * 3_600)];
        let now = Instant::from_millis(NOW.as_millis() + hour * Instant::HOUR_MS);
        run_with(&bed, wanted, Options { clock: Clock::Fixed(now), ..options() }).await;
    }
    let again = board.again.lock().expect("not poisoned");
    assert!(again.iter().all(|ids| ids.len() <= 100));
    let ids: std::collections::HashSet<_> = again.iter().flatten().collect();
    assert_eq!((again.iter().flatten().count(), ids.len()), (300, 300));
}

/// A cursor the service no longer knew lost everything between it and the day before: the history walk had ended long ago.
#[tokio::test(start_paused = true)]
async fn a_lost_position_is_read_again_from_the_history() {
    let bed = Bed::new();
    let board = Arc::new(Board::new(posts(10), 10));
    run(&bed, plan(board.clone(), vec![])).await;
    // Ten pages came while nobody looked; the head shows the last of them.
    let missed = (0..100).map(|number| post(&format!("late {number}"), 1, "acme"));
    board.posts.lock().expect("not poisoned").splice(0..0, missed);
    board.trouble.lock().expect("not poisoned").push_back(failure(FailureClass::StaleCursor));
    run(&bed, plan(board.clone(), vec![])).await;
    assert_eq!(bed.texts().len(), 110);
    let days = |days: i64| Some(Instant::from_millis(NOW.as_millis() - days * 24 * Instant::HOUR_MS));
    assert_eq!(
        *board.since.lock().expect("not poisoned"),
        [days(1), days(30), days(1)],
        "what lies before is the history walk's"
    );
}

/// A page that was not found once ended its feed for ever, and nothing told.
#[tokio::test(start_paused = true)]
async fn a_planned_feed_that_is_gone_is_tried_again() {
    let bed = Bed::new();
    let board = Arc::new(Board::new(posts(10), 10));
    board.trouble.lock().expect("not poisoned").extend([failure(FailureClass::Gone), failure(FailureClass::Gone)]);
    run(&bed, plan(board.clone(), vec![])).await;
    let resting = matches!(feed_state(&bed).newer.status, WalkStatus::Resting { class: FailureClass::Gone, .. });
    assert!(resting, "its trouble is shown");
    run(&bed, plan(board, vec![])).await;
    assert_eq!(bed.texts().len(), 10);
}

#[tokio::test]
async fn a_longer_history_is_read_when_it_is_asked_for() {
    let bed = Bed::new();
    let board = Arc::new(Board::new(posts(10), 10));
    let polls = async |days: u64| {
        let mut wanted = plan(board.clone(), vec![]);
        wanted.connectors[0].history = Some(Duration::from_secs(days * 24 * 3_600));
        run(&bed, wanted).await.0.total().polls
    };
    assert_eq!([polls(30).await, polls(30).await, polls(20).await, polls(90).await, polls(90).await], [2, 1, 1, 2, 1]);
}

/// What the topics are is part of what an analyzer reads: a mention that came under another was left with the old annotations.
#[tokio::test]
async fn another_topic_is_analyzed_by_those_that_read_topics() {
    for by_topic in [true, false] {
        let bed = Bed::new();
        let counter = Arc::new(Counter { by_topic, ..Counter::default() });
        for names in [&["acme"][..], &["acme", "rival"]] {
            let source = Script::new(vec![batch(vec![upsert(post("a", 1, "acme and its rival"))])]);
            let mut wanted = plan(Arc::new(source), vec![counter.clone()]);
            let topic = |name: &&str| {
                let query = Query::parse(name).expect("a query").query;
                Topic { id: TopicId::new(*name).expect("a name"), title: (*name).into(), group: None, query }
            };
            wanted.topics = names.iter().map(topic).collect();
            run(&bed, wanted).await;
        }
        // By the pass over what is stored, by who delivers it, or by both.
        assert_eq!(counter.calls.load(Ordering::SeqCst) > 1, by_topic);
    }
}

#[tokio::test]
async fn a_source_that_says_more_for_ever_with_the_same_cursor_is_left() {
    let bed = Bed::new();
    let endless = |id: &str| Batch { cursor: Some("same".into()), next: Next::More, ..batch(vec![upsert(post(id, 1, "acme"))]) };
    let source = Arc::new(Script::new((0..50).map(|number| endless(&number.to_string())).collect()));
    run(&bed, plan(source.clone(), vec![])).await;
    let asked = 50 - source.batches.lock().expect("not poisoned").len();
    assert!(asked <= 4, "two polls a walk are enough to see that the cursor stands, {asked} were made");
}

#[tokio::test]
async fn a_source_that_makes_up_pages_for_ever_ends_a_run_on_demand() {
    let bed = Bed::new();
    let page = |number: u32| {
        let known = vec![upsert(post(&number.to_string(), 1, "acme"))];
        Batch { cursor: Some(number.to_string()), next: Next::More, ..batch(known) }
    };
    let source = Arc::new(Script::new((0..200).map(page).collect()));
    let mut wanted = plan(source.clone(), vec![]);
    wanted.connectors[0].history = None;
    let pipeline = Pipeline::new(wanted, bed.store.clone(), Options { polls: 50, ..options() }).expect("a plan");
    let (sender, mut receiver) = unbounded_channel();
    let summary = pipeline.run(Mode::Once, CancellationToken::new(), sender).await.expect("a run");
    assert_eq!((summary.total().polls, summary.total().new), (50, 50));
    let mut unfinished =
        std::iter::from_fn(|| receiver.try_recv().ok()).filter(|event| matches!(event, Event::Unfinished { .. }));
    assert_eq!(unfinished.by_ref().count(), 1);
    // The next run goes on where this one was left.
    run(&bed, plan(source, vec![])).await;
    assert_eq!(bed.texts().len(), 200);
}

#[tokio::test]
async fn a_source_that_keeps_breaking_is_quarantined_and_the_run_ends() {
    let bed = Bed::new();
    let board = Arc::new(Board::new(posts(10), 10));
    let trap = || CallError::Trap { message: "plugin `board` trapped".to_owned() };
    board.trouble.lock().expect("not poisoned").extend((0..20).map(|_| trap()));
    let mut quick = plan(board, vec![]);
    quick.connectors[0].history = None;
    let pipeline_options = Options { patience: Duration::from_millis(1), ..options() };
    let pipeline = Pipeline::new(quick, bed.store.clone(), pipeline_options).expect("a plan");
    let (sender, mut receiver) = unbounded_channel();
    let summary = pipeline.run(Mode::Once, CancellationToken::new(), sender).await.expect("a run");
    assert_eq!(summary.total().failed, 1, "a pause beyond patience is left to the next run");
    let mut faults = 0;
    while let Ok(event) = receiver.try_recv() {
        faults += usize::from(matches!(event, Event::Fault { .. }));
    }
    assert_eq!(faults, 1);
    let feeds = bed.store.snapshot().expect("a snapshot").feeds(&ConnectorId::new("c").expect("a name")).expect("readable");
    assert!(matches!(feeds[0].1.newer.status, WalkStatus::Resting { .. }));
    assert!(bed.folder.path().exists());
}

#[tokio::test]
async fn an_undisturbed_run_repeated_gives_the_same_dump() {
    let (one, other) = (Bed::new(), Bed::new());
    for bed in [&one, &other] {
        run(bed, plan(Arc::new(Board::new(posts(25), 10)), vec![])).await;
    }
    assert_eq!(one.dump(), other.dump());
}

/// What the counter wrote about each stored mention, by its text: which version, and how many letters.
fn counted(bed: &Bed) -> Vec<(String, String, f64)> {
    let snapshot = bed.store.snapshot().expect("a snapshot");
    let mentions = snapshot.mentions(&Filter::default()).expect("mentions").map(|stored| stored.expect("readable"));
    let mut counted: Vec<_> = mentions
        .flat_map(|stored| {
            let text = stored.mention.text;
            stored.annotations.into_iter().map(move |one| match one.value {
                Value::Number(letters) => (text.clone(), one.version, letters),
                other => panic!("{other:?} is no number"),
            })
        })
        .collect();
    counted.sort_by(|a, b| a.0.cmp(&b.0));
    counted
}

fn second() -> Arc<dyn Analyzer> {
    Arc::new(Counter { second: true, ..Counter::default() })
}

#[tokio::test]
async fn a_new_version_analyzes_what_is_stored_and_can_be_stopped_anywhere() {
    let bed = Bed::new();
    let board = Arc::new(Board::new(posts(3_000), 500));
    run(&bed, plan(board, vec![Arc::new(Counter::default())])).await;
    assert!(counted(&bed).iter().all(|(_, version, _)| version == "1.0.0"));

    let nothing = idle(vec![second()]);
    let pipeline = Pipeline::new(nothing, bed.store.clone(), options()).expect("a plan");
    let (events, mut happened) = unbounded_channel();
    // Stopped after its first batch, as by Ctrl-C.
    let stop = CancellationToken::new();
    let (first, ()) = tokio::join!(pipeline.reanalyze(&stop, &events), async {
        happened.recv().await.expect("an event");
        stop.cancel();
    });
    let first = first.expect("a pass");
    assert!(!first.done && first.renewed > 0 && first.renewed < 3_000, "{first:?}");
    let rest = pipeline.reanalyze(&CancellationToken::new(), &events).await.expect("a pass");
    assert!(rest.done);
    assert_eq!(first.renewed + rest.renewed, 3_000, "each mention once");
    assert!(counted(&bed).iter().all(|(text, version, letters)| version == "2.0.0" && *letters == 2.0 * text.len() as f64));
    let again = pipeline.reanalyze(&CancellationToken::new(), &events).await.expect("a pass");
    assert_eq!((again.renewed, again.seen, again.done), (0, 0, true));
    // Switched off, it no longer counts, and what it found is not lost.
    let off = Pipeline::new(Plan::default(), bed.store.clone(), options()).expect("a plan");
    assert!(off.reanalyze(&CancellationToken::new(), &events).await.expect("a pass").done);
    assert_eq!(counted(&bed).len(), 3_000);
    bed.store.snapshot().expect("a snapshot").verify().expect("sound");
}

#[tokio::test]
async fn history_is_analyzed_in_the_background_of_a_run() {
    let bed = Bed::new();
    let board = Arc::new(Board::new(posts(40), 10));
    run(&bed, plan(board.clone(), vec![Arc::new(Counter::default())])).await;
    // Waits for its second poll long enough for the pass to end.
    let mut wanted = plan(board, vec![second()]);
    wanted.connectors[0].every = Duration::from_secs(1);
    let pipeline = Pipeline::new(wanted, bed.store.clone(), options()).expect("a plan");
    let (events, mut happened) = unbounded_channel();
    let stop = CancellationToken::new();
    let watch = async {
        while let Some(event) = happened.recv().await {
            if matches!(event, Event::Reanalyzed { progress } if progress.reached == progress.last) {
                stop.cancel();
            }
        }
    };
    let (summary, ()) = tokio::join!(pipeline.run(Mode::Keep, stop.clone(), events), watch);
    assert!(summary.expect("a run").stopped);
    let counted = counted(&bed);
    assert_eq!(counted.len(), 40);
    assert!(counted.iter().all(|(_, version, _)| version == "2.0.0"), "{counted:?}");
}

#[tokio::test]
async fn what_cannot_be_analyzed_again_is_kept_and_told() {
    let bed = Bed::new();
    let board = Arc::new(Board::new(vec![post("1", 1, "acme poison"), post("2", 2, "acme fine")], 10));
    run(&bed, plan(board, vec![])).await;
    let nothing = idle(vec![second()]);
    let pipeline = Pipeline::new(nothing, bed.store.clone(), options()).expect("a plan");
    let (events, _happened) = unbounded_channel();
    let pass = pipeline.reanalyze(&CancellationToken::new(), &events).await.expect("a pass");
    assert_eq!((pass.renewed, pass.failed, pass.done), (2, 1, true));
    let again = pipeline.reanalyze(&CancellationToken::new(), &events).await.expect("a pass");
    assert_eq!((again.renewed, again.failed, again.done), (1, 1, true), "what failed is tried again, and nothing else");
    assert_eq!(counted(&bed), [("acme fine".to_owned(), "2.0.0".to_owned(), 18.0)]);
    assert_eq!(bed.texts().len(), 2);
    assert_eq!(bed.store.snapshot().expect("a snapshot").stats().expect("stats").dead_letters, 1);
}
