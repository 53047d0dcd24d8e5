//! The plugin as the host sees it, on short answers after the documented shapes (<https://www.flickr.com/services/api/>).

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use source_flickr::Flickr;
use vigie_plugin::testing::{Answer, FakeHost};
use vigie_plugin::{Batch, Change, Clause, Direction, FailureClass, Feed, MentionKind, Next, Poll, Search, Value, time};

const REST: &str = "https://api.flickr.com/services/rest/";
const EXTRAS: &str = "description,license,date_upload,date_taken,owner_name,last_update,geo,tags,machine_tags,views,media,path_alias,\
count_comments,count_faves,url_m,url_z,url_c,url_l";
/// 2026-01-01T00:00:00Z
const NOW: i64 = 1_767_225_600;

fn url(method: &str, more: &str) -> String {
    format!("{REST}?method={method}&api_key={{{{secret:api-key}}}}&format=json&nojsoncallback=1{more}")
}

fn search_url(more: &str, page: u32) -> String {
    let extras = EXTRAS.replace(',', "%2C");
    url(
        "flickr.photos.search",
        &format!("&text=acme&media=all&sort=date-posted-desc&extras={extras}&per_page=20&page={page}{more}"),
    )
}

fn comments_url(more: &str) -> String {
    url("flickr.photos.comments.getList", &format!("&photo_id=50{more}"))
}

fn searches() -> Vec<Search> {
    vec![Search { any: vec![Clause { all: vec!["acme".to_owned()], none: vec![] }], languages: vec![] }]
}

fn feed() -> Feed {
    FakeHost::new().plan::<Flickr>(&json!({}), searches()).expect("a plan").remove(0)
}

fn photo(id: u32, seconds: i64) -> Json {
    json!({ "id": id.to_string(), "owner": "7@N01", "title": format!("photo {id}"), "dateupload": seconds.to_string(), "ispublic": 1 })
}

fn page(photos: &[Json], pages: u32) -> Answer {
    Answer::json(
        json!({ "photos": { "page": 1, "pages": pages, "perpage": 20, "total": "99", "photo": photos }, "stat": "ok" })
            .to_string(),
    )
}

fn ids<'a>(batches: impl IntoIterator<Item = &'a Batch>) -> BTreeSet<String> {
    batches.into_iter().flat_map(Batch::mentions).map(|mention| mention.id.clone()).collect()
}

#[test]
fn the_plan_follows_settings_and_searches() {
    let host = FakeHost::new();
    let settings = json!({ "tags": ["#Acme"], "users": ["78733179@N04"], "photos": ["50"] });
    let names: Vec<_> = host.plan::<Flickr>(&settings, searches()).expect("a plan").into_iter().map(|feed| feed.id).collect();
    assert_eq!(names, ["text:acme", "tags:acme", "user_id:78733179@N04", "comments:50"]);
    for wrong in [
        json!({}),
        json!({ "tags": ["a,b"] }),
        json!({ "users": ["a/b"] }),
        json!({ "photos": ["x"] }),
        json!({ "tags": ["a"], "comments_for": "x" }),
    ] {
        assert_eq!(host.plan::<Flickr>(&wrong, vec![]).expect_err("wrong").class, FailureClass::Settings, "{wrong}");
    }
}

