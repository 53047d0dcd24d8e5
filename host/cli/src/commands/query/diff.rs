//! `vigie query diff`: what an edit of a query would have gained and lost.

use std::io::Write;

use clap::Args;
use serde_json::{Value, json};
use vigie_mention::{Mention, TopicId, Window};
use vigie_query::{Comparison, Dialect, MatchText};
use vigie_store::{Filter, Reader};

use super::{Written, json_of_remarks, library, parse, topic_query, view};
use crate::commands::times;
use crate::context::Context;
use crate::exit::Stop;
use crate::render::text::{fit, harmless};
use crate::render::{Paint, number, width};

/// Say what an edit of a query would have gained and lost on the stored mentions
///
/// Only what was collected can be compared: what a wider query would have brought from the services is not in the store.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  vigie query diff acme 'acme -looney'
  vigie query diff --topic acme 'acme NEAR/5 phone' --days 90
  vigie query diff acme 'acme lang:fr' --json | jq '.gained, .lost'")]
pub(crate) struct Diff {
    /// The query as it was, and as it would be; with --topic only the second
    #[arg(value_name = "QUERY", num_args = 1..=2, required = true)]
    queries: Vec<String>,
    /// Compare with the query of this topic
    #[arg(long, short, value_name = "TOPIC", value_parser = |name: &str| TopicId::new(name))]
    topic: Option<TopicId>,
    /// Mentions published in the last so many days
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=3660))]
    days: u16,
    /// Mentions shown of each side
    #[arg(long, value_name = "N", default_value_t = 5)]
    samples: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Diff {
    /// Compares and shows.
    pub(crate) fn run(&self, context: &Context) -> Result<(), Stop> {
        let shape = context.read_shape()?;
        let (before, after) = match (&self.topic, self.queries.as_slice()) {
            (Some(topic), [after]) => (topic_query(context, &shape, topic)?, after.as_str()),
            (None, [before, after]) => (before.as_str(), after.as_str()),
            (Some(_), _) => return Err(Stop::usage_message("with --topic there is one query more: the one as it would be")),
            (None, _) => return Err(Stop::usage_message("write two queries, or one and --topic")),
        };
        let (library, schema) = (library(context, &shape)?, view::schema(&shape));
        let read = |name: &str, text: &str, given: bool| {
            let written = Written { name, text, notes: given && !self.json };
            let parsed = parse(context, written, &library, Some(&schema), Dialect::Vigie)?;
            Ok::<_, Stop>((parsed.query.resolved_at(context.now()), json_of_remarks(&parsed.remarks, text)))
        };
        let (old, old_remarks) = read("the query as it was", before, self.topic.is_none())?;
        let (new, new_remarks) = read("the query as it would be", after, true)?;
        let same = old.fingerprint() == new.fingerprint();
        let until = context.now();
        let window = Window { from: until - std::time::Duration::from_secs(86_400) * u32::from(self.days), until };
        let snapshot = Reader::open(&shape.store)?.snapshot()?;
        let mut comparison = Comparison::new(old, new, self.samples);
        for stored in snapshot.mentions(&Filter { window: Some(window), ..Filter::default() })? {
            let stored = stored?;
            let text = MatchText::analysed(&stored.mention, &stored.annotations, &stored.topics);
            comparison.look(&text, || stored.mention.clone());
        }
        let mut out = context.out();
        if self.json {
            let sample =
                |mention: &Mention| json!({ "mention": mention.key().to_string(), "url": mention.url, "text": mention.text });
            let whole = json!({
                "before": before, "after": after, "days": self.days, "same_question": same,
                "remarks": { "before": old_remarks, "after": new_remarks },
                "compared": comparison.kept + comparison.gained + comparison.lost + comparison.outside,
                "kept": comparison.kept, "gained": comparison.gained, "lost": comparison.lost,
                "gained_samples": comparison.gained_samples.iter().map(sample).collect::<Vec<Value>>(),
                "lost_samples": comparison.lost_samples.iter().map(sample).collect::<Vec<Value>>(),
            });
            writeln!(out, "{}", serde_json::to_string_pretty(&whole)?)?;
            return Ok(out.flush()?);
        }
        self.draw(&mut out, &comparison, same, Paint { on: context.colour() })?;
        Ok(out.flush()?)
    }

    fn draw(&self, out: &mut impl Write, comparison: &Comparison<Mention>, same: bool, paint: Paint) -> Result<(), Stop> {
        if same {
            writeln!(out, "both ask the same")?;
        }
        let total = comparison.kept + comparison.gained + comparison.lost + comparison.outside;
        writeln!(out, "{} mentions of the last {} days:", number::count(total), self.days)?;
        writeln!(out, "  {} matched before, {} would match", number::count(comparison.kept + comparison.lost), {
            number::count(comparison.kept + comparison.gained)
        })?;
        let sides = [
            (paint.green("gained"), comparison.gained, &comparison.gained_samples, "+"),
            (paint.red("lost"), comparison.lost, &comparison.lost_samples, "-"),
        ];
        for (name, count, samples, sign) in sides {
            writeln!(out, "  {} {name}", number::count(count))?;
            for mention in samples {
                let text =
                    mention.title.iter().map(String::as_str).chain([mention.text.as_str()]).collect::<Vec<_>>().join(" – ");
                let line = format!("{} {} {}", times::day(mention.at()), mention.key(), harmless(&text));
                writeln!(out, "    {sign} {}", fit(&line, width().saturating_sub(6)))?;
            }
        }
        Ok(())
    }
}
