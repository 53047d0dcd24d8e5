//! The plugin as the host sees it, on short answers after the documented shapes (<https://join-lemmy.org/api>, versions 0.18 to 1.0).

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use source_lemmy::Lemmy;
use vigie_plugin::testing::{Answer, FakeHost};
use vigie_plugin::{
    Batch, Change, Clause, Direction, Failure, FailureClass, Feed, Mention, MentionKind, Moment, Next, Poll, Search, Value, time,
};

const BASE: &str = "https://lemmy.example";

fn settings() -> Json {
    json!({ "url": "https://lemmy.example/", "comments": false })
}

fn person() -> Json {
    json!({ "id": 4, "name": "ada", "display_name": "Ada", "actor_id": "https://other.example/u/ada", "bot_account": false })
}

fn post(id: i64) -> Json {
    json!({ "post": { "id": id, "name": format!("title {id}"), "body": format!("*post* {id}"), "url": null, "removed": false, "deleted": false,
            "nsfw": false, "published": at(id), "updated": null, "ap_id": format!("{BASE}/post/{id}"), "local": true,
            "featured_community": false, "featured_local": false },
        "creator": person(), "community": { "name": "phones", "actor_id": "https://lemmy.example/c/phones" },
        "counts": { "score": 3, "upvotes": 5, "downvotes": 2, "comments": 0 } })
}

fn comment(id: i64, path: &str) -> Json {
    let mut view = post(1);
    view["comment"] = json!({ "id": id, "content": format!("*comment* {id}"), "path": path, "published": at(id), "updated": null,
        "removed": false, "deleted": false, "distinguished": false, "ap_id": format!("{BASE}/comment/{id}") });
    view["counts"] = json!({ "score": -4, "upvotes": 1, "downvotes": 5, "child_count": 2 });
    view
}

/// The given minute of the last day of 2025.
fn at(minute: i64) -> String {
    format!("2025-12-31T{:02}:{:02}:00.123456Z", minute / 60 % 24, minute % 60)
}

fn list(name: &str, items: Vec<Json>, next: Option<&str>) -> Answer {
    let mut body = json!({ "posts": [], "comments": [], "next_page": next });
    body[name] = Json::from(items);
    Answer::json(body.to_string())
}

fn posts(ids: impl IntoIterator<Item = i64>, next: Option<&str>) -> Answer {
    list("posts", ids.into_iter().map(post).collect(), next)
}

fn comments(ids: impl IntoIterator<Item = i64>) -> Answer {
    list("comments", ids.into_iter().map(|id| comment(id, &format!("0.{id}"))).collect(), None)
}

fn url(path: &str, rest: &str) -> String {
    format!("{BASE}/api/v3/{path}?sort=New&limit=50&{rest}")
}

fn latest(rest: &str) -> String {
    url("post/list", &format!("type_=All&{rest}"))
}

fn plan(settings: &Json) -> Vec<Feed> {
    let clause = |all: &[&str]| Clause { all: all.iter().map(|term| (*term).to_owned()).collect(), none: vec![] };
    let search = Search { any: vec![clause(&["acme"]), clause(&["#Acme", "hp"])], languages: vec![] };
    FakeHost::new().plan::<Lemmy>(settings, vec![search]).expect("a plan")
}

fn ids<'a>(batches: impl IntoIterator<Item = &'a Batch>) -> BTreeSet<i64> {
    let id = |mention: &Mention| mention.id.rsplit('/').next().and_then(|id| id.parse().ok()).expect("a number");
    batches.into_iter().flat_map(Batch::mentions).map(id).collect()
}

fn attribute(mention: &Mention, key: &str) -> Option<Value> {
    mention.attributes.iter().find(|attribute| attribute.key == key).map(|attribute| attribute.value.clone())
}

#[test]
fn the_plan_follows_settings_and_searches() {
    let names = |settings: Json| plan(&settings).into_iter().map(|feed| feed.id).collect::<Vec<_>>();
    assert_eq!(names(json!({ "url": BASE })), ["posts", "comments", "search:posts:acme", "search:comments:acme"]);
    assert_eq!(
        names(json!({ "url": BASE, "mode": "latest", "comments": false, "communities": ["!a@b.example", "C"] })),
        ["posts!a@b.example", "posts!c"]
    );
    assert_eq!(names(json!({ "url": BASE, "mode": "search", "comments": false, "communities": ["c"] })), ["search!c:posts:acme"]);
    for wrong in [
        json!({ "url": "x" }),
        json!({ "url": BASE, "communities": ["a b"] }),
        json!({ "url": BASE, "mode": "search" }),
        json!({ "url": BASE, "comments_for": "3" }),
    ] {
        assert_eq!(FakeHost::new().plan::<Lemmy>(&wrong, vec![]).expect_err("wrong").class, FailureClass::Settings, "{wrong}");
    }
}

