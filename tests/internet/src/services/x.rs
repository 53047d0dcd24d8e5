//! X: version 2 of its interface (`api.x.com/2`): search, lookup, accounts, quotes.
//!
//! Kept quirks: no `data` where nothing was found; long posts are cut in `text` and whole in `note_tweet`; `&`, `<` and `>` escaped,
//! links shortened; each edit has a new number and a search gives the last version alone; what is gone is a part error beside the
//! rest; some accounts are missing from `includes`; the archive gives thirty days unless asked for more.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Service;
use super::matching::tokens;
use crate::story::{Post, Story, Talk, grown};
use crate::truth::{Spoken, Subject, Truth};
use crate::wire::{Ask, Reply};

const HOST: &str = "api.x.com";
const TOKEN: &str = "x-bearer-token-0123456789";
/// Where numbers begin to count: 2010-11-04T01:42:54.657Z.
const EPOCH_MS: i64 = 1_288_834_974_657;
const SEARCHED: [&str; 3] = ["lumio", "ostra", "pyrel"];
const MOST: usize = 25;
const DAY_SECS: i64 = 86_400;

/// The service.
pub struct X {
    hosts: [String; 1],
    talks: Vec<Talk>,
}

impl X {
    /// Tells a slice of the story as posts.
    #[must_use]
    pub fn new(story: &Story, slice: usize) -> Self {
        Self { hosts: [HOST.to_owned()], talks: story.talks(slice, 24) }
    }

    fn all(&self, now: Timestamp) -> impl Iterator<Item = (&Talk, &Post)> {
        self.talks.iter().flat_map(move |talk| living(talk, now).map(move |post| (talk, post)))
    }

    /// A post by the number of any of its versions.
    fn find(&self, id: &str, now: Timestamp) -> Option<(&Talk, &Post)> {
        self.all(now).find(|(_, post)| versions(post, now).iter().any(|version| version == id))
    }

    /// A page of the posts that pass, newest first, with everything they refer to.
    fn page(&self, ask: &Ask, now: Timestamp, passes: impl Fn(&Talk, &Post) -> bool) -> Reply {
        let number = |name: &str| ask.param(name).and_then(|text| text.trim_start_matches('t').parse::<u64>().ok());
        let start = ask.param("start_time").and_then(|text| text.parse::<Timestamp>().ok());
        let (since, below) = (number("since_id"), number("next_token").or_else(|| number("pagination_token")));
        let mut found: Vec<(u64, &Talk, &Post)> = self
            .all(now)
            .map(|(talk, post)| (last(post, now), talk, post))
            .filter(|(id, ..)| since.is_none_or(|since| *id > since) && below.is_none_or(|below| *id < below))
            .filter(|(id, ..)| start.is_none_or(|start| instant(*id) >= start))
            .filter(|(_, talk, post)| passes(talk, post))
            .collect();
        found.sort_by_key(|(id, ..)| std::cmp::Reverse(*id));
        let most = ask.param("max_results").and_then(|text| text.parse::<usize>().ok()).unwrap_or(10).min(MOST);
        let more = found.len() > most;
        found.truncate(if ask.empty { 0 } else { most });
        let mut answer = self.posts(&found.iter().map(|(_, talk, post)| (*talk, *post)).collect::<Vec<_>>(), now);
        let mut meta = json!({ "result_count": found.len() });
        if let (Some((newest, ..)), Some((oldest, ..))) = (found.first(), found.last()) {
            meta["newest_id"] = json!(newest.to_string());
            meta["oldest_id"] = json!(oldest.to_string());
            if more {
                meta["next_token"] = json!(format!("t{oldest}"));
            }
        }
        answer["meta"] = meta;
        Reply::json(&answer)
    }

