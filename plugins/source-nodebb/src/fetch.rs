//! Plans feeds; reads them; reads posts again.

mod latest;
mod search;
mod topic;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use vigie_plugin::http::{self, Request};
use vigie_plugin::{Batch, Change, Failure, Feed, Instant, Poll, Search, ids, log, time, words};

use crate::parse::{self, Post, Topic};
use crate::{Mode, Settings, normalize};

/// NodeBB's database search looks for single words of at least this length.
const MIN_CHARS: usize = 2;

/// How a feed is read.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Params {
    /// Topics in the order of their last posts: `recent`, or `category/{cid}`.
    Latest { list: String },
    /// The posts of a topic.
    Topic { tid: String },
    /// A search.
    Search { words: String },
}

/// Lists, topics, and one feed for each different alternative of the searches.
pub(crate) fn plan(settings: &Settings, searches: &[Search]) -> Result<Vec<Feed>, Failure> {
    let base = settings.base()?;
    let categories = Settings::numbers("categories", &settings.categories)?;
    let topics = Settings::numbers("topics", &settings.topics)?;
    let mut feeds: Vec<Feed> = Vec::new();
    if settings.mode != Mode::Search {
        let mut lists: Vec<String> = categories.iter().map(|cid| format!("category/{cid}")).collect();
        if lists.is_empty() && topics.is_empty() {
            lists.push("recent".to_owned());
        }
        feeds.extend(
            lists.into_iter().map(|list| {
                Feed::new(list.clone(), format!("newest posts of {base}/{list}")).with_params(&Params::Latest { list })
            }),
        );
    }
    feeds.extend(topics.into_iter().map(|tid| {
        Feed::new(format!("topic/{tid}"), format!("posts of {base}/topic/{tid}")).with_params(&Params::Topic { tid })
    }));
    if settings.mode != Mode::Latest {
        for words in searches.iter().flat_map(|search| &search.any).filter_map(|clause| words::of(clause, MIN_CHARS)) {
            let id = format!("search:{}", ids::short(&words));
            if feeds.iter().all(|feed| feed.id != id) {
                feeds.push(Feed::new(id, format!("search for {words}")).with_params(&Params::Search { words }));
            }
        }
    }
    if feeds.is_empty() {
        return Err(Failure::settings(
            "setting `mode`: `search` has nothing to search for: the topics have no words that could be searched; use `latest` or `both`",
        ));
    }
    Ok(feeds)
}

pub(crate) fn poll(settings: &Settings, request: &Poll) -> Result<Batch, Failure> {
    match request.feed.read_params()? {
        Params::Latest { list } => latest::poll(settings, request, &list),
        Params::Topic { tid } => topic::poll(settings, request, &tid),
        Params::Search { words } => search::poll(settings, request, &words),
    }
}

/// A request, signed where that is wanted.
fn ask(settings: &Settings, url: String) -> Request {
    let request = http::get(url);
    if settings.signed_in { request.bearer("token") } else { request }
}

/// Posts read one by one, as NodeBB has no other form for posts of different topics, and their topics, which alone say what a first post is.
pub(crate) fn refresh(settings: &Settings, ids: Vec<String>) -> Result<Vec<Change>, Failure> {
    let base = settings.base()?;
    let url = |kind: &str, id: &str| ask(settings, format!("{base}/api/v3/{kind}/{}", http::escape(id)));
    let mut changes = Vec::new();
    let mut posts: Vec<Post> = Vec::new();
    let mut refused = None;
    let answers = http::send_all(ids.iter().map(|id| url("posts", id)).collect());
    for (id, answer) in ids.iter().zip(answers) {
        match answer.and_then(|answer| parse::wrapped(&answer)) {
            Ok(Some(value)) => posts.extend(parse::post(&value)),
            Ok(None) => changes.push(Change::Remove(id.clone())),
            // One that is not shown stays as it is.
            Err(failure) if failure.is_of_one() => refused = Some(failure),
            Err(failure) => return Err(failure),
        }
    }
    let mut tids: Vec<&str> = posts.iter().filter_map(|post| post.tid.as_deref()).collect();
    tids.sort_unstable();
    tids.dedup();
    let answers = http::send_all(tids.iter().map(|tid| url("topics", tid)).collect());
    let mut topics: HashMap<String, Topic> = HashMap::new();
    for answer in answers {
        match answer.and_then(|answer| parse::wrapped(&answer)) {
            Ok(value) => topics.extend(value.as_ref().and_then(parse::topic).map(|topic| (topic.tid.clone(), topic))),
            Err(failure) if failure.is_of_one() => log::debug(format_args!("a topic cannot be read: {}", failure.message)),
            Err(failure) => return Err(failure),
        }
    }
    for post in &posts {
        let topic = post.tid.as_ref().and_then(|tid| topics.get(tid));
        // Without its topic a post would change its kind and lose its title.
        if post.deleted || topic.is_some() {
            changes.extend(normalize::change(post, topic, &base));
        }
    }
    match refused {
        Some(failure) if changes.is_empty() => Err(failure),
        _ => Ok(changes),
    }
}

/// Changes of posts, without those older than wanted.
fn changes(posts: &[Post], topic: Option<&Topic>, base: &str, since: Option<Instant>) -> Vec<Change> {
    let wanted = |post: &&Post| !time::is_before(post.edited.max(post.at), since);
    posts.iter().filter(wanted).filter_map(|post| normalize::change(post, topic, base)).collect()
}
