//! Reads the thread around a status: what it answers and what answers it, in one answer each time.

use serde::{Deserialize, Serialize};
use vigie_plugin::{Batch, Cursor, Direction, Failure, FailureClass, Instant, Poll, clock, http};

use super::{DAY_MS, HOUR_MS, found, get};
use crate::parse::{Status, Thread};
use crate::{Settings, refusal};

/// A status and what was known of it.
pub(super) struct Place {
    pub(super) id: String,
    pub(super) uri: String,
    pub(super) published: Option<Instant>,
    pub(super) quiet: bool,
}

/// What had no answers when it was found is not asked for them at once.
#[derive(Debug, Serialize, Deserialize)]
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
    if *quiet && request.position::<Waited>()?.is_none() {
        return Ok(Batch::new().position(&Waited {}).later((HOUR_MS / 2).unsigned_abs()));
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
    let now = clock::now();
    let age = now.saturating_sub(published.unwrap_or(now)).max(0);
    if published.is_some_and(|published| published.saturating_add(settings.threads_for_ms().unwrap_or(0)) <= now) {
        return Ok(batch.done());
    }
    // The older a conversation, the rarer something new is said in it.
    let pause = (age / 8).clamp(HOUR_MS / 4, DAY_MS).unsigned_abs();
    Ok(batch.later(pause))
}
