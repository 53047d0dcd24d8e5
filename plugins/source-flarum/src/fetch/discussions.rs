//! Walks discussions in the order of their last posts, and in each the posts that are wanted.
//!
//! What is still to be read stands in the cursor, so a walk goes on wherever it was cut off.

use serde::{Deserialize, Serialize};
use vigie_plugin::{Batch, Cursor, Direction, Failure, FailureClass, Instant, Poll, http, log};

use super::{OVERLAP_MS, PAGE, ask, changes, oldest, posts_at};
use crate::Settings;
use crate::parse::{self, Discussion};

/// Discussions of a page of the list.
const LIST: u32 = 20;
/// Pages of posts read in one poll.
const PAGES: usize = 4;
/// Places move while a walk is under way, so pages overlap.
const SEAM: usize = 3;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Position {
    /// When the newest post of all walks before this one was written. Milliseconds.
    known: Option<Instant>,
    /// The same of this walk, taken from its first page.
    top: Option<Instant>,
    /// Where the next page of the list begins.
    offset: u64,
    /// Whether the list has nothing more that is wanted.
    listed: bool,
    /// Discussions still to be read, and from which place on.
    queue: Vec<(String, u64)>,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

pub(super) fn poll(settings: &Settings, request: &Poll, filter: &str, value: &str) -> Result<Batch, Failure> {
    let base = settings.base()?;
    let newer = request.direction == Direction::Newer;
    let mut position: Position = request.position()?.unwrap_or_default();
    let first_walk = position.known.is_none();
    let floor =
        if newer { position.known.map(|known| known.saturating_sub(OVERLAP_MS)).max(request.since) } else { request.since };
    if position.queue.is_empty() && !position.listed {
        let answer = ask(settings, format!("{base}/api/discussions"))
            .query(&format!("filter[{filter}]"), value)
            .query("sort", "-lastPostedAt")
            .query("page[limit]", LIST)
            .query("page[offset]", position.offset)
            .send()?;
        let page = parse::discussions(&answer)?;
        let last = |discussion: &Discussion| discussion.last.map(|moment| moment.at);
        if position.offset == 0 {
            position.top = page.items.iter().filter_map(last).max();
        }
        let wanted = |discussion: &&Discussion| last(discussion).zip(floor).is_none_or(|(last, floor)| last >= floor);
        let fresh = page.items.iter().filter(|discussion| !discussion.hidden).filter(wanted);
        position.queue = fresh.map(|discussion| (discussion.id.clone(), 0)).collect();
        // What is sticky stands first whatever its age, so it ends nothing.
        let below = page.items.iter().rfind(|discussion| !discussion.sticky).is_some_and(|discussion| !wanted(&discussion));
        position.listed = !page.more || page.count == 0 || below || (newer && first_walk);
        let step = page.count.saturating_sub(SEAM).max(1);
        position.offset = position.offset.saturating_add(u64::try_from(step).unwrap_or(u64::MAX));
    }
    let mut batch = Batch::new();
    let reading: Vec<(String, u64)> = position.queue.drain(..position.queue.len().min(PAGES)).collect();
    let requests = reading.iter().map(|(id, offset)| posts_at(settings, &base, Some(id), *offset, PAGE));
    for ((id, offset), answer) in reading.iter().zip(http::send_all(requests.collect())) {
        let page = match answer.and_then(|answer| parse::posts(&answer)) {
            Ok(page) => page,
            // Deleted or hidden since it was listed, or odd: it costs itself alone.
            Err(failure)
                if matches!(failure.class, FailureClass::Gone | FailureClass::Forbidden | FailureClass::UnexpectedAnswer) =>
            {
                log::warn(format_args!("discussion {id} was skipped: {}", failure.message));
                continue;
            }
            Err(failure) => return Err(failure),
        };
        let past = oldest(&page.items).zip(floor).is_some_and(|(oldest, floor)| oldest < floor);
        if page.more && page.count > 0 && !past {
            let step = page.count.saturating_sub(SEAM).max(1);
            position.queue.push((id.clone(), offset.saturating_add(u64::try_from(step).unwrap_or(u64::MAX))));
        }
        batch.changes.extend(changes(&page.items, &base, request.since));
    }
    if !position.queue.is_empty() || !position.listed {
        return Ok(batch.position(&position).more());
    }
    if !newer {
        return Ok(batch.done());
    }
    Ok(batch.position(&Position { known: position.known.max(position.top), ..Position::default() }).later(None))
}
