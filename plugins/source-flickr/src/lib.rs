//! Source `flickr`: public photos and films by words, tags and people, and the comments below them.
//!
//! - [`parse`]: what Flickr answers. Pure.
//! - [`normalize`]: photos and comments as mentions, field by field. Pure.
//! - [`query`]: a topic's search as Flickr's words. Pure.
//! - `fetch`: plans feeds, walks searches by date of upload, reads comments, reads both again.

mod fetch;
pub mod normalize;
pub mod parse;
pub mod query;
mod settings;

use vigie_plugin::{Batch, Change, Failure, Feed, Poll, Search, Source};

pub use settings::Settings;

/// The plugin.
#[derive(Debug)]
pub struct Flickr;

impl Source for Flickr {
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

vigie_plugin::export_source!(Flickr);
