//! Posts as mentions, field by field. Pure.

use std::collections::HashMap;

use vigie_plugin::{Author, Change, Mention, MentionKind, Moment, Value, time};

use crate::html;
use crate::parse::{Post, Topic};

/// The reaction Discourse counts as a like.
const LIKE: i64 = 2;
/// What is written by members and moderators; everything else is said by the forum or to its staff.
const WRITTEN: [i64; 2] = [1, 2];

/// What is known around posts, from the same answer.
#[derive(Debug, Default)]
pub struct Context {
    titles: HashMap<i64, String>,
    counts: HashMap<i64, u64>,
    slugs: HashMap<i64, String>,
    categories: HashMap<i64, i64>,
    /// Numbers of posts by topic and number in it.
    numbers: HashMap<(i64, i64), i64>,
}

impl Context {
    /// Learns about a topic and the posts it came with.
    pub fn learn_topic(&mut self, topic: &Topic) {
        let Some(id) = topic.id else { return };
        self.titles.extend(topic.title.clone().map(|title| (id, title)));
        self.counts.extend(topic.posts_count.map(|count| (id, count)));
        self.slugs.extend(topic.slug.clone().map(|slug| (id, slug)));
        self.categories.extend(topic.category_id.map(|category| (id, category)));
        for post in topic.post_stream.iter().flat_map(|stream| &stream.posts) {
            self.learn_post(post, Some(id));
        }
    }

    /// Learns where a post stands.
    pub fn learn_post(&mut self, post: &Post, topic: Option<i64>) {
        if let (Some(id), Some(topic), Some(number)) = (post.id, post.topic_id.or(topic), post.post_number) {
            self.numbers.insert((topic, number), id);
        }
    }
}

/// An instant as the forum states it.
#[must_use]
pub fn moment(text: Option<&str>) -> Option<Moment> {
    time::rfc3339(text?).ok()
}

/// A post as a change; `None` for what nobody wrote to the public, and for what cannot be told from others.
///
/// `base`: the forum's address; `topic`: the topic it was read from, for answers that do not repeat it.
#[must_use]
pub fn post(post: &Post, topic: Option<i64>, context: &Context, base: &str) -> Option<Change> {
    let id = post.id?;
    if !WRITTEN.contains(&post.post_type.unwrap_or(1)) {
        return None;
    }
    if post.hidden || post.user_deleted || post.deleted_at.is_some() {
        return Some(Change::Remove(id.to_string()));
    }
    let topic = post.topic_id.or(topic);
    let number = post.post_number;
    let first = number == Some(1);
    let kind = if first { MentionKind::Post } else { MentionKind::Reply };
    let title = topic.and_then(|topic| context.titles.get(&topic)).or(post.topic_title.as_ref());
    let replies = if first {
        let all = topic.and_then(|topic| context.counts.get(&topic).copied()).or(post.topic_posts_count);
        // Direct answers are another count; an answer without the topic's leaves what is known.
        all.map(|all| all.saturating_sub(1))
    } else {
        post.reply_count
    };
    let likes = post.actions_summary.as_ref().map(|actions| {
        let likes = actions.iter().find(|action| action.id == LIKE).map_or(0, |action| action.count);
        i64::try_from(likes).unwrap_or(i64::MAX)
    });
    let published = moment(post.created_at.as_deref());
    let edited = post.version.is_some_and(|version| version > 1).then(|| moment(post.updated_at.as_deref())).flatten();
    let parent = topic.filter(|_| !first).and_then(|topic| {
        let answered = post.reply_to_post_number.unwrap_or(1);
        context.numbers.get(&(topic, answered)).filter(|parent| **parent != id)
    });
    let mut mention = Mention::new(id.to_string(), kind)
        .url(topic.map(|topic| address(base, post, topic, context)))
        .title(title.filter(|_| first))
        .author(author(post, base))
        .published(published)
        .edited(edited)
        .parent(parent.map(ToString::to_string))
        .thread(topic.map(|topic| format!("t/{topic}")))
        .likes(likes)
        .comments(replies)
        .views(post.reads);
    mention = match (&post.cooked, &post.raw) {
        (Some(cooked), _) => {
            let cooked = html::clean(cooked, base);
            let mut mention = mention.html(cooked.html).media(cooked.media);
            mention.links = cooked.links;
            mention
        }
        (None, Some(raw)) => mention.markdown(raw.clone()),
        (None, None) => mention,
    };
    if let Some(title) = title.filter(|_| !first) {
        mention = mention.attribute("topic-title", Value::Text(title.clone()));
    }
    let category = post.category_id.or_else(|| context.categories.get(&topic?).copied());
    let numbers =
        [("topic", topic), ("post-number", number), ("reply-to-post-number", post.reply_to_post_number), ("category", category)];
    for (key, value) in numbers {
        if let Some(value) = value {
            #[expect(clippy::cast_precision_loss, reason = "numbers of posts and topics are far below 2^53")]
            let value = Value::Number(value as f64);
            mention = mention.attribute(key, value);
        }
    }
    Some(Change::Upsert(mention))
}

fn address(base: &str, post: &Post, topic: i64, context: &Context) -> String {
    let slug = post.topic_slug.as_ref().or_else(|| context.slugs.get(&topic)).filter(|slug| !slug.contains(['/', '?', '#', ' ']));
    let slug = slug.map(|slug| format!("{slug}/")).unwrap_or_default();
    match post.post_number {
        Some(number) => format!("{base}/t/{slug}{topic}/{number}"),
        None => format!("{base}/t/{slug}{topic}"),
    }
}

fn author(post: &Post, base: &str) -> Option<Author> {
    let username = post.username.as_ref()?;
    let id = post.user_id.map_or_else(|| username.clone(), |id| id.to_string());
    Some(Author::new(id).handle(username).name(post.name.as_ref()).url(format!("{base}/u/{username}")))
}
