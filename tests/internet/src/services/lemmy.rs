//! A Lemmy server of version 0.19 (`/api/v3`).
//!
//! Kept quirks: a cursor for posts and numbers for comments; featured posts first; removed things sent with their words; bots; other
//! servers' posts under their own `ap_id`; times without an offset on the oldest posts; 400 for a limit over fifty.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Service;
use super::matching::{found, terms, tokens};
use crate::story::{Post, Story, Talk, grown};
use crate::truth::{Spoken, Subject, Truth};
use crate::wire::{Ask, Reply};

const HOST: &str = "lemmy.example";
/// Some talks came from another server.
const OTHER: &str = "feddit.example";
/// One author in so many is a program.
const BOT_EVERY: u64 = 9;

/// The service.
pub struct Lemmy {
    hosts: [String; 1],
    talks: Vec<Talk>,
}

/// Where a post or comment stands: its talk and its place in it. The first of a talk is the post.
type Spot = (usize, usize);

impl Lemmy {
    /// Serves a slice of the story.
    #[must_use]
    pub fn new(story: &Story) -> Self {
        Self { hosts: [HOST.to_owned()], talks: story.talks(11, 24) }
    }

    fn post(&self, spot: Spot) -> &Post {
        &self.talks[spot.0].posts[spot.1]
    }

    fn spots(&self) -> impl Iterator<Item = Spot> {
        self.talks.iter().enumerate().flat_map(|(talk, told)| (0..told.posts.len()).map(move |place| (talk, place)))
    }

    fn is_here(&self, spot: Spot, now: Timestamp) -> bool {
        self.post(spot).at <= now
    }

    fn is_gone(&self, spot: Spot, now: Timestamp) -> bool {
        self.post(spot).words.at(now).text.is_none()
    }

    /// Everything at `now`, newest first; what was removed among it.
    fn newest(&self, now: Timestamp, posts: bool) -> Vec<Spot> {
        let mut spots: Vec<Spot> =
            self.spots().filter(|spot| (spot.1 == 0) == posts && self.is_here(*spot, now) && self.has_post(*spot, now)).collect();
        spots.sort_by_key(|spot| std::cmp::Reverse((self.post(*spot).at, self.post(*spot).id)));
        spots
    }

    /// What hangs below a removed post is not shown.
    fn has_post(&self, spot: Spot, now: Timestamp) -> bool {
        spot.1 == 0 || !self.is_gone((spot.0, 0), now)
    }

    fn is_bot(&self, spot: Spot) -> bool {
        self.post(spot).author.id.is_multiple_of(BOT_EVERY)
    }

    fn ap_id(&self, spot: Spot) -> String {
        let host = if spot.0 % 6 == 5 { OTHER } else { HOST };
        let kind = if spot.1 == 0 { "post" } else { "comment" };
        format!("https://{host}/{kind}/{}", self.number(spot))
    }

    /// Posts and comments are counted apart, so their numbers overlap.
    fn number(&self, spot: Spot) -> u64 {
        if spot.1 == 0 { self.talks[spot.0].topic.id } else { self.post(spot).id }
    }

    fn find(&self, id: &str) -> Option<Spot> {
        self.spots().find(|spot| self.ap_id(*spot) == id || self.number(*spot).to_string() == id)
    }

    /// Places from the comment up to below the post.
    fn chain(&self, spot: Spot) -> Vec<Spot> {
        let mut chain = Vec::new();
        let mut at = spot;
        while at.1 > 0 {
            chain.push(at);
            let posts = &self.talks[at.0].posts;
            let place = self.post(at).reply_to.and_then(|number| posts.iter().position(|other| other.number == number));
            at = (at.0, place.unwrap_or(0));
        }
        chain
    }

    fn creator(&self, spot: Spot) -> Value {
        let author = &self.post(spot).author;
        json!({
            "id": author.id, "name": author.handle, "display_name": author.name, "actor_id": self.actor(spot), "local": true,
            "bot_account": self.is_bot(spot), "banned": false, "deleted": false,
        })
    }

