//! Source `wordpress`: articles and comments of a site that runs WordPress.
//!
//! - [`parse`]: what the site's interface, or that of WordPress.com, answers. Pure.
//! - [`normalize`]: articles and comments as mentions, field by field. Pure.
//! - [`query`]: a topic's search in WordPress's syntax. Pure.
//! - `fetch`: plans feeds; walks lists; reads what is known again.

mod fetch;
pub mod normalize;
pub mod parse;
pub mod query;
mod settings;

use vigie_plugin::{Batch, Change, Failure, Feed, Poll, Search, Source};

pub use settings::{Api, Mode, Settings};

/// The plugin.
#[derive(Debug)]
pub struct WordPress;

impl Source for WordPress {
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

vigie_plugin::export_source!(WordPress);
