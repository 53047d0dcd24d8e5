//! `vigie import`: files of what people already have.

use std::fs::File;
use std::io::{BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use clap::Args;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use serde_json::json;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use vigie_mention::{ConnectorId, TopicId};
use vigie_pipeline::{Accept, Connector, Mode, Options, Pipeline, Source, Tally};
use vigie_runtime::Limits;
use vigie_store::Store;

use super::run::stop_on_signals;
use crate::config::{Reading, suggest};
use crate::context::Context;
use crate::exit::Stop;
use crate::import::columns::{self, Mapping};
use crate::import::file_source::{FileSource, Plan, Progress, Skipped};
use crate::import::format::Format;
use crate::import::rows;
use crate::render::number;
use crate::render::progress::{counts, unannotated};
use crate::render::text::harmless;
use crate::{engine, log};

/// Rows of one batch, each of which is a durable step.
const BATCH: u32 = 1_000;
/// The connector under which files are remembered.
const CONNECTOR: &str = "import";

/// Read files of what people already have
///
/// Rows become mentions as if they had been collected: admitted, matched with topics, annotated, stored once. An import that was
/// stopped goes on where it stood; a file that has grown is read on from its former end.
#[derive(Debug, Args)]
#[command(after_help = "\
Forms are guessed from a file's beginning; .gz files are read as they are. Of the archive X sends its users give data/tweets.js, of \
Bluesky the repository (.car).

Examples:
  vigie import tweets.jsonl --topic acme      what twarc kept
  vigie import export.csv --format brandwatch --keep everything
  vigie import survey.csv --map text=Comment --map rating=Stars --as survey
  vigie import posts.csv.gz --dry-run           what would be read, and what skipped

Columns are found by their usual names; --map FIELD=COLUMN says so for others. Sentiment and tags of an export are not taken over: \
analyzers say them, for all mentions alike.")]
pub(crate) struct Import {
    /// The files
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The form, if it should not be guessed
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// A field of the mention and the column it is read from: FIELD=COLUMN; may be repeated
    #[arg(long, value_name = "FIELD=COLUMN", value_parser = columns::pair)]
    map: Vec<(String, String)>,
    /// Topics to match with, all of the configuration if none is named; may be repeated
    #[arg(long, value_name = "TOPIC")]
    topic: Vec<String>,
    /// Which rows are kept: those that match a topic, or everything (under all topics named)
    #[arg(long, value_name = "matching|everything", default_value = "matching", value_parser = keep)]
    keep: Accept,
    /// The source the mentions are taken for: the same post collected by it is then the same mention
    #[arg(long = "as", value_name = "SOURCE")]
    source: Option<String>,
    /// The instance of that source, where ids are unique only within one: a forum's host
    #[arg(long, value_name = "HOST", default_value = "")]
    instance: String,
    /// Write every skipped row with its reason to this file, as JSON lines
    #[arg(long, value_name = "FILE")]
    skipped: Option<PathBuf>,
    /// Read and count, and store nothing
    #[arg(long)]
    dry_run: bool,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

fn keep(text: &str) -> Result<Accept, String> {
    match text {
        "matching" => Ok(Accept::Matching),
        "everything" => Ok(Accept::Everything),
        _ => Err("write matching or everything".to_owned()),
    }
}

/// What became of one file.
struct Done {
    path: PathBuf,
    format: Format,
    progress: Progress,
    tally: Tally,
    failure: Option<String>,
    stopped: bool,
    took: Duration,
}

impl Import {
    /// Imports the files, one after the other.
    pub(crate) fn run(&self, context: &Context) -> Result<(), Stop> {
        let bars = MultiProgress::new();
        let reading = context.read_config_not_to_collect()?;
        log::start(context, reading.config.log.as_deref(), bars.clone())?;
        let topics = self.topics(&reading)?;
        let plans: Vec<Plan> = self.files.iter().map(|path| self.plan(path)).collect::<Result<_, _>>()?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let mut done = Vec::new();
        for plan in plans {
            let one = runtime.block_on(self.file(context, &reading, &topics, plan, &bars))?;
            let stopped = one.stopped;
            done.push(one);
            if stopped {
                break;
            }
        }
        self.print(context, &done)?;
        if done.iter().any(|one| one.failure.is_some()) { Err(Stop::quietly(crate::exit::OTHER)) } else { Ok(()) }
    }

    fn topics(&self, reading: &Reading) -> Result<Vec<TopicId>, Stop> {
        let known: Vec<&TopicId> = reading.config.topics.iter().map(|topic| &topic.id).collect();
        if self.topic.is_empty() {
            return Ok(known.into_iter().cloned().collect());
        }
        let find = |name: &String| {
            known.iter().find(|id| id.as_str() == name).map(|id| (*id).clone()).ok_or_else(|| {
                let all = known.iter().map(|id| id.as_str());
                Stop::usage_message(format!("there is no topic `{name}`: {}", suggest(name, "Topics", all)))
            })
        };
        self.topic.iter().map(find).collect()
    }

    fn plan(&self, path: &Path) -> Result<Plan, Stop> {
        let shown = path.display();
        let head = rows::head(path).map_err(|error| Stop::usage_message(format!("{shown}: {error}")))?;
        if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
            return Err(Stop::usage_message(format!("{shown} is UTF-16: save it as UTF-8 (iconv -f UTF-16 -t UTF-8)")));
        }
        if head.starts_with(b"PK") {
            return Err(Stop::usage_message(format!(
                "{shown} is a ZIP archive or a spreadsheet: unpack it, or save the sheet as CSV"
            )));
        }
        let guessed = Format::guess(&head);
        let Some(format) = self.format.or(guessed.map(|(format, _)| format)) else {
            return Err(Stop::usage_message(format!("{shown} is like no known form: name one with --format")));
        };
        Ok(Plan {
            path: path.to_owned(),
            format,
            cut: format.cut(guessed.map(|(_, cut)| cut)),
            mapping: self.map.iter().cloned().collect::<Mapping>(),
            source: self.source.clone().unwrap_or_else(|| format.source().to_owned()),
            instance: self.instance.clone(),
            mention_bytes: Limits::source().mention_bytes,
        })
    }

    async fn file(
        &self,
        context: &Context,
        reading: &Reading,
        topics: &[TopicId],
        plan: Plan,
        bars: &MultiProgress,
    ) -> Result<Done, Stop> {
        let began = Instant::now();
        let (path, format) = (plan.path.clone(), plan.format);
        let file_error = |error: std::io::Error| Stop::usage_message(format!("{}: {error}", path.display()));
        let mut report = self.skipped.as_deref().map(|path| File::options().append(true).create(true).open(path)).transpose()?;
        let name = path.display().to_string();
        let source = FileSource::new(
            plan,
            Box::new(move |skipped: &Skipped| match &mut report {
                Some(report) => writeln!(report, "{}", json!({ "file": name, "row": skipped.row, "reason": skipped.reason })),
                None => Ok(()),
            }),
        )
        .map_err(file_error)?;
        let progress = source.progress();
        let bar = bar(bars, &path, context)?;
        let source: Arc<dyn Source> = Arc::new(source);

        // A dry run has a store of its own that is thrown away.
        let scratch = self.dry_run.then(tempfile::tempdir).transpose()?;
        let store = match &scratch {
            Some(scratch) => Store::open(&scratch.path().join("vigie.redb"))?,
            None => Store::open(&reading.config.store)?,
        };
        let sandbox = engine::runtime(context, &reading.config.network, Some(&reading.config.store))?;
        let mut whole = engine::plan_without_sources(&sandbox, &reading.config, &reading.catalog)?;
        whole.connectors = vec![Connector {
            id: ConnectorId::new(CONNECTOR)?,
            source,
            topics: topics.to_vec(),
            every: Duration::from_secs(24 * 3600),
            history: None,
            refresh: Vec::new(),
            accept: self.keep,
            batch: BATCH,
            parallel: 1,
        }];
        if self.dry_run {
            whole.analyzers.clear();
        }
        let stop = CancellationToken::new();
        let watch = tokio::spawn(stop_on_signals(stop.clone())?);
        let pipeline =
            Pipeline::new(whole, store, Options { clock: context.clock(), ..Options::default() }).map_err(Stop::usage)?;
        let (events, mut happened) = mpsc::unbounded_channel();
        let seen = Arc::clone(&progress);
        let show = tokio::spawn(async move {
            while happened.recv().await.is_some() {
                bar.set_position(seen.lock().unwrap_or_else(PoisonError::into_inner).byte);
            }
            bar.finish_and_clear();
        });
        let summary = pipeline.run(Mode::Once, stop, events).await;
        show.await?;
        watch.abort();
        let summary = summary?;
        let progress = progress.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let failure = summary.failures.values().next().cloned();
        Ok(Done { path, format, progress, tally: summary.total(), failure, stopped: summary.stopped, took: began.elapsed() })
    }

    fn print(&self, context: &Context, done: &[Done]) -> Result<(), Stop> {
        let mut out: BufWriter<_> = context.out();
        if self.json {
            let files = done.iter().map(|one| {
                json!({
                    "file": one.path.display().to_string(), "format": one.format.name(), "rows": one.progress.rows,
                    "tally": one.tally, "skipped": one.progress.skipped, "examples": one.progress.examples,
                    "failure": one.failure, "stopped": one.stopped, "dry_run": self.dry_run,
                    "took_ms": u64::try_from(one.took.as_millis()).unwrap_or(u64::MAX),
                })
            });
            writeln!(out, "{}", serde_json::to_string_pretty(&files.collect::<Vec<_>>())?)?;
            return Ok(out.flush()?);
        }
        for one in done {
            let (progress, tally) = (&one.progress, &one.tally);
            let rate = progress.rows as f64 / one.took.as_secs_f64().max(1e-3);
            writeln!(
                out,
                "{} ({}): {} rows in {}, {} a second",
                one.path.display(),
                one.format.name(),
                number::count(progress.rows),
                number::time(one.took),
                number::count(rate.round() as u64)
            )?;
            let word = if self.dry_run { "would be new" } else { "new" };
            writeln!(out, "  {}", counts(tally).replace(" new", &format!(" {word}")))?;
            write!(out, "{}", unannotated(tally.dead_letters))?;
            let skipped: u64 = progress.skipped.values().sum();
            if skipped > 0 {
                writeln!(out, "  {} rows skipped:", number::count(skipped))?;
                for (reason, count) in &progress.skipped {
                    writeln!(out, "    {:>8}  {}", number::count(*count), harmless(reason))?;
                }
                for example in &progress.examples {
                    writeln!(out, "    row {}: {}", number::count(example.row), harmless(&example.reason))?;
                }
            }
            if one.progress.rows == 0 && one.failure.is_none() {
                writeln!(out, "  nothing behind what was read before")?;
            }
            if let Some(failure) = &one.failure {
                writeln!(out, "  failed: {}", harmless(failure))?;
            }
            if one.stopped {
                writeln!(out, "  stopped; the same command goes on from here")?;
            }
        }
        Ok(out.flush()?)
    }
}

/// A bar over the bytes of a file, on a terminal.
fn bar(bars: &MultiProgress, path: &Path, context: &Context) -> Result<ProgressBar, Stop> {
    if context.quiet || !std::io::stderr().is_terminal() {
        return Ok(ProgressBar::hidden());
    }
    let bar = bars.add(ProgressBar::new(std::fs::metadata(path)?.len()));
    let style = ProgressStyle::with_template("  {wide_msg} {bar:30} {bytes}/{total_bytes} {bytes_per_sec} {eta:.dim}")?;
    bar.set_style(style.progress_chars("█▓░"));
    bar.set_message(path.display().to_string());
    Ok(bar)
}
