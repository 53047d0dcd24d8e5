//! The plugin as the host sees it, on short pages after the templates of XenForo 2 and 1 and answers after
//! <https://docs.xenforo.com/devs/rest-api>.

use serde_json::{Value as Json, json};
use source_xenforo::XenForo;
use vigie_plugin::testing::{Answer, FakeHost};
use vigie_plugin::{
    Batch, Change, Direction, Failure, FailureClass, Feed, Mention, MentionKind, Moment, Next, Poll, Precision, time,
};

const BASE: &str = "https://board.example/c";
const THREAD: &str = "https://board.example/c/threads/about-acme.45/";

fn settings() -> Json {
    json!({ "url": "https://board.example/c/", "topics": [THREAD] })
}

fn plan(settings: &Json) -> Vec<Feed> {
    FakeHost::new().plan::<XenForo>(settings, vec![]).expect("a plan")
}

fn thread(answer: Answer) -> Result<Batch, Failure> {
    let host = FakeHost::new().get(THREAD, answer);
    host.poll::<XenForo>(&settings(), Poll::newer(plan(&settings()).remove(0)))
}

fn mentions(body: &str) -> Vec<Mention> {
    thread(Answer::html(body)).expect("a batch").mentions().cloned().collect()
}

fn second(text: &str) -> Option<Moment> {
    time::rfc3339(text).ok()
}

fn zoneless(text: &str) -> Option<Moment> {
    second(text).map(|moment| Moment { precision: Precision::Zoneless, ..moment })
}

/// A post of XenForo 2.
fn modern(id: u64, number: u64, inside: &str) -> String {
    format!(
        r##"<article class="message message--post js-post" data-author="Ada &amp; L" data-content="post-{id}" id="js-post-{id}"><div class="message-cell--user"><h4 class="message-name"><a href="/c/members/ada.2/" class="username" data-user-id="2"><span class="username--style3">Ada &amp; L</span></a></h4><div>Joined <time class="u-dt" data-time="1000000000">2001</time></div></div>
        <div class="message-cell--main"><header class="message-attribution"><ul class="message-attribution-main"><li><a href="/c/threads/about-acme.45/post-{id}"><time class="u-dt" datetime="2021-01-02T04:04:05+0100" data-time="1609556645" title="Jan 2, 2021 at 4:04 AM">Jan 2, 2021</time></a></li></ul><ul class="message-attribution-opposite"><li><a href="/c/threads/about-acme.45/post-{id}" class="share"><i></i></a></li><li><a href="/c/threads/about-acme.45/post-{id}">#{number}</a></li></ul></header>
        <div class="message-content"><article class="message-body"><div class="bbWrapper">{inside}</div></article></div><aside class="message-signature"><div class="bbWrapper">My signature</div></aside></div></article>"##
    )
}

fn page(posts: &str) -> String {
    format!(
        r#"<html id="XF" lang="en-US" data-app="public" data-template="thread_view" data-content-key="thread-45"><head><script type="application/ld+json">{{"@type":"DiscussionForumPosting","interactionStatistic":{{"@type":"InteractionCounter","interactionType":"https://schema.org/CommentAction","userInteractionCount":31}}}}</script></head>
        <body><h1 class="p-title-value"><span class="label">News</span><span class="label-append">&nbsp;</span>About Acme</h1>{posts}</body></html>"#
    )
}

#[test]
fn the_plan_follows_the_settings() {
    let names = |settings: Json| plan(&settings).into_iter().map(|feed| feed.id).collect::<Vec<_>>();
    assert_eq!(names(json!({ "url": BASE })), ["board"]);
    assert_eq!(
        names(json!({ "url": BASE, "forums": ["phones.2", "/c/forums/cameras.5/"] })),
        ["forum:phones.2", "forum:https://board.example/c/forums/cameras.5/"]
    );
    assert_eq!(
        names(json!({ "url": BASE, "api": true, "forums": ["2"], "topics": [THREAD] })),
        ["topic:https://board.example/c/api/threads/45/?with_posts=1&page=1", "forum:2"]
    );
    assert_eq!(names(json!({ "url": BASE, "api": true })), ["board"]);
    for wrong in [
        json!({ "url": "x" }),
        json!({ "url": BASE, "forums": ["x"] }),
        json!({ "url": BASE, "api": true, "topics": [BASE] }),
        json!({ "url": BASE, "topics_for": "" }),
    ] {
        assert_eq!(
            FakeHost::new().plan::<XenForo>(&wrong, vec![]).expect_err("wrong settings").class,
            FailureClass::Settings,
            "{wrong}"
        );
    }
}

