//! Posts as mentions, field by field. Pure.

use vigie_plugin::{Author, Change, Media, MediaKind, Mention, MentionKind, Value, html, http};

use crate::parse::{Post, Posts};

/// The posts of a page as changes. `first`: the thread's first post, where it is known; `base`: the forum's address.
pub(crate) fn changes(page: &Posts, tid: &str, first: Option<&str>, base: &str) -> Vec<Change> {
    if page.thread.hidden {
        return Vec::new();
    }
    page.items.iter().filter_map(|post| change(post, page, tid, first, base)).collect()
}

/// The first post of a thread, where this is its first page.
pub(crate) fn first(page: &Posts) -> Option<&str> {
    let written = page.items.iter().find(|post| !post.event);
    written.filter(|_| page.page == 1).map(|post| post.id.as_str())
}

/// `None` for lines of the forum's own, and for what waits for approval.
fn change(post: &Post, page: &Posts, tid: &str, first: Option<&str>, base: &str) -> Option<Change> {
    if post.event || post.unapproved {
        return None;
    }
    if post.hidden {
        return Some(Change::Remove(post.id.clone()));
    }
    let opens = first == Some(post.id.as_str());
    let root = format!("{base}/");
    let absolute = |url: &str| http::web(&root, url);
    let address = post.url.as_deref().and_then(absolute).unwrap_or_else(|| format!("{base}/t/thread/{tid}/post/{}/", post.id));
    let edited = post.updated.filter(|_| post.edits > 0);
    let mut mention = Mention::new(&post.id, if opens { MentionKind::Post } else { MentionKind::Reply })
        .url(address)
        .title(page.thread.title.as_deref().filter(|_| opens))
        .html(html::absolute(post.content.as_deref().unwrap_or_default(), &root))
        .published(post.posted)
        .edited(edited)
        // Which post an answer answers is not told.
        .parent(first.filter(|_| !opens))
        .thread(format!("t/{tid}"))
        .likes(post.likes.and_then(|likes| i64::try_from(likes).ok()))
        .comments(page.thread.replies.filter(|_| opens));
    // What is left of a deleted account is its name; nobody is told from others by that.
    if let Some(poster) = &post.poster {
        let url = poster.url.as_deref().and_then(absolute);
        mention = mention.author(Author::new(&poster.id).handle(poster.username.as_deref()).url(url));
    }
    let media = post.attachments.iter().filter_map(|file| {
        let kind = if file.image { MediaKind::Image } else { MediaKind::Other };
        Some(Media::new(kind, absolute(&file.url)?).description(file.name.as_deref()))
    });
    mention = mention.media(media.collect::<Vec<_>>());
    if let Some(title) = page.thread.title.as_ref().filter(|_| !opens) {
        mention = mention.attribute("thread-title", Value::Text(title.clone()));
    }
    if let Some(category) = &page.thread.category {
        mention = mention.attribute("category", Value::Text(category.clone()));
    }
    Some(Change::Upsert(mention))
}
