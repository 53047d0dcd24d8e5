//! A live analyzer plugin. Instances are kept warm between calls, because the contract makes them pure; one that failed is thrown away.

mod learn;

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::sync::OwnedSemaphorePermit;
use tracing::{Instrument, info_span};
use vigie_mention::Failure;
use vigie_mention::delivery::{Document, RawAnnotation};
use wasmtime::component::{ComponentExportIndex, Func, InstancePre};
use wasmtime::{Error, Store};

use crate::answers;
use crate::bindings::v0_1::analyzer::AnalyzerPluginPre;
use crate::bindings::v0_1::learning_analyzer::LearningAnalyzerPluginPre;
use crate::bindings::v0_1::{analyze, failure};
use crate::engine::Runtime;
use crate::error::{CallError, RuntimeError};
use crate::limits::Limits;
use crate::live::{self, Place, State, Who};
use crate::manifest::{Kind, Manifest};
use crate::meter::Meter;
use crate::package::{Package, hex};
use crate::plugin::{link_error, settings};

/// Documents one call may be given (contract).
const MAX_DOCUMENTS: usize = 512;
/// Calls one instance serves: what a guest leaks is bounded by it.
const MAX_CALLS: u32 = 128;
/// How long instances wait for a next call; a host at rest gives their memory back.
const PATIENCE: Duration = Duration::from_secs(5);

/// One document's annotations, or why there are none.
pub type Outcome = Result<Vec<RawAnnotation>, Failure>;

/// How an analyzer is used.
#[derive(Debug)]
pub struct AnalyzerUse {
    /// Its settings, checked here against the manifest's schema.
    pub settings: Value,
    /// What a call may use.
    pub limits: Limits,
}

/// An analyzer plugin ready to be called, also concurrently.
pub struct AnalyzerPlugin {
    guest: InstancePre<State>,
    analyze: ComponentExportIndex,
    /// Where the manifest says that it learns.
    learn: Option<ComponentExportIndex>,
    place: Place,
    manifest: Arc<Manifest>,
    /// The operator's, with the defaults filled in.
    settings: Value,
    /// The same as `analyze` gets them: as text, with what was learned.
    told: String,
    standby: Arc<Mutex<Standby>>,
}

/// An instance that answered and can answer again.
struct Warm {
    store: Store<State>,
    function: Func,
    calls: u32,
    /// Its place among the living.
    slot: Option<OwnedSemaphorePermit>,
}

/// What a call is made with.
enum Seat {
    Warm(Warm),
    /// An instance's place among the living.
    Free(Option<OwnedSemaphorePermit>),
}

/// The instances that wait for a next call.
#[derive(Default)]
struct Standby {
    instances: Vec<Idle>,
    /// Somebody took or gave an instance since the last look.
    used: bool,
    /// A task lets them go.
    watched: bool,
}

/// A warm instance nobody uses, and the permit to keep it.
struct Idle {
    warm: Warm,
    _kept: OwnedSemaphorePermit,
}

impl Runtime {
    /// Compiles an analyzer (or takes it from the cache) and links it.
    ///
    /// # Errors
    /// [`RuntimeError`]: not an analyzer, settings that do not fit, a component that does not compile or link.
    pub fn analyzer(&self, package: &Package, use_: AnalyzerUse) -> Result<AnalyzerPlugin, RuntimeError> {
        let manifest = Arc::new(package.manifest().clone());
        let settings = settings(&manifest, Kind::Analyzer, &use_.settings)?;
        let component = self.component(package)?;
        let guest = live::link(&self.inner.engine, &component, false).map_err(|error| link_error(&manifest, &error))?;
        let learns = !manifest.learns.is_empty();
        // Checks the types of what it exports.
        let fits = if learns {
            LearningAnalyzerPluginPre::new(guest.clone()).map(drop)
        } else {
            AnalyzerPluginPre::new(guest.clone()).map(drop)
        };
        fits.map_err(|error| link_error(&manifest, &error))?;
        let export = |interface: &str, function: &str| {
            component
                .get_export_index(None, interface)
                .and_then(|interface| component.get_export_index(Some(&interface), function))
                .ok_or_else(|| link_error(&manifest, &Error::msg(format!("it exports no `{interface}`"))))
        };
        let analyze = export(analyze::INTERFACE, analyze::FUNCTION)?;
        let learn = learns.then(|| export(analyze::LEARNING, analyze::LEARN)).transpose()?;
        let who = Who {
            plugin: manifest.id.clone(),
            version: manifest.version.clone(),
            connector: String::new(),
            limits_table: format!("[analyzers.{}.limits]", manifest.id),
        };
        let place = Place { runtime: Arc::clone(&self.inner), who: Arc::new(who), limits: Arc::new(use_.limits), road: None };
        let told = settings.to_string();
        Ok(AnalyzerPlugin { guest, analyze, learn, place, manifest, settings, told, standby: Arc::default() })
    }
}

