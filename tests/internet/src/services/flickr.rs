//! Flickr: its REST interface (`api.flickr.com/services/rest/`): search, comments, a photo by its number.
//!
//! Kept quirks: failures with status 200; at most 4,000 results of a search, repeats beyond; nothing about a photo without `extras`;
//! numbers as texts; one row that holds a year for a date; no list where there are no comments; all comments at once, in HTML;
//! accounts that are deleted.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Service;
use super::matching::tokens;
use crate::story::{Post, Story, Talk, grown};
use crate::truth::{Spoken, Subject, Truth};
use crate::wire::{Ask, Reply};

const HOST: &str = "api.flickr.com";
const KEY: &str = "flickr-api-key-0123456789";
const SEARCHED: [&str; 3] = ["lumio", "ostra", "pyrel"];
const WALL: usize = 4_000;
/// Photos on a page, whatever was asked for.
const MOST: usize = 6;

/// The service.
pub struct Flickr {
    hosts: [String; 1],
    talks: Vec<Talk>,
}

impl Flickr {
    /// Tells a slice of the story as photos with comments.
    #[must_use]
    pub fn new(story: &Story, slice: usize) -> Self {
        Self { hosts: [HOST.to_owned()], talks: story.talks(slice, 24) }
    }

    fn standing(&self, now: Timestamp) -> impl Iterator<Item = &Talk> {
        self.talks.iter().filter(move |talk| living(talk, now).next().is_some_and(|post| post.number == 1))
    }

    fn search(&self, ask: &Ask, now: Timestamp) -> Reply {
        let (text, tags, user) = (ask.param("text"), ask.param("tags"), ask.param("user_id"));
        if text.is_none() && tags.is_none() && user.is_none() {
            return fail(3, "Parameterless searches have been disabled. Please use flickr.photos.getRecent instead.");
        }
        let seconds = |name: &str| ask.param(name).and_then(|text| text.parse::<i64>().ok());
        let (from, until) = (seconds("min_upload_date"), seconds("max_upload_date"));
        let mut found: Vec<&Talk> = self
            .standing(now)
            .filter(|talk| text.is_none_or(|text| matches(text, talk, now)))
            .filter(|talk| tags.is_none_or(|tag| talk.topic.tags.contains(&tag)))
            .filter(|talk| user.is_none_or(|user| nsid(&talk.posts[0]) == user))
            .filter(|talk| {
                let at = talk.posts[0].at.as_second();
                from.is_none_or(|from| at >= from) && until.is_none_or(|until| at <= until)
            })
            .collect();
        found.sort_by_key(|talk| std::cmp::Reverse((talk.posts[0].at, talk.posts[0].id)));
        let number = |name: &str, default: usize| ask.param(name).and_then(|text| text.parse().ok()).unwrap_or(default).max(1);
        let (page, per_page) = (number("page", 1), number("per_page", 100).min(MOST));
        let total = found.len();
        // Beyond the wall the last page is repeated.
        let page_shown = page.min(WALL / per_page).max(1);
        let extras = ask.param("extras").unwrap_or("");
        let shown = found.into_iter().skip((page_shown - 1) * per_page).take(per_page);
        let mut rows: Vec<Value> = shown.map(|talk| row(talk, now, extras)).collect();
        if ask.empty {
            rows.clear();
        }
        let photos = json!({ "page": page, "pages": total.div_ceil(per_page), "perpage": per_page, "total": total.to_string(), "photo": rows });
        Reply::json(&json!({ "photos": photos, "stat": "ok" }))
    }

    fn photo(&self, id: &str, now: Timestamp) -> Option<&Talk> {
        self.standing(now).find(|talk| photo_id(talk) == id)
    }

    fn info(talk: &Talk, now: Timestamp) -> Reply {
        let post = &talk.posts[0];
        let tags: Vec<Value> = talk.topic.tags.iter().map(|tag| json!({ "id": "1", "raw": tag, "_content": tag })).collect();
        let photo = json!({
            "id": photo_id(talk), "license": "4", "media": media(talk), "views": views(talk, now).to_string(),
            "owner": { "nsid": nsid(post), "username": post.author.name, "realname": "", "path_alias": alias(post) },
            "title": { "_content": talk.topic.title }, "description": { "_content": super::html::hacker(post.words.at(now).text.unwrap_or("")) },
            "visibility": { "ispublic": 1, "isfriend": 0, "isfamily": 0 }, "comments": { "_content": comments(talk, now).to_string() },
            "dates": { "posted": post.at.as_second().to_string(), "taken": "2026-01-01 10:00:00", "lastupdate": updated(talk, now).to_string() },
            "tags": { "tag": tags },
        });
        Reply::json(&json!({ "photo": photo, "stat": "ok" }))
    }

