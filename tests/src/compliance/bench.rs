//! One service, the plugin that reads it in the real sandbox, and a store to read into.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use url::Url;
use vigie_internet::truth::Subject;
use vigie_internet::{Handle, Options};
use vigie_mention::delivery::Search;
use vigie_mention::{ConnectorId, Instant, TopicId};
use vigie_pipeline::{Accept, Connector, Mode, Pipeline, Plan, Summary, Topic};
use vigie_query::Query;
use vigie_runtime::{
    Clock, Grants, Limits, NetworkPolicy, Origin, Pace, Package, Retries, Runtime, RuntimeOptions, SecretSource, SourcePlugin,
    SourceUse, Standing,
};
use vigie_store::{Store, Stored};

use crate::TestError;

/// Longer than the story.
const HISTORY: Duration = Duration::from_secs(100 * 24 * 3600);
/// Few, so that there are many checkpoints.
const BATCH: u32 = 10;
/// Matches what the story is about, for sources that only list.
const ANY: &str = "lumio OR ostra OR pyrel";

/// One service and its plugin.
pub struct Bench {
    store: Store,
    _folder: TempDir,
    /// The miniature internet.
    pub internet: Handle,
    /// The service's name.
    pub service: String,
    /// The hosts it answers for.
    pub hosts: Vec<String>,
    /// How it is read.
    pub subject: Subject,
    tokio: tokio::runtime::Runtime,
}

/// A fresh miniature internet.
pub(super) fn internet() -> Result<Handle, TestError> {
    vigie_internet::start(Options { thin: true, ..Options::default() }).map_err(TestError::io("start the miniature internet"))
}

impl Bench {
    /// A fresh miniature internet and an empty store.
    ///
    /// # Errors
    /// [`TestError`] when the operating system gives no folder or port, or there is no such service.
    pub fn new(service: &str) -> Result<Self, TestError> {
        let internet = internet()?;
        let found = internet.subjects().into_iter().find(|(name, _, _)| name == service);
        let Some((service, hosts, subject)) = found else {
            return Err(TestError::NoSubject(service.to_owned()));
        };
        let folder = tempfile::tempdir().map_err(TestError::io("make a temporary folder"))?;
        let tokio = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let path = folder.path().join("vigie.redb");
        let store = Store::open(&path).map_err(|error| TestError::Plugin("store".to_owned(), error.to_string()))?;
        Ok(Self {
            store,
            _folder: folder,
            internet,
            service,
            hosts,
            subject,
            tokio: tokio.map_err(TestError::io("start a runtime"))?,
        })
    }

    /// What the service holds at present, in Vigie's clock.
    #[must_use]
    pub fn now(&self) -> Instant {
        Instant::from_millis(self.internet.now().as_millisecond())
    }

