//! The plugin as the host sees it, on short answers after the documented shapes
//! (<https://developers.google.com/android-publisher/reply-to-reviews>).

use serde_json::{Value as Json, json};
use source_googleplay::GooglePlay;
use vigie_plugin::testing::{Answer, FakeHost};
use vigie_plugin::{Batch, Direction, FailureClass, Feed, MentionKind, Next, Poll, Rating, Value, time};

const LIST: &str =
    "https://androidpublisher.googleapis.com/androidpublisher/v3/applications/com.example.acme/reviews?maxResults=100";

fn settings() -> Json {
    json!({ "packages": ["com.example.acme"] })
}

fn feed() -> Feed {
    FakeHost::new().plan::<GooglePlay>(&settings(), vec![]).expect("a plan").remove(0)
}

fn review(id: &str, seconds: i64) -> Json {
    json!({ "reviewId": id, "authorName": "Ada", "comments": [{ "userComment": {
        "text": "\tFine", "lastModified": { "seconds": seconds.to_string(), "nanos": 0 }, "starRating": 4 } }] })
}

fn page(reviews: &[Json], next: Option<&str>) -> Answer {
    let mut page = json!({ "reviews": reviews });
    if let Some(next) = next {
        page["tokenPagination"] = json!({ "nextPageToken": next });
    }
    Answer::json(page.to_string())
}

fn ids(batches: &[Batch]) -> Vec<String> {
    batches.iter().flat_map(Batch::mentions).map(|mention| mention.id.clone()).collect()
}

fn walk(host: &FakeHost, mut cursor: Option<String>) -> Vec<Batch> {
    let mut batches = Vec::new();
    loop {
        let batch = host.poll::<GooglePlay>(&settings(), Poll::newer(feed()).cursor(cursor)).expect("a batch");
        cursor = batch.cursor.clone();
        let more = batch.next == Next::More;
        batches.push(batch);
        if !more {
            return batches;
        }
    }
}

#[test]
fn every_field_of_a_review_and_its_answer_is_mapped() {
    let whole = json!({ "reviewId": "gp:AOqp=1", "authorName": "Zoé M.", "comments": [
        { "userComment": { "text": "Great\tTranslated", "originalText": "Super\tTrès bien\nmerci", "lastModified": { "seconds": "1767315845", "nanos": 678_000_000 },
            "starRating": 5, "reviewerLanguage": "fr", "device": "acme7", "androidOsVersion": 34, "appVersionCode": 712, "appVersionName": "7.1.2",
            "thumbsUpCount": 3, "thumbsDownCount": 1, "deviceMetadata": { "productName": "Acme 7", "ramMb": 8192 } } },
        { "developerComment": { "text": "Merci !", "lastModified": { "seconds": 1_767_315_900 } } }] });
    let host = FakeHost::new().get(LIST, page(&[whole], None));
    let batch = host.poll::<GooglePlay>(&settings(), Poll::newer(feed())).expect("a batch");
    let mentions: Vec<_> = batch.mentions().collect();
    let [review, answer] = mentions.as_slice() else { panic!("a review and an answer: {mentions:#?}") };
    assert_eq!((review.id.as_str(), review.kind, review.title.as_deref()), ("gp:AOqp=1", MentionKind::Review, Some("Super")));
    assert_eq!((review.text.as_str(), review.language.as_deref()), ("Très bien\nmerci", None));
    assert_eq!(review.published, time::unix_millis(1_767_315_845_678).ok());
    assert_eq!((review.rating, review.engagement.likes), (Some(Rating::new(5.0, 1.0, 5.0)), Some(3)));
    assert_eq!(
        review.author.as_ref().map(|author| (author.id.as_str(), author.name.as_deref())),
        Some(("com.example.acme/Zoé M.", Some("Zoé M.")))
    );
    assert_eq!(review.thread.as_deref(), Some("app/com.example.acme"));
    let attributes: Vec<_> = review.attributes.iter().map(|one| (one.key.as_str(), one.value.clone())).collect();
    let text = |text: &str| Value::Text(text.to_owned());
    assert_eq!(
        attributes,
        [
            ("app", text("com.example.acme")),
            ("app-version", text("7.1.2")),
            ("device", text("Acme 7")),
            ("device-language", text("fr")),
            ("app-version-code", Value::Number(712.0)),
            ("android-version", Value::Number(34.0)),
            ("thumbs-down", Value::Number(1.0))
        ]
    );
    assert_eq!(
        (answer.id.as_str(), answer.kind, answer.parent.as_deref()),
        ("gp:AOqp=1/reply", MentionKind::Reply, Some("gp:AOqp=1"))
    );
    assert_eq!((answer.text.as_str(), answer.published), ("Merci !", time::unix_seconds(1_767_315_900).ok()));
    assert_eq!(answer.author.as_ref().map(|author| author.id.as_str()), Some("com.example.acme"));
    assert_eq!(host.asked()[0].header("authorization"), Some("Bearer {{secret:access-token}}"));
}

