//! `vigie try`: one source plugin alone, its mentions as JSON lines.

mod gather;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::MultiProgress;
use serde_json::{Value, json};
use url::Url;
use vigie_mention::delivery::Search;
use vigie_mention::{FailureClass, Mention};
use vigie_query::{MatchText, Query};
use vigie_runtime::{
    CallError, Exchange, Kind, Limits, Manifest, Origin, PrivateAllowance, RuntimeError, SecretSource, Standing, check_settings,
};

use self::gather::{Bounds, Gathered, gather};
use super::times;
use crate::config::values::web_address;
use crate::config::{Network, Problems, suggest};
use crate::context::Context;
use crate::exit::{Stop, call_code, class_code};
use crate::plugins::{Catalog, Entry, Installed, Origin as PluginOrigin, WHAT_IS_MISSING};
use crate::render::text::harmless;
use crate::render::{Align, Paint, Table, width};
use crate::{engine, log};

const AFTER_HELP: &str = "\
Examples:
  vigie try hackernews --search 'rust OR cargo' --limit 20
  vigie try discourse --settings '{\"url\":\"https://users.rust-lang.org\"}' --json
  vigie try ./target/plugins/source-feed.wasm --settings @feed.json --record feed.har --json
  vigie try feed --settings @feed.json --replay feed.har --loose --json

