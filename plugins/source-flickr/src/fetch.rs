//! Plans feeds, walks searches by date of upload, reads comments, reads both again.

mod comments;
mod refresh;
mod search;

use serde::{Deserialize, Serialize};
use vigie_plugin::conversation::Conversation;
use vigie_plugin::{Batch, Failure, Feed, Instant, Poll, Search, http, ids};

use crate::parse::Photo;
use crate::{Settings, normalize, query};

pub(crate) use refresh::refresh;

/// How a feed is read.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Params {
    /// A search, by the name and value of its one parameter: `text`, `tags` or `user_id`.
    Search { by: String, value: String },
    /// Comments of a photo, uploaded at an instant in milliseconds.
    Comments {
        photo: String,
        published: Option<Instant>,
        /// There were none when the photo was found.
        #[serde(default)]
        quiet: bool,
    },
}

/// One feed for each different alternative of the searches, each tag and each person, and one for the comments of each single photo.
pub(crate) fn plan(settings: &Settings, searches: &[Search]) -> Result<Vec<Feed>, Failure> {
    settings.comments_for_ms()?;
    let mut feeds: Vec<Feed> = Vec::new();
    let mut add = |feed: Feed| {
        if feeds.iter().all(|known| known.id != feed.id) {
            feeds.push(feed);
        }
    };
    for text in searches.iter().flat_map(|search| &search.any).filter_map(query::query) {
        add(search("text", text, |text| format!("search for {text}")));
    }
    for tag in &settings.tags {
        let tag: String = tag.trim().trim_start_matches('#').to_lowercase();
        if tag.is_empty() || tag.contains(',') {
            return Err(Failure::settings(format!("setting `tags`: `{tag}` is no tag: write one word or phrase an entry")));
        }
        add(search("tags", tag, |tag| format!("photos tagged {tag}")));
    }
    for user in &settings.users {
        let user = user.trim().to_owned();
        if user.is_empty() || !user.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'@') {
            return Err(Failure::settings(format!("setting `users`: `{user}` is no number of a person, such as 78733179@N04")));
        }
        add(search("user_id", user, |user| format!("photos of {user}")));
    }
    for photo in &settings.photos {
        let photo = photo.trim().to_owned();
        if !is_number(&photo) {
            return Err(Failure::settings(format!("setting `photos`: `{photo}` is no number of a photo, such as 6946979188")));
        }
        let feed = Feed::new(format!("comments:{photo}"), format!("comments of photo {photo}"));
        add(feed.with_params(&Params::Comments { photo, published: None, quiet: false }));
    }
    if feeds.is_empty() {
        return Err(Failure::settings(
            "there is nothing to read: Flickr searches by words, and the topics have none; give `tags` or `users` at least one entry",
        ));
    }
    Ok(feeds)
}

fn search(by: &str, value: String, title: impl Fn(&str) -> String) -> Feed {
    let feed = Feed::new(format!("{by}:{}", ids::short(&value)), title(&value));
    feed.with_params(&Params::Search { by: by.to_owned(), value })
}

pub(crate) fn poll(settings: &Settings, request: &Poll) -> Result<Batch, Failure> {
    match request.feed.read_params()? {
        Params::Search { by, value } => search::poll(settings, request, &by, &value),
        Params::Comments { photo, published, quiet } => comments::poll(settings, request, &photo, published, quiet),
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= 40 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn ask(method: &str) -> http::Request {
    http::get("https://api.flickr.com/services/rest/")
        .query("method", method)
        .query_secret("api_key", "api-key")
        .query("format", "json")
        .query("nojsoncallback", 1)
}

/// The feed of a photo's comments, where it has some or may have yet.
fn comments(settings: &Settings, photo: &Photo) -> Result<Option<Feed>, Failure> {
    let published = normalize::uploaded(photo).map(|moment| moment.at);
    let count = photo.count_comments.unwrap_or(0);
    let conversation = Conversation::new(published, settings.comments_for_ms()?);
    if !settings.comments || !conversation.is_worth_reading(Some(count)) {
        return Ok(None);
    }
    let Some(id) = photo.id.as_deref().filter(|id| is_number(id)) else { return Ok(None) };
    let params = Params::Comments { photo: id.to_owned(), published, quiet: count == 0 };
    let feed = Feed::new(format!("comments:{id}"), format!("comments of photo {id}")).with_params(&params);
    Ok(Some(feed.expires_at(conversation.expires_at())))
}
