//! A site of Stack Exchange (`api.stackexchange.com/2.3`).
//!
//! Kept quirks: everything in one wrapper, refusals with status 400 and a number; titles and names escaped; items repeated on a page; accounts
//! that are gone; a back-off on some answers; pages over twenty-five refused without a key.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::matching::{found, terms, tokens};
use super::{Service, html};
use crate::story::{Post, Story, Talk, grown};
use crate::truth::{Spoken, Subject, Truth};
use crate::wire::{Ask, Reply};

const HOST: &str = "api.stackexchange.com";
const SITE: &str = "phones";
const KEY: &str = "key-of-a-listener";
/// One account in so many is gone.
const GONE_EVERY: u64 = 10;

/// The service.
pub struct StackExchange {
    hosts: [String; 1],
    talks: Vec<Talk>,
}

/// Where a post stands: its talk and its place in it. The first is the question, what answers it are answers, what answers these comments.
type Spot = (usize, usize);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Question,
    Answer,
    Comment,
}

impl StackExchange {
    /// Serves a slice of the story.
    #[must_use]
    pub fn new(story: &Story) -> Self {
        Self { hosts: [HOST.to_owned()], talks: story.talks(12, 24) }
    }

    fn post(&self, spot: Spot) -> &Post {
        &self.talks[spot.0].posts[spot.1]
    }

    fn answered(&self, spot: Spot) -> Option<Spot> {
        if spot.1 == 0 {
            return None;
        }
        let posts = &self.talks[spot.0].posts;
        let place = self.post(spot).reply_to.and_then(|number| posts.iter().position(|other| other.number == number));
        Some((spot.0, place.unwrap_or(0)))
    }

    fn kind(&self, spot: Spot) -> Kind {
        match self.answered(spot) {
            None => Kind::Question,
            // Every fourth is a comment below the question.
            Some((_, 0)) if !self.post(spot).id.is_multiple_of(4) => Kind::Answer,
            Some(_) => Kind::Comment,
        }
    }

    /// What a comment hangs below: the answer it answers, however far up, or the question.
    fn below(&self, spot: Spot) -> Spot {
        let mut at = spot;
        while self.kind(at) == Kind::Comment {
            match self.answered(at) {
                Some(above) => at = above,
                None => break,
            }
        }
        at
    }

    fn is_there(&self, spot: Spot, now: Timestamp) -> bool {
        self.post(spot).at <= now && self.post(spot).words.at(now).text.is_some()
    }

    /// Whether it can be seen: what it hangs below must be there as well.
    fn is_shown(&self, spot: Spot, now: Timestamp) -> bool {
        let above = self.below(spot);
        self.is_there(spot, now) && self.is_there(above, now) && self.is_there((spot.0, 0), now)
    }

    fn living(&self, now: Timestamp, kind: Kind) -> Vec<Spot> {
        let spots = self.talks.iter().enumerate().flat_map(|(talk, told)| (0..told.posts.len()).map(move |place| (talk, place)));
        spots.filter(|spot| self.kind(*spot) == kind && self.is_shown(*spot, now)).collect()
    }

    fn id(&self, spot: Spot) -> String {
        let number = self.post(spot).id;
        if self.kind(spot) == Kind::Comment { format!("comment-{number}") } else { number.to_string() }
    }

    fn is_gone(&self, spot: Spot) -> bool {
        self.post(spot).author.id.is_multiple_of(GONE_EVERY)
    }

    fn answers(&self, talk: usize, now: Timestamp) -> u64 {
        self.living(now, Kind::Answer).iter().filter(|spot| spot.0 == talk).count() as u64
    }

