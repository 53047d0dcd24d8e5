//! Plans feeds, walks lists, hashtags, accounts and comments, reads posts again.

mod account;
mod comments;
mod hashtag;
mod list;
mod refresh;

use serde::{Deserialize, Serialize};
use vigie_plugin::conversation::Conversation;
use vigie_plugin::{Batch, Failure, Feed, Instant, Poll, Search, http, ids, log};

use crate::parse::Media;
use crate::settings::is_number;
use crate::{Login, Settings, normalize, query};

pub(crate) use refresh::refresh;

/// Instagram gives no more in one answer, and cuts what asks for more.
const MOST: u32 = 50;
/// Different hashtags an account may ask for in seven days.
const MOST_HASHTAGS: usize = 30;
const DAY_MS: i64 = 86_400_000;

/// How a feed is read.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Params {
    /// A list of the own account.
    List { edge: String },
    /// Posts under a hashtag.
    Hashtag { tag: String },
    /// Posts of another account.
    Account { name: String },
    /// Comments of a post, published at an instant in milliseconds.
    Comments {
        media: String,
        published: Option<Instant>,
        /// There were none when the post was found.
        #[serde(default)]
        quiet: bool,
    },
    /// Replies to a comment that did not come with it.
    Replies { comment: String, media: String },
}

/// The own lists, one feed for each hashtag and each account, and one for the comments of each single post.
pub(crate) fn plan(settings: &Settings, searches: &[Search]) -> Result<Vec<Feed>, Failure> {
    settings.comments_for_ms()?;
    let version = settings.version.strip_prefix('v').unwrap_or_default();
    if version.is_empty() || !version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return Err(Failure::settings(format!(
            "setting `version`: `{}` is no version: write one such as v25.0",
            settings.version
        )));
    }
    let mut feeds: Vec<Feed> = Vec::new();
    if settings.user.is_some() {
        let user = settings.user()?;
        for edge in &settings.read {
            feeds.push(
                Feed::new(format!("own:{edge}"), format!("{edge} of account {user}"))
                    .with_params(&Params::List { edge: edge.clone() }),
            );
        }
    }
    let tags = hashtags(settings, searches)?;
    for tag in tags {
        feeds.push(
            Feed::new(format!("hashtag:{}", ids::short(&tag)), format!("posts under #{tag}"))
                .with_params(&Params::Hashtag { tag }),
        );
    }
    for name in &settings.accounts {
        let name = name.trim().trim_start_matches('@').to_lowercase();
        if name.is_empty()
            || name.len() > 60
            || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'))
        {
            return Err(Failure::settings(format!(
                "setting `accounts`: `{name}` is no name of an account: letters, digits, `_` and `.`"
            )));
        }
        settings.user()?;
        feeds.push(Feed::new(format!("account:{name}"), format!("posts of {name}")).with_params(&Params::Account { name }));
    }
    for media in &settings.posts {
        let media = media.trim().to_owned();
        if !is_number(&media) {
            return Err(Failure::settings(format!(
                "setting `posts`: `{media}` is no number of a post, such as 17846368219941692"
            )));
        }
        let feed = Feed::new(format!("comments:{media}"), format!("comments of post {media}"));
        feeds.push(feed.with_params(&Params::Comments { media, published: None, quiet: false }));
    }
    let mut known: Vec<Feed> = Vec::new();
    for feed in feeds {
        if known.iter().all(|other| other.id != feed.id) {
            known.push(feed);
        }
    }
    if known.is_empty() {
        return Err(Failure::settings(
            "settings name nothing to read: give `user` the number of your professional account; hashtags and `accounts` are read by it",
        ));
    }
    Ok(known)
}

fn hashtags(settings: &Settings, searches: &[Search]) -> Result<Vec<String>, Failure> {
    let mut tags: Vec<String> = Vec::new();
    for text in &settings.hashtags {
        let tag = query::tag(text).ok_or_else(|| Failure::settings(format!("setting `hashtags`: `{text}` is no hashtag")))?;
        tags.push(tag);
    }
    if settings.search_hashtags && settings.login == Login::Facebook && settings.user.is_some() {
        tags.extend(searches.iter().flat_map(|search| &search.any).filter_map(query::hashtag));
    }
    let mut different: Vec<String> = Vec::new();
    for tag in tags {
        if !different.contains(&tag) {
            different.push(tag);
        }
    }
    if !different.is_empty() {
        settings.user()?;
        if settings.login == Login::Instagram {
            return Err(Failure::settings(
                "setting `hashtags`: only a token of Facebook Login opens hashtags; set `login = \"facebook\"`",
            ));
        }
    }
    if different.len() > MOST_HASHTAGS {
        let left = different.len() - MOST_HASHTAGS;
        log::warn(format_args!("Instagram allows {MOST_HASHTAGS} hashtags in seven days; the last {left} are not read"));
        different.truncate(MOST_HASHTAGS);
    }
    Ok(different)
}

pub(crate) fn poll(settings: &Settings, request: &Poll) -> Result<Batch, Failure> {
    match request.feed.read_params()? {
        Params::List { edge } => list::poll(settings, request, &edge),
        Params::Hashtag { tag } => hashtag::poll(settings, request, &tag),
        Params::Account { name } => account::poll(settings, request, &name),
        Params::Comments { media, published, quiet } => comments::poll(settings, request, &media, published, quiet),
        Params::Replies { comment, media } => comments::replies(settings, request, &comment, &media),
    }
}

/// A request for `path` below the version. The token stands in a header, so that no address holds it.
fn ask(settings: &Settings, path: &str) -> http::Request {
    let host = match settings.login {
        Login::Facebook => "graph.facebook.com",
        Login::Instagram => "graph.instagram.com",
    };
    let request = http::get(format!("https://{host}/{}/{path}", settings.version)).bearer("access-token");
    if settings.app_secret_proof { request.query_secret("appsecret_proof", "appsecret-proof") } else { request }
}

/// The feed of an own post's comments, where it has some or may have yet.
fn comments(settings: &Settings, media: &Media) -> Result<Option<Feed>, Failure> {
    let published = normalize::instant(media.timestamp.as_deref());
    let count = media.comments_count.unwrap_or(0);
    let conversation = Conversation::new(published, settings.comments_for_ms()?);
    if !settings.comments || !conversation.is_worth_reading(Some(count)) {
        return Ok(None);
    }
    let Some(id) = media.id.as_deref().filter(|id| is_number(id)) else { return Ok(None) };
    let params = Params::Comments { media: id.to_owned(), published, quiet: count == 0 };
    let feed = Feed::new(format!("comments:{id}"), format!("comments of post {id}")).with_params(&params);
    Ok(Some(feed.expires_at(conversation.expires_at())))
}
