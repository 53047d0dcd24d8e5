//! Walks the videos of a channel, which stand in a playlist of its own, newest first: one unit a page instead of a search.

use serde::{Deserialize, Serialize};
use vigie_plugin::{Batch, Cursor, Direction, Failure, Instant, Poll, clock};

use super::{DAY_MS, ask, list, videos};
use crate::Settings;
use crate::normalize::{self, moment};
use crate::parse::{Entry, page};

/// Videos are added when they are uploaded and may become public later, so so much is read again.
const OVERLAP_MS: i64 = DAY_MS;

/// Where a walk is. Instants in milliseconds.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Position {
    /// What was added before was delivered: the walk ends there. Only for `newer`.
    floor: Option<Instant>,
    /// The newest entry of this walk, which becomes the floor of the next.
    top: Option<Instant>,
    /// The page to read.
    page: Option<String>,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

pub(super) fn poll(settings: &Settings, request: &Poll, channel: &str) -> Result<Batch, Failure> {
    let newer = request.direction == Direction::Newer;
    let position: Position = request.position()?.unwrap_or_default();
    // The playlist of a channel's uploads has the channel's id with other first letters.
    let playlist = format!("UU{}", channel.get(2..).unwrap_or_default());
    let asked = list("playlistItems", "snippet,contentDetails")
        .query("playlistId", playlist)
        .query("maxResults", request.limit.clamp(20, 50))
        .query_if("pageToken", position.page.as_ref());
    let found = page::<Entry>(&ask(asked)?)?;
    let mut batch = Batch::new();
    let told = found.items.iter().filter_map(|entry| Some((entry.video_id()?.to_owned(), normalize::entry(entry)))).collect();
    // The comments of a channel that is named are read all together.
    videos::add(settings, &mut batch, told, request.since, false)?;

    let added = |entry: &Entry| Some(moment(entry.snippet.as_ref()?.published_at.as_ref())?.at);
    let instants = || found.items.iter().filter_map(added);
    let top = position.top.max(instants().max());
    let bottom = if newer { position.floor.map(|floor| floor - OVERLAP_MS) } else { request.since };
    let past = instants().max().zip(bottom).is_some_and(|(youngest, bottom)| youngest < bottom);
    let head_alone = newer && position.floor.is_none();
    // A page that names itself as the next one would be read for ever.
    let next = found.next.filter(|next| position.page.as_ref() != Some(next));
    if let Some(next) = next.filter(|_| !head_alone && !past) {
        return Ok(batch.position(&Position { top, page: Some(next), ..position }).more());
    }
    if !newer {
        return Ok(batch.done());
    }
    let floor = position.floor.max(top).unwrap_or_else(clock::now);
    Ok(batch.position(&Position { floor: Some(floor), ..Position::default() }).later(None))
}
