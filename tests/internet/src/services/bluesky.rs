//! A Bluesky server that shows the whole network (`/xrpc/app.bsky.*`), with sessions.
//!
//! Kept quirks: cursors that are offsets; clocks of people's programs that run ahead or stand at 1970; marks by bytes, links shown
//! shortened; languages named or not; handles that are invalid; posts in threads that are not found; errors with a name and status 400.

use jiff::Timestamp;
use serde_json::{Value, json};

mod shape;

use self::shape::{instant, refused, shortened};
use super::Service;
use super::matching::{found, terms, tokens};
use crate::story::{Post, Story, Talk, grown};
use crate::truth::{Spoken, Subject, Truth};
use crate::wire::{Ask, Reply};

const HOST: &str = "pds.example";
const PASSWORD: &str = "abcd-efgh-ijkl-mnop";
/// What the service gives for the password.
const TOKEN: &str = "session-of-a-listener";
/// The account whose reposts the subject reads.
const CURATOR: &str = "did:plc:curator";
/// A program in this many has no clock.
const BROKEN_CLOCK_EVERY: u64 = 11;

/// The service.
pub struct Bluesky {
    hosts: [String; 1],
    talks: Vec<Talk>,
}

/// Where a post stands: its talk and its place in it.
type Spot = (usize, usize);

impl Bluesky {
    /// Serves a slice of the story.
    #[must_use]
    pub fn new(story: &Story) -> Self {
        Self { hosts: [HOST.to_owned()], talks: story.talks(10, 24) }
    }

    fn post(&self, spot: Spot) -> &Post {
        &self.talks[spot.0].posts[spot.1]
    }

    fn spots(&self) -> impl Iterator<Item = Spot> {
        self.talks.iter().enumerate().flat_map(|(talk, told)| (0..told.posts.len()).map(move |place| (talk, place)))
    }

    fn is_there(&self, spot: Spot, now: Timestamp) -> bool {
        self.post(spot).at <= now && self.post(spot).words.at(now).text.is_some()
    }

    /// Posts at `now`, the newest first by the service's order.
    fn living(&self, now: Timestamp) -> Vec<Spot> {
        let mut living: Vec<Spot> = self.spots().filter(|spot| self.is_there(*spot, now)).collect();
        living.sort_by_key(|spot| std::cmp::Reverse((self.sorted_at(*spot), *spot)));
        living
    }

    fn did(&self, spot: Spot) -> String {
        format!("did:plc:{}", self.post(spot).author.id)
    }

    fn uri(&self, spot: Spot) -> String {
        format!("at://{}/app.bsky.feed.post/3k{}", self.did(spot), self.post(spot).id)
    }

    fn find(&self, uri: &str) -> Option<Spot> {
        self.spots().find(|spot| self.uri(*spot) == uri || self.post(*spot).id.to_string() == uri)
    }

    /// What a post answers: the place named, else the first.
    fn answered(&self, spot: Spot) -> Option<Spot> {
        if spot.1 == 0 {
            return None;
        }
        let posts = &self.talks[spot.0].posts;
        let place = self.post(spot).reply_to.and_then(|number| posts.iter().position(|other| other.number == number));
        Some((spot.0, place.unwrap_or(0)))
    }

    /// The first post of every fifth talk quotes that of the talk before.
    fn quoted(&self, spot: Spot) -> Option<Spot> {
        (spot.1 == 0 && spot.0 % 5 == 4).then(|| (spot.0 - 1, 0))
    }

    fn indexed(&self, spot: Spot) -> Timestamp {
        self.post(spot).at + std::time::Duration::from_millis(800)
    }

    /// What the author's clock said.
    fn stated(&self, spot: Spot) -> Timestamp {
        let post = self.post(spot);
        match post.id % BROKEN_CLOCK_EVERY {
            // Answers with the least of dates are found in threads alone.
            0 if spot.1 > 0 => Timestamp::UNIX_EPOCH,
            1 => post.at + std::time::Duration::from_secs(400 * 86_400),
            _ => post.at,
        }
    }

    fn sorted_at(&self, spot: Spot) -> Timestamp {
        self.stated(spot).min(self.indexed(spot))
    }

