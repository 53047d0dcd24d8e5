//! A NodeBB forum: the JSON behind its pages (`/api/…`) and the wrapped one (`/api/v3/…`).
//!
//! Kept quirks: deleted posts keep their place without their words; ids are numbers or text; a pinned topic stands first whatever its
//! age; the list of recent topics ends; titles are escaped and `titleRaw` is not; a page that is not there is a 404; a guest and a
//! member of another server write, too.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Service;
use super::html;
use super::matching::{found, terms, tokens};
use crate::story::{Post, Story, Talk, grown};
use crate::truth::{Spoken, Subject, Truth};
use crate::wire::{Ask, Reply};

/// Topics and posts of a page.
const PAGE: usize = 20;
/// Topics of the recent list.
const RECENT: usize = 200;

/// The service.
pub struct NodeBb {
    hosts: [String; 1],
    talks: Vec<Talk>,
}

impl NodeBb {
    /// Serves a slice of the story's conversations.
    #[must_use]
    pub fn new(story: &Story, slice: usize) -> Self {
        Self { hosts: ["nodebb.example".to_owned()], talks: story.talks(slice, 24) }
    }

    /// A topic whose first post is there at `now`.
    fn alive(talk: &Talk, now: Timestamp) -> bool {
        talk.posts[0].at <= now && talk.posts[0].words.at(now).text.is_some()
    }

    /// Its posts at `now`, deleted ones included.
    fn posts(talk: &Talk, now: Timestamp) -> impl Iterator<Item = &Post> {
        talk.posts.iter().filter(move |post| post.at <= now)
    }

    fn last(talk: &Talk, now: Timestamp) -> Timestamp {
        Self::posts(talk, now).map(|post| post.at).max().unwrap_or(talk.posts[0].at)
    }

    /// The first talk told is pinned.
    fn is_pinned(&self, talk: &Talk) -> bool {
        self.talks.first().is_some_and(|first| first.topic.id == talk.topic.id)
    }

    fn topic(&self, talk: &Talk, now: Timestamp) -> Value {
        let last = Self::last(talk, now);
        json!({
            "tid": talk.topic.id, "cid": talk.topic.category, "uid": talk.posts[0].author.id, "mainPid": talk.posts[0].id,
            "title": html::escape(&talk.topic.title).replace('\'', "&#x27;"), "titleRaw": talk.topic.title,
            "slug": format!("{}/{}", talk.topic.id, talk.topic.slug), "postcount": Self::posts(talk, now).count(),
            "viewcount": grown(talk.topic.views, talk.posts[0].at, now), "lastposttime": last.as_millisecond(),
            "lastposttimeISO": instant(last), "timestamp": talk.posts[0].at.as_millisecond(), "deleted": 0, "scheduled": false,
            "locked": 0, "pinned": u8::from(self.is_pinned(talk)), "teaserPid": Value::Null,
            "tags": talk.topic.tags.iter().map(|tag| json!({ "value": tag, "valueEscaped": tag })).collect::<Vec<_>>(),
        })
    }

    fn post(talk: &Talk, post: &Post, now: Timestamp) -> Value {
        let standing = post.words.at(now);
        let content = match standing.text {
            Some(text) => html::cooked(text, |part| html::linked(part, false)).replace("<p>", "<p dir=\"auto\">"),
            None => "[[topic:post_is_deleted]]".to_owned(),
        };
        // Some rows were imported, and kept their ids as text.
        let pid = if post.id.is_multiple_of(5) { json!(post.id.to_string()) } else { json!(post.id) };
        let edited = standing.changed.filter(|_| standing.text.is_some());
        let to = post.reply_to.and_then(|number| talk.posts.iter().find(|other| other.number == number));
        let replies = Self::posts(talk, now).filter(|other| other.reply_to == Some(post.number)).count();
        let mut value = json!({
            "pid": pid, "tid": talk.topic.id, "uid": post.author.id, "content": content, "timestamp": post.at.as_millisecond(),
            "timestampISO": instant(post.at), "edited": edited.map_or(0, Timestamp::as_millisecond),
            "editedISO": edited.map_or(String::new(), instant), "deleted": u8::from(standing.text.is_none()), "deleterUid": 0,
            "upvotes": grown(post.likes, post.at, now), "downvotes": 0, "votes": grown(post.likes, post.at, now),
            "index": post.number - 1, "replies": { "hasMore": false, "count": replies, "users": [], "text": "" },
            "user": { "uid": post.author.id, "username": post.author.handle, "displayname": post.author.name,
                "userslug": post.author.handle.to_lowercase(), "picture": Value::Null, "banned": 0, "reputation": 3 },
        });
        if let Some(to) = to {
            value["toPid"] = json!(to.id.to_string());
        }
        if is_guest(post) {
            value["uid"] = json!(0);
            value["user"] = json!({ "uid": 0, "username": "Guest", "displayname": "Guest", "userslug": "" });
        }
        value
    }

