//! A vBulletin 4 board: feeds of threads, lists, threads, in ISO-8859-1 that is really windows-1252.
//!
//! Kept quirks: session hashes in every address; dates in numbers with the month first, to the minute and without a zone; each text inside
//! a quotation; a feed that tells first posts alone; pages behind the last one show the last one; messages with status 200.

use jiff::Timestamp;
use serde_json::json;

use super::{Service, html};
use crate::story::{Post, Story, Talk};
use crate::truth::{Spoken, Subject, Truth};
use crate::wire::{Ask, Reply};

const HOST: &str = "vbulletin.example";
const SESSION: &str = "s=00112233445566778899aabbccddeeff";
/// Posts of a page.
const PAGE: usize = 10;
/// Threads of a list.
const LIST: usize = 10;
/// Threads of a feed.
const FEED: usize = 15;
const FORUM: u32 = 2;

/// The service.
pub struct VBulletin {
    hosts: [String; 1],
    talks: Vec<Talk>,
}

impl VBulletin {
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

    /// `external.php?type=RSS2`: the threads that were opened last.
    fn feed(&self, ask: &Ask, now: Timestamp) -> Reply {
        let mut threads = if ask.empty { Vec::new() } else { self.threads(now) };
        threads.sort_by_key(|(talk, posts)| std::cmp::Reverse((posts[0].at, talk.topic.id)));
        let items: String = threads
            .into_iter()
            .take(FEED)
            .map(|(talk, posts)| {
                let link = format!("https://{HOST}/showthread.php?t={}", talk.topic.id);
                let words = html::escape(posts[0].words.at(now).text.unwrap_or_default());
                format!(
                    "<item><title>{}</title><link>{link}&amp;goto=newpost</link><pubDate>{}</pubDate><description>{} ...</description>\
                     <content:encoded><![CDATA[<div>{words}</div>]]></content:encoded><category domain=\"x\">Phones</category>\
                     <dc:creator>{}</dc:creator><guid isPermaLink=\"true\">{link}</guid></item>",
                    html::escape(&talk.topic.title),
                    posts[0].at.strftime("%a, %d %b %Y %H:%M:%S GMT"),
                    html::escape(&words.chars().take(40).collect::<String>()),
                    html::escape(&posts[0].author.handle),
                )
            })
            .collect();
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
             xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel><title>Phones</title><link>https://{HOST}</link>\
             <generator>vBulletin</generator><ttl>60</ttl>{items}</channel></rss>"
        );
        latin("text/xml; charset=ISO-8859-1", &text)
    }

    fn list(&self, ask: &Ask, now: Timestamp) -> Reply {
        if ask.param("f") != Some("2") {
            return message("Invalid Forum specified.");
        }
        let threads = self.threads(now);
        let (current, nav) = paged(ask, threads.len(), LIST, &format!("forumdisplay.php?f={FORUM}"));
        let shown: Vec<_> =
            if ask.empty { Vec::new() } else { threads.into_iter().skip((current - 1) * LIST).take(LIST).collect() };
        let row = |talk: &Talk, posts: &[&Post]| {
            let id = talk.topic.id;
            format!(
                "<li class=\"threadbit\" id=\"thread_{id}\"><div class=\"threadinfo\"><h3 class=\"threadtitle\">\
                 <a class=\"title\" href=\"showthread.php?{SESSION}&amp;t={id}\" id=\"thread_title_{id}\">{}</a></h3>\
                 <dl class=\"pagination\"><span><a href=\"showthread.php?t={id}&amp;page=2\">2</a></span></dl></div>\
                 <ul class=\"threadstats\"><li>Replies: <a href=\"misc.php?do=whoposted&amp;t={id}\">{}</a></li></ul>\
                 <dl class=\"threadlastpost\"><dd>by <a href=\"member.php?u=1\">x</a></dd><dd>{}</dd></dl></li>",
                html::escape(&talk.topic.title),
                posts.len() - 1,
                printed(posts[posts.len() - 1].at),
            )
        };
        let rows = |pinned: bool| {
            let part = shown.iter().filter(|(talk, _)| talk.topic.pinned == pinned);
            part.map(|(talk, posts)| row(talk, posts)).collect::<String>()
        };
        page(&format!(
            "{nav}<ol id=\"stickies\" class=\"stickies\">{}</ol><ol id=\"threads\" class=\"threads\">{}</ol>",
            rows(true),
            rows(false)
        ))
    }

    /// `showthread.php?t=&page=` or `?p=`.
    fn thread(&self, ask: &Ask, now: Timestamp) -> Reply {
        let by_post = ask.param("p");
        let found = self.threads(now).into_iter().find(|(talk, posts)| match by_post {
            Some(id) => posts.iter().any(|post| post.id.to_string() == id),
            None => ask.param("t").is_some_and(|id| talk.topic.id.to_string() == id),
        });
        let Some((talk, posts)) = found else {
            let reply = message(if by_post.is_some() { "Invalid Post specified." } else { "Invalid Thread specified." });
            return Reply { status: 404, ..reply };
        };
        let mut ask = ask.clone();
        if let Some(place) = by_post.and_then(|id| posts.iter().position(|post| post.id.to_string() == id)) {
            ask.query.push(("page".to_owned(), (place / PAGE + 1).to_string()));
        }
        let (current, nav) = paged(&ask, posts.len(), PAGE, &format!("showthread.php?t={}", talk.topic.id));
        let shown: Vec<_> =
            if ask.empty { Vec::new() } else { posts.into_iter().skip((current - 1) * PAGE).take(PAGE).collect() };
        let posts: String = shown.into_iter().map(|post| self.post(talk, post, now)).collect();
        page(&format!(
            "<div id=\"pagetitle\" class=\"pagetitle\"><h1>Thread: <span class=\"threadtitle\"><a href=\"showthread.php?t={}\">{}</a></span></h1></div>\
             {nav}<ol id=\"posts\" class=\"posts\">{posts}</ol>{nav}",
            talk.topic.id,
            html::escape(&talk.topic.title)
        ))
    }

    fn post(&self, talk: &Talk, post: &Post, now: Timestamp) -> String {
        let Post { id, author, .. } = post;
        let standing = post.words.at(now);
        let edited = standing.changed.map_or_else(String::new, |at| {
            format!(
                "<blockquote class=\"postcontent lastedited\">Last edited by {}; {}.</blockquote>",
                author.handle,
                printed(at).replace(",&nbsp;", " at ")
            )
        });
        let quote = quoted(talk, post).map_or_else(String::new, |(other, words)| {
            format!(
                "<div class=\"bbcode_container\"><div class=\"bbcode_quote\"><div class=\"quote_container\"><div class=\"bbcode_quote_container\"></div>\
                 <div class=\"bbcode_postedby\"><img src=\"images/quote.png\" alt=\"Quote\"> Originally Posted by <strong>{}</strong> \
                 <a href=\"showthread.php?{SESSION}&amp;p={}#post{}\" rel=\"nofollow\"><img src=\"view.png\"></a></div>\
                 <div class=\"message\">{}</div></div></div></div>",
                other.author.handle,
                other.id,
                other.id,
                html::escape(words)
            )
        });
        format!(
            "<li class=\"postbitlegacy postbitim postcontainer old\" id=\"post_{id}\"><div class=\"posthead\"><span class=\"postdate old\">\
             <span class=\"date\">{at}</span></span><span class=\"nodecontrols\"><a name=\"post{id}\" href=\"showthread.php?{SESSION}&amp;p={id}#post{id}\" \
             class=\"postcounter\">#{number}</a></span></div><div class=\"postdetails\"><div class=\"userinfo\"><div class=\"username_container\">\
             <a class=\"username offline popupctrl\" href=\"member.php?{SESSION}&amp;u={user}\"><strong>{name}</strong></a></div></div>\
             <div class=\"postbody\"><div class=\"content\"><div id=\"post_message_{id}\"><blockquote class=\"postcontent restore \">{quote}{words}\
             <img src=\"images/smilies/smile.gif\" class=\"inlineimg\" alt=\"\" title=\"Smile\"></blockquote></div></div>{edited}\
             <blockquote class=\"signature restore\"><div class=\"signaturecontainer\">Sent from my Pyrel</div></blockquote></div></div></li>",
            at = printed(post.at),
            number = post.number,
            user = author.id,
            name = html::escape(&author.handle),
            words = html::escape(standing.text.unwrap_or_default()).replace('\n', "<br>\n"),
        )
    }
}

