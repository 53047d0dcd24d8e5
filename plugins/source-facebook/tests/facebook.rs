//! The plugin as the host sees it, on short answers after the documented shapes
//! (<https://developers.facebook.com/docs/graph-api/reference/page/feed/>).

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use source_facebook::Facebook;
use source_facebook::parse::{COMMENT_FIELDS, COMMON_FIELDS, POST_FIELDS, POST_FIELDS_LIGHT};
use vigie_plugin::testing::{Answer, FakeHost};
use vigie_plugin::{Batch, Change, Direction, FailureClass, Feed, MentionKind, Next, Poll, Value, http, time};

const BASE: &str = "https://graph.facebook.com/v25.0";

fn settings() -> Json {
    json!({ "pages": ["100"], "comments": false })
}

fn post(number: u32, created: &str) -> Json {
    json!({ "id": format!("100_{number}"), "message": format!("post {number}"), "created_time": created })
}

fn page(posts: &[Json], after: Option<&str>) -> Answer {
    let next = after.map(|after| format!("{BASE}/100/feed?access_token=TOKEN&limit=100&after={after}"));
    let mut paging = json!({ "cursors": { "before": "b", "after": after.unwrap_or("last") } });
    if let Some(next) = next {
        paging["next"] = json!(next);
    }
    Answer::json(json!({ "data": posts, "paging": paging }).to_string())
}

fn feed_url(limit: u32, more: &str) -> String {
    format!("{BASE}/100/feed?fields={}&limit={limit}{more}", http::escape(POST_FIELDS))
}

fn comments_url(post: &str, more: &str) -> String {
    format!(
        "{BASE}/{post}/comments?fields={}&filter=stream&order=reverse_chronological&limit=100{more}",
        http::escape(COMMENT_FIELDS)
    )
}

fn plan(settings: &Json) -> Vec<Feed> {
    FakeHost::new().plan::<Facebook>(settings, vec![]).expect("a plan")
}

fn ids<'a>(batches: impl IntoIterator<Item = &'a Batch>) -> BTreeSet<String> {
    batches.into_iter().flat_map(Batch::mentions).map(|mention| mention.id.clone()).collect()
}

#[test]
fn the_plan_follows_the_settings() {
    let names = |settings: Json| plan(&settings).into_iter().map(|feed| feed.id).collect::<Vec<_>>();
    let both = json!({ "pages": ["acme", "acme"], "edges": ["published_posts", "tagged"], "posts": ["1_2"] });
    assert_eq!(names(both), ["page:acme/published_posts", "page:acme/tagged", "comments:1_2"]);
    for wrong in [
        json!({}),
        json!({ "pages": ["a/b"] }),
        json!({ "pages": ["x"], "comments_for": "soon" }),
        json!({ "pages": ["x"], "version": "25" }),
        json!({ "posts": ["../me"] }),
    ] {
        let failure = FakeHost::new().plan::<Facebook>(&wrong, vec![]).expect_err("wrong settings");
        assert_eq!(failure.class, FailureClass::Settings, "{wrong}");
    }
}