#[test]
fn what_is_missing_or_odd_costs_itself_alone() {
    let reviews = [
        json!({ "reviewId": "a", "comments": [{ "userComment": { "text": "no tab" } }] }),
        json!({ "reviewId": "b", "authorName": "", "comments": [{ "userComment": { "text": null, "starRating": 0, "lastModified": { "seconds": "x" } } }, null, 3] }),
        json!({ "reviewId": "c", "comments": [] }),
        json!({ "comments": [{ "userComment": {} }] }),
        json!(null),
        json!({ "reviewId": "d", "comments": [{ "userComment": { "text": "old", "lastModified": { "seconds": "1" } } }, { "userComment": { "text": "new\t", "lastModified": { "seconds": "9223372036854775807" } } },
            { "userComment": { "text": "title\tnewer", "starRating": "3", "lastModified": { "seconds": "2" } } }] }),
    ];
    let host = FakeHost::new().get(LIST, page(&reviews, None));
    let batch = host.poll::<GooglePlay>(&settings(), Poll::newer(feed())).expect("a batch");
    let mentions: Vec<_> = batch
        .mentions()
        .map(|mention| (mention.id.as_str(), mention.text.as_str(), mention.author.is_some(), mention.published.is_some()))
        .collect();
    assert_eq!(mentions, [("a", "no tab", false, false), ("b", "", false, false), ("d", "newer", false, true)]);
    assert_eq!(host.logged().len(), 1);
}

#[test]
fn a_walk_reads_the_week_and_then_what_changed_since() {
    let host = FakeHost::new()
        .get(LIST, page(&[review("e", 500_000), review("d", 400_000)], Some("t2")))
        .get(&format!("{LIST}&token=t2"), page(&[], Some("t3")))
        .get(&format!("{LIST}&token=t3"), page(&[review("c", 300_000), review("b", 300_000)], None));
    let batches = walk(&host, None);
    assert_eq!((ids(&batches), batches.len()), (vec!["e".into(), "d".into(), "c".into(), "b".into()], 3));
    for at in 0..2 {
        let again =
            host.poll::<GooglePlay>(&settings(), Poll::newer(feed()).cursor(batches[at].cursor.clone())).expect("a batch");
        assert_eq!(again, batches[at + 1], "resumed at checkpoint {at}");
    }
    // An edit has come to the head; what is an hour older than the newest one known ends the walk.
    let host = FakeHost::new()
        .get(LIST, page(&[review("b", 600_000), review("e", 500_000)], Some("u2")))
        .get(&format!("{LIST}&token=u2"), page(&[review("d", 400_000)], Some("u3")));
    let next = walk(&host, batches[2].cursor.clone());
    assert_eq!(ids(&next), ["b", "e", "d"]);
    assert_eq!(host.read::<GooglePlay>(&settings(), &feed(), Direction::Older).expect("a batch")[0].next, Next::Done);
}

