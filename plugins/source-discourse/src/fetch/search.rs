//! Walks a search, newest post first. A search gives only a line of each hit, so the topics they stand in are handed on as feeds, which
//! read twenty posts with one request; only where topics are not to be read is each hit read by itself.

use serde::{Deserialize, Serialize};
use vigie_plugin::{Batch, Change, Cursor, Direction, Failure, FailureClass, Feed, Instant, Poll, clock, http, log, time};

use super::{DAY_MS, Params, read_posts, too_old};
use crate::Settings;
use crate::normalize::{self, Context, moment};
use crate::parse::{Found, Hit, Topic};

/// Discourse answers no page behind this one.
const LAST_PAGE: u32 = 10;
/// Posts read in one poll: a forum allows 50 requests in ten seconds.
const MAX_POSTS: u32 = 20;
/// Numbers of posts a cursor remembers, so that they are not read again.
const MAX_SEEN: usize = 600;

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Position {
    /// What is older was delivered: the walk ends there. Only for `newer`, and only after its first walk. Milliseconds.
    floor: Option<Instant>,
    /// The newest hit of this walk.
    top: Option<Instant>,
    /// The oldest hit of this walk.
    oldest: Option<Instant>,
    /// The walk looks at what was posted before this day alone.
    before: Option<Instant>,
    /// The page to read, from 1.
    page: u32,
    /// Posts that were delivered.
    seen: Vec<i64>,
}

