//! The plugin as the host sees it, on short pages after the default templates of vBulletin 3, 4 and 5.

use serde_json::{Value as Json, json};
use source_vbulletin::VBulletin;
use vigie_plugin::testing::{Answer, FakeHost};
use vigie_plugin::{
    Batch, Change, Direction, Failure, FailureClass, Feed, Mention, MentionKind, Moment, Next, Poll, Precision, time,
};

const BASE: &str = "https://board.example/f";
const THREAD: &str = "https://board.example/f/showthread.php?t=45";
const SESSION: &str = "s=0123456789abcdef0123456789abcdef";

fn settings() -> Json {
    json!({ "url": "https://board.example/f/", "topics": [format!("{THREAD}&{SESSION}")] })
}

fn plan(settings: &Json) -> Vec<Feed> {
    FakeHost::new().plan::<VBulletin>(settings, vec![]).expect("a plan")
}

fn thread(answer: Answer) -> Result<Batch, Failure> {
    let host = FakeHost::new().get(THREAD, answer);
    host.poll::<VBulletin>(&settings(), Poll::newer(plan(&settings()).remove(0)))
}

fn mentions(body: impl Into<Vec<u8>>) -> Vec<Mention> {
    thread(Answer::html(body)).expect("a batch").mentions().cloned().collect()
}

fn zoneless(text: &str) -> Option<Moment> {
    time::rfc3339(text).ok().map(|moment| Moment { precision: Precision::Zoneless, ..moment })
}

/// A post of vBulletin 3.
fn third(id: u64, date: &str, inside: &str) -> String {
    format!(
        r##"<table class="tborder" id="post{id}"><tr><td class="thead"><div class="normal" style="float:right">#<a href="showpost.php?{SESSION}&amp;p={id}&amp;postcount=3" id="postcount{id}"><strong>3</strong></a></div><div class="normal"><a name="post{id}"><img src="x.gif"></a> {date} </div></td></tr>
        <tr><td class="alt2"><div id="postmenu_{id}"><a class="bigusername" href="member.php?{SESSION}&amp;u=2">Ada 24</a></div><div class="smallfont">Join Date: Jan 2001</div></td></tr>
        <tr><td class="alt1" id="td_post_{id}"><div class="smallfont"><strong>Re: About Acme</strong></div><hr><div id="post_message_{id}">{inside}</div><div class="smallfont"><em>Last edited by Ada 24; 01-25-2009 at <span class="time">10:22 AM</span>.</em></div></td></tr></table>"##
    )
}

fn page3(posts: &str) -> String {
    format!(
        r#"<html lang="en"><head><title>About Acme - The Board</title></head><table><tr><td class="navbar"><a href="x"><img></a> <strong> About Acme </strong></td></tr></table><div id="posts">{posts}</div><input type="hidden" name="t" value="45"></html>"#
    )
}

/// A post of vBulletin 4.
fn fourth(id: u64, number: u64, date: &str, inside: &str) -> String {
    format!(
        r##"<li class="postbitlegacy postbitim postcontainer old" id="post_{id}"><div class="posthead"><span class="postdate old"><span class="date">{date}</span></span><span class="nodecontrols"><a name="post{id}" href="showthread.php?45-About-Acme&amp;p={id}#post{id}" class="postcounter">#{number}</a></span></div>
        <div class="postdetails"><div class="userinfo"><div class="username_container"><a class="username offline popupctrl" href="member.php?{SESSION}&amp;2-Ada" title="Ada is offline"><strong>Ada</strong></a></div></div><div class="postbody"><div class="content"><div id="post_message_{id}"><blockquote class="postcontent restore ">{inside}</blockquote></div></div></div></div>
        <blockquote class="signature restore">My signature</blockquote></li>"##
    )
}

fn page4(posts: &str, pagination: &str) -> String {
    format!(
        r#"<html lang="de"><head><link rel="canonical" href="showthread.php?45-About-Acme&amp;{SESSION}"></head><div id="pagetitle"><h1>Thema: <span class="threadtitle"><a href="showthread.php?45-About-Acme">About Acme</a></span></h1></div>{pagination}<ol id="posts">{posts}</ol></html>"#
    )
}

