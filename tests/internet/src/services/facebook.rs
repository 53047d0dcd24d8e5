//! Facebook: the Graph API's view of one page (`graph.facebook.com/v25.0`), its posts and the comments below.
//!
//! Kept quirks: at most eight posts a page, the last repeated on the next; a post that is a photo without words; users hidden by the
//! platform; counts of comments that include deleted ones; `updated_time` that moves with comments; one id that is gone spoils
//! a whole `?ids=`; the app-secret proof is demanded.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::Service;
use super::meta::{self, Paged, Row};
use crate::story::{Post, Story, Talk, grown};
use crate::truth::{Spoken, Subject, Truth};
use crate::wire::{Ask, Reply};

const HOST: &str = "graph.facebook.com";
const PAGE: u64 = 100_200_300;
const TOKEN: &str = "facebook-token-0123456789";
const SECRET: &str = "facebook-app-secret-0123";
/// `hmac-sha256` of the token under the secret.
const PROOF: &str = "f30f63f80cec02752fb94993d531e7f76b2b8f8228b83b18559ecd61397fe296";

/// The service.
pub struct Facebook {
    hosts: [String; 1],
    talks: Vec<Talk>,
}

impl Facebook {
    /// Tells a slice of the story on one page.
    #[must_use]
    pub fn new(story: &Story, slice: usize) -> Self {
        Self { hosts: [HOST.to_owned()], talks: story.talks(slice, 24) }
    }

    fn living(talk: &Talk, now: Timestamp) -> impl Iterator<Item = &Post> {
        talk.posts.iter().filter(move |post| post.at <= now && post.words.at(now).text.is_some())
    }

    /// Talks whose first post is there; the others went with it.
    fn standing(&self, now: Timestamp) -> impl Iterator<Item = &Talk> {
        self.talks.iter().filter(move |talk| Self::living(talk, now).next().is_some_and(|post| post.number == 1))
    }

    /// Comments told by the counter: the removed ones stay in it.
    fn counted(talk: &Talk, now: Timestamp) -> usize {
        talk.posts.iter().filter(|post| post.number > 1 && post.at <= now).count()
    }

    fn post(talk: &Talk, post: &Post, now: Timestamp) -> Value {
        let last = talk.posts.iter().filter(|post| post.at <= now).map(|post| post.at).max();
        let likes = grown(post.likes, post.at, now);
        let mut json = json!({
            "id": post_id(talk), "message": message(talk, post, now), "created_time": meta::date(post.at),
            "updated_time": meta::date(post.words.at(now).changed.max(last).unwrap_or(post.at)),
            "permalink_url": format!("https://www.facebook.com/{PAGE}/posts/{}/", post.id), "status_type": "mobile_status_update",
            "from": from(post), "is_hidden": false, "is_expired": false,
            "comments": { "data": [], "summary": { "order": "chronological", "total_count": Self::counted(talk, now), "can_comment": true } },
            "reactions": { "data": [], "summary": { "total_count": likes } }, "like": { "data": [], "summary": { "total_count": likes } },
            "love": { "data": [], "summary": { "total_count": 0 } },
        });
        if wordless(talk) {
            without(&mut json, &["message"]);
            json["story"] = json!(message(talk, post, now));
        }
        if shares(post) > 0 {
            json["shares"] = json!({ "count": shares(post) });
        }
        if hidden(post) {
            without(&mut json, &["from"]);
        }
        json
    }

    fn comment(talk: &Talk, post: &Post, now: Timestamp) -> Value {
        let (first, above) = (talk.posts[0].id, above(talk, post));
        let place = match above {
            Some(above) => format!("comment_id={}&reply_comment_id={}", above.id, post.id),
            None => format!("comment_id={}", post.id),
        };
        let mut json = json!({
            "id": comment_id(talk, post), "message": post.words.at(now).text, "created_time": meta::date(post.at), "from": from(post),
            "permalink_url": format!("https://www.facebook.com/{PAGE}/posts/{first}/?{place}"), "is_hidden": false,
            "like_count": grown(post.likes, post.at, now), "comment_count": replies(talk, post, now),
            "comments": { "data": [], "summary": { "total_count": replies(talk, post, now) } },
            "reactions": { "data": [], "summary": { "total_count": grown(post.likes, post.at, now) } },
        });
        if let Some(above) = above {
            json["parent"] = json!({ "id": comment_id(talk, above), "created_time": meta::date(above.at) });
        }
        if hidden(post) {
            without(&mut json, &["from"]);
        }
        json
    }

