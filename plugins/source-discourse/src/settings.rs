//! The plugin's settings.

use serde::Deserialize;
use vigie_plugin::{Failure, settings};

/// What is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Every new post, and what searches find.
    #[default]
    Both,
    /// What searches find.
    Search,
    /// Every new post.
    Latest,
}

/// The plugin's settings; see `plugin.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Address of the forum.
    pub url: String,
    /// Number of the one category to read.
    #[serde(default)]
    pub category: Option<i64>,
    /// What is read.
    #[serde(default)]
    pub mode: Mode,
    /// Whether topics of search hits are read.
    #[serde(default = "yes")]
    pub topics: bool,
    /// How long after its last post a topic is read again.
    #[serde(default = "month")]
    pub topics_for: String,
}

const fn yes() -> bool {
    true
}

fn month() -> String {
    "30d".to_owned()
}

impl Settings {
    /// The forum's address without a slash at its end, query and fragment.
    ///
    /// # Errors
    /// Class `settings` where it is no address.
    pub fn base(&self) -> Result<String, Failure> {
        settings::base_url("url", &self.url)
    }

    /// [`topics_for`](Self::topics_for) in milliseconds.
    ///
    /// # Errors
    /// Class `settings` where it is no span of time.
    pub fn topics_for_ms(&self) -> Result<i64, Failure> {
        settings::span_ms("topics_for", &self.topics_for)
    }
}
