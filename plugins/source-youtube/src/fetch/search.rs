//! Walks a search, newest video first, with no more searches a day than its share.

use serde::{Deserialize, Serialize};
use vigie_plugin::{Batch, Cursor, Direction, Failure, Instant, Poll, clock, google, time};

use super::{DAY_MS, HOUR_MS, ask, list, videos};
use crate::Settings;
use crate::normalize::{self, moment};
use crate::parse::{Hit, page};

/// The index lags, and its order is not strict: what was published so long before the newest known hit may still appear.
const OVERLAP_MS: i64 = 12 * HOUR_MS;
/// Searches are scarce and pages are not longer, so that small batches are not worth one.
const PER_PAGE: u32 = 50;
/// A query gives about 500 videos, whatever it says of their total. Behind so many the days before are searched.
const WALL: u32 = 400;

/// Where a walk is. Instants in milliseconds.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Position {
    /// What is older was delivered: the walk ends there. Only for `newer`, and only after its first walk.
    floor: Option<Instant>,
    /// The newest hit of this walk, which becomes the floor of the next.
    top: Option<Instant>,
    /// The oldest hit of this walk.
    oldest: Option<Instant>,
    /// The walk looks at what was published before this alone.
    before: Option<Instant>,
    /// The page to read.
    page: Option<String>,
    /// Hits since `before` was set.
    hits: u32,
    /// The day in California the searches of which are counted.
    day: String,
    /// Searches made on that day.
    used: u32,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

pub(super) fn poll(settings: &Settings, request: &Poll, query: &str, of: u32) -> Result<Batch, Failure> {
    let newer = request.direction == Direction::Newer;
    let mut position: Position = request.position()?.unwrap_or_default();
    let now = clock::now();
    let today = google::day(now);
    if position.day != today {
        (position.day, position.used) = (today, 0);
    }
    let share = share(settings.searches_per_day, of, newer);
    if position.used >= share {
        let wait = u64::try_from(google::until_midnight(now).as_millis()).unwrap_or(u64::MAX);
        return Ok(Batch::new().position(&position).later(wait));
    }
    position.used += 1;

    let from = match position.floor.filter(|_| newer) {
        Some(floor) => Some(request.since.map_or(floor - OVERLAP_MS, |since| since.max(floor - OVERLAP_MS))),
        None => request.since,
    };
    let second = |at: Instant| time::to_rfc3339(at.div_euclid(1_000).saturating_mul(1_000));
    let asked = list("search", "snippet")
        .query("type", "video")
        .query("order", "date")
        .query("q", query)
        .query("maxResults", PER_PAGE)
        .query("safeSearch", "none")
        .query_if("publishedAfter", from.map(second))
        .query_if("publishedBefore", position.before.map(second))
        .query_if("regionCode", settings.region.as_ref())
        .query_if("relevanceLanguage", settings.language.as_ref())
        .query_if("pageToken", position.page.as_ref());
    let found = page::<Hit>(&ask(asked)?)?;

    let mut batch = Batch::new();
    let told = found.items.iter().filter_map(normalize::hit).map(|mention| (mention.id.clone(), Some(mention))).collect();
    videos::add(settings, &mut batch, told, request.since, settings.comments)?;

    let published = |hit: &Hit| Some(moment(hit.snippet.as_ref()?.published_at.as_ref())?.at);
    let instants = || found.items.iter().filter_map(published);
    position.top = position.top.max(instants().max());
    position.oldest = [position.oldest, instants().min()].into_iter().flatten().min();
    position.hits = position.hits.saturating_add(u32::try_from(found.items.len()).unwrap_or(u32::MAX));
    let past = instants().max().zip(from).is_some_and(|(youngest, from)| youngest < from);
    // The first walk of `newer` takes the head alone: what is below it is the business of `older`.
    let head_alone = newer && position.floor.is_none();
    if !head_alone && !past && go_on(&mut position, found.next) {
        return Ok(batch.position(&position).more());
    }
    if !newer {
        return Ok(batch.done());
    }
    let floor = position.floor.max(position.top).unwrap_or(now);
    let next = Position { floor: Some(floor), day: position.day, used: position.used, ..Position::default() };
    // The share is spread over the day.
    let pause = u64::try_from(DAY_MS).unwrap_or(0) / u64::from(share);
    Ok(batch.position(&next).later(pause))
}

/// Goes to the next page, or behind the last page of many to what was published before. `false` where there is nowhere to go.
fn go_on(position: &mut Position, next: Option<String>) -> bool {
    // A page that names itself as the next one would be read until the day's searches are used up.
    if let Some(next) = next.filter(|next| position.page.as_ref() != Some(next)) {
        position.page = Some(next);
        return true;
    }
    let Some(oldest) = position.oldest.filter(|_| position.hits >= WALL) else { return false };
    // Others may have been published in the last hit's second, so it is looked at again.
    let before = oldest.saturating_add(1_000);
    if position.before.is_some_and(|known| before >= known) {
        return false;
    }
    (position.before, position.page, position.hits) = (Some(before), None, 0);
    true
}

/// Searches a day for one of `of` feeds: three quarters of all keep up with the heads, a quarter walks the history.
fn share(per_day: u32, of: u32, newer: bool) -> u32 {
    let part = if newer { per_day - per_day / 4 } else { per_day / 4 };
    (part / of.max(1)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_days_searches_are_shared() {
        assert_eq!((share(100, 1, true), share(100, 1, false)), (75, 25));
        assert_eq!((share(100, 10, true), share(100, 10, false)), (7, 2));
        assert_eq!((share(1, 9, true), share(1, 9, false)), (1, 1));
    }

    #[test]
    fn behind_the_wall_time_is_the_way_on_and_it_ends() {
        let mut position = Position { page: Some("a".into()), oldest: Some(5_000), hits: 500, ..Position::default() };
        assert!(go_on(&mut position, Some("b".into())) && position.page.as_deref() == Some("b"));
        assert!(go_on(&mut position, None));
        assert_eq!((position.before, &position.page, position.hits), (Some(6_000), &None, 0));
        position.hits = 500;
        assert!(!go_on(&mut position, None), "nothing older was found");
        let mut short = Position { oldest: Some(5_000), hits: 30, ..Position::default() };
        assert!(!go_on(&mut short, None));
        short.page = Some("a".into());
        assert!(!go_on(&mut short, Some("a".into())), "a page that names itself");
    }
}