    fn actor(&self, spot: Spot) -> String {
        format!("https://{HOST}/u/{}", self.post(spot).author.handle)
    }

    fn post_json(&self, talk: usize, now: Timestamp) -> Value {
        let spot = (talk, 0);
        let post = self.post(spot);
        let standing = post.words.at(now);
        let topic = &self.talks[talk].topic;
        let mut value = json!({
            "id": topic.id, "name": topic.title, "body": standing.text.unwrap_or(post.words.first()), "creator_id": post.author.id,
            "published": instant(post.at, talk < 3), "updated": standing.text.and(standing.changed).map(|at| instant(at, false)),
            "removed": self.is_gone(spot, now) && talk.is_multiple_of(2), "deleted": self.is_gone(spot, now) && !talk.is_multiple_of(2),
            "locked": false, "nsfw": false, "ap_id": self.ap_id(spot), "local": true, "language_id": 37,
            "featured_community": false, "featured_local": topic.pinned,
        });
        if topic.pinned {
            value["url"] = json!("https://lumio.example/rules");
        }
        value
    }

    fn community() -> Value {
        json!({ "id": 2, "name": "phones", "title": "Phones", "actor_id": format!("https://{HOST}/c/phones"), "local": true })
    }

    fn post_view(&self, talk: usize, now: Timestamp) -> Value {
        let [score, comments] = self.counters((talk, 0), now);
        json!({
            "post": self.post_json(talk, now), "creator": self.creator((talk, 0)), "community": Self::community(),
            "counts": { "post_id": self.talks[talk].topic.id, "score": score, "upvotes": score + 1, "downvotes": 1, "comments": comments },
            "subscribed": "NotSubscribed", "saved": false, "read": false,
        })
    }

    fn comment_view(&self, spot: Spot, now: Timestamp) -> Value {
        let post = self.post(spot);
        let standing = post.words.at(now);
        let path: Vec<String> = self.chain(spot).iter().rev().map(|at| self.number(*at).to_string()).collect();
        let [score, children] = self.counters(spot, now);
        json!({
            "comment": {
                "id": self.number(spot), "creator_id": post.author.id, "post_id": self.talks[spot.0].topic.id,
                "content": standing.text.unwrap_or(post.words.first()), "path": format!("0.{}", path.join(".")),
                "published": instant(post.at, false), "updated": standing.text.and(standing.changed).map(|at| instant(at, false)),
                "removed": false, "deleted": self.is_gone(spot, now), "ap_id": self.ap_id(spot), "local": true,
                "distinguished": false, "language_id": 37,
            },
            "creator": self.creator(spot), "post": self.post_json(spot.0, now), "community": Self::community(),
            "counts": { "comment_id": self.number(spot), "score": score, "upvotes": score + 1, "downvotes": 1, "child_count": children },
        })
    }

    /// Score, comments below.
    fn counters(&self, spot: Spot, now: Timestamp) -> [u64; 2] {
        let below = |other: &Spot| {
            other.0 == spot.0
                && other.1 > 0
                && *other != spot
                && self.is_here(*other, now)
                && !self.is_gone(*other, now)
                && (spot.1 == 0 || self.chain(*other).contains(&spot))
        };
        [u64::from(grown(self.post(spot).likes, self.post(spot).at, now)), self.spots().filter(below).count() as u64]
    }

