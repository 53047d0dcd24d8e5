//! `vigie quality`: how often an analyzer is right, and what its numbers are without its mistakes.

mod draw;

use std::collections::BTreeMap;
use std::io::{self, Write};

use clap::Args;
use serde::Serialize;
use vigie_insight::quality::{Judgement, Quality, quality};
use vigie_mention::{MentionKey, TopicId, Value};
use vigie_store::{Filter, Reader, StoreError, Stored};

use super::named;
use crate::context::Context;
use crate::corrections::keys::{self, DEFAULT_KEY, Key};
use crate::corrections::{Correction, Corrections};
use crate::exit::Stop;
use crate::render::Paint;

/// How often an analyzer is right, and what its numbers are without its mistakes
///
/// Held against each other are corrections (`vigie correct`) and what the analyzer found, in the version whose results `vigie report` counts. The accuracy of
/// a random sample stands for all mentions; what somebody picked does not. The confusion of the sample corrects the shares.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  vigie quality
  vigie quality --topic acme
  vigie quality --key emotion --json

A sample to judge: vigie correct --sample 200 > sheet.jsonl")]
pub(crate) struct Show {
    /// Of this topic; may be repeated
    #[arg(long, short, value_name = "TOPIC", value_parser = |name: &str| TopicId::new(name))]
    topic: Vec<TopicId>,
    /// The annotation
    #[arg(long, value_name = "KEY", default_value = DEFAULT_KEY)]
    key: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What one pass over the mentions brought together.
#[derive(Debug, Default, Serialize)]
struct Seen {
    #[serde(skip)]
    judgements: Vec<Judgement>,
    /// Mentions of each value.
    #[serde(skip)]
    counts: Vec<u64>,
    corrections: Fates,
    /// Corrections counted that taught the version in use: it looks better on them than it is.
    taught: u64,
    mentions: Fates,
}

/// What counts, and what does not for which reason.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
struct Fates {
    /// Annotated by the version in use.
    counted: u64,
    /// Annotated by another version, or with a value the manifest does not list.
    other_version: u64,
    /// Without the annotation.
    not_annotated: u64,
    /// Corrections of mentions that are not stored, or not in the topics.
    elsewhere: u64,
}

/// The whole as `--json` prints it.
#[derive(Serialize)]
struct Whole<'a> {
    key: &'a str,
    analyzer: &'a str,
    version: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    coming: &'a Option<String>,
    topics: &'a [TopicId],
    #[serde(flatten)]
    seen: &'a Seen,
    #[serde(flatten)]
    quality: &'a Quality,
}

impl Show {
    /// Measures and shows.
    pub(crate) fn run(&self, context: &Context) -> Result<(), Stop> {
        let shape = context.read_shape()?;
        named::topics(context, &shape, &self.topic)?;
        let keys = keys::all(context, &shape)?;
        let key = keys::find(&keys, &self.key)?;
        let corrections = Corrections::read(&shape.store)?;
        if let Some(warning) = corrections.warning() {
            writeln!(io::stderr().lock(), "warning: {warning}")?;
        }
        let snapshot = Reader::open(&shape.store)?.snapshot()?;
        let key = &key.counted(snapshot.in_use()?.as_ref());
        let filter = Filter { topics: self.topic.clone(), ..Filter::default() };
        let seen = look(snapshot.mentions(&filter)?, key, &corrections.of(&key.name))?;
        let quality = quality(&key.values, &seen.judgements, &seen.counts);
        let mut out = context.out();
        if self.json {
            let Key { name, analyzer, version, coming, .. } = key;
            let whole = Whole { key: name, analyzer, version, coming, topics: &self.topic, seen: &seen, quality: &quality };
            writeln!(out, "{}", serde_json::to_string_pretty(&whole)?)?;
            return Ok(out.flush()?);
        }
        write!(out, "{}", draw::draw(key, &seen, &quality, Paint { on: context.colour() }))?;
        Ok(out.flush()?)
    }
}