    fn json(&self, spot: Spot, now: Timestamp) -> Value {
        let post = self.post(spot);
        let standing = post.words.at(now);
        let topic = &self.talks[spot.0].topic;
        let owner = if self.is_gone(spot) {
            json!({ "user_type": "does_not_exist", "display_name": format!("user{}", post.author.id) })
        } else {
            json!({ "user_id": post.author.id, "account_id": post.author.id + 5, "display_name": html::escape(&post.author.name), "user_type": "registered",
                "reputation": 101, "link": format!("https://{SITE}.stackexchange.com/users/{}", post.author.id) })
        };
        let mut value = json!({
            "owner": owner, "score": grown(post.likes, post.at, now), "creation_date": post.at.as_second(), "content_license": "CC BY-SA 4.0",
            "body": html::cooked(standing.text.unwrap_or(""), |part| html::linked(part, false)),
        });
        if let Some(changed) = standing.changed {
            value["last_edit_date"] = json!(changed.as_second());
        }
        let question = self.post((spot.0, 0)).id;
        match self.kind(spot) {
            Kind::Question => {
                let count = self.answers(spot.0, now);
                value["question_id"] = json!(question);
                value["title"] = json!(html::escape(&topic.title).replace('\'', "&#39;"));
                value["link"] = json!(format!("https://{SITE}.stackexchange.com/questions/{question}/{}", topic.slug));
                value["tags"] = json!(topic.tags);
                value["view_count"] = json!(grown(topic.views, post.at, now));
                value["answer_count"] = json!(count);
                value["is_answered"] = json!(count > 0);
            }
            Kind::Answer => {
                value["answer_id"] = json!(post.id);
                value["question_id"] = json!(question);
                value["is_accepted"] = json!(false);
            }
            Kind::Comment => {
                value["comment_id"] = json!(post.id);
                value["post_id"] = json!(self.post(self.below(spot)).id);
                value["edited"] = json!(standing.changed.is_some());
            }
        }
        value
    }

    /// A page of `spots` by date, as asked.
    fn page(&self, ask: &Ask, now: Timestamp, mut spots: Vec<Spot>) -> Reply {
        let number = |name: &str, default: usize| ask.param(name).map_or(Ok(default), str::parse::<usize>);
        let (Ok(page), Ok(size)) = (number("page", 1), number("pagesize", 30)) else {
            return refused(400, "bad_parameter", "page");
        };
        if page == 0 || size > 100 {
            return refused(400, "bad_parameter", "pagesize");
        }
        if page > 25 && ask.param("key").is_none() {
            return refused(403, "access_denied", "page above 25 requires access token or app key");
        }
        let bound = |name: &str| ask.param(name).and_then(|text| text.parse::<i64>().ok());
        let (from, to) = (bound("fromdate"), bound("todate"));
        let date = |spot: &Spot| self.post(*spot).at.as_second();
        spots.retain(|spot| from.is_none_or(|from| date(spot) >= from) && to.is_none_or(|to| date(spot) <= to));
        spots.sort_by_key(|spot| (date(spot), self.post(*spot).id));
        if ask.param("order") != Some("asc") {
            spots.reverse();
        }
        let mut shown: Vec<Value> = spots.iter().skip((page - 1) * size).take(size).map(|spot| self.json(*spot, now)).collect();
        if ask.empty {
            shown.clear();
        }
        // What comes in while a page is made stands on it twice.
        if let Some(first) = shown.first().cloned().filter(|_| shown.len() > 3) {
            shown.push(first);
        }
        let body =
            json!({ "items": shown, "has_more": page * size < spots.len(), "quota_max": 10_000, "quota_remaining": 9_000 });
        Reply::json(&body)
    }

    fn wanted(&self, spot: Spot, now: Timestamp, words: &str) -> bool {
        let text = format!("{} \u{0} {}", self.talks[spot.0].topic.title, self.post(spot).words.at(now).text.unwrap_or(""));
        found(&tokens(&text), &terms(words, false))
    }
}

impl Service for StackExchange {
    fn name(&self) -> &str {
        "stackexchange"
    }

    fn hosts(&self) -> &[String] {
        &self.hosts
    }

    fn answer(&self, ask: &Ask, now: Timestamp) -> Reply {
        if ask.param("site") != Some(SITE) {
            return refused(400, "bad_parameter", "No site found for name");
        }
        if ask.param("key").is_some_and(|key| key != KEY) {
            return refused(400, "bad_parameter", "`key` doesn't match a known application");
        }
        let parts: Vec<&str> = ask.path.trim_start_matches("/2.3/").split('/').collect();
        let among = |ids: &str, id: u64| ids.split(';').any(|one| one == id.to_string());
        let spots = match parts[..] {
            ["search", "advanced"] => {
                let mut spots = self.living(now, Kind::Question);
                spots.retain(|spot| self.wanted(*spot, now, ask.param("q").unwrap_or("")));
                spots
            }
            ["questions"] => {
                let mut spots = self.living(now, Kind::Question);
                spots.retain(|spot| ask.param("tagged").is_none_or(|tag| self.talks[spot.0].topic.tags.contains(&tag)));
                spots
            }
            ["questions", ids, "answers"] => {
                let mut spots = self.living(now, Kind::Answer);
                spots.retain(|spot| among(ids, self.post((spot.0, 0)).id));
                spots
            }
            ["posts", ids, "comments"] => {
                let mut spots = self.living(now, Kind::Comment);
                spots.retain(|spot| among(ids, self.post(self.below(*spot)).id));
                spots
            }
            [name @ ("questions" | "answers" | "comments"), ids] => {
                let kind = match name {
                    "questions" => Kind::Question,
                    "answers" => Kind::Answer,
                    _ => Kind::Comment,
                };
                let mut spots = self.living(now, kind);
                spots.retain(|spot| among(ids, self.post(*spot).id));
                spots
            }
            _ => return refused(404, "no_method", "this method cannot be called this way"),
        };
        self.page(ask, now, spots)
    }

