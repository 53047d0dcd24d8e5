//! Plans a feed an app, and walks its reviews, last changed first.
//!
//! The service shows what was written or changed in the last week, so a walk is short and there is no history: what `older` could find,
//! the first walk of `newer` has found.

use serde::{Deserialize, Serialize};
use vigie_plugin::{Batch, Cursor, Direction, Failure, Feed, Instant, Poll, http};

use crate::parse;
use crate::{Settings, normalize};

const SERVICE: &str = "https://androidpublisher.googleapis.com/androidpublisher/v3/applications";
/// The most the service gives at once.
const PAGE: u32 = 100;
/// What was changed shortly before the newest one known is read again.
const OVERLAP_MS: i64 = 3_600_000;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Position {
    /// When the newest review of all walks before this one was changed. Milliseconds.
    known: Option<Instant>,
    /// The same of this walk, taken from its first page.
    top: Option<Instant>,
    /// Where this walk goes on.
    token: Option<String>,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

/// One feed a package.
pub(crate) fn plan(settings: &Settings) -> Result<Vec<Feed>, Failure> {
    let mut feeds: Vec<Feed> = Vec::new();
    for written in &settings.packages {
        let package = written.trim();
        let word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if package.len() > 200 || !package.contains('.') || !package.split('.').all(word) {
            return Err(Failure::settings(format!(
                "setting `packages`: `{written}` is no package name: write one such as com.example.acme"
            )));
        }
        if feeds.iter().all(|feed| feed.id != package) {
            feeds.push(Feed::new(package, format!("reviews of {package}")).with_params(&package));
        }
    }
    if feeds.is_empty() {
        return Err(Failure::settings("setting `packages`: it is empty: name at least one app of your account"));
    }
    Ok(feeds)
}

pub(crate) fn poll(request: &Poll) -> Result<Batch, Failure> {
    if request.direction == Direction::Older {
        return Ok(Batch::new().done());
    }
    let package: String = request.feed.read_params()?;
    let mut position: Position = request.position()?.unwrap_or_default();
    let continued = position.token.is_some();
    let answer = http::get(format!("{SERVICE}/{package}/reviews"))
        .query("maxResults", request.limit.clamp(1, PAGE))
        .query_if("token", position.token.as_deref())
        .bearer("access-token")
        .send()?;
    let page = parse::page(&answer, continued)?;
    // The developer's answer does not bring a review to the head, so the writer's date alone tells where a walk is.
    let instants = || page.reviews.iter().filter_map(|review| review.changed);
    if !continued {
        position.top = instants().max();
    }
    // All of the week the service shows is delivered: there is no other walk that would bring what is older than asked for.
    let batch = Batch::new().upserts(page.reviews.iter().flat_map(|review| normalize::mentions(review, &package)));
    let floor = position.known.map(|known| known.saturating_sub(OVERLAP_MS));
    let past = instants().max().zip(floor).is_some_and(|(newest, floor)| newest < floor);
    // A page may be empty and name another one; one that names itself is the last.
    let next = page.next.filter(|next| !past && position.token.as_ref() != Some(next));
    match next {
        Some(token) => Ok(batch.position(&Position { token: Some(token), ..position }).more()),
        None => {
            let known = position.known.max(position.top);
            Ok(batch.position(&Position { known, ..Position::default() }).later(None))
        }
    }
}
