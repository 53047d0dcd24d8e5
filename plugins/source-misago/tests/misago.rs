//! The plugin as the host sees it, on short answers after the shapes of Misago's own serializers
//! (<https://github.com/rafalp/Misago>, `misago/threads/serializers`).

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use source_misago::Misago;
use vigie_plugin::testing::{Answer, FakeHost};
use vigie_plugin::{Batch, Change, Direction, FailureClass, Feed, MediaKind, MentionKind, Next, Poll, Precision, time};

const BASE: &str = "https://forum.example/sub";

fn settings() -> Json {
    json!({ "url": "https://forum.example/sub/" })
}

fn plan(settings: &Json) -> Vec<Feed> {
    FakeHost::new().plan::<Misago>(settings, vec![]).expect("a plan")
}

fn listed(more: &str) -> String {
    format!("{BASE}/api/threads/?list=all{more}")
}

fn read(tid: u32, page: u32) -> String {
    format!("{BASE}/api/threads/{tid}/posts/?page={page}")
}

/// An hour of a month.
fn at(hours: u32) -> String {
    format!("2025-12-{:02}T{:02}:00:00Z", 1 + hours / 24, hours % 24)
}

fn post(id: u32, hours: u32) -> Json {
    json!({ "id": id, "poster": { "id": 3, "username": "Ada", "url": "/user/ada/3/" }, "poster_name": "Ada", "poster_ip": "203.0.113.9",
        "content": format!("<p>post {id} <a href=\"/sub/user/bo/4/\">@bo</a></p>"), "attachments": null, "posted_on": at(hours), "updated_on": at(hours), "edits": 0,
        "is_unapproved": false, "is_hidden": false, "is_event": false, "likes": 4, "url": { "index": format!("/sub/t/acme/7/post/{id}/") } })
}

fn thread(tid: u32, posts: &[Json], page: u32, pages: u32) -> Answer {
    Answer::json(json!({ "id": tid, "title": "About Acme", "category": { "id": 6, "name": "Phones" }, "replies": 9, "is_hidden": false, "weight": 0,
        "post_set": { "results": posts, "page": page, "pages": pages, "next": (page < pages).then_some(page + 1) } }).to_string())
}

/// A list of threads, each with the hour of its last post; those over 900 are pinned.
fn list(threads: &[(u32, u32)], rest: Json) -> Answer {
    let threads: Vec<Json> = threads.iter().map(|(tid, hours)| json!({ "id": tid, "last_post_on": at(*hours), "weight": if *tid > 900 { 2 } else { 0 }, "category": 6 })).collect();
    let mut value = json!({ "results": threads, "subcategories": [] });
    value.as_object_mut().expect("an object").extend(rest.as_object().cloned().unwrap_or_default());
    Answer::json(value.to_string())
}

fn ids<'a>(batches: impl IntoIterator<Item = &'a Batch>) -> BTreeSet<u32> {
    batches.into_iter().flat_map(Batch::mentions).map(|mention| mention.id.parse().expect("a number")).collect()
}

