//! Walks threads in the order of their last posts, and in each the pages with posts that are wanted.
//!
//! The list says when each thread was last answered, so only threads with something new are read: their first page, which says how many
//! there are, and then from the last one downwards. What is still to be read stands in the cursor, so a walk goes on wherever it was cut off.

use serde::{Deserialize, Serialize};
use vigie_plugin::{Batch, Cursor, Direction, Failure, FailureClass, Instant, Poll, http, log};

use super::{posts_at, wanted};
use crate::parse::{Next, Thread};
use crate::{Settings, normalize, parse};

/// Pages of threads read in one poll.
const PAGES: usize = 5;
/// Posts may become visible late (a queue for approval), so what was written in the last hour is read again.
const OVERLAP_MS: i64 = 3_600_000;

/// A thread to be read.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Reading {
    tid: String,
    /// 0: nothing of it was read yet.
    page: u64,
    /// Its first post.
    first: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Position {
    /// When the newest post of all walks before this one was written. Milliseconds.
    known: Option<Instant>,
    /// The same of this walk, taken from its first page.
    top: Option<Instant>,
    /// How the next page of the list is asked for: by its number …
    page: Option<u64>,
    /// … or by a post.
    start: Option<u64>,
    /// Whether the list was begun, and whether it has nothing more that is wanted.
    begun: bool,
    listed: bool,
    /// Threads still to be read.
    queue: Vec<Reading>,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

pub(super) fn poll(settings: &Settings, request: &Poll, category: Option<&str>) -> Result<Batch, Failure> {
    let base = settings.base()?;
    let newer = request.direction == Direction::Newer;
    let mut position: Position = request.position()?.unwrap_or_default();
    let first_walk = position.known.is_none();
    let floor =
        if newer { position.known.map(|known| known.saturating_sub(OVERLAP_MS)).max(request.since) } else { request.since };
    if position.queue.is_empty() && !position.listed {
        let answer = http::get(format!("{base}/api/threads/"))
            .query("list", "all")
            .query_if("category", category)
            .query_if("page", position.page.map(|page| page.to_string()))
            .query_if("start", position.start.map(|start| start.to_string()))
            .send()?;
        let page = parse::threads(&answer)?;
        let last = |thread: &Thread| thread.last.map(|moment| moment.at);
        if !position.begun {
            position.top = page.items.iter().filter_map(last).max();
            position.begun = true;
        }
        let fresh = |thread: &&Thread| last(thread).zip(floor).is_none_or(|(last, floor)| last >= floor);
        let threads = page.items.iter().filter(|thread| !thread.hidden).filter(fresh);
        position.queue = threads.map(|thread| Reading { tid: thread.id.clone(), page: 0, first: None }).collect();
        // Pinned threads stand first whatever their age, so they end nothing.
        let below = page.items.iter().rfind(|thread| !thread.pinned).is_some_and(|thread| !fresh(&thread));
        let (next, start) = match page.next {
            Some(Next::Page(next)) => (Some(next), None),
            Some(Next::Start(start)) => (None, Some(start)),
            None => (None, None),
        };
        // A list that names the same page again would be read forever.
        let turns = (next, start) == (position.page, position.start);
        position.listed = page.next.is_none() || turns || below || page.items.is_empty() || (newer && first_walk);
        (position.page, position.start) = (next, start);
    }
    let mut batch = Batch::new();
    let reading: Vec<Reading> = position.queue.drain(..position.queue.len().min(PAGES)).collect();
    let requests = reading.iter().map(|one| posts_at(&base, &one.tid, one.page.max(1)));
    for (one, answer) in reading.iter().zip(http::send_all(requests.collect())) {
        let page = match answer.and_then(|answer| parse::posts(&answer)) {
            Ok(page) => page,
            // Deleted, hidden or shortened since it was listed, or odd: it costs itself alone.
            Err(failure)
                if matches!(failure.class, FailureClass::Gone | FailureClass::Forbidden | FailureClass::UnexpectedAnswer) =>
            {
                log::warn(format_args!("page {} of thread {} was skipped: {}", one.page, one.tid, failure.message));
                continue;
            }
            Err(failure) => return Err(failure),
        };
        let oldest = page.items.iter().filter_map(|post| post.posted).map(|moment| moment.at).min();
        let first = normalize::first(&page).map(str::to_owned).or_else(|| one.first.clone());
        let next = match one.page {
            0 if page.pages > 1 => Some(page.pages),
            3.. if oldest.zip(floor).is_none_or(|(oldest, floor)| oldest >= floor) => Some(one.page - 1),
            _ => None,
        };
        position.queue.extend(next.map(|next| Reading { tid: one.tid.clone(), page: next, first: first.clone() }));
        batch.changes.extend(wanted(normalize::changes(&page, &one.tid, first.as_deref(), &base), request.since));
    }
    if !position.queue.is_empty() || !position.listed {
        return Ok(batch.position(&position).more());
    }
    if !newer {
        return Ok(batch.done());
    }
    Ok(batch.position(&Position { known: position.known.max(position.top), ..Position::default() }).later(None))
}
