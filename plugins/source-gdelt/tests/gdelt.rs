//! The plugin as the host sees it, on short answers after the documented shapes (<https://blog.gdeltproject.org/gdelt-doc-2-0-api-debuts/>).

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use source_gdelt::Gdelt;
use vigie_plugin::testing::{Answer, FakeHost};
use vigie_plugin::{Batch, Clause, Direction, Failure, FailureClass, Feed, MentionKind, Next, Poll, Search, time};

fn article(n: u32, seen: &str) -> Json {
    json!({ "url": format!("https://www.paper.example/{n}?utm_source=x"), "url_mobile": "", "title": format!("Acme phone , part {n}"), "seendate": seen,
        "socialimage": "https://img.example/1.jpg", "domain": "paper.example", "language": "French", "sourcecountry": "France" })
}

/// Articles from a number on, all of one quarter of an hour of the last day of 2025.
fn page(numbers: std::ops::Range<u32>, quarter: u32) -> Answer {
    let seen = format!("20251231T{:02}{:02}00Z", quarter / 4, quarter % 4 * 15);
    Answer::json(json!({ "articles": numbers.map(|n| article(n, &seen)).collect::<Vec<_>>() }).to_string())
}

fn url(start: &str, end: &str) -> String {
    format!(
        "https://api.gdeltproject.org/api/v2/doc/doc?query=acme&mode=artlist&format=json&maxrecords=250&sort=datedesc&startdatetime={start}&enddatetime={end}"
    )
}

fn plan(settings: &Json) -> Result<Vec<Feed>, Failure> {
    let clause = Clause { all: vec!["acme".to_owned()], none: vec![] };
    FakeHost::new().plan::<Gdelt>(settings, vec![Search { any: vec![clause], languages: vec![] }])
}

fn feed() -> Feed {
    plan(&json!({})).expect("a plan").remove(0)
}

fn numbers<'a>(batches: impl IntoIterator<Item = &'a Batch>) -> BTreeSet<u32> {
    let number = |id: &str| id.rsplit('/').next().and_then(|id| id.parse().ok()).expect("a number");
    batches.into_iter().flat_map(Batch::mentions).map(|mention| number(&mention.id)).collect()
}

#[test]
fn the_plan_needs_searches() {
    let names: Vec<_> =
        plan(&json!({ "languages": ["fr"], "countries": ["FR"] })).expect("a plan").into_iter().map(|feed| feed.id).collect();
    assert_eq!(names, ["search:acme sourcelang:french sourcecountry:fr"]);
    assert_eq!(plan(&json!({ "languages": ["klingon"] })).expect_err("wrong").class, FailureClass::Settings);
    assert_eq!(FakeHost::new().plan::<Gdelt>(&json!({}), vec![]).expect_err("nothing").class, FailureClass::Settings);
}

#[test]
fn articles_become_mentions_field_by_field() {
    let bare = json!({ "url": "https://www.other.example/x", "seendate": "soon", "language": "Klingon", "socialimage": "" });
    let body = json!({ "articles": [article(1, "20251231T113000Z"), bare, {}, null, { "title": "no address" }] });
    let host = FakeHost::new().get(&url("20251231000000", "20260101000000"), Answer::json(body.to_string()));
    let batch = host.poll::<Gdelt>(&json!({}), Poll::newer(feed())).expect("a batch");
    let [full, bare] = batch.mentions().collect::<Vec<_>>().try_into().expect("two");
    assert_eq!(
        (full.id.as_str(), full.kind, full.title.as_deref()),
        ("https://www.paper.example/1", MentionKind::Article, Some("Acme phone, part 1"))
    );
    assert_eq!((full.url.as_deref(), full.text.as_str()), (Some("https://www.paper.example/1"), ""));
    assert_eq!((full.published, full.edited), (time::rfc3339("2025-12-31T11:30:00Z").ok(), None));
    assert_eq!((full.language.as_deref(), full.country.as_deref(), full.media.len()), (Some("fr"), Some("FR"), 1));
    assert_eq!(full.author.as_ref().map(|author| author.id.as_str()), Some("paper.example"));
    assert_eq!((full.parent.as_ref(), full.thread.as_ref(), full.engagement.likes), (None, None, None));
    assert_eq!((bare.published, bare.language.as_ref(), bare.country.as_ref(), bare.media.len()), (None, None, None, 0));
    assert_eq!(bare.author.as_ref().map(|author| author.id.as_str()), Some("other.example"));
}

#[test]
fn broken_escapes_cost_nothing() {
    let body = "{\"articles\": [{\"url\": \"https:\\/\\/a.example\\/7\", \"title\": \"It\\'s 5\\% off\u{1}\", \"seendate\": \"20251231T113000Z\"}, {\"url\": \"https://a.example/8\", \"title\": \"\\ud83d\"}]}";
    let host = FakeHost::new().get(&url("20251231000000", "20260101000000"), Answer::json(body));
    let batch = host.poll::<Gdelt>(&json!({}), Poll::newer(feed())).expect("a batch");
    assert_eq!(numbers([&batch]), BTreeSet::from([7, 8]));
    assert_eq!(batch.mentions().next().and_then(|mention| mention.title.as_deref()), Some("It's 5% off"));
}

