//! YouTube, by its Data API v3 (`www.googleapis.com/youtube/v3`).
//!
//! A conversation's first post is a video, the posts that answer it are threads, and what answers those are replies, which YouTube
//! keeps one level deep. Kept quirks: counters written as text; titles escaped and descriptions cut in a search, whose total is an
//! estimate; short pages before the last one; at most five replies with their thread; comments that do not name their video when
//! asked for by id; hidden counters and switched-off comments; a refusal of comments that is a 403 like any other.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::matching::{found, terms, tokens};
use super::{Service, html};
use crate::story::{Post, Story, Talk, grown};
use crate::truth::{Spoken, Subject, Truth};
use crate::wire::{Ask, Reply};

const HOST: &str = "www.googleapis.com";
const KEY: &str = "youtube-key-of-the-miniature-internet";
/// What the compliance suite searches for.
const SEARCH: &str = "lumio OR ostra OR pyrel";
/// One video in so many has its comments switched off, one its likes hidden.
const SILENT_EVERY: usize = 9;

/// The service.
pub struct YouTube {
    hosts: [String; 1],
    talks: Vec<Talk>,
}

/// A post and where YouTube keeps it: below a video, perhaps below a thread of it.
struct Placed<'a> {
    talk: &'a Talk,
    post: &'a Post,
    /// The number of the first post of the thread it stands in; its own where it begins one.
    thread: u32,
}

impl YouTube {
    /// Serves a slice of the story's conversations.
    #[must_use]
    pub fn new(story: &Story, slice: usize) -> Self {
        Self { hosts: [HOST.to_owned()], talks: story.talks(slice, 24) }
    }

    fn silent(&self, talk: &Talk) -> bool {
        self.talks.iter().position(|other| other.topic.id == talk.topic.id).is_some_and(|at| at % SILENT_EVERY == 4)
    }

    fn hides_likes(&self, talk: &Talk) -> bool {
        self.talks.iter().position(|other| other.topic.id == talk.topic.id).is_some_and(|at| at % SILENT_EVERY == 7)
    }

    /// Videos at `now` that are there, oldest first.
    fn videos(&self, now: Timestamp) -> impl DoubleEndedIterator<Item = &Talk> {
        self.talks.iter().filter(move |talk| alive(&talk.posts[0], now))
    }

    fn talk(&self, id: &str, now: Timestamp) -> Option<&Talk> {
        self.videos(now).find(|talk| video_id(talk) == id)
    }

    /// Comments and replies below a video. What hangs below a removed comment is gone with it.
    fn comments<'a>(&'a self, talk: &'a Talk, now: Timestamp) -> Vec<Placed<'a>> {
        if self.silent(talk) {
            return Vec::new();
        }
        let number = |number: u32| talk.posts.iter().find(|post| post.number == number);
        let thread_of = |post: &Post| {
            let mut top = post.number;
            while let Some(parent) = number(top).and_then(|post| post.reply_to).filter(|parent| *parent > 1 && *parent < top) {
                top = parent;
            }
            top
        };
        let placed = talk.posts[1..].iter().map(|post| Placed { talk, post, thread: thread_of(post) });
        placed.filter(|placed| alive(placed.post, now) && number(placed.thread).is_some_and(|first| alive(first, now))).collect()
    }