#[test]
fn every_documented_field_arrives() {
    let whole = json!({
        "id": "100_1", "message": "The new phone", "story": "Acme added a photo.", "created_time": "2025-12-30T10:00:00+0000",
        "updated_time": "2025-12-31T10:00:00+0000", "permalink_url": "https://www.facebook.com/100/posts/1/",
        "from": { "id": "100", "name": "Acme" }, "status_type": "added_photos", "place": { "name": "Paris" },
        "message_tags": [{ "id": "7", "name": "Ada", "type": "page", "offset": 0, "length": 3 }],
        "attachments": { "data": [{ "media_type": "photo", "type": "photo", "media": { "image": { "src": "https://cdn.example/1.jpg?oe=60F1" } } }] },
        "shares": { "count": 4 }, "comments": { "data": [], "summary": { "order": "chronological", "total_count": 3 } },
        "reactions": { "data": [], "summary": { "total_count": 9 } }, "like": { "data": [], "summary": { "total_count": 8 } },
        "love": { "data": [], "summary": { "total_count": 1 } },
    });
    let hidden = json!({ "id": "100_2", "message": "x", "is_hidden": true });
    let bare = json!({ "id": 1003, "created_time": "2025-12-30T09:00:00+0000", "message": "bare" });
    let host =
        FakeHost::new().get(&feed_url(100, ""), page(&[whole, hidden, bare, json!("odd"), json!({ "message": "no id" })], None));
    let settings = json!({ "pages": ["100"] });
    let batch = host.poll::<Facebook>(&settings, Poll::newer(plan(&settings).remove(0))).expect("a batch");
    let mentions: Vec<_> = batch.mentions().collect();
    let [first, bare] = mentions.as_slice() else { panic!("two posts: {mentions:#?}") };
    assert_eq!((first.id.as_str(), first.kind, first.text.as_str()), ("100_1", MentionKind::Post, "The new phone"));
    assert_eq!(first.url.as_deref(), Some("https://www.facebook.com/100/posts/1/"));
    assert_eq!(first.published, time::rfc3339("2025-12-30T10:00:00Z").ok());
    assert_eq!((first.edited, first.thread.as_deref(), first.parent.as_deref()), (None, Some("100_1"), None));
    let author = first.author.as_ref().expect("an author");
    assert_eq!((author.id.as_str(), author.name.as_deref()), ("100", Some("Acme")));
    let counts = &first.engagement;
    assert_eq!((counts.likes, counts.comments, counts.shares, counts.views), (Some(9), Some(3), Some(4), None));
    assert_eq!(first.media[0].url, "https://cdn.example/1.jpg?oe=60F1");
    let attribute =
        |key: &str| first.attributes.iter().find(|attribute| attribute.key == key).map(|attribute| attribute.value.clone());
    assert_eq!(attribute("status-type"), Some(Value::Text("added_photos".to_owned())));
    assert_eq!(attribute("place"), Some(Value::Text("Paris".to_owned())));
    assert_eq!(attribute("tags"), Some(Value::Text("Ada".to_owned())));
    assert_eq!(attribute("reactions-love"), Some(Value::Number(1.0)));
    assert_eq!(attribute("updated-time"), Some(Value::Text("2025-12-31T10:00:00+0000".to_owned())));
    assert_eq!((bare.id.as_str(), &bare.author, bare.engagement.comments), ("1003", &None, None));
    assert!(batch.changes.contains(&Change::Remove("100_2".to_owned())));
    let feeds: Vec<_> = batch.feeds.iter().map(|feed| feed.id.as_str()).collect();
    assert_eq!(feeds, ["comments:100_1", "comments:1003"], "a young post may have comments yet");
    assert!(host.logged().iter().any(|(_, line)| line.contains("1 of 5 items")));
    let asked = &host.asked()[0];
    assert_eq!(asked.header("authorization"), Some("Bearer {{secret:access-token}}"));
    assert!(!asked.url.contains("secret:"), "{}", asked.url);
}

#[test]
fn the_proof_is_sent_where_it_is_wanted() {
    let url =
        format!("{BASE}/100/feed?appsecret_proof={{{{secret:appsecret-proof}}}}&fields={}&limit=100", http::escape(POST_FIELDS));
    let host = FakeHost::new().get(&url, page(&[], None));
    let settings = json!({ "pages": ["100"], "app_secret_proof": true });
    assert!(host.poll::<Facebook>(&settings, Poll::newer(plan(&settings).remove(0))).is_ok());
}

/// Three pages, the second of which repeats a post of the first and holds two of the same second.
fn three_pages() -> FakeHost {
    let first = [post(9, "2025-12-30T10:00:00+0000"), post(8, "2025-12-30T09:00:00+0000")];
    let second = [post(8, "2025-12-30T09:00:00+0000"), post(7, "2025-12-29T08:00:00+0000"), post(6, "2025-12-29T08:00:00+0000")];
    let third = [post(5, "2025-12-28T08:00:00+0000")];
    FakeHost::new()
        .get(&feed_url(100, ""), page(&first, Some("one")))
        .get(&feed_url(100, "&after=one"), page(&second, Some("two")))
        .get(&feed_url(100, "&after=two"), page(&third, None))
}

#[test]
fn both_directions_resume_at_every_checkpoint() {
    let feed = plan(&settings()).remove(0);
    for direction in [Direction::Newer, Direction::Older] {
        let host = three_pages();
        let batches = host.read::<Facebook>(&settings(), &feed, direction).expect("batches");
        let all: BTreeSet<String> = (5..10).map(|number| format!("100_{number}")).collect();
        assert_eq!(ids(&batches), all, "{direction:?}");
        let end = if direction == Direction::Older { Next::Done } else { Next::Later(None) };
        assert_eq!(batches.last().map(|batch| batch.next), Some(end));
        for (place, checkpoint) in batches.iter().enumerate().take(batches.len() - 1) {
            let text = checkpoint.cursor.clone().expect("a cursor");
            assert!(!text.contains("TOKEN") && !text.contains("http"), "a cursor holds no token: {text}");
            let request = Poll { direction, ..Poll::newer(feed.clone()) }.cursor(text);
            let next = three_pages().poll::<Facebook>(&settings(), request).expect("the next page");
            assert_eq!(next.changes, batches[place + 1].changes);
        }
    }
}

