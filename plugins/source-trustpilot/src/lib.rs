//! Source `trustpilot`: reviews of businesses and the companies' replies.
//!
//! - [`parse`]: what the API answers, and what its refusals mean. Pure.
//! - [`normalize`]: reviews and replies as mentions, field by field. Pure.
//! - `settings`: what the operator set.
//! - `fetch`: plans a feed a business, walks its reviews, reads reviews again.

mod fetch;
pub mod normalize;
pub mod parse;
mod settings;

use vigie_plugin::{Batch, Change, Failure, Feed, Poll, Search, Source};

pub use settings::Settings;

/// The plugin.
#[derive(Debug)]
pub struct Trustpilot;

impl Source for Trustpilot {
    type Settings = Settings;

    fn plan(settings: Settings, _: Vec<Search>) -> Result<Vec<Feed>, Failure> {
        fetch::plan(&settings)
    }

    fn poll(settings: Settings, request: Poll) -> Result<Batch, Failure> {
        fetch::poll(&settings, &request)
    }

    fn refresh(settings: Settings, ids: Vec<String>) -> Result<Vec<Change>, Failure> {
        fetch::refresh(&settings, &ids)
    }
}

vigie_plugin::export_source!(Trustpilot);
