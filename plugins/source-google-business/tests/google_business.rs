//! The plugin as the host sees it, on short answers after the documented shapes
//! (<https://developers.google.com/my-business/reference/rest/v4/accounts.locations.reviews>).

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use source_google_business::GoogleBusiness;
use vigie_plugin::testing::{Answer, FakeHost};
use vigie_plugin::{Batch, Change, Direction, FailureClass, Feed, Mention, MentionKind, Next, Poll, Rating, Value, time};

const PLACE: &str = "accounts/1/locations/2";
const API: &str = "https://mybusiness.googleapis.com/v4";

fn at(text: &str) -> i64 {
    time::rfc3339(text).expect("a date").at
}

fn settings() -> Json {
    json!({ "locations": [PLACE] })
}

fn feed() -> Feed {
    FakeHost::new().plan::<GoogleBusiness>(&settings(), vec![]).expect("a plan").remove(0)
}

fn url(rest: &str) -> String {
    format!("{API}/{PLACE}/reviews?pageSize=50&orderBy=updateTime%20desc{rest}")
}

fn review(id: &str, stars: &str, changed: &str) -> Json {
    json!({ "name": format!("{PLACE}/reviews/{id}"), "reviewId": id, "reviewer": { "displayName": "Ada B", "profilePhotoUrl": "https://p.example/1" },
        "starRating": stars, "comment": "Words", "createTime": changed, "updateTime": changed })
}

fn page(reviews: &[Json], next: Option<&str>) -> Answer {
    Answer::json(json!({ "reviews": reviews, "averageRating": 4.5, "totalReviewCount": 9, "nextPageToken": next }).to_string())
}

fn refused(status: u16, canonical: &str, message: &str) -> Answer {
    Answer::json(json!({ "error": { "code": status, "message": message, "status": canonical } }).to_string()).with_status(status)
}

fn ids<'a>(batches: impl IntoIterator<Item = &'a Batch>) -> BTreeSet<String> {
    batches.into_iter().flat_map(Batch::mentions).map(|mention| mention.id.clone()).collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn find<'a>(batch: &'a Batch, id: &str) -> &'a Mention {
    batch.mentions().find(|mention| mention.id == id).unwrap_or_else(|| panic!("no mention {id} in {batch:#?}"))
}

#[test]
fn every_documented_field_arrives() {
    let mut full = review("r1", "FOUR", "2025-12-30T10:00:00.123456789Z");
    full["updateTime"] = json!("2025-12-31T10:00:00Z");
    full["comment"] = json!("(Translated by Google) Good\n\n(Original)\nBon");
    full["reviewReply"] = json!({ "comment": "Thank you", "updateTime": "2025-12-31T12:00:00Z" });
    let host = FakeHost::new().get(&url(""), page(&[full], None));
    let batch = host.poll::<GoogleBusiness>(&settings(), Poll::newer(feed())).expect("a batch");
    let mention = find(&batch, "r1");
    assert_eq!(
        (mention.kind, mention.text.as_str(), mention.rating),
        (MentionKind::Review, "Bon", Some(Rating::new(4.0, 1.0, 5.0)))
    );
    assert_eq!(mention.published.map(|moment| moment.at), Some(at("2025-12-30T10:00:00.123Z")));
    assert_eq!(mention.edited.map(|moment| moment.at), Some(at("2025-12-31T10:00:00Z")));
    assert_eq!((mention.thread.as_deref(), mention.parent.as_deref(), mention.url.as_deref()), (Some("r1"), None, None));
    let author = mention.author.as_ref().expect("an author");
    assert_eq!((author.id.as_str(), author.name.as_deref()), ("Ada B", Some("Ada B")));
    let said: Vec<_> = mention.attributes.iter().map(|one| (one.key.as_str(), one.value.clone())).collect();
    assert_eq!(said, [("location", Value::Text(PLACE.into())), ("translation", Value::Text("Good".into()))]);
    let reply = find(&batch, "r1/reply");
    assert_eq!(
        (reply.kind, reply.text.as_str(), reply.parent.as_deref(), reply.thread.as_deref()),
        (MentionKind::Reply, "Thank you", Some("r1"), Some("r1"))
    );
    assert_eq!((reply.published.map(|moment| moment.at), reply.rating), (Some(at("2025-12-31T12:00:00Z")), None));
    assert_eq!(reply.author.as_ref().map(|author| author.id.as_str()), Some(PLACE));
    let without = json!({ "locations": [PLACE], "replies": false });
    assert_eq!(ids([&host.poll::<GoogleBusiness>(&without, Poll::newer(feed())).expect("a batch")]), set(&["r1"]));
}

