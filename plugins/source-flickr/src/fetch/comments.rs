//! Reads the comments of a photo. They come all at once, thousands at times, so they are handed on in parts.

use serde::{Deserialize, Serialize};
use vigie_plugin::conversation::{Conversation, wait_at_first};
use vigie_plugin::{Batch, Cursor, Direction, Failure, Instant, Poll, time};

use super::ask;
use crate::parse::{self, Comment, Comments};
use crate::{Settings, normalize};

/// Comments in one batch.
const MOST: u32 = 500;
/// What became visible late is found by reading so far back again.
const OVERLAP_SECS: i64 = 3_600;

/// What of the comments was delivered. Comments without a date come first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Position {
    /// The newest second of all walks before this one.
    known: Option<i64>,
    /// The last comment that was handed on in this walk: its second and its id.
    last: Option<(i64, String)>,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

pub(super) fn poll(
    settings: &Settings,
    request: &Poll,
    photo: &str,
    published: Option<Instant>,
    quiet: bool,
) -> Result<Batch, Failure> {
    // Of a photo that was found, the first walk of `newer` reads all comments there are.
    let older = request.direction == Direction::Older;
    if older && request.feed.expires_at.is_some() {
        return Ok(Batch::new().done());
    }
    if let Some(waits) = wait_at_first::<Position>(request, quiet) {
        return Ok(waits);
    }
    let position: Position = request.position()?.unwrap_or_default();
    let from = position.known.map(|known| known.saturating_sub(OVERLAP_SECS));
    let mut comments: Vec<((i64, String), Comment)> = read(photo, from)?
        .into_iter()
        .filter_map(|comment| Some(((comment.datecreate.unwrap_or(0), comment.id.clone()?), comment)))
        .filter(|(place, _)| position.last.as_ref().is_none_or(|last| place > last))
        .collect();
    comments.sort_by(|a, b| a.0.cmp(&b.0));
    let rest = comments.split_off(comments.len().min(usize::try_from(request.limit.clamp(1, MOST)).unwrap_or(1)));
    let since = request.since.filter(|_| position.known.is_none());
    let mentions = comments.iter().filter_map(|(_, comment)| normalize::comment(comment, photo));
    let young = |mention: &vigie_plugin::Mention| !time::is_before(mention.published.map(|moment| moment.at), since);
    let batch = Batch::new().upserts(mentions.filter(young));
    let last = comments.last().map(|(place, _)| place.clone()).or(position.last);
    if !rest.is_empty() {
        return Ok(batch.position(&Position { last, ..position }).more());
    }
    let known = position.known.max(last.map(|(second, _)| second).filter(|second| *second > 0));
    let batch = batch.position(&Position { known, last: None });
    if older {
        return Ok(batch.done());
    }
    Ok(Conversation::new(published, settings.comments_for_ms()?).paced(batch.later(None), quiet))
}

/// The comments of a photo from a second on, or all of them.
pub(super) fn read(photo: &str, from: Option<i64>) -> Result<Vec<Comment>, Failure> {
    let answer = ask("flickr.photos.comments.getList")
        .query("photo_id", photo)
        .query_if("min_comment_date", from.map(|from| from.to_string()))
        .send()?;
    let comments: Comments = parse::read(&answer, "comments")?;
    Ok(comments.comment)
}
