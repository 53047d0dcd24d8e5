//! The plugin's settings.

use serde::Deserialize;
use vigie_plugin::{Failure, http};

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
        let url = http::join(self.url.trim(), "").filter(|url| url.starts_with("http://") || url.starts_with("https://"));
        let url = url.ok_or_else(|| {
            Failure::settings(format!("setting `url`: `{}` is no address: write one such as https://forum.example", self.url))
        })?;
        Ok(url.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/').to_owned())
    }

    /// [`topics_for`](Self::topics_for) in milliseconds.
    ///
    /// # Errors
    /// Class `settings` where it is no span of time.
    pub fn topics_for_ms(&self) -> Result<i64, Failure> {
        let text = self.topics_for.trim();
        let split = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
        let hours: Option<i64> = match &text[split..] {
            "h" => Some(1),
            "d" => Some(24),
            "w" => Some(24 * 7),
            _ => None,
        };
        let span = text[..split]
            .parse::<i64>()
            .ok()
            .zip(hours)
            .and_then(|(count, hours)| count.checked_mul(hours)?.checked_mul(3_600_000));
        span.ok_or_else(|| {
            Failure::settings(format!("setting `topics_for`: `{text}` is no span of time: write one such as 36h, 30d or 4w"))
        })
    }
}
