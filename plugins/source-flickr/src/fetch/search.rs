//! Walks a search from its newest upload downwards, in slices of time: Flickr gives at most 4,000 results of a search and repeats itself
//! or fails beyond, and pages shift when photos come and go.

use serde::{Deserialize, Serialize};
use vigie_plugin::{Batch, Cursor, Direction, Failure, Poll, clock, time};

use super::ask;
use crate::parse::{self, Found, Photo};
use crate::{Settings, normalize};

/// What a row is asked for with; without it there is neither text nor date.
pub(super) const EXTRAS: &str = "description,license,date_upload,date_taken,owner_name,last_update,geo,tags,machine_tags,views,media,path_alias,\
count_comments,count_faves,url_m,url_z,url_c,url_l";
/// Flickr gives no photo beyond this one.
const WALL: u64 = 4_000;
/// The index lags, so what was uploaded shortly before the newest known photo may still appear.
const OVERLAP_SECS: i64 = 3_600;
/// Fewer photos a request than this are not worth it; 250 is the most where places are asked for.
const MIN_PER_PAGE: u64 = 20;
const MAX_PER_PAGE: u64 = 250;

/// Where a walk is. All numbers are seconds since 1970.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Position {
    /// What is older was delivered: the walk ends there. Only for `newer`, and only after its first walk.
    floor: Option<i64>,
    /// The newest upload of this walk's first page, which becomes the floor of the next.
    top: Option<i64>,
    /// The walk has come down to here, this second included.
    ceiling: Option<i64>,
    /// How many pages of the slice below `ceiling` were read, where a single second filled more than one.
    page: u64,
    /// Photos on a page, the same for a whole walk.
    per_page: Option<u64>,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

pub(super) fn poll(settings: &Settings, request: &Poll, by: &str, value: &str) -> Result<Batch, Failure> {
    let position: Position = request.position()?.unwrap_or_default();
    let newer = request.direction == Direction::Newer;
    let since = request.since.map(time::to_unix_seconds);
    let from = position.floor.filter(|_| newer).map(|floor| floor.saturating_sub(OVERLAP_SECS)).max(since);
    let per_page = position.per_page.unwrap_or_else(|| u64::from(request.limit).clamp(MIN_PER_PAGE, MAX_PER_PAGE));
    let answer = ask("flickr.photos.search")
        .query(by, value)
        .query("media", &settings.media)
        .query("sort", "date-posted-desc")
        .query("extras", EXTRAS)
        .query_if("min_upload_date", from.map(|from| from.to_string()))
        .query_if("max_upload_date", position.ceiling.map(|ceiling| ceiling.to_string()))
        .query("per_page", per_page)
        .query("page", position.page + 1)
        .send()?;
    let found: Found = parse::read(&answer, "photos")?;
    let mut batch = Batch::new();
    for photo in &found.photo {
        let Some(mention) = normalize::photo(photo) else { continue };
        let seconds = uploaded(photo);
        if seconds.zip(from).is_some_and(|(seconds, from)| seconds < from) {
            continue;
        }
        batch.feeds.extend(super::comments(settings, photo)?);
        batch = batch.upsert(mention);
    }

    let seconds = || found.photo.iter().filter_map(uploaded);
    let top = if position.ceiling.is_none() && position.page == 0 { seconds().max() } else { position.top };
    let count = u64::try_from(found.photo.len()).unwrap_or(u64::MAX);
    // A page may be short because some of it may not be seen, so the number of pages counts where it is told.
    let more = found.pages.map_or(count >= per_page, |pages| pages > position.page + 1) && count > 0;
    if more {
        let next = below(&position, seconds().min(), per_page);
        if from.is_none_or(|from| next.ceiling.is_none_or(|ceiling| ceiling >= from)) {
            return Ok(batch.position(&Position { top, per_page: Some(per_page), ..next }).more());
        }
    }
    if !newer {
        return Ok(batch.done());
    }
    let floor = position.floor.max(top).or(since).unwrap_or_else(|| time::to_unix_seconds(clock::now()));
    Ok(batch.position(&Position { floor: Some(floor), ..Position::default() }).later(None))
}

fn uploaded(photo: &Photo) -> Option<i64> {
    normalize::uploaded(photo).map(|moment| time::to_unix_seconds(moment.at))
}

/// The slice after the one that was read. Its first second is the last one of that, because uploads of one second may stand on both
/// sides; only where a single second fills whole pages these are turned over, as far as Flickr goes.
fn below(position: &Position, oldest: Option<i64>, per_page: u64) -> Position {
    match oldest {
        Some(oldest) if position.ceiling.is_none_or(|ceiling| oldest < ceiling) => {
            Position { ceiling: Some(oldest), page: 0, ..position.clone() }
        }
        _ if (position.page + 2) * per_page <= WALL => Position { page: position.page + 1, ..position.clone() },
        _ => Position { ceiling: position.ceiling.or(oldest).map(|ceiling| ceiling - 1), page: 0, ..position.clone() },
    }
}
