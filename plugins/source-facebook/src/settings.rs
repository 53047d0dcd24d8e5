//! The plugin's settings.

use serde::Deserialize;
use vigie_plugin::{Failure, settings};

/// The plugin's settings; see `plugin.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Numbers or names of pages.
    pub pages: Vec<String>,
    /// Which lists of a page are read.
    pub edges: Vec<String>,
    /// Ids of posts whose comments are read although no list names them.
    pub posts: Vec<String>,
    /// Whether comments are read.
    pub comments: bool,
    /// How long after its publication a post's comments are read again.
    pub comments_for: String,
    /// Whether each request carries the app-secret proof.
    pub app_secret_proof: bool,
    /// Version of the Graph API.
    pub version: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            pages: Vec::new(),
            edges: vec!["feed".to_owned()],
            posts: Vec::new(),
            comments: true,
            comments_for: "14d".to_owned(),
            app_secret_proof: false,
            version: "v25.0".to_owned(),
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
