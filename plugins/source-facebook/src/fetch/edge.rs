//! Walks a list of a page, newest post first.

use vigie_plugin::conversation::Conversation;
use vigie_plugin::graph::{self, GraphError, Walk};
use vigie_plugin::{Batch, Change, Failure, Feed, Instant, Poll, log, time};

use super::{Params, ask};
use crate::parse::{POST_FIELDS, POST_FIELDS_LIGHT, Page, Post};
use crate::{Settings, normalize};

/// Facebook gives no more posts in one answer.
const MOST: u32 = 100;
/// Fewer posts in one answer than this are not tried.
const LEAST: u32 = 5;

pub(super) fn poll(settings: &Settings, request: &Poll, page: &str, edge: &str) -> Result<Batch, Failure> {
    let mut walk: Walk = request.position()?.unwrap_or_default();
    let read = read(settings, request, &mut walk, &format!("{page}/{edge}"))?;
    let posts: Vec<&Post> = read.data.iter().filter(|post| post.id.is_some()).collect();
    let mut batch = Batch::new();
    for post in &posts {
        match normalize::post(post) {
            Some(Change::Upsert(mention)) if walk.is_past(&mention, request) => {}
            Some(change) => {
                if let Change::Upsert(_) = change {
                    batch.feeds.extend(comments(settings, post)?);
                }
                batch.changes.push(change);
            }
            None => {}
        }
    }
    let ids: Vec<&str> = posts.iter().filter_map(|post| post.id.as_deref()).collect();
    let instants: Vec<Option<Instant>> = posts.iter().map(|post| normalize::instant(post.created_time.as_deref())).collect();
    let next = read.paging.as_ref().and_then(graph::Paging::next);
    Ok(walk.turn(request, batch, &ids, &instants, next))
}

/// A page of posts. Where Facebook cannot gather so many at once it is asked for half, at last without what is costly to gather.
fn read(settings: &Settings, request: &Poll, walk: &mut Walk, path: &str) -> Result<Page<Post>, Failure> {
    let mut limit = walk.limit.unwrap_or(MOST).min(request.limit.max(1));
    let mut fields = POST_FIELDS;
    loop {
        let mut asked = ask(settings, path).query("fields", fields).query("limit", limit);
        if let Some(floor) = walk.floor(request) {
            // The bound is left out by the service, so it is asked for from a second before.
            asked = asked.query("since", time::to_unix_seconds(floor).saturating_sub(1));
        }
        if let Some(step) = walk.step() {
            asked = step.apply(asked);
        }
        let answer = asked.send()?;
        if GraphError::of(&answer).is_some_and(|error| error.is_too_heavy()) {
            if limit > LEAST {
                limit = (limit / 2).max(LEAST);
                walk.limit = Some(limit);
                continue;
            }
            if fields != POST_FIELDS_LIGHT {
                log::warn(format_args!("{path}: too heavy even with {limit} posts a page, reactions are left out"));
                fields = POST_FIELDS_LIGHT;
                continue;
            }
        }
        graph::check(&answer)?;
        return answer.json();
    }
}

/// The feed of a post's comments, where it has some or may have yet.
fn comments(settings: &Settings, post: &Post) -> Result<Option<Feed>, Failure> {
    let published = normalize::instant(post.created_time.as_deref());
    let count = post.comment_count().unwrap_or(0);
    let conversation = Conversation::new(published, settings.comments_for_ms()?);
    if !settings.comments || !conversation.is_worth_reading(Some(count)) {
        return Ok(None);
    }
    let Some(id) = post.id.as_deref().filter(|id| super::object("posts", id).is_ok()) else { return Ok(None) };
    let params = Params::Comments { post: id.to_owned(), published, quiet: count == 0 };
    let feed = Feed::new(format!("comments:{id}"), format!("comments of post {id}")).with_params(&params);
    Ok(Some(feed.expires_at(conversation.expires_at())))
}