#[test]
fn posts_of_xenforo_2_become_mentions() {
    let quoting = r#"<blockquote data-attributes="member: 3" data-quote="Bo" data-source="post: 7" class="bbCodeBlock bbCodeBlock--quote"><div class="bbCodeBlock-title"><a href="/c/goto/post?id=7" class="bbCodeBlock-sourceJump">Bo said:</a></div><div class="bbCodeBlock-content"><div class="bbCodeBlock-expandContent">Acme is dead</div><div class="bbCodeBlock-expandLink"><a>Click to expand...</a></div></div></blockquote>I disagree
        <div class="bbCodeBlock bbCodeBlock--unfurl"><h3>Foreign page</h3></div><img src="/c/proxy.php?image=x" data-url="https://pics.example/p.jpg" class="bbImage" alt="A phone"><img class="smilie" data-smilie="1" alt=":)" src="data:image/gif;base64,R0"><script>x</script>"#;
    let edited = modern(8, 2, quoting).replace("</article></div><aside", "</article><div class=\"message-lastEdit\">Last edited: <time class=\"u-dt\" data-timestamp=\"1609643045\">x</time></div></div><aside");
    let guest =
        modern(9, 3, "guest words").replace("data-user-id=\"2\"", "data-user-id=\"0\"").replace("href=\"/c/members/ada.2/\"", "");
    let deleted = r#"<article class="message message--post message--deleted" data-content="post-10"><div>This message was deleted.</div></article>"#;
    let batch = thread(Answer::html(page(&format!(
        "{}{edited}{guest}{deleted}<article class=\"message\" data-content=\"profile-post-3\"></article>",
        modern(7, 1, "Hello<br>you")
    ))))
    .expect("a batch");
    let read: Vec<&Mention> = batch.mentions().collect();
    let [first, edited, guest] = read.as_slice() else { panic!("three posts: {read:#?}") };
    assert_eq!((first.id.as_str(), first.kind, first.title.as_deref()), ("7", MentionKind::Post, Some("About Acme")));
    assert_eq!((first.text.as_str(), first.url.as_deref()), ("Hello<br>you", Some("https://board.example/c/posts/7/")));
    assert_eq!(
        (first.published, first.thread.as_deref(), first.engagement.comments),
        (second("2021-01-02T03:04:05Z"), Some("t/45"), Some(31))
    );
    let author = first.author.as_ref().expect("an author");
    assert_eq!(
        (author.id.as_str(), author.name.as_deref(), author.url.as_deref()),
        ("2", Some("Ada & L"), Some("https://board.example/c/members/ada.2/"))
    );
    assert_eq!(
        (edited.kind, edited.parent.as_deref(), edited.edited),
        (MentionKind::Reply, Some("7"), second("2021-01-03T03:04:05Z"))
    );
    assert!(edited.text.starts_with("<blockquote><div><div>Acme is dead</div></div></blockquote>I disagree"), "{}", edited.text);
    assert_eq!(edited.media.iter().map(|media| media.url.as_str()).collect::<Vec<_>>(), ["https://pics.example/p.jpg"]);
    assert_eq!((guest.author.as_ref().map(|author| author.id.as_str()), guest.engagement.comments), (Some("name/Ada & L"), None));
    assert!(batch.changes.iter().any(|change| matches!(change, Change::Remove(id) if id == "10")));
    let shown = format!("{read:?}");
    assert!(
        !shown.contains("signature") && !shown.contains("expand") && !shown.contains("Foreign") && !shown.contains("said"),
        "{shown}"
    );
}

