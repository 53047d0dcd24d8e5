//! Follows a forum and walks its list of topics.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Board, Found, Reading, change, found_topic, too_old};
use crate::forum::Row;
use crate::http::send_all;
use crate::{Batch, Cursor, Failure, FailureClass, Moment, Poll, ids, log};

/// Topics a feed names for the first time that are looked into in one poll.
const MAX_PROBED: usize = 20;
/// Topics looked into at once: their pages must fit into memory together.
const AT_ONCE: usize = 4;
/// Topics a cursor remembers.
const MAX_KNOWN: usize = 250;
/// Pages of a list in one poll that keeps up with its head.
const MAX_HEAD: usize = 3;
/// Pages of a list in one poll that walks its history.
const MAX_PAGES: usize = 3;

/// What a forum's feed or list named last, each with a mark that changes with an answer.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Head {
    known: BTreeMap<String, i64>,
}

impl Cursor for Head {
    const VERSION: u32 = 1;
}

/// A walk down a list.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Walk {
    next: Option<String>,
    number: u32,
}

impl Cursor for Walk {
    const VERSION: u32 = 1;
}

/// Ids are kept short: a cursor has room for a few thousand characters.
fn key(row: &Row) -> String {
    if row.id.len() <= 24 { row.id.clone() } else { ids::hash(&row.id)[..16].to_owned() }
}

fn mark(row: &Row) -> i64 {
    row.last.unwrap_or(0).wrapping_add(row.replies.and_then(|replies| i64::try_from(replies).ok()).unwrap_or(0))
}

pub(super) fn newer(
    board: &impl Board,
    reading: Reading,
    request: &Poll,
    feed: Option<&str>,
    list: Option<&str>,
) -> Result<Batch, Failure> {
    let head: Head = request.position()?.unwrap_or_default();
    let read = feed.map(|feed| board.request(feed).send().and_then(|answer| board.entries(&answer)));
    match (read, list) {
        (Some(Ok(found)), _) => follow(board, reading, request, head, found),
        (None, Some(list)) => head_of_list(board, reading, head, list),
        // A board that switched its feeds off still has lists.
        (Some(Err(failure)), Some(list)) if reading.topics && is_for_good(&failure) => {
            log::info(format_args!("the feed of the forum cannot be read, its list is: {}", failure.message));
            // A page tells more than a feed that is none: that it wants a login, or that there is no such forum.
            let told = |second: &Failure| second.class != FailureClass::UnexpectedAnswer;
            head_of_list(board, reading, head, list).map_err(|second| if told(&second) { second } else { failure })
        }
        (Some(Err(failure)), _) if failure.class == FailureClass::Gone => Err(Failure::settings(format!(
            "{}; the board may have its feeds switched off: name `forums` to read its lists, or `feeds` where it has its feeds elsewhere",
            failure.message
        ))),
        (Some(Err(failure)), _) => Err(failure),
        (None, None) => Err(Failure::gone("the feed was planned by another version of this plugin")),
    }
}

/// Whether asking again brings the same.
fn is_for_good(failure: &Failure) -> bool {
    use FailureClass::{Forbidden, Gone, Settings, UnexpectedAnswer};
    matches!(failure.class, Forbidden | Gone | Settings | UnexpectedAnswer)
}

/// What a feed names: posts as they are, topics as feeds of their own.
fn follow(board: &impl Board, reading: Reading, request: &Poll, head: Head, found: Vec<Found>) -> Result<Batch, Failure> {
    let mut batch = Batch::new();
    let mut known: BTreeMap<String, i64> = BTreeMap::new();
    let mut unknown: Vec<Found> = Vec::new();
    let mut asked_later = false;
    for entry in found {
        let row = entry.topic.as_ref().filter(|_| reading.topics);
        if entry.is_post || row.is_none() {
            let mention = entry.mention.clone().filter(|mention| !too_old(mention.published, request.since));
            batch = batch.upserts(mention);
        }
        let Some(row) = row else { continue };
        let (key, mark) = (key(row), mark(row));
        if entry.is_post || head.known.contains_key(&key) {
            if head.known.get(&key) != Some(&mark) && known.get(&key) != Some(&mark) {
                batch.feeds.push(found_topic(reading, row));
            }
            if known.len() < MAX_KNOWN {
                known.insert(key, mark);
            }
        } else if !unknown.iter().any(|other| other.topic.as_ref().is_some_and(|other| other.id == row.id)) {
            if unknown.len() < MAX_PROBED { unknown.push(entry) } else { asked_later = true }
        }
    }
    batch.feeds.dedup_by(|one, other| one.id == other.id);
    let progress = !unknown.is_empty();
    known.extend(look_into(board, reading, request, &unknown, &mut batch)?);
    let batch = batch.position(&Head { known });
    Ok(if asked_later && progress { batch.more() } else { batch.later(None) })
}

