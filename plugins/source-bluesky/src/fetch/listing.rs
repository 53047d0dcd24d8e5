//! Walks what an account posts and what quotes a post: newest first, by cursor.

use serde::{Deserialize, Serialize};
use vigie_plugin::conversation::Conversation;
use vigie_plugin::{Batch, Cursor, Direction, Failure, Instant, Poll, clock};

use super::{HOUR_MS, children, get, per_page, send, wanted};
use crate::Settings;
use crate::normalize::{entry, is_repost, moment, post, sorted_at};
use crate::parse::{AuthorFeed, Entry, Posts};

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Position {
    /// What is older was delivered. Only for `newer`, and only after its first walk.
    floor: Option<Instant>,
    /// The newest entry of this walk.
    top: Option<Instant>,
    /// The next page.
    cursor: Option<String>,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

pub(super) fn poll_account(settings: &Settings, request: &Poll, actor: &str) -> Result<Batch, Failure> {
    let position: Position = request.position()?.unwrap_or_default();
    let asked = get(settings, "app.bsky.feed.getAuthorFeed")?
        .query("actor", actor)
        .query("filter", "posts_with_replies")
        .query("limit", per_page(request))
        .query_if("cursor", position.cursor.as_ref());
    let page: AuthorFeed = send(settings, asked)?.json()?;
    let found = page.feed.iter().filter(|found| wanted(listed_at(found), request));
    let mut batch = Batch::new().upserts(found.flat_map(entry));
    batch.feeds = children(settings, page.feed.iter().filter(|found| !is_repost(found)).filter_map(|found| found.post.as_ref()))?;
    // A pinned post stands first whatever its age.
    let times = page.feed.iter().filter(|found| found.reason.is_none() || is_repost(found)).filter_map(listed_at).collect();
    Ok(go_on(batch, request, position, times, page.cursor))
}

pub(super) fn poll_quotes(settings: &Settings, request: &Poll, uri: &str, published: Option<Instant>) -> Result<Batch, Failure> {
    let position: Position = request.position()?.unwrap_or_default();
    // Few posts have many quotes, so `newer` reads them all the first time.
    if request.direction == Direction::Older {
        return Ok(Batch::new().done());
    }
    let asked = get(settings, "app.bsky.feed.getQuotes")?
        .query("uri", uri)
        .query("limit", per_page(request))
        .query_if("cursor", position.cursor.as_ref());
    let page: Posts = send(settings, asked)?.json()?;
    let batch = Batch::new().upserts(page.posts.iter().filter(|found| wanted(sorted_at(found), request)).filter_map(post));
    let times = page.posts.iter().filter_map(sorted_at).collect();
    let position = Position { floor: position.floor.or(Some(Instant::MIN)), ..position };
    let batch = go_on(batch, request, position, times, page.cursor);
    let ended = batch.next != vigie_plugin::Next::More;
    Ok(match Conversation::new(published, settings.threads_for_ms()?).pause() {
        Some(pause) if ended => batch.later(pause),
        None if ended => batch.done(),
        _ => batch,
    })
}

/// When an entry came into the list.
fn listed_at(found: &Entry) -> Option<Instant> {
    if is_repost(found) {
        return moment(found.reason.as_ref()?.indexed_at.as_ref()).map(|moment| moment.at);
    }
    sorted_at(found.post.as_ref()?)
}

/// The batch with its place: the end is where no cursor is given, or where everything is older than wanted.
fn go_on(batch: Batch, request: &Poll, position: Position, times: Vec<Instant>, cursor: Option<String>) -> Batch {
    let newer = request.direction == Direction::Newer;
    let youngest = times.iter().copied().max();
    let top = position.top.max(youngest);
    let from = position.floor.filter(|_| newer).map(|floor| floor.saturating_sub(HOUR_MS)).max(request.since);
    let past = youngest.zip(from).is_some_and(|(youngest, from)| youngest < from);
    // The first walk of `newer` takes the head alone: what is below it is the business of `older`.
    let head_alone = newer && position.floor.is_none();
    if cursor.is_some() && cursor != position.cursor && !past && !head_alone {
        return batch.position(&Position { top, cursor, ..position }).more();
    }
    if !newer {
        return batch.done();
    }
    let floor = position.floor.max(top).unwrap_or_else(clock::now);
    batch.position(&Position { floor: Some(floor), ..Position::default() }).later(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use vigie_plugin::{Feed, Next};

    #[test]
    fn an_empty_page_with_a_cursor_is_not_the_end() {
        let older = Poll::older(Feed::new("f", "f"));
        let batch = go_on(Batch::new(), &older, Position::default(), vec![], Some("a".into()));
        assert_eq!(batch.next, Next::More);
        assert_eq!(go_on(Batch::new(), &older, Position::default(), vec![5], None).next, Next::Done);
    }
}
