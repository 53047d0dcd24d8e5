//! Walks searches, accounts and quotes, newest first.
//!
//! All pages of a walk are asked for with the same bounds, as X demands. What the walk of `newer` is bounded by next time is the
//! highest number of its *first* page, and becomes known when its last page was read.

use serde::{Deserialize, Serialize};
use vigie_plugin::conversation::{Conversation, wait_at_first};
use vigie_plugin::{Batch, Cursor, Direction, Failure, Instant, Poll, clock, http, log, time};

use super::{DAY_MS, Params, ask, batch};
use crate::parse::{self, Page, instant_of, is_number, order};
use crate::{Kind, Settings};

/// How far back the recent search reaches, and how much less is asked for because time goes on.
const RECENT_MS: i64 = 7 * DAY_MS;
const MARGIN_MS: i64 = 60_000;
/// A walk that goes on behind so many pages turns in circles.
const MOST_PAGES: u32 = 20_000;

/// Where a walk is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Position {
    /// What has this number or a lower one was delivered. Only for `newer`, and only after its first walk.
    known: Option<String>,
    /// Where the walk begins if nothing is known.
    from: Option<Instant>,
    /// The highest number of this walk's first page.
    newest: Option<String>,
    /// What brings the next page.
    token: Option<String>,
    /// Pages read in this walk.
    page: u32,
    /// `start_time` of this walk's requests.
    start: Option<Instant>,
    /// Number of the account, so that its name need not be looked up again.
    user: Option<String>,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

pub(super) fn poll(settings: &Settings, request: &Poll, params: &Params) -> Result<Batch, Failure> {
    let newer = request.direction == Direction::Newer;
    // Of a post that was found, the first walk of `newer` reads all replies and quotes there are.
    if !newer && request.feed.expires_at.is_some() {
        return Ok(Batch::new().done());
    }
    if let Some(waits) = wait_at_first::<Position>(request, params.is_quiet()) {
        return Ok(waits);
    }
    let mut position: Position = request.position()?.unwrap_or_default();
    if position.page == 0 {
        position.start = start(settings, request, &position, params);
    }
    if let Params::User { name } = params
        && position.user.is_none()
    {
        position.user = Some(if is_number(name) { name.clone() } else { number_of(settings, name)? });
    }
    let mut page = read(settings, request, params, &mut position)?;
    if let Params::Quotes { post, .. } = params {
        page.posts.iter_mut().for_each(|found| found.quotes_if_bare(post));
    }
    let since = request.since.filter(|_| position.known.is_none());
    let batch = batch(settings, &page.posts, since)?;

    let highest = page.posts.iter().map(|post| &post.id).chain(&page.newest).max_by(|a, b| order(a).cmp(&order(b)));
    if position.page == 0 {
        position.newest = highest.cloned();
    }
    // Quotes know no bound, so the walk ends where everything on a page is known or too old.
    let known = |id: &str| position.known.as_deref().is_some_and(|known| order(id) <= order(known));
    let old = |id: &str| instant_of(id).zip(since).is_some_and(|(at, since)| at < since);
    let past = !page.posts.is_empty() && page.posts.iter().all(|post| known(&post.id) || old(&post.id));
    let circles = page.next.is_some() && (page.next == position.token || position.page >= MOST_PAGES);
    if circles {
        log::warn(format_args!("feed `{}` names the page just read as the next one; it ends here", request.feed.id));
    }
    if page.next.is_some() && !past && !circles {
        let on = Position { token: page.next, page: position.page + 1, ..position };
        return Ok(batch.position(&on).more());
    }
    if !newer {
        return Ok(batch.done());
    }
    let known = [position.known, position.newest].into_iter().flatten().max_by(|a, b| order(a).cmp(&order(b)));
    let from = if known.is_some() { None } else { position.start.or(request.since).or_else(|| Some(clock::now())) };
    let batch = batch.position(&Position { known, from, user: position.user, ..Position::default() }).later(None);
    let found = params.post().filter(|_| request.feed.expires_at.is_some());
    Ok(match found {
        Some(post) => Conversation::new(instant_of(post), settings.conversations_for_ms()?).paced(batch, params.is_quiet()),
        None => batch,
    })
}

