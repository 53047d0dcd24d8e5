//! Runs a plugin on one recorded answer.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use url::Url;
use vigie_mention::delivery::{Change, Direction, Feed, PollRequest, Search};
use vigie_mention::{Instant, Mention};
use vigie_pipeline::admit::{Admission, admit};
use vigie_query::Query;
use vigie_runtime::{
    CallError, Clock, Grants, Limits, Making, Manifest, NetworkPolicy, Origin, Pace, Package, Place, Retries, Runtime,
    RuntimeOptions, SecretSource, SourcePlugin, SourceUse, Standing,
};

use crate::index::Sample;
use crate::recipe::{self, Prepared, Recipe};
use crate::serve::Server;

/// What came of one answer.
pub(crate) struct Tried {
    /// The requests the plugin made.
    pub(crate) asked: Vec<String>,
    pub(crate) outcome: Outcome,
}

pub(crate) enum Outcome {
    /// The plugin understood it.
    Read { mentions: Vec<Mention>, removed: Vec<String>, refused: Vec<String>, feeds: Vec<String> },
    /// The plugin, or the host for it, reported a failure.
    Failed { class: String, message: String, retry_after_ms: Option<u64> },
    /// Nobody asks for such an answer.
    NotAsked { why: String },
}

/// Runs the plugin that would ask for a recorded answer.
pub(crate) async fn ask(plugins: &Path, plugin: &str, recipes: &[Recipe], sample: &Sample) -> Tried {
    let not_asked = |why: String| Tried { asked: Vec::new(), outcome: Outcome::NotAsked { why } };
    let path = plugins.join(format!("source-{plugin}.wasm"));
    if !path.is_file() {
        return not_asked(format!("there is no plugin `{plugin}`"));
    }
    let Some(url) = sample.address(plugin) else {
        return not_asked(format!("`{}` is no address that is asked", sample.url));
    };
    let mut tried = not_asked(format!("`{plugin}` never asks for {} {}", sample.method, url.path()));
    for prepared in recipe::prepare(recipes, &url, sample) {
        tried = match run(&path, plugin, &prepared, sample, &url).await {
            Ok(tried) => tried,
            Err(error) => Tried {
                asked: Vec::new(),
                outcome: Outcome::Failed { class: UNUSABLE.to_owned(), message: format!("{error:#}"), retry_after_ms: None },
            },
        };
        match &tried.outcome {
            Outcome::NotAsked { .. } => {}
            Outcome::Failed { class, .. } if class == UNUSABLE => {}
            _ => break,
        }
    }
    tried
}

/// A recipe whose settings do not fit the plugin.
const UNUSABLE: &str = "unusable";

async fn run(path: &Path, plugin: &str, prepared: &Prepared, sample: &Sample, url: &Url) -> Result<Tried> {
    let server = Server::start(sample, url, &prepared.recipe).await?;
    let package = Package::read(std::fs::read(path)?, plugin)?;
    let source = live(&package, prepared, &server, url)?;
    let called = call(&source, prepared).await;
    let (asked, given) = server.end();
    let outcome = match called {
        Ok(called) => read(&source, called),
        Err(CallError::Failure(failure)) => Outcome::Failed {
            class: failure.class.name().to_owned(),
            message: failure.message,
            retry_after_ms: failure.retry_after_ms,
        },
        Err(error) => Outcome::Failed { class: "broken".to_owned(), message: error.to_string(), retry_after_ms: None },
    };
    let outcome = if given { outcome } else { unasked(outcome, &asked) };
    Ok(Tried { asked, outcome })
}

/// The plugin, with every origin it may ask sent to the server.
fn live(package: &Package, prepared: &Prepared, server: &Server, recorded: &Url) -> Result<SourcePlugin> {
    let manifest = package.manifest();
    let mut reroute = BTreeMap::new();
    for origin in origins(manifest, prepared, recorded) {
        let (scheme, host) = origin.split_once("://").unwrap_or(("https", &origin));
        let target = Url::parse(&format!("http://{}/{scheme}/{host}", server.addr))?;
        reroute.insert(origin.parse::<Origin>()?, target);
    }
    let rates = reroute.keys().map(|origin| (origin.clone().into(), Pace::new(10_000, Duration::from_secs(1)))).collect();
    let network = NetworkPolicy {
        reroute,
        rates,
        retries: Retries { tries: 1, patience: Duration::ZERO, ..Retries::default() },
        ..NetworkPolicy::default()
    };
    let runtime =
        Runtime::new(RuntimeOptions { cache_dir: cache(), network, clock: Clock::System, ..RuntimeOptions::default() })?;
    let secrets = manifest.secrets.iter().map(|secret| (secret.name.clone(), SecretSource::Literal("recorded".to_owned())));
    let use_ = SourceUse {
        connector: "samples".to_owned(),
        settings: prepared.settings.clone(),
        secrets: secrets.collect(),
        grants: Grants::judge(manifest, &prepared.settings, &Standing::Bundled),
        limits: Limits::source(),
        exchange: None,
    };
    runtime.source(package, use_).context("the plugin cannot be used with the recipe's settings")
}

