//! The plugin as the host sees it, on short answers after the documented shapes (<https://docs.nodebb.org/api/read/>).

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use source_nodebb::NodeBb;
use vigie_plugin::testing::{Answer, FakeHost};
use vigie_plugin::{
    Batch, Change, Clause, Direction, FailureClass, Feed, MentionKind, Next, Poll, Search, TextFormat, Value, time,
};

const BASE: &str = "https://forum.example/sub";
const HOUR: i64 = 3_600_000;
/// 2025-12-01T00:00:00Z
const START: i64 = 1_764_547_200_000;

fn settings() -> Json {
    json!({ "url": "https://forum.example/sub/" })
}

fn plan(settings: &Json) -> Vec<Feed> {
    let clause = |all: &[&str]| Clause { all: all.iter().map(|term| (*term).to_owned()).collect(), none: vec![] };
    let search =
        Search { any: vec![clause(&["acme phone"]), clause(&["#phone", "acme"]), clause(&["acme phone"])], languages: vec![] };
    FakeHost::new().plan::<NodeBb>(settings, vec![search]).expect("a plan")
}

fn listed(page: u32) -> String {
    format!("{BASE}/api/recent?page={page}&sort=recently_replied")
}

fn read(tid: u32, page: u32) -> String {
    format!("{BASE}/api/topic/{tid}?page={page}&sort=oldest_to_newest")
}

fn post(pid: u32, tid: u32, hours: i64) -> Json {
    json!({ "pid": pid, "tid": tid, "uid": 3, "content": format!("<p dir=\"auto\">post {pid} <a href=\"/sub/user/bo\">@bo</a></p>\n"),
        "timestamp": START + hours * HOUR, "timestampISO": "x", "edited": 0, "editedISO": "", "deleted": 0, "upvotes": 4, "downvotes": 1, "votes": 3,
        "replies": { "count": 2 }, "user": { "uid": 3, "username": "ada", "displayname": "Ada L.", "userslug": "ada" } })
}

fn topic(tid: u32, posts: &[Json], pages: u32) -> Answer {
    Answer::json(json!({ "tid": tid, "cid": 6, "mainPid": tid * 100, "title": "R&amp;D", "titleRaw": "R&D", "slug": format!("{tid}/r-d"), "postcount": 41, "viewcount": 99,
        "deleted": 0, "scheduled": 0, "pinned": 0, "tags": [{ "value": "battery" }], "posts": posts, "pagination": { "pageCount": pages } }).to_string())
}

/// A list of topics, each with the hour of its last post; those over 900 are pinned.
fn list(topics: &[(u32, i64)], pages: u32) -> Answer {
    let topics: Vec<Json> = topics
        .iter()
        .map(|(tid, hours)| json!({ "tid": tid, "lastposttime": START + hours * HOUR, "postcount": 2, "pinned": u8::from(*tid > 900), "deleted": 0 }))
        .collect();
    Answer::json(json!({ "topics": topics, "pagination": { "pageCount": pages } }).to_string())
}

fn ids<'a>(batches: impl IntoIterator<Item = &'a Batch>) -> BTreeSet<u32> {
    batches.into_iter().flat_map(Batch::mentions).map(|mention| mention.id.parse().expect("a number")).collect()
}

fn walk(host: &FakeHost, mut request: Poll) -> Vec<Batch> {
    let mut batches = Vec::new();
    loop {
        let batch = host.poll::<NodeBb>(&settings(), request.clone()).expect("a batch");
        request.cursor.clone_from(&batch.cursor);
        let more = batch.next == Next::More;
        batches.push(batch);
        assert!(batches.len() < 50, "the walk ends");
        if !more {
            return batches;
        }
    }
}

#[test]
fn the_plan_follows_the_settings() {
    let names = |settings: Json| plan(&settings).into_iter().map(|feed| feed.id).collect::<Vec<_>>();
    assert_eq!(names(settings()), ["recent"]);
    assert_eq!(
        names(json!({ "url": BASE, "categories": ["6", "6", "2"], "topics": ["7"] })),
        ["category/6", "category/2", "topic/7"]
    );
    assert_eq!(names(json!({ "url": BASE, "topics": ["7"] })), ["topic/7"]);
    assert_eq!(names(json!({ "url": BASE, "mode": "both" })), ["recent", "search:acme phone", "search:phone acme"]);
    let host = FakeHost::new();
    for wrong in
        [json!({ "url": "forum" }), json!({ "url": BASE, "categories": ["x"] }), json!({ "url": BASE, "mode": "search" })]
    {
        assert_eq!(host.plan::<NodeBb>(&wrong, vec![]).expect_err("wrong").class, FailureClass::Settings, "{wrong}");
    }
}

