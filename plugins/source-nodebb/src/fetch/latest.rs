//! Walks topics in the order of their last posts, and in each the pages with posts that are wanted.
//!
//! The list says when each topic was last answered, so only topics with something new are read, from their last page downwards.
//! What is still to be read stands in the cursor, so a walk goes on wherever it was cut off.

use serde::{Deserialize, Serialize};
use vigie_plugin::{Batch, Cursor, Direction, Failure, FailureClass, Instant, Poll, http, log};

use super::{ask, changes};
use crate::Settings;
use crate::parse::{self, Topic};

/// Pages of topics read in one poll.
const PAGES: usize = 5;
/// Posts may become visible late (a queue for approval), so what was written in the last hour is read again.
const OVERLAP_MS: i64 = 3_600_000;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Position {
    /// When the newest post of all walks before this one was written. Milliseconds.
    known: Option<Instant>,
    /// The same of this walk, taken from its first page.
    top: Option<Instant>,
    /// Pages of the list that were read.
    page: u32,
    /// Whether the list has nothing more that is wanted.
    listed: bool,
    /// Topics and pages of them still to be read; page 0 is a topic of which nothing was read yet.
    queue: Vec<(String, u32)>,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

pub(super) fn poll(settings: &Settings, request: &Poll, list: &str) -> Result<Batch, Failure> {
    let base = settings.base()?;
    let newer = request.direction == Direction::Newer;
    let mut position: Position = request.position()?.unwrap_or_default();
    let first_walk = position.known.is_none();
    let overlapped = position.known.map(|known| known.saturating_sub(OVERLAP_MS));
    // The first walk of `newer` reads the topics at the head; what is below is the business of `older`.
    let floor = if newer { overlapped.max(request.since) } else { request.since };
    if position.queue.is_empty() && !position.listed {
        position.page = position.page.saturating_add(1);
        let url = format!("{base}/api/{list}");
        let answer = ask(settings, url).query("page", position.page).query("sort", "recently_replied").send()?;
        let page = parse::topics(&answer)?;
        if position.page == 1 {
            position.top = page.items.iter().filter_map(|topic| topic.last).max();
        }
        let wanted = |topic: &&Topic| topic.last.zip(floor).is_none_or(|(last, floor)| last >= floor);
        let fresh = page.items.iter().filter(|topic| !topic.hidden).filter(wanted);
        position.queue = fresh.map(|topic| (topic.tid.clone(), 0)).collect();
        // Pinned topics stand first whatever their age, so they end nothing.
        let below = page.items.iter().rfind(|topic| !topic.pinned).is_some_and(|topic| !wanted(&topic));
        position.listed = page.items.is_empty() || below || position.page >= page.pages || (newer && first_walk);
    }
    let mut batch = Batch::new();
    let reading: Vec<(String, u32)> = position.queue.drain(..position.queue.len().min(PAGES)).collect();
    let requests = reading.iter().map(|(tid, page)| {
        ask(settings, format!("{base}/api/topic/{tid}")).query("page", (*page).max(1)).query("sort", "oldest_to_newest")
    });
    for ((tid, page), answer) in reading.iter().zip(http::send_all(requests.collect())) {
        let (topic, posts) = match answer.and_then(|answer| parse::posts_of_topic(&answer)) {
            Ok(read) => read,
            // Deleted or moved out of sight since it was listed, or odd: it costs itself alone.
            Err(failure)
                if matches!(failure.class, FailureClass::Gone | FailureClass::Forbidden | FailureClass::UnexpectedAnswer) =>
            {
                log::warn(format_args!("page {page} of topic {tid} was skipped: {}", failure.message));
                continue;
            }
            Err(failure) => return Err(failure),
        };
        let oldest = posts.items.iter().filter_map(|post| post.at).min();
        match page {
            // The first page says how many there are; new posts stand on the last ones.
            0 if posts.pages > 1 => position.queue.push((tid.clone(), posts.pages)),
            3.. if oldest.zip(floor).is_none_or(|(oldest, floor)| oldest >= floor) => {
                position.queue.push((tid.clone(), page - 1))
            }
            _ => {}
        }
        batch.changes.extend(changes(&posts.items, Some(&topic), &base, request.since));
    }
    if !position.queue.is_empty() || !position.listed {
        return Ok(batch.position(&position).more());
    }
    if !newer {
        return Ok(batch.done());
    }
    Ok(batch.position(&Position { known: position.known.max(position.top), ..Position::default() }).later(None))
}