#[test]
fn stars_alone_the_nameless_and_odd_items() {
    let (mut stars, mut hidden, mut unspecified) = (
        review("a", "ONE", "2025-12-30T10:00:00Z"),
        review("b", "FIVE", "2025-12-30T10:00:00Z"),
        review("c", "STAR_RATING_UNSPECIFIED", "2025-12-30T10:00:00Z"),
    );
    stars.as_object_mut().expect("an object").remove("comment");
    hidden["reviewer"] = json!({ "displayName": "A Google user", "isAnonymous": true });
    unspecified["reviewId"] = json!(null);
    let odd = json!({ "reviewId": 7, "reviewer": [], "starRating": 3, "comment": {}, "createTime": 5, "reviewReply": "x" });
    let nothing = json!({ "comment": "whose?" });
    let host = FakeHost::new().get(&url(""), page(&[json!(null), stars, hidden, unspecified, odd, nothing, json!("x")], None));
    let batch = host.poll::<GoogleBusiness>(&settings(), Poll::newer(feed())).expect("a batch");
    assert_eq!(ids([&batch]), set(&["a", "b", "c", "7"]));
    assert_eq!((find(&batch, "a").text.as_str(), find(&batch, "a").rating), ("", Some(Rating::new(1.0, 1.0, 5.0))));
    assert_eq!((find(&batch, "b").author.clone(), find(&batch, "c").rating), (None, None));
    assert_eq!((find(&batch, "7").published, find(&batch, "7").rating.map(|rating| rating.value)), (None, Some(3.0)));
    for empty in ["{}", r#"{"totalReviewCount":0,"averageRating":0}"#] {
        let host = FakeHost::new().get(&url(""), Answer::json(empty));
        assert_eq!(host.poll::<GoogleBusiness>(&settings(), Poll::newer(feed())).expect("no reviews").changes, []);
    }
}

#[test]
fn new_and_edited_reviews_come_to_the_head() {
    let host = FakeHost::new().get(&url(""), page(&[review("a", "ONE", "2025-12-20T10:00:00Z")], Some("p2")));
    let first = host.poll::<GoogleBusiness>(&settings(), Poll::newer(feed())).expect("the head");
    assert_eq!(first.next, Next::Later(None));
    let mut edited = review("z", "TWO", "2025-12-31T10:00:00Z");
    edited["createTime"] = json!("2020-01-01T00:00:00Z");
    let host = FakeHost::new()
        .get(&url(""), page(&[edited, review("c", "ONE", "2025-12-31T10:00:00Z")], Some("p2")))
        .get(
            &url("&pageToken=p2"),
            page(&[review("b", "ONE", "2025-12-31T10:00:00Z"), review("a", "ONE", "2025-12-20T10:00:00Z")], Some("p3")),
        )
        .get(&url("&pageToken=p3"), page(&[review("y", "ONE", "2025-12-01T10:00:00Z")], Some("p4")));
    let (mut batches, mut cursor) = (Vec::new(), first.cursor);
    loop {
        let ask = || host.poll::<GoogleBusiness>(&settings(), Poll::newer(feed()).cursor(cursor.clone())).expect("a batch");
        let (batch, again) = (ask(), ask());
        assert_eq!((&batch.cursor, ids([&batch])), (&again.cursor, ids([&again])), "a checkpoint is resumed as often as needed");
        cursor = batch.cursor.clone();
        let next = batch.next;
        batches.push(batch);
        if next != Next::More {
            break;
        }
    }
    assert_eq!((batches.len(), ids(&batches)), (3, set(&["z", "c", "b", "a", "y"])));
    assert!(cursor.expect("a cursor").contains(&format!("\"floor\":{}", at("2025-12-31T10:00:00Z"))));
}

#[test]
fn history_is_walked_to_its_end_or_as_far_as_wanted() {
    let host = FakeHost::new()
        .get(&url(""), page(&[review("b", "ONE", "2025-12-31T10:00:00Z")], Some("p2")))
        .get(&url("&pageToken=p2"), page(&[], Some("p3")))
        .get(&url("&pageToken=p3"), page(&[review("a", "ONE", "2025-12-01T10:00:00Z")], None));
    let all = host.read::<GoogleBusiness>(&settings(), &feed(), Direction::Older).expect("batches");
    assert_eq!((all.len(), ids(&all).len(), all[2].next), (3, 2, Next::Done));
    let batch =
        host.poll::<GoogleBusiness>(&settings(), Poll::older(feed()).since(Some(at("2026-01-01T00:00:00Z")))).expect("a batch");
    assert_eq!((batch.changes.len(), batch.next), (0, Next::Done));
}

