//! From a configuration to what the pipeline runs: the sandbox, live plugins, the plan.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use vigie_pipeline::waves::Needs;
use vigie_pipeline::{Connector, Keeper, Plan, Topic};
use vigie_runtime::{
    AnalyzerPlugin, AnalyzerUse, Exchange, Grants, Limits, Manifest, NetworkPolicy, Runtime, RuntimeError, RuntimeOptions,
    SecretSource, SourcePlugin, SourceUse, instance,
};

use crate::config::{self, Analyzer, Config, Network};
use crate::context::Context;
use crate::plugins::{Catalog, Entry, Installed};

/// Starts the sandbox.
///
/// # Errors
/// If this machine cannot run WebAssembly or the network settings make no sense.
pub(crate) fn runtime(context: &Context, network: &Network, store: Option<&Path>) -> Result<Runtime, RuntimeError> {
    Runtime::new(RuntimeOptions {
        cache_dir: context.cache_folder(store),
        network: policy(network),
        clock: context.clock(),
        ..RuntimeOptions::default()
    })
}

fn policy(network: &Network) -> NetworkPolicy {
    let mut policy = NetworkPolicy {
        allow_private: network.allow_private.clone(),
        reroute: network.reroute.clone(),
        rates: network.rates.iter().map(|(origin, pace)| (origin.clone().into(), *pace)).collect(),
        contact: network.contact.clone(),
        ..NetworkPolicy::default()
    };
    if network.from_arguments {
        policy.allowing = |host| format!("give --allow-private {host}");
    }
    if let Some(agent) = &network.user_agent {
        policy.user_agent.clone_from(agent);
    }
    policy
}

/// One source plugin, ready to be called.
///
/// # Errors
/// If it does not compile, or its secrets cannot be read.
pub(crate) fn source(
    runtime: &Runtime,
    entry: &Entry,
    connector: &str,
    settings: &serde_json::Value,
    secrets: BTreeMap<String, SecretSource>,
    limits: Limits,
    exchange: Option<Exchange>,
) -> Result<SourcePlugin, RuntimeError> {
    let grants = Grants::judge(entry.package.manifest(), settings, &entry.standing());
    runtime.source(
        &entry.package,
        SourceUse { connector: connector.to_owned(), settings: settings.clone(), secrets, grants, limits, exchange },
    )
}

/// What the sources of a plan may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// What they are granted.
    Granted,
    /// Nothing: every request is refused.
    Nothing,
}

/// The live plugins and what to do with them.
///
/// # Errors
/// The first plugin that does not compile, or whose secrets cannot be read.
pub(crate) fn plan(runtime: &Runtime, config: &Config, catalog: &Catalog) -> Result<Plan, RuntimeError> {
    plan_reaching(Reach::Granted, runtime, config, catalog)
}

/// The same, and what sources may reach.
///
/// # Errors
/// As [`plan`].
pub(crate) fn plan_reaching(reach: Reach, runtime: &Runtime, config: &Config, catalog: &Catalog) -> Result<Plan, RuntimeError> {
    let connectors = connectors(reach, runtime, config, catalog).collect::<Result<_, _>>()?;
    Ok(Plan { connectors, ..topics_and_analyzers(runtime, config, catalog)? })
}

/// As much of a plan as a configuration with mistakes gives: the topics and connectors without one.
pub(crate) fn rest_of_plan(reach: Reach, runtime: &Runtime, config: &Config, catalog: &Catalog) -> Plan {
    let connectors = connectors(reach, runtime, config, catalog).filter_map(Result::ok).collect();
    Plan { topics: topics(config), connectors, ..Plan::default() }
}