#[test]
fn the_plan_follows_the_settings() {
    let names = |settings: Json| plan(&settings).into_iter().map(|feed| feed.id).collect::<Vec<_>>();
    assert_eq!(names(json!({ "url": BASE })), ["board"]);
    assert_eq!(names(settings()), ["topic:https://board.example/f/showthread.php?t=45"]);
    assert_eq!(names(json!({ "url": BASE, "forums": ["2"] })), ["forum:2"]);
    for wrong in [
        json!({ "url": "x" }),
        json!({ "url": BASE, "forums": ["x"] }),
        json!({ "url": BASE, "topics": ["https://other.example/t"] }),
    ] {
        assert_eq!(
            FakeHost::new().plan::<VBulletin>(&wrong, vec![]).expect_err("wrong settings").class,
            FailureClass::Settings,
            "{wrong}"
        );
    }
}

#[test]
fn posts_of_vbulletin_3_become_mentions() {
    let quoting = format!(
        r#"<div style="margin:20px; margin-top:5px; "><div class="smallfont" style="margin-bottom:2px">Quote:</div><table><tr><td class="alt2" style="border:1px inset"><div>Originally Posted by <strong>Bo</strong> <a href="showthread.php?{SESSION}&amp;p=7#post7" rel="nofollow"><img class="inlineimg" src="viewpost.gif"></a></div><div style="font-style:italic">Acme is dead</div></td></tr></table></div>I disagree <img src="images/smilies/smile.gif" alt="" title="Smile" class="inlineimg">"#
    );
    let guest = third(9, "01-22-2009, 05:42 PM", "guest words")
        .replace("<a class=\"bigusername\" href=\"member.php?s=0123456789abcdef0123456789abcdef&amp;u=2\">Ada 24</a>", "Visitor");
    let read = mentions(page3(&format!(
        "{}{}{guest}",
        third(7, "01-21-2009, 05:42 PM", "Hello<br>you"),
        third(8, "01-02-2009, 12:05 AM", &quoting)
    )));
    let [first, quoting, guest] = read.as_slice() else { panic!("three posts: {read:#?}") };
    assert_eq!((first.id.as_str(), first.kind, first.title.as_deref()), ("7", MentionKind::Post, Some("About Acme")));
    assert_eq!(
        (first.text.as_str(), first.url.as_deref()),
        ("Hello<br>you", Some("https://board.example/f/showthread.php?p=7#post7"))
    );
    assert_eq!((first.published, first.edited), (zoneless("2009-01-21T17:42:00"), zoneless("2009-01-25T10:22:00")));
    assert_eq!(quoting.published, zoneless("2009-01-02T00:05:00"), "another post of the page shows that the month stands first");
    let author = first.author.as_ref().expect("an author");
    assert_eq!(
        (author.id.as_str(), author.name.as_deref(), author.url.as_deref()),
        ("2", Some("Ada 24"), Some("https://board.example/f/member.php?u=2"))
    );
    assert_eq!((quoting.parent.as_deref(), quoting.thread.as_deref()), (Some("7"), Some("t/45")));
    let text = quoting.text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("<blockquote><div>Acme is dead</div></blockquote>") && text.contains("I disagree"), "{text}");
    assert!(!text.contains("Originally") && !text.contains("Quote:"), "{text}");
    assert_eq!(guest.author.as_ref().map(|author| author.id.as_str()), Some("name/Visitor"));
    assert!(!format!("{read:?}").contains("s=0123"));
}

