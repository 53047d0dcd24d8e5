//! The plugin as the host sees it, on short answers after the documented shapes
//! (<https://developer.wordpress.org/rest-api/reference/posts/>, <https://developer.wordpress.com/docs/api/1.1/>).

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use source_wordpress::WordPress;
use vigie_plugin::testing::{Answer, FakeHost};
use vigie_plugin::{
    Batch, Change, Clause, Direction, Failure, FailureClass, Feed, MentionKind, Next, Poll, Precision, Search, Value, time,
};

const BASE: &str = "https://blog.example/news";
const POSTS: &str = "https://blog.example/news/wp-json/wp/v2/posts?_embed=author%2Cwp%3Afeaturedmedia%2Cwp%3Aterm&per_page=100&orderby=date&order=desc";
const COMMENTS: &str = "https://blog.example/news/wp-json/wp/v2/comments?per_page=100&orderby=date_gmt&order=desc";

fn settings() -> Json {
    json!({ "url": "https://blog.example/news/" })
}

/// The site's clock is seven hours behind UTC.
fn post(id: u64, local: &str, gmt: &str) -> Json {
    json!({ "id": id, "date": local, "date_gmt": gmt, "modified": local, "modified_gmt": gmt, "slug": "x", "status": "publish",
        "link": format!("https://blog.example/news/{id}/"), "title": { "rendered": format!("Acme&#8217;s no. {id}") },
        "content": { "rendered": format!("<p>post {id} <a href=\"/about\">x</a></p>"), "protected": false }, "author": 3,
        "sticky": false })
}

/// A post of the `n`th second.
fn nth(id: u64, n: u64) -> Json {
    let at = |hour: u64| format!("2025-12-30T{hour:02}:{:02}:{:02}", n / 60, n % 60);
    post(id, &at(3), &at(10))
}

fn list(rows: impl IntoIterator<Item = Json>, pages: u32) -> Answer {
    Answer::json(json!(rows.into_iter().collect::<Vec<_>>()).to_string()).header("x-wp-totalpages", pages.to_string())
}

fn plan(settings: &Json) -> Vec<Feed> {
    let clause = |all: &[&str]| Clause { all: all.iter().map(|term| (*term).to_owned()).collect(), none: vec![] };
    let search = Search { any: vec![clause(&["acme phone"]), clause(&["acme phone"])], languages: vec![] };
    FakeHost::new().plan::<WordPress>(settings, vec![search]).expect("a plan")
}

fn ids<'a>(batches: impl IntoIterator<Item = &'a Batch>) -> BTreeSet<String> {
    batches.into_iter().flat_map(Batch::mentions).map(|mention| mention.id.clone()).collect()
}

fn poll(answer: Answer, feed: usize) -> Result<Batch, Failure> {
    let host = FakeHost::new().get(&format!("{POSTS}&page=1"), answer.clone()).get(&format!("{COMMENTS}&page=1"), answer);
    host.poll::<WordPress>(&settings(), Poll::newer(plan(&settings()).remove(feed)))
}

#[test]
fn the_plan_follows_the_settings() {
    let names = |settings: Json| plan(&settings).into_iter().map(|feed| feed.id).collect::<Vec<_>>();
    assert_eq!(names(settings()), ["posts", "comments"]);
    assert_eq!(names(json!({ "url": BASE, "comments": false, "static_pages": true })), ["posts", "pages"]);
    assert_eq!(names(json!({ "url": BASE, "mode": "search" })), ["search:posts:\"acme phone\""]);
    for wrong in [
        json!({ "url": "blog" }),
        json!({ "url": BASE, "comments_for": "x" }),
        json!({ "url": BASE, "mode": "search" }),
        json!({ "url": BASE, "key": "x" }),
    ] {
        let failure = FakeHost::new().plan::<WordPress>(&wrong, vec![]).expect_err("wrong settings");
        assert_eq!(failure.class, FailureClass::Settings, "{wrong}");
    }
}

