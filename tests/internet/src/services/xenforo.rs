//! A XenForo 2 board: feeds of threads, lists, threads.
//!
//! Kept quirks: a feed tells of a thread's first post alone, and cuts it; dates as seconds since 1970 beside an offset without a colon;
//! pinned threads first, in a list of their own; a post's own address leads to the page it stands on; likes told in words; labels in titles.

use jiff::Timestamp;
use serde_json::json;

use super::{Service, html};
use crate::story::{Post, Story, Talk};
use crate::truth::{Spoken, Subject, Truth};
use crate::wire::{Ask, Reply};

const HOST: &str = "xenforo.example";
/// Posts of a page, and threads of a list and of a feed.
const PAGE: usize = 20;
const FORUM: &str = "phones.2";

/// The service.
pub struct XenForo {
    hosts: [String; 1],
    talks: Vec<Talk>,
}

impl XenForo {
    /// Tells these conversations as threads of one forum.
    #[must_use]
    pub fn new(story: &Story, slice: usize, count: usize) -> Self {
        Self { hosts: [HOST.to_owned()], talks: story.talks(slice, count) }
    }

    /// The posts of a thread; empty when it is not there (yet), or gone with its first post.
    fn stream<'a>(&self, talk: &'a Talk, now: Timestamp) -> Vec<&'a Post> {
        let lives = |post: &&Post| post.at <= now && post.words.at(now).text.is_some();
        let posts: Vec<&Post> = talk.posts.iter().filter(lives).collect();
        if posts.first().is_some_and(|post| post.number == 1) { posts } else { Vec::new() }
    }

    /// Threads by their last post, pinned ones first.
    fn threads(&self, now: Timestamp) -> Vec<(&Talk, Vec<&Post>)> {
        let all = self.talks.iter().map(|talk| (talk, self.stream(talk, now)));
        let mut threads: Vec<_> = all.filter(|(_, posts)| !posts.is_empty()).collect();
        threads
            .sort_by_key(|(talk, posts)| std::cmp::Reverse((talk.topic.pinned, posts.last().map(|post| post.at), talk.topic.id)));
        threads
    }

    fn feed(&self, ask: &Ask, now: Timestamp) -> Reply {
        let threads = if ask.empty { Vec::new() } else { self.threads(now) };
        let items: String = threads
            .into_iter()
            .take(PAGE)
            .map(|(talk, posts)| {
                let first = posts[0];
                let teaser: String = first.words.at(now).text.unwrap_or_default().chars().take(60).collect();
                format!(
                    "<item><title>{}</title><pubDate>{}</pubDate><link>{}</link><guid isPermaLink=\"false\">{}</guid>\
                     <author>invalid@example.com ({})</author><dc:creator>{}</dc:creator>\
                     <content:encoded><![CDATA[<div class=\"bbWrapper\">{} ...<br><a href=\"{}\">Read more</a></div>]]></content:encoded>\
                     <slash:comments>{}</slash:comments></item>",
                    html::escape(&talk.topic.title),
                    posts[posts.len() - 1].at.strftime("%a, %d %b %Y %H:%M:%S +0000"),
                    address(talk),
                    talk.topic.id,
                    html::escape(&first.author.handle),
                    html::escape(&first.author.handle),
                    html::escape(&teaser),
                    address(talk),
                    posts.len() - 1,
                )
            })
            .collect();
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
             xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:slash=\"http://purl.org/rss/1.0/modules/slash/\">\
             <channel><title>Phones</title><link>https://{HOST}/</link><generator>XenForo</generator>{items}</channel></rss>"
        );
        Reply::text(200, "application/rss+xml; charset=utf-8", text)
    }

    fn list(&self, ask: &Ask, now: Timestamp, page: usize) -> Reply {
        let threads = self.threads(now);
        let (current, nav) = paged(page, threads.len(), &format!("/forums/{FORUM}/"));
        let shown: Vec<_> =
            if ask.empty { Vec::new() } else { threads.into_iter().skip((current - 1) * PAGE).take(PAGE).collect() };
        let row = |(talk, posts): &(&Talk, Vec<&Post>)| {
            let last = posts[posts.len() - 1];
            format!(
                "<div class=\"structItem structItem--thread js-threadListItem-{}\" data-author=\"x\"><div class=\"structItem-cell structItem-cell--main\">\
                 <div class=\"structItem-title\"><a href=\"/forums/{FORUM}/?prefix_id=1\" class=\"labelLink\"><span class=\"label\">News</span></a>\
                 <a href=\"/threads/{}/unread\" data-tp-primary=\"on\">{}</a></div></div>\
                 <div class=\"structItem-cell structItem-cell--meta\"><dl class=\"pairs pairs--justified\"><dt>Replies</dt><dd>{}</dd></dl></div>\
                 <div class=\"structItem-cell structItem-cell--latest\"><a href=\"/threads/{}/latest\">{}</a></div></div>",
                talk.topic.id,
                segment(talk),
                html::escape(&talk.topic.title),
                posts.len() - 1,
                segment(talk),
                date(last.at, "structItem-latestDate u-dt"),
            )
        };
        let (pinned, others): (Vec<_>, Vec<_>) = shown.iter().partition(|(talk, _)| talk.topic.pinned);
        let rows = |rows: &[&(&Talk, Vec<&Post>)]| rows.iter().map(|thread| row(thread)).collect::<String>();
        let body = format!(
            "{nav}<div class=\"structItemContainer\"><div class=\"structItemContainer-group structItemContainer-group--sticky\">{}</div>\
             <div class=\"structItemContainer-group\">{}</div></div>",
            rows(&pinned),
            rows(&others)
        );
        whole("forum_view", "forum-2", &body)
    }

    fn thread(&self, ask: &Ask, now: Timestamp, id: &str, page: usize) -> Reply {
        let found = self.threads(now).into_iter().find(|(talk, _)| talk.topic.id.to_string() == id);
        let Some((talk, posts)) = found else { return error(404, "The requested thread could not be found.") };
        let (current, nav) = paged(page, posts.len(), &format!("/threads/{}/", segment(talk)));
        let shown: Vec<_> = if ask.empty { Vec::new() } else { posts.iter().skip((current - 1) * PAGE).take(PAGE).collect() };
        let posts: String = shown.into_iter().map(|post| self.post(talk, post, now)).collect();
        let body = format!(
            "<div class=\"p-title\"><h1 class=\"p-title-value\"><span class=\"label label--primary\">News</span>\
             <span class=\"label-append\">&nbsp;</span>{}</h1></div>{nav}<div class=\"block-body js-replyNewMessageContainer\">{posts}</div>{nav}",
            html::escape(&talk.topic.title)
        );
        whole("thread_view", &format!("thread-{}", talk.topic.id), &body)
    }

    fn post(&self, talk: &Talk, post: &Post, now: Timestamp) -> String {
        let standing = post.words.at(now);
        let edited = standing
            .changed
            .map_or_else(String::new, |at| format!("<div class=\"message-lastEdit\">Last edited: {}</div>", date(at, "u-dt")));
        let quote = quoted(talk, post).map_or_else(String::new, |(other, words)| {
            format!(
                "<blockquote data-quote=\"{}\" data-source=\"post: {}\" class=\"bbCodeBlock bbCodeBlock--expandable bbCodeBlock--quote js-expandWatch\">\
                 <div class=\"bbCodeBlock-title\"><a href=\"/goto/post?id={}\" class=\"bbCodeBlock-sourceJump\">{} said:</a></div>\
                 <div class=\"bbCodeBlock-content\"><div class=\"bbCodeBlock-expandContent\">{}</div>\
                 <div class=\"bbCodeBlock-expandLink\"><a role=\"button\">Click to expand...</a></div></div></blockquote>",
                other.author.handle,
                other.id,
                other.id,
                other.author.handle,
                html::escape(words)
            )
        });
        format!(
            "<article class=\"message message--post js-post\" data-author=\"{name}\" data-content=\"post-{id}\" id=\"js-post-{id}\">\
             <div class=\"message-inner\"><div class=\"message-cell message-cell--user\"><section class=\"message-user\"><h4 class=\"message-name\">\
             <a href=\"/members/{name}.{user}/\" class=\"username\" data-user-id=\"{user}\">{name}</a></h4></section></div>\
             <div class=\"message-cell message-cell--main\"><header class=\"message-attribution\"><ul class=\"message-attribution-main\">\
             <li class=\"u-concealed\"><a href=\"/threads/{seg}/post-{id}\">{at}</a></li></ul><ul class=\"message-attribution-opposite\">\
             <li><a href=\"/threads/{seg}/post-{id}\">#{number}</a></li></ul></header><div class=\"message-content\">\
             <article class=\"message-body js-selectToQuote\"><div class=\"bbWrapper\">{quote}{words}</div><div class=\"js-selectToQuoteEnd\">&nbsp;</div></article>{edited}</div>\
             <footer class=\"message-footer\"><div class=\"reactionsBar\">Somebody and 3 others</div></footer>\
             <aside class=\"message-signature\"><div class=\"bbWrapper\">Sent from my Pyrel</div></aside></div></div></article>",
            name = html::escape(&post.author.handle),
            user = post.author.id,
            id = post.id,
            seg = segment(talk),
            at = date(post.at, "u-dt"),
            number = post.number,
            words = html::escape(standing.text.unwrap_or_default()).replace('\n', "<br>\n"),
        )
    }
}

