//! Plans feeds, walks listings and comment trees, reads mentions again.

mod listing;
mod tree;

use serde::{Deserialize, Serialize};
use vigie_plugin::http::{Request, Response};
use vigie_plugin::{Batch, Change, Failure, Feed, Instant, Poll, Search, http, ids, log};

use crate::{Settings, normalize, parse, query};

const API: &str = "https://oauth.reddit.com";
const DAY_MS: i64 = 86_400_000;
/// Fullnames in one request.
const MAX_IDS: usize = 100;

/// How a feed is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Params {
    /// A search in Reddit's syntax, perhaps in one subreddit.
    Search { query: String, within: Option<String> },
    /// The newest submissions of a subreddit.
    New { subreddit: String },
    /// The newest comments of a subreddit.
    Comments { subreddit: String },
    /// The newest submissions of an account.
    Submitted { user: String },
    /// The newest comments of an account.
    Commented { user: String },
    /// The comments below a submission that was found; until when they are read.
    Tree { submission: String, ends: Instant },
}

/// A feed for each search, subreddit and account.
pub(crate) fn plan(settings: &Settings, searches: &[Search]) -> Result<Vec<Feed>, Failure> {
    settings.comments_for_ms()?;
    let (subreddits, users, within) = (settings.subreddits()?, settings.users()?, settings.search_in()?);
    let submissions = settings.submissions()?;
    let mut feeds: Vec<Feed> = Vec::new();
    let clauses = searches.iter().flat_map(|search| &search.any).filter(|_| settings.search);
    for query in clauses.filter_map(query::query) {
        let place = within.as_ref().map(|within| format!("{within}:")).unwrap_or_default();
        let feed = Feed::new(format!("search:{place}{}", ids::short(&query)), format!("search for {query}"));
        if feeds.iter().all(|known| known.id != feed.id) {
            feeds.push(feed.with_params(&Params::Search { query, within: within.clone() }));
        }
    }
    for subreddit in subreddits {
        let new = Feed::new(format!("new:{subreddit}"), format!("submissions of r/{subreddit}"));
        feeds.push(new.with_params(&Params::New { subreddit: subreddit.clone() }));
        if settings.comments {
            let comments = Feed::new(format!("comments:{subreddit}"), format!("comments of r/{subreddit}"));
            feeds.push(comments.with_params(&Params::Comments { subreddit }));
        }
    }
    for user in users {
        let submitted = Feed::new(format!("submitted:{user}"), format!("submissions of u/{user}"));
        feeds.push(submitted.with_params(&Params::Submitted { user: user.clone() }));
        if settings.comments {
            let commented = Feed::new(format!("commented:{user}"), format!("comments of u/{user}"));
            feeds.push(commented.with_params(&Params::Commented { user }));
        }
    }
    for submission in submissions {
        // What is named is read for as long as it is named.
        let feed = Feed::new(format!("tree:{submission}"), format!("submission {submission} and its comments"));
        feeds.push(feed.with_params(&Params::Tree { submission, ends: Instant::MAX }));
    }
    if feeds.is_empty() {
        return Err(Failure::settings(
            "there is nothing to read: give the connector topics with words to search for, or name subreddits, accounts or submissions in its settings",
        ));
    }
    Ok(feeds)
}

pub(crate) fn poll(settings: &Settings, request: &Poll) -> Result<Batch, Failure> {
    match request.feed.read_params()? {
        Params::Tree { submission, ends } => tree::poll(request, &submission, ends),
        params => listing::poll(settings, request, &params),
    }
}

/// What is known, a hundred with one request. What the answer leaves out is left as it is: only a mark in it proves a removal.
pub(crate) fn refresh(ids: &[String]) -> Result<Vec<Change>, Failure> {
    let known: Vec<&str> = ids.iter().map(String::as_str).filter(|id| id.starts_with("t1_") || id.starts_with("t3_")).collect();
    let requests = known.chunks(MAX_IDS).map(|chunk| get("/api/info").query("id", chunk.join(","))).collect();
    let mut changes = Vec::new();
    let mut refused = None;
    for answer in http::send_all(requests) {
        match answer.and_then(parse::check).and_then(|answer| parse::listing(&answer)) {
            Ok(listing) => changes.extend(listing.things.items.iter().filter_map(|(kind, item)| normalize::item(*kind, item))),
            Err(failure) if failure.is_of_one() => refused = Some(failure),
            Err(failure) => return Err(failure),
        }
    }
    match refused {
        Some(failure) if changes.is_empty() => Err(failure),
        Some(failure) => {
            log::warn(format_args!("not everything could be read again: {}", failure.message));
            Ok(changes)
        }
        None => Ok(changes),
    }
}

/// A request whose answer is not escaped.
fn get(path: &str) -> Request {
    http::get(format!("{API}{path}")).bearer("access-token").query("raw_json", 1)
}

fn ask(request: Request) -> Result<Response, Failure> {
    parse::check(request.send()?)
}

/// More to read: at once, or when the window in which requests are counted ends.
fn go_on(batch: Batch, answer: &Response) -> Batch {
    match parse::pause(answer) {
        Some(wait) => batch.later(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)),
        None => batch.more(),
    }
}