#[test]
fn articles_become_mentions() {
    let mut full = post(7, "2025-12-30T03:00:00", "2025-12-30T10:00:00");
    full["modified_gmt"] = json!("2025-12-31T10:00:00");
    full["lang"] = json!("pt_BR");
    full["_embedded"] = json!({
        "author": [{ "id": 3, "name": "Ada &amp; Bo", "slug": "ada", "link": "https://blog.example/news/author/ada/",
            "url": "https://ada.example", "description": "Writes.", "avatar_urls": { "96": "https://secure.gravatar.example/0123" } }],
        "wp:featuredmedia": [{ "id": 9, "media_type": "image", "source_url": "https://blog.example/a.jpg", "alt_text": "A phone" }],
        "wp:term": [[{ "taxonomy": "category", "name": "R&amp;D" }], [{ "taxonomy": "post_tag", "name": "phones" }]],
    });
    let mut guarded = post(8, "2025-12-30T02:00:00", "2025-12-30T09:00:00");
    guarded["content"] = json!({ "rendered": "", "protected": true });
    // The account is hidden: what was embedded is an error.
    guarded["_embedded"] =
        json!({ "author": [{ "code": "rest_user_invalid_id", "message": "Invalid user ID.", "data": { "status": 404 } }] });
    let mut local = post(9, "2025-12-30T01:00:00", "");
    (local["date_gmt"], local["author"], local["modified_gmt"]) = (Json::Null, json!(0), json!("0000-00-00T00:00:00"));
    local["modified"] = Json::Null;
    let mut gone = post(10, "2025-12-30T01:00:00", "2025-12-30T08:00:00");
    gone["status"] = json!("trash");
    let batch = poll(list([full, guarded, local, gone, json!({ "id": null }), json!(7)], 1), 0).expect("a batch");
    let mentions: Vec<_> = batch.mentions().collect();
    let [full, guarded, local] = mentions.as_slice() else { panic!("three articles: {mentions:#?}") };
    assert_eq!((full.id.as_str(), full.kind, full.title.as_deref()), ("post-7", MentionKind::Article, Some("Acme’s no. 7")));
    assert_eq!(full.url.as_deref(), Some("https://blog.example/news/7/"));
    assert_eq!(full.text, "<p>post 7 <a href=\"https://blog.example/about\">x</a></p>");
    assert_eq!(full.published, time::rfc3339("2025-12-30T10:00:00Z").ok(), "`date_gmt` is UTC, `date` is not");
    assert_eq!(full.edited, time::rfc3339("2025-12-31T10:00:00Z").ok());
    assert_eq!((full.language.as_deref(), full.thread.as_deref(), full.parent.as_deref()), (Some("pt-BR"), None, None));
    let author = full.author.as_ref().expect("an author");
    assert_eq!(
        (author.id.as_str(), author.name.as_deref(), author.handle.as_deref(), author.url.as_deref(), author.bio.as_deref()),
        ("3", Some("Ada & Bo"), Some("ada"), Some("https://blog.example/news/author/ada/"), Some("Writes."))
    );
    assert_eq!(full.media[0].description.as_deref(), Some("A phone"));
    let labels: Vec<_> = full.attributes.iter().map(|attribute| (attribute.key.as_str(), &attribute.value)).collect();
    assert!(
        matches!(labels.as_slice(), [("categories", Value::Labels(a)), ("tags", Value::Labels(b))] if a[0].name == "R&D" && b[0].name == "phones"),
        "{labels:?}"
    );
    assert!(!format!("{full:?}").contains("gravatar"), "avatars hold a hash of an address for mail");

    assert_eq!((guarded.text.as_str(), guarded.edited), ("", None));
    assert!(guarded.attributes.iter().any(|attribute| attribute.key == "protected"));
    let hidden = guarded.author.as_ref().expect("the number is stated");
    assert_eq!((hidden.id.as_str(), hidden.name.as_deref()), ("3", None));
    assert_eq!((local.author.as_ref(), local.published.map(|moment| moment.precision)), (None, Some(Precision::Zoneless)));
    assert!(batch.changes.iter().any(|change| matches!(change, Change::Remove(id) if id == "post-10")));
}