#[test]
fn every_documented_field_arrives() {
    let whole = json!({
        "id": "10115956703", "owner": "78733179@N04", "ownername": "Ada", "pathalias": "ada", "title": "Acme &amp; co", "ispublic": 1,
        "description": { "_content": "A <b>phone</b>" }, "license": "4", "dateupload": (NOW - 60).to_string(), "datetaken": "2025-12-30 14:06:41",
        "lastupdate": NOW.to_string(), "latitude": 45.8, "longitude": "15.9", "accuracy": "11", "tags": "acme vision:night=077", "views": "12",
        "count_faves": "3", "count_comments": 2, "media": "photo", "url_m": "https://live.example/m.jpg", "url_l": "https://live.example/l.jpg",
    });
    let odd = json!({ "id": 8, "owner": "78733179@N04", "title": "Photo", "dateupload": "2013", "media": "video", "pathalias": null, "count_comments": "0" });
    let private = json!({ "id": "9", "ispublic": 0 });
    let host = FakeHost::new().get(&search_url("", 1), page(&[whole, odd, private, json!(null)], 1));
    let batch = host.poll::<Flickr>(&json!({}), Poll::newer(feed()).limit(20)).expect("a batch");
    let mentions: Vec<_> = batch.mentions().collect();
    let [first, odd] = mentions.as_slice() else { panic!("two photos: {mentions:#?}") };
    assert_eq!((first.id.as_str(), first.kind, first.text.as_str()), ("10115956703", MentionKind::Photo, "A <b>phone</b>"));
    assert_eq!(
        (first.title.as_deref(), first.url.as_deref()),
        (Some("Acme &amp; co"), Some("https://www.flickr.com/photos/ada/10115956703/"))
    );
    let author = first.author.as_ref().expect("an author");
    assert_eq!(
        (author.id.as_str(), author.handle.as_deref(), author.name.as_deref(), author.url.as_deref()),
        ("78733179@N04", Some("ada"), Some("Ada"), Some("https://www.flickr.com/people/ada/"))
    );
    assert_eq!((first.published, first.edited), (time::unix_seconds(NOW - 60).ok(), None));
    let counts = &first.engagement;
    assert_eq!((counts.likes, counts.comments, counts.views, counts.shares), (Some(3), Some(2), Some(12), None));
    assert_eq!(first.media[0].url, "https://live.example/l.jpg");
    let attributes: Vec<_> = first.attributes.iter().map(|attribute| (attribute.key.as_str(), attribute.value.clone())).collect();
    let text = |text: &str| Value::Text(text.to_owned());
    assert_eq!(
        attributes,
        [
            ("tags", text("acme vision:night=077")),
            ("license", text("4")),
            ("taken", text("2025-12-30 14:06:41")),
            ("last-update", text("2026-01-01T00:00:00Z")),
            ("latitude", Value::Number(45.8)),
            ("longitude", Value::Number(15.9)),
        ]
    );
    assert_eq!((odd.kind, odd.published, odd.engagement.likes), (MentionKind::Video, None, None));
    assert_eq!(odd.url.as_deref(), Some("https://www.flickr.com/photos/78733179@N04/8/"));
    assert_eq!(batch.feeds.iter().map(|feed| feed.id.as_str()).collect::<Vec<_>>(), ["comments:10115956703", "comments:8"]);
}

/// Three slices; the second begins with the second the first ended with, and one photo has no date.
fn three_slices(from: &str) -> FakeHost {
    let odd = json!({ "id": "99", "dateupload": "2013", "title": "odd" });
    FakeHost::new()
        .get(&search_url(from, 1), page(&[photo(9, NOW - 10), odd, photo(8, NOW - 20)], 3))
        .get(
            &search_url(&format!("{from}&max_upload_date={}", NOW - 20), 1),
            page(&[photo(8, NOW - 20), photo(7, NOW - 20), photo(6, NOW - 30)], 2),
        )
        .get(&search_url(&format!("{from}&max_upload_date={}", NOW - 30), 1), page(&[photo(6, NOW - 30), photo(5, NOW - 30)], 1))
}

#[test]
fn both_directions_slide_on_time_and_resume_at_every_checkpoint() {
    for direction in [Direction::Newer, Direction::Older] {
        let mut request = Poll { direction, ..Poll::newer(feed()) }.limit(20);
        let mut batches: Vec<Batch> = Vec::new();
        loop {
            let batch = three_slices("").poll::<Flickr>(&json!({}), request.clone()).expect("a slice");
            let again = three_slices("").poll::<Flickr>(&json!({}), request.clone()).expect("the same slice");
            assert_eq!(again.changes, batch.changes);
            request.cursor = batch.cursor.clone();
            let more = batch.next == Next::More;
            batches.push(batch);
            if !more {
                break;
            }
        }
        assert_eq!(ids(&batches), ["5", "6", "7", "8", "9", "99"].map(str::to_owned).into(), "{direction:?}");
        let end = if direction == Direction::Older { Next::Done } else { Next::Later(None) };
        assert_eq!(batches.last().map(|batch| batch.next), Some(end));
        if direction == Direction::Newer {
            let from = format!("&min_upload_date={}", NOW - 10 - 3_600);
            let host = FakeHost::new().get(&search_url(&from, 1), page(&[photo(10, NOW)], 1));
            let head = host.poll::<Flickr>(&json!({}), request).expect("the head");
            assert_eq!(ids([&head]), ["10".to_owned()].into());
        }
    }
}

