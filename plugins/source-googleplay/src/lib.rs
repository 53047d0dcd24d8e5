//! Source `googleplay`: reviews of one's own apps in Google Play.
//!
//! - `parse`: what the API answers, errors among it. Pure.
//! - `normalize`: reviews and answers as mentions, field by field. Pure.
//! - `fetch`: plans a feed an app, and walks its reviews.

mod fetch;
mod normalize;
mod parse;

use serde::Deserialize;
use vigie_plugin::{Batch, Failure, Feed, Poll, Search, Source};

/// The plugin's settings; see `plugin.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Package names.
    pub packages: Vec<String>,
}

/// The plugin.
#[derive(Debug)]
pub struct GooglePlay;

impl Source for GooglePlay {
    type Settings = Settings;

    fn plan(settings: Settings, _: Vec<Search>) -> Result<Vec<Feed>, Failure> {
        fetch::plan(&settings)
    }

    fn poll(_: Settings, request: Poll) -> Result<Batch, Failure> {
        fetch::poll(&request)
    }
}

vigie_plugin::export_source!(GooglePlay);
