//! What a forum answers. Pure.
//!
//! NodeBB writes ids as numbers, as text and, for posts and people of other servers, as addresses; flags as numbers or booleans; and
//! `0`, `""` or nothing where there is nothing. Titles are escaped for HTML, `titleRaw` is not.

use serde_json::Value;
use vigie_plugin::http::Response;
use vigie_plugin::references::unescape;
use vigie_plugin::{Failure, lenient};

/// Topics, posts and how many pages there are.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Page<T> {
    /// What can be told from others; the rest is left out.
    pub(crate) items: Vec<T>,
    /// Pages there are, this one included.
    pub(crate) pages: u32,
}

/// A topic, or what a post says of its topic.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Topic {
    /// Its number, or its address on another server.
    pub(crate) tid: String,
    /// Plain text.
    pub(crate) title: Option<String>,
    pub(crate) slug: Option<String>,
    /// Of its first post.
    pub(crate) main_pid: Option<String>,
    pub(crate) category: Option<String>,
    pub(crate) posts: Option<u64>,
    pub(crate) views: Option<u64>,
    /// Of its last post. Milliseconds.
    pub(crate) last: Option<i64>,
    /// Stands above others whatever the order.
    pub(crate) pinned: bool,
    /// Deleted, or to be published later.
    pub(crate) hidden: bool,
    pub(crate) tags: Vec<String>,
}

/// A post.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Post {
    /// Its number, or its address on another server.
    pub(crate) pid: String,
    pub(crate) tid: Option<String>,
    /// What it answers.
    pub(crate) to_pid: Option<String>,
    /// HTML.
    pub(crate) content: Option<String>,
    /// Markdown.
    pub(crate) source: Option<String>,
    /// Milliseconds.
    pub(crate) at: Option<i64>,
    /// Milliseconds.
    pub(crate) edited: Option<i64>,
    pub(crate) deleted: bool,
    /// Place in its topic, from 0.
    pub(crate) index: Option<u64>,
    pub(crate) is_main: Option<bool>,
    pub(crate) upvotes: Option<u64>,
    pub(crate) downvotes: Option<u64>,
    pub(crate) votes: Option<i64>,
    pub(crate) replies: Option<u64>,
    pub(crate) user: Option<User>,
    /// What it says of its topic, where it stands among others.
    pub(crate) topic: Option<Topic>,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct User {
    /// Its number, or its address on another server.
    pub(crate) uid: String,
    pub(crate) username: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) slug: Option<String>,
}

/// `api/recent`, `api/category/{cid}`.
pub(crate) fn topics(answer: &Response) -> Result<Page<Topic>, Failure> {
    let value: Value = answer.json()?;
    let Some(list) = value["topics"].as_array() else {
        return Err(answer.unexpected("has no list `topics`"));
    };
    Ok(Page { items: list.iter().filter_map(topic).collect(), pages: pages(&value) })
}

/// `api/topic/{tid}`.
pub(crate) fn posts_of_topic(answer: &Response) -> Result<(Topic, Page<Post>), Failure> {
    let value: Value = answer.json()?;
    let Some(list) = value["posts"].as_array() else {
        return Err(answer.unexpected("has no list `posts`"));
    };
    let Some(topic) = topic(&value) else {
        return Err(answer.unexpected("has no `tid` where a topic belongs"));
    };
    Ok((topic, Page { items: list.iter().filter_map(post).collect(), pages: pages(&value) }))
}

/// `api/search`, where a page may say that its list goes on without saying how far.
pub(crate) fn found(answer: &Response) -> Result<Page<Post>, Failure> {
    let value: Value = answer.json()?;
    let Some(list) = value["posts"].as_array() else {
        return Err(answer.unexpected("has no list `posts`"));
    };
    let stated = lenient::as_count(&value["pageCount"]).and_then(|pages| u32::try_from(pages).ok());
    Ok(Page { items: list.iter().filter_map(post).collect(), pages: stated.unwrap_or(1).max(pages(&value)) })
}

/// What `api/v3/…` wraps; `None` where it says that there is no such thing.
pub(crate) fn wrapped(answer: &Response) -> Result<Option<Value>, Failure> {
    if answer.status == 404 {
        return Ok(None);
    }
    let mut value: Value = answer.json()?;
    match value.get_mut("response").map(Value::take) {
        Some(response @ Value::Object(_)) => Ok(Some(response)),
        _ => Err(answer.unexpected("has no `response`")),
    }
}

fn pages(value: &Value) -> u32 {
    let stated = lenient::as_count(&value["pagination"]["pageCount"]).and_then(|pages| u32::try_from(pages).ok());
    stated.unwrap_or(1).max(1)
}

/// A number that stands for something: NodeBB writes 0 where there is nothing.
fn some_id(value: &Value) -> Option<String> {
    lenient::as_text(value).map(|id| id.trim().to_owned()).filter(|id| !matches!(id.as_str(), "0" | "null" | "undefined" | "NaN"))
}

/// Text that is no name of a translation.
fn words(value: &Value) -> Option<String> {
    lenient::as_text(value).filter(|text| !text.starts_with("[["))
}