A query is widened to what the source can search; what comes back is not filtered by it, unless with --match. Without \
--search a source that lists gives all it lists. A plugin named by its file may, for this one run, reach what its manifest \
asks for. Removals are printed as {\"id\": …, \"removed\": true}. A failure becomes the exit code (vigie --help lists them) and, \
with --json, one JSON line on the standard error; so does the number of mentions that could not be admitted.";

/// Run one source plugin alone and print its mentions
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Try {
    /// A bundled plugin by id, or the path of a .wasm file
    plugin: String,
    /// Its settings: JSON, or @FILE
    #[arg(long, value_name = "JSON|@FILE", default_value = "{}")]
    settings: String,
    /// What to search for, in Vigie's query language; may be repeated
    #[arg(long, value_name = "QUERY")]
    search: Vec<String>,
    /// Keep only what one of the queries matches exactly
    #[arg(long = "match", requires = "search")]
    matching: bool,
    /// A secret and the environment variable it is in: name=env:VARIABLE, or name=file:PATH; may be repeated
    // Read later: clap would repeat in its message what somebody put there by mistake.
    #[arg(long, value_name = "NAME=env:VAR")]
    secret: Vec<String>,
    /// Send the requests for an origin elsewhere; may be repeated
    #[arg(long, value_name = "ORIGIN=URL", value_parser = reroute)]
    reroute: Vec<(Origin, Url)>,
    /// A host or range that is not public and may be reached all the same; may be repeated
    #[arg(long, value_name = "HOST")]
    allow_private: Vec<PrivateAllowance>,
    /// Write every exchange to this HTTP archive, without secrets
    #[arg(long, value_name = "FILE.har", conflicts_with = "replay")]
    record: Option<PathBuf>,
    /// Answer every request from this HTTP archive
    #[arg(long, value_name = "FILE.har")]
    replay: Option<PathBuf>,
    /// Replay by method, host and path alone, not in strict order
    #[arg(long, requires = "replay")]
    loose: bool,
    /// Stop after so many mentions
    #[arg(long, short = 'n', value_name = "N", default_value_t = 1_000)]
    limit: usize,
    /// Read history back to here, and nothing published before: 2026-11-22, 2026-11-22T08:00:00Z, or 7d for seven days ago
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// Print JSON lines
    #[arg(long)]
    json: bool,
}

impl Try {
    /// Runs the plugin.
    pub(crate) fn run(&self, context: &Context) -> Result<(), Stop> {
        log::start(context, None, MultiProgress::new())?;
        let mut entry = find(&self.plugin)?;
        let manifest = entry.package.manifest().clone();
        let secrets = self.secrets(&manifest)?;
        let settings = self.settings(&manifest)?;
        let queries = self.queries(context)?;
        let exchange = self.exchange()?;
        if entry.origin != PluginOrigin::Bundled {
            // Naming a file on the command line is the operator's word for this run.
            entry.granted =
                vigie_runtime::Grants::judge(&manifest, &settings, &Standing::Installed { granted: Vec::new() }).missing();
        }
        let network = Network {
            reroute: self.reroute.iter().cloned().collect(),
            allow_private: self.allow_private.clone(),
            from_arguments: true,
            ..Network::default()
        };
        let since =
            self.since.as_ref().map(|text| times::instant(text, context.now())).transpose().map_err(Stop::usage_message)?;
        let bounds = Bounds { mentions: self.limit, since, now: context.clock() };
        let searches: Vec<Search> = queries.iter().map(Query::widen).collect();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let gathered = runtime.block_on(async {
            let sandbox = engine::runtime(context, &network, None)?;
            let source = engine::source(&sandbox, &entry, "try", &settings, secrets, Limits::source(), exchange.clone())?;
            Ok(gather(&source, &searches, &bounds).await)
        });
        let mut gathered = gathered.map_err(|error| match error {
            RuntimeError::Secrets { .. } => Stop::usage(error),
            other => Stop::from(other),
        })?;
        if self.matching {
            gathered.keep(|mention| queries.iter().any(|query| query.matches(&MatchText::of(mention))));
        }
        self.print(context, &gathered)?;
        if let Some(exchange) = &exchange {
            exchange.finish().map_err(|error| Stop::message(error.to_string()))?;
        }
        match &gathered.failure {
            Some((feed, error)) => Err(self.fail(feed, error)?),
            None if gathered.feeds == 0 && self.search.is_empty() && manifest.searches => Err(Stop::usage_message(format!(
                "source `{}` searches and lists nothing by itself: give it --search QUERY",
                manifest.id
            ))),
            None => Ok(()),
        }
    }

    fn settings(&self, manifest: &Manifest) -> Result<Value, Stop> {
        let text = match self.settings.strip_prefix('@') {
            Some(path) => std::fs::read_to_string(path)
                .map_err(|error| Stop::usage_message(format!("--settings {}: {error}", self.settings)))?,
            None => self.settings.clone(),
        };
        let settings: Value =
            serde_json::from_str(&text).map_err(|error| Stop::usage_message(format!("--settings is not JSON: {error}")))?;
        let misfits = check_settings(&manifest.settings, &settings);
        if misfits.is_empty() {
            return Ok(settings);
        }
        let lines: Vec<String> = misfits
            .iter()
            .map(|misfit| match crate::config::settings::cure(&manifest.settings, misfit) {
                Some(cure) => format!("setting {misfit}; {cure}"),
                None => format!("setting {misfit}"),
            })
            .collect();
        let message = format!("plugin `{}`: {}", manifest.id, lines.join("\n  "));
        Err(Stop { code: class_code(FailureClass::Settings), error: Some(anyhow::Error::msg(message)) })
    }

    fn queries(&self, context: &Context) -> Result<Vec<Query>, Stop> {
        let mut queries = Vec::new();
        for text in &self.search {
            let mut problems = Problems::new("--search", text.clone());
            match Query::parse(text) {
                Ok(parsed) => {
                    crate::config::show_query(&parsed.remarks, &mut problems);
                    queries.push(parsed.query);
                }
                Err(diagnostics) => crate::config::show_query(&diagnostics, &mut problems),
            }
            context.show_problems(&problems)?;
            if problems.errors() > 0 {
                return Err(Stop::usage_message(problems.summary()));
            }
        }
        Ok(queries)
    }

    fn exchange(&self) -> Result<Option<Exchange>, Stop> {
        let exchange = match (&self.record, &self.replay) {
            (Some(path), _) => Exchange::record(path),
            (_, Some(path)) => Exchange::replay(path, self.loose),
            (None, None) => return Ok(None),
        };
        exchange.map(Some).map_err(Stop::usage)
    }

    fn secrets(&self, manifest: &Manifest) -> Result<BTreeMap<String, SecretSource>, Stop> {
        let given: Result<BTreeMap<String, SecretSource>, String> = self.secret.iter().map(|text| secret(text)).collect();
        let mut secrets = given.map_err(|cure| Stop::usage_message(format!("--secret: {cure}")))?;
        if let Some(name) = secrets.keys().find(|name| manifest.secrets.iter().all(|secret| secret.name != **name)) {
            let known = manifest.secrets.iter().map(|secret| secret.name.as_str());
            return Err(Stop::usage_message(format!(
                "--secret {name}: {}",
                suggest(name, &format!("secrets of `{}`", manifest.id), known)
            )));
        }
        for secret in manifest.secrets.iter().filter(|secret| secret.required) {
            if secrets.contains_key(&secret.name) {
                continue;
            }
            if self.replay.is_none() {
                return Err(Stop::usage_message(format!(
                    "source `{}` needs the secret `{}` ({}): --secret {}=env:VARIABLE",
                    manifest.id, secret.name, secret.description, secret.name
                )));
            }
            // Recordings hold placeholders, so any value will do.
            secrets.insert(secret.name.clone(), SecretSource::Literal("replayed".to_owned()));
        }
        Ok(secrets)
    }

    fn print(&self, context: &Context, gathered: &Gathered) -> Result<(), Stop> {
        let mut out = context.out();
        if self.json {
            for found in gathered.found() {
                match found {
                    Ok(mention) => serde_json::to_writer(&mut out, mention).map_err(std::io::Error::from)?,
                    Err(id) => write!(out, "{}", json!({ "id": id, "removed": true }))?,
                }
                out.write_all(b"\n")?;
            }
            out.flush()?;
            if let Some(first) = gathered.refused.first() {
                let refused = json!({ "refused": gathered.refused.len(), "first": first });
                writeln!(std::io::stderr().lock(), "{refused}")?;
            }
            return Ok(());
        }
        let paint = Paint { on: context.colour() };
        let mut table =
            Table::new(&[("published", Align::Left), ("kind", Align::Left), ("author", Align::Left), ("text", Align::Left)]);
        for found in gathered.found() {
            table.row(match found {
                Ok(mention) => row(mention),
                Err(id) => vec![String::new(), "removed".to_owned(), String::new(), harmless(id)],
            });
        }
        if !table.is_empty() {
            writeln!(out, "{}", table.draw(paint, width()))?;
        }
        writeln!(out, "  {}", gathered.summary())?;
        Ok(out.flush()?)
    }

    /// The failure as it leaves the program.
    fn fail(&self, feed: &str, error: &CallError) -> Result<Stop, Stop> {
        let code = call_code(error);
        if !self.json {
            return Ok(Stop { code, error: Some(anyhow::Error::msg(format!("{}: {error}", harmless(feed)))) });
        }
        let mut line = match error {
            CallError::Failure(failure) => {
                json!({ "class": failure.class.name(), "message": failure.message, "retry_after_ms": failure.retry_after_ms })
            }
            CallError::Limit { limit, message } => json!({ "class": "limit", "limit": limit.setting(), "message": message }),
            CallError::Trap { message } => json!({ "class": "trap", "message": message }),
            CallError::Invalid { message } => json!({ "class": "invalid", "message": message }),
        };
        if let Some(fields) = line.as_object_mut() {
            fields.retain(|_, value| !value.is_null());
            fields.insert("feed".to_owned(), feed.into());
            fields.insert("exit_code".to_owned(), code.into());
        }
        writeln!(std::io::stderr().lock(), "{}", json!({ "failure": line }))?;
        Ok(Stop::quietly(code))
    }
}

fn row(mention: &Mention) -> Vec<String> {
    let author =
        mention.author.as_ref().map(|author| author.handle.as_ref().or(author.name.as_ref()).unwrap_or(&author.id).clone());
    let text =
        mention.title.iter().chain([&mention.text]).filter(|text| !text.is_empty()).cloned().collect::<Vec<_>>().join(" – ");
    vec![
        times::minute(mention.at()),
        mention.kind.name().to_owned(),
        crate::render::text::fit(&harmless(&author.unwrap_or_default()), 20),
        harmless(&text),
    ]
}

/// A bundled plugin by its id, or any other by its file.
fn find(name: &str) -> Result<Entry, Stop> {
    let path = Path::new(name);
    let entry = if path.extension().is_some_and(|extension| extension == "wasm") || name.contains('/') {
        Catalog::read_file(path).map_err(Stop::usage_message)?
    } else {
        let mut problems = Problems::new("", "");
        let mut catalog = Catalog::bundled(&mut problems);
        let known: Vec<String> = catalog.ids(Kind::Source).into_iter().map(str::to_owned).collect();
        catalog.take(name).ok_or_else(|| {
            let help = if known.is_empty() {
                WHAT_IS_MISSING.to_owned()
            } else {
                format!(
                    "{}; another one is named by its file",
                    suggest(name, "Bundled sources", known.iter().map(String::as_str))
                )
            };
            Stop::usage_message(format!("there is no bundled plugin `{name}`: {help}"))
        })?
    };
    if entry.package.manifest().kind != Kind::Source {
        return Err(Stop::usage_message(format!("`{}` is an analyzer; `vigie try` runs sources", entry.package.manifest().id)));
    }
    Ok(entry)
}

fn secret(text: &str) -> Result<(String, SecretSource), String> {
    let cure = "write name=env:VARIABLE or name=file:PATH; a secret itself never stands on a command line";
    let (name, place) = text.split_once('=').ok_or(cure)?;
    let source = match place.split_once(':') {
        Some(("env", variable)) if !variable.is_empty() => SecretSource::Env(variable.to_owned()),
        Some(("file", path)) if !path.is_empty() => SecretSource::File(PathBuf::from(path)),
        _ => return Err(cure.to_owned()),
    };
    Ok((name.to_owned(), source))
}

fn reroute(text: &str) -> Result<(Origin, Url), String> {
    let (from, to) = text.split_once('=').ok_or("write https://real.example=http://127.0.0.1:4080/path")?;
    Ok((from.parse().map_err(|error: vigie_runtime::InvalidOrigin| error.to_string())?, web_address(to)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_never_stands_on_the_command_line() {
        assert_eq!(secret("key=env:KEY"), Ok(("key".to_owned(), SecretSource::Env("KEY".to_owned()))));
        for bad in ["key=hunter2", "key", "key=env:", "key=pass:x"] {
            assert!(secret(bad).is_err_and(|cure| !cure.contains("hunter2")), "{bad}");
        }
    }

    #[test]
    fn an_origin_is_rerouted_to_an_address() {
        assert!(reroute("https://a.example=http://127.0.0.1:80/x?y=z").is_ok());
        for bad in ["https://a.example", "a=b", "https://a.example=nowhere"] {
            assert!(reroute(bad).is_err(), "{bad}");
        }
    }
}
