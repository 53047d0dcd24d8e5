//! From names to things: which plugin a connector uses, what its query means, where its secrets are.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use url::Url;
use vigie_mention::{ConnectorId, TopicId};
use vigie_pipeline::Accept;
use vigie_query::Query;
use vigie_runtime::{Kind, Limits, Manifest, Origin, Pace, PrivateAllowance, SecretSource};

use super::analyzers::{Analyzer, analyzers};
use super::problem::{Problem, Problems, Severity, suggest};
use super::queries::{check_parts, library, topic};
use super::schema::{ConnectorTable, File};
use super::secrets::secrets;
use super::settings;
use super::tree::At;
use crate::plugins::Installed;

/// Name of the store if the file names none; beside the file.
pub(crate) const DEFAULT_STORE: &str = "vigie.redb";

/// What the operator wants, in the engine's terms.
#[derive(Debug)]
pub(crate) struct Config {
    /// The store's file.
    pub(crate) store: PathBuf,
    /// Topics in the order of the file.
    pub(crate) topics: Vec<Topic>,
    /// Connectors in the order of the file.
    pub(crate) connectors: Vec<Connector>,
    /// Enabled analyzers, by id.
    pub(crate) analyzers: Vec<Analyzer>,
    /// How to reach the outside.
    pub(crate) network: Network,
    /// What the log shows.
    pub(crate) log: Option<String>,
}

/// A brand, a rival, a product, a campaign.
#[derive(Debug, Clone)]
pub(crate) struct Topic {
    pub(crate) id: TopicId,
    pub(crate) title: String,
    pub(crate) group: Option<String>,
    pub(crate) query: Query,
}

/// One configured use of a source.
#[derive(Debug, Clone)]
pub(crate) struct Connector {
    pub(crate) id: ConnectorId,
    /// Id of the source plugin.
    pub(crate) source: String,
    pub(crate) topics: Vec<TopicId>,
    pub(crate) every: Duration,
    pub(crate) history: Option<Duration>,
    pub(crate) refresh: Vec<Duration>,
    pub(crate) accept: Accept,
    pub(crate) parallel: usize,
    pub(crate) batch: u32,
    pub(crate) settings: serde_json::Value,
    pub(crate) secrets: BTreeMap<String, SecretSource>,
    pub(crate) limits: Limits,
}

/// How to reach the outside.
#[derive(Debug, Clone, Default)]
pub(crate) struct Network {
    pub(crate) allow_private: Vec<PrivateAllowance>,
    /// All of this was given on the command line.
    pub(crate) from_arguments: bool,
    pub(crate) user_agent: Option<String>,
    pub(crate) contact: Option<String>,
    pub(crate) reroute: BTreeMap<Origin, Url>,
    pub(crate) rates: Vec<(Origin, Pace)>,
}

/// Looks up everything the file names.
pub(crate) fn resolve(
    file: &File,
    folder: &Path,
    catalog: &dyn Installed,
    env: &dyn Fn(&str) -> Option<String>,
    problems: &mut Problems,
) -> Config {
    let library = library(file, folder, problems);
    check_parts(file, &library, problems);
    let topics = file.topics.iter().filter_map(|table| topic(table, &library, problems)).collect();
    let connectors: Vec<Connector> =
        file.connectors.iter().filter_map(|table| connector(table, file, folder, catalog, env, problems)).collect();
    unused_topics(file, problems);
    if file.connectors.is_empty() && problems.errors() == 0 {
        problems.push(
            Problem {
                severity: Severity::Warning,
                ..Problem::placeless(
                    "config::no_connectors",
                    format!("{} has no connector, so nothing is collected", problems.file),
                )
            }
            .help("add a [connectors.…] table; `vigie init` writes an example"),
        );
    }
    let store = store_path(file, folder);
    store_place(file, &store, problems);
    Config {
        topics,
        connectors,
        analyzers: analyzers(file, &store, catalog, problems),
        store,
        network: Network {
            allow_private: file.network.allow_private.clone(),
            from_arguments: false,
            user_agent: file.network.user_agent.clone(),
            contact: file.network.contact.clone(),
            reroute: file.network.reroute.clone(),
            rates: file.network.rates.clone(),
        },
        log: file.log.as_ref().map(|level| level.value.clone()),
    }
}

/// The store's file; a relative path is meant from the configuration's folder.
pub(crate) fn store_path(file: &File, folder: &Path) -> PathBuf {
    let path = Path::new(file.store.as_ref().map_or(DEFAULT_STORE, |path| path.value.as_str()));
    if folder == Path::new(".") { path.to_path_buf() } else { folder.join(path) }
}

