//! The plugin as the host sees it, on short pages after the templates of phpBB
//! (<https://github.com/phpbb/phpbb>: `styles/prosilver/template`, `feed.xml.twig`).

use serde_json::{Value as Json, json};
use source_phpbb::PhpBb;
use vigie_plugin::testing::{Answer, FakeHost};
use vigie_plugin::{
    Batch, Change, Direction, Failure, FailureClass, Feed, Mention, MentionKind, Moment, Next, Poll, Precision, time,
};

const BASE: &str = "https://board.example/f";
const TOPIC: &str = "https://board.example/f/viewtopic.php?t=45";
const SID: &str = "sid=0123456789abcdef0123456789abcdef";

fn settings() -> Json {
    json!({ "url": "https://board.example/f/", "topics": [TOPIC] })
}

fn plan(settings: &Json) -> Vec<Feed> {
    FakeHost::new().plan::<PhpBb>(settings, vec![]).expect("a plan")
}

fn topic(answer: Answer) -> Result<Batch, Failure> {
    let host = FakeHost::new().get(TOPIC, answer);
    host.poll::<PhpBb>(&settings(), Poll::newer(plan(&settings()).remove(0)))
}

fn mentions(body: impl Into<Vec<u8>>) -> Vec<Mention> {
    topic(Answer::html(body)).expect("a batch").mentions().cloned().collect()
}

fn second(text: &str) -> Option<Moment> {
    time::rfc3339(text).ok()
}

fn zoneless(text: &str) -> Option<Moment> {
    time::rfc3339(text).ok().map(|moment| Moment { precision: Precision::Zoneless, ..moment })
}

/// `div.post` of phpBB 3.2 and later.
fn modern(id: u64, inside: &str) -> String {
    format!(
        r##"<div id="p{id}" class="post has-profile bg2"><dl class="postprofile" id="profile{id}"><dt><a href="./memberlist.php?mode=viewprofile&amp;u=2&amp;{SID}" class="username-coloured">Ada</a></dt><dd><strong>Posts:</strong> 7</dd></dl>
        <div class="postbody"><div id="post_content{id}"><h3><a href="#p{id}">Re: Acme</a></h3><p class="author"><a href="./viewtopic.php?p={id}&amp;{SID}#p{id}"><i class="icon"></i></a>
        <span>by <strong><a href="./memberlist.php?mode=viewprofile&amp;u=2&amp;{SID}" class="username-coloured">Ada</a></strong> » </span><time datetime="2021-01-02T03:04:05+00:00">Sat Jan 02, 2021 3:04 am</time></p>
        <div class="content">{inside}</div><div id="sig{id}" class="signature">My signature</div></div></div></div>"##
    )
}

fn page(posts: &str) -> String {
    format!(
        r#"<html lang="en"><head><link rel="canonical" href="https://board.example/f/viewtopic.php?t=45&amp;{SID}"></head><body id="phpbb"><h2 class="topic-title"><a href="./viewtopic.php?t=45&amp;{SID}">Acme &amp; co</a></h2>{posts}</body></html>"#
    )
}

#[test]
fn the_plan_follows_the_settings() {
    let names = |settings: Json| plan(&settings).into_iter().map(|feed| feed.id).collect::<Vec<_>>();
    assert_eq!(names(json!({ "url": BASE })), ["board"]);
    assert_eq!(
        names(json!({ "url": BASE, "forums": ["2", "viewforum.php?f=3"] })),
        ["forum:2", "forum:https://board.example/f/viewforum.php?f=3"]
    );
    for wrong in [
        json!({ "url": "x" }),
        json!({ "url": BASE, "forums": ["x"] }),
        json!({ "url": BASE, "topics_for": "1y" }),
        json!({ "url": BASE, "key": 1 }),
    ] {
        let failure = FakeHost::new().plan::<PhpBb>(&wrong, vec![]).expect_err("wrong settings");
        assert_eq!(failure.class, FailureClass::Settings, "{wrong}");
    }
}

