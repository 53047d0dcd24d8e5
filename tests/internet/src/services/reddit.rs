//! Reddit, by its Data API (`oauth.reddit.com`), and the part of `www.reddit.com` that gives it tokens.
//!
//! A conversation's first post is a submission, its others are comments. Kept quirks: listings walked by fullnames, and nothing behind
//! one that is gone; instants as numbers with a fraction; an edit that is `false` or an instant; replies that are an empty text or a
//! listing; comments that do not come along; hidden scores that read 1; deleted accounts; what was deleted stays in its place without its
//! words; remaining requests counted with a fraction; a 429 that is a page.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::matching::{found, terms, tokens};
use super::{Service, html};
use crate::story::{Post, Story, Talk, grown};
use crate::truth::{Spoken, Subject, Truth};
use crate::wire::{Ask, Reply};

const API: &str = "oauth.reddit.com";
const SITE: &str = "www.reddit.com";
const TOKEN: &str = "reddit-token-of-the-miniature-internet";
const SECRETS: [(&str, &str); 2] = [("client-id", "reddit-client"), ("client-secret", "reddit-secret")];
/// `reddit-client:reddit-secret`, as HTTP's basic scheme writes it.
const BASIC: &str = "Basic cmVkZGl0LWNsaWVudDpyZWRkaXQtc2VjcmV0";
const SUBREDDIT: &str = "phones";
/// Answers to a comment that come along; others have to be asked for.
const COME_ALONG: usize = 3;
/// Levels of a tree that come along.
const DEEP: usize = 3;

/// The service.
pub struct Reddit {
    hosts: [String; 2],
    talks: Vec<Talk>,
}

impl Reddit {
    /// Serves a slice of the story's conversations.
    #[must_use]
    pub fn new(story: &Story, slice: usize) -> Self {
        Self { hosts: [API.to_owned(), SITE.to_owned()], talks: story.talks(slice, 24) }
    }

    /// Submissions at `now`, oldest first; those that were deleted are not listed.
    fn submissions(&self, now: Timestamp) -> impl DoubleEndedIterator<Item = &Talk> {
        self.talks.iter().filter(move |talk| alive(&talk.posts[0], now))
    }

    fn of(&self, id: &str, now: Timestamp) -> Option<&Talk> {
        self.talks.iter().find(|talk| talk.posts[0].at <= now && submission_id(talk) == id)
    }

    fn comments(&self, now: Timestamp) -> Vec<(&Talk, &Post)> {
        let all = self.talks.iter().flat_map(|talk| talk.posts[1..].iter().map(move |post| (talk, post)));
        let mut all: Vec<_> = all.filter(|(_, post)| alive(post, now)).collect();
        all.sort_by_key(|(_, post)| std::cmp::Reverse((post.at, post.id)));
        all
    }

    fn token(ask: &Ask) -> Reply {
        if ask.method != "POST" || ask.path != "/api/v1/access_token" {
            return Reply::json_status(404, &json!({ "message": "Not Found", "error": 404 }));
        }
        if ask.header("authorization") != Some(BASIC) {
            return Reply::json_status(401, &json!({ "message": "Unauthorized", "error": 401 }));
        }
        Reply::json(&json!({ "access_token": TOKEN, "token_type": "bearer", "expires_in": 86_400, "scope": "*" }))
    }

    /// The submission and a part of what hangs below it.
    fn tree(&self, ask: &Ask, id: &str, now: Timestamp) -> Reply {
        let Some(talk) = self.of(id, now) else { return missing() };
        let root = match ask.param("comment") {
            None => vec![],
            Some(comment) => match talk.posts[1..].iter().find(|post| base36(post.id) == comment && post.at <= now) {
                Some(post) => vec![post],
                None => return missing(),
            },
        };
        let children = if root.is_empty() {
            branch(talk, 1, 0, now)
        } else {
            root.into_iter().map(|post| grown_tree(talk, post, 0, now)).collect()
        };
        let children = if ask.empty { Vec::new() } else { children };
        Reply::json(&json!([listing(&[thing("t3", submission(talk, now))], None), listing(&children, None)]))
    }

