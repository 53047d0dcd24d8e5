//! What a run is to do, and the plugins it does it with.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use vigie_mention::delivery::{Batch, Change, Document, Feed, PollRequest, RawAnnotation, Search};
use vigie_mention::{ConnectorId, Failure, TopicId};
use vigie_query::Query;
use vigie_runtime::{AnalyzerPlugin, CallError, Clock, Read, SourcePlugin};

/// A brand, a rival, a product, a campaign: what mentions are matched with.
#[derive(Debug, Clone)]
pub struct Topic {
    /// Its name in the config.
    pub id: TopicId,
    /// Its name for people.
    pub title: String,
    /// Share of voice compares the topics of a group.
    pub group: Option<String>,
    /// What a mention must match.
    pub query: Query,
}

/// Which of the mentions a connector delivers are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Accept {
    /// Those that match a topic of the connector.
    #[default]
    Matching,
    /// Those, and answers in a conversation whose start is stored, or comes with them, under a topic of the connector; they take its
    /// topics.
    Conversation,
    /// All of them; those that match nothing take all topics of the connector (own pages, reviews of an own product).
    Everything,
}

/// One configured, scheduled use of a source.
#[derive(Clone)]
pub struct Connector {
    /// Its name in the config.
    pub id: ConnectorId,
    /// The plugin with this connector's settings, grants and secrets.
    pub source: Arc<dyn Source>,
    /// The topics it collects for.
    pub topics: Vec<TopicId>,
    /// Time between two looks at the head of a feed.
    pub every: Duration,
    /// How far back history is read; `None` reads the head alone.
    pub history: Option<Duration>,
    /// Which mentions are kept.
    pub accept: Accept,
    /// Mentions asked for in one batch.
    pub batch: u32,
    /// Feeds of this connector read at the same time.
    pub parallel: usize,
    /// How long after its publication a mention is read again, each time; empty: never.
    pub refresh: Vec<Duration>,
}

/// By which rule a connector keeps mentions of its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keeper {
    /// The connector.
    pub connector: ConnectorId,
    /// Id of its source …
    pub source: String,
    /// … and the instance of the service.
    pub instance: String,
    /// Which mentions it keeps.
    pub accept: Accept,
    /// The topics it collects for.
    pub topics: Vec<TopicId>,
}

impl Keeper {
    /// The rule of a connector.
    #[must_use]
    pub fn of(connector: &Connector) -> Self {
        Self {
            connector: connector.id.clone(),
            source: connector.source.id().to_owned(),
            instance: connector.source.instance().to_owned(),
            accept: connector.accept,
            topics: connector.topics.clone(),
        }
    }
}

/// All that a run does.
#[derive(Clone, Default)]
pub struct Plan {
    /// What mentions are matched with. A mention kept by any connector takes every topic it matches.
    pub topics: Vec<Topic>,
    /// What is read.
    pub connectors: Vec<Connector>,
    /// Connectors that are there and not to be run now: what is stored keeps the topics it has from them.
    pub idle: Vec<Keeper>,
    /// What annotates.
    pub analyzers: Vec<Arc<dyn Analyzer>>,
}

/// How a run behaves.
#[derive(Debug, Clone)]
pub struct Options {
    /// What time it is.
    pub clock: Clock,
    /// Seed of the jitter that spreads polls; the same seed and answers give the same run.
    pub seed: u64,
    /// Longest pause that [`crate::Mode::Once`] waits for before it leaves a feed to the next run.
    pub patience: Duration,
    /// Polls of one connector after which [`crate::Mode::Once`] leaves the rest to the next run: a service that names new pages for
    /// ever must not keep a run from ending. With a hundred mentions a batch these are two millions.
    pub polls: u64,
    /// Documents an analyzer gets in one call, 512 at most.
    pub documents: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { clock: Clock::System, seed: fastrand::u64(..), patience: Duration::from_secs(90), polls: 20_000, documents: 256 }
    }
}

/// What the pipeline needs of a source plugin; [`SourcePlugin`] is the real one.
pub trait Source: Send + Sync {
    /// Id of the plugin.
    fn id(&self) -> &str;
    /// Instance of the service, empty where ids are unique over the whole service.
    fn instance(&self) -> &str;
    /// Most bytes of the texts of one mention together.
    fn mention_bytes(&self) -> u64;
    /// Whether all it asks lies at one origin, so that what one feed is refused the others would be, too.
    fn one_origin(&self) -> bool {
        false
    }
    /// Names the feeds.
    fn plan<'a>(&'a self, searches: &'a [Search]) -> BoxFuture<'a, Result<Vec<Feed>, CallError>>;
    /// Reads one feed.
    fn poll(&self, request: PollRequest) -> BoxFuture<'_, Result<Batch, CallError>>;
    /// Reads known mentions again; those it does not answer for stay as they are.
    fn refresh<'a>(&'a self, ids: &'a [String]) -> BoxFuture<'a, Result<Vec<Change>, CallError>>;
}

impl Source for SourcePlugin {
    fn id(&self) -> &str {
        &self.manifest().id
    }

    fn instance(&self) -> &str {
        Self::instance(self)
    }

    fn mention_bytes(&self) -> u64 {
        self.limits().mention_bytes
    }

    fn one_origin(&self) -> bool {
        Self::one_origin(self)
    }

    fn plan<'a>(&'a self, searches: &'a [Search]) -> BoxFuture<'a, Result<Vec<Feed>, CallError>> {
        Box::pin(Self::plan(self, searches))
    }

    fn poll(&self, request: PollRequest) -> BoxFuture<'_, Result<Batch, CallError>> {
        Box::pin(Self::poll(self, request))
    }

    fn refresh<'a>(&'a self, ids: &'a [String]) -> BoxFuture<'a, Result<Vec<Change>, CallError>> {
        Box::pin(Self::refresh(self, ids))
    }
}

/// Annotations a plugin returned, one entry a document.
pub type Analyzed = Vec<Result<Vec<RawAnnotation>, Failure>>;

/// What the pipeline needs of an analyzer plugin; [`AnalyzerPlugin`] is the real one.
pub trait Analyzer: Send + Sync {
    /// Id of the plugin.
    fn id(&self) -> &str;
    /// Version of the plugin; annotations carry it.
    fn version(&self) -> &str;
    /// What tells its results apart from those of other versions and settings; no spaces.
    fn edition(&self) -> String {
        self.version().to_owned()
    }
    /// The fields it asks for.
    fn reads(&self) -> &[Read];
    /// The keys it writes.
    fn writes(&self) -> Vec<String>;
    /// Annotates documents.
    fn analyze<'a>(&'a self, documents: &'a [Document]) -> BoxFuture<'a, Result<Analyzed, CallError>>;
}

impl Analyzer for AnalyzerPlugin {
    fn id(&self) -> &str {
        &self.manifest().id
    }

    fn version(&self) -> &str {
        Self::version(self)
    }

    fn edition(&self) -> String {
        Self::edition(self)
    }

    fn reads(&self) -> &[Read] {
        &self.manifest().reads
    }

    fn writes(&self) -> Vec<String> {
        self.manifest().writes.iter().map(|write| write.key.clone()).collect()
    }

    fn analyze<'a>(&'a self, documents: &'a [Document]) -> BoxFuture<'a, Result<Analyzed, CallError>> {
        Box::pin(Self::analyze(self, documents))
    }
}
