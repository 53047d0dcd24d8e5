//! Learning in place through the real sandbox: what goes in, what comes back, and the limits of it.
//!
//! The guests are `tests/guests/hostile-analyzer` and `plugins/analyzer-sentiment`; `cargo xtask plugins` builds them.

mod common;

use std::sync::LazyLock;
use std::time::Duration;

use common::{bundled, guest};
use serde_json::{Value as Json, json};
use vigie_mention::delivery::{Document, Example};
use vigie_mention::{FailureClass, Instant, MentionKind, Value};
use vigie_runtime::{AnalyzerPlugin, AnalyzerUse, CallError, LimitKind, Limits, Package, Runtime, RuntimeOptions};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    let cache = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("learning-cache");
    Runtime::new(RuntimeOptions { cache_dir: Some(cache), ..RuntimeOptions::default() }).expect("a runtime")
});

fn hostile(settings: Json, limits: Limits) -> AnalyzerPlugin {
    let package = Package::read(guest("hostile-analyzer"), "hostile-analyzer.wasm").expect("sound");
    RUNTIME.analyzer(&package, AnalyzerUse { settings, limits }).expect("an analyzer")
}

fn plugin(name: &str) -> AnalyzerPlugin {
    let built = bundled().into_iter().find(|(path, _)| path.ends_with(name));
    let (path, bytes) = built.unwrap_or_else(|| panic!("{name} is not built; run `cargo xtask plugins` first"));
    let package = Package::read(bytes, &path).expect("sound");
    RUNTIME.analyzer(&package, AnalyzerUse { settings: json!({}), limits: Limits::analyzer() }).expect("an analyzer")
}

fn document(text: &str) -> Document {
    Document {
        text: text.to_owned(),
        title: None,
        language: Some("en".to_owned()),
        kind: MentionKind::Review,
        source: "appstore".to_owned(),
        author: None,
        rating: None,
        published_at: Instant::from_millis(0),
        annotations: Vec::new(),
    }
}

fn example(text: &str, key: &str, value: &str) -> Example {
    Example { document: document(text), key: key.to_owned(), value: Value::Text(value.to_owned()), weight: 1.0 }
}

/// What an analyzer writes under a key, for each text.
async fn written(plugin: &AnalyzerPlugin, key: &str, texts: &[&str]) -> Vec<Value> {
    let documents: Vec<Document> = texts.iter().map(|text| document(text)).collect();
    let outcomes = plugin.analyze(&documents).await.expect("outcomes");
    let value = |outcome: vigie_runtime::Outcome| {
        outcome.expect("annotated").into_iter().find(|annotation| annotation.key == key).expect("written").value
    };
    outcomes.into_iter().map(value).collect()
}

#[tokio::test]
async fn what_was_learned_comes_back_as_it_was_and_never_to_learn() {
    let plugin = hostile(json!({ "behave": "tells_learned" }), Limits::analyzer());
    assert_eq!((plugin.learns(), plugin.version()), (&["echo".to_owned()][..], "0.1.0"));
    let mut examples = [example("one", "echo", "a"), example("two", "other", "b")];
    examples[1].weight = 0.25;
    let table = plugin.learn(&examples).await.expect("a table");
    let told = "0 bytes before\none echo=Value::Text(\"a\") x1\ntwo other=Value::Text(\"b\") x0.25\n";
    assert_eq!(String::from_utf8_lossy(&table), told);

    let taught = plugin.with_learned(&table);
    assert_eq!(written(&taught, "echo", &["any"]).await, [Value::Text(told.to_owned())]);
    assert_eq!(written(&plugin, "echo", &["any"]).await, [Value::Text(String::new())]);
    // Learning always begins anew, and a second table replaces the first.
    assert_eq!(taught.learn(&examples).await.expect("a table"), table);
    assert_eq!(written(&taught.with_learned(b"other"), "echo", &["any"]).await, [Value::Text("other".to_owned())]);

    let [first, second] = [taught.version(), taught.with_learned(b"other").version()].map(str::to_owned);
    for version in [&first, &second] {
        assert!(version.strip_prefix("0.1.0+site.").is_some_and(|hash| hash.len() == 8), "{version}");
    }
    assert_ne!(first, second);
    assert_eq!(plugin.with_learned(&table).version(), first);
    assert_eq!(taught.manifest().version, "0.1.0");
}

#[tokio::test]
async fn learning_is_bounded_with_ten_times_the_time() {
    let examples = [example("one", "echo", "a")];
    let limits = Limits { cpu: Duration::from_millis(10), ..Limits::analyzer() };
    let limit = |answer: Result<Vec<u8>, CallError>| match answer {
        Err(CallError::Limit { limit, message }) => (limit, message),
        other => panic!("no limit was reached: {other:?}"),
    };
    let (kind, message) = limit(hostile(json!({ "behave": "spins" }), limits).learn(&examples).await);
    assert_eq!(kind, LimitKind::Cpu);
    assert!(message.contains("100ms; if it needs more, raise `cpu` in [analyzers.hostile-analyzer.limits]"), "{message}");
    let limits = Limits { wall: Duration::from_millis(20), ..Limits::analyzer() };
    let (kind, message) = limit(hostile(json!({ "behave": "spins" }), limits).learn(&examples).await);
    assert!(kind == LimitKind::Wall && message.contains("200ms"), "{message}");
    let limits = Limits { memory_bytes: 16 << 20, ..Limits::analyzer() };
    let (kind, message) = limit(hostile(json!({ "behave": "hoards" }), limits).learn(&examples).await);
    assert!(kind == LimitKind::Memory && message.contains("16 MiB"), "{message}");
}