/// Counts what the version in use found, and holds corrections against it.
fn look(
    mentions: impl Iterator<Item = Result<Stored, StoreError>>,
    key: &Key,
    corrections: &BTreeMap<&MentionKey, &Correction>,
) -> Result<Seen, StoreError> {
    let place = |value: &str| key.values.iter().position(|known| known == value);
    let mut seen = Seen { counts: vec![0; key.values.len()], ..Seen::default() };
    let mut met = 0;
    for stored in mentions {
        let stored = stored?;
        let correction = corrections.get(&stored.mention.key());
        met += u64::from(correction.is_some());
        let annotation =
            stored.annotations.iter().find(|annotation| annotation.key == key.name && annotation.analyzer == key.analyzer);
        let found = match annotation.map(|annotation| (&annotation.value, annotation.version == key.version)) {
            Some((Value::Text(value), true)) => place(value),
            _ => None,
        };
        let fate = |fates: &mut Fates| match (annotation, found) {
            (_, Some(_)) => fates.counted += 1,
            (Some(_), None) => fates.other_version += 1,
            (None, None) => fates.not_annotated += 1,
        };
        fate(&mut seen.mentions);
        if let Some(correction) = correction {
            fate(&mut seen.corrections);
            // A truth that is no value any more was said of another version's list.
            if let (Some(found), Some(truth)) = (found, place(&correction.value)) {
                seen.judgements.push(Judgement { found, truth, sampled: correction.sampled });
                let taught = key.learned.as_ref().is_some_and(|head| correction.at <= head.made_at);
                seen.taught += u64::from(taught);
            }
        }
        if let Some(found) = found {
            seen.counts[found] += 1;
        }
    }
    seen.corrections.elsewhere = corrections.len() as u64 - met;
    Ok(seen)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::corrections::keys::Learning;
    use crate::learned::Head;

    fn stored(id: &str, found: Option<(&str, &str)>) -> Result<Stored, StoreError> {
        let annotation =
            |(version, value)| json!({ "analyzer": "mood", "version": version, "key": "mood", "value": { "text": value } });
        let annotations: Vec<_> = found.into_iter().map(annotation).collect();
        let stored = json!({
            "mention": { "source": "a", "id": id, "kind": "post", "text": "t", "collected_at": "2026-01-03T00:00:00Z" },
            "topics": [], "annotations": annotations, "signals": {}, "updated_at": "2026-01-03T00:00:00Z", "revision": 0,
        });
        Ok(serde_json::from_value(stored).expect("a stored mention"))
    }

    #[test]
    fn only_the_version_in_use_is_judged_and_nothing_is_mixed() {
        let head = Head {
            plugin: "mood".into(),
            version: "1.9.0".into(),
            annotates_as: "2.0.0".into(),
            made_at: "2026-01-03T00:00:00Z".parse().expect("an instant"),
            corrections: 3,
            ratings: 0,
            right_before: 1,
            right_after: 2,
            held_out: 3,
            sha256: String::new(),
        };
        let key = Key {
            name: "mood".into(),
            analyzer: "mood".into(),
            version: "2.0.0".into(),
            coming: None,
            learned: Some(head),
            values: vec!["good".into(), "bad".into()],
            learning: Learning::Cannot,
        };
        let corrections: Vec<Correction> = ["1", "2", "3", "4", "9"]
            .iter()
            .map(|id| {
                serde_json::from_value(json!({
                    "at": if *id == "2" { "2026-01-04T00:00:00Z" } else { "2026-01-03T00:00:00Z" },
                    "mention": { "source": "a", "instance": "", "id": id }, "key": "mood", "value": "bad",
                    "sampled": *id == "1",
                }))
                .expect("a correction")
            })
            .collect();
        let corrections = corrections.iter().map(|one| (&one.mention, one)).collect();
        let mentions = [
            stored("1", Some(("2.0.0", "good"))),
            stored("2", Some(("2.0.0", "bad"))),
            stored("3", Some(("1.0.0", "good"))),
            stored("4", None),
            stored("5", Some(("2.0.0", "good"))),
            stored("6", Some(("2.0.0", "middling"))),
        ];
        let seen = look(mentions.into_iter(), &key, &corrections).expect("read");
        assert_eq!(
            seen.judgements,
            [Judgement { found: 0, truth: 1, sampled: true }, Judgement { found: 1, truth: 1, sampled: false }]
        );
        assert_eq!((seen.counts, seen.taught), (vec![2, 1], 1));
        assert_eq!(seen.corrections, Fates { counted: 2, other_version: 1, not_annotated: 1, elsewhere: 1 });
        assert_eq!(seen.mentions, Fates { counted: 3, other_version: 2, not_annotated: 1, elsewhere: 0 });
    }
}
