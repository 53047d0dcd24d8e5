//! Instagram: the Graph API's view of one professional account, its posts, those that tag it, comments, hashtags and a rival's
//! account. In the miniature internet `graph.facebook.com` is Facebook's, so all of it stands on `graph.instagram.com`.
//!
//! Kept quirks: likes that are hidden are absent; a caption that is absent; replies come with their comment, two at a time here; a
//! hashtag gives the last day alone, not in order, without authors and with one cursor for all pages; another account's posts have
//! cursors and no `next`; a comment read with a post's fields is an error.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Service;
use super::meta::{self, Paged, Row};
use crate::story::{Post, Story, Talk, grown};
use crate::truth::{Spoken, Subject, Truth};
use crate::wire::{Ask, Reply};

const HOST: &str = "graph.instagram.com";
const USER: &str = "17841400000000001";
const RIVAL: &str = "17841400000000002";
const TOKEN: &str = "instagram-token-0123456789";
const DAY_SECS: i64 = 86_400;
/// Posts of the hashtag on a page.
const TAG_PAGE: usize = 3;

/// Where a conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Home {
    Own,
    Rival,
    Tagged,
}

/// The service.
pub struct Instagram {
    hosts: [String; 1],
    talks: Vec<Talk>,
    /// How far each hashtag's search was turned: the cursor does not say it.
    turned: Mutex<BTreeMap<String, usize>>,
}

impl Instagram {
    /// Tells a slice of the story around one account.
    #[must_use]
    pub fn new(story: &Story, slice: usize) -> Self {
        Self { hosts: [HOST.to_owned()], talks: story.talks(slice, 24), turned: Mutex::default() }
    }

    fn home(&self, talk: &Talk) -> Home {
        match self.talks.iter().position(|other| other.topic.id == talk.topic.id).unwrap_or(0) % 4 {
            0 | 1 => Home::Own,
            2 => Home::Rival,
            _ => Home::Tagged,
        }
    }

    fn standing(&self, now: Timestamp, home: Home) -> impl Iterator<Item = &Talk> {
        self.talks
            .iter()
            .filter(move |talk| self.home(talk) == home && living(talk, now).next().is_some_and(|post| post.number == 1))
    }

    fn media(&self, talk: &Talk, now: Timestamp, hashtag: bool) -> Value {
        let post = &talk.posts[0];
        let kind = media_type(talk);
        let mut json = json!({
            "id": media_id(post), "media_type": kind, "permalink": format!("https://www.instagram.com/p/C{}/", post.id),
            "timestamp": meta::date(post.at), "comments_count": comments(talk, now),
            "media_url": format!("https://cdn.instagram.example/{}.jpg", post.id),
        });
        if let Some(text) = caption(talk, now) {
            json["caption"] = json!(text);
        }
        if let Some(likes) = likes(post, now) {
            json["like_count"] = json!(likes);
        }
        if kind == "CAROUSEL_ALBUM" {
            json["children"] =
                json!({ "data": [{ "id": "1", "media_type": "IMAGE", "media_url": "https://cdn.instagram.example/c.jpg" }] });
        }
        if !hashtag && self.home(talk) != Home::Rival {
            let (id, name) = self.author(talk);
            json["username"] = json!(name);
            json["owner"] = json!({ "id": id });
        }
        json
    }

    /// Number and name of who published a post.
    fn author(&self, talk: &Talk) -> (String, String) {
        match self.home(talk) {
            Home::Own => (USER.to_owned(), "lumio".to_owned()),
            Home::Rival => (RIVAL.to_owned(), "ostra.official".to_owned()),
            Home::Tagged => (talk.posts[0].author.id.to_string(), talk.posts[0].author.handle.clone()),
        }
    }

    fn list(&self, ask: &Ask, now: Timestamp, home: Home, edge: &str) -> Reply {
        let rows = self.standing(now, home).map(|talk| self.row(talk, now)).collect();
        let url = format!("https://{HOST}/v25.0/{USER}/{edge}");
        meta::page(rows, ask, &Paged { url: &url, token: TOKEN, most: 4, repeats: home == Home::Own })
    }

    fn row(&self, talk: &Talk, now: Timestamp) -> Row {
        Row { at: talk.posts[0].at, number: talk.posts[0].id, json: self.media(talk, now, false) }
    }