/// `start_time` of a walk; `None` where a known number bounds it, or nothing does.
fn start(settings: &Settings, request: &Poll, position: &Position, params: &Params) -> Option<Instant> {
    let now = clock::now();
    let reach = match (settings.search, params) {
        (Kind::Recent, Params::Search { .. }) => Some(now.saturating_sub(RECENT_MS).saturating_add(MARGIN_MS)),
        _ => None,
    };
    let known = position.known.as_deref().filter(|_| request.direction == Direction::Newer);
    if let Some(known) = known {
        // A number from before the reach is refused, so the walk begins where the reach does.
        let forgotten = reach.is_some_and(|reach| instant_of(known).is_none_or(|at| at <= reach));
        return reach.filter(|_| forgotten);
    }
    // Without a start the archive gives thirty days alone, and a conversation may be older; it is not older than its first post.
    let born = match params {
        Params::Search { .. } if settings.search == Kind::All => params.post().and_then(instant_of),
        _ => None,
    };
    let wanted = position.from.or(request.since).or(born)?;
    // X refuses instants of the last moments, too.
    Some(wanted.max(reach.unwrap_or(wanted)).min(now.saturating_sub(MARGIN_MS)))
}

fn read(settings: &Settings, request: &Poll, params: &Params, position: &mut Position) -> Result<Page, Failure> {
    let answer = asked(settings, request, params, position).send()?;
    if parse::error::refuses_since_id(&answer) && position.known.is_some() {
        log::warn(format_args!(
            "feed `{}`: what is known is older than X's search reaches; the reach is read whole",
            request.feed.id
        ));
        position.start = Some(clock::now().saturating_sub(RECENT_MS).saturating_add(MARGIN_MS));
        return parse::page(&asked(settings, request, params, position).send()?);
    }
    parse::page(&answer)
}

fn asked(settings: &Settings, request: &Poll, params: &Params, position: &Position) -> http::Request {
    let (path, least, token) = match params {
        Params::Search { .. } if settings.search == Kind::All => ("/2/tweets/search/all".to_owned(), 10, "next_token"),
        Params::Search { .. } => ("/2/tweets/search/recent".to_owned(), 10, "next_token"),
        Params::User { name } => (format!("/2/users/{}/tweets", position.user.as_deref().unwrap_or(name)), 5, "pagination_token"),
        Params::Quotes { post, .. } => (format!("/2/tweets/{post}/quote_tweets"), 10, "pagination_token"),
    };
    let mut asked = ask::posts(settings, &path).query("max_results", request.limit.clamp(least, 100));
    if let Params::Search { query, .. } = params {
        asked = asked.query("query", query);
    }
    if !matches!(params, Params::Quotes { .. }) {
        let known = position.known.as_ref().filter(|_| request.direction == Direction::Newer);
        match (position.start, known) {
            (Some(start), _) => asked = asked.query("start_time", time::to_rfc3339(start.div_euclid(1000) * 1000)),
            (None, Some(known)) => asked = asked.query("since_id", known),
            (None, None) => {}
        }
    }
    asked.query_if(token, position.token.as_ref())
}

/// The number of an account, which never changes.
fn number_of(settings: &Settings, name: &str) -> Result<String, Failure> {
    let answer = ask::plain(settings, &format!("/2/users/by/username/{name}")).send()?;
    if let Some(failure) = parse::error::failure(&answer) {
        return Err(failure);
    }
    let value: serde_json::Value = answer.json()?;
    match parse::v2::account(&value).and_then(|user| user.id) {
        Some(id) => Ok(id),
        // Accounts that are gone or suspended are told as a part that is missing from a success.
        None if value["errors"].is_array() => Err(Failure::gone(format!("X has no account {name}, or shows it to nobody"))),
        None => Err(answer.unexpected("has no account in `data`")),
    }
}
