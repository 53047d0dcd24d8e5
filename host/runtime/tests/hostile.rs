//! Each limit has a guest that breaks it. The host survives, names the limit and its setting, and others go on.
//!
//! The guests are `tests/guests/*`; `cargo xtask plugins` builds them.

mod common;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use common::{ANALYZER as ANALYZER_MANIFEST, component, contract, guest, with_manifest};
use serde_json::{Value, json};
use vigie_mention::delivery::{Batch, Direction, Document, Feed, Next, PollRequest};
use vigie_mention::{FailureClass, Instant, MentionKind};
use vigie_runtime::{
    AnalyzerPlugin, AnalyzerUse, CallError, Clock, Grants, LimitKind, Limits, Package, Pooling, Runtime, RuntimeOptions,
    SourcePlugin, SourceUse, Standing,
};

const MIB: u64 = 1024 * 1024;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    let cache = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile-cache");
    let options = RuntimeOptions {
        cache_dir: Some(cache),
        clock: Clock::Fixed(Instant::from_millis(1_795_334_400_000)),
        ..RuntimeOptions::default()
    };
    Runtime::new(options).expect("a runtime")
});
static SOURCE: LazyLock<Package> = LazyLock::new(|| Package::read(guest("hostile"), "hostile.wasm").expect("sound"));
static ANALYZER: LazyLock<Package> =
    LazyLock::new(|| Package::read(guest("hostile-analyzer"), "hostile-analyzer.wasm").expect("sound"));

fn source(settings: Value, limits: Limits) -> SourcePlugin {
    let grants = Grants::judge(SOURCE.manifest(), &settings, &Standing::Bundled);
    let use_ =
        SourceUse { connector: "videos".to_owned(), settings, secrets: Default::default(), grants, limits, exchange: None };
    RUNTIME.source(&SOURCE, use_).expect("a source")
}

fn request() -> PollRequest {
    let feed = Feed { id: "f".to_owned(), title: "a feed".to_owned(), params: String::new(), expires_at: None };
    PollRequest { feed, direction: Direction::Newer, cursor: None, since: None, limit: 100 }
}

async fn poll(settings: Value, limits: Limits) -> Result<Batch, CallError> {
    source(settings, limits).poll(request()).await
}

/// Asserts that a limit was reached, and that the message names its value and the line of the config that raises it.
#[track_caller]
fn reached(answer: Result<impl std::fmt::Debug, CallError>, expected: LimitKind, value: &str) {
    let Err(CallError::Limit { limit, message }) = answer else { panic!("no limit was reached: {answer:?}") };
    assert_eq!(limit, expected, "{message}");
    assert!(message.contains(value), "{message}");
    assert!(message.contains("plugin `hostile"), "{message}");
    if let Some(setting) = expected.setting() {
        assert!(
            message.contains(&format!("raise `{setting}` in [connectors.videos.limits]"))
                || message.contains(&format!("raise `{setting}` in [analyzers.hostile-analyzer.limits]")),
            "{message}"
        );
    }
}

#[tokio::test]
async fn the_good_one_is_good() {
    let batch = poll(json!({ "behave": "good", "count": 3 }), Limits::source()).await.expect("a batch");
    assert_eq!(batch.changes.len(), 3);
    assert_eq!(batch.next, Next::Later(None));
    let plan = source(json!({ "behave": "good" }), Limits::source()).plan(&[]).await.expect("a plan");
    assert_eq!(plan[0].id, "good");
}

#[tokio::test]
async fn computing_without_end_reaches_the_processor_limit() {
    let limits = Limits { cpu: Duration::from_millis(100), ..Limits::source() };
    reached(poll(json!({ "behave": "spins" }), limits).await, LimitKind::Cpu, "100ms");
}

#[tokio::test]
async fn computing_too_long_reaches_the_time_limit() {
    let limits = Limits { wall: Duration::from_millis(200), ..Limits::source() };
    reached(poll(json!({ "behave": "spins" }), limits).await, LimitKind::Wall, "200ms");
}

