//! Walks a list, newest first.
//!
//! Numbers of pages move when something is published or removed meanwhile, so the walk goes on from the date of the oldest item seen,
//! that second included; pages are counted only where one second fills more than one. The date is the site's own local one: with it
//! `before` means the same in every version of WordPress, with an offset it does not.

use serde::{Deserialize, Serialize};
use vigie_plugin::conversation::Conversation;
use vigie_plugin::{Batch, Cursor, Direction, Failure, Feed, Instant, Poll, Precision, log, time};

use super::Params;
use super::ask::Door;
use crate::parse::{Item, Page, Refusal, What, page};
use crate::{Api, Mode, Settings, normalize};

const HOUR_MS: i64 = 3_600_000;
/// Items on a page; WordPress refuses more.
const MAX_PAGE: u32 = 100;
/// Pages without a single item that are stepped over in one poll: comments are counted before those are taken out that the public
/// may not see.
const STEPS: u32 = 5;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Position {
    /// The newest instant of all walks before this one.
    known: Option<Instant>,
    /// The newest instant of this walk.
    newest: Option<Instant>,
    /// The walk has come down to here, this second not included; as the site writes dates.
    before: Option<String>,
    /// The page below `before`, from 1.
    page: u32,
    /// Items on a page of this walk.
    size: u32,
    /// Whether the interface stands at its plain address.
    plain: bool,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

pub(super) fn poll(settings: &Settings, request: &Poll, params: &Params) -> Result<Batch, Failure> {
    let newer = request.direction == Direction::Newer;
    let mut position: Position = request.position()?.unwrap_or_default();
    let mut door = Door::of(settings, position.plain)?;
    let mut batch = Batch::new();
    let mut ended = false;
    position.page = position.page.max(1);
    for _ in 0..STEPS {
        if position.page == 1 || position.size == 0 {
            position.size = request.limit.clamp(1, MAX_PAGE);
        }
        let read = read(&mut door, params, &position)?;
        let empty = read.items.is_empty();
        if read.skipped > 0 {
            log::warn(format_args!("{} {} had no number and were left out", read.skipped, params.what.path()));
        }
        let instants = || read.items.iter().filter(|item| !item.sticky).filter_map(at);
        position.newest = position.newest.max(instants().max());
        ended = match newer {
            // The first walk takes the head alone: what is below it is the business of `older`.
            true => position.known.is_none_or(|known| instants().min().is_some_and(|oldest| oldest < known - overlap(params))),
            false => instants().max().zip(request.since).is_some_and(|(youngest, since)| youngest < since),
        };
        // The answer to `step` moves the position, so it comes first.
        ended = !step(&mut position, &read) || (ended && !empty);
        let wanted = read.items.iter().filter(|item| !time::is_before(at(item), request.since));
        for item in wanted {
            batch.changes.extend(normalize::change(item, params.what, &door.base));
            batch.feeds.extend(comments(settings, params, item)?);
        }
        if ended || !empty {
            break;
        }
    }
    position.plain = door.plain;
    if !ended {
        return Ok(batch.position(&position).more());
    }
    if !newer {
        return Ok(batch.done());
    }
    let known = position.known.max(position.newest);
    Ok(batch.position(&Position { known, plain: position.plain, ..Position::default() }).later(None))
}

/// A comment may wait a day for approval and then appears with the date of its writing; an article changes its date seldom.
const fn overlap(params: &Params) -> i64 {
    match params.what {
        What::Comments => 24 * HOUR_MS,
        What::Posts | What::Pages => HOUR_MS,
    }
}

fn at(item: &Item) -> Option<Instant> {
    item.published.map(|moment| moment.at)
}

/// Goes on below what was read. `false` where nothing can be there.
fn step(position: &mut Position, read: &Page) -> bool {
    if read.total_pages.is_some_and(|total| position.page >= total) {
        return false;
    }
    if read.items.is_empty() {
        position.page += 1;
        return read.total_pages.is_some();
    }
    let locals = || read.items.iter().filter(|item| !item.sticky).filter_map(|item| below(item.local.as_deref()?));
    match locals().min() {
        Some(before) if position.before.as_ref() != Some(&before.1) => {
            (position.before, position.page) = (Some(before.1), 1);
        }
        _ => position.page += 1,
    }
    true
}

/// The second behind a date, written as the date was, so that `before` lets through the whole second itself.
fn below(local: &str) -> Option<(Instant, String)> {
    let moment = time::rfc3339(local).ok()?;
    let next = moment.at.checked_add(1000)?;
    let text = time::to_rfc3339(next.div_euclid(1000) * 1000);
    let text = if moment.precision == Precision::Second { text } else { text.trim_end_matches('Z').to_owned() };
    Some((moment.at, text))
}

fn read(door: &mut Door, params: &Params, position: &Position) -> Result<Page, Failure> {
    let (answer, refused) = door.ask(params.what, |door| {
        let request = match (door.api, params.post) {
            (Api::Site, post) => {
                let order = if params.what == What::Comments { "date_gmt" } else { "date" };
                let request = door.at(params.what.path()).query("per_page", position.size).query("orderby", order);
                request.query("order", "desc").query_if("post", post.map(|post| post.to_string()))
            }
            (Api::WordPressCom, post) => {
                let request = match (post, params.what) {
                    (Some(post), _) => door.at(&format!("posts/{post}/replies")),
                    (None, What::Comments) => door.at("comments"),
                    (None, What::Posts) => door.at("posts"),
                    (None, What::Pages) => door.at("posts").query("type", "page"),
                };
                request.query("number", position.size).query("order", "DESC")
            }
        };
        let request = request.query("page", position.page).query_if("before", position.before.as_ref());
        door.embedding(request.query_if("search", params.search.as_ref()), params.what)
    })?;
    match refused {
        // WordPress.com lists pages among the posts.
        None => page(&answer, door.api, listed(door.api, params.what), position.size),
        Some(Refusal::NoSuchPage) if position.page > 1 => Ok(Page { total_pages: Some(position.page), ..Page::default() }),
        // The article is gone, and its comments with it.
        Some(Refusal::NoSuchItem) if params.post.is_some() => {
            Err(Failure::gone(format!("article {} of {} is not there any more", params.post.unwrap_or_default(), door.base)))
        }
        Some(refused) => Err(refused.into_failure(&answer)),
    }
}

/// Under which name a list stands in an answer.
const fn listed(api: Api, what: What) -> What {
    match (api, what) {
        (Api::WordPressCom, What::Pages) => What::Posts,
        _ => what,
    }
}

/// The comments of an article a search found, as a feed of their own.
fn comments(settings: &Settings, params: &Params, item: &Item) -> Result<Option<Feed>, Failure> {
    if settings.mode != Mode::Search || !settings.comments || params.what != What::Posts {
        return Ok(None);
    }
    let conversation = Conversation::new(at(item), settings.comments_for_ms()?);
    if !conversation.is_worth_reading(item.comments) {
        return Ok(None);
    }
    let title = item.title.as_deref().unwrap_or("an article");
    let params = Params { what: What::Comments, search: None, post: Some(item.id) };
    let feed = Feed::new(format!("comments:{}", item.id), format!("comments of {title}")).with_params(&params);
    Ok(Some(feed.expires_at(conversation.expires_at())))
}