#[test]
fn posts_of_vbulletin_4_become_mentions() {
    let quoting = format!(
        r#"<div class="bbcode_container"><div class="bbcode_quote"><div class="quote_container"><div class="bbcode_quote_container"></div><div class="bbcode_postedby"><img src="x.png"> Zitat von <strong>Bo</strong> <a href="showthread.php?{SESSION}&amp;p=7#post7"><img></a></div><div class="message">Acme is dead</div></div></div></div>I disagree <a href="http://a.example/?x=1&amp;y=2">a</a><div class="bbcode_container"><div class="bbcode_description">Code:</div><pre class="bbcode_code">x = 1</pre></div>"#
    );
    let edited = fourth(8, 12, "Gestern,&nbsp;<span class=\"time\">15:02 Uhr</span>", &quoting)
        .replace("<blockquote class=\"signature", "<blockquote class=\"postcontent lastedited\">Geändert von Ada 24; 31.12.2025 um <span class=\"time\">16:30</span> Uhr</blockquote><blockquote class=\"signature");
    let pagination = r#"<div class="pagination_top"><div class="pagination"><span><a href="javascript://" class="popupctrl">Seite 2 von 2</a></span><span class="first_last"><a href="showthread.php?45-About-Acme">Erste</a></span><span><a href="showthread.php?45-About-Acme" title="1 bis 10">1</a></span><span class="selected"><a href="javascript://" title="11 bis 12">2</a></span></div></div>"#;
    let last =
        Answer::html(page4(&(fourth(6, 11, "21.01.2009,&nbsp;<span class=\"time\">05:42</span>", "x") + &edited), pagination));
    let front = page4(&fourth(1, 1, "20.01.2009, 05:42", "front"), "");
    let host = FakeHost::new().get(THREAD, last).get("https://board.example/f/showthread.php?45-About-Acme", Answer::html(front));
    let batch = host.poll::<VBulletin>(&settings(), Poll::newer(plan(&settings()).remove(0))).expect("a batch");
    let read: Vec<&Mention> = batch.mentions().collect();
    let [other, quoting, front] = read.as_slice() else { panic!("three posts: {read:#?}") };
    assert_eq!((other.kind, other.published), (MentionKind::Reply, zoneless("2009-01-21T05:42:00")));
    assert_eq!((front.kind, front.title.as_deref(), batch.next), (MentionKind::Post, Some("About Acme"), Next::Later(None)));
    assert_eq!((quoting.published, quoting.edited), (zoneless("2025-12-31T15:02:00"), zoneless("2025-12-31T16:30:00")));
    assert_eq!((quoting.parent.as_deref(), quoting.thread.as_deref()), (Some("7"), Some("t/45")));
    assert_eq!(quoting.author.as_ref().map(|author| (author.id.as_str(), author.name.as_deref())), Some(("2", Some("Ada"))));
    assert!(
        quoting.text.contains("<blockquote><div><div>Acme is dead</div></div></blockquote></div>I disagree")
            && !other.text.contains("<blockquote>"),
        "{}",
        quoting.text
    );
    let shown = format!("{read:?}");
    assert!(!shown.contains("Zitat") && !shown.contains("Code:") && !shown.contains("signature"), "{shown}");
}

#[test]
fn posts_of_vbulletin_5_and_of_persian_boards_are_read() {
    let fifth = r#"<html><head><link rel="canonical" href="https://board.example/f/phones/45-about-acme"></head><h1 class="main-title js-main-title">About Acme</h1><ul><li data-node-id="7" class="b-post js-post"><div class="b-userinfo"><div class="author h-text-size--14"><strong><a href="https://board.example/f/member/2-ada">Ada</a></strong></div></div><a class="b-post__count js-show-post-link">#1</a><div class="b-post__timestamp"><time itemprop="dateCreated" datetime="2018-05-03T10:22:33">05-03-2018, 10:22 AM</time></div><div class="js-post__content-text restore h-wordwrap" itemprop="text">Hello</div></li></ul>"#;
    let read = mentions(fifth);
    assert_eq!(
        (read[0].id.as_str(), read[0].thread.as_deref(), read[0].published),
        ("7", Some("t/45"), zoneless("2018-05-03T10:22:33"))
    );
    assert_eq!((read[0].text.as_str(), read[0].author.as_ref().map(|author| author.id.as_str())), ("Hello", Some("2")));
    let persian = third(7, "۱۳۹۴/۱۱/۲۷, ۱۰:۲۲", "سلام");
    let encoded: Vec<u8> = b"<html dir='rtl'><meta http-equiv='Content-Type' content='text/html; charset=windows-1256'><table id='post7'><tr><td class='thead'>1394/11/27, 10:22</td></tr><tr><td><div id='post_message_7'>\xd3\xe1\xc7\xe3</div></td></tr></table>".to_vec();
    for (what, read) in [("utf-8", mentions(page3(&persian))), ("windows-1256", mentions_of(encoded))] {
        assert_eq!((read[0].text.as_str(), read[0].published), ("سلام", zoneless("2016-02-16T10:22:00")), "{what}");
    }
    let latin =
        mentions_of(page3(&third(7, "Heute, 10:22", "caf")).replace("caf", "caf\u{e9}").chars().map(|char| char as u8).collect());
    assert_eq!((latin[0].text.as_str(), latin[0].published), ("café", zoneless("2026-01-01T10:22:00")));
}