/// A guest of another language keeps its frames on the engine's stack alone.
#[tokio::test]
async fn recursion_reaches_the_stack_limit() {
    let module = r#"(module
        (memory (export "memory") 1)
        (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
        (func $deeper (param i32) (result i32) (i32.add (local.get 0) (call $deeper (i32.add (local.get 0) (i32.const 1)))))
        (func (export "vigie:plugin/analyzer@0.1.0#analyze") (param i32 i32 i32 i32) (result i32) (call $deeper (i32.const 0))))"#;
    let mut module = wat::parse_str(module).expect("WebAssembly text");
    let mut resolve = wit_parser::Resolve::default();
    let text = contract("").replace("  import log;\n  import clock;\n  export analyzer;", "  export analyzer;");
    let world = common::world(&mut resolve, &text, "analyzer-plugin");
    wit_component::embed_component_metadata(&mut module, &resolve, world, wit_component::StringEncoding::UTF8)
        .expect("metadata fits");
    let package = Package::read(with_manifest(component(&module), ANALYZER_MANIFEST), "recurses.wasm").expect("sound");
    let analyzer =
        RUNTIME.analyzer(&package, AnalyzerUse { settings: json!({}), limits: Limits::analyzer() }).expect("an analyzer");
    let answer = analyzer.analyze(&documents(&["one"])).await;
    let Err(CallError::Limit { limit: LimitKind::Stack, message }) = answer else { panic!("no limit was reached: {answer:?}") };
    assert!(message.contains("call depth, 1 MiB; this limit is fixed"), "{message}");
}

/// A guest in Rust keeps its frames in its own memory and runs over the end of that.
#[tokio::test]
async fn recursion_in_the_guests_own_memory_is_named_too() {
    let Err(CallError::Trap { message }) = poll(json!({ "behave": "recurses" }), Limits::source()).await else {
        panic!("no trap")
    };
    assert!(message.contains("out of bounds memory access; a recursion without end looks like this"), "{message}");
}

#[tokio::test]
async fn a_trap_is_told_with_its_place() {
    let Err(CallError::Trap { message }) = poll(json!({ "behave": "traps" }), Limits::source()).await else { panic!("no trap") };
    assert!(message.starts_with("plugin `hostile` 0.1.0 broke down: "), "{message}");
    assert!(message.contains("unreachable"), "{message}");
}

#[tokio::test]
async fn hoarding_reaches_the_memory_limit() {
    reached(poll(json!({ "behave": "hoards" }), Limits::source()).await, LimitKind::Memory, "64 MiB");
    let limits = Limits { memory_bytes: 8 * MIB, ..Limits::source() };
    reached(poll(json!({ "behave": "hoards" }), limits).await, LimitKind::Memory, "8 MiB");
    // Too little to begin with: not even an instance.
    let limits = Limits { memory_bytes: 1000, ..Limits::source() };
    reached(poll(json!({ "behave": "good" }), limits).await, LimitKind::Memory, "1000 bytes");
}

#[tokio::test]
async fn a_huge_text_is_stopped_whichever_limit_is_raised() {
    let huge = json!({ "behave": "huge_text" });
    let mut limits = Limits::source();
    reached(poll(huge.clone(), limits.clone()).await, LimitKind::Memory, "64 MiB");
    limits.memory_bytes = 512 * MIB;
    reached(poll(huge.clone(), limits.clone()).await, LimitKind::HostcallBytes, "16 MiB");
    limits.hostcall_bytes = 512 * MIB;
    reached(poll(huge.clone(), limits.clone()).await, LimitKind::BatchBytes, "8 MiB");
    limits.batch_bytes = 512 * MIB;
    let batch = poll(huge, limits).await.expect("every limit is high enough now");
    assert_eq!(batch.changes.len(), 1);
}

#[tokio::test]
async fn ten_million_mentions_are_stopped_whichever_limit_is_raised() {
    // Ten million do not fit into any guest's addresses: it gives up by itself.
    let answer = poll(json!({ "behave": "ten_million" }), Limits { memory_bytes: 4096 * MIB, ..Limits::source() }).await;
    assert!(matches!(answer, Err(CallError::Trap { .. } | CallError::Limit { limit: LimitKind::Memory, .. })), "{answer:?}");
    reached(poll(json!({ "behave": "ten_million", "count": 1_000_000 }), Limits::source()).await, LimitKind::Memory, "64 MiB");
    let limits = Limits { memory_bytes: 512 * MIB, ..Limits::source() };
    reached(poll(json!({ "behave": "ten_million", "count": 100_000 }), limits).await, LimitKind::HostcallBytes, "16 MiB");
    reached(
        poll(json!({ "behave": "ten_million", "count": 1_001 }), Limits::source()).await,
        LimitKind::BatchItems,
        "1000 (1001 given)",
    );
    let batch = poll(json!({ "behave": "ten_million", "count": 1_000 }), Limits::source()).await.expect("as many as allowed");
    assert_eq!(batch.changes.len(), 1_000);
}

