//! Plans feeds; walks timelines, searches and threads; reads statuses again.

mod again;
mod search;
mod thread;
mod timeline;

use serde::{Deserialize, Serialize};
use vigie_plugin::conversation::Conversation;
use vigie_plugin::http::{Request, Response};
use vigie_plugin::{Batch, Failure, Feed, Instant, Poll, Search, http, ids, time};

use crate::normalize::{self, Known};
use crate::parse::Status;
use crate::settings::SearchBy;
use crate::{Settings, query, refusal};

pub(crate) use again::refresh;

const HOUR_MS: i64 = 3_600_000;
/// Most statuses in one answer.
const PER_PAGE: u32 = 40;

/// How a feed is read.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Params {
    /// A hashtag, and others that must be there as well.
    Tag { tag: String, all: Vec<String> },
    /// An account's statuses; its name, or its number on this server.
    Account { account: String },
    /// A full-text search.
    Search { query: String },
    /// What stands around a status: its id on this server, its uri, when it was written, and whether nothing stood there yet.
    Thread { id: String, uri: String, published: Option<Instant>, quiet: bool },
}

/// One feed for each hashtag, account and search, none twice.
pub(crate) fn plan(settings: &Settings, searches: &[Search]) -> Result<Vec<Feed>, Failure> {
    settings.base()?;
    settings.threads_for_ms()?;
    let mut feeds: Vec<Feed> = Vec::new();
    let mut add = |feed: Feed| {
        if feeds.iter().all(|known| known.id != feed.id) {
            feeds.push(feed);
        }
    };
    for tag in &settings.tags {
        let tag = query::tag(tag).ok_or_else(|| {
            Failure::settings(format!("setting `tags`: `{tag}` is no hashtag: write letters and digits alone, such as \"acme\""))
        })?;
        add(tag_feed(vec![tag]));
    }
    for account in &settings.accounts {
        let account = account.trim().trim_start_matches('@');
        if account.is_empty() || account.contains(['/', '?', '#', ' ']) {
            return Err(Failure::settings(format!(
                "setting `accounts`: `{account}` is no account: write one such as \"ada@social.example\""
            )));
        }
        let feed = Feed::new(format!("account:{}", ids::short(&account.to_lowercase())), format!("statuses of {account}"));
        add(feed.with_params(&Params::Account { account: account.to_owned() }));
    }
    for clause in searches.iter().flat_map(|search| &search.any) {
        if settings.search != SearchBy::Text {
            let tags = query::tags(clause);
            if !tags.is_empty() {
                add(tag_feed(tags));
            }
        }
        if settings.search != SearchBy::Tags
            && let Some(query) = query::text(clause)
        {
            let feed = Feed::new(format!("search:{}", ids::short(&query.to_lowercase())), format!("search for {query}"));
            add(feed.with_params(&Params::Search { query }));
        }
    }
    if settings.search != SearchBy::Tags && !settings.token {
        return Err(Failure::settings(
            "setting `search`: a full-text search needs a token: set `token = true` and the secret `access-token`, or use `tags`",
        ));
    }
    if feeds.is_empty() {
        return Err(Failure::settings(
            "setting `tags`: there is nothing to read: name hashtags or accounts, or give the topics words that can be hashtags",
        ));
    }
    Ok(feeds)
}

/// Tags are the same in either case; the first leads, the others must be there as well.
fn tag_feed(tags: Vec<String>) -> Feed {
    let mut tags = tags.into_iter();
    let tag = tags.next().unwrap_or_default();
    let all: Vec<String> = tags.collect();
    let name = all.iter().fold(tag.to_lowercase(), |name, other| format!("{name}+{}", other.to_lowercase()));
    Feed::new(format!("tag:{}", ids::short(&name)), format!("hashtag #{}", name.replace('+', " and #")))
        .with_params(&Params::Tag { tag, all })
}

pub(crate) fn poll(settings: &Settings, request: &Poll) -> Result<Batch, Failure> {
    match request.feed.read_params()? {
        Params::Tag { tag, all } => timeline::poll_tag(settings, request, &tag, &all),
        Params::Account { account } => timeline::poll_account(settings, request, &account),
        Params::Search { query } => search::poll(settings, request, &query),
        Params::Thread { id, uri, published, quiet } => {
            thread::poll(settings, request, &thread::Place { id, uri, published, quiet })
        }
    }
}

/// A request, with the token where it is to be used.
fn get(settings: &Settings, path: &str) -> Result<Request, Failure> {
    let request = http::get(format!("{}{path}", settings.base()?));
    Ok(if settings.token { request.bearer("access-token") } else { request })
}

fn send(settings: &Settings, request: Request) -> Result<Response, Failure> {
    let answer = request.send()?;
    refusal::check(&answer, settings.token)?;
    Ok(answer)
}

fn per_page(request: &Poll) -> u32 {
    request.limit.clamp(1, PER_PAGE)
}

/// Statuses as changes, those too old left out, with feeds for the threads they stand in.
fn found(settings: &Settings, request: &Poll, statuses: &[Status]) -> Result<Batch, Failure> {
    let known = Known::of(statuses);
    let mut batch = Batch::new();
    for status in statuses {
        let written = normalize::moment(status.created_at.as_ref()).map(|moment| moment.at);
        let mentions = normalize::mentions(status, &known, settings.skip_noindex);
        // What an old status boosts now is wanted, whenever it was written.
        let touched = mentions.iter().filter_map(|mention| mention.edited).map(|moment| moment.at).max().max(written);
        if !time::is_before(touched, request.since) {
            batch = batch.upserts(mentions);
        }
    }
    if settings.threads {
        batch.feeds = threads(settings, statuses, &known)?;
    }
    Ok(batch)
}

/// A feed for each conversation of which there is more than the status at hand, or may be soon.
fn threads(settings: &Settings, statuses: &[Status], known: &Known) -> Result<Vec<Feed>, Failure> {
    let read_for = settings.threads_for_ms()?;
    let mut feeds: Vec<Feed> = Vec::new();
    for status in statuses.iter().filter(|status| normalize::is_public(status) && status.reblog.is_none()) {
        let (Some(id), Some(uri)) = (&status.id, &status.uri) else { continue };
        let published = normalize::moment(status.created_at.as_ref()).map(|moment| moment.at);
        let conversation = Conversation::new(published, read_for);
        let quiet = status.in_reply_to_id.is_none() && status.replies_count.unwrap_or(0) == 0;
        if quiet && conversation.has_ended() {
            continue;
        }
        // Answers of one conversation lead to the same feed as far as that is known here.
        let (root, _) = known.root(id);
        if root != id && statuses.iter().any(|other| other.id.as_deref() == Some(root)) {
            continue;
        }
        let feed = Feed::new(format!("thread:{}", ids::short(id)), format!("thread of {uri}"))
            .with_params(&Params::Thread { id: id.clone(), uri: uri.clone(), published, quiet })
            .expires_at(conversation.expires_at());
        if feeds.iter().all(|other| other.id != feed.id) {
            feeds.push(feed);
        }
    }
    Ok(feeds)
}

/// An id that lies an hour of ids below, where ids hold the time as Mastodon's do: what reached the server late stands there.
fn overlapping(id: &str) -> String {
    match id.parse::<u64>() {
        Ok(number) if id.len() >= 17 => ((number >> 16).saturating_sub(HOUR_MS.unsigned_abs()) << 16).to_string(),
        _ => id.to_owned(),
    }
}

/// Order of ids: by length, then as text, which is right for numbers and for the other forms in use.
fn order(id: &str) -> (usize, &str) {
    (id.len(), id)
}
