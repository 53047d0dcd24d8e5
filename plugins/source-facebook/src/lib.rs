//! Source `facebook`: posts on Facebook pages, posts that tag them, and the comments below.
//!
//! - [`parse`]: what the Graph API answers. Pure.
//! - [`normalize`]: posts and comments as mentions, field by field. Pure.
//! - `fetch`: plans feeds, walks a page's lists and the comments of posts, reads both again.

mod fetch;
pub mod normalize;
pub mod parse;
mod settings;

use vigie_plugin::{Batch, Change, Failure, Feed, Poll, Search, Source};

pub use settings::Settings;

/// The plugin.
#[derive(Debug)]
pub struct Facebook;

impl Source for Facebook {
    type Settings = Settings;

    fn plan(settings: Settings, _: Vec<Search>) -> Result<Vec<Feed>, Failure> {
        fetch::plan(&settings)
    }

    fn poll(settings: Settings, request: Poll) -> Result<Batch, Failure> {
        fetch::poll(&settings, &request)
    }

    fn refresh(settings: Settings, ids: Vec<String>) -> Result<Vec<Change>, Failure> {
        fetch::refresh(&settings, ids)
    }
}

vigie_plugin::export_source!(Facebook);