    fn view(&self, spot: Spot, now: Timestamp) -> Value {
        let words = self.post(spot).words.at(now).text.unwrap_or("");
        let (text, facets) = shortened(words);
        let mut record = json!({ "$type": "app.bsky.feed.post", "createdAt": instant(self.stated(spot)), "text": text });
        if !facets.is_empty() {
            record["facets"] = json!(facets);
        }
        if !self.post(spot).id.is_multiple_of(4) {
            record["langs"] = json!([self.talks[spot.0].language]);
        }
        if let Some(answered) = self.answered(spot) {
            let pointer = |spot: Spot| json!({ "uri": self.uri(spot), "cid": "bafyreib" });
            record["reply"] = json!({ "parent": pointer(answered), "root": pointer((spot.0, 0)) });
        }
        let [likes, replies, reposts, quotes] = self.counters(spot, now);
        let mut view = json!({
            "uri": self.uri(spot), "cid": "bafyreia", "author": shape::author(&self.post(spot).author), "replyCount": replies, "repostCount": reposts,
            "likeCount": likes, "quoteCount": quotes, "indexedAt": instant(self.indexed(spot)), "labels": [],
        });
        if let Some(quoted) = self.quoted(spot) {
            record["embed"] =
                json!({ "$type": "app.bsky.embed.record", "record": { "uri": self.uri(quoted), "cid": "bafyreib" } });
            view["embed"] = json!({ "$type": "app.bsky.embed.record#view", "record": { "uri": self.uri(quoted), "$type": "app.bsky.embed.record#viewRecord" } });
        }
        view["record"] = record;
        view
    }

    /// Likes, replies, reposts, quotes.
    fn counters(&self, spot: Spot, now: Timestamp) -> [u64; 4] {
        let there = |other: &Spot| self.is_there(*other, now);
        let replies = self.spots().filter(|other| self.answered(*other) == Some(spot)).filter(there).count();
        let quotes = self.spots().filter(|other| self.quoted(*other) == Some(spot)).filter(there).count();
        [
            u64::from(grown(self.post(spot).likes, self.post(spot).at, now)),
            replies as u64,
            u64::from(self.is_reposted(spot, now)),
            quotes as u64,
        ]
    }

    /// The curator passes on the first post of every third talk, an hour later.
    fn is_reposted(&self, spot: Spot, now: Timestamp) -> bool {
        spot.1 == 0 && spot.0 % 3 == 2 && self.is_there(spot, now) && self.reposted_at(spot) <= now
    }

    fn reposted_at(&self, spot: Spot) -> Timestamp {
        self.post(spot).at + std::time::Duration::from_secs(3_600)
    }

    fn repost_uri(&self, spot: Spot) -> String {
        format!("at://{CURATOR}/app.bsky.feed.repost/3r{}", self.post(spot).id)
    }

    /// A page by offset.
    fn page(&self, ask: &Ask, name: &str, all: &[Value]) -> Reply {
        let limit = ask.param("limit").and_then(|limit| limit.parse().ok()).unwrap_or(25_usize).clamp(1, 100);
        let Ok(offset) = ask.param("cursor").map_or(Ok(0), str::parse::<usize>) else {
            return refused(400, "InvalidRequest", "Malformed cursor");
        };
        let mut shown: Vec<Value> = all.iter().skip(offset).take(limit).cloned().collect();
        if ask.empty {
            shown.clear();
        }
        let mut body = json!({ name: shown });
        if offset + limit < all.len() {
            body["cursor"] = json!((offset + limit).to_string());
        }
        Reply::json(&body).with("ratelimit-limit", "3000").with("ratelimit-remaining", "2983")
    }

    fn search(&self, ask: &Ask, now: Timestamp) -> Reply {
        let Some(query) = ask.param("q").filter(|query| !query.is_empty()) else {
            return refused(400, "InvalidRequest", "Error: Params must have the property \"q\"");
        };
        let wanted = terms(&query.replace('#', ""), false);
        let bound = |name: &str| ask.param(name).and_then(|text| text.parse::<Timestamp>().ok());
        let (since, until) = (bound("since"), bound("until"));
        let fits = |spot: &&Spot| {
            let at = self.sorted_at(**spot);
            since.is_none_or(|since| at >= since)
                && until.is_none_or(|until| at < until)
                && found(&tokens(self.post(**spot).words.at(now).text.unwrap_or("")), &wanted)
        };
        let all: Vec<Value> = self.living(now).iter().filter(fits).map(|spot| self.view(*spot, now)).collect();
        self.page(ask, "posts", &all)
    }

