//! Posts as mentions. Pure.

use vigie_plugin::forum::walk::Found;
use vigie_plugin::forum::{Post, Row, Topic};
use vigie_plugin::{Mention, ids};

use crate::parse::Entry;

/// A post of a page.
#[must_use]
pub fn mention(topic: &Topic, post: &Post, base: &str) -> Mention {
    post.mention(topic).url(post_url(base, &post.id))
}

/// Where a post is read; phpBB finds its topic and page by itself.
#[must_use]
pub fn post_url(base: &str, id: &str) -> String {
    format!("{base}/viewtopic.php?p={id}#p{id}")
}

/// An entry of a feed: a post, or a topic of which the feed tells no post's number.
#[must_use]
pub fn found(entry: Entry, base: &str) -> Found {
    let topic = Topic { id: entry.topic.clone(), title: entry.title.clone(), ..Topic::default() };
    let url = match (&entry.topic, &entry.link) {
        (Some(topic), _) => Some(format!("{base}/viewtopic.php?t={topic}")),
        (None, link) => link.clone(),
    };
    // Boards since 3.3 name a post without its topic; those of the same title are one topic for all we know.
    let id = entry.topic.clone().or_else(|| entry.title.as_deref().map(|title| format!("title/{}", ids::hash(title))));
    let last = entry.post.edited.or(entry.post.published).map(|moment| moment.at);
    let row = id.zip(url).map(|(id, url)| Row { id, url, title: entry.title.clone(), last, ..Row::default() });
    let is_post = !entry.post.id.is_empty();
    let mention = match &entry.topic {
        _ if is_post => Some(mention(&topic, &entry.post, base)),
        Some(number) => {
            let post = Post { id: format!("t{number}"), first: true, ..entry.post };
            Some(post.mention(&topic).url(format!("{base}/viewtopic.php?t={number}")))
        }
        None => None,
    };
    Found { topic: row, mention, is_post }
}
