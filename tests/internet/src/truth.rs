//! What a source should find: the answer key of the compliance suite (`tests/tests/compliance.rs`).
//!
//! A service tells it in the contract's terms, from what it holds and not from what it sends, so that a plugin that misreads an
//! answer disagrees with it.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::wire::Reply;

/// How a service is read in the compliance suite.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    /// Id of the source plugin, such as `reddit`.
    pub plugin: &'static str,
    /// Its settings.
    pub settings: Value,
    /// Its secrets, by name; a service may check them.
    pub secrets: Vec<(&'static str, &'static str)>,
    /// What is searched for, in Vigie's query language; empty for a source that only lists.
    pub search: Option<&'static str>,
    /// Whether history is complete without bound (false: the service has a wall, and only what lies in front of it is compared).
    pub whole_history: bool,
    /// Whether it answers in JSON, of which half is none; half a page or feed still is one.
    pub json: bool,
    /// Whether [`Service::change`](crate::services::Service::change) of one known mention must be seen by `refresh`.
    pub refreshes: bool,
}

impl Subject {
    /// A plugin without settings, secrets and search, that reads a whole history and refreshes.
    #[must_use]
    pub fn of(plugin: &'static str) -> Self {
        Self { plugin, settings: json!({}), secrets: Vec::new(), search: None, whole_history: true, json: true, refreshes: true }
    }
}

/// One mention as it must arrive. Only what is `Some` (or not empty) is compared, except for `id` and `kind`, which always are.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Truth {
    /// As the plugin must write it.
    pub id: String,
    /// The contract's word: `post`, `reply`, `review` ….
    pub kind: &'static str,
    /// The author's id as the plugin must write it; `Some(None)`: none may be stated.
    pub author: Option<Option<String>>,
    /// When it was published; `Some(None)`: none may be stated.
    pub published: Option<Option<Timestamp>>,
    /// Title.
    pub title: Option<String>,
    /// Words that must occur in the plain text, in this order.
    pub text: String,
    /// Words that must not occur in the text: what a quoted person or the service itself wrote.
    pub not_text: Option<String>,
    /// What it answers; `Some(None)`: nothing.
    pub parent: Option<Option<String>>,
    /// The conversation it belongs to.
    pub thread: Option<Option<String>>,
    /// What it shares or quotes.
    pub original: Option<Option<String>>,
    /// 0 to 1.
    pub rating: Option<Option<f64>>,
    /// Language tag stated by the service.
    pub language: Option<Option<String>>,
    /// Counters: likes, comments, shares, views.
    pub counters: [Option<u64>; 4],
}

/// An answer in a service's own manner that means a failure, and the class it must become.
#[derive(Debug, Clone, PartialEq)]
pub struct Spoken {
    /// For the test's message.
    pub what: &'static str,
    /// Part of path and query of the requests that get it; empty: all.
    pub path: &'static str,
    /// The answer.
    pub reply: Reply,
    /// The contract's word: `rate-limited`, `unauthorized` ….
    pub class: &'static str,
    /// The least pause the failure must ask for, where the answer states one.
    pub pause_ms: Option<u64>,
}
