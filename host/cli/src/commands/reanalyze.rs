//! `vigie reanalyze`: topics and analyzers that changed look at what is stored.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use clap::Args;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use serde_json::json;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use vigie_pipeline::{Event, Options, Pipeline, Reanalyzed};
use vigie_store::{Reader, Store, StoreError};

use super::run::stop_on_signals;
use crate::config::Reading;
use crate::context::Context;
use crate::exit::Stop;
use crate::render::text::harmless;
use crate::render::{Paint, number, progress};
use crate::{engine, log};

/// Match and analyze stored mentions again where topics or analyzers have changed since
///
/// `vigie run` does the same in the background whenever a topic's query, or a version or a setting of an analyzer has changed; this does
/// it now. It can be stopped anywhere and goes on from there. What could not be annotated is tried again. While `vigie run` is at work,
/// it says how far that has come.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  vigie reanalyze
  vigie reanalyze --json | jq .renewed

A mention goes under every topic whose query matches it now, and out of the others; one that is left with none stays stored. What an older
version of an analyzer found counts in no figure. `vigie report` says how many mentions wait for either.")]
pub(crate) struct Reanalyze {
    /// Print the summary as JSON
    #[arg(long)]
    json: bool,
}

impl Reanalyze {
    /// Analyzes.
    pub(crate) fn run(&self, context: &Context) -> Result<(), Stop> {
        let reading = context.read_config_not_to_collect()?;
        let bars = MultiProgress::new();
        log::start(context, reading.config.log.as_deref(), bars.clone())?;
        let path = &reading.config.store;
        if !path.exists() {
            // There is nothing to analyze, and looking must not make a store.
            return Err(StoreError::Missing { path: path.clone() }.into());
        }
        let store = match Store::open(path) {
            Err(StoreError::Locked { path }) => {
                let snapshot = Reader::open(&path)?.snapshot()?;
                let (reach, routing) = (snapshot.renewed()?, snapshot.routing()?);
                let topics_first = routing.waiting() > 0;
                let (reached, last) = if topics_first { (routing.until, routing.last) } else { (reach.until, reach.last) };
                let progress = Reanalyzed { reached, last, ..Reanalyzed::default() };
                let how = "another vigie is at work with the store and does it in the background";
                return self.print(context, &progress, how, "vigie report");
            }
            store => store?,
        };
        let began = Instant::now();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let done = runtime.block_on(Self::go_through(context, reading, store, &bars));
        // A plugin that is still being compiled is not worth waiting for.
        runtime.shutdown_timeout(Duration::from_millis(200));
        let done = done?;
        let (end, next) = if done.done { ("done in", "vigie report") } else { ("stopped after", "vigie reanalyze") };
        let moved = match done.moved {
            0 => String::new(),
            moved => format!("{} mentions under other topics, ", number::count(moved)),
        };
        let renewed = number::count(done.renewed);
        let how = format!("{moved}{renewed} mentions analyzed again, {end} {}", number::time(began.elapsed()));
        self.print(context, &done, &how, next)
    }

    async fn go_through(context: &Context, reading: Reading, store: Store, bars: &MultiProgress) -> Result<Reanalyzed, Stop> {
        let stop = CancellationToken::new();
        let watch = tokio::spawn(stop_on_signals(stop.clone())?);
        let config = reading.config;
        let sandbox = engine::runtime(context, &config.network, Some(&config.store))?;
        let making = engine::plan_unless_stopped(engine::plan_without_sources, &sandbox, config, reading.catalog, &stop);
        let Some(plan) = making.await? else {
            return Ok(Reanalyzed::default());
        };
        let pipeline =
            Pipeline::new(plan, store, Options { clock: context.clock(), ..Options::default() }).map_err(Stop::usage)?;
        let (events, mut happened) = mpsc::unbounded_channel::<Event>();
        let bar = bar(bars, context.quiet);
        let show = tokio::spawn(async move {
            while let Some(event) = happened.recv().await {
                match event {
                    Event::Rerouted { progress } => {
                        draw(&bar, &progress, format!("{} under other topics", number::count(progress.moved)));
                    }
                    Event::Reanalyzed { progress } => draw(&bar, &progress, format!("{} again", number::count(progress.renewed))),
                    Event::Unannotated { analyzer, mentions, message } => {
                        bar.suspend(|| eprintln!("analyzer `{analyzer}` failed on {mentions} mentions: {}", harmless(&message)));
                    }
                    _ => {}
                }
            }
            bar.finish_and_clear();
        });
        let done = pipeline.reanalyze(&stop, &events).await;
        drop(events);
        show.await?;
        watch.abort();
        Ok(done?)
    }

    fn print(&self, context: &Context, reanalyzed: &Reanalyzed, how: &str, next: &str) -> Result<(), Stop> {
        let mut out = context.out();
        if self.json {
            let mut whole = serde_json::to_value(reanalyzed)?;
            whole["how"] = json!(how);
            writeln!(out, "{}", serde_json::to_string_pretty(&whole)?)?;
            return Ok(out.flush()?);
        }
        if context.quiet {
            return Ok(());
        }
        let paint = Paint { on: context.colour() };
        writeln!(out, "{how}")?;
        write!(out, "{}", progress::unannotated(reanalyzed.failed))?;
        if reanalyzed.last > 0 && !reanalyzed.done {
            writeln!(out, "  {} of the store is looked at", progress::share(reanalyzed))?;
        }
        writeln!(out, "\nNext: {}", paint.cyan(next))?;
        Ok(out.flush()?)
    }
}

fn draw(bar: &ProgressBar, progress: &Reanalyzed, message: String) {
    bar.set_length(progress.last.max(progress.reached));
    bar.set_position(progress.reached);
    bar.set_message(message);
}

fn bar(bars: &MultiProgress, quiet: bool) -> ProgressBar {
    if quiet || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = bars.add(ProgressBar::new(1));
    let style = ProgressStyle::with_template("  history {bar:30} {percent:>3} %  {msg}, {per_sec}  {eta:.dim}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("█▓░"));
    bar.enable_steady_tick(Duration::from_millis(250));
    bar
}