#[test]
fn posts_become_mentions_field_by_field() {
    let mut full = post(7);
    full["post"]["url"] = json!("https://a.example/x");
    full["post"]["updated"] = json!("2026-01-01T00:00:00Z");
    full["post"]["nsfw"] = json!(true);
    full["post"]["ap_id"] = json!("https://other.example/post/99");
    let (mut removed, mut deleted, mut bot, mut old) = (post(6), post(5), post(4), post(3));
    removed["post"]["removed"] = json!(true);
    deleted["post"]["deleted"] = json!(true);
    bot["creator"]["bot_account"] = json!(true);
    old["post"]["published"] = json!("2025-12-31T10:00:00.5");
    let odd = vec![full, json!(7), removed, json!({ "post": null }), deleted, bot, old];
    let host = FakeHost::new().get(&latest("page=1"), list("posts", odd, None));
    let batch = host.poll::<Lemmy>(&settings(), Poll::newer(plan(&settings()).remove(0))).expect("a batch");
    let [Change::Upsert(full), Change::Remove(removed), Change::Remove(deleted), Change::Upsert(old)] = batch.changes.as_slice()
    else {
        panic!("four changes: {:#?}", batch.changes)
    };
    assert_eq!((removed.as_str(), deleted.as_str()), ("https://lemmy.example/post/6", "https://lemmy.example/post/5"));
    assert_eq!(
        (full.id.as_str(), full.kind, full.title.as_deref()),
        ("https://other.example/post/99", MentionKind::Post, Some("title 7"))
    );
    assert_eq!((full.text.as_str(), full.links.as_slice()), ("*post* 7", ["https://a.example/x".to_owned()].as_slice()));
    assert_eq!((full.thread.as_ref(), full.parent.as_ref()), (Some(&full.id), None));
    assert_eq!((full.engagement.likes, full.engagement.comments, full.engagement.shares), (Some(3), Some(0), None));
    assert_eq!(
        (full.published, full.edited),
        (time::rfc3339("2025-12-31T00:07:00.123Z").ok(), time::rfc3339("2026-01-01T00:00:00Z").ok())
    );
    let author = full.author.as_ref().expect("an author");
    assert_eq!(
        (author.id.as_str(), author.handle.as_deref(), author.name.as_deref()),
        ("https://other.example/u/ada", Some("ada@other.example"), Some("Ada"))
    );
    assert_eq!(
        (attribute(full, "community"), attribute(full, "nsfw")),
        (Some(Value::Text("phones@lemmy.example".into())), Some(Value::Flag(true)))
    );
    assert_eq!(old.published, Some(Moment::zoneless(time::rfc3339("2025-12-31T10:00:00.5Z").expect("a date").at)), "before 0.19");
}

