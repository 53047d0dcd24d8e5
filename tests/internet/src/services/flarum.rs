//! A Flarum forum: JSON:API with users and discussions in `included`.
//!
//! Kept quirks: offsets of instants differ within one answer; events stand among posts; hidden posts are not shown to guests; a deleted
//! account leaves no user; what is sticky stands first; lists name their next page.

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use serde_json::{Value, json};

use super::Service;
use super::html;
use super::matching::{found, terms, tokens};
use crate::story::{Post, Story, Talk, grown};
use crate::truth::{Spoken, Subject, Truth};
use crate::wire::{Ask, Reply};

/// The most a list gives at once.
const MOST: usize = 50;

/// The service.
pub struct Flarum {
    hosts: [String; 1],
    talks: Vec<Talk>,
}

impl Flarum {
    /// Serves a slice of the story's conversations.
    #[must_use]
    pub fn new(story: &Story, slice: usize) -> Self {
        Self { hosts: ["flarum.example".to_owned()], talks: story.talks(slice, 24) }
    }

    /// Every post guests see at `now`, with its discussion.
    fn living(&self, now: Timestamp) -> impl Iterator<Item = (&Talk, &Post)> {
        let alive = move |post: &Post| post.at <= now && post.words.at(now).text.is_some();
        let talks = self.talks.iter().filter(move |talk| alive(&talk.posts[0]));
        talks.flat_map(|talk| talk.posts.iter().map(move |post| (talk, post))).filter(move |(_, post)| alive(post))
    }

    fn count(&self, talk: &Talk, now: Timestamp) -> usize {
        self.living(now).filter(|(other, _)| other.topic.id == talk.topic.id).count()
    }

    fn last(&self, talk: &Talk, now: Timestamp) -> Timestamp {
        let of_talk = self.living(now).filter(|(other, _)| other.topic.id == talk.topic.id);
        of_talk.map(|(_, post)| post.at).max().unwrap_or(talk.posts[0].at)
    }

    fn discussion(&self, talk: &Talk, now: Timestamp) -> Value {
        json!({
            "type": "discussions", "id": talk.topic.id.to_string(),
            "attributes": {
                "title": talk.topic.title, "slug": format!("{}-{}", talk.topic.id, talk.topic.slug), "commentCount": self.count(talk, now),
                "participantCount": 2, "createdAt": instant(talk.posts[0].at, 0), "lastPostedAt": instant(self.last(talk, now), 0),
                "lastPostNumber": talk.posts.len(), "isSticky": talk.topic.pinned, "isLocked": false, "isApproved": true,
            },
            "relationships": { "firstPost": { "data": { "type": "posts", "id": talk.posts[0].id.to_string() } } },
        })
    }

    fn post(talk: &Talk, post: &Post, now: Timestamp) -> Value {
        let standing = post.words.at(now);
        let to =
            post.reply_to.and_then(|number| talk.posts.iter().find(|other| other.number == number)).filter(|to| to.number > 1);
        let mention = to.map(|to| {
            format!(
                "<p><a href=\"/d/{}/{}\" class=\"PostMention\" data-id=\"{}\">{}</a></p>\n",
                talk.topic.id, to.number, to.id, to.author.name
            )
        });
        let words = html::cooked(standing.text.unwrap_or(""), |part| html::linked(part, false));
        let mut value = json!({
            "type": "posts", "id": post.id.to_string(),
            "attributes": {
                "number": post.number, "createdAt": instant(post.at, if post.id.is_multiple_of(2) { 8 } else { 0 }), "contentType": "comment",
                "contentHtml": mention.unwrap_or_default() + &words, "renderFailed": false, "canEdit": false, "isApproved": true,
                "likesCount": grown(post.likes, post.at, now),
            },
            "relationships": {
                "discussion": { "data": { "type": "discussions", "id": talk.topic.id.to_string() } },
                "user": { "data": { "type": "users", "id": post.author.id.to_string() } },
            },
        });
        if let Some(changed) = standing.changed {
            value["attributes"]["editedAt"] = json!(instant(changed, 0));
        }
        if is_orphan(post) {
            value["relationships"]["user"] = json!({ "data": Value::Null });
        }
        value
    }