    fn more(&self, ask: &Ask, now: Timestamp) -> Reply {
        let Some(talk) = ask.param("link_id").and_then(|link| self.of(link.trim_start_matches("t3_"), now)) else {
            return missing();
        };
        let wanted: Vec<&str> = ask.param("children").unwrap_or("").split(',').collect();
        if wanted.len() > 100 {
            return Reply::json_status(400, &json!({ "message": "Bad Request", "error": 400 }));
        }
        let mut things = Vec::new();
        for post in talk.posts[1..].iter().filter(|post| post.at <= now && wanted.contains(&base36(post.id).as_str())) {
            // A flat list: what answers it stands beside it.
            things.push(thing("t1", comment(talk, post, now)));
            let answers: Vec<&Post> = answers_to(talk, post.number, now).collect();
            if !answers.is_empty() {
                let ids: Vec<String> = answers.iter().map(|post| base36(post.id)).collect();
                things.push(json!({ "kind": "more", "data": {
                    "id": ids[0], "name": format!("t1_{}", ids[0]), "parent_id": format!("t1_{}", base36(post.id)), "count": ids.len(), "children": ids,
                } }));
            }
        }
        Reply::json(&json!({ "json": { "errors": [], "data": { "things": things } } }))
    }

    fn info(&self, ask: &Ask, now: Timestamp) -> Reply {
        let mut things = Vec::new();
        for name in ask.param("id").unwrap_or("").split(',').take(100) {
            for talk in &self.talks {
                for post in talk.posts.iter().filter(|post| post.at <= now) {
                    match post.number {
                        1 if name == format!("t3_{}", submission_id(talk)) => things.push(thing("t3", submission(talk, now))),
                        number if number > 1 && name == format!("t1_{}", base36(post.id)) => {
                            things.push(thing("t1", comment(talk, post, now)));
                        }
                        _ => {}
                    }
                }
            }
        }
        Reply::json(&listing(&things, None))
    }
}

impl Service for Reddit {
    fn name(&self) -> &str {
        "reddit"
    }

    fn hosts(&self) -> &[String] {
        &self.hosts
    }

    fn answer(&self, ask: &Ask, now: Timestamp) -> Reply {
        if ask.host == SITE {
            return Self::token(ask);
        }
        if ask.header("authorization").map(str::to_lowercase) != Some(format!("bearer {TOKEN}")) {
            let www = "Bearer realm=\"reddit\", error=\"invalid_token\"";
            return Reply::json_status(401, &json!({ "message": "Unauthorized", "error": 401 })).with("www-authenticate", www);
        }
        let parts: Vec<&str> = ask.path.trim_matches('/').split('/').collect();
        let reply = match parts[..] {
            ["search"] | ["r", SUBREDDIT, "search"] => {
                let wanted = terms(ask.param("q").unwrap_or(""), false);
                let hits = self.submissions(now).rev().filter(|talk| found(&searchable(talk, now), &wanted));
                let hits: Vec<_> =
                    hits.map(|talk| (format!("t3_{}", submission_id(talk)), thing("t3", submission(talk, now)))).collect();
                paged(ask, &hits)
            }
            ["r", SUBREDDIT, "new"] => {
                let all = self.submissions(now).rev();
                let all: Vec<_> =
                    all.map(|talk| (format!("t3_{}", submission_id(talk)), thing("t3", submission(talk, now)))).collect();
                paged(ask, &all)
            }
            ["r", SUBREDDIT, "comments"] => {
                let all = self.comments(now).into_iter();
                let all: Vec<_> =
                    all.map(|(talk, post)| (format!("t1_{}", base36(post.id)), thing("t1", comment(talk, post, now)))).collect();
                paged(ask, &all)
            }
            ["comments", id] => self.tree(ask, id, now),
            ["api", "morechildren"] => self.more(ask, now),
            ["api", "info"] => self.info(ask, now),
            ["r", "closed", ..] => Reply::json_status(403, &json!({ "reason": "private", "message": "Forbidden", "error": 403 })),
            _ => missing(),
        };
        reply.with("x-ratelimit-remaining", "587.0").with("x-ratelimit-used", "13").with("x-ratelimit-reset", "258")
    }

