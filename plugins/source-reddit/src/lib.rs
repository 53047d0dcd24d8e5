//! Source `reddit`: submissions by search, subreddits and accounts, with the comments below them.
//!
//! - [`parse`]: what the API answers, and what its refusals mean. Pure.
//! - [`normalize`]: submissions and comments as mentions, field by field. Pure.
//! - [`query`]: a topic's search in Reddit's syntax. Pure.
//! - `settings`: what the operator set.
//! - `fetch`: plans feeds, walks listings and comment trees, reads mentions again.

mod fetch;
pub mod normalize;
pub mod parse;
pub mod query;
mod settings;

use vigie_plugin::{Batch, Change, Failure, Feed, Poll, Search, Source};

pub use settings::Settings;

/// The plugin.
#[derive(Debug)]
pub struct Reddit;

impl Source for Reddit {
    type Settings = Settings;

    fn plan(settings: Settings, searches: Vec<Search>) -> Result<Vec<Feed>, Failure> {
        fetch::plan(&settings, &searches)
    }

    fn poll(settings: Settings, request: Poll) -> Result<Batch, Failure> {
        fetch::poll(&settings, &request)
    }

    fn refresh(_: Settings, ids: Vec<String>) -> Result<Vec<Change>, Failure> {
        fetch::refresh(&ids)
    }
}

vigie_plugin::export_source!(Reddit);
