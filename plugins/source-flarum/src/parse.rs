//! What a forum answers: JSON:API, with what belongs to the posts in `included`. Pure.
//!
//! Fields had other names before 0.1.0-beta.8, and extensions add some; what is absent or odd counts as absent.

use std::collections::HashMap;

use serde_json::Value;
use vigie_plugin::http::Response;
use vigie_plugin::{Failure, Moment, lenient, time};

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// How many the page holds, those that are left out included: what an offset counts.
    pub(crate) count: usize,
    /// Whether the forum names a page behind it.
    pub(crate) more: bool,
}

/// A discussion.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Discussion {
    pub(crate) id: String,
    pub(crate) title: Option<String>,
    pub(crate) slug: Option<String>,
    /// Posts, the first one included.
    pub(crate) posts: Option<u64>,
    pub(crate) views: Option<u64>,
    pub(crate) last: Option<Moment>,
    pub(crate) sticky: bool,
    pub(crate) hidden: bool,
    pub(crate) first_post: Option<String>,
}

/// A post.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Post {
    pub(crate) id: String,
    /// Place in its discussion, from 1.
    pub(crate) number: Option<u64>,
    pub(crate) created: Option<Moment>,
    pub(crate) edited: Option<Moment>,
    /// `comment`, or an event such as `discussionRenamed`.
    pub(crate) kind: Option<String>,
    pub(crate) html: Option<String>,
    /// Whether moderation hides it.
    pub(crate) hidden: bool,
    /// Whether it waits for approval.
    pub(crate) unapproved: bool,
    /// Whether `html` is a message about an error.
    pub(crate) broken: bool,
    pub(crate) likes: Option<u64>,
    pub(crate) user: Option<User>,
    pub(crate) discussion: Option<Discussion>,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) username: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) slug: Option<String>,
}

type Included<'a> = HashMap<(&'a str, String), &'a Value>;

/// `api/posts`
pub(crate) fn posts(answer: &Response) -> Result<Page<Post>, Failure> {
    let document: Value = answer.json()?;
    let included = included(&document);
    list(answer, &document, |resource| post(resource, &included))
}

/// `api/discussions`
pub(crate) fn discussions(answer: &Response) -> Result<Page<Discussion>, Failure> {
    let document: Value = answer.json()?;
    list(answer, &document, discussion)
}

/// `api/posts/{id}`
pub(crate) fn one_post(answer: &Response) -> Result<Option<Post>, Failure> {
    if matches!(answer.status, 404 | 410) {
        return Ok(None);
    }
    let document: Value = answer.json()?;
    let included = included(&document);
    match post(&document["data"], &included) {
        Some(post) => Ok(Some(post)),
        None => Err(answer.unexpected("has no post as `data`")),
    }
}

fn list<T>(answer: &Response, document: &Value, read: impl Fn(&Value) -> Option<T>) -> Result<Page<T>, Failure> {
    let Some(data) = document["data"].as_array() else {
        return Err(answer.unexpected("has no list `data`"));
    };
    let items: Vec<T> = data.iter().filter_map(read).collect();
    Ok(Page { items, count: data.len(), more: document["links"]["next"].is_string() })
}

fn included(document: &Value) -> Included<'_> {
    let resources = document["included"].as_array().map(Vec::as_slice).unwrap_or_default();
    resources
        .iter()
        .filter_map(|resource| Some(((resource["type"].as_str()?, lenient::as_text(&resource["id"])?), resource)))
        .collect()
}

fn related<'a>(resource: &'a Value, name: &str) -> Option<(&'a str, String)> {
    let data = &resource["relationships"][name]["data"];
    Some((data["type"].as_str()?, lenient::as_text(&data["id"])?))
}

/// The first of several fields that is there: names changed.
fn first<'a>(attributes: &'a Value, names: &[&str]) -> &'a Value {
    names.iter().map(|name| &attributes[*name]).find(|value| !value.is_null()).unwrap_or(&Value::Null)
}

fn moment(value: &Value) -> Option<Moment> {
    time::rfc3339(value.as_str()?).ok()
}

fn yes(value: &Value) -> bool {
    lenient::as_flag(value) == Some(true)
}

fn discussion(resource: &Value) -> Option<Discussion> {
    let attributes = &resource["attributes"];
    Some(Discussion {
        id: lenient::as_text(&resource["id"]).filter(|_| resource["type"] == "discussions")?,
        title: lenient::as_text(&attributes["title"]),
        slug: lenient::as_text(&attributes["slug"]),
        posts: lenient::as_count(first(attributes, &["commentCount", "commentsCount"])),
        views: lenient::as_count(first(attributes, &["viewCount", "views"])),
        last: moment(first(attributes, &["lastPostedAt", "lastTime"])),
        sticky: yes(&attributes["isSticky"]),
        hidden: yes(&attributes["isHidden"]) || yes(&attributes["isPrivateDiscussion"]) || attributes["isApproved"] == false,
        first_post: related(resource, "firstPost").or_else(|| related(resource, "startPost")).map(|(_, id)| id),
    })
}

fn post(resource: &Value, included: &Included<'_>) -> Option<Post> {
    let attributes = &resource["attributes"];
    let id = lenient::as_text(&resource["id"]).filter(|_| resource["type"] == "posts")?;
    let place = related(resource, "discussion");
    let discussion = place.map(|(kind, id)| {
        let known = included.get(&(kind, id.clone())).and_then(|resource| discussion(resource));
        known.unwrap_or(Discussion { id, ..Discussion::default() })
    });
    let likes = lenient::as_count(&attributes["likesCount"]);
    // Where the extension says no number, it lists who likes the post.
    let likes =
        likes.or_else(|| resource["relationships"]["likes"]["data"].as_array().and_then(|who| u64::try_from(who.len()).ok()));
    Some(Post {
        id,
        number: lenient::as_count(&attributes["number"]),
        created: moment(first(attributes, &["createdAt", "time"])),
        edited: moment(first(attributes, &["editedAt", "editTime"])),
        kind: lenient::as_text(&attributes["contentType"]),
        html: lenient::as_text(&attributes["contentHtml"]),
        hidden: yes(&attributes["isHidden"]) || !first(attributes, &["hiddenAt", "hideTime"]).is_null(),
        unapproved: attributes["isApproved"] == false,
        broken: yes(&attributes["renderFailed"]),
        likes,
        user: related(resource, "user").and_then(|key| included.get(&key).and_then(|resource| user(resource))),
        discussion,
    })
}

fn user(resource: &Value) -> Option<User> {
    let attributes = &resource["attributes"];
    Some(User {
        id: lenient::as_text(&resource["id"])?,
        username: lenient::as_text(&attributes["username"]),
        name: lenient::as_text(&attributes["displayName"]),
        slug: lenient::as_text(&attributes["slug"]),
    })
}