    fn change(&mut self, id: &str, text: Option<&str>, at: Timestamp) -> bool {
        let posts = self.talks.iter_mut().flat_map(|talk| {
            let topic = talk.topic.id;
            talk.posts.iter_mut().map(move |post| (topic, post))
        });
        let name = |topic: u64, post: &Post| {
            if post.number == 1 { format!("t3_{}", base36(topic)) } else { format!("t1_{}", base36(post.id)) }
        };
        for (topic, post) in posts {
            if name(topic, post) == id {
                post.words.change(at, text.map(str::to_owned));
                return true;
            }
        }
        false
    }

    fn visible(&self, now: Timestamp) -> usize {
        self.submissions(now).count() + self.comments(now).len()
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject { secrets: SECRETS.to_vec(), search: Some("lumio OR ostra OR pyrel"), ..Subject::of("reddit") })
    }

    fn truth(&self, now: Timestamp) -> Vec<Truth> {
        let wanted = |talk: &&Talk| {
            let text = searchable(talk, now);
            ["lumio", "ostra", "pyrel"].iter().any(|word| text.iter().any(|token| token == word))
        };
        let mut all = Vec::new();
        for talk in self.submissions(now).filter(wanted) {
            let thread = Some(Some(format!("t3_{}", submission_id(talk))));
            for post in talk.posts.iter().filter(|post| alive(post, now)) {
                let first = post.number == 1;
                let answered = post.reply_to.filter(|number| *number > 1 && *number < post.number);
                let parent =
                    answered.and_then(|number| talk.posts.iter().find(|other| other.number == number && other.at <= now));
                let likes = (!hides_score(post)).then(|| u64::from(grown(post.likes, post.at, now)));
                let comments = first.then(|| talk.posts[1..].iter().filter(|post| post.at <= now).count() as u64);
                all.push(Truth {
                    id: if first { format!("t3_{}", submission_id(talk)) } else { format!("t1_{}", base36(post.id)) },
                    kind: if first {
                        "post"
                    } else if parent.is_some() {
                        "reply"
                    } else {
                        "comment"
                    },
                    author: Some((!lost_account(post)).then(|| format!("t2_{}", base36(post.author.id)))),
                    published: Some(Some(post.at)),
                    title: first.then(|| talk.topic.title.clone()),
                    text: post.words.at(now).text.unwrap_or("").split_whitespace().collect::<Vec<_>>().join(" "),
                    parent: Some(if first {
                        None
                    } else {
                        parent.map_or_else(|| thread.clone().flatten(), |post| Some(format!("t1_{}", base36(post.id))))
                    }),
                    thread: thread.clone(),
                    rating: Some(None),
                    language: Some(None),
                    counters: [likes, comments, None, None],
                    ..Truth::default()
                });
            }
        }
        all
    }

    fn spoken(&self) -> Vec<Spoken> {
        let spoken = |what, reply, class, pause_ms| Spoken { what, path: "/search", reply, class, pause_ms };
        let page = Reply::text(429, "text/html; charset=UTF-8", "<!doctype html><title>Too Many Requests</title>")
            .with("retry-after", "61");
        vec![
            spoken(
                "a private subreddit",
                Reply::json_status(403, &json!({ "reason": "private", "error": 403 })),
                "forbidden",
                None,
            ),
            spoken("a bare refusal", Reply::json_status(403, &json!({ "error": 403 })), "forbidden", None),
            spoken("a banned subreddit", Reply::json_status(404, &json!({ "reason": "banned", "error": 404 })), "gone", None),
            spoken("too fast, as a page", page, "rate-limited", Some(61_000)),
            spoken(
                "too fast, as data",
                Reply::json_status(429, &json!({ "message": "Too Many Requests", "error": 429 })),
                "rate-limited",
                None,
            ),
            spoken("withheld by law", Reply::text(451, "text/html", ""), "forbidden", None),
            spoken("an overload", Reply::text(520, "text/html", "<html>"), "transient", None),
            spoken("a client that is refused", Reply::json(&json!({ "error": "unauthorized_client" })), "unauthorized", None),
        ]
    }

    fn refuse(&self, retry_after_secs: u32) -> Reply {
        Reply::text(429, "text/html; charset=UTF-8", "<!doctype html><title>Too Many Requests</title>")
            .with("retry-after", retry_after_secs.to_string())
    }
}

