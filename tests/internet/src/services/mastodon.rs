//! A Mastodon server (`/api/v1`, `/api/v2`).
//!
//! Kept quirks: ids that hold the time; `since_id` leaves a gap and `min_id` does not; `Link` headers whose last page has no `next`;
//! statuses that arrive late with an early id; unlisted answers that stand in threads alone; boosts without words and counters; answers
//! to removed statuses that know only whom they answered; a row that is no status.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Service;
use super::html;
use crate::story::{Story, Talk, grown};
use crate::truth::{Spoken, Subject, Truth};
use crate::wire::{Ask, Reply};

const HOST: &str = "social.example";
const TOKEN: &str = "token-of-a-listener";
/// The hashtags the subject asks for.
const ASKED: [&str; 3] = ["lumio", "ostra", "pyrel"];
/// Whose boosts the subject reads.
const BOOSTER: &str = "phone_digest";
/// Every so many conversations, the first status is boosted.
const BOOST_EVERY: usize = 4;

/// The service.
pub struct Mastodon {
    hosts: [String; 1],
    talks: Vec<Talk>,
    /// In the order of their ids.
    entries: Vec<Entry>,
}

/// A status: a post of a talk, or a boost of one.
#[derive(Debug, Clone)]
struct Entry {
    id: u64,
    talk: usize,
    place: usize,
    boost: bool,
    at: Timestamp,
    /// When the server has it.
    arrives: Timestamp,
    /// Whether nothing ever answers it.
    leaf: bool,
}

impl Mastodon {
    /// Serves a slice of the story.
    #[must_use]
    pub fn new(story: &Story) -> Self {
        let talks = story.talks(9, 24);
        let mut entries = Vec::new();
        for (number, talk) in talks.iter().enumerate() {
            for (place, post) in talk.posts.iter().enumerate() {
                let leaf = place > 0 && talk.posts.iter().all(|other| parent(talk, other) != Some(place));
                let late = leaf && post.id.is_multiple_of(5);
                let arrives = post.at + std::time::Duration::from_secs(if late { 1_200 } else { 2 });
                let id = snowflake(post.at, post.id);
                entries.push(Entry { id, talk: number, place, boost: false, at: post.at, arrives, leaf });
            }
            if number % BOOST_EVERY == 1 && talk.topic.tags.iter().any(|tag| ASKED.contains(tag)) {
                let at = talk.posts[0].at + std::time::Duration::from_secs(5_400);
                entries.push(Entry { id: snowflake(at, 7), talk: number, place: 0, boost: true, at, arrives: at, leaf: true });
            }
        }
        entries.sort_by_key(|entry| entry.id);
        Self { hosts: [HOST.to_owned()], talks, entries }
    }

    fn is_there(&self, entry: &Entry, now: Timestamp) -> bool {
        entry.arrives <= now && self.talks[entry.talk].posts[entry.place].words.at(now).text.is_some()
    }

    /// Statuses at `now`, newest id first.
    fn living(&self, now: Timestamp) -> impl Iterator<Item = &Entry> {
        self.entries.iter().rev().filter(move |entry| self.is_there(entry, now))
    }

    fn find(&self, id: &str) -> Option<&Entry> {
        let id: u64 = id.trim_end_matches("/activity").rsplit('/').next()?.parse().ok()?;
        self.entries.iter().find(|entry| entry.id == id)
    }

    /// The status of another post of the same talk.
    fn beside(&self, entry: &Entry, place: usize) -> Option<&Entry> {
        self.entries.iter().find(|other| other.talk == entry.talk && other.place == place && !other.boost)
    }

    fn answered(&self, entry: &Entry) -> Option<&Entry> {
        let talk = &self.talks[entry.talk];
        self.beside(entry, parent(talk, &talk.posts[entry.place])?)
    }

    /// Answers without a hashtag are not listed.
    fn is_listed(&self, entry: &Entry) -> bool {
        entry.boost || !(entry.leaf && entry.id.is_multiple_of(3))
    }

    fn uri(&self, entry: &Entry) -> String {
        let (name, end) = if entry.boost {
            (BOOSTER, "/activity")
        } else {
            (self.talks[entry.talk].posts[entry.place].author.handle.as_str(), "")
        };
        format!("https://{HOST}/users/{name}/statuses/{}{end}", entry.id)
    }

