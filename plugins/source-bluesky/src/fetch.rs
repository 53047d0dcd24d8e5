//! Plans feeds; walks searches, accounts, threads and quotes; reads posts again.

mod listing;
mod search;
mod thread;

use serde::{Deserialize, Serialize};
use vigie_plugin::conversation::Conversation;
use vigie_plugin::http::{Request, Response};
use vigie_plugin::{Batch, Change, Failure, Feed, Instant, Poll, Search, http, ids, time};

use crate::normalize;
use crate::parse::{Post, Posts};
use crate::{Settings, query, refusal};

const HOUR_MS: i64 = 3_600_000;
/// Most posts in one answer.
const PER_PAGE: u32 = 100;
/// Most posts that can be asked for by their uris.
const PER_REFRESH: usize = 25;

/// How a feed is read.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Params {
    /// A search in the service's syntax.
    Search { query: String },
    /// What an account posts and passes on: its handle or DID.
    Account { actor: String },
    /// What a post answers and what answers it; `quiet`: nothing did yet.
    Thread { uri: String, published: Option<Instant>, quiet: bool },
    /// What quotes a post.
    Quotes { uri: String, published: Option<Instant> },
}

/// One feed for each account and search, none twice.
pub(crate) fn plan(settings: &Settings, searches: &[Search]) -> Result<Vec<Feed>, Failure> {
    settings.base()?;
    settings.threads_for_ms()?;
    let mut feeds: Vec<Feed> = Vec::new();
    let mut add = |feed: Feed| {
        if feeds.iter().all(|known| known.id != feed.id) {
            feeds.push(feed);
        }
    };
    for actor in &settings.accounts {
        let actor = actor.trim().trim_start_matches('@');
        if !(actor.contains('.') || actor.starts_with("did:")) || actor.contains(['/', ' ', '?', '#']) {
            return Err(Failure::settings(format!(
                "setting `accounts`: `{actor}` is no account: write a handle such as \"acme.bsky.social\" or a DID"
            )));
        }
        let feed = Feed::new(format!("account:{}", ids::short(&actor.to_lowercase())), format!("posts of {actor}"));
        add(feed.with_params(&Params::Account { actor: actor.to_owned() }));
    }
    for query in searches.iter().flat_map(|search| &search.any).filter_map(query::query) {
        let feed = Feed::new(format!("search:{}", ids::short(&query.to_lowercase())), format!("search for {query}"));
        add(feed.with_params(&Params::Search { query }));
    }
    if feeds.is_empty() {
        return Err(Failure::settings(
            "setting `accounts`: there is nothing to read: name accounts, or give the topics words that can be searched",
        ));
    }
    Ok(feeds)
}

pub(crate) fn poll(settings: &Settings, request: &Poll) -> Result<Batch, Failure> {
    match request.feed.read_params()? {
        Params::Search { query } => search::poll(settings, request, &query),
        Params::Account { actor } => listing::poll_account(settings, request, &actor),
        Params::Thread { uri, published, quiet } => thread::poll(settings, request, &uri, published, quiet),
        Params::Quotes { uri, published } => listing::poll_quotes(settings, request, &uri, published),
    }
}

/// Posts by their uris. One that is not answered is not there any more: deleted, or its account is gone.
pub(crate) fn refresh(settings: &Settings, ids: &[String]) -> Result<Vec<Change>, Failure> {
    let uris: Vec<&String> = ids.iter().filter(|id| normalize::is_post(id) && !id.contains('#')).collect();
    let mut changes = Vec::new();
    for chunk in uris.chunks(PER_REFRESH) {
        let asked = chunk.iter().fold(get(settings, "app.bsky.feed.getPosts")?, |asked, uri| asked.query("uris", uri));
        let posts = send(settings, asked)?.json::<Posts>()?.posts;
        let missing = chunk.iter().filter(|uri| posts.iter().all(|post| post.uri.as_ref() != Some(uri)));
        changes.extend(missing.map(|uri| Change::Remove((*uri).clone())));
        changes.extend(posts.iter().filter_map(normalize::post).map(Change::Upsert));
    }
    Ok(changes)
}

/// A request, with the session where there is one.
fn get(settings: &Settings, method: &str) -> Result<Request, Failure> {
    let request = http::get(format!("{}/xrpc/{method}", settings.base()?));
    Ok(if settings.logs_in() { request.bearer("session") } else { request })
}

fn send(settings: &Settings, request: Request) -> Result<Response, Failure> {
    let answer = request.send()?;
    refusal::check(&answer, settings.logs_in())?;
    Ok(answer)
}

fn per_page(request: &Poll) -> u32 {
    request.limit.clamp(1, PER_PAGE)
}

/// Feeds for the answers to posts, where they have any or are young, and for what quotes them, where something does.
fn children<'a>(settings: &Settings, posts: impl IntoIterator<Item = &'a Post>) -> Result<Vec<Feed>, Failure> {
    let read_for = settings.threads_for_ms()?;
    let mut feeds: Vec<Feed> = Vec::new();
    for post in posts {
        let Some(uri) = post.uri.clone().filter(|uri| normalize::is_post(uri)) else { continue };
        let published = normalize::sorted_at(post);
        let conversation = Conversation::new(published, read_for);
        let replies = post.reply_count.unwrap_or(0);
        let quiet = replies == 0;
        let thread = Params::Thread { uri: uri.clone(), published, quiet };
        let quotes = Params::Quotes { uri: uri.clone(), published };
        let kinds = [
            (settings.threads && conversation.is_worth_reading(Some(replies)), "thread", thread),
            (settings.quotes && post.quote_count.unwrap_or(0) > 0, "quotes", quotes),
        ];
        for (wanted, word, params) in kinds {
            let feed = Feed::new(format!("{word}:{}", ids::short(&uri)), format!("{word} of {uri}"));
            if wanted && feeds.iter().all(|known| known.id != feed.id) {
                feeds.push(feed.with_params(&params).expires_at(conversation.expires_at()));
            }
        }
    }
    Ok(feeds)
}

/// Whether an instant is as young as wanted.
fn wanted(at: Option<Instant>, request: &Poll) -> bool {
    !time::is_before(at, request.since)
}
