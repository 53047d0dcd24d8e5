//! Reads the thread around a post: what it answers and what answers it, in one answer.

use serde::{Deserialize, Serialize};
use vigie_plugin::conversation::{Conversation, wait_at_first};
use vigie_plugin::{Batch, Change, Cursor, Direction, Failure, FailureClass, Instant, Poll};

use super::{children, get, send, wanted};
use crate::Settings;
use crate::normalize::node;
use crate::parse::Thread;

/// Answers to answers to answers; deeper ones are in threads of their own.
const DEPTH: u32 = 40;

/// A thread has no place: it is read whole each time.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Waited {}

impl Cursor for Waited {
    const VERSION: u32 = 1;
}

pub(super) fn poll(
    settings: &Settings,
    request: &Poll,
    uri: &str,
    published: Option<Instant>,
    quiet: bool,
) -> Result<Batch, Failure> {
    // A thread comes whole: its history is in the first answer.
    if request.direction == Direction::Older {
        return Ok(Batch::new().done());
    }
    if let Some(waits) = wait_at_first::<Waited>(request, quiet) {
        return Ok(waits);
    }
    let asked =
        get(settings, "app.bsky.feed.getPostThread")?.query("uri", uri).query("depth", DEPTH).query("parentHeight", DEPTH);
    let thread: Thread = match send(settings, asked) {
        Ok(answer) => answer.json()?,
        Err(failure) if failure.class == FailureClass::Gone => return Ok(Batch::new().remove(uri).done()),
        Err(failure) => return Err(failure),
    };
    let mut batch = Batch::new();
    // It may have been quoted since it was found.
    let quotes = children(settings, thread.thread.post.as_ref())?;
    batch.feeds = quotes.into_iter().filter(|feed| feed.id != request.feed.id).collect();
    batch.changes = thread.thread.flat().iter().filter_map(node).collect();
    batch.changes.retain(|change| match change {
        Change::Upsert(mention) => wanted(mention.published.map(|moment| moment.at), request),
        Change::Remove(_) => true,
    });
    Ok(match Conversation::new(published, settings.threads_for_ms()?).pause() {
        Some(pause) => batch.later(pause),
        None => batch.done(),
    })
}
