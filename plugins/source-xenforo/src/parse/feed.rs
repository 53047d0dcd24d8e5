//! Feeds: threads by their last activity, each told by the beginning of its first post. Pure.

use vigie_plugin::forum::{Body, Person, Post, syndication};
use vigie_plugin::references::unescape;
use vigie_plugin::{Failure, Moment, http};

use super::{cut, last_number, number_in};

/// An item of a feed.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Number of the thread.
    pub thread: String,
    /// Address of the thread.
    pub link: String,
    /// Plain text.
    pub title: Option<String>,
    /// Answers.
    pub replies: Option<u64>,
    /// When it was last answered: the feed tells no other date.
    pub last: Option<Moment>,
    /// The beginning of the first post.
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
    let link = vigie_plugin::forum::links::clean(url, entry.link.as_deref()?)?;
    // `…/unread` leads a member to what is new.
    let link = link.split_once("/unread").map_or(link.clone(), |(thread, _)| format!("{thread}/"));
    let thread = number_in(&link, "threads").or_else(|| last_number(entry.id.as_deref()?))?;
    let published = entry.published.or(entry.updated);
    let author = Person::named(&unescape(&entry.author.unwrap_or_default()), None, None);
    // A thread nobody answered was last written to when it was opened.
    let opened = published.filter(|_| entry.comments == Some(0));
    let body = Body::fragment(&entry.html, &link, cut);
    let title = entry.title.map(|title| unescape(&title));
    Some(Entry {
        post: Post { author, published: opened, body, ..Post::default() },
        thread,
        link,
        title,
        replies: entry.comments,
        last: published,
    })
}