    fn all_comments(&self, now: Timestamp) -> Vec<Placed<'_>> {
        self.videos(now).flat_map(|talk| self.comments(talk, now)).collect()
    }

    fn search(&self, ask: &Ask, now: Timestamp) -> Reply {
        let bound = |name: &str| ask.param(name).map(str::parse::<Timestamp>).transpose();
        let (Ok(after), Ok(before)) = (bound("publishedAfter"), bound("publishedBefore")) else {
            return refused(400, "invalidSearchFilter", "The request contains an invalid combination of search filters.");
        };
        let query = ask.param("q").unwrap_or("");
        let hits: Vec<&Talk> = self
            .videos(now)
            .rev()
            .filter(|talk| after.is_none_or(|after| talk.posts[0].at >= after))
            .filter(|talk| before.is_none_or(|before| talk.posts[0].at <= before))
            .filter(|talk| matches(talk, query, now))
            .collect();
        let hit = |talk: &&Talk| {
            let text = talk.posts[0].words.at(now).text.unwrap_or("").replace('\n', " ");
            let cut: String = text.chars().take(60).collect();
            let description = if cut.len() < text.len() { format!("{cut} ...") } else { cut };
            json!({
                "kind": "youtube#searchResult", "etag": "\"e\"", "id": { "kind": "youtube#video", "videoId": video_id(talk) },
                "snippet": {
                    "publishedAt": instant(talk.posts[0].at), "channelId": channel_id(&talk.posts[0]),
                    "title": html::escape(&talk.topic.title).replace('\'', "&#39;"), "description": description,
                    "channelTitle": talk.posts[0].author.name, "liveBroadcastContent": "none", "thumbnails": thumbnails(talk),
                },
            })
        };
        paged(ask, "search", &hits, hit, true)
    }

    fn video(&self, talk: &Talk, now: Timestamp) -> Value {
        let first = &talk.posts[0];
        let mut statistics = json!({ "viewCount": grown(talk.topic.views, first.at, now).to_string(), "favoriteCount": "0" });
        if !self.silent(talk) {
            statistics["commentCount"] = json!(self.comments(talk, now).len().to_string());
        }
        if !self.hides_likes(talk) {
            statistics["likeCount"] = json!(grown(first.likes, first.at, now).to_string());
        }
        json!({
            "kind": "youtube#video", "etag": "\"e\"", "id": video_id(talk), "statistics": statistics,
            "snippet": {
                "publishedAt": instant(first.at), "channelId": channel_id(first), "title": talk.topic.title,
                "description": first.words.at(now).text.unwrap_or(""), "channelTitle": first.author.name, "tags": talk.topic.tags,
                "categoryId": "28", "liveBroadcastContent": "none", "defaultLanguage": talk.language, "thumbnails": thumbnails(talk),
                "localized": { "title": talk.topic.title },
            },
            "contentDetails": { "duration": "PT4M13S", "dimension": "2d", "definition": "hd", "caption": "false" },
            "status": { "uploadStatus": "processed", "privacyStatus": "public", "license": "youtube", "embeddable": true },
        })
    }

    fn threads(&self, ask: &Ask, now: Timestamp) -> Reply {
        let Some(talk) = ask.param("videoId").and_then(|id| self.talk(id, now)) else {
            return refused(
                404,
                "videoNotFound",
                "The video identified by the <code>videoId</code> parameter could not be found.",
            );
        };
        if self.silent(talk) {
            return refused(
                403,
                "commentsDisabled",
                "The video identified by the <code>videoId</code> parameter has disabled comments.",
            );
        }
        let all = self.comments(talk, now);
        let mut threads: Vec<&Placed<'_>> = all.iter().filter(|placed| placed.thread == placed.post.number).collect();
        threads.sort_by_key(|placed| std::cmp::Reverse((placed.post.at, placed.post.number)));
        let thread = |placed: &&Placed<'_>| {
            let replies: Vec<&Placed<'_>> =
                all.iter().filter(|other| other.thread == placed.thread && other.post.number != placed.thread).collect();
            let mut thread = json!({
                "kind": "youtube#commentThread", "etag": "\"e\"", "id": comment_id(placed),
                "snippet": {
                    "videoId": video_id(talk), "topLevelComment": comment(placed, now, true), "canReply": true, "isPublic": true,
                    "totalReplyCount": replies.len(),
                },
            });
            if !replies.is_empty() {
                let some: Vec<Value> = replies.iter().rev().take(5).map(|reply| comment(reply, now, true)).collect();
                thread["replies"] = json!({ "comments": some });
            }
            thread
        };
        paged(ask, "commentThread", &threads, thread, false)
    }

    fn some_comments(&self, ask: &Ask, now: Timestamp) -> Reply {
        let all = self.all_comments(now);
        let wanted: Vec<&Placed<'_>> = match (ask.param("parentId"), ask.param("id")) {
            (Some(parent), _) => {
                let below =
                    |placed: &&Placed<'_>| comment_id(placed).strip_prefix(parent).is_some_and(|rest| rest.starts_with('.'));
                all.iter().filter(below).collect()
            }
            // What is asked for by id is not cut into pages.
            (None, Some(ids)) => {
                let found = all.iter().filter(|placed| ids.split(',').any(|id| id == comment_id(placed)));
                let items: Vec<Value> = found.map(|placed| comment(placed, now, false)).collect();
                return Reply::json(&json!({ "kind": "youtube#commentListResponse", "etag": "e", "items": items }));
            }
            (None, None) => return refused(400, "missingRequiredParameter", "No filter selected."),
        };
        paged(ask, "comment", &wanted, |placed| comment(placed, now, false), false)
    }

    fn channels(&self, ask: &Ask) -> Reply {
        let wanted: Vec<&str> = ask.param("id").unwrap_or("").split(',').collect();
        let mut seen: Vec<String> = Vec::new();
        let mut items = Vec::new();
        for talk in &self.talks {
            let (first, id) = (&talk.posts[0], channel_id(&talk.posts[0]));
            if wanted.contains(&id.as_str()) && !seen.contains(&id) {
                let hidden = first.author.id.is_multiple_of(5);
                let count = if hidden { 0 } else { first.author.id * 10 };
                items.push(json!({
                    "kind": "youtube#channel", "id": id, "snippet": { "title": first.author.name, "customUrl": format!("@{}", first.author.handle) },
                    "statistics": { "viewCount": "100", "subscriberCount": count.to_string(), "hiddenSubscriberCount": hidden, "videoCount": "1" },
                }));
                seen.push(id);
            }
        }
        let mut answer =
            json!({ "kind": "youtube#channelListResponse", "etag": "e", "pageInfo": { "totalResults": items.len() } });
        if !items.is_empty() {
            answer["items"] = json!(items);
        }
        Reply::json(&answer)
    }
}