impl AnalyzerPlugin {
    /// What the plugin says of itself.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Its version, as its annotations carry it: the manifest's, and which table it learned.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.place.who.version
    }

    /// Its version, and which settings it was given where they are not the defaults: what of two runs tells their results apart.
    #[must_use]
    pub fn edition(&self) -> String {
        if self.settings == crate::schema::with_defaults(&self.manifest.settings, &Value::Object(serde_json::Map::new())) {
            return self.version().to_owned();
        }
        let digest = hex(&Sha256::digest(self.settings.to_string()));
        format!("{}#{}", self.version(), &digest[..8])
    }

    /// What a call may use.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.place.limits
    }

    /// Annotates documents, any number; more than a call may have are given in several calls.
    ///
    /// # Shape
    /// One outcome a document, in order. An inner failure is its document's alone: the plugin could not annotate it, or what it
    /// wrote is out of its range.
    ///
    /// # Errors
    /// [`CallError`] for the batch: a limit, a trap, a wrong number of outcomes, an annotation the manifest does not declare.
    pub async fn analyze(&self, documents: &[Document]) -> Result<Vec<Outcome>, CallError> {
        let mut outcomes = Vec::with_capacity(documents.len());
        for documents in documents.chunks(MAX_DOCUMENTS) {
            let span = info_span!("plugin.call", call = "analyze", plugin = self.place.who.plugin, documents = documents.len());
            outcomes.extend(self.call(documents).instrument(span).await?);
        }
        Ok(outcomes)
    }

    async fn call(&self, documents: &[Document]) -> Result<Vec<Outcome>, CallError> {
        // Waiting for others to be done is no time of the plugin's.
        let seat = self.seat().await;
        let meter = Arc::new(Meter::default());
        let call = self.run(seat, documents, Arc::clone(&meter));
        let (warm, answer) = self.place.bounded(meter, call).await?;
        // It came to an answer, so its instance is sound, whatever the answer says.
        self.keep(warm);
        let outcomes = answer.map_err(|fault| CallError::Failure(failure(fault)))?;
        if outcomes.len() != documents.len() {
            let fault = format!("{} outcomes for {} documents", outcomes.len(), documents.len());
            return Err(answers::invalid(&self.place, &fault));
        }
        let check = |outcome| match analyze::outcome(outcome) {
            Ok(annotations) => {
                let sound = answers::check_annotations(&self.place, &self.manifest, &annotations)?;
                Ok(sound.map(|()| annotations))
            }
            Err(fault) => Ok(Err(fault)),
        };
        outcomes.into_iter().map(check).collect()
    }

    /// One call of the guest; a trap drops the instance with this future.
    async fn run(&self, seat: Seat, documents: &[Document], meter: Arc<Meter>) -> wasmtime::Result<(Warm, analyze::Outcomes)> {
        let mut warm = self.instance(seat, meter).await?;
        let lent: Vec<_> = documents.iter().map(analyze::document).collect();
        let analyze = warm.function.typed::<analyze::Parameters<'_>, analyze::Answer>(&warm.store)?;
        let (answer,) = analyze.call_async(&mut warm.store, (&self.told, &lent)).await?;
        warm.calls += 1;
        Ok((warm, answer))
    }

    /// A warm instance, or leave to make one.
    async fn seat(&self) -> Seat {
        let idle = {
            let mut standby = self.standby.lock().unwrap_or_else(PoisonError::into_inner);
            standby.used = true;
            standby.instances.pop()
        };
        match idle {
            Some(Idle { warm, .. }) => Seat::Warm(warm),
            // The semaphore is never closed.
            None => Seat::Free(Arc::clone(&self.place.runtime.instances).acquire_owned().await.ok()),
        }
    }

    async fn instance(&self, seat: Seat, meter: Arc<Meter>) -> wasmtime::Result<Warm> {
        let slot = match seat {
            Seat::Warm(mut warm) => {
                warm.store.data_mut().renew(meter);
                warm.store.set_epoch_deadline(1);
                return Ok(warm);
            }
            Seat::Free(slot) => slot,
        };
        let mut store = self.place.store(meter);
        let instance = self.guest.instantiate_async(&mut store).await?;
        let function =
            instance.get_func(&mut store, self.analyze).ok_or_else(|| Error::msg("it exports no function `analyze`"))?;
        Ok(Warm { store, function, calls: 0, slot })
    }

    /// Keeps an instance for the next call, if it is still fresh and there is room.
    fn keep(&self, warm: Warm) {
        if warm.calls >= MAX_CALLS || warm.slot.is_none() {
            return;
        }
        let Ok(kept) = Arc::clone(&self.place.runtime.warm).try_acquire_owned() else { return };
        let mut standby = self.standby.lock().unwrap_or_else(PoisonError::into_inner);
        standby.used = true;
        standby.instances.push(Idle { warm, _kept: kept });
        if !std::mem::replace(&mut standby.watched, true) {
            tokio::spawn(watch(Arc::downgrade(&self.standby)));
        }
    }
}

/// Lets instances go that nobody has called for a while; ends with them.
async fn watch(standby: Weak<Mutex<Standby>>) {
    loop {
        tokio::time::sleep(PATIENCE).await;
        let Some(standby) = standby.upgrade() else { return };
        let mut standby = standby.lock().unwrap_or_else(PoisonError::into_inner);
        if !std::mem::take(&mut standby.used) {
            *standby = Standby::default();
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn instances_that_nobody_calls_are_let_go() {
        let standby = Arc::new(Mutex::new(Standby { used: true, watched: true, ..Standby::default() }));
        let watching = tokio::spawn(watch(Arc::downgrade(&standby)));
        tokio::time::sleep(PATIENCE + PATIENCE / 2).await;
        assert!(standby.lock().expect("not poisoned").watched, "they were in use not long ago");
        tokio::time::sleep(PATIENCE).await;
        assert!(!standby.lock().expect("not poisoned").watched);
        watching.await.expect("ends by itself");

        let gone = tokio::spawn(watch(Arc::downgrade(&standby)));
        drop(standby);
        gone.await.expect("ends with the plugin");
    }
}
