//! Feeds: threads, each told by its first post. Pure.
//!
//! # Source
//! `external.php` of vBulletin 3 and 4: `type=RSS2`, 15 threads, `content:encoded` beside a teaser that is cut short.

use vigie_plugin::forum::{Body, Person, Post, links, syndication};
use vigie_plugin::references::unescape;
use vigie_plugin::{Failure, http};

use super::{cut, thread_number};

/// An item of a feed.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Number of the thread.
    pub thread: String,
    /// Address of the thread.
    pub link: String,
    /// Plain text.
    pub title: Option<String>,
    /// Answers, where a board counts them here.
    pub replies: Option<u64>,
    /// Whether the whole text is there.
    pub whole: bool,
    /// The first post.
    pub post: Post,
}

/// Reads a feed.
///
/// # Errors
/// By class, where the answer is none.
pub fn feed(answer: &http::Response) -> Result<Vec<Entry>, Failure> {
    Ok(syndication::read(answer)?.into_iter().filter_map(|entry| read(entry, &answer.url)).collect())
}

fn read(entry: syndication::Entry, url: &str) -> Option<Entry> {
    let clean = |link: &str| links::clean(url, link).map(|link| links::with(links::page(&link), "goto", None));
    let link = entry.link.as_deref().and_then(clean).or_else(|| clean(entry.id.as_deref()?))?;
    let thread = thread_number(&link).or_else(|| thread_number(&clean(entry.id.as_deref()?)?))?;
    // A teaser is text, and its signs were escaped once for the feed.
    let body = Body::fragment(&entry.html, &link, cut);
    let author = Person::named(&unescape(&entry.author.unwrap_or_default()), None, None);
    let post = Post { author, published: entry.published.or(entry.updated), body, ..Post::default() };
    let title = entry.title.map(|title| unescape(&title));
    Some(Entry { thread, link, title, replies: entry.comments, whole: entry.whole, post })
}
