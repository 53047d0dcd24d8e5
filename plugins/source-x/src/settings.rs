//! The plugin's settings.

use serde::Deserialize;
use vigie_plugin::{Failure, settings};

/// Which search is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Seven days.
    #[default]
    Recent,
    /// The full archive.
    All,
    /// Version 1.1.
    Legacy,
}

/// Which names of fields are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Naming {
    /// `tweet.fields`.
    #[default]
    Tweet,
    /// `post.fields`.
    Post,
}

/// The plugin's settings; see `plugin.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Which search is asked.
    pub search: Kind,
    /// Names or numbers of accounts.
    pub users: Vec<String>,
    /// Numbers of posts whose replies and quotes are read.
    pub posts: Vec<String>,
    /// Whether replies are read.
    pub conversations: bool,
    /// Whether quotes are read.
    pub quotes: bool,
    /// How long after its publication a post's replies and quotes are read again.
    pub conversations_for: String,
    /// Whether authors are asked for.
    pub authors: bool,
    /// The longest query, in characters.
    pub max_query: usize,
    /// Which names of fields are asked for.
    pub naming: Naming,
    /// Where the interface is asked.
    pub origin: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            search: Kind::Recent,
            users: Vec::new(),
            posts: Vec::new(),
            conversations: false,
            quotes: false,
            conversations_for: "3d".to_owned(),
            authors: true,
            max_query: 512,
            naming: Naming::Tweet,
            origin: "https://api.x.com".to_owned(),
        }
    }
}

impl Settings {
    /// [`conversations_for`](Self::conversations_for) in milliseconds.
    ///
    /// # Errors
    /// Class `settings` where it is no span of time.
    pub fn conversations_for_ms(&self) -> Result<i64, Failure> {
        settings::span_ms("conversations_for", &self.conversations_for)
    }
}
