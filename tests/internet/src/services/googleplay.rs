//! The Android Publisher API's list of reviews, and the token endpoint in front of it.
//!
//! Kept quirks: only what was written or changed in the last week is shown; there is one date, that of the last change, in seconds as
//! text; title and body are joined by a tab; a page may be empty and name another one; some reviewers have no name; developers answer.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::Service;
// Google has one token endpoint, so whichever of its services answers there gives this token.
use super::google_business::TOKEN;
use crate::story::{Post, Story, grown};
use crate::truth::{Spoken, Subject, Truth};
use crate::wire::{Ask, Reply};

const PACKAGE: &str = "com.lumio.example";
/// How long a review is shown after its last change.
const WINDOW: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long the developer takes to answer.
const PATIENCE: SignedDuration = SignedDuration::from_hours(1);

/// The service.
pub struct GooglePlay {
    hosts: [String; 2],
    reviews: Vec<Post>,
}

impl GooglePlay {
    /// Serves a slice of the story's conversations: every post is a review.
    #[must_use]
    pub fn new(story: &Story, slice: usize) -> Self {
        let reviews = story.talks(slice, 24).into_iter().flat_map(|talk| talk.posts).collect();
        Self { hosts: ["androidpublisher.googleapis.com".to_owned(), "oauth2.googleapis.com".to_owned()], reviews }
    }

    /// What is shown at `now`, last changed first.
    fn shown(&self, now: Timestamp) -> Vec<&Post> {
        let fresh =
            |post: &&Post| post.at <= now && post.words.at(now).text.is_some() && now.duration_since(changed(post, now)) < WINDOW;
        let mut shown: Vec<&Post> = self.reviews.iter().filter(fresh).collect();
        shown.sort_by_key(|post| std::cmp::Reverse((changed(post, now), post.id)));
        shown
    }

    fn list(&self, ask: &Ask, now: Timestamp) -> Reply {
        if ask.header("authorization") != Some(&format!("Bearer {TOKEN}")) {
            return error(401, "UNAUTHENTICATED", "authError", "Request had invalid authentication credentials.");
        }
        let size = ask.param("maxResults").and_then(|size| size.parse().ok()).unwrap_or(10_usize).clamp(1, 100);
        let Some(start) = ask.param("token").map_or(Some(0), |token| token.strip_prefix("page-")?.parse::<usize>().ok()) else {
            return error(400, "INVALID_ARGUMENT", "badRequest", "Invalid page token.");
        };
        let shown = self.shown(now);
        let page: Vec<Value> =
            if ask.empty { Vec::new() } else { shown.iter().skip(start).take(size).map(|post| review(post, now)).collect() };
        let mut answer = json!({});
        if !page.is_empty() || ask.empty {
            answer["reviews"] = json!(page);
        }
        if start + size < shown.len() {
            answer["tokenPagination"] = json!({ "nextPageToken": format!("page-{}", start + size) });
        }
        Reply::json(&answer)
    }
}

/// The one date the service states.
fn changed(post: &Post, now: Timestamp) -> Timestamp {
    post.words.at(now).changed.unwrap_or(post.at)
}

fn has_title(post: &Post) -> bool {
    post.id.is_multiple_of(3)
}

fn is_nameless(post: &Post) -> bool {
    post.id.is_multiple_of(25)
}

/// When the developer answered, if that has happened.
fn answered(post: &Post, now: Timestamp) -> Option<Timestamp> {
    let at = changed(post, now) + PATIENCE;
    (post.id.is_multiple_of(4) && at <= now).then_some(at)
}

fn id(post: &Post) -> String {
    format!("gp:AOqpTO{:08}", post.id)
}

fn seconds(at: Timestamp) -> Value {
    json!({ "seconds": at.as_second().to_string(), "nanos": 0 })
}

fn review(post: &Post, now: Timestamp) -> Value {
    let text = post.words.at(now).text.unwrap_or_default();
    let text = if has_title(post) { format!("A title\t{text}") } else { format!("\t{text}") };
    let mut comments = vec![json!({ "userComment": {
        "text": text, "lastModified": seconds(changed(post, now)), "starRating": post.id % 5 + 1, "reviewerLanguage": "en", "device": "lumio5",
        "androidOsVersion": 34, "appVersionCode": 520, "appVersionName": "5.2", "thumbsUpCount": grown(post.likes, post.at, now), "thumbsDownCount": 0,
        "deviceMetadata": { "productName": "lumio5 (Lumio 5)", "manufacturer": "Lumio" },
    } })];
    if let Some(at) = answered(post, now) {
        comments.push(json!({ "developerComment": { "text": "Thank you for your words.", "lastModified": seconds(at) } }));
    }
    let mut review = json!({ "reviewId": id(post), "comments": comments });
    if !is_nameless(post) {
        review["authorName"] = json!(post.author.name);
    }
    review
}

