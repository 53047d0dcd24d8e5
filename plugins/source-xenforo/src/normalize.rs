//! Posts as mentions. Pure.

use vigie_plugin::forum::walk::Found;
use vigie_plugin::forum::{Post, Row, Topic};
use vigie_plugin::{Mention, Value};

use crate::parse::Entry;

/// A post of a page or of the interface.
#[must_use]
pub fn mention(topic: &Topic, post: &Post, base: &str) -> Mention {
    let mention = post.mention(topic);
    // XenForo finds a post's thread and page by itself.
    if mention.url.is_some() { mention } else { mention.url(format!("{base}/posts/{}/", post.id)) }
}

/// An item of a feed: a thread, told by the beginning of its first post.
#[must_use]
pub fn found(entry: Entry) -> Found {
    let topic = Topic { id: Some(entry.thread.clone()), title: entry.title.clone(), replies: entry.replies, ..Topic::default() };
    let row = Row {
        id: entry.thread.clone(),
        url: entry.link.clone(),
        title: entry.title,
        last: entry.last.map(|moment| moment.at),
        replies: entry.replies,
        pinned: false,
    };
    let post = Post { id: format!("t{}", entry.thread), first: true, url: Some(entry.link), ..entry.post };
    let mention = post.mention(&topic).attribute("teaser", Value::Flag(true));
    Found { topic: Some(row), mention: Some(mention), is_post: false }
}