    /// `?fields=business_discovery.username(NAME){…media.limit(N).after(CURSOR){…}}`
    fn discovery(&self, fields: &str, now: Timestamp) -> Reply {
        let inside = |name: &str| {
            fields.split_once(&format!("{name}(")).and_then(|(_, rest)| rest.split_once(')')).map(|(inside, _)| inside)
        };
        if inside("username") != Some("ostra.official") {
            return meta::error(110, Some(2_207_013), "Invalid user id");
        }
        let mut ask = Ask::default();
        ask.query.extend(
            [("limit", inside("limit")), ("after", inside("after"))]
                .into_iter()
                .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned()))),
        );
        let rows = self.standing(now, Home::Rival).map(|talk| self.row(talk, now)).collect();
        let page = meta::page(rows, &ask, &Paged { url: "", token: TOKEN, most: 2, repeats: false });
        let mut media: Value = serde_json::from_slice(&page.body).unwrap_or_default();
        let more = media["paging"]["next"].is_string();
        if let Some(paging) = media["paging"].as_object_mut() {
            paging.remove("next");
        }
        if !more && let Some(cursors) = media["paging"]["cursors"].as_object_mut() {
            cursors.remove("after");
        }
        let account = json!({ "id": RIVAL, "username": "ostra.official", "name": "Ostra", "followers_count": 81_234, "media_count": 6, "media": media });
        Reply::json(&json!({ "business_discovery": account, "id": USER }))
    }

    /// What was published with a word in the last day, newest last, without authors; one cursor for all pages.
    fn hashtag(&self, tag: &str, ask: &Ask, now: Timestamp) -> Reply {
        let mut turned = self.turned.lock().unwrap_or_else(PoisonError::into_inner);
        let place = turned.entry(tag.to_owned()).or_default();
        if ask.param("after").is_none() {
            *place = 0;
        }
        let fits = |talk: &&Talk| {
            let young = now.duration_since(talk.posts[0].at).as_secs() < DAY_SECS;
            young && caption(talk, now).is_some_and(|text| text.to_lowercase().contains(tag))
        };
        let found: Vec<Value> = [Home::Tagged, Home::Own]
            .iter()
            .flat_map(|home| self.standing(now, *home))
            .filter(fits)
            .map(|talk| self.media(talk, now, true))
            .collect();
        let shown: Vec<&Value> = found.iter().skip(*place).take(TAG_PAGE).collect();
        *place += shown.len();
        let mut answer = json!({ "data": shown });
        if *place < found.len() {
            let next = format!("https://{HOST}/v25.0/1/recent_media?access_token={TOKEN}&after=QVFIfixed");
            answer["paging"] = json!({ "cursors": { "after": "QVFIfixed" }, "next": next });
        }
        Reply::json(&answer)
    }

    fn comments(&self, talk: &Talk, ask: &Ask, now: Timestamp) -> Reply {
        let top = living(talk, now).filter(|post| post.number > 1 && above(talk, post).is_none());
        let rows = top.map(|post| {
            let mut json = comment(talk, post);
            json["text"] = json!(post.words.at(now).text);
            json["like_count"] = json!(grown(post.likes, post.at, now));
            let replies = replies(talk, post, now);
            if !replies.is_empty() {
                let rows: Vec<Row> = replies.iter().map(|reply| reply_row(talk, reply, now)).collect();
                let url = format!("https://{HOST}/v25.0/{}/replies", comment_id(post));
                let page = meta::page(rows, &Ask::default(), &Paged { url: &url, token: TOKEN, most: 2, repeats: false });
                json["replies"] = serde_json::from_slice(&page.body).unwrap_or_default();
            }
            Row { at: post.at, number: post.id, json }
        });
        let url = format!("https://{HOST}/v25.0/{}/comments", media_id(&talk.posts[0]));
        meta::page(rows.collect(), ask, &Paged { url: &url, token: TOKEN, most: 5, repeats: false })
    }

    fn object(&self, id: &str, fields: &str, now: Timestamp) -> Reply {
        for talk in self.standing(now, Home::Own).chain(self.standing(now, Home::Tagged)) {
            for post in living(talk, now) {
                if post.number == 1 && media_id(post) == id {
                    return Reply::json(&self.media(talk, now, false));
                }
                if post.number > 1 && comment_id(post) == id {
                    if fields.contains("caption") {
                        return meta::error(
                            100,
                            None,
                            "(#100) Tried accessing nonexisting field (caption) on node type (IGComment)",
                        );
                    }
                    let mut json = comment(talk, post);
                    json["text"] = json!(post.words.at(now).text);
                    json["like_count"] = json!(grown(post.likes, post.at, now));
                    json["media"] = json!({ "id": media_id(&talk.posts[0]) });
                    return Reply::json(&json);
                }
            }
        }
        meta::missing(id)
    }
}

