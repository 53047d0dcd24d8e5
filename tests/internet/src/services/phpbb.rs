//! A phpBB 3.2 board: feeds, lists of topics, topics.
//!
//! Kept quirks: a feed of the newest fifteen posts and no more; session ids in every address of a page; a page behind the last one shows
//! the last one; the feed's statistics below each post; pinned topics first; lists with a small pagination in each row; notices in the
//! page's own words beside the posts.

use jiff::Timestamp;
use serde_json::json;

use super::{Service, html};
use crate::story::{Person, Post, Story, Talk};
use crate::truth::{Spoken, Subject, Truth};
use crate::wire::{Ask, Reply};

const HOST: &str = "phpbb.example";
const SESSION: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";
/// Posts of a page and of a feed.
const PAGE: usize = 15;
/// Topics of a list.
const LIST: usize = 10;
const FORUM: u32 = 2;

/// The service.
pub struct PhpBb {
    hosts: [String; 1],
    talks: Vec<Talk>,
}

impl PhpBb {
    /// Tells these conversations as topics of one forum.
    #[must_use]
    pub fn new(story: &Story, slice: usize, count: usize) -> Self {
        Self { hosts: [HOST.to_owned()], talks: story.talks(slice, count) }
    }

    /// The posts of a topic; empty when it is not there (yet), or gone with its first post.
    fn stream<'a>(&self, talk: &'a Talk, now: Timestamp) -> Vec<&'a Post> {
        let lives = |post: &&Post| post.at <= now && post.words.at(now).text.is_some();
        let posts: Vec<&Post> = talk.posts.iter().filter(lives).collect();
        if posts.first().is_some_and(|post| post.number == 1) { posts } else { Vec::new() }
    }

    fn topics(&self, now: Timestamp) -> Vec<(&Talk, Vec<&Post>)> {
        let all = self.talks.iter().map(|talk| (talk, self.stream(talk, now)));
        all.filter(|(_, posts)| !posts.is_empty()).collect()
    }

    fn feed(&self, ask: &Ask, now: Timestamp) -> Reply {
        let mut posts: Vec<(&Talk, &Post)> =
            self.topics(now).into_iter().flat_map(|(talk, posts)| posts.into_iter().map(move |post| (talk, post))).collect();
        posts.sort_by_key(|(_, post)| std::cmp::Reverse((post.at, post.id)));
        if ask.empty {
            posts.clear();
        }
        let entries: String = posts.into_iter().take(PAGE).map(|(talk, post)| self.entry(talk, post, now)).collect();
        let feed = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en-gb\">\
             <link rel=\"self\" type=\"application/atom+xml\" href=\"https://{HOST}/feed.php\"/><title>Phones</title>\
             <link href=\"https://{HOST}/index.php\"/><updated>{}</updated><author><name><![CDATA[Phones]]></name></author>\
             <id>https://{HOST}/feed.php</id>{entries}</feed>",
            iso(now)
        );
        Reply::text(200, "application/atom+xml; charset=UTF-8", feed)
    }

    fn entry(&self, talk: &Talk, post: &Post, now: Timestamp) -> String {
        let standing = post.words.at(now);
        let re = if post.number > 1 { "Re: " } else { "" };
        let link = format!("https://{HOST}/viewtopic.php?t={}&amp;p={}#p{}", talk.topic.id, post.id, post.id);
        let Post { author, .. } = post;
        format!(
            "<entry><author><name><![CDATA[{}]]></name></author><updated>{}</updated><published>{}</published><id>{link}</id>\
             <link href=\"{link}\"/><title type=\"html\"><![CDATA[Phones • {re}{}]]></title>\
             <category term=\"Phones\" scheme=\"https://{HOST}/viewforum.php?f={FORUM}\" label=\"Phones\"/>\
             <content type=\"html\" xml:base=\"{link}\"><![CDATA[\n{}<p>Statistics: Posted by \
             <a href=\"https://{HOST}/memberlist.php?mode=viewprofile&amp;u={}\">{}</a> — {}</p><hr />\n]]></content></entry>",
            author.handle,
            iso(standing.changed.unwrap_or(post.at)),
            iso(post.at),
            html::escape(&talk.topic.title),
            content(talk, post, now),
            account(author),
            author.handle,
            shown(post.at),
        )
    }

    /// `viewforum.php?f=&start=`: topics by their last post, pinned ones first.
    fn list(&self, ask: &Ask, now: Timestamp) -> Reply {
        if ask.param("f").is_none_or(|forum| forum != FORUM.to_string()) {
            return message("The forum you selected does not exist.");
        }
        let mut topics = self.topics(now);
        topics
            .sort_by_key(|(talk, posts)| std::cmp::Reverse((talk.topic.pinned, posts.last().map(|post| post.at), talk.topic.id)));
        let (start, pagination) = paged(ask, topics.len(), LIST, &format!("./viewforum.php?f={FORUM}"));
        let shown_topics: Vec<_> = if ask.empty { Vec::new() } else { topics.into_iter().skip(start).take(LIST).collect() };
        let rows: String = shown_topics
            .into_iter()
            .map(|(talk, posts)| {
                let link = format!("./viewtopic.php?f={FORUM}&amp;t={}&amp;sid={SESSION}", talk.topic.id);
                let last = posts.last().map_or(now, |post| post.at);
                let mini = if posts.len() > PAGE {
                    format!("<div class=\"pagination\"><ul><li><a class=\"button\" href=\"{link}\">1</a></li><li><a class=\"button\" href=\"{link}&amp;start={PAGE}\">2</a></li></ul></div>")
                } else {
                    String::new()
                };
                format!(
                    "<li class=\"row bg1{}\"><dl class=\"row-item topic_read\"><dt><div class=\"list-inner\">\
                     <a href=\"{link}\" class=\"topictitle\">{}</a><br>{mini}</div></dt><dd class=\"posts\">{} <dfn>Replies</dfn></dd>\
                     <dd class=\"views\">9 <dfn>Views</dfn></dd><dd class=\"lastpost\"><span><dfn>Last post </dfn>by <a class=\"username\">x</a><br>\
                     <time datetime=\"{}\">{}</time></span></dd></dl></li>",
                    if talk.topic.pinned { " sticky" } else { "" },
                    html::escape(&talk.topic.title),
                    posts.len() - 1,
                    iso(last),
                    shown(last),
                )
            })
            .collect();
        page("viewforum", &format!("{pagination}<div class=\"forumbg\"><ul class=\"topiclist topics\">{rows}</ul></div>"))
    }

    /// `viewtopic.php?t=&start=` or `?p=`.
    fn topic(&self, ask: &Ask, now: Timestamp) -> Reply {
        let topics = self.topics(now);
        let by_post = ask.param("p");
        let found = topics.into_iter().find(|(talk, posts)| match by_post {
            Some(id) => posts.iter().any(|post| post.id.to_string() == id),
            None => ask.param("t").is_some_and(|id| talk.topic.id.to_string() == id),
        });
        let Some((talk, posts)) = found else { return message("The requested topic does not exist.") };
        let place = by_post.and_then(|id| posts.iter().position(|post| post.id.to_string() == id));
        let mut ask = ask.clone();
        if let Some(place) = place {
            ask.query.push(("start".to_owned(), (place / PAGE * PAGE).to_string()));
        }
        let here = format!("./viewtopic.php?t={}", talk.topic.id);
        let (start, pagination) = paged(&ask, posts.len(), PAGE, &here);
        let shown_posts: Vec<_> = if ask.empty { Vec::new() } else { posts.into_iter().skip(start).take(PAGE).collect() };
        let posts: String = shown_posts.into_iter().map(|post| self.post(talk, post, now)).collect();
        let body = format!(
            "<h2 class=\"topic-title\"><a href=\"{here}&amp;sid={SESSION}\">{}</a></h2><div class=\"action-bar bar-top\">{pagination}</div>{posts}\
             <div class=\"action-bar bar-bottom\">{pagination}</div>",
            html::escape(&talk.topic.title)
        );
        page("viewtopic", &body)
    }

    fn post(&self, talk: &Talk, post: &Post, now: Timestamp) -> String {
        let Post { id, author, .. } = post;
        let standing = post.words.at(now);
        let edited = standing.changed.map_or_else(String::new, |at| {
            let line = format!(
                "Last edited by {} on <time datetime=\"{}\">{}</time>, edited 1 time in total.",
                author.handle,
                iso(at),
                shown(at)
            );
            format!("<div class=\"notice\">{line}</div>")
        });
        let profile = format!("./memberlist.php?mode=viewprofile&amp;u={}&amp;sid={SESSION}", account(author));
        format!(
            "<div id=\"p{id}\" class=\"post has-profile bg2\"><div class=\"inner\"><dl class=\"postprofile\" id=\"profile{id}\">\
             <dt><a href=\"{profile}\" class=\"username\">{name}</a></dt><dd class=\"profile-posts\"><strong>Posts:</strong> 12</dd></dl>\
             <div class=\"postbody\"><div id=\"post_content{id}\"><h3><a href=\"#p{id}\">{title}</a></h3><p class=\"author\">\
             <a href=\"./viewtopic.php?p={id}&amp;sid={SESSION}#p{id}\" title=\"Post\"><span class=\"sr-only\">Post</span></a>\
             <span class=\"responsive-hide\">by <strong><a href=\"{profile}\" class=\"username\">{name}</a></strong> » </span>\
             <time datetime=\"{at}\">{shown}</time></p><div class=\"content\">{content}</div>{edited}\
             <div id=\"sig{id}\" class=\"signature\">Sent from my Pyrel</div></div></div></div></div>",
            name = author.handle,
            title = html::escape(&talk.topic.title),
            at = iso(post.at),
            shown = shown(post.at),
            content = content(talk, post, now),
        )
    }
}

