//! Plans feeds, walks a page's lists and the comments of posts, reads both again.

mod comments;
mod edge;
mod refresh;

use serde::{Deserialize, Serialize};
use vigie_plugin::{Batch, Failure, Feed, Instant, Poll, http};

use crate::Settings;

pub(crate) use refresh::refresh;

const HOST: &str = "https://graph.facebook.com";

/// How a feed is read.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Params {
    /// A list of a page.
    Edge { page: String, edge: String },
    /// The comments of a post, published at an instant in milliseconds.
    Comments {
        post: String,
        published: Option<Instant>,
        /// There were none when the post was found.
        #[serde(default)]
        quiet: bool,
    },
}

/// One feed for each list of each page, and one for the comments of each single post.
pub(crate) fn plan(settings: &Settings) -> Result<Vec<Feed>, Failure> {
    settings.comments_for_ms()?;
    let version = settings.version.strip_prefix('v').unwrap_or_default();
    if version.is_empty() || !version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return Err(Failure::settings(format!(
            "setting `version`: `{}` is no version: write one such as v25.0",
            settings.version
        )));
    }
    let mut feeds: Vec<Feed> = Vec::new();
    let mut add = |feed: Feed| {
        if feeds.iter().all(|known| known.id != feed.id) {
            feeds.push(feed);
        }
    };
    for page in &settings.pages {
        let page = object("pages", page)?;
        for edge in &settings.edges {
            let params = Params::Edge { page: page.to_owned(), edge: edge.clone() };
            add(Feed::new(format!("page:{page}/{edge}"), format!("{edge} of page {page}")).with_params(&params));
        }
    }
    for post in &settings.posts {
        let post = object("posts", post)?;
        let params = Params::Comments { post: post.to_owned(), published: None, quiet: false };
        add(Feed::new(format!("comments:{post}"), format!("comments of post {post}")).with_params(&params));
    }
    if feeds.is_empty() {
        return Err(Failure::settings(
            "settings name nothing to read: give `pages` the number or name of at least one page, or `posts` the id of a post",
        ));
    }
    Ok(feeds)
}

/// A number, a name or an id, which becomes part of a path.
fn object<'a>(setting: &str, text: &'a str) -> Result<&'a str, Failure> {
    let text = text.trim();
    let good = |char: char| char.is_alphanumeric() || matches!(char, '_' | '.' | '-');
    if text.is_empty() || text.len() > 200 || text.starts_with('.') || !text.chars().all(good) {
        let cure = "write the number or name that ends the page's address, or the id of a post";
        return Err(Failure::settings(format!("setting `{setting}`: `{text}` is no object of Facebook: {cure}")));
    }
    Ok(text)
}

pub(crate) fn poll(settings: &Settings, request: &Poll) -> Result<Batch, Failure> {
    match request.feed.read_params()? {
        Params::Edge { page, edge } => edge::poll(settings, request, &page, &edge),
        Params::Comments { post, published, quiet } => comments::poll(settings, request, &post, published, quiet),
    }
}

/// A request for `path` below the version. The token stands in a header, so that no address holds it.
fn ask(settings: &Settings, path: &str) -> http::Request {
    let path: Vec<String> = path.split('/').map(http::escape).collect();
    let request = http::get(format!("{HOST}/{}/{}", settings.version, path.join("/"))).bearer("access-token");
    if settings.app_secret_proof { request.query_secret("appsecret_proof", "appsecret-proof") } else { request }
}