    fn posts(&self, posts: &[(&Talk, &Post)], now: Timestamp) -> Value {
        let mut answer = json!({});
        if posts.is_empty() {
            return answer;
        }
        let data: Vec<Value> = posts.iter().map(|(talk, post)| self.post(talk, post, last(post, now), now)).collect();
        let known = posts.iter().filter(|(_, post)| !unnamed(post));
        let users: Vec<Value> = known.map(|(_, post)| user(post)).collect();
        let referred: Vec<&Post> =
            posts.iter().filter_map(|(talk, post)| quoted(talk, post).or_else(|| answered(talk, post))).collect();
        let referred = referred.into_iter().filter(|post| post.words.at(now).text.is_some());
        let tweets: Vec<Value> = referred.map(|post| json!({ "id": first(post), "text": post.words.at(now).text, "edit_history_tweet_ids": versions(post, now) })).collect();
        answer["data"] = json!(data);
        answer["includes"] = json!({ "users": users, "tweets": tweets });
        answer
    }

    /// A post in one of its versions.
    fn post(&self, talk: &Talk, post: &Post, version: u64, now: Timestamp) -> Value {
        let whole = if version.to_string() == first(post) {
            post.words.first().to_owned()
        } else {
            post.words.at(now).text.unwrap_or("").to_owned()
        };
        let (text, urls) = shortened(&text(talk, post, &whole));
        let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let mut json = json!({
            "id": version.to_string(), "text": escaped(&text), "author_id": post.author.id.to_string(), "lang": lang(talk, post),
            "created_at": instant(version).strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string(), "edit_history_tweet_ids": versions(post, now),
            "conversation_id": first(root(talk, post)), "possibly_sensitive": false,
            "public_metrics": { "retweet_count": retweets(post), "reply_count": replies(talk, post, now), "like_count": grown(post.likes, post.at, now),
                "quote_count": quotes(talk, post, now), "bookmark_count": 0, "impression_count": views(post, now) },
        });
        if text.chars().count() > 280 {
            json["text"] = json!(format!("{}…", escaped(&text.chars().take(275).collect::<String>())));
            json["note_tweet"] = json!({ "text": escaped(&text), "entities": { "urls": urls } });
        }
        json["entities"] = json!({ "urls": urls });
        let mut references = Vec::new();
        if let Some(quoted) = quoted(talk, post) {
            references.push(json!({ "type": "quoted", "id": first(quoted) }));
        } else if let Some(answered) = answered(talk, post) {
            references.push(json!({ "type": "replied_to", "id": first(answered) }));
            json["in_reply_to_user_id"] = json!(answered.author.id.to_string());
        }
        if !references.is_empty() {
            json["referenced_tweets"] = json!(references);
        }
        json
    }

    fn search(&self, ask: &Ask, now: Timestamp, days: i64) -> Reply {
        let Some(query) = ask.param("query") else { return invalid("query", "The `query` query parameter can not be empty") };
        if query.chars().count() > 1024 {
            return invalid("query", "The `query` query parameter can not be longer than 1024 characters");
        }
        let reach = now - std::time::Duration::from_secs(u64::try_from(days * DAY_SECS).unwrap_or(0));
        if days == 7 && ask.param("since_id").and_then(|id| id.parse().ok()).is_some_and(|id| instant(id) < reach) {
            return invalid("since_id", "'since_id' must be a tweet id created after the last seven days");
        }
        let bounded = ask.param("start_time").is_some() || ask.param("since_id").is_some();
        self.page(ask, now, |talk, post| {
            let young = (bounded && days != 7) || instant(last(post, now)) >= reach;
            young && matches(query, talk, post, now)
        })
    }

    fn lookup(&self, ids: &str, now: Timestamp) -> Reply {
        let mut data = Vec::new();
        let mut users = Vec::new();
        let mut errors = Vec::new();
        for id in ids.split(',') {
            match self.find(id, now).zip(id.parse().ok()) {
                Some(((talk, post), version)) => {
                    data.push(self.post(talk, post, version, now));
                    users.push(user(post));
                }
                None => errors.push(json!({ "value": id, "resource_id": id, "resource_type": "tweet", "parameter": "ids", "title": "Not Found Error",
                    "detail": format!("Could not find tweet with ids: [{id}]."), "type": "https://api.twitter.com/2/problems/resource-not-found" })),
            }
        }
        let mut answer = json!({});
        if !data.is_empty() {
            answer = json!({ "data": data, "includes": { "users": users } });
        }
        if !errors.is_empty() {
            answer["errors"] = json!(errors);
        }
        Reply::json(&answer)
    }