    fn account(number: u64, handle: &str, name: &str) -> Value {
        json!({
            "id": (100_000 + number).to_string(), "username": handle, "acct": handle, "display_name": name, "locked": false,
            "bot": handle == BOOSTER, "url": format!("https://{HOST}/@{handle}"), "note": "<p>phones</p>",
            "followers_count": 10 + number, "following_count": 5, "statuses_count": 30, "noindex": false, "emojis": [], "fields": [],
        })
    }

    fn json(&self, entry: &Entry, now: Timestamp) -> Value {
        let talk = &self.talks[entry.talk];
        let post = &talk.posts[entry.place];
        let standing = post.words.at(now);
        let mut value = json!({
            "id": entry.id.to_string(), "uri": self.uri(entry), "created_at": instant(entry.at), "edited_at": null,
            "in_reply_to_id": null, "in_reply_to_account_id": null, "sensitive": false, "spoiler_text": "",
            "visibility": if self.is_listed(entry) { "public" } else { "unlisted" }, "language": talk.language,
            "media_attachments": [], "mentions": [], "tags": [], "emojis": [], "card": null, "poll": null, "quote": null,
        });
        if entry.boost {
            value["url"] = json!(self.uri(entry));
            value["account"] = Self::account(0, BOOSTER, "Phone Digest");
            value["content"] = json!("");
            value["reblog"] = self.beside(entry, 0).map_or(Value::Null, |original| self.json(original, now));
            for name in ["replies_count", "reblogs_count", "favourites_count", "quotes_count"] {
                value[name] = json!(0);
            }
            return value;
        }
        let mut text = html::cooked(standing.text.unwrap_or(""), |part| html::linked(part, false));
        if self.is_listed(entry) {
            let tag = |tag: &&str| {
                format!("<a href=\"https://{HOST}/tags/{tag}\" class=\"mention hashtag\" rel=\"tag\">#<span>{tag}</span></a>")
            };
            let tags: Vec<_> = talk.topic.tags.iter().map(tag).collect();
            text.push_str(&format!("<p>{}</p>", tags.join(" ")));
        }
        value["url"] = json!(format!("https://{HOST}/@{}/{}", post.author.handle, entry.id));
        value["account"] = Self::account(post.author.id, &post.author.handle, &post.author.name);
        value["content"] = json!(text);
        value["edited_at"] = json!(standing.changed.map(instant));
        value["reblog"] = Value::Null;
        let counters = self.counters(entry, now);
        for (name, count) in ["favourites_count", "replies_count", "reblogs_count"].into_iter().zip(counters) {
            value[name] = json!(count);
        }
        if let Some(answered) = self.answered(entry) {
            let whom = &talk.posts[answered.place].author;
            value["in_reply_to_account_id"] = json!((100_000 + whom.id).to_string());
            if self.is_there(answered, now) {
                value["in_reply_to_id"] = json!(answered.id.to_string());
            }
        }
        value
    }

    /// Favourites, answers, boosts.
    fn counters(&self, entry: &Entry, now: Timestamp) -> [u64; 3] {
        let post = &self.talks[entry.talk].posts[entry.place];
        let same = || self.living(now).filter(|other| other.talk == entry.talk);
        let answers = same().filter(|other| !other.boost && self.answered(other).is_some_and(|answered| answered.id == entry.id));
        let boosts = same().filter(|other| other.boost && other.place == entry.place);
        [u64::from(grown(post.likes, entry.at, now)), answers.count() as u64, boosts.count() as u64]
    }

