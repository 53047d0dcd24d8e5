//! The shape of the operator's file: which tables and keys there are and what each may hold. What a name refers to is
//! looked up in [`super::resolve`].

mod connector;

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use url::Url;
use vigie_mention::{ConnectorId, InvalidName, TopicId};
use vigie_pipeline::Accept;
use vigie_runtime::{Grant, Origin, Pace, PrivateAllowance};

use super::limits::LimitsTable;
use super::problem::{Problem, Problems};
use super::tree::{At, Node, Table, Value, parse};
use super::values::{header_text, log_level, pace, web_address};
use connector::{connector, settings};

/// The whole file, each value with its place.
#[derive(Debug, Default)]
pub(crate) struct File {
    /// `[store] path`
    pub(crate) store: Option<At<String>>,
    /// `[topics.ID]`
    pub(crate) topics: Vec<TopicTable>,
    /// `[queries]`
    pub(crate) queries: QueriesTable,
    /// `[connectors.ID]`
    pub(crate) connectors: Vec<ConnectorTable>,
    /// `[analyzers.ID]`
    pub(crate) analyzers: Vec<AnalyzerTable>,
    /// `[plugins] folder`
    pub(crate) plugin_folder: Option<At<String>>,
    /// `[plugins.ID]`
    pub(crate) plugins: Vec<PluginTable>,
    /// `[network]`
    pub(crate) network: NetworkTable,
    /// `[limits]`, for every plugin that says nothing else.
    pub(crate) limits: LimitsTable,
    /// `[log] level`
    pub(crate) log: Option<At<String>>,
}

/// `[topics.ID]`
#[derive(Debug)]
pub(crate) struct TopicTable {
    pub(crate) id: At<TopicId>,
    /// Its name as the file has it: what connectors call it by, even where it is no usable one.
    pub(crate) written: String,
    pub(crate) title: Option<String>,
    pub(crate) group: Option<String>,
    pub(crate) query: Option<At<String>>,
}

/// `[queries]`: what the topics' queries share.
#[derive(Debug, Default)]
pub(crate) struct QueriesTable {
    /// `[queries.parts]`: `@{name}`
    pub(crate) parts: Vec<(At<String>, At<String>)>,
    /// `[queries.lists]`: `@list(name)`
    pub(crate) lists: Vec<(At<String>, ListPlace)>,
}

/// Where the values of a list stand.
#[derive(Debug)]
pub(crate) enum ListPlace {
    /// Here.
    Values(Vec<String>),
    /// `{ file = "path" }`, one value a line.
    File(At<String>),
}

/// `[connectors.ID]`
#[derive(Debug)]
pub(crate) struct ConnectorTable {
    pub(crate) id: At<ConnectorId>,
    pub(crate) source: Option<At<String>>,
    pub(crate) topics: Option<At<Vec<At<String>>>>,
    pub(crate) every: Duration,
    pub(crate) history: Option<Duration>,
    pub(crate) refresh: Vec<Duration>,
    pub(crate) accept: Accept,
    pub(crate) parallel: usize,
    pub(crate) batch: u32,
    pub(crate) settings: Option<(Range<usize>, Node)>,
    pub(crate) secrets: Vec<(At<String>, SecretPlace)>,
    pub(crate) limits: LimitsTable,
}

/// Where a secret is kept.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum SecretPlace {
    /// `{ env = "NAME" }`
    Env(At<String>),
    /// `{ file = "path" }`
    File(At<String>),
    /// Written wrongly; already reported.
    Wrong,
}

/// `[analyzers.ID]`
#[derive(Debug)]
pub(crate) struct AnalyzerTable {
    pub(crate) id: At<String>,
    pub(crate) enabled: bool,
    /// Whether it may learn in place.
    pub(crate) learn: Option<At<bool>>,
    pub(crate) settings: Option<(Range<usize>, Node)>,
    pub(crate) limits: LimitsTable,
}

impl AnalyzerTable {
    /// Whether it learns in place: only where that is said.
    pub(crate) fn learns(&self) -> bool {
        self.learn.as_ref().is_some_and(|learn| learn.value)
    }
}

/// `[plugins.ID]`
#[derive(Debug)]
pub(crate) struct PluginTable {
    pub(crate) id: At<String>,
    pub(crate) path: Option<At<String>>,
    /// `[plugins.ID.grant] hosts`, if there is such a table.
    pub(crate) grant: Option<Vec<Grant>>,
}

/// `[network]`
#[derive(Debug, Default)]
pub(crate) struct NetworkTable {
    pub(crate) allow_private: Vec<PrivateAllowance>,
    pub(crate) user_agent: Option<String>,
    pub(crate) contact: Option<String>,
    pub(crate) reroute: BTreeMap<Origin, Url>,
    pub(crate) rates: Vec<(Origin, Pace)>,
}

