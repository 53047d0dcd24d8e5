//! Walks a search from its newest hit downwards, in slices of time that stay below the 1,000 hits Algolia gives.

use serde::{Deserialize, Serialize};
use vigie_plugin::conversation::Conversation;
use vigie_plugin::{Batch, Cursor, Direction, Failure, Feed, Poll, clock, http, time};

use super::Params;
use crate::parse::{Hit, Page};
use crate::{Settings, normalize};

const SEARCH_URL: &str = "https://hn.algolia.com/api/v1/search_by_date";
/// Algolia gives no hit beyond this one.
const WALL: u64 = 1000;
/// The index lags, so what was published shortly before the newest known hit may still appear.
const OVERLAP_SECS: i64 = 3_600;
/// Fewer hits a request than this are not worth it.
const MIN_PER_PAGE: u64 = 20;

/// Where a walk is. All numbers are seconds since 1970.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Position {
    /// What is older was delivered: the walk ends there. Only for `newer`, and only after its first walk.
    floor: Option<i64>,
    /// The newest hit of this walk, which becomes the floor of the next.
    top: Option<i64>,
    /// The walk has come down to here, this second included.
    ceiling: Option<i64>,
    /// How many pages of the slice below `ceiling` were read, where a single second filled more than one.
    page: u64,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

pub(super) fn poll(settings: &Settings, request: &Poll, query: &str, tags: &str) -> Result<Batch, Failure> {
    let position: Position = request.position()?.unwrap_or_default();
    let newer = request.direction == Direction::Newer;
    let since = request.since.map(time::to_unix_seconds);
    let from = match position.floor.filter(|_| newer) {
        Some(floor) => Some(since.map_or(floor - OVERLAP_SECS, |since| since.max(floor - OVERLAP_SECS))),
        None => since,
    };
    let per_page = u64::from(request.limit).clamp(MIN_PER_PAGE, WALL);
    let mut bounds: Vec<String> = from.map(|from| format!("created_at_i>={from}")).into_iter().collect();
    bounds.extend(position.ceiling.map(|ceiling| format!("created_at_i<={ceiling}")));
    let answer = http::get(SEARCH_URL)
        .query("query", query)
        .query("tags", tags)
        .query_if("numericFilters", bounds.join(","))
        .query("hitsPerPage", per_page)
        .query("page", position.page)
        .query("advancedSyntax", true)
        .query("typoTolerance", false)
        .send()?;
    let page: Page = answer.json()?;
    let mut batch = Batch::new().upserts(page.hits.iter().filter_map(normalize::hit));
    batch.feeds = trees(settings, &page.hits)?;

    let seconds = || page.hits.iter().filter_map(|hit| hit.created_at_i);
    let top = position.top.max(seconds().max());
    let full = u64::try_from(page.hits.len()).unwrap_or(u64::MAX) >= per_page;
    // The first walk of `newer` takes the head alone: what is below it is the business of `older`.
    let head_alone = newer && position.floor.is_none();
    if !head_alone && (full || page.pages.is_some_and(|pages| pages > position.page + 1)) {
        let next = below(&position, seconds().min(), per_page);
        if from.is_none_or(|from| next.ceiling.is_none_or(|ceiling| ceiling >= from)) {
            return Ok(batch.position(&Position { top, ..next }).more());
        }
    }
    if !newer {
        return Ok(batch.done());
    }
    let floor = top.or(position.floor).unwrap_or_else(|| time::to_unix_seconds(clock::now()));
    let floor = position.floor.map_or(floor, |before| before.max(floor));
    Ok(batch.position(&Position { floor: Some(floor), ..Position::default() }).later(None))
}

/// The slice after the one that was read. Its first second is the last one of that, because hits of one second may stand on both
/// sides; only where a single second fills whole pages these are turned over, as far as Algolia goes.
fn below(position: &Position, oldest: Option<i64>, per_page: u64) -> Position {
    match oldest {
        Some(oldest) if position.ceiling.is_none_or(|ceiling| oldest < ceiling) => {
            Position { ceiling: Some(oldest), page: 0, ..position.clone() }
        }
        _ if (position.page + 2) * per_page <= WALL => Position { page: position.page + 1, ..position.clone() },
        _ => Position { ceiling: position.ceiling.map(|ceiling| ceiling - 1), page: 0, ..position.clone() },
    }
}

/// A feed for the comments of each story found.
fn trees(settings: &Settings, hits: &[Hit]) -> Result<Vec<Feed>, Failure> {
    if !settings.comments {
        return Ok(Vec::new());
    }
    let read_for = settings.comments_for_ms()?;
    let stories = hits.iter().filter(|hit| !hit.is_comment());
    Ok(stories.filter_map(|hit| tree(hit, read_for)).collect())
}

fn tree(hit: &Hit, read_for: i64) -> Option<Feed> {
    let story: i64 = hit.id.as_deref()?.parse().ok()?;
    let published = normalize::hit(hit)?.published.map(|moment| moment.at);
    let conversation = Conversation::new(published, read_for);
    if !conversation.is_worth_reading(hit.num_comments) {
        return None;
    }
    let title = hit.title.as_deref().unwrap_or("a story without a title");
    let feed = Feed::new(format!("comments:{story}"), format!("comments of {title}"));
    Some(feed.with_params(&Params::Tree { story, published }).expires_at(conversation.expires_at()))
}
