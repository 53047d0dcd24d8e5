//! The plugin's settings.

use serde::Deserialize;
use vigie_plugin::{Failure, settings};

/// The plugin's settings; see `plugin.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The site's name in the interface.
    pub site: String,
    /// Tags whose new questions are read.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Whether the key is sent.
    #[serde(default)]
    pub key: bool,
    /// Whether answers are read.
    #[serde(default = "yes")]
    pub answers: bool,
    /// Whether comments are read.
    #[serde(default = "yes")]
    pub comments: bool,
    /// How long answers and comments are read again.
    #[serde(default = "fortnight")]
    pub answers_for: String,
    /// Which fields come.
    #[serde(default = "with_body")]
    pub filter: String,
}

const fn yes() -> bool {
    true
}

fn fortnight() -> String {
    "14d".to_owned()
}

fn with_body() -> String {
    "withbody".to_owned()
}

impl Settings {
    /// The site's name.
    ///
    /// # Errors
    /// Class `settings` where it cannot be one.
    pub fn site(&self) -> Result<&str, Failure> {
        let site = self.site.trim();
        let good = !site.is_empty() && site.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
        good.then_some(site).ok_or_else(|| {
            Failure::settings(format!(
                "setting `site`: `{site}` is no site: write its name such as \"stackoverflow\" or \"android\""
            ))
        })
    }

    /// [`answers_for`](Self::answers_for) in milliseconds.
    ///
    /// # Errors
    /// Class `settings` where it is no span of time.
    pub fn answers_for_ms(&self) -> Result<i64, Failure> {
        settings::span_ms("answers_for", &self.answers_for)
    }
}