    /// What the subject's search and its settings lead to.
    fn reached(&self, now: Timestamp) -> BTreeSet<u64> {
        let mut reached: BTreeSet<u64> = BTreeSet::new();
        let found = |talk: &Talk, post: &Post| SEARCHED.iter().any(|word| matches(word, talk, post, now));
        reached.extend(self.all(now).filter(|(talk, post)| found(talk, post)).map(|(_, post)| post.id));
        loop {
            let before = reached.len();
            for (talk, post) in self.all(now) {
                if !reached.contains(&post.id) {
                    continue;
                }
                if root(talk, post).id == post.id && replies(talk, post, now) > 0 {
                    reached.extend(living(talk, now).filter(|other| root(talk, other).id == post.id).map(|other| other.id));
                }
                reached.extend(
                    living(talk, now)
                        .filter(|other| quoted(talk, other).is_some_and(|quoted| quoted.id == post.id))
                        .map(|other| other.id),
                );
            }
            if reached.len() == before {
                return reached;
            }
        }
    }
}

impl Service for X {
    fn name(&self) -> &str {
        "x"
    }

    fn hosts(&self) -> &[String] {
        &self.hosts
    }

    fn answer(&self, ask: &Ask, now: Timestamp) -> Reply {
        if ask.header("authorization") != Some(&format!("Bearer {TOKEN}")) {
            return problem(401, "Unauthorized", "Unauthorized", "about:blank");
        }
        let parts: Vec<&str> = ask.path.trim_matches('/').split('/').collect();
        match parts[..] {
            ["2", "tweets", "search", "all"] => self.search(ask, now, 30),
            ["2", "tweets", "search", "recent"] => self.search(ask, now, 7),
            ["2", "tweets"] => self.lookup(ask.param("ids").unwrap_or(""), now),
            ["2", "tweets", id, "quote_tweets"] => match self.find(id, now) {
                Some((_, quoted_post)) => {
                    self.page(ask, now, |talk, post| quoted(talk, post).is_some_and(|quoted| quoted.id == quoted_post.id))
                }
                None => problem(
                    404,
                    "Not Found Error",
                    "Could not find the post",
                    "https://api.twitter.com/2/problems/resource-not-found",
                ),
            },
            ["2", "users", "by", "username", name] => {
                match self.all(now).find(|(_, post)| post.author.handle.eq_ignore_ascii_case(name)) {
                    Some((_, post)) => Reply::json(&json!({ "data": user(post) })),
                    None => Reply::json(
                        &json!({ "errors": [{ "value": name, "parameter": "username", "title": "Not Found Error", "detail": "Could not find user",
                    "type": "https://api.twitter.com/2/problems/resource-not-found" }] }),
                    ),
                }
            }
            ["2", "users", id, "tweets"] => self.page(ask, now, |_, post| post.author.id.to_string() == id),
            _ => problem(404, "Not Found", "Not Found", "about:blank"),
        }
    }

    fn change(&mut self, id: &str, text: Option<&str>, at: Timestamp) -> bool {
        let found = self.talks.iter_mut().flat_map(|talk| &mut talk.posts).find(|post| first(post) == id);
        found.map(|post| post.words.change(at, text.map(str::to_owned))).is_some()
    }