#[test]
fn history_goes_down_in_windows_that_share_their_border() {
    let start = "20251004000000";
    let host = FakeHost::new()
        .get(&url(start, "20260101000000"), page(0..200, 40))
        .get(&url(start, "20251231100001"), page(150..380, 36))
        .get(&url(start, "20251231090001"), page(300..400, 36));
    let batches = host.read::<Gdelt>(&json!({}), &feed(), Direction::Older).expect("batches");
    assert_eq!((numbers(&batches), batches.last().map(|batch| batch.next)), ((0..400).collect(), Some(Next::Done)));
    let since = time::rfc3339("2025-12-31T09:30:00Z").map(|moment| moment.at).ok();
    let host = FakeHost::new()
        .get(&url("20251231093000", "20260101000000"), page(0..200, 40))
        // A window of less than an hour is refused, and what is too old is left out.
        .get(&url("20251231090001", "20251231100001"), page(200..230, 36));
    let first = host.poll::<Gdelt>(&json!({}), Poll::older(feed()).since(since)).expect("a batch");
    host.set_clock(time::rfc3339("2026-01-01T05:00:00Z").expect("a date").at);
    let last = host.poll::<Gdelt>(&json!({}), Poll::older(feed()).since(since).cursor(first.cursor)).expect("a batch");
    assert_eq!((last.next, last.changes.len()), (Next::Done, 0));
}

#[test]
fn an_instant_that_fills_a_window_does_not_stop_the_walk() {
    let start = "20251004000000";
    let host = FakeHost::new()
        .get(&url(start, "20260101000000"), page(0..250, 40))
        .get(&url(start, "20251231100001"), page(0..250, 40))
        .get(&url(start, "20251231095959"), page(250..260, 36));
    let batches = host.read::<Gdelt>(&json!({}), &feed(), Direction::Older).expect("batches");
    assert_eq!(numbers(&batches), (0..260).collect());
    assert!(host.logged().iter().any(|(_, line)| line.contains("2025-12-31T10:00:00Z")));
}

#[test]
fn the_head_is_followed_without_a_gap() {
    let host = FakeHost::new().get(&url("20251231000000", "20260101000000"), page(0..250, 80));
    let first = host.poll::<Gdelt>(&json!({}), Poll::newer(feed())).expect("the head");
    assert_eq!(first.next, Next::Later(None));
    let host = FakeHost::new()
        .at("2026-01-01T06:00:00Z")
        .get(&url("20251231180000", "20260101060000"), page(250..500, 90))
        .get(&url("20251231180000", "20251231223001"), page(500..510, 80));
    let second = host.poll::<Gdelt>(&json!({}), Poll::newer(feed()).cursor(first.cursor)).expect("a batch");
    host.set_clock(time::rfc3339("2026-01-01T06:30:00Z").expect("a date").at);
    let third = host.poll::<Gdelt>(&json!({}), Poll::newer(feed()).cursor(second.cursor.clone())).expect("a batch");
    assert_eq!((second.next, third.next, numbers([&second, &third])), (Next::More, Next::Later(None), (250..510).collect()));
    let newest = time::rfc3339("2025-12-31T22:30:00Z").expect("a date").at;
    assert!(third.cursor.expect("a cursor").contains(&format!("\"floor\":{newest}")), "the mark is that of the first page");
}

#[test]
fn nothing_found_is_no_failure() {
    let host = FakeHost::new().get(&url("20251231000000", "20260101000000"), Answer::json("{}"));
    let batch = host.poll::<Gdelt>(&json!({}), Poll::newer(feed())).expect("a batch");
    assert_eq!((batch.changes.len(), batch.next), (0, Next::Later(None)));
    assert_eq!(host.refresh::<Gdelt>(&json!({}), vec!["x".to_owned()]).expect("nothing"), []);
}

#[test]
fn failures_have_their_class() {
    let poll = |answer: Answer| -> Failure {
        let host = FakeHost::new().get(&url("20251231000000", "20260101000000"), answer);
        host.poll::<Gdelt>(&json!({}), Poll::newer(feed())).expect_err("a failure")
    };
    assert_eq!(poll(Answer::html("Your query was too short or too long.")).class, FailureClass::Settings);
    let slow = poll(Answer::text("Please limit requests to one every 5 seconds").with_status(429));
    assert_eq!((slow.class, slow.retry_after_ms), (FailureClass::RateLimited, Some(6_000)));
    assert_eq!(poll(Answer::html("Please limit requests to one every 5 seconds")).class, FailureClass::RateLimited);
    assert_eq!(poll(Answer::status(503)).class, FailureClass::Transient);
    for odd in [
        Answer::html("Timespan is too short."),
        Answer::html("<!doctype html>"),
        Answer::json(""),
        Answer::json("[]"),
        Answer::json("{\"articles\":[{\"title\":\"a\" b\"}]}"),
        Answer::json("[".repeat(500)),
    ] {
        assert_eq!(poll(odd).class, FailureClass::UnexpectedAnswer);
    }
}