    fn comments(talk: &Talk, ask: &Ask, now: Timestamp) -> Reply {
        let from = ask.param("min_comment_date").and_then(|text| text.parse::<i64>().ok());
        let shown = living(talk, now).filter(|post| post.number > 1 && from.is_none_or(|from| post.at.as_second() >= from));
        let rows: Vec<Value> = shown
            .map(|post| {
                json!({
                    "id": comment_id(talk, post), "author": nsid(post), "author_is_deleted": u8::from(deleted(post)), "authorname": post.author.handle,
                    "realname": post.author.name, "path_alias": alias(post), "datecreate": post.at.as_second().to_string(),
                    "permalink": format!("http://www.flickr.com/photos/{}/{}/#comment{}", nsid(&talk.posts[0]), photo_id(talk), post.id),
                    "_content": super::html::hacker(post.words.at(now).text.unwrap_or("")),
                })
            })
            .collect();
        let mut list = json!({ "photo_id": photo_id(talk) });
        if !rows.is_empty() && !ask.empty {
            list["comment"] = json!(rows);
        }
        Reply::json(&json!({ "comments": list, "stat": "ok" }))
    }
}

impl Service for Flickr {
    fn name(&self) -> &str {
        "flickr"
    }

    fn hosts(&self) -> &[String] {
        &self.hosts
    }

    fn answer(&self, ask: &Ask, now: Timestamp) -> Reply {
        if ask.param("api_key") != Some(KEY) {
            return fail(100, "Invalid API Key (Key has invalid format)");
        }
        if ask.param("format") != Some("json") || ask.param("nojsoncallback") != Some("1") {
            let xml = "<?xml version=\"1.0\" encoding=\"utf-8\" ?>\n<rsp stat=\"fail\">\n\t<err code=\"111\" msg=\"Format not found\" />\n</rsp>\n";
            return Reply::text(200, "text/xml; charset=utf-8", xml);
        }
        let photo = || self.photo(ask.param("photo_id").unwrap_or(""), now);
        let missing = || fail(1, "Photo not found");
        match ask.param("method") {
            Some("flickr.photos.search") => self.search(ask, now),
            Some("flickr.photos.comments.getList") => photo().map_or_else(missing, |talk| Self::comments(talk, ask, now)),
            Some("flickr.photos.getInfo") => photo().map_or_else(missing, |talk| Self::info(talk, now)),
            _ => fail(112, "Method not found"),
        }
    }

    fn change(&mut self, id: &str, text: Option<&str>, at: Timestamp) -> bool {
        let found = self.talks.iter_mut().find_map(|talk| {
            let place = talk
                .posts
                .iter()
                .position(|post| if post.number == 1 { photo_id(talk) == id } else { comment_id(talk, post) == id })?;
            talk.posts.get_mut(place)
        });
        found.map(|post| post.words.change(at, text.map(str::to_owned))).is_some()
    }

    fn visible(&self, now: Timestamp) -> usize {
        self.standing(now).map(|talk| living(talk, now).count()).sum()
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject { secrets: vec![("api-key", KEY)], search: Some("lumio OR ostra OR pyrel"), ..Subject::of("flickr") })
    }

    fn truth(&self, now: Timestamp) -> Vec<Truth> {
        let mut all = Vec::new();
        for talk in self.standing(now).filter(|talk| SEARCHED.iter().any(|word| matches(word, talk, now))) {
            let photo = photo_id(talk);
            for post in living(talk, now) {
                let first = post.number == 1;
                all.push(Truth {
                    id: if first { photo.clone() } else { comment_id(talk, post) },
                    kind: match (first, media(talk)) {
                        (true, "video") => "video",
                        (true, _) => "photo",
                        (false, _) => "comment",
                    },
                    author: Some((first || !deleted(post)).then(|| nsid(post))),
                    published: Some((!first || !undated(talk)).then_some(post.at)),
                    title: first.then(|| talk.topic.title.clone()),
                    text: post.words.at(now).text.unwrap_or("").to_owned(),
                    parent: Some((!first).then(|| photo.clone())),
                    thread: Some(Some(photo.clone())),
                    counters: if first {
                        [
                            Some(grown(post.likes, post.at, now).into()),
                            Some(comments(talk, now) as u64),
                            None,
                            Some(views(talk, now)),
                        ]
                    } else {
                        [None; 4]
                    },
                    ..Truth::default()
                });
            }
        }
        all
    }

    fn spoken(&self) -> Vec<Spoken> {
        let of = |what, reply, class| Spoken { what, path: "", reply, class, pause_ms: None };
        vec![
            of("a wrong key", fail(100, "Invalid API Key (Key not found)"), "unauthorized"),
            of("a search that is down", fail(10, "Sorry, the Flickr search API is not currently available."), "transient"),
            of("a service that is down", fail(105, "Service currently unavailable"), "transient"),
            of(
                "a failure in XML",
                Reply::text(
                    200,
                    "text/xml; charset=utf-8",
                    "<?xml version=\"1.0\" ?><rsp stat=\"fail\"><err code=\"100\" msg=\"Invalid API Key\" /></rsp>",
                ),
                "unauthorized",
            ),
            of("a refused signature", Reply::text(401, "text/plain", "oauth_problem=signature_invalid"), "unauthorized"),
            of("a page instead of data", Reply::text(200, "text/html", "<html></html>"), "unexpected-answer"),
        ]
    }

    fn refuse(&self, retry_after_secs: u32) -> Reply {
        Reply::text(429, "text/plain", "Too Many Requests").with("retry-after", retry_after_secs.to_string())
    }
}

