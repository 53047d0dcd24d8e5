//! Reads the comments of a story.

use serde::{Deserialize, Serialize};
use vigie_plugin::{Batch, Change, Cursor, Direction, Failure, Instant, Poll, clock, http, time};

use crate::parse::{Node, below};
use crate::{Settings, normalize};

/// A comment may be edited for two hours; the index may lag behind that.
const EDITABLE_MS: i64 = 3 * 3_600_000;

/// What of a tree was delivered. Numbers of items grow with time, so a number tells old from new.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Position {
    /// The highest number of all walks before this one.
    known: i64,
    /// The highest number of this walk, while it goes on.
    after: Option<i64>,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

pub(super) fn poll(settings: &Settings, request: &Poll, story: i64, published: Option<Instant>) -> Result<Batch, Failure> {
    // A tree comes whole: its history is in the first answer.
    if request.direction == Direction::Older {
        return Ok(Batch::new().done());
    }
    let answer = http::get(format!("https://hn.algolia.com/api/v1/items/{story}")).send()?;
    let mut tree: Node = answer.json()?;
    if tree.id.is_none() {
        return Err(answer.unexpected("has no `id` where a story belongs"));
    }
    let position: Position = request.position()?.unwrap_or_default();
    let now = clock::now();
    let head = Node { children: Vec::new(), ..tree.clone() };
    let title = tree.title.take();
    let comments = below(tree);
    let alive = u64::try_from(comments.iter().filter(|placed| placed.node.text.is_some()).count()).unwrap_or(u64::MAX);

    let mut batch = Batch::new();
    if position.after.is_none() {
        batch = batch.upserts(normalize::root(&head, alive));
    }
    let highest = comments.last().map_or(position.known, |placed| placed.id.max(position.known));
    let recent =
        |seconds: Option<i64>| seconds.is_some_and(|seconds| now.saturating_sub(seconds.saturating_mul(1000)) < EDITABLE_MS);
    let wanted = comments.iter().filter(|placed| {
        (placed.id > position.known || recent(placed.node.created_at_i)) && position.after.is_none_or(|after| placed.id > after)
    });
    let mut wanted = wanted.peekable();
    let limit = usize::try_from(request.limit.max(1)).unwrap_or(usize::MAX);
    let mut last = position.after;
    for placed in wanted.by_ref().take(limit) {
        last = Some(placed.id);
        let change = normalize::node(placed, story, title.as_deref());
        let published = match &change {
            Change::Upsert(mention) => mention.published.map(|moment| moment.at),
            Change::Remove(_) => None,
        };
        if !time::is_before(published, request.since) {
            batch.changes.push(change);
        }
    }
    if wanted.peek().is_some() {
        return Ok(batch.position(&Position { known: position.known, after: last }).more());
    }
    let batch = batch.position(&Position { known: highest, after: None });
    let ended = published.is_some_and(|published| published.saturating_add(settings.comments_for_ms().unwrap_or(0)) <= now);
    Ok(if ended { batch.done() } else { batch.later(None) })
}
