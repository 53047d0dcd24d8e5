//! Source `hackernews`: stories and comments of Hacker News by search, with the comments below them.
//!
//! - [`parse`]: what Algolia and Firebase answer. Pure.
//! - [`normalize`]: their items as mentions, field by field. Pure.
//! - [`query`]: a topic's search in Algolia's syntax. Pure.
//! - `fetch`: plans feeds, walks searches and comment trees, reads items again.

mod fetch;
pub mod normalize;
pub mod parse;
pub mod query;

use serde::Deserialize;
use vigie_plugin::{Batch, Change, Failure, Feed, Poll, Search, Source, settings};

/// The plugin's settings; see `plugin.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Kinds of items searched.
    pub tags: Vec<String>,
    /// Whether the comments below stories are read.
    pub comments: bool,
    /// How long after its publication a story's comments are read again.
    pub comments_for: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self { tags: vec!["story".into(), "comment".into()], comments: true, comments_for: "14d".into() }
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

/// The plugin.
#[derive(Debug)]
pub struct HackerNews;

impl Source for HackerNews {
    type Settings = Settings;

    fn plan(settings: Settings, searches: Vec<Search>) -> Result<Vec<Feed>, Failure> {
        fetch::plan(&settings, &searches)
    }

    fn poll(settings: Settings, request: Poll) -> Result<Batch, Failure> {
        fetch::poll(&settings, &request)
    }

    fn refresh(_: Settings, ids: Vec<String>) -> Result<Vec<Change>, Failure> {
        fetch::refresh(ids)
    }
}

vigie_plugin::export_source!(HackerNews);
