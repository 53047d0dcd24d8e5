//! Google Business Profile (`mybusiness.googleapis.com/v4`), and the part of `oauth2.googleapis.com` that gives it tokens.
//!
//! A conversation's posts are reviews of one of two places, some with the owner's reply. Kept quirks: stars in words, or none; reviews
//! without a word; reviewers without a name; translations around the original; nulls between reviews; instants to the nanosecond;
//! an edit that brings an old review back to the head.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Service;
use crate::story::{Post, Story};
use crate::truth::{Spoken, Subject, Truth};
use crate::wire::{Ask, Reply};

const API: &str = "mybusiness.googleapis.com";
const OAUTH: &str = "oauth2.googleapis.com";
pub(super) const TOKEN: &str = "google-token-of-the-miniature-internet";
const SECRETS: [(&str, &str); 3] =
    [("client-id", "google-client"), ("client-secret", "google-client-secret"), ("refresh-token", "google-refresh")];
const PLACES: [&str; 2] = ["accounts/1089/locations/11", "accounts/1089/locations/12"];
const STARS: [&str; 6] = ["ONE", "TWO", "THREE", "FOUR", "FIVE", "STAR_RATING_UNSPECIFIED"];

/// The service.
pub struct GoogleBusiness {
    hosts: [String; 2],
    reviews: Vec<Written>,
}

/// A review and what the owner answered.
struct Written {
    post: Post,
    reply: Option<Post>,
    turn: usize,
}

impl GoogleBusiness {
    /// Serves a slice of the story's conversations.
    #[must_use]
    pub fn new(story: &Story, slice: usize) -> Self {
        let mut reviews = Vec::new();
        for talk in story.talks(slice, 24) {
            let mut posts = talk.posts.into_iter().peekable();
            while let Some(post) = posts.next() {
                let turn = reviews.len();
                let reply = if turn % 4 == 1 { posts.next_if(|next| next.at > post.at) } else { None };
                reviews.push(Written { post, reply, turn });
            }
        }
        Self { hosts: [API.to_owned(), OAUTH.to_owned()], reviews }
    }

    fn living(&self, now: Timestamp) -> impl Iterator<Item = &Written> {
        self.reviews.iter().filter(move |review| alive(&review.post, now))
    }

    fn page(&self, ask: &Ask, place: &str, now: Timestamp) -> Reply {
        let size = ask.param("pageSize").and_then(|size| size.parse::<usize>().ok()).unwrap_or(50).clamp(1, 50);
        let start = match ask.param("pageToken").map(|token| token.strip_prefix("after-").and_then(|at| at.parse::<usize>().ok()))
        {
            None => 0,
            Some(Some(start)) => start,
            Some(None) => return refused(400, "INVALID_ARGUMENT", "Request contains an invalid argument."),
        };
        let mut all: Vec<&Written> = self.living(now).filter(|review| review.place() == place).collect();
        all.sort_by_key(|review| std::cmp::Reverse((review.changed(now), review.post.id)));
        let mut shown: Vec<Value> =
            if ask.empty { Vec::new() } else { all.iter().skip(start).take(size).map(|review| review.told(now)).collect() };
        if shown.len() > 3 {
            shown.insert(2, Value::Null);
        }
        let mut answer = json!({ "averageRating": 3.9, "totalReviewCount": all.len() });
        if !all.is_empty() {
            answer["reviews"] = json!(shown);
        }
        if start + size < all.len() {
            answer["nextPageToken"] = json!(format!("after-{}", start + size));
        }
        Reply::json(&answer)
    }
}

impl Written {
    fn id(&self) -> String {
        format!("AbFvOq{:010}", self.post.id)
    }

    fn place(&self) -> &'static str {
        PLACES[self.turn % 2]
    }

    fn stars(&self) -> usize {
        if self.turn == 6 { 5 } else { (self.turn * 7 + self.post.likes as usize) % 5 }
    }

    fn is_silent(&self) -> bool {
        self.turn % 10 == 3
    }

    fn is_nameless(&self) -> bool {
        self.turn % 13 == 8
    }

    fn changed(&self, now: Timestamp) -> Timestamp {
        self.post.words.at(now).changed.unwrap_or(self.post.at)
    }

    fn answer(&self, now: Timestamp) -> Option<&Post> {
        self.reply.as_ref().filter(|reply| alive(reply, now))
    }

    fn told(&self, now: Timestamp) -> Value {
        let text = self.post.words.at(now).text.unwrap_or("");
        let nanoseconds = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%S.000000789Z").to_string();
        let reviewer = if self.is_nameless() {
            json!({ "displayName": "A Google user", "isAnonymous": true })
        } else {
            json!({ "displayName": self.post.author.name, "profilePhotoUrl": "https://lh3.example/p" })
        };
        let mut review = json!({
            "name": format!("{}/reviews/{}", self.place(), self.id()), "reviewId": self.id(), "reviewer": reviewer,
            "starRating": STARS[self.stars()], "createTime": nanoseconds(self.post.at), "updateTime": nanoseconds(self.changed(now)),
        });
        if !self.is_silent() {
            review["comment"] = match self.turn % 6 {
                2 => json!(format!("(Translated by Google) a machine wrote this\n\n(Original)\n{text}")),
                4 => json!(format!("{text}\n\n(Translated by Google)\na machine wrote this")),
                _ => json!(text),
            };
        }
        if let Some(reply) = self.answer(now) {
            let standing = reply.words.at(now);
            let changed = standing.changed.unwrap_or(reply.at);
            review["reviewReply"] = json!({ "comment": standing.text, "updateTime": nanoseconds(changed) });
        }
        review
    }
}