/// Reads the first pages of topics a feed names for the first time. One that cannot be read is told by what the feed holds of it.
fn look_into(
    board: &impl Board,
    reading: Reading,
    request: &Poll,
    unknown: &[Found],
    batch: &mut Batch,
) -> Result<Vec<(String, i64)>, Failure> {
    let rows: Vec<(&Row, &Found)> = unknown.iter().filter_map(|entry| Some((entry.topic.as_ref()?, entry))).collect();
    let mut known = Vec::new();
    let answers = rows.chunks(AT_ONCE).flat_map(|rows| send_all(rows.iter().map(|(row, _)| board.request(&row.url)).collect()));
    for ((row, entry), answer) in rows.iter().zip(answers) {
        match answer.and_then(|answer| board.topic(&answer)) {
            Ok(topic) => {
                let posts = topic.posts.iter().filter(|post| !too_old(post.published, request.since));
                batch.changes.extend(posts.map(|post| change(board, &topic, post)));
                // What the first page does not hold is the business of the topic's own feed.
                batch.feeds.push(found_topic(reading, row));
            }
            Err(failure) if is_for_good(&failure) => {
                log::warn(format_args!("topic {} is known from its forum's feed alone: {}", row.url, failure.message));
                let mention = entry.mention.clone().filter(|mention| !too_old(mention.published, request.since));
                batch.changes.extend(mention.map(crate::Change::Upsert));
            }
            Err(failure) => return Err(failure),
        }
        known.push((key(row), mark(row)));
    }
    Ok(known)
}

/// The topics of a list that have changed, from its first page on.
fn head_of_list(board: &impl Board, reading: Reading, head: Head, list: &str) -> Result<Batch, Failure> {
    let mut batch = Batch::new();
    let mut known = BTreeMap::new();
    let mut place = list.to_owned();
    for _ in 0..MAX_HEAD {
        let listing = board.listing(&board.request(&place).send()?)?;
        let mut all_changed = true;
        for row in &listing.rows {
            let (key, mark) = (key(row), mark(row));
            if head.known.get(&key) != Some(&mark) {
                batch.feeds.push(found_topic(reading, row));
            } else if !row.pinned {
                all_changed = false;
            }
            if known.len() < MAX_KNOWN {
                known.insert(key, mark);
            }
        }
        let next = listing.pages.at(listing.pages.number() + 1);
        match next.filter(|_| all_changed && !head.known.is_empty() && !listing.rows.is_empty()) {
            Some(next) => place = next.to_owned(),
            None => break,
        }
    }
    Ok(batch.position(&Head { known }).later(None))
}

/// The topics of a list, page by page, down to those last answered before what is wanted.
pub(super) fn older(board: &impl Board, reading: Reading, request: &Poll, list: &str) -> Result<Batch, Failure> {
    let mut walk: Walk = request.position()?.unwrap_or_default();
    let mut batch = Batch::new();
    for _ in 0..MAX_PAGES {
        let place = walk.next.as_deref().unwrap_or(list);
        let listing = board.listing(&board.request(place).send()?)?;
        let old = |row: &&Row| too_old(row.last.map(Moment::zoneless), request.since);
        batch.feeds.extend(listing.rows.iter().filter(|row| !old(row)).map(|row| found_topic(reading, row)));
        // Pinned topics stand first however old they are.
        let mut dated = listing.rows.iter().filter(|row| !row.pinned).peekable();
        let past = dated.peek().is_some() && dated.all(|row| old(&row));
        let number = listing.pages.number();
        let next = listing.pages.at(number + 1).map(str::to_owned);
        // A board that answers the last page again and again has come to its end.
        match next.filter(|_| !past && !listing.rows.is_empty() && number >= walk.number) {
            Some(next) => walk = Walk { next: Some(next), number: number + 1 },
            None => return Ok(batch.done()),
        }
    }
    Ok(batch.position(&walk).more())
}
