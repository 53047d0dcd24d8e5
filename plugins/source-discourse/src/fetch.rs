//! Plans feeds; walks the newest posts, searches and topics; reads posts again.

mod latest;
mod search;
mod topic;

use serde::{Deserialize, Serialize};
use vigie_plugin::{Batch, Change, Failure, Feed, Instant, Poll, Search, http, ids, time};

use crate::normalize::{self, Context};
use crate::parse::{Post, Topic};
use crate::{Mode, Settings, query};

const DAY_MS: i64 = 86_400_000;

/// How a feed is read.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Params {
    /// Every new post.
    Latest,
    /// A search in Discourse's syntax.
    Search { query: String },
    /// The posts of a topic.
    Topic { topic: i64 },
}

/// The newest posts, and one feed for each different alternative of the searches.
pub(crate) fn plan(settings: &Settings, searches: &[Search]) -> Result<Vec<Feed>, Failure> {
    let base = settings.base()?;
    settings.topics_for_ms()?;
    let within = settings.category.map(|category| format!(":category-{category}")).unwrap_or_default();
    let mut feeds: Vec<Feed> = Vec::new();
    if settings.mode != Mode::Search {
        feeds.push(Feed::new(format!("latest{within}"), format!("newest posts of {base}")).with_params(&Params::Latest));
    }
    if settings.mode != Mode::Latest {
        for mut query in searches.iter().flat_map(|search| &search.any).filter_map(query::query) {
            if let Some(category) = settings.category {
                query.push_str(&format!(" category:{category}"));
            }
            let id = format!("search:{}", ids::short(&query));
            if feeds.iter().all(|feed| feed.id != id) {
                feeds.push(Feed::new(id, format!("search for {query}")).with_params(&Params::Search { query }));
            }
        }
    }
    if feeds.is_empty() {
        return Err(Failure::settings(
            "setting `mode`: `search` has nothing to search for: the topics have no words of three letters that could be searched; use `both` or `latest`",
        ));
    }
    Ok(feeds)
}

pub(crate) fn poll(settings: &Settings, request: &Poll) -> Result<Batch, Failure> {
    match request.feed.read_params()? {
        Params::Latest => latest::poll(settings, request),
        Params::Search { query } => search::poll(settings, request, &query),
        Params::Topic { topic } => topic::poll(settings, request, topic),
    }
}

/// Posts read one by one, as Discourse has no other form for posts of different topics. A post that is not shown is left as it is.
pub(crate) fn refresh(settings: &Settings, ids: Vec<String>) -> Result<Vec<Change>, Failure> {
    let base = settings.base()?;
    let ids: Vec<i64> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    let mut changes = Vec::new();
    let mut posts = Vec::new();
    let mut refused = None;
    for (id, answer) in ids.iter().zip(read_posts(&base, &ids)) {
        match answer {
            Ok(Some(post)) => posts.push(post),
            Ok(None) => changes.push(Change::Remove(id.to_string())),
            Err(failure) if failure.is_of_one() => refused = Some(failure),
            Err(failure) => return Err(failure),
        }
    }
    if posts.is_empty() && changes.is_empty() {
        return refused.map_or(Ok(changes), Err);
    }
    // A post alone does not say its topic's title, which belongs to the first one.
    let mut context = Context::default();
    let firsts = || posts.iter().filter(|post| post.post_number == Some(1) && post.topic_title.is_none());
    let topics = firsts().filter_map(|post| Some(http::get(format!("{base}/t/{}.json", post.topic_id?)))).collect();
    let mut untitled: Vec<i64> = firsts().filter_map(|post| post.id).collect();
    for topic in http::send_all(topics).into_iter().filter_map(|answer| answer.ok()?.json::<Topic>().ok()) {
        context.learn_topic(&topic);
        let told = |id: &i64| posts.iter().any(|post| post.id == Some(*id) && post.topic_id == topic.id);
        untitled.retain(|id| !told(id));
    }
    for post in &posts {
        context.learn_post(post, None);
    }
    // A first post whose title could not be read would lose the one that is known.
    let known = posts.iter().filter(|post| post.id.is_none_or(|id| !untitled.contains(&id)));
    changes.extend(known.filter_map(|post| normalize::post(post, None, &context, &base)));
    Ok(changes)
}

/// Posts by their numbers, in that order; `None` for those that are not there any more.
fn read_posts(base: &str, ids: &[i64]) -> Vec<Result<Option<Post>, Failure>> {
    let requests = ids.iter().map(|id| http::get(format!("{base}/posts/{id}.json"))).collect();
    let answers = http::send_all(requests).into_iter();
    let read = |answer: Result<http::Response, Failure>| {
        let answer = answer?;
        if matches!(answer.status, 404 | 410) {
            return Ok(None);
        }
        let post: Post = answer.json()?;
        if post.id.is_none() { Err(answer.unexpected("has no `id` where a post belongs")) } else { Ok(Some(post)) }
    };
    answers.map(read).collect()
}

/// Whether nothing in a change is as young as wanted.
fn too_old(change: &Change, since: Option<Instant>) -> bool {
    let Change::Upsert(mention) = change else { return false };
    let changed = mention.edited.or(mention.published).map(|moment| moment.at);
    time::is_before(changed, since)
}
