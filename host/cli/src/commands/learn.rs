//! `vigie learn`: teach analyzers from corrections and star ratings, on this machine.

mod gather;
mod trial;

use std::io::{self, IsTerminal, Write};

use clap::Args;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use vigie_insight::quality::Estimate;
use vigie_runtime::{AnalyzerPlugin, CallError};
use vigie_store::{Reader, Snapshot};

use self::gather::{Lesson, Origin};
use self::trial::{FOLDS, Trial};
use crate::config::Reading;
use crate::context::Context;
use crate::corrections::Corrections;
use crate::exit::{Stop, call_code};
use crate::learned::{self, Head, Learned};
use crate::plugins::Installed;
use crate::render::{Paint, number};
use crate::{engine, log};

/// Fewer examples say nothing that would hold for others.
const LEAST_EXAMPLES: usize = 10;

/// Teach analyzers from corrections and star ratings
///
/// Only analyzers with `learn = true` learn. Nothing leaves this machine: the plugin makes a small table inside its sandbox, and the table
/// is kept beside the store. It is tried first, on examples it has not seen, and kept only if it is not worse than what is shipped.
#[derive(Debug, Args)]
#[command(after_help = "In vigie.toml:
  [analyzers.sentiment]
  learn = true

Examples:
  vigie learn --dry-run    says whether it would help, and keeps nothing
  vigie learn
  vigie learn --json")]
pub(crate) struct Learn {
    /// Try it, and keep nothing
    #[arg(long)]
    dry_run: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What became of one analyzer.
struct Done {
    plugin: String,
    version: String,
    corrections: u64,
    ratings: u64,
    trial: Trial,
    /// The version its annotations will carry.
    annotates_as: String,
    kept: bool,
    /// A table it learned earlier stays in use.
    earlier: Option<String>,
}

impl Learn {
    /// Learns.
    pub(crate) fn run(&self, context: &Context) -> Result<(), Stop> {
        let bars = MultiProgress::new();
        let reading = context.read_config_to_mend()?;
        log::start(context, reading.config.log.as_deref(), bars.clone())?;
        if reading.config.analyzers.iter().all(|analyzer| !analyzer.learn) {
            return Err(Stop::usage_message(nobody_learns(context, &reading)));
        }
        let corrections = Corrections::read(&reading.config.store)?;
        if let Some(warning) = corrections.warning() {
            writeln!(io::stderr().lock(), "warning: {warning}")?;
        }
        let snapshot = Reader::open(&reading.config.store)?.snapshot()?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let done = runtime.block_on(self.all(context, &reading, &corrections, &snapshot, &bars))?;
        self.print(context, &done)
    }

    async fn all(
        &self,
        context: &Context,
        reading: &Reading,
        corrections: &Corrections,
        snapshot: &Snapshot,
        bars: &MultiProgress,
    ) -> Result<Vec<Done>, Stop> {
        let config = &reading.config;
        let sandbox = engine::runtime(context, &config.network, Some(&config.store))?;
        let mut done = Vec::new();
        for analyzer in config.analyzers.iter().filter(|analyzer| analyzer.learn) {
            let Some(entry) = reading.catalog.get(&analyzer.id) else { continue };
            let shipped = engine::shipped_analyzer(&sandbox, analyzer, entry)?;
            let lessons = gather::gather(snapshot, corrections, shipped.manifest())?;
            if lessons.len() < LEAST_EXAMPLES {
                return Err(Stop::message(too_few(&analyzer.id, &lessons)));
            }
            let bar = bar(bars, context, &analyzer.id)?;
            let (trial, learned) = teach(&shipped, &lessons, &bar, context).await.map_err(|error| broken(&shipped, error))?;
            bar.finish_and_clear();
            let kept = trial.not_worse() && !self.dry_run;
            if kept {
                learned::write(&config.store, &learned)?;
            }
            let earlier = analyzer.learned.as_ref().filter(|_| !kept).map(|earlier| earlier.head.annotates_as.clone());
            let Head { plugin, version, corrections, ratings, annotates_as, .. } = learned.head;
            done.push(Done { plugin, version, corrections, ratings, trial, annotates_as, kept, earlier });
        }
        Ok(done)
    }

    fn print(&self, context: &Context, done: &[Done]) -> Result<(), Stop> {
        let mut out = context.out();
        if self.json {
            let all: Vec<Value> = done.iter().map(|one| self.json_of(one)).collect();
            writeln!(out, "{}", serde_json::to_string_pretty(&all)?)?;
            return Ok(out.flush()?);
        }
        if context.quiet {
            return Ok(());
        }
        let paint = Paint { on: context.colour() };
        for one in done {
            writeln!(out, "{} learned from {}", paint.bold(&one.plugin), both(one.corrections, one.ratings))?;
            let tried = number::counted(one.trial.held_out, noun(one.trial.decided_by));
            writeln!(out, "  right on {tried} it had not seen:")?;
            for (name, right) in [("as shipped", one.trial.before), ("with what it learned", one.trial.after)] {
                let Some(share) = Estimate::of(right, one.trial.held_out) else { continue };
                let [value, low, high] = [share.value, share.low, share.high].map(number::percent);
                writeln!(out, "    {name:22} {value:>5}  (95 % interval {low} to {high})")?;
            }
            let verdict = match (one.trial.not_worse(), one.kept) {
                (true, true) => paint.green(&format!("kept: annotations will carry version {}", one.annotates_as)),
                (true, false) => "not worse: it would be kept without --dry-run".to_owned(),
                (false, _) => paint.yellow("worse than what is shipped: not kept; more corrections may help"),
            };
            writeln!(out, "  {verdict}")?;
            if let Some(earlier) = &one.earlier {
                writeln!(out, "  what it learned before stays in use: {earlier}")?;
            }
        }
        if done.iter().any(|one| one.kept) {
            writeln!(
                out,
                "\nNext: {} (a `vigie run` under way takes it over when it is started anew)",
                paint.cyan("vigie reanalyze")
            )?;
        }
        Ok(out.flush()?)
    }

