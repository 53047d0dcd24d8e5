//! A WordPress site: the REST interface `wp/v2`.
//!
//! Kept quirks: dates in the site's local time, seven hours behind UTC, beside UTC ones without a zone; `before` compared with the local
//! ones; pages behind the last one are errors for articles and comments; comments are counted before those are taken out that wait for
//! approval, so pages are short; hidden accounts are embedded as errors; a removed item is forbidden, not missing.

use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

use super::matching::{found, terms, tokens};
use super::{Service, html};
use crate::story::{Person, Post, Story, Talk};
use crate::truth::{Spoken, Subject, Truth};
use crate::wire::{Ask, Reply};

const HOST: &str = "blog.wordpress.example";
/// The site's clock.
const BEHIND_HOURS: i64 = 7;
/// The account whose name the site shows to nobody.
const HIDDEN: u64 = 5;

/// The service.
pub struct WordPress {
    hosts: [String; 1],
    talks: Vec<Talk>,
}

/// An article or a comment.
#[derive(Clone, Copy)]
struct Row<'a> {
    talk: &'a Talk,
    post: &'a Post,
}

impl WordPress {
    /// Tells these conversations as articles with comments.
    #[must_use]
    pub fn new(story: &Story, slice: usize, count: usize) -> Self {
        Self { hosts: [HOST.to_owned()], talks: story.talks(slice, count) }
    }

    /// What is public at `now`, in order of its writing. The comments of a removed article are not.
    fn living(&self, now: Timestamp, comments: bool) -> Vec<Row<'_>> {
        let lives = |post: &Post| post.at <= now && post.words.at(now).text.is_some();
        let talks = self.talks.iter().filter(|talk| lives(&talk.posts[0]));
        let mut rows: Vec<Row<'_>> = talks
            .flat_map(|talk| talk.posts.iter().map(move |post| Row { talk, post }))
            .filter(|row| (row.post.number > 1) == comments && lives(row.post))
            .collect();
        rows.sort_by_key(|row| (row.post.at, row.post.id));
        rows
    }

    fn list(&self, ask: &Ask, now: Timestamp, comments: bool) -> Reply {
        let number = |name: &str, default: usize| ask.param(name).map_or(Some(default), |text| text.parse().ok());
        let (Some(page), Some(per_page)) = (number("page", 1), number("per_page", 10)) else { return invalid("page") };
        if page < 1 || !(1..=100).contains(&per_page) {
            return invalid("per_page");
        }
        let wanted = terms(ask.param("search").unwrap_or(""), true);
        let include: Option<Vec<u64>> =
            ask.param("include").map(|list| list.split(',').filter_map(|id| id.trim().parse().ok()).collect());
        let rows: Vec<Row<'_>> = self
            .living(now, comments)
            .into_iter()
            .rev()
            .filter(|row| ask.param("before").is_none_or(|before| local(row.post.at).as_str() < before))
            .filter(|row| ask.param("after").is_none_or(|after| local(row.post.at).as_str() > after))
            .filter(|row| ask.param("post").is_none_or(|id| row.talk.posts[0].id.to_string() == id))
            .filter(|row| include.as_ref().is_none_or(|ids| ids.contains(&row.post.id)))
            .filter(|row| found(&tokens(&searchable(*row, now)), &wanted))
            .collect();
        let total = rows.len();
        let pages = total.div_ceil(per_page);
        if page > pages.max(1) {
            let code = if comments { "rest_comment_invalid_page_number" } else { "rest_post_invalid_page_number" };
            return refused(400, code, "The page number requested is larger than the number of pages available.");
        }
        let shown = rows.into_iter().skip((page - 1) * per_page).take(per_page).filter(|row| !comments || !waits(row.post));
        let embedded = ask.param("_embed").is_some();
        let rows: Vec<Value> = match ask.empty {
            true => Vec::new(),
            false => shown.map(|row| if comments { comment(row, now) } else { article(row, now, embedded) }).collect(),
        };
        Reply::json(&json!(rows)).with("x-wp-total", total.to_string()).with("x-wp-totalpages", pages.to_string())
    }

    fn single(&self, id: &str, now: Timestamp, comments: bool) -> Reply {
        let all = self.talks.iter().flat_map(|talk| talk.posts.iter().map(move |post| Row { talk, post }));
        let mut of_kind = all.filter(|row| (row.post.number > 1) == comments && row.post.at <= now);
        let Some(row) = of_kind.find(|row| row.post.id.to_string() == id) else {
            let code = if comments { "rest_comment_invalid_id" } else { "rest_post_invalid_id" };
            return refused(404, code, "Invalid ID.");
        };
        let gone = row.post.words.at(now).text.is_none() || row.talk.posts[0].words.at(now).text.is_none() || waits(row.post);
        match (gone, comments) {
            (true, true) => refused(401, "rest_cannot_read", "Sorry, you are not allowed to read this comment."),
            (true, false) => refused(401, "rest_forbidden", "Sorry, you are not allowed to do that."),
            (false, true) => Reply::json(&comment(row, now)),
            (false, false) => Reply::json(&article(row, now, true)),
        }
    }
}