impl Service for GoogleBusiness {
    fn name(&self) -> &str {
        "google-business"
    }

    fn hosts(&self) -> &[String] {
        &self.hosts
    }

    fn answer(&self, ask: &Ask, now: Timestamp) -> Reply {
        if ask.host == OAUTH {
            // What the form holds is not seen here; that it is posted is.
            return match (ask.method.as_str(), ask.path.as_str()) {
                ("POST", "/token") => Reply::json(
                    &json!({ "access_token": TOKEN, "expires_in": 3599, "scope": "business.manage", "token_type": "Bearer" }),
                ),
                _ => Reply::json_status(400, &json!({ "error": "invalid_request", "error_description": "Use POST." })),
            };
        }
        if ask.header("authorization") != Some(&format!("Bearer {TOKEN}")) {
            return refused(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.");
        }
        let missing = || refused(404, "NOT_FOUND", "Requested entity was not found.");
        let Some((place, rest)) = ask.path.strip_prefix("/v4/").and_then(|path| path.split_once("/reviews")) else {
            return missing();
        };
        match rest.strip_prefix('/') {
            _ if !PLACES.contains(&place) => missing(),
            None => self.page(ask, place, now),
            Some(id) => {
                let found = self.living(now).find(|review| review.place() == place && review.id() == id);
                found.map_or_else(missing, |review| Reply::json(&review.told(now)))
            }
        }
    }

    fn change(&mut self, id: &str, text: Option<&str>, at: Timestamp) -> bool {
        let (id, of_reply) = id.strip_suffix("/reply").map_or((id, false), |id| (id, true));
        let Some(review) = self.reviews.iter_mut().find(|review| review.id() == id) else { return false };
        let post = if of_reply { review.reply.as_mut() } else { Some(&mut review.post) };
        post.map(|post| post.words.change(at, text.map(str::to_owned))).is_some()
    }

    fn visible(&self, now: Timestamp) -> usize {
        self.living(now).map(|review| 1 + usize::from(review.answer(now).is_some())).sum()
    }

    fn subject(&self) -> Option<Subject> {
        let settings = json!({ "locations": PLACES });
        Some(Subject { settings, secrets: SECRETS.to_vec(), ..Subject::of("google-business") })
    }

    fn truth(&self, now: Timestamp) -> Vec<Truth> {
        let mut all = Vec::new();
        for review in self.living(now) {
            let id = review.id();
            let words = |post: &Post| post.words.at(now).text.unwrap_or("").split_whitespace().collect::<Vec<_>>().join(" ");
            let stars = [Some(0.0), Some(0.25), Some(0.5), Some(0.75), Some(1.0), None];
            all.push(Truth {
                id: id.clone(),
                kind: "review",
                author: Some((!review.is_nameless()).then(|| review.post.author.name.clone())),
                published: Some(Some(review.post.at)),
                text: if review.is_silent() { String::new() } else { words(&review.post) },
                not_text: Some("a machine wrote this".to_owned()),
                parent: Some(None),
                thread: Some(Some(id.clone())),
                rating: Some(stars[review.stars()]),
                language: Some(None),
                ..Truth::default()
            });
            if let Some(reply) = review.answer(now) {
                all.push(Truth {
                    id: format!("{id}/reply"),
                    kind: "reply",
                    author: Some(Some(review.place().to_owned())),
                    // Only the last change is stated.
                    published: Some(Some(reply.words.at(now).changed.unwrap_or(reply.at))),
                    text: words(reply),
                    parent: Some(Some(id.clone())),
                    thread: Some(Some(id)),
                    rating: Some(None),
                    language: Some(None),
                    ..Truth::default()
                });
            }
        }
        all
    }

    fn spoken(&self) -> Vec<Spoken> {
        let spoken = |what, reply, class| Spoken { what, path: "/v4/", reply, class, pause_ms: None };
        let per = |span: &str| refused(429, "RESOURCE_EXHAUSTED", &format!("Quota exceeded for limit 'Requests per {span}'"));
        vec![
            spoken("a token that ended", refused(401, "UNAUTHENTICATED", "Invalid credentials."), "unauthorized"),
            spoken(
                "somebody else's place",
                refused(403, "PERMISSION_DENIED", "The caller does not have permission"),
                "forbidden",
            ),
            spoken("no such place", refused(404, "NOT_FOUND", "Requested entity was not found."), "settings"),
            spoken("too fast", per("minute"), "rate-limited"),
            spoken("too much", per("day"), "quota-exhausted"),
            spoken("an overload", refused(500, "INTERNAL", "Internal error encountered."), "transient"),
        ]
    }

    fn refuse(&self, retry_after_secs: u32) -> Reply {
        refused(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota).")
            .with("retry-after", retry_after_secs.to_string())
    }
}

fn alive(post: &Post, now: Timestamp) -> bool {
    post.at <= now && post.words.at(now).text.is_some()
}

fn refused(status: u16, canonical: &str, message: &str) -> Reply {
    Reply::json_status(status, &json!({ "error": { "code": status, "message": message, "status": canonical } }))
}