    fn visible(&self, now: Timestamp) -> usize {
        self.all(now).count()
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject {
            settings: json!({ "search": "all", "conversations": true, "quotes": true, "max_query": 1024 }),
            secrets: vec![("bearer-token", TOKEN)],
            search: Some("lumio OR ostra OR pyrel"),
            ..Subject::of("x")
        })
    }

    fn truth(&self, now: Timestamp) -> Vec<Truth> {
        let reached = self.reached(now);
        let of = |talk: &Talk, post: &Post| {
            let (quoted, answered) = (quoted(talk, post), answered(talk, post));
            let kind = match (quoted.is_some(), answered.is_some()) {
                (true, _) => "quote",
                (false, true) => "reply",
                (false, false) => "post",
            };
            Truth {
                id: first(post),
                kind,
                author: Some(Some(post.author.id.to_string())),
                published: Some(Some(post.at)),
                text: text(talk, post, post.words.at(now).text.unwrap_or("")),
                parent: Some(if quoted.is_some() { None } else { answered.map(first) }),
                thread: Some(Some(first(root(talk, post)))),
                original: Some(quoted.map(first)),
                language: Some((lang(talk, post) != "und").then(|| talk.language.to_owned())),
                counters: [
                    Some(grown(post.likes, post.at, now).into()),
                    Some(replies(talk, post, now) as u64),
                    Some(retweets(post) + quotes(talk, post, now) as u64),
                    Some(views(post, now)),
                ],
                ..Truth::default()
            }
        };
        self.all(now).filter(|(_, post)| reached.contains(&post.id)).map(|(talk, post)| of(talk, post)).collect()
    }

    fn spoken(&self) -> Vec<Spoken> {
        let of = |what, reply, class, pause_ms| Spoken { what, path: "", reply, class, pause_ms };
        let limited = || problem(429, "Too Many Requests", "Too Many Requests", "about:blank");
        vec![
            of("a dead token", problem(401, "Unauthorized", "Unauthorized", "about:blank"), "unauthorized", None),
            of(
                "access that does not allow this",
                problem(403, "Client Forbidden", "not enrolled", "https://api.twitter.com/2/problems/client-forbidden"),
                "forbidden",
                None,
            ),
            of(
                "a used-up month with healthy headers",
                problem(
                    429,
                    "UsageCapExceeded",
                    "Usage cap exceeded: Monthly product cap",
                    "https://api.twitter.com/2/problems/usage-capped",
                )
                .with("x-rate-limit-remaining", "440")
                .with("x-rate-limit-reset", "1"),
                "quota-exhausted",
                None,
            ),
            of("used-up credits", problem(402, "CreditsDepleted", "no credits", "about:blank"), "quota-exhausted", None),
            of("one a second", limited().with("x-rate-limit-remaining", "290"), "rate-limited", Some(1_000)),
            of("an overload", problem(503, "Service Unavailable", "Service Unavailable", "about:blank"), "transient", None),
            of("a token of paging it does not know", invalid("next_token", "not a valid token"), "stale-cursor", None),
            of("a page instead of data", Reply::text(200, "text/html", "<html></html>"), "unexpected-answer", None),
        ]
    }

    fn refuse(&self, retry_after_secs: u32) -> Reply {
        problem(429, "Too Many Requests", "Too Many Requests", "about:blank").with("retry-after", retry_after_secs.to_string())
    }
}

fn problem(status: u16, title: &str, detail: &str, kind: &str) -> Reply {
    Reply::json_status(status, &json!({ "title": title, "detail": detail, "type": kind, "status": status }))
}

fn invalid(parameter: &str, message: &str) -> Reply {
    let errors = json!([{ "parameters": { parameter: ["?"] }, "message": message }]);
    Reply::json_status(
        400,
        &json!({ "errors": errors, "title": "Invalid Request", "detail": "One or more parameters to your request was invalid.",
        "type": "https://api.twitter.com/2/problems/invalid-request" }),
    )
}

fn living(talk: &Talk, now: Timestamp) -> impl Iterator<Item = &Post> {
    talk.posts.iter().filter(move |post| post.at <= now && post.words.at(now).text.is_some())
}

/// A number is an instant and a few bits.
fn number(at: Timestamp, post: &Post) -> u64 {
    (u64::try_from(at.as_millisecond() - EPOCH_MS).unwrap_or(0) << 22) + post.id
}

fn instant(id: u64) -> Timestamp {
    let ms = i64::try_from(id >> 22).unwrap_or(0) + EPOCH_MS;
    Timestamp::from_millisecond(ms).unwrap_or_default()
}

fn first(post: &Post) -> String {
    number(post.at, post).to_string()
}