/// Reads the file, collecting every mistake of its shape.
pub(crate) fn read(problems: &mut Problems) -> File {
    let root = parse(problems);
    let Some(root) = Table::of("", 0..0, &root, problems) else { return File::default() };
    root.only(&["store", "topics", "queries", "connectors", "analyzers", "plugins", "network", "limits", "log"], problems);
    let mut file = File::default();
    if let Some(store) = root.table("store", problems) {
        store.only(&["path"], problems);
        file.store = store.text("path", problems).and_then(|path| not_empty("path", path, problems));
    }
    if let Some(topics) = root.table("topics", problems) {
        file.topics = topics.tables(problems).into_iter().map(|(id, table)| topic(id, &table, problems)).collect();
    }
    if let Some(table) = root.table("queries", problems) {
        file.queries = queries(&table, problems);
    }
    if let Some(connectors) = root.table("connectors", problems) {
        file.connectors = connectors.tables(problems).into_iter().map(|(id, table)| connector(id, &table, problems)).collect();
    }
    if let Some(analyzers) = root.table("analyzers", problems) {
        file.analyzers = analyzers.tables(problems).into_iter().map(|(id, table)| analyzer(id, &table, problems)).collect();
    }
    if let Some(table) = root.table("plugins", problems) {
        plugins(&table, &mut file, problems);
    }
    if let Some(table) = root.table("network", problems) {
        file.network = network(&table, problems);
    }
    if let Some(table) = root.table("limits", problems) {
        file.limits = LimitsTable::read(&table, problems);
    }
    if let Some(table) = root.table("log", problems) {
        table.only(&["level"], problems);
        file.log = table.parsed("level", "config::log", log_level, problems);
    }
    file
}

fn topic(id: At<String>, table: &Table<'_>, problems: &mut Problems) -> TopicTable {
    table.only(&["title", "group", "query"], problems);
    let topic = TopicTable {
        written: id.value.clone(),
        id: name(id, "topic", problems),
        title: table.text("title", problems).map(|title| title.value),
        group: table.text("group", problems).map(|group| group.value),
        query: table.text("query", problems),
    };
    if table.get("query").is_none() {
        problems.push(
            Problem::error("config::missing_key", table.span.clone(), format!("topic `{}` has no query", topic.id.value))
                .label("this topic")
                .help("say what it looks for, for example query = '\"acme phone\" OR #acme'"),
        );
    }
    topic
}

fn queries(table: &Table<'_>, problems: &mut Problems) -> QueriesTable {
    table.only(&["parts", "lists"], problems);
    let mut queries = QueriesTable::default();
    if let Some(parts) = table.table("parts", problems) {
        for (name, _) in parts.entries().filter(|(name, _)| is_saved_name(name, "part", problems)).collect::<Vec<_>>() {
            queries.parts.extend(parts.text(&name.value, problems).map(|text| (name.clone(), text)));
        }
    }
    if let Some(lists) = table.table("lists", problems) {
        for (name, node) in lists.entries().filter(|(name, _)| is_saved_name(name, "list", problems)).collect::<Vec<_>>() {
            let place = match &node.value {
                Value::Table(_) => lists.table(&name.value, problems).and_then(|table| {
                    table.only(&["file"], problems);
                    table.text("file", problems).map(ListPlace::File)
                }),
                _ => lists
                    .texts(&name.value, problems)
                    .map(|values| ListPlace::Values(values.value.into_iter().map(|value| value.value).collect())),
            };
            queries.lists.extend(place.map(|place| (name.clone(), place)));
        }
    }
    queries
}

/// Whether a query can name it: `@{name}` ends at `}`, `@list(name)` at `)`.
fn is_saved_name(name: &At<String>, what: &str, problems: &mut Problems) -> bool {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let good = !name.value.is_empty() && name.value.chars().all(plain);
    if !good {
        problems.push(
            Problem::error("config::name", name.span.clone(), format!("this {what} of queries has no usable name"))
                .label("names are short plain words")
                .help("write letters, digits, `-`, `_` and `.`"),
        );
    }
    good
}

fn analyzer(id: At<String>, table: &Table<'_>, problems: &mut Problems) -> AnalyzerTable {
    table.only(&["enabled", "learn", "settings", "limits"], problems);
    AnalyzerTable {
        id,
        enabled: table.flag("enabled", problems).is_none_or(|enabled| enabled.value),
        learn: table.flag("learn", problems),
        settings: settings(table, problems),
        limits: table.table("limits", problems).map(|table| LimitsTable::read(&table, problems)).unwrap_or_default(),
    }
}

