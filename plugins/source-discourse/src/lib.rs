//! Source `discourse`: posts of a forum that runs Discourse.
//!
//! - [`parse`]: what the forum answers. Pure.
//! - [`html`]: a post's HTML without what its author did not write. Pure.
//! - [`normalize`]: posts as mentions, field by field. Pure.
//! - [`query`]: a topic's search in Discourse's syntax. Pure.
//! - `fetch`: plans feeds; walks the newest posts, searches and topics; reads posts again.

mod fetch;
pub mod html;
pub mod normalize;
pub mod parse;
pub mod query;
mod settings;

use vigie_plugin::{Batch, Change, Failure, Feed, Poll, Search, Source};

pub use settings::{Mode, Settings};

/// The plugin.
#[derive(Debug)]
pub struct Discourse;

impl Source for Discourse {
    type Settings = Settings;

    fn plan(settings: Settings, searches: Vec<Search>) -> Result<Vec<Feed>, Failure> {
        fetch::plan(&settings, &searches)
    }

    fn poll(settings: Settings, request: Poll) -> Result<Batch, Failure> {
        fetch::poll(&settings, &request)
    }

    fn refresh(settings: Settings, ids: Vec<String>) -> Result<Vec<Change>, Failure> {
        fetch::refresh(&settings, ids)
    }
}

vigie_plugin::export_source!(Discourse);
