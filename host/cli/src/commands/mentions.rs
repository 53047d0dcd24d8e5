//! `vigie mentions`: what is stored, filtered.

mod repeated;

use std::io::Write;

use clap::{Args, ValueEnum};
use serde::Serialize;
use vigie_mention::{Annotation, Instant, Mention, MentionKind, TopicId, Window};
use vigie_store::{Filter, Order, Polarity, Reader, StoreError, Stored};

use super::current::Current;
use super::{query, times};
use crate::context::Context;
use crate::exit::Stop;
use crate::render::text::harmless;
use crate::render::{Align, Paint, Table, number, width};

/// List stored mentions
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  vigie mentions --topic acme --since 7d
  vigie mentions --sentiment negative --source discourse --limit 20
  vigie mentions --query 'sentiment:negative lang:fr'
  vigie mentions --topic acme --json | jq -r '.url'
  vigie mentions --topic acme --since 7d --repeated

The JSON form is described field by field in MENTION.md.")]
pub(crate) struct List {
    /// Of this topic; may be repeated
    #[arg(long, short, value_name = "TOPIC", value_parser = |name: &str| TopicId::new(name))]
    topic: Vec<TopicId>,
    /// From this source; may be repeated
    #[arg(long, short, value_name = "SOURCE")]
    source: Vec<String>,
    /// Of this kind (post, comment, article, …); may be repeated
    #[arg(long, value_name = "KIND")]
    kind: Vec<MentionKind>,
    /// Published at or after: 2026-11-22, 2026-11-22T08:00:00Z, or 7d for seven days ago
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// Published before
    #[arg(long, value_name = "WHEN")]
    until: Option<String>,
    /// By the author with this handle, name or id
    #[arg(long, value_name = "AUTHOR")]
    author: Option<String>,
    /// In this language; `fr` also finds `fr-CA`
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
    /// Leaning this way, by the sentiment analyzer at work
    #[arg(long, value_name = "LEANING")]
    sentiment: Option<Leaning>,
    /// That this query matches; it may ask for what analyzers write: what those at work found, as in every figure
    #[arg(long, value_name = "QUERY")]
    query: Option<String>,
    /// At most so many [default: 50, or all with --json]
    #[arg(long, short = 'n', value_name = "N")]
    limit: Option<usize>,
    /// Oldest first
    #[arg(long)]
    oldest: bool,
    /// Only what is said several times with nearly the same words: the first of each, and how often; --limit counts these
    #[arg(long, conflicts_with = "oldest")]
    repeated: bool,
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
}

/// Which way an opinion leans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Leaning {
    Positive,
    Neutral,
    Negative,
}

impl From<Leaning> for Polarity {
    fn from(leaning: Leaning) -> Self {
        match leaning {
            Leaning::Positive => Self::Positive,
            Leaning::Neutral => Self::Neutral,
            Leaning::Negative => Self::Negative,
        }
    }
}

/// A stored mention as `--json` prints it: the mention's own fields, and what Vigie adds.
#[derive(Debug, Serialize)]
pub(crate) struct JsonMention<'a> {
    #[serde(flatten)]
    pub(crate) mention: &'a Mention,
    pub(crate) topics: &'a [TopicId],
    pub(crate) annotations: &'a [Annotation],
    pub(crate) updated_at: Instant,
}

impl<'a> From<&'a Stored> for JsonMention<'a> {
    fn from(stored: &'a Stored) -> Self {
        Self { mention: &stored.mention, topics: &stored.topics, annotations: &stored.annotations, updated_at: stored.updated_at }
    }
}

