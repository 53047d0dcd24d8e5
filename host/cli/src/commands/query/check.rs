//! `vigie query check`: what is wrong with a query, how it is read, and what services are asked.

use std::io::Write;

use clap::Args;
use serde_json::{Value, json};
use vigie_mention::TopicId;
use vigie_query::{Diagnostic, Dialect, Query, Reading, Severity};

use super::{given, json_of_remarks, library, shape, topic_query, view};
use crate::config::{self, Problems};
use crate::context::Context;
use crate::exit::{Stop, USAGE};
use crate::render::{Paint, width};

/// Check a query, or those of all topics
///
/// Says everything that is wrong with it, with its place and its cure; then how it is read, its fingerprint (equal for queries that
/// ask the same), what it costs, and what the services are asked. A query is checked for one of two uses, which is named: to decide
/// what is collected, or with --view as a filter of what is shown.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  vigie query check 'acme NEAR/3 phone -looney'
  vigie query check
  vigie query check --view 'sentiment:negative lang:fr'
  vigie query check --json 'acme OR rival' | jq '.[].search'

Exit codes: 0 no error, 2 a query has one.")]
pub(crate) struct Check {
    /// The query; `-` reads it from the standard input; without one, every topic of the configuration
    #[arg(value_name = "QUERY")]
    query: Option<String>,
    /// The query of this topic; may be repeated
    #[arg(long, short, value_name = "TOPIC", conflicts_with = "query", value_parser = |name: &str| TopicId::new(name))]
    topic: Vec<TopicId>,
    /// It filters what is shown, and may ask for what analyzers write; otherwise it decides what is collected
    #[arg(long)]
    view: bool,
    /// A new line between bracketed lines is OR, as in Visibrain
    #[arg(long)]
    visibrain: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What a query is for: the same words differ in effect.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Collect,
    View,
}

impl Use {
    const fn name(self) -> &'static str {
        match self {
            Self::Collect => "collect",
            Self::View => "view",
        }
    }

    const fn shown(self) -> &'static str {
        match self {
            Self::Collect => "to decide what is collected",
            Self::View => "as a view",
        }
    }
}

/// What is known about one query.
struct Checked {
    name: String,
    checked_for: Use,
    text: String,
    remarks: Vec<Diagnostic>,
    query: Option<Query>,
}

impl Checked {
    fn is_sound(&self) -> bool {
        self.remarks.iter().all(|one| one.severity != Severity::Error)
    }
}

impl Check {
    /// Checks and shows.
    pub(crate) fn run(&self, context: &Context) -> Result<(), Stop> {
        let shape = shape(context)?;
        let library = library(context, &shape)?;
        let schema = view::schema(&shape);
        let mut all: Vec<(String, String)> = Vec::new();
        if let Some(query) = &self.query {
            all.push(("query".to_owned(), given(query)?));
        } else if self.topic.is_empty() {
            let tables = shape.file.topics.iter();
            all.extend(tables.filter_map(|table| Some((table.id.value.to_string(), table.query.as_ref()?.value.clone()))));
        } else {
            for topic in &self.topic {
                all.push((topic.to_string(), topic_query(context, &shape, topic)?.to_owned()));
            }
        }
        if all.is_empty() {
            return Err(Stop::usage_message("there is no query to check: write one, or a [topics.…] table"));
        }
        // In collection, too: who asks for what analyzers write is told so, and whether they write it at all.
        let mut reading = Reading::new().library(&library).schema(&schema);
        if self.visibrain {
            reading = reading.dialect(Dialect::Visibrain);
        }
        if !self.view {
            reading = reading.collecting();
        }
        let checked: Vec<Checked> = all.into_iter().map(|(name, text)| self.check(name, text, reading)).collect();
        if self.json {
            let mut out = context.out();
            let all: Vec<Value> = checked.iter().map(json_of).collect();
            writeln!(out, "{}", serde_json::to_string_pretty(&all)?)?;
            out.flush()?;
        } else {
            show(context, &checked)?;
        }
        if checked.iter().all(Checked::is_sound) { Ok(()) } else { Err(Stop::quietly(USAGE)) }
    }

    fn check(&self, name: String, text: String, reading: Reading<'_>) -> Checked {
        let checked_for = if self.view { Use::View } else { Use::Collect };
        match reading.parse(&text) {
            Ok(parsed) => Checked { name, checked_for, text, remarks: parsed.remarks, query: Some(parsed.query) },
            Err(remarks) => Checked { name, checked_for, text, remarks, query: None },
        }
    }
}

fn show(context: &Context, checked: &[Checked]) -> Result<(), Stop> {
    let paint = Paint { on: context.colour() };
    let mut out = context.out();
    for one in checked {
        let mut problems = Problems::new(one.name.clone(), one.text.clone());
        config::show_query(&one.remarks, &mut problems);
        // Notes say how the query is read, which is what is asked here.
        let drawn = problems.render(context.colour_of_errors(), width());
        std::io::stderr().lock().write_all(drawn.as_bytes())?;
        let Some(query) = one.query.as_ref().filter(|_| one.is_sound()) else {
            writeln!(out, "{}: {} {}", paint.bold(&one.name), paint.red("cannot be used"), one.checked_for.shown())?;
            continue;
        };
        let cost = query.cost();
        writeln!(out, "{}: {} {}", paint.bold(&one.name), paint.green("good"), one.checked_for.shown())?;
        writeln!(out, "  read as      {query}")?;
        writeln!(out, "  fingerprint  {}", query.fingerprint())?;
        writeln!(
            out,
            "  size         {} words and values, {} wildcards, {} distances",
            cost.leaves, cost.wildcards, cost.distances
        )?;
        let rarest = cost.rarest.as_deref();
        writeln!(out, "  waits for    {}", rarest.map_or("nothing: every mention is looked at".to_owned(), few))?;
        let search = query.widen();
        let clause = |clause: &vigie_mention::delivery::Clause| {
            let none: String = clause.none.iter().map(|term| format!(" -{term}")).collect();
            format!("{}{none}", if clause.all.is_empty() { "(everything)".to_owned() } else { clause.all.join(" + ") })
        };
        let clauses: Vec<String> = search.any.iter().map(clause).collect();
        writeln!(out, "  services     {}", few(&clauses))?;
        if !search.languages.is_empty() {
            writeln!(out, "  languages    {}", search.languages.join(", "))?;
        }
    }
    Ok(out.flush()?)
}

/// The first few, and how many more there are.
fn few(all: &[String]) -> String {
    let shown = all.iter().take(6).map(String::as_str).collect::<Vec<_>>().join(" | ");
    if all.len() > 6 { format!("{shown} | … {} more", all.len() - 6) } else { shown }
}

fn json_of(one: &Checked) -> Value {
    let query = one.query.as_ref();
    let cost = query.map(Query::cost);
    json!({
        "name": one.name, "use": one.checked_for.name(), "query": one.text, "ok": one.is_sound(), "remarks": json_of_remarks(&one.remarks, &one.text),
        "read_as": query.map(ToString::to_string),
        "normalised": query.map(|query| query.normalised().to_string()),
        "fingerprint": query.map(Query::fingerprint),
        "cost": cost.map(|cost| json!({
            "leaves": cost.leaves, "wildcards": cost.wildcards, "distances": cost.distances,
            "clauses": cost.clauses, "open_clauses": cost.open_clauses, "rarest": cost.rarest,
        })),
        "search": query.map(Query::widen),
    })
}
