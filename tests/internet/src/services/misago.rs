//! A Misago forum: the JSON behind its pages.
//!
//! Kept quirks: the list of threads goes on from a post; a thread's page begins with the last post of the one before it; events stand
//! among posts; hidden posts keep their place without their words; a deleted account leaves its name; some instants have no zone.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Service;
use super::html;
use crate::story::{Post, Story, Talk, grown};
use crate::truth::{Spoken, Subject, Truth};
use crate::wire::{Ask, Reply};

/// Threads of a page.
const LIST: usize = 10;
/// Posts of a page, the one it shares with the next not counted.
const PAGE: usize = 7;

/// The service.
pub struct Misago {
    hosts: [String; 1],
    talks: Vec<Talk>,
}

impl Misago {
    /// Serves a slice of the story's conversations.
    #[must_use]
    pub fn new(story: &Story, slice: usize) -> Self {
        Self { hosts: ["misago.example".to_owned()], talks: story.talks(slice, 24) }
    }

    fn alive(talk: &Talk, now: Timestamp) -> bool {
        talk.posts[0].at <= now && talk.posts[0].words.at(now).text.is_some()
    }

    /// A thread's posts at `now`, hidden ones included.
    fn posts(talk: &Talk, now: Timestamp) -> Vec<&Post> {
        talk.posts.iter().filter(|post| post.at <= now).collect()
    }

    /// A thread's last post.
    fn last(talk: &Talk, now: Timestamp) -> (Timestamp, u64) {
        Self::posts(talk, now).iter().map(|post| (post.at, post.id)).max().unwrap_or_default()
    }

    fn is_pinned(&self, talk: &Talk) -> bool {
        self.talks.first().is_some_and(|first| first.topic.id == talk.topic.id)
    }

    fn thread(&self, talk: &Talk, now: Timestamp) -> Value {
        let (at, id) = Self::last(talk, now);
        json!({
            "id": talk.topic.id, "title": talk.topic.title, "category": talk.topic.category, "replies": Self::posts(talk, now).len() - 1,
            "has_unapproved_posts": false, "started_on": at_zero(talk.posts[0].at), "starter_name": talk.posts[0].author.name,
            "last_post_on": at_zero(at), "last_post": id, "last_post_is_event": false, "is_unapproved": false, "is_hidden": false,
            "is_closed": false, "weight": if self.is_pinned(talk) { 2 } else { 0 }, "url": { "index": format!("/t/{}/{}/", talk.topic.slug, talk.topic.id) },
        })
    }

    fn list(&self, ask: &Ask, now: Timestamp) -> Reply {
        let category = ask.param("category");
        let mut talks: Vec<&Talk> = self.talks.iter().filter(|talk| Self::alive(talk, now)).collect();
        talks.retain(|talk| category.is_none_or(|category| talk.topic.category.to_string() == category));
        talks.sort_by_key(|talk| std::cmp::Reverse(Self::last(talk, now)));
        let place = |talk: &&Talk| Self::last(talk, now).1;
        let Some(start) = ask.param("start").map_or(Some(0), |start| start.parse::<u64>().ok()) else { return missing() };
        let (pinned, rest): (Vec<&Talk>, Vec<&Talk>) = talks.into_iter().partition(|talk| self.is_pinned(talk));
        let from = if start == 0 { 0 } else { rest.iter().position(|talk| place(talk) == start).unwrap_or(rest.len()) };
        if start != 0 && from == rest.len() {
            return missing();
        }
        let next = rest.get(from + LIST).map(place);
        let mut shown: Vec<Value> = rest.iter().skip(from).take(LIST).map(|talk| self.thread(talk, now)).collect();
        if start == 0 {
            shown.splice(0..0, pinned.iter().map(|talk| self.thread(talk, now)));
        }
        if ask.empty {
            shown.clear();
        }
        Reply::json(&json!({ "results": shown, "subcategories": [], "first": start == 0, "next": next }))
    }

    fn page(&self, talk: &Talk, ask: &Ask, now: Timestamp) -> Reply {
        let posts = Self::posts(talk, now);
        let pages = (posts.len().saturating_sub(1)).div_ceil(PAGE).max(1);
        let Some(page) = ask
            .param("page")
            .map_or(Some(1), |page| page.parse::<usize>().ok())
            .map(|page| page.max(1))
            .filter(|page| *page <= pages)
        else {
            return missing();
        };
        let mut shown: Vec<Value> =
            posts.iter().skip((page - 1) * PAGE).take(PAGE + 1).map(|post| Self::post(talk, post, now)).collect();
        if page == pages {
            shown.push(json!({ "id": 900_000 + talk.topic.id, "poster": Value::Null, "poster_name": "Mod", "content": Value::Null, "posted_on": at_zero(now),
                "updated_on": at_zero(now), "edits": 0, "is_event": true, "event_type": "changed_title", "is_hidden": false, "is_unapproved": false, "likes": Value::Null }));
        }
        if ask.empty {
            shown.clear();
        }
        let mut thread = self.thread(talk, now);
        thread["category"] = json!({ "id": talk.topic.category, "name": "Phones" });
        thread["post_set"] = json!({ "results": shown, "page": page, "pages": pages, "count": posts.len(), "next": (page < pages).then_some(page + 1) });
        Reply::json(&thread)
    }