impl List {
    /// Lists.
    pub(crate) fn run(&self, context: &Context) -> Result<(), Stop> {
        let shape = context.read_shape()?;
        let unknown = self.topic.iter().find(|topic| shape.file.topics.iter().all(|table| table.id.value != **topic));
        if let Some(topic) = unknown {
            let known = shape.file.topics.iter().map(|table| table.id.value.as_str());
            let help = crate::config::suggest(topic.as_str(), "Topics", known);
            return Err(Stop::usage_message(format!("{} has no topic `{topic}`; {help}", context.config.display())));
        }
        let query = self.query.as_deref().map(|text| query::view::read(context, &shape, "--query", text)).transpose()?;
        let snapshot = Reader::open(&shape.store)?.snapshot()?;
        let mut filter = self.filter(context.now())?;
        let limit = filter.limit;
        if query.is_some() || self.sentiment.is_some() || self.repeated {
            // What is left out below does not count, and copies are looked for among all.
            filter.limit = None;
        }
        let current = Current::of(&snapshot)?;
        let matching = |stored: &Result<Stored, StoreError>| {
            let Ok(stored) = stored else { return true };
            query.as_ref().is_none_or(|query| current.matches(query, stored))
                && (self.sentiment.is_none() || current.leans(stored))
        };
        let mentions = snapshot.mentions(&filter)?.filter(matching);
        if self.repeated {
            return repeated::show(context, &snapshot, mentions, limit, self.json);
        }
        let mentions = mentions.take(limit.unwrap_or(usize::MAX));
        let mut out = context.out();
        if self.json {
            for stored in mentions {
                serde_json::to_writer(&mut out, &JsonMention::from(&stored?)).map_err(std::io::Error::from)?;
                out.write_all(b"\n")?;
            }
            return Ok(out.flush()?);
        }
        let paint = Paint { on: context.colour() };
        let mut table = Table::new(&columns());
        let mut shown = 0;
        for stored in mentions {
            table.row(row(&stored?, paint));
            shown += 1;
        }
        if table.is_empty() {
            writeln!(out, "no mention fits; {} are stored in all", number::count(snapshot.stats()?.mentions))?;
            return Ok(out.flush()?);
        }
        write!(out, "{}", table.draw(paint, width()))?;
        if Some(shown) == limit {
            writeln!(out, "\nthe {} {shown}; --limit shows more", if self.oldest { "oldest" } else { "newest" })?;
        }
        Ok(out.flush()?)
    }

    fn filter(&self, now: Instant) -> Result<Filter, Stop> {
        let at = |text: &Option<String>, or: Instant| {
            text.as_ref().map_or(Ok(or), |text| times::instant(text, now)).map_err(Stop::usage_message)
        };
        let window = match (&self.since, &self.until) {
            (None, None) => None,
            (since, until) => Some(Window {
                from: at(since, Instant::from_millis(i64::MIN))?,
                until: at(until, Instant::from_millis(i64::MAX))?,
            }),
        };
        Ok(Filter {
            topics: self.topic.clone(),
            sources: self.source.clone(),
            kinds: self.kind.clone(),
            window,
            author: self.author.clone(),
            language: self.language.clone(),
            polarity: self.sentiment.map(Polarity::from),
            limit: self.limit.or_else(|| (!self.json).then_some(50)),
            order: if self.oldest { Order::Oldest } else { Order::Newest },
        })
    }
}

