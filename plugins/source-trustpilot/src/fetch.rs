//! Plans a feed a business, walks its reviews, newest first, reads reviews again.

use serde::{Deserialize, Serialize};
use vigie_plugin::http::{Request, Response};
use vigie_plugin::{Batch, Change, Cursor, Direction, Failure, Feed, Instant, Poll, clock, http, log, time};

use crate::Settings;
use crate::normalize::{self, moment};
use crate::parse::{self, Page, Review, Unit};
use crate::settings::is_unit;

const API: &str = "https://api.trustpilot.com/v1";
/// Reviews held back for a check appear later than they were written.
const OVERLAP_MS: i64 = 2 * 86_400_000;
/// The API counts no pages behind so many reviews; what is older has pages with tokens.
const WALL: u32 = 10_000;
/// Reviews in one page.
const MAX_PER_PAGE: u32 = 100;

/// How a feed is read: the domain or the id of its business unit.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Params {
    business: String,
}

/// Where a walk is. Instants in milliseconds.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Position {
    /// The business, where the settings name its domain.
    unit: Option<Known>,
    /// What is older was delivered: the walk ends there. Only for `newer`.
    floor: Option<Instant>,
    /// The newest review of this walk, which becomes the floor of the next.
    top: Option<Instant>,
    /// Pages that were read.
    pages: u32,
    /// Reviews in each of them. It stays for a walk, or counting would go wrong.
    per_page: u32,
    /// The page to read where pages have tokens; empty for the first.
    token: Option<String>,
}

/// What a domain was found to be.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Known {
    id: String,
    name: Option<String>,
    domain: Option<String>,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

pub(crate) fn plan(settings: &Settings) -> Result<Vec<Feed>, Failure> {
    let feed = |business: String| {
        // Reviews of another language are another list.
        let within = settings.language.as_ref().map(|language| format!(":{language}")).unwrap_or_default();
        Feed::new(format!("reviews:{business}{within}"), format!("reviews of {business}")).with_params(&Params { business })
    };
    Ok(settings.businesses()?.into_iter().map(feed).collect())
}

pub(crate) fn poll(settings: &Settings, request: &Poll) -> Result<Batch, Failure> {
    let Params { business } = request.feed.read_params()?;
    let newer = request.direction == Direction::Newer;
    let mut position: Position = request.position()?.unwrap_or_default();
    if position.unit.is_none() && !is_unit(&business) {
        position.unit = Some(find(&business)?);
    }
    if position.pages == 0 {
        position.per_page = request.limit.clamp(20, MAX_PER_PAGE);
    }
    let id = position.unit.as_ref().map_or(business.as_str(), |unit| unit.id.as_str()).to_owned();
    let page = read(settings, &id, &position)?;
    let unit = position.unit.as_ref().map(|known| Unit {
        id: Some(known.id.clone()),
        display_name: known.name.clone(),
        identifying_name: known.domain.clone(),
    });
    let unit = unit.unwrap_or_else(|| Unit { id: Some(id), ..Unit::default() });
    let mut batch = Batch::new();
    let changes = page.reviews.iter().flat_map(|review| normalize::review(review, Some(&unit), settings.replies));
    batch.changes.extend(changes.filter(|change| !too_old(change, request.since)));

    let instants = || page.reviews.iter().filter_map(|review| moment(review.created_at.as_ref())).map(|moment| moment.at);
    position.top = position.top.max(instants().max());
    let bottom = if newer { position.floor.map(|floor| floor - OVERLAP_MS) } else { request.since };
    let past = instants().max().zip(bottom).is_some_and(|(youngest, bottom)| youngest < bottom);
    // The first walk of `newer` takes the head alone: what is below it is the business of `older`.
    let head_alone = newer && position.floor.is_none();
    if !head_alone && !past && go_on(&mut position, &page) {
        return Ok(batch.position(&position).more());
    }
    if !newer {
        return Ok(batch.done());
    }
    let floor = position.floor.max(position.top).unwrap_or_else(clock::now);
    Ok(batch.position(&Position { unit: position.unit, floor: Some(floor), ..Position::default() }).later(None))
}

