//! Source `x`: posts on X by search, posts of accounts, replies and quotes.
//!
//! - [`parse`]: what X answers, in both versions of its interface and both namings, as one kind of record. Pure.
//! - [`normalize`]: records as mentions, field by field. Pure.
//! - [`query`]: topics' searches in X's syntax, within its length. Pure.
//! - `fetch`: plans feeds, walks searches, accounts and quotes, reads posts again.

mod fetch;
pub mod normalize;
pub mod parse;
pub mod query;
mod settings;

use vigie_plugin::{Batch, Change, Failure, Feed, Poll, Search, Source};

pub use settings::{Kind, Naming, Settings};

/// The plugin.
#[derive(Debug)]
pub struct X;

impl Source for X {
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

vigie_plugin::export_source!(X);