impl Service for Instagram {
    fn name(&self) -> &str {
        "instagram"
    }

    fn hosts(&self) -> &[String] {
        &self.hosts
    }

    fn answer(&self, ask: &Ask, now: Timestamp) -> Reply {
        if let Some(refusal) = meta::refused_token(ask, TOKEN) {
            return refusal;
        }
        let parts: Vec<&str> = ask.path.trim_matches('/').split('/').collect();
        let fields = ask.param("fields").unwrap_or("id");
        match parts[..] {
            ["v25.0", "ig_hashtag_search"] => match ask.param("q") {
                Some(tag @ ("lumio" | "ostra")) => Reply::json(
                    &json!({ "data": [{ "id": if tag == "lumio" { "17843900000000001" } else { "17843900000000002" } }] }),
                ),
                _ => meta::error(24, Some(2_207_024), "The requested resource does not exist"),
            },
            ["v25.0", "17843900000000001", "recent_media"] => self.hashtag("lumio", ask, now),
            ["v25.0", "17843900000000002", "recent_media"] => self.hashtag("ostra", ask, now),
            ["v25.0", USER, "media"] => self.list(ask, now, Home::Own, "media"),
            ["v25.0", USER, "tags"] => self.list(ask, now, Home::Tagged, "tags"),
            ["v25.0", USER] if fields.starts_with("business_discovery.") => self.discovery(fields, now),
            ["v25.0", id, "comments"] => match self.standing(now, Home::Own).find(|talk| media_id(&talk.posts[0]) == id) {
                Some(talk) => self.comments(talk, ask, now),
                None => meta::missing(id),
            },
            ["v25.0", id, "replies"] => {
                let found = self
                    .standing(now, Home::Own)
                    .find_map(|talk| Some((talk, living(talk, now).find(|post| comment_id(post) == id)?)));
                match found {
                    Some((talk, post)) => {
                        let rows = replies(talk, post, now).into_iter().map(|reply| reply_row(talk, reply, now)).collect();
                        let url = format!("https://{HOST}/v25.0/{id}/replies");
                        meta::page(rows, ask, &Paged { url: &url, token: TOKEN, most: 2, repeats: false })
                    }
                    None => meta::missing(id),
                }
            }
            ["v25.0", id] => self.object(id, fields, now),
            _ => meta::error(2500, None, "Unknown path components"),
        }
    }

    fn change(&mut self, id: &str, text: Option<&str>, at: Timestamp) -> bool {
        let mut posts = self.talks.iter_mut().flat_map(|talk| &mut talk.posts);
        let found = posts.find(|post| if post.number == 1 { media_id(post) == id } else { comment_id(post) == id });
        found.map(|post| post.words.change(at, text.map(str::to_owned))).is_some()
    }