impl Service for PhpBb {
    fn name(&self) -> &str {
        HOST
    }

    fn hosts(&self) -> &[String] {
        &self.hosts
    }

    fn answer(&self, ask: &Ask, now: Timestamp) -> Reply {
        match ask.path.as_str() {
            "/robots.txt" => Reply::text(200, "text/plain", "User-agent: *\nDisallow: /memberlist.php\nDisallow: /search.php\n"),
            "/feed.php" => self.feed(ask, now),
            "/viewforum.php" => self.list(ask, now),
            "/viewtopic.php" => self.topic(ask, now),
            _ => message("The requested page could not be found."),
        }
    }

    fn change(&mut self, id: &str, text: Option<&str>, at: Timestamp) -> bool {
        let mut posts = self.talks.iter_mut().flat_map(|talk| &mut talk.posts);
        let post = id.parse::<u64>().ok().and_then(|id| posts.find(|post| post.id == id));
        post.map(|post| post.words.change(at, text.map(str::to_owned))).is_some()
    }

    fn visible(&self, now: Timestamp) -> usize {
        self.topics(now).iter().map(|(_, posts)| posts.len()).sum()
    }

    fn subject(&self) -> Option<Subject> {
        let settings = json!({ "url": format!("https://{HOST}"), "forums": [FORUM.to_string()] });
        Some(Subject { settings, ..Subject::of("phpbb") })
    }