fn mentions_of(body: Vec<u8>) -> Vec<Mention> {
    thread(Answer::new("text/html", body)).expect("a batch").mentions().cloned().collect()
}

#[test]
fn a_feed_names_threads_which_are_opened_once() {
    let item = |id: u64| {
        format!(
            "<item><title>T &amp; {id}</title><link>{BASE}/showthread.php?t={id}&amp;goto=newpost</link><pubDate>Fri, 02 Jan 2026 03:04:05 GMT</pubDate><description>Hell\u{f6} ...</description><content:encoded><![CDATA[<div>Hell\u{f6} <i>you</i></div>]]></content:encoded><dc:creator>Ada</dc:creator><guid isPermaLink=\"true\">{BASE}/showthread.php?t={id}</guid></item>"
        )
    };
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><rss version=\"2.0\"><channel><title>x</title><generator>vBulletin</generator><ttl>60</ttl>{}{}</channel></rss>",
        item(45),
        item(46)
    );
    let feed = Answer::new("text/xml; charset=ISO-8859-1", text.chars().map(|char| char as u8).collect::<Vec<u8>>());
    let settings = json!({ "url": BASE });
    let host = FakeHost::new()
        .get(&format!("{BASE}/external.php?type=RSS2"), feed.clone())
        .get(THREAD, Answer::html(page4(&fourth(7, 1, "Heute, 10:22", "x"), "")))
        .get(&format!("{BASE}/showthread.php?t=46"), Answer::status(403));
    let batch = host.poll::<VBulletin>(&settings, Poll::newer(plan(&settings).remove(0))).expect("a batch");
    let read: Vec<&Mention> = batch.mentions().collect();
    assert_eq!(read.iter().map(|mention| mention.id.as_str()).collect::<Vec<_>>(), ["7", "t46"]);
    assert_eq!(
        (read[1].title.as_deref(), read[1].text.as_str(), read[1].thread.as_deref()),
        (Some("T & 46"), "<div>Hellö <i>you</i></div>", Some("t/46"))
    );
    assert_eq!(
        (read[1].published, read[1].url.as_deref()),
        (time::rfc3339("2026-01-02T03:04:05Z").ok(), Some("https://board.example/f/showthread.php?t=46"))
    );
    assert_eq!(batch.feeds.iter().map(|feed| feed.id.as_str()).collect::<Vec<_>>(), ["topic:45"]);
    let alone = json!({ "url": BASE, "read_topics": false, "forums": ["2"] });
    let host = FakeHost::new().get(&format!("{BASE}/external.php?type=RSS2&forumids=2"), feed);
    let batch = host.poll::<VBulletin>(&alone, Poll::newer(plan(&alone).remove(0))).expect("a batch");
    assert_eq!((batch.mentions().count(), batch.feeds.len()), (2, 0));
}

