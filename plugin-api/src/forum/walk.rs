//! Reads feeds, lists and topics of a board, from cursor to cursor.
//!
//! - A **forum** is followed by its feed (or, where it has none, by the first page of its list), and its history is the list of its
//!   topics, page by page. What is found are topics, each a feed of its own that ends some time after its last post.
//! - A **topic** is read from its last page to its first. Posts that are removed meanwhile move others to pages that are still to come,
//!   and new ones stand on pages behind the head, so nothing is missed; what is known is known once the walk has come down to it.

mod list;
mod topic;

use serde::{Deserialize, Serialize};

use super::{Listing, Post, Row, Topic, links};
use crate::http::{self, Request, Response};
use crate::{Batch, Change, Direction, Failure, Feed, Instant, Mention, Poll, clock, ids, log, time};

const DAY_MS: i64 = 86_400_000;
/// What a date without a zone may be wrong by.
const ZONE_MS: i64 = 14 * 3_600_000;
/// Pages asked for in one call of `refresh`.
const MAX_REFRESHED: usize = 20;

/// What a plugin for boards must be able to read. Everything is pure but [`request`](Self::request)'s being sent.
pub trait Board {
    /// The request for an address of the board.
    fn request(&self, url: &str) -> Request {
        http::get(url)
    }

    /// Reads a page of a topic.
    ///
    /// # Errors
    /// By class, where the answer is none.
    fn topic(&self, answer: &Response) -> Result<Topic, Failure>;

    /// Reads a page of a forum's list.
    ///
    /// # Errors
    /// By class, where the answer is none.
    fn listing(&self, answer: &Response) -> Result<Listing, Failure>;

    /// Reads a feed.
    ///
    /// # Errors
    /// By class, where the answer is none.
    fn entries(&self, answer: &Response) -> Result<Vec<Found>, Failure>;

    /// A post as a mention.
    fn mention(&self, topic: &Topic, post: &Post) -> Mention;

    /// The address that shows the post with this id, among others; `None` where there is none.
    fn post_url(&self, id: &str) -> Option<String>;

    /// Whether an answer says, in the board's own words, that the post asked for does not exist.
    fn says_gone(&self, answer: &Response) -> bool;
}

/// What a feed says of a topic.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The topic.
    pub topic: Option<Row>,
    /// What the entry itself holds, if it can be told from other posts.
    pub mention: Option<Mention>,
    /// Whether the entry is a post as its topic shows it, under the same id; otherwise it is a stand-in for a topic that cannot be read.
    pub is_post: bool,
}

/// How a plugin's settings want topics read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// Whether topics are read at all.
    pub topics: bool,
    /// How long after its last post a topic is read again.
    pub topics_for_ms: i64,
}

/// How a feed is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Params {
    Forum { feed: Option<String>, list: Option<String> },
    Topic { url: String },
}

/// A forum: `id` names it, `feed` is the address of its feed, `list` that of its list.
#[must_use]
pub fn forum(id: &str, title: &str, feed: Option<String>, list: Option<String>) -> Feed {
    Feed::new(id, title).with_params(&Params::Forum { feed, list })
}

/// A topic somebody named by its address.
#[must_use]
pub fn named_topic(url: &str) -> Feed {
    let url = links::page(url).to_owned();
    Feed::new(format!("topic:{}", ids::short(&url)), format!("topic {url}")).with_params(&Params::Topic { url })
}

/// A topic that was found, read until some time after its last post.
fn found_topic(reading: Reading, row: &Row) -> Feed {
    let now = clock::now();
    // An old topic is read once.
    let ends = row.last.unwrap_or(now).saturating_add(reading.topics_for_ms).max(now.saturating_add(DAY_MS));
    let title = row.title.as_deref().unwrap_or("a topic");
    let params = Params::Topic { url: links::page(&row.url).to_owned() };
    Feed::new(format!("topic:{}", ids::short(&row.id)), format!("posts of {title}")).with_params(&params).expires_at(ends)
}

/// Polls a feed that [`forum`] or [`named_topic`] planned, or that an earlier poll found.
///
/// # Errors
/// By class; see [`FailureClass`](crate::FailureClass).
pub fn poll(board: &impl Board, reading: Reading, request: &Poll) -> Result<Batch, Failure> {
    match (request.feed.read_params()?, request.direction) {
        (Params::Topic { url }, Direction::Newer) => topic::poll(board, request, &url),
        // A topic is read whole by `newer`.
        (Params::Topic { .. }, Direction::Older) => Ok(Batch::new().done()),
        (Params::Forum { feed, list }, Direction::Newer) => {
            list::newer(board, reading, request, feed.as_deref(), list.as_deref())
        }
        (Params::Forum { list: Some(list), .. }, Direction::Older) if reading.topics => {
            list::older(board, reading, request, &list)
        }
        (Params::Forum { .. }, Direction::Older) => Ok(Batch::new().done()),
    }
}

/// Reads posts again: one request brings the page a post stands on, and with it those of the others that stand there, too.
///
/// # Errors
/// Where nothing could be read at all.
pub fn refresh(board: &impl Board, ids: &[String]) -> Result<Vec<Change>, Failure> {
    let mut left: Vec<&String> = ids.iter().collect();
    let mut changes = Vec::new();
    let mut failed = None;
    for _ in 0..MAX_REFRESHED {
        let Some(id) = left.pop() else { break };
        let Some(url) = board.post_url(id) else { continue };
        let answer = match board.request(&url).send() {
            Ok(answer) => answer,
            Err(failure) if failure.is_of_one() => {
                failed = Some(failure);
                continue;
            }
            Err(failure) => return Err(failure),
        };
        if board.says_gone(&answer) {
            changes.push(Change::Remove(id.clone()));
            continue;
        }
        match board.topic(&answer) {
            Ok(topic) => {
                let asked = |post: &&Post| &post.id == id || left.contains(&&post.id);
                changes.extend(topic.posts.iter().filter(asked).map(|post| change(board, &topic, post)));
                left.retain(|id| topic.posts.iter().all(|post| post.id != **id));
            }
            Err(failure) if failure.is_of_one() => failed = Some(failure),
            Err(failure) => return Err(failure),
        }
    }
    match failed {
        Some(failure) if changes.is_empty() => Err(failure),
        Some(failure) => {
            log::warn(format_args!("some posts could not be read again: {}", failure.message));
            Ok(changes)
        }
        None => Ok(changes),
    }
}

fn change(board: &impl Board, topic: &Topic, post: &Post) -> Change {
    if post.removed { Change::Remove(post.id.clone()) } else { Change::Upsert(board.mention(topic, post)) }
}

/// Whether a post is old enough not to be wanted, whatever zone its date is in.
fn too_old(published: Option<crate::Moment>, since: Option<Instant>) -> bool {
    let slack = |moment: crate::Moment| if moment.precision == crate::Precision::Second { 0 } else { ZONE_MS };
    time::is_before(published.map(|published| published.at.saturating_add(slack(published))), since)
}

#[cfg(test)]
mod tests;