#[test]
fn every_field_of_a_post_is_mapped() {
    let mut answer = post(702, 7, 2);
    answer["toPid"] = json!("701");
    answer["edited"] = json!(START + 5 * HOUR);
    let mut remote = post(0, 7, 3);
    remote["pid"] = json!("https://social.example/n/9");
    remote["user"] = json!({ "uid": "https://social.example/u/mo", "username": "mo@social.example", "displayname": "Mo" });
    let (mut deleted, mut guest) = (post(703, 7, 3), post(704, 7, 4));
    deleted["deleted"] = json!(true);
    guest["user"] = json!({ "uid": 0, "username": "Guest" });
    guest["uid"] = json!(0);
    guest["content"] = json!(null);
    guest["sourceContent"] = json!("**bold**");
    let host = FakeHost::new()
        .get(&read(7, 1), topic(7, &[post(700, 7, 1), answer, remote, deleted, guest, json!(null), json!({ "pid": {} })], 1));
    let feed = plan(&json!({ "url": BASE, "topics": ["7"] })).remove(0);
    let batch = host.poll::<NodeBb>(&settings(), Poll::newer(feed.clone())).expect("a batch");
    let mentions: Vec<_> = batch.mentions().collect();
    let [first, answer, remote, guest] = mentions.as_slice() else { panic!("four posts: {mentions:#?}") };
    assert_eq!((first.id.as_str(), first.kind, first.title.as_deref()), ("700", MentionKind::Post, Some("R&D")));
    assert_eq!(first.url.as_deref(), Some("https://forum.example/sub/post/700"));
    assert_eq!(first.text, "<p dir=\"auto\">post 700 <a href=\"https://forum.example/sub/user/bo\">@bo</a></p>\n");
    assert_eq!((first.engagement.likes, first.engagement.comments, first.engagement.views), (Some(4), Some(40), Some(99)));
    assert_eq!((first.parent.as_deref(), first.thread.as_deref(), first.edited), (None, Some("t/7"), None));
    assert_eq!(first.published, time::unix_millis(START + HOUR).ok());
    let author = first.author.as_ref().expect("an author");
    assert_eq!((author.id.as_str(), author.handle.as_deref(), author.name.as_deref()), ("3", Some("ada"), Some("Ada L.")));
    assert_eq!(author.url.as_deref(), Some("https://forum.example/sub/user/ada"));
    let keys: Vec<_> = first.attributes.iter().map(|one| one.key.as_str()).collect();
    assert_eq!(keys, ["category", "downvotes", "tags"]);
    assert_eq!(
        (answer.kind, answer.parent.as_deref(), answer.title.as_deref(), answer.engagement.comments),
        (MentionKind::Reply, Some("701"), None, Some(2))
    );
    assert_eq!(answer.edited, time::unix_millis(START + 5 * HOUR).ok());
    assert_eq!((remote.id.as_str(), remote.url.as_deref()), ("https://social.example/n/9", Some("https://social.example/n/9")));
    assert!(remote.attributes.iter().any(|one| one.key == "federated" && one.value == Value::Flag(true)));
    assert_eq!((guest.author.as_ref(), guest.format, guest.parent.as_deref()), (None, TextFormat::Markdown, Some("700")));
    assert!(batch.changes.contains(&Change::Remove("703".to_owned())));
    assert_eq!(host.read::<NodeBb>(&settings(), &feed, Direction::Older).expect("a batch")[0].next, Next::Done);
}

/// A forum of three topics: a pinned old one, a long one and a short one.
fn forum() -> FakeHost {
    FakeHost::new()
        .get(&listed(1), list(&[(901, 1), (7, 90)], 2))
        .get(&listed(2), list(&[(8, 20)], 2))
        .get(&read(901, 1), topic(901, &[post(90_100, 901, 0), post(90_101, 901, 1)], 1))
        .get(&read(7, 1), topic(7, &[post(700, 7, 10), post(701, 7, 11)], 4))
        .get(&read(7, 2), topic(7, &[post(702, 7, 30), post(703, 7, 30)], 4))
        .get(&read(7, 3), topic(7, &[post(704, 7, 60), post(705, 7, 61)], 4))
        .get(&read(7, 4), topic(7, &[post(706, 7, 90)], 4))
        .get(&read(8, 1), topic(8, &[post(800, 8, 15), post(801, 8, 20)], 1))
}

#[test]
fn history_is_whole_and_resumes_at_every_checkpoint() {
    let feed = plan(&settings()).remove(0);
    let batches = walk(&forum(), Poll::older(feed.clone()));
    let all: BTreeSet<u32> = (700..=706).chain([800, 801, 90_100, 90_101]).collect();
    assert_eq!((ids(&batches), batches.last().map(|batch| batch.next)), (all, Some(Next::Done)));
    for at in 0..batches.len() - 1 {
        let rest = walk(&forum(), Poll::older(feed.clone()).cursor(batches[at].cursor.clone()));
        assert_eq!(rest, batches[at + 1..], "resumed at checkpoint {at}");
    }
    let recent = walk(&forum(), Poll::older(feed).since(Some(START + 50 * HOUR)));
    assert_eq!(ids(&recent), (704..=706).collect(), "nothing older than wanted");
}