#[test]
fn lists_give_threads_and_end() {
    let third = |id: u64, last: &str| {
        format!(
            r#"<tr><td class="alt1" id="td_threadtitle_{id}"><div><a href="showthread.php?{SESSION}&amp;t={id}" id="thread_title_{id}">Topic {id}</a> <span class="smallfont">(<a href="showthread.php?t={id}&amp;page=2">2</a>)</span></div></td><td class="alt2"><div class="smallfont">{last} <span class="time">10:22 AM</span><br>by <a href="member.php?u=3">Bo 7</a></div></td><td class="alt1"><a href="misc.php?do=whoposted&amp;t={id}">1,204</a></td></tr>"#
        )
    };
    let fourth = |id: u64, last: &str| {
        format!(
            r#"<li class="threadbit" id="thread_{id}"><h3 class="threadtitle"><a class="title" href="showthread.php?{id}-x&amp;{SESSION}" id="thread_title_{id}">Topic {id}</a></h3><dl class="pagination"><span><a href="showthread.php?{id}-x/page2">2</a></span></dl><ul class="threadstats"><li>Replies: <a href="x">12</a></li></ul><dl class="threadlastpost"><dd>by Bo</dd><dd>{last},&nbsp;<span class="time">10:22 AM</span></dd></dl></li>"#
        )
    };
    let third_pages = format!(
        "<div class=\"pagenav\"><table><tr><td class=\"vbmenu_control\">Page 1 of 2</td><td class=\"alt2\"><span><strong>1</strong></span></td><td class=\"alt1\"><a href=\"forumdisplay.php?{SESSION}&amp;f=2&amp;page=2\">2</a></td></tr></table></div>"
    );
    let settings = json!({ "url": BASE, "forums": ["2"] });
    let host = FakeHost::new()
        .get(
            &format!("{BASE}/forumdisplay.php?f=2"),
            Answer::html(format!(
                "{third_pages}<table id=\"threadslist\">{}{}</table>",
                third(5, "Today"),
                third(4, "12-20-2025")
            )),
        )
        .get(
            &format!("{BASE}/forumdisplay.php?f=2&page=2"),
            Answer::html(format!(
                "<ol id=\"stickies\">{}</ol><ol id=\"threads\">{}</ol>",
                fourth(1, "01-13-2009"),
                fourth(3, "11-07-2025")
            )),
        )
        .get(&format!("{BASE}/external.php?type=RSS2&forumids=2"), Answer::html("<html>Log in"));
    let feed = plan(&settings).remove(0);
    let names =
        |batches: &[Batch]| batches.iter().flat_map(|batch| batch.feeds.iter().map(|feed| feed.id.clone())).collect::<Vec<_>>();
    let batches = host.read::<VBulletin>(&settings, &feed, Direction::Older).expect("batches");
    assert_eq!(
        (names(&batches), batches.last().map(|batch| batch.next)),
        (["topic:5", "topic:4", "topic:1", "topic:3"].map(str::to_owned).to_vec(), Some(Next::Done))
    );
    let since = time::rfc3339("2025-12-15").map(|moment| moment.at).ok();
    let wanted = host.poll::<VBulletin>(&settings, Poll::older(feed.clone()).since(since)).expect("a batch");
    assert_eq!(
        (names(std::slice::from_ref(&wanted)), wanted.next),
        (["topic:5", "topic:4"].map(str::to_owned).to_vec(), Next::Done)
    );
    assert_eq!(names(&[host.poll::<VBulletin>(&settings, Poll::newer(feed)).expect("a batch")]), ["topic:5", "topic:4"]);
}

#[test]
fn what_is_known_is_read_again() {
    let post_url = |id: u64| format!("{BASE}/showthread.php?p={id}#post{id}");
    let missing = "<table><tr><td class=\"panelsurround\"><div class=\"panel\">Invalid Post specified.</div></td></tr></table>";
    let host = FakeHost::new()
        .get(&post_url(8), Answer::html(page3(&(third(7, "x", "one") + &third(8, "x", "two")))))
        .get(&post_url(9), Answer::html(missing).with_status(404))
        .get(&post_url(10), Answer::html(missing));
    let changes =
        host.refresh::<VBulletin>(&settings(), ["7", "t5", "8", "9", "10"].map(str::to_owned).to_vec()).expect("changes");
    let told: Vec<&str> = changes
        .iter()
        .map(|change| match change {
            Change::Remove(id) => id.as_str(),
            Change::Upsert(mention) => mention.text.as_str(),
        })
        .collect();
    assert_eq!(told, ["9", "one", "two"], "words alone are no proof: they are in the board's language");
}

