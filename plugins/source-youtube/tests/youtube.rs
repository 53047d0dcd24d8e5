//! The plugin as the host sees it, on short answers after the documented shapes
//! (<https://developers.google.com/youtube/v3/docs>).

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use source_youtube::YouTube;
use vigie_plugin::testing::{Answer, FakeHost};
use vigie_plugin::{Batch, Change, Clause, Direction, FailureClass, Feed, Mention, MentionKind, Next, Poll, Search, Value, time};

const API: &str = "https://www.googleapis.com/youtube/v3";
const KEY: &str = "key={{secret:api-key}}";
const CHANNEL: &str = "UC_x5XG1OV2P6uZZ5FSM9Ttw";

fn at(text: &str) -> i64 {
    time::rfc3339(text).expect("a date").at
}

fn search_for(terms: &[&[&str]]) -> Vec<Search> {
    let clause = |all: &&[&str]| Clause { all: all.iter().map(|term| (*term).to_owned()).collect(), none: vec![] };
    vec![Search { any: terms.iter().map(clause).collect(), languages: vec![] }]
}

fn plan(settings: &Json) -> Vec<Feed> {
    FakeHost::new().plan::<YouTube>(settings, search_for(&[&["acme"]])).expect("a plan")
}

/// Settings that leave out what a test is not about.
fn plain() -> Json {
    json!({ "followers": false })
}

fn search_url(rest: &str) -> String {
    format!("{API}/search?part=snippet&{KEY}&type=video&order=date&q=%22acme%22&maxResults=50&safeSearch=none{rest}")
}

fn videos_url(ids: &[&str]) -> String {
    format!("{API}/videos?part=snippet%2Cstatistics%2CcontentDetails%2Cstatus%2CrecordingDetails&{KEY}&id={}", ids.join("%2C"))
}

fn threads_url(rest: &str) -> String {
    format!("{API}/commentThreads?part=id%2Csnippet%2Creplies&{KEY}&{rest}")
}

fn list(items: &[Json], next: Option<&str>) -> Answer {
    let mut page = json!({ "kind": "youtube#anyListResponse", "items": items, "pageInfo": { "totalResults": 1_000_000 } });
    if let Some(next) = next {
        page["nextPageToken"] = json!(next);
    }
    Answer::json(page.to_string())
}

fn hit(id: &str, published: &str) -> Json {
    json!({ "id": { "kind": "youtube#video", "videoId": id },
        "snippet": { "publishedAt": published, "channelId": "UCada", "channelTitle": "Ada", "title": "Acme &amp; more", "description": "Cut ..." } })
}

fn video(id: &str, published: &str) -> Json {
    json!({ "id": id,
        "snippet": { "publishedAt": published, "channelId": "UCada", "channelTitle": "Ada", "title": "Acme & more",
            "description": "All of it", "tags": ["acme", "phone"], "categoryId": "28", "defaultLanguage": "en", "defaultAudioLanguage": "fr",
            "liveBroadcastContent": "none", "thumbnails": { "default": { "url": "https://i.ytimg.com/d.jpg" }, "high": { "url": "https://i.ytimg.com/h.jpg" } } },
        "statistics": { "viewCount": "7920", "likeCount": "190", "commentCount": "32", "favoriteCount": "0" },
        "contentDetails": { "duration": "PT21M7S" }, "status": { "uploadStatus": "processed", "privacyStatus": "public" },
        "recordingDetails": { "location": { "latitude": 48.5, "longitude": 2 } } })
}

fn comment(id: &str, published: &str) -> Json {
    json!({ "id": id, "snippet": { "videoId": "video000001", "textDisplay": "It&#39;s <br>good", "textOriginal": "It's \ngood",
        "authorDisplayName": "@bo", "authorChannelUrl": "http://www.youtube.com/channel/UCbo", "authorChannelId": { "value": "UCbo" },
        "viewerRating": "none", "likeCount": 3, "publishedAt": published, "updatedAt": published } })
}

fn thread(id: &str, published: &str, total: u64, replies: &[Json]) -> Json {
    let mut thread = json!({ "id": id, "snippet": { "videoId": "video000001", "topLevelComment": comment(id, published), "totalReplyCount": total } });
    if !replies.is_empty() {
        thread["replies"] = json!({ "comments": replies });
    }
    thread
}

fn refused(status: u16, reason: &str) -> Answer {
    let body = json!({ "error": { "code": status, "message": "refused", "errors": [{ "domain": "youtube.x", "reason": reason, "message": "refused" }] } });
    Answer::json(body.to_string()).with_status(status)
}

