//! Source `vbulletin`: posts of a board that runs vBulletin.
//!
//! - [`parse`]: feeds, pages of threads and of lists (vBulletin 3, 4 and 5). Pure.
//! - [`normalize`]: posts as mentions. Pure.
//! - `fetch`: plans feeds and hands the walks to [`vigie_plugin::forum::walk`].

mod fetch;
pub mod normalize;
pub mod parse;

use vigie_plugin::forum::Settings;
use vigie_plugin::{Batch, Change, Failure, Feed, Poll, Search, Source};

/// The plugin.
#[derive(Debug)]
pub struct VBulletin;

impl Source for VBulletin {
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

vigie_plugin::export_source!(VBulletin);
