//! The plugin as the host sees it, on short answers after the documented shapes
//! (<https://hn.algolia.com/api>, <https://github.com/HackerNews/API>).

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use source_hackernews::HackerNews;
use vigie_plugin::testing::{Answer, FakeHost};
use vigie_plugin::{Batch, Change, Clause, Direction, FailureClass, Feed, MentionKind, Next, Poll, Search, Value};

/// 2026-01-01T00:00:00Z, the fake host's clock.
const NOW: i64 = 1_767_225_600;

fn clause(all: &[&str]) -> Clause {
    Clause { all: all.iter().map(|term| (*term).to_owned()).collect(), none: vec![] }
}

fn feeds(host: &FakeHost, settings: &Json) -> Vec<Feed> {
    let search = Search { any: vec![clause(&["acme phone"]), clause(&["#acme"]), clause(&["acme phone"])], languages: vec![] };
    host.plan::<HackerNews>(settings, vec![search]).expect("a plan")
}

fn url(query: &str, filters: &str, per_page: u32, page: u32) -> String {
    let filters = if filters.is_empty() {
        String::new()
    } else {
        format!("&numericFilters={}", filters.replace(',', "%2C").replace('>', "%3E").replace('<', "%3C").replace('=', "%3D"))
    };
    format!(
        "https://hn.algolia.com/api/v1/search_by_date?query={query}&tags=%28story%2Ccomment%29&hitsPerPage={per_page}&page={page}&advancedSyntax=true&typoTolerance=false{filters}"
    )
}

fn story(id: i64, at: i64) -> Json {
    json!({ "objectID": id.to_string(), "created_at_i": at, "author": "ada", "title": format!("Story {id}"), "url": "https://acme.example/", "points": 10, "num_comments": 2, "story_id": id, "_tags": ["story", "author_ada"] })
}

fn comment(id: i64, at: i64, parent: i64) -> Json {
    json!({ "objectID": id.to_string(), "created_at_i": at, "author": "bo", "comment_text": "I like it<p>So &#x27;much", "story_title": "Story 1", "story_id": 1, "parent_id": parent, "points": null, "_tags": ["comment"] })
}

fn page(hits: &[Json], pages: u32) -> Answer {
    Answer::json(json!({ "hits": hits, "nbHits": hits.len(), "page": 0, "nbPages": pages }).to_string())
}

fn ids(batches: &[Batch]) -> BTreeSet<i64> {
    batches.iter().flat_map(Batch::mentions).map(|mention| mention.id.parse().expect("a number")).collect()
}

#[test]
fn each_alternative_is_a_feed_once() {
    let host = FakeHost::new();
    let titles: Vec<String> = feeds(&host, &json!({})).into_iter().map(|feed| feed.title).collect();
    assert_eq!(titles, ["search for \"acme phone\"", "search for \"acme\""]);
    assert_eq!(host.plan::<HackerNews>(&json!({}), vec![]).expect("a plan")[0].title, "everything");
    let failure = host.plan::<HackerNews>(&json!({ "comments_for": "soon" }), vec![]).expect_err("no span");
    assert_eq!(failure.class, FailureClass::Settings);
}