fn fail(code: u32, message: &str) -> Reply {
    Reply::json(&json!({ "stat": "fail", "code": code, "message": message }))
}

fn living(talk: &Talk, now: Timestamp) -> impl Iterator<Item = &Post> {
    talk.posts.iter().filter(move |post| post.at <= now && post.words.at(now).text.is_some())
}

fn photo_id(talk: &Talk) -> String {
    (53_000_000_000 + talk.posts[0].id).to_string()
}

fn comment_id(talk: &Talk, post: &Post) -> String {
    format!("67{}-{}-721{}", post.author.id, photo_id(talk), post.id)
}

fn nsid(post: &Post) -> String {
    format!("{}@N04", 10_000 + post.author.id)
}

fn alias(post: &Post) -> Option<&str> {
    post.author.id.is_multiple_of(4).then_some(&post.author.handle)
}

fn deleted(post: &Post) -> bool {
    post.author.id.is_multiple_of(9)
}

/// One row in many holds a year where its date belongs.
fn undated(talk: &Talk) -> bool {
    talk.topic.id.is_multiple_of(13)
}

fn media(talk: &Talk) -> &'static str {
    if talk.topic.id.is_multiple_of(5) { "video" } else { "photo" }
}

fn comments(talk: &Talk, now: Timestamp) -> usize {
    living(talk, now).filter(|post| post.number > 1).count()
}

fn views(talk: &Talk, now: Timestamp) -> u64 {
    grown(talk.topic.views, talk.posts[0].at, now).into()
}

fn updated(talk: &Talk, now: Timestamp) -> i64 {
    let last = talk.posts.iter().filter(|post| post.at <= now).map(|post| post.words.at(now).changed.unwrap_or(post.at)).max();
    last.map_or(0, Timestamp::as_second)
}

/// Title, description and tags hold all of the words.
fn matches(text: &str, talk: &Talk, now: Timestamp) -> bool {
    let words =
        tokens(&format!("{} {} {}", talk.topic.title, talk.posts[0].words.at(now).text.unwrap_or(""), talk.topic.tags.join(" ")));
    tokens(text).iter().all(|word| words.contains(word))
}

/// A photo as a search shows it: what was asked for and nothing else.
fn row(talk: &Talk, now: Timestamp, extras: &str) -> Value {
    let post = &talk.posts[0];
    let mut row = json!({ "id": photo_id(talk), "owner": nsid(post), "secret": "0a1b2c", "server": "65535", "farm": 66, "title": talk.topic.title,
        "ispublic": 1, "isfriend": 0, "isfamily": 0 });
    let uploaded = if undated(talk) { "2013".to_owned() } else { post.at.as_second().to_string() };
    let all = [
        ("description", "description", json!({ "_content": super::html::hacker(post.words.at(now).text.unwrap_or("")) })),
        ("license", "license", json!("4")),
        ("date_upload", "dateupload", json!(uploaded)),
        ("owner_name", "ownername", json!(post.author.name)),
        ("last_update", "lastupdate", json!(updated(talk, now).to_string())),
        ("geo", "latitude", json!(0)),
        ("geo", "longitude", json!(0)),
        ("tags", "tags", json!(talk.topic.tags.join(" "))),
        ("views", "views", json!(views(talk, now).to_string())),
        ("media", "media", json!(media(talk))),
        ("path_alias", "pathalias", json!(alias(post))),
        ("count_comments", "count_comments", json!(comments(talk, now).to_string())),
        ("count_faves", "count_faves", json!(grown(post.likes, post.at, now).to_string())),
        ("url_m", "url_m", json!("https://live.staticflickr.example/m.jpg")),
    ];
    for (extra, name, value) in all {
        if extras.split(',').any(|asked| asked == extra) {
            row[name] = value;
        }
    }
    row
}
