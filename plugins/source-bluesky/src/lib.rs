//! Source `bluesky`: posts of Bluesky and of what else runs on the AT Protocol's `app.bsky` interface.
//!
//! - [`parse`]: what the service answers. Pure.
//! - [`refusal`]: what its refusals mean. Pure.
//! - [`normalize`]: posts as mentions, field by field. Pure.
//! - [`facets`]: what a post's marks point to, by their bytes. Pure.
//! - [`query`]: a topic's search in the service's syntax. Pure.
//! - `fetch`: plans feeds; walks searches, accounts, threads and quotes; reads posts again.

pub mod facets;
mod fetch;
pub mod normalize;
pub mod parse;
pub mod query;
pub mod refusal;
mod settings;

use vigie_plugin::{Batch, Change, Failure, Feed, Poll, Search, Source};

pub use settings::Settings;

/// The plugin.
#[derive(Debug)]
pub struct Bluesky;

impl Source for Bluesky {
    type Settings = Settings;

    fn plan(settings: Settings, searches: Vec<Search>) -> Result<Vec<Feed>, Failure> {
        fetch::plan(&settings, &searches)
    }

    fn poll(settings: Settings, request: Poll) -> Result<Batch, Failure> {
        fetch::poll(&settings, &request)
    }

    fn refresh(settings: Settings, ids: Vec<String>) -> Result<Vec<Change>, Failure> {
        fetch::refresh(&settings, &ids)
    }
}

vigie_plugin::export_source!(Bluesky);