    /// Runs a future.
    pub fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.tokio.block_on(future)
    }

    /// The plugin, live in the sandbox, with the requests for its hosts sent to the miniature internet.
    ///
    /// # Errors
    /// [`TestError`] when it was not built or cannot be used.
    pub fn source(&self) -> Result<SourcePlugin, TestError> {
        let path = plugins().join(format!("source-{}.wasm", self.subject.plugin));
        let bytes = std::fs::read(&path).map_err(TestError::io(format!("read {} (cargo xtask plugins)", path.display())))?;
        let broken = |error: &dyn std::fmt::Display| TestError::Plugin(self.subject.plugin.to_owned(), error.to_string());
        let package = Package::read(bytes, self.subject.plugin).map_err(|error| broken(&error))?;
        let origins: Vec<Origin> =
            self.hosts.iter().map(|host| format!("https://{host}").parse()).collect::<Result<_, _>>().map_err(|e| broken(&e))?;
        let target = |host: &String| Url::parse(&format!("http://{}/{host}", self.internet.addr()));
        let targets: Vec<Url> = self.hosts.iter().map(target).collect::<Result<_, _>>().map_err(|error| broken(&error))?;
        let network = NetworkPolicy {
            reroute: origins.iter().cloned().zip(targets).collect(),
            // Paces are tried where they are made; here they would only make the suite slow.
            rates: origins.iter().map(|origin| (origin.clone().into(), Pace::new(100_000, Duration::from_secs(1)))).collect(),
            retries: Retries { first_pause: Duration::from_millis(1), patience: Duration::ZERO, ..Retries::default() },
            ..NetworkPolicy::default()
        };
        let options =
            RuntimeOptions { cache_dir: Some(cache()), network, clock: Clock::Fixed(self.now()), ..RuntimeOptions::default() };
        let runtime = Runtime::new(options).map_err(|error| broken(&error))?;
        let secrets: BTreeMap<String, SecretSource> = self
            .subject
            .secrets
            .iter()
            .map(|(name, value)| ((*name).to_owned(), SecretSource::Literal((*value).to_owned())))
            .collect();
        let grants = Grants::judge(package.manifest(), &self.subject.settings, &Standing::Bundled);
        let use_ = SourceUse {
            connector: "subject".to_owned(),
            settings: self.subject.settings.clone(),
            secrets,
            grants,
            limits: Limits::source(),
            exchange: None,
        };
        runtime.source(&package, use_).map_err(|error| broken(&error))
    }

    /// What the subject is asked to search.
    ///
    /// # Errors
    /// [`TestError`] when the subject's query is none.
    pub fn searches(&self) -> Result<Vec<Search>, TestError> {
        Ok(vec![self.query()?.widen()])
    }

    fn query(&self) -> Result<Query, TestError> {
        let text = self.subject.search.unwrap_or(ANY);
        let parsed = Query::parse(text).map_err(|problems| TestError::Plugin(text.to_owned(), format!("{problems:?}")))?;
        Ok(parsed.query)
    }

    /// Collects once into the store, keeping whatever is delivered.
    ///
    /// # Errors
    /// [`TestError`] when the plugin cannot be used or the store fails.
    pub fn collect(&self) -> Result<Summary, TestError> {
        let broken = |error: &dyn std::fmt::Display| TestError::Plugin(self.subject.plugin.to_owned(), error.to_string());
        let topic = TopicId::new("phones").map_err(|error| broken(&error))?;
        let connector = Connector {
            id: ConnectorId::new("subject").map_err(|error| broken(&error))?,
            source: Arc::new(self.source()?),
            topics: vec![topic.clone()],
            every: Duration::from_secs(900),
            history: Some(HISTORY),
            accept: Accept::Everything,
            batch: BATCH,
            parallel: 1,
            refresh: Vec::new(),
        };
        let plan = Plan {
            topics: vec![Topic { id: topic, title: "Phones".to_owned(), group: None, query: self.query()? }],
            connectors: vec![connector],
            ..Plan::default()
        };
        let store = self.store.clone();
        let options = vigie_pipeline::Options {
            clock: Clock::Fixed(self.now()),
            seed: 1,
            patience: Duration::from_secs(5),
            ..vigie_pipeline::Options::default()
        };
        let pipeline = Pipeline::new(plan, store, options).map_err(|error| broken(&error))?;
        let (events, _) = mpsc::unbounded_channel();
        self.block_on(pipeline.run(Mode::Once, CancellationToken::new(), events)).map_err(|error| broken(&error))
    }

    /// All that is stored, by the service's own id.
    ///
    /// # Errors
    /// [`TestError`] when the store fails.
    pub fn stored(&self) -> Result<BTreeMap<String, Stored>, TestError> {
        let broken = |error: vigie_store::StoreError| TestError::Plugin("store".to_owned(), error.to_string());
        let snapshot = self.store.snapshot().map_err(broken)?;
        snapshot.verify().map_err(broken)?;
        let mentions = snapshot.mentions(&vigie_store::Filter::default()).map_err(broken)?;
        mentions.map(|stored| stored.map(|stored| (stored.mention.id.clone(), stored)).map_err(broken)).collect()
    }
}

/// Where `cargo xtask plugins` puts its components.
fn plugins() -> PathBuf {
    let named = std::env::var_os("VIGIE_PLUGINS_DIR").filter(|folder| !folder.is_empty()).map(PathBuf::from);
    named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/plugins"))
}

/// Compiled plugins are kept from one test to the next.
fn cache() -> PathBuf {
    let of_cargo = std::env::var_os("XDG_CACHE_HOME")
        .or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache").into()));
    of_cargo.map_or_else(std::env::temp_dir, PathBuf::from).join("vigie")
}