#[test]
fn posts_become_mentions() {
    let quoting = format!(
        r##"<blockquote><div><cite><a href="./memberlist.php?mode=viewprofile&amp;u=3">Bo</a> wrote: <a href="./viewtopic.php?p=7#p7" data-post-id="7">↑</a></cite>Acme is dead</div></blockquote>I disagree, see <a href="./viewtopic.php?t=9&amp;{SID}" class="postlink">this</a>
        <img class="smilies" src="./images/smilies/s.gif" alt=":)"><img src="./download/file.php?id=3&amp;{SID}" class="postimage" alt="Photo"><div class="codebox"><p>Code: <a href="#">Select all</a></p><pre><code>x = 1</code></pre></div>"##
    );
    let edited = modern(8, &quoting).replace(
        "<div id=\"sig8\"",
        "<div class=\"notice\">Last edited by <a>Ada</a> on <time datetime=\"2021-01-03T00:00:00+00:00\">x</time>, edited 2 times in total.</div><div id=\"sig8\"",
    );
    let guest = modern(9, "guest words").replace("a href=\"./memberlist.php?mode=viewprofile&amp;u=2&amp;sid=0123456789abcdef0123456789abcdef\" class=\"username-coloured\"", "span class=\"username\"").replace("Ada</a>", "Guest</span>");
    let batch =
        mentions(page(&format!("{}{edited}{guest}<div class=\"post\" id=\"advert\">Buy</div>", modern(7, "Hello<br>you"))));
    let [first, edited, guest] = batch.as_slice() else { panic!("three posts: {batch:#?}") };
    assert_eq!((first.id.as_str(), first.kind, first.title.as_deref()), ("7", MentionKind::Post, Some("Acme & co")));
    assert_eq!(
        (first.text.as_str(), first.url.as_deref()),
        ("Hello<br>you", Some("https://board.example/f/viewtopic.php?p=7#p7"))
    );
    assert_eq!((first.published, first.edited), (second("2021-01-02T03:04:05Z"), None));
    assert_eq!((first.thread.as_deref(), first.parent.as_deref()), (Some("t/45"), None));
    let author = first.author.as_ref().expect("an author");
    assert_eq!(
        (author.id.as_str(), author.name.as_deref(), author.url.as_deref()),
        ("2", Some("Ada"), Some("https://board.example/f/memberlist.php?mode=viewprofile&u=2"))
    );
    assert_eq!((edited.kind, edited.title.as_deref(), edited.parent.as_deref()), (MentionKind::Reply, None, Some("7")));
    assert_eq!(edited.edited, second("2021-01-03T00:00:00Z"));
    assert!(edited.text.starts_with("<blockquote><div>Acme is dead</div></blockquote>I disagree"), "{}", edited.text);
    assert!(
        edited.text.contains("href=\"https://board.example/f/viewtopic.php?t=9\"") && edited.text.contains("<pre><code>x = 1")
    );
    assert_eq!(
        edited.media.iter().map(|media| media.url.as_str()).collect::<Vec<_>>(),
        ["https://board.example/f/download/file.php?id=3"]
    );
    assert_eq!(guest.author.as_ref().map(|author| author.id.as_str()), Some("name/Guest"));
    let shown = format!("{batch:?}");
    assert!(!shown.contains("sid=") && !shown.contains("signature") && !shown.contains("Select all"), "{shown}");
}