fn plugins(table: &Table<'_>, file: &mut File, problems: &mut Problems) {
    file.plugin_folder = table.text("folder", problems).and_then(|folder| not_empty("folder", folder, problems));
    for (id, node) in table.entries().filter(|(id, _)| id.value != "folder") {
        let Some(plugin) = Table::of(format!("plugins.{}", id.value), id.span.clone(), node, problems) else { continue };
        plugin.only(&["path", "grant"], problems);
        let path = plugin.text("path", problems).and_then(|path| not_empty("path", path, problems));
        let grant = plugin.table("grant", problems).map(|table| grants(&table, problems));
        file.plugins.push(PluginTable { id: id.clone(), path, grant });
    }
}

fn grants(table: &Table<'_>, problems: &mut Problems) -> Vec<Grant> {
    table.only(&["hosts"], problems);
    let mut grants = Vec::new();
    for text in table.texts("hosts", problems).into_iter().flat_map(|hosts| hosts.value) {
        match text.value.parse::<Grant>() {
            Ok(grant) => grants.push(grant),
            Err(error) => problems.push(
                Problem::error("config::grant", text.span, error.to_string())
                    .label("no grant")
                    .help("write \"GET https://api.example.com\"; `vigie plugins why NAME` prints the line a plugin needs"),
            ),
        }
    }
    grants
}

fn network(table: &Table<'_>, problems: &mut Problems) -> NetworkTable {
    table.only(&["allow_private", "user_agent", "contact", "rates", "reroute"], problems);
    let mut network = NetworkTable {
        user_agent: table.parsed("user_agent", "config::header", header_text, problems).and_then(|text| text.value),
        contact: table.parsed("contact", "config::header", header_text, problems).and_then(|text| text.value),
        ..NetworkTable::default()
    };
    for host in table.texts("allow_private", problems).into_iter().flat_map(|list| list.value) {
        match host.value.parse::<PrivateAllowance>() {
            Ok(allowance) => network.allow_private.push(allowance),
            Err(error) => problems.push(
                Problem::error("config::allow_private", host.span, format!("`{}` names no hosts: {error}", host.value))
                    .help("write a host (\"forum.internal\", \"*.internal\") or a range (\"10.1.0.0/16\")"),
            ),
        }
    }
    if let Some(rates) = table.table("rates", problems) {
        for (origin, _) in rates.entries() {
            let pace = rates.parsed(&origin.value, "config::rates", pace, problems);
            match origin.value.parse::<Origin>() {
                Ok(origin) => network.rates.extend(pace.map(|pace| (origin, pace.value))),
                Err(error) => problems.push(
                    Problem::error("config::rates", origin.span.clone(), format!("`{}` is no origin", origin.value))
                        .label("the origin that is asked at this rate stands here")
                        .help(error.to_string()),
                ),
            }
        }
    }
    let Some(reroute) = table.table("reroute", problems) else { return network };
    for (from, _) in reroute.entries() {
        let to = reroute.parsed(&from.value, "config::reroute", web_address, problems);
        match from.value.parse::<Origin>() {
            Ok(origin) => network.reroute.extend(to.map(|to| (origin, to.value))),
            Err(error) => problems.push(
                Problem::error("config::reroute", from.span.clone(), format!("`{}` is no origin to reroute", from.value))
                    .label("the real origin stands here")
                    .help(error.to_string()),
            ),
        }
    }
    network
}

/// The name of a table. One that cannot be used is a mistake, and a plain form of it stands in: what is wrong below the
/// heading is to be found in the same run.
fn name<T: TryFrom<String, Error = InvalidName>>(id: At<String>, what: &str, problems: &mut Problems) -> At<T> {
    let stand_in = plain_name(&id.value);
    let value = T::try_from(id.value).or_else(|error| {
        problems.push(
            Problem::error("config::name", id.span.clone(), format!("this {what} has no usable name"))
                .label("names are short plain words")
                .help(format!("{error}; `{stand_in}` would do")),
        );
        T::try_from(stand_in)
    });
    At { value: value.expect("a plain name is a name"), span: id.span }
}

