//! The JSON objects of a forum, field by field.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::services::html;
use crate::story::{Board, Person, Post, Topic, grown};

/// Emoji the story uses, by the names Discourse gives them.
const EMOJI: [(&str, &str); 14] = [
    ("🔥", "fire"),
    ("😡", "rage"),
    ("😍", "heart_eyes"),
    ("👍", "+1"),
    ("👎", "-1"),
    ("🎉", "tada"),
    ("😢", "cry"),
    ("🤔", "thinking"),
    ("😂", "joy"),
    ("🔋", "battery"),
    ("📷", "camera"),
    ("❤️", "heart"),
    ("🙏", "pray"),
    ("🚀", "rocket"),
];

/// Instants as Discourse writes them.
pub(super) fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

fn avatar(person: &Person) -> String {
    let letter = person.handle.chars().next().unwrap_or('x');
    format!("/letter_avatar_proxy/v4/letter/{letter}/90ced4/{{size}}.png")
}

pub(super) fn user(person: &Person) -> Value {
    json!({ "id": person.id, "username": person.handle, "name": person.name, "avatar_template": avatar(person), "trust_level": 1 })
}

pub(super) fn categories(board: &Board) -> Value {
    let names = if board.language == "fr" { ["Général", "Smartphones", "Entraide"] } else { ["General", "Phones", "Support"] };
    let slugs = ["general", "phones", "support"];
    let all = names.iter().zip(slugs).enumerate();
    json!(
        all.map(|(at, (name, slug))| json!({ "id": at + 1, "name": name, "slug": slug, "read_restricted": false }))
            .collect::<Vec<_>>()
    )
}

/// A topic as lists show it; `stream` holds its posts at `now` and is not empty for a topic that is there.
pub(super) fn listed(topic: &Topic, stream: &[&Post], now: Timestamp) -> Value {
    let regular = stream.iter().filter(|post| post.action.is_none());
    let created = stream.first().map_or(now, |post| post.at);
    let last = stream.last().copied();
    let likes: u32 = regular.clone().map(|post| grown(post.likes, post.at, now)).sum();
    let count = regular.count();
    json!({
        "id": topic.id, "title": topic.title, "fancy_title": html::escape(&topic.title), "slug": topic.slug,
        "posts_count": count, "reply_count": count.saturating_sub(1), "highest_post_number": last.map_or(0, |post| post.number),
        "image_url": null, "created_at": instant(created), "last_posted_at": last.map(|post| instant(post.at)),
        "bumped": true, "bumped_at": last.map(|post| instant(post.at)), "archetype": "regular", "unseen": false,
        "pinned": topic.pinned, "pinned_globally": topic.pinned, "visible": true,
        "closed": stream.iter().any(|post| post.action == Some("closed.enabled")), "archived": false,
        "views": grown(topic.views, created, now), "like_count": likes, "has_summary": false,
        "last_poster_username": last.map(|post| &post.author.handle), "category_id": topic.category, "tags": topic.tags,
        "posters": stream.first().map(|post| json!([{ "description": "Original Poster", "user_id": post.author.id }])),
    })
}

/// A post as a search shows it: its beginning, as plain text.
pub(super) fn found(post: &Post, now: Timestamp) -> Value {
    let words = post.words.at(now).text.unwrap_or("").replace("\n\n", " ");
    let mut blurb: String = words.chars().take(200).collect();
    if words.chars().count() > 200 {
        blurb.push_str("...");
    }
    json!({
        "id": post.id, "name": post.author.name, "username": post.author.handle, "avatar_template": avatar(&post.author),
        "created_at": instant(post.at), "like_count": grown(post.likes, post.at, now), "blurb": blurb,
        "post_number": post.number, "topic_id": post.topic,
    })
}

