//! Source `appstore`: customer reviews of apps in Apple's App Store.
//!
//! - `settings`: apps and storefronts.
//! - `parse`: what the feed answers, as JSON and as XML. Pure.
//! - `normalize`: reviews as mentions, field by field. Pure.
//! - `fetch`: plans a feed an app and storefront; walks its ten pages; looks for reviews and dates where an answer lacks them.

mod fetch;
mod normalize;
mod parse;
mod settings;

use vigie_plugin::{Batch, Failure, Feed, Poll, Search, Source};

pub use settings::Settings;

/// The plugin.
#[derive(Debug)]
pub struct AppStore;

impl Source for AppStore {
    type Settings = Settings;

    fn plan(settings: Settings, _: Vec<Search>) -> Result<Vec<Feed>, Failure> {
        fetch::plan(&settings)
    }

    fn poll(_: Settings, request: Poll) -> Result<Batch, Failure> {
        fetch::poll(&request)
    }
}

vigie_plugin::export_source!(AppStore);
