//! Reads the posts of a thread, page by page, and then its last page again and again.

use serde::{Deserialize, Serialize};
use vigie_plugin::{Batch, Cursor, Direction, Failure, Poll};

use super::{posts_at, wanted};
use crate::{Settings, normalize, parse};

#[derive(Debug, Default, Serialize, Deserialize)]
struct Position {
    /// The page to read.
    page: u64,
    /// The thread's first post.
    first: Option<String>,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

pub(super) fn poll(settings: &Settings, request: &Poll, tid: &str) -> Result<Batch, Failure> {
    // Threads are read from their beginning, so their history is behind at once.
    if request.direction == Direction::Older {
        return Ok(Batch::new().done());
    }
    let base = settings.base()?;
    let mut position: Position = request.position()?.unwrap_or_default();
    position.page = position.page.max(1);
    let mut answer = posts_at(&base, tid, position.page).send()?;
    if answer.status == 404 && position.page > 1 {
        // Posts were deleted or moved, so there are fewer pages now.
        position.page = 1;
        answer = posts_at(&base, tid, 1).send()?;
    }
    let page = parse::posts(&answer)?;
    position.first = normalize::first(&page).map(str::to_owned).or(position.first);
    let mut batch = Batch::new();
    batch.changes = wanted(normalize::changes(&page, tid, position.first.as_deref(), &base), request.since).collect();
    if position.page < page.pages {
        position.page += 1;
        return Ok(batch.position(&position).more());
    }
    Ok(batch.position(&position).later(None))
}