#[test]
fn the_head_is_asked_from_the_mark_and_the_mark_comes_after_the_last_page() {
    let feed = plan(&settings()).remove(0);
    let batches = three_pages().read::<Facebook>(&settings(), &feed, Direction::Newer).expect("batches");
    let cursor = batches.last().and_then(|batch| batch.cursor.clone()).expect("a cursor");
    // An hour and a second before the first page's newest post.
    let since = time::to_unix_seconds(time::rfc3339("2025-12-30T08:59:59Z").expect("an instant").at);
    let host =
        FakeHost::new().get(&feed_url(100, &format!("&since={since}")), page(&[post(10, "2025-12-31T00:00:00+0000")], None));
    let batch = host.poll::<Facebook>(&settings(), Poll::newer(feed).cursor(cursor)).expect("the head");
    assert_eq!(ids([&batch]), BTreeSet::from(["100_10".to_owned()]));
}

#[test]
fn history_is_bounded_and_pages_by_time_are_followed() {
    let feed = plan(&settings()).remove(0);
    let since = time::rfc3339("2025-12-29T00:00:00Z").expect("an instant").at;
    let seconds = time::to_unix_seconds(since) - 1;
    let next = format!("{BASE}/100/feed?access_token=TOKEN&until=1767000000&__paging_token=enc_1&limit=100");
    let timed = json!({ "data": [post(9, "2025-12-30T10:00:00+0000")], "paging": { "next": next, "previous": "https://graph.facebook.com/x?since=1&__previous=1" } });
    let host = FakeHost::new().get(&feed_url(100, &format!("&since={seconds}")), Answer::json(timed.to_string())).get(
        &feed_url(100, &format!("&since={seconds}&until=1767000000&__paging_token=enc_1")),
        page(&[post(8, "2025-12-28T10:00:00+0000")], Some("more")),
    );
    let mut request = Poll::older(feed).since(since);
    let first = host.poll::<Facebook>(&settings(), request.clone()).expect("a page");
    assert_eq!(first.next, Next::More);
    request.cursor = first.cursor.clone();
    let second = host.poll::<Facebook>(&settings(), request).expect("a page");
    assert_eq!((ids([&first, &second]).len(), second.next), (1, Next::Done), "what is too old is left out and ends the walk");
}

#[test]
fn an_empty_page_with_a_next_one_is_not_the_end() {
    let host = FakeHost::new()
        .get(&feed_url(100, ""), page(&[], Some("one")))
        .get(&feed_url(100, "&after=one"), page(&[post(1, "2025-12-30T10:00:00+0000")], None));
    let batches = host.read::<Facebook>(&settings(), &plan(&settings()).remove(0), Direction::Older).expect("batches");
    assert_eq!(ids(&batches).len(), 1);
}

