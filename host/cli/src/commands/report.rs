//! `vigie report`: what the numbers say.

mod draw;
mod watch;

use std::io::Write;

use clap::Args;
use serde::Serialize;
use vigie_insight::{InsightError, Question, Report, TopicShown, report, report_where};
use vigie_mention::{Instant, TopicId, Window};
use vigie_store::Reader;

use super::current::Current;
use super::{query, times};
use crate::config::{TopicTable, suggest};
use crate::context::Context;
use crate::exit::Stop;
use crate::render::{Paint, number, width};

/// Days that are shown if nothing else is asked for.
const DEFAULT_DAYS: u16 = 30;

/// Volume, share of voice, sentiment, sources, authors, gaps
///
/// Days are UTC. A day of which something cannot have been read is drawn as ░ where nothing was found: that is a gap, not silence. Gaps
/// are failures, times when vigie did not run, and what lies before a connector's history; what a source listed afterwards is none. A
/// share of voice is one among all topics of the group, also those not shown.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  vigie report
  vigie report --days 60 --topic acme --topic rival
  vigie report --query 'lang:fr sentiment:negative'
  vigie report --since 2026-11-01 --until 2026-11-15 --json")]
pub(crate) struct Show {
    /// Of this topic; may be repeated
    #[arg(long, short, value_name = "TOPIC", value_parser = |name: &str| TopicId::new(name))]
    topic: Vec<TopicId>,
    /// The last so many days, today included [default: 30]
    #[arg(long, value_name = "N", conflicts_with = "since", value_parser = clap::value_parser!(u16).range(1..=3660))]
    days: Option<u16>,
    /// From: 2026-11-22, 2026-11-22T08:00:00Z, or 7d for seven days ago
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// Until, not included [default: the end of today]
    #[arg(long, value_name = "WHEN")]
    until: Option<String>,
    /// Only of mentions that this query matches; it may ask for what analyzers write: what those at work found, as in every figure
    #[arg(long, value_name = "QUERY")]
    query: Option<String>,
    /// Authors, sources and languages shown of each topic
    #[arg(long, value_name = "N", default_value_t = 5)]
    top: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A report as `--json` prints it: with the query that narrowed it, if one did.
#[derive(Debug, Serialize)]
struct Filtered<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    query: Option<Asked>,
    /// Stored mentions that are not matched yet with the topics of the last run, at most.
    #[serde(skip_serializing_if = "is_none")]
    unmatched: u64,
    #[serde(flatten)]
    report: &'a Report,
}

fn is_none(count: &u64) -> bool {
    *count == 0
}

/// A query, and what tells it apart in the lineage of numbers.
#[derive(Debug, Serialize)]
struct Asked {
    text: String,
    fingerprint: String,
}

impl Show {
    /// Reports.
    pub(crate) fn run(&self, context: &Context) -> Result<(), Stop> {
        let shape = context.read_shape()?;
        let tables = &shape.file.topics;
        if let Some(topic) = self.topic.iter().find(|topic| tables.iter().all(|table| table.id.value != **topic)) {
            let help = suggest(topic.as_str(), "Topics", tables.iter().map(|table| table.id.value.as_str()));
            return Err(Stop::usage_message(format!("{} has no topic `{topic}`; {help}", context.config.display())));
        }
        let shown = |table: &TopicTable| TopicShown {
            id: table.id.value.clone(),
            title: table.title.clone().unwrap_or_else(|| table.id.value.to_string()),
            group: table.group.clone(),
        };
        let (topics, others): (Vec<TopicShown>, Vec<TopicShown>) =
            tables.iter().map(shown).partition(|topic| self.topic.is_empty() || self.topic.contains(&topic.id));
        if topics.is_empty() {
            return Err(Stop::usage_message(format!(
                "{} has no topic to report on: add a [topics.…] table",
                context.config.display()
            )));
        }
        let snapshot = Reader::open(&shape.store)?.snapshot()?;
        let peers = others.into_iter().filter(|other| other.group.is_some() && topics.iter().any(|one| one.group == other.group));
        let question = Question {
            window: self.window(context.now())?,
            now: context.now(),
            peers: peers.collect(),
            topics,
            connectors: watch::watches(&shape),
            top: self.top,
        };
        let query = self.query.as_deref().map(|text| query::view::read(context, &shape, "--query", text)).transpose()?;
        let report = match &query {
            None => report(&snapshot, &question),
            Some(query) => {
                let current = Current::of(&snapshot)?;
                report_where(&snapshot, &question, |fact| {
                    Ok(snapshot.mention_of(fact)?.is_some_and(|stored| current.matches(query, &stored)))
                })
            }
        };
        let report = report.map_err(|error| match error {
            // The window is the command line's.
            InsightError::EmptyWindow { .. } | InsightError::LongWindow { .. } => Stop::usage(error),
            error => error.into(),
        })?;
        let unmatched = snapshot.routing()?.waiting();
        let mut out = context.out();
        if self.json {
            let query = query.as_ref().map(|query| Asked { text: query.to_string(), fingerprint: query.fingerprint() });
            writeln!(out, "{}", serde_json::to_string_pretty(&Filtered { query, unmatched, report: &report })?)?;
            return Ok(out.flush()?);
        }
        let paint = Paint { on: context.colour() };
        if let Some(query) = &query {
            writeln!(out, "only mentions that match {}\n", paint.cyan(&query.to_string()))?;
        }
        let stored = number::count(snapshot.stats()?.mentions);
        write!(out, "{}", draw::draw(&report, &question.peers, &stored, paint, width()))?;
        if unmatched > 0 {
            let (mark, unmatched) = (paint.yellow("!"), number::count(unmatched));
            writeln!(
                out,
                "\n  {mark} topics have changed, and up to {unmatched} mentions are not matched with them yet: vigie reanalyze"
            )?;
        }
        Ok(out.flush()?)
    }

    fn window(&self, now: Instant) -> Result<Window, Stop> {
        let day = std::time::Duration::from_secs(86_400);
        let at = |text: &str| times::instant(text, now).map_err(Stop::usage_message);
        let until = self.until.as_deref().map_or(Ok(now.day() + day), at)?;
        let from = match &self.since {
            Some(since) => at(since)?,
            None => until - day * u32::from(self.days.unwrap_or(DEFAULT_DAYS)),
        };
        if from >= until {
            return Err(Stop::usage_message(format!("--since {from} is not before --until {until}")));
        }
        Ok(Window { from, until })
    }
}
