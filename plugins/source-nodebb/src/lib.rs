//! Source `nodebb`: posts of a forum that runs NodeBB.
//!
//! - `settings`: the forum, categories, topics.
//! - `parse`: what the forum answers. Pure.
//! - `normalize`: posts as mentions, field by field. Pure.
//! - `fetch`: plans feeds; walks topics in the order of their last posts, single topics and searches; reads posts again.

mod fetch;
mod normalize;
mod parse;
mod settings;

use vigie_plugin::{Batch, Change, Failure, Feed, Poll, Search, Source};

pub use settings::{Mode, Settings};

/// The plugin.
#[derive(Debug)]
pub struct NodeBb;

impl Source for NodeBb {
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

vigie_plugin::export_source!(NodeBb);
