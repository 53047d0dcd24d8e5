//! Walks the newest posts of the whole forum from the head downwards, by number.
//!
//! Two meanings of `before` are in the wild. Today: the 50 posts with the highest numbers below it, so an empty page is the end.
//! In older installations: the posts of the 50 numbers up to it, itself included, so a page may be short or empty though older
//! posts exist. A walk that has seen a page spread over more than 50 numbers knows that it met the first.

use serde::{Deserialize, Serialize};
use vigie_plugin::{Batch, Cursor, Direction, Failure, Poll, http};

use super::too_old;
use crate::Settings;
use crate::normalize::{self, Context, moment};
use crate::parse::{Latest, Post};

/// How many numbers a page of older installations covers.
const SPAN: i64 = 50;
/// Posts may become visible late (a queue for approval), so so many numbers below the newest known one are read again.
const OVERLAP: i64 = 30;
/// How many empty pages are stepped over in one poll.
const STEPS: usize = 5;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Position {
    /// The highest number of all walks before this one.
    known: Option<i64>,
    /// The highest number of this walk.
    newest: Option<i64>,
    /// The walk has come down to here, this number not included.
    before: Option<i64>,
    /// Whether an empty page is the end.
    spread: bool,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

pub(super) fn poll(settings: &Settings, request: &Poll) -> Result<Batch, Failure> {
    let base = settings.base()?;
    let newer = request.direction == Direction::Newer;
    let mut position: Position = request.position()?.unwrap_or_default();
    let mut batch = Batch::new();
    let mut ended = false;
    for _ in 0..STEPS {
        let page = read(&base, position.before)?;
        let numbers = || page.iter().filter_map(|post| post.id);
        let below = || numbers().filter(|id| position.before.is_none_or(|before| *id < before));
        let lowest = below().min();
        position.spread |= numbers().min().zip(numbers().max()).is_some_and(|(low, high)| high - low >= SPAN);
        // It becomes known when the walk has come down to what was known before, not earlier.
        position.newest = position.newest.max(numbers().max());
        position.before = match (lowest, position.before) {
            (Some(lowest), _) => Some(lowest),
            (None, Some(before)) if !position.spread => Some(before - SPAN),
            (None, _) => None,
        };
        ended = position.before.is_none_or(|before| before <= 1)
            || (newer && position.known.is_none_or(|known| position.before.is_some_and(|before| before <= known - OVERLAP)))
            || (!newer && is_past(&page, request));
        batch.changes.extend(changes(settings, &page, request, &base));
        if ended || lowest.is_some() {
            break;
        }
    }
    if !ended {
        return Ok(batch.position(&position).more());
    }
    if !newer {
        return Ok(batch.done());
    }
    let known = position.known.max(position.newest);
    Ok(batch.position(&Position { known, spread: position.spread, ..Position::default() }).later(None))
}

fn read(base: &str, before: Option<i64>) -> Result<Vec<Post>, Failure> {
    let request = http::get(format!("{base}/posts.json")).query_if("before", before.map(|before| before.to_string()));
    Ok(request.send()?.json::<Latest>()?.latest_posts)
}

/// Whether a page lies wholly before what is wanted. Numbers grow with time, except for imported posts, so one post is no proof.
fn is_past(page: &[Post], request: &Poll) -> bool {
    let youngest = page.iter().filter_map(|post| moment(post.created_at.as_deref())).map(|moment| moment.at).max();
    youngest.zip(request.since).is_some_and(|(youngest, since)| youngest < since)
}

fn changes(settings: &Settings, page: &[Post], request: &Poll, base: &str) -> Vec<vigie_plugin::Change> {
    let mut context = Context::default();
    for post in page {
        context.learn_post(post, None);
    }
    page.iter()
        .filter(|post| settings.category.is_none_or(|category| post.category_id == Some(category)))
        .filter_map(|post| normalize::post(post, None, &context, base))
        .filter(|change| !too_old(change, request.since))
        .collect()
}