    /// A page of a list with everything its posts belong to.
    fn page(&self, ask: &Ask, items: Vec<Value>, people: &[(&Talk, &Post)], now: Timestamp) -> Reply {
        let number = |name: &str, default: usize| ask.param(name).map_or(Some(default), |text| text.parse().ok());
        let (Some(offset), Some(limit)) = (number("page[offset]", 0), number("page[limit]", 20)) else {
            return refused(400, "invalid_parameter");
        };
        let limit = limit.min(MOST);
        let more = items.len() > offset + limit;
        let shown: Vec<Value> = if ask.empty { Vec::new() } else { items.into_iter().skip(offset).take(limit).collect() };
        let mut included: Vec<Value> = Vec::new();
        for (talk, post) in people {
            let user = json!({ "type": "users", "id": post.author.id.to_string(), "attributes": {
                "username": post.author.handle, "displayName": post.author.name, "slug": post.author.handle, "avatarUrl": Value::Null } });
            for one in [user, self.discussion(talk, now)] {
                if !included.contains(&one) {
                    included.push(one);
                }
            }
        }
        let mut links = json!({ "first": "https://flarum.example/api" });
        if more || ask.empty {
            links["next"] = json!(format!("https://flarum.example/api?page%5Boffset%5D={}", offset + limit));
        }
        Reply::json(&json!({ "links": links, "data": shown, "included": included }))
    }

    fn posts(&self, ask: &Ask, now: Timestamp) -> Reply {
        let only = ask.param("filter[discussion]");
        let ids: Option<Vec<&str>> = ask.param("filter[id]").map(|ids| ids.split(',').collect());
        if let Some(only) = only
            && !self.living(now).any(|(talk, _)| talk.topic.id.to_string() == only)
        {
            return refused(404, "not_found");
        }
        let mut posts: Vec<(&Talk, &Post)> = self.living(now).collect();
        posts.retain(|(talk, post)| {
            only.is_none_or(|only| talk.topic.id.to_string() == only)
                && ids.as_ref().is_none_or(|ids| ids.contains(&post.id.to_string().as_str()))
        });
        posts.sort_by_key(|(_, post)| std::cmp::Reverse((post.at, post.id)));
        let mut items: Vec<Value> = posts.iter().map(|(talk, post)| Self::post(talk, post, now)).collect();
        // An event slips through a filter that is not set.
        if let (None, None, Some((talk, _))) = (ask.param("filter[type]"), &ids, posts.first()) {
            items.push(json!({ "type": "posts", "id": "999999", "attributes": { "contentType": "discussionRenamed", "content": ["a", "b"], "number": 99 },
                "relationships": { "discussion": { "data": { "type": "discussions", "id": talk.topic.id.to_string() } } } }));
        }
        self.page(ask, items, &posts, now)
    }

    fn discussions(&self, ask: &Ask, now: Timestamp) -> Reply {
        let wanted = ask.param("filter[q]").map(|words| terms(words, false));
        let tag = ask.param("filter[tag]");
        let fits = |talk: &Talk| {
            let texts = || {
                self.living(now)
                    .filter(|(other, _)| other.topic.id == talk.topic.id)
                    .filter_map(|(_, post)| post.words.at(now).text)
            };
            self.count(talk, now) > 0
                && tag.is_none_or(|tag| talk.topic.tags.contains(&tag))
                && wanted.as_ref().is_none_or(|wanted| {
                    texts().any(|text| found(&tokens(text), wanted)) || found(&tokens(&talk.topic.title), wanted)
                })
        };
        let mut talks: Vec<&Talk> = self.talks.iter().filter(|talk| fits(talk)).collect();
        talks.sort_by_key(|talk| std::cmp::Reverse((talk.topic.pinned, self.last(talk, now), talk.topic.id)));
        let items = talks.into_iter().map(|talk| self.discussion(talk, now)).collect();
        self.page(ask, items, &[], now)
    }
}

