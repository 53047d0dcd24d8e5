//! Source `gdelt`: news articles the GDELT project saw.
//!
//! - [`parse`]: what the service answers. Pure.
//! - [`repair`]: JSON with broken escapes made readable. Pure.
//! - [`refusal`]: refusals among answers of status 200. Pure.
//! - [`normalize`]: articles as mentions, field by field. Pure.
//! - [`places`]: languages and countries by their names. Pure.
//! - [`query`]: a topic's search in the service's syntax. Pure.
//! - `fetch`: plans feeds; walks searches in windows of time.

mod fetch;
pub mod normalize;
pub mod parse;
pub mod places;
pub mod query;
pub mod refusal;
pub mod repair;
mod settings;

use vigie_plugin::{Batch, Failure, Feed, Poll, Search, Source};

pub use settings::Settings;

/// The plugin.
#[derive(Debug)]
pub struct Gdelt;

impl Source for Gdelt {
    type Settings = Settings;

    fn plan(settings: Settings, searches: Vec<Search>) -> Result<Vec<Feed>, Failure> {
        fetch::plan(&settings, &searches)
    }

    fn poll(_: Settings, request: Poll) -> Result<Batch, Failure> {
        fetch::poll(&request)
    }
}

vigie_plugin::export_source!(Gdelt);
