//! Source `feed`: reads RSS, Atom and JSON Feed.
//!
//! - [`parse`]: bytes to a feed, of whatever kind and in whatever state.
//! - [`normalize`]: its entries as mentions.
//! - `fetch`: asks for it and cuts it into batches.

mod fetch;
pub mod normalize;
pub mod parse;

use serde::Deserialize;
use vigie_plugin::{Batch, Failure, Poll, Search, Source};

/// The plugin's settings; see `plugin.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Addresses of feeds.
    pub urls: Vec<String>,
}

/// The plugin.
#[derive(Debug)]
pub struct FeedSource;

impl Source for FeedSource {
    type Settings = Settings;

    fn plan(settings: Settings, _: Vec<Search>) -> Result<Vec<vigie_plugin::Feed>, Failure> {
        fetch::plan(&settings)
    }

    fn poll(_: Settings, request: Poll) -> Result<Batch, Failure> {
        fetch::poll(&request)
    }
}

vigie_plugin::export_source!(FeedSource);