impl Service for WordPress {
    fn name(&self) -> &str {
        HOST
    }

    fn hosts(&self) -> &[String] {
        &self.hosts
    }

    fn answer(&self, ask: &Ask, now: Timestamp) -> Reply {
        let routed = ask.param("rest_route").map(str::to_owned);
        let path = routed.or_else(|| ask.path.strip_prefix("/wp-json").map(str::to_owned)).unwrap_or_default();
        let parts: Vec<_> = path.trim_matches('/').split('/').collect();
        match parts[..] {
            ["wp", "v2", "posts"] => self.list(ask, now, false),
            ["wp", "v2", "comments"] => self.list(ask, now, true),
            ["wp", "v2", "posts", id] => self.single(id, now, false),
            ["wp", "v2", "comments", id] => self.single(id, now, true),
            ["wp", "v2", "users", ..] => refused(401, "rest_user_cannot_view", "Sorry, you are not allowed to list users."),
            [""] => Reply::text(200, "text/html; charset=UTF-8", "<!DOCTYPE html><html><body>Our blog</body></html>")
                .with("link", format!("<https://{HOST}/wp-json/>; rel=\"https://api.w.org/\"")),
            _ => refused(404, "rest_no_route", "No route was found matching the URL and request method."),
        }
    }

    fn change(&mut self, id: &str, text: Option<&str>, at: Timestamp) -> bool {
        let number = id.rsplit('-').next().and_then(|number| number.parse::<u64>().ok());
        let mut posts = self.talks.iter_mut().flat_map(|talk| &mut talk.posts);
        let post = number.and_then(|number| posts.find(|post| post.id == number));
        post.map(|post| post.words.change(at, text.map(str::to_owned))).is_some()
    }

    fn visible(&self, now: Timestamp) -> usize {
        self.truth(now).len()
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject { settings: json!({ "url": format!("https://{HOST}") }), ..Subject::of("wordpress") })
    }

    fn truth(&self, now: Timestamp) -> Vec<Truth> {
        let rows = [self.living(now, false), self.living(now, true)].concat();
        rows.into_iter().filter(|row| row.post.number == 1 || !waits(row.post)).map(|row| truth(row, now)).collect()
    }

    fn spoken(&self) -> Vec<Spoken> {
        let page = |status, body: &str| Reply::text(status, "text/html; charset=UTF-8", body);
        let spoken = |what, reply, class, pause_ms| Spoken { what, path: "wp/v2/posts", reply, class, pause_ms };
        vec![
            spoken("closed to guests", refused(401, "rest_forbidden", "No."), "unauthorized", None),
            spoken("closed by a plugin", refused(403, "rest_cannot_access", "No."), "forbidden", None),
            spoken("a wall", page(403, "<html><body>Blocked</body></html>"), "forbidden", None),
            spoken("overloaded", page(503, "<html><body>Busy</body></html>").with("retry-after", "9"), "transient", Some(9_000)),
            spoken(
                "a limit told in a page",
                page(429, "<html><body>Limit reached</body></html>").with("retry-after", "4"),
                "rate-limited",
                Some(4_000),
            ),
            spoken("a wrong parameter", invalid("orderby"), "unexpected-answer", None),
            spoken("a page instead of data", page(200, "<!DOCTYPE html><html><body>Hi</body></html>"), "unexpected-answer", None),
        ]
    }

    fn refuse(&self, retry_after_secs: u32) -> Reply {
        Reply::text(429, "text/html", "<html><body>Limit reached</body></html>").with("retry-after", retry_after_secs.to_string())
    }
}