#[test]
fn comments_know_what_they_answer() {
    let settings = json!({ "url": BASE });
    let page = vec![
        comment(40, "0.20.30.40"),
        comment(30, "0.20.30"),
        comment(50, "0.45.50"),
        comment(60, "0.60"),
        comment(61, "0.44.61"),
    ];
    let other = json!({ "comment_view": comment(9999, "0.9999") });
    let host = FakeHost::new()
        .get(&url("comment/list", "type_=All&page=1"), list("comments", page, None))
        .get(&format!("{BASE}/api/v3/comment?id=20"), Answer::json(json!({ "comment_view": comment(20, "0.20") }).to_string()))
        .get(&format!("{BASE}/api/v3/comment?id=44"), Answer::json(other.to_string()))
        .get(&format!("{BASE}/api/v3/comment?id=45"), Answer::json(r#"{"error":"couldnt_find_comment"}"#).with_status(400));
    let batch = host.poll::<Lemmy>(&settings, Poll::newer(plan(&settings).remove(1))).expect("a batch");
    let places: Vec<_> = batch.mentions().map(|mention| (mention.kind, mention.parent.clone())).collect();
    let ap = |path: &str| Some(format!("{BASE}/{path}"));
    let reply = MentionKind::Reply;
    assert_eq!(
        places,
        [
            (reply, ap("comment/30")),
            (reply, ap("comment/20")),
            (reply, None),
            (MentionKind::Comment, ap("post/1")),
            (reply, None)
        ]
    );
    let mention = batch.mentions().next().expect("a comment");
    assert_eq!((mention.thread.clone(), mention.engagement.likes, mention.engagement.comments), (ap("post/1"), Some(0), Some(2)));
    assert_eq!((mention.text.as_str(), attribute(mention, "post-title")), ("*comment* 40", Some(Value::Text("title 1".into()))));
}

#[test]
fn history_goes_by_the_cursor_where_there_is_one() {
    let mut pinned = post(1);
    pinned["post"]["featured_local"] = json!(true);
    let first = list("posts", vec![pinned, post(90), post(80)], Some("Pa"));
    let host = FakeHost::new()
        .get(&latest("page=1"), first)
        .get(&latest("page_cursor=Pa"), posts([80, 70], Some("Pb")))
        .get(&latest("page_cursor=Pb"), posts([60], None));
    let feed = plan(&settings()).remove(0);
    let batches = host.read::<Lemmy>(&settings(), &feed, Direction::Older).expect("batches");
    assert_eq!((ids(&batches), batches.last().map(|batch| batch.next)), (BTreeSet::from([1, 90, 80, 70, 60]), Some(Next::Done)));
    let since = time::rfc3339("2025-12-31T01:25:00Z").map(|moment| moment.at).ok();
    let read = |cursor| host.poll::<Lemmy>(&settings(), Poll::older(feed.clone()).since(since).cursor(cursor)).expect("a batch");
    let first = read(None);
    let second = read(first.cursor.clone());
    assert_eq!((first.next, ids([&first]), second.next, second.changes.len()), (Next::More, BTreeSet::from([90]), Next::Done, 0));
}

#[test]
fn history_goes_by_numbers_where_there_is_none_and_pages_may_overlap() {
    let host = FakeHost::new()
        .get(&latest("page=1"), posts([90, 80], None))
        .get(&latest("page=2"), posts([80, 70], None))
        .get(&latest("page=3"), posts([], None));
    let batches = host.read::<Lemmy>(&settings(), &plan(&settings()).remove(0), Direction::Older).expect("batches");
    assert_eq!(ids(&batches), BTreeSet::from([90, 80, 70]));
    // A server of version 1.0 gives the first page again and again.
    let host = FakeHost::new()
        .get(&latest("page=1"), posts([90, 80], Some("x")))
        .get(&latest("page_cursor=x"), posts([90, 80], Some("x")));
    let batches = host.read::<Lemmy>(&settings(), &plan(&settings()).remove(0), Direction::Older).expect("batches");
    assert_eq!((batches.len(), batches.last().map(|batch| batch.next)), (2, Some(Next::Done)));
}

#[test]
fn the_head_is_followed_without_a_gap() {
    let feed = plan(&settings()).remove(0);
    let host = FakeHost::new().get(&latest("page=1"), posts([900, 890], Some("Pa")));
    let first = host.poll::<Lemmy>(&settings(), Poll::newer(feed.clone())).expect("the head");
    assert_eq!(first.next, Next::Later(None));
    let host = FakeHost::new()
        .get(&latest("page=1"), posts([1000, 950], Some("Pa")))
        .get(&latest("page_cursor=Pa"), posts([900, 600], Some("Pb")))
        .get(&latest("page_cursor=Pb"), posts([500, 400], Some("Pc")));
    let (mut cursor, mut batches) = (first.cursor, Vec::new());
    loop {
        let request = Poll::newer(feed.clone()).cursor(cursor.clone());
        let batch = host.poll::<Lemmy>(&settings(), request.clone()).expect("a batch");
        assert_eq!(batch, host.poll::<Lemmy>(&settings(), request).expect("again"), "every checkpoint can be taken up again");
        cursor = batch.cursor.clone();
        let more = batch.next == Next::More;
        batches.push(batch);
        if !more {
            break;
        }
    }
    assert_eq!(ids(&batches), BTreeSet::from([1000, 950, 900, 600, 500, 400]), "what came late within six hours is found");
    let newest = time::rfc3339("2025-12-31T16:40:00.123Z").expect("a date").at;
    assert!(cursor.expect("a cursor").contains(&format!("\"floor\":{newest}")), "the mark is that of the first page");
}

#[test]
fn posts_that_were_found_lead_to_their_comments() {
    let settings = json!({ "url": BASE, "mode": "search" });
    let mut busy = post(7);
    busy["counts"]["comments"] = json!(2);
    let search = |kind: &str| url("search", &format!("q=acme&type_={kind}&listing_type=All&page=1"));
    let host = FakeHost::new()
        .get(&search("Posts"), list("posts", vec![busy, post(6)], None))
        .get(&search("Comments"), comments([9]))
        .get(&url("comment/list", "type_=All&post_id=7&page=1"), comments([12, 11]))
        .get(&url("comment/list", "type_=All&post_id=7&page=2"), comments([]));
    let feeds = plan(&settings);
    let found = host.poll::<Lemmy>(&settings, Poll::newer(feeds[0].clone())).expect("posts");
    assert_eq!(ids([&host.poll::<Lemmy>(&settings, Poll::newer(feeds[1].clone())).expect("comments")]), BTreeSet::from([9]));
    assert_eq!(found.feeds.iter().map(|feed| feed.id.as_str()).collect::<Vec<_>>(), ["below:7", "below:6"]);
    let quiet = host.poll::<Lemmy>(&settings, Poll::newer(found.feeds[1].clone())).expect("nothing asked");
    assert_eq!((quiet.changes.len(), quiet.next, quiet.cursor.is_some()), (0, Next::Later(Some(1_800_000)), true));
    assert_eq!(found.feeds[0].expires_at, time::rfc3339("2026-01-07T00:07:00.123Z").map(|moment| moment.at).ok());
    let below = host.read::<Lemmy>(&settings, &found.feeds[0], Direction::Newer).expect("comments");
    assert_eq!(ids(&below), BTreeSet::from([12, 11]));
    assert!(matches!(below.last().map(|batch| batch.next), Some(Next::Later(Some(_)))));
    assert_eq!(host.read::<Lemmy>(&settings, &found.feeds[0], Direction::Older).expect("done")[0].next, Next::Done);
}

#[test]
fn what_is_the_servers_own_is_read_again() {
    let (mut edited, mut gone) = (post(1), comment(3, "0.3"));
    edited["post"]["updated"] = json!("2026-01-01T00:00:00Z");
    gone["comment"]["removed"] = json!(true);
    let host = FakeHost::new()
        .get(&format!("{BASE}/api/v3/post?id=1"), Answer::json(json!({ "post_view": edited }).to_string()))
        .get(&format!("{BASE}/api/v3/post?id=2"), Answer::json(r#"{"error":"couldnt_find_post"}"#).with_status(404))
        .get(&format!("{BASE}/api/v3/comment?id=3"), Answer::json(json!({ "comment_view": gone }).to_string()));
    let ids = ["post/1", "post/2", "comment/3", "post/x"]
        .map(|path| format!("{BASE}/{path}"))
        .into_iter()
        .chain(["https://other.example/post/1".to_owned()]);
    let changes = host.refresh::<Lemmy>(&settings(), ids.collect()).expect("changes");
    let [Change::Remove(second), Change::Upsert(first), Change::Remove(third)] = sorted(changes) else { panic!("three changes") };
    assert_eq!((second.ends_with("/post/2"), first.edited.is_some(), third.ends_with("/comment/3")), (true, true, true));
    let host = FakeHost::new().get(&format!("{BASE}/api/v3/post?id=1"), Answer::status(503));
    assert_eq!(
        host.refresh::<Lemmy>(&settings(), vec![format!("{BASE}/post/1")]).expect_err("an overload").class,
        FailureClass::Transient
    );
}

fn sorted(changes: Vec<Change>) -> [Change; 3] {
    let mut changes = changes;
    changes.sort_by_key(|change| match change {
        Change::Remove(id) if id.contains("/post/") => 0,
        Change::Upsert(_) => 1,
        Change::Remove(_) => 2,
    });
    changes.try_into().expect("three changes")
}

#[test]
fn failures_have_their_class() {
    let poll = |answer: Answer| -> Failure {
        let host = FakeHost::new().get(&latest("page=1"), answer);
        host.poll::<Lemmy>(&settings(), Poll::newer(plan(&settings()).remove(0))).expect_err("a failure")
    };
    let error = |status: u16, word: &str| Answer::json(json!({ "error": word }).to_string()).with_status(status);
    let slow = poll(error(429, "rate_limit_error").header("retry-after", "9"));
    assert_eq!((slow.class, slow.retry_after_ms), (FailureClass::RateLimited, Some(9_000)));
    assert_eq!(poll(error(400, "rate_limit_error")).class, FailureClass::RateLimited);
    assert_eq!(poll(error(400, "couldnt_find_community")).class, FailureClass::Settings);
    assert_eq!(poll(error(400, "instance_is_private")).class, FailureClass::Forbidden);
    assert_eq!(poll(Answer::status(502)).class, FailureClass::Transient);
    for odd in [
        Answer::html("<!doctype html>"),
        Answer::json("{}"),
        Answer::json("[]"),
        Answer::json(r#"{"error":"x"}"#),
        Answer::json("[".repeat(500)),
    ] {
        assert_eq!(poll(odd).class, FailureClass::UnexpectedAnswer);
    }
    let first =
        FakeHost::new().get(&latest("page=1"), posts([9], Some("Pa"))).get(&latest("page_cursor=Pa"), error(404, "not_found"));
    let feed = plan(&settings()).remove(0);
    let batch = first.poll::<Lemmy>(&settings(), Poll::older(feed.clone())).expect("a batch");
    let stale = first.poll::<Lemmy>(&settings(), Poll::older(feed).cursor(batch.cursor)).expect_err("the anchor was purged");
    assert_eq!(stale.class, FailureClass::StaleCursor);
}