#[test]
fn failures_have_their_class() {
    use FailureClass::{Forbidden, Gone, RateLimited, Transient, UnexpectedAnswer};
    let message = "<form action=\"login.php\"><input></form><div class=\"standard_error\">You are not logged in</div>";
    let login = "<div class=\"panel\"><form action=\"login.php?do=login\"><input type=\"password\"></form></div>";
    for (answer, class) in [
        (Answer::html(message), Forbidden),
        (Answer::html(login), Forbidden),
        (Answer::html(message).with_status(403), Forbidden),
        (Answer::html(message).with_status(404), Gone),
        (Answer::html("<html>Busy").with_status(503).header("retry-after", "9"), Transient),
        (Answer::html("<html>Slow").with_status(429), RateLimited),
        (Answer::html("<html><title>Just a moment...</title>"), UnexpectedAnswer),
        (Answer::text("Too many connections"), UnexpectedAnswer),
    ] {
        assert_eq!(thread(answer.clone()).expect_err("a failure").class, class, "{answer:?}");
    }
    let settings = json!({ "url": BASE });
    let closed = FakeHost::new().get(&format!("{BASE}/external.php?type=RSS2"), Answer::status(404));
    assert_eq!(
        closed.poll::<VBulletin>(&settings, Poll::newer(plan(&settings).remove(0))).expect_err("no feed").class,
        FailureClass::Settings
    );
}

#[test]
fn hostile_pages_cost_themselves_alone() {
    let odd = r#"<div id="post_message_"></div><div id="post_message_5">nowhere</div><table id="post99999999999999999999"><tr><td><div id="post_message_99999999999999999999">x</div></td></tr></table>
        <table id="post6"><tr><td class="thead">#1 99-99-9999, 99:99 PM</td></tr><tr><td><div id="post_message_6"><td class="alt2"></td><a href="javascript:x">w</a></div></td></tr></table>"#;
    let read = mentions(page3(&format!("{odd}{}{}", third(7, "x", "words"), third(7, "x", "again"))));
    assert_eq!(read.iter().map(|mention| mention.id.as_str()).collect::<Vec<_>>(), ["6", "7"]);
    assert_eq!((read[0].published, read[0].author.as_ref(), read[0].parent.as_deref()), (None, None, None));
    assert!(!read[0].text.contains("javascript"));
}

#[test]
fn a_walk_goes_down_the_pages_and_knows_what_it_knows() {
    let posts = |ids: &[u64]| ids.iter().map(|id| third(*id, "01-21-2009, 05:42 PM", "x")).collect::<String>();
    let nav = |current: u32, last: u32| {
        let item = |n: u32| match n == current {
            true => format!("<td class=\"alt2\"><strong>{n}</strong></td>"),
            false => format!(
                "<td class=\"alt1\"><a href=\"showthread.php?{SESSION}&amp;t=45{}\">{n}</a></td>",
                if n == 1 { String::new() } else { format!("&amp;page={n}") }
            ),
        };
        format!("<div class=\"pagenav\"><table><tr>{}</tr></table></div>", (1..=last).map(item).collect::<String>())
    };
    let page = |current: u32, last: u32, ids: &[u64]| Answer::html(page3(&(nav(current, last) + &posts(ids))));
    let url = |n: u32| format!("{THREAD}&page={n}");
    let host = FakeHost::new()
        .get(THREAD, page(1, 2, &[1, 2]))
        .get(&url(2), page(2, 2, &[3]))
        .get(&url(2), page(2, 3, &[3, 4]))
        .get(&url(3), page(3, 3, &[5]));
    let feed = plan(&settings()).remove(0);
    let first = host.poll::<VBulletin>(&settings(), Poll::newer(feed.clone())).expect("a batch");
    assert_eq!((first.mentions().count(), first.next), (3, Next::Later(None)));
    let second = host.poll::<VBulletin>(&settings(), Poll::newer(feed.clone()).cursor(first.cursor)).expect("a batch");
    let new: Vec<&str> = second.mentions().map(|mention| mention.id.as_str()).collect();
    assert!(new.contains(&"4") && new.contains(&"5") && !new.contains(&"1"), "{new:?}");
    assert_eq!(host.read::<VBulletin>(&settings(), &feed, Direction::Older).expect("a batch")[0].next, Next::Done);
}