#[test]
fn hits_become_mentions() {
    let host = FakeHost::new().get(
        &url("%22acme%20phone%22", "", 100, 0),
        page(&[story(1, NOW - 60), comment(2, NOW - 50, 1), comment(3, NOW - 40, 2)], 1),
    );
    let settings = json!({});
    let batch = host.poll::<HackerNews>(&settings, Poll::newer(feeds(&host, &settings).remove(0))).expect("a batch");
    let mentions: Vec<_> = batch.mentions().collect();
    let [first, second, third] = mentions.as_slice() else { panic!("three hits: {mentions:#?}") };
    assert_eq!((first.id.as_str(), first.kind, first.title.as_deref()), ("1", MentionKind::Post, Some("Story 1")));
    assert_eq!(first.url.as_deref(), Some("https://news.ycombinator.com/item?id=1"));
    assert_eq!((first.engagement.likes, first.engagement.comments), (Some(10), Some(2)));
    assert_eq!(
        (first.links.as_slice(), first.thread.as_deref(), first.parent.as_deref()),
        (["https://acme.example/".to_owned()].as_slice(), Some("1"), None)
    );
    assert_eq!(first.author.as_ref().and_then(|author| author.url.as_deref()), Some("https://news.ycombinator.com/user?id=ada"));
    assert_eq!((second.kind, second.parent.as_deref(), second.thread.as_deref()), (MentionKind::Comment, Some("1"), Some("1")));
    assert_eq!((second.text.as_str(), second.engagement.likes), ("I like it<p>So &#x27;much", None));
    assert!(matches!(&second.attributes[0].value, Value::Text(title) if title == "Story 1"));
    assert_eq!((third.kind, third.parent.as_deref()), (MentionKind::Reply, Some("2")));
    assert_eq!(batch.feeds.len(), 1);
    assert_eq!((batch.feeds[0].id.as_str(), batch.feeds[0].expires_at), ("comments:1", Some((NOW - 60 + 14 * 86_400) * 1000)));
}

#[test]
fn the_head_is_followed_without_a_gap_though_one_second_fills_pages() {
    // 70 hits came since the last poll, 45 of them in one second; 20 fit a page.
    let at = |n: i64| if n < 45 { NOW - 500 } else { NOW - 500 + n };
    let all: Vec<Json> = (0..70).rev().map(|n| comment(1000 + n, at(n), 1)).collect();
    let query = "%22acme%22";
    let floor = NOW - 1000 - 3600;
    let slice = |ceiling: i64, page: usize| -> Vec<Json> {
        all.iter().filter(|hit| hit["created_at_i"].as_i64() <= Some(ceiling)).skip(page * 20).take(20).cloned().collect()
    };
    let mut host = FakeHost::new().get(&url(query, "", 20, 0), page(&[comment(5, NOW - 1000, 1)], 1));
    host = host.get(&url(query, &format!("created_at_i>={floor}"), 20, 0), page(&slice(NOW, 0), 4));
    for (ceiling, pages) in [(at(50), 1), (at(44), 3)] {
        for n in 0..pages {
            let filters = format!("created_at_i>={floor},created_at_i<={ceiling}");
            host = host.get(&url(query, &filters, 20, u32::try_from(n).expect("few")), page(&slice(ceiling, n), 3));
        }
    }
    let settings = json!({ "comments": false });
    let feed = feeds(&host, &settings).remove(1);
    let first = host.poll::<HackerNews>(&settings, Poll::newer(feed.clone()).limit(20)).expect("the head");
    assert_eq!((first.next, ids(std::slice::from_ref(&first))), (Next::Later(None), BTreeSet::from([5])));
    let (mut batches, mut cursor) = (Vec::new(), first.cursor);
    loop {
        let batch =
            host.poll::<HackerNews>(&settings, Poll::newer(feed.clone()).limit(20).cursor(cursor.clone())).expect("a batch");
        cursor = batch.cursor.clone().or(cursor);
        batches.push(batch);
        if batches.last().is_some_and(|batch| batch.next == Next::Later(None)) {
            break;
        }
        assert!(batches.len() < 10, "the walk goes on forever");
    }
    assert_eq!(ids(&batches), (1000..1070).collect());
    assert!(cursor.expect("a cursor").contains(&format!("\"floor\":{}", at(69))));
}