#[test]
fn older_themes_print_dates_in_the_boards_language() {
    let post = |id: u64, line: &str| {
        format!(
            r##"<div id="p{id}" class="post bg1"><div class="inner"><div class="postbody"><h3><a href="#p{id}">Acme</a></h3><p class="author"><a href="./viewtopic.php?p={id}&amp;{SID}#p{id}"><img src="x.gif"></a>{line} </p><div class="content">words {id}</div></div>
            <dl class="postprofile"><dt><a href="./memberlist.php?mode=viewprofile&amp;u=3">Ada 2011</a></dt></dl></div></div>"##
        )
    };
    let by = |name: &str, date: &str| {
        format!("{name} <strong><a href=\"./memberlist.php?mode=viewprofile&amp;u=3\">Ada 2011</a></strong> » {date}")
    };
    let lines = [
        (by("di", "Ven 7 Oct 2011 08:23"), "2011-10-07T08:23:00"),
        (by("von", "21.01.2009, 05:42"), "2009-01-21T05:42:00"),
        (by("par", "Mar 12 Août 2014 21:34"), "2014-08-12T21:34:00"),
        (by("by", "Sun Jan 04, 2009 1:00 pm"), "2009-01-04T13:00:00"),
        (by("por", "Mié Dic 05, 2012 12:00 pm"), "2012-12-05T12:00:00"),
        (by("von", "Gestern, 15:02"), "2025-12-31T15:02:00"),
    ];
    let posts: String = lines.iter().zip(20..).map(|((line, _), id)| post(id, line)).collect();
    let body = format!(
        r##"<div id="page-body"><h2><a href="./viewtopic.php?f=2&amp;t=45&amp;{SID}">Acme</a></h2><div class="pagination">18 posts &bull; <a href="#" onclick="jumpto()">Page <strong>2</strong> of <strong>2</strong></a> &bull; <span><a href="./viewtopic.php?f=2&amp;t=45">1</a><span class="page-sep">, </span><strong>2</strong></span></div>{posts}</div>"##
    );
    let host = FakeHost::new()
        .get(TOPIC, Answer::html(body))
        .get("https://board.example/f/viewtopic.php?f=2&t=45", Answer::html(page(&modern(7, "x"))));
    let batch = host.poll::<PhpBb>(&settings(), Poll::newer(plan(&settings()).remove(0))).expect("a batch");
    let read: Vec<&Mention> = batch.mentions().collect();
    assert_eq!(read.len(), 7, "the page before is read, too");
    for (mention, (line, expected)) in read.iter().zip(&lines) {
        assert_eq!((mention.published, mention.kind), (zoneless(expected), MentionKind::Reply), "{line}");
        assert_eq!(mention.author.as_ref().map(|author| author.name.as_deref()), Some(Some("Ada 2011")));
        assert_eq!(mention.thread.as_deref(), Some("t/45"));
    }
}

#[test]
fn tables_of_old_themes_are_read() {
    let subsilver2 = format!(
        r#"<a class="titles" href="./viewtopic.php?f=2&amp;t=45&amp;{SID}">Acme</a><table class="tablebg"><tr class="row1"><td><a name="p7"></a><b class="postauthor">Ada</b></td><td><table><tr><td class="gensmall"><div style="float: left;"><b>Post subject:</b> Acme 3 of 4</div><div style="float: right;"><a href="./viewtopic.php?p=7#p7"><img></a><b>Posted:</b> Sat Jan 02, 2021 3:04 am&nbsp;</div></td></tr></table></td></tr>
        <tr class="row1"><td class="profile">x</td><td><table><tr><td><div class="postbody"><div class="quotetitle">Bo wrote:</div><div class="quotecontent">Acme is dead</div>I disagree</div></td></tr></table></td></tr><tr><td><a href="./memberlist.php?mode=viewprofile&amp;u=2">Profile</a></td></tr></table>"#
    );
    let phpbb2 = r#"<a class="maintitle" href="viewtopic.php?t=45">Acme</a><table class="forumline"><tr><td class="row1"><span class="name"><a name="7"></a><b>Ada</b></span><br><span class="postdetails">Joined: 01 Jan 2001</span></td><td class="row1"><table><tr><td><a href="viewtopic.php?p=7#7"><img></a><span class="postdetails">Posted: Sat Jan 02, 2021 3:04 am<span class="gen">&nbsp;</span>Post subject: 3 of 4</span></td></tr><tr><td colspan="2"><hr></td></tr>
        <tr><td colspan="2"><span class="postbody"></span><table><tr><td><span class="genmed"><b>Bo wrote:</b></span></td></tr><tr><td class="quote">Acme is dead</td></tr></table><span class="postbody">I disagree</span><span class="postbody"><br>_________________<br>Mine</span><span class="gensmall">Last edited by x</span></td></tr></table></td></tr>
        <tr><td><a href="profile.php?mode=viewprofile&amp;u=2">P</a></td></tr></table>"#;
    for (theme, body) in [("subsilver2", subsilver2.as_str()), ("subSilver", phpbb2)] {
        let read = mentions(body);
        let [post] = read.as_slice() else { panic!("{theme}: one post: {read:#?}") };
        assert_eq!((post.id.as_str(), post.kind, post.title.as_deref()), ("7", MentionKind::Post, Some("Acme")), "{theme}");
        assert_eq!(
            post.author.as_ref().map(|author| (author.id.as_str(), author.name.as_deref())),
            Some(("2", Some("Ada"))),
            "{theme}"
        );
        assert_eq!(post.published, zoneless("2021-01-02T03:04:00"), "{theme}");
        let text: String = post.text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains("<blockquote>Acme is dead</blockquote>") && text.contains("I disagree"), "{theme}: {text}");
        assert!(!text.contains("wrote") && !text.contains("Mine") && !text.contains("edited"), "{theme}: {text}");
        assert_eq!(post.thread.as_deref(), Some("t/45"), "{theme}");
    }
}

