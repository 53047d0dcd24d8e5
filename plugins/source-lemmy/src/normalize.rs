//! Posts and comments as mentions, field by field. Pure.
//!
//! An id is the `ap_id`, the same on every server. A comment names what it answers by this server's number, so its `ap_id` must be known
//! from the same answer or have been asked for.

use std::collections::HashMap;

use vigie_plugin::{Author, Change, Mention, MentionKind, Moment, Value, time};

use crate::parse::{Comment, CommentView, Community, Counts, Person, Post, PostView};

/// `ap_id`s of comments by their numbers on this server.
#[derive(Debug, Default)]
pub struct Known(HashMap<i64, String>);

impl Known {
    /// Those of these comments.
    pub fn learn<'a>(&mut self, comments: impl IntoIterator<Item = &'a CommentView>) {
        for comment in comments.into_iter().filter_map(|view| view.comment.as_ref()) {
            if let (Some(id), Some(ap_id)) = (comment.id, &comment.ap_id) {
                self.0.insert(id, ap_id.clone());
            }
        }
    }

    /// What these comments answer and is not known yet, each once.
    #[must_use]
    pub fn missing(&self, comments: &[CommentView]) -> Vec<i64> {
        let parents = comments.iter().filter_map(|view| view.comment.as_ref()?.parent());
        let mut missing: Vec<i64> = parents.filter(|parent| !self.0.contains_key(parent)).collect();
        missing.sort_unstable();
        missing.dedup();
        missing
    }
}

/// An instant as the server states it.
#[must_use]
pub fn moment(text: Option<&String>) -> Option<Moment> {
    time::rfc3339(text?).ok()
}

/// A post as a change; `None` for a bot's, and for one without an `ap_id`.
#[must_use]
pub fn post(view: &PostView, bots: bool) -> Option<Change> {
    let post = view.post.as_ref()?;
    let id = post.ap_id.as_ref()?;
    // What was removed may still be sent with its words.
    if is_gone(post.removed, post.deleted) {
        return Some(Change::Remove(id.clone()));
    }
    if !bots && is_bot(view.creator.as_ref()) {
        return None;
    }
    let mention = Mention::new(id, MentionKind::Post)
        .url(id)
        .title(post.name.as_ref())
        .markdown(post.body.as_deref().unwrap_or_default())
        .author(view.creator.as_ref().and_then(author))
        .published(moment(post.published.as_ref()))
        .edited(moment(post.updated.as_ref()))
        .thread(id)
        .link(post.url.as_ref())
        .likes(view.counts.as_ref().and_then(|counts| counts.score))
        .comments(view.counts.as_ref().and_then(|counts| counts.comments));
    Some(Change::Upsert(common(mention, view.community.as_ref(), view.counts.as_ref(), Some(post))))
}

/// A comment as a change; `None` for a bot's, and for one without an `ap_id`.
#[must_use]
pub fn comment(view: &CommentView, known: &Known, bots: bool) -> Option<Change> {
    let comment = view.comment.as_ref()?;
    let id = comment.ap_id.as_ref()?;
    let post = view.post.as_ref();
    if is_gone(comment.removed, comment.deleted) {
        return Some(Change::Remove(id.clone()));
    }
    if !bots && is_bot(view.creator.as_ref()) {
        return None;
    }
    let thread = post.and_then(|post| post.ap_id.as_ref());
    let parent = match comment.parent() {
        Some(parent) => known.0.get(&parent),
        None if is_top(comment) => thread,
        None => None,
    };
    let kind = if comment.parent().is_some() { MentionKind::Reply } else { MentionKind::Comment };
    let mention = Mention::new(id, kind)
        .url(id)
        .markdown(comment.content.as_deref().unwrap_or_default())
        .author(view.creator.as_ref().and_then(author))
        .published(moment(comment.published.as_ref()))
        .edited(moment(comment.updated.as_ref()))
        .parent(parent)
        .thread(thread)
        .likes(view.counts.as_ref().and_then(|counts| counts.score))
        .comments(view.counts.as_ref().and_then(|counts| counts.child_count));
    let mut mention = common(mention, view.community.as_ref(), view.counts.as_ref(), post);
    if let Some(title) = post.and_then(|post| post.name.as_ref()) {
        mention = mention.attribute("post-title", Value::Text(title.clone()));
    }
    if comment.distinguished == Some(true) {
        mention = mention.attribute("distinguished", Value::Flag(true));
    }
    Some(Change::Upsert(mention))
}

fn is_gone(removed: Option<bool>, deleted: Option<bool>) -> bool {
    removed == Some(true) || deleted == Some(true)
}

fn is_bot(person: Option<&Person>) -> bool {
    person.and_then(|person| person.bot_account) == Some(true)
}

/// Whether the path says that it hangs directly below its post.
fn is_top(comment: &Comment) -> bool {
    comment.path.as_deref().is_some_and(|path| path.matches('.').count() == 1)
}

fn common(mut mention: Mention, community: Option<&Community>, counts: Option<&Counts>, post: Option<&Post>) -> Mention {
    if let Some(name) = community.and_then(|community| full_name(community.name.as_ref()?, community.actor_id.as_deref())) {
        mention = mention.attribute("community", Value::Text(name));
    }
    let votes =
        [("upvotes", counts.and_then(|counts| counts.upvotes)), ("downvotes", counts.and_then(|counts| counts.downvotes))];
    for (key, votes) in votes {
        if let Some(votes) = votes {
            #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
            let value = Value::Number(votes as f64);
            mention = mention.attribute(key, value);
        }
    }
    if post.and_then(|post| post.nsfw) == Some(true) {
        mention = mention.attribute("nsfw", Value::Flag(true));
    }
    mention
}

fn author(person: &Person) -> Option<Author> {
    let actor = person.actor_id.as_ref()?;
    let handle = full_name(person.name.as_ref()?, Some(actor));
    Some(Author::new(actor).handle(handle).name(person.display_name.as_ref()).url(actor))
}

/// `name@server`, as one writes it anywhere.
fn full_name(name: &str, actor: Option<&str>) -> Option<String> {
    let host = actor?.split('/').nth(2).filter(|host| !host.is_empty())?;
    Some(format!("{name}@{host}"))
}