impl Service for XenForo {
    fn name(&self) -> &str {
        HOST
    }

    fn hosts(&self) -> &[String] {
        &self.hosts
    }

    fn answer(&self, ask: &Ask, now: Timestamp) -> Reply {
        let parts: Vec<_> = ask.path.trim_matches('/').split('/').collect();
        let page = |part: &str| part.strip_prefix("page-").and_then(|number| number.parse().ok()).unwrap_or(1);
        let number = |segment: &str| segment.rsplit('.').next().unwrap_or_default().to_owned();
        match parts[..] {
            ["robots.txt"] => {
                Reply::text(200, "text/plain", "User-agent: *\nDisallow: /account/\nDisallow: /search/\nDisallow: /whats-new/\n")
            }
            ["forums", "-" | FORUM, "index.rss"] => self.feed(ask, now),
            ["forums", FORUM] => self.list(ask, now, 1),
            ["forums", FORUM, part] => self.list(ask, now, page(part)),
            ["threads", segment] => self.thread(ask, now, &number(segment), 1),
            ["threads", segment, part] => self.thread(ask, now, &number(segment), page(part)),
            ["posts", id] => {
                let threads = self.threads(now);
                let place = threads
                    .iter()
                    .find_map(|(talk, posts)| Some((talk, posts.iter().position(|post| post.id.to_string() == id)?)));
                match place {
                    Some((talk, at)) => {
                        let to = format!("https://{HOST}/threads/{}/page-{}#post-{id}", segment(talk), at / PAGE + 1);
                        Reply::text(301, "text/html; charset=utf-8", "").with("location", to)
                    }
                    None => error(404, "The requested post could not be found."),
                }
            }
            _ => error(404, "The requested page could not be found."),
        }
    }

