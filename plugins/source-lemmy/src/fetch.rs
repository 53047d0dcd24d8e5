//! Plans feeds; walks lists and searches; reads posts and comments again.

mod list;

use serde::{Deserialize, Serialize};
use vigie_plugin::conversation::Conversation;
use vigie_plugin::http::{Request, Response};
use vigie_plugin::{Batch, Change, Failure, FailureClass, Feed, Instant, Poll, Search, http, ids, log};

use crate::normalize::{self, Known};
use crate::parse::{CommentView, OneComment, OnePost, PostView};
use crate::settings::Mode;
use crate::{Settings, query, refusal};

const HOUR_MS: i64 = 3_600_000;
/// Comments that are asked for one by one to learn what others answer, in one poll.
const MAX_PARENTS: usize = 20;

/// How a feed is read.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Params {
    /// The newest posts, of a community or of all.
    Posts { community: Option<String> },
    /// The newest comments, of a community or of all.
    Comments { community: Option<String> },
    /// Posts or comments with these words.
    Search { query: String, comments: bool, community: Option<String> },
    /// The comments of a post: its number on this server, when it was written, and whether it had none yet.
    Below { post: i64, published: Option<Instant>, quiet: bool },
}

/// Lists and searches for each community, or for the whole server.
pub(crate) fn plan(settings: &Settings, searches: &[Search]) -> Result<Vec<Feed>, Failure> {
    settings.base()?;
    settings.comments_for_ms()?;
    let mut communities: Vec<Option<String>> = Vec::new();
    for community in &settings.communities {
        let name = community.trim().trim_start_matches('!');
        if name.is_empty() || name.contains(['/', ' ', '?', '#', '&']) {
            return Err(Failure::settings(format!(
                "setting `communities`: `{community}` is no community: write one such as \"technology@lemmy.world\""
            )));
        }
        communities.push(Some(name.to_owned()));
    }
    if communities.is_empty() {
        communities.push(None);
    }
    let mut feeds: Vec<Feed> = Vec::new();
    let mut add = |id: String, title: String, params: Params| {
        if feeds.iter().all(|known| known.id != id) {
            feeds.push(Feed::new(id, title).with_params(&params));
        }
    };
    for community in communities {
        let place = community.as_ref().map_or(String::new(), |name| format!("!{}", name.to_lowercase()));
        let shown = community.as_deref().unwrap_or("the server");
        if settings.mode != Mode::Search {
            add(format!("posts{place}"), format!("newest posts of {shown}"), Params::Posts { community: community.clone() });
            if settings.comments {
                add(
                    format!("comments{place}"),
                    format!("newest comments of {shown}"),
                    Params::Comments { community: community.clone() },
                );
            }
        }
        if settings.mode == Mode::Latest {
            continue;
        }
        for query in searches.iter().flat_map(|search| &search.any).filter_map(query::query) {
            for comments in [false, true] {
                if comments && !settings.comments {
                    continue;
                }
                let kind = if comments { "comments" } else { "posts" };
                let id = format!("search{place}:{kind}:{}", ids::short(&query.to_lowercase()));
                let params = Params::Search { query: query.clone(), comments, community: community.clone() };
                add(id, format!("{kind} with {query} in {shown}"), params);
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
    list::poll(settings, request, &request.feed.read_params()?)
}

/// Posts and comments of this very server, one by one: of others' only an account may ask by `ap_id`, so these are left as they are.
pub(crate) fn refresh(settings: &Settings, ids: &[String]) -> Result<Vec<Change>, Failure> {
    let base = settings.base()?;
    let number = |id: &str, kind: &str| -> Option<i64> { id.strip_prefix(&base)?.strip_prefix(kind)?.parse().ok() };
    let posts: Vec<(&String, i64)> = ids.iter().filter_map(|id| Some((id, number(id, "/post/")?))).collect();
    let comments: Vec<(&String, i64)> = ids.iter().filter_map(|id| Some((id, number(id, "/comment/")?))).collect();
    let mut changes = Vec::new();
    let ask = |kind: &str, wanted: &[(&String, i64)]| {
        let request = |(_, number): &(&String, i64)| http::get(format!("{base}/api/v3/{kind}")).query("id", number);
        http::send_all(wanted.iter().map(request).collect())
    };
    for ((id, number), answer) in posts.iter().zip(ask("post", &posts)) {
        if let Some(found) = there::<OnePost>(answer, id, &mut changes)? {
            let same = found.post_view.post.as_ref().and_then(|post| post.id) == Some(*number);
            changes.extend(normalize::post(&found.post_view, settings.bots).filter(|_| same));
        }
    }
    let mut views: Vec<CommentView> = Vec::new();
    for ((id, number), answer) in comments.iter().zip(ask("comment", &comments)) {
        let found = there::<OneComment>(answer, id, &mut changes)?.map(|found| found.comment_view);
        views.extend(found.filter(|view| view.comment.as_ref().and_then(|comment| comment.id) == Some(*number)));
    }
    // What they answer was said when they were found; to ask again would double the requests.
    let mut known = Known::default();
    known.learn(&views);
    changes.extend(views.iter().filter_map(|view| normalize::comment(view, &known, settings.bots)));
    Ok(changes)
}

/// What was asked for; `None`, and a removal, where the server says that there is no such thing.
fn there<T: serde::de::DeserializeOwned>(
    answer: Result<Response, Failure>,
    id: &str,
    changes: &mut Vec<Change>,
) -> Result<Option<T>, Failure> {
    let answer = answer?;
    match refusal::check(&answer, false) {
        Ok(()) => answer.json().map(Some),
        Err(failure) if failure.class == FailureClass::Gone => {
            changes.push(Change::Remove(id.to_owned()));
            Ok(None)
        }
        Err(failure) => Err(failure),
    }
}

fn get(settings: &Settings, path: &str) -> Result<Request, Failure> {
    Ok(http::get(format!("{}/api/v3/{path}", settings.base()?)))
}

/// Comments as changes. What they answer is asked for where the page does not hold it; what cannot be learned stays unsaid.
fn comments(settings: &Settings, views: &[CommentView]) -> Result<Vec<Change>, Failure> {
    let mut known = Known::default();
    known.learn(views);
    let missing = known.missing(views);
    let mut asked = Vec::new();
    for id in missing.iter().take(MAX_PARENTS) {
        asked.push(get(settings, "comment")?.query("id", id));
    }
    for (id, answer) in missing.iter().zip(http::send_all(asked)) {
        let read = answer.and_then(|answer| refusal::check(&answer, false).and_then(|()| answer.json::<OneComment>()));
        match read {
            Ok(found) if found.comment_view.comment.as_ref().and_then(|comment| comment.id) == Some(*id) => {
                known.learn([&found.comment_view]);
            }
            Ok(_) => log::warn(format_args!("comment {id} was asked for and another one answered")),
            Err(failure) => log::info(format_args!("comment {id}, which others answer, cannot be read: {}", failure.message)),
        }
    }
    Ok(views.iter().filter_map(|view| normalize::comment(view, &known, settings.bots)).collect())
}

/// A feed for the comments of each post that has some, or is young.
fn below(settings: &Settings, posts: &[PostView]) -> Result<Vec<Feed>, Failure> {
    if !settings.comments {
        return Ok(Vec::new());
    }
    let read_for = settings.comments_for_ms()?;
    let mut feeds: Vec<Feed> = Vec::new();
    for view in posts {
        let Some(post) = &view.post else { continue };
        let Some(id) = post.id else { continue };
        let count = view.counts.as_ref().and_then(|counts| counts.comments).unwrap_or(0);
        let published = normalize::moment(post.published.as_ref()).map(|moment| moment.at);
        let conversation = Conversation::new(published, read_for);
        if !conversation.is_worth_reading(Some(count)) {
            continue;
        }
        let title = post.name.as_deref().unwrap_or("a post");
        let feed = Feed::new(format!("below:{id}"), format!("comments of {title}"));
        if feeds.iter().all(|known| known.id != feed.id) {
            let params = Params::Below { post: id, published, quiet: count == 0 };
            feeds.push(feed.with_params(&params).expires_at(conversation.expires_at()));
        }
    }
    Ok(feeds)
}
