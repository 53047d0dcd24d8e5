//! The plugin's settings.

use serde::Deserialize;
use vigie_plugin::{Failure, settings};

/// What is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Every article and every comment.
    #[default]
    Latest,
    /// What searches find, and the comments below it.
    Search,
}

/// Whose interface is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub enum Api {
    /// The site's own, `wp/v2`.
    #[default]
    #[serde(rename = "site")]
    Site,
    /// That of WordPress.com, version 1.1.
    #[serde(rename = "wordpress.com")]
    WordPressCom,
}

/// The plugin's settings; see `plugin.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Address of the site.
    pub url: String,
    /// What is read.
    #[serde(default)]
    pub mode: Mode,
    /// Whether comments are read, too.
    #[serde(default = "yes")]
    pub comments: bool,
    /// How long after its publication the comments of an article are read again.
    #[serde(default = "fortnight")]
    pub comments_for: String,
    /// Whether pages are read beside articles.
    #[serde(default)]
    pub static_pages: bool,
    /// Whose interface is asked.
    #[serde(default)]
    pub api: Api,
}

const fn yes() -> bool {
    true
}

fn fortnight() -> String {
    "14d".to_owned()
}

impl Settings {
    /// The site's address without a slash at its end, query and fragment.
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
