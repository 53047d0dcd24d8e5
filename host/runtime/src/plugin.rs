//! A live source plugin: one connector's use of it. Every call gets a fresh instance; nothing is remembered between calls.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;

use serde_json::Value;
use tracing::{Instrument, info_span};
use url::Url;
use vigie_mention::delivery::{Batch, Change, Feed, PollRequest, Search};
use wasmtime::Store;

use crate::answers;
use crate::bindings::v0_1::source::vigie::plugin::types;
use crate::bindings::v0_1::source::{SourcePlugin as Guest, SourcePluginPre};
use crate::bindings::v0_1::{batch, change, failure, feed, request, search};
use crate::engine::Runtime;
use crate::error::{CallError, RuntimeError};
use crate::limits::Limits;
use crate::live::{self, Place, State, Who};
use crate::manifest::{Identity, Kind, Manifest};
use crate::meter::Meter;
use crate::package::Package;
use crate::schema;
use crate::{Exchange, Grants, Road, RoadUse, SecretSource, Secrets};

/// How a connector uses a source.
#[derive(Debug)]
pub struct SourceUse {
    /// The connector's name.
    pub connector: String,
    /// Its settings, checked here against the manifest's schema.
    pub settings: Value,
    /// Where its secrets are.
    pub secrets: BTreeMap<String, SecretSource>,
    /// What the operator granted.
    pub grants: Grants,
    /// What a call may use.
    pub limits: Limits,
    /// Records or replays its exchanges.
    pub exchange: Option<Exchange>,
}

/// A source plugin ready to be called, for one connector. May be called concurrently.
pub struct SourcePlugin {
    guest: SourcePluginPre<State>,
    place: Place,
    manifest: Arc<Manifest>,
    settings: Arc<str>,
    instance: String,
}

/// A call of the guest that borrows its store.
type Running<'a, T> = Pin<Box<dyn Future<Output = wasmtime::Result<Result<T, types::Failure>>> + Send + 'a>>;

impl Runtime {
    /// Compiles a source (or takes it from the cache), links it and prepares its road to the network.
    ///
    /// # Errors
    /// [`RuntimeError`]: not a source, settings that do not fit, secrets or grants that cannot be used, a component that does not
    /// compile or link.
    pub fn source(&self, package: &Package, use_: SourceUse) -> Result<SourcePlugin, RuntimeError> {
        let manifest = Arc::new(package.manifest().clone());
        let settings = settings(&manifest, Kind::Source, &use_.settings)?;
        let component = self.component(package)?;
        let guest = live::link(&self.inner.engine, &component, true)
            .and_then(SourcePluginPre::new)
            .map_err(|error| link_error(&manifest, &error))?;
        let limits = Arc::new(use_.limits);
        // A replay leaves nothing and needs nothing.
        let secrets = match &use_.exchange {
            Some(exchange) if exchange.is_replay() => Secrets::pretended(&manifest, &settings),
            _ => Secrets::resolve(&manifest, &settings, &use_.secrets),
        };
        let secrets = secrets.map_err(|error| RuntimeError::Secrets {
            plugin: manifest.id.clone(),
            connector: use_.connector.clone(),
            error,
        })?;
        let road = RoadUse {
            connector: use_.connector.clone(),
            grants: use_.grants,
            secrets,
            limits: (*limits).clone(),
            exchange: use_.exchange,
        };
        let road = Road::new(self.inner.egress.clone(), &manifest, &settings, road);
        let who = Who {
            plugin: manifest.id.clone(),
            version: manifest.version.clone(),
            limits_table: format!("[connectors.{}.limits]", use_.connector),
            connector: use_.connector,
        };
        let place = Place { runtime: Arc::clone(&self.inner), who: Arc::new(who), limits, road: Some(Arc::new(road)) };
        let instance = named(&manifest.identity, &settings);
        Ok(SourcePlugin { guest, place, manifest, settings: settings.to_string().into(), instance })
    }
}

impl SourcePlugin {
    /// What the plugin says of itself.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The instance of the service this connector reads, from its settings: `forum.example.org` or `example.org/forum`; empty where
    /// ids are unique over the whole service.
    #[must_use]
    pub fn instance(&self) -> &str {
        &self.instance
    }

    /// Whether all it asks lies at one origin, so that what one feed is refused the others would be, too.
    #[must_use]
    pub fn one_origin(&self) -> bool {
        self.place.road.as_ref().is_some_and(|road| road.one_origin())
    }