impl Service for YouTube {
    fn name(&self) -> &str {
        "youtube"
    }

    fn hosts(&self) -> &[String] {
        &self.hosts
    }

    fn answer(&self, ask: &Ask, now: Timestamp) -> Reply {
        match ask.param("key") {
            Some(KEY) => {}
            Some(_) => return refused(400, "badRequest", "API key not valid. Please pass a valid API key."),
            None => return refused(403, "forbidden", "The request is missing a valid API key."),
        }
        match ask.path.strip_prefix("/youtube/v3/") {
            Some("search") => self.search(ask, now),
            Some("videos") => {
                let wanted: Vec<&str> = ask.param("id").unwrap_or("").split(',').collect();
                let videos: Vec<&Talk> = self.videos(now).filter(|talk| wanted.contains(&video_id(talk).as_str())).collect();
                paged(ask, "video", &videos, |talk| self.video(talk, now), false)
            }
            Some("commentThreads") => self.threads(ask, now),
            Some("comments") => self.some_comments(ask, now),
            Some("channels") => self.channels(ask),
            _ => Reply::text(404, "text/html; charset=UTF-8", "<!DOCTYPE html><title>Error 404 (Not Found)!!1</title>"),
        }
    }

    fn change(&mut self, id: &str, text: Option<&str>, at: Timestamp) -> bool {
        let place = self.talks.iter().enumerate().find_map(|(turn, talk)| {
            let mut posts = talk.posts.iter();
            if video_id(talk) == id {
                return Some((turn, 1));
            }
            // A comment's id ends with the post's own number, whatever thread it stands in.
            let own = id.rsplit('.').next()?.trim_start_matches("Ug").trim_end_matches("AaABAg").parse::<u64>().ok()?;
            posts.find(|post| post.id == own && post.number > 1).map(|post| (turn, post.number))
        });
        let Some((turn, number)) = place else { return false };
        let post = self.talks[turn].posts.iter_mut().find(|post| post.number == number);
        post.map(|post| post.words.change(at, text.map(str::to_owned))).is_some()
    }

