//! `vigie query test`: queries against texts, with what is expected.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Deserialize;
use serde_json::{Value, json};
use vigie_mention::TopicId;
use vigie_query::{Library, Reading, Schema};

use super::explain::read_json;
use super::{library, shape, standard_input, topic_query, view};
use crate::config::Shape;
use crate::context::Context;
use crate::exit::{OTHER, Stop};
use crate::render::Paint;

/// Test queries against texts, with what is expected
///
/// A file of tests is TOML with [[test]] tables, or JSON lines. Each test has `query` (or `topic`, for the query of a topic), `text` or
/// a whole `mention`, and `expected`: true, false or "unknown".
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  vigie query test queries.toml
  echo '{\"query\": \"acme -looney\", \"text\": \"my acme\", \"expected\": true}' | vigie query test -

A file:
  [[test]]
  topic = 'acme'
  text = 'acme looney is back'
  expected = false

Exit codes: 0 all as expected, 1 some not, 2 a file cannot be read.")]
pub(crate) struct Test {
    /// Files of tests; `-` reads JSON lines from the standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    test: Vec<Vector>,
}

/// One test.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    /// For people.
    name: Option<String>,
    query: Option<String>,
    topic: Option<TopicId>,
    text: Option<String>,
    title: Option<String>,
    /// A mention as `vigie mentions --json` prints it; what is left out is empty.
    mention: Option<Value>,
    expected: Value,
}

struct Outcome {
    file: String,
    number: usize,
    vector: Vector,
    /// What came out: true, false, "unknown", or a mistake.
    got: Result<Option<bool>, String>,
    passed: bool,
}

impl Test {
    /// Tests and shows.
    pub(crate) fn run(&self, context: &Context) -> Result<(), Stop> {
        let shape = shape(context)?;
        let (library, schema) = (library(context, &shape)?, view::schema(&shape));
        let mut outcomes = Vec::new();
        for path in &self.files {
            for (index, vector) in read(path)?.into_iter().enumerate() {
                let expected = expected(&vector.expected).ok_or_else(|| {
                    let found = &vector.expected;
                    Stop::usage_message(format!(
                        "{}: test {}: `expected` is {found}; write true, false or \"unknown\"",
                        path.display(),
                        index + 1
                    ))
                })?;
                let got = ask(context, &shape, &library, &schema, &vector)?;
                let passed = got.as_ref() == Ok(&expected);
                outcomes.push(Outcome { file: path.display().to_string(), number: index + 1, vector, got, passed });
            }
        }
        let failed = outcomes.iter().filter(|outcome| !outcome.passed).count();
        let mut out = context.out();
        if self.json {
            let whole = json!({
                "ok": failed == 0, "passed": outcomes.len() - failed, "failed": failed,
                "tests": outcomes.iter().map(json_of).collect::<Vec<_>>(),
            });
            writeln!(out, "{}", serde_json::to_string_pretty(&whole)?)?;
        } else {
            let paint = Paint { on: context.colour() };
            for outcome in outcomes.iter().filter(|outcome| !outcome.passed) {
                writeln!(out, "{} {}", paint.red("✗"), describe(outcome))?;
            }
            let total = outcomes.len();
            let verdict =
                if failed == 0 { paint.green("all as expected") } else { paint.red(&format!("{failed} not as expected")) };
            writeln!(out, "{total} tests: {verdict}")?;
        }
        out.flush()?;
        if failed == 0 { Ok(()) } else { Err(Stop::quietly(OTHER)) }
    }
}

fn read(path: &Path) -> Result<Vec<Vector>, Stop> {
    let name = path.display();
    let text = if path == Path::new("-") {
        standard_input()?
    } else {
        std::fs::read_to_string(path).map_err(|error| Stop::usage_message(format!("{name}: {error}")))?
    };
    if path.extension().is_some_and(|extension| extension == "toml") {
        let vectors: Vectors = toml::from_str(&text).map_err(|error| Stop::usage_message(format!("{name}: {error}")))?;
        return Ok(vectors.test);
    }
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            serde_json::from_str(line).map_err(|error| Stop::usage_message(format!("{name}: line {}: {error}", number + 1)))
        })
        .collect()
}

/// The truth that is expected; unknown is `None`.
fn expected(value: &Value) -> Option<Option<bool>> {
    match value {
        Value::Bool(truth) => Some(Some(*truth)),
        Value::String(word) if word == "unknown" => Some(None),
        _ => None,
    }
}

fn ask(
    context: &Context,
    shape: &Shape,
    library: &Library,
    schema: &Schema,
    vector: &Vector,
) -> Result<Result<Option<bool>, String>, Stop> {
    let text = match (&vector.query, &vector.topic) {
        (Some(query), None) => query.as_str(),
        (None, Some(topic)) => topic_query(context, shape, topic)?,
        _ => return Ok(Err("a test has either `query` or `topic`".to_owned())),
    };
    let parsed = match Reading::new().library(library).schema(schema).parse(text) {
        Ok(parsed) => parsed,
        Err(remarks) => {
            let errors = remarks.iter().filter(|one| one.severity == vigie_query::Severity::Error);
            return Ok(Err(errors.map(ToString::to_string).collect::<Vec<_>>().join("; ")));
        }
    };
    let mention = match (&vector.text, &vector.mention) {
        (Some(text), None) => json!({ "text": text, "title": vector.title }),
        (None, Some(mention)) => mention.clone(),
        _ => return Ok(Err("a test has either `text` or `mention`".to_owned())),
    };
    match read_json(context, mention) {
        Ok(known) => Ok(Ok(parsed.query.resolved_at(context.now()).explain(&known.text()).truth)),
        Err(stop) => Ok(Err(stop.error.map_or_else(String::new, |error| format!("{error:#}")))),
    }
}

fn shown(truth: Option<bool>) -> &'static str {
    match truth {
        Some(true) => "true",
        Some(false) => "false",
        None => "unknown",
    }
}

fn describe(outcome: &Outcome) -> String {
    let Outcome { file, number, vector, got, .. } = outcome;
    let name = vector.name.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
    let query = vector.query.clone().or_else(|| vector.topic.as_ref().map(|topic| format!("topic {topic}"))).unwrap_or_default();
    let text = vector.text.clone().unwrap_or_else(|| "(a mention)".to_owned());
    let got = match got {
        Ok(truth) => shown(*truth).to_owned(),
        Err(mistake) => mistake.clone(),
    };
    format!("{file} {number}{name}: {query} | {text}\n    expected {}, got {got}", vector.expected)
}

fn json_of(outcome: &Outcome) -> Value {
    let (got, mistake) = match &outcome.got {
        Ok(Some(truth)) => (json!(truth), None),
        Ok(None) => (json!("unknown"), None),
        Err(mistake) => (Value::Null, Some(mistake)),
    };
    json!({
        "file": outcome.file, "test": outcome.number, "name": outcome.vector.name, "passed": outcome.passed,
        "expected": outcome.vector.expected, "got": got, "mistake": mistake,
    })
}
