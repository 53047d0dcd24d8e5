//! Source `reviews-web`: reviews, forum posts and comments any web page marks up for machines.
//!
//! - `settings`: pages, sitemaps, bounds.
//! - `extract`: from a page to what it marks up, whichever of five syntaxes it uses. Pure.
//! - `collect`: the reviews, posts, questions and comments in what is marked up, and what hangs below what. Pure.
//! - `draft`: each of them, read property by property. Pure.
//! - `doubles`: the same review told twice becomes one. Pure.
//! - `normalize`: drafts as mentions, with their ids. Pure.
//! - `dates`: what sites write where a date should be. Pure.
//! - `sitemap`: sitemaps of all kinds. Pure.
//! - `fetch`: plans feeds, follows pages, turns sitemaps into feeds.

mod collect;
mod dates;
mod doubles;
mod draft;
mod extract;
mod fetch;
mod normalize;
mod settings;
mod sitemap;

use vigie_plugin::{Batch, Failure, Feed, Poll, Search, Source};

pub use settings::Settings;

/// The plugin.
#[derive(Debug)]
pub struct ReviewsWeb;

impl Source for ReviewsWeb {
    type Settings = Settings;

    fn plan(settings: Settings, _: Vec<Search>) -> Result<Vec<Feed>, Failure> {
        fetch::plan(&settings)
    }

    fn poll(settings: Settings, request: Poll) -> Result<Batch, Failure> {
        fetch::poll(&settings, &request)
    }
}

vigie_plugin::export_source!(ReviewsWeb);