/// An entry of a feed, with the statistics that stand below each text.
fn entry(query: &str, title: &str, author: &str, statistics: &str) -> String {
    format!(
        r#"<entry><author><name><![CDATA[{author}]]></name></author><updated>2014-02-11T10:00:00+01:00</updated><published>2014-02-10T14:49:00+01:00</published><id>{BASE}/viewtopic.php?{query}</id><link href="{BASE}/viewtopic.php?{query}"/>
        <title type="html"><![CDATA[News &amp; more • {title}]]></title><category term="News &amp; more" label="News &amp; more"/><content type="html"><![CDATA[words &amp; more{statistics}]]></content></entry>"#
    )
}

fn feed(entries: &str) -> Answer {
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><feed xmlns=\"http://www.w3.org/2005/Atom\"><title>x</title>{entries}</feed>\n<b>[phpBB Debug] PHP Notice</b>: in file & line"
    );
    Answer::new("application/atom+xml; charset=UTF-8", text)
}

#[test]
fn feeds_give_posts_and_the_topics_they_stand_in() {
    let statistics = format!(
        "<p>Statistik: Verfasst von <a href=\"{BASE}/memberlist.php?mode=viewprofile&amp;u=2\">Ada</a> — Mo 10. Feb 2014</p><hr />\n"
    );
    let entries = [
        entry("f=2&amp;t=45&amp;p=8#p8", "Re: A &amp; B", "Ada", &statistics),
        entry("f=2&amp;t=45&amp;p=7#p7", "A &amp; B", "Anonymous", "<p>Statistics: Posted by Guest — x</p><hr />"),
        entry("p=99#p99", "Re: C", "Bo", ""),
        entry("t=46", "D", "Bo", ""),
    ]
    .concat();
    let unread = || Answer::status(403);
    let host =
        FakeHost::new().get(&format!("{BASE}/feed.php"), feed(&entries)).get(&format!("{BASE}/viewtopic.php?t=46"), unread());
    let settings = json!({ "url": BASE });
    let batch = host.poll::<PhpBb>(&settings, Poll::newer(plan(&settings).remove(0))).expect("a batch");
    let read: Vec<_> = batch.mentions().collect();
    let [reply, first, other, topic] = read.as_slice() else { panic!("four entries: {read:#?}") };
    assert_eq!(
        (reply.id.as_str(), reply.kind, reply.title.as_deref(), reply.thread.as_deref()),
        ("8", MentionKind::Reply, None, Some("t/45"))
    );
    assert_eq!(reply.text, "words &amp; more");
    assert_eq!((reply.published, reply.edited), (second("2014-02-10T13:49:00Z"), second("2014-02-11T09:00:00Z")));
    assert_eq!(reply.author.as_ref().map(|author| author.id.as_str()), Some("2"));
    assert_eq!((first.kind, first.title.as_deref(), first.author.as_ref()), (MentionKind::Post, Some("A & B"), None));
    assert_eq!((other.id.as_str(), other.thread.as_deref()), ("99", None));
    assert_eq!(topic.id, "t46", "a topic that cannot be read is told by the feed");
    let names: Vec<&str> = batch.feeds.iter().map(|feed| feed.id.as_str()).collect();
    assert!(names.len() == 2 && names[0] == "topic:45" && names[1].starts_with("topic:title/"), "{names:?}");
    assert!(batch.feeds.iter().all(|feed| feed.expires_at.is_some()));
    let alone = json!({ "url": BASE, "read_topics": false });
    let host = FakeHost::new().get(&format!("{BASE}/feed.php"), feed(&entries));
    let batch = host.poll::<PhpBb>(&alone, Poll::newer(plan(&alone).remove(0))).expect("a batch");
    assert_eq!((batch.feeds.len(), batch.mentions().count()), (0, 4));
}

