//! Walks a listing, newest first.
//!
//! A listing is walked by fullnames, and behind a fullname that was deleted there is nothing: an empty page without cursors, for ever.
//! So the head is always asked for without one, and where a page behind a fullname is empty, the ones before it are tried.

use serde::{Deserialize, Serialize};
use vigie_plugin::conversation::Conversation;
use vigie_plugin::http::{Request, Response};
use vigie_plugin::{Batch, Change, Cursor, Direction, Failure, FailureClass, Feed, Instant, Poll, clock, http, log, time};

use super::{Params, ask, get, go_on};
use crate::Settings;
use crate::normalize::{self, fullname, moment};
use crate::parse::{self, Item, Kind, Listing};

/// What a filter held back for a while appears where it was written.
const OVERLAP_MS: i64 = 30 * 60_000;
/// Fullnames kept for the case that the last one is deleted.
const ANCHORS: usize = 4;

/// Where a walk is. Instants in milliseconds.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Position {
    /// What is older was delivered: the walk ends there. Only for `newer`, and only after its first walk.
    floor: Option<Instant>,
    /// The newest item of this walk, which becomes the floor of the next.
    top: Option<Instant>,
    /// The fullname behind which to go on.
    after: Option<String>,
    /// Fullnames just before that one, the nearest last.
    anchors: Vec<String>,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

pub(super) fn poll(settings: &Settings, request: &Poll, params: &Params) -> Result<Batch, Failure> {
    let newer = request.direction == Direction::Newer;
    let mut position: Position = request.position()?.unwrap_or_default();
    let (answer, listing) = read(settings, request, params, &mut position)?;
    let items = &listing.things.items;
    let mut batch = Batch::new();
    let changes = items.iter().filter_map(|(kind, item)| normalize::item(*kind, item));
    batch.changes.extend(changes.filter(|change| !too_old(change, request.since)));
    if settings.comments && matches!(params, Params::Search { .. } | Params::Submitted { .. }) {
        batch.feeds = trees(settings, items)?;
    }

    // What stands above others stands there whatever its age.
    let created = |item: &Item| Some(moment(&item.created_utc)?.at).filter(|_| item.stickied != Some(true));
    let instants = || items.iter().filter_map(|(_, item)| created(item));
    position.top = position.top.max(instants().max());
    let bottom = if newer { position.floor.map(|floor| floor - OVERLAP_MS) } else { request.since };
    let past = instants().max().zip(bottom).is_some_and(|(youngest, bottom)| youngest < bottom);
    // The first walk of `newer` takes the head alone: what is below it is the business of `older`.
    let head_alone = newer && position.floor.is_none();
    // A page that goes on behind its own beginning would be read for ever.
    let next = listing.after.filter(|after| position.after.as_ref() != Some(after));
    if let Some(after) = next.filter(|_| !head_alone && !past) {
        let names: Vec<String> =
            items.iter().filter_map(|(kind, item)| fullname(*kind, item)).filter(|name| *name != after).collect();
        position.anchors = names[names.len().saturating_sub(ANCHORS)..].to_vec();
        position.after = Some(after);
        return Ok(go_on(batch.position(&position), &answer));
    }
    if !newer {
        return Ok(batch.done());
    }
    let floor = position.floor.max(position.top).unwrap_or_else(clock::now);
    Ok(batch.position(&Position { floor: Some(floor), ..Position::default() }).later(None))
}

/// The page behind the cursor, or behind one of the fullnames before it.
fn read(settings: &Settings, request: &Poll, params: &Params, position: &mut Position) -> Result<(Response, Listing), Failure> {
    let limit = request.limit.clamp(25, 100);
    let page = |after: Option<&String>| {
        let answer = ask(list(settings, params)?.query("limit", limit).query_if("after", after))?;
        let listing = parse::listing(&answer)?;
        Ok::<_, Failure>((answer, listing))
    };
    let mut read = page(position.after.as_ref())?;
    if position.after.is_none() {
        return Ok(read);
    }
    while read.1.things.items.is_empty() && read.1.after.is_none() {
        let Some(anchor) = position.anchors.pop() else { break };
        match page(Some(&anchor)) {
            Ok(found) => read = found,
            // The page was empty before, and stays so.
            Err(failure) if matches!(failure.class, FailureClass::Forbidden | FailureClass::Gone) => {
                log::warn(format_args!(
                    "feed `{}` ends behind an item that may be deleted: {}",
                    request.feed.id, failure.message
                ));
                break;
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok(read)
}

fn list(settings: &Settings, params: &Params) -> Result<Request, Failure> {
    Ok(match params {
        Params::Search { query, within } => {
            let request = match within {
                Some(within) => get(&format!("/r/{}/search", http::escape(within))).query("restrict_sr", 1),
                None => get("/search"),
            };
            let request = request.query("q", query).query("sort", "new").query("t", "all").query("type", "link");
            if settings.adult { request.query("include_over_18", "on") } else { request }
        }
        Params::New { subreddit } => get(&format!("/r/{}/new", http::escape(subreddit))),
        Params::Comments { subreddit } => get(&format!("/r/{}/comments", http::escape(subreddit))),
        Params::Submitted { user } => get(&format!("/user/{}/submitted", http::escape(user))).query("sort", "new"),
        Params::Commented { user } => get(&format!("/user/{}/comments", http::escape(user))).query("sort", "new"),
        Params::Tree { submission, .. } => {
            return Err(Failure::gone(format!("the comments below {submission} are no listing")));
        }
    })
}

fn too_old(change: &Change, since: Option<Instant>) -> bool {
    let Change::Upsert(mention) = change else { return false };
    let said = mention.edited.or(mention.published).map(|moment| moment.at);
    time::is_before(said, since)
}

/// A feed for the comments below each submission found.
fn trees(settings: &Settings, items: &[(Kind, Item)]) -> Result<Vec<Feed>, Failure> {
    let read_for = settings.comments_for_ms()?;
    let tree = |(kind, item): &(Kind, Item)| {
        let submission = fullname(*kind, item).filter(|name| *kind == Kind::Submission && name.len() < 20)?;
        if !matches!(normalize::item(*kind, item)?, Change::Upsert(_)) {
            return None;
        }
        let conversation = Conversation::new(moment(&item.created_utc).map(|moment| moment.at), read_for);
        if !conversation.is_worth_reading(item.num_comments) {
            return None;
        }
        let title = item.title.as_deref().unwrap_or("a submission without a title");
        let feed = Feed::new(format!("tree:{submission}"), format!("comments below {title}"));
        let feed = feed.with_params(&Params::Tree { submission, ends: conversation.ends() });
        Some(feed.expires_at(conversation.expires_at()))
    };
    Ok(items.iter().filter_map(tree).collect())
}
