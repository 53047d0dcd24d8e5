//! The plugin as the host sees it, on short answers after the documented shapes (<https://docs.discourse.org>).

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use source_discourse::Discourse;
use vigie_plugin::testing::{Answer, FakeHost};
use vigie_plugin::{Batch, Change, Clause, Direction, Failure, FailureClass, Feed, MentionKind, Next, Poll, Search, time};

const BASE: &str = "https://forum.example/sub";

fn settings() -> Json {
    json!({ "url": "https://forum.example/sub/" })
}

/// Hits are read one by one where topics are not read.
fn hits_alone() -> Json {
    json!({ "url": "https://forum.example/sub/", "topics": false })
}

fn post(id: i64, topic: i64, number: i64) -> Json {
    json!({ "id": id, "topic_id": topic, "post_number": number, "post_type": 1, "created_at": "2025-12-30T10:00:00.000Z",
        "updated_at": "2025-12-31T10:00:00.000Z", "version": 1, "username": "ada", "name": "Ada", "user_id": 3,
        "cooked": format!("<p>post {id} <a href=\"/sub/u/bo\">@bo</a></p>"), "reply_to_post_number": null, "reply_count": 1, "reads": 9,
        "actions_summary": [{ "id": 2, "count": 4 }], "topic_slug": "acme", "topic_title": "About Acme", "category_id": 6, "hidden": false })
}

fn latest(posts: impl IntoIterator<Item = Json>) -> Answer {
    Answer::json(json!({ "latest_posts": posts.into_iter().collect::<Vec<_>>() }).to_string())
}

fn plan(host: &FakeHost, settings: &Json) -> Vec<Feed> {
    let clause = |all: &[&str]| Clause { all: all.iter().map(|term| (*term).to_owned()).collect(), none: vec![] };
    let search = Search { any: vec![clause(&["acme phone"]), clause(&["hp"])], languages: vec![] };
    host.plan::<Discourse>(settings, vec![search]).expect("a plan")
}

fn ids<'a>(batches: impl IntoIterator<Item = &'a Batch>) -> BTreeSet<i64> {
    batches.into_iter().flat_map(Batch::mentions).map(|mention| mention.id.parse().expect("a number")).collect()
}

#[test]
fn the_plan_follows_the_settings() {
    let host = FakeHost::new();
    let names = |settings: Json| plan(&host, &settings).into_iter().map(|feed| feed.id).collect::<Vec<_>>();
    assert_eq!(names(settings()), ["latest", "search:\"acme phone\""]);
    assert_eq!(names(json!({ "url": BASE, "mode": "latest", "category": 6 })), ["latest:category-6"]);
    assert_eq!(names(json!({ "url": BASE, "mode": "search", "category": 6 })), ["search:\"acme phone\" category:6"]);
    for wrong in [json!({ "url": "forum" }), json!({ "url": BASE, "topics_for": "x" }), json!({ "url": BASE, "mode": "search" })]
    {
        let failure = host.plan::<Discourse>(&wrong, vec![]).expect_err("wrong settings");
        assert_eq!(failure.class, FailureClass::Settings, "{wrong}");
    }
}

#[test]
fn posts_become_mentions() {
    let mut edited = post(22, 5, 2);
    edited["version"] = json!(2);
    let mut answer = post(23, 5, 3);
    answer["reply_to_post_number"] = json!(2);
    let (mut action, mut hidden, mut deleted) = (post(24, 5, 4), post(25, 5, 5), post(26, 5, 6));
    action["post_type"] = json!(3);
    hidden["hidden"] = json!(true);
    deleted["deleted_at"] = json!("2025-12-31T10:00:00.000Z");
    let host =
        FakeHost::new().get(&format!("{BASE}/posts.json"), latest([deleted, hidden, action, answer, edited, post(21, 5, 1)]));
    let feed = plan(&host, &settings()).remove(0);
    let batch = host.poll::<Discourse>(&settings(), Poll::newer(feed)).expect("a batch");
    let mentions: Vec<_> = batch.mentions().collect();
    let [answer, edited, first] = mentions.as_slice() else { panic!("three posts: {mentions:#?}") };
    assert_eq!((first.id.as_str(), first.kind, first.title.as_deref()), ("21", MentionKind::Post, Some("About Acme")));
    assert_eq!(first.url.as_deref(), Some("https://forum.example/sub/t/acme/5/1"));
    assert_eq!(first.text, "<p>post 21 <a href=\"https://forum.example/sub/u/bo\">@bo</a></p>");
    assert_eq!((first.engagement.likes, first.engagement.comments, first.engagement.views), (Some(4), None, Some(9)));
    assert_eq!((first.thread.as_deref(), first.parent.as_deref(), first.edited), (Some("t/5"), None, None));
    let author = first.author.as_ref().expect("an author");
    assert_eq!(
        (author.id.as_str(), author.handle.as_deref(), author.url.as_deref()),
        ("3", Some("ada"), Some("https://forum.example/sub/u/ada"))
    );
    assert_eq!((edited.kind, edited.title.as_deref(), edited.parent.as_deref()), (MentionKind::Reply, None, Some("21")));
    assert_eq!(edited.edited, time::rfc3339("2025-12-31T10:00:00Z").ok());
    assert_eq!(answer.parent.as_deref(), Some("22"));
    let removed: Vec<_> = batch
        .changes
        .iter()
        .filter_map(|change| match change {
            Change::Remove(id) => Some(id.as_str()),
            Change::Upsert(_) => None,
        })
        .collect();
    assert_eq!(removed, ["26", "25"]);
}

