//! Plans feeds; reads them; reads posts again.

mod discussions;
mod posts;

use serde::{Deserialize, Serialize};
use vigie_plugin::http::{self, Request};
use vigie_plugin::{Batch, Change, Failure, Feed, Instant, Poll, Search, ids, log, time, words};

use crate::parse::{self, Post};
use crate::{Mode, Settings, normalize};

/// The full-text search of the databases Flarum uses knows no shorter words.
const MIN_CHARS: usize = 3;

/// The most a forum gives at once.
const PAGE: u32 = 50;
/// Posts may become visible late (a queue for approval), so what was written in the last hour is read again.
const OVERLAP_MS: i64 = 3_600_000;

/// How a feed is read.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Params {
    /// Newest posts first: of the whole forum, or of a discussion.
    Posts { discussion: Option<String> },
    /// Discussions in the order of their last posts: those of a tag, or those a search finds.
    Discussions { filter: String, value: String },
}

/// The forum, tags, discussions, and one feed for each different alternative of the searches.
pub(crate) fn plan(settings: &Settings, searches: &[Search]) -> Result<Vec<Feed>, Failure> {
    let base = settings.base()?;
    let discussions = settings.discussion_ids()?;
    let mut feeds: Vec<Feed> = Vec::new();
    let mut add = |feed: Feed| {
        if feeds.iter().all(|known| known.id != feed.id) {
            feeds.push(feed);
        }
    };
    if settings.mode != Mode::Search {
        if settings.tags.is_empty() && discussions.is_empty() {
            add(Feed::new("posts", format!("newest posts of {base}")).with_params(&Params::Posts { discussion: None }));
        }
        for tag in settings.tags.iter().map(|tag| tag.trim()).filter(|tag| !tag.is_empty()) {
            let params = Params::Discussions { filter: "tag".to_owned(), value: tag.to_owned() };
            add(Feed::new(format!("tag:{}", ids::short(tag)), format!("newest posts of {base}/t/{tag}")).with_params(&params));
        }
    }
    for id in discussions {
        let params = Params::Posts { discussion: Some(id.to_owned()) };
        add(Feed::new(format!("discussion:{id}"), format!("posts of {base}/d/{id}")).with_params(&params));
    }
    if settings.mode != Mode::Latest {
        for words in searches.iter().flat_map(|search| &search.any).filter_map(|clause| words::of(clause, MIN_CHARS)) {
            let params = Params::Discussions { filter: "q".to_owned(), value: words.clone() };
            add(Feed::new(format!("search:{}", ids::short(&words)), format!("search for {words}")).with_params(&params));
        }
    }
    if feeds.is_empty() {
        return Err(Failure::settings(
            "setting `mode`: there is nothing to read: the topics have no words of three letters that could be searched, or `tags` are blank; use `latest`",
        ));
    }
    Ok(feeds)
}

pub(crate) fn poll(settings: &Settings, request: &Poll) -> Result<Batch, Failure> {
    match request.feed.read_params()? {
        Params::Posts { discussion } => posts::poll(settings, request, discussion.as_deref()),
        Params::Discussions { filter, value } => discussions::poll(settings, request, &filter, &value),
    }
}

/// A request, signed where that is wanted.
fn ask(settings: &Settings, url: String) -> Request {
    let request = http::get(url).header("accept", "application/vnd.api+json, application/json");
    if settings.signed_in { request.header("authorization", format!("Token {}", http::placeholder("api-key"))) } else { request }
}

/// A page of posts, newest first.
fn posts_at(settings: &Settings, base: &str, discussion: Option<&str>, offset: u64, limit: u32) -> Request {
    ask(settings, format!("{base}/api/posts"))
        .query("filter[type]", "comment")
        .query_if("filter[discussion]", discussion)
        .query("include", "user,discussion")
        .query("sort", "-createdAt")
        .query("page[limit]", limit)
        .query("page[offset]", offset)
}

/// Posts read again together; those that are not among the answers are asked for one by one, as only that says that one is gone.
pub(crate) fn refresh(settings: &Settings, ids: &[String]) -> Result<Vec<Change>, Failure> {
    let base = settings.base()?;
    let ids: Vec<&str> =
        ids.iter().map(String::as_str).filter(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())).collect();
    let mut posts: Vec<Post> = Vec::new();
    for chunk in ids.chunks(PAGE as usize) {
        let request = ask(settings, format!("{base}/api/posts"))
            .query("filter[id]", chunk.join(","))
            .query("include", "user,discussion")
            .query("page[limit]", PAGE);
        posts.extend(parse::posts(&request.send()?)?.items);
    }
    let missing: Vec<&str> = ids.iter().copied().filter(|id| posts.iter().all(|post| post.id != *id)).collect();
    let requests = missing.iter().map(|id| ask(settings, format!("{base}/api/posts/{id}")).query("include", "user,discussion"));
    let mut changes = Vec::new();
    for (id, answer) in missing.iter().zip(http::send_all(requests.collect())) {
        match answer.and_then(|answer| parse::one_post(&answer)) {
            Ok(Some(post)) => posts.push(post),
            Ok(None) => changes.push(Change::Remove((*id).to_owned())),
            Err(failure) if failure.is_of_one() => log::debug(format_args!("post {id} cannot be read: {}", failure.message)),
            Err(failure) => return Err(failure),
        }
    }
    changes.extend(posts.iter().filter(|post| ids.contains(&post.id.as_str())).filter_map(|post| normalize::change(post, &base)));
    Ok(changes)
}

/// When the oldest of some posts was written.
fn oldest(posts: &[Post]) -> Option<Instant> {
    posts.iter().filter_map(|post| post.created).map(|moment| moment.at).min()
}

/// Changes of posts, without those older than wanted.
fn changes(posts: &[Post], base: &str, since: Option<Instant>) -> Vec<Change> {
    let wanted = |post: &&Post| {
        let changed = post.edited.or(post.created).map(|moment| moment.at);
        !time::is_before(changed, since)
    };
    posts.iter().filter(wanted).filter_map(|post| normalize::change(post, base)).collect()
}
