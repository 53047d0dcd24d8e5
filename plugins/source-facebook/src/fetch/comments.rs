//! Walks the comments of a post, replies among them, newest first: comments know no `since`.

use vigie_plugin::conversation::{Conversation, wait_at_first};
use vigie_plugin::graph::{self, Walk};
use vigie_plugin::{Batch, Change, Direction, Failure, Instant, Poll};

use super::ask;
use crate::parse::{COMMENT_FIELDS, Comment, Page};
use crate::{Settings, normalize};

const MOST: u32 = 100;

pub(super) fn poll(
    settings: &Settings,
    request: &Poll,
    post: &str,
    published: Option<Instant>,
    quiet: bool,
) -> Result<Batch, Failure> {
    // Of a post that was found, the first walk of `newer` reads all comments there are.
    if request.direction == Direction::Older && request.feed.expires_at.is_some() {
        return Ok(Batch::new().done());
    }
    if let Some(waits) = wait_at_first::<Walk>(request, quiet) {
        return Ok(waits);
    }
    let walk: Walk = request.position()?.unwrap_or_default();
    let mut asked = ask(settings, &format!("{post}/comments"))
        .query("fields", COMMENT_FIELDS)
        .query("filter", "stream")
        .query("order", "reverse_chronological")
        .query("limit", request.limit.clamp(1, MOST));
    if let Some(step) = walk.step() {
        asked = step.apply(asked);
    }
    let answer = asked.send()?;
    graph::check(&answer)?;
    let page: Page<Comment> = answer.json()?;
    let comments: Vec<&Comment> = page.data.iter().filter(|comment| comment.id.is_some()).collect();
    let mut batch = Batch::new();
    let changes = comments.iter().filter_map(|comment| normalize::comment(comment, Some(post)));
    batch.changes =
        changes.filter(|change| !matches!(change, Change::Upsert(mention) if walk.is_past(mention, request))).collect();
    let ids: Vec<&str> = comments.iter().filter_map(|comment| comment.id.as_deref()).collect();
    let instants: Vec<Option<Instant>> =
        comments.iter().map(|comment| normalize::instant(comment.created_time.as_deref())).collect();
    let next = page.paging.as_ref().and_then(graph::Paging::next);
    let batch = walk.turn(request, batch, &ids, &instants, next);
    Ok(Conversation::new(published, settings.comments_for_ms()?).paced(batch, quiet))
}