/// A forum whose posts are `all`, asked once with each meaning of `before`.
fn forum(all: &[i64], today: bool) -> FakeHost {
    let head = all.iter().copied().max().expect("posts");
    let page = |before: Option<i64>| -> Vec<Json> {
        let mut ids: Vec<i64> = all
            .iter()
            .copied()
            .filter(|id| match (before, today) {
                (None, true) => true,
                (Some(before), true) => *id < before,
                (before, false) => *id <= before.unwrap_or(head) && *id > before.unwrap_or(head) - 50,
            })
            .collect();
        ids.sort_unstable_by(|a, b| b.cmp(a));
        ids.into_iter().take(50).map(|id| post(id, 1, id)).collect()
    };
    let host = FakeHost::new().get(&format!("{BASE}/posts.json"), latest(page(None)));
    (-60..=head).fold(host, |host, before| host.get(&format!("{BASE}/posts.json?before={before}"), latest(page(Some(before)))))
}

#[test]
fn the_whole_history_is_read_with_either_meaning_of_before() {
    // Gaps wider than a page of older installations, as private posts leave them.
    let all: Vec<i64> = (1..40).chain(160..230).chain(500..505).collect();
    for today in [true, false] {
        let host = forum(&all, today);
        let feed = plan(&host, &settings()).remove(0);
        let batches = host.read::<Discourse>(&settings(), &feed, Direction::Older).expect("batches");
        assert_eq!(ids(&batches), all.iter().copied().collect(), "today: {today}");
        assert_eq!(batches.last().map(|batch| batch.next), Some(Next::Done));
    }
}

#[test]
fn the_head_is_followed_without_a_gap() {
    for today in [true, false] {
        let before: Vec<i64> = (1..100).collect();
        let feed = plan(&FakeHost::new(), &settings()).remove(0);
        let first = forum(&before, today).poll::<Discourse>(&settings(), Poll::newer(feed.clone())).expect("the head");
        assert_eq!(first.next, Next::Later(None));
        let now: Vec<i64> = (1..100).chain(150..400).collect();
        let host = forum(&now, today);
        let (mut batches, mut cursor) = (Vec::new(), first.cursor);
        loop {
            let batch = host.poll::<Discourse>(&settings(), Poll::newer(feed.clone()).cursor(cursor.clone())).expect("a batch");
            let more = batch.next == Next::More;
            cursor = batch.cursor.clone();
            batches.push(batch);
            if !more {
                break;
            }
        }
        assert!(ids(&batches).is_superset(&(150..400).collect()), "today: {today}");
        assert!(cursor.expect("a cursor").contains("\"known\":399"));
    }
}

#[test]
fn the_history_ends_where_nothing_more_is_wanted() {
    let mut old = post(10, 1, 1);
    old["created_at"] = json!("2020-01-01T00:00:00.000Z");
    let host = FakeHost::new()
        .get(&format!("{BASE}/posts.json"), latest([post(90, 9, 1)]))
        .get(&format!("{BASE}/posts.json?before=90"), latest([old]));
    let feed = plan(&host, &settings()).remove(0);
    let since = time::rfc3339("2025-01-01").map(|moment| moment.at).ok();
    let first = host.poll::<Discourse>(&settings(), Poll::older(feed.clone()).since(since)).expect("a batch");
    let second = host.poll::<Discourse>(&settings(), Poll::older(feed).since(since).cursor(first.cursor)).expect("a batch");
    assert_eq!((first.next, second.next, second.changes.len()), (Next::More, Next::Done, 0));
}

fn found(ids: impl IntoIterator<Item = i64>, more: bool) -> Answer {
    let posts: Vec<Json> = ids
        .into_iter()
        .map(|id| json!({ "id": id, "topic_id": 5, "created_at": "2025-12-30T10:00:00.000Z", "blurb": "…" }))
        .collect();
    let topics =
        json!([{ "id": 5, "title": "About Acme", "slug": "acme", "posts_count": 8, "archetype": "regular", "category_id": 6 }]);
    Answer::json(json!({ "posts": posts, "topics": topics, "grouped_search_result": { "error": null, "more_full_page_results": more.then_some(true) } }).to_string())
}

