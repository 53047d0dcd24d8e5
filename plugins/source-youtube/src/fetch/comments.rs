//! Walks comment threads, newest first.
//!
//! A reply does not bring an old thread back to the head, and there is no parameter that asks for changes. So the head is followed
//! at every poll, and once a day the walk goes down as far as threads are still watched. A thread with more replies than came with it
//! becomes a feed whose name holds their number: when that changes, it is another feed, and the thread is read again.

use serde::{Deserialize, Serialize};
use vigie_plugin::http::Response;
use vigie_plugin::{Batch, Change, Cursor, Direction, Failure, Feed, Instant, Mention, Poll, clock, google, log, time};

use super::{DAY_MS, HOUR_MS, Params, list, videos};
use crate::Settings;
use crate::normalize::{self, Place, moment};
use crate::parse::{Page, Thread, page};

/// Threads appear late where they were held for a while.
const OVERLAP_MS: i64 = HOUR_MS;

/// What the comments hang below.
pub(super) enum Below {
    /// A video that was found: its comments are read whole, until an instant.
    Found { video: String, title: Option<String>, ends: Instant },
    /// A video that is named in the settings, which is read itself as well.
    Named(String),
    /// All videos of a channel.
    Channel(String),
}

impl Below {
    fn video(&self) -> Option<&str> {
        match self {
            Self::Found { video, .. } | Self::Named(video) => Some(video),
            Self::Channel(_) => None,
        }
    }
}

/// Where a walk is. Instants in milliseconds.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Position {
    /// Threads before this one are known. Only for `newer`.
    known: Option<Instant>,
    /// The newest thread of this walk.
    top: Option<Instant>,
    /// The page to read.
    page: Option<String>,
    /// When the last walk that went down began.
    swept: Option<Instant>,
    /// When this walk began, if it goes down.
    sweeps: Option<Instant>,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

pub(super) fn poll(settings: &Settings, request: &Poll, below: &Below) -> Result<Batch, Failure> {
    let newer = request.direction == Direction::Newer;
    let found = matches!(below, Below::Found { .. });
    if !newer && (found || !settings.comments) {
        // The first walk of `newer` reads the comments of a video that was found whole.
        return Ok(Batch::new().done());
    }
    let now = clock::now();
    let mut position: Position = request.position()?.unwrap_or_default();
    let mut batch = Batch::new();
    if newer && position.page.is_none() {
        let due = position.swept.is_none_or(|swept| now.saturating_sub(swept) >= DAY_MS);
        position.sweeps = due.then_some(now);
        if let Below::Named(video) = below {
            match videos::add(settings, &mut batch, vec![(video.clone(), None)], None, false) {
                // Its comments can be read all the same.
                Err(failure) if videos::may_do_without(&failure) => {
                    log::warn(format_args!("video {video} itself is not read: {}", failure.message));
                }
                other => other?,
            }
        }
    }
    if !settings.comments {
        return Ok(batch.later(None));
    }
    let Some(threads) = read(request, below, &position)? else {
        // Comments are switched off. Somebody may switch them on again below a video the operator named.
        return Ok(if found || !newer { batch.done() } else { batch.later(u64::try_from(DAY_MS).unwrap_or(0)) });
    };

    let (video, title) = match below {
        Below::Found { video, title, .. } => (Some(video.as_str()), title.as_deref()),
        Below::Named(_) | Below::Channel(_) => (below.video(), None),
    };
    let place = Place { video, title };
    let mentions = threads.items.iter().flat_map(|thread| normalize::thread(thread, place));
    batch.changes.extend(mentions.filter(|mention| !too_old(mention, request.since)).map(Change::Upsert));
    batch.feeds.extend(threads.items.iter().filter_map(|thread| replies_of(thread, place, now)));

    let instants = || threads.items.iter().filter_map(begun);
    position.top = position.top.max(instants().max());
    let bottom = match (newer, position.sweeps, position.known) {
        (false, _, _) | (true, _, None) => request.since,
        (true, Some(_), _) if found => None,
        (true, Some(begun), Some(_)) => Some(begun.saturating_sub(settings.comments_for_ms()?)),
        (true, None, Some(known)) => Some(known - OVERLAP_MS),
    };
    let past = instants().max().zip(bottom).is_some_and(|(youngest, bottom)| youngest < bottom);
    // Pages may be short or empty before the last one; only a page that names itself would be read for ever.
    let circle = threads.next.is_some() && threads.next == position.page;
    if circle {
        log::warn(format_args!(
            "feed `{}`: a page of comments names itself as the next one; the walk ends there",
            request.feed.id
        ));
    }
    if let Some(next) = threads.next.filter(|_| !past && !circle) {
        position.page = Some(next);
        return Ok(batch.position(&position).more());
    }
    if !newer {
        return Ok(batch.done());
    }
    let known = position.known.max(position.top);
    let swept = position.sweeps.or(position.swept);
    let batch = batch.position(&Position { known, swept, ..Position::default() });
    Ok(match below {
        Below::Found { ends, .. } if *ends <= now => batch.done(),
        _ => batch.later(None),
    })
}

/// A page of threads; `None` where comments are switched off, which is no failure.
fn read(request: &Poll, below: &Below, position: &Position) -> Result<Option<Page<Thread>>, Failure> {
    let asked = list("commentThreads", "id,snippet,replies");
    let asked = match below {
        Below::Found { video, .. } | Below::Named(video) => asked.query("videoId", video),
        Below::Channel(channel) => asked.query("allThreadsRelatedToChannelId", channel),
    };
    let asked = asked
        .query("order", "time")
        .query("maxResults", request.limit.clamp(20, 100))
        .query_if("pageToken", position.page.as_ref());
    let answer = asked.send()?;
    if comments_are_off(&answer) { Ok(None) } else { Ok(Some(page(&google::check(answer)?)?)) }
}

fn comments_are_off(answer: &Response) -> bool {
    answer.status >= 400 && google::GoogleError::of(answer).is_some_and(|error| error.is(&["commentsDisabled"]))
}

/// When a thread began.
fn begun(thread: &Thread) -> Option<Instant> {
    let first = thread.snippet.as_ref()?.top_level_comment.as_ref()?;
    Some(moment(first.snippet.as_ref()?.published_at.as_ref())?.at)
}

fn too_old(mention: &Mention, since: Option<Instant>) -> bool {
    time::is_before(mention.edited.or(mention.published).map(|said| said.at), since)
}

/// A feed for the replies of a thread that has more than came with it.
fn replies_of(thread: &Thread, place: Place<'_>, now: Instant) -> Option<Feed> {
    let id = thread.id.as_deref()?;
    let snippet = thread.snippet.as_ref()?;
    let total = snippet.total_reply_count?;
    let came = thread.replies.as_ref().map_or(0, |replies| replies.comments.len());
    if total <= u64::try_from(came).unwrap_or(u64::MAX) {
        return None;
    }
    let video = snippet.video_id.clone().or_else(|| place.video.map(str::to_owned));
    let params = Params::Replies { thread: id.to_owned(), video, title: place.title.map(str::to_owned) };
    let feed = Feed::new(format!("replies:{id}:{total}"), format!("{total} replies to comment {id}"));
    // Long enough for a quota that is used up to renew.
    Some(feed.with_params(&params).expires_at(now.saturating_add(3 * DAY_MS)))
}