#[test]
fn all_of_the_week_the_service_shows_is_delivered() {
    let host = FakeHost::new().get(LIST, page(&[review("e", 500_000), review("d", 400_000)], None));
    let batch = host.poll::<GooglePlay>(&settings(), Poll::newer(feed()).since(Some(450_000_000))).expect("a batch");
    assert_eq!(ids(&[batch]), ["e", "d"], "no other walk would bring what is older");
}

#[test]
fn errors_have_their_class() {
    let failure = |answer: Answer, cursor: Option<String>| {
        let host = FakeHost::new().get(LIST, answer.clone()).get(&format!("{LIST}&token=t2"), answer);
        host.poll::<GooglePlay>(&settings(), Poll::newer(feed()).cursor(cursor)).expect_err("a failure")
    };
    let error = |code: u16, status: &str, reason: &str| {
        Answer::json(json!({ "error": { "code": code, "message": "x", "status": status, "errors": [{ "reason": reason, "domain": "y" }] } }).to_string()).with_status(code)
    };
    let cases = [
        (error(401, "UNAUTHENTICATED", "authError"), FailureClass::Unauthorized),
        (error(403, "PERMISSION_DENIED", "permissionDenied"), FailureClass::Forbidden),
        (error(403, "PERMISSION_DENIED", "quotaExceeded"), FailureClass::QuotaExhausted),
        (error(403, "PERMISSION_DENIED", "rateLimitExceeded"), FailureClass::RateLimited),
        (error(429, "RESOURCE_EXHAUSTED", "x"), FailureClass::RateLimited),
        (error(404, "NOT_FOUND", "applicationNotFound"), FailureClass::Gone),
        (error(400, "INVALID_ARGUMENT", "badRequest"), FailureClass::Settings),
        (error(500, "INTERNAL", "backendError"), FailureClass::Transient),
        (Answer::html("<html>Bad gateway").with_status(502), FailureClass::Transient),
        (Answer::html("<html>Sign in"), FailureClass::UnexpectedAnswer),
        (Answer::json(r#"{"reviews":{}}"#), FailureClass::UnexpectedAnswer),
        (Answer::json(r#"{"kind":"x"}"#), FailureClass::UnexpectedAnswer),
        (Answer::json("[]"), FailureClass::UnexpectedAnswer),
    ];
    for (answer, class) in cases {
        assert_eq!(failure(answer.clone(), None).class, class, "{answer:?}");
    }
    let slow = failure(error(429, "RESOURCE_EXHAUSTED", "x").header("retry-after", "30"), None);
    assert_eq!(slow.retry_after_ms, Some(30_000));
    let host = FakeHost::new().get(LIST, page(&[review("e", 5)], Some("t2")));
    let cursor = host.poll::<GooglePlay>(&settings(), Poll::newer(feed())).expect("a batch").cursor;
    assert_eq!(failure(error(400, "INVALID_ARGUMENT", "badRequest"), cursor).class, FailureClass::StaleCursor);
    let none =
        FakeHost::new().get(LIST, Answer::json("{}")).poll::<GooglePlay>(&settings(), Poll::newer(feed())).expect("no reviews");
    assert_eq!((none.changes.len(), none.next), (0, Next::Later(None)));
}

#[test]
fn packages_are_names_each_once() {
    let host = FakeHost::new();
    assert_eq!(host.plan::<GooglePlay>(&json!({ "packages": ["a.b", " a.b ", "a.c"] }), vec![]).expect("a plan").len(), 2);
    for wrong in [json!({ "packages": [] }), json!({ "packages": ["acme"] }), json!({ "packages": ["a/../b.c"] })] {
        assert_eq!(host.plan::<GooglePlay>(&wrong, vec![]).expect_err("wrong").class, FailureClass::Settings, "{wrong}");
    }
}