/// Comments that wait for approval: counted, and shown to nobody.
fn waits(post: &Post) -> bool {
    post.number > 1 && post.id.is_multiple_of(17)
}

/// Guests have no account, but a name.
fn guest(person: &Person) -> bool {
    person.id.is_multiple_of(4)
}

/// An article that hides what it says behind a password.
fn guarded(post: &Post) -> bool {
    post.number == 1 && post.id.is_multiple_of(11)
}

fn local(at: Timestamp) -> String {
    let there = at.checked_sub(BEHIND_HOURS.hours()).unwrap_or(at);
    there.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

fn gmt(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

fn searchable(row: Row<'_>, now: Timestamp) -> String {
    let title = if row.post.number == 1 { row.talk.topic.title.as_str() } else { "" };
    format!("{title} {}", row.post.words.at(now).text.unwrap_or_default())
}

fn rendered(post: &Post, now: Timestamp) -> String {
    html::cooked(post.words.at(now).text.unwrap_or_default(), |part| html::linked(part, false))
}

fn article(row: Row<'_>, now: Timestamp, embedded: bool) -> Value {
    let Row { talk, post } = row;
    let changed = post.words.at(now).changed.unwrap_or(post.at);
    let author = &post.author;
    let mut value = json!({
        "id": post.id, "date": local(post.at), "date_gmt": gmt(post.at), "modified": local(changed), "modified_gmt": gmt(changed),
        "guid": { "rendered": format!("https://{HOST}/?p={}", post.id) }, "slug": talk.topic.slug, "status": "publish", "type": "post",
        "link": format!("https://{HOST}/{}/", talk.topic.slug), "title": { "rendered": texturized(&talk.topic.title) },
        "content": { "rendered": if guarded(post) { String::new() } else { rendered(post, now) }, "protected": guarded(post) },
        "excerpt": { "rendered": "", "protected": guarded(post) }, "author": author.id, "featured_media": 0,
        "comment_status": "open", "ping_status": "open", "sticky": talk.topic.pinned, "template": "", "format": "standard",
        "meta": [], "categories": [talk.topic.category], "tags": [],
        "_links": { "replies": [{ "embeddable": true, "href": format!("https://{HOST}/wp-json/wp/v2/comments?post={}", post.id) }] },
    });
    if embedded {
        let account = if author.id % HIDDEN == 0 {
            json!({ "code": "rest_user_invalid_id", "message": "Invalid user ID.", "data": { "status": 404 } })
        } else {
            json!({ "id": author.id, "name": author.name, "url": "", "description": "", "slug": author.handle,
                "link": format!("https://{HOST}/author/{}/", author.handle), "avatar_urls": { "96": "https://secure.gravatar.com/avatar/0" } })
        };
        let tags: Vec<Value> = talk.topic.tags.iter().map(|tag| json!({ "taxonomy": "post_tag", "name": tag })).collect();
        value["_embedded"] = json!({ "author": [account], "wp:term": [[], tags] });
    }
    value
}

fn comment(row: Row<'_>, now: Timestamp) -> Value {
    let Row { talk, post } = row;
    let first = &talk.posts[0];
    let author = &post.author;
    json!({
        "id": post.id, "post": first.id, "parent": answered(row).unwrap_or(0), "author": if guest(author) { 0 } else { author.id },
        "author_name": author.name, "author_url": "", "date": local(post.at), "date_gmt": gmt(post.at),
        "content": { "rendered": rendered(post, now) }, "status": "approved", "type": "comment", "meta": [],
        "link": format!("https://{HOST}/{}/#comment-{}", talk.topic.slug, post.id),
        "author_avatar_urls": { "96": "https://secure.gravatar.com/avatar/0" },
    })
}

/// The comment a comment answers; `None` where it answers the article.
fn answered(row: Row<'_>) -> Option<u64> {
    let number = row.post.reply_to.filter(|number| *number > 1)?;
    row.talk.posts.iter().find(|other| other.number == number).map(|other| other.id)
}

/// As WordPress prints a title: references for signs, curly quotes.
fn texturized(title: &str) -> String {
    html::escape(title).replace('\'', "&#8217;").replace(" - ", " &#8211; ")
}

fn truth(row: Row<'_>, now: Timestamp) -> Truth {
    let Row { talk, post } = row;
    let article = post.number == 1;
    let first = format!("post-{}", talk.posts[0].id);
    let parent = match (article, answered(row)) {
        (true, _) => None,
        (false, Some(comment)) => Some(format!("comment-{comment}")),
        (false, None) => Some(first.clone()),
    };
    let author = match (article, guest(&post.author)) {
        (false, true) => format!("guest/{}", post.author.name),
        _ => post.author.id.to_string(),
    };
    let text = if guarded(post) { "" } else { post.words.at(now).text.unwrap_or_default() };
    Truth {
        id: format!("{}{}", if article { "post-" } else { "comment-" }, post.id),
        kind: match (article, answered(row)) {
            (true, _) => "article",
            (false, None) => "comment",
            (false, Some(_)) => "reply",
        },
        author: Some(Some(author)),
        published: Some(Some(post.at)),
        title: article.then(|| talk.topic.title.replace('\'', "’").replace(" - ", " – ")),
        text: text.to_owned(),
        parent: Some(parent),
        thread: Some((!article).then_some(first)),
        language: Some(None),
        ..Truth::default()
    }
}

fn refused(status: u16, code: &str, message: &str) -> Reply {
    Reply::json_status(status, &json!({ "code": code, "message": message, "data": { "status": status } }))
}

fn invalid(parameter: &str) -> Reply {
    refused(400, "rest_invalid_param", &format!("Invalid parameter(s): {parameter}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::default_now;

    #[test]
    fn what_is_told_can_be_read_and_nothing_else() {
        let now = default_now();
        let site = WordPress::new(&Story::new(now, 1), 17, 24);
        let mut read = Vec::new();
        for (path, prefix) in [("posts", "post-"), ("comments", "comment-")] {
            for page in 1.. {
                let reply = site.answer(&Ask::get(HOST, &format!("/wp-json/wp/v2/{path}?per_page=7&page={page}")), now);
                if reply.status == 400 {
                    break;
                }
                let rows: Vec<Value> = serde_json::from_slice(&reply.body).expect("a list");
                read.extend(rows.iter().map(|row| format!("{prefix}{}", row["id"])));
            }
        }
        let mut told: Vec<String> = site.truth(now).into_iter().map(|truth| truth.id).collect();
        read.sort();
        told.sort();
        assert!(told.len() > 60, "{}", told.len());
        assert_eq!(read, told);
    }

    #[test]
    fn before_is_the_local_time() {
        let now = default_now();
        let site = WordPress::new(&Story::new(now, 1), 17, 24);
        let newest = site.living(now, false).last().map(|row| row.post.at).expect("an article");
        let asked = |before: &str| {
            let reply = site.answer(&Ask::get(HOST, &format!("/wp-json/wp/v2/posts?per_page=100&before={before}")), now);
            serde_json::from_slice::<Vec<Value>>(&reply.body).expect("a list").len()
        };
        assert_eq!(asked(&local(newest)) + 1, asked(&gmt(newest)));
    }
}