    fn change(&mut self, id: &str, text: Option<&str>, at: Timestamp) -> bool {
        let mut posts = self.talks.iter_mut().flat_map(|talk| &mut talk.posts);
        let post = id.parse::<u64>().ok().and_then(|id| posts.find(|post| post.id == id));
        post.map(|post| post.words.change(at, text.map(str::to_owned))).is_some()
    }

    fn visible(&self, now: Timestamp) -> usize {
        self.threads(now).iter().map(|(_, posts)| posts.len()).sum()
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject { settings: json!({ "url": format!("https://{HOST}"), "forums": [FORUM] }), ..Subject::of("xenforo") })
    }

    fn truth(&self, now: Timestamp) -> Vec<Truth> {
        let threads = self.threads(now);
        threads.into_iter().flat_map(|(talk, posts)| posts.into_iter().map(move |post| truth(talk, post, now))).collect()
    }

    fn spoken(&self) -> Vec<Spoken> {
        let spoken = |what, reply, class, pause_ms| Spoken { what, path: "", reply, class, pause_ms };
        vec![
            spoken("members only", error(403, "You must be logged-in to do that."), "forbidden", None),
            spoken("busy", error(503, "The board is busy.").with("retry-after", "8"), "transient", Some(8_000)),
            spoken("too many requests", error(429, "Slow down.").with("retry-after", "5"), "rate-limited", Some(5_000)),
            spoken(
                "another page",
                Reply::text(200, "text/html", "<html><body><p>Parked</p></body></html>"),
                "unexpected-answer",
                None,
            ),
        ]
    }
}

fn segment(talk: &Talk) -> String {
    format!("{}.{}", talk.topic.slug, talk.topic.id)
}