/// Whether a store can be where the file says.
fn store_place(file: &File, store: &Path, problems: &mut Problems) {
    let (span, written) = file.store.as_ref().map_or((0..0, ""), |path| (path.span.clone(), path.value.as_str()));
    if store.is_dir() {
        problems.push(
            Problem::error("config::store_folder", span, format!("the store is one file, and {} is a folder", store.display()))
                .label("a folder")
                .help(format!("name a file in it: path = {:?}", Path::new(written).join(DEFAULT_STORE).display().to_string())),
        );
    } else if let Some(parent) = store.parent().filter(|parent| !parent.as_os_str().is_empty() && !parent.is_dir()) {
        problems.push(
            Problem::error("config::store_folder", span, format!("the folder {} does not exist", parent.display()))
                .label("the store cannot be made here")
                .help(format!("mkdir -p {}, or name another place", parent.display())),
        );
    }
}

fn unused_topics(file: &File, problems: &mut Problems) {
    let used: BTreeSet<&str> = file
        .connectors
        .iter()
        .filter_map(|table| table.topics.as_ref())
        .flat_map(|topics| &topics.value)
        .map(|topic| topic.value.as_str())
        .collect();
    for topic in file.topics.iter().filter(|topic| !used.contains(topic.written.as_str())) {
        problems.push(
            Problem::warning(
                "config::unused_topic",
                topic.id.span.clone(),
                format!("no connector collects for topic `{}`", topic.id.value),
            )
            .label("this topic")
            .help("name it in the topics = […] of a connector, or remove it"),
        );
    }
}

fn connector(
    table: &ConnectorTable,
    file: &File,
    folder: &Path,
    catalog: &dyn Installed,
    env: &dyn Fn(&str) -> Option<String>,
    problems: &mut Problems,
) -> Option<Connector> {
    let id = &table.id.value;
    let mut topics = Vec::new();
    for name in table.topics.iter().flat_map(|topics| &topics.value) {
        match file.topics.iter().find(|topic| topic.written == name.value) {
            Some(topic) if topics.contains(&topic.id.value) => problems.push(
                Problem::error("config::duplicate", name.span.clone(), format!("topic `{}` is named twice", name.value))
                    .label("again")
                    .also(first_naming(table, &name.value), "first here")
                    .help("name it once"),
            ),
            Some(topic) => topics.push(topic.id.value.clone()),
            None => problems.push(
                Problem::error(
                    "config::unknown_topic",
                    name.span.clone(),
                    format!("connector `{id}` collects for topic `{}`, which is not defined", name.value),
                )
                .label("no topic has this name")
                .help(suggest(
                    &name.value,
                    "Topics of this file",
                    file.topics.iter().map(|topic| topic.id.value.as_str()),
                )),
            ),
        }
    }
    let source = table.source.as_ref()?;
    let manifest = catalog.manifest(&source.value);
    let Some(manifest) = manifest.filter(|manifest| manifest.kind == Kind::Source) else {
        unknown_source(id, source, manifest, catalog, problems);
        return None;
    };
    settings::check(&format!("connector `{id}`"), manifest, table.settings.as_ref(), &table.id.span, problems);
    Some(Connector {
        id: id.clone(),
        source: manifest.id.clone(),
        topics,
        every: table.every,
        history: table.history,
        refresh: table.refresh.clone(),
        accept: table.accept,
        parallel: table.parallel,
        batch: table.batch,
        settings: settings::json(table.settings.as_ref()),
        secrets: secrets(table, manifest, folder, env, problems),
        limits: table.limits.over(file.limits.over(Limits::source())),
    })
}

/// Where a connector names a topic for the first time.
fn first_naming(table: &ConnectorTable, topic: &str) -> Range<usize> {
    let names = table.topics.iter().flat_map(|topics| &topics.value);
    names.into_iter().find(|name| name.value == topic).map_or(0..0, |name| name.span.clone())
}