    /// A page of a timeline, by its ids.
    fn page(&self, ask: &Ask, now: Timestamp, wanted: impl Fn(&Entry) -> bool) -> Reply {
        let bound = |name: &str| ask.param(name).and_then(|id| id.parse::<u64>().ok());
        let limit = ask.param("limit").and_then(|limit| limit.parse().ok()).unwrap_or(20_usize).clamp(1, 40);
        let (max, since, min) = (bound("max_id"), bound("since_id"), bound("min_id"));
        let fits = |entry: &&Entry| {
            wanted(entry)
                && max.is_none_or(|max| entry.id < max)
                && since.is_none_or(|since| entry.id > since)
                && min.is_none_or(|min| entry.id > min)
        };
        let all: Vec<&Entry> = self.living(now).filter(fits).collect();
        let from = if min.is_some() { all.len().saturating_sub(limit) } else { 0 };
        let shown: Vec<&Entry> = if ask.empty { Vec::new() } else { all.iter().skip(from).take(limit).copied().collect() };
        let mut list: Vec<Value> = shown.iter().map(|entry| self.json(entry, now)).collect();
        if list.len() > 2 {
            // What a program that only resembles Mastodon may send.
            list.insert(2, json!({ "id": null, "uri": null, "content": null, "account": null, "reblog": null }));
        }
        let reply = Reply::json(&Value::from(list)).with("x-ratelimit-limit", "300").with("x-ratelimit-remaining", "299");
        let (Some(first), Some(last)) = (shown.first(), shown.last()) else { return reply };
        let address = format!("https://{HOST}{}", ask.path);
        let mut links = format!("<{address}?limit={limit}&min_id={}>; rel=\"prev\"", first.id);
        if all.last().is_some_and(|oldest| oldest.id < last.id) || min.is_some() {
            links = format!("<{address}?limit={limit}&max_id={}>; rel=\"next\", {links}", last.id);
        }
        reply.with("link", links)
    }

    fn context(&self, entry: &Entry, now: Timestamp) -> Value {
        let mut ancestors = Vec::new();
        let mut at = entry;
        while let Some(answered) = self.answered(at).filter(|answered| self.is_there(answered, now)) {
            ancestors.insert(0, self.json(answered, now));
            at = answered;
        }
        let mut below = vec![entry.id];
        let mut descendants = Vec::new();
        // Answers have later places than what they answer.
        let mut talk: Vec<&Entry> = self.living(now).filter(|other| other.talk == entry.talk && !other.boost).collect();
        talk.sort_by_key(|other| other.place);
        for other in talk {
            if self.answered(other).is_some_and(|answered| below.contains(&answered.id)) {
                below.push(other.id);
                descendants.push(self.json(other, now));
            }
        }
        json!({ "ancestors": ancestors, "descendants": descendants })
    }

    fn truth_of(&self, entry: &Entry, now: Timestamp) -> Truth {
        let talk = &self.talks[entry.talk];
        let post = &talk.posts[entry.place];
        let text = post.words.at(now).text.unwrap_or("").split_whitespace().next().unwrap_or("").to_owned();
        let common = Truth {
            id: self.uri(entry),
            published: Some(Some(entry.at)),
            text,
            language: Some(Some(talk.language.to_owned())),
            ..Truth::default()
        };
        if entry.boost {
            let author = Some(Some(format!("https://{HOST}/@{BOOSTER}")));
            let original = Some(self.beside(entry, 0).map(|original| self.uri(original)));
            return Truth { kind: "share", author, original, parent: Some(None), ..common };
        }
        let chain: Vec<Option<&Entry>> = std::iter::successors(Some(self.answered(entry)), |at| at.map(|at| self.answered(at)))
            .take_while(Option::is_some)
            .collect();
        let whole = chain.iter().flatten().all(|at| self.is_there(at, now));
        let root = chain.iter().flatten().next_back().copied().unwrap_or(entry);
        let [likes, comments, shares] = self.counters(entry, now);
        Truth {
            kind: if entry.place == 0 { "post" } else { "reply" },
            author: Some(Some(format!("https://{HOST}/@{}", post.author.handle))),
            // What a server says of the place of an answer depends on what is still there.
            parent: whole.then(|| chain.first().copied().flatten().map(|answered| self.uri(answered))),
            thread: whole.then(|| Some(self.uri(root))),
            counters: [Some(likes), Some(comments), Some(shares), None],
            ..common
        }
    }
}

impl Service for Mastodon {
    fn name(&self) -> &str {
        "mastodon"
    }

    fn hosts(&self) -> &[String] {
        &self.hosts
    }