fn connectors<'a>(
    reach: Reach,
    runtime: &'a Runtime,
    config: &'a Config,
    catalog: &'a Catalog,
) -> impl Iterator<Item = Result<Connector, RuntimeError>> + use<'a> {
    config.connectors.iter().filter_map(move |connector| {
        let entry = catalog.get(&connector.source)?;
        let manifest = entry.package.manifest();
        let use_ = SourceUse {
            connector: connector.id.to_string(),
            settings: connector.settings.clone(),
            secrets: connector.secrets.clone(),
            grants: match reach {
                Reach::Granted => Grants::judge(manifest, &connector.settings, &entry.standing()),
                Reach::Nothing => Grants::none(&manifest.id),
            },
            limits: connector.limits.clone(),
            exchange: None,
        };
        let live = |source| Connector {
            id: connector.id.clone(),
            source: Arc::new(source),
            topics: connector.topics.clone(),
            every: connector.every,
            history: connector.history,
            refresh: connector.refresh.clone(),
            accept: connector.accept,
            batch: connector.batch,
            parallel: connector.parallel,
        };
        Some(runtime.source(&entry.package, use_).map(live))
    })
}

/// The same for a command that asks no service: its connectors are idle, no source is made ready, and no secret needed.
///
/// # Errors
/// The first analyzer that does not compile.
pub(crate) fn plan_without_sources(runtime: &Runtime, config: &Config, catalog: &Catalog) -> Result<Plan, RuntimeError> {
    let keeper = |connector: &config::Connector| {
        Some(Keeper {
            connector: connector.id.clone(),
            source: connector.source.clone(),
            instance: instance(catalog.manifest(&connector.source)?, &connector.settings),
            accept: connector.accept,
            topics: connector.topics.clone(),
        })
    };
    let idle = config.connectors.iter().filter_map(keeper).collect();
    Ok(Plan { idle, ..topics_and_analyzers(runtime, config, catalog)? })
}

fn topics(config: &Config) -> Vec<Topic> {
    let topic = |topic: &config::Topic| Topic {
        id: topic.id.clone(),
        title: topic.title.clone(),
        group: topic.group.clone(),
        query: topic.query.clone(),
    };
    config.topics.iter().map(topic).collect()
}

fn topics_and_analyzers(runtime: &Runtime, config: &Config, catalog: &Catalog) -> Result<Plan, RuntimeError> {
    let mut plan = Plan { topics: topics(config), ..Plan::default() };
    for analyzer in analyzers(runtime, config, catalog)? {
        plan.analyzers.push(Arc::new(analyzer));
    }
    Ok(plan)
}

/// The same, unless `stop` comes first: plugins that are not in the cache are compiled for seconds. What is still being compiled then
/// goes on beside, and nothing waits for it.
///
/// # Errors
/// As [`plan`].
pub(crate) async fn plan_unless_stopped(
    make: fn(&Runtime, &Config, &Catalog) -> Result<Plan, RuntimeError>,
    runtime: &Runtime,
    config: Config,
    catalog: Catalog,
    stop: &CancellationToken,
) -> anyhow::Result<Option<Plan>> {
    let runtime = runtime.clone();
    let planned = tokio::task::spawn_blocking(move || make(&runtime, &config, &catalog));
    tokio::select! {
        () = stop.cancelled() => Ok(None),
        planned = planned => Ok(Some(planned??)),
    }
}

fn analyzers(runtime: &Runtime, config: &Config, catalog: &Catalog) -> Result<Vec<AnalyzerPlugin>, RuntimeError> {
    config
        .analyzers
        .iter()
        .filter_map(|analyzer| Some((analyzer, catalog.get(&analyzer.id)?)))
        .map(|(analyzer, entry)| {
            let shipped = shipped_analyzer(runtime, analyzer, entry)?;
            Ok(match &analyzer.learned {
                Some(learned) => shipped.with_learned(&learned.table),
                None => shipped,
            })
        })
        .collect()
}

/// An analyzer without what it learned in place.
///
/// # Errors
/// If it does not compile.
pub(crate) fn shipped_analyzer(runtime: &Runtime, analyzer: &Analyzer, entry: &Entry) -> Result<AnalyzerPlugin, RuntimeError> {
    let use_ = AnalyzerUse { settings: analyzer.settings.clone(), limits: analyzer.limits.clone() };
    runtime.analyzer(&entry.package, use_)
}

/// What an analyzer's manifest declares, in the pipeline's terms.
pub(crate) fn needs(manifest: &Manifest) -> Needs {
    Needs::declared(&manifest.id, &manifest.reads, manifest.writes.iter().map(|write| write.key.clone()).collect())
}
