//! The plugin as the host sees it, on short answers after the shapes its users have documented
//! (<https://github.com/facundoolano/app-store-scraper>, issues 13 and 50).

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use source_appstore::AppStore;
use vigie_plugin::testing::{Answer, FakeHost};
use vigie_plugin::{Batch, Direction, FailureClass, Feed, MentionKind, Next, Poll, Rating, Value, time};

fn url(page: u32, form: &str) -> String {
    format!("https://itunes.apple.com/fr/rss/customerreviews/page={page}/id=77/sortby=mostrecent/{form}")
}

const OTHER_FORM: &str = "https://itunes.apple.com/fr/rss/customerreviews/id=77/sortBy=mostRecent/json";

fn settings() -> Json {
    json!({ "apps": ["https://apps.apple.com/fr/app/acme/id77"], "countries": ["FR"] })
}

fn feed() -> Feed {
    FakeHost::new().plan::<AppStore>(&settings(), vec![]).expect("a plan").remove(0)
}

/// A review of minute `at` of a day; `None`: without a date, as the JSON was for years.
fn entry(id: u32, at: Option<u32>) -> Json {
    let mut entry = json!({
        "author": { "uri": { "label": format!("https://itunes.apple.com/fr/reviews/id{}?l=en", 9000 + id) }, "name": { "label": "Zoé" }, "label": "" },
        "im:version": { "label": "2.1" }, "im:rating": { "label": "4" }, "id": { "label": id.to_string() },
        "title": { "label": "Bien & simple" }, "content": { "label": format!("Avis {id}\nsuite"), "attributes": { "type": "text" } },
        "im:voteSum": { "label": "2" }, "im:voteCount": { "label": "3" },
    });
    if let Some(at) = at {
        entry["updated"] = json!({ "label": format!("2026-09-14T{:02}:{:02}:00-07:00", at / 60, at % 60) });
    }
    entry
}

fn page(entries: impl IntoIterator<Item = Json>) -> Answer {
    Answer::json(json!({ "feed": { "entry": entries.into_iter().collect::<Vec<_>>(), "link": [] } }).to_string())
}

fn none() -> Answer {
    Answer::json(
        json!({ "feed": { "link": [{ "attributes": { "rel": "next", "href": "https://elsewhere.example/page=1" } }] } })
            .to_string(),
    )
}

fn ids<'a>(batches: impl IntoIterator<Item = &'a Batch>) -> BTreeSet<u32> {
    batches.into_iter().flat_map(Batch::mentions).map(|mention| mention.id.parse().expect("a number")).collect()
}

/// A store with `count` reviews, the highest number the newest, two of them always in the same minute.
fn store(count: u32) -> FakeHost {
    let all: Vec<u32> = (1..=count).rev().collect();
    let mut host = FakeHost::new();
    for number in 1..=10_u32 {
        let shown: Vec<Json> = all.iter().skip((number as usize - 1) * 50).take(50).map(|id| entry(*id, Some(id / 2))).collect();
        host = host.get(&url(number, "json"), if shown.is_empty() { none() } else { page(shown) });
    }
    let again = |number: u32| match number {
        1 => OTHER_FORM.to_owned(),
        number => format!("https://itunes.apple.com/fr/rss/customerreviews/page={number}/id=77/sortBy=mostRecent/json"),
    };
    (1..=10).fold(host, |host, number| host.get(&again(number), none()))
}