    fn visible(&self, now: Timestamp) -> usize {
        self.truth(now).len()
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject {
            settings: json!({ "user": USER, "accounts": ["ostra.official"], "login": "instagram" }),
            secrets: vec![("access-token", TOKEN)],
            // What is gone cannot be told from what may not be seen.
            refreshes: false,
            ..Subject::of("instagram")
        })
    }

    fn truth(&self, now: Timestamp) -> Vec<Truth> {
        let mut all = Vec::new();
        for talk in [Home::Own, Home::Rival, Home::Tagged].into_iter().flat_map(|home| self.standing(now, home)) {
            let thread = media_id(&talk.posts[0]);
            for post in living(talk, now) {
                let first = post.number == 1;
                // Nobody sees comments below posts of others.
                if !first && self.home(talk) != Home::Own {
                    continue;
                }
                let above = above(talk, post).map(comment_id);
                let kind = match (first, media_type(talk), &above) {
                    (true, "IMAGE", _) => "photo",
                    (true, "VIDEO", _) => "video",
                    (true, ..) => "post",
                    (false, _, None) => "comment",
                    (false, _, Some(_)) => "reply",
                };
                let (likes, comments) = if first {
                    (likes(post, now), Some(comments(talk, now) as u64))
                } else {
                    (Some(grown(post.likes, post.at, now)), None)
                };
                all.push(Truth {
                    id: if first { thread.clone() } else { comment_id(post) },
                    kind,
                    author: Some(Some(if first { self.author(talk).0 } else { commenter(post) })),
                    published: Some(Some(post.at)),
                    text: if first {
                        caption(talk, now).unwrap_or_default()
                    } else {
                        post.words.at(now).text.unwrap_or("").to_owned()
                    },
                    parent: Some((!first).then(|| above.unwrap_or_else(|| thread.clone()))),
                    thread: Some(Some(thread.clone())),
                    counters: [likes.map(u64::from), comments, None, None],
                    ..Truth::default()
                });
            }
        }
        all
    }

    fn spoken(&self) -> Vec<Spoken> {
        let hashtags = meta::error(18, Some(2_207_034), "(#18) You have queried the maximum number of unique hashtags in 7 days");
        let mut spoken = meta::spoken();
        spoken.push(Spoken { what: "too many hashtags", path: "", reply: hashtags, class: "quota-exhausted", pause_ms: None });
        spoken
    }

    fn refuse(&self, retry_after_secs: u32) -> Reply {
        meta::refuse("instagram", 80_002, retry_after_secs)
    }
}

fn living(talk: &Talk, now: Timestamp) -> impl Iterator<Item = &Post> {
    talk.posts.iter().filter(move |post| post.at <= now && post.words.at(now).text.is_some())
}

fn media_id(post: &Post) -> String {
    (17_900_000_000_000_000 + post.id).to_string()
}

fn comment_id(post: &Post) -> String {
    (17_800_000_000_000_000 + post.id).to_string()
}

fn media_type(talk: &Talk) -> &'static str {
    ["IMAGE", "CAROUSEL_ALBUM", "VIDEO"][usize::try_from(talk.topic.id % 3).unwrap_or(0)]
}

/// A few posts have no words at all.
fn caption(talk: &Talk, now: Timestamp) -> Option<String> {
    let text = talk.posts[0].words.at(now).text.unwrap_or("");
    (!talk.topic.id.is_multiple_of(11)).then(|| format!("{}\n\n{text}", talk.topic.title))
}

/// Absent where the author hides them.
fn likes(post: &Post, now: Timestamp) -> Option<u32> {
    (!post.id.is_multiple_of(5)).then(|| grown(post.likes, post.at, now))
}

fn comments(talk: &Talk, now: Timestamp) -> usize {
    living(talk, now).filter(|post| post.number > 1).count()
}

/// There are two levels: a reply to a reply hangs below the same comment.
fn above<'a>(talk: &'a Talk, post: &Post) -> Option<&'a Post> {
    let mut above = None;
    let mut number = post.reply_to;
    while let Some(post) =
        number.filter(|number| *number > 1).and_then(|number| talk.posts.iter().find(|post| post.number == number))
    {
        above = Some(post);
        number = post.reply_to;
    }
    // Replies to a comment that is removed at any time stand by themselves here, so that none is lost with it.
    above.filter(|above| above.words.at(Timestamp::MAX).text.is_some())
}

fn replies<'a>(talk: &'a Talk, post: &Post, now: Timestamp) -> Vec<&'a Post> {
    living(talk, now).filter(|other| above(talk, other).is_some_and(|above| above.number == post.number)).collect()
}

fn reply_row(talk: &Talk, post: &Post, now: Timestamp) -> Row {
    let mut json = comment(talk, post);
    json["text"] = json!(post.words.at(now).text);
    json["like_count"] = json!(grown(post.likes, post.at, now));
    Row { at: post.at, number: post.id, json }
}

fn comment(talk: &Talk, post: &Post) -> Value {
    let mut json =
        json!({ "id": comment_id(post), "timestamp": meta::date(post.at), "username": post.author.handle, "hidden": false });
    if !nameless(post) {
        json["from"] = json!({ "id": post.author.id.to_string(), "username": post.author.handle });
    }
    if let Some(above) = above(talk, post) {
        json["parent_id"] = json!(comment_id(above));
    }
    json
}

/// Accounts of which the service tells the name alone.
fn nameless(post: &Post) -> bool {
    post.author.id.is_multiple_of(4)
}

fn commenter(post: &Post) -> String {
    if nameless(post) { post.author.handle.clone() } else { post.author.id.to_string() }
}