#[tokio::test]
async fn cursors_and_feeds_are_bounded() {
    let answer = poll(json!({ "behave": "wrong_cursor_size" }), Limits::source()).await;
    reached(answer, LimitKind::CursorBytes, "16 KiB (1048576 bytes given)");
    let many = json!({ "behave": "many_feeds", "count": 1_001 });
    reached(poll(many.clone(), Limits::source()).await, LimitKind::Feeds, "1000 (1001 given)");
    reached(source(many, Limits::source()).plan(&[]).await, LimitKind::Feeds, "1000 (1001 given)");
}

#[tokio::test]
async fn odd_mentions_are_left_to_admission() {
    for behave in ["bad_ids", "bad_times", "bad_values"] {
        let batch = poll(json!({ "behave": behave, "count": 1_000 }), Limits::source()).await;
        assert!(batch.is_ok_and(|batch| batch.changes.len() > 1), "{behave}");
    }
}

#[tokio::test]
async fn a_failure_keeps_its_class() {
    for (class, expected) in FailureClass::ALL.map(|class| (class.name(), class)) {
        let Err(CallError::Failure(failure)) = poll(json!({ "behave": "fails", "class": class }), Limits::source()).await else {
            panic!("{class}: no failure")
        };
        assert_eq!(failure.class, expected);
    }
}

#[tokio::test]
async fn a_host_it_was_not_granted_is_refused_with_the_cure() {
    let Err(CallError::Failure(failure)) = poll(json!({ "behave": "asks_ungranted_host" }), Limits::source()).await else {
        panic!("it got through")
    };
    assert!(failure.message.contains("not-granted.example"), "{failure}");
}

/// Counts the lines the host was given, and keeps none.
struct Lines(Arc<AtomicUsize>);

