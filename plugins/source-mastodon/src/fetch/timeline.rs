//! Walks a hashtag's or an account's timeline: upwards by `min_id`, which leaves no gap, and downwards by `max_id`.
//!
//! Where to go on is what the `Link` header says, because the ids there need not be those of the statuses. A page may be short or
//! empty and still not be the last one.

use serde::{Deserialize, Serialize};
use vigie_plugin::http::{Request, Response};
use vigie_plugin::{Batch, Cursor, Direction, Failure, Poll};

use super::{found, get, order, overlapping, per_page, send};
use crate::Settings;
use crate::normalize::moment;
use crate::parse::{Account, Status, Timeline, parameter};

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Position {
    /// The account's number on this server.
    account: Option<String>,
    /// The newest id of all walks.
    known: Option<String>,
    /// Upwards: the walk has come up to here. Downwards: down to here, not included.
    at: Option<String>,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

pub(super) fn poll_tag(settings: &Settings, request: &Poll, tag: &str, all: &[String]) -> Result<Batch, Failure> {
    let position: Position = request.position()?.unwrap_or_default();
    let asked = get(settings, &format!("/api/v1/timelines/tag/{}", vigie_plugin::http::escape(tag)))?;
    let asked = all.iter().fold(asked, |asked, tag| asked.query("all[]", tag));
    walk(settings, request, position, asked)
}

pub(super) fn poll_account(settings: &Settings, request: &Poll, account: &str) -> Result<Batch, Failure> {
    let mut position: Position = request.position()?.unwrap_or_default();
    let number = match &position.account {
        Some(number) => number.clone(),
        None if account.bytes().all(|byte| byte.is_ascii_digit()) => account.to_owned(),
        None => {
            let answer = send(settings, get(settings, "/api/v1/accounts/lookup")?.query("acct", account))?;
            let found: Account = answer.json()?;
            found.id.ok_or_else(|| answer.unexpected("has no `id` where an account belongs"))?
        }
    };
    let mut asked = get(settings, &format!("/api/v1/accounts/{}/statuses", vigie_plugin::http::escape(&number)))?;
    if !settings.boosts {
        asked = asked.query("exclude_reblogs", true);
    }
    position.account = Some(number);
    walk(settings, request, position, asked)
}

fn walk(settings: &Settings, request: &Poll, position: Position, asked: Request) -> Result<Batch, Failure> {
    let asked = asked.query("limit", per_page(request));
    match request.direction {
        Direction::Newer => up(settings, request, position, asked),
        Direction::Older => down(settings, request, position, asked),
    }
}

fn up(settings: &Settings, request: &Poll, position: Position, asked: Request) -> Result<Batch, Failure> {
    let from = position.at.clone().or_else(|| position.known.as_deref().map(overlapping));
    let asked = match &from {
        Some(from) => asked.query("min_id", from),
        // The first walk takes the head alone: what is below it is the business of `older`.
        None => asked,
    };
    let (answer, statuses) = read(settings, asked)?;
    let batch = found(settings, request, &statuses)?;
    let highest = statuses.iter().filter_map(|status| status.id.clone()).max_by(|a, b| order(a).cmp(&order(b)));
    let reached = answer.link("prev").and_then(|link| parameter(&link, "min_id")).or(highest);
    let known = [position.known.clone(), reached.clone()].into_iter().flatten().max_by(|a, b| order(a).cmp(&order(b)));
    let moved = from.is_some() && !statuses.is_empty() && reached.is_some() && reached != from;
    Ok(if moved {
        // Known becomes what is reached at the end of the walk, so that a walk broken off goes on where it was.
        batch.position(&Position { at: reached, ..position }).more()
    } else {
        let known = [known, from].into_iter().flatten().max_by(|a, b| order(a).cmp(&order(b)));
        batch.position(&Position { known, at: None, ..position }).later(None)
    })
}

fn down(settings: &Settings, request: &Poll, position: Position, asked: Request) -> Result<Batch, Failure> {
    let asked = match &position.at {
        Some(at) => asked.query("max_id", at),
        None => asked,
    };
    let (answer, statuses) = read(settings, asked)?;
    let batch = found(settings, request, &statuses)?;
    let next = answer.link("next").and_then(|link| parameter(&link, "max_id"));
    if next.is_none() || next == position.at || is_past(&statuses, request) {
        return Ok(batch.done());
    }
    Ok(batch.position(&Position { at: next, ..position }).more())
}

fn read(settings: &Settings, asked: Request) -> Result<(Response, Vec<Status>), Failure> {
    let answer = send(settings, asked)?;
    let timeline: Timeline = answer.json()?;
    Ok((answer, timeline.statuses))
}

/// Whether a page lies wholly before what is wanted. Pinned statuses stand out of order, and one that came late does, too.
pub(super) fn is_past(statuses: &[Status], request: &Poll) -> bool {
    let written = statuses.iter().filter(|status| status.pinned != Some(true));
    let youngest = written.filter_map(|status| moment(status.created_at.as_ref())).map(|moment| moment.at).max();
    youngest.zip(request.since).is_some_and(|(youngest, since)| youngest < since)
}