    fn truth(&self, now: Timestamp) -> Vec<Truth> {
        let topics = self.topics(now);
        topics.into_iter().flat_map(|(talk, posts)| posts.into_iter().map(move |post| truth(talk, post, now))).collect()
    }

    fn spoken(&self) -> Vec<Spoken> {
        let spoken = |what, reply, class, pause_ms| Spoken { what, path: "", reply, class, pause_ms };
        let login = "<form method=\"post\" id=\"login\" action=\"./ucp.php?mode=login\"><input type=\"password\" name=\"password\"></form>";
        vec![
            spoken("members only", page("ucp", login), "forbidden", None),
            spoken(
                "not allowed",
                Reply { status: 403, ..message("You are not authorised to read this forum.") },
                "forbidden",
                None,
            ),
            spoken(
                "busy",
                Reply { status: 503, ..message("The board is busy.") }.with("retry-after", "8"),
                "transient",
                Some(8_000),
            ),
            spoken(
                "another page",
                Reply::text(200, "text/html", "<html><body><p>Parked</p></body></html>"),
                "unexpected-answer",
                None,
            ),
        ]
    }
}

/// Number of an account: 1 is everybody who has none, on every board.
fn account(person: &Person) -> u64 {
    person.id + 1
}

/// The parent of a post: what it quotes.
fn quoted<'a>(talk: &'a Talk, post: &'a Post) -> Option<(&'a Post, &'a str)> {
    let (number, _, words) = post.quote.as_ref()?;
    Some((talk.posts.iter().find(|other| other.number == *number)?, words))
}

fn content(talk: &Talk, post: &Post, now: Timestamp) -> String {
    let quote = quoted(talk, post).map_or_else(String::new, |(other, words)| {
        format!(
            "<blockquote><div><cite><a href=\"./memberlist.php?mode=viewprofile&amp;u={}\">{}</a> wrote: \
             <a href=\"./viewtopic.php?p={}#p{}\" data-post-id=\"{}\">↑</a><span class=\"responsive-hide\">{}</span></cite>{}</div></blockquote>",
            account(&other.author),
            other.author.handle,
            other.id,
            other.id,
            other.id,
            shown(other.at),
            html::escape(words)
        )
    });
    let words = html::escape(post.words.at(now).text.unwrap_or_default()).replace('\n', "<br>\n");
    format!("{quote}{words} <img class=\"smilies\" src=\"./images/smilies/icon_e_smile.gif\" alt=\":)\" title=\"Smile\">")
}