impl tracing::Subscriber for Lines {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        if *event.metadata().level() == tracing::Level::WARN {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

#[tokio::test]
async fn a_flood_of_lines_is_dropped_with_one_note() {
    let plugin = source(json!({ "behave": "floods_log", "count": 5_000 }), Limits { log_lines: 20, ..Limits::source() });
    let lines = Arc::new(AtomicUsize::new(0));
    let listening = tracing::subscriber::set_default(Lines(Arc::clone(&lines)));
    let answer = plugin.poll(request()).await;
    drop(listening);
    assert!(answer.is_ok(), "talking much is no failure: {answer:?}");
    assert_eq!(lines.load(Ordering::Relaxed), 21, "20 lines and the note");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn others_go_on_while_guests_spin() {
    let limits = Limits { cpu: Duration::from_secs(120), wall: Duration::from_secs(120), ..Limits::source() };
    let spinner = Arc::new(source(json!({ "behave": "spins" }), limits));
    let spinning: Vec<_> = (0..4)
        .map(|_| {
            let spinner = Arc::clone(&spinner);
            tokio::spawn(async move { spinner.poll(request()).await })
        })
        .collect();
    let good = source(json!({ "behave": "good", "count": 50 }), Limits::source());
    for _ in 0..20 {
        let batch = good.poll(request()).await.expect("a batch");
        assert_eq!(batch.changes.len(), 50);
    }
    assert!(spinning.iter().all(|call| !call.is_finished()), "more guests than threads spin all the while");
    for call in spinning {
        // Dropping a call in the middle of a guest's loop is how a stop ends it.
        call.abort();
        assert!(call.await.is_err_and(|error| error.is_cancelled()));
    }
    good.poll(request()).await.expect("the host is well");
}

#[tokio::test]
async fn settings_are_checked_before_anything_runs() {
    let use_ = SourceUse {
        connector: "videos".to_owned(),
        settings: json!({ "behave": "dances", "colour": 1 }),
        secrets: Default::default(),
        grants: Grants::none("hostile"),
        limits: Limits::source(),
        exchange: None,
    };
    let Err(error) = RUNTIME.source(&SOURCE, use_) else { panic!("accepted") };
    let error = error.to_string();
    assert!(error.contains("`behave` must be one of \"spins\""), "{error}");
    assert!(error.contains("`colour` is not a known setting; known here: batches, behave, class, count, url"), "{error}");
}

fn analyzer(settings: Value, limits: Limits) -> AnalyzerPlugin {
    RUNTIME.analyzer(&ANALYZER, AnalyzerUse { settings, limits }).expect("an analyzer")
}

fn documents(texts: &[&str]) -> Vec<Document> {
    let document = |text: &&str| Document {
        text: (*text).to_owned(),
        title: None,
        language: None,
        kind: MentionKind::Post,
        source: "hostile".to_owned(),
        author: None,
        rating: None,
        published_at: Instant::from_millis(0),
        annotations: Vec::new(),
    };
    texts.iter().map(document).collect()
}

async fn analyze(settings: Value, limits: Limits) -> Result<Vec<vigie_runtime::Outcome>, CallError> {
    analyzer(settings, limits).analyze(&documents(&["one", "two", "three"])).await
}

#[tokio::test]
async fn analyzers_answer_in_order_over_many_calls_and_batches() {
    let analyzer = analyzer(json!({ "behave": "echo" }), Limits::analyzer());
    // More calls than one instance serves, more documents than one call may have.
    let texts: Vec<String> = (0..1_200).map(|n| format!("text {n}")).collect();
    let many = documents(&texts.iter().map(String::as_str).collect::<Vec<_>>());
    for _ in 0..50 {
        let outcomes = analyzer.analyze(&many).await.expect("outcomes");
        assert_eq!(outcomes.len(), texts.len());
        for (outcome, text) in outcomes.iter().zip(&texts) {
            let annotations = outcome.as_ref().expect("annotated");
            assert_eq!(annotations[0].value, vigie_mention::Value::Text(text.clone()));
        }
    }
    assert!(analyzer.analyze(&[]).await.expect("nothing to do").is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn analyzers_may_be_called_at_once() {
    let analyzer = Arc::new(analyzer(json!({ "behave": "slow_but_fine", "rounds": 1_000 }), Limits::analyzer()));
    let calls: Vec<_> = (0..16)
        .map(|n| {
            let analyzer = Arc::clone(&analyzer);
            let text = format!("text {n}");
            tokio::spawn(async move { analyzer.analyze(&documents(&[&text])).await.map(|outcomes| (text, outcomes)) })
        })
        .collect();
    for call in calls {
        let (text, outcomes) = call.await.expect("no panic").expect("an answer");
        assert_eq!(outcomes[0].as_ref().expect("annotated")[0].value, vigie_mention::Value::Text(text));
    }
}

/// Where no addresses can be reserved for a pool, instances are made on demand, with the same limits.
#[tokio::test]
async fn without_a_pool_everything_holds_as_well() {
    let runtime = Runtime::new(RuntimeOptions { pooling: Pooling::Off, ..RuntimeOptions::default() }).expect("a runtime");
    assert!(!runtime.is_pooled());
    let on_demand = |behave: &str, limits: Limits| {
        runtime.analyzer(&ANALYZER, AnalyzerUse { settings: json!({ "behave": behave }), limits }).expect("an analyzer")
    };
    let answer = on_demand("echo", Limits::analyzer()).analyze(&documents(&["one", "two"])).await.expect("an answer");
    assert_eq!(answer.len(), 2);
    let limits = Limits { memory_bytes: 16 * MIB, ..Limits::analyzer() };
    reached(on_demand("hoards", limits).analyze(&documents(&["one"])).await, LimitKind::Memory, "16 MiB");
    let limits = Limits { cpu: Duration::from_millis(100), ..Limits::analyzer() };
    reached(on_demand("spins", limits).analyze(&documents(&["one"])).await, LimitKind::Cpu, "100ms");
}

/// A host under load begins a call every few microseconds; time passes all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_short_calls_do_not_hold_up_the_deadline_of_a_long_one() {
    let limits = Limits { cpu: Duration::from_millis(100), ..Limits::source() };
    let spinning = tokio::spawn(poll(json!({ "behave": "spins" }), limits));
    let quick = analyzer(json!({ "behave": "echo" }), Limits::analyzer());
    let one = documents(&["one"]);
    let mut meanwhile = 0;
    while !spinning.is_finished() {
        quick.analyze(&one).await.expect("an answer");
        meanwhile += 1;
        assert!(meanwhile < 500_000, "the limit of 100 ms is not reached while others are called");
    }
    reached(spinning.await.expect("no panic"), LimitKind::Cpu, "100ms");
}

/// As a larger model would be: as many documents at a time as there may be, and about a second for them. All on one thread, so that
/// whoever held it would be seen.
#[tokio::test]
async fn an_analyzer_that_takes_a_second_for_a_full_batch_stalls_nobody() {
    let slow = analyzer(json!({ "behave": "slow_but_fine", "rounds": 60_000 }), Limits::analyzer());
    let quick = analyzer(json!({ "behave": "echo" }), Limits::analyzer());
    let texts: Vec<String> = (0..512).map(|number| format!("a text of some length {number}")).collect();
    let full = documents(&texts.iter().map(String::as_str).collect::<Vec<_>>());
    let few = documents(&["one", "two"]);
    let mut whole = std::pin::pin!(slow.analyze(&full));
    let mut meanwhile = 0;
    let outcomes = loop {
        tokio::select! {
            outcomes = &mut whole => break outcomes.expect("an answer"),
            answered = quick.analyze(&few) => meanwhile += answered.expect("an answer").len(),
        }
    };
    assert_eq!(outcomes.len(), 512, "one call, however long it takes");
    // One turn for the others at every tick of 10 ms would be a hundred.
    assert!(meanwhile >= 20, "only {meanwhile} documents were analyzed meanwhile");
}

#[tokio::test]
async fn an_instance_that_trapped_is_not_used_again() {
    let analyzer = analyzer(json!({ "behave": "traps", "word": "poison" }), Limits::analyzer());
    for _ in 0..3 {
        assert!(analyzer.analyze(&documents(&["fine"])).await.is_ok());
        let answer = analyzer.analyze(&documents(&["poison"])).await;
        assert!(matches!(answer, Err(CallError::Trap { .. })), "{answer:?}");
    }
}

#[tokio::test]
async fn analyzers_are_bounded_too() {
    let limits = Limits { cpu: Duration::from_millis(100), ..Limits::analyzer() };
    reached(analyze(json!({ "behave": "spins" }), limits).await, LimitKind::Cpu, "100ms");
    let limits = Limits { memory_bytes: 16 * MIB, ..Limits::analyzer() };
    reached(analyze(json!({ "behave": "hoards" }), limits).await, LimitKind::Memory, "16 MiB");
    let limits = Limits { hostcall_bytes: 2 * MIB, ..Limits::analyzer() };
    reached(analyze(json!({ "behave": "huge_value" }), limits).await, LimitKind::HostcallBytes, "2 MiB");
}

#[tokio::test]
async fn answers_that_break_the_contract_are_refused_as_a_whole() {
    for (behave, expected) in [
        ("wrong_count", "gave 2 outcomes for 3 documents"),
        ("undeclared_key", "gave an annotation `undeclared`, which its manifest does not declare; declared: echo, score"),
        ("wrong_type", "gave annotation `score` of type text; its manifest declares number"),
    ] {
        let answer = analyze(json!({ "behave": behave }), Limits::analyzer()).await;
        let Err(CallError::Invalid { message }) = answer else { panic!("{behave}: {answer:?}") };
        assert!(message.contains(expected), "{message}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_one_document_is_its_own() {
    for (settings, expected) in [
        (json!({ "behave": "nan" }), vec!["has confidence NaN", "has confidence NaN", "has confidence NaN"]),
        (json!({ "behave": "huge_value" }), vec!["1048576 bytes; 65536 are allowed"; 3]),
        (json!({ "behave": "fails_some", "word": "w" }), vec!["", "this text holds `w`", ""]),
    ] {
        let outcomes = analyze(settings, Limits::analyzer()).await.expect("the batch is fine");
        for (outcome, expected) in outcomes.iter().zip(expected) {
            match outcome {
                Ok(_) => assert_eq!(expected, ""),
                Err(failure) => {
                    assert_eq!(failure.class, FailureClass::UnexpectedAnswer);
                    assert!(!expected.is_empty() && failure.message.contains(expected), "{failure}");
                }
            }
        }
    }
    let answer = analyze(json!({ "behave": "fails_all" }), Limits::analyzer()).await;
    assert!(matches!(answer, Err(CallError::Failure(failure)) if failure.class == FailureClass::Transient));
}
