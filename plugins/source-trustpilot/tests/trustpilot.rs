//! The plugin as the host sees it, on short answers after the documented shapes (<https://developers.trustpilot.com>).

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use source_trustpilot::Trustpilot;
use vigie_plugin::testing::{Answer, FakeHost};
use vigie_plugin::{
    Batch, Change, Direction, FailureClass, Feed, Mention, MentionKind, Next, Poll, Precision, Rating, Value, time,
};

const API: &str = "https://api.trustpilot.com/v1";
const UNIT: &str = "46d6a890000064000500e0c3";

fn at(text: &str) -> i64 {
    time::rfc3339(text).expect("a date").at
}

fn settings() -> Json {
    json!({ "businesses": [UNIT] })
}

fn feed(settings: &Json) -> Feed {
    FakeHost::new().plan::<Trustpilot>(settings, vec![]).expect("a plan").remove(0)
}

fn url(page: u32) -> String {
    format!("{API}/business-units/{UNIT}/reviews?perPage=100&page={page}&orderBy=createdat.desc")
}

fn review(id: &str, created: &str) -> Json {
    json!({ "id": id, "stars": 4, "title": "A title", "text": "Words", "language": "en", "createdAt": created, "updatedAt": null,
        "consumer": { "id": "c1", "displayName": "Ada", "displayLocation": "Leeds, GB", "numberOfReviews": 3 },
        "businessUnit": { "id": UNIT, "identifyingName": "acme.example", "displayName": "Acme" } })
}

fn page(reviews: &[Json], more: bool) -> Answer {
    let links = if more { json!([{ "href": "x", "method": "GET", "rel": "next-page" }]) } else { json!([]) };
    Answer::json(json!({ "links": links, "reviews": reviews }).to_string())
}

fn ids<'a>(batches: impl IntoIterator<Item = &'a Batch>) -> BTreeSet<String> {
    batches.into_iter().flat_map(Batch::mentions).map(|mention| mention.id.clone()).collect()
}

fn find<'a>(batch: &'a Batch, id: &str) -> &'a Mention {
    batch.mentions().find(|mention| mention.id == id).unwrap_or_else(|| panic!("no mention {id} in {batch:#?}"))
}

#[test]
fn every_documented_field_arrives() {
    let mut full = review("r1", "2025-12-30T10:00:00.000Z");
    let more = json!({ "updatedAt": "2025-12-31T10:00:00Z", "experiencedAt": "2025-12-01T00:00:00Z", "numberOfLikes": 2, "isVerified": true,
        "reviewVerificationLevel": "invited", "status": "active", "countsTowardsTrustScore": true, "location": { "id": "l", "name": "Leeds" },
        "referralEmail": "ada@mail.example", "referenceId": "order-77",
        "companyReply": { "text": "Thank you", "createdAt": "2025-12-31T08:00:00", "updatedAt": "2025-12-31T09:00:00" } });
    for (key, value) in more.as_object().expect("an object") {
        full[key] = value.clone();
    }
    let host = FakeHost::new().get(&url(1), page(&[full], false));
    let batch = host.poll::<Trustpilot>(&settings(), Poll::newer(feed(&settings()))).expect("a batch");
    let mention = find(&batch, "r1");
    assert_eq!((mention.kind, mention.title.as_deref(), mention.text.as_str()), (MentionKind::Review, Some("A title"), "Words"));
    assert_eq!(
        (mention.language.as_deref(), mention.thread.as_deref(), mention.parent.as_deref()),
        (Some("en"), Some("r1"), None)
    );
    assert_eq!((mention.rating, mention.engagement.likes), (Some(Rating::new(4.0, 1.0, 5.0)), Some(2)));
    assert_eq!(mention.url.as_deref(), Some("https://www.trustpilot.com/reviews/r1"));
    assert_eq!(mention.published.map(|moment| moment.at), Some(at("2025-12-30T10:00:00Z")));
    assert_eq!(mention.edited.map(|moment| moment.at), Some(at("2025-12-31T10:00:00Z")));
    let author = mention.author.as_ref().expect("an author");
    assert_eq!((author.id.as_str(), author.name.as_deref(), author.location.as_deref()), ("c1", Some("Ada"), Some("Leeds, GB")));
    let said: BTreeSet<(&str, String)> =
        mention.attributes.iter().map(|one| (one.key.as_str(), format!("{:?}", one.value))).collect();
    let text = |text: &str| format!("{:?}", Value::Text(text.to_owned()));
    let flag = format!("{:?}", Value::Flag(true));
    let expected = [
        ("business", text("acme.example")),
        ("branch", text("Leeds")),
        ("experienced-at", text("2025-12-01T00:00:00Z")),
        ("verification", text("invited")),
        ("verified", flag.clone()),
        ("counts-towards-score", flag),
        ("reviews-of-author", format!("{:?}", Value::Number(3.0))),
    ];
    assert_eq!(said, BTreeSet::from(expected));
    assert!(!format!("{batch:?}").contains("mail.example") && !format!("{batch:?}").contains("order-77"));

    let reply = find(&batch, "r1/reply");
    assert_eq!((reply.kind, reply.text.as_str(), reply.parent.as_deref()), (MentionKind::Reply, "Thank you", Some("r1")));
    assert_eq!((reply.thread.as_deref(), reply.rating, reply.language.as_deref()), (Some("r1"), None, None));
    assert_eq!(
        reply.published.map(|moment| (moment.at, moment.precision)),
        Some((at("2025-12-31T08:00:00Z"), Precision::Zoneless))
    );
    assert_eq!(reply.edited.map(|moment| moment.at), Some(at("2025-12-31T09:00:00Z")));
    assert_eq!(reply.author.as_ref().map(|author| (author.id.as_str(), author.name.as_deref())), Some((UNIT, Some("Acme"))));
    let without = json!({ "businesses": [UNIT], "replies": false });
    let batch = host.poll::<Trustpilot>(&without, Poll::newer(feed(&without))).expect("a batch");
    assert_eq!(ids([&batch]), BTreeSet::from(["r1".to_owned()]));
}