/// A page of a listing whose items go by fullnames. Behind one that is not there any more there is nothing.
fn paged(ask: &Ask, all: &[(String, Value)]) -> Reply {
    let limit = ask.param("limit").and_then(|limit| limit.parse::<usize>().ok()).unwrap_or(25).clamp(1, 100);
    let start = match ask.param("after") {
        None => 0,
        Some(after) => match all.iter().position(|(name, _)| name == after) {
            Some(at) => at + 1,
            None => return Reply::json(&listing(&[], None)),
        },
    };
    let end = (start + limit).min(all.len());
    let shown: Vec<Value> = if ask.empty { Vec::new() } else { all[start..end].iter().map(|(_, thing)| thing.clone()).collect() };
    let after = (end < all.len()).then(|| all[end - 1].0.as_str());
    Reply::json(&listing(&shown, after))
}

fn listing(children: &[Value], after: Option<&str>) -> Value {
    json!({ "kind": "Listing", "data": { "modhash": null, "dist": children.len(), "after": after, "before": null, "children": children } })
}

fn thing(kind: &str, data: Value) -> Value {
    json!({ "kind": kind, "data": data })
}

/// Posts that answer one, oldest first; answers to nothing hang below the submission.
fn answers_to(talk: &Talk, number: u32, now: Timestamp) -> impl Iterator<Item = &Post> {
    let parent_of = move |post: &Post| {
        let answered = post.reply_to.filter(|number| *number > 1 && *number < post.number).unwrap_or(1);
        if talk.posts.iter().any(|other| other.number == answered && other.at <= now) { answered } else { 1 }
    };
    talk.posts[1..].iter().filter(move |post| post.at <= now && parent_of(post) == number)
}

/// What answers a post, as far as it comes along.
fn branch(talk: &Talk, number: u32, depth: usize, now: Timestamp) -> Vec<Value> {
    let mut answers: Vec<&Post> = answers_to(talk, number, now).collect();
    answers.sort_by_key(|post| std::cmp::Reverse((post.at, post.id)));
    let parent = talk.posts.iter().find(|post| post.number == number && number > 1);
    let parent = parent.map_or_else(|| format!("t3_{}", submission_id(talk)), |post| format!("t1_{}", base36(post.id)));
    if depth > DEEP && !answers.is_empty() {
        return vec![
            json!({ "kind": "more", "data": { "id": "_", "name": "t1__", "parent_id": parent, "count": 0, "depth": depth, "children": [] } }),
        ];
    }
    let rest = answers.split_off(answers.len().min(COME_ALONG));
    let mut shown: Vec<Value> = answers.into_iter().map(|post| grown_tree(talk, post, depth, now)).collect();
    if !rest.is_empty() {
        let ids: Vec<String> = rest.iter().map(|post| base36(post.id)).collect();
        shown.push(json!({ "kind": "more", "data": {
            "id": ids[0], "name": format!("t1_{}", ids[0]), "parent_id": parent, "count": ids.len(), "depth": depth, "children": ids,
        } }));
    }
    shown
}

fn grown_tree(talk: &Talk, post: &Post, depth: usize, now: Timestamp) -> Value {
    let mut data = comment(talk, post, now);
    let below = branch(talk, post.number, depth + 1, now);
    data["replies"] = if below.is_empty() { json!("") } else { listing(&below, None) };
    thing("t1", data)
}

