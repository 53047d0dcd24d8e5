//! Reads the comments below a submission.
//!
//! The first answer holds the newest and names the ids of the others. Ids grow with time, so that of these only the ones that are new
//! are asked for; once a day all are, because an answer to a comment that did not come along does not show.

use serde::{Deserialize, Serialize};
use vigie_plugin::http::Response;
use vigie_plugin::{Batch, Cursor, Direction, Failure, Instant, Poll, clock, log, time};

use super::{DAY_MS, ask, get, go_on};
use crate::normalize::{self, fullname};
use crate::parse::{self, Kind, More, Things};

/// Ids in one request for more comments.
const MAX_CHILDREN: usize = 100;
/// Ids a cursor can hold.
const MAX_PENDING: usize = 1_000;
/// Threads a cursor can hold.
const MAX_THREADS: usize = 200;

/// Where a walk is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Position {
    /// Whether the first answer was read.
    begun: bool,
    /// The highest id of all walks before this one.
    known: u64,
    /// The highest id of this walk.
    top: u64,
    /// When the last walk that asked for everything began. Milliseconds.
    swept: Option<Instant>,
    /// When this walk began, if it asks for everything.
    sweeps: Option<Instant>,
    /// Comments to ask for.
    pending: Vec<String>,
    /// Comments whose threads have to be opened to go on.
    threads: Vec<String>,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

pub(super) fn poll(request: &Poll, submission: &str, ends: Instant) -> Result<Batch, Failure> {
    // The first walk of `newer` reads everything.
    if request.direction == Direction::Older {
        return Ok(Batch::new().done());
    }
    let now = clock::now();
    let mut position: Position = request.position()?.unwrap_or_default();
    let mut batch = Batch::new();
    let (answer, things) = if !position.begun {
        let due = position.swept.is_none_or(|swept| now.saturating_sub(swept) >= DAY_MS);
        (position.begun, position.sweeps) = (true, due.then_some(now));
        let (answer, root, things) = open(request, submission, None)?;
        batch.changes.extend(root.and_then(|root| normalize::item(Kind::Submission, &root)));
        (answer, things)
    } else if !position.pending.is_empty() {
        let rest = position.pending.split_off(position.pending.len().min(MAX_CHILDREN));
        let asked = std::mem::replace(&mut position.pending, rest);
        let (answer, mut things) = more(submission, &asked)?;
        // What was asked for and is left out again is not there.
        things.more.iter_mut().for_each(|more| more.children.retain(|child| !asked.contains(child)));
        (answer, things)
    } else if let Some(thread) = position.threads.pop() {
        let (answer, _, mut things) = open(request, submission, Some(&thread))?;
        things.more.retain(|more| below(more) != Some(&thread));
        (answer, things)
    } else {
        return Ok(end(batch, position, ends, now));
    };

    let since = request.since;
    let comments = things.items.iter().filter(|(kind, _)| *kind == Kind::Comment);
    let changes = comments.filter_map(|(kind, item)| normalize::item(*kind, item));
    batch.changes.extend(changes.filter(|change| {
        let vigie_plugin::Change::Upsert(mention) = change else { return true };
        let said = mention.edited.or(mention.published).map(|moment| moment.at);
        !time::is_before(said, since)
    }));
    let ids = things.items.iter().filter_map(|(kind, item)| number(fullname(*kind, item)?.strip_prefix("t1_")?));
    position.top = position.top.max(ids.max().unwrap_or(0));
    note(&mut position, &things.more, submission);
    if position.pending.is_empty() && position.threads.is_empty() {
        return Ok(end(batch, position, ends, now));
    }
    Ok(go_on(batch.position(&position), &answer))
}

fn end(batch: Batch, position: Position, ends: Instant, now: Instant) -> Batch {
    let known = position.known.max(position.top);
    let batch = batch.position(&Position { known, swept: position.sweeps.or(position.swept), ..Position::default() });
    if ends <= now { batch.done() } else { batch.later(None) }
}

/// The submission and its comments, or those of one thread.
fn open(
    request: &Poll,
    submission: &str,
    thread: Option<&str>,
) -> Result<(Response, Option<crate::parse::Item>, Things), Failure> {
    let asked = get(&format!("/comments/{}", submission.trim_start_matches("t3_")))
        .query("limit", request.limit.clamp(100, 500))
        .query("depth", 10)
        .query("sort", "new")
        .query_if("comment", thread);
    let answer = ask(asked)?;
    let (root, things) = parse::tree(&answer)?;
    Ok((answer, root, things))
}

fn more(submission: &str, children: &[String]) -> Result<(Response, Things), Failure> {
    let asked = get("/api/morechildren")
        .query("api_type", "json")
        .query("link_id", submission)
        .query("children", children.join(","))
        .query("limit_children", false)
        .query("sort", "new");
    let answer = ask(asked)?;
    let things = parse::more_children(&answer)?;
    Ok((answer, things))
}

/// Remembers what has to be asked for.
fn note(position: &mut Position, more: &[More], submission: &str) {
    let mut cut = 0_usize;
    for more in more {
        if let Some(thread) = below(more) {
            match () {
                () if position.threads.iter().any(|known| known == thread) => {}
                () if position.threads.len() < MAX_THREADS => position.threads.push(thread.to_owned()),
                () => cut += 1,
            }
            continue;
        }
        for child in &more.children {
            let Some(id) = number(child) else { continue };
            if position.sweeps.is_none() && id <= position.known {
                continue;
            }
            if position.pending.len() < MAX_PENDING { position.pending.push(child.clone()) } else { cut += 1 }
        }
    }
    if cut > 0 {
        log::warn(format_args!("{submission} has so many comments that {cut} of them are not read"));
    }
}

/// The comment whose thread has to be opened; it names no children.
fn below(more: &More) -> Option<&str> {
    let opens = more.children.is_empty() || more.id.as_deref() == Some("_");
    more.parent_id.as_deref().filter(|_| opens)?.strip_prefix("t1_")
}

/// An id counts in base 36.
fn number(id: &str) -> Option<u64> {
    u64::from_str_radix(id, 36).ok()
}
