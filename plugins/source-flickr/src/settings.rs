//! The plugin's settings.

use serde::Deserialize;
use vigie_plugin::{Failure, settings};

/// The plugin's settings; see `plugin.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Tags beside the topics' words.
    pub tags: Vec<String>,
    /// Numbers of people.
    pub users: Vec<String>,
    /// Numbers of photos whose comments are read.
    pub photos: Vec<String>,
    /// `all`, `photos` or `videos`.
    pub media: String,
    /// Whether comments are read.
    pub comments: bool,
    /// How long after its upload a photo's comments are read again.
    pub comments_for: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            tags: Vec::new(),
            users: Vec::new(),
            photos: Vec::new(),
            media: "all".to_owned(),
            comments: true,
            comments_for: "14d".to_owned(),
        }
    }
}

impl Settings {
    /// [`comments_for`](Self::comments_for) in milliseconds.
    ///
    /// # Errors
    /// Class `settings` where it is no span of time.
    pub fn comments_for_ms(&self) -> Result<i64, Failure> {
        settings::span_ms("comments_for", &self.comments_for)
    }
}