    fn answer(&self, ask: &Ask, now: Timestamp) -> Reply {
        if ask.header("authorization") != Some(&format!("Bearer {TOKEN}")) {
            return Reply::json_status(401, &json!({ "error": "The access token is invalid" }));
        }
        let parts: Vec<&str> = ask.path.trim_matches('/').split('/').collect();
        let missing = || Reply::json_status(404, &json!({ "error": "Record not found" }));
        let one = |id: &str| id.parse::<u64>().ok().and_then(|id| self.living(now).find(|entry| entry.id == id));
        match parts[..] {
            ["api", "v1", "timelines", "tag", tag] => {
                let tag = tag.to_lowercase();
                self.page(ask, now, |entry| {
                    !entry.boost && self.is_listed(entry) && self.talks[entry.talk].topic.tags.contains(&tag.as_str())
                })
            }
            ["api", "v1", "accounts", "lookup"] => match ask.param("acct") {
                Some(name) if name.trim_end_matches(&format!("@{HOST}")) == BOOSTER => {
                    Reply::json(&Self::account(0, BOOSTER, "Phone Digest"))
                }
                _ => missing(),
            },
            ["api", "v1", "accounts", "100000", "statuses"] => self.page(ask, now, |entry| entry.boost),
            ["api", "v1", "statuses"] => {
                let list: Vec<Value> = ask.params("id[]").filter_map(one).map(|entry| self.json(entry, now)).collect();
                Reply::json(&Value::from(list))
            }
            ["api", "v1", "statuses", id] => one(id).map_or_else(missing, |entry| Reply::json(&self.json(entry, now))),
            ["api", "v1", "statuses", id, "context"] => {
                one(id).map_or_else(missing, |entry| Reply::json(&self.context(entry, now)))
            }
            _ => missing(),
        }
    }

    fn change(&mut self, id: &str, text: Option<&str>, at: Timestamp) -> bool {
        let Some(entry) = self.find(id).cloned() else { return false };
        self.talks[entry.talk].posts[entry.place].words.change(at, text.map(str::to_owned));
        true
    }

    fn visible(&self, now: Timestamp) -> usize {
        self.living(now).count()
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject {
            settings: json!({ "url": format!("https://{HOST}"), "accounts": [BOOSTER], "token": true }),
            secrets: vec![("access-token", TOKEN)],
            search: Some("#lumio OR #ostra OR #pyrel"),
            ..Subject::of("mastodon")
        })
    }

    fn truth(&self, now: Timestamp) -> Vec<Truth> {
        let reached = |entry: &&Entry| {
            let asked = self.talks[entry.talk].topic.tags.iter().any(|tag| ASKED.contains(tag));
            // What is not listed is found in the thread of what it answers.
            let place = self.is_listed(entry) || self.answered(entry).is_some_and(|answered| self.is_there(answered, now));
            asked && place
        };
        self.living(now).filter(reached).map(|entry| self.truth_of(entry, now)).collect()
    }

    fn spoken(&self) -> Vec<Spoken> {
        let error = |status: u16, words: &str| Reply::json_status(status, &json!({ "error": words }));
        let spoken = |what, reply, class| Spoken { what, path: "/api/v1/timelines", reply, class, pause_ms: None };
        vec![
            spoken("a token that was withdrawn", error(401, "Le jeton est invalide"), "unauthorized"),
            spoken("a token without the scope", error(403, "This action is outside the authorized scopes"), "forbidden"),
            Spoken { pause_ms: Some(30_000), ..spoken("too many requests", self.refuse(30), "rate-limited") },
            spoken("maintenance", Reply::text(503, "text/html", "<h1>Maintenance</h1>"), "transient"),
            spoken("a page where data belongs", Reply::text(200, "text/html", "<!DOCTYPE html><p>Log in"), "unexpected-answer"),
        ]
    }

    fn refuse(&self, retry_after_secs: u32) -> Reply {
        Reply::json_status(429, &json!({ "error": "Too many requests" })).with("retry-after", retry_after_secs.to_string())
    }
}

/// The place of the post that a post answers, in its talk.
fn parent(talk: &Talk, post: &crate::story::Post) -> Option<usize> {
    if post.number == talk.posts[0].number {
        return None;
    }
    let place = |number: u32| talk.posts.iter().position(|other| other.number == number);
    Some(post.reply_to.and_then(place).unwrap_or(0))
}

/// An id that holds the time, as Mastodon makes it.
fn snowflake(at: Timestamp, salt: u64) -> u64 {
    (at.as_millisecond().max(0).unsigned_abs() << 16) | (salt & 0xFFFF)
}

fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}