    fn json_of(&self, one: &Done) -> Value {
        let Trial { decided_by, held_out, before, after } = one.trial;
        json!({
            "analyzer": one.plugin, "version": one.version, "corrections": one.corrections, "ratings": one.ratings,
            "decided_by": if decided_by == Origin::Correction { "corrections" } else { "ratings" },
            "before": Estimate::of(before, held_out), "after": Estimate::of(after, held_out), "not_worse": one.trial.not_worse(),
            "dry_run": self.dry_run, "kept": one.kept, "annotates_as": one.annotates_as, "earlier": one.earlier,
        })
    }
}

/// Tries what can be learned, and learns it from everything there is.
async fn teach(
    shipped: &AnalyzerPlugin,
    lessons: &[Lesson],
    bar: &ProgressBar,
    context: &Context,
) -> Result<(Trial, Learned), CallError> {
    let trial = trial::trial(shipped, lessons, bar).await?;
    let examples: Vec<_> = lessons.iter().map(|lesson| lesson.example.clone()).collect();
    let table = shipped.learn(&examples).await?;
    let corrections = count(lessons, Origin::Correction);
    let head = Head {
        plugin: shipped.manifest().id.clone(),
        version: shipped.manifest().version.clone(),
        annotates_as: shipped.with_learned(&table).version().to_owned(),
        made_at: context.now(),
        corrections,
        ratings: lessons.len() as u64 - corrections,
        right_before: trial.before,
        right_after: trial.after,
        held_out: trial.held_out,
        sha256: learned::digest(&table),
    };
    Ok((trial, Learned { head, table }))
}

fn count(lessons: &[Lesson], origin: Origin) -> u64 {
    lessons.iter().filter(|lesson| lesson.origin == origin).count() as u64
}

fn noun(origin: Origin) -> &'static str {
    match origin {
        Origin::Correction => "correction",
        Origin::Rating => "star rating",
    }
}

/// How many examples of each kind.
fn both(corrections: u64, ratings: u64) -> String {
    let (corrections, ratings) =
        (number::counted(corrections, noun(Origin::Correction)), number::counted(ratings, noun(Origin::Rating)));
    format!("{corrections} and {ratings}")
}

/// What to say where no analyzer may learn.
fn nobody_learns(context: &Context, reading: &Reading) -> String {
    let analyzers = reading.config.analyzers.iter();
    let can: Vec<&str> = analyzers
        .map(|analyzer| analyzer.id.as_str())
        .filter(|id| reading.catalog.manifest(id).is_some_and(|manifest| !manifest.learns.is_empty()))
        .collect();
    match can.first() {
        Some(first) => format!(
            "no analyzer may learn: write [analyzers.{first}] with learn = true into {}; those that can: {}",
            context.config.display(),
            can.join(", ")
        ),
        None => "no analyzer that is on can learn".to_owned(),
    }
}

/// What is missing, and how to get it.
fn too_few(plugin: &str, lessons: &[Lesson]) -> String {
    let found = both(count(lessons, Origin::Correction), count(lessons, Origin::Rating));
    format!(
        "`{plugin}` has {found} to learn from, and needs {LEAST_EXAMPLES} examples\n  \
         correct a sample: vigie correct --sample 50 > sheet.jsonl, fill in `truth`, vigie correct --file sheet.jsonl\n  \
         or collect reviews with stars and words, bad ones as well as good ones: no label counts for more than half of them"
    )
}

fn broken(plugin: &AnalyzerPlugin, error: CallError) -> Stop {
    let code = call_code(&error);
    let what = format!("analyzer `{}` {} could not learn", plugin.manifest().id, plugin.manifest().version);
    Stop { code, error: Some(anyhow::Error::from(error).context(what)) }
}

/// A step for each part of the examples, on a terminal.
fn bar(bars: &MultiProgress, context: &Context, plugin: &str) -> Result<ProgressBar, Stop> {
    if context.quiet || !io::stderr().is_terminal() {
        return Ok(ProgressBar::hidden());
    }
    let bar = bars.add(ProgressBar::new(FOLDS as u64));
    bar.set_style(ProgressStyle::with_template("  {msg} {bar:30} {pos} of {len} {eta:.dim}")?.progress_chars("█▓░"));
    bar.set_message(format!("{plugin} learns and is tried"));
    bar.tick();
    Ok(bar)
}
