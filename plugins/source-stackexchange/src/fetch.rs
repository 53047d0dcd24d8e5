//! Plans feeds; walks searches and what hangs below questions; reads posts again.

mod again;
mod below;
mod search;

use serde::{Deserialize, Serialize};
use vigie_plugin::http::Request;
use vigie_plugin::{Batch, Failure, Feed, Instant, Next, Poll, Search, clock, http, ids, time};

use crate::parse::{Item, Wrapper};
use crate::{Settings, query, refusal};

pub(crate) use again::refresh;

const BASE: &str = "https://api.stackexchange.com/2.3";
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// The search lags, so so much below the newest known item is looked at again.
const OVERLAP_SECS: i64 = 900;
/// Most items in one answer, and most ids in one request.
const PER_PAGE: u32 = 100;

/// How a feed is read.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Params {
    /// Questions with these words.
    Search { query: String },
    /// Questions with this tag.
    Tag { tag: String },
    /// Answers to these questions. `newest`: when the youngest of them was asked; `quiet`: none had an answer yet.
    Answers { questions: Vec<i64>, newest: Instant, quiet: bool },
    /// Comments below these posts, each with its question.
    Comments { posts: Vec<(i64, i64)>, newest: Instant, quiet: bool },
}

/// One feed for each tag and search, none twice.
pub(crate) fn plan(settings: &Settings, searches: &[Search]) -> Result<Vec<Feed>, Failure> {
    settings.site()?;
    settings.answers_for_ms()?;
    let mut feeds: Vec<Feed> = Vec::new();
    let mut add = |feed: Feed| {
        if feeds.iter().all(|known| known.id != feed.id) {
            feeds.push(feed);
        }
    };
    for tag in &settings.tags {
        let tag = tag.trim().to_lowercase();
        if tag.is_empty() || tag.contains([' ', ';', ',']) {
            return Err(Failure::settings(format!("setting `tags`: `{tag}` is no tag: write one such as \"android\"")));
        }
        add(Feed::new(format!("tag:{}", ids::short(&tag)), format!("questions tagged {tag}")).with_params(&Params::Tag { tag }));
    }
    for query in searches.iter().flat_map(|search| &search.any).filter_map(query::query) {
        let feed = Feed::new(format!("search:{}", ids::short(&query.to_lowercase())), format!("search for {query}"));
        add(feed.with_params(&Params::Search { query }));
    }
    if feeds.is_empty() {
        return Err(Failure::settings(
            "setting `tags`: there is nothing to read: name tags, or give the topics words that can be searched",
        ));
    }
    Ok(feeds)
}

pub(crate) fn poll(settings: &Settings, request: &Poll) -> Result<Batch, Failure> {
    match request.feed.read_params()? {
        Params::Search { query } => search::poll(settings, request, get(settings, "search/advanced")?.query("q", query)),
        Params::Tag { tag } => search::poll(settings, request, get(settings, "questions")?.query("tagged", tag)),
        Params::Answers { questions, newest, quiet } => below::poll_answers(settings, request, &questions, newest, quiet),
        Params::Comments { posts, newest, quiet } => below::poll_comments(settings, request, &posts, newest, quiet),
    }
}

fn get(settings: &Settings, path: &str) -> Result<Request, Failure> {
    let request = http::get(format!("{BASE}/{path}")).query("site", settings.site()?).query("filter", &settings.filter);
    Ok(if settings.key { request.query_secret("key", "api-key") } else { request })
}

fn send(request: Request) -> Result<Wrapper, Failure> {
    let answer = request.send()?;
    refusal::check(&answer)?;
    answer.json()
}

/// Ids as one path segment holds them.
fn joined(ids: impl IntoIterator<Item = i64>) -> String {
    ids.into_iter().map(|id| id.to_string()).collect::<Vec<_>>().join(";")
}

/// Items may stand on two pages, and twice on one.
fn once(items: Vec<Item>) -> Vec<Item> {
    let mut seen = std::collections::HashSet::new();
    items.into_iter().filter(|item| seen.insert((item.question_id, item.answer_id, item.comment_id))).collect()
}

/// The batch, later where the interface asks to wait: until its back-off is over, or until the day's requests are renewed.
fn paced(batch: Batch, wrapper: &Wrapper) -> Batch {
    let now = clock::now();
    let used_up = wrapper.quota_remaining.is_some_and(|left| left <= 0);
    let renewed = used_up.then(|| (DAY_MS - now.rem_euclid(DAY_MS)).unsigned_abs());
    let wait = [wrapper.pause_ms(), renewed].into_iter().flatten().max();
    match (batch.next, wait) {
        (Next::Done, _) | (_, None) => batch,
        (Next::Later(planned), Some(wait)) => batch.later(planned.unwrap_or(0).max(wait)),
        (Next::More, Some(wait)) => batch.later(wait),
    }
}

/// Where a walk by date is; seconds since 1970. Dates are whole seconds and bounds include them, so items of one second are met again
/// rather than lost; only where they fill a page is the next page of the same bound asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Walk {
    /// The bound the walk has come to.
    at: Option<i64>,
    /// Pages read at this bound.
    pages: u32,
}

impl Walk {
    /// The walk behind a page whose last item is of `end`; `beyond` says which of two instants the walk meets later.
    fn after(&self, end: Option<i64>, beyond: impl Fn(i64, i64) -> bool) -> Self {
        match end {
            Some(end) if self.at.is_none_or(|at| beyond(end, at)) => Self { at: Some(end), pages: 0 },
            _ => Self { at: self.at, pages: self.pages + 1 },
        }
    }

    fn page(&self) -> u32 {
        self.pages + 1
    }
}

fn seconds(at: Instant) -> i64 {
    time::to_unix_seconds(at)
}