    fn change(&mut self, id: &str, text: Option<&str>, at: Timestamp) -> bool {
        let number = id.trim_start_matches("comment-");
        let post = self.talks.iter_mut().flat_map(|talk| &mut talk.posts).find(|post| post.id.to_string() == number);
        post.map(|post| post.words.change(at, text.map(str::to_owned))).is_some()
    }

    fn visible(&self, now: Timestamp) -> usize {
        [Kind::Question, Kind::Answer, Kind::Comment].into_iter().map(|kind| self.living(now, kind).len()).sum()
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject {
            settings: json!({ "site": SITE, "key": true, "tags": ["ostra"] }),
            secrets: vec![("api-key", KEY)],
            search: Some("lumio"),
            ..Subject::of("stackexchange")
        })
    }

    fn truth(&self, now: Timestamp) -> Vec<Truth> {
        let kinds = [(Kind::Question, "question"), (Kind::Answer, "answer"), (Kind::Comment, "comment")];
        let mut truths = Vec::new();
        for (kind, word) in kinds {
            for spot in self.living(now, kind) {
                let question = (spot.0, 0);
                if !self.wanted(question, now, "lumio") && !self.talks[spot.0].topic.tags.contains(&"ostra") {
                    continue;
                }
                let post = self.post(spot);
                let parent = (kind != Kind::Question).then(|| self.post(self.below_of(spot)).id.to_string());
                let views = (kind == Kind::Question).then(|| u64::from(grown(self.talks[spot.0].topic.views, post.at, now)));
                truths.push(Truth {
                    id: self.id(spot),
                    kind: word,
                    author: Some((!self.is_gone(spot)).then(|| post.author.id.to_string())),
                    published: Some(Timestamp::from_second(post.at.as_second()).ok()),
                    title: (kind == Kind::Question).then(|| self.talks[spot.0].topic.title.clone()),
                    text: post.words.at(now).text.unwrap_or("").split_whitespace().next().unwrap_or("").to_owned(),
                    parent: Some(parent),
                    thread: Some(Some(self.post(question).id.to_string())),
                    counters: [
                        Some(u64::from(grown(post.likes, post.at, now))),
                        (kind == Kind::Question).then(|| self.answers(spot.0, now)),
                        None,
                        views,
                    ],
                    ..Truth::default()
                });
            }
        }
        truths
    }

    fn spoken(&self) -> Vec<Spoken> {
        let spoken = |what, reply, class| Spoken { what, path: "/2.3/search", reply, class, pause_ms: None };
        let throttle = |seconds: u32| {
            refused(
                502,
                "throttle_violation",
                &format!("too many requests from this IP, more requests available in {seconds} seconds"),
            )
        };
        vec![
            spoken("a site that does not exist", refused(400, "bad_parameter", "No site found for name `x`"), "settings"),
            spoken(
                "a key that was withdrawn",
                refused(406, "access_token_compromised", "access token is compromised"),
                "unauthorized",
            ),
            Spoken { pause_ms: Some(70_000), ..spoken("a throttle", throttle(70), "rate-limited") },
            Spoken { pause_ms: Some(80_000_000), ..spoken("a used-up day", throttle(80_000), "quota-exhausted") },
            spoken("maintenance", refused(503, "temporarily_unavailable", "try again"), "transient"),
        ]
    }

    fn refuse(&self, retry_after_secs: u32) -> Reply {
        let message = format!("too many requests from this IP, more requests available in {retry_after_secs} seconds");
        refused(502, "throttle_violation", &message)
    }
}

impl StackExchange {
    /// What an answer or a comment hangs below.
    fn below_of(&self, spot: Spot) -> Spot {
        if self.kind(spot) == Kind::Answer { (spot.0, 0) } else { self.below(spot) }
    }
}

fn refused(id: u16, name: &str, message: &str) -> Reply {
    Reply::json_status(400, &json!({ "error_id": id, "error_name": name, "error_message": message }))
}