/// The number of the last version.
fn last(post: &Post, now: Timestamp) -> u64 {
    number(post.words.at(now).changed.unwrap_or(post.at), post)
}

fn versions(post: &Post, now: Timestamp) -> Vec<String> {
    let last = last(post, now).to_string();
    let first = first(post);
    if first == last { vec![first] } else { vec![first, last] }
}

fn by_number(talk: &Talk, number: u32) -> Option<&Post> {
    talk.posts.iter().find(|post| post.number == number)
}

/// What a post quotes: then it answers nothing.
fn quoted<'a>(talk: &'a Talk, post: &Post) -> Option<&'a Post> {
    post.quote.as_ref().and_then(|(number, ..)| by_number(talk, *number)).filter(|quoted| quoted.id != post.id)
}

fn answered<'a>(talk: &'a Talk, post: &Post) -> Option<&'a Post> {
    if post.number == 1 || quoted(talk, post).is_some() {
        return None;
    }
    by_number(talk, post.reply_to.unwrap_or(1)).filter(|answered| answered.id != post.id)
}

/// The post a conversation began with.
fn root<'a>(talk: &'a Talk, post: &'a Post) -> &'a Post {
    let mut root = post;
    while let Some(above) = answered(talk, root) {
        root = above;
    }
    root
}

fn replies(talk: &Talk, post: &Post, now: Timestamp) -> usize {
    living(talk, now).filter(|other| answered(talk, other).is_some_and(|answered| answered.id == post.id)).count()
}

fn quotes(talk: &Talk, post: &Post, now: Timestamp) -> usize {
    living(talk, now).filter(|other| quoted(talk, other).is_some_and(|quoted| quoted.id == post.id)).count()
}

fn retweets(post: &Post) -> u64 {
    post.id % 3
}

fn views(post: &Post, now: Timestamp) -> u64 {
    u64::from(grown(post.likes, post.at, now)) * 30 + 7
}

/// Accounts that X leaves out of `includes`.
fn unnamed(post: &Post) -> bool {
    post.author.id.is_multiple_of(7)
}

fn user(post: &Post) -> Value {
    json!({ "id": post.author.id.to_string(), "username": post.author.handle, "name": post.author.name, "verified": false, "verified_type": "none",
        "public_metrics": { "followers_count": post.author.id * 3, "following_count": 1, "tweet_count": 9, "listed_count": 0 } })
}

/// A few posts are in no language X could tell.
fn lang(talk: &Talk, post: &Post) -> &'static str {
    if post.id.is_multiple_of(13) { "und" } else { talk.language }
}

/// A first post begins with its title.
fn text(talk: &Talk, post: &Post, words: &str) -> String {
    if post.number == 1 { format!("{}\n\n{words}", talk.topic.title) } else { words.to_owned() }
}

/// A text with its links shortened, and what they stand for.
fn shortened(text: &str) -> (String, Value) {
    let mut short = String::new();
    let mut urls = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("https://") {
        short.push_str(&rest[..at]);
        let end = rest[at..].find(char::is_whitespace).map_or(rest.len(), |end| at + end);
        let url = format!("https://t.co/Ab{}", urls.len());
        short.push_str(&url);
        urls.push(
            json!({ "start": at, "end": end, "url": url, "expanded_url": &rest[at..end], "display_url": &rest[at + 8..end] }),
        );
        rest = &rest[end..];
    }
    short.push_str(rest);
    (short, json!(urls))
}

/// Whether a post is found by alternatives of words, phrases and `conversation_id:`.
fn matches(query: &str, talk: &Talk, post: &Post, now: Timestamp) -> bool {
    if let Some(id) = query.strip_prefix("conversation_id:") {
        // The post a conversation began with is not in it.
        return first(root(talk, post)) == id && first(post) != id;
    }
    let words = tokens(&text(talk, post, post.words.at(now).text.unwrap_or("")));
    query.split(" OR ").any(|clause| {
        let wanted = tokens(clause.trim_matches(['(', ')']));
        !wanted.is_empty() && wanted.iter().all(|word| words.contains(word))
    })
}