impl Service for VBulletin {
    fn name(&self) -> &str {
        HOST
    }

    fn hosts(&self) -> &[String] {
        &self.hosts
    }

    fn answer(&self, ask: &Ask, now: Timestamp) -> Reply {
        match ask.path.as_str() {
            "/robots.txt" => Reply::text(200, "text/plain", "User-agent: *\nDisallow: /search.php\nDisallow: /member.php\n"),
            "/external.php" => self.feed(ask, now),
            "/forumdisplay.php" => self.list(ask, now),
            "/showthread.php" => self.thread(ask, now),
            _ => Reply { status: 404, ..message("Page not found.") },
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
        Some(Subject {
            settings: json!({ "url": format!("https://{HOST}"), "forums": [FORUM.to_string()] }),
            ..Subject::of("vbulletin")
        })
    }

    fn truth(&self, now: Timestamp) -> Vec<Truth> {
        let threads = self.threads(now);
        threads.into_iter().flat_map(|(talk, posts)| posts.into_iter().map(move |post| truth(talk, post, now))).collect()
    }

    fn spoken(&self) -> Vec<Spoken> {
        let spoken = |what, reply, class, pause_ms| Spoken { what, path: "", reply, class, pause_ms };
        let login = page("<div class=\"panel\"><form action=\"login.php?do=login\"><input type=\"password\"></form></div>");
        vec![
            spoken("members only", login, "forbidden", None),
            spoken("not allowed", message("You do not have permission to access this page."), "forbidden", None),
            spoken(
                "busy",
                Reply::text(503, "text/html", "<html>The server is too busy</html>").with("retry-after", "8"),
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

/// The post a post quotes, and the words of it.
fn quoted<'a>(talk: &'a Talk, post: &'a Post) -> Option<(&'a Post, &'a str)> {
    let (number, _, words) = post.quote.as_ref()?;
    Some((talk.posts.iter().find(|other| other.number == *number)?, words))
}

/// "11-22-2026, 10:33 PM": the board's default.
fn printed(at: Timestamp) -> String {
    format!("{},&nbsp;<span class=\"time\">{}</span>", at.strftime("%m-%d-%Y"), at.strftime("%I:%M %p"))
}

fn truth(talk: &Talk, post: &Post, now: Timestamp) -> Truth {
    // Pages print minutes.
    let minute = Timestamp::from_second(post.at.as_second().div_euclid(60) * 60).unwrap_or(post.at);
    Truth {
        id: post.id.to_string(),
        kind: if post.number == 1 { "post" } else { "reply" },
        author: Some(Some(post.author.id.to_string())),
        published: Some(Some(minute)),
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
fn paged(ask: &Ask, total: usize, per_page: usize, here: &str) -> (usize, String) {
    let pages = total.div_ceil(per_page).max(1);
    let asked = ask.query.iter().rev().find(|(name, _)| name == "page").and_then(|(_, page)| page.parse::<usize>().ok());
    let current = asked.unwrap_or(1).clamp(1, pages);
    let link = |number: usize| {
        if number == 1 { format!("{here}&amp;{SESSION}") } else { format!("{here}&amp;{SESSION}&amp;page={number}") }
    };
    let shown = (1..=pages).filter(|number| number.abs_diff(current) < 3);
    let items: String = shown
        .map(|number| match number == current {
            true => format!("<span class=\"selected\"><a href=\"javascript://\" title=\"x\">{number}</a></span>"),
            false => format!("<span><a href=\"{}\">{number}</a></span>", link(number)),
        })
        .collect();
    let last = if current + 2 < pages {
        format!("<span class=\"first_last\"><a href=\"{}\">Last <img></a></span>", link(pages))
    } else {
        String::new()
    };
    let first =
        if current > 3 { format!("<span class=\"first_last\"><a href=\"{}\">First</a></span>", link(1)) } else { String::new() };
    let jump = format!("<span><a href=\"javascript://\" class=\"popupctrl\">Page {current} of {pages}</a></span>");
    let nav = if pages > 1 { format!("<div class=\"pagination\">{jump}{first}{items}{last}</div>") } else { String::new() };
    (current, nav)
}

fn page(body: &str) -> Reply {
    let text = format!(
        "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\"><html xmlns=\"http://www.w3.org/1999/xhtml\" dir=\"ltr\" lang=\"en\">\
         <head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=ISO-8859-1\"><meta name=\"generator\" content=\"vBulletin 4.2.2\">\
         <base href=\"https://{HOST}/\"><title>Phones</title></head><body><form action=\"login.php?do=login\"><input type=\"text\"></form>{body}</body></html>"
    );
    latin("text/html; charset=ISO-8859-1", &text)
}

fn message(words: &str) -> Reply {
    page(&format!(
        "<div class=\"standard_error\"><h2 class=\"blockhead\">vBulletin Message</h2><div class=\"blockrow restore\">{words}</div></div>"
    ))
}

/// What calls itself ISO-8859-1 is windows-1252, and what that does not have is a numeric reference.
fn latin(content_type: &str, text: &str) -> Reply {
    let mut body = Vec::with_capacity(text.len());
    for char in text.chars() {
        match (u32::from(char), char) {
            (code @ (0..=0x7f | 0xa0..=0xff), _) => body.push(u8::try_from(code).unwrap_or(b'?')),
            (_, '’') => body.push(0x92),
            (_, '…') => body.push(0x85),
            (_, '–') => body.push(0x96),
            (_, '€') => body.push(0x80),
            (code, _) => body.extend(format!("&#{code};").bytes()),
        }
    }
    Reply { body, ..Reply::text(200, content_type, "") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::default_now;

    #[test]
    fn threads_have_pages_and_the_last_one_stands_for_all_behind_it() {
        let now = default_now();
        let board = VBulletin::new(&Story::new(now, 1), 15, 24);
        let (talk, posts) = board.threads(now).into_iter().max_by_key(|(_, posts)| posts.len()).expect("a thread");
        let pages = posts.len().div_ceil(PAGE);
        assert!(pages > 1, "no thread has two pages");
        let asked = |page: usize| board.answer(&Ask::get(HOST, &format!("/showthread.php?t={}&page={page}", talk.topic.id)), now);
        assert_eq!(asked(pages), asked(pages + 9));
        assert_ne!(asked(1), asked(pages));
        assert_eq!(board.truth(now).len(), board.visible(now));
    }

    #[test]
    fn the_charset_is_the_one_boards_mean() {
        assert_eq!(latin("text/html", "é’€😀").body, b"\xe9\x92\x80&#128512;");
    }
}