    fn list(&self, ask: &Ask, now: Timestamp, category: Option<u64>) -> Reply {
        let mut talks: Vec<&Talk> = self.talks.iter().filter(|talk| Self::alive(talk, now)).collect();
        talks.retain(|talk| category.is_none_or(|category| talk.topic.category == category));
        talks.sort_by_key(|talk| std::cmp::Reverse((self.is_pinned(talk), Self::last(talk, now), talk.topic.id)));
        if category.is_none() {
            talks.truncate(RECENT);
        }
        let Some((page, pages)) = page(ask, talks.len()) else { return missing() };
        let shown: Vec<Value> = if ask.empty {
            Vec::new()
        } else {
            talks.into_iter().skip((page - 1) * PAGE).take(PAGE).map(|talk| self.topic(talk, now)).collect()
        };
        Reply::json(
            &json!({ "topics": shown, "topicCount": shown.len(), "nextStart": 0, "pagination": { "currentPage": page, "pageCount": pages } }),
        )
    }

    fn topic_page(&self, ask: &Ask, now: Timestamp, tid: u64) -> Reply {
        let Some(talk) = self.talks.iter().find(|talk| talk.topic.id == tid && Self::alive(talk, now)) else { return missing() };
        let posts: Vec<&Post> = Self::posts(talk, now).collect();
        let Some((page, pages)) = page(ask, posts.len()) else { return missing() };
        let mut value = self.topic(talk, now);
        let shown: Vec<Value> = if ask.empty {
            Vec::new()
        } else {
            posts.into_iter().skip((page - 1) * PAGE).take(PAGE).map(|post| Self::post(talk, post, now)).collect()
        };
        value["posts"] = json!(shown);
        value["pagination"] = json!({ "currentPage": page, "pageCount": pages });
        Reply::json(&value)
    }

    fn search(&self, ask: &Ask, now: Timestamp) -> Reply {
        let wanted = terms(ask.param("term").unwrap_or(""), false);
        let talks = self.talks.iter().filter(|talk| Self::alive(talk, now));
        let mut hits: Vec<(&Talk, &Post)> = talks
            .flat_map(|talk| Self::posts(talk, now).map(move |post| (talk, post)))
            .filter(|(_, post)| post.words.at(now).text.is_some_and(|text| found(&tokens(text), &wanted)))
            .collect();
        hits.sort_by_key(|(_, post)| std::cmp::Reverse((post.at, post.id)));
        let (page, pages) = page(ask, hits.len()).unwrap_or((1, 1));
        let shown: Vec<Value> = if ask.empty {
            Vec::new()
        } else {
            hits.iter()
                .skip((page - 1) * PAGE)
                .take(PAGE)
                .map(|(talk, post)| {
                    let mut value = Self::post(talk, post, now);
                    value["topic"] = self.topic(talk, now);
                    value["isMainPost"] = json!(post.number == 1);
                    value
                })
                .collect()
        };
        Reply::json(&json!({ "posts": shown, "matchCount": hits.len(), "pageCount": pages, "time": "0.01" }))
    }

    fn wrapped(&self, kind: &str, id: &str, now: Timestamp) -> Reply {
        let found = match kind {
            "posts" => {
                self.living(now).find(|(_, post)| post.id.to_string() == id).map(|(talk, post)| Self::post(talk, post, now))
            }
            _ => self
                .talks
                .iter()
                .find(|talk| talk.topic.id.to_string() == id && Self::alive(talk, now))
                .map(|talk| self.topic(talk, now)),
        };
        match found {
            Some(value) => Reply::json(&json!({ "status": { "code": "ok", "message": "OK" }, "response": value })),
            None => Reply::json_status(
                404,
                &json!({ "status": { "code": "not-found", "message": "Post does not exist" }, "response": {} }),
            ),
        }
    }

    /// Every post somebody may read at `now`, with its topic.
    fn living(&self, now: Timestamp) -> impl Iterator<Item = (&Talk, &Post)> {
        let talks = self.talks.iter().filter(move |talk| Self::alive(talk, now));
        talks
            .flat_map(move |talk| Self::posts(talk, now).map(move |post| (talk, post)))
            .filter(move |(_, post)| post.words.at(now).text.is_some())
    }
}