#[test]
fn lists_give_topics_and_end() {
    let row = |id: u64, class: &str, date: &str| {
        format!(
            r#"<li class="row {class}"><dl><dt><a href="./viewtopic.php?f=2&amp;t={id}&amp;{SID}" class="topictitle">Topic {id}</a><div class="pagination"><ul><li><a class="button" href="./viewtopic.php?f=2&amp;t={id}">1</a></li><li><a class="button" href="./viewtopic.php?f=2&amp;t={id}&amp;start=15">2</a></li></ul></div></dt><dd class="posts">12 <dfn>Replies</dfn></dd><dd class="lastpost"><span>by Bo <br>{date}</span></dd></dl></li>"#
        )
    };
    let bar = |current: u32| {
        let item = |n: u32| {
            if n == current {
                format!("<li class=\"active\"><span>{n}</span></li>")
            } else {
                format!("<li><a class=\"button\" href=\"./viewforum.php?f=2&amp;{SID}&amp;start={}\">{n}</a></li>", (n - 1) * 25)
            }
        };
        format!(
            "<div class=\"action-bar\"><div class=\"pagination\">60 topics <ul>{}</ul></div></div>",
            (1..=3).map(item).collect::<String>()
        )
    };
    let list = |current: u32, rows: &str| {
        Answer::html(format!("<body class=\"section-viewforum\">{}<ul class=\"topiclist\">{rows}</ul></body>", bar(current)))
    };
    let settings = json!({ "url": BASE, "forums": ["2"] });
    let host = FakeHost::new()
        .get(
            &format!("{BASE}/viewforum.php?f=2"),
            list(1, &(row(1, "sticky", "Mon Feb 10, 2014 2:49 pm") + &row(5, "", "Today, 10:00 am"))),
        )
        .get(&format!("{BASE}/viewforum.php?f=2&start=25"), list(2, &row(4, "", "Sat Dec 20, 2025 2:49 pm")))
        .get(&format!("{BASE}/viewforum.php?f=2&start=50"), list(3, &row(3, "", "Fri Nov 07, 2025 2:49 pm")))
        .get(&format!("{BASE}/feed.php?f=2"), Answer::status(404));
    let feed = plan(&settings).remove(0);
    let names =
        |batches: &[Batch]| batches.iter().flat_map(|batch| batch.feeds.iter().map(|feed| feed.id.clone())).collect::<Vec<_>>();
    let batches = host.read::<PhpBb>(&settings, &feed, Direction::Older).expect("batches");
    assert_eq!(
        (names(&batches), batches.last().map(|batch| batch.next)),
        (["topic:1", "topic:5", "topic:4", "topic:3"].map(str::to_owned).to_vec(), Some(Next::Done))
    );
    let since = time::rfc3339("2025-12-15").map(|moment| moment.at).ok();
    let wanted = host.poll::<PhpBb>(&settings, Poll::older(feed.clone()).since(since)).expect("a batch");
    assert_eq!(
        (names(std::slice::from_ref(&wanted)), wanted.next),
        (["topic:5", "topic:4"].map(str::to_owned).to_vec(), Next::Done),
        "old topics are left out, the pinned one too"
    );
    let head = host.poll::<PhpBb>(&settings, Poll::newer(feed)).expect("a batch");
    assert_eq!(names(&[head]), ["topic:1", "topic:5"], "a board without feeds is followed by its lists");
}

