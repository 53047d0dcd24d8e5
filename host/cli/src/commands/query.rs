//! `vigie query`: check, explain, test, compare and convert queries.

mod check;
mod convert;
mod diff;
mod explain;
mod vectors;
pub(crate) mod view;

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use vigie_mention::TopicId;
use vigie_query::{Diagnostic, Dialect, Library, Parsed, Reading, Schema};

use crate::config::{self, DEFAULT_FILE, File, Problems, Shape, suggest};
use crate::context::Context;
use crate::exit::Stop;

/// Check, explain, test, compare and convert queries
#[derive(Debug, Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct QueryCommand {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Check(check::Check),
    Explain(explain::Explain),
    Test(vectors::Test),
    Diff(diff::Diff),
    Convert(convert::Convert),
}

impl QueryCommand {
    /// Does what the verb says.
    pub(crate) fn run(&self, context: &Context) -> Result<(), Stop> {
        match &self.verb {
            Verb::Check(command) => command.run(context),
            Verb::Explain(command) => command.run(context),
            Verb::Test(command) => command.run(context),
            Verb::Diff(command) => command.run(context),
            Verb::Convert(command) => command.run(context),
        }
    }
}

/// The form of the configuration; an empty one if there is none, because a query can be looked at without.
fn shape(context: &Context) -> Result<Shape, Stop> {
    if context.config == Path::new(DEFAULT_FILE) && !context.config.exists() {
        let (store, folder) = (PathBuf::new(), PathBuf::from("."));
        return Ok(Shape { file: File::default(), store, folder, problems: Problems::new("", "") });
    }
    context.read_shape()
}

/// What queries of this configuration share; stops if a part of it cannot be read.
fn library(context: &Context, shape: &Shape) -> Result<Library, Stop> {
    let mut problems = shape.problems.clone();
    let library = config::library(&shape.file, &shape.folder, &mut problems);
    if problems.errors() > 0 {
        context.show_problems(&problems)?;
        return Err(Stop::usage_message(problems.summary()));
    }
    Ok(library)
}

/// A query and where it was written.
#[derive(Clone, Copy)]
struct Written<'a> {
    /// What it is called in remarks.
    name: &'a str,
    text: &'a str,
    /// Whether notes on how it is read are drawn: not where it was written long ago, nor beside JSON, which has them too.
    notes: bool,
}

/// Reads a query, shows what is wrong with it on the standard error, and stops if that forbids to go on.
fn parse(
    context: &Context,
    written: Written<'_>,
    library: &Library,
    schema: Option<&Schema>,
    dialect: Dialect,
) -> Result<Parsed, Stop> {
    let mut reading = Reading::new().library(library).dialect(dialect);
    if let Some(schema) = schema {
        reading = reading.schema(schema);
    }
    let mut problems = Problems::new(written.name, written.text);
    let parsed = reading.parse(written.text);
    match &parsed {
        Ok(parsed) => config::show_query(&parsed.remarks, &mut problems),
        Err(remarks) => config::show_query(remarks, &mut problems),
    }
    if written.notes {
        context.show_problems_and_notes(&problems)?;
    } else {
        context.show_problems(&problems)?;
    }
    parsed.map_err(|_| Stop::usage_message(problems.summary()))
}

/// Remarks on a text for programs.
fn json_of_remarks(remarks: &[Diagnostic], text: &str) -> Vec<Value> {
    let one = |remark: &Diagnostic| {
        let (line, column) = remark.place(text);
        json!({
            "code": remark.code, "severity": remark.severity.name(), "message": remark.message, "hint": remark.hint,
            "start": remark.span.start, "end": remark.span.end, "line": line, "column": column,
        })
    };
    remarks.iter().map(one).collect()
}

/// The query of a topic of the file.
fn topic_query<'a>(context: &Context, shape: &'a Shape, topic: &TopicId) -> Result<&'a str, Stop> {
    let tables = &shape.file.topics;
    match tables.iter().find(|table| table.id.value == *topic) {
        Some(table) => table
            .query
            .as_ref()
            .map(|query| query.value.as_str())
            .ok_or_else(|| Stop::usage_message(format!("topic `{topic}` has no query"))),
        None => {
            let help = suggest(topic.as_str(), "Topics", tables.iter().map(|table| table.id.value.as_str()));
            Err(Stop::usage_message(format!("{} has no topic `{topic}`; {help}", context.config.display())))
        }
    }
}

/// A query as given, or from the standard input for `-`.
fn given(text: &str) -> Result<String, Stop> {
    if text != "-" {
        return Ok(text.to_owned());
    }
    Ok(standard_input()?.trim_end_matches(['\n', '\r']).to_owned())
}

/// What stands on the standard input; bytes that are no text are a mistake in it as any other.
fn standard_input() -> Result<String, Stop> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes)?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Stop::usage_message(format!("the standard input is not UTF-8: byte {at} begins no character; convert it before"))
    })
}