fn address(talk: &Talk) -> String {
    format!("https://{HOST}/threads/{}/", segment(talk))
}

/// The post a post quotes, and the words of it.
fn quoted<'a>(talk: &'a Talk, post: &'a Post) -> Option<(&'a Post, &'a str)> {
    let (number, _, words) = post.quote.as_ref()?;
    Some((talk.posts.iter().find(|other| other.number == *number)?, words))
}

fn date(at: Timestamp, class: &str) -> String {
    let seconds = at.as_second();
    // The board's clock is an hour ahead, and its offset has no colon.
    let there = at + std::time::Duration::from_secs(3_600);
    let (iso, shown) = (there.strftime("%Y-%m-%dT%H:%M:%S+0100"), there.strftime("%b %-d, %Y"));
    format!(
        "<time class=\"{class}\" dir=\"auto\" datetime=\"{iso}\" data-time=\"{seconds}\" title=\"{shown} at x\">{shown}</time>"
    )
}

fn truth(talk: &Talk, post: &Post, now: Timestamp) -> Truth {
    Truth {
        id: post.id.to_string(),
        kind: if post.number == 1 { "post" } else { "reply" },
        author: Some(Some(post.author.id.to_string())),
        published: Some(Some(post.at)),
        title: (post.number == 1).then(|| talk.topic.title.clone()),
        text: post.words.at(now).text.unwrap_or_default().to_owned(),
        not_text: Some("Sent from my Pyrel".to_owned()),
        parent: Some(quoted(talk, post).map(|(other, _)| other.id.to_string())),
        thread: Some(Some(format!("t/{}", talk.topic.id))),
        language: Some(None),
        ..Truth::default()
    }
}

/// The page shown (the last one for all behind it) and the links to others.
fn paged(page: usize, total: usize, here: &str) -> (usize, String) {
    let pages = total.div_ceil(PAGE).max(1);
    let current = page.clamp(1, pages);
    let link = |number: usize| if number == 1 { here.to_owned() } else { format!("{here}page-{number}") };
    let shown = (1..=pages).filter(|number| number.abs_diff(current) < 3 || *number == 1 || *number == pages);
    let items: String = shown
        .map(|number| {
            let class = if number == current { "pageNav-page pageNav-page--current" } else { "pageNav-page" };
            format!("<li class=\"{class}\"><a href=\"{}\">{number}</a></li>", link(number))
        })
        .collect();
    let next = if current < pages {
        format!("<a href=\"{}\" class=\"pageNav-jump pageNav-jump--next\">Next</a>", link(current + 1))
    } else {
        String::new()
    };
    let nav = if pages > 1 {
        format!("<nav class=\"pageNavWrapper\"><div class=\"pageNav\"><ul class=\"pageNav-main\">{items}</ul>{next}</div></nav>")
    } else {
        String::new()
    };
    (current, nav)
}

fn whole(template: &str, key: &str, body: &str) -> Reply {
    let text = format!(
        "<!DOCTYPE html><html id=\"XF\" lang=\"en-US\" data-app=\"public\" data-template=\"{template}\" data-content-key=\"{key}\" data-logged-in=\"false\">\
         <head><title>Phones</title></head><body data-template=\"{template}\"><div class=\"p-body\">{body}</div></body></html>"
    );
    Reply::text(200, "text/html; charset=utf-8", text)
}

fn error(status: u16, words: &str) -> Reply {
    Reply { status, ..whole("error", "", &format!("<div class=\"blockMessage\">{words}</div>")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::default_now;

    #[test]
    fn every_post_stands_on_the_page_its_address_leads_to() {
        let now = default_now();
        let board = XenForo::new(&Story::new(now, 1), 16, 24);
        let truth = board.truth(now);
        assert!(truth.len() > 60, "{}", truth.len());
        for post in &truth {
            let reply = board.answer(&Ask::get(HOST, &format!("/posts/{}/", post.id)), now);
            let to = reply
                .header("location")
                .and_then(|to| to.split(HOST).nth(1))
                .and_then(|to| to.split('#').next())
                .expect("a redirect")
                .to_owned();
            let page = String::from_utf8(board.answer(&Ask::get(HOST, &to), now).body).expect("text");
            assert!(page.contains(&format!("data-content=\"post-{}\"", post.id)), "{to}");
        }
    }
}
