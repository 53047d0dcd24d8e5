//! Walks a search, newest post first.

use serde::{Deserialize, Serialize};
use vigie_plugin::{Batch, Cursor, Direction, Failure, Instant, Poll};

use super::{ask, changes};
use crate::Settings;
use crate::parse;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Position {
    /// When the newest hit of all walks before this one was written. Milliseconds.
    known: Option<Instant>,
    /// The same of this walk, taken from its first page.
    top: Option<Instant>,
    /// Pages that were read.
    page: u32,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

pub(super) fn poll(settings: &Settings, request: &Poll, words: &str) -> Result<Batch, Failure> {
    let base = settings.base()?;
    let newer = request.direction == Direction::Newer;
    let mut position: Position = request.position()?.unwrap_or_default();
    position.page = position.page.saturating_add(1);
    let answer = ask(settings, format!("{base}/api/search"))
        .query("term", words)
        .query("in", "titlesposts")
        .query("matchWords", "all")
        .query("sortBy", "timestamp")
        .query("sortDirection", "desc")
        .query("showAs", "posts")
        .query("page", position.page)
        .send()?;
    let page = parse::found(&answer)?;
    let instants = || page.items.iter().filter_map(|post| post.at);
    if position.page == 1 {
        position.top = instants().max();
    }
    let mut batch = Batch::new();
    batch.changes = changes(&page.items, None, &base, request.since);
    let past = |bound: Option<Instant>| instants().max().zip(bound).is_some_and(|(newest, bound)| newest < bound);
    let ended = page.items.is_empty()
        || position.page >= page.pages
        || past(request.since)
        || (newer && (position.known.is_none() || past(position.known)));
    if !ended {
        return Ok(batch.position(&position).more());
    }
    if !newer {
        return Ok(batch.done());
    }
    Ok(batch.position(&Position { known: position.known.max(position.top), ..Position::default() }).later(None))
}