#[test]
fn too_much_at_once_is_asked_for_in_smaller_pages() {
    let heavy = || {
        Answer::json(
            r#"{"error":{"message":"Please reduce the amount of data you're asking for, then retry your request","code":1}}"#,
        )
        .with_status(500)
    };
    let light = format!("{BASE}/100/feed?fields={}&limit=5", http::escape(POST_FIELDS_LIGHT));
    let mut host = FakeHost::new().get(&light, page(&[post(1, "2025-12-30T10:00:00+0000")], None));
    for limit in [100, 50, 25, 12, 6, 5] {
        host = host.get(&feed_url(limit, ""), heavy());
    }
    let batch = host.poll::<Facebook>(&settings(), Poll::newer(plan(&settings()).remove(0))).expect("a page in the end");
    assert_eq!(ids([&batch]).len(), 1);
    assert!(batch.cursor.expect("a cursor").contains(r#""limit":5"#));
    let never = FakeHost::new().get(&feed_url(5, ""), heavy()).get(&light, heavy());
    let failure = never.poll::<Facebook>(&settings(), Poll::newer(plan(&settings()).remove(0)).limit(5)).expect_err("too heavy");
    assert_eq!(failure.class, FailureClass::Transient);
}

fn comment(number: u32, created: &str) -> Json {
    json!({ "id": format!("1_{number}"), "message": format!("comment {number}"), "created_time": created, "like_count": 2, "comment_count": 1 })
}

#[test]
fn comments_and_replies_are_placed_and_known_ones_end_the_walk() {
    let settings = json!({ "posts": ["100_1"] });
    let feed = plan(&settings).remove(0);
    let mut reply = comment(3, "2025-12-31T10:00:00+0000");
    reply["parent"] = json!({ "id": "1_2" });
    reply["from"] = json!({ "id": "7", "name": "Ada" });
    let host = FakeHost::new()
        .get(&comments_url("100_1", ""), page(&[reply], Some("one")))
        .get(&comments_url("100_1", "&after=one"), page(&[comment(2, "2025-12-30T10:00:00+0000")], None));
    let batches = host.read::<Facebook>(&settings, &feed, Direction::Newer).expect("batches");
    let mentions: Vec<_> = batches.iter().flat_map(Batch::mentions).collect();
    assert_eq!((mentions[0].kind, mentions[0].parent.as_deref()), (MentionKind::Reply, Some("1_2")));
    assert_eq!(mentions[0].author.as_ref().map(|author| author.id.as_str()), Some("7"));
    assert_eq!((mentions[1].kind, mentions[1].parent.as_deref()), (MentionKind::Comment, Some("100_1")));
    assert!(mentions.iter().all(|mention| mention.thread.as_deref() == Some("100_1")));
    assert_eq!((mentions[1].engagement.likes, mentions[1].engagement.comments, &mentions[1].author), (Some(2), Some(1), &None));
    // The anchor 1_3 was deleted since; the walk ends by time.
    let cursor = batches.last().and_then(|batch| batch.cursor.clone());
    let later = FakeHost::new()
        .get(&comments_url("100_1", ""), page(&[comment(4, "2026-01-01T10:00:00+0000")], Some("one")))
        .get(&comments_url("100_1", "&after=one"), page(&[comment(2, "2025-12-30T10:00:00+0000")], Some("two")));
    let mut request = Poll::newer(feed.clone()).cursor(cursor);
    let first = later.poll::<Facebook>(&settings, request.clone()).expect("a page");
    request.cursor = first.cursor.clone();
    let second = later.poll::<Facebook>(&settings, request).expect("a page");
    assert_eq!((first.next, second.next), (Next::More, Next::Later(None)));
    assert_eq!(ids([&first, &second]), BTreeSet::from(["1_4".to_owned()]));
    let older = FakeHost::new().poll::<Facebook>(&settings, Poll::older(feed.expires_at(0))).expect("nothing to ask");
    assert_eq!(older.next, Next::Done);
}

#[test]
fn a_young_post_is_asked_for_comments_though_it_had_none() {
    let settings = json!({ "pages": ["100"] });
    let young = post(5, "2025-12-31T22:00:00+0000");
    let old = post(4, "2025-01-01T10:00:00+0000");
    let host = FakeHost::new().get(&feed_url(100, ""), page(&[young, old], None));
    let batch = host.poll::<Facebook>(&settings, Poll::newer(plan(&settings).remove(0))).expect("a batch");
    let [feed] = batch.feeds.as_slice() else { panic!("one feed: {:?}", batch.feeds) };
    let first = FakeHost::new().poll::<Facebook>(&settings, Poll::newer(feed.clone())).expect("nothing is asked for yet");
    assert_eq!(first.next, Next::Later(Some(1_800_000)));
    let id = feed.id.trim_start_matches("comments:");
    let quiet = FakeHost::new().get(&comments_url(id, ""), page(&[], None));
    let request = Poll::newer(feed.clone()).cursor(first.cursor);
    assert_eq!(quiet.poll::<Facebook>(&settings, request.clone()).expect("a page").next, Next::Later(Some(900_000)));
    let lively = FakeHost::new().get(&comments_url(id, ""), page(&[comment(2, "2025-12-31T23:00:00+0000")], None));
    let batch = lively.poll::<Facebook>(&settings, request).expect("a page");
    assert_eq!((batch.changes.len(), batch.next), (1, Next::Later(None)));
}

#[test]
fn failures_are_told_apart_by_their_code() {
    use FailureClass::{Forbidden, RateLimited, Transient, Unauthorized, UnexpectedAnswer};
    let cases = [
        (
            400,
            r#"{"error":{"message":"Error validating access token","type":"OAuthException","code":190,"error_subcode":463}}"#,
            Unauthorized,
        ),
        (
            400,
            r##"{"error":{"message":"(#4) Application request limit reached","type":"OAuthException","code":4}}"##,
            RateLimited,
        ),
        (400, r##"{"error":{"message":"(#80001) too many calls","type":"OAuthException","code":80001}}"##, RateLimited),
        (400, r##"{"error":{"message":"(#100) Object does not exist","type":"OAuthException","code":100}}"##, Forbidden),
        (403, r##"{"error":{"message":"(#10) requires a feature","type":"OAuthException","code":10}}"##, Forbidden),
        (500, r#"{"error":{"message":"An unknown error occurred","type":"OAuthException","code":1}}"#, Transient),
        (200, r#"{"id":"100"}"#, UnexpectedAnswer),
        (200, "<html>", UnexpectedAnswer),
        (200, r#"{"data":{}}"#, UnexpectedAnswer),
    ];
    for (status, body, class) in cases {
        let host = FakeHost::new().get(&feed_url(100, ""), Answer::json(body).with_status(status));
        let failure = host.poll::<Facebook>(&settings(), Poll::newer(plan(&settings()).remove(0))).expect_err(body);
        assert_eq!(failure.class, class, "{body}");
    }
}

#[test]
fn hostile_shapes_cost_themselves_alone() {
    let deep = format!("{}1{}", "[".repeat(90), "]".repeat(90));
    let body = format!(
        r#"{{"data":[{{"id":"100_1","message":"kept","attachments":{deep},"from":{deep},"created_time":9e99,"shares":{{"count":-1}}}},{{"id":99999999999999999999999}},{deep}]}}"#
    );
    let host = FakeHost::new().get(&feed_url(100, ""), Answer::json(body));
    let batch = host.poll::<Facebook>(&settings(), Poll::newer(plan(&settings()).remove(0))).expect("a batch");
    let mentions: Vec<_> = batch.mentions().collect();
    assert_eq!(
        (mentions.len(), mentions[0].text.as_str(), mentions[0].published, mentions[0].engagement.shares),
        (1, "kept", None, None)
    );
}

fn ids_url(ids: &str, fields: &str) -> String {
    format!("{BASE}/?ids={}&fields={}", http::escape(ids), http::escape(fields))
}

#[test]
fn objects_are_read_again_in_batches_and_what_is_gone_is_found_by_halving() {
    let missing = || {
        Answer::json(r#"{"error":{"message":"Unsupported get request. Object with ID 'x' does not exist","type":"GraphMethodException","code":100,"error_subcode":33}}"#)
            .with_status(400)
    };
    let post = json!({ "id": "100_1", "message": "edited", "permalink_url": "https://www.facebook.com/100/posts/1/" });
    let reply = json!({ "id": "1_5", "message": "reply", "permalink_url": "https://www.facebook.com/100/posts/1/?comment_id=4&reply_comment_id=5",
        "reactions": { "summary": { "total_count": 2 } } });
    let mut full = post.clone();
    full["shares"] = json!({ "count": 7 });
    let host = FakeHost::new()
        .get(&ids_url("100_1,100_2,1_5,9_9", COMMON_FIELDS), missing())
        .get(&ids_url("100_1,100_2", COMMON_FIELDS), missing())
        .get(&ids_url("100_1", COMMON_FIELDS), Answer::json(json!({ "100_1": post }).to_string()))
        .get(&ids_url("100_2", COMMON_FIELDS), missing())
        .get(&ids_url("1_5,9_9", COMMON_FIELDS), missing())
        .get(&ids_url("1_5", COMMON_FIELDS), Answer::json(json!({ "1_5": reply }).to_string()))
        .get(&ids_url("9_9", COMMON_FIELDS), missing())
        .get(&ids_url("100_1", POST_FIELDS), Answer::json(json!({ "100_1": full }).to_string()));
    let known = ["100_1", "100_2", "1_5", "9_9", "me", ""].map(str::to_owned).to_vec();
    let changes = host.refresh::<Facebook>(&settings(), known).expect("changes");
    assert!(changes.contains(&Change::Remove("100_2".to_owned())), "a sibling is still there");
    assert!(!changes.contains(&Change::Remove("9_9".to_owned())), "nothing else proves that the token may see it");
    let mentions: Vec<_> =
        changes.iter().filter_map(|change| if let Change::Upsert(mention) = change { Some(mention) } else { None }).collect();
    let find = |id: &str| mentions.iter().find(|mention| mention.id == id).expect("a mention");
    assert_eq!((find("100_1").text.as_str(), find("100_1").engagement.shares), ("edited", Some(7)));
    assert_eq!(
        (find("1_5").kind, find("1_5").parent.as_deref(), find("1_5").engagement.likes),
        (MentionKind::Reply, Some("1_4"), Some(2))
    );
}
