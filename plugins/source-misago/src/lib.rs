//! Source `misago`: posts of a forum that runs Misago.
//!
//! - `settings`: the forum, categories, threads.
//! - `parse`: what the forum answers. Pure.
//! - `normalize`: posts as mentions, field by field. Pure.
//! - `fetch`: plans feeds; walks threads in the order of their last posts, and single threads.

mod fetch;
mod normalize;
mod parse;
mod settings;

use vigie_plugin::{Batch, Failure, Feed, Poll, Search, Source};

pub use settings::Settings;

/// The plugin.
#[derive(Debug)]
pub struct Misago;

impl Source for Misago {
    type Settings = Settings;

    fn plan(settings: Settings, _: Vec<Search>) -> Result<Vec<Feed>, Failure> {
        fetch::plan(&settings)
    }

    fn poll(settings: Settings, request: Poll) -> Result<Batch, Failure> {
        fetch::poll(&settings, &request)
    }
}

vigie_plugin::export_source!(Misago);