fn walk(host: &FakeHost, mut request: Poll) -> Vec<Batch> {
    let mut batches = Vec::new();
    loop {
        let batch = host.poll::<Misago>(&settings(), request.clone()).expect("a batch");
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
    assert_eq!(names(settings()), ["latest"]);
    assert_eq!(names(json!({ "url": BASE, "categories": ["6", "6"], "threads": ["7"] })), ["category:6", "thread:7"]);
    assert_eq!(names(json!({ "url": BASE, "threads": ["7"] })), ["thread:7"]);
    for wrong in [json!({ "url": "forum" }), json!({ "url": BASE, "categories": ["x"] }), json!({ "url": BASE, "threads": [""] })]
    {
        assert_eq!(FakeHost::new().plan::<Misago>(&wrong, vec![]).expect_err("wrong").class, FailureClass::Settings, "{wrong}");
    }
}

#[test]
fn every_field_of_a_post_is_mapped() {
    let (mut edited, mut hidden, mut waiting, mut event, mut left) =
        (post(702, 2), post(703, 3), post(704, 4), post(705, 5), post(706, 6));
    edited["edits"] = json!(2);
    edited["updated_on"] = json!(at(9));
    edited["likes"] = json!(null);
    edited["attachments"] = json!([{ "filename": "phone.jpg", "is_image": true, "url": { "index": "/a/x/1/" } }, { "filename": "log.txt", "url": { "index": "/a/y/2/" } }, null]);
    hidden["is_hidden"] = json!(true);
    hidden["content"] = json!(null);
    waiting["is_unapproved"] = json!(true);
    event["is_event"] = json!(true);
    left["poster"] = json!(null);
    left["posted_on"] = json!("2025-12-01T06:00:00.123456");
    left["url"] = json!(null);
    let host = FakeHost::new()
        .get(&read(7, 1), thread(7, &[event, post(700, 1), edited, hidden, waiting, left, json!(null), json!({})], 1, 1));
    let feed = plan(&json!({ "url": BASE, "threads": ["7"] })).remove(0);
    let batch = host.poll::<Misago>(&settings(), Poll::newer(feed.clone())).expect("a batch");
    let mentions: Vec<_> = batch.mentions().collect();
    let [first, edited, left] = mentions.as_slice() else { panic!("three posts: {mentions:#?}") };
    assert_eq!((first.id.as_str(), first.kind, first.title.as_deref()), ("700", MentionKind::Post, Some("About Acme")));
    assert_eq!(first.url.as_deref(), Some("https://forum.example/sub/t/acme/7/post/700/"));
    assert_eq!(first.text, "<p>post 700 <a href=\"https://forum.example/sub/user/bo/4/\">@bo</a></p>");
    assert_eq!(
        (first.engagement.likes, first.engagement.comments, first.parent.as_deref(), first.thread.as_deref()),
        (Some(4), Some(9), None, Some("t/7"))
    );
    assert_eq!((first.published, first.edited), (time::rfc3339(&at(1)).ok(), None));
    let author = first.author.as_ref().expect("an author");
    assert_eq!(
        (author.id.as_str(), author.handle.as_deref(), author.url.as_deref()),
        ("3", Some("Ada"), Some("https://forum.example/user/ada/3/"))
    );
    assert_eq!((edited.kind, edited.title.as_deref(), edited.parent.as_deref()), (MentionKind::Reply, None, Some("700")));
    assert_eq!((edited.edited, edited.engagement.likes), (time::rfc3339(&at(9)).ok(), None));
    let media: Vec<_> = edited.media.iter().map(|media| (media.kind, media.url.as_str(), media.description.as_deref())).collect();
    assert_eq!(
        media,
        [
            (MediaKind::Image, "https://forum.example/a/x/1/", Some("phone.jpg")),
            (MediaKind::Other, "https://forum.example/a/y/2/", Some("log.txt"))
        ]
    );
    assert_eq!(left.author, None, "of a deleted account only its name is left");
    assert_eq!(left.published.map(|moment| moment.precision), Some(Precision::Zoneless));
    assert_eq!(left.url.as_deref(), Some("https://forum.example/sub/t/thread/7/post/706/"));
    assert!(batch.changes.contains(&Change::Remove("703".to_owned())));
    assert!(!format!("{batch:?}").contains("203.0.113"), "no address of anybody's machine is delivered");
    assert_eq!(host.read::<Misago>(&settings(), &feed, Direction::Older).expect("a batch")[0].next, Next::Done);
}

/// A forum of three threads, paged in the older or the newer way: a pinned old one, a long one and a short one.
fn forum(by_page: bool) -> FakeHost {
    let rest = |next: Option<u32>| if by_page { json!({ "page": 1, "pages": 2, "next": next }) } else { json!({ "next": next }) };
    FakeHost::new()
        .get(&listed(""), list(&[(901, 1), (7, 90)], rest(Some(if by_page { 2 } else { 801 }))))
        .get(&listed(if by_page { "&page=2" } else { "&start=801" }), list(&[(8, 20)], rest(None)))
        .get(&read(901, 1), thread(901, &[post(90_100, 0), post(90_101, 1)], 1, 1))
        .get(&read(7, 1), thread(7, &[post(700, 10), post(701, 11)], 1, 4))
        // A page begins with the post the one before it ends with.
        .get(&read(7, 2), thread(7, &[post(701, 11), post(702, 30)], 2, 4))
        .get(&read(7, 3), thread(7, &[post(702, 30), post(703, 60), post(704, 60)], 3, 4))
        .get(&read(7, 4), thread(7, &[post(704, 60), post(705, 90)], 4, 4))
        .get(&read(8, 1), thread(8, &[post(800, 15), post(801, 20)], 1, 1))
}

#[test]
fn history_is_whole_with_either_paging_and_resumes_at_every_checkpoint() {
    let feed = plan(&settings()).remove(0);
    for by_page in [true, false] {
        let batches = walk(&forum(by_page), Poll::older(feed.clone()));
        let all: BTreeSet<u32> = (700..=705).chain([800, 801, 90_100, 90_101]).collect();
        assert_eq!((ids(&batches), batches.last().map(|batch| batch.next)), (all, Some(Next::Done)), "by page: {by_page}");
        for at in 0..batches.len() - 1 {
            assert_eq!(
                walk(&forum(by_page), Poll::older(feed.clone()).cursor(batches[at].cursor.clone())),
                batches[at + 1..],
                "checkpoint {at}"
            );
        }
        let since = time::rfc3339(&at(50)).map(|moment| moment.at).ok();
        assert_eq!(
            ids(&walk(&forum(by_page), Poll::older(feed.clone()).since(since))),
            (703..=705).collect(),
            "nothing older than wanted"
        );
        let parents: BTreeSet<_> = batches
            .iter()
            .flat_map(Batch::mentions)
            .filter(|mention| mention.thread.as_deref() == Some("t/7"))
            .map(|mention| mention.parent.clone())
            .collect();
        assert_eq!(parents, BTreeSet::from([None, Some("700".to_owned())]));
    }
}

#[test]
fn the_head_is_followed_into_the_threads_that_moved() {
    let feed = plan(&settings()).remove(0);
    let first = walk(&forum(false), Poll::newer(feed.clone()));
    assert!(ids(&first).is_superset(&(700..=705).collect()));
    let now = FakeHost::new()
        .get(&listed(""), list(&[(901, 1), (9, 101), (8, 100), (7, 90)], json!({ "next": 3 })))
        .get(&listed("&start=3"), list(&[(6, 3)], json!({ "next": null })))
        .get(&read(9, 1), Answer::json(r#"{"detail":"Not found."}"#).with_status(404))
        .get(&read(7, 1), thread(7, &[post(700, 10)], 1, 1))
        .get(&read(8, 1), thread(8, &[post(800, 15), post(801, 20)], 1, 3))
        .get(&read(8, 3), thread(8, &[post(803, 50), post(804, 100), post(805, 100)], 3, 3));
    let next = walk(&now, Poll::newer(feed.clone()).cursor(first.last().expect("a batch").cursor.clone()));
    assert!(ids(&next).is_superset(&BTreeSet::from([804, 805])));
    assert_eq!(now.logged().len(), 1, "the thread that is gone is said");
    let quiet = walk(&now, Poll::newer(feed).cursor(next.last().expect("a batch").cursor.clone()));
    assert!(ids(&quiet).contains(&805), "ties with the newest post known are read again");
}

#[test]
fn a_list_that_names_itself_ends() {
    let feed = plan(&settings()).remove(0);
    let host = FakeHost::new()
        .get(&listed(""), list(&[(7, 90)], json!({ "next": 5 })))
        .get(&listed("&start=5"), list(&[(7, 90)], json!({ "next": 5 })))
        .get(&read(7, 1), thread(7, &[post(700, 10)], 1, 1));
    assert_eq!(walk(&host, Poll::older(feed)).last().map(|batch| batch.next), Some(Next::Done));
}

#[test]
fn a_thread_is_read_from_its_beginning_and_then_at_its_end() {
    let feed = plan(&json!({ "url": BASE, "threads": ["7"] })).remove(0);
    let batches = walk(&forum(true), Poll::newer(feed.clone()));
    assert_eq!((ids(&batches).len(), batches.len()), (6, 4));
    let end = batches[3].cursor.clone();
    let more = FakeHost::new().get(&read(7, 4), thread(7, &[post(704, 60), post(706, 91)], 4, 4));
    let next = walk(&more, Poll::newer(feed.clone()).cursor(end.clone()));
    assert_eq!(
        (ids(&next), next[0].mentions().last().and_then(|mention| mention.parent.as_deref())),
        (BTreeSet::from([704, 706]), Some("700"))
    );
    let shrunk = FakeHost::new().get(&read(7, 4), Answer::status(404)).get(&read(7, 1), thread(7, &[post(700, 10)], 1, 1));
    assert_eq!(ids(&walk(&shrunk, Poll::newer(feed).cursor(end))), BTreeSet::from([700]));
}

#[test]
fn failures_have_their_class() {
    let feed = plan(&settings()).remove(0);
    let class = |answer: Answer| {
        let host = FakeHost::new().get(&listed(""), answer);
        host.poll::<Misago>(&settings(), Poll::newer(feed.clone())).expect_err("a failure").class
    };
    let detail = |status: u16| Answer::json(r#"{"detail":"x"}"#).with_status(status);
    assert_eq!(class(detail(401)), FailureClass::Unauthorized);
    assert_eq!(class(Answer::json(r#"{"detail":"x","ban":{"message":"y"}}"#).with_status(403)), FailureClass::Forbidden);
    assert_eq!(class(detail(404)), FailureClass::Gone);
    assert_eq!(class(detail(429)), FailureClass::RateLimited);
    assert_eq!(class(detail(500)), FailureClass::Transient);
    assert_eq!(class(Answer::html("<!doctype html><p>Log in")), FailureClass::UnexpectedAnswer);
    assert_eq!(class(Answer::json(r#"{"results":{}}"#)), FailureClass::UnexpectedAnswer);
    assert_eq!(class(Answer::json("[]")), FailureClass::UnexpectedAnswer);
}
