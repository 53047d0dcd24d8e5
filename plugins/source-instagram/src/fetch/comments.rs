//! Walks the comments of an own post, newest first, each with its replies.

use vigie_plugin::conversation::{Conversation, wait_at_first};
use vigie_plugin::graph::{self, Walk};
use vigie_plugin::{Batch, Change, Direction, Failure, Feed, Instant, Poll, clock};

use super::{DAY_MS, MOST, Params, ask};
use crate::parse::{COMMENT_FIELDS, Comment, Page, REPLY_FIELDS};
use crate::settings::is_number;
use crate::{Settings, normalize};

/// A reply does not bring its comment to the head again, so the comments of some days are read again for theirs.
const REPLIES_MS: i64 = 3 * DAY_MS;

pub(super) fn poll(
    settings: &Settings,
    request: &Poll,
    media: &str,
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
    let mut walk: Walk = request.position()?.unwrap_or_default();
    walk.overlap = Some(REPLIES_MS);
    let page = read(
        settings,
        request,
        &walk,
        &format!("{media}/comments"),
        &format!("{COMMENT_FIELDS},replies.limit({MOST}){{{REPLY_FIELDS}}}"),
    )?;
    let mut batch = Batch::new();
    for comment in &page.data {
        let Some(change) = normalize::comment(comment, Some(media), None) else { continue };
        batch.changes.push(change);
        let Some((id, replies)) = comment.id.as_deref().zip(comment.replies.as_ref()) else { continue };
        batch.changes.extend(replies.data.iter().filter_map(|reply| normalize::comment(reply, Some(media), Some(id))));
        if replies.paging.as_ref().and_then(graph::Paging::next).is_some() && is_number(id) {
            let params = Params::Replies { comment: id.to_owned(), media: media.to_owned() };
            let feed = Feed::new(format!("replies:{id}"), format!("replies to comment {id}")).with_params(&params);
            batch.feeds.push(feed.expires_at(clock::now().saturating_add(REPLIES_MS)));
        }
    }
    let batch = turn(walk, request, batch, &page);
    Ok(Conversation::new(published, settings.comments_for_ms()?).paced(batch, quiet))
}

pub(super) fn replies(settings: &Settings, request: &Poll, comment: &str, media: &str) -> Result<Batch, Failure> {
    if request.direction == Direction::Older {
        return Ok(Batch::new().done());
    }
    let walk: Walk = request.position()?.unwrap_or_default();
    let page = read(settings, request, &walk, &format!("{comment}/replies"), REPLY_FIELDS)?;
    let mut batch = Batch::new();
    batch.changes = page.data.iter().filter_map(|reply| normalize::comment(reply, Some(media), Some(comment))).collect();
    Ok(turn(walk, request, batch, &page))
}

fn read(settings: &Settings, request: &Poll, walk: &Walk, path: &str, fields: &str) -> Result<Page<Comment>, Failure> {
    let mut asked = ask(settings, path).query("fields", fields).query("limit", request.limit.clamp(1, MOST));
    if let Some(step) = walk.step() {
        asked = step.apply(asked);
    }
    let answer = asked.send()?;
    graph::check(&answer)?;
    answer.json()
}

/// A comment counts as young as its youngest reply on the page.
fn turn(walk: Walk, request: &Poll, mut batch: Batch, page: &Page<Comment>) -> Batch {
    batch.changes.retain(|change| !matches!(change, Change::Upsert(mention) if walk.is_past(mention, request)));
    let ids: Vec<&str> = page.data.iter().filter_map(|comment| comment.id.as_deref()).collect();
    let at = |comment: &Comment| normalize::instant(comment.timestamp.as_deref());
    let young =
        |comment: &Comment| at(comment).max(comment.replies.iter().flat_map(|replies| &replies.data).filter_map(at).max());
    let instants: Vec<Option<Instant>> = page.data.iter().map(young).collect();
    let next = page.paging.as_ref().and_then(graph::Paging::next);
    walk.turn(request, batch, &ids, &instants, next)
}