#[test]
fn the_history_is_walked_in_slices_until_it_ends() {
    let query = "%22acme%22";
    let since = NOW - 90 * 86_400;
    let all: Vec<Json> = (0..45).map(|n| comment(2000 - n, NOW - n * 86_400, 1)).collect();
    let host = FakeHost::new()
        .get(&url(query, &format!("created_at_i>={since}"), 20, 0), page(&all[..20], 3))
        .get(&url(query, &format!("created_at_i>={since},created_at_i<={}", NOW - 19 * 86_400), 20, 0), page(&all[19..39], 2))
        .get(&url(query, &format!("created_at_i>={since},created_at_i<={}", NOW - 38 * 86_400), 20, 0), page(&all[38..], 1));
    let settings = json!({});
    let feed = feeds(&host, &settings).remove(1);
    let (mut batches, mut cursor) = (Vec::new(), None);
    loop {
        let request = Poll::older(feed.clone()).limit(20).since(since * 1000).cursor(cursor.clone());
        let batch = host.poll::<HackerNews>(&settings, request).expect("a batch");
        let done = batch.next == Next::Done;
        cursor = batch.cursor.clone();
        batches.push(batch);
        if done {
            break;
        }
    }
    assert_eq!((batches.len(), ids(&batches).len()), (3, 45));
}

fn tree_feed(host: &FakeHost, published: i64) -> Feed {
    let prepared = host.clone().get(&url("%22acme%22", "", 100, 0), page(&[story(1, published)], 1));
    let feed = feeds(&prepared, &json!({})).remove(1);
    prepared.poll::<HackerNews>(&json!({}), Poll::newer(feed)).expect("a batch").feeds.remove(0)
}

const TREE_URL: &str = "https://hn.algolia.com/api/v1/items/1";

fn tree(children: &Json) -> Answer {
    Answer::json(json!({ "id": 1, "type": "story", "title": "Story 1", "author": "ada", "points": 3, "created_at_i": NOW - 9000, "children": children }).to_string())
}

#[test]
fn a_comment_tree_is_read_whole_and_then_only_what_is_new() {
    let old = json!([
        { "id": 10, "author": "bo", "text": "top", "created_at_i": NOW - 86_400, "children": [
            { "id": 11, "author": "cy", "text": "reply", "created_at": "2025-12-31T00:00:00.000Z", "created_at_i": NOW - 86_400, "children": [] } ] },
        { "id": 12, "author": null, "text": null, "created_at_i": NOW - 86_400, "children": [] }
    ]);
    let mut new = old.clone();
    new.as_array_mut()
        .expect("a list")
        .push(json!({ "id": 13, "author": "di", "text": "new", "created_at_i": NOW - 86_000, "children": [] }));
    let host = FakeHost::new();
    let feed = tree_feed(&host, NOW - 9000);
    let host = host.get(TREE_URL, tree(&old)).get(TREE_URL, tree(&old)).get(TREE_URL, tree(&new));
    let first = host.poll::<HackerNews>(&json!({}), Poll::newer(feed.clone()).limit(2)).expect("a batch");
    assert_eq!((first.next, ids(std::slice::from_ref(&first))), (Next::More, BTreeSet::from([1, 10, 11])));
    let reply = first.mentions().last().expect("a reply");
    assert_eq!((reply.kind, reply.parent.as_deref(), reply.thread.as_deref()), (MentionKind::Reply, Some("10"), Some("1")));
    let second = host.poll::<HackerNews>(&json!({}), Poll::newer(feed.clone()).limit(2).cursor(first.cursor)).expect("a batch");
    assert!(matches!(second.changes.as_slice(), [Change::Remove(id)] if id == "12"), "{:?}", second.changes);
    assert_eq!(second.next, Next::Later(None));
    let third = host.poll::<HackerNews>(&json!({}), Poll::newer(feed).cursor(second.cursor)).expect("a batch");
    assert_eq!(ids(&[third]), BTreeSet::from([1, 13]));
}

