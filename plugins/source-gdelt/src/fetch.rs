//! Plans feeds; walks searches in windows of time.
//!
//! A search gives at most 250 articles and has no pages, so a window that is full is followed by the rest of it, below the oldest article.
//! Dates lie on a grid of a quarter of an hour.

use serde::{Deserialize, Serialize};
use vigie_plugin::{Batch, Cursor, Direction, Failure, Feed, Instant, Poll, Search, clock, http, ids, log, time};

use crate::normalize::{article, seen};
use crate::{Settings, parse, query, refusal};

const URL: &str = "https://api.gdeltproject.org/api/v2/doc/doc";
/// Most articles in one answer.
const MOST: u32 = 250;
/// With so many a window counts as full: doubles are taken out after they were counted.
const FULL: usize = 200;
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// What is older cannot be searched.
const MEMORY_MS: i64 = 89 * DAY_MS;
/// Articles come into the index up to so long after they were seen.
const OVERLAP_MS: i64 = 2 * HOUR_MS;

/// How a feed is read: a query in the service's syntax.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Params {
    query: String,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Position {
    /// What is older was delivered. Only for `newer`, and only after its first walk.
    floor: Option<Instant>,
    /// The newest article of this walk.
    top: Option<Instant>,
    /// The walk has come down to here.
    end: Option<Instant>,
    /// Where the walk began, so that its window does not grow while it goes on.
    begun: Option<Instant>,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

/// One feed for each query.
pub(crate) fn plan(settings: &Settings, searches: &[Search]) -> Result<Vec<Feed>, Failure> {
    if let Some(tag) = settings.languages.iter().find(|tag| crate::places::name_of_language(tag).is_none()) {
        return Err(Failure::settings(format!(
            "setting `languages`: `{tag}` is no language GDELT reads: write a tag such as \"fr\""
        )));
    }
    let queries = query::queries(settings, searches);
    if queries.is_empty() {
        return Err(Failure::settings(
            "there is nothing to search for: GDELT searches and lists nothing by itself; give the topics words of three letters or more",
        ));
    }
    let feed = |query: String| {
        Feed::new(format!("search:{}", ids::short(&query)), format!("search for {query}")).with_params(&Params { query })
    };
    Ok(queries.into_iter().map(feed).collect())
}

pub(crate) fn poll(request: &Poll) -> Result<Batch, Failure> {
    let Params { query } = request.feed.read_params()?;
    let newer = request.direction == Direction::Newer;
    let position: Position = request.position()?.unwrap_or_default();
    let begun = position.begun.unwrap_or_else(clock::now);
    let end = position.end.unwrap_or(begun);
    let oldest = begun.saturating_sub(MEMORY_MS);
    let from = match (newer, position.floor) {
        (true, Some(floor)) => floor.saturating_sub(OVERLAP_MS),
        // The first walk of `newer` takes the head alone: what is below it is the business of `older`.
        (true, None) => begun.saturating_sub(DAY_MS),
        (false, _) => oldest,
    };
    let from = from.max(oldest).max(request.since.unwrap_or(oldest)).min(end);
    // A narrower window is refused.
    let start = from.min(end.saturating_sub(HOUR_MS));
    let answer = http::get(URL)
        .query("query", &query)
        .query("mode", "artlist")
        .query("format", "json")
        .query("maxrecords", MOST)
        .query("sort", "datedesc")
        .query("startdatetime", digits(start))
        .query("enddatetime", digits(end))
        .send()?;
    let page =
        parse::page(&refusal::text(&answer)?).map_err(|why| answer.unexpected(&format!("is no list of articles: {why}")))?;
    let times: Vec<Instant> = page.articles.iter().filter_map(seen).collect();
    let top = position.top.max(times.iter().copied().max());
    let wanted = page.articles.iter().filter(|found| !time::is_before(seen(found), request.since));
    let batch = Batch::new().upserts(wanted.filter_map(article));

    let head_alone = newer && position.floor.is_none();
    if page.articles.len() >= FULL
        && !head_alone
        && let Some(next) = below(&times, end).filter(|next| *next > from)
    {
        let next = Position { floor: position.floor, top, end: Some(next), begun: Some(begun) };
        return Ok(batch.position(&next).more());
    }
    if !newer {
        return Ok(batch.done());
    }
    let floor = position.floor.max(top).unwrap_or(begun);
    Ok(batch.position(&Position { floor: Some(floor), ..Position::default() }).later(None))
}

/// The end of the next window: the oldest article's instant, and a second so that those of the same instant are met again. Where one
/// instant fills a whole window, the next one begins below it, and what did not fit is lost.
fn below(times: &[Instant], end: Instant) -> Option<Instant> {
    let oldest = times.iter().copied().min()?;
    let next = oldest.saturating_add(1_000);
    if next < end {
        return Some(next);
    }
    log::warn(format_args!("more articles than one answer holds were seen at {}; narrow the search", time::to_rfc3339(oldest)));
    Some(oldest.min(end).saturating_sub(1_000))
}

/// An instant as the service takes it: `YYYYMMDDHHMMSS`.
fn digits(at: Instant) -> String {
    time::to_rfc3339(at.div_euclid(1000).saturating_mul(1000)).chars().filter(char::is_ascii_digit).take(14).collect()
}