fn error(code: u16, status: &str, reason: &str, message: &str) -> Reply {
    Reply::json_status(
        code,
        &json!({ "error": { "code": code, "message": message, "status": status,
        "errors": [{ "message": message, "domain": "global", "reason": reason }] } }),
    )
}

impl Service for GooglePlay {
    fn name(&self) -> &str {
        "googleplay"
    }

    fn hosts(&self) -> &[String] {
        &self.hosts
    }

    fn answer(&self, ask: &Ask, now: Timestamp) -> Reply {
        if ask.host == "oauth2.googleapis.com" {
            return match (ask.method.as_str(), ask.path.as_str()) {
                ("POST", "/token") => Reply::json(
                    &json!({ "access_token": TOKEN, "expires_in": 3599, "scope": "androidpublisher", "token_type": "Bearer" }),
                ),
                _ => Reply::json_status(404, &json!({ "error": "not_found" })),
            };
        }
        let parts: Vec<_> = ask.path.trim_matches('/').split('/').collect();
        match parts[..] {
            ["androidpublisher", "v3", "applications", PACKAGE, "reviews"] => self.list(ask, now),
            ["androidpublisher", "v3", "applications", _, "reviews"] => {
                error(404, "NOT_FOUND", "applicationNotFound", "No application was found for the given package name.")
            }
            _ => error(404, "NOT_FOUND", "notFound", "Not found."),
        }
    }

    fn change(&mut self, native: &str, text: Option<&str>, at: Timestamp) -> bool {
        let post = self.reviews.iter_mut().find(|post| id(post) == native);
        post.map(|post| post.words.change(at, text.map(str::to_owned))).is_some()
    }

    fn visible(&self, now: Timestamp) -> usize {
        self.shown(now).len()
    }

    fn subject(&self) -> Option<Subject> {
        let secrets = vec![("client-id", "play-client"), ("client-secret", "play-secret"), ("refresh-token", "play-refresh")];
        let settings = json!({ "packages": [PACKAGE] });
        Some(Subject { settings, secrets, whole_history: false, refreshes: false, ..Subject::of("googleplay") })
    }

    fn truth(&self, now: Timestamp) -> Vec<Truth> {
        let mut truth = Vec::new();
        for post in self.shown(now) {
            truth.push(Truth {
                id: id(post),
                kind: "review",
                author: Some((!is_nameless(post)).then(|| format!("{PACKAGE}/{}", post.author.name))),
                published: Some(Some(changed(post, now))),
                title: has_title(post).then(|| "A title".to_owned()),
                text: post.words.at(now).text.unwrap_or_default().to_owned(),
                parent: Some(None),
                thread: Some(Some(format!("app/{PACKAGE}"))),
                #[expect(clippy::cast_precision_loss, reason = "one to five stars")]
                rating: Some(Some((post.id % 5) as f64 / 4.0)),
                language: Some(None),
                counters: [Some(u64::from(grown(post.likes, post.at, now))), None, None, None],
                ..Truth::default()
            });
            if let Some(at) = answered(post, now) {
                truth.push(Truth {
                    id: format!("{}/reply", id(post)),
                    kind: "reply",
                    author: Some(Some(PACKAGE.to_owned())),
                    published: Some(Some(at)),
                    text: "Thank you for your words.".to_owned(),
                    parent: Some(Some(id(post))),
                    thread: Some(Some(format!("app/{PACKAGE}"))),
                    rating: Some(None),
                    language: Some(None),
                    ..Truth::default()
                });
            }
        }
        truth
    }

    fn spoken(&self) -> Vec<Spoken> {
        let says = |what, reply, class| Spoken { what, path: "/reviews", reply, class, pause_ms: None };
        vec![
            says(
                "no permission",
                error(403, "PERMISSION_DENIED", "permissionDenied", "The caller does not have permission"),
                "forbidden",
            ),
            says("the day's quota", error(403, "PERMISSION_DENIED", "quotaExceeded", "Quota exceeded"), "quota-exhausted"),
            says("too fast", error(403, "PERMISSION_DENIED", "rateLimitExceeded", "Rate Limit Exceeded"), "rate-limited"),
            says("no such app", error(404, "NOT_FOUND", "applicationNotFound", "No application was found"), "gone"),
            says("an error inside", error(500, "INTERNAL", "backendError", "Backend Error"), "transient"),
        ]
    }

    fn refuse(&self, retry_after_secs: u32) -> Reply {
        error(429, "RESOURCE_EXHAUSTED", "rateLimitExceeded", "Quota exceeded for quota metric")
            .with("retry-after", retry_after_secs.to_string())
    }
}