fn truth(talk: &Talk, post: &Post, now: Timestamp) -> Truth {
    Truth {
        id: post.id.to_string(),
        kind: if post.number == 1 { "post" } else { "reply" },
        author: Some(Some(account(&post.author).to_string())),
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

/// The place to begin at, and the links to the other pages.
fn paged(ask: &Ask, total: usize, per_page: usize, here: &str) -> (usize, String) {
    let pages = total.div_ceil(per_page).max(1);
    let asked = ask.query.iter().rev().find(|(name, _)| name == "start").and_then(|(_, start)| start.parse::<usize>().ok());
    // What lies behind the end is the last page.
    let current = (asked.unwrap_or(0) / per_page).min(pages - 1);
    let item = |page: usize| {
        let start = if page == 0 { String::new() } else { format!("&amp;start={}", page * per_page) };
        if page == current {
            format!("<li class=\"active\"><span>{}</span></li>", page + 1)
        } else {
            format!("<li><a class=\"button\" href=\"{here}&amp;sid={SESSION}{start}\" role=\"button\">{}</a></li>", page + 1)
        }
    };
    let items: String =
        (0..pages).filter(|page| page.abs_diff(current) < 3 || *page == 0 || *page == pages - 1).map(item).collect();
    let jump = format!(
        "<li class=\"dropdown-container\"><a class=\"button dropdown-trigger\" href=\"#\">Page {} of {pages}</a></li>",
        current + 1
    );
    let items = if pages > 1 { format!("<ul>{jump}{items}</ul>") } else { String::new() };
    (current * per_page, format!("<div class=\"pagination\">{total} posts {items}</div>"))
}

fn page(section: &str, body: &str) -> Reply {
    let text = format!(
        "<!DOCTYPE html><html dir=\"ltr\" lang=\"en-gb\"><head><meta charset=\"utf-8\"><title>Phones</title></head>\
         <body id=\"phpbb\" class=\"nojs notouch section-{section} ltr\"><div id=\"wrap\" class=\"wrap\"><div id=\"page-body\">{body}</div></div></body></html>"
    );
    Reply::text(200, "text/html; charset=UTF-8", text)
}

fn message(words: &str) -> Reply {
    let body = format!("<div class=\"panel\" id=\"message\"><div class=\"inner\"><h2>Information</h2><p>{words}</p></div></div>");
    Reply { status: 404, ..page("message", &body) }
}

fn iso(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

/// "Mon Feb 10, 2014 2:49 pm".
fn shown(at: Timestamp) -> String {
    at.strftime("%a %b %d, %Y %-I:%M %P").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::default_now;

    #[test]
    fn the_last_page_stands_for_all_behind_it() {
        let now = default_now();
        let board = PhpBb::new(&Story::new(now, 1), 14, 24);
        let (talk, posts) = board.topics(now).into_iter().max_by_key(|(_, posts)| posts.len()).expect("a topic");
        assert!(posts.len() > PAGE, "no topic has two pages");
        let asked =
            |start: usize| board.answer(&Ask::get(HOST, &format!("/viewtopic.php?t={}&start={start}", talk.topic.id)), now);
        let last = posts.len().div_ceil(PAGE) * PAGE - PAGE;
        assert_eq!(asked(last), asked(99_990));
        assert_ne!(asked(0), asked(last));
        let reply = String::from_utf8(asked(last).body).expect("text");
        assert!(reply.contains(&format!("id=\"p{}\"", posts[posts.len() - 1].id)));
    }

    #[test]
    fn what_is_removed_is_told_nowhere() {
        let now = default_now();
        let mut board = PhpBb::new(&Story::new(now, 1), 14, 24);
        let before = board.truth(now);
        assert_eq!((before.len(), board.visible(now)), (board.visible(now), before.len()));
        let reply = before.iter().find(|truth| truth.kind == "reply").expect("a reply").id.clone();
        assert!(board.change(&reply, None, now));
        assert_eq!(board.truth(now).len(), before.len() - 1);
        assert_eq!(board.answer(&Ask::get(HOST, &format!("/viewtopic.php?p={reply}")), now).status, 404);
    }
}