#[test]
fn an_old_story_is_read_once_and_a_missing_one_ends() {
    let host = FakeHost::new();
    let feed = tree_feed(&host, NOW - 60 * 86_400);
    assert_eq!(feed.expires_at, Some((NOW + 86_400) * 1000));
    let host = host.get(TREE_URL, tree(&json!([]))).get(TREE_URL, Answer::json(r#"{"status":404}"#).with_status(404));
    assert_eq!(host.poll::<HackerNews>(&json!({}), Poll::newer(feed.clone())).expect("a batch").next, Next::Done);
    assert_eq!(host.read::<HackerNews>(&json!({}), &feed, Direction::Older).expect("a batch")[0].next, Next::Done);
    assert_eq!(host.poll::<HackerNews>(&json!({}), Poll::newer(feed)).expect_err("404").class, FailureClass::Gone);
}

#[test]
fn items_read_again_bring_counters_and_removals() {
    let item = |id: u32| format!("https://hacker-news.firebaseio.com/v0/item/{id}.json");
    let host = FakeHost::new()
        .get(
            &item(1),
            Answer::json(
                r#"{"id":1,"type":"story","by":"ada","time":1767225000,"title":"Story","url":"","score":-1,"descendants":7}"#,
            ),
        )
        .get(&item(2), Answer::json("null"))
        .get(&item(3), Answer::json(r#"{"id":3,"deleted":true,"type":"comment","time":1767225000}"#))
        .get(&item(4), Answer::json(r#"{"id":4,"dead":true,"text":"[flagged]","type":"comment"}"#))
        .get(&item(5), Answer::json(r#"{"id":5,"type":"comment","parent":1,"text":"x","by":"bo"}"#))
        .get(&item(6), Answer::json("<html>"))
        .get(&item(7), Answer::status(500))
        .get(&item(8), Answer::status(429));
    let ids = ["1", "2", "3", "4", "5", "6", "x/../y"].map(str::to_owned).to_vec();
    let changes = host.refresh::<HackerNews>(&json!({}), ids).expect("changes");
    let Change::Upsert(story) = &changes[0] else { panic!("a story: {changes:?}") };
    assert_eq!((story.engagement.likes, story.engagement.comments, story.links.len()), (Some(0), Some(7), 0));
    let removed: Vec<&str> = changes[1..4]
        .iter()
        .map(|change| match change {
            Change::Remove(id) => id.as_str(),
            Change::Upsert(_) => "?",
        })
        .collect();
    assert_eq!(removed, ["2", "3", "4"]);
    let Change::Upsert(comment) = &changes[4] else { panic!("a comment: {changes:?}") };
    let place = (comment.kind, comment.parent.as_deref(), comment.thread.as_deref());
    assert_eq!(place, (MentionKind::Comment, Some("1"), Some("1")), "what it answers is a story");
    assert_eq!((comment.text.as_str(), changes.len()), ("x", 5));
    // An item that could not be read just then was passed over, and never asked for again.
    for (id, class) in [("6", FailureClass::UnexpectedAnswer), ("7", FailureClass::Transient), ("8", FailureClass::RateLimited)] {
        let failure = host.refresh::<HackerNews>(&json!({}), vec![id.into()]).expect_err("nothing answered");
        assert_eq!(failure.class, class);
        let beside = host.refresh::<HackerNews>(&json!({}), vec!["1".into(), id.into(), "2".into()]);
        assert_eq!(beside.map_err(|failure| failure.class).is_ok(), class == FailureClass::UnexpectedAnswer, "{class:?}");
    }
}

#[test]
fn an_answer_of_another_shape_is_unexpected() {
    let url = url("%22acme%22", "", 100, 0);
    for body in [r#"{"message":"you can only fetch the 1000 hits","status":400}"#, "<html>", "", "{\"hits\":["] {
        let host = FakeHost::new().get(&url, Answer::json(body));
        let feed = feeds(&host, &json!({})).remove(1);
        let failure = host.poll::<HackerNews>(&json!({}), Poll::newer(feed)).expect_err(body);
        assert_eq!(failure.class, FailureClass::UnexpectedAnswer, "{body}");
    }
}