#[test]
fn every_field_of_a_review_is_mapped() {
    let host = FakeHost::new().get(&url(1, "json"), page([entry(7, Some(264))]));
    let batch = host.poll::<AppStore>(&settings(), Poll::newer(feed())).expect("a batch");
    let mention = batch.mentions().next().expect("a review");
    assert_eq!((mention.id.as_str(), mention.kind, mention.title.as_deref()), ("7", MentionKind::Review, Some("Bien & simple")));
    assert_eq!(mention.text, "Avis 7\nsuite");
    assert_eq!(mention.url.as_deref(), Some("https://apps.apple.com/fr/app/id77?see-all=reviews"));
    assert_eq!(mention.published, time::rfc3339("2026-09-14T11:24:00Z").ok());
    assert_eq!((mention.rating, mention.engagement.likes), (Some(Rating::new(4.0, 1.0, 5.0)), Some(2)));
    assert_eq!(
        (mention.country.as_deref(), mention.thread.as_deref(), mention.language.as_deref()),
        (Some("FR"), Some("app/77"), None)
    );
    let author = mention.author.as_ref().expect("an author");
    assert_eq!((author.id.as_str(), author.name.as_deref(), author.handle.as_deref()), ("9007", Some("Zoé"), None));
    assert_eq!(author.url.as_deref(), Some("https://itunes.apple.com/fr/reviews/id9007"));
    let attributes: Vec<_> = mention.attributes.iter().map(|one| (one.key.as_str(), &one.value)).collect();
    assert_eq!(
        attributes,
        [("app", &Value::Text("77".into())), ("app-version", &Value::Text("2.1".into())), ("votes", &Value::Number(3.0))]
    );
}

#[test]
fn each_app_is_read_in_each_storefront_once() {
    let host = FakeHost::new();
    let names = |settings: Json| -> Vec<String> {
        host.plan::<AppStore>(&settings, vec![]).expect("a plan").into_iter().map(|feed| feed.id).collect()
    };
    assert_eq!(names(json!({ "apps": ["1", "id2", "1"], "countries": ["fr", "BE", "fr"] })), ["fr/1", "be/1", "fr/2", "be/2"]);
    assert_eq!(names(json!({ "apps": ["1"] })), ["us/1"]);
    for wrong in [json!({ "apps": [] }), json!({ "apps": ["acme"] }), json!({ "apps": ["1"], "countries": ["fra"] })] {
        assert_eq!(host.plan::<AppStore>(&wrong, vec![]).expect_err("wrong").class, FailureClass::Settings, "{wrong}");
    }
}

#[test]
fn history_is_nine_pages_behind_the_head_resumable_at_each() {
    let host = store(700);
    let batches = host.read::<AppStore>(&settings(), &feed(), Direction::Older).expect("batches");
    assert_eq!((batches.len(), batches.last().map(|batch| batch.next)), (9, Some(Next::Done)));
    let head = host.poll::<AppStore>(&settings(), Poll::newer(feed())).expect("the head");
    assert_eq!(ids(batches.iter().chain([&head])), (201..=700).collect());
    for start in 0..8 {
        let rest =
            host.poll::<AppStore>(&settings(), Poll::older(feed()).cursor(batches[start].cursor.clone())).expect("a batch");
        assert_eq!(rest, batches[start + 1]);
    }
    let asked = host.asked();
    assert!(asked.iter().all(|asked| !asked.url.contains("page=11")), "the service refuses it");
}

#[test]
fn history_ends_before_what_is_wanted() {
    let since = time::rfc3339("2026-09-14T02:00:00-07:00").map(|moment| moment.at).ok();
    let host = store(400);
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let batch = host.poll::<AppStore>(&settings(), Poll::older(feed()).since(since).cursor(cursor)).expect("a batch");
        cursor = batch.cursor.clone();
        let more = batch.next == Next::More;
        found.push(batch);
        if !more {
            break;
        }
    }
    assert_eq!((ids(&found), found.len()), ((240..=350).collect(), 4));
}