    fn author_feed(&self, ask: &Ask, now: Timestamp) -> Reply {
        if ask.param("actor") != Some("curator.pds.example") {
            return refused(400, "InvalidRequest", "Profile not found");
        }
        let mut spots: Vec<Spot> = self.spots().filter(|spot| self.is_reposted(*spot, now)).collect();
        spots.sort_by_key(|spot| std::cmp::Reverse(self.reposted_at(*spot)));
        let entry = |spot: &Spot| {
            let by = json!({ "did": CURATOR, "handle": "curator.pds.example", "displayName": "Curator" });
            let at = instant(self.reposted_at(*spot));
            let reason =
                json!({ "$type": "app.bsky.feed.defs#reasonRepost", "by": by, "uri": self.repost_uri(*spot), "indexedAt": at });
            json!({ "post": self.view(*spot, now), "reason": reason })
        };
        let all: Vec<Value> = spots.iter().map(entry).collect();
        self.page(ask, "feed", &all)
    }

    fn node(&self, spot: Spot, now: Timestamp, below: bool) -> Value {
        let kind = |name: &str| format!("app.bsky.feed.defs#{name}");
        if !self.is_there(spot, now) {
            return json!({ "$type": kind("notFoundPost"), "uri": self.uri(spot), "notFound": true });
        }
        let mut node = json!({ "$type": kind("threadViewPost"), "post": self.view(spot, now) });
        if below {
            let there = |other: &Spot| self.answered(*other) == Some(spot) && self.post(*other).at <= now;
            // What was removed leaves its place only where something hangs below it.
            let kept = |other: &Spot| self.is_there(*other, now);
            let replies: Vec<Value> = self.spots().filter(there).filter(kept).map(|other| self.node(other, now, true)).collect();
            node["replies"] = json!(replies);
        }
        node
    }

    fn thread(&self, ask: &Ask, now: Timestamp) -> Reply {
        let spot = ask.param("uri").and_then(|uri| self.find(uri)).filter(|spot| self.is_there(*spot, now));
        let Some(spot) = spot else { return refused(400, "NotFound", "Post not found") };
        let mut thread = self.node(spot, now, true);
        let mut path = Vec::new();
        let mut at = spot;
        while let Some(answered) = self.answered(at) {
            path.push(self.node(answered, now, false));
            if !self.is_there(answered, now) {
                break;
            }
            at = answered;
        }
        let parent = path.into_iter().rev().reduce(|above, mut below| {
            below["parent"] = above;
            below
        });
        if let Some(parent) = parent {
            thread["parent"] = parent;
        }
        Reply::json(&json!({ "thread": thread }))
    }

    /// What the subject's search finds. One whose clock stands at 1970 is older than any search asks for.
    fn is_hit(&self, spot: Spot, now: Timestamp) -> bool {
        let words = tokens(self.post(spot).words.at(now).text.unwrap_or(""));
        words.iter().any(|word| word == "lumio") && self.stated(spot) > Timestamp::UNIX_EPOCH
    }

    /// A post and what it answers, as far as it is there.
    fn upwards(&self, spot: Spot, now: Timestamp) -> impl Iterator<Item = Spot> {
        std::iter::successors(Some(spot), |at| self.answered(*at)).take_while(move |at| self.is_there(*at, now))
    }

    /// Found by the subject's search, in the thread of what was, or as a quote of it.
    fn is_reached(&self, spot: Spot, now: Timestamp) -> bool {
        if self.upwards(spot, now).any(|at| self.is_hit(at, now)) {
            return true;
        }
        // What a post with answers answers comes with its thread.
        let leads = |other: &Spot| {
            self.is_there(*other, now)
                && self.is_hit(*other, now)
                && self.counters(*other, now)[1] > 0
                && self.upwards(*other, now).any(|at| at == spot)
        };
        self.spots().any(|other| leads(&other))
            || self.quoted(spot).is_some_and(|quoted| self.is_there(quoted, now) && self.is_hit(quoted, now))
    }
}

impl Service for Bluesky {
    fn name(&self) -> &str {
        "bluesky"
    }

    fn hosts(&self) -> &[String] {
        &self.hosts
    }