#[test]
fn the_head_is_followed_into_the_topics_that_moved() {
    let feed = plan(&settings()).remove(0);
    let first = walk(&forum(), Poll::newer(feed.clone()));
    assert!(ids(&first).is_superset(&(700..=706).collect()));
    // Topic 8 is answered twice in the same minute, topic 7 is gone, a deleted one is listed.
    let cursor = first.last().expect("a batch").cursor.clone();
    let now = FakeHost::new()
        .get(&listed(1), list(&[(901, 1), (8, 100), (7, 90)], 2))
        .get(&listed(2), list(&[(9, 3)], 2))
        .get(&read(7, 1), Answer::json(r#"{"error":"not found"}"#).with_status(404))
        .get(&read(8, 1), topic(8, &[post(800, 8, 15), post(801, 8, 20)], 3))
        .get(&read(8, 3), topic(8, &[post(804, 8, 100), post(805, 8, 100)], 3))
        .get(&read(8, 2), topic(8, &[post(802, 8, 40), post(803, 8, 50)], 3));
    let next = walk(&now, Poll::newer(feed.clone()).cursor(cursor));
    assert!(ids(&next).is_superset(&BTreeSet::from([804, 805])));
    assert_eq!(now.logged().len(), 1, "the topic that is gone is said");
    let asked = now.asked().len();
    let quiet = walk(&now, Poll::newer(feed).cursor(next.last().expect("a batch").cursor.clone()));
    assert!(ids(&quiet).contains(&805) && now.asked().len() - asked <= 4, "only what moved is read again");
}

#[test]
fn a_topic_is_read_from_its_beginning_and_then_at_its_end() {
    let feed = plan(&json!({ "url": BASE, "topics": ["7"] })).remove(0);
    let batches = walk(&forum(), Poll::newer(feed.clone()));
    assert_eq!((ids(&batches).len(), batches.len()), (7, 4));
    let end = batches[3].cursor.clone();
    let more = FakeHost::new().get(&read(7, 4), topic(7, &[post(706, 7, 90), post(707, 7, 91)], 4));
    assert_eq!(ids(&walk(&more, Poll::newer(feed.clone()).cursor(end.clone()))), BTreeSet::from([706, 707]));
    let shrunk = FakeHost::new().get(&read(7, 4), Answer::status(404)).get(&read(7, 1), topic(7, &[post(700, 7, 10)], 1));
    assert_eq!(ids(&walk(&shrunk, Poll::newer(feed).cursor(end))), BTreeSet::from([700]));
}

#[test]
fn a_search_is_walked_to_what_is_known() {
    let settings = json!({ "url": BASE, "mode": "search" });
    let feed = plan(&settings).remove(0);
    let url = |page: u32| {
        format!(
            "{BASE}/api/search?term=acme%20phone&in=titlesposts&matchWords=all&sortBy=timestamp&sortDirection=desc&showAs=posts&page={page}"
        )
    };
    let hits = |posts: &[(u32, i64)], pages: u32| {
        let posts: Vec<Json> = posts
            .iter()
            .map(|(pid, hours)| {
                let mut hit = post(*pid, 7, *hours);
                hit["isMainPost"] = json!(*pid == 1);
                hit["topic"] = json!({ "tid": 7, "cid": 6, "titleRaw": "R&D", "mainPid": 1, "postcount": 2 });
                hit
            })
            .collect();
        Answer::json(json!({ "posts": posts, "matchCount": 3, "pageCount": pages }).to_string())
    };
    let host = FakeHost::new().get(&url(1), hits(&[(4, 4), (3, 3)], 2)).get(&url(2), hits(&[(2, 3), (1, 1)], 2));
    let older = walk(&host, Poll::older(feed.clone()));
    assert_eq!((ids(&older), older.len()), (BTreeSet::from([1, 2, 3, 4]), 2));
    let main = older[1].mentions().last().expect("the first post");
    assert_eq!((main.kind, main.title.as_deref(), main.thread.as_deref()), (MentionKind::Post, Some("R&D"), Some("t/7")));
    let first = walk(&host, Poll::newer(feed.clone()));
    assert_eq!(first.len(), 1);
    let now = FakeHost::new()
        .get(&url(1), hits(&[(6, 6), (5, 5)], 3))
        .get(&url(2), hits(&[(4, 4), (3, 3)], 3))
        .get(&url(3), hits(&[(2, 3), (1, 1)], 3));
    assert_eq!(ids(&walk(&now, Poll::newer(feed.clone()).cursor(first[0].cursor.clone()))), BTreeSet::from([1, 2, 3, 4, 5, 6]));
    let closed = FakeHost::new().get(&url(1), Answer::json(r#"{"path":"/search","loggedIn":false}"#).with_status(403));
    assert_eq!(closed.poll::<NodeBb>(&settings, Poll::newer(feed)).expect_err("closed").class, FailureClass::Forbidden);
}

#[test]
fn posts_read_again_bring_edits_counters_and_removals() {
    let v3 = |kind: &str, id: &str| format!("{BASE}/api/v3/{kind}/{id}");
    let wrapped =
        |value: Json| Answer::json(json!({ "status": { "code": "ok", "message": "OK" }, "response": value }).to_string());
    let refused = |status: u16, code: &str| {
        Answer::json(json!({ "status": { "code": code, "message": "x" }, "response": {} }).to_string()).with_status(status)
    };
    let mut deleted = post(704, 8, 1);
    deleted["deleted"] = json!(1);
    let host = FakeHost::new()
        .get(&v3("posts", "700"), wrapped(post(700, 7, 1)))
        .get(&v3("posts", "701"), refused(404, "not-found"))
        .get(&v3("posts", "702"), refused(403, "forbidden"))
        .get(&v3("posts", "703"), wrapped(post(703, 9, 1)))
        .get(&v3("posts", "704"), wrapped(deleted))
        .get(&v3("topics", "7"), wrapped(json!({ "tid": 7, "mainPid": 700, "titleRaw": "New", "postcount": 3 })))
        .get(&v3("topics", "8"), refused(404, "not-found"))
        .get(&v3("topics", "9"), refused(403, "forbidden"));
    let changes =
        host.refresh::<NodeBb>(&settings(), ["700", "701", "702", "703", "704"].map(str::to_owned).to_vec()).expect("changes");
    let [Change::Remove(gone), Change::Upsert(first), Change::Remove(deleted)] = changes.as_slice() else {
        panic!("three: {changes:?}")
    };
    assert_eq!(
        (gone.as_str(), first.title.as_deref(), first.kind, deleted.as_str()),
        ("701", Some("New"), MentionKind::Post, "704")
    );
    let down = FakeHost::new().get(&v3("posts", "1"), Answer::status(503));
    assert_eq!(down.refresh::<NodeBb>(&settings(), vec!["1".into()]).expect_err("down").class, FailureClass::Transient);
}

#[test]
fn failures_have_their_class() {
    let feed = plan(&settings()).remove(0);
    let class = |answer: Answer| {
        let host = FakeHost::new().get(&listed(1), answer);
        host.poll::<NodeBb>(&settings(), Poll::newer(feed.clone())).expect_err("a failure").class
    };
    assert_eq!(class(Answer::json(r#"{"path":"/recent","bodyClass":"page-status-404"}"#).with_status(404)), FailureClass::Gone);
    assert_eq!(class(Answer::json(r#"{"status":{"code":"not-authorised"}}"#).with_status(401)), FailureClass::Unauthorized);
    assert_eq!(class(Answer::status(403)), FailureClass::Forbidden);
    assert_eq!(class(Answer::status(429)), FailureClass::RateLimited);
    assert_eq!(class(Answer::html("<html>Forum is down").with_status(503)), FailureClass::Transient);
    assert_eq!(class(Answer::html("<!doctype html><p>Log in")), FailureClass::UnexpectedAnswer);
    assert_eq!(class(Answer::json("{}")), FailureClass::UnexpectedAnswer);
    assert_eq!(class(Answer::json("[]")), FailureClass::UnexpectedAnswer);
    let slow =
        FakeHost::new().get(&listed(1), list(&[(7, 1)], 1)).get(&read(7, 1), Answer::status(429).header("retry-after", "7"));
    let failure = slow.poll::<NodeBb>(&settings(), Poll::newer(feed)).expect_err("slow");
    assert_eq!((failure.class, failure.retry_after_ms), (FailureClass::RateLimited, Some(7000)));
}

#[test]
fn requests_are_signed_where_that_is_wanted() {
    let host = FakeHost::new().get(&listed(1), list(&[], 1));
    let feed = plan(&settings()).remove(0);
    host.poll::<NodeBb>(&json!({ "url": BASE, "signed_in": true }), Poll::newer(feed.clone())).expect("a batch");
    host.poll::<NodeBb>(&settings(), Poll::newer(feed)).expect("a batch");
    let signed: Vec<_> = host.asked().iter().map(|asked| asked.header("authorization").map(str::to_owned)).collect();
    assert_eq!(signed, [Some("Bearer {{secret:token}}".to_owned()), None]);
}