/// One post in thirty is a guest's.
fn is_guest(post: &Post) -> bool {
    post.id.is_multiple_of(30)
}

fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// The page asked for and how many there are; `None` where it is not there.
fn page(ask: &Ask, items: usize) -> Option<(usize, usize)> {
    let page = ask.param("page").map_or(Some(1), |page| page.parse().ok())?;
    let pages = items.div_ceil(PAGE).max(1);
    (1..=pages).contains(&page).then_some((page, pages))
}

fn missing() -> Reply {
    Reply::json_status(
        404,
        &json!({ "path": "/api/404", "title": "[[global:404.title]]", "bodyClass": "page-status-404", "loggedIn": false }),
    )
}

impl Service for NodeBb {
    fn name(&self) -> &str {
        "nodebb"
    }

    fn hosts(&self) -> &[String] {
        &self.hosts
    }

    fn answer(&self, ask: &Ask, now: Timestamp) -> Reply {
        let parts: Vec<_> = ask.path.trim_matches('/').split('/').collect();
        match parts[..] {
            ["api", "recent"] => self.list(ask, now, None),
            ["api", "category", cid] => cid.parse().map_or_else(|_| missing(), |cid| self.list(ask, now, Some(cid))),
            ["api", "topic", tid, ..] => tid.parse().map_or_else(|_| missing(), |tid| self.topic_page(ask, now, tid)),
            ["api", "search"] => self.search(ask, now),
            ["api", "v3", kind @ ("posts" | "topics"), id] => self.wrapped(kind, id, now),
            _ => missing(),
        }
    }

    fn change(&mut self, id: &str, text: Option<&str>, at: Timestamp) -> bool {
        let post = self.talks.iter_mut().flat_map(|talk| &mut talk.posts).find(|post| post.id.to_string() == id);
        post.map(|post| post.words.change(at, text.map(str::to_owned))).is_some()
    }

    fn visible(&self, now: Timestamp) -> usize {
        self.living(now).count()
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject { settings: json!({ "url": "https://nodebb.example" }), ..Subject::of("nodebb") })
    }

    fn truth(&self, now: Timestamp) -> Vec<Truth> {
        let tell = |(talk, post): (&Talk, &Post)| {
            let main = post.number == 1;
            let to =
                post.reply_to.and_then(|number| talk.posts.iter().find(|other| other.number == number)).unwrap_or(&talk.posts[0]);
            let replies = Self::posts(talk, now).filter(|other| other.reply_to == Some(post.number)).count();
            let comments = if main { Self::posts(talk, now).count() - 1 } else { replies };
            Truth {
                id: post.id.to_string(),
                kind: if main { "post" } else { "reply" },
                author: Some((!is_guest(post)).then(|| post.author.id.to_string())),
                published: Some(Some(post.at)),
                title: main.then(|| talk.topic.title.clone()),
                text: post.words.at(now).text.unwrap_or_default().to_owned(),
                parent: Some((!main).then(|| to.id.to_string())),
                thread: Some(Some(format!("t/{}", talk.topic.id))),
                rating: Some(None),
                language: Some(None),
                counters: [
                    Some(u64::from(grown(post.likes, post.at, now))),
                    u64::try_from(comments).ok(),
                    None,
                    main.then(|| u64::from(grown(talk.topic.views, post.at, now))),
                ],
                ..Truth::default()
            }
        };
        self.living(now).map(tell).collect()
    }

    fn spoken(&self) -> Vec<Spoken> {
        let closed = |status, code: &str| {
            Reply::json_status(status, &json!({ "status": { "code": code, "message": "x" }, "response": {} }))
        };
        vec![
            Spoken {
                what: "a forum for members",
                path: "",
                reply: closed(401, "not-authorised"),
                class: "unauthorized",
                pause_ms: None,
            },
            Spoken {
                what: "a list nobody may see",
                path: "",
                reply: closed(403, "forbidden"),
                class: "forbidden",
                pause_ms: None,
            },
            Spoken { what: "a list that is gone", path: "", reply: missing(), class: "gone", pause_ms: None },
            Spoken {
                what: "a login page",
                path: "",
                reply: Reply::text(200, "text/html; charset=utf-8", "<!doctype html><title>Login</title>"),
                class: "unexpected-answer",
                pause_ms: None,
            },
        ]
    }
}