    fn post(talk: &Talk, post: &Post, now: Timestamp) -> Value {
        let standing = post.words.at(now);
        let content = standing.text.map(|text| html::cooked(text, |part| html::linked(part, false)));
        let poster = json!({ "id": post.author.id, "username": post.author.handle, "avatars": [], "url": format!("/user/{}/{}/", post.author.handle.to_lowercase(), post.author.id) });
        let posted = if is_zoneless(post) { post.at.strftime("%Y-%m-%dT%H:%M:%S.000001").to_string() } else { at_zero(post.at) };
        json!({
            "id": post.id, "poster": if has_left(post) { Value::Null } else { poster }, "poster_name": post.author.name, "poster_ip": Value::Null,
            "content": content, "attachments": Value::Null, "posted_on": posted, "updated_on": at_zero(standing.changed.unwrap_or(post.at)),
            "hidden_on": Value::Null, "edits": standing.version - 1, "is_unapproved": false, "is_hidden": standing.text.is_none(), "is_protected": false,
            "is_event": false, "event_type": Value::Null, "likes": grown(post.likes, post.at, now), "last_likes": [],
            "url": { "index": format!("/t/{}/{}/post/{}/", talk.topic.slug, talk.topic.id, post.id) },
        })
    }

    /// Every post somebody may read at `now`, with its thread.
    fn living(&self, now: Timestamp) -> impl Iterator<Item = (&Talk, &Post)> {
        let talks = self.talks.iter().filter(move |talk| Self::alive(talk, now));
        talks
            .flat_map(move |talk| Self::posts(talk, now).into_iter().map(move |post| (talk, post)))
            .filter(move |(_, post)| post.words.at(now).text.is_some())
    }
}

/// One post in thirty is by somebody who left.
fn has_left(post: &Post) -> bool {
    post.id.is_multiple_of(30)
}

/// One post in seventeen was imported without a zone.
fn is_zoneless(post: &Post) -> bool {
    post.id.is_multiple_of(17)
}

fn at_zero(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn missing() -> Reply {
    Reply::json_status(404, &json!({ "detail": "Not found." }))
}

impl Service for Misago {
    fn name(&self) -> &str {
        "misago"
    }

    fn hosts(&self) -> &[String] {
        &self.hosts
    }

    fn answer(&self, ask: &Ask, now: Timestamp) -> Reply {
        let parts: Vec<_> = ask.path.trim_matches('/').split('/').collect();
        match parts[..] {
            ["api", "threads"] => self.list(ask, now),
            ["api", "threads", tid, "posts"] => {
                match self.talks.iter().find(|talk| talk.topic.id.to_string() == tid && Self::alive(talk, now)) {
                    Some(talk) => self.page(talk, ask, now),
                    None => missing(),
                }
            }
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
        Some(Subject { settings: json!({ "url": "https://misago.example" }), refreshes: false, ..Subject::of("misago") })
    }

    fn truth(&self, now: Timestamp) -> Vec<Truth> {
        let tell = |(talk, post): (&Talk, &Post)| {
            let first = post.number == 1;
            Truth {
                id: post.id.to_string(),
                kind: if first { "post" } else { "reply" },
                author: Some((!has_left(post)).then(|| post.author.id.to_string())),
                published: Some(Some(post.at)),
                title: first.then(|| talk.topic.title.clone()),
                text: post.words.at(now).text.unwrap_or_default().to_owned(),
                parent: Some((!first).then(|| talk.posts[0].id.to_string())),
                thread: Some(Some(format!("t/{}", talk.topic.id))),
                rating: Some(None),
                language: Some(None),
                counters: [
                    Some(u64::from(grown(post.likes, post.at, now))),
                    if first { u64::try_from(Self::posts(talk, now).len() - 1).ok() } else { None },
                    None,
                    None,
                ],
                ..Truth::default()
            }
        };
        self.living(now).map(tell).collect()
    }

    fn spoken(&self) -> Vec<Spoken> {
        let says = |what, status, reply: Value, class| Spoken {
            what,
            path: "",
            reply: Reply::json_status(status, &reply),
            class,
            pause_ms: None,
        };
        vec![
            says("a ban", 403, json!({ "detail": "You are banned.", "ban": { "message": "x" } }), "forbidden"),
            says("a list that is gone", 404, json!({ "detail": "Not found." }), "gone"),
            says("something else", 200, json!({ "detail": "ok" }), "unexpected-answer"),
        ]
    }

    fn refuse(&self, retry_after_secs: u32) -> Reply {
        Reply::json_status(429, &json!({ "detail": "Request was throttled." })).with("retry-after", retry_after_secs.to_string())
    }
}