    fn feed(&self, ask: &Ask, now: Timestamp, edge: &str) -> Reply {
        let mut rows: Vec<Row> = self
            .standing(now)
            .filter(|talk| edge == "feed" || (edge == "published_posts") == (talk.posts[0].author.id.is_multiple_of(2)))
            .map(|talk| Row { at: talk.posts[0].at, number: talk.posts[0].id, json: Self::post(talk, &talk.posts[0], now) })
            .collect();
        // A row of which the platform says nothing but that it is there.
        if let Some(at) = rows.iter().map(|row| row.at).min() {
            rows.push(Row { at, number: 1, json: json!({ "id": null, "message": null, "created_time": null }) });
        }
        let url = format!("https://{HOST}/v25.0/{PAGE}/{edge}");
        meta::page(rows, ask, &Paged { url: &url, token: TOKEN, most: 8, repeats: true })
    }

    fn comments(talk: &Talk, ask: &Ask, now: Timestamp) -> Reply {
        let rows = Self::living(talk, now).filter(|post| post.number > 1);
        let rows = rows.map(|post| Row { at: post.at, number: post.id, json: Self::comment(talk, post, now) }).collect();
        let url = format!("https://{HOST}/v25.0/{}/comments", post_id(talk));
        meta::page(rows, ask, &Paged { url: &url, token: TOKEN, most: 10, repeats: false })
    }

    /// `?ids=`: an object by id.
    fn objects(&self, ids: &str, fields: &str, now: Timestamp) -> Reply {
        let mut objects = Map::new();
        for id in ids.split(',') {
            let found = self.talks.iter().find_map(|talk| {
                let post = Self::living(talk, now).find(|post| id_of(talk, post) == id)?;
                Some((
                    post.number == 1,
                    if post.number == 1 { Self::post(talk, post, now) } else { Self::comment(talk, post, now) },
                ))
            });
            let Some((is_post, mut json)) = found else { return meta::missing(id) };
            if !is_post && fields.contains("story") {
                return meta::error(100, None, "(#100) Tried accessing nonexisting field (story) on node type (Comment)");
            }
            if let Value::Object(json) = &mut json {
                json.retain(|name, _| {
                    fields.split(',').any(|field| field.split(['{', '.']).next() == Some(name))
                        || fields.contains(&format!("as({name})"))
                });
            }
            objects.insert(id.to_owned(), json);
        }
        Reply::json(&Value::Object(objects))
    }
}

impl Service for Facebook {
    fn name(&self) -> &str {
        "facebook"
    }

    fn hosts(&self) -> &[String] {
        &self.hosts
    }

    fn answer(&self, ask: &Ask, now: Timestamp) -> Reply {
        if let Some(refusal) = meta::refused_token(ask, TOKEN) {
            return refusal;
        }
        match ask.param("appsecret_proof") {
            None => return meta::error(100, None, "API calls from the server require an appsecret_proof argument"),
            Some(proof) if proof != PROOF => {
                return meta::error(100, None, "Invalid appsecret_proof provided in the API argument");
            }
            Some(_) => {}
        }
        let parts: Vec<&str> = ask.path.trim_matches('/').split('/').collect();
        match parts[..] {
            ["v25.0"] => self.objects(ask.param("ids").unwrap_or(""), ask.param("fields").unwrap_or("id"), now),
            ["v25.0", page, edge @ ("feed" | "published_posts" | "tagged")] if page == PAGE.to_string() => {
                self.feed(ask, now, edge)
            }
            ["v25.0", id, "comments"] => match self.standing(now).find(|talk| post_id(talk) == id) {
                Some(talk) => Self::comments(talk, ask, now),
                None => meta::missing(id),
            },
            _ => meta::missing(parts.get(1).copied().unwrap_or("")),
        }
    }

