//! Walks the search of version 1.1, by highest number downwards. Lowest and highest number together may be refused (code 195), so the
//! walk's lower end is found by looking.

use serde::{Deserialize, Serialize};
use vigie_plugin::{Batch, Cursor, Direction, Failure, Instant, Poll, clock};

use super::{ask, batch};
use crate::parse::{self, instant_of, order};
use crate::{Settings, normalize};

/// Where a walk is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Position {
    known: Option<String>,
    from: Option<Instant>,
    newest: Option<String>,
    max_id: Option<String>,
    page: u32,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

pub(super) fn poll(settings: &Settings, request: &Poll, query: &str) -> Result<Batch, Failure> {
    let position: Position = request.position()?.unwrap_or_default();
    let newer = request.direction == Direction::Newer;
    // Of a post that was found, the first walk of `newer` reads all there is.
    if !newer && request.feed.expires_at.is_some() {
        return Ok(Batch::new().done());
    }
    let answer = ask::plain(settings, "/1.1/search/tweets.json")
        .query("q", query)
        .query("count", request.limit.clamp(1, 100))
        .query("result_type", "recent")
        .query("tweet_mode", "extended")
        .query_if("max_id", position.max_id.as_ref())
        .send()?;
    let page = parse::page(&answer)?;
    let since = request.since.or(position.from);
    let batch = batch(settings, &page.posts, since.filter(|_| position.known.is_none()))?;
    let newest = if position.page == 0 { page.newest.clone() } else { position.newest.clone() };
    let known = |id: &str| newer && position.known.as_deref().is_some_and(|known| order(id) <= order(known));
    let old = |post: &parse::Post| {
        let at = normalize::post(post).published.map(|moment| moment.at).or_else(|| instant_of(&post.id));
        at.zip(since).is_some_and(|(at, since)| at < since)
    };
    let past = page.posts.is_empty() || page.posts.iter().all(|post| known(&post.id) || old(post));
    // The next page begins below this one, or the service has no more.
    let below = page.next.filter(|next| position.max_id.as_deref().is_none_or(|max_id| order(next) < order(max_id)));
    if below.is_some() && !past {
        let on = Position { newest, max_id: below, page: position.page + 1, ..position };
        return Ok(batch.position(&on).more());
    }
    if !newer {
        return Ok(batch.done());
    }
    let known = [position.known, newest].into_iter().flatten().max_by(|a, b| order(a).cmp(&order(b)));
    let from = if known.is_some() { None } else { since.or_else(|| Some(clock::now())) };
    Ok(batch.position(&Position { known, from, ..Position::default() }).later(None))
}
