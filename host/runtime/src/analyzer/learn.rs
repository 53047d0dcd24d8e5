//! Learning in place: examples go into the sandbox, a table comes out, and the table goes back with the settings of every later call.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tracing::{Instrument, info_span};
use vigie_mention::delivery::Example;
use wasmtime::Error;
use wasmtime::component::ComponentExportIndex;

use super::AnalyzerPlugin;
use crate::answers;
use crate::bindings::v0_1::{analyze, failure};
use crate::error::CallError;
use crate::limits::MAX_LEARNED_BYTES;
use crate::live::{Place, Who};
use crate::manifest::LEARNED;
use crate::meter::Meter;
use crate::package::hex;

impl AnalyzerPlugin {
    /// The annotations it can learn in place; empty for most.
    #[must_use]
    pub fn learns(&self) -> &[String] {
        &self.manifest.learns
    }

    /// Has it learn from examples, however many: what they take counts against its memory, and it has ten times the time of another
    /// call. It always begins with what it ships, whatever [`with_learned`](Self::with_learned) gave it.
    ///
    /// # Shape
    /// Returns a table for [`with_learned`](Self::with_learned), opaque and at most 1 MiB. The same examples give the same table. It is
    /// good for this version of the plugin alone.
    ///
    /// # Errors
    /// [`CallError`]: it does not learn, an example it cannot learn from, a limit, a trap, too large a table.
    pub async fn learn(&self, examples: &[Example]) -> Result<Vec<u8>, CallError> {
        let place = Place { limits: Arc::new(self.place.limits.learning()), ..self.place.clone() };
        let Some(learn) = self.learn else {
            return Err(answers::invalid(&place, "no key in `learns` of its manifest, so there is nothing it could learn"));
        };
        let span = info_span!("plugin.call", call = "learn", plugin = place.who.plugin, examples = examples.len());
        // Waiting for a free slot is not the plugin's time. The semaphore is never closed.
        let _slot = place.runtime.instances.acquire().await;
        let meter = Arc::new(Meter::default());
        let call = self.run_learn(&place, learn, examples, Arc::clone(&meter));
        let answer = place.bounded(meter, call).instrument(span).await?;
        let table = answer.map_err(|fault| CallError::Failure(failure(fault)))?;
        if table.len() > MAX_LEARNED_BYTES {
            let fault = format!("a learned table of {} bytes; {MAX_LEARNED_BYTES} are allowed", table.len());
            return Err(answers::invalid(&place, &fault));
        }
        Ok(table)
    }

    /// One call in an instance of its own: learning leaves too much behind to keep it warm.
    async fn run_learn(
        &self,
        place: &Place,
        learn: ComponentExportIndex,
        examples: &[Example],
        meter: Arc<Meter>,
    ) -> wasmtime::Result<Result<Vec<u8>, analyze::Fault>> {
        let mut store = place.store(meter);
        let instance = self.guest.instantiate_async(&mut store).await?;
        let function = instance.get_func(&mut store, learn).ok_or_else(|| Error::msg("it exports no function `learn`"))?;
        let lent: Vec<_> = examples.iter().map(analyze::example).collect();
        let learn = function.typed::<analyze::Lesson<'_>, analyze::Learned>(&store)?;
        let (answer,) = learn.call_async(&mut store, (&self.settings.to_string(), &lent)).await?;
        Ok(answer)
    }

    /// The same plugin with what it [`learn`](Self::learn)ed: compiled code is shared, and its [`version`](Self::version) names the table.
    ///
    /// # Shape
    /// Only for plugins that [learn](Self::learns); others may refuse the setting. A table that is not the plugin's own is its to refuse:
    /// a failure of class `settings` of every call.
    #[must_use]
    pub fn with_learned(&self, table: &[u8]) -> Self {
        let mut told = self.settings.clone();
        if let Value::Object(settings) = &mut told {
            settings.insert(LEARNED.to_owned(), BASE64.encode(table).into());
        }
        let who = Who { version: site_version(&self.manifest.version, table), ..(*self.place.who).clone() };
        Self {
            guest: self.guest.clone(),
            analyze: self.analyze,
            learn: self.learn,
            place: Place { who: Arc::new(who), ..self.place.clone() },
            manifest: Arc::clone(&self.manifest),
            settings: self.settings.clone(),
            told: told.to_string(),
            standby: Arc::default(),
        }
    }
}

/// The plugin's version with the table in its build metadata, such as `0.1.0+site.9f86d081`.
///
/// # Source
/// Semantic Versioning 2.0.0, item 10: one `+`, identifiers behind it separated by dots.
fn site_version(version: &str, table: &[u8]) -> String {
    let joint = if version.contains('+') { '.' } else { '+' };
    format!("{version}{joint}site.{}", hex(&Sha256::digest(table)[..4]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_names_its_table() {
        // SHA-256 of "" is e3b0c442…, of "abc" ba7816bf… (FIPS 180-4, examples).
        assert_eq!(site_version("0.1.0", b""), "0.1.0+site.e3b0c442");
        assert_eq!(site_version("0.1.0", b"abc"), "0.1.0+site.ba7816bf");
        assert_eq!(site_version("2.0.0-rc.1+linux", b"abc"), "2.0.0-rc.1+linux.site.ba7816bf");
    }
}