fn search_url(words: &str, page: u32) -> String {
    format!(
        "{BASE}/search.json?q=%22acme%20phone%22%20order%3Alatest{}&page={page}",
        words.replace(' ', "%20").replace(':', "%3A")
    )
}

fn with_posts(host: FakeHost, ids: impl IntoIterator<Item = i64>) -> FakeHost {
    ids.into_iter().fold(host, |host, id| {
        let mut alone = post(id, 5, id);
        alone.as_object_mut().expect("an object").remove("topic_title");
        host.get(&format!("{BASE}/posts/{id}.json"), Answer::json(alone.to_string()))
    })
}

#[test]
fn hits_are_read_in_full_where_topics_are_not() {
    let host = with_posts(FakeHost::new(), [1, 7]).get(&search_url("", 1), found([7, 1, 7], true));
    let feed = plan(&host, &hits_alone()).remove(1);
    let batch = host.poll::<Discourse>(&hits_alone(), Poll::newer(feed.clone())).expect("a batch");
    assert_eq!((batch.next, ids([&batch])), (Next::Later(None), BTreeSet::from([1, 7])));
    let first = batch.mentions().last().expect("the first post");
    assert_eq!((first.title.as_deref(), first.engagement.comments), (Some("About Acme"), Some(7)));
    assert_eq!(batch.mentions().next().and_then(|mention| mention.parent.as_deref()), Some("1"));
    assert_eq!(batch.feeds, []);

    let host = with_posts(host, [9]).get(&search_url(" after:2025-12-28", 1), found([9, 7, 1], false));
    let before = host.asked().len();
    let batch = host.poll::<Discourse>(&hits_alone(), Poll::newer(feed).cursor(batch.cursor)).expect("a batch");
    assert_eq!((ids([&batch]), host.asked().len() - before), (BTreeSet::from([9]), 2), "what was read is not read again");
}

#[test]
fn a_search_is_walked_page_by_page_in_small_batches() {
    let host = with_posts(FakeHost::new(), 1..=60)
        .get(&search_url("", 1), found((11..=60).rev(), true))
        .get(&search_url("", 2), found((1..=10).rev(), false));
    let feed = plan(&host, &hits_alone()).remove(1);
    let batches = host.read::<Discourse>(&hits_alone(), &feed, Direction::Older).expect("batches");
    assert_eq!(ids(&batches), (1..=60).collect());
    assert!(batches.iter().all(|batch| batch.changes.len() <= 20));
    assert_eq!(batches.last().map(|batch| batch.next), Some(Next::Done));
}

#[test]
fn below_the_last_page_the_days_before_are_searched() {
    let page = |page: i64| (1..=5).map(move |n| 1000 - page * 5 + n);
    let mut host = with_posts(FakeHost::new(), 900..=1000);
    for n in 1..=10 {
        host = host.get(&search_url("", u32::try_from(n).expect("few")), found(page(n), true));
    }
    let host = host.get(&search_url(" before:2026-01-01", 1), found(page(10).chain(page(11)), false));
    let feed = plan(&host, &hits_alone()).remove(1);
    let batches = host.read::<Discourse>(&hits_alone(), &feed, Direction::Older).expect("batches");
    assert_eq!(ids(&batches), (1..=11).flat_map(page).collect());
}

#[test]
fn topics_in_which_something_was_found_are_followed_instead_of_reading_hits() {
    let host = FakeHost::new().get(&search_url("", 1), found([7, 1, 7], true));
    let feed = plan(&host, &settings()).remove(1);
    let batch = host.poll::<Discourse>(&settings(), Poll::newer(feed)).expect("a batch");
    assert_eq!((ids([&batch]), host.asked().len()), (BTreeSet::new(), 1));
    assert_eq!(batch.feeds.len(), 1);
    assert_eq!(batch.feeds[0].id, "topic:5");
    assert_eq!(batch.feeds[0].expires_at, time::rfc3339("2026-01-29T10:00:00Z").map(|moment| moment.at).ok());
}

fn topic_feed(host: &FakeHost) -> Feed {
    let host = with_posts(host.clone(), [1]).get(&search_url("", 1), found([1], false));
    let feed = plan(&host, &settings()).remove(1);
    host.poll::<Discourse>(&settings(), Poll::newer(feed)).expect("a batch").feeds.remove(0)
}