#[test]
fn what_is_known_is_read_again() {
    let post_url = |id: u64| format!("{BASE}/viewtopic.php?p={id}#p{id}");
    let missing = "<body id=\"phpbb\"><div class=\"panel\" id=\"message\"><p>The requested topic does not exist.</p></div>";
    let host = FakeHost::new()
        .get(&post_url(8), Answer::html(page(&(modern(7, "one") + &modern(8, "two")))))
        .get(&post_url(9), Answer::html(missing).with_status(404))
        .get(&post_url(10), Answer::html("<html><h1>Not Found").with_status(404));
    let asked = ["7", "t5", "8", "9", "10"].map(str::to_owned).to_vec();
    let changes = host.refresh::<PhpBb>(&settings(), asked).expect("changes");
    let told: Vec<&str> = changes
        .iter()
        .map(|change| match change {
            Change::Remove(id) => id.as_str(),
            Change::Upsert(mention) => mention.text.as_str(),
        })
        .collect();
    assert_eq!(told, ["9", "one", "two"], "a server's own 404 is no proof");
}

#[test]
fn failures_have_their_class() {
    use FailureClass::{Forbidden, Gone, RateLimited, Transient, UnexpectedAnswer};
    let login =
        "<body id=\"phpbb\"><form action=\"./ucp.php?mode=login\" method=\"post\" id=\"login\"><input type=\"password\"></form>";
    let message =
        "<body id=\"phpbb\"><div class=\"panel\" id=\"message\"><p>You are not authorised to read this forum.</p></div>";
    for (answer, class) in [
        (Answer::html(login), Forbidden),
        (Answer::html(login).with_status(403), Forbidden),
        (Answer::html(message), Forbidden),
        (Answer::html(message).with_status(404), Gone),
        (Answer::html("<html>Busy").with_status(503).header("retry-after", "9"), Transient),
        (Answer::html("<html>Slow down").with_status(429), RateLimited),
        (Answer::html("<html><title>Just a moment...</title>").with_status(403), Forbidden),
        (Answer::html("<html><p>Parked"), UnexpectedAnswer),
        (Answer::json("{}"), UnexpectedAnswer),
        (Answer::html(""), UnexpectedAnswer),
        (Answer::html("<div>".repeat(50_000)), UnexpectedAnswer),
    ] {
        let failure = topic(answer.clone()).expect_err("a failure");
        assert_eq!(failure.class, class, "{} {answer:?}", failure.message.chars().take(200).collect::<String>());
    }
    let settings = json!({ "url": BASE });
    let closed = |answer: Answer| {
        FakeHost::new()
            .get(&format!("{BASE}/feed.php"), answer)
            .poll::<PhpBb>(&settings, Poll::newer(plan(&settings).remove(0)))
            .expect_err("no feed")
            .class
    };
    assert_eq!(closed(Answer::html(message).with_status(404)), FailureClass::Settings);
    assert_eq!(closed(Answer::status(401)), FailureClass::Unauthorized);
    assert_eq!(closed(Answer::html("<html>Log in")), UnexpectedAnswer);
}

#[test]
fn hostile_pages_cost_themselves_alone() {
    let odd = r#"<div class="post" id="p"></div><div class="post" id="p99999999999999999999"><div class="content">x</div></div><div class="post" id="p5"></div>
        <div class="post" id="p6"><p class="author">» 99 Foo 9999</p><div class="content"><blockquote><cite><a href="?p=x">↑</a></cite></blockquote><a href="javascript:x">y</a></div></div><div class="post" id="p6"><div class="content">again</div></div>"#;
    let read = mentions(page(&format!("{odd}{}", modern(7, "words"))));
    assert_eq!(read.iter().map(|mention| mention.id.as_str()).collect::<Vec<_>>(), ["6", "7"]);
    assert_eq!((read[0].published, read[0].author.as_ref(), read[0].parent.as_deref()), (None, None, None));
    assert!(!read[0].text.contains("javascript"));
    let latin = "<p>x</p>".to_owned() + &page(&modern(7, "caf"));
    let mut bytes = latin.into_bytes();
    let at = bytes.windows(3).position(|window| window == b"caf").expect("the word") + 3;
    bytes.splice(at..at, [0xe9, 0x80]);
    let batch = topic(Answer::new("text/html; charset=iso-8859-1", bytes)).expect("a batch");
    assert_eq!(batch.mentions().next().map(|mention| mention.text.as_str()), Some("café€"));
}