    fn visible(&self, now: Timestamp) -> usize {
        self.videos(now).count() + self.all_comments(now).len()
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject { secrets: vec![("api-key", KEY)], search: Some(SEARCH), ..Subject::of("youtube") })
    }

    fn truth(&self, now: Timestamp) -> Vec<Truth> {
        let wanted = |talk: &&Talk| matches(talk, "\"lumio\"|\"ostra\"|\"pyrel\"", now);
        let mut all = Vec::new();
        for talk in self.videos(now).filter(wanted) {
            let first = &talk.posts[0];
            let count = self.comments(talk, now).len();
            all.push(Truth {
                title: Some(talk.topic.title.clone()),
                author: Some(Some(channel_id(first))),
                thread: Some(Some(video_id(talk))),
                parent: Some(None),
                language: Some(Some(talk.language.to_owned())),
                counters: [
                    (!self.hides_likes(talk)).then(|| grown(first.likes, first.at, now).into()),
                    (!self.silent(talk)).then_some(count as u64),
                    None,
                    Some(grown(talk.topic.views, first.at, now).into()),
                ],
                ..told(video_id(talk), "video", first, now)
            });
            let comments = self.comments(talk, now);
            for placed in &comments {
                let begins = placed.thread == placed.post.number;
                all.push(Truth {
                    author: Some(Some(channel_id(placed.post))),
                    thread: Some(Some(video_id(talk))),
                    parent: Some(Some(if begins { video_id(talk) } else { thread_id(placed) })),
                    language: Some(None),
                    counters: [Some(grown(placed.post.likes, placed.post.at, now).into()), None, None, None],
                    ..told(comment_id(placed), if begins { "comment" } else { "reply" }, placed.post, now)
                });
            }
        }
        all
    }

    fn spoken(&self) -> Vec<Spoken> {
        let spoken = |what, reply, class| Spoken { what, path: "", reply, class, pause_ms: None };
        vec![
            spoken(
                "the day's quota",
                refused(403, "quotaExceeded", "You have exceeded your <a href=\"/quota\">quota</a>."),
                "quota-exhausted",
            ),
            spoken("too fast", refused(403, "rateLimitExceeded", "Rate limit exceeded."), "rate-limited"),
            spoken("a wrong key", refused(400, "keyInvalid", "Bad Request"), "unauthorized"),
            spoken("an API that is off", refused(403, "accessNotConfigured", "It is disabled."), "unauthorized"),
            spoken("not allowed", refused(403, "forbidden", "Forbidden"), "forbidden"),
            spoken(
                "a page token of another query",
                refused(400, "processingFailure", "It could not be processed."),
                "stale-cursor",
            ),
            spoken("an overload", refused(503, "backendError", "Backend Error"), "transient"),
        ]
    }

    fn refuse(&self, retry_after_secs: u32) -> Reply {
        refused(429, "rateLimitExceeded", "Rate limit exceeded.").with("retry-after", retry_after_secs.to_string())
    }
}

/// A page of `all`: `maxResults` of them, and now and then fewer although there are more.
fn paged<T>(ask: &Ask, kind: &str, all: &[T], write: impl Fn(&T) -> Value, estimate: bool) -> Reply {
    let wanted = ask.param("maxResults").and_then(|count| count.parse::<usize>().ok()).unwrap_or(20).clamp(1, 100);
    let start = match ask.param("pageToken").map(|token| token.strip_prefix("PT").and_then(|at| at.parse::<usize>().ok())) {
        None => 0,
        Some(Some(start)) => start,
        Some(None) => return refused(400, "invalidPageToken", "The request specifies an invalid page token."),
    };
    // Whatever was asked for, some pages are short.
    let size = if start % 3 == 1 { wanted.min(7) } else { wanted };
    let end = (start + size).min(all.len());
    let shown: Vec<Value> = if ask.empty { Vec::new() } else { all.iter().take(end).skip(start).map(write).collect() };
    let total = if estimate && !all.is_empty() { 1_000_000 } else { all.len() };
    let mut answer = json!({
        "kind": format!("youtube#{kind}ListResponse"), "etag": "e", "items": shown,
        "pageInfo": { "totalResults": total, "resultsPerPage": wanted },
    });
    if end < all.len() {
        answer["nextPageToken"] = json!(format!("PT{end}"));
    }
    Reply::json(&answer)
}