/// Goes to the next page; `false` behind the last one.
fn go_on(position: &mut Position, page: &Page) -> bool {
    if position.token.is_some() {
        let next = page.next_page_token.as_ref().filter(|next| position.token.as_ref() != Some(next));
        position.token = next.cloned();
        position.pages += 1;
        return next.is_some();
    }
    position.pages += 1;
    // Where the links say nothing, an empty page is the end; a short one may only be one with reviews left out.
    if !page.has_next().unwrap_or(!page.reviews.is_empty()) {
        return false;
    }
    if position.pages.saturating_mul(position.per_page) >= WALL {
        position.token = Some(String::new());
    }
    true
}

fn read(settings: &Settings, unit: &str, position: &Position) -> Result<Page, Failure> {
    let unit = http::escape(unit);
    let request = match &position.token {
        None => get(&format!("business-units/{unit}/reviews"))
            .query("perPage", position.per_page)
            .query("page", position.pages + 1)
            .query("orderBy", "createdat.desc"),
        Some(token) => {
            get(&format!("business-units/{unit}/all-reviews")).query("perPage", position.per_page).query_if("pageToken", token)
        }
    };
    ask(request.query_if("language", settings.language.as_ref()))?.json()
}

/// The business unit of a domain.
fn find(domain: &str) -> Result<Known, Failure> {
    let answer = ask(get("business-units/find").query("name", domain))?;
    let unit: Unit = answer.json()?;
    match unit.id {
        Some(id) => {
            Ok(Known { id, name: unit.display_name, domain: Some(unit.identifying_name.unwrap_or_else(|| domain.to_owned())) })
        }
        None => Err(answer.unexpected("has no `id` where a business unit belongs")),
    }
}

/// Reviews read one by one, as the API has no other form by ids; a reply comes with its review.
pub(crate) fn refresh(settings: &Settings, ids: &[String]) -> Result<Vec<Change>, Failure> {
    let mut reviews: Vec<&str> = ids.iter().map(|id| normalize::review_id(id)).collect();
    reviews.sort_unstable();
    reviews.dedup();
    let requests = reviews.iter().map(|id| get(&format!("reviews/{}", http::escape(id)))).collect();
    let mut changes = Vec::new();
    let mut refused = None;
    for (id, answer) in reviews.iter().zip(http::send_all(requests)) {
        match answer.and_then(|answer| again(settings, id, answer)) {
            Ok(read) => changes.extend(read),
            Err(failure) if failure.is_of_one() => refused = Some(failure),
            Err(failure) => return Err(failure),
        }
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

fn again(settings: &Settings, id: &str, answer: Response) -> Result<Vec<Change>, Failure> {
    let reply = normalize::reply_id(id);
    if matches!(answer.status, 404 | 410) {
        return Ok(vec![Change::Remove(id.to_owned()), Change::Remove(reply)]);
    }
    let answer = parse::check(answer)?;
    let review: Review = answer.json()?;
    if review.id.as_deref() != Some(id) {
        return Err(answer.unexpected("is not the review that was asked for"));
    }
    let mut changes = normalize::review(&review, None, settings.replies);
    // The whole review was read, so a reply that is not in it was taken back.
    if review.company_reply.is_none() && settings.replies && changes.len() == 1 {
        changes.push(Change::Remove(reply));
    }
    Ok(changes)
}

fn get(path: &str) -> Request {
    http::get(format!("{API}/{path}")).header("apikey", http::placeholder("api-key"))
}

fn ask(request: Request) -> Result<Response, Failure> {
    parse::check(request.send()?)
}

fn too_old(change: &Change, since: Option<Instant>) -> bool {
    let Change::Upsert(mention) = change else { return false };
    let said = mention.edited.or(mention.published).map(|moment| moment.at);
    time::is_before(said, since)
}
