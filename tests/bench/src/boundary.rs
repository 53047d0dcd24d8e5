//! What the sandbox costs an analyzer: the same code inside it and compiled natively, on the same documents, in turn.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result};
use vigie_mention::Value;
use vigie_mention::delivery::Document;
use vigie_pipeline::{Analysis, Analyzer, Options, document};
use vigie_runtime::{AnalyzerPlugin, AnalyzerUse, Limits, Package, Runtime, RuntimeOptions};

use crate::machine::median;
use crate::table::Table;
use crate::texts;

const BATCH: usize = 256;
const BATCHES: usize = 40;
const ROUNDS: usize = 9;
/// The bundled analyzers.
const ALL: [&str; 7] = ["language", "sentiment", "emotion", "intent", "topics", "entities", "spam"];

/// Measures each bundled analyzer, an echo that does nothing, and all analyzers together as a run uses them.
pub(crate) async fn measure(plugins: &Path, guests: &Path, table: &mut Table) -> Result<()> {
    let runtime = Runtime::new(RuntimeOptions::default())?;
    let bundled = |name: &str| analyzer(&runtime, &plugins.join(format!("analyzer-{name}.wasm")), serde_json::json!({}));
    ratio::<analyzer_language::Language>(&bundled("language")?, table).await?;
    ratio::<analyzer_sentiment::Sentiment>(&bundled("sentiment")?, table).await?;
    ratio::<analyzer_emotion::Emotion>(&bundled("emotion")?, table).await?;
    ratio::<analyzer_intent::Intents>(&bundled("intent")?, table).await?;
    ratio::<analyzer_topics::Topics>(&bundled("topics")?, table).await?;
    ratio::<analyzer_entities::Entities>(&bundled("entities")?, table).await?;
    ratio::<analyzer_spam::Spam>(&bundled("spam")?, table).await?;

    for (behave, what) in [("scores", "a text there and a number back"), ("echo", "a text there and back again")] {
        let guest = analyzer(&runtime, &guests.join("hostile-analyzer.wasm"), serde_json::json!({ "behave": behave }))?;
        let documents = documents(&guest);
        let mut micros = Vec::new();
        for _ in 0..ROUNDS {
            micros.push(inside(&guest, &documents).await? * 1e6 / documents.len() as f64);
        }
        let crossing = median(micros);
        let what = format!("crossing the boundary, a document of a batch of 256, {what}");
        table.row(&what, format!("{crossing:.2} µs"), "0.5 µs", crossing <= 0.5);
    }

    let mut all: Vec<Arc<dyn Analyzer>> = Vec::new();
    for name in ALL {
        all.push(Arc::new(bundled(name)?));
    }
    chain(&all, table).await
}

/// The documents an analyzer is given: the fields it asks for, as in a run.
fn documents(plugin: &AnalyzerPlugin) -> Vec<Document> {
    let mention = |number| texts::mention(number, texts::text(number));
    (0..BATCH * BATCHES).map(|number| document(&mention(number), &[], &[], &plugin.manifest().reads)).collect()
}

/// Mentions a second through all analyzers in their waves, on all cores.
async fn chain(analyzers: &[Arc<dyn Analyzer>], table: &mut Table) -> Result<()> {
    let analysis = Analysis::new(analyzers, Options::default())?;
    let mentions: Vec<_> = (0..BATCH * BATCHES).map(|number| texts::mention(number, texts::text(number))).collect();
    let mut rates = Vec::new();
    for _ in 0..3 {
        let (again, started) = (mentions.clone(), Instant::now());
        let answers = analysis.run(again).await;
        rates.push(mentions.len() as f64 / started.elapsed().as_secs_f64());
        anyhow::ensure!(answers.iter().all(|answer| answer.failures.is_empty()), "an analyzer failed");
    }
    let rate = median(rates);
    table.row("through all seven analyzers", format!("{rate:.0}/s"), "8,000/s", rate >= 8_000.0);
    Ok(())
}

fn analyzer(runtime: &Runtime, path: &Path, settings: serde_json::Value) -> Result<AnalyzerPlugin> {
    let bytes = std::fs::read(path).with_context(|| format!("{} is missing: run `cargo xtask plugins`", path.display()))?;
    let package = Package::read(bytes, &path.display().to_string())?;
    Ok(runtime.analyzer(&package, AnalyzerUse { settings, limits: Limits::analyzer() })?)
}

/// Both sides in turn, so that a machine that changes its pace changes it for both.
async fn ratio<A: vigie_plugin::Analyzer>(plugin: &AnalyzerPlugin, table: &mut Table) -> Result<()> {
    let documents = documents(plugin);
    let documents = documents.as_slice();
    let settings: A::Settings = serde_json::from_value(serde_json::json!({}))?;
    let batches: Vec<Vec<_>> = documents.chunks(BATCH).map(|batch| batch.iter().map(native).collect()).collect();
    let outside = || -> Result<f64> {
        // A plugin is given its documents; making them is the host's part.
        let given = batches.clone();
        let started = Instant::now();
        for batch in given {
            black_box(A::analyze(&settings, black_box(batch))?);
        }
        Ok(started.elapsed().as_secs_f64())
    };
    inside(plugin, documents).await?;
    outside()?;
    let (mut ratios, mut sandboxed, mut compiled) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let native = outside()?;
        let guest = inside(plugin, documents).await?;
        ratios.push(guest / native);
        sandboxed.push(guest * 1e6 / documents.len() as f64);
        compiled.push(native * 1e6 / documents.len() as f64);
    }
    let ratio = median(ratios);
    let measured = format!("{:.2} µs : {:.2} µs = {ratio:.2}", median(sandboxed), median(compiled));
    let what = format!("analyzer-{} in the sandbox : native", plugin.manifest().id);
    table.row(&what, measured, "1.15", ratio <= 1.15);
    Ok(())
}

/// Seconds for all documents, in batches, through the sandbox.
async fn inside(plugin: &AnalyzerPlugin, documents: &[Document]) -> Result<f64> {
    let started = Instant::now();
    for batch in documents.chunks(BATCH) {
        black_box(plugin.analyze(black_box(batch)).await?);
    }
    Ok(started.elapsed().as_secs_f64())
}

fn native(document: &Document) -> vigie_plugin::Document {
    vigie_plugin::Document {
        text: document.text.clone(),
        title: document.title.clone(),
        language: document.language.clone(),
        kind: vigie_plugin::MentionKind::Post,
        source: document.source.clone(),
        author: None,
        rating: None,
        published_at: document.published_at.as_millis(),
        annotations: document.annotations.iter().map(annotation).collect(),
    }
}

fn annotation(known: &vigie_mention::Annotation) -> vigie_plugin::Annotation {
    let value = match &known.value {
        Value::Text(text) => vigie_plugin::Value::Text(text.clone()),
        Value::Number(number) => vigie_plugin::Value::Number(*number),
        Value::Flag(flag) => vigie_plugin::Value::Flag(*flag),
        Value::Labels(labels) => vigie_plugin::Value::Labels(
            labels.iter().map(|label| vigie_plugin::Label::new(label.name.clone(), label.score)).collect(),
        ),
    };
    vigie_plugin::Annotation::new(known.key.clone(), value)
}