    fn answer(&self, ask: &Ask, now: Timestamp) -> Reply {
        let Some(method) = ask.path.strip_prefix("/xrpc/") else { return refused(404, "XRPCNotSupported", "XRPCNotSupported") };
        if method == "com.atproto.server.createSession" {
            // The miniature internet hands services no bodies, so whoever asks is the account.
            return match ask.method.as_str() {
                "POST" => Reply::json(
                    &json!({ "did": CURATOR, "handle": "curator.pds.example", "accessJwt": TOKEN, "refreshJwt": PASSWORD }),
                ),
                _ => refused(405, "InvalidRequest", "Incorrect HTTP method (GET) expected POST"),
            };
        }
        if ask.header("authorization") != Some(&format!("Bearer {TOKEN}")) {
            return refused(401, "AuthMissing", "Authentication Required");
        }
        match method {
            "app.bsky.feed.searchPosts" => self.search(ask, now),
            "app.bsky.feed.getAuthorFeed" => self.author_feed(ask, now),
            "app.bsky.feed.getPostThread" => self.thread(ask, now),
            "app.bsky.feed.getQuotes" => {
                let quoted = ask.param("uri").and_then(|uri| self.find(uri));
                let living = self.living(now);
                let all: Vec<Value> = living
                    .iter()
                    .filter(|spot| self.quoted(**spot) == quoted && quoted.is_some())
                    .map(|spot| self.view(*spot, now))
                    .collect();
                self.page(ask, "posts", &all)
            }
            "app.bsky.feed.getPosts" => {
                let spots = ask.params("uris").filter_map(|uri| self.find(uri)).filter(|spot| self.is_there(*spot, now));
                Reply::json(&json!({ "posts": spots.map(|spot| self.view(spot, now)).collect::<Vec<_>>() }))
            }
            _ => refused(404, "MethodNotImplemented", "Method Not Implemented"),
        }
    }

    fn change(&mut self, id: &str, text: Option<&str>, at: Timestamp) -> bool {
        let Some((talk, place)) = self.find(id) else { return false };
        self.talks[talk].posts[place].words.change(at, text.map(str::to_owned));
        true
    }

    fn visible(&self, now: Timestamp) -> usize {
        self.living(now).len()
    }

    fn subject(&self) -> Option<Subject> {
        let service = format!("https://{HOST}");
        Some(Subject {
            settings: json!({ "service": service, "identifier": "curator.pds.example", "accounts": ["curator.pds.example"] }),
            secrets: vec![("app-password", PASSWORD)],
            search: Some("lumio"),
            ..Subject::of("bluesky")
        })
    }

    fn truth(&self, now: Timestamp) -> Vec<Truth> {
        let mut truths = Vec::new();
        for spot in self.living(now) {
            let post = self.post(spot);
            let language = (!post.id.is_multiple_of(4)).then(|| self.talks[spot.0].language.to_owned());
            let text = post.words.at(now).text.unwrap_or("").split_whitespace().next().unwrap_or("").to_owned();
            if self.is_reposted(spot, now) {
                truths.push(Truth {
                    id: self.repost_uri(spot),
                    kind: "share",
                    author: Some(Some(CURATOR.to_owned())),
                    published: Some(Some(self.reposted_at(spot))),
                    text: text.clone(),
                    original: Some(Some(self.uri(spot))),
                    ..Truth::default()
                });
            }
            if !self.is_reached(spot, now) && !self.is_reposted(spot, now) {
                continue;
            }
            let [likes, replies, reposts, quotes] = self.counters(spot, now);
            let right = self.stated(spot) > Timestamp::UNIX_EPOCH && self.stated(spot) <= self.indexed(spot);
            truths.push(Truth {
                id: self.uri(spot),
                kind: if spot.1 > 0 {
                    "reply"
                } else if self.quoted(spot).is_some() {
                    "quote"
                } else {
                    "post"
                },
                author: Some(Some(self.did(spot))),
                published: Some(Some(if right { self.stated(spot) } else { self.indexed(spot) })),
                text,
                parent: Some(self.answered(spot).map(|answered| self.uri(answered))),
                thread: Some(Some(self.uri((spot.0, 0)))),
                original: Some(self.quoted(spot).map(|quoted| self.uri(quoted))),
                language: Some(language),
                counters: [Some(likes), Some(replies), Some(reposts + quotes), None],
                ..Truth::default()
            });
        }
        truths
    }

    fn spoken(&self) -> Vec<Spoken> {
        let spoken = |what, reply, class| Spoken { what, path: "app.bsky.feed.searchPosts", reply, class, pause_ms: None };
        vec![
            spoken("a session that ended", refused(400, "ExpiredToken", "Token has expired"), "unauthorized"),
            spoken(
                "a front server's refusal",
                Reply::text(403, "text/html", "<html>Request forbidden by administrative rules"),
                "forbidden",
            ),
            Spoken { pause_ms: Some(40_000), ..spoken("too many requests", self.refuse(40), "rate-limited") },
            spoken("a broken part behind it", refused(502, "UpstreamFailure", "Upstream Failure"), "transient"),
            spoken(
                "a request it does not understand",
                refused(400, "InvalidRequest", "Error: limit must be an integer"),
                "unexpected-answer",
            ),
        ]
    }

    fn refuse(&self, retry_after_secs: u32) -> Reply {
        refused(429, "RateLimitExceeded", "Rate Limit Exceeded").with("retry-after", retry_after_secs.to_string())
    }
}