    /// A page of `spots` by cursor or number; the cursor names the last one of the page before.
    fn page(&self, ask: &Ask, spots: &[Spot]) -> Result<(Vec<Spot>, Option<String>), Reply> {
        let limit = ask.param("limit").and_then(|limit| limit.parse().ok()).unwrap_or(10_usize);
        if limit == 0 || limit > 50 {
            return Err(refused(400, "couldnt_get_posts"));
        }
        let from = match (ask.param("page_cursor"), ask.param("page")) {
            (Some(cursor), _) => {
                let at = cursor.strip_prefix('P').and_then(|hex| u64::from_str_radix(hex, 16).ok());
                let place = at.and_then(|id| spots.iter().position(|spot| self.number(*spot) == id));
                place.ok_or_else(|| refused(404, "couldnt_find_post"))? + 1
            }
            (None, Some(page)) => page.parse::<usize>().map_or(0, |page| page.saturating_sub(1)).saturating_mul(limit),
            (None, None) => 0,
        };
        let shown: Vec<Spot> = if ask.empty { Vec::new() } else { spots.iter().skip(from).take(limit).copied().collect() };
        let next = shown.last().map(|spot| format!("P{:x}", self.number(*spot)));
        Ok((shown, next))
    }

    fn posts(&self, ask: &Ask, now: Timestamp) -> Reply {
        let mut spots = self.newest(now, true);
        spots.sort_by_key(|spot| !self.talks[spot.0].topic.pinned);
        match self.page(ask, &spots) {
            Ok((shown, next)) => {
                let posts: Vec<Value> = shown.iter().map(|spot| self.post_view(spot.0, now)).collect();
                Reply::json(&json!({ "posts": posts, "next_page": next }))
            }
            Err(refusal) => refusal,
        }
    }

    fn comments(&self, ask: &Ask, now: Timestamp) -> Reply {
        let mut spots = self.newest(now, false);
        if let Some(post) = ask.param("post_id") {
            spots.retain(|spot| self.talks[spot.0].topic.id.to_string() == post);
        }
        match self.page(ask, &spots) {
            Ok((shown, _)) => {
                let comments: Vec<Value> = shown.iter().map(|spot| self.comment_view(*spot, now)).collect();
                Reply::json(&json!({ "comments": comments }))
            }
            Err(refusal) => refusal,
        }
    }

    fn search(&self, ask: &Ask, now: Timestamp) -> Reply {
        let wanted = terms(&format!("\"{}\"", ask.param("q").unwrap_or("")), true);
        let posts = ask.param("type_") == Some("Posts");
        let hit = |spot: &Spot| {
            let title = if spot.1 == 0 { self.talks[spot.0].topic.title.as_str() } else { "" };
            let text = self.post(*spot).words.at(now).text.unwrap_or("");
            found(&tokens(&format!("{title} \u{0} {text}")), &wanted)
        };
        let spots: Vec<Spot> = self.newest(now, posts).into_iter().filter(hit).filter(|spot| !self.is_gone(*spot, now)).collect();
        match self.page(ask, &spots) {
            Ok((shown, _)) => {
                let views = |posts: bool| -> Vec<Value> {
                    let view = |spot: &&Spot| (spot.1 == 0) == posts;
                    let json = |spot: &Spot| if posts { self.post_view(spot.0, now) } else { self.comment_view(*spot, now) };
                    shown.iter().filter(view).map(json).collect()
                };
                Reply::json(
                    &json!({ "type_": ask.param("type_"), "posts": views(true), "comments": views(false), "communities": [], "users": [] }),
                )
            }
            Err(refusal) => refusal,
        }
    }
}

impl Service for Lemmy {
    fn name(&self) -> &str {
        "lemmy"
    }

    fn hosts(&self) -> &[String] {
        &self.hosts
    }

