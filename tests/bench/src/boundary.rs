//! What the sandbox costs an analyzer: the same code inside it and compiled natively, on the same documents, in turn.

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use analyzer_language::detect::Detector;
use anyhow::{Context, Result};
use vigie_mention::delivery::Document;
use vigie_runtime::{AnalyzerPlugin, AnalyzerUse, Limits, Package, Runtime, RuntimeOptions};

use crate::machine::median;
use crate::table::Table;
use crate::texts;

const BATCH: usize = 256;
const BATCHES: usize = 40;
const ROUNDS: usize = 9;

/// Measures both bundled analyzers, and an echo that does nothing.
pub(crate) async fn measure(plugins: &Path, guests: &Path, table: &mut Table) -> Result<()> {
    let runtime = Runtime::new(RuntimeOptions::default())?;
    let documents = texts::documents(BATCH * BATCHES);
    let native: Vec<vigie_plugin::Document> = documents.iter().map(native).collect();

    let detector = Detector::new(analyzer_language::shipped(), analyzer_language::MARGIN, &[])
        .map_err(|unknown| anyhow::anyhow!("{unknown}"))?;
    let language = analyzer(&runtime, &plugins.join("analyzer-language.wasm"), serde_json::json!({}))?;
    ratio("analyzer-language in the sandbox : native", &language, &documents, table, || {
        for document in &native {
            black_box(analyzer_language::annotate(&detector, black_box(document)));
        }
    })
    .await?;

    let settings = analyzer_sentiment::Settings::default();
    let sentiment = analyzer(&runtime, &plugins.join("analyzer-sentiment.wasm"), serde_json::json!({}))?;
    ratio("analyzer-sentiment in the sandbox : native", &sentiment, &documents, table, || {
        for document in &native {
            black_box(analyzer_sentiment::annotate(&settings, black_box(document)));
        }
    })
    .await?;

    let echo = analyzer(&runtime, &guests.join("hostile-analyzer.wasm"), serde_json::json!({ "behave": "echo" }))?;
    let mut micros = Vec::new();
    for _ in 0..ROUNDS {
        micros.push(inside(&echo, &documents).await? * 1e6 / documents.len() as f64);
    }
    let crossing = median(micros);
    table.row("crossing the boundary, a document of a batch of 256", format!("{crossing:.2} µs"), "0.5 µs", crossing <= 0.5);
    Ok(())
}

fn analyzer(runtime: &Runtime, path: &Path, settings: serde_json::Value) -> Result<AnalyzerPlugin> {
    let bytes = std::fs::read(path).with_context(|| format!("{} is missing: run `cargo xtask plugins`", path.display()))?;
    let package = Package::read(bytes, &path.display().to_string())?;
    Ok(runtime.analyzer(&package, AnalyzerUse { settings, limits: Limits::analyzer() })?)
}

/// Both sides in turn, so that a machine that changes its pace changes it for both.
async fn ratio(what: &str, plugin: &AnalyzerPlugin, documents: &[Document], table: &mut Table, outside: impl Fn()) -> Result<()> {
    inside(plugin, documents).await?;
    outside();
    let (mut ratios, mut sandboxed, mut compiled) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let started = Instant::now();
        outside();
        let native = started.elapsed().as_secs_f64();
        let guest = inside(plugin, documents).await?;
        ratios.push(guest / native);
        sandboxed.push(guest * 1e6 / documents.len() as f64);
        compiled.push(native * 1e6 / documents.len() as f64);
    }
    let ratio = median(ratios);
    let measured = format!("{:.2} µs : {:.2} µs = {ratio:.2}", median(sandboxed), median(compiled));
    table.row(what, measured, "1.15", ratio <= 1.15);
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
        annotations: Vec::new(),
    }
}