#[test]
fn what_is_read_again_is_looked_for_in_every_place() {
    let settings = json!({ "locations": [PLACE, "accounts/1/locations/3"] });
    let one = |place: &str, id: &str| format!("{API}/{place}/reviews/{id}");
    let missing = || refused(404, "NOT_FOUND", "Requested entity was not found.");
    let mut answered = review("a", "ONE", "2025-12-30T10:00:00Z");
    answered["reviewReply"] = json!({ "comment": "Thanks", "updateTime": "2025-12-31T12:00:00Z" });
    let host = FakeHost::new()
        .get(&one(PLACE, "a"), Answer::json(answered.to_string()))
        .get(&one(PLACE, "b"), missing())
        .get(&one(PLACE, "c"), missing())
        .get(&one(PLACE, "d"), Answer::json("<html>"))
        .get(&one(PLACE, "e"), Answer::status(500))
        .get(&one("accounts/1/locations/3", "b"), Answer::json(review("b", "ONE", "2025-12-30T10:00:00Z").to_string()))
        .get(&one("accounts/1/locations/3", "c"), missing());
    let changes =
        host.refresh::<GoogleBusiness>(&settings, ["a/reply", "a", "b", "c", "d"].map(str::to_owned).to_vec()).expect("changes");
    let removed: BTreeSet<String> =
        changes.iter().filter_map(|change| if let Change::Remove(id) = change { Some(id.clone()) } else { None }).collect();
    assert_eq!(removed, set(&["b/reply", "c", "c/reply"]));
    let batch = Batch { changes, ..Batch::new() };
    assert_eq!(ids([&batch]), set(&["a", "a/reply", "b"]));
    assert_eq!(find(&batch, "b").attributes[0].value, Value::Text("accounts/1/locations/3".to_owned()));
    assert_eq!(
        host.refresh::<GoogleBusiness>(&settings, vec!["a".into(), "e".into()]).expect_err("an overload").class,
        FailureClass::Transient,
        "it would be taken for read"
    );
}

#[test]
fn each_refusal_has_its_class() {
    use FailureClass::{
        Forbidden, QuotaExhausted, RateLimited, Settings, StaleCursor, Transient, Unauthorized, UnexpectedAnswer,
    };
    let cases = [
        (refused(401, "UNAUTHENTICATED", "Request had invalid credentials."), Unauthorized),
        (refused(403, "PERMISSION_DENIED", "The caller does not have permission"), Forbidden),
        (refused(404, "NOT_FOUND", "Requested entity was not found."), Settings),
        (
            refused(429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'Requests' and limit 'Requests per minute'"),
            RateLimited,
        ),
        (
            refused(429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'Requests' and limit 'Requests per day'"),
            QuotaExhausted,
        ),
        (refused(400, "INVALID_ARGUMENT", "Request contains an invalid argument."), UnexpectedAnswer),
        (refused(500, "INTERNAL", "Internal error"), Transient),
        (refused(503, "UNAVAILABLE", "The service is unavailable"), Transient),
        (Answer::html("<html>a page"), UnexpectedAnswer),
        (Answer::json(r#"{"reviews":{}}"#), UnexpectedAnswer),
        (Answer::json(r#"{"other":1}"#), UnexpectedAnswer),
        (Answer::json(r#"{"reviews":[{"#), UnexpectedAnswer),
    ];
    for (answer, class) in cases {
        let shown = format!("{answer:?}");
        let failure =
            FakeHost::new().get(&url(""), answer).poll::<GoogleBusiness>(&settings(), Poll::newer(feed())).expect_err(&shown);
        assert_eq!(failure.class, class, "{shown}");
    }
    let old = FakeHost::new()
        .get(&url(""), page(&[], Some("p2")))
        .get(&url("&pageToken=p2"), refused(400, "INVALID_ARGUMENT", "Request contains an invalid argument."));
    let failure = old.read::<GoogleBusiness>(&settings(), &feed(), Direction::Older).expect_err("an old token");
    assert_eq!(failure.class, StaleCursor);
    for wrong in [
        json!({ "locations": [] }),
        json!({ "locations": ["4711"] }),
        json!({ "locations": ["accounts/1/locations/../x"] }),
        json!({}),
    ] {
        let failure = FakeHost::new().plan::<GoogleBusiness>(&wrong, vec![]).expect_err("wrong settings");
        assert_eq!(failure.class, Settings, "{wrong}");
    }
}