/// Every origin the plugin may ask: those of its manifest, its settings, its token exchanges, and that of the recording.
fn origins(manifest: &Manifest, prepared: &Prepared, recorded: &Url) -> Vec<String> {
    let mut origins = vec![recorded.origin().ascii_serialization()];
    for host in &manifest.hosts {
        if let Place::Origin(origin) = &host.place
            && !origin.contains('*')
        {
            origins.push(origin.clone());
        }
    }
    for derived in &manifest.derived {
        if let Making::Exchange(exchange) = &derived.making
            && let Ok(url) = Url::parse(&exchange.url)
        {
            origins.push(url.origin().ascii_serialization());
        }
    }
    texts(&prepared.settings, &mut origins);
    origins.sort();
    origins.dedup();
    origins
}

/// The origins of the addresses in settings.
fn texts(value: &serde_json::Value, origins: &mut Vec<String>) {
    match value {
        serde_json::Value::String(text) => {
            let url = Url::parse(text).or_else(|_| Url::parse(&format!("https://{text}")));
            if let Some(url) = url.ok().filter(|url| url.host_str().is_some_and(|host| host.contains('.'))) {
                origins.push(url.origin().ascii_serialization());
            }
        }
        serde_json::Value::Array(list) => list.iter().for_each(|value| texts(value, origins)),
        serde_json::Value::Object(map) => map.values().for_each(|value| texts(value, origins)),
        _ => {}
    }
}

/// What a call brought.
struct Called {
    changes: Vec<Change>,
    feeds: Vec<Feed>,
}

async fn call(source: &SourcePlugin, prepared: &Prepared) -> Result<Called, CallError> {
    let Recipe { search, feed, params, refresh, direction, cursor, .. } = &prepared.recipe;
    if !refresh.is_empty() {
        return Ok(Called { changes: source.refresh(refresh).await?, feeds: Vec::new() });
    }
    let invalid = |message: String| CallError::Invalid { message };
    let searches: Vec<Search> = match search {
        Some(text) => {
            vec![Query::parse(text).map_err(|_| invalid(format!("the recipe's search `{text}` is none")))?.query.widen()]
        }
        None => Vec::new(),
    };
    let planned = match params {
        Some(params) => {
            vec![Feed { id: "recipe".to_owned(), title: "recipe".to_owned(), params: params.clone(), expires_at: None }]
        }
        None => source.plan(&searches).await?,
    };
    let wanted = |planned: &&Feed| feed.as_ref().is_none_or(|prefix| planned.id.starts_with(prefix.as_str()));
    let Some(feed) = planned.iter().find(wanted) else {
        let ids: Vec<&str> = planned.iter().map(|feed| feed.id.as_str()).collect();
        return Err(invalid(format!("the recipe's feed is not among those planned: {}", ids.join(", "))));
    };
    let direction = if direction.as_deref() == Some("older") { Direction::Older } else { Direction::Newer };
    let request = PollRequest { feed: feed.clone(), direction, cursor: cursor.clone(), since: None, limit: 1_000 };
    let batch = source.poll(request).await?;
    Ok(Called { changes: batch.changes, feeds: batch.feeds })
}

/// The mentions as the host admits them; of several deliveries of one, the last.
fn read(source: &SourcePlugin, called: Called) -> Outcome {
    let admission = Admission {
        source: source.manifest().id.clone(),
        instance: source.instance().to_owned(),
        now: Instant::now(),
        most_bytes: source.limits().mention_bytes,
    };
    let (mut mentions, mut removed, mut refused): (Vec<Mention>, _, _) = (Vec::new(), Vec::new(), Vec::new());
    for change in called.changes {
        match change {
            Change::Remove(id) => removed.push(id),
            Change::Upsert(raw) => {
                let id = raw.id.clone();
                match admit(&admission, *raw) {
                    Ok(mention) => match mentions.iter_mut().find(|known| known.id == mention.id) {
                        Some(known) => *known = mention,
                        None => mentions.push(mention),
                    },
                    Err(refusal) => refused.push(format!("`{id}`: {refusal}")),
                }
            }
        }
    }
    Outcome::Read { mentions, removed, refused, feeds: called.feeds.into_iter().map(|feed| feed.id).collect() }
}

/// A plugin that never asked for the answer shows nothing about it.
fn unasked(outcome: Outcome, asked: &[String]) -> Outcome {
    let asked = if asked.is_empty() { "nothing".to_owned() } else { asked.join(", ") };
    let why = match outcome {
        Outcome::Failed { message, .. } => format!("the recipe does not lead to it: {message}; asked: {asked}"),
        _ => format!("the recipe does not lead to it; asked: {asked}"),
    };
    Outcome::NotAsked { why }
}

/// Where compiled plugins are kept.
fn cache() -> Option<std::path::PathBuf> {
    let home = std::env::var_os("XDG_CACHE_HOME").map(std::path::PathBuf::from);
    home.or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(".cache"))).map(|cache| cache.join("vigie"))
}
