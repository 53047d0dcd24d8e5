//! Plans a feed a place, walks its reviews, last changed first, reads reviews again.

use serde::{Deserialize, Serialize};
use vigie_plugin::http::{Request, Response};
use vigie_plugin::{Batch, Change, Cursor, Direction, Failure, Feed, Instant, Poll, clock, http, log, time};

use crate::Settings;
use crate::normalize::{self, moment};
use crate::parse::{self, Review};

const API: &str = "https://mybusiness.googleapis.com/v4";
/// Changes may be listed late.
const OVERLAP_MS: i64 = 3_600_000;
/// Reviews the API gives in a page at most.
const MAX_PER_PAGE: u32 = 50;
/// Requests of one refresh: a review's place is not in its id, so that each place may have to be asked.
const MAX_REQUESTS: usize = 150;

/// How a feed is read: the resource name of the place.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Params {
    location: String,
}

/// Where a walk is. Instants in milliseconds.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Position {
    /// What was last changed before was delivered: the walk ends there. Only for `newer`.
    floor: Option<Instant>,
    /// The latest change of this walk, which becomes the floor of the next.
    top: Option<Instant>,
    /// The page to read.
    page: Option<String>,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

pub(crate) fn plan(settings: &Settings) -> Result<Vec<Feed>, Failure> {
    let feed = |location: String| {
        Feed::new(format!("reviews:{location}"), format!("reviews of {location}")).with_params(&Params { location })
    };
    Ok(settings.locations()?.into_iter().map(feed).collect())
}

pub(crate) fn poll(settings: &Settings, request: &Poll) -> Result<Batch, Failure> {
    let Params { location } = request.feed.read_params()?;
    let newer = request.direction == Direction::Newer;
    let position: Position = request.position()?.unwrap_or_default();
    let asked = get(&format!("{location}/reviews"))
        .query("pageSize", request.limit.clamp(20, MAX_PER_PAGE))
        .query("orderBy", "updateTime desc")
        .query_if("pageToken", position.page.as_ref());
    let page = parse::page(&parse::check(asked.send()?, position.page.is_some())?)?;
    let mut batch = Batch::new();
    let mentions = page.reviews.iter().flat_map(|review| normalize::review(review, &location, settings.replies));
    batch.changes.extend(mentions.filter_map(|mention| {
        let said = mention.edited.or(mention.published).map(|moment| moment.at);
        (!time::is_before(said, request.since)).then_some(Change::Upsert(mention))
    }));

    let instants = || page.reviews.iter().filter_map(changed);
    let top = position.top.max(instants().max());
    let bottom = if newer { position.floor.map(|floor| floor - OVERLAP_MS) } else { request.since };
    let past = instants().max().zip(bottom).is_some_and(|(youngest, bottom)| youngest < bottom);
    // The first walk of `newer` takes the head alone: what is below it is the business of `older`.
    let head_alone = newer && position.floor.is_none();
    // A page that names itself as the next one would be read for ever.
    let next = page.next.filter(|next| position.page.as_ref() != Some(next));
    if let Some(next) = next.filter(|_| !head_alone && !past) {
        return Ok(batch.position(&Position { top, page: Some(next), ..position }).more());
    }
    if !newer {
        return Ok(batch.done());
    }
    let floor = position.floor.max(top).unwrap_or_else(clock::now);
    Ok(batch.position(&Position { floor: Some(floor), ..Position::default() }).later(None))
}

/// When a review or its reply was last changed: a reply that is new brings its review to the head as well in some versions.
fn changed(review: &Review) -> Option<Instant> {
    let at = |text: Option<&String>| moment(text).map(|moment| moment.at);
    at(review.update_time.as_ref()).or_else(|| at(review.create_time.as_ref()))
}

/// Reviews read one by one, as the API has no other form by ids; a reply comes with its review. An id does not tell its place, so
/// the places are asked in turn, and only what none of them knows is removed.
pub(crate) fn refresh(settings: &Settings, ids: &[String]) -> Result<Vec<Change>, Failure> {
    let locations = settings.locations()?;
    let mut wanted: Vec<String> = ids.iter().map(|id| normalize::review_id(id).to_owned()).collect();
    wanted.sort_unstable();
    wanted.dedup();
    wanted.truncate((MAX_REQUESTS / locations.len()).max(1));
    let mut changes = Vec::new();
    let mut refused = None;
    for location in locations.iter().take(MAX_REQUESTS) {
        let requests = wanted.iter().map(|id| get(&format!("{location}/reviews/{}", http::escape(id)))).collect();
        let mut unknown = Vec::new();
        for (id, answer) in wanted.into_iter().zip(http::send_all(requests)) {
            match answer {
                Ok(answer) if answer.status == 404 => unknown.push(id),
                other => match other.and_then(|answer| again(settings, location, &id, answer)) {
                    Ok(read) => changes.extend(read),
                    // Whether it is there is not known, so it is neither asked for elsewhere nor removed.
                    Err(failure) if failure.is_of_one() => refused = Some(failure),
                    Err(failure) => return Err(failure),
                },
            }
        }
        wanted = unknown;
        if wanted.is_empty() {
            break;
        }
    }
    if locations.len() <= MAX_REQUESTS {
        changes.extend(wanted.iter().flat_map(|id| [Change::Remove(id.clone()), Change::Remove(normalize::reply_id(id))]));
    }
    match refused {
        Some(failure) if changes.is_empty() => Err(failure),
        Some(failure) => {
            log::warn(format_args!("not every review could be read again: {}", failure.message));
            Ok(changes)
        }
        None => Ok(changes),
    }
}

fn again(settings: &Settings, location: &str, id: &str, answer: Response) -> Result<Vec<Change>, Failure> {
    let answer = parse::check(answer, false)?;
    let review: Review = answer.json()?;
    if review.id() != Some(id) {
        return Err(answer.unexpected("is not the review that was asked for"));
    }
    let mentions = normalize::review(&review, location, settings.replies);
    // The whole review was read, so a reply that is not in it was taken back.
    let withdrawn = (settings.replies && review.review_reply.is_none()).then(|| Change::Remove(normalize::reply_id(id)));
    Ok(mentions.into_iter().map(Change::Upsert).chain(withdrawn).collect())
}

fn get(path: &str) -> Request {
    http::get(format!("{API}/{path}")).bearer("access-token")
}
