//! Walks a list or a search, newest first.
//!
//! Pages are named by a cursor where the server gives one (posts, since 0.19) and else by number. Numbered pages shift while something is
//! written, so items repeat; and servers of version 1.0 that still speak this interface know no second page of comments and searches, and
//! answer the first one for ever. So the end is an empty page, or one that holds nothing but the page before.

use serde::{Deserialize, Serialize};
use vigie_plugin::conversation::{Conversation, wait_at_first};
use vigie_plugin::{Batch, Change, Cursor, Direction, Failure, Instant, Poll, clock, ids, time};

use super::{HOUR_MS, Params, below, comments, get};
use crate::normalize::{moment, post};
use crate::parse::{Comments, Found, Posts};
use crate::{Settings, refusal};

/// Most items in one answer; more is refused.
const PER_PAGE: u32 = 50;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Position {
    /// What is older was delivered. Only for `newer`, and only after its first walk.
    floor: Option<Instant>,
    /// The newest item of this walk.
    top: Option<Instant>,
    /// The cursor of the page to read.
    next: Option<String>,
    /// Its number, from 1.
    page: u32,
    /// What the page before held.
    before: Option<String>,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

/// What a page holds, whatever its kind.
#[derive(Default)]
struct Page {
    batch: Batch,
    /// When the items were written that stand in order.
    times: Vec<Instant>,
    items: usize,
    /// Tells one page from another.
    print: String,
    next: Option<String>,
}

pub(super) fn poll(settings: &Settings, request: &Poll, params: &Params) -> Result<Batch, Failure> {
    let child = match params {
        Params::Below { published, .. } => Some(*published),
        _ => None,
    };
    // Comments of one post are few: `newer` reads them all the first time.
    if child.is_some() && request.direction == Direction::Older {
        return Ok(Batch::new().done());
    }
    if let Params::Below { quiet, .. } = params
        && let Some(waits) = wait_at_first::<Position>(request, *quiet)
    {
        return Ok(waits);
    }
    let mut position: Position = request.position()?.unwrap_or_default();
    position.page = position.page.max(1);
    if child.is_some() {
        position.floor = position.floor.or(Some(Instant::MIN));
    }
    let page = read(settings, request, params, &position)?;
    let newer = request.direction == Direction::Newer;
    let youngest = page.times.iter().copied().max();
    let top = position.top.max(youngest);
    // What other servers send arrives late and stands where it was written, so six hours below the mark are looked at again.
    let from = position.floor.filter(|_| newer).map(|floor| floor.saturating_sub(6 * HOUR_MS)).max(request.since);
    let past = youngest.zip(from).is_some_and(|(youngest, from)| youngest < from);
    let repeated = position.before.as_ref() == Some(&page.print);
    // The first walk of `newer` takes the head alone: what is below it is the business of `older`.
    let head_alone = newer && position.floor.is_none();
    if page.items > 0 && !past && !repeated && !head_alone && (page.next.is_some() || position.next.is_none()) {
        let next = Position { top, next: page.next, page: position.page + 1, before: Some(page.print), ..position };
        return Ok(page.batch.position(&next).more());
    }
    if !newer {
        return Ok(page.batch.done());
    }
    let floor = position.floor.max(top).unwrap_or_else(clock::now);
    let batch = page.batch.position(&Position { floor: Some(floor), ..Position::default() });
    let Some(published) = child else { return Ok(batch.later(None)) };
    Ok(match Conversation::new(published, settings.comments_for_ms()?).pause() {
        Some(pause) => batch.later(pause),
        None => batch.done(),
    })
}

fn read(settings: &Settings, request: &Poll, params: &Params, position: &Position) -> Result<Page, Failure> {
    let (path, community) = match params {
        Params::Posts { community } => ("post/list", community.as_ref()),
        Params::Comments { community } => ("comment/list", community.as_ref()),
        Params::Search { community, .. } => ("search", community.as_ref()),
        Params::Below { .. } => ("comment/list", None),
    };
    let mut asked = get(settings, path)?.query("sort", "New").query("limit", request.limit.clamp(1, PER_PAGE));
    asked = asked.query_if("community_name", community);
    asked = match params {
        Params::Search { query, comments, .. } => {
            asked.query("q", query).query("type_", if *comments { "Comments" } else { "Posts" }).query("listing_type", "All")
        }
        Params::Below { post, .. } => asked.query("type_", "All").query("post_id", post),
        _ => asked.query("type_", "All"),
    };
    asked = match &position.next {
        Some(next) => asked.query("page_cursor", next),
        None => asked.query("page", position.page),
    };
    let answer = asked.send()?;
    refusal::check(&answer, position.next.is_some())?;
    let (posts, views, next) = match params {
        Params::Posts { .. } => answer.json::<Posts>().map(|page| (page.posts, Vec::new(), page.next_page))?,
        Params::Comments { .. } | Params::Below { .. } => {
            answer.json::<Comments>().map(|page| (Vec::new(), page.comments, None))?
        }
        Params::Search { .. } => answer.json::<Found>().map(|page| (page.posts, page.comments, None))?,
    };
    let mut batch = Batch::new();
    batch.changes = posts.iter().filter_map(|view| post(view, settings.bots)).collect();
    batch.changes.extend(comments(settings, &views)?);
    let wanted = |change: &Change| match change {
        Change::Upsert(mention) => {
            let touched = mention.edited.or(mention.published).map(|moment| moment.at);
            !time::is_before(touched, request.since)
        }
        Change::Remove(_) => true,
    };
    batch.changes.retain(wanted);
    if matches!(params, Params::Search { .. }) || settings.mode == crate::Mode::Search {
        batch.feeds = below(settings, &posts)?;
    }
    // Featured posts stand first whatever their age.
    let in_order = posts.iter().filter_map(|view| view.post.as_ref());
    let in_order = in_order.filter(|post| post.featured_local != Some(true) && post.featured_community != Some(true));
    let times =
        in_order.map(|post| post.published.as_ref()).chain(views.iter().map(|view| view.comment.as_ref()?.published.as_ref()));
    let times = times.filter_map(moment).map(|moment| moment.at).collect();
    let numbers = posts.iter().map(|view| view.post.as_ref().and_then(|post| post.id));
    let numbers = numbers.chain(views.iter().map(|view| view.comment.as_ref().and_then(|comment| comment.id)));
    let print = ids::hash(&numbers.map(|id| id.unwrap_or(0).to_string()).collect::<Vec<_>>().join(","));
    Ok(Page { batch, times, items: posts.len() + views.len(), print, next })
}
