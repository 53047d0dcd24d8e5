//! What a forum answers. Pure.
//!
//! Lists are `{"results": […], "next": …}`. `next` is the number of a page in older versions, which also say how many `pages` there are, and
//! the number of a post in newer ones. A thread's page repeats the last post of the page before it. Times may lack their zone where the
//! forum's own settings say so.

use serde_json::Value;
use vigie_plugin::http::Response;
use vigie_plugin::{Failure, Moment, lenient, time};

/// A page of threads.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Threads {
    pub(crate) items: Vec<Thread>,
    /// How the page behind it is asked for.
    pub(crate) next: Option<Next>,
}

/// How a further page of threads is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// By its number.
    Page(u64),
    /// By the last post of the thread it begins with.
    Start(u64),
}

/// A thread.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Thread {
    pub(crate) id: String,
    pub(crate) title: Option<String>,
    pub(crate) category: Option<String>,
    pub(crate) replies: Option<u64>,
    pub(crate) last: Option<Moment>,
    /// Stands above others whatever the order.
    pub(crate) pinned: bool,
    /// Hidden by moderation, or waiting for it.
    pub(crate) hidden: bool,
}

/// A page of a thread's posts.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Posts {
    pub(crate) thread: Thread,
    pub(crate) items: Vec<Post>,
    pub(crate) page: u64,
    pub(crate) pages: u64,
}

/// A post.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Post {
    pub(crate) id: String,
    /// HTML; absent for guests where it is hidden.
    pub(crate) content: Option<String>,
    pub(crate) posted: Option<Moment>,
    pub(crate) updated: Option<Moment>,
    pub(crate) edits: u64,
    pub(crate) hidden: bool,
    pub(crate) unapproved: bool,
    /// A line of the forum's own, such as a changed title.
    pub(crate) event: bool,
    /// Absent where guests may not see them.
    pub(crate) likes: Option<u64>,
    /// Relative.
    pub(crate) url: Option<String>,
    pub(crate) poster: Option<Poster>,
    pub(crate) attachments: Vec<Attachment>,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Poster {
    pub(crate) id: String,
    pub(crate) username: Option<String>,
    /// Relative.
    pub(crate) url: Option<String>,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Attachment {
    /// Relative.
    pub(crate) url: String,
    pub(crate) name: Option<String>,
    pub(crate) image: bool,
}

/// `api/threads/`
pub(crate) fn threads(answer: &Response) -> Result<Threads, Failure> {
    let value: Value = answer.json()?;
    let Some(list) = value["results"].as_array() else {
        return Err(answer.unexpected("has no list `results`"));
    };
    let next = lenient::as_count(&value["next"]).filter(|next| *next > 0);
    let by_page = value.get("pages").is_some();
    Ok(Threads {
        items: list.iter().filter_map(thread).collect(),
        next: next.map(|next| if by_page { Next::Page(next) } else { Next::Start(next) }),
    })
}

/// `api/threads/{id}/posts/`
pub(crate) fn posts(answer: &Response) -> Result<Posts, Failure> {
    let value: Value = answer.json()?;
    // The oldest versions gave the posts alone.
    let set = if value["post_set"].is_object() { &value["post_set"] } else { &value };
    let Some(list) = set["results"].as_array() else {
        return Err(answer.unexpected("has no list `post_set.results`"));
    };
    let number = |name: &str| lenient::as_count(&set[name]).filter(|number| *number > 0).unwrap_or(1);
    Ok(Posts {
        thread: thread(&value).unwrap_or_default(),
        items: list.iter().filter_map(post).collect(),
        page: number("page"),
        pages: number("pages"),
    })
}

fn yes(value: &Value) -> bool {
    lenient::as_flag(value) == Some(true)
}

fn moment(value: &Value) -> Option<Moment> {
    time::rfc3339(value.as_str()?).ok()
}

fn thread(value: &Value) -> Option<Thread> {
    Some(Thread {
        id: lenient::as_text(&value["id"])?,
        title: lenient::as_text(&value["title"]),
        category: lenient::as_text(&value["category"]).or_else(|| lenient::as_text(&value["category"]["id"])),
        replies: lenient::as_count(&value["replies"]),
        last: moment(&value["last_post_on"]),
        pinned: lenient::as_number(&value["weight"]).is_some_and(|weight| weight > 0),
        hidden: yes(&value["is_hidden"]) || yes(&value["is_unapproved"]),
    })
}

fn post(value: &Value) -> Option<Post> {
    let url = &value["url"];
    let files = value["attachments"].as_array().map(Vec::as_slice).unwrap_or_default();
    Some(Post {
        id: lenient::as_text(&value["id"])?,
        content: lenient::as_text(&value["content"]),
        posted: moment(&value["posted_on"]),
        updated: moment(&value["updated_on"]),
        edits: lenient::as_count(&value["edits"]).unwrap_or(0),
        hidden: yes(&value["is_hidden"]),
        unapproved: yes(&value["is_unapproved"]),
        event: yes(&value["is_event"]),
        likes: lenient::as_count(&value["likes"]),
        url: lenient::as_text(url)
            .or_else(|| lenient::as_text(&url["index"]))
            .or_else(|| lenient::as_text(&value["absolute_url"])),
        poster: poster(&value["poster"]),
        attachments: files.iter().filter_map(attachment).collect(),
    })
}

fn poster(value: &Value) -> Option<Poster> {
    Some(Poster {
        id: lenient::as_text(&value["id"])?,
        username: lenient::as_text(&value["username"]),
        url: lenient::as_text(&value["url"]).or_else(|| lenient::as_text(&value["absolute_url"])),
    })
}

fn attachment(value: &Value) -> Option<Attachment> {
    Some(Attachment {
        url: lenient::as_text(&value["url"]["index"]).or_else(|| lenient::as_text(&value["url"]))?,
        name: lenient::as_text(&value["filename"]),
        image: yes(&value["is_image"]),
    })
}