/// The nearest name that topics and connectors can have: `acme-phone` for `Acme Phone`.
fn plain_name(written: &str) -> String {
    let plain: String = written
        .to_ascii_lowercase()
        .chars()
        .map(|c| if c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' { c } else { '-' })
        .collect();
    let plain: String = plain.trim_start_matches(['-', '_']).chars().take(64).collect();
    if plain.is_empty() { "unnamed".to_owned() } else { plain }
}

fn not_empty(key: &str, text: At<String>, problems: &mut Problems) -> Option<At<String>> {
    if text.value.is_empty() {
        problems.push(
            Problem::error("config::empty", text.span, format!("`{key}` is empty")).help("give it a value or remove the line"),
        );
        return None;
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Vec<String> {
        let mut problems = Problems::new("vigie.toml", text);
        read(&mut problems);
        problems.sort();
        problems.list.iter().map(|problem| format!("{} {}", problem.code, problem.message)).collect()
    }

    #[test]
    fn a_whole_file_is_read() {
        let text = r#"
[store]
path = "data/vigie.redb"
[topics.acme]
title = "Acme"
group = "phones"
query = 'acme'
[connectors.videos]
source = "youtube"
topics = ["acme"]
every = "30m"
history = "90d"
accept = "everything"
batch = 50
settings = { region = "FR" }
secrets.api-key = { env = "YOUTUBE_API_KEY" }
limits = { memory = "128MiB" }
[analyzers.sentiment]
enabled = false
[plugins]
folder = "plugins"
[plugins.youtube]
path = "youtube.wasm"
grant = { hosts = ["GET,POST https://www.googleapis.com"] }
[network]
allow_private = ["127.0.0.1"]
contact = "ops@example.org"
[network.reroute]
"https://www.googleapis.com" = "http://127.0.0.1:4080/youtube"
[limits]
wall = "2m"
[log]
level = "debug"
"#;
        assert_eq!(codes(text), Vec::<String>::new());
        let mut problems = Problems::new("vigie.toml", text);
        let file = read(&mut problems);
        let connector = &file.connectors[0];
        assert_eq!((connector.every.as_secs(), connector.batch, connector.accept), (1_800, 50, Accept::Everything));
        assert_eq!(connector.history, Some(Duration::from_secs(90 * 86_400)));
        assert!(
            matches!(&connector.secrets[0], (name, SecretPlace::Env(env)) if name.value == "api-key" && env.value == "YOUTUBE_API_KEY")
        );
        assert!(!file.analyzers[0].enabled);
        assert_eq!(file.network.reroute.values().map(Url::as_str).collect::<Vec<_>>(), ["http://127.0.0.1:4080/youtube"]);
    }

    #[test]
    fn all_mistakes_are_found_in_one_run() {
        let text = r#"
[topics.Acme]
query = 'acme'
[topics.rival]
qery = 'rival'
[connectors.press]
topics = []
every = "10s"
history = "long"
accept = "some"
batch = 5000
colour = "red"
[connectors.press.secrets]
key = "hunter2"
token = { env = "A", file = "b" }
[connectors.video]
source = 3
topics = "rival"
[plugins.own]
path = ""
grant.hosts = ["FETCH nothing"]
[network.reroute]
"https://a.example/path" = "http://127.0.0.1"
"https://b.example" = "nowhere"
[limits]
memory = "much"
[logs]
"#;
        assert_eq!(
            codes(text),
            [
                "config::name this topic has no usable name",
                "config::missing_key topic `rival` has no query",
                "config::unknown_key `[topics.rival]` has no key `qery`",
                "config::missing_key connector `press` names no source",
                "config::no_topics connector `press` has no topics",
                "config::every_too_short connector `press` would poll too often",
                "config::duration `history` cannot be \"long\"",
                "config::accept `accept` cannot be \"some\"",
                "config::number `batch` is 5000",
                "config::unknown_key `[connectors.press]` has no key `colour`",
                "config::secret secret `key` must say where it is kept",
                "config::secret secret `token` must say where it is kept",
                "config::wrong_type `source` must be a string",
                "config::wrong_type `topics` must be a list of strings",
                "config::empty `path` is empty",
                "config::grant `FETCH nothing` is not a grant such as `GET,POST https://api.example.com`: it begins with what is no method",
                "config::reroute `https://a.example/path` is no origin to reroute",
                "config::reroute `https://b.example` cannot be \"nowhere\"",
                "config::size `memory` cannot be \"much\"",
                "config::unknown_key the file has no key `logs`",
            ]
        );
    }

    #[test]
    fn a_secret_in_the_file_is_never_shown() {
        let mut problems = Problems::new("vigie.toml", "[connectors.a]\nsource='x'\ntopics=['t']\nsecrets.key = 'hunter2'\n");
        read(&mut problems);
        let drawn = problems.render(false, 80);
        assert!(!drawn.contains("hunter2") && drawn.contains("never written into this file"), "{drawn}");
        for misplaced in ["api-key = 'hunter2'", "secrets = 'hunter2'"] {
            let mut problems = Problems::new("vigie.toml", format!("[connectors.a]\nsource='x'\ntopics=['t']\n{misplaced}\n"));
            read(&mut problems);
            assert!(problems.errors() > 0 && !problems.render(false, 80).contains("hunter2"), "{misplaced}");
        }
    }
}