#[test]
fn a_second_that_fills_pages_is_turned_over_up_to_the_wall() {
    let full: Vec<Json> = (0..20).map(|id| photo(id, NOW)).collect();
    let at = |more: &str, page: u32| search_url(more, page);
    let ceiling = format!("&max_upload_date={NOW}");
    let mut host = FakeHost::new().get(&at("", 1), page(&full, 900));
    for number in 1..=200 {
        host = host.get(&at(&ceiling, number), page(&full, 900));
    }
    host = host.get(&at(&format!("&max_upload_date={}", NOW - 1), 1), page(&[photo(77, NOW - 1)], 1));
    let mut request = Poll::older(feed()).limit(20);
    let mut polls = 0;
    let last = loop {
        let batch = host.poll::<Flickr>(&json!({}), request.clone()).expect("a page");
        polls += 1;
        if batch.next != Next::More {
            break batch;
        }
        request.cursor = batch.cursor.clone();
    };
    assert_eq!((ids([&last]), polls), (["77".to_owned()].into(), 202), "4,000 photos of a second, then the second before");
}

#[test]
fn history_is_bounded_by_the_service() {
    let since = format!("&min_upload_date={}", NOW - 100);
    let host = FakeHost::new().get(&search_url(&since, 1), page(&[photo(1, NOW - 50), photo(2, NOW - 500)], 1));
    let batch = host.poll::<Flickr>(&json!({}), Poll::older(feed()).limit(20).since((NOW - 100) * 1000)).expect("a batch");
    assert_eq!((ids([&batch]), batch.next), (["1".to_owned()].into(), Next::Done));
}

fn comment(id: u32, seconds: i64) -> Json {
    json!({ "id": format!("7-50-{id}"), "author": "7@N01", "author_is_deleted": 0, "authorname": "bo", "realname": "Bo", "path_alias": "bo",
        "datecreate": seconds.to_string(), "permalink": format!("http://www.flickr.com/photos/ada/50/#comment{id}"), "_content": "nice <i>one</i>" })
}

fn comments(list: &[Json]) -> Answer {
    Answer::json(json!({ "comments": { "photo_id": "50", "comment": list }, "stat": "ok" }).to_string())
}

