//! Plans feeds, walks searches and comment trees, reads items again.

mod search;
mod tree;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use vigie_plugin::{Batch, Change, Clause, Failure, Feed, Poll, Search, http, ids};

use crate::parse::Item;
use crate::{Settings, normalize, query};

/// How a feed is read.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Params {
    /// A search with Algolia's query and tags.
    Search { query: String, tags: String },
    /// The comments of a story, published at an instant in milliseconds.
    Tree { story: i64, published: Option<i64> },
}

/// One feed for each different alternative of the searches; everything new where nothing is searched for.
pub(crate) fn plan(settings: &Settings, searches: &[Search]) -> Result<Vec<Feed>, Failure> {
    settings.comments_for_ms()?;
    if settings.tags.is_empty() {
        return Err(Failure::settings("setting `tags`: it is empty: name at least one kind of item, such as \"story\""));
    }
    let tags = format!("({})", settings.tags.join(","));
    let everything = Clause { all: Vec::new(), none: Vec::new() };
    let clauses: Vec<&Clause> = match searches {
        [] => vec![&everything],
        searches => searches.iter().flat_map(|search| &search.any).collect(),
    };
    let mut feeds: Vec<Feed> = Vec::new();
    for query in clauses.into_iter().map(query::query) {
        let id = format!("search{tags}:{}", ids::short(&query));
        if feeds.iter().any(|feed| feed.id == id) {
            continue;
        }
        let title = if query.is_empty() { "everything".to_owned() } else { format!("search for {query}") };
        feeds.push(Feed::new(id, title).with_params(&Params::Search { query, tags: tags.clone() }));
    }
    Ok(feeds)
}

pub(crate) fn poll(settings: &Settings, request: &Poll) -> Result<Batch, Failure> {
    match request.feed.read_params()? {
        Params::Search { query, tags } => search::poll(settings, request, &query, &tags),
        Params::Tree { story, published } => tree::poll(settings, request, story, published),
    }
}

/// Items read one by one, as Firebase has no other form. An item that cannot be read now is left as it is.
pub(crate) fn refresh(ids: Vec<String>) -> Result<Vec<Change>, Failure> {
    let ids: Vec<String> = ids.into_iter().filter(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())).collect();
    let mut items = Vec::new();
    let mut refused = None;
    for (id, answer) in ids.iter().zip(read_items(&ids)) {
        match answer {
            Ok(item) => items.push((id, item)),
            Err(failure) if failure.is_of_one() => refused = Some(failure),
            Err(failure) => return Err(failure),
        }
    }
    if let Some(failure) = refused.filter(|_| items.is_empty()) {
        return Err(failure);
    }
    // Whether a comment answers a story or another comment is only told by what it answers.
    let mut parents: Vec<String> =
        items.iter().filter_map(|(_, item)| Some(item.as_ref()?.parent?.to_string())).filter(|id| !ids.contains(id)).collect();
    parents.sort_unstable();
    parents.dedup();
    let mut answered: Vec<(&String, Option<Item>)> = Vec::new();
    for (id, answer) in parents.iter().zip(read_items(&parents)) {
        match answer {
            Ok(item) => answered.push((id, item)),
            Err(failure) if failure.is_of_one() => {}
            Err(failure) => return Err(failure),
        }
    }
    let all = items.iter().map(|(id, item)| (*id, item.as_ref()));
    let kinds: HashMap<&str, &Item> = all
        .chain(answered.iter().map(|(id, item)| (*id, item.as_ref())))
        .filter_map(|(id, item)| Some((id.as_str(), item?)))
        .collect();
    let parent_of = |item: &Item| kinds.get(item.parent?.to_string().as_str()).copied();
    Ok(items.iter().filter_map(|(id, item)| normalize::item(id, item.as_ref(), item.as_ref().and_then(parent_of))).collect())
}

/// Items by their numbers, in that order; `None` for those that are not there any more.
fn read_items(ids: &[String]) -> Vec<Result<Option<Item>, Failure>> {
    let requests = ids.iter().map(|id| http::get(format!("https://hacker-news.firebaseio.com/v0/item/{id}.json"))).collect();
    http::send_all(requests).into_iter().map(|answer| answer?.json()).collect()
}
