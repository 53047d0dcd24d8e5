//! Items as mentions, field by field. Pure.

use vigie_plugin::{Author, Change, Mention, MentionKind, Moment, Value, time};

use crate::parse::{Hit, Item, Node, Placed};

/// The page of an item for people.
#[must_use]
pub fn page_of(id: &str) -> String {
    format!("https://news.ycombinator.com/item?id={id}")
}

fn author(name: &str) -> Author {
    Author::new(name).handle(name).url(format!("https://news.ycombinator.com/user?id={name}"))
}

fn moment(seconds: Option<i64>, text: Option<&str>) -> Option<Moment> {
    seconds.and_then(|seconds| time::unix_seconds(seconds).ok()).or_else(|| time::rfc3339(text?).ok())
}

/// A hit of a search; `None` without a number.
#[must_use]
pub fn hit(hit: &Hit) -> Option<Mention> {
    let id = hit.id.as_deref()?;
    let published = moment(hit.created_at_i, hit.created_at.as_deref());
    let author = hit.author.as_deref().map(author);
    if hit.is_comment() {
        let text = hit.comment_text.clone().unwrap_or_default();
        let mention =
            comment(id, hit.parent_id.as_deref(), hit.story_id.as_deref()).html(text).author(author).published(published);
        return Some(match &hit.story_title {
            Some(title) => mention.attribute("story-title", Value::Text(title.clone())),
            None => mention,
        });
    }
    let text = hit.story_text.as_ref().or(hit.job_text.as_ref());
    let mention = post(id, hit.title.as_deref(), hit.url.as_deref(), text.map(String::as_str));
    Some(mention.author(author).published(published).likes(hit.points).comments(hit.num_comments))
}

/// The story at the root of a comment tree; `None` without a number or where nothing is left of it. `comments`: how many there are.
#[must_use]
pub fn root(node: &Node, comments: u64) -> Option<Mention> {
    let id = node.id?.to_string();
    (node.title.is_some() || node.text.is_some()).then(|| {
        post(&id, node.title.as_deref(), node.url.as_deref(), node.text.as_deref())
            .author(node.author.as_deref().map(author))
            .published(moment(node.created_at_i, node.created_at.as_deref()))
            .likes(node.points)
            .comments(comments)
    })
}

/// A comment of a tree. One without author and text was deleted.
#[must_use]
pub fn node(placed: &Placed, story: i64, story_title: Option<&str>) -> Change {
    let id = placed.id.to_string();
    let node = &placed.node;
    let Some(text) = &node.text else { return Change::Remove(id) };
    let mention = comment(&id, Some(&placed.parent.to_string()), Some(&story.to_string()))
        .html(text.clone())
        .author(node.author.as_deref().map(author))
        .published(moment(node.created_at_i, node.created_at.as_deref()));
    Change::Upsert(match story_title {
        Some(title) => mention.attribute("story-title", Value::Text(title.to_owned())),
        None => mention,
    })
}

/// An item read again: a removal, a story with its counters, or a comment with its words. `parent` is what a comment answers; without
/// it, it is not known whether that is a story, and the comment is left as it is.
#[must_use]
pub fn item(id: &str, item: Option<&Item>, parent: Option<&Item>) -> Option<Change> {
    let Some(item) = item.filter(|item| !item.deleted && !item.dead) else { return Some(Change::Remove(id.to_owned())) };
    let mention = match item.kind.as_deref() {
        Some("story" | "poll" | "job") => post(id, item.title.as_deref(), item.url.as_deref(), item.text.as_deref())
            .likes(item.score)
            .comments(item.descendants),
        Some("comment") => {
            let above = item.parent?.to_string();
            let story = (parent?.kind.as_deref() != Some("comment")).then_some(above.as_str());
            comment(id, Some(&above), story).html(item.text.as_deref()?)
        }
        _ => return None,
    };
    Some(Change::Upsert(mention.author(item.by.as_deref().map(author)).published(moment(item.time, None))))
}

fn post(id: &str, title: Option<&str>, url: Option<&str>, text: Option<&str>) -> Mention {
    let web = url.filter(|url| url.starts_with("http://") || url.starts_with("https://"));
    Mention::new(id, MentionKind::Post).url(page_of(id)).thread(id).title(title).html(text.unwrap_or_default()).link(web)
}

fn comment(id: &str, parent: Option<&str>, story: Option<&str>) -> Mention {
    let kind = if parent.is_some() && parent != story { MentionKind::Reply } else { MentionKind::Comment };
    Mention::new(id, kind).url(page_of(id)).parent(parent.or(story)).thread(story)
}
