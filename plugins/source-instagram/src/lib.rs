//! Source `instagram`: own posts and those that tag the account, comments, hashtags, other professional accounts.
//!
//! - [`parse`]: what the Graph API answers. Pure.
//! - [`normalize`]: posts and comments as mentions, field by field. Pure.
//! - [`query`]: a topic's search as a hashtag. Pure.
//! - `fetch`: plans feeds, walks lists, hashtags, accounts and comments, reads posts again.

mod fetch;
pub mod normalize;
pub mod parse;
pub mod query;
mod settings;

use vigie_plugin::{Batch, Change, Failure, Feed, Poll, Search, Source};

pub use settings::{Login, Settings};

/// The plugin.
#[derive(Debug)]
pub struct Instagram;

impl Source for Instagram {
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

vigie_plugin::export_source!(Instagram);
