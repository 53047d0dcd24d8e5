//! Walks posts, newest first, by their place in the list.
//!
//! Places move while a walk is under way: what is written pushes the rest on (it is read twice), what is deleted pulls it back (it would be
//! missed), so each page begins a little before the end of the one before it.

use serde::{Deserialize, Serialize};
use vigie_plugin::{Batch, Cursor, Direction, Failure, Instant, Poll};

use super::{OVERLAP_MS, PAGE, changes, oldest, posts_at};
use crate::{Settings, parse};

/// Posts read twice at the seam of two pages.
const SEAM: usize = 5;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Position {
    /// When the newest post of all walks before this one was written. Milliseconds.
    known: Option<Instant>,
    /// The same of this walk, taken from its first page.
    top: Option<Instant>,
    /// Where the next page begins.
    offset: u64,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

pub(super) fn poll(settings: &Settings, request: &Poll, discussion: Option<&str>) -> Result<Batch, Failure> {
    let base = settings.base()?;
    let newer = request.direction == Direction::Newer;
    let mut position: Position = request.position()?.unwrap_or_default();
    let limit = request.limit.clamp(10, PAGE);
    let page = parse::posts(&posts_at(settings, &base, discussion, position.offset, limit).send()?)?;
    if position.offset == 0 {
        position.top = page.items.iter().filter_map(|post| post.created).map(|moment| moment.at).max();
    }
    let mut batch = Batch::new();
    batch.changes = changes(&page.items, &base, request.since);
    let floor =
        if newer { position.known.map(|known| known.saturating_sub(OVERLAP_MS)).max(request.since) } else { request.since };
    let past = oldest(&page.items).zip(floor).is_some_and(|(oldest, floor)| oldest < floor);
    // The first walk of `newer` takes the head alone: what is below it is the business of `older`.
    let head_alone = newer && position.known.is_none();
    if page.more && page.count > 0 && !past && !head_alone {
        let step = page.count.saturating_sub(SEAM).max(1);
        position.offset = position.offset.saturating_add(u64::try_from(step).unwrap_or(u64::MAX));
        return Ok(batch.position(&position).more());
    }
    if !newer {
        return Ok(batch.done());
    }
    Ok(batch.position(&Position { known: position.known.max(position.top), ..Position::default() }).later(None))
}
