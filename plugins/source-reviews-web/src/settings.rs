//! The plugin's settings.

use serde::Deserialize;
use vigie_plugin::{Failure, http, settings};

/// The plugin's settings; see `plugin.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Addresses of pages.
    #[serde(default)]
    pub urls: Vec<String>,
    /// Addresses of sitemaps.
    #[serde(default)]
    pub sitemaps: Vec<String>,
    /// What an address of a sitemap's page must contain one of.
    #[serde(default)]
    pub include: Vec<String>,
    /// How many pages are followed from an address on.
    #[serde(default = "ten")]
    pub pages: u32,
    /// How many pages of a sitemap are read.
    #[serde(default = "five_hundred")]
    pub most: u32,
    /// How long a page is read after its sitemap last named it.
    #[serde(default = "month")]
    pub pages_for: String,
}

const fn ten() -> u32 {
    10
}

const fn five_hundred() -> u32 {
    500
}

fn month() -> String {
    "30d".to_owned()
}

impl Settings {
    /// [`pages_for`](Self::pages_for) in milliseconds.
    ///
    /// # Errors
    /// Class `settings` where it is no span of time.
    pub fn pages_for_ms(&self) -> Result<i64, Failure> {
        settings::span_ms("pages_for", &self.pages_for)
    }

    /// The addresses of a setting, absolute, without fragments, each once.
    ///
    /// # Errors
    /// Class `settings` where one is no address.
    pub fn addresses(name: &str, urls: &[String]) -> Result<Vec<String>, Failure> {
        let mut all: Vec<String> = Vec::new();
        for url in urls {
            let whole = http::web(url.trim(), "").ok_or_else(|| {
                Failure::settings(format!(
                    "setting `{name}`: `{url}` is no address of a page: write one such as https://shop.example/reviews"
                ))
            })?;
            let whole = whole.split('#').next().unwrap_or_default().to_owned();
            if !all.contains(&whole) {
                all.push(whole);
            }
        }
        Ok(all)
    }
}
