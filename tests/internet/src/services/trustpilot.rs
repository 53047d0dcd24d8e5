//! Trustpilot, by its API (`api.trustpilot.com/v1`).
//!
//! A conversation is a review with the answer of the company, if it has one. Kept quirks: the key in a header; a title made of the
//! text's first words; reviews of stars alone, and one without stars; instants of replies without a zone; pages shifted by what is
//! new; an error of the gateway, which has a shape of its own.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Service;
use crate::story::{Post, Story, Talk, grown};
use crate::truth::{Spoken, Subject, Truth};
use crate::wire::{Ask, Reply};

const HOST: &str = "api.trustpilot.com";
const KEY: &str = "trustpilot-key-of-the-miniature-internet";
const UNIT: &str = "46d6a890000064000500e0c3";
const DOMAIN: &str = "lumio.example";

/// The service.
pub struct Trustpilot {
    hosts: [String; 1],
    /// Every post of the slice is a review, and the next one of its conversation may be the company's answer.
    reviews: Vec<Written>,
}

/// A review and what the company answered.
struct Written {
    post: Post,
    title: String,
    language: &'static str,
    reply: Option<Post>,
    turn: usize,
}

impl Trustpilot {
    /// Serves a slice of the story's conversations.
    #[must_use]
    pub fn new(story: &Story, slice: usize) -> Self {
        let mut reviews = Vec::new();
        for talk in story.talks(slice, 24) {
            let Talk { topic, language, posts } = talk;
            let mut posts = posts.into_iter().peekable();
            while let Some(post) = posts.next() {
                let turn = reviews.len();
                let reply = if turn.is_multiple_of(3) { posts.next_if(|next| next.at > post.at) } else { None };
                reviews.push(Written { post, title: topic.title.clone(), language, reply, turn });
            }
        }
        reviews.sort_by_key(|review| (review.post.at, review.post.id));
        Self { hosts: [HOST.to_owned()], reviews }
    }

    fn living(&self, now: Timestamp) -> impl DoubleEndedIterator<Item = &Written> {
        self.reviews.iter().filter(move |review| alive(&review.post, now))
    }

    fn page(&self, ask: &Ask, now: Timestamp) -> Reply {
        let number = |name: &str, default: usize| ask.param(name).map_or(Some(default), |text| text.parse().ok());
        let (Some(page), Some(per_page)) =
            (number("page", 1).filter(|page| *page > 0), number("perPage", 20).filter(|per| *per <= 100))
        else {
            return refused(400, "perPage must be between 1 and 100");
        };
        let language = ask.param("language");
        let mut all: Vec<&Written> =
            self.living(now).filter(|review| language.is_none_or(|language| language == review.language)).collect();
        if ask.param("orderBy") != Some("createdat.asc") {
            all.reverse();
        }
        let start = (page - 1) * per_page;
        let shown: Vec<Value> =
            if ask.empty { Vec::new() } else { all.iter().skip(start).take(per_page).map(|review| review.told(now)).collect() };
        let mut links = vec![json!({ "href": "self", "method": "GET", "rel": "self" })];
        if start + per_page < all.len() {
            links.push(json!({ "href": format!("https://{HOST}/v1/business-units/{UNIT}/reviews?page={}", page + 1), "method": "GET", "rel": "next-page" }));
        }
        Reply::json(&json!({ "links": links, "reviews": shown }))
    }
}

impl Written {
    fn has_stars(&self) -> bool {
        self.turn != 5
    }

    fn stars(&self) -> u32 {
        1 + (self.post.likes + u32::try_from(self.turn).unwrap_or(0)) % 5
    }

    /// Some leave stars without a word.
    fn is_silent(&self) -> bool {
        self.turn % 11 == 7
    }

    fn answer(&self, now: Timestamp) -> Option<&Post> {
        self.reply.as_ref().filter(|reply| alive(reply, now))
    }

    fn told(&self, now: Timestamp) -> Value {
        let standing = self.post.words.at(now);
        let text = standing.text.filter(|_| !self.is_silent()).unwrap_or("");
        let made: String = text.split_whitespace().take(4).collect::<Vec<_>>().join(" ");
        let title = if self.is_silent() {
            Value::Null
        } else if self.made_title() {
            json!(format!("{made}…"))
        } else {
            json!(self.title)
        };
        json!({
            "id": review_id(&self.post), "stars": if self.has_stars() { self.stars() } else { 0 }, "title": title, "text": text,
            "language": self.language, "createdAt": self.post.at.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string(),
            "updatedAt": standing.changed.map(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()), "experiencedAt": null,
            "numberOfLikes": grown(self.post.likes, self.post.at, now), "isVerified": self.turn.is_multiple_of(2), "status": "active",
            "referralEmail": null, "reportData": null, "location": null, "countsTowardsTrustScore": true,
            "consumer": {
                "id": consumer_id(&self.post), "displayName": self.post.author.name, "displayLocation": "Lille, FR", "numberOfReviews": 2,
            },
            "businessUnit": { "id": UNIT, "identifyingName": DOMAIN, "displayName": "Lumio" },
            "companyReply": self.answer(now).map(|reply| json!({
                "text": reply.words.at(now).text, "createdAt": reply.at.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
                "updatedAt": reply.words.at(now).changed.map(|at| at.strftime("%Y-%m-%dT%H:%M:%S").to_string()),
            })),
        })
    }

