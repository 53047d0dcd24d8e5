//! The plugin's settings.

use serde::Deserialize;
use vigie_plugin::{Failure, settings};

/// How topics are searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SearchBy {
    /// Hashtag timelines.
    #[default]
    Tags,
    /// Full-text search.
    Text,
    /// Both.
    Both,
}

/// The plugin's settings; see `plugin.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Address of the server.
    pub url: String,
    /// Hashtags read beside those of the topics.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Accounts whose statuses are read.
    #[serde(default)]
    pub accounts: Vec<String>,
    /// How topics are searched.
    #[serde(default)]
    pub search: SearchBy,
    /// Whether the token is sent.
    #[serde(default)]
    pub token: bool,
    /// Whether threads are read.
    #[serde(default = "yes")]
    pub threads: bool,
    /// How long a thread is read again.
    #[serde(default = "week")]
    pub threads_for: String,
    /// Whether boosts of accounts are read.
    #[serde(default = "yes")]
    pub boosts: bool,
    /// Whether accounts that opt out of indexing are left out.
    #[serde(default)]
    pub skip_noindex: bool,
}

const fn yes() -> bool {
    true
}

fn week() -> String {
    "7d".to_owned()
}

impl Settings {
    /// The server's address without a slash at its end, query and fragment.
    ///
    /// # Errors
    /// Class `settings` where it is no address.
    pub fn base(&self) -> Result<String, Failure> {
        settings::base_url("url", &self.url)
    }

    /// [`threads_for`](Self::threads_for) in milliseconds.
    ///
    /// # Errors
    /// Class `settings` where it is no span of time.
    pub fn threads_for_ms(&self) -> Result<i64, Failure> {
        settings::span_ms("threads_for", &self.threads_for)
    }
}
