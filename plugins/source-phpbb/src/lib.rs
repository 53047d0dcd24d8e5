//! Source `phpbb`: posts of a board that runs phpBB.
//!
//! - [`parse`]: feeds, topics and lists of topics. Pure.
//! - [`normalize`]: posts as mentions. Pure.
//! - `fetch`: plans feeds and hands the walks to [`vigie_plugin::forum::walk`].

mod fetch;
pub mod normalize;
pub mod parse;

use vigie_plugin::forum::Settings;
use vigie_plugin::{Batch, Change, Failure, Feed, Poll, Search, Source};

/// The plugin.
#[derive(Debug)]
pub struct PhpBb;

impl Source for PhpBb {
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

vigie_plugin::export_source!(PhpBb);