    fn answer(&self, ask: &Ask, now: Timestamp) -> Reply {
        let here = |post: bool| {
            let id = ask.param("id")?;
            let spot = self.spots().find(|spot| (spot.1 == 0) == post && self.number(*spot).to_string() == id)?;
            self.is_here(spot, now).then_some(spot)
        };
        match ask.path.strip_prefix("/api/v3/") {
            Some("post/list") => self.posts(ask, now),
            Some("comment/list") => self.comments(ask, now),
            Some("search") => self.search(ask, now),
            Some("post") => match here(true) {
                Some(spot) => Reply::json(&json!({ "post_view": self.post_view(spot.0, now), "moderators": [] })),
                None => refused(404, "couldnt_find_post"),
            },
            Some("comment") => match here(false) {
                Some(spot) => Reply::json(&json!({ "comment_view": self.comment_view(spot, now), "recipient_ids": [] })),
                None => refused(404, "couldnt_find_comment"),
            },
            Some("site") => Reply::json(&json!({ "site_view": { "site": { "name": "Lemmy" } }, "version": "0.19.11" })),
            _ => refused(404, "unknown"),
        }
    }

    fn change(&mut self, id: &str, text: Option<&str>, at: Timestamp) -> bool {
        let Some((talk, place)) = self.find(id) else { return false };
        self.talks[talk].posts[place].words.change(at, text.map(str::to_owned));
        true
    }

    fn visible(&self, now: Timestamp) -> usize {
        self.spots().filter(|spot| self.is_here(*spot, now) && !self.is_gone(*spot, now) && self.has_post(*spot, now)).count()
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject {
            settings: json!({ "url": format!("https://{HOST}"), "mode": "latest" }),
            // Of other servers' posts, which stand among the others here, only an account may ask again.
            refreshes: false,
            ..Subject::of("lemmy")
        })
    }

    fn truth(&self, now: Timestamp) -> Vec<Truth> {
        let spots = self.newest(now, true).into_iter().chain(self.newest(now, false));
        let living = spots.filter(|spot| !self.is_gone(*spot, now) && !self.is_bot(*spot));
        let truth = |spot: Spot| {
            let post = self.post(spot);
            let chain = self.chain(spot);
            let [likes, comments] = self.counters(spot, now);
            let kind = match chain.len() {
                0 => "post",
                1 => "comment",
                _ => "reply",
            };
            let answered = chain.get(1).copied().or((!chain.is_empty()).then_some((spot.0, 0)));
            Truth {
                id: self.ap_id(spot),
                kind,
                author: Some(Some(self.actor(spot))),
                published: Some(Some(post.at)),
                title: (spot.1 == 0).then(|| self.talks[spot.0].topic.title.clone()),
                text: post.words.at(now).text.unwrap_or("").split_whitespace().next().unwrap_or("").to_owned(),
                parent: Some(answered.map(|at| self.ap_id(at))),
                thread: Some(Some(self.ap_id((spot.0, 0)))),
                counters: [Some(likes), Some(comments), None, None],
                ..Truth::default()
            }
        };
        living.map(truth).collect()
    }

    fn spoken(&self) -> Vec<Spoken> {
        let spoken = |what, reply, class| Spoken { what, path: "/api/v3/post/list", reply, class, pause_ms: None };
        vec![
            spoken("too many requests, as older versions say it", refused(400, "rate_limit_error"), "rate-limited"),
            Spoken { pause_ms: Some(20_000), ..spoken("too many requests", self.refuse(20), "rate-limited") },
            spoken("a closed server", refused(400, "instance_is_private"), "forbidden"),
            spoken("a database that takes too long", refused(400, "query_timeout"), "transient"),
            spoken("a page where data belongs", Reply::text(200, "text/html", "<!DOCTYPE html><p>Lemmy"), "unexpected-answer"),
        ]
    }

    fn refuse(&self, retry_after_secs: u32) -> Reply {
        refused(429, "rate_limit_error").with("retry-after", retry_after_secs.to_string())
    }
}

fn refused(status: u16, word: &str) -> Reply {
    Reply::json_status(status, &json!({ "error": word }))
}

/// Old versions wrote no offset; all write microseconds.
fn instant(at: Timestamp, zoneless: bool) -> String {
    let written = at.strftime("%Y-%m-%dT%H:%M:%S.%6f").to_string();
    if zoneless { written } else { written + "Z" }
}
