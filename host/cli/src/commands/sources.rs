//! `vigie sources`: what can be heard, and how its connectors are.

use std::collections::BTreeMap;
use std::io::Write;

use clap::Args;
use serde::Serialize;
use vigie_mention::{FailureClass, Instant, KNOWN_FEED, PLAN_FEED};
use vigie_runtime::{Kind, Manifest};
use vigie_store::{FeedState, Reader, StoreError, WalkStatus};

use crate::config::values::show_duration;
use crate::config::{self, Problems};
use crate::context::Context;
use crate::exit::Stop;
use crate::plugins::{Catalog, Entry, WHAT_IS_MISSING};
use crate::render::text::harmless;
use crate::render::{Align, Paint, Table, number, width};

/// List the services that can be heard: key, search, history, limits, and the state of their connectors
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  vigie sources
  vigie sources --json

A source searches if the service finds the topics' words itself; one that lists is read whole and Vigie filters. How a key is got and \
what the service's terms ask of you stands in the source's README. `vigie plugins inspect NAME` shows its settings.")]
pub(crate) struct Sources {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// One source.
#[derive(Debug, Serialize)]
struct Shown {
    id: String,
    name: String,
    /// `needed`, `optional` or `none`.
    key: &'static str,
    secrets: Vec<String>,
    searches: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<String>,
    rates: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    terms: Option<String>,
    connectors: Vec<ConnectorShown>,
}

/// One connector that uses it.
#[derive(Debug, Serialize)]
struct ConnectorShown {
    id: String,
    /// `not run yet`, `reading`, `waiting` or `resting`.
    state: &'static str,
    feeds: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_at: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
}

impl Sources {
    /// Lists.
    pub(crate) fn run(&self, context: &Context) -> Result<(), Stop> {
        let (catalog, uses, store) = read(context)?;
        let states = match store.map(|path| Reader::open(&path)) {
            None | Some(Err(StoreError::Missing { .. })) => BTreeMap::new(),
            Some(reader) => by_connector(reader?.snapshot()?.all_feeds()?),
        };
        let sources: Vec<Shown> = catalog
            .entries()
            .filter(|(_, entry)| entry.package.manifest().kind == Kind::Source)
            .map(|(id, entry)| {
                let own = uses.iter().filter(|(_, source)| source == id);
                let connectors = own.map(|(connector, _)| state(connector, states.get(connector.as_str()))).collect();
                shown(entry, connectors)
            })
            .collect();
        let mut out = context.out();
        if self.json {
            writeln!(out, "{}", serde_json::to_string_pretty(&sources)?)?;
            return Ok(out.flush()?);
        }
        if sources.is_empty() {
            writeln!(out, "{WHAT_IS_MISSING}")?;
            return Ok(out.flush()?);
        }
        let paint = Paint { on: context.colour() };
        let mut table = Table::new(&[
            ("source", Align::Left),
            ("key", Align::Left),
            ("finds", Align::Left),
            ("history", Align::Left),
            ("limit", Align::Left),
            ("connectors", Align::Left),
        ]);
        for source in &sources {
            let connectors: Vec<String> = source.connectors.iter().map(|connector| words(connector, paint)).collect();
            table.row(vec![
                source.id.clone(),
                source.key.to_owned(),
                (if source.searches { "searches" } else { "lists" }).to_owned(),
                source.history.clone().unwrap_or_default(),
                source.rates.first().cloned().unwrap_or_default(),
                connectors.join(", "),
            ]);
        }
        write!(out, "{}", table.draw(paint, width()))?;
        writeln!(out, "\nNext: {}", paint.cyan("vigie plugins inspect NAME"))?;
        Ok(out.flush()?)
    }
}

/// The installed plugins, which connector uses which source, and the store.
type Known = (Catalog, Vec<(String, String)>, Option<std::path::PathBuf>);

fn read(context: &Context) -> Result<Known, Stop> {
    if !context.config.exists() && context.config.as_os_str() == config::DEFAULT_FILE {
        let mut problems = Problems::new(config::DEFAULT_FILE, "");
        return Ok((Catalog::bundled(&mut problems), Vec::new(), None));
    }
    let reading = config::read(&context.config, &|name| std::env::var(name).ok()).map_err(Stop::usage)?;
    let uses = reading.config.connectors.iter().map(|one| (one.id.to_string(), one.source.clone())).collect();
    Ok((reading.catalog, uses, Some(reading.config.store)))
}

fn by_connector(feeds: Vec<(vigie_mention::FeedKey, FeedState)>) -> BTreeMap<String, Vec<FeedState>> {
    let mut all: BTreeMap<String, Vec<FeedState>> = BTreeMap::new();
    for (key, state) in feeds {
        if key.feed != KNOWN_FEED && state.unplanned.is_none() {
            all.entry(key.connector.to_string()).or_default().push(state);
        }
    }
    all
}

fn shown(entry: &Entry, connectors: Vec<ConnectorShown>) -> Shown {
    let Manifest { id, name, secrets, searches, history, rates, terms, .. } = entry.package.manifest();
    Shown {
        id: id.clone(),
        name: name.clone(),
        key: match secrets.as_slice() {
            [] => "none",
            some if some.iter().any(|secret| secret.required) => "needed",
            _ => "optional",
        },
        secrets: secrets.iter().map(|secret| secret.name.clone()).collect(),
        searches: *searches,
        history: history.clone(),
        rates: rates
            .iter()
            .map(|rate| format!("{} in {}", number::count(rate.requests.into()), show_duration(rate.per)))
            .collect(),
        terms: terms.clone(),
        connectors,
    }
}

/// How a connector is: what its worst feed says, as that is what a person acts on.
fn state(connector: &str, feeds: Option<&Vec<FeedState>>) -> ConnectorShown {
    let feeds = feeds.map_or(&[][..], Vec::as_slice);
    let resting = feeds.iter().flat_map(|state| [&state.newer, &state.older]).find_map(|walk| match &walk.status {
        WalkStatus::Resting { class, message } => Some((class, message, walk.next_at)),
        _ => None,
    });
    let reading = feeds.iter().any(|state| state.newer.status == WalkStatus::Reading && state.newer.polls > 0);
    let next = feeds.iter().filter_map(|state| state.newer.next_at).min();
    let (state, next_at, failure) = match resting {
        Some((class, message, next_at)) => ("resting", next_at, Some(failure(*class, message))),
        None if feeds.is_empty() => ("not run yet", None, None),
        None if reading => ("reading", None, None),
        None => ("waiting", next, None),
    };
    let count = feeds.iter().filter(|state| state.feed.id != PLAN_FEED).count();
    ConnectorShown { id: connector.to_owned(), state, feeds: count, next_at, failure }
}

fn failure(class: FailureClass, message: &str) -> String {
    format!("{class}: {message}")
}

fn words(connector: &ConnectorShown, paint: Paint) -> String {
    let id = &connector.id;
    match (&connector.failure, connector.next_at) {
        (Some(failure), _) => {
            let class = failure.split(':').next().unwrap_or(failure);
            paint.yellow(&format!("{id}: rests ({})", harmless(class)))
        }
        (None, None) if connector.feeds == 0 => format!("{id}: {}", connector.state),
        // When it is read next stands in the JSON form.
        (None, _) => format!("{id}: {} feeds", connector.feeds),
    }
}

#[cfg(test)]
mod tests {
    use vigie_mention::delivery::Feed;