fn ids<'a>(batches: impl IntoIterator<Item = &'a Batch>) -> BTreeSet<String> {
    batches.into_iter().flat_map(Batch::mentions).map(|mention| mention.id.clone()).collect()
}

fn find<'a>(batch: &'a Batch, id: &str) -> &'a Mention {
    batch.mentions().find(|mention| mention.id == id).unwrap_or_else(|| panic!("no mention {id} in {batch:#?}"))
}

fn attribute<'a>(mention: &'a Mention, key: &str) -> Option<&'a Value> {
    mention.attributes.iter().find(|attribute| attribute.key == key).map(|attribute| &attribute.value)
}

#[test]
fn the_plan_follows_settings_and_searches() {
    let names = |settings: Json| plan(&settings).into_iter().map(|feed| feed.id).collect::<Vec<_>>();
    assert_eq!(names(json!({})), ["search:\"acme\""]);
    assert_eq!(
        names(json!({ "search": false, "channels": [CHANNEL, CHANNEL], "videos": ["https://youtu.be/video000001"] })),
        [format!("uploads:{CHANNEL}"), format!("threads:{CHANNEL}"), "video:video000001".to_owned()]
    );
    let many = FakeHost::new().plan::<YouTube>(&json!({}), search_for(&[&["a"], &["b"], &["a", "c"], &["a"]])).expect("a plan");
    assert_eq!(
        many.iter().map(|feed| feed.title.as_str()).collect::<Vec<_>>(),
        [r#"search for "a"|"b""#, r#"search for "a" "c""#]
    );
    for wrong in
        [json!({ "search": false }), json!({ "channels": ["@acme"] }), json!({ "videos": ["x"] }), json!({ "comments_for": "x" })]
    {
        let failure = FakeHost::new().plan::<YouTube>(&wrong, search_for(&[&["acme"]])).expect_err("wrong settings");
        assert_eq!(failure.class, FailureClass::Settings, "{wrong}");
    }
    let nothing = FakeHost::new().plan::<YouTube>(&json!({}), search_for(&[&[]])).expect_err("nothing to search for");
    assert_eq!(nothing.class, FailureClass::Settings);
}

#[test]
fn every_documented_field_of_a_video_arrives() {
    let host = FakeHost::new()
        .get(&search_url(""), list(&[hit("video000001", "2025-12-30T10:00:00Z"), json!({ "id": { "kind": "youtube#channel", "channelId": "UCx" } })], None))
        .get(&videos_url(&["video000001"]), list(&[video("video000001", "2025-12-30T10:00:00.000Z")], None))
        .get(
            &format!("{API}/channels?part=snippet%2Cstatistics&{KEY}&id=UCada&maxResults=50"),
            list(&[json!({ "id": "UCada", "snippet": { "customUrl": "@ada" }, "statistics": { "subscriberCount": "1230", "hiddenSubscriberCount": false } })], None),
        );
    let batch = host.poll::<YouTube>(&json!({}), Poll::newer(plan(&json!({})).remove(0))).expect("a batch");
    let mention = find(&batch, "video000001");
    assert_eq!(
        (mention.kind, mention.title.as_deref(), mention.text.as_str()),
        (MentionKind::Video, Some("Acme & more"), "All of it")
    );
    assert_eq!((mention.thread.as_deref(), mention.parent.as_deref()), (Some("video000001"), None));
    assert_eq!(mention.url.as_deref(), Some("https://www.youtube.com/watch?v=video000001"));
    assert_eq!((mention.language.as_deref(), mention.published.map(|at| at.at)), (Some("en"), Some(at("2025-12-30T10:00:00Z"))));
    let counts = &mention.engagement;
    assert_eq!((counts.likes, counts.comments, counts.views, counts.shares), (Some(190), Some(32), Some(7920), None));
    let author = mention.author.as_ref().expect("an author");
    assert_eq!((author.id.as_str(), author.name.as_deref(), author.handle.as_deref()), ("UCada", Some("Ada"), Some("ada")));
    assert_eq!((author.followers, author.url.as_deref()), (Some(1230), Some("https://www.youtube.com/channel/UCada")));
    assert_eq!(mention.media.iter().map(|media| media.url.as_str()).collect::<Vec<_>>(), ["https://i.ytimg.com/h.jpg"]);
    assert_eq!(attribute(mention, "duration-seconds"), Some(&Value::Number(1267.0)));
    for (key, text) in [("audio-language", "fr"), ("category", "28"), ("tags", "acme, phone"), ("location", "48.5,2")] {
        assert_eq!(attribute(mention, key), Some(&Value::Text(text.to_owned())), "{key}");
    }
    assert_eq!(batch.feeds.len(), 1);
    assert_eq!(
        (batch.feeds[0].id.as_str(), batch.feeds[0].expires_at),
        ("comments:video000001", Some(at("2026-01-13T10:00:00Z")))
    );
}

#[test]
fn hidden_counters_are_absent_and_the_private_is_removed() {
    let (mut quiet, mut private) = (video("video000001", "2025-12-30T10:00:00Z"), video("video000002", "2025-12-30T10:00:00Z"));
    quiet["statistics"] = json!({ "viewCount": "5" });
    quiet["snippet"].as_object_mut().expect("an object").remove("defaultLanguage");
    private["status"]["privacyStatus"] = json!("private");
    let hits = ["video000001", "video000002", "video000003"].map(|id| hit(id, "2025-12-30T10:00:00Z"));
    let host = FakeHost::new()
        .get(&search_url(""), list(&hits, None))
        .get(&videos_url(&["video000001", "video000002", "video000003"]), list(&[quiet, private], None))
        .get(
            &format!("{API}/channels?part=snippet%2Cstatistics&{KEY}&id=UCada&maxResults=50"),
            list(&[json!({ "id": "UCada", "statistics": { "subscriberCount": "0", "hiddenSubscriberCount": true } })], None),
        );
    let batch = host.poll::<YouTube>(&json!({}), Poll::newer(plan(&json!({})).remove(0))).expect("a batch");
    let mention = find(&batch, "video000001");
    let counts = &mention.engagement;
    assert_eq!((counts.likes, counts.comments, counts.views), (None, None, Some(5)));
    assert_eq!((mention.language.as_deref(), mention.author.as_ref().and_then(|author| author.followers)), (None, None));
    assert_eq!(batch.feeds, [], "comments are switched off where their number is missing");
    let removed = ["video000002", "video000003"].map(|id| Change::Remove(id.to_owned()));
    assert!(removed.iter().all(|change| batch.changes.contains(change)), "{:?}", batch.changes);
}

#[test]
fn without_the_details_a_video_is_what_the_search_shows() {
    let host = FakeHost::new()
        .get(&search_url(""), list(&[hit("video000001", "2025-12-30T10:00:00Z")], None))
        .get(&videos_url(&["video000001"]), refused(403, "forbidden"));
    let batch = host.poll::<YouTube>(&plain(), Poll::newer(plan(&plain()).remove(0))).expect("a batch");
    let mention = find(&batch, "video000001");
    assert_eq!((mention.title.as_deref(), mention.text.as_str()), (Some("Acme & more"), "Cut ..."));
    assert_eq!((batch.feeds.len(), host.logged().len()), (1, 1));
    let host = FakeHost::new()
        .get(&search_url(""), list(&[hit("video000001", "2025-12-30T10:00:00Z")], None))
        .get(&videos_url(&["video000001"]), Answer::status(503));
    let failure = host.poll::<YouTube>(&plain(), Poll::newer(plan(&plain()).remove(0))).expect_err("read again later");
    assert_eq!(failure.class, FailureClass::Transient);
}

fn details(host: FakeHost, ids: &[&str]) -> FakeHost {
    let videos: Vec<Json> = ids.iter().map(|id| video(id, "2025-12-30T10:00:00Z")).collect();
    host.get(&videos_url(ids), list(&videos, None))
}

#[test]
fn the_head_is_followed_from_the_first_page_of_the_walk_before() {
    let feed = plan(&plain()).remove(0);
    let host = details(FakeHost::new(), &["video000003"])
        .get(&search_url(""), list(&[hit("video000003", "2025-12-31T10:00:00Z")], Some("p2")));
    let first = host.poll::<YouTube>(&plain(), Poll::newer(feed.clone())).expect("the head");
    assert_eq!(first.next, Next::Later(Some(86_400_000 / 75)), "the head alone, then the share of the day");
    // Two more pages; the newest is on the first one, and nothing is committed before the last.
    let after = "&publishedAfter=2025-12-30T22%3A00%3A00Z";
    let host = [["video000006", "video000005"], ["video000005", "video000004"]]
        .iter()
        .fold(FakeHost::new(), |host, page| details(host, page));
    let host = host
        .get(
            &search_url(after),
            list(&[hit("video000006", "2026-01-01T00:00:00Z"), hit("video000005", "2025-12-31T12:00:00Z")], Some("p2")),
        )
        .get(
            &search_url(&format!("{after}&pageToken=p2")),
            list(&[hit("video000005", "2025-12-31T12:00:00Z"), hit("video000004", "2025-12-31T10:00:00Z")], None),
        );
    let second = host.poll::<YouTube>(&plain(), Poll::newer(feed.clone()).cursor(first.cursor)).expect("a page");
    assert_eq!(second.next, Next::More);
    assert!(
        second.cursor.as_ref().is_some_and(|cursor| cursor.contains(&at("2025-12-31T10:00:00Z").to_string())),
        "the old floor stays"
    );
    let third = host.poll::<YouTube>(&plain(), Poll::newer(feed.clone()).cursor(second.cursor.clone())).expect("a page");
    let again = host.poll::<YouTube>(&plain(), Poll::newer(feed).cursor(second.cursor.clone())).expect("the same page");
    assert_eq!(ids([&second, &third]), BTreeSet::from(["4", "5", "6"].map(|n| format!("video00000{n}"))));
    assert_eq!((ids([&third]), &third.cursor), (ids([&again]), &again.cursor), "a checkpoint is resumed as often as needed");
    assert!(third.cursor.is_some_and(|cursor| cursor.contains(&format!("\"floor\":{}", at("2026-01-01T00:00:00Z")))));
}

#[test]
fn the_history_is_walked_page_by_page_over_empty_ones() {
    let feed = plan(&plain()).remove(0);
    let since = Some(at("2025-12-01T00:00:00Z"));
    let after = "&publishedAfter=2025-12-01T00%3A00%3A00Z";
    let host = details(details(FakeHost::new(), &["video000003"]), &["video000002"])
        .get(&search_url(after), list(&[hit("video000003", "2025-12-31T10:00:00Z")], Some("p2")))
        .get(&search_url(&format!("{after}&pageToken=p2")), list(&[], Some("p3")))
        .get(&search_url(&format!("{after}&pageToken=p3")), list(&[hit("video000002", "2025-12-20T10:00:00Z")], None));
    let (mut batches, mut cursor) = (Vec::new(), None);
    loop {
        let batch =
            host.poll::<YouTube>(&plain(), Poll::older(feed.clone()).since(since).cursor(cursor.clone())).expect("a batch");
        cursor = batch.cursor.clone();
        let next = batch.next;
        batches.push(batch);
        if next != Next::More {
            assert_eq!(next, Next::Done);
            break;
        }
    }
    assert_eq!((batches.len(), ids(&batches).len()), (3, 2));
}

#[test]
fn no_more_is_searched_in_a_day_than_the_feeds_share() {
    let settings = json!({ "followers": false, "searches_per_day": 8 });
    let feed = plan(&settings).remove(0);
    let mut host = FakeHost::new().at("2026-01-01T20:00:00Z").get(&search_url(""), list(&[], Some("p0")));
    for page in 0..3 {
        host = host.get(&search_url(&format!("&pageToken=p{page}")), list(&[], Some(&format!("p{}", page + 1))));
    }
    let batches = host.read::<YouTube>(&settings, &feed, Direction::Older).expect("batches");
    assert_eq!((host.asked().len(), batches.len()), (2, 3), "a quarter of eight");
    let last = batches.last().expect("a batch");
    assert_eq!(last.next, Next::Later(Some(12 * 3_600_000)), "midnight in California");
    host.set_clock(at("2026-01-02T08:00:00Z"));
    let batch = host.poll::<YouTube>(&settings, Poll::older(feed).cursor(last.cursor.clone())).expect("a new day");
    assert_eq!((batch.next, host.asked().len()), (Next::More, 3));
}

#[test]
fn a_channels_uploads_are_read_without_a_search() {
    let settings = json!({ "search": false, "channels": [CHANNEL], "followers": false });
    let feed = plan(&settings).remove(0);
    let url = |rest: &str| {
        format!("{API}/playlistItems?part=snippet%2CcontentDetails&{KEY}&playlistId=UU_x5XG1OV2P6uZZ5FSM9Ttw&maxResults=50{rest}")
    };
    let entry = |id: &str, added: &str| json!({ "snippet": { "publishedAt": added, "resourceId": { "videoId": id } }, "contentDetails": { "videoId": id } });
    let host = details(details(FakeHost::new(), &["video000002"]), &["video000001"])
        .get(&url(""), list(&[entry("video000002", "2025-12-31T10:00:00Z"), json!({ "snippet": null })], Some("p2")))
        .get(&url("&pageToken=p2"), list(&[entry("video000001", "2025-12-20T10:00:00Z")], None));
    let head = host.poll::<YouTube>(&settings, Poll::newer(feed.clone())).expect("the head");
    assert_eq!((ids([&head]).len(), head.next, head.feeds.len()), (1, Next::Later(None), 0));
    let all = host.read::<YouTube>(&settings, &feed, Direction::Older).expect("batches");
    assert_eq!((ids(&all).len(), all.last().map(|batch| batch.next)), (2, Some(Next::Done)));
    // What the list itself says is kept where the videos cannot be read.
    let told = json!({
        "snippet": { "publishedAt": "2025-12-31T10:00:00Z", "title": "A & B", "description": "whole", "resourceId": { "videoId": "video000002" },
            "videoOwnerChannelId": CHANNEL, "videoOwnerChannelTitle": "Acme" },
        "contentDetails": { "videoId": "video000002", "videoPublishedAt": "2025-12-30T10:00:00Z" }
    });
    let closed = FakeHost::new()
        .get(&url(""), list(&[told, entry("video000003", "2025-12-31T09:00:00Z")], None))
        .get(&videos_url(&["video000002", "video000003"]), refused(403, "forbidden"));
    let batch = closed.poll::<YouTube>(&settings, Poll::newer(feed.clone())).expect("what the list says");
    let [vigie_plugin::Change::Upsert(mention)] = &batch.changes[..] else { panic!("one video: {:?}", batch.changes) };
    assert_eq!((mention.id.as_str(), mention.title.as_deref(), mention.text.as_str()), ("video000002", Some("A & B"), "whole"));
    assert_eq!(mention.published.map(|moment| moment.at), Some(1_767_088_800_000));
    assert_eq!(mention.author.as_ref().map(|author| author.id.as_str()), Some(CHANNEL));
    let gone = FakeHost::new().get(&url(""), refused(404, "playlistNotFound"));
    assert_eq!(gone.poll::<YouTube>(&settings, Poll::newer(feed)).expect_err("no channel").class, FailureClass::Gone);
}

fn comments_feed(published: &str) -> Feed {
    let host = FakeHost::new()
        .get(&search_url(""), list(&[hit("video000001", published)], None))
        .get(&videos_url(&["video000001"]), list(&[video("video000001", published)], None));
    host.poll::<YouTube>(&plain(), Poll::newer(plan(&plain()).remove(0))).expect("a batch").feeds.remove(0)
}

const BELOW: &str = "videoId=video000001&order=time&maxResults=100";

#[test]
fn threads_and_the_replies_that_came_with_them() {
    let mut edited = comment("Ug1.b", "2025-12-31T11:00:00Z");
    edited["snippet"]["updatedAt"] = json!("2025-12-31T12:00:00Z");
    edited["snippet"]["parentId"] = json!("Ug1");
    edited["snippet"].as_object_mut().expect("an object").remove("textOriginal");
    let mut held = comment("Ug1.c", "2025-12-31T11:00:00Z");
    held["snippet"]["moderationStatus"] = json!("heldForReview");
    let mut silent = comment("Ug1.d", "2025-12-31T11:00:00Z");
    silent["snippet"] = json!({ "publishedAt": "2025-12-31T11:00:00Z" });
    let page =
        [thread("Ug1", "2025-12-31T10:00:00Z", 2, &[edited, held, silent]), json!({ "id": "Ug2", "snippet": null }), Json::Null];
    let host = FakeHost::new().get(&threads_url(BELOW), list(&page, None));
    let batch = host.poll::<YouTube>(&plain(), Poll::newer(comments_feed("2025-12-30T10:00:00Z"))).expect("a batch");
    assert_eq!(ids([&batch]), BTreeSet::from(["Ug1".to_owned(), "Ug1.b".to_owned()]));
    let first = find(&batch, "Ug1");
    assert_eq!((first.kind, first.text.as_str()), (MentionKind::Comment, "It's \ngood"));
    assert_eq!((first.thread.as_deref(), first.parent.as_deref()), (Some("video000001"), Some("video000001")));
    assert_eq!(first.url.as_deref(), Some("https://www.youtube.com/watch?v=video000001&lc=Ug1"));
    assert_eq!((first.engagement.likes, first.engagement.comments, first.edited), (Some(3), Some(2), None));
    assert_eq!(attribute(first, "video-title"), Some(&Value::Text("Acme & more".to_owned())));
    let author = first.author.as_ref().expect("an author");
    assert_eq!((author.id.as_str(), author.handle.as_deref()), ("UCbo", Some("bo")));
    let reply = find(&batch, "Ug1.b");
    assert_eq!(
        (reply.kind, reply.parent.as_deref(), reply.thread.as_deref()),
        (MentionKind::Reply, Some("Ug1"), Some("video000001"))
    );
    assert_eq!((reply.text.as_str(), reply.format), ("It&#39;s <br>good", vigie_plugin::TextFormat::Html));
    assert_eq!(reply.edited.map(|moment| moment.at), Some(at("2025-12-31T12:00:00Z")));
    assert_eq!((batch.next, batch.feeds.len()), (Next::Later(None), 0));
}

#[test]
fn replies_that_did_not_come_are_a_feed_until_their_number_changes() {
    let reply = |n: u32| {
        let mut reply = comment(&format!("Ug1.{n}"), "2025-12-31T11:00:00Z");
        reply["snippet"]["parentId"] = json!("Ug1");
        reply["snippet"].as_object_mut().expect("an object").remove("videoId");
        reply
    };
    let replies: Vec<Json> = (0..5).map(reply).collect();
    let host = FakeHost::new()
        .get(&threads_url(BELOW), list(&[thread("Ug1", "2025-12-31T10:00:00Z", 7, &replies)], None))
        .get(&threads_url(BELOW), list(&[thread("Ug1", "2025-12-31T10:00:00Z", 8, &replies)], None));
    let feed = comments_feed("2025-12-30T10:00:00Z");
    let first = host.poll::<YouTube>(&plain(), Poll::newer(feed.clone())).expect("a batch");
    let second = host.poll::<YouTube>(&plain(), Poll::newer(feed).cursor(first.cursor)).expect("a batch");
    assert_eq!((first.feeds[0].id.as_str(), second.feeds[0].id.as_str()), ("replies:Ug1:7", "replies:Ug1:8"));
    let url = |rest: &str| format!("{API}/comments?part=id%2Csnippet&{KEY}&parentId=Ug1&maxResults=100{rest}");
    let host = FakeHost::new()
        .get(&url(""), list(&(0..4).map(reply).collect::<Vec<_>>(), Some("r2")))
        .get(&url("&pageToken=r2"), list(&(3..7).map(reply).collect::<Vec<_>>(), None));
    let batches = host.read::<YouTube>(&plain(), &first.feeds[0], Direction::Newer).expect("batches");
    assert_eq!((ids(&batches).len(), batches.last().map(|batch| batch.next)), (7, Some(Next::Done)));
    let mention = find(&batches[1], "Ug1.6");
    assert_eq!((mention.thread.as_deref(), mention.parent.as_deref()), (Some("video000001"), Some("Ug1")));
    assert_eq!(mention.url.as_deref(), Some("https://www.youtube.com/watch?v=video000001&lc=Ug1.6"));
}

#[test]
fn the_head_of_comments_is_followed_and_once_a_day_all_is_read() {
    let feed = comments_feed("2025-12-30T10:00:00Z");
    let page = |n: u32, next: Option<&str>| list(&[thread(&format!("Ug{n}"), &format!("2025-12-31T1{n}:00:00Z"), 0, &[])], next);
    let host = FakeHost::new()
        .get(&threads_url(BELOW), page(9, Some("a")))
        .get(&threads_url(&format!("{BELOW}&pageToken=a")), page(5, Some("b")))
        .get(&threads_url(&format!("{BELOW}&pageToken=b")), page(1, None));
    let first = host.read::<YouTube>(&plain(), &feed, Direction::Newer).expect("batches");
    assert_eq!(first.len(), 3, "a found video's comments are read whole");
    let cursor = first.last().and_then(|batch| batch.cursor.clone());
    let batch = host.poll::<YouTube>(&plain(), Poll::newer(feed.clone()).cursor(cursor.clone())).expect("the head");
    assert_eq!(batch.next, Next::More, "the second page decides that there is nothing new below");
    let batch = host.poll::<YouTube>(&plain(), Poll::newer(feed.clone()).cursor(batch.cursor)).expect("the second page");
    assert_eq!(batch.next, Next::Later(None));
    host.set_clock(at("2026-01-02T00:00:00Z"));
    let asked = host.asked().len();
    let mut cursor = batch.cursor;
    loop {
        let batch = host.poll::<YouTube>(&plain(), Poll::newer(feed.clone()).cursor(cursor)).expect("a batch");
        cursor = batch.cursor;
        if batch.next != Next::More {
            break;
        }
    }
    assert_eq!(host.asked().len() - asked, 3, "down to the end again, for late replies");
    assert_eq!(host.poll::<YouTube>(&plain(), Poll::older(feed)).expect("nothing").next, Next::Done);
}

#[test]
fn an_old_videos_comments_are_read_once_and_a_circle_is_left() {
    let feed = comments_feed("2020-12-30T10:00:00Z");
    let host = FakeHost::new()
        .get(&threads_url(BELOW), list(&[thread("Ug1", "2021-01-01T00:00:00Z", 0, &[])], Some("a")))
        .get(&threads_url(&format!("{BELOW}&pageToken=a")), list(&[thread("Ug1", "2021-01-01T00:00:00Z", 0, &[])], Some("a")));
    let batches = host.read::<YouTube>(&plain(), &feed, Direction::Newer).expect("batches");
    assert_eq!((batches.len(), batches.last().map(|batch| batch.next)), (2, Some(Next::Done)));
    assert!(host.logged()[0].1.contains("names itself"), "{:?}", host.logged());
}

#[test]
fn switched_off_comments_are_no_failure_and_a_missing_video_ends_the_feed() {
    let feed = comments_feed("2025-12-30T10:00:00Z");
    let off = FakeHost::new().get(&threads_url(BELOW), refused(403, "commentsDisabled"));
    let batch = off.poll::<YouTube>(&plain(), Poll::newer(feed.clone())).expect("no failure");
    assert_eq!((batch.changes.len(), batch.next), (0, Next::Done));
    let gone = FakeHost::new().get(&threads_url(BELOW), refused(404, "videoNotFound"));
    assert_eq!(gone.poll::<YouTube>(&plain(), Poll::newer(feed)).expect_err("gone").class, FailureClass::Gone);
}

#[test]
fn a_named_video_comes_with_all_its_comments() {
    let settings = json!({ "search": false, "videos": ["video000001"], "followers": false });
    let feed = plan(&settings).remove(0);
    let since = Some(at("2025-12-31T10:00:00Z"));
    let host = details(FakeHost::new(), &["video000001"])
        .get(&threads_url(BELOW), list(&[thread("Ug9", "2025-12-31T12:00:00Z", 0, &[])], Some("a")))
        .get(&threads_url(&format!("{BELOW}&pageToken=a")), list(&[thread("Ug1", "2025-12-31T09:00:00Z", 0, &[])], Some("b")));
    let first = host.poll::<YouTube>(&settings, Poll::newer(feed.clone()).since(since)).expect("a batch");
    assert_eq!((ids([&first]), first.next), (BTreeSet::from(["Ug9".to_owned(), "video000001".to_owned()]), Next::More));
    let second = host.poll::<YouTube>(&settings, Poll::newer(feed.clone()).since(since).cursor(first.cursor)).expect("a batch");
    assert_eq!((ids([&second]).len(), second.next), (0, Next::Later(None)), "what is older is the business of `older`");
    let older = host.poll::<YouTube>(&settings, Poll::older(feed.clone())).expect("a batch");
    assert_eq!((ids([&older]).len(), older.next), (1, Next::More));
    let without = json!({ "search": false, "videos": ["video000001"], "followers": false, "comments": false });
    let alone = host.poll::<YouTube>(&without, Poll::newer(feed.clone())).expect("the video");
    assert_eq!(ids([&alone]).len(), 1);
    assert_eq!(host.poll::<YouTube>(&without, Poll::older(feed)).expect("nothing").next, Next::Done);
}

#[test]
fn a_channels_comments_name_their_videos() {
    let settings = json!({ "search": false, "channels": [CHANNEL], "followers": false });
    let mut page = thread("Ug1", "2025-12-31T12:00:00Z", 0, &[]);
    page["snippet"]["videoId"] = json!("video000007");
    page["snippet"]["topLevelComment"]["snippet"]["videoId"] = json!("video000007");
    let below = format!("allThreadsRelatedToChannelId={CHANNEL}&order=time&maxResults=100");
    let host = FakeHost::new().get(&threads_url(&below), list(&[page], None));
    let batch = host.poll::<YouTube>(&settings, Poll::newer(plan(&settings).remove(1))).expect("a batch");
    assert_eq!(find(&batch, "Ug1").parent.as_deref(), Some("video000007"));
}

#[test]
fn what_is_read_again_brings_counters_edits_and_removals() {
    let comments_url = |ids: &[&str]| format!("{API}/comments?part=id%2Csnippet&{KEY}&id={}", ids.join("%2C"));
    let mut bare = comment("Ug1", "2025-12-31T10:00:00Z");
    bare["snippet"].as_object_mut().expect("an object").remove("videoId");
    let host = FakeHost::new()
        .get(&videos_url(&["video000001", "video000002"]), list(&[video("video000001", "2025-12-30T10:00:00Z")], None))
        .get(&comments_url(&["Ug1", "Ug2.x", "Ug3"]), refused(404, "commentNotFound"))
        .get(&comments_url(&["Ug1", "Ug2.x"]), list(&[bare], None))
        .get(&comments_url(&["Ug3"]), refused(404, "commentNotFound"));
    let wanted = ["video000001", "Ug1", "video000002", "Ug2.x", "Ug3"].map(str::to_owned).to_vec();
    let changes = host.refresh::<YouTube>(&plain(), wanted).expect("changes");
    let removed: BTreeSet<&str> =
        changes.iter().filter_map(|change| if let Change::Remove(id) = change { Some(id.as_str()) } else { None }).collect();
    assert_eq!(removed, BTreeSet::from(["Ug2.x", "Ug3", "video000002"]));
    let again = Batch { changes, ..Batch::new() };
    assert_eq!(ids([&again]), BTreeSet::from(["Ug1".to_owned(), "video000001".to_owned()]));
    assert_eq!(
        (find(&again, "Ug1").thread.as_deref(), find(&again, "Ug1").url.as_deref()),
        (None, None),
        "the host keeps what it knows"
    );

    let others = FakeHost::new().get(&videos_url(&["video000009"]), list(&[video("video000001", "2025-12-30T10:00:00Z")], None));
    let failure = others.refresh::<YouTube>(&plain(), vec!["video000009".into()]).expect_err("no proof of a removal");
    assert_eq!(failure.class, FailureClass::UnexpectedAnswer);
}

#[test]
fn each_refusal_has_its_class() {
    use FailureClass::{
        Forbidden, QuotaExhausted, RateLimited, Settings, StaleCursor, Transient, Unauthorized, UnexpectedAnswer,
    };
    let feed = plan(&plain()).remove(0);
    let cases = [
        (refused(403, "quotaExceeded"), QuotaExhausted, Some(8 * 3_600_000)),
        (refused(403, "rateLimitExceeded"), RateLimited, None),
        (refused(429, "userRateLimitExceeded").header("retry-after", "7"), RateLimited, Some(7_000)),
        (refused(400, "keyInvalid"), Unauthorized, None),
        (refused(403, "accessNotConfigured"), Unauthorized, None),
        (refused(401, "authError"), Unauthorized, None),
        (refused(403, "forbidden"), Forbidden, None),
        (refused(400, "invalidRegionCode"), Settings, None),
        (refused(400, "processingFailure"), StaleCursor, None),
        (refused(500, "backendError"), Transient, None),
        (Answer::html("<html>blocked").with_status(502), Transient, None),
        (Answer::html("<html>a page"), UnexpectedAnswer, None),
        (Answer::json("{\"items\":["), UnexpectedAnswer, None),
        (Answer::json("{}"), UnexpectedAnswer, None),
    ];
    for (answer, class, wait) in cases {
        let shown = format!("{answer:?}");
        let host = FakeHost::new().get(&search_url(""), answer);
        let failure = host.poll::<YouTube>(&plain(), Poll::newer(feed.clone())).expect_err(&shown);
        assert_eq!((failure.class, failure.retry_after_ms), (class, wait), "{shown}");
    }
}

#[test]
fn region_and_language_narrow_the_search() {
    let settings = json!({ "followers": false, "region": "FR", "language": "fr" });
    let host = FakeHost::new().get(&search_url("&regionCode=FR&relevanceLanguage=fr"), list(&[], None));
    let batch = host.poll::<YouTube>(&settings, Poll::newer(plan(&settings).remove(0))).expect("a batch");
    assert!(batch.cursor.is_some_and(|cursor| cursor.contains(&format!("\"floor\":{}", at("2026-01-01T00:00:00Z")))));
}