fn submission(talk: &Talk, now: Timestamp) -> Value {
    let first = &talk.posts[0];
    let mut data = common(first, now);
    let text = first.words.at(now).text;
    let all = talk.posts[1..].iter().filter(|post| post.at <= now).count();
    let path = format!("/r/{SUBREDDIT}/comments/{}/{}/", submission_id(talk), talk.topic.slug);
    let own = json!({
        "id": submission_id(talk), "name": format!("t3_{}", submission_id(talk)), "title": talk.topic.title,
        "selftext": text.unwrap_or("[deleted]"), "selftext_html": text.map(made), "permalink": path,
        "url": format!("https://www.reddit.com{path}"), "is_self": true, "num_comments": all, "num_crossposts": 0, "upvote_ratio": 0.93,
        "over_18": false, "link_flair_text": talk.topic.tags.first(), "removed_by_category": text.is_none().then_some("deleted"),
        "hide_score": hides_score(first), "domain": format!("self.{SUBREDDIT}"), "thumbnail": "self", "media": null,
    });
    merge(&mut data, own);
    data
}

fn comment(talk: &Talk, post: &Post, now: Timestamp) -> Value {
    let mut data = common(post, now);
    let text = post.words.at(now).text;
    let id = base36(post.id);
    let answered = post.reply_to.filter(|number| *number > 1 && *number < post.number);
    let parent = answered.and_then(|number| talk.posts.iter().find(|other| other.number == number && other.at <= now));
    let own = json!({
        "id": id, "name": format!("t1_{id}"), "link_id": format!("t3_{}", submission_id(talk)), "link_title": talk.topic.title,
        "parent_id": parent.map_or_else(|| format!("t3_{}", submission_id(talk)), |post| format!("t1_{}", base36(post.id))),
        "body": text.unwrap_or("[deleted]"), "body_html": made(text.unwrap_or("[deleted]")), "replies": "", "score_hidden": hides_score(post),
        "permalink": format!("/r/{SUBREDDIT}/comments/{}/{}/{id}/", submission_id(talk), talk.topic.slug), "depth": 0, "controversiality": 0,
    });
    merge(&mut data, own);
    data
}

fn common(post: &Post, now: Timestamp) -> Value {
    let standing = post.words.at(now);
    let score = if hides_score(post) { 1 } else { grown(post.likes, post.at, now) };
    let seconds = |at: Timestamp| json!(at.as_second() as f64);
    let mut data = json!({
        "subreddit": SUBREDDIT, "subreddit_name_prefixed": format!("r/{SUBREDDIT}"), "score": score, "ups": score, "stickied": false,
        "distinguished": null, "created_utc": seconds(post.at), "created": seconds(post.at), "archived": false,
        "edited": standing.changed.filter(|_| standing.text.is_some()).map_or(json!(false), seconds), "gilded": 0,
        "author": if lost_account(post) || standing.text.is_none() { "[deleted]" } else { post.author.handle.as_str() },
    });
    if !lost_account(post) && standing.text.is_some() {
        data["author_fullname"] = json!(format!("t2_{}", base36(post.author.id)));
    }
    data
}

fn merge(into: &mut Value, other: Value) {
    if let (Value::Object(into), Value::Object(other)) = (into, other) {
        into.extend(other);
    }
}

fn made(text: &str) -> String {
    let inside = html::cooked(text, |part| html::linked(part, false));
    format!("<!-- SC_OFF --><div class=\"md\">{inside}\n</div><!-- SC_ON -->")
}

fn searchable(talk: &Talk, now: Timestamp) -> Vec<String> {
    [tokens(&talk.topic.title), vec!["\u{0}".to_owned()], tokens(talk.posts[0].words.at(now).text.unwrap_or(""))].concat()
}

fn hides_score(post: &Post) -> bool {
    post.id % 7 == 3
}

fn lost_account(post: &Post) -> bool {
    post.author.id % 19 == 4
}

fn alive(post: &Post, now: Timestamp) -> bool {
    post.at <= now && post.words.at(now).text.is_some()
}

fn submission_id(talk: &Talk) -> String {
    base36(talk.topic.id)
}

fn base36(mut number: u64) -> String {
    let mut digits = Vec::new();
    loop {
        digits.push(b"0123456789abcdefghijklmnopqrstuvwxyz"[(number % 36) as usize]);
        number /= 36;
        if number == 0 {
            break;
        }
    }
    digits.iter().rev().map(|digit| char::from(*digit)).collect()
}

fn missing() -> Reply {
    Reply::json_status(404, &json!({ "message": "Not Found", "error": 404, "reason": "PAGE_NOT_CREATED" }))
}
