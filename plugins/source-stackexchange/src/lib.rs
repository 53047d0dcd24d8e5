//! Source `stackexchange`: questions, answers and comments of a Stack Exchange site.
//!
//! - [`parse`]: what the interface answers. Pure.
//! - [`refusal`]: what its refusals mean. Pure.
//! - [`normalize`]: questions, answers and comments as mentions, field by field. Pure.
//! - [`entities`]: titles and names without their escapes. Pure.
//! - [`query`]: a topic's search in the interface's syntax. Pure.
//! - `fetch`: plans feeds; walks searches and what hangs below questions; reads posts again.

pub mod entities;
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
pub struct StackExchange;

impl Source for StackExchange {
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

vigie_plugin::export_source!(StackExchange);
