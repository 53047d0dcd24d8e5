//! Source `youtube`: videos by search or by channel, with the comments and replies below them.
//!
//! - [`parse`]: what the Data API answers. Pure.
//! - [`normalize`]: videos and comments as mentions, field by field. Pure.
//! - [`query`]: a topic's search in YouTube's syntax. Pure.
//! - `settings`: what the operator set.
//! - `fetch`: plans feeds, walks searches, uploads, comments and replies, reads mentions again.

mod fetch;
pub mod normalize;
pub mod parse;
pub mod query;
mod settings;

use vigie_plugin::{Batch, Change, Failure, Feed, Poll, Search, Source};

pub use settings::Settings;

/// The plugin.
#[derive(Debug)]
pub struct YouTube;

impl Source for YouTube {
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

vigie_plugin::export_source!(YouTube);