fn unknown_source(
    id: &ConnectorId,
    source: &At<String>,
    found: Option<&Manifest>,
    catalog: &dyn Installed,
    problems: &mut Problems,
) {
    if found.is_some() {
        problems.push(
            Problem::error(
                "config::wrong_kind",
                source.span.clone(),
                format!("connector `{id}` uses `{}`, which is an analyzer", source.value),
            )
            .label("not a source")
            .help(format!(
                "analyzers run over every mention by themselves; {}",
                suggest("", "Installed sources", catalog.ids(Kind::Source))
            )),
        );
        return;
    }
    if catalog.is_faulty(&source.value) {
        // Its package is reported where it is named.
        return;
    }
    let help = if catalog.ids(Kind::Source).is_empty() {
        crate::plugins::WHAT_IS_MISSING.to_owned()
    } else {
        suggest(&source.value, "Installed sources", catalog.ids(Kind::Source))
    };
    problems.push(
        Problem::error(
            "config::unknown_source",
            source.span.clone(),
            format!("connector `{id}` uses source `{}`, which is not installed", source.value),
        )
        .label("no source has this name")
        .help(help),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::schema::read;

    /// Plugins that are nothing but their manifests.
    struct Manifests(BTreeMap<String, Manifest>);

    impl Installed for Manifests {
        fn manifest(&self, id: &str) -> Option<&Manifest> {
            self.0.get(id)
        }

        fn ids(&self, kind: Kind) -> Vec<&str> {
            self.0.values().filter(|manifest| manifest.kind == kind).map(|manifest| manifest.id.as_str()).collect()
        }

        fn is_faulty(&self, id: &str) -> bool {
            id == "broken"
        }
    }

    const VIDEOS: &str = r#"
id = "videos"
name = "Videos"
description = "Reads videos."
version = "1.0.0"
kind = "source"
licence = "MIT"
contract = "0.1"
searches = true
identity = "global"
[settings]
type = "object"
additionalProperties = false
[settings.properties.region]
type = "string"
description = "country whose results are asked for"
[settings.properties.boards]
type = "array"
items = { type = "string", format = "uri" }
[[hosts]]
origin = "https://videos.example.com"
methods = ["GET"]
[[secrets]]
name = "api-key"
description = "made in the service's console"
hosts = ["videos.example.com"]
required = true
"#;

    const MOOD: &str = r#"
id = "mood"
name = "Mood"
description = "Says the mood."
version = "1.0.0"
kind = "analyzer"
licence = "MIT"
contract = "0.1"
reads = ["text"]
[[writes]]
key = "mood"
type = "number"
description = "the mood"
"#;

    fn resolved(text: &str) -> (Config, Problems) {
        let manifests = [VIDEOS, MOOD].map(|text| Manifest::read(text).expect("a manifest"));
        let installed = Manifests(manifests.into_iter().map(|manifest| (manifest.id.clone(), manifest)).collect());
        let mut problems = Problems::new("vigie.toml", text);
        let file = read(&mut problems);
        let env = |name: &str| match name {
            "SET" => Some("value".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        };
        let config = resolve(&file, Path::new("."), &installed, &env, &mut problems);
        problems.sort();
        (config, problems)
    }

    fn lines(problems: &Problems) -> Vec<String> {
        problems.list.iter().map(|problem| format!("{} {}", problem.code, problem.message)).collect()
    }

    const GOOD: &str = r#"
[topics.acme]
query = 'acme'
[connectors.tube]
source = "videos"
topics = ["acme"]
settings = { region = "FR" }
secrets.api-key = { env = "SET" }
limits.wall = "2m"
[analyzers.mood]
limits.memory = "8MiB"
"#;

    #[test]
    fn a_good_file_becomes_what_the_engine_runs() {
        let (config, problems) = resolved(GOOD);
        assert_eq!(lines(&problems), Vec::<String>::new());
        let connector = &config.connectors[0];
        assert_eq!(connector.settings, serde_json::json!({ "region": "FR" }));
        assert_eq!(connector.secrets.get("api-key"), Some(&SecretSource::Env("SET".to_owned())));
        assert_eq!(connector.limits.wall, Duration::from_secs(120));
        assert_eq!(config.analyzers[0].limits.memory_bytes, 8 << 20);
        assert_eq!(config.store, Path::new("vigie.redb"));
    }

    #[test]
    fn every_name_that_means_nothing_is_reported() {
        let (_, problems) = resolved(
            r#"
[topics.acme]
query = 'acme'
[topics.unused]
query = 'x'
[connectors.a]
source = "vidoes"
topics = ["acme", "acmee"]
[connectors.b]
source = "mood"
topics = ["acme", "acme"]
[connectors.c]
source = "videos"
topics = ["acme"]
settings = { regoin = "FR", boards = ["nowhere"] }
secrets.api-kee = { env = "UNSET" }
[connectors.d]
source = "videos"
topics = ["acme"]
secrets.api-key = { env = "EMPTY" }
[connectors.e]
source = "videos"
topics = ["acme"]
secrets.api-key = { file = "no/such/file" }
[connectors.f]
source = "broken"
topics = ["acme"]
[analyzers.moood]
[analyzers.videos]
"#,
        );
        assert_eq!(
            lines(&problems),
            [
                "config::unused_topic no connector collects for topic `unused`",
                "config::unknown_source connector `a` uses source `vidoes`, which is not installed",
                "config::unknown_topic connector `a` collects for topic `acmee`, which is not defined",
                "config::wrong_kind connector `b` uses `mood`, which is an analyzer",
                "config::duplicate topic `acme` is named twice",
                "config::secret_missing source `videos` needs the secret `api-key`: made in the service's console",
                "config::setting connector `c`: setting `regoin` is not a known setting; known here: boards, region",
                "config::setting connector `c`: setting `boards.0` must be an address such as \"https://forum.example.com\", and is \"nowhere\"",
                "config::unknown_secret source `videos` asks for no secret `api-kee`",
                "config::secret_missing the environment variable `UNSET` is not set",
                "config::secret_missing the environment variable `EMPTY` is empty",
                "config::secret_missing no secret can be read from ./no/such/file: No such file or directory (os error 2)",
                "config::unknown_analyzer analyzer `moood` is not installed",
                "config::wrong_kind `videos` is a source, not an analyzer",
            ]
        );
        let help =
            |code: &str| problems.list.iter().find(|problem| problem.code == code).and_then(|problem| problem.help.clone());
        assert_eq!(help("config::unknown_source").as_deref(), Some("did you mean `videos`? Installed sources: `videos`"));
        assert_eq!(help("config::setting").as_deref(), Some("did you mean `region`?"));
        assert!(help("config::secret_missing").is_some_and(|help| help.contains("api-key = { env = \"VIDEOS_API_KEY\" }")));
    }

    #[test]
    fn only_what_can_learn_may_learn_and_only_where_that_is_said() {
        let (config, problems) = resolved(GOOD);
        assert_eq!((lines(&problems), config.analyzers[0].learn), (Vec::new(), false));
        let text = GOOD.replace("limits.memory", "learn = true\nlimits.memory");
        let (_, problems) = resolved(&text);
        assert_eq!(lines(&problems), ["config::cannot_learn analyzer `mood` cannot learn in place"]);
        assert_eq!(&text[problems.list[0].places[0].0.clone()], "true");
        assert_eq!(problems.list[0].help.as_deref(), Some("remove the line; installed analyzers that learn: none"));
        let (config, problems) = resolved(&text.replace("learn = true", "learn = false"));
        assert_eq!((lines(&problems), config.analyzers[0].learn), (Vec::new(), false));
    }

    #[test]
    fn a_setting_is_shown_at_its_own_place() {
        let text = GOOD.replace("region = \"FR\"", "boards = [\"https://a.example\", 7]");
        let (_, problems) = resolved(&text);
        let at = problems.list[0].places[0].0.clone();
        assert_eq!(&text[at], "7");
    }

    #[test]
    fn what_a_source_refuses_is_shown_at_the_setting_it_names() {
        let manifest = Manifest::read(VIDEOS).expect("a manifest");
        let file = read(&mut Problems::new("vigie.toml", GOOD));
        let shown = |message: &str| {
            let problem = settings::refused(&file.connectors[0], &manifest, message);
            (GOOD[problem.places[0].0.clone()].to_owned(), problem.help.unwrap_or_default())
        };
        let region = "`region`: country whose results are asked for".to_owned();
        assert_eq!(shown("setting `region`: `FR` is closed"), ("\"FR\"".to_owned(), region.clone()));
        assert_eq!(shown("`here` is not there: change `region.1`"), ("\"FR\"".to_owned(), region));
        let inspect = "`vigie plugins inspect videos` shows its settings".to_owned();
        assert_eq!(shown("name `boards`, or nothing is read").0, "settings");
        assert_eq!(shown("there is nothing to read"), ("settings".to_owned(), inspect));
    }

    #[test]
    fn spans_are_at_most_a_century_and_noughts_are_nothing() {
        let text = GOOD.replace("limits.wall = \"2m\"", "limits.wall = \"0\"\nhistory = \"99999999999d\"\nevery = 5");
        let (_, problems) = resolved(&text.replace("\"8MiB\"", "\"0\""));
        let told: Vec<_> = problems.list.iter().map(|problem| problem.help.as_deref().unwrap_or_default()).collect();
        let nothing = "with a limit of nothing no plugin could run; remove the line for the usual limit";
        assert_eq!(told, [nothing, "write a century, `36525d`, or less", "write it in quotes: \"…\"", nothing]);
    }

    #[test]
    fn a_mistake_in_a_query_is_shown_inside_its_string() {
        let text = GOOD.replace("query = 'acme'", "query = \"\\\"acme phone\\\" OR (#acme\"");
        let (_, problems) = resolved(&text);
        let problem = problems.list.iter().find(|problem| problem.code.starts_with("query::E")).expect("an error");
        let (span, _) = &problem.places[0];
        let value = text.find("query = ").expect("the query") + "query = ".len();
        assert!(span.start > value && span.end <= value + "\"\\\"acme phone\\\" OR (#acme\"".len(), "{span:?}");
    }

    #[test]
    fn an_empty_file_is_no_mistake_and_says_what_is_missing() {
        let (_, problems) = resolved("");
        assert_eq!(problems.errors(), 0);
        assert_eq!(lines(&problems), ["config::no_connectors vigie.toml has no connector, so nothing is collected"]);
    }
}
