//! `vigie query explain`: why a query matches a mention, or why not.

use std::io::{IsTerminal, Write};

use clap::Args;
use serde_json::{Value, json};
use vigie_mention::{Annotation, Mention, TopicId};
use vigie_pipeline::text::{handles, hashtags, links};
use vigie_query::{Dialect, Explanation, Found, MatchText, Passage};
use vigie_store::{Reader, Stored};

use super::{Written, json_of_remarks, library, parse, shape, standard_input, topic_query, view};
use crate::commands::named;
use crate::context::Context;
use crate::exit::Stop;
use crate::render::Paint;
use crate::render::text::harmless;

/// Explain why a query matches a mention, or why not
///
/// Shows the truth of every part of the query, where its words stand, and what the mention says where the query asks for facts.
/// Unknown (?) is neither true nor false: the mention does not say.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  vigie query explain 'acme NEAR/3 phone' --text 'my acme is a phone'
  vigie query explain --topic acme --mention hackernews/41234567
  echo '{\"text\": \"acme\", \"author\": {\"followers\": 12}}' | vigie query explain 'followers:>100'
  vigie mentions --json --limit 1 | vigie query explain --topic acme --json")]
pub(crate) struct Explain {
    /// The query
    #[arg(value_name = "QUERY", required_unless_present = "topic")]
    query: Option<String>,
    /// The query of this topic
    #[arg(long, short, value_name = "TOPIC", conflicts_with = "query", value_parser = |name: &str| TopicId::new(name))]
    topic: Option<TopicId>,
    /// Against this text
    #[arg(long, value_name = "TEXT", conflicts_with = "mention")]
    text: Option<String>,
    /// With this title
    #[arg(long, value_name = "TITLE", requires = "text")]
    title: Option<String>,
    /// Against this stored mention: SOURCE/ID, SOURCE/INSTANCE/ID, or its address
    #[arg(long, value_name = "MENTION")]
    mention: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A mention with what is known about it.
pub(super) struct Known {
    pub(super) mention: Mention,
    annotations: Vec<Annotation>,
    topics: Vec<TopicId>,
}

impl Known {
    pub(super) fn text(&self) -> MatchText {
        MatchText::analysed(&self.mention, &self.annotations, &self.topics)
    }
}

impl From<Stored> for Known {
    fn from(stored: Stored) -> Self {
        Self { mention: stored.mention, annotations: stored.annotations, topics: stored.topics }
    }
}

impl Explain {
    /// Explains.
    pub(crate) fn run(&self, context: &Context) -> Result<(), Stop> {
        let shape = shape(context)?;
        let library = library(context, &shape)?;
        let (name, written) = match (&self.topic, &self.query) {
            (Some(topic), _) => (topic.to_string(), topic_query(context, &shape, topic)?.to_owned()),
            (None, query) => ("query".to_owned(), query.clone().unwrap_or_default()),
        };
        let asked = Written { name: &name, text: &written, notes: self.topic.is_none() && !self.json };
        let parsed = parse(context, asked, &library, Some(&view::schema(&shape)), Dialect::Vigie)?;
        let known = match (&self.text, &self.mention) {
            (Some(text), _) => read_json(context, json!({ "text": text, "title": self.title }))?,
            (None, Some(key)) => named::mention(&Reader::open(&shape.store)?.snapshot()?, key)?.into(),
            (None, None) => read_json(context, mention_of_standard_input()?)?,
        };
        let query = parsed.query.resolved_at(context.now());
        let text = known.text();
        let explanation = query.explain(&text);
        let mut out = context.out();
        if self.json {
            let whole = json!({
                "query": written, "read_as": query.to_string(), "mention": known.mention.key().to_string(),
                "matches": explanation.truth == Some(true), "explanation": json_of(&explanation, &text),
                "remarks": json_of_remarks(&parsed.remarks, &written),
            });
            writeln!(out, "{}", serde_json::to_string_pretty(&whole)?)?;
            return Ok(out.flush()?);
        }
        let paint = Paint { on: context.colour() };
        let verdict = match explanation.truth {
            Some(true) => paint.green("matches"),
            Some(false) => paint.red("does not match"),
            None => paint.yellow("does not match: the mention does not say what is asked for"),
        };
        writeln!(out, "{verdict}\n")?;
        draw(&mut out, &explanation, &text, 0, paint)?;
        Ok(out.flush()?)
    }
}

fn mention_of_standard_input() -> Result<Value, Stop> {
    if std::io::stdin().is_terminal() {
        return Err(Stop::usage_message(
            "explain against what? Give --text, --mention, or a mention as JSON on the standard input",
        ));
    }
    let text = standard_input()?;
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    // One mention a line, as `vigie mentions --json` prints them, or one over several lines.
    serde_json::from_str(line)
        .or_else(|_| serde_json::from_str(&text))
        .map_err(|error| Stop::usage_message(format!("the standard input is no mention in JSON: {error}")))
}

/// A mention from JSON; what is left out is empty, or what admission finds in the text: hashtags, handles, links.
pub(super) fn read_json(context: &Context, mut value: Value) -> Result<Known, Stop> {
    let wrong = |error: serde_json::Error| Stop::usage_message(format!("this is no mention in JSON: {error}"));
    let Some(fields) = value.as_object_mut() else {
        return Err(Stop::usage_message("a mention in JSON is an object such as {\"text\": \"…\"}"));
    };
    let annotations = fields.remove("annotations").map_or(Ok(Vec::new()), serde_json::from_value).map_err(wrong)?;
    let topics = fields.remove("topics").map_or(Ok(Vec::new()), serde_json::from_value).map_err(wrong)?;
    for (key, default) in [
        ("source", json!("input")),
        ("id", json!("1")),
        ("kind", json!("post")),
        ("collected_at", json!(context.now())),
        ("text", json!("")),
    ] {
        fields.entry(key).or_insert(default);
    }
    let words = |key: &str| fields.get(key).and_then(Value::as_str).unwrap_or_default();
    let marked = format!("{}\n{}", words("title"), words("text"));
    for (key, found) in [("hashtags", hashtags(&marked)), ("handles", handles(&marked)), ("links", links(&marked))] {
        fields.entry(key).or_insert_with(|| json!(found));
    }
    if let Some(author) = fields.get_mut("author").and_then(Value::as_object_mut) {
        author.entry("id").or_insert_with(|| json!(""));
    }
    let mention = serde_json::from_value(value).map_err(wrong)?;
    Ok(Known { mention, annotations, topics })
}

fn draw(out: &mut impl Write, part: &Explanation, text: &MatchText, depth: usize, paint: Paint) -> Result<(), Stop> {
    let mark = match part.truth {
        Some(true) => paint.green("✓"),
        Some(false) => paint.red("✗"),
        None => paint.yellow("?"),
    };
    let mut line = format!("{}{mark} {}", "  ".repeat(depth), part.part);
    if let Some(value) = &part.value {
        line.push_str(&paint.dim(&format!("   it says {}", harmless(value))));
    } else if part.truth.is_none() && part.parts.is_empty() {
        line.push_str(&paint.dim("   it does not say"));
    }
    writeln!(out, "{line}")?;
    for place in part.places.iter().take(5) {
        writeln!(out, "{}  {}", "  ".repeat(depth), around(place, text, paint))?;
    }
    if part.places.len() > 5 {
        writeln!(out, "{}  … and {} more places", "  ".repeat(depth), part.places.len() - 5)?;
    }
    part.parts.iter().try_for_each(|inner| draw(out, inner, text, depth + 1, paint))
}

/// The words around a place, the place itself in colour or brackets.
fn around(place: &Found, text: &MatchText, paint: Paint) -> String {
    let (name, text) = (name_of(place.passage), text.text_of(place.passage));
    let part = |from: usize, until: usize| text.get(from..until).unwrap_or("");
    let before = part(0, place.bytes.start);
    let from = before.char_indices().rev().nth(23).map_or(0, |(at, _)| at);
    let after = part(place.bytes.end, text.len());
    let until = after.char_indices().nth(24).map_or(after.len(), |(at, _)| at);
    let found = harmless(part(place.bytes.start, place.bytes.end));
    let found = if paint.on { paint.green(&found) } else { format!("[{found}]") };
    // Spaces beside the place belong to the words around it.
    let (left, right) = (harmless(&before[from..]), harmless(&after[..until]));
    let space = |there: bool| if there { " " } else { "" };
    let left_space = space(before.ends_with(char::is_whitespace) && !left.is_empty());
    let right_space = space(after.starts_with(char::is_whitespace) && !right.is_empty());
    format!("{} {left}{left_space}{found}{right_space}{right}", paint.dim(&format!("{name} {}:", place.bytes.start)))
}

/// The passage as it is called in what is printed.
fn name_of(passage: Passage) -> &'static str {
    match passage {
        Passage::Title => "title",
        Passage::Body => "text",
        Passage::Tags => "tags",
    }
}

fn json_of(part: &Explanation, text: &MatchText) -> Value {
    let places: Vec<Value> = part
        .places
        .iter()
        .map(|place| {
            // Tags are no text of the mention: what was found is said, so that nobody has to know how they are put together.
            let found = text.text_of(place.passage).get(place.bytes.clone()).unwrap_or_default().to_owned();
            json!({ "in": name_of(place.passage), "start": place.bytes.start, "end": place.bytes.end, "text": found })
        })
        .collect();
    json!({
        "part": part.part, "start": part.span.start, "end": part.span.end, "truth": part.truth, "value": part.value,
        "places": places, "parts": part.parts.iter().map(|part| json_of(part, text)).collect::<Vec<_>>(),
    })
}