/// A whole post; `alone` adds what `posts.json` tells of its topic.
pub(super) fn post(topic: Option<&Topic>, post: &Post, replies: usize, now: Timestamp, alone: bool) -> Value {
    let standing = post.words.at(now);
    let likes = grown(post.likes, post.at, now);
    let summary = if likes > 0 { json!([{ "id": 2, "count": likes }]) } else { json!([]) };
    let mut value = json!({
        "id": post.id, "name": post.author.name, "username": post.author.handle, "avatar_template": avatar(&post.author),
        "created_at": instant(post.at), "cooked": cooked(topic, post, standing.text.unwrap_or("")),
        "post_number": post.number, "post_type": if post.action.is_some() { 3 } else { 1 }, "posts_count": null,
        "updated_at": instant(standing.changed.unwrap_or(post.at)), "reply_count": replies,
        "reply_to_post_number": post.reply_to, "quote_count": u8::from(post.quote.is_some()), "incoming_link_count": 0,
        "reads": 5 + likes * 4, "readers_count": 4 + likes * 4, "score": f64::from(likes) * 15.0 + 1.2, "yours": false,
        "topic_id": post.topic, "topic_slug": topic.map(|topic| &topic.slug), "user_id": post.author.id,
    });
    // The rest stands apart because the macro has a depth limit.
    let rest = json!({
        "display_username": post.author.name, "primary_group_name": null, "flair_name": null, "version": standing.version,
        "can_edit": false, "can_delete": false, "can_recover": false, "link_counts": null, "read": true, "user_title": null,
        "bookmarked": false, "actions_summary": summary, "moderator": false, "admin": false, "staff": post.author.id == 1,
        "hidden": false, "trust_level": 1, "deleted_at": null, "user_deleted": false, "edit_reason": null,
        "can_view_edit_history": false, "wiki": false,
    });
    if let (Some(value), Value::Object(rest)) = (value.as_object_mut(), rest) {
        value.extend(rest);
    }
    if let Some(action) = post.action {
        value["action_code"] = json!(action);
    }
    if alone {
        value["topic_title"] = json!(topic.map(|topic| &topic.title));
        value["topic_html_title"] = json!(topic.map(|topic| html::escape(&topic.title)));
        value["category_id"] = json!(topic.map(|topic| topic.category));
    }
    value
}

fn cooked(topic: Option<&Topic>, post: &Post, text: &str) -> String {
    let mut out = String::new();
    if let Some((number, username, words)) = &post.quote {
        let id = topic.map_or(0, |topic| topic.id);
        let quoted = html::cooked(words, pictures);
        out += &format!(
            "<aside class=\"quote no-group\" data-username=\"{username}\" data-post=\"{number}\" data-topic=\"{id}\">\n\
             <div class=\"title\">\n<div class=\"quote-controls\"></div>\n{username}:</div>\n\
             <blockquote>\n{quoted}\n</blockquote>\n</aside>\n"
        );
    }
    out + &html::cooked(text, |part| mentions(&pictures(&html::linked(part, false))))
}

/// Emoji as pictures.
fn pictures(escaped: &str) -> String {
    EMOJI.iter().fold(escaped.to_owned(), |text, (emoji, name)| {
        let picture = format!(
            "<img src=\"/images/emoji/twitter/{name}.png?v=14\" title=\":{name}:\" class=\"emoji\" alt=\":{name}:\" loading=\"lazy\" \
             width=\"20\" height=\"20\">"
        );
        text.replace(emoji, &picture)
    })
}

/// `@name` as a link to the account, relative as Discourse writes it.
fn mentions(text: &str) -> String {
    let words = text.split(' ').map(|word| match word.strip_prefix('@') {
        Some(rest) => {
            let name: String = rest.chars().take_while(|character| character.is_alphanumeric() || *character == '_').collect();
            match name.len() {
                0 => word.to_owned(),
                length => format!("<a class=\"mention\" href=\"/u/{}\">@{name}</a>{}", name.to_lowercase(), &rest[length..]),
            }
        }
        None => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}
