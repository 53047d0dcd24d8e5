//! `vigie run`: collect.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use clap::Args;
use indicatif::MultiProgress;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use vigie_pipeline::{Event, Mode, Options, Pipeline, Summary};
use vigie_store::Store;

use crate::config::Reading;
use crate::context::Context;
use crate::exit::{OTHER, Stop};
use crate::plugins::WHAT_IS_MISSING;
use crate::render::progress::{self, Progress};
use crate::render::text::harmless;
use crate::render::{Align, Paint, Table, number, width};
use crate::{engine, log};

/// Exit code after a second signal, as shells count it (128 + SIGINT).
const INTERRUPTED: i32 = 130;

/// Collect, and keep collecting
///
/// Reads every connector's feeds, keeps up with what is new, and walks back through history. Where topics have changed, what is stored is
/// matched with them again, and what a source lists is read again for those it was not read for. Stop it with Ctrl-C: it ends within two
/// seconds and the next run goes on where this one stood.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  vigie run                  until Ctrl-C or SIGTERM
  vigie run --once           until everything was looked at once
  vigie run --once --json    the summary as JSON

A service that could not be read does not fail the run, it is named in the summary; the exit code is 1 if none could be.")]
pub(crate) struct Run {
    /// Stop when everything was looked at once
    #[arg(long)]
    once: bool,
    /// Print the summary as JSON
    #[arg(long)]
    json: bool,
}

impl Run {
    /// Collects.
    pub(crate) fn run(&self, context: &Context) -> Result<(), Stop> {
        let reading = context.read_config()?;
        if reading.config.connectors.is_empty() {
            let help = if reading.catalog.entries().next().is_none() { WHAT_IS_MISSING } else { "add a [connectors.…] table" };
            return Err(Stop::usage_message(format!("{} has no connector: {help}", context.config.display())));
        }
        let bars = MultiProgress::new();
        log::start(context, reading.config.log.as_deref(), bars.clone())?;
        let began = Instant::now();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let summary = runtime.block_on(self.collect(context, reading, &bars));
        // What is still waiting for a service is not worth waiting for.
        runtime.shutdown_timeout(Duration::from_millis(200));
        let summary = summary?;
        self.print(context, &summary, began.elapsed())?;
        if summary.is_blind() && !summary.stopped { Err(Stop::quietly(OTHER)) } else { Ok(()) }
    }

    async fn collect(&self, context: &Context, reading: Reading, bars: &MultiProgress) -> Result<Summary, Stop> {
        let Reading { config, catalog, .. } = reading;
        // Whoever stops us while plugins are still being compiled is heard, too.
        let stop = CancellationToken::new();
        let watch = tokio::spawn(stop_on_signals(stop.clone())?);
        let store = Store::open(&config.store)?;
        let sandbox = engine::runtime(context, &config.network, Some(&config.store))?;
        let Some(plan) = engine::plan_unless_stopped(engine::plan, &sandbox, config, catalog, &stop).await? else {
            return Ok(Summary { stopped: true, ..Summary::default() });
        };
        let options = Options { clock: context.clock(), ..Options::default() };
        let pipeline = Pipeline::new(plan, store, options).map_err(Stop::usage)?;
        let mode = if self.once { Mode::Once } else { Mode::Keep };
        let (events, mut happened) = mpsc::unbounded_channel::<Event>();
        let mut progress = Progress::new(bars, std::io::stderr().is_terminal(), context.quiet, !self.once, context.now());
        let show = tokio::spawn(async move {
            while let Some(event) = happened.recv().await {
                progress.show(&event);
            }
            progress.end();
        });
        let summary = pipeline.run(mode, stop, events).await;
        show.await?;
        watch.abort();
        Ok(summary?)
    }

    fn print(&self, context: &Context, summary: &Summary, took: Duration) -> Result<(), Stop> {
        let mut out = context.out();
        if self.json {
            let whole = json!({
                "connectors": summary.connectors, "failures": summary.failures, "stopped": summary.stopped,
                "total": summary.total(), "took_ms": u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            });
            writeln!(out, "{}", serde_json::to_string_pretty(&whole)?)?;
            return Ok(out.flush()?);
        }
        if context.quiet {
            return Ok(());
        }
        let paint = Paint { on: context.colour() };
        let numbers = ["polls", "read", "new", "updated", "known", "off topic", "refused", "removed"];
        let mut heads = vec![("connector", Align::Left)];
        heads.extend(numbers.map(|head| (head, Align::Right)));
        heads.push(("trouble", Align::Left));
        let mut table = Table::new(&heads);
        for (connector, tally) in &summary.connectors {
            let mut cells = vec![connector.to_string()];
            let values = [
                tally.polls,
                tally.received,
                tally.new,
                tally.updated,
                tally.known,
                tally.off_topic,
                tally.refused,
                tally.removed,
            ];
            cells.extend(values.map(number::count));
            // The class alone; the whole message stands below the table.
            let class = summary.failures.get(connector).map(|failure| failure.split(':').next().unwrap_or(failure));
            cells.push(class.map(|class| paint.yellow(&harmless(class))).unwrap_or_default());
            table.row(cells);
        }
        let total = summary.total();
        let end = if summary.stopped { "stopped after" } else { "done in" };
        writeln!(out, "\n{}", table.draw(paint, width()))?;
        writeln!(out, "  {end} {}: {} new mentions", number::time(took), number::count(total.new))?;
        write!(out, "{}", progress::unannotated(total.dead_letters))?;
        for (connector, failure) in &summary.failures {
            writeln!(out, "  {} {connector}: {}", paint.yellow("!"), harmless(failure))?;
        }
        writeln!(out, "\nNext: {}", paint.cyan("vigie report"))?;
        Ok(out.flush()?)
    }
}

/// A task that asks for a graceful stop at the first Ctrl-C or SIGTERM, and ends at once at the second.
pub(super) fn stop_on_signals(stop: CancellationToken) -> std::io::Result<impl Future<Output = ()> + use<>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        for again in [false, true] {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            if again {
                std::process::exit(INTERRUPTED);
            }
            let _ = writeln!(std::io::stderr().lock(), "stopping; what was read is kept, the next run goes on from here");
            stop.cancel();
        }
    })
}