#[test]
fn stars_alone_made_titles_and_hidden_reviews() {
    let (mut stars, mut none, mut made, mut hidden, mut archived) = (
        review("a", "2025-12-30T10:00:00Z"),
        review("b", "2025-12-30T10:00:00Z"),
        review("c", "2025-12-30T10:00:00Z"),
        review("d", "2025-12-30T10:00:00Z"),
        review("e", "2025-12-30T10:00:00Z"),
    );
    (stars["title"], stars["text"], stars["consumer"]) = (json!(null), json!(""), json!(null));
    none["stars"] = json!(0);
    (made["title"], made["text"]) = (json!("It came late and…"), json!("It came late and broken."));
    hidden["reportData"] = json!({ "reviewVisibility": "hidden" });
    archived["status"] = json!("archived");
    let odd = json!({ "id": 7, "stars": "5", "title": [], "text": {}, "createdAt": 3, "consumer": "x", "companyReply": [] });
    let host = FakeHost::new().get(&url(1), page(&[stars, none, made, hidden, archived, odd, json!(null), json!("x")], false));
    let batch = host.poll::<Trustpilot>(&settings(), Poll::newer(feed(&settings()))).expect("a batch");
    assert_eq!(ids([&batch]), ["a", "b", "c", "7"].map(str::to_owned).into());
    let (stars, none) = (find(&batch, "a"), find(&batch, "b"));
    assert_eq!(
        (stars.text.as_str(), stars.rating.is_some(), stars.title.as_deref(), stars.author.is_none()),
        ("", true, None, true)
    );
    assert_eq!((none.rating, none.title.as_deref()), (None, Some("A title")));
    assert_eq!((find(&batch, "c").title.as_deref(), find(&batch, "c").text.as_str()), (None, "It came late and broken."));
    assert_eq!(find(&batch, "7").rating, Some(Rating::new(5.0, 1.0, 5.0)));
    for id in ["d", "d/reply", "e", "e/reply"] {
        assert!(batch.changes.contains(&Change::Remove(id.to_owned())), "{id}");
    }
}

