//! Plans a feed an app and storefront, and walks its pages, newest review first.
//!
//! The service shows the newest 500 reviews on ten pages, says nothing about the order of equals, gives an empty page now and then
//! where there are reviews, and has links to a next page that lead elsewhere. So addresses are built here, an empty page is asked
//! for a second time in the service's other form, and nothing is ever concluded from a review that is not there.

use serde::{Deserialize, Serialize};
use vigie_plugin::{Batch, Cursor, Direction, Failure, Feed, Instant, Poll, http, log, time};

use crate::Settings;
use crate::normalize::{mention, moment};
use crate::parse::{self, Review};

const SERVICE: &str = "https://itunes.apple.com";
/// The service refuses pages behind it.
const LAST_PAGE: u32 = 10;
/// Reviews of a full page.
const PAGE: usize = 50;

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Params {
    app: String,
    country: String,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Position {
    /// The newest date of all walks before this one. Milliseconds.
    known: Option<Instant>,
    /// The reviews of the first page of the walk before this one, for answers without dates.
    known_ids: Vec<String>,
    /// As `known`, of this walk.
    top: Option<Instant>,
    /// As `known_ids`, of this walk.
    top_ids: Vec<String>,
    /// The last page read; 0 before the first.
    page: u32,
}

impl Cursor for Position {
    const VERSION: u32 = 1;
}

/// One feed an app and storefront.
pub(crate) fn plan(settings: &Settings) -> Result<Vec<Feed>, Failure> {
    let (apps, countries) = (settings.app_ids()?, settings.storefronts()?);
    let pairs = apps.iter().flat_map(|app| countries.iter().map(move |country| (app, country)));
    let feed = |(app, country): (&String, &String)| {
        let params = Params { app: app.clone(), country: country.clone() };
        Feed::new(format!("{country}/{app}"), format!("reviews of app {app} in storefront {country}")).with_params(&params)
    };
    Ok(pairs.map(feed).collect())
}

pub(crate) fn poll(request: &Poll) -> Result<Batch, Failure> {
    let params: Params = request.feed.read_params()?;
    let newer = request.direction == Direction::Newer;
    let mut position: Position = request.position()?.unwrap_or_default();
    let first_walk = position.known.is_none() && position.known_ids.is_empty();
    // The first page is the head, which `newer` always reads whole, so history begins behind it.
    let read_before = if newer { position.page } else { position.page.max(1) };
    position.page = (read_before + 1).min(LAST_PAGE);
    let reviews = read(&params, position.page)?;
    let dates = || reviews.iter().filter_map(moment).map(|moment| moment.at);
    if position.page == 1 {
        position.top = dates().max();
        position.top_ids = reviews.iter().take(PAGE).map(|review| review.id.clone()).collect();
    }
    // What stands beside the new ones on the head page is not read again by the history, which begins behind it.
    let wanted = |review: &&_| newer || !time::is_before(moment(review).map(|moment| moment.at), request.since);
    let batch = Batch::new().upserts(reviews.iter().filter(wanted).map(|review| mention(review, &params.app, &params.country)));
    let past = |bound: Option<Instant>| dates().max().zip(bound).is_some_and(|(newest, bound)| newest < bound);
    let known = || {
        // Edits bring old reviews to the head, so one that is known proves nothing.
        let met = reviews.iter().filter(|review| position.known_ids.contains(&review.id)).count();
        if dates().next().is_some() { past(position.known) } else { met * 2 > reviews.len() }
    };
    let ended = reviews.is_empty() || position.page == LAST_PAGE || past(request.since) || (newer && (first_walk || known()));
    if !ended {
        return Ok(batch.position(&position).more());
    }
    if !newer {
        return Ok(batch.done());
    }
    let mut next = Position { known: position.known.max(position.top), known_ids: position.top_ids, ..Position::default() };
    if next.known_ids.is_empty() {
        next.known_ids = position.known_ids;
    }
    Ok(batch.position(&next).later(None))
}

/// A page's reviews, dated if the service has their dates anywhere.
fn read(params: &Params, page: u32) -> Result<Vec<Review>, Failure> {
    let Params { app, country } = params;
    let form = |form: &str| format!("{SERVICE}/{country}/rss/customerreviews/page={page}/id={app}/sortby=mostrecent/{form}");
    let mut reviews = parse::reviews(&http::get(form("json")).send()?)?;
    if reviews.is_empty() {
        reviews = read_again(params, page);
    }
    if reviews.iter().any(|review| review.updated.is_none()) {
        match http::get(form("xml")).send().and_then(|answer| parse::reviews(&answer)) {
            Ok(dated) => {
                for review in reviews.iter_mut().filter(|review| review.updated.is_none()) {
                    review.updated = dated.iter().find(|other| other.id == review.id).and_then(|other| other.updated.clone());
                }
            }
            Err(failure) => {
                log::warn(format_args!("reviews of app {app} in {country} stay without dates: {}", failure.message));
            }
        }
    }
    Ok(reviews)
}

/// Asks in the other form the service knows: of two forms of an address one may find nothing for hours. What that form answers is
/// only ever taken for reviews; the first answer stands where it fails.
fn read_again(params: &Params, page: u32) -> Vec<Review> {
    let Params { app, country } = params;
    let page = if page == 1 { String::new() } else { format!("page={page}/") };
    let url = format!("{SERVICE}/{country}/rss/customerreviews/{page}id={app}/sortBy=mostRecent/json");
    match http::get(url).send().and_then(|answer| parse::reviews(&answer)) {
        Ok(reviews) => reviews,
        Err(failure) => {
            log::debug(format_args!("no reviews of app {app} in {country} in the other form: {}", failure.message));
            Vec::new()
        }
    }
}
