//! What crosses the sandbox's border, in the contract's words: what a source hands over before admission, and what an
//! analyzer gets to see. Meanings of the fields: `wit/source.wit` and `wit/analyzer.wit`.
#![expect(missing_docs, reason = "the contract documents each field")]

use serde::{Deserialize, Serialize};

use crate::{Annotation, Attribute, Author, Engagement, Instant, Media, MentionKind, Moment, Rating, Value};

/// How the text of a delivered mention is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextFormat {
    Plain,
    Html,
    Markdown,
}

/// A mention as a source plugin delivers it: nothing about it has been checked.
#[derive(Debug, Clone, PartialEq)]
pub struct RawMention {
    pub id: String,
    pub kind: MentionKind,
    pub url: Option<String>,
    pub title: Option<String>,
    pub text: String,
    pub format: TextFormat,
    pub language: Option<String>,
    pub author: Option<Author>,
    pub published: Option<Moment>,
    pub edited: Option<Moment>,
    pub parent: Option<String>,
    pub thread: Option<String>,
    pub original: Option<String>,
    pub engagement: Engagement,
    pub rating: Option<Rating>,
    pub country: Option<String>,
    pub links: Vec<String>,
    pub media: Vec<Media>,
    pub attributes: Vec<Attribute>,
}

/// Every word or phrase of `all` and none of `none`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Clause {
    pub all: Vec<String>,
    pub none: Vec<String>,
}

/// A topic's query widened to what services can search.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Search {
    pub any: Vec<Clause>,
    pub languages: Vec<String>,
}

/// One thing to read again and again.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Feed {
    pub id: String,
    pub title: String,
    pub params: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Instant>,
}

/// Which way to read a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Newer,
    Older,
}

/// What to read.
#[derive(Debug, Clone, PartialEq)]
pub struct PollRequest {
    pub feed: Feed,
    pub direction: Direction,
    pub cursor: Option<String>,
    pub since: Option<Instant>,
    pub limit: u32,
}

/// What happened to a mention.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    Upsert(Box<RawMention>),
    Remove(String),
}

/// When to read on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    More,
    /// Milliseconds after which it pays to come back; `None`: as scheduled.
    Later(Option<u64>),
    Done,
}

/// What one poll read.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    pub changes: Vec<Change>,
    pub feeds: Vec<Feed>,
    pub cursor: Option<String>,
    pub next: Next,
}

/// What an analyzer may see of a mention.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    pub text: String,
    pub title: Option<String>,
    pub language: Option<String>,
    pub kind: MentionKind,
    pub source: String,
    pub author: Option<Author>,
    pub rating: Option<Rating>,
    pub published_at: Instant,
    pub annotations: Vec<Annotation>,
}

/// A fact as an analyzer delivers it: nothing about it has been checked.
#[derive(Debug, Clone, PartialEq)]
pub struct RawAnnotation {
    pub key: String,
    pub value: Value,
    pub confidence: Option<f32>,
}

/// A document and one truth about it, for an analyzer that learns.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    pub document: Document,
    pub key: String,
    pub value: Value,
    pub weight: f32,
}
