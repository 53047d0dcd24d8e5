//! Walks a topic from its last page to its first.

use serde::{Deserialize, Serialize};

use super::{Board, change, too_old};
use crate::forum::{Topic, links};
use crate::{Batch, Cursor, Failure, FailureClass, Poll, log};

/// Pages in one poll.
const MAX_PAGES: usize = 5;
/// A topic with more pages than this turns in circles.
const MAX_WALK: u32 = 20_000;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Position {
    /// The highest number of all walks before this one. Numbers of posts grow with time.
    known: Option<u64>,
    /// The highest number of this walk.
    top: Option<u64>,
    /// The page to read; absent at the beginning of a walk.
    next: Option<String>,
    /// Its number, as the page before named it.
    number: u32,
    /// The last page when the last walk began: where the next one begins.
    last: Option<String>,
    /// Pages up to this one were read in the same poll; between polls others may have moved there.
    #[serde(skip)]
    front: u32,
    /// Pages of this walk.
    walked: u32,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

pub(super) fn poll(board: &impl Board, request: &Poll, url: &str) -> Result<Batch, Failure> {
    let mut position: Position = request.position()?.unwrap_or_default();
    let mut batch = Batch::new();
    let wanted = usize::try_from(request.limit.max(1)).unwrap_or(usize::MAX);
    for _ in 0..MAX_PAGES {
        let topic = read(board, &mut position, url)?;
        let began = position.next.is_none();
        let numbers = || topic.posts.iter().filter_map(|post| post.id.parse::<u64>().ok());
        position.top = position.top.max(numbers().max());
        let posts = topic.posts.iter().filter(|post| !too_old(post.published, request.since));
        batch.changes.extend(posts.map(|post| change(board, &topic, post)));
        position.walked += 1;
        let ended = if began { begin(&mut position, &topic, url) } else { go_down(&mut position, &topic, request) };
        if ended {
            let known = position.known.max(position.top);
            return Ok(batch.position(&Position { known, last: position.last, ..Position::default() }).later(None));
        }
        if batch.changes.len() >= wanted {
            break;
        }
    }
    Ok(batch.position(&position).more())
}

/// Reads the next page of the walk. Where the page remembered as the last one is gone, the walk begins at the front.
fn read(board: &impl Board, position: &mut Position, url: &str) -> Result<Topic, Failure> {
    let place = position.next.as_ref().or(position.last.as_ref()).map_or(url, String::as_str);
    let answer = board.request(place).send()?;
    match board.topic(&answer) {
        Err(failure) if failure.class == FailureClass::Gone && place != url => {
            let answer = board.request(url).send()?;
            (position.next, position.last) = (None, None);
            board.topic(&answer)
        }
        read => read,
    }
}

/// The first page of a walk is the front of the topic, or what was its end. Says whether the walk has ended.
fn begin(position: &mut Position, topic: &Topic, url: &str) -> bool {
    let here = topic.pages.number();
    let Some((number, last)) = topic.pages.last() else {
        // This is the last page. Where it is not the first one, what stands before is known, unless nothing is.
        position.last = position.last.take().or_else(|| Some(url.to_owned()));
        return here == 1 || down(position, topic, here);
    };
    position.front = u32::from(position.known.is_none() && here == 1);
    (position.last, position.next, position.number) = (Some(last.to_owned()), Some(last.to_owned()), number);
    false
}

/// Says whether the walk has ended.
fn go_down(position: &mut Position, topic: &Topic, request: &Poll) -> bool {
    let here = topic.pages.number();
    // The topic grew while the walk began.
    if here == position.number
        && position.last == position.next
        && let Some((number, last)) = topic.pages.last()
        && position.walked < MAX_WALK
    {
        (position.last, position.next, position.number) = (Some(last.to_owned()), Some(last.to_owned()), number);
        return false;
    }
    let past = !topic.posts.is_empty() && topic.posts.iter().all(|post| too_old(post.published, request.since));
    past || down(position, topic, here)
}

/// Goes to the page before this one, unless everything there is known. Says whether the walk has ended.
fn down(position: &mut Position, topic: &Topic, here: u32) -> bool {
    let first = topic.posts.iter().find_map(|post| post.id.parse::<u64>().ok());
    let met = position.known.zip(first).is_some_and(|(known, first)| first <= known);
    let before = here.saturating_sub(1);
    if met || before == 0 || before <= position.front || position.walked >= MAX_WALK {
        return true;
    }
    match topic.pages.at(before) {
        Some(page) => {
            (position.next, position.number) = (Some(links::page(page).to_owned()), before);
            false
        }
        None => {
            log::warn(format_args!(
                "page {here} of topic {} does not say where page {before} is",
                topic.id.as_deref().unwrap_or("?")
            ));
            true
        }
    }
}