    use super::*;

    fn feed(status: WalkStatus) -> FeedState {
        let feed = Feed { id: "a".to_owned(), title: "a".to_owned(), params: String::new(), expires_at: None };
        let mut state = FeedState::new(feed, false);
        state.newer.status = status;
        state.newer.polls = 1;
        state
    }

    #[test]
    fn a_connector_is_as_its_worst_feed() {
        assert_eq!(state("c", None).state, "not run yet");
        assert_eq!(state("c", Some(&vec![feed(WalkStatus::Waiting)])).state, "waiting");
        assert_eq!(state("c", Some(&vec![feed(WalkStatus::Waiting), feed(WalkStatus::Reading)])).state, "reading");
        let resting = WalkStatus::Resting { class: FailureClass::Unauthorized, message: "the key was refused".to_owned() };
        let worst = state("c", Some(&vec![feed(WalkStatus::Waiting), feed(resting)]));
        assert_eq!(
            (worst.state, worst.feeds, worst.failure.as_deref()),
            ("resting", 2, Some("unauthorized: the key was refused"))
        );
        assert_eq!(words(&worst, Paint { on: false }), "c: rests (unauthorized)");
    }

    /// An address that was taken out of the configuration went on resting for all to see.
    #[test]
    fn feeds_that_are_not_planned_any_more_say_nothing() {
        let key = |id: &str| vigie_mention::FeedKey {
            connector: vigie_mention::ConnectorId::new("c").expect("a name"),
            feed: id.to_owned(),
        };
        let resting = WalkStatus::Resting { class: FailureClass::Gone, message: "404".to_owned() };
        let ended = FeedState { unplanned: Some(Instant::from_millis(1)), ..feed(resting) };
        let states = by_connector(vec![(key("a"), feed(WalkStatus::Waiting)), (key("b"), ended)]);
        let shown = state("c", states.get("c"));
        assert_eq!((shown.state, shown.feeds, shown.failure), ("waiting", 1, None));
    }
}
