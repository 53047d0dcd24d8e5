//! The plugin's settings: those of every board, and whether the interface is used.

use serde::Deserialize;
use vigie_plugin::forum;

/// The plugin's settings; see `plugin.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Address of the board.
    pub url: String,
    /// Numbers, names with numbers, or addresses of forums.
    #[serde(default)]
    pub forums: Vec<String>,
    /// Addresses of threads.
    #[serde(default)]
    pub topics: Vec<String>,
    /// Addresses of feeds.
    #[serde(default)]
    pub feeds: Vec<String>,
    /// Whether threads are read.
    #[serde(default = "yes")]
    pub read_topics: bool,
    /// How long after its last post a thread is read again.
    #[serde(default = "fortnight")]
    pub topics_for: String,
    /// Whether the REST interface is read.
    #[serde(default)]
    pub api: bool,
}

const fn yes() -> bool {
    true
}

fn fortnight() -> String {
    "14d".to_owned()
}

impl Settings {
    /// What every board has.
    #[must_use]
    pub fn board(&self) -> forum::Settings {
        let Self { url, forums, topics, feeds, read_topics, topics_for, api: _ } = self.clone();
        forum::Settings { url, forums, topics, feeds, read_topics, topics_for }
    }
}
