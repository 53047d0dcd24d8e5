//! Source `xenforo`: posts of a board that runs XenForo.
//!
//! - [`parse`]: feeds, pages of threads and of lists (XenForo 1 and 2), and the answers of the REST interface. Pure.
//! - [`normalize`]: posts as mentions. Pure.
//! - `fetch`: plans feeds and hands the walks to [`vigie_plugin::forum::walk`].

mod fetch;
pub mod normalize;
pub mod parse;
mod settings;

use vigie_plugin::{Batch, Change, Failure, Feed, Poll, Search, Source};

pub use settings::Settings;

/// The plugin.
#[derive(Debug)]
pub struct XenForo;

impl Source for XenForo {
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

vigie_plugin::export_source!(XenForo);
