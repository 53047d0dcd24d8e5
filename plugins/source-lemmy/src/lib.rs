//! Source `lemmy`: posts and comments of a Lemmy server.
//!
//! - [`parse`]: what the server answers. Pure.
//! - [`refusal`]: what its refusals mean. Pure.
//! - [`normalize`]: posts and comments as mentions, field by field. Pure.
//! - [`query`]: a topic's search as the server takes it. Pure.
//! - `fetch`: plans feeds; walks lists and searches; reads posts and comments again.

mod fetch;
pub mod normalize;
pub mod parse;
pub mod query;
pub mod refusal;
mod settings;

use vigie_plugin::{Batch, Change, Failure, Feed, Poll, Search, Source};

pub use settings::{Mode, Settings};

/// The plugin.
#[derive(Debug)]
pub struct Lemmy;

impl Source for Lemmy {
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

vigie_plugin::export_source!(Lemmy);
