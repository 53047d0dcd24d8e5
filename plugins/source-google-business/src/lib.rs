//! Source `google-business`: reviews of one's own places on Google, and the owner's replies.
//!
//! - [`parse`]: what the API answers. Pure.
//! - [`normalize`]: reviews and replies as mentions, field by field. Pure.
//! - `settings`: what the operator set.
//! - `fetch`: plans a feed a place, walks its reviews, reads reviews again.

mod fetch;
pub mod normalize;
pub mod parse;
mod settings;

use vigie_plugin::{Batch, Change, Failure, Feed, Poll, Search, Source};

pub use settings::Settings;

/// The plugin.
#[derive(Debug)]
pub struct GoogleBusiness;

impl Source for GoogleBusiness {
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

vigie_plugin::export_source!(GoogleBusiness);