#[test]
fn a_domain_is_looked_up_once() {
    let settings = json!({ "businesses": ["https://acme.example/", "acme.example"], "language": "fr" });
    let feed = feed(&settings);
    assert_eq!(feed.id, "reviews:acme.example:fr");
    let mut bare = review("r1", "2025-12-30T10:00:00Z");
    bare["businessUnit"] = json!(null);
    bare["companyReply"] = json!({ "text": "Thanks", "createdAt": "2025-12-31T08:00:00Z" });
    let host = FakeHost::new()
        .get(
            &format!("{API}/business-units/find?name=acme.example"),
            Answer::json(json!({ "id": UNIT, "displayName": "Acme" }).to_string()),
        )
        .get(&format!("{}&language=fr", url(1)), page(&[bare], false));
    let first = host.poll::<Trustpilot>(&settings, Poll::newer(feed.clone())).expect("a batch");
    let author = find(&first, "r1/reply").author.clone().expect("the company");
    assert_eq!(
        (author.id.as_str(), author.name.as_deref(), author.url.as_deref()),
        (UNIT, Some("Acme"), Some("https://www.trustpilot.com/review/acme.example"))
    );
    host.poll::<Trustpilot>(&settings, Poll::newer(feed.clone()).cursor(first.cursor)).expect("a batch");
    assert_eq!(host.asked().iter().filter(|asked| asked.url.contains("find")).count(), 1);
    let missing = FakeHost::new().get(&format!("{API}/business-units/find?name=acme.example"), Answer::status(404));
    assert_eq!(missing.poll::<Trustpilot>(&settings, Poll::newer(feed)).expect_err("no business").class, FailureClass::Settings);
}

#[test]
fn the_head_is_followed_and_committed_after_the_last_page() {
    let feed = feed(&settings());
    let host = FakeHost::new().get(&url(1), page(&[review("a", "2025-12-20T10:00:00Z")], true));
    let first = host.poll::<Trustpilot>(&settings(), Poll::newer(feed.clone())).expect("the head");
    assert_eq!(first.next, Next::Later(None));
    let host = FakeHost::new()
        .get(&url(1), page(&[review("d", "2025-12-31T10:00:00Z"), review("c", "2025-12-30T10:00:00Z")], true))
        .get(&url(2), page(&[review("c", "2025-12-30T10:00:00Z"), review("b", "2025-12-30T10:00:00Z")], true))
        .get(&url(3), page(&[review("z", "2025-12-01T10:00:00Z")], true));
    let (mut batches, mut cursor) = (Vec::new(), first.cursor);
    loop {
        let ask = || host.poll::<Trustpilot>(&settings(), Poll::newer(feed.clone()).cursor(cursor.clone())).expect("a batch");
        let (batch, again) = (ask(), ask());
        assert_eq!((&batch.cursor, ids([&batch])), (&again.cursor, ids([&again])), "a checkpoint is resumed as often as needed");
        cursor = batch.cursor.clone();
        let next = batch.next;
        batches.push(batch);
        if next != Next::More {
            break;
        }
        assert!(!cursor.as_ref().expect("a cursor").contains(&format!("\"floor\":{}", at("2025-12-31T10:00:00Z"))));
    }
    assert_eq!((batches.len(), ids(&batches).is_superset(&["b", "c", "d"].map(str::to_owned).into())), (3, true));
    assert!(cursor.expect("a cursor").contains(&format!("\"floor\":{}", at("2025-12-31T10:00:00Z"))));
}

#[test]
fn history_ends_with_the_last_page_or_where_nothing_more_is_wanted() {
    let feed = feed(&settings());
    let host = FakeHost::new()
        .get(&url(1), page(&[review("b", "2025-12-30T10:00:00Z")], true))
        .get(&url(2), page(&[], true))
        .get(&url(3), page(&[review("a", "2025-11-30T10:00:00Z")], false));
    let all = host.read::<Trustpilot>(&settings(), &feed, Direction::Older).expect("batches");
    assert_eq!((all.len(), ids(&all).len(), all[2].next), (3, 2, Next::Done), "an empty page is not the last one");
    let since = Some(at("2025-12-31T00:00:00Z"));
    let batch = host.poll::<Trustpilot>(&settings(), Poll::older(feed).since(since)).expect("a batch");
    assert_eq!((ids([&batch]).len(), batch.next), (0, Next::Done));
}