/// Heads of the table.
fn columns() -> [(&'static str, Align); 6] {
    [
        ("published", Align::Left),
        ("source", Align::Left),
        ("author", Align::Left),
        ("topics", Align::Left),
        ("mood", Align::Right),
        ("text", Align::Left),
    ]
}

fn row(stored: &Stored, paint: Paint) -> Vec<String> {
    let Stored { mention, topics, signals, .. } = stored;
    let author =
        mention.author.as_ref().map(|author| author.handle.as_ref().or(author.name.as_ref()).unwrap_or(&author.id).clone());
    let text = match &mention.title {
        Some(title) if mention.text.is_empty() => title.clone(),
        Some(title) => format!("{title} – {}", mention.text),
        None => mention.text.clone(),
    };
    let mood = signals.sentiment.map(|value| {
        let shown = number::signed(f64::from(value));
        match signals.label {
            Some(Polarity::Positive) => paint.green(&shown),
            Some(Polarity::Negative) => paint.red(&shown),
            Some(Polarity::Neutral) | None => shown,
        }
    });
    vec![
        times::minute(mention.at()),
        mention.source.clone(),
        crate::render::text::fit(&harmless(&author.unwrap_or_default()), 20),
        topics.iter().map(|topic| topic.as_str()).collect::<Vec<_>>().join(","),
        mood.unwrap_or_default(),
        harmless(&text),
    ]
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use vigie_mention::{Author, Engagement, Media, MediaKind, Moment, Precision, Rating};

    use super::*;

    const DOCUMENT: &str = include_str!("../../MENTION.md");

    fn example() -> Value {
        let from = DOCUMENT.find("```json").expect("an example") + "```json".len();
        let until = from + DOCUMENT[from..].find("```").expect("its end");
        serde_json::from_str(&DOCUMENT[from..until]).expect("the example is JSON")
    }

    fn field<T: serde::de::DeserializeOwned>(example: &Value, name: &str) -> T {
        serde_json::from_value(example[name].clone()).expect("the example has the field")
    }

    fn keys(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                for (key, value) in fields {
                    found.push(key.clone());
                    keys(value, found);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| keys(item, found)),
            _ => {}
        }
    }

    #[test]
    fn the_documented_example_is_exactly_what_is_printed() {
        let example = example();
        let mention: Mention = serde_json::from_value(example.clone()).expect("a mention");
        let printed = JsonMention {
            mention: &mention,
            topics: &field::<Vec<TopicId>>(&example, "topics"),
            annotations: &field::<Vec<Annotation>>(&example, "annotations"),
            updated_at: field(&example, "updated_at"),
        };
        assert_eq!(serde_json::to_value(&printed).expect("json"), example);
    }

    #[test]
    fn the_example_has_every_field_there_is() {
        let mention: Mention = serde_json::from_value(example()).expect("a mention");
        // Without `..`: a new field must be added here and to the document.
        let Mention {
            source: _,
            instance,
            id: _,
            kind: _,
            url: Some(_),
            title: Some(_),
            text: _,
            quoted,
            language: Some(_),
            author: Some(author),
            published: Some(Moment { at: _, precision: _ }),
            edited: Some(_),
            collected_at: _,
            parent: Some(_),
            thread: Some(_),
            original: Some(_),
            engagement: Engagement { likes: Some(_), comments: Some(_), shares: Some(_), views: Some(_) },
            rating: Some(Rating { value: _, worst: _, best: _ }),
            country: Some(_),
            links,
            hashtags,
            handles,
            media,
            attributes,
        } = mention
        else {
            panic!("the example lacks a field")
        };
        let lists = [quoted.len(), links.len(), hashtags.len(), handles.len(), media.len(), attributes.len(), instance.len()];
        assert!(lists.iter().all(|length| *length > 0), "{lists:?}");
        assert!(matches!(media.as_slice(), [Media { kind: _, url: _, description: Some(_) }]));
        assert!(matches!(
            author,
            Author {
                id: _,
                handle: Some(_),
                name: Some(_),
                url: Some(_),
                bio: Some(_),
                location: Some(_),
                followers: Some(_),
                verified: Some(_)
            }
        ));
    }

    #[test]
    fn every_name_and_word_is_documented() {
        let mut names = Vec::new();
        keys(&example(), &mut names);
        names.extend(MentionKind::ALL.map(|kind| kind.name().to_owned()));
        let word =
            |value: Result<Value, _>| value.ok().and_then(|value: Value| value.as_str().map(str::to_owned)).expect("a word");
        let kinds = [MediaKind::Image, MediaKind::Video, MediaKind::Audio, MediaKind::Other];
        names.extend(kinds.map(|kind| word(serde_json::to_value(kind))));
        names.extend(
            [Precision::Second, Precision::Day, Precision::Zoneless].map(|precision| word(serde_json::to_value(precision))),
        );
        let behind = DOCUMENT.split("## Fields").nth(1).expect("the fields");
        for name in names {
            assert!(behind.contains(&format!("`{name}`")), "`{name}` is not documented");
        }
    }
}
