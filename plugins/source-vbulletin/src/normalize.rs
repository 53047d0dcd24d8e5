//! Posts as mentions. Pure.

use vigie_plugin::forum::walk::Found;
use vigie_plugin::forum::{Post, Row, Topic};
use vigie_plugin::{Mention, Value};

use crate::parse::Entry;

/// A post of a page.
#[must_use]
pub fn mention(topic: &Topic, post: &Post, base: &str) -> Mention {
    let mention = post.mention(topic);
    if mention.url.is_some() { mention } else { mention.url(post_url(base, &post.id)) }
}

/// Where a post is read; vBulletin finds its thread and page by itself.
#[must_use]
pub fn post_url(base: &str, id: &str) -> String {
    format!("{base}/showthread.php?p={id}#post{id}")
}

/// An item of a feed: a thread, told by its first post.
#[must_use]
pub fn found(entry: Entry) -> Found {
    let topic = Topic { id: Some(entry.thread.clone()), title: entry.title.clone(), replies: entry.replies, ..Topic::default() };
    let row = Row {
        id: entry.thread.clone(),
        url: entry.link.clone(),
        title: entry.title,
        last: entry.post.published.map(|moment| moment.at),
        replies: entry.replies,
        pinned: false,
    };
    let post = Post { id: format!("t{}", entry.thread), first: true, url: Some(entry.link), ..entry.post };
    let mention = post.mention(&topic);
    let mention = if entry.whole { mention } else { mention.attribute("teaser", Value::Flag(true)) };
    Found { topic: Some(row), mention: Some(mention), is_post: false }
}
