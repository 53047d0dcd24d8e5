//! `[connectors.ID]`: one use of a source.

use std::ops::Range;
use std::time::Duration;

use vigie_pipeline::Accept;

use super::{ConnectorTable, SecretPlace, name};
use crate::config::limits::LimitsTable;
use crate::config::problem::{Problem, Problems};
use crate::config::tree::{At, Node, Table, Value};
use crate::config::values::lifetime;

/// Shortest time between two polls of a connector.
const SHORTEST_EVERY: Duration = Duration::from_secs(60);
/// How old a mention is each time it is read again: counters move most on the first day.
const DEFAULT_REFRESH: [Duration; 6] = [
    Duration::from_secs(3_600),
    Duration::from_secs(6 * 3_600),
    Duration::from_secs(24 * 3_600),
    Duration::from_secs(3 * 24 * 3_600),
    Duration::from_secs(7 * 24 * 3_600),
    Duration::from_secs(30 * 24 * 3_600),
];
/// Time between two polls if the file says nothing.
const DEFAULT_EVERY: Duration = Duration::from_secs(15 * 60);
/// Mentions asked for in one poll if the file says nothing.
const DEFAULT_BATCH: u64 = 100;
/// Feeds of one connector read side by side if the file says nothing.
const DEFAULT_PARALLEL: usize = 4;

/// Reads `[connectors.ID]`.
pub(super) fn connector(id: At<String>, table: &Table<'_>, problems: &mut Problems) -> ConnectorTable {
    table.only(
        &["source", "topics", "every", "history", "refresh", "accept", "batch", "parallel", "settings", "secrets", "limits"],
        problems,
    );
    let id = name(id, "connector", problems);
    let source = table.text("source", problems);
    if table.get("source").is_none() {
        problems.push(
            Problem::error("config::missing_key", table.span.clone(), format!("connector `{}` names no source", id.value))
                .label("this connector")
                .help("add source = \"…\"; `vigie plugins list` shows the sources there are"),
        );
    }
    let accept = table.parsed("accept", "config::accept", accept, problems).map_or(Accept::Matching, |accept| accept.value);
    let topics = table.texts("topics", problems);
    let none = topics.as_ref().map_or(table.get("topics").is_none(), |topics| topics.value.is_empty());
    if none {
        let span = topics.as_ref().map_or_else(|| table.span.clone(), |topics| topics.span.clone());
        problems.push(
            Problem::error("config::no_topics", span, format!("connector `{}` has no topics", id.value))
                .label("nothing would be kept")
                .help("add topics = [\"…\"] with the names of [topics.…] tables"),
        );
    }
    let every = table.parsed("every", "config::duration", lifetime, problems);
    if let Some(every) = every.as_ref().filter(|every| every.value < SHORTEST_EVERY) {
        problems.push(
            Problem::error("config::every_too_short", every.span.clone(), format!("connector `{}` would poll too often", id.value))
                .label("shorter than a minute")
                .help("write \"1m\" or more; services block clients that ask more often, and new feeds found on the way are read at once anyway"),
        );
    }
    ConnectorTable {
        id,
        source,
        topics,
        every: every.map_or(DEFAULT_EVERY, |every| every.value),
        history: table.parsed("history", "config::duration", lifetime, problems).map(|history| history.value),
        refresh: refresh(table, problems),
        accept,
        parallel: table
            .number("parallel", 1, 64, problems)
            .map_or(DEFAULT_PARALLEL, |parallel| usize::try_from(parallel.value).unwrap_or(1)),
        batch: u32::try_from(table.number("batch", 1, 1_000, problems).map_or(DEFAULT_BATCH, |batch| batch.value))
            .unwrap_or(1_000),
        settings: settings(table, problems),
        secrets: secrets(table, problems),
        limits: table.table("limits", problems).map(|table| LimitsTable::read(&table, problems)).unwrap_or_default(),
    }
}

/// How old a mention is each time it is read again; the default if nothing is said, `[]` for never.
fn refresh(table: &Table<'_>, problems: &mut Problems) -> Vec<Duration> {
    let Some(ages) = table.texts("refresh", problems) else { return DEFAULT_REFRESH.to_vec() };
    let mut read = Vec::new();
    for age in ages.value {
        match lifetime(&age.value) {
            Ok(age) if !age.is_zero() => read.push(age),
            cure => problems.push(
                Problem::error("config::duration", age.span, format!("`{}` is no age", age.value))
                    .label("this one")
                    .help(cure.err().unwrap_or_else(|| "an age is longer than nothing".to_owned())),
            ),
        }
    }
    read
}

fn accept(text: &str) -> Result<Accept, String> {
    match text {
        "matching" => Ok(Accept::Matching),
        "conversation" => Ok(Accept::Conversation),
        "everything" => Ok(Accept::Everything),
        _ => Err("write \"matching\" (what a topic matches), \"conversation\" (and the answers to it) or \"everything\" (all that the source gives)"
            .to_owned()),
    }
}

pub(super) fn settings(table: &Table<'_>, problems: &mut Problems) -> Option<(Range<usize>, Node)> {
    table.table("settings", problems)?;
    table.get("settings").map(|(key, node)| (key.span.clone(), node.clone()))
}

fn secrets(table: &Table<'_>, problems: &mut Problems) -> Vec<(At<String>, SecretPlace)> {
    let Some(secrets) = table.table("secrets", problems) else { return Vec::new() };
    secrets.entries().map(|(name, node)| (name.clone(), secret(&name.value, node, problems))).collect()
}

fn secret(name: &str, node: &Node, problems: &mut Problems) -> SecretPlace {
    let cure = format!("write {name} = {{ env = \"A_VARIABLE\" }} or {name} = {{ file = \"a/path\" }}");
    let mut wrong = |label: &str| {
        // What stands there may be the secret itself.
        problems.hidden.push(node.span.clone());
        problems.push(
            Problem::error("config::secret", node.span.clone(), format!("secret `{name}` must say where it is kept"))
                .label(label.to_owned())
                .help(cure.clone()),
        );
        SecretPlace::Wrong
    };
    let Value::Table(entries) = &node.value else {
        return wrong("secrets are never written into this file");
    };
    match entries.as_slice() {
        [(key, At { value: Value::Text(text), span })] if !text.is_empty() => {
            let at = At { value: text.clone(), span: span.clone() };
            match key.value.as_str() {
                "env" => SecretPlace::Env(at),
                "file" => SecretPlace::File(at),
                _ => wrong("neither `env` nor `file`"),
            }
        }
        _ => wrong("exactly one of `env` and `file`, a string"),
    }
}