/// Milliseconds, else the same as ISO 8601.
fn instant(milliseconds: &Value, iso: &Value) -> Option<i64> {
    let stated = lenient::as_number(milliseconds).filter(|at| *at > 0);
    stated.or_else(|| vigie_plugin::time::rfc3339(iso.as_str()?).ok().map(|moment| moment.at).filter(|at| *at > 0))
}

pub(crate) fn topic(value: &Value) -> Option<Topic> {
    let yes = |name: &str| lenient::as_flag(&value[name]) == Some(true);
    let title = words(&value["titleRaw"]).or_else(|| words(&value["title"]).map(|title| unescape(&title)));
    let tags = value["tags"].as_array().map(Vec::as_slice).unwrap_or_default();
    Some(Topic {
        tid: some_id(&value["tid"])?,
        title,
        slug: lenient::as_text(&value["slug"]),
        main_pid: some_id(&value["mainPid"]),
        category: some_id(&value["cid"]),
        posts: lenient::as_count(&value["postcount"]),
        views: lenient::as_count(&value["viewcount"]),
        last: instant(&value["lastposttime"], &value["lastposttimeISO"]),
        pinned: yes("pinned"),
        hidden: yes("deleted") || yes("scheduled"),
        tags: tags.iter().filter_map(|tag| lenient::as_text(tag).or_else(|| lenient::as_text(&tag["value"]))).collect(),
    })
}

pub(crate) fn post(value: &Value) -> Option<Post> {
    let content = lenient::as_text(&value["content"]);
    // What guests see of a deleted post where the flag was forgotten.
    let deleted = lenient::as_flag(&value["deleted"]) == Some(true) || content.as_deref() == Some("[[topic:post_is_deleted]]");
    Some(Post {
        pid: some_id(&value["pid"])?,
        tid: some_id(&value["tid"]),
        to_pid: some_id(&value["toPid"]),
        content,
        source: lenient::as_text(&value["sourceContent"]),
        at: instant(&value["timestamp"], &value["timestampISO"]),
        edited: instant(&value["edited"], &value["editedISO"]),
        deleted,
        index: lenient::as_count(&value["index"]),
        is_main: lenient::as_flag(&value["isMainPost"]),
        upvotes: lenient::as_count(&value["upvotes"]),
        downvotes: lenient::as_count(&value["downvotes"]),
        votes: lenient::as_number(&value["votes"]),
        replies: lenient::as_count(&value["replies"]).or_else(|| lenient::as_count(&value["replies"]["count"])),
        user: user(&value["user"], &value["uid"]),
        topic: topic(&value["topic"]),
    })
}

/// An account; `None` for guests and for accounts that were deleted.
fn user(value: &Value, uid: &Value) -> Option<User> {
    let uid = some_id(&value["uid"]).or_else(|| some_id(uid)).filter(|uid| !uid.starts_with('-'))?;
    let username = words(&value["username"]);
    // What is left of a deleted account is its number and a word in the reader's language.
    username.as_ref()?;
    Some(User {
        uid,
        name: words(&value["displayname"]).or_else(|| words(&value["fullname"])),
        slug: words(&value["userslug"]),
        username,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_are_numbers_text_or_addresses_and_zero_is_none() {
        let read = |pid: Value, to: Value| post(&json!({ "pid": pid, "toPid": to })).map(|post| (post.pid, post.to_pid));
        assert_eq!(read(json!(7), json!("6")), Some(("7".to_owned(), Some("6".to_owned()))));
        assert_eq!(read(json!("https://social.example/n/7"), json!(0)), Some(("https://social.example/n/7".to_owned(), None)));
        assert_eq!(read(json!(9_007_199_254_740_993_u64), json!("")), Some(("9007199254740993".to_owned(), None)));
        assert_eq!((read(json!(null), json!(1)), read(json!(0), json!(1)), read(json!({}), json!([]))), (None, None, None));
    }

    #[test]
    fn deleted_posts_and_people_are_known_by_several_signs() {
        for deleted in [json!(1), json!(true), json!("1")] {
            assert!(post(&json!({ "pid": 1, "deleted": deleted })).expect("a post").deleted);
        }
        assert!(post(&json!({ "pid": 1, "content": "[[topic:post_is_deleted]]" })).expect("a post").deleted);
        assert!(!post(&json!({ "pid": 1, "deleted": 0, "content": "x" })).expect("a post").deleted);
        assert_eq!(user(&json!({ "uid": 0, "username": "Guest" }), &json!(0)), None);
        assert_eq!(user(&json!({ "uid": 7, "username": "[[global:former_user]]" }), &json!(7)), None);
        assert_eq!(user(&json!(null), &json!(7)), None);
    }

    #[test]
    fn titles_are_unescaped_once() {
        let title = |topic_of: Value| topic(&topic_of).and_then(|topic| topic.title);
        assert_eq!(title(json!({ "tid": 1, "title": "R&amp;D &#x2F; &amp;lt;" })).as_deref(), Some("R&D / &lt;"));
        assert_eq!(title(json!({ "tid": 1, "title": "a &amp; b", "titleRaw": "a & b &amp;" })).as_deref(), Some("a & b &amp;"));
    }
}
