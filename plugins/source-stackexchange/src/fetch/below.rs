//! Walks answers to questions and comments below posts, up to a hundred of them at once, oldest first.

use serde::{Deserialize, Serialize};
use vigie_plugin::{Batch, Cursor, Direction, Failure, Instant, Poll, clock, time};

use super::search::comments;
use super::{DAY_MS, HOUR_MS, OVERLAP_SECS, PER_PAGE, Walk, get, joined, once, paced, send};
use crate::Settings;
use crate::normalize::item;
use crate::parse::{Item, Wrapper};

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Position {
    /// Everything older was delivered; seconds since 1970.
    floor: Option<i64>,
    /// The newest item of this walk.
    top: Option<i64>,
    /// Where the walk is.
    walk: Walk,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

pub(super) fn poll_answers(
    settings: &Settings,
    request: &Poll,
    questions: &[i64],
    newest: Instant,
    quiet: bool,
) -> Result<Batch, Failure> {
    let path = format!("questions/{}/answers", joined(questions.iter().copied()));
    let (mut batch, items) = poll(settings, request, &path, newest, quiet, |_| None)?;
    let ends = newest.saturating_add(settings.answers_for_ms()?).max(clock::now().saturating_add(DAY_MS));
    let pairs = items.iter().filter_map(|answer| Some((answer, answer.question_id?)));
    batch.feeds.extend(comments(settings, pairs, newest, ends));
    Ok(batch)
}

pub(super) fn poll_comments(
    settings: &Settings,
    request: &Poll,
    posts: &[(i64, i64)],
    newest: Instant,
    quiet: bool,
) -> Result<Batch, Failure> {
    let path = format!("posts/{}/comments", joined(posts.iter().map(|(post, _)| *post)));
    let question = |comment: &Item| posts.iter().find(|(post, _)| Some(*post) == comment.post_id).map(|(_, question)| *question);
    Ok(poll(settings, request, &path, newest, quiet, question)?.0)
}

fn poll(
    settings: &Settings,
    request: &Poll,
    path: &str,
    newest: Instant,
    quiet: bool,
    question: impl Fn(&Item) -> Option<i64>,
) -> Result<(Batch, Vec<Item>), Failure> {
    // From the oldest to the newest in one direction: there is no history beside it.
    if request.direction == Direction::Older {
        return Ok((Batch::new().done(), Vec::new()));
    }
    let position: Position = request.position()?.unwrap_or_default();
    if quiet && request.cursor.is_none() {
        // What had no answers when it was found is not asked for them at once.
        return Ok((Batch::new().position(&position).later(HOUR_MS.unsigned_abs()), Vec::new()));
    }
    let from = position.walk.at.or(position.floor.map(|floor| floor - OVERLAP_SECS));
    let asked = get(settings, path)?.query("sort", "creation").query("order", "asc");
    let asked = asked.query("pagesize", PER_PAGE).query("page", position.walk.page());
    let mut wrapper: Wrapper = send(asked.query_if("fromdate", from.map(|from| from.to_string())))?;
    let items = once(std::mem::take(&mut wrapper.items));
    let site = settings.site()?;
    let wanted = |found: &&Item| {
        let touched = found.last_edit_date.max(found.creation_date);
        !time::is_before(touched.map(|seconds| seconds.saturating_mul(1000)), request.since)
    };
    let batch = Batch::new().upserts(items.iter().filter(wanted).filter_map(|found| item(found, site, question(found))));
    let last = items.iter().filter_map(|found| found.creation_date).max();
    let top = position.top.max(last);
    if wrapper.has_more == Some(true) {
        let walk = position.walk.after(last, |end, at| end > at);
        let batch = batch.position(&Position { floor: position.floor, top, walk }).more();
        return Ok((paced(batch, &wrapper), items));
    }
    let batch = batch.position(&Position { floor: position.floor.max(top), ..Position::default() });
    let now = clock::now();
    if newest.saturating_add(settings.answers_for_ms()?) <= now {
        return Ok((batch.done(), items));
    }
    // The older a question, the rarer something new is said below it.
    let pause = (now.saturating_sub(newest) / 8).clamp(HOUR_MS, DAY_MS).unsigned_abs();
    Ok((paced(batch.later(pause), &wrapper), items))
}