#[test]
fn behind_the_wall_pages_have_tokens() {
    let all = |token: &str| format!("{API}/business-units/{UNIT}/all-reviews?perPage=100{token}");
    let tokens =
        |reviews: &[Json], next: Option<&str>| Answer::json(json!({ "reviews": reviews, "nextPageToken": next }).to_string());
    let mut host = FakeHost::new()
        .get(&all(""), tokens(&[review("x", "2025-12-30T10:00:00Z")], Some("t1")))
        .get(&all("&pageToken=t1"), tokens(&[review("y", "2020-12-30T10:00:00Z")], None));
    for number in 1..=100 {
        host = host.get(&url(number), page(&[review(&format!("r{number}"), "2025-12-30T10:00:00Z")], true));
    }
    let batches = host.read::<Trustpilot>(&settings(), &feed(&settings()), Direction::Older).expect("batches");
    assert_eq!((batches.len(), ids(&batches).len(), batches[101].next), (102, 102, Next::Done));
}

#[test]
fn what_is_read_again_brings_edits_replies_and_removals() {
    let one = |id: &str| format!("{API}/reviews/{id}");
    let mut answered = review("a", "2025-12-30T10:00:00Z");
    answered["companyReply"] = json!({ "text": "Thanks", "createdAt": "2025-12-31T08:00:00Z" });
    let host = FakeHost::new()
        .get(&one("a"), Answer::json(answered.to_string()))
        .get(&one("b"), Answer::json(review("b", "2025-12-30T10:00:00Z").to_string()))
        .get(&one("c"), Answer::json("{}").with_status(404))
        .get(&one("d"), Answer::json("<html>"))
        .get(&one("e"), Answer::status(500));
    let wanted = ["a", "a/reply", "b/reply", "c", "d"].map(str::to_owned).to_vec();
    let changes = host.refresh::<Trustpilot>(&settings(), wanted).expect("changes");
    let removed: BTreeSet<&str> =
        changes.iter().filter_map(|change| if let Change::Remove(id) = change { Some(id.as_str()) } else { None }).collect();
    assert_eq!(removed, BTreeSet::from(["b/reply", "c", "c/reply"]));
    assert_eq!(ids([&Batch { changes, ..Batch::new() }]), ["a", "a/reply", "b"].map(str::to_owned).into());
    assert_eq!(host.asked().len(), 4);
    assert_eq!(
        host.refresh::<Trustpilot>(&settings(), vec!["a".into(), "e".into()]).expect_err("an overload").class,
        FailureClass::Transient,
        "it would be taken for read"
    );
}

#[test]
fn each_refusal_has_its_class() {
    use FailureClass::{Forbidden, QuotaExhausted, RateLimited, Settings, Transient, Unauthorized, UnexpectedAnswer};
    let fault = |status: u16, code: &str| {
        Answer::json(json!({ "fault": { "faultstring": "no", "detail": { "errorcode": code } } }).to_string()).with_status(status)
    };
    let cases = [
        (fault(401, "oauth.v2.InvalidApiKey"), Unauthorized, None),
        (Answer::json(r#"{"message":"no"}"#).with_status(401), Unauthorized, None),
        (Answer::json(r#"{"message":"no"}"#).with_status(403), Forbidden, None),
        (Answer::json(r#"{"message":"no"}"#).with_status(404), Settings, None),
        (fault(429, "policies.ratelimit.QuotaViolation"), QuotaExhausted, None),
        (fault(500, "policies.ratelimit.SpikeArrestViolation"), RateLimited, None),
        (Answer::text("slow").with_status(429).header("retry-after", "9"), RateLimited, Some(9_000)),
        (Answer::html("<html>busy").with_status(503).header("retry-after", "4"), RateLimited, Some(4_000)),
        (Answer::status(502), Transient, None),
        (Answer::html("<html>a page"), UnexpectedAnswer, None),
        (Answer::json("{}"), UnexpectedAnswer, None),
        (Answer::json(r#"{"reviews":{}}"#), UnexpectedAnswer, None),
        (Answer::json(r#"{"reviews":[{"id":"#), UnexpectedAnswer, None),
    ];
    for (answer, class, wait) in cases {
        let shown = format!("{answer:?}");
        let failure = FakeHost::new()
            .get(&url(1), answer)
            .poll::<Trustpilot>(&settings(), Poll::newer(feed(&settings())))
            .expect_err(&shown);
        assert_eq!((failure.class, failure.retry_after_ms), (class, wait), "{shown}");
    }
    for wrong in [json!({ "businesses": [] }), json!({ "businesses": ["acme"] }), json!({})] {
        let failure = FakeHost::new().plan::<Trustpilot>(&wrong, vec![]).expect_err("wrong settings");
        assert_eq!(failure.class, Settings, "{wrong}");
    }
}
