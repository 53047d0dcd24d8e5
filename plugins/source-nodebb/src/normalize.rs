//! Posts as mentions, field by field. Pure.

use vigie_plugin::{Author, Change, Label, Mention, MentionKind, Moment, Value, html, ids};

use crate::parse::{Post, Topic, User};

/// A post as a change; `None` where it is part of a topic nobody may see.
///
/// `topic`: what is known of its topic. `base`: the forum's address.
pub(crate) fn change(post: &Post, topic: Option<&Topic>, base: &str) -> Option<Change> {
    let topic = topic.or(post.topic.as_ref());
    let id = ids::short(&post.pid);
    if post.deleted {
        return Some(Change::Remove(id));
    }
    if topic.is_some_and(|topic| topic.hidden) {
        return None;
    }
    let main = is_main(post, topic);
    let tid = post.tid.as_deref().or(topic.map(|topic| topic.tid.as_str()));
    let counted = topic.filter(|_| main);
    let parent =
        post.to_pid.as_deref().or(topic.and_then(|topic| topic.main_pid.as_deref())).filter(|pid| !main && *pid != post.pid);
    let likes = post.upvotes.and_then(|votes| i64::try_from(votes).ok()).or(post.votes);
    let edited = post.edited.filter(|edited| post.at != Some(*edited)).map(Moment::second);
    let mut mention = Mention::new(id, if main { MentionKind::Post } else { MentionKind::Reply })
        .url(address(base, &post.pid))
        .title(counted.and_then(|topic| topic.title.as_deref()))
        .author(post.user.as_ref().map(|user| author(user, base)))
        .published(post.at.map(Moment::second))
        .edited(edited)
        .parent(parent.map(ids::short))
        .thread(tid.map(|tid| format!("t/{}", ids::short(tid))))
        .likes(likes)
        .comments(if main { counted.and_then(|topic| topic.posts).map(|posts| posts.saturating_sub(1)) } else { post.replies })
        .views(counted.and_then(|topic| topic.views));
    mention = match (&post.content, &post.source) {
        (Some(content), _) => mention.html(html::absolute(content, &format!("{base}/"))),
        (None, Some(source)) => mention.markdown(source.clone()),
        (None, None) => mention,
    };
    if let Some(title) = topic.and_then(|topic| topic.title.as_ref()).filter(|_| !main) {
        mention = mention.attribute("topic-title", Value::Text(title.clone()));
    }
    if let Some(category) = topic.and_then(|topic| topic.category.as_ref()) {
        mention = mention.attribute("category", Value::Text(category.clone()));
    }
    if let Some(downvotes) = post.downvotes.and_then(|votes| u32::try_from(votes).ok()) {
        mention = mention.attribute("downvotes", Value::Number(f64::from(downvotes)));
    }
    let remote = post.user.as_ref().is_some_and(|user| is_address(&user.uid)) || is_address(&post.pid);
    if remote {
        mention = mention.attribute("federated", Value::Flag(true));
    }
    if let Some(topic) = counted.filter(|topic| !topic.tags.is_empty()) {
        let labels = topic.tags.iter().map(|tag| Label { name: tag.clone(), score: 1.0 });
        mention = mention.attribute("tags", Value::Labels(labels.collect()));
    }
    Some(Change::Upsert(mention))
}

fn is_main(post: &Post, topic: Option<&Topic>) -> bool {
    let by_topic = topic.and_then(|topic| topic.main_pid.as_ref()).map(|main| *main == post.pid);
    by_topic.or(post.is_main).or(post.index.map(|index| index == 0)).unwrap_or(false)
}

fn is_address(id: &str) -> bool {
    id.starts_with("http://") || id.starts_with("https://")
}

/// Posts of other servers have their own address.
fn address(base: &str, pid: &str) -> String {
    if is_address(pid) { pid.to_owned() } else { format!("{base}/post/{pid}") }
}

fn author(user: &User, base: &str) -> Author {
    let slug = user.slug.as_ref().filter(|slug| !slug.contains(['/', '?', '#', ' ']));
    let url = if is_address(&user.uid) { Some(user.uid.clone()) } else { slug.map(|slug| format!("{base}/user/{slug}")) };
    Author::new(ids::short(&user.uid)).handle(user.username.as_deref()).name(user.name.as_deref()).url(url)
}