    fn change(&mut self, id: &str, text: Option<&str>, at: Timestamp) -> bool {
        let found = self.talks.iter_mut().find_map(|talk| {
            let place = talk.posts.iter().position(|post| id_of(talk, post) == id)?;
            talk.posts.get_mut(place)
        });
        found.map(|post| post.words.change(at, text.map(str::to_owned))).is_some()
    }

    fn visible(&self, now: Timestamp) -> usize {
        self.standing(now).map(|talk| Self::living(talk, now).count()).sum()
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject {
            settings: json!({ "pages": [PAGE.to_string()], "app_secret_proof": true }),
            secrets: vec![("access-token", TOKEN), ("app-secret", SECRET)],
            ..Subject::of("facebook")
        })
    }

    fn truth(&self, now: Timestamp) -> Vec<Truth> {
        let of = |talk: &Talk, post: &Post| {
            let first = post.number == 1;
            let text = if first { message(talk, post, now) } else { post.words.at(now).text.unwrap_or("").to_owned() };
            let above = above(talk, post).map(|above| comment_id(talk, above));
            let kind = match (first, &above) {
                (true, _) => "post",
                (false, None) => "comment",
                (false, Some(_)) => "reply",
            };
            let comments = if first { Self::counted(talk, now) } else { replies(talk, post, now) };
            Truth {
                id: id_of(talk, post),
                kind,
                author: Some((!hidden(post)).then(|| post.author.id.to_string())),
                published: Some(Some(post.at)),
                text,
                parent: Some((!first).then(|| above.unwrap_or_else(|| post_id(talk)))),
                thread: Some(Some(post_id(talk))),
                counters: [
                    Some(grown(post.likes, post.at, now).into()),
                    Some(comments as u64),
                    (first && shares(post) > 0).then(|| shares(post)),
                    None,
                ],
                ..Truth::default()
            }
        };
        self.standing(now).flat_map(|talk| Self::living(talk, now).map(move |post| of(talk, post))).collect()
    }

    fn spoken(&self) -> Vec<Spoken> {
        meta::spoken()
    }

    fn refuse(&self, retry_after_secs: u32) -> Reply {
        meta::refuse("pages", 80_001, retry_after_secs)
    }
}

fn post_id(talk: &Talk) -> String {
    format!("{PAGE}_{}", talk.posts[0].id)
}

fn comment_id(talk: &Talk, post: &Post) -> String {
    format!("{}_{}", talk.posts[0].id, post.id)
}

fn id_of(talk: &Talk, post: &Post) -> String {
    if post.number == 1 { post_id(talk) } else { comment_id(talk, post) }
}

fn message(talk: &Talk, post: &Post, now: Timestamp) -> String {
    format!("{}\n\n{}", talk.topic.title, post.words.at(now).text.unwrap_or(""))
}

/// The comment a reply hangs below: there are two levels, so replies to replies hang below the same.
fn above<'a>(talk: &'a Talk, post: &Post) -> Option<&'a Post> {
    let mut above = None;
    let mut number = post.reply_to;
    while let Some(post) =
        number.filter(|number| *number > 1).and_then(|number| talk.posts.iter().find(|post| post.number == number))
    {
        above = Some(post);
        number = post.reply_to;
    }
    above
}

fn replies(talk: &Talk, post: &Post, now: Timestamp) -> usize {
    Facebook::living(talk, now).filter(|other| above(talk, other).is_some_and(|above| above.number == post.number)).count()
}

fn shares(post: &Post) -> u64 {
    post.id % 4
}

/// Users who have not allowed the app to see them.
fn hidden(post: &Post) -> bool {
    post.author.id.is_multiple_of(3)
}

/// A photo without words of its own: Facebook's line about it is all there is.
fn wordless(talk: &Talk) -> bool {
    talk.topic.id.is_multiple_of(7)
}

fn from(post: &Post) -> Value {
    json!({ "id": post.author.id.to_string(), "name": post.author.name })
}

fn without(json: &mut Value, names: &[&str]) {
    if let Value::Object(json) = json {
        json.retain(|name, _| !names.contains(&name.as_str()));
    }
}