#[tokio::test]
async fn what_learning_gives_instead_of_a_table_is_said() {
    let learn = |behave: &str| {
        let plugin = hostile(json!({ "behave": behave }), Limits::analyzer());
        async move { plugin.learn(&[example("one", "other", "a")]).await }
    };
    let Err(CallError::Invalid { message }) = learn("huge_table").await else { panic!("a table of more than 1 MiB") };
    assert_eq!(message, "plugin `hostile-analyzer` 0.1.0 gave a learned table of 1048577 bytes; 1048576 are allowed");
    let Err(CallError::Failure(failure)) = learn("fails_all").await else { panic!("no failure") };
    assert_eq!(failure.class, FailureClass::Settings);
    assert_eq!(failure.message, "example 1 of 1: `other` is not for learning");
    assert!(matches!(learn("traps").await, Err(CallError::Trap { .. })));
    assert_eq!(learn("echo").await, Ok(Vec::new()));

    let spam = plugin("analyzer-spam.wasm");
    assert!(spam.learns().is_empty());
    let Err(CallError::Invalid { message }) = spam.learn(&[]).await else { panic!("it learned") };
    assert!(message.contains("gave no key in `learns` of its manifest"), "{message}");
}

#[tokio::test]
async fn the_bundled_sentiment_learns_slang() {
    let sentiment = plugin("analyzer-sentiment.wasm");
    assert_eq!(sentiment.learns(), ["sentiment-label"]);
    let things = ["phone", "camera", "update", "battery", "keyboard", "design", "widget", "case", "speaker", "release"];
    let examples: Vec<Example> = things
        .iter()
        .flat_map(|thing| {
            [
                example(&format!("this {thing} slaps"), "sentiment-label", "positive"),
                example(&format!("this {thing} is mid"), "sentiment-label", "negative"),
                example(&format!("ngl the {thing} slaps for real"), "sentiment-label", "positive"),
                example(&format!("ngl the {thing} is mid for real"), "sentiment-label", "negative"),
            ]
        })
        .collect();
    let table = sentiment.learn(&examples).await.expect("a table");
    assert_eq!(sentiment.learn(&examples).await.expect("a table"), table);
    let taught = sentiment.with_learned(&table);

    let label = |words: &[&str]| words.iter().map(|word| Value::Text((*word).to_owned())).collect::<Vec<_>>();
    let slang = ["the new laptop slaps", "the new tablet is so mid"];
    assert_eq!(written(&sentiment, "sentiment-label", &slang).await, label(&["neutral", "neutral"]));
    assert_eq!(written(&taught, "sentiment-label", &slang).await, label(&["positive", "negative"]));
    let plain = ["I love it, best laptop ever", "what a terrible, useless laptop", "the laptop has two cameras"];
    for key in ["sentiment", "sentiment-label"] {
        assert_eq!(written(&taught, key, &plain).await, written(&sentiment, key, &plain).await);
    }

    let answer = sentiment.with_learned(b"not a table").analyze(&[document("any")]).await;
    let Err(CallError::Failure(failure)) = answer else { panic!("{answer:?}") };
    assert_eq!(failure.class, FailureClass::Settings);
    assert!(failure.message.starts_with("setting `learned`: what was learned cannot be read: "), "{failure}");
    let answer = sentiment.learn(&[example("any", "emotion", "joy")]).await;
    let Err(CallError::Failure(failure)) = answer else { panic!("{answer:?}") };
    assert_eq!(failure.message, "example 1 of 1: `emotion` cannot be learned; what can is `sentiment-label`");
}

#[tokio::test]
async fn ten_thousand_reviews_are_learned_in_seconds() {
    let package = bundled().into_iter().find(|(path, _)| path.ends_with("analyzer-sentiment.wasm")).expect("built");
    let package = Package::read(package.1, &package.0).expect("sound");
    // Ten times this.
    let limits = Limits { cpu: Duration::from_secs(1), ..Limits::analyzer() };
    let sentiment = RUNTIME.analyzer(&package, AnalyzerUse { settings: json!({}), limits }).expect("an analyzer");
    let review = |number: usize| {
        let words: Vec<String> = (0..30).map(|place| format!("word{}", number * 31 % (97 + place))).collect();
        Example { weight: 0.3, ..example(&words.join(" "), "sentiment-label", ["negative", "positive"][number % 5 % 2]) }
    };
    let reviews: Vec<Example> = (0..10_000).map(review).collect();
    let table = sentiment.learn(&reviews).await.expect("a table, in time");
    assert!(table.len() < 32 * 1024, "{} bytes", table.len());
}
