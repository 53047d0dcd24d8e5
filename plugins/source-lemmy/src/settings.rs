//! The plugin's settings.

use serde::Deserialize;
use vigie_plugin::{Failure, settings};

/// What is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Everything new, and what searches find.
    #[default]
    Both,
    /// What searches find.
    Search,
    /// Everything new.
    Latest,
}

/// The plugin's settings; see `plugin.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Address of the server.
    pub url: String,
    /// The only communities to read.
    #[serde(default)]
    pub communities: Vec<String>,
    /// What is read.
    #[serde(default)]
    pub mode: Mode,
    /// Whether comments are read.
    #[serde(default = "yes")]
    pub comments: bool,
    /// How long comments of a post are read again.
    #[serde(default = "week")]
    pub comments_for: String,
    /// Whether bots are read.
    #[serde(default)]
    pub bots: bool,
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

    /// [`comments_for`](Self::comments_for) in milliseconds.
    ///
    /// # Errors
    /// Class `settings` where it is no span of time.
    pub fn comments_for_ms(&self) -> Result<i64, Failure> {
        settings::span_ms("comments_for", &self.comments_for)
    }
}