impl Default for Position {
    fn default() -> Self {
        Self { floor: None, top: None, oldest: None, before: None, page: 1, seen: Vec::new() }
    }
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

pub(super) fn poll(settings: &Settings, request: &Poll, query: &str) -> Result<Batch, Failure> {
    let base = settings.base()?;
    let newer = request.direction == Direction::Newer;
    let mut position: Position = request.position()?.unwrap_or_default();
    let found = read(&base, request, query, &position)?;
    let more_pages = found.grouped_search_result.as_ref().is_some_and(|grouped| grouped.more_full_page_results);
    let instants = || found.posts.iter().filter_map(|hit| moment(hit.created_at.as_deref())).map(|moment| moment.at);
    position.top = position.top.max(instants().max());
    position.oldest = [position.oldest, instants().min()].into_iter().flatten().min();

    let mut hits: Vec<(i64, &Hit)> = Vec::new();
    for hit in &found.posts {
        let Some(id) = hit.id else { continue };
        let private = found.topics.iter().any(|topic| topic.id == hit.topic_id && topic.is_private());
        if !private && !position.seen.contains(&id) && hits.iter().all(|(known, _)| *known != id) {
            hits.push((id, hit));
        }
    }
    let rest = hits.split_off(hits.len().min(usize::try_from(request.limit.clamp(1, MAX_POSTS)).unwrap_or(1)));
    let ids: Vec<i64> = hits.iter().map(|(id, _)| *id).collect();
    let mut batch = Batch::new();
    if !settings.topics {
        batch.changes = changes(&base, &found.topics, &ids, request)?;
    }
    batch.feeds = topics(settings, &found.topics, &hits)?;
    position.seen.splice(0..0, ids);
    position.seen.truncate(MAX_SEEN);

    if !rest.is_empty() {
        return Ok(batch.position(&position).more());
    }
    // The first walk of `newer` takes the head alone: what is below it is the business of `older`.
    let head_alone = newer && position.floor.is_none();
    if more_pages && !head_alone && next_slice(&mut position) {
        return Ok(batch.position(&position).more());
    }
    if !newer {
        return Ok(batch.done());
    }
    let floor = position.floor.max(position.top).unwrap_or_else(clock::now);
    Ok(batch.position(&Position { floor: Some(floor), seen: position.seen, ..Position::default() }).later(None))
}

/// Goes to the next page, or below the last one to the days before it. `false` where there is nowhere to go.
fn next_slice(position: &mut Position) -> bool {
    if position.page < LAST_PAGE {
        position.page += 1;
        return true;
    }
    let Some(oldest) = position.oldest else { return false };
    // The last day may not have been seen whole, so it is looked at again; a day with more hits than a search gives is cut.
    let again = oldest.div_euclid(DAY_MS) * DAY_MS + DAY_MS;
    let before = position.before.map_or(again, |before| again.min(before - DAY_MS));
    *position = Position { before: Some(before), page: 1, ..position.clone() };
    true
}

fn read(base: &str, request: &Poll, query: &str, position: &Position) -> Result<Found, Failure> {
    let mut words = format!("{query} order:latest");
    // Both are days of the forum's own zone, so a day more is asked for; what is too old is left out when it was read.
    let from = position.floor.filter(|_| request.direction == Direction::Newer).max(request.since);
    if let Some(from) = from {
        words.push_str(&format!(" after:{}", day(from.saturating_sub(2 * DAY_MS))));
    }
    if let Some(before) = position.before {
        words.push_str(&format!(" before:{}", day(before.saturating_add(DAY_MS))));
    }
    let answer = http::get(format!("{base}/search.json")).query("q", words).query("page", position.page).send()?;
    let found: Found = answer.json()?;
    match &found.grouped_search_result {
        None => Err(answer.unexpected("has no `grouped_search_result`: the forum is of a version whose search cannot be read")),
        Some(grouped) => match &grouped.error {
            Some(error) => Err(Failure::transient(format!("{base}/search.json answered 200 with an error: {error}"))),
            None => Ok(found),
        },
    }
}

fn day(at: Instant) -> String {
    time::to_rfc3339(at).chars().take(10).collect()
}

fn changes(base: &str, topics: &[Topic], ids: &[i64], request: &Poll) -> Result<Vec<Change>, Failure> {
    let mut context = Context::default();
    topics.iter().for_each(|topic| context.learn_topic(topic));
    let mut posts = Vec::new();
    let mut refused = None;
    let mut changes = Vec::new();
    for (id, answer) in ids.iter().zip(read_posts(base, ids)) {
        match answer {
            Ok(Some(post)) => posts.push(post),
            // The index lags behind a deletion.
            Ok(None) => changes.push(Change::Remove(id.to_string())),
            // What may pass by itself costs no post: the cursor stays, and these are read again.
            Err(failure) if !matches!(failure.class, FailureClass::Forbidden | FailureClass::UnexpectedAnswer) => {
                return Err(failure);
            }
            Err(failure) => {
                log::warn(format_args!("post {id} was found and could not be read: {}", failure.message));
                refused = Some(failure);
            }
        }
    }
    if let (Some(failure), true) = (refused, posts.is_empty() && changes.is_empty()) {
        return Err(failure);
    }
    for post in &posts {
        context.learn_post(post, None);
    }
    changes.extend(posts.iter().filter_map(|post| normalize::post(post, None, &context, base)));
    changes.retain(|change| !too_old(change, request.since));
    Ok(changes)
}

/// A feed for each topic in which something was found.
fn topics(settings: &Settings, topics: &[Topic], hits: &[(i64, &Hit)]) -> Result<Vec<Feed>, Failure> {
    if !settings.topics {
        return Ok(Vec::new());
    }
    let read_for = settings.topics_for_ms()?;
    let now = clock::now();
    let mut feeds: Vec<Feed> = Vec::new();
    for (_, hit) in hits {
        let Some(id) = hit.topic_id else { continue };
        let topic = topics.iter().find(|topic| topic.id == Some(id));
        let last = topic.and_then(|topic| moment(topic.last_posted_at.as_deref())).or_else(|| moment(hit.created_at.as_deref()));
        // An old topic is read once.
        let ends = last.map_or(now, |moment| moment.at).saturating_add(read_for).max(now.saturating_add(DAY_MS));
        let name = topic.and_then(|topic| topic.title.as_deref()).unwrap_or("a topic");
        let feed = Feed::new(format!("topic:{id}"), format!("posts of {name}"))
            .with_params(&Params::Topic { topic: id })
            .expires_at(ends);
        if feeds.iter().all(|known| known.id != feed.id) {
            feeds.push(feed);
        }
    }
    Ok(feeds)
}
