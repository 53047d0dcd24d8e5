//! Reads the posts of a topic, page by page, and then its last page again and again.

use serde::{Deserialize, Serialize};
use vigie_plugin::{Batch, Cursor, Direction, Failure, Poll};

use super::{ask, changes};
use crate::Settings;
use crate::parse;

#[derive(Debug, Serialize, Deserialize)]
struct Position {
    /// The page to read.
    page: u32,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

pub(super) fn poll(settings: &Settings, request: &Poll, tid: &str) -> Result<Batch, Failure> {
    // Topics are read from their beginning, so their history is behind at once.
    if request.direction == Direction::Older {
        return Ok(Batch::new().done());
    }
    let base = settings.base()?;
    let page = request.position::<Position>()?.map_or(1, |position| position.page.max(1));
    let ask =
        |page: u32| ask(settings, format!("{base}/api/topic/{tid}")).query("page", page).query("sort", "oldest_to_newest").send();
    let mut answer = ask(page)?;
    let mut read = page;
    if answer.status == 404 && page > 1 {
        // Posts were deleted or moved, so there are fewer pages now.
        read = 1;
        answer = ask(read)?;
    }
    let (topic, posts) = parse::posts_of_topic(&answer)?;
    let mut batch = Batch::new();
    batch.changes = changes(&posts.items, Some(&topic), &base, request.since);
    Ok(if read < posts.pages {
        batch.position(&Position { page: read + 1 }).more()
    } else {
        batch.position(&Position { page: read }).later(None)
    })
}