fn comment(id: u64, post: u64, parent: u64) -> Json {
    json!({ "id": id, "post": post, "parent": parent, "author": 0, "author_name": "Zo&#235;", "author_url": "",
        "author_email": "zoe@mail.example", "author_ip": "192.0.2.7", "date": "2025-12-30T03:00:00", "date_gmt": "2025-12-30T10:00:00",
        "content": { "rendered": "<p>Nice</p>" }, "link": format!("https://blog.example/news/7/#comment-{id}"), "status": "approved",
        "type": "comment", "author_avatar_urls": { "96": "https://secure.gravatar.example/0123" } })
}

#[test]
fn comments_become_mentions() {
    let mut account = comment(12, 7, 11);
    (account["author"], account["author_url"]) = (json!(3), json!("https://ada.example"));
    let mut trackback = comment(13, 7, 0);
    trackback["type"] = json!("pingback");
    let (mut held, mut spam) = (comment(14, 7, 0), comment(15, 7, 0));
    (held["status"], spam["status"]) = (json!("hold"), json!("spam"));
    let batch = poll(list([comment(11, 7, 0), account, trackback, held, spam], 1), 1).expect("a batch");
    let mentions: Vec<_> = batch.mentions().collect();
    let [guest, account, trackback] = mentions.as_slice() else { panic!("three comments: {mentions:#?}") };
    assert_eq!((guest.id.as_str(), guest.kind), ("comment-11", MentionKind::Comment));
    assert_eq!((guest.parent.as_deref(), guest.thread.as_deref()), (Some("post-7"), Some("post-7")));
    assert_eq!(
        guest.author.as_ref().map(|author| (author.id.as_str(), author.name.as_deref())),
        Some(("guest/Zoë", Some("Zoë")))
    );
    assert_eq!(guest.url.as_deref(), Some("https://blog.example/news/7/#comment-11"));
    assert_eq!((account.kind, account.parent.as_deref()), (MentionKind::Reply, Some("comment-11")));
    assert_eq!(account.author.as_ref().map(|author| author.id.as_str()), Some("3"));
    assert!(trackback.attributes.iter().any(|attribute| attribute.key == "comment-type"));
    let shown = format!("{batch:?}");
    assert!(!shown.contains("mail.example") && !shown.contains("192.0.2.7") && !shown.contains("gravatar"), "{shown}");
    assert!(batch.changes.iter().any(|change| matches!(change, Change::Remove(id) if id == "comment-15")));
}