#[test]
fn comments_come_at_once_and_are_handed_on_in_parts() {
    let settings = json!({ "photos": ["50"] });
    let feed = FakeHost::new().plan::<Flickr>(&settings, vec![]).expect("a plan").remove(0);
    let mut gone = comment(3, NOW - 5);
    gone["author_is_deleted"] = json!("1");
    // Two of the same second, one without a date, in no order.
    let all = [
        comment(2, NOW - 9),
        gone,
        comment(1, NOW - 9),
        json!({ "id": "7-50-4", "datecreate": null, "_content": "undated" }),
        json!(7),
    ];
    let host = FakeHost::new().get(&comments_url(""), comments(&all));
    let mut request = Poll::newer(feed.clone()).limit(2);
    let first = host.poll::<Flickr>(&settings, request.clone()).expect("a part");
    assert_eq!((first.changes.len(), first.next), (2, Next::More));
    request.cursor = first.cursor.clone();
    let second = host.poll::<Flickr>(&settings, request.clone()).expect("a part");
    assert_eq!(second.next, Next::Later(None));
    assert_eq!(ids([&first, &second]), ["7-50-1", "7-50-2", "7-50-3", "7-50-4"].map(str::to_owned).into());
    let mention = second.mentions().next().expect("a comment");
    assert_eq!(
        (mention.kind, mention.parent.as_deref(), mention.thread.as_deref()),
        (MentionKind::Comment, Some("50"), Some("50"))
    );
    assert_eq!(
        (mention.text.as_str(), mention.url.as_deref()),
        ("nice <i>one</i>", Some("https://www.flickr.com/photos/ada/50/#comment2"))
    );
    let author = mention.author.as_ref().expect("an author");
    assert_eq!((author.id.as_str(), author.name.as_deref(), author.handle.as_deref()), ("7@N01", Some("Bo"), Some("bo")));
    assert!(
        second.mentions().any(|mention| mention.id == "7-50-3" && mention.author.is_none()),
        "a deleted account is not named"
    );
    request.cursor = second.cursor.clone();
    let none = Answer::json(r#"{"comments":{"photo_id":"50"},"stat":"ok"}"#);
    let later = FakeHost::new().get(&comments_url(&format!("&min_comment_date={}", NOW - 5 - 3_600)), none);
    assert_eq!(later.poll::<Flickr>(&settings, request).expect("nothing new").changes.len(), 0);
    assert_eq!(
        FakeHost::new().poll::<Flickr>(&settings, Poll::older(feed.expires_at(0))).expect("nothing to ask").next,
        Next::Done
    );
}

#[test]
fn photos_and_comments_are_read_again_and_what_is_gone_is_removed() {
    let info = |id: &str| url("flickr.photos.getInfo", &format!("&photo_id={id}"));
    let photo = json!({ "photo": { "id": "1", "owner": { "nsid": "7@N01", "username": "bo", "path_alias": null }, "title": { "_content": "new" },
        "description": { "_content": "" }, "visibility": { "ispublic": 1 }, "dates": { "posted": NOW.to_string(), "taken": "2025-12-30 14:06:41", "lastupdate": NOW.to_string() },
        "views": "9", "comments": { "_content": "4" }, "tags": { "tag": [{ "_content": "acme" }, { "_content": "phone" }] }, "media": "photo" }, "stat": "ok" });
    let gone = || Answer::json(r#"{"stat":"fail","code":1,"message":"Photo not found"}"#);
    let host = FakeHost::new()
        .get(&info("1"), Answer::json(photo.to_string()))
        .get(&info("2"), gone())
        .get(&comments_url(""), comments(&[comment(1, NOW)]))
        .get(&url("flickr.photos.comments.getList", "&photo_id=60"), gone());
    let ids = ["1", "2", "7-50-1", "7-50-2", "7-60-5", "odd", "a-b-c"].map(str::to_owned).to_vec();
    let changes = host.refresh::<Flickr>(&json!({}), ids).expect("changes");
    let told: Vec<_> = changes
        .iter()
        .map(|change| match change {
            Change::Upsert(mention) => format!("{} {:?} {:?}", mention.id, mention.engagement.comments, mention.engagement.likes),
            Change::Remove(id) => format!("-{id}"),
        })
        .collect();
    assert_eq!(told, ["1 Some(4) None", "-2", "7-50-1 None None", "-7-50-2", "-7-60-5"]);
    let dead = FakeHost::new().get(&info("1"), Answer::json(r#"{"stat":"fail","code":100,"message":"Invalid API Key"}"#));
    assert_eq!(dead.refresh::<Flickr>(&json!({}), vec!["1".to_owned()]).expect_err("dead").class, FailureClass::Unauthorized);
}

#[test]
fn failures_come_with_two_hundred_and_in_three_languages() {
    use FailureClass::{Gone, RateLimited, Settings, StaleCursor, Transient, Unauthorized, UnexpectedAnswer};
    let cases = [
        (200, r#"{"stat":"fail","code":100,"message":"Invalid API Key (Key has invalid format)"}"#, Unauthorized),
        (200, r#"{"stat":"fail","code":"98","message":"Invalid auth token"}"#, Unauthorized),
        (200, r#"{"stat":"fail","code":2,"message":"Unknown user"}"#, Gone),
        (200, r#"{"stat":"fail","code":5,"message":"User deleted"}"#, Gone),
        (200, r#"{"stat":"fail","code":3,"message":"Parameterless searches have been disabled"}"#, Settings),
        (200, r#"{"stat":"fail","code":10,"message":"Sorry, the Flickr search API is not currently available"}"#, Transient),
        (200, r#"{"stat":"fail","code":20,"message":"Excessive photo offset in search"}"#, StaleCursor),
        (200, r#"{"stat":"fail","code":105,"message":"Service currently unavailable"}"#, Transient),
        (200, r#"{"stat":"fail","code":201,"message":"not currently available"}"#, Transient),
        (200, r#"{"stat":"fail","code":111,"message":"Format not found"}"#, UnexpectedAnswer),
        (200, r#"jsonFlickrApi({"stat":"fail","code":100,"message":"Invalid API Key"})"#, Unauthorized),
        (
            200,
            r#"<?xml version="1.0" encoding="utf-8" ?><rsp stat="fail"><err code="105" msg="Service unavailable" /></rsp>"#,
            Transient,
        ),
        (200, r#"<?xml version="1.0" encoding="utf-8" ?><rsp stat="ok"><photos/></rsp>"#, UnexpectedAnswer),
        (401, "oauth_problem=token_rejected", Unauthorized),
        (429, "Too many requests", RateLimited),
        (502, "<html>", Transient),
        (200, r#"{"photos":{"photo":[{"id":"1""#, UnexpectedAnswer),
        (200, r#"{"stat":"ok"}"#, UnexpectedAnswer),
        (200, r#"{"photos":{"photo":{}},"stat":"ok"}"#, UnexpectedAnswer),
    ];
    for (status, body, class) in cases {
        let host = FakeHost::new().get(&search_url("", 1), Answer::new("text/plain", body).with_status(status));
        let failure = host.poll::<Flickr>(&json!({}), Poll::newer(feed()).limit(20)).expect_err(body);
        assert_eq!(failure.class, class, "{body}: {}", failure.message);
    }
    // The same code means something else of a photo.
    let settings = json!({ "photos": ["50"] });
    let feed = FakeHost::new().plan::<Flickr>(&settings, vec![]).expect("a plan").remove(0);
    let xml = Answer::new(
        "text/xml; charset=utf-8",
        "<?xml version=\"1.0\" ?>\n<rsp stat=\"fail\">\n\t<err code=\"1\" msg=\"Photo not found\" />\n</rsp>",
    );
    let host = FakeHost::new().get(&comments_url(""), xml);
    assert_eq!(host.poll::<Flickr>(&settings, Poll::newer(feed)).expect_err("gone").class, Gone);
}

#[test]
fn a_call_around_the_answer_is_taken_off() {
    let body = r#"jsonFlickrApi({"photos":{"page":1,"pages":1,"photo":[{"id":"1","title":"t (x)"}]},"stat":"ok"});"#;
    let host = FakeHost::new().get(&search_url("", 1), Answer::new("text/javascript", body));
    assert_eq!(host.poll::<Flickr>(&json!({}), Poll::newer(feed()).limit(20)).expect("a batch").changes.len(), 1);
}

#[test]
fn hostile_shapes_cost_themselves_alone() {
    let deep = format!("{}1{}", "[".repeat(90), "]".repeat(90));
    let body = format!(
        r#"{{"photos":{{"pages":1e99,"photo":[{{"id":"1","title":{deep},"description":{{"_content":{deep}}},"dateupload":99999999999999999,"views":-1,"latitude":"NaN"}},{deep},null,{{"id":[]}}]}},"stat":"ok"}}"#
    );
    let host = FakeHost::new().get(&search_url("", 1), Answer::json(body));
    let batch = host.poll::<Flickr>(&json!({}), Poll::newer(feed()).limit(20)).expect("a batch");
    let mention = batch.mentions().next().expect("the good one");
    assert_eq!(
        (batch.changes.len(), mention.published, mention.engagement.views, mention.title.as_deref()),
        (1, None, None, None)
    );
}
