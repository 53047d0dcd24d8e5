//! `vigie check`: everything that can be known without collecting.

mod dry;
mod probe;

use std::io::Write;
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::json;
use vigie_pipeline::{Plan, waves};

use crate::config::values::show_duration;
use crate::config::{self, Config, Problem, Problems, Reading, Severity, UnreadableFile};
use crate::context::Context;
use crate::engine::{self, Reach};
use crate::exit::{OTHER, Stop, USAGE};
use crate::plugins::{Installed, Origin, WHAT_IS_MISSING};
use crate::render::{Align, Paint, Table, number, width};

/// Check the configuration and everything it names, without collecting
///
/// Reads the file, verifies every plugin, checks settings, queries, secrets and the store's place, orders the analyzers, compiles what is
/// not compiled yet, and lets each source say what it would read. All mistakes are shown in one run. No service is asked anything, unless
/// its credentials are to be tried.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  vigie check\n  vigie check --config listening/vigie.toml\n  vigie check --credentials\n  vigie check --json | jq '.problems[].message'"
)]
pub(crate) struct Check {
    /// Ask each service one small question, to see whether it lets us in; nothing is stored
    #[arg(long)]
    credentials: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Check {
    /// Checks and shows.
    pub(crate) fn run(&self, context: &Context) -> Result<(), Stop> {
        let mut reading = match config::read(&context.config, &|name| std::env::var(name).ok()) {
            Ok(reading) => reading,
            Err(unreadable) if self.json => return print_unreadable(context, &unreadable),
            Err(unreadable) => return Err(Stop::usage(unreadable)),
        };
        let waves = order(&mut reading);
        let began = Instant::now();
        let reach = if self.credentials { Reach::Granted } else { Reach::Nothing };
        let plan = compile(context, &mut reading, reach);
        let compiled_in = began.elapsed();
        dry::store(&mut reading);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        if let Some(plan) = &plan {
            runtime.block_on(dry::plan(plan, &mut reading));
            reading.problems.sort();
        }
        let answers = match plan {
            Some(plan) if self.credentials && reading.problems.errors() == 0 => {
                Some(runtime.block_on(probe::ask(plan, context.now())))
            }
            _ => None,
        };
        if self.json {
            print_json(context, &reading, &waves, answers.as_deref())?;
        } else {
            context.show_problems(&reading.problems)?;
            print(context, &reading, &waves, compiled_in, answers.as_deref())?;
        }
        match answers {
            _ if reading.problems.errors() > 0 => Err(Stop::quietly(USAGE)),
            Some(answers) if !probe::all_well(&answers) => Err(Stop::quietly(OTHER)),
            _ => Ok(()),
        }
    }
}

/// Puts the analyzers in order, or reports why there is none.
fn order(reading: &mut Reading) -> Vec<Vec<String>> {
    let needs: Vec<_> = reading
        .config
        .analyzers
        .iter()
        .filter_map(|analyzer| reading.catalog.manifest(&analyzer.id))
        .map(engine::needs)
        .collect();
    match waves::order(&needs) {
        Ok(waves) => waves
            .into_iter()
            .map(|wave| wave.into_iter().filter_map(|index| Some(needs.get(index)?.id.clone())).collect())
            .collect(),
        Err(error) => {
            reading.problems.push(
                Problem::placeless("config::analyzers", error.to_string()).help(
                    "`vigie plugins inspect NAME` shows what an analyzer reads and writes; enabled = false switches one off",
                ),
            );
            Vec::new()
        }
    }
}

/// Compiles every plugin in use, or takes it from the cache. Of a file with mistakes, what has none of its own.
fn compile(context: &Context, reading: &mut Reading, reach: Reach) -> Option<Plan> {
    let Reading { config, catalog, problems, .. } = reading;
    let sandbox = engine::runtime(context, &config.network, Some(&config.store));
    let made = if problems.errors() > 0 {
        sandbox.map(|runtime| engine::rest_of_plan(reach, &runtime, config, catalog))
    } else {
        sandbox.and_then(|runtime| engine::plan_reaching(reach, &runtime, config, catalog))
    };
    match made {
        Ok(plan) => Some(plan),
        // Bad settings of the network, for one; they are told already.
        Err(_) if problems.errors() > 0 => None,
        Err(error) => {
            let problem = Problem::placeless("plugins::unusable", format!("{:#}", anyhow::Error::from(error)));
            problems.push(problem.help("`vigie plugins list` shows where each plugin comes from"));
            None
        }
    }
}

fn print(
    context: &Context,
    reading: &Reading,
    waves: &[Vec<String>],
    compiled_in: Duration,
    answers: Option<&[probe::Answer]>,
) -> Result<(), Stop> {
    let mut out = context.out();
    if reading.problems.errors() > 0 {
        writeln!(out, "{}", reading.problems.summary())?;
        return Ok(out.flush()?);
    }
    if context.quiet {
        return Ok(());
    }
    let paint = Paint { on: context.colour() };
    let Config { topics, connectors, .. } = &reading.config;
    let head = if reading.problems.warnings() > 0 { paint.yellow("good enough") } else { paint.green("good") };
    writeln!(out, "{} is {head}: {}\n", reading.problems.file, reading.problems.summary())?;
    let mut table = Table::new(&[
        ("connector", Align::Left),
        ("source", Align::Left),
        ("every", Align::Right),
        ("history", Align::Right),
        ("topics", Align::Left),
    ]);
    for connector in connectors {
        let topics: Vec<&str> = connector.topics.iter().map(|topic| topic.as_str()).collect();
        table.row(vec![
            connector.id.to_string(),
            connector.source.clone(),
            show_duration(connector.every),
            connector.history.map_or_else(|| "–".to_owned(), show_duration),
            topics.join(", "),
        ]);
    }
    if !table.is_empty() {
        writeln!(out, "{}", table.draw(paint, width()))?;
    }
    let plugins = reading.catalog.entries().count();
    let own = reading.catalog.entries().filter(|(_, entry)| entry.origin != Origin::Bundled).count();
    writeln!(out, "  {} topics, {} connectors; plugins: {plugins}, {own} of them your own", topics.len(), connectors.len())?;
    if waves.is_empty() {
        writeln!(out, "  no analyzer is on")?;
    } else {
        let waves: Vec<String> = waves.iter().map(|wave| wave.join(", ")).collect();
        writeln!(out, "  analyzers, in order: {}", waves.join(" → "))?;
    }
    writeln!(out, "  plugins made ready in {}", number::time(compiled_in))?;
    if let Some(answers) = answers {
        writeln!(out)?;
        probe::print(&mut out, answers, paint)?;
    }
    if connectors.is_empty() {
        writeln!(
            out,
            "\nNext: add a {} table with a source; {} lists them",
            paint.cyan("[connectors.…]"),
            paint.cyan("vigie sources")
        )?;
    } else {
        writeln!(out, "\nNext: {}", paint.cyan("vigie run --once"))?;
    }
    if plugins == 0 {
        writeln!(out, "\n{WHAT_IS_MISSING}")?;
    }
    Ok(out.flush()?)
}

/// The JSON of a file that cannot be read at all.
fn print_unreadable(context: &Context, unreadable: &UnreadableFile) -> Result<(), Stop> {
    let mut problems = Problems::new(context.config.display().to_string(), "");
    problems.push(unreadable.as_problem());
    let whole = json!({ "ok": false, "file": problems.file, "problems": problems.to_json(), "errors": 1, "warnings": 0 });
    let mut out = context.out();
    writeln!(out, "{}", serde_json::to_string_pretty(&whole)?)?;
    out.flush()?;
    Err(Stop::quietly(USAGE))
}

fn print_json(
    context: &Context,
    reading: &Reading,
    waves: &[Vec<String>],
    answers: Option<&[probe::Answer]>,
) -> Result<(), Stop> {
    let Config { topics, connectors, store, .. } = &reading.config;
    let mut whole = json!({
        "ok": reading.problems.errors() == 0,
        "file": reading.problems.file,
        "problems": reading.problems.to_json(),
        "errors": reading.problems.errors(),
        "warnings": reading.problems.list.iter().filter(|problem| problem.severity == Severity::Warning).count(),
        "store": store,
        "topics": topics.iter().map(|topic| json!({ "id": topic.id, "title": topic.title, "group": topic.group })).collect::<Vec<_>>(),
        "connectors": connectors.iter().map(|connector| json!({
            "id": connector.id, "source": connector.source, "topics": connector.topics,
            "every_secs": connector.every.as_secs(), "history_secs": connector.history.map(|history| history.as_secs()),
        })).collect::<Vec<_>>(),
        "analyzers": waves,
        "plugins": reading.catalog.entries().map(|(id, entry)| json!({
            "id": id, "kind": entry.package.manifest().kind.name(), "version": entry.package.manifest().version,
        })).collect::<Vec<_>>(),
    });
    if let Some(answers) = answers {
        whole["credentials"] = serde_json::to_value(answers)?;
    }
    let mut out = context.out();
    writeln!(out, "{}", serde_json::to_string_pretty(&whole)?)?;
    Ok(out.flush()?)
}