    fn made_title(&self) -> bool {
        self.turn % 4 == 1
    }
}

impl Service for Trustpilot {
    fn name(&self) -> &str {
        "trustpilot"
    }

    fn hosts(&self) -> &[String] {
        &self.hosts
    }

    fn answer(&self, ask: &Ask, now: Timestamp) -> Reply {
        if ask.header("apikey").or_else(|| ask.param("apikey")) != Some(KEY) {
            return fault(401, "Invalid ApiKey", "oauth.v2.InvalidApiKey");
        }
        let parts: Vec<&str> = ask.path.trim_matches('/').split('/').collect();
        match parts[..] {
            ["v1", "business-units", "find"] if ask.param("name") == Some(DOMAIN) => Reply::json(
                &json!({ "id": UNIT, "identifyingName": DOMAIN, "displayName": "Lumio", "country": "FR", "links": [] }),
            ),
            ["v1", "business-units", UNIT, "reviews"] => self.page(ask, now),
            ["v1", "reviews", id] => {
                let found = self.living(now).find(|review| review_id(&review.post) == id);
                found.map_or_else(|| refused(404, "Review not found"), |review| Reply::json(&review.told(now)))
            }
            _ => refused(404, "Not found"),
        }
    }

    fn change(&mut self, id: &str, text: Option<&str>, at: Timestamp) -> bool {
        let (id, of_reply) = id.strip_suffix("/reply").map_or((id, false), |id| (id, true));
        let Some(review) = self.reviews.iter_mut().find(|review| review_id(&review.post) == id) else { return false };
        let post = if of_reply { review.reply.as_mut() } else { Some(&mut review.post) };
        post.map(|post| post.words.change(at, text.map(str::to_owned))).is_some()
    }

    fn visible(&self, now: Timestamp) -> usize {
        self.living(now).map(|review| 1 + usize::from(review.answer(now).is_some())).sum()
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject {
            settings: json!({ "businesses": [DOMAIN] }),
            secrets: vec![("api-key", KEY)],
            ..Subject::of("trustpilot")
        })
    }

    fn truth(&self, now: Timestamp) -> Vec<Truth> {
        let mut all = Vec::new();
        for review in self.living(now) {
            let id = review_id(&review.post);
            let words = |post: &Post| post.words.at(now).text.unwrap_or("").split_whitespace().collect::<Vec<_>>().join(" ");
            // The scale begins at 1.
            let rating = review.has_stars().then(|| f64::from(review.stars() - 1) / 4.0);
            all.push(Truth {
                id: id.clone(),
                kind: "review",
                author: Some(Some(consumer_id(&review.post))),
                published: Some(Some(review.post.at)),
                title: (!review.is_silent() && !review.made_title()).then(|| review.title.clone()),
                text: if review.is_silent() { String::new() } else { words(&review.post) },
                parent: Some(None),
                thread: Some(Some(id.clone())),
                rating: Some(rating),
                language: Some(Some(review.language.to_owned())),
                counters: [Some(grown(review.post.likes, review.post.at, now).into()), None, None, None],
                ..Truth::default()
            });
            if let Some(reply) = review.answer(now) {
                all.push(Truth {
                    id: format!("{id}/reply"),
                    kind: "reply",
                    author: Some(Some(UNIT.to_owned())),
                    published: Some(Some(reply.at)),
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
        let spoken = |what, reply, class, pause_ms| Spoken { what, path: "", reply, class, pause_ms };
        vec![
            spoken("a wrong key", fault(401, "Invalid ApiKey", "oauth.v2.InvalidApiKey"), "unauthorized", None),
            spoken("not in the plan", refused(403, "Forbidden"), "forbidden", None),
            spoken("no such business", refused(404, "Not found"), "settings", None),
            spoken("a busy API", refused(503, "Service unavailable").with("retry-after", "120"), "rate-limited", Some(120_000)),
            spoken(
                "no calls left",
                fault(429, "Rate limit quota violation", "policies.ratelimit.QuotaViolation"),
                "quota-exhausted",
                None,
            ),
        ]
    }

    fn refuse(&self, retry_after_secs: u32) -> Reply {
        refused(429, "Too many requests").with("retry-after", retry_after_secs.to_string())
    }
}

fn alive(post: &Post, now: Timestamp) -> bool {
    post.at <= now && post.words.at(now).text.is_some()
}

fn review_id(post: &Post) -> String {
    format!("{:024x}", post.id)
}

fn consumer_id(post: &Post) -> String {
    format!("5f{:022x}", post.author.id)
}

fn refused(status: u16, message: &str) -> Reply {
    Reply::json_status(status, &json!({ "message": message, "errorCode": status, "correlationId": "c" }))
}

fn fault(status: u16, message: &str, code: &str) -> Reply {
    Reply::json_status(status, &json!({ "fault": { "faultstring": message, "detail": { "errorcode": code } } }))
}
