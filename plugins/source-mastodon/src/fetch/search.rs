//! Walks a full-text search from its newest hit downwards. The search has no `Link` header and its `min_id` is only a lower bound, so
//! the walk goes by the lowest id seen until a page is empty.

use serde::{Deserialize, Serialize};
use vigie_plugin::{Batch, Cursor, Direction, Failure, Poll};

use super::timeline::is_past;
use super::{found, get, order, overlapping, per_page, send};
use crate::Settings;
use crate::parse::Found;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Position {
    /// The newest id of all walks before this one.
    known: Option<String>,
    /// The newest id of this walk.
    top: Option<String>,
    /// The walk has come down to here, not included.
    at: Option<String>,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

pub(super) fn poll(settings: &Settings, request: &Poll, query: &str) -> Result<Batch, Failure> {
    let position: Position = request.position()?.unwrap_or_default();
    let newer = request.direction == Direction::Newer;
    let asked = get(settings, "/api/v2/search")?
        .query("q", query)
        .query("type", "statuses")
        .query("limit", per_page(request))
        .query_if("max_id", position.at.as_ref())
        .query_if("min_id", position.known.as_deref().filter(|_| newer).map(overlapping));
    let answer = send(settings, asked)?;
    let statuses = answer.json::<Found>()?.statuses;
    let batch = found(settings, request, &statuses)?;
    let mut seen: Vec<&str> = statuses.iter().filter_map(|status| status.id.as_deref()).collect();
    seen.sort_by_key(|id| order(id));
    let top = position.top.as_deref().into_iter().chain(seen.last().copied()).max_by_key(|id| order(id)).map(str::to_owned);
    let lowest = seen.first().map(|id| (*id).to_owned());
    // The first walk of `newer` takes the head alone: what is below it is the business of `older`.
    let head_alone = newer && position.known.is_none();
    if lowest.is_some() && lowest != position.at && !head_alone && !is_past(&statuses, request) {
        return Ok(batch.position(&Position { known: position.known, top, at: lowest }).more());
    }
    if !newer {
        return Ok(batch.done());
    }
    let known = position.known.as_deref().into_iter().chain(top.as_deref()).max_by_key(|id| order(id)).map(str::to_owned);
    Ok(batch.position(&Position { known, ..Position::default() }).later(None))
}
