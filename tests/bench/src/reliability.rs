//! Whether confidence can be believed: of what is said with a confidence of 0.8, eight in ten should be right.

use std::path::Path;

use anyhow::{Context, Result};
use vigie_mention::delivery::Document;
use vigie_mention::{Instant, MentionKind, Value};
use vigie_runtime::{AnalyzerUse, Limits, Package, Runtime, RuntimeOptions};

use crate::table::Table;

/// What is measured: analyzer, key, and the file with a label and a text a row, which no table was trained on.
const MEASURED: [(&str, &str, &str); 2] =
    [("language", "language", "langid.dev.tsv"), ("sentiment", "sentiment-label", "sentiment_en.dev.tsv")];
/// Where bins end; those that say little are wider because few are in them.
const BINS: [f32; 6] = [0.5, 0.6, 0.7, 0.8, 0.9, 1.0];
/// Mean distance between confidence and truth that is good enough.
const GOAL: f64 = 0.05;

/// What was said with about one confidence.
#[derive(Debug, Clone, Copy, Default)]
struct Bin {
    said: u32,
    right: u32,
    confidence: f64,
}

/// Measures on a folder of labelled texts.
pub(crate) async fn measure(plugins: &Path, labelled: &Path, table: &mut Table) -> Result<()> {
    let runtime = Runtime::new(RuntimeOptions::default())?;
    for (analyzer, key, file) in MEASURED {
        let path = plugins.join(format!("analyzer-{analyzer}.wasm"));
        let bytes = std::fs::read(&path).with_context(|| format!("{} is missing: run `cargo xtask plugins`", path.display()))?;
        let package = Package::read(bytes, analyzer)?;
        let plugin = runtime.analyzer(&package, AnalyzerUse { settings: serde_json::json!({}), limits: Limits::analyzer() })?;
        let path = labelled.join(file);
        let rows = std::fs::read_to_string(&path).with_context(|| format!("failed to read {}", path.display()))?;
        let rows: Vec<(&str, &str)> =
            rows.lines().skip(1).filter_map(|row| Some((row.split('\t').next()?, row.rsplit('\t').next()?))).collect();
        // Sentiment is told which language to read, as behind the language analyzer.
        let language = (analyzer == "sentiment").then(|| "en".to_owned());
        let documents: Vec<Document> = rows.iter().map(|(_, text)| document(text, language.clone())).collect();
        let mut bins = [Bin::default(); BINS.len()];
        for ((label, _), outcome) in rows.iter().zip(plugin.analyze(&documents).await?) {
            let found = outcome?.into_iter().find(|annotation| annotation.key == key);
            // What is left open is not said.
            let Some((Value::Text(found), Some(confidence))) = found.map(|found| (found.value, found.confidence)) else {
                continue;
            };
            let place = BINS.iter().position(|end| confidence <= *end).unwrap_or(BINS.len() - 1);
            bins[place].said += 1;
            bins[place].right += u32::from(found == *label);
            bins[place].confidence += f64::from(confidence);
        }
        show(analyzer, rows.len(), &bins, table);
    }
    Ok(())
}

fn show(analyzer: &str, rows: usize, bins: &[Bin; BINS.len()], table: &mut Table) {
    let said: u32 = bins.iter().map(|bin| bin.said).sum();
    println!("  {analyzer}: of {rows} texts something is said of {said}");
    for (bin, end) in bins.iter().zip(BINS).filter(|(bin, _)| bin.said > 0) {
        let count = f64::from(bin.said);
        println!(
            "    confidence up to {end:.1}: {:6} said, mean {:.3}, right {:.3}",
            bin.said,
            bin.confidence / count,
            f64::from(bin.right) / count
        );
    }
    let distance: f64 = bins.iter().map(|bin| (bin.confidence - f64::from(bin.right)).abs()).sum();
    let error = distance / f64::from(said.max(1));
    table.row(&format!("confidence of {analyzer}, mean distance from truth"), format!("{error:.3}"), "0.05", error <= GOAL);
}

fn document(text: &str, language: Option<String>) -> Document {
    Document {
        text: text.to_owned(),
        title: None,
        language,
        kind: MentionKind::Post,
        source: "bench".to_owned(),
        author: None,
        rating: None,
        published_at: Instant::from_millis(0),
        annotations: Vec::new(),
    }
}