#[test]
fn posts_of_xenforo_1_become_mentions() {
    let post = |id: u64, date: &str| {
        format!(
            r##"<li id="post-{id}" class="message" data-author="Ada"><div class="messageUserInfo"><h3 class="userText"><a href="members/ada.2/" class="username">Ada</a></h3></div><div class="messageInfo"><div class="messageContent"><article><blockquote class="messageText SelectQuoteContainer ugc baseHtml"><div class="bbCodeBlock bbCodeQuote" data-author="Bo"><aside><div class="attribution type">Bo said: <a href="goto/post?id=7#post-7" class="AttributionLink">&uarr;</a></div><blockquote class="quoteContainer"><div class="quote">Acme is dead</div><div class="quoteExpand">Click to expand...</div></blockquote></aside></div>I disagree<div class="messageTextEndMarker">&nbsp;</div></blockquote></article></div>
            <div class="messageMeta"><div class="privateControls"><span class="item muted"><a href="members/ada.2/" class="username author">Ada</a>, <a href="threads/about-acme.45/" class="datePermalink">{date}</a></span></div><div class="publicControls"><a href="threads/about-acme.45/" class="item muted postNumber">#{id}</a></div></div></div></li>"##
        )
    };
    let body = format!(
        r#"<html id="XenForo" lang="en"><head><base href="https://board.example/c/"></head><div class="titleBar"><h1>About Acme</h1></div><div class="PageNav" data-page="2" data-last="2"><nav><a href="threads/about-acme.45/">1</a><a href="threads/about-acme.45/page-2" class="currentPage">2</a></nav></div><ol>{}{}</ol>"#,
        post(8, r#"<span class="DateTime" title="Nov 14, 2015 at 4:23 AM">Nov 14, 2015</span>"#),
        post(9, r#"<abbr class="DateTime" data-time="1609556645" data-diff="9">Yesterday at 1:00 PM</abbr>"#),
    );
    let host = FakeHost::new().get(THREAD, Answer::html(body)).get(THREAD, Answer::html(page(&modern(7, 1, "x"))));
    let batch = host.poll::<XenForo>(&settings(), Poll::newer(plan(&settings()).remove(0))).expect("a batch");
    let read: Vec<&Mention> = batch.mentions().collect();
    assert_eq!(read.len(), 3);
    assert_eq!((read[0].published, read[1].published), (zoneless("2015-11-14T04:23:00"), second("2021-01-02T03:04:05Z")));
    assert_eq!(
        (read[0].kind, read[0].parent.as_deref(), read[0].thread.as_deref()),
        (MentionKind::Reply, Some("7"), Some("t/45"))
    );
    assert_eq!(read[0].author.as_ref().map(|author| author.id.as_str()), Some("2"));
    assert!(
        read[0].text.contains("<blockquote><div>Acme is dead</div></blockquote>") && read[0].text.contains("I disagree"),
        "{}",
        read[0].text
    );
    assert!(!read[0].text.contains("said") && !read[0].text.contains("expand"), "{}", read[0].text);
}

fn item(id: u64, replies: u64) -> String {
    format!(
        "<item><title>T &amp;amp; {id}</title><pubDate>Fri, 02 Jan 2026 03:04:05 +0000</pubDate><link>{BASE}/threads/t.{id}/unread</link><guid isPermaLink=\"false\">{id}</guid><author>invalid@example.com (Ada)</author><dc:creator>Ada</dc:creator><content:encoded><![CDATA[<div class=\"bbWrapper\">Hello</div>]]></content:encoded><slash:comments>{replies}</slash:comments></item>"
    )
}

#[test]
fn a_feed_names_threads_which_are_opened_once() {
    let feed = |items: String| {
        Answer::new("application/rss+xml", format!("<rss version=\"2.0\"><channel><title>x</title>{items}</channel></rss>"))
    };
    let settings = json!({ "url": BASE });
    let host = FakeHost::new()
        .get(&format!("{BASE}/forums/-/index.rss"), feed(item(45, 1) + &item(46, 0)))
        .get(&format!("{BASE}/threads/t.45/"), Answer::html(page(&modern(7, 1, "x"))))
        .get(&format!("{BASE}/threads/t.46/"), Answer::status(403));
    let batch = host.poll::<XenForo>(&settings, Poll::newer(plan(&settings).remove(0))).expect("a batch");
    let read: Vec<&Mention> = batch.mentions().collect();
    assert_eq!(read.iter().map(|mention| mention.id.as_str()).collect::<Vec<_>>(), ["7", "t46"]);
    assert_eq!(
        (read[1].title.as_deref(), read[1].thread.as_deref(), read[1].engagement.comments),
        (Some("T & 46"), Some("t/46"), Some(0))
    );
    assert_eq!((read[1].published, read[1].text.as_str()), (second("2026-01-02T03:04:05Z"), "<div>Hello</div>"));
    assert_eq!(read[1].author.as_ref().and_then(|author| author.name.as_deref()), Some("Ada"));
    assert!(!format!("{batch:?}").contains("invalid@"));
    assert_eq!(batch.feeds.iter().map(|feed| feed.id.as_str()).collect::<Vec<_>>(), ["topic:45"]);
    let again = host.poll::<XenForo>(&settings, Poll::newer(plan(&settings).remove(0)).cursor(batch.cursor)).expect("a batch");
    assert_eq!((again.changes.len(), again.feeds.len()), (0, 0));
}

#[test]
fn lists_give_threads_and_end() {
    let row = |id: u64, last: i64| {
        format!(
            r#"<div class="structItem structItem--thread"><div class="structItem-title"><a href="/c/forums/phones.2/?prefix_id=1" class="labelLink">News</a><a href="/c/threads/t.{id}/unread">Topic {id}</a></div><div class="structItem-cell structItem-cell--meta"><dl class="pairs"><dt>Replies</dt><dd>12K</dd></dl></div><div class="structItem-cell--latest"><time class="structItem-latestDate u-dt" data-time="{last}">x</time></div></div>"#
        )
    };
    let list = |current: u32, pinned: &str, rows: &str| {
        let item = |n: u32| {
            format!(
                "<li class=\"pageNav-page{}\"><a href=\"/c/forums/phones.2/page-{n}\">{n}</a></li>",
                if n == current { " pageNav-page--current" } else { "" }
            )
        };
        Answer::html(format!(
            "<html id=\"XF\"><ul class=\"pageNav-main\">{}</ul><div class=\"structItemContainer\"><div class=\"structItemContainer-group--sticky\">{pinned}</div>{rows}</div>",
            (1..=3).map(item).collect::<String>()
        ))
    };
    let settings = json!({ "url": BASE, "forums": ["phones.2"] });
    let host = FakeHost::new()
        .get(&format!("{BASE}/forums/phones.2/"), list(1, &row(1, 1_000_000_000), &row(5, 1_767_000_000)))
        .get(&format!("{BASE}/forums/phones.2/page-2"), list(2, "", &row(4, 1_766_000_000)))
        .get(&format!("{BASE}/forums/phones.2/page-3"), list(3, "", &row(3, 1_000_000_001)))
        .get(&format!("{BASE}/forums/phones.2/index.rss"), Answer::status(404));
    let feed = plan(&settings).remove(0);
    let names =
        |batches: &[Batch]| batches.iter().flat_map(|batch| batch.feeds.iter().map(|feed| feed.id.clone())).collect::<Vec<_>>();
    let batches = host.read::<XenForo>(&settings, &feed, Direction::Older).expect("batches");
    assert_eq!(
        (names(&batches), batches.last().map(|batch| batch.next)),
        (["topic:1", "topic:5", "topic:4", "topic:3"].map(str::to_owned).to_vec(), Some(Next::Done))
    );
    assert!(batches[0].feeds[1].params.contains("/threads/t.5/\""), "{}", batches[0].feeds[1].params);
    let since = time::rfc3339("2025-12-28").map(|moment| moment.at).ok();
    assert_eq!(names(&[host.poll::<XenForo>(&settings, Poll::older(feed.clone()).since(since)).expect("a batch")]), ["topic:5"]);
    assert_eq!(names(&[host.poll::<XenForo>(&settings, Poll::newer(feed)).expect("a batch")]), ["topic:1", "topic:5"]);
}

fn api_post(id: u64, position: u64) -> Json {
    json!({ "post_id": id, "thread_id": 45, "user_id": 2, "username": "Ada", "post_date": 1_609_556_645, "message": "Hello", "message_parsed": "Hello<br />you",
        "message_state": "visible", "last_edit_date": 0, "position": position, "reaction_score": 4, "view_url": format!("{BASE}/threads/about-acme.45/post-{id}"),
        "is_first_post": position == 0, "User": { "email": "ada@mail.example", "view_url": format!("{BASE}/members/ada.2/") } })
}

#[test]
fn the_interface_is_read_with_a_key() {
    let settings = json!({ "url": BASE, "api": true });
    let list = json!({ "threads": [{ "thread_id": 45, "title": "About Acme", "last_post_date": 1_767_000_000, "reply_count": 2, "discussion_state": "visible" },
        { "thread_id": 44, "title": "Moved", "discussion_type": "redirect", "last_post_date": 1 }, { "thread_id": 43, "discussion_state": "deleted" }, { "x": 1 }],
        "sticky": [{ "thread_id": 1, "title": "Rules", "sticky": true, "last_post_date": 1 }], "pagination": { "current_page": 1, "last_page": 1, "per_page": 20, "shown": 2, "total": 2 } });
    let mut edited = api_post(8, 1);
    (edited["last_edit_date"], edited["message"], edited["message_parsed"]) =
        (json!(1_609_643_045), json!("[QUOTE=\"Bo, post: 7, member: 3\"]dead[/QUOTE]no"), Json::Null);
    let (mut held, mut deleted, mut guest) = (api_post(9, 2), api_post(10, 3), api_post(11, 4));
    (held["message_state"], deleted["message_state"]) = (json!("moderated"), json!("deleted"));
    (guest["user_id"], guest["reaction_score"]) = (json!(0), json!(-2));
    let thread = |posts: Vec<Json>, page: u32| {
        let thread = json!({ "thread_id": 45, "title": "About Acme", "view_count": 900, "reply_count": 2 });
        Answer::json(
            json!({ "thread": thread, "posts": posts, "pagination": { "current_page": page, "last_page": 2 } }).to_string(),
        )
    };
    let first_page = format!("{BASE}/api/threads/45/?with_posts=1&page=1");
    let host = FakeHost::new()
        .get(&format!("{BASE}/api/threads/?order=last_post_date&direction=desc&page=1"), Answer::json(list.to_string()))
        .get(&first_page, thread(vec![api_post(7, 0), edited], 1))
        .get(&first_page.replace("page=1", "page=2"), thread(vec![held, deleted, guest, json!({ "post_id": null })], 2));
    let batch = host.poll::<XenForo>(&settings, Poll::newer(plan(&settings).remove(0))).expect("a batch");
    assert_eq!(batch.feeds.iter().map(|feed| feed.id.as_str()).collect::<Vec<_>>(), ["topic:1", "topic:45"]);
    assert_eq!(host.asked()[0].header("xf-api-key"), Some("{{secret:api-key}}"));
    let batch = host.poll::<XenForo>(&settings, Poll::newer(batch.feeds[1].clone())).expect("a batch");
    let read: Vec<&Mention> = batch.mentions().collect();
    let [first, edited, guest] = read.as_slice() else { panic!("three posts: {read:#?}") };
    assert_eq!((first.id.as_str(), first.kind, first.title.as_deref()), ("7", MentionKind::Post, Some("About Acme")));
    assert_eq!((first.engagement.likes, first.engagement.comments, first.engagement.views), (Some(4), Some(2), Some(900)));
    assert_eq!(
        (first.published, first.edited, first.url.as_deref()),
        (second("2021-01-02T03:04:05Z"), None, Some("https://board.example/c/threads/about-acme.45/post-7"))
    );
    assert_eq!(
        (edited.parent.as_deref(), edited.edited, edited.text.as_str()),
        (Some("7"), second("2021-01-03T03:04:05Z"), "<blockquote>dead</blockquote>no")
    );
    assert_eq!((guest.engagement.likes, guest.author.as_ref().map(|author| author.id.as_str())), (Some(0), Some("name/Ada")));
    assert!(batch.changes.iter().any(|change| matches!(change, Change::Remove(id) if id == "10")));
    assert!(!format!("{batch:?}").contains("mail.example"), "no address for mail is kept");
    let error = |status: u16, code: &str| {
        Answer::json(json!({ "errors": [{ "code": code, "message": "x", "params": [] }] }).to_string()).with_status(status)
    };
    let host = FakeHost::new()
        .get(&format!("{BASE}/api/posts/8/"), Answer::json(json!({ "post": api_post(8, 1) }).to_string()))
        .get(&format!("{BASE}/api/posts/9/"), error(404, "requested_post_not_found"))
        .get(&format!("{BASE}/api/posts/10/"), Answer::html("<h1>Not Found").with_status(404));
    let changes = host.refresh::<XenForo>(&settings, ["8", "9", "10"].map(str::to_owned).to_vec()).expect("changes");
    assert!(
        matches!(changes.as_slice(), [Change::Remove(gone), Change::Upsert(post)] if gone == "9" && post.id == "8"),
        "{changes:?}"
    );
    for (answer, class) in [
        (error(401, "api_key_not_found"), FailureClass::Unauthorized),
        (error(403, "no_permission"), FailureClass::Forbidden),
        (error(404, "requested_thread_not_found"), FailureClass::Gone),
        (error(429, "slow"), FailureClass::RateLimited),
        (error(500, "server"), FailureClass::Transient),
        (error(200, "odd"), FailureClass::UnexpectedAnswer),
        (Answer::json("{}"), FailureClass::UnexpectedAnswer),
        (Answer::html("<html>Log in"), FailureClass::UnexpectedAnswer),
    ] {
        let settings = json!({ "url": BASE, "api": true, "topics": [THREAD] });
        let host = FakeHost::new().get(&first_page, answer.clone());
        assert_eq!(
            host.poll::<XenForo>(&settings, Poll::newer(plan(&settings).remove(0))).expect_err("a failure").class,
            class,
            "{answer:?}"
        );
    }
}

#[test]
fn what_is_known_is_read_again() {
    let missing =
        "<html id=\"XF\" data-template=\"error\"><div class=\"blockMessage\">The requested post could not be found.</div>";
    let host = FakeHost::new()
        .get(
            &format!("{BASE}/posts/8/"),
            Answer::html(page(&(modern(7, 1, "one") + &modern(8, 2, "two")))).from_url(&format!("{THREAD}#post-8")),
        )
        .get(&format!("{BASE}/posts/9/"), Answer::html(missing).with_status(404))
        .get(&format!("{BASE}/posts/10/"), Answer::html("<h1>Not Found").with_status(404));
    let changes = host.refresh::<XenForo>(&settings(), ["7", "t5", "8", "9", "10"].map(str::to_owned).to_vec()).expect("changes");
    let told: Vec<&str> = changes
        .iter()
        .map(|change| match change {
            Change::Remove(id) => id.as_str(),
            Change::Upsert(mention) => mention.text.as_str(),
        })
        .collect();
    assert_eq!(told, ["9", "one", "two"]);
}

#[test]
fn failures_have_their_class() {
    use FailureClass::{Forbidden, Gone, RateLimited, Transient, UnexpectedAnswer};
    let error = "<html id=\"XF\" data-template=\"error\"><div class=\"blockMessage\">You must be logged-in to do that.</div>";
    let login = "<html id=\"XF\" data-template=\"login\"><form action=\"/c/login/login\"><input type=\"password\"></form>";
    for (answer, class) in [
        (Answer::html(login), Forbidden),
        (Answer::html(error).with_status(403), Forbidden),
        (Answer::html(error), Forbidden),
        (Answer::html(error).with_status(404), Gone),
        (Answer::html(error).with_status(503).header("retry-after", "9"), Transient),
        (Answer::html(error).with_status(429), RateLimited),
        (Answer::html("<html><p>Parked"), UnexpectedAnswer),
        (Answer::json("{}"), UnexpectedAnswer),
    ] {
        assert_eq!(thread(answer.clone()).expect_err("a failure").class, class, "{answer:?}");
    }
}

#[test]
fn hostile_pages_cost_themselves_alone() {
    let odd = r#"<article class="message message--post" data-content="post-"></article><article class="message message--post" data-content="post-99999999999999999999"></article><article class="message message--post" data-content="post-5"></article>
        <article class="message message--post" data-content="post-6"><time class="u-dt" data-time="x" datetime="y">z</time><div class="message-body"><div class="bbWrapper"><blockquote data-source="post: x"></blockquote><a href="javascript:x">w</a></div></div></article>"#;
    let read = mentions(&page(&format!("{odd}{}{}", modern(7, 1, "words"), modern(7, 1, "again"))));
    assert_eq!(read.iter().map(|mention| mention.id.as_str()).collect::<Vec<_>>(), ["6", "7"]);
    assert_eq!((read[0].published, read[0].author.as_ref(), read[0].parent.as_deref()), (None, None, None));
    assert!(!read[0].text.contains("javascript"));
}
