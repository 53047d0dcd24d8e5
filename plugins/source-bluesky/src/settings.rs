//! The plugin's settings.

use serde::Deserialize;
use vigie_plugin::{Failure, settings};

/// The plugin's settings; see `plugin.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Address that is asked.
    #[serde(default = "public")]
    pub service: String,
    /// Account to log in with; empty: nobody.
    #[serde(default)]
    pub identifier: String,
    /// Accounts whose posts are read.
    #[serde(default)]
    pub accounts: Vec<String>,
    /// Whether threads are read.
    #[serde(default = "yes")]
    pub threads: bool,
    /// Whether quotes are read.
    #[serde(default = "yes")]
    pub quotes: bool,
    /// How long threads and quotes are read again.
    #[serde(default = "week")]
    pub threads_for: String,
}

fn public() -> String {
    "https://public.api.bsky.app".to_owned()
}

const fn yes() -> bool {
    true
}

fn week() -> String {
    "7d".to_owned()
}

impl Settings {
    /// The service's address without a slash at its end.
    ///
    /// # Errors
    /// Class `settings` where it is no address.
    pub fn base(&self) -> Result<String, Failure> {
        settings::base_url("service", &self.service)
    }

    /// Whether requests are made in somebody's name.
    #[must_use]
    pub fn logs_in(&self) -> bool {
        !self.identifier.trim().is_empty()
    }

    /// [`threads_for`](Self::threads_for) in milliseconds.
    ///
    /// # Errors
    /// Class `settings` where it is no span of time.
    pub fn threads_for_ms(&self) -> Result<i64, Failure> {
        settings::span_ms("threads_for", &self.threads_for)
    }
}
