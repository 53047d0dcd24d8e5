//! Reads the thread around a status: what it answers and what answers it, in one answer each time.

use serde::{Deserialize, Serialize};
use vigie_plugin::conversation::{Conversation, wait_at_first};
use vigie_plugin::{Batch, Cursor, Direction, Failure, FailureClass, Instant, Poll, http};

use super::{found, get};
use crate::parse::{Status, Thread};
use crate::{Settings, refusal};

/// A status and what was known of it.
pub(super) struct Place {
    pub(super) id: String,
    pub(super) uri: String,
    pub(super) published: Option<Instant>,
    pub(super) quiet: bool,
}

/// A thread has no place: it is read whole each time.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Waited {}

impl Cursor for Waited {
    const VERSION: u32 = 1;
}

pub(super) fn poll(settings: &Settings, request: &Poll, place: &Place) -> Result<Batch, Failure> {
    let Place { id, uri, published, quiet } = place;
    // A thread comes whole: its history is in the first answer.
    if request.direction == Direction::Older {
        return Ok(Batch::new().done());
    }
    if let Some(waits) = wait_at_first::<Waited>(request, *quiet) {
        return Ok(waits);
    }
    let path = format!("/api/v1/statuses/{}", http::escape(id));
    let mut answers = http::send_all(vec![get(settings, &path)?, get(settings, &format!("{path}/context"))?]).into_iter();
    let (Some(status), Some(context)) = (answers.next(), answers.next()) else {
        return Err(Failure::transient("the host answered fewer requests than it was asked"));
    };
    let status = status?;
    match refusal::check(&status, settings.token) {
        // Gone for those who may read it means deleted.
        Err(failure) if failure.class == FailureClass::Gone => return Ok(Batch::new().remove(uri.clone()).done()),
        checked => checked?,
    }
    let status: Status = status.json()?;
    let context = context?;
    refusal::check(&context, settings.token)?;
    let Thread { ancestors, descendants } = context.json()?;
    let mut statuses = ancestors;
    statuses.push(status);
    statuses.extend(descendants);
    let mut batch = found(settings, request, &statuses)?;
    // What hangs in the thread is read with it.
    batch.feeds.clear();
    Ok(match Conversation::new(*published, settings.threads_for_ms()?).pause() {
        Some(pause) => batch.later(pause),
        None => batch.done(),
    })
}