#[test]
fn a_topic_is_read_whole_in_chunks_and_then_only_what_is_new() {
    let feed = topic_feed(&FakeHost::new());
    let topic = |stream: &[i64]| {
        let posts: Vec<Json> = stream.iter().take(20).enumerate().map(|(n, id)| post(*id, 5, n as i64 + 1)).collect();
        Answer::json(json!({ "id": 5, "title": "About Acme", "posts_count": stream.len(), "post_stream": { "posts": posts, "stream": stream } }).to_string())
    };
    let chunk = |ids: &[i64]| {
        let query: Vec<String> = ids.iter().map(|id| format!("post_ids%5B%5D={id}")).collect();
        let posts: Vec<Json> = ids.iter().map(|id| post(*id, 5, id - 99)).collect();
        (
            format!("{BASE}/t/5/posts.json?{}", query.join("&")),
            Answer::json(json!({ "post_stream": { "posts": posts }, "id": 5 }).to_string()),
        )
    };
    let all: Vec<i64> = (100..150).collect();
    let more: Vec<i64> = (100..151).collect();
    let mut host = FakeHost::new().get(&format!("{BASE}/t/5.json"), topic(&all)).get(&format!("{BASE}/t/5.json"), topic(&more));
    for ids in [&all[20..40], &all[40..], &more[50..]] {
        let (url, answer) = chunk(ids);
        host = host.get(&url, answer);
    }
    let first = host.poll::<Discourse>(&settings(), Poll::newer(feed.clone())).expect("a batch");
    assert_eq!((first.next, ids([&first]).len()), (Next::Later(None), 50));
    let mentions: Vec<_> = first.mentions().collect();
    assert_eq!((mentions[0].title.as_deref(), mentions[0].engagement.comments), (Some("About Acme"), Some(49)));
    assert_eq!((mentions[49].parent.as_deref(), mentions[49].title.as_deref()), (Some("100"), None));
    let second = host.poll::<Discourse>(&settings(), Poll::newer(feed.clone()).cursor(first.cursor)).expect("a batch");
    assert_eq!(ids([&second]), BTreeSet::from([150]));
    assert_eq!(host.read::<Discourse>(&settings(), &feed, Direction::Older).expect("a batch")[0].next, Next::Done);
}

#[test]
fn posts_read_again_bring_counters_edits_and_removals() {
    let host = with_posts(FakeHost::new(), [1, 7])
        .get(&format!("{BASE}/t/5.json"), Answer::json(r#"{"id":5,"title":"New title","post_stream":{"posts":[]}}"#))
        .get(&format!("{BASE}/posts/8.json"), Answer::json(r#"{"errors":["x"],"error_type":"not_found"}"#).with_status(404))
        .get(&format!("{BASE}/posts/9.json"), Answer::json(r#"{"errors":["x"],"error_type":"invalid_access"}"#).with_status(403));
    let changes = host.refresh::<Discourse>(&settings(), ["1", "7", "8", "9", "x"].map(str::to_owned).to_vec()).expect("changes");
    let [Change::Remove(gone), Change::Upsert(first), Change::Upsert(second)] = changes.as_slice() else {
        panic!("three changes: {changes:?}")
    };
    assert_eq!((gone.as_str(), first.title.as_deref(), second.id.as_str()), ("8", Some("New title"), "7"));
}

#[test]
fn failures_have_their_class() {
    let poll = |answer: Answer, feed: usize| -> Failure {
        let host = FakeHost::new().get(&format!("{BASE}/posts.json"), answer.clone()).get(&search_url("", 1), answer);
        let feed = plan(&host, &settings()).remove(feed);
        host.poll::<Discourse>(&settings(), Poll::newer(feed)).expect_err("a failure")
    };
    let slow = Answer::text("Slow down, you're making too many requests.").with_status(429).header("retry-after", "7");
    let failure = poll(slow, 0);
    assert_eq!((failure.class, failure.retry_after_ms), (FailureClass::RateLimited, Some(7000)));
    let refused = Answer::json(r#"{"errors":["x"],"error_type":"invalid_access"}"#).with_status(403);
    assert_eq!(poll(refused, 0).class, FailureClass::Forbidden);
    assert_eq!(poll(Answer::json("{}").with_status(404), 0).class, FailureClass::Gone);
    assert_eq!(poll(Answer::html("<!doctype html><p>Log in"), 0).class, FailureClass::UnexpectedAnswer);
    assert_eq!(poll(Answer::json(r#"{"errors":[]}"#), 0).class, FailureClass::UnexpectedAnswer);
    let overloaded = Answer::json(r#"{"posts":[],"topics":[],"grouped_search_result":{"error":"overloaded"}}"#);
    assert_eq!(poll(overloaded, 1).class, FailureClass::Transient);
    assert_eq!(poll(Answer::json("[]"), 1).class, FailureClass::UnexpectedAnswer);
}