/// One post in thirty is by somebody who left.
fn is_orphan(post: &Post) -> bool {
    post.id.is_multiple_of(30)
}

/// As PHP writes it, some hours east.
fn instant(at: Timestamp, hours: i8) -> String {
    let zone = Offset::constant(hours);
    TimeZone::fixed(zone).to_datetime(at).strftime("%Y-%m-%dT%H:%M:%S").to_string() + &format!("+{hours:02}:00")
}

fn refused(status: u16, code: &str) -> Reply {
    Reply::json_status(status, &json!({ "errors": [{ "status": status.to_string(), "code": code }] }))
}

impl Service for Flarum {
    fn name(&self) -> &str {
        "flarum"
    }

    fn hosts(&self) -> &[String] {
        &self.hosts
    }

    fn answer(&self, ask: &Ask, now: Timestamp) -> Reply {
        let parts: Vec<_> = ask.path.trim_matches('/').split('/').collect();
        match parts[..] {
            ["api", "posts"] => self.posts(ask, now),
            ["api", "discussions"] => self.discussions(ask, now),
            ["api", "posts", id] => match self.living(now).find(|(_, post)| post.id.to_string() == id) {
                Some((talk, post)) => {
                    let mut one = Self::post(talk, post, now);
                    one["links"] = json!({});
                    Reply::json(&json!({ "data": one, "included": [self.discussion(talk, now)] }))
                }
                None => refused(404, "not_found"),
            },
            _ => refused(404, "not_found"),
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
        Some(Subject { settings: json!({ "url": "https://flarum.example" }), ..Subject::of("flarum") })
    }

    fn truth(&self, now: Timestamp) -> Vec<Truth> {
        let tell = |(talk, post): (&Talk, &Post)| {
            let first = post.number == 1;
            let to =
                post.reply_to.and_then(|number| talk.posts.iter().find(|other| other.number == number)).unwrap_or(&talk.posts[0]);
            Truth {
                id: post.id.to_string(),
                kind: if first { "post" } else { "reply" },
                author: Some((!is_orphan(post)).then(|| post.author.id.to_string())),
                published: Some(Some(post.at)),
                title: first.then(|| talk.topic.title.clone()),
                text: post.words.at(now).text.unwrap_or_default().to_owned(),
                parent: Some((!first).then(|| to.id.to_string())),
                thread: Some(Some(format!("d/{}", talk.topic.id))),
                rating: Some(None),
                language: Some(None),
                counters: [
                    Some(u64::from(grown(post.likes, post.at, now))),
                    if first { u64::try_from(self.count(talk, now) - 1).ok() } else { None },
                    None,
                    None,
                ],
                ..Truth::default()
            }
        };
        self.living(now).map(tell).collect()
    }

    fn spoken(&self) -> Vec<Spoken> {
        let says = |what, reply, class| Spoken { what, path: "", reply, class, pause_ms: None };
        vec![
            says("a forum for members", refused(401, "not_authenticated"), "unauthorized"),
            says("a list nobody may see", refused(403, "permission_denied"), "forbidden"),
            says("maintenance", Reply::text(503, "text/html; charset=utf-8", "<h1>Maintenance</h1>"), "transient"),
            says(
                "a login page",
                Reply::text(200, "text/html; charset=utf-8", "<!doctype html><title>Login</title>"),
                "unexpected-answer",
            ),
        ]
    }

    fn refuse(&self, retry_after_secs: u32) -> Reply {
        refused(429, "too_many_requests").with("retry-after", retry_after_secs.to_string())
    }
}