#[test]
fn the_head_is_followed_over_pages_whoever_edits_or_deletes() {
    let first = store(120).poll::<AppStore>(&settings(), Poll::newer(feed())).expect("the head");
    assert_eq!((first.next, ids([&first])), (Next::Later(None), (71..=120).collect()));
    // Since then: 130 new reviews, and the newest known one is gone.
    let host = store(250);
    let (mut found, mut cursor) = (Vec::new(), first.cursor);
    loop {
        let batch = host.poll::<AppStore>(&settings(), Poll::newer(feed()).cursor(cursor)).expect("a batch");
        cursor = batch.cursor.clone();
        let more = batch.next == Next::More;
        found.push(batch);
        if !more {
            break;
        }
    }
    assert!(ids(&found).is_superset(&(120..=250).collect()));
    // Nothing new: the head alone is read.
    let quiet = host.poll::<AppStore>(&settings(), Poll::newer(feed()).cursor(cursor)).expect("a batch");
    assert_eq!(quiet.next, Next::More, "ties with the newest known one may go on behind this page");
}

#[test]
fn answers_without_dates_are_dated_by_their_other_form() {
    let xml = "<feed><entry><updated>2026-09-14T04:24:00-07:00</updated><id>7</id><im:rating>4</im:rating></entry></feed>";
    let undated = || FakeHost::new().get(&url(1, "json"), page([entry(7, None), entry(6, None)]));
    let host = undated().get(&url(1, "xml"), Answer::new("text/xml", xml));
    let batch = host.poll::<AppStore>(&settings(), Poll::newer(feed())).expect("a batch");
    let dates: Vec<_> = batch.mentions().map(|mention| mention.published).collect();
    assert_eq!(dates, [time::rfc3339("2026-09-14T11:24:00Z").ok(), None]);

    let host = undated().get(&url(1, "xml"), Answer::html("<html>Bad gateway").with_status(502));
    let batch = host.poll::<AppStore>(&settings(), Poll::newer(feed())).expect("reviews all the same");
    assert_eq!((ids([&batch]), host.logged().len()), (BTreeSet::from([6, 7]), 1));

    // The walk of the undated ends where most are known.
    let host = FakeHost::new()
        .get(&url(1, "json"), page([entry(8, None), entry(7, None), entry(6, None)]))
        .get(&url(1, "xml"), Answer::status(500));
    let next = host.poll::<AppStore>(&settings(), Poll::newer(feed()).cursor(batch.cursor)).expect("a batch");
    assert_eq!((next.next, ids([&next])), (Next::Later(None), BTreeSet::from([6, 7, 8])));
}

#[test]
fn an_empty_answer_is_asked_for_in_the_other_form_and_proves_nothing() {
    let host = FakeHost::new().get(&url(1, "json"), none()).get(OTHER_FORM, page([entry(7, Some(1))]));
    let found = host.poll::<AppStore>(&settings(), Poll::newer(feed())).expect("a batch");
    assert_eq!(ids([&found]), BTreeSet::from([7]));

    let host = FakeHost::new().get(&url(1, "json"), none()).get(OTHER_FORM, Answer::status(502));
    let empty = host.poll::<AppStore>(&settings(), Poll::newer(feed()).cursor(found.cursor.clone())).expect("a batch");
    assert_eq!((empty.changes.len(), empty.next), (0, Next::Later(None)));
    assert_eq!(empty.cursor, found.cursor, "the mark stays where it was");
}

#[test]
fn failures_have_their_class() {
    let class = |answer: Answer| {
        let host = FakeHost::new().get(&url(1, "json"), answer);
        host.poll::<AppStore>(&settings(), Poll::newer(feed())).expect_err("a failure").class
    };
    assert_eq!(class(Answer::text("CustomerReviews RSS page depth is limited to 10\n")), FailureClass::UnexpectedAnswer);
    assert_eq!(class(Answer::html("<!doctype html><html><p>Our apologies</html>")), FailureClass::UnexpectedAnswer);
    assert_eq!(class(Answer::json("[]")), FailureClass::UnexpectedAnswer);
    assert_eq!(class(Answer::html("<html>").with_status(502)), FailureClass::Transient);
    assert_eq!(class(Answer::status(403)), FailureClass::Forbidden);
    assert_eq!(class(Answer::status(404)), FailureClass::Gone);
    assert_eq!(class(Answer::status(429)), FailureClass::RateLimited);
}
