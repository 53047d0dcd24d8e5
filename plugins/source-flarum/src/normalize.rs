//! Posts as mentions, field by field. Pure.

use vigie_plugin::html::{self, Tag};
use vigie_plugin::{Author, Change, Mention, MentionKind, Value, log};

use crate::parse::{Discussion, Post, User};

/// A post as a change; `None` for events, for what waits for approval and for what could not be rendered. `base`: the forum's address.
pub(crate) fn change(post: &Post, base: &str) -> Option<Change> {
    if post.kind.as_deref().unwrap_or("comment") != "comment" {
        return None;
    }
    if post.hidden {
        return Some(Change::Remove(post.id.clone()));
    }
    let discussion = post.discussion.as_ref();
    if post.unapproved || discussion.is_some_and(|discussion| discussion.hidden) {
        return None;
    }
    if post.broken {
        log::warn(format_args!("post {} was skipped: the forum could not render it", post.id));
        return None;
    }
    let opening = discussion.and_then(|discussion| discussion.first_post.as_deref());
    let first = post.number == Some(1) || opening == Some(post.id.as_str());
    let counted = discussion.filter(|_| first);
    let content = post.html.as_deref().unwrap_or_default();
    let parent = answered(content).or_else(|| opening.map(str::to_owned)).filter(|parent| !first && *parent != post.id);
    let mut mention = Mention::new(&post.id, if first { MentionKind::Post } else { MentionKind::Reply })
        .url(discussion.map(|discussion| address(base, discussion, post)))
        .title(counted.and_then(|discussion| discussion.title.as_deref()))
        .html(html::absolute(content, &format!("{base}/")))
        .author(post.user.as_ref().map(|user| author(user, base)))
        .published(post.created)
        .edited(post.edited)
        .parent(parent)
        .thread(discussion.map(|discussion| format!("d/{}", discussion.id)))
        .likes(post.likes.and_then(|likes| i64::try_from(likes).ok()))
        .comments(counted.and_then(|discussion| discussion.posts).map(|posts| posts.saturating_sub(1)))
        .views(counted.and_then(|discussion| discussion.views));
    if let Some(title) = discussion.and_then(|discussion| discussion.title.as_ref()).filter(|_| !first) {
        mention = mention.attribute("discussion-title", Value::Text(title.clone()));
    }
    if let Some(number) = post.number.and_then(|number| u32::try_from(number).ok()) {
        mention = mention.attribute("post-number", Value::Number(f64::from(number)));
    }
    Some(Change::Upsert(mention))
}

/// The post that another one mentions first: how members answer one.
fn answered(html: &str) -> Option<String> {
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        let Some(tag) = Tag::read(rest) else {
            rest = &rest[1..];
            continue;
        };
        if tag.has_class("a", "PostMention") && !tag.has_class("a", "PostMention--deleted") {
            let id = tag.value("data-id").filter(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()));
            if let Some(id) = id {
                return Some(id.to_owned());
            }
        }
        rest = &rest[tag.text.len()..];
    }
    None
}

/// Slugs hold the number since 1.0, and did not before.
fn address(base: &str, discussion: &Discussion, post: &Post) -> String {
    let id = &discussion.id;
    let slug = discussion.slug.as_ref().filter(|slug| !slug.contains(['/', '?', '#', ' ']));
    let place = match slug {
        Some(slug) if slug == id || slug.starts_with(&format!("{id}-")) => slug.clone(),
        Some(slug) => format!("{id}-{slug}"),
        None => id.clone(),
    };
    match post.number {
        Some(number) => format!("{base}/d/{place}/{number}"),
        None => format!("{base}/d/{place}"),
    }
}

fn author(user: &User, base: &str) -> Author {
    let slug = user.slug.as_ref().or(user.username.as_ref()).filter(|slug| !slug.contains(['/', '?', '#', ' ']));
    Author::new(&user.id)
        .handle(user.username.as_deref())
        .name(user.name.as_deref())
        .url(slug.map(|slug| format!("{base}/u/{slug}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_post_mentioned_is_the_one_answered() {
        for (html, id) in [
            (
                r#"<p><a href="/u/bo" class="UserMention">@bo</a> <a class="PostMention" data-id="7" href="/d/1/2">bo</a> <a class="PostMention" data-id="9">x</a></p>"#,
                Some("7"),
            ),
            (r#"<a class="PostMention PostMention--deleted" data-id="7">x</a>"#, None),
            (r#"<a class="PostMention" data-id="x">x</a> 1 < 2 <"#, None),
            ("", None),
        ] {
            assert_eq!(answered(html).as_deref(), id, "{html}");
        }
    }

    #[test]
    fn slugs_with_and_without_numbers() {
        for (slug, url) in [
            (Some("7-acme"), "b/d/7-acme/2"),
            (Some("acme"), "b/d/7-acme/2"),
            (Some("7"), "b/d/7/2"),
            (Some("a b"), "b/d/7/2"),
            (None, "b/d/7/2"),
        ] {
            let discussion = Discussion { id: "7".to_owned(), slug: slug.map(str::to_owned), ..Discussion::default() };
            assert_eq!(address("b", &discussion, &Post { number: Some(2), ..Post::default() }), url, "{slug:?}");
        }
    }
}
