//! Reads the replies of a thread, once.

use serde::{Deserialize, Serialize};
use vigie_plugin::{Batch, Cursor, Direction, Failure, Poll};

use super::{ask, list};
use crate::normalize::{self, Place};
use crate::parse::{Comment, page};

/// The page to read.
#[derive(Debug, Serialize, Deserialize)]
struct Position {
    page: String,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

pub(super) fn poll(request: &Poll, thread: &str, video: Option<&str>, title: Option<&str>) -> Result<Batch, Failure> {
    if request.direction == Direction::Older {
        return Ok(Batch::new().done());
    }
    let position: Option<Position> = request.position()?;
    let token = position.map(|position| position.page);
    let asked = list("comments", "id,snippet")
        .query("parentId", thread)
        .query("maxResults", request.limit.clamp(20, 100))
        .query_if("pageToken", token.as_ref());
    let found = page::<Comment>(&ask(asked)?)?;
    let place = Place { video, title };
    let batch = Batch::new().upserts(found.items.iter().filter_map(|reply| normalize::comment(reply, place, None)));
    Ok(match found.next.filter(|next| token.as_ref() != Some(next)) {
        Some(page) => batch.position(&Position { page }).more(),
        None => batch.done(),
    })
}