fn comment(placed: &Placed<'_>, now: Timestamp, with_video: bool) -> Value {
    let standing = placed.post.words.at(now);
    let text = standing.text.unwrap_or("");
    let mut snippet = json!({
        "textDisplay": html::linked(&html::escape(text), false).replace('\n', "<br>").replace('\'', "&#39;"), "textOriginal": text,
        "authorDisplayName": format!("@{}", placed.post.author.handle), "authorProfileImageUrl": "https://yt3.example/p.jpg",
        "authorChannelUrl": format!("http://www.youtube.com/channel/{}", channel_id(placed.post)),
        "authorChannelId": { "value": channel_id(placed.post) }, "canRate": true, "viewerRating": "none",
        "likeCount": grown(placed.post.likes, placed.post.at, now), "publishedAt": instant(placed.post.at),
        "updatedAt": instant(standing.changed.unwrap_or(placed.post.at)),
    });
    if placed.thread != placed.post.number {
        snippet["parentId"] = json!(thread_id(placed));
    }
    if with_video {
        snippet["videoId"] = json!(video_id(placed.talk));
    }
    json!({ "kind": "youtube#comment", "etag": "\"e\"", "id": comment_id(placed), "snippet": snippet })
}

fn told(id: String, kind: &'static str, post: &Post, now: Timestamp) -> Truth {
    let text = post.words.at(now).text.unwrap_or("").split_whitespace().collect::<Vec<_>>().join(" ");
    Truth { id, kind, published: Some(Some(post.at)), text, rating: Some(None), ..Truth::default() }
}

/// Whether a video is found: any of the alternatives apart by `|`.
fn matches(talk: &Talk, query: &str, now: Timestamp) -> bool {
    let text =
        [tokens(&talk.topic.title), vec!["\u{0}".to_owned()], tokens(talk.posts[0].words.at(now).text.unwrap_or(""))].concat();
    query.split('|').any(|part| found(&text, &terms(part, false)))
}

fn alive(post: &Post, now: Timestamp) -> bool {
    post.at <= now && post.words.at(now).text.is_some()
}

fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn video_id(talk: &Talk) -> String {
    format!("Lm_{:08}", talk.topic.id)
}

fn channel_id(post: &Post) -> String {
    format!("UC{:022}", post.author.id)
}

fn thread_id(placed: &Placed<'_>) -> String {
    let first = placed.talk.posts.iter().find(|post| post.number == placed.thread).map_or(0, |post| post.id);
    format!("Ug{first:08}AaABAg")
}

fn comment_id(placed: &Placed<'_>) -> String {
    if placed.thread == placed.post.number { thread_id(placed) } else { format!("{}.{:010}", thread_id(placed), placed.post.id) }
}

fn thumbnails(talk: &Talk) -> Value {
    json!({ "default": { "url": format!("https://i.ytimg.com/vi/{}/default.jpg", video_id(talk)), "width": 120, "height": 90 } })
}

fn refused(status: u16, reason: &str, message: &str) -> Reply {
    let mut error = json!({
        "code": status, "message": message, "errors": [{ "domain": "youtube.x", "reason": reason, "message": message }],
    });
    if message.starts_with("API key not valid") {
        error["status"] = json!("INVALID_ARGUMENT");
        error["details"] = json!([{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID" }]);
    }
    Reply::json_status(status, &json!({ "error": error }))
}
