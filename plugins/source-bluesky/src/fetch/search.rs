//! Walks a search, newest post first.
//!
//! The cursor is an offset into the results: it ends early, shifts with every new post, and without a session it is refused. So with a
//! session the walk goes by it and starts anew below what was read before the offset grows long; without one every page does.

use serde::{Deserialize, Serialize};
use vigie_plugin::{Batch, Cursor, Direction, Failure, Instant, Poll, clock, time};

use super::{HOUR_MS, children, get, per_page, send, wanted};
use crate::Settings;
use crate::normalize::{post, sorted_at};
use crate::parse::Posts;

/// An offset from which on the walk starts anew.
const FAR: u64 = 1_000;
/// Posts at the end of a page by which the next slice is measured, so that one with a wrong clock does not throw it off.
const TAIL: usize = 10;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Position {
    /// What is older was delivered. Only for `newer`, and only after its first walk.
    floor: Option<Instant>,
    /// The newest post of this walk.
    top: Option<Instant>,
    /// The walk looks at what is older than this alone.
    until: Option<Instant>,
    /// The offset below it.
    cursor: Option<String>,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

pub(super) fn poll(settings: &Settings, request: &Poll, query: &str) -> Result<Batch, Failure> {
    let position: Position = request.position()?.unwrap_or_default();
    let newer = request.direction == Direction::Newer;
    // The index lags, so what was posted shortly before the newest known post may still appear.
    let from = position.floor.filter(|_| newer).map(|floor| floor.saturating_sub(HOUR_MS)).max(request.since);
    let asked = get(settings, "app.bsky.feed.searchPosts")?
        .query("q", query)
        .query("sort", "latest")
        .query("limit", per_page(request))
        .query_if("since", from.map(time::to_rfc3339))
        .query_if("until", position.until.map(time::to_rfc3339))
        .query_if("cursor", position.cursor.as_ref());
    let page: Posts = send(settings, asked)?.json()?;
    let times: Vec<Instant> = page.posts.iter().filter_map(sorted_at).collect();
    let top = position.top.max(times.iter().copied().max());
    let mut batch = Batch::new().upserts(page.posts.iter().filter_map(post));
    batch.changes.retain(|change| match change {
        vigie_plugin::Change::Upsert(mention) => wanted(mention.published.map(|moment| moment.at), request),
        vigie_plugin::Change::Remove(_) => true,
    });
    batch.feeds = children(settings, &page.posts)?;

    // The first walk of `newer` takes the head alone: what is below it is the business of `older`.
    let head_alone = newer && position.floor.is_none();
    let past = times.iter().copied().max().zip(from).is_some_and(|(youngest, from)| youngest < from);
    if !head_alone
        && !past
        && let Some(next) = next(&position, &page, &times, settings.logs_in())
    {
        return Ok(batch.position(&Position { top, ..next }).more());
    }
    if !newer {
        return Ok(batch.done());
    }
    let floor = position.floor.max(top).unwrap_or_else(clock::now);
    Ok(batch.position(&Position { floor: Some(floor), ..Position::default() }).later(None))
}

/// Where the walk goes on; `None` where the service names no further page.
fn next(position: &Position, page: &Posts, times: &[Instant], by_offset: bool) -> Option<Position> {
    let cursor = page.cursor.as_ref()?;
    let far = cursor.parse::<u64>().is_ok_and(|offset| offset >= FAR);
    let tail = times[times.len().saturating_sub(TAIL)..].iter().copied().max();
    // Posts of one millisecond may stand on both sides, so it is looked at again.
    let until = tail.map(|tail| tail.saturating_add(1)).filter(|until| position.until.is_none_or(|before| *until < before));
    match until {
        Some(until) if far || !by_offset => Some(Position { until: Some(until), cursor: None, ..position.clone() }),
        _ if position.cursor.as_ref() != Some(cursor) => Some(Position { cursor: Some(cursor.clone()), ..position.clone() }),
        _ => None,
    }
}