/// A site that answers as `before` and `page` say, whatever is asked; posts are `(id, second)`.
fn site(posts: &[(u64, u64)], pages_told: bool) -> FakeHost {
    let mut host = FakeHost::new();
    let mut befores: Vec<Option<u64>> = posts.iter().map(|(_, second)| Some(second + 1)).collect();
    befores.push(None);
    befores.sort_unstable();
    befores.dedup();
    for before in befores {
        let mut rows: Vec<_> = posts.iter().filter(|(_, second)| before.is_none_or(|before| *second < before)).collect();
        rows.sort_by_key(|(id, second)| std::cmp::Reverse((*second, *id)));
        let total = u32::try_from(rows.len().div_ceil(100)).expect("few");
        for page in 1..=total.max(1) + 1 {
            let shown = rows.iter().skip(100 * (page as usize - 1)).take(100).map(|(id, second)| nth(*id, *second));
            let answer = match page > total.max(1) {
                true => Answer::json(r#"{"code":"rest_post_invalid_page_number","message":"x","data":{"status":400}}"#)
                    .with_status(400),
                false if pages_told => list(shown, total),
                false => Answer::json(json!(shown.collect::<Vec<_>>()).to_string()),
            };
            let before = before.map(|n| format!("&before=2025-12-30T03%3A{:02}%3A{:02}", n / 60, n % 60)).unwrap_or_default();
            host = host.get(&format!("{POSTS}&page={page}{before}"), answer);
        }
    }
    host
}

#[test]
fn the_whole_history_is_read_though_seconds_are_shared() {
    // Five share each second, and one second fills more than a page.
    let posts: Vec<(u64, u64)> = (0..500).map(|id| (id, if (150..400).contains(&id) { 30 } else { id / 5 })).collect();
    for pages_told in [true, false] {
        let host = site(&posts, pages_told);
        let feed = plan(&settings()).remove(0);
        let batches = host.read::<WordPress>(&settings(), &feed, Direction::Older).expect("batches");
        assert_eq!(ids(&batches).len(), 500, "pages told: {pages_told}");
        assert_eq!(batches.last().map(|batch| batch.next), Some(Next::Done));
    }
}

#[test]
fn every_checkpoint_can_be_resumed_and_the_head_is_followed_without_a_gap() {
    let feed = plan(&settings()).remove(0);
    let before: Vec<(u64, u64)> = (0..120).map(|id| (id, id)).collect();
    let first = site(&before, true).poll::<WordPress>(&settings(), Poll::newer(feed.clone())).expect("the head");
    assert_eq!((first.next, first.changes.len()), (Next::Later(None), 100));
    // What is new by now fills several pages; the newest known ones were removed meanwhile.
    let now: Vec<(u64, u64)> = (0..420).filter(|id| !(100..120).contains(id)).map(|id| (id, id)).collect();
    let host = site(&now, true);
    let (mut seen, mut cursor) = (BTreeSet::new(), first.cursor);
    loop {
        // Asked twice from the same cursor, the same comes.
        let request = Poll::newer(feed.clone()).cursor(cursor.clone());
        let batch = host.poll::<WordPress>(&settings(), request.clone()).expect("a batch");
        assert_eq!(host.poll::<WordPress>(&settings(), request).expect("a batch"), batch);
        seen.extend(ids([&batch]));
        cursor = batch.cursor.clone();
        if batch.next != Next::More {
            break;
        }
        let known = time::rfc3339("2025-12-30T10:01:59Z").expect("a date").at;
        assert!(
            cursor.as_deref().is_some_and(|cursor| cursor.contains(&format!("\"known\":{known},"))),
            "not known before the end"
        );
    }
    assert!(seen.is_superset(&(120..420).map(|id| format!("post-{id}")).collect()), "{}", seen.len());
}

#[test]
fn the_history_ends_where_nothing_more_is_wanted() {
    let host = site(&(0..330).map(|id| (id, id)).collect::<Vec<_>>(), true);
    let since = time::rfc3339("2025-12-30T10:05:00Z").map(|moment| moment.at).ok();
    let feed = plan(&settings()).remove(0);
    let mut cursor = None;
    let mut seen = BTreeSet::new();
    for _ in 0..4 {
        let request = Poll::older(feed.clone()).since(since).cursor(cursor);
        let batch = host.poll::<WordPress>(&settings(), request).expect("a batch");
        seen.extend(ids([&batch]));
        if batch.next == Next::Done {
            break;
        }
        cursor = batch.cursor;
    }
    assert_eq!(seen, (300..330).map(|id| format!("post-{id}")).collect());
    assert!(host.asked().len() <= 4);
}

#[test]
fn pages_without_an_item_are_stepped_over() {
    // Comments are counted before those are taken out that the public may not see.
    let host = FakeHost::new()
        .get(&format!("{COMMENTS}&page=1"), list([], 3))
        .get(&format!("{COMMENTS}&page=2"), list([comment(11, 7, 0)], 3))
        .get(&format!("{COMMENTS}&page=1&before=2025-12-30T03%3A00%3A01"), list([comment(11, 7, 0)], 1));
    let feed = plan(&settings()).remove(1);
    let batches = host.read::<WordPress>(&settings(), &feed, Direction::Older).expect("batches");
    assert_eq!(ids(&batches), BTreeSet::from(["comment-11".to_owned()]));
    assert_eq!(poll(list([], 0), 0).expect("an empty site").next, Next::Later(None));
}

#[test]
fn a_search_finds_articles_and_their_comments() {
    let settings = json!({ "url": BASE, "mode": "search" });
    let host = FakeHost::new()
        .get(&format!("{POSTS}&page=1&search=%22acme%20phone%22"), list([nth(7, 0)], 1))
        .get(&format!("{COMMENTS}&page=1&post=7"), list([comment(11, 7, 0)], 1));
    let batch = host.poll::<WordPress>(&settings, Poll::newer(plan(&settings).remove(0))).expect("a batch");
    assert_eq!((ids([&batch]).len(), batch.feeds.len()), (1, 1));
    let feed = batch.feeds[0].clone();
    assert_eq!(
        (feed.id.as_str(), feed.expires_at),
        ("comments:7", time::rfc3339("2026-01-13T10:00:00Z").map(|moment| moment.at).ok())
    );
    assert_eq!(ids([&host.poll::<WordPress>(&settings, Poll::newer(feed.clone())).expect("comments")]).len(), 1);
    let gone = Answer::json(r#"{"code":"rest_comment_invalid_post_id","message":"x","data":{"status":404}}"#).with_status(404);
    let host = FakeHost::new().get(&format!("{COMMENTS}&page=1&post=7"), gone);
    assert_eq!(host.poll::<WordPress>(&settings, Poll::newer(feed)).expect_err("gone").class, FailureClass::Gone);
}

#[test]
fn a_site_without_pretty_addresses_is_asked_at_its_plain_one() {
    let plain = "https://blog.example/news/?rest_route=%2Fwp%2Fv2%2Fposts&_embed=author%2Cwp%3Afeaturedmedia%2Cwp%3Aterm&per_page=100&orderby=date&order=desc&page=1";
    let missing = || Answer::html("<html><h1>Not Found</h1>").with_status(404);
    let host = FakeHost::new().get(&format!("{POSTS}&page=1"), missing()).get(plain, list([nth(7, 0)], 1));
    let feed = plan(&settings()).remove(0);
    let batch = host.poll::<WordPress>(&settings(), Poll::newer(feed.clone())).expect("a batch");
    let again = host.poll::<WordPress>(&settings(), Poll::newer(feed.clone()).cursor(batch.cursor)).expect("a batch");
    assert_eq!((ids([&again]).len(), host.asked().len()), (1, 3), "the plain address is remembered");
    let host = FakeHost::new().get(&format!("{POSTS}&page=1"), missing()).get(plain, Answer::html("<html>Our blog"));
    assert_eq!(host.poll::<WordPress>(&settings(), Poll::newer(feed)).expect_err("no interface").class, FailureClass::Settings);
}

#[test]
fn wordpress_com_tells_likes_and_offsets() {
    let settings = json!({ "url": "https://blog.example/news", "api": "wordpress.com" });
    let site = "https://public-api.wordpress.com/rest/v1.1/sites/blog.example%3A%3Anews";
    let rows = json!({ "found": 1, "posts": [{ "ID": 7, "date": "2025-12-30T03:00:00-07:00", "modified": "2025-12-30T03:00:00-07:00",
        "title": "Acme&#8217;s", "URL": "https://blog.example/7/", "content": "<p>x</p>", "status": "publish", "sticky": false,
        "password": "", "author": { "ID": 3, "login": "ada", "email": false, "name": "Ada", "profile_URL": "https://gravatar.example/ada" },
        "discussion": { "comment_count": 4 }, "like_count": 9, "tags": { "phones": { "ID": 1, "name": "phones" } } }] });
    let comments = json!({ "found": 2, "comments": [
        { "ID": 11, "post": { "ID": 7 }, "author": { "ID": 0, "name": "Zoe", "email": false }, "date": "2025-12-30T03:00:00-07:00",
          "URL": "https://blog.example/7/#comment-11", "content": "<p>y</p>", "status": "approved", "parent": false, "type": "comment", "like_count": 2 },
        { "ID": 12, "post": { "ID": 7 }, "date": "2025-12-30T03:00:01-07:00", "content": "<p>z</p>", "status": "approved", "parent": { "ID": 11 } }] });
    let page = |what: &str| format!("{site}/{what}?number=100&order=DESC&page=1");
    let host = FakeHost::new()
        .get(&page("posts"), Answer::json(rows.to_string()))
        .get(&page("comments"), Answer::json(comments.to_string()));
    let mut feeds = plan(&settings);
    let comments = host.poll::<WordPress>(&settings, Poll::newer(feeds.remove(1))).expect("comments");
    let posts = host.poll::<WordPress>(&settings, Poll::newer(feeds.remove(0))).expect("posts");
    let post = posts.mentions().next().expect("a post");
    assert_eq!((post.id.as_str(), post.title.as_deref()), ("post-7", Some("Acme’s")));
    assert_eq!((post.engagement.likes, post.engagement.comments, post.edited), (Some(9), Some(4), None));
    assert_eq!(post.published, time::rfc3339("2025-12-30T10:00:00Z").ok());
    let comments: Vec<_> = comments.mentions().collect();
    assert_eq!((comments[0].parent.as_deref(), comments[1].parent.as_deref()), (Some("post-7"), Some("comment-11")));
    assert_eq!((comments[0].engagement.likes, comments[1].author.as_ref()), (Some(2), None));
    let unknown = Answer::json(r#"{"error":"unknown_blog","message":"Unknown blog"}"#).with_status(404);
    let failure =
        FakeHost::new().get(&page("posts"), unknown).poll::<WordPress>(&settings, Poll::newer(plan(&settings).remove(0)));
    assert_eq!(failure.expect_err("no such site").class, FailureClass::Settings);
}

#[test]
fn what_is_known_is_read_again_in_lists_and_what_is_missing_alone() {
    let api = "https://blog.example/news/wp-json/wp/v2";
    let error = |code: &str, status: u16| {
        Answer::json(json!({ "code": code, "message": "x", "data": { "status": status } }).to_string()).with_status(status)
    };
    let embed = "_embed=author%2Cwp%3Afeaturedmedia%2Cwp%3Aterm";
    let mut changed = nth(7, 0);
    changed["content"]["rendered"] = json!("<p>changed");
    let host = FakeHost::new()
        .get(&format!("{api}/posts?include=7%2C8%2C9%2C10&per_page=4&{embed}"), list([changed], 1))
        .get(&format!("{api}/posts/8?{embed}"), error("rest_post_invalid_id", 404))
        .get(&format!("{api}/posts/9?{embed}"), error("rest_forbidden", 401))
        .get(&format!("{api}/posts/10?{embed}"), Answer::html("<html>Wall").with_status(403))
        .get(&format!("{api}/comments?include=11%2C12&per_page=2"), list([comment(11, 7, 0)], 1))
        .get(&format!("{api}/comments/12"), error("rest_cannot_read", 401));
    let asked = ["post-7", "post-8", "post-9", "post-10", "comment-11", "comment-12", "post-8", "x"].map(str::to_owned).to_vec();
    let changes = host.refresh::<WordPress>(&settings(), asked).expect("changes");
    let removed: BTreeSet<&str> = changes
        .iter()
        .filter_map(|change| match change {
            Change::Remove(id) => Some(id.as_str()),
            Change::Upsert(_) => None,
        })
        .collect();
    assert_eq!(removed, BTreeSet::from(["post-8", "post-9", "comment-12"]), "a wall before the site is no proof");
    assert!(changes.iter().any(|change| matches!(change, Change::Upsert(mention) if mention.text == "<p>changed")));
    assert_eq!(changes.len(), 5);
}

#[test]
fn failures_have_their_class() {
    use FailureClass::{Forbidden, RateLimited, Settings, Transient, Unauthorized, UnexpectedAnswer};
    let error = |code: &str, status: u16| {
        Answer::json(json!({ "code": code, "message": "no", "data": { "status": status } }).to_string()).with_status(status)
    };
    let cases = [
        (error("rest_forbidden", 401), Unauthorized),
        (error("rest_forbidden", 403), Forbidden),
        (error("rest_login_required", 401), Unauthorized),
        (error("rest_cannot_access", 403), Forbidden),
        (error("rest_invalid_param", 400), UnexpectedAnswer),
        (error("rest_post_invalid_page_number", 400), UnexpectedAnswer),
        (error("internal_server_error", 500), Transient),
        (error("odd", 200), UnexpectedAnswer),
        (Answer::html("<html>Blocked by a wall").with_status(403), Forbidden),
        (Answer::html("<html>Down").with_status(503).header("retry-after", "7"), Transient),
        (Answer::html("<!doctype html><title>Welcome</title>"), UnexpectedAnswer),
        (Answer::html("<html><body>Limit reached</body></html>").with_status(429).header("retry-after", "7"), RateLimited),
        (Answer::html("<html><body>Limit reached</body></html>").header("retry-after", "7"), RateLimited),
        (Answer::json("null"), UnexpectedAnswer),
        (Answer::json("[{"), UnexpectedAnswer),
        (Answer::json(""), UnexpectedAnswer),
    ];
    for (answer, class) in cases {
        let failure = poll(answer.clone(), 0).expect_err("a failure");
        assert_eq!(failure.class, class, "{answer:?} {}", failure.message);
        if class == RateLimited || class == Transient && answer_waits(&answer) {
            assert_eq!(failure.retry_after_ms, Some(7_000), "{answer:?}");
        }
    }
    let closed = poll(error("rest_forbidden", 401), 1).expect_err("comments are closed");
    assert_eq!(closed.class, Forbidden, "it costs their feed and not the connector");
    let plain = "https://blog.example/news/?rest_route=%2Fwp%2Fv2%2F";
    let host = |what: &str, rest: &str| {
        let url = if what == "posts" { POSTS } else { COMMENTS };
        FakeHost::new()
            .get(&format!("{url}&page=1"), error("rest_no_route", 404))
            .get(&format!("{plain}{what}&{rest}&page=1"), error("rest_no_route", 404))
    };
    let posts = host("posts", "_embed=author%2Cwp%3Afeaturedmedia%2Cwp%3Aterm&per_page=100&orderby=date&order=desc");
    let comments = host("comments", "per_page=100&orderby=date_gmt&order=desc");
    let class = |host: FakeHost, feed: usize| {
        host.poll::<WordPress>(&settings(), Poll::newer(plan(&settings()).remove(feed))).expect_err("no route").class
    };
    assert_eq!((class(posts, 0), class(comments, 1)), (Settings, Forbidden), "comments that are closed do not stop the articles");
}

fn answer_waits(answer: &Answer) -> bool {
    format!("{answer:?}").contains("retry-after")
}

#[test]
fn hostile_items_cost_themselves_alone() {
    let rows = [
        json!({ "id": "8", "title": 3, "content": [], "author": { "x": 1 }, "date_gmt": 5, "_embedded": { "author": {}, "wp:term": [3, [null]] }, "link": "javascript:x" }),
        json!({ "id": 18_446_744_073_709_551_615_u64, "date_gmt": "9999-99-99T00:00:00", "sticky": "yes" }),
        json!({ "id": -1 }),
        json!({ "id": 1.5 }),
        json!([]),
        Json::Null,
    ];
    let batch = poll(list(rows, 1), 0).expect("a batch");
    assert_eq!(ids([&batch]), BTreeSet::from(["post-8".to_owned(), "post-18446744073709551615".to_owned()]));
    let first = batch.mentions().next().expect("a mention");
    assert_eq!(
        (first.url.as_deref(), first.published, first.author.as_ref()),
        (Some("https://blog.example/news/?p=8"), None, None)
    );
    let stale = Poll::newer(plan(&settings()).remove(0)).cursor(Some("{\"v\":9,\"at\":{}}".to_owned()));
    assert_eq!(FakeHost::new().poll::<WordPress>(&settings(), stale).expect_err("stale").class, FailureClass::StaleCursor);
}