    /// What a call may use.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.place.limits
    }

    /// Names the feeds of this connector.
    ///
    /// # Errors
    /// [`CallError`]; nothing of a wrong answer is kept.
    pub async fn plan(&self, searches: &[Search]) -> Result<Vec<Feed>, CallError> {
        let searches: Vec<_> = searches.iter().map(search).collect();
        let settings = Arc::clone(&self.settings);
        let call = self.call(|guest, store| {
            Box::pin(async move { guest.vigie_plugin_source().call_plan(store, &settings, &searches).await })
        });
        let feeds: Vec<Feed> = call.instrument(self.span("plan", "")).await?.into_iter().map(feed).collect();
        answers::check_feeds(&self.place, &feeds)?;
        Ok(feeds)
    }

    /// Reads one feed from a cursor on.
    ///
    /// # Errors
    /// [`CallError`]; nothing of a wrong answer is kept, and the cursor stays where it is.
    pub async fn poll(&self, poll: PollRequest) -> Result<Batch, CallError> {
        let span = self.span("poll", &poll.feed.id);
        let poll = request(poll);
        let settings = Arc::clone(&self.settings);
        let call = self
            .call(|guest, store| Box::pin(async move { guest.vigie_plugin_source().call_poll(store, &settings, &poll).await }));
        let batch = batch(call.instrument(span).await?);
        answers::check_batch(&self.place, &batch)?;
        Ok(batch)
    }

    /// Reads known mentions again. An id that is not answered is left as it is.
    ///
    /// # Errors
    /// [`CallError`]; nothing of a wrong answer is kept.
    pub async fn refresh(&self, ids: &[String]) -> Result<Vec<Change>, CallError> {
        let ids = ids.to_vec();
        let settings = Arc::clone(&self.settings);
        let call = self
            .call(|guest, store| Box::pin(async move { guest.vigie_plugin_source().call_refresh(store, &settings, &ids).await }));
        let changes: Vec<Change> = call.instrument(self.span("refresh", "")).await?.into_iter().map(change).collect();
        answers::check_changes(&self.place, &changes)?;
        Ok(changes)
    }

    fn span(&self, call: &'static str, feed: &str) -> tracing::Span {
        info_span!("plugin.call", call, plugin = self.place.who.plugin, connector = self.place.who.connector, feed)
    }

    /// Runs one call in a fresh instance, which is gone when it ends, however it ends.
    async fn call<T>(&self, run: impl for<'a> FnOnce(&'a Guest, &'a mut Store<State>) -> Running<'a, T>) -> Result<T, CallError> {
        // Waiting for a free slot is not the plugin's time. The semaphore is never closed.
        let _slot = self.place.runtime.instances.acquire().await;
        let meter = Arc::new(Meter::default());
        let mut store = self.place.store(Arc::clone(&meter));
        let call = async move {
            let guest = self.guest.instantiate_async(&mut store).await?;
            run(&guest, &mut store).await
        };
        self.place.bounded(meter, call).await?.map_err(|fault| CallError::Failure(failure(fault)))
    }
}

/// Checks a plugin's kind and settings, and fills in what the operator left to the defaults.
pub(crate) fn settings(manifest: &Manifest, wanted: Kind, settings: &Value) -> Result<Value, RuntimeError> {
    if manifest.kind != wanted {
        return Err(RuntimeError::WrongKind { plugin: manifest.id.clone(), found: manifest.kind, wanted });
    }
    let problems = schema::check_settings(&manifest.settings, settings);
    if !problems.is_empty() {
        return Err(RuntimeError::Settings { plugin: manifest.id.clone(), problems });
    }
    Ok(schema::with_defaults(&manifest.settings, settings))
}

pub(crate) fn link_error(manifest: &Manifest, error: &wasmtime::Error) -> RuntimeError {
    RuntimeError::Link { plugin: manifest.id.clone(), version: manifest.version.clone(), message: format!("{error:#}") }
}

/// The instance of the service that a connector with these settings reads, as [`SourcePlugin::instance`], known without the plugin.
#[must_use]
pub fn instance(manifest: &Manifest, settings: &Value) -> String {
    named(&manifest.identity, &schema::with_defaults(&manifest.settings, settings))
}

/// Host, port where it is not the usual one, and path of the address a setting holds.
fn named(identity: &Identity, settings: &Value) -> String {
    let Identity::Instance { setting } = identity else { return String::new() };
    let Some(text) = settings.get(setting).and_then(Value::as_str) else { return String::new() };
    let address = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    match Url::parse(&address) {
        Ok(url) => {
            let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
            format!("{}{port}{}", url.host_str().unwrap_or_default(), url.path().trim_end_matches('/'))
        }
        // Not an address: the word itself tells the instances apart.
        Err(_) => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_instance_is_where_its_address_leads() {
        let identity = Identity::Instance { setting: "url".to_owned() };
        for (address, expected) in [
            ("https://Forum.Example.org/", "forum.example.org"),
            ("https://example.org/community/?x=1", "example.org/community"),
            ("http://127.0.0.1:4080/a/", "127.0.0.1:4080/a"),
            ("mastodon.example", "mastodon.example"),
        ] {
            assert_eq!(named(&identity, &json!({ "url": address })), expected, "{address}");
        }
        assert_eq!(named(&identity, &json!({})), "");
        assert_eq!(named(&Identity::Global, &json!({ "url": "https://a.example" })), "");
    }
}
