//! The plugin as the host sees it, on short answers after the lexicons `app.bsky.feed.*` (<https://docs.bsky.app/docs/api>).

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use source_bluesky::Bluesky;
use vigie_plugin::testing::{Answer, FakeHost};
use vigie_plugin::{
    Batch, Change, Clause, Direction, Failure, FailureClass, Feed, MediaKind, Mention, MentionKind, Next, Poll, Search, Value,
    time,
};

const XRPC: &str = "https://pds.example/xrpc";
const SEARCH: &str = "https://pds.example/xrpc/app.bsky.feed.searchPosts?q=acme&sort=latest&limit=100";

fn settings() -> Json {
    json!({ "service": "https://pds.example", "identifier": "me.example" })
}

fn uri(key: u32) -> String {
    format!("at://did:plc:ada/app.bsky.feed.post/{key}")
}

/// A post of the given minute of the last day of 2025.
fn post(key: u32) -> Json {
    let at = format!("2025-12-31T{:02}:{:02}:00.000Z", key / 60 % 24, key % 60);
    json!({ "uri": uri(key), "cid": "bafy", "author": { "did": "did:plc:ada", "handle": "ada.example", "displayName": "Ada", "labels": [] },
        "record": { "$type": "app.bsky.feed.post", "createdAt": at, "langs": ["en"], "text": format!("post {key} on acme") },
        "replyCount": 0, "repostCount": 2, "likeCount": 4, "quoteCount": 0, "indexedAt": at, "labels": [] })
}

fn posts(keys: impl IntoIterator<Item = u32>, cursor: Option<&str>) -> Answer {
    Answer::json(json!({ "posts": keys.into_iter().map(post).collect::<Vec<_>>(), "cursor": cursor }).to_string())
}

fn plan(settings: &Json) -> Vec<Feed> {
    let clause = |all: &[&str]| Clause { all: all.iter().map(|term| (*term).to_owned()).collect(), none: vec![] };
    let search = Search { any: vec![clause(&["acme"]), clause(&["Acme"])], languages: vec![] };
    FakeHost::new().plan::<Bluesky>(settings, vec![search]).expect("a plan")
}

fn keys<'a>(batches: impl IntoIterator<Item = &'a Batch>) -> BTreeSet<u32> {
    let key = |mention: &Mention| mention.id.rsplit('/').next().and_then(|key| key.parse().ok()).expect("a number");
    batches.into_iter().flat_map(Batch::mentions).map(key).collect()
}

fn read_one(post: Json) -> Mention {
    let host = FakeHost::new().get(SEARCH, Answer::json(json!({ "posts": [post] }).to_string()));
    let batch = host.poll::<Bluesky>(&settings(), Poll::newer(plan(&settings()).remove(0))).expect("a batch");
    batch.mentions().next().expect("a mention").clone()
}

fn attribute(mention: &Mention, key: &str) -> Option<Value> {
    mention.attributes.iter().find(|attribute| attribute.key == key).map(|attribute| attribute.value.clone())
}

#[test]
fn the_plan_follows_settings_and_searches() {
    let names = |settings: Json| plan(&settings).into_iter().map(|feed| feed.id).collect::<Vec<_>>();
    assert_eq!(names(json!({})), ["search:acme"]);
    assert_eq!(
        names(json!({ "accounts": ["@Acme.example", "did:plc:x"] })),
        ["account:acme.example", "account:did:plc:x", "search:acme"]
    );
    for wrong in [json!({ "service": "pds" }), json!({ "accounts": ["acme"] }), json!({ "threads_for": "x" }), json!({})] {
        assert_eq!(FakeHost::new().plan::<Bluesky>(&wrong, vec![]).expect_err("wrong").class, FailureClass::Settings, "{wrong}");
    }
}

#[test]
fn a_post_becomes_a_mention_field_by_field() {
    let mut full = post(5);
    full["record"]["text"] = json!("📈 see a.example/lo...");
    full["record"]["facets"] = json!([{ "index": { "byteStart": 9, "byteEnd": 24 },
        "features": [{ "$type": "app.bsky.richtext.facet#link", "uri": "https://a.example/longer" }] }]);
    full["record"]["reply"] = json!({ "parent": { "uri": uri(2) }, "root": { "uri": uri(1) } });
    full["record"]["tags"] = json!(["hidden"]);
    full["quoteCount"] = json!(1);
    full["bookmarkCount"] = json!(3);
    full["labels"] = json!([{ "val": "rude" }, { "val": "taken-back", "neg": true }]);
    full["author"]["verification"] = json!({ "verifiedStatus": "valid", "trustedVerifierStatus": "none" });
    full["embed"] = json!({ "$type": "app.bsky.embed.recordWithMedia#view",
        "media": { "images": [{ "fullsize": "https://cdn.example/x.jpg", "alt": "a phone" }] }, "record": { "record": { "uri": uri(3) } } });
    let mention = read_one(full);
    assert_eq!((mention.id.as_str(), mention.kind), (uri(5).as_str(), MentionKind::Reply));
    assert_eq!(mention.url.as_deref(), Some("https://bsky.app/profile/did:plc:ada/post/5"));
    assert_eq!(
        (mention.text.as_str(), mention.links.as_slice()),
        ("📈 see a.example/lo...", ["https://a.example/longer".to_owned()].as_slice())
    );
    assert_eq!((mention.parent, mention.thread, mention.original), (Some(uri(2)), Some(uri(1)), Some(uri(3))));
    let author = mention.author.as_ref().expect("an author");
    assert_eq!((author.id.as_str(), author.handle.as_deref(), author.verified), ("did:plc:ada", Some("ada.example"), Some(true)));
    let engagement = &mention.engagement;
    assert_eq!((engagement.likes, engagement.comments, engagement.shares, engagement.views), (Some(4), Some(0), Some(3), None));
    assert_eq!((mention.language.as_deref(), mention.published), (Some("en"), time::rfc3339("2025-12-31T00:05:00Z").ok()));
    assert_eq!((mention.media[0].kind, mention.media[0].description.as_deref()), (MediaKind::Image, Some("a phone")));
    let mention = read_one(json!({ "uri": uri(1), "record": { "text": "", "langs": ["en", "fr"],
        "embed": { "$type": "app.bsky.embed.record", "record": { "uri": uri(9) } } },
        "embed": { "external": { "uri": "https://c.example", "title": "Card", "description": "" } },
        "author": { "did": "did:plc:x", "handle": "handle.invalid" }, "indexedAt": "2025-12-31T10:00:00Z" }));
    assert_eq!(
        (mention.kind, mention.original.as_deref(), mention.thread.as_deref()),
        (MentionKind::Quote, Some(uri(9).as_str()), Some(uri(1).as_str()))
    );
    assert_eq!((mention.language.as_deref(), attribute(&mention, "languages")), (None, Some(Value::Text("en fr".into()))));
    assert_eq!(
        (mention.links.as_slice(), attribute(&mention, "card-title")),
        (["https://c.example".to_owned()].as_slice(), Some(Value::Text("Card".into())))
    );
    assert_eq!((mention.author.expect("an author").handle, mention.engagement.likes), (None, None));
    assert_eq!(mention.published, time::rfc3339("2025-12-31T10:00:00Z").ok());
}

#[test]
fn what_cannot_be_told_is_left_out_and_costs_nothing_else() {
    let odd = json!({ "posts": [null, 7, {}, { "uri": 3 }, { "uri": "at://did/app.bsky.feed.like/1" }, { "uri": uri(1), "record": "x", "author": {} }] });
    let host = FakeHost::new().get(SEARCH, Answer::json(odd.to_string()));
    let batch = host.poll::<Bluesky>(&settings(), Poll::newer(plan(&settings()).remove(0))).expect("a batch");
    assert_eq!(keys([&batch]), BTreeSet::from([1]));
    let mention = batch.mentions().next().expect("one");
    assert_eq!((mention.author.is_none(), mention.published, mention.text.as_str()), (true, None, ""));
}

#[test]
fn with_a_session_history_goes_by_the_offset_and_starts_anew_when_it_grows_long() {
    let until = "2025-12-31T00%3A59%3A00.001Z";
    let host = FakeHost::new()
        .get(SEARCH, posts((80..100).rev(), Some("100")))
        .get(&format!("{SEARCH}&cursor=100"), posts([], Some("200")))
        .get(&format!("{SEARCH}&cursor=200"), posts((50..80).rev(), Some("1000")))
        .get(&format!("{SEARCH}&until={until}"), posts((10..60).rev(), None));
    let feed = plan(&settings()).remove(0);
    let batches = host.read::<Bluesky>(&settings(), &feed, Direction::Older).expect("batches");
    assert_eq!((keys(&batches), batches.last().map(|batch| batch.next)), ((10..100).collect(), Some(Next::Done)));
    assert!(host.asked().iter().all(|asked| asked.header("authorization") == Some("Bearer {{secret:session}}")));
}

#[test]
fn without_a_session_every_page_is_a_slice_of_time() {
    let public = json!({});
    let search = SEARCH.replace("pds.example", "public.api.bsky.app");
    let host = FakeHost::new()
        .get(&search, posts((80..100).rev(), Some("20")))
        .get(&format!("{search}&until=2025-12-31T01%3A29%3A00.001Z"), posts((60..90).rev(), Some("30")))
        .get(&format!("{search}&until=2025-12-31T01%3A09%3A00.001Z"), posts((40..70).rev(), None));
    let feed = plan(&public).remove(0);
    let batches = host.read::<Bluesky>(&public, &feed, Direction::Older).expect("batches");
    assert_eq!(keys(&batches), (40..100).collect());
    assert!(host.asked().iter().all(|asked| asked.header("authorization").is_none()));
}

#[test]
fn the_head_is_followed_without_a_gap() {
    let feed = plan(&settings()).remove(0);
    let host = FakeHost::new().get(SEARCH, posts((80..100).rev(), Some("20")));
    let first = host.poll::<Bluesky>(&settings(), Poll::newer(feed.clone())).expect("the head");
    assert_eq!(first.next, Next::Later(None));
    let since = "since=2025-12-31T00%3A39%3A00Z";
    let host = FakeHost::new()
        .get(&format!("{SEARCH}&{since}"), posts((100..160).rev(), Some("60")))
        .get(&format!("{SEARCH}&{since}&cursor=60"), posts((39..100).rev(), None));
    let second = host.poll::<Bluesky>(&settings(), Poll::newer(feed.clone()).cursor(first.cursor)).expect("a batch");
    let request = Poll::newer(feed).cursor(second.cursor.clone());
    let third = host.poll::<Bluesky>(&settings(), request.clone()).expect("a batch");
    assert_eq!(third, host.poll::<Bluesky>(&settings(), request).expect("again"), "a checkpoint can be taken up again");
    assert_eq!((second.next, third.next, keys([&second, &third])), (Next::More, Next::Later(None), (39..160).collect()));
    let newest = time::rfc3339("2025-12-31T02:39:00Z").expect("a date").at;
    assert!(third.cursor.expect("a cursor").contains(&format!("\"floor\":{newest}")), "the mark is that of the first page");
}

#[test]
fn accounts_have_posts_reposts_and_a_pinned_post_that_stops_nothing() {
    let settings = json!({ "accounts": ["ada.example"], "threads": false });
    let page =
        "https://public.api.bsky.app/xrpc/app.bsky.feed.getAuthorFeed?actor=ada.example&filter=posts_with_replies&limit=100";
    let mut other = post(3);
    other["author"]["did"] = json!("did:plc:bo");
    other["uri"] = json!("at://did:plc:bo/app.bsky.feed.post/3");
    let repost = |uri: Option<&str>| {
        let by = json!({ "did": "did:plc:ada", "handle": "ada.example" });
        json!({ "post": other, "reason": { "$type": "app.bsky.feed.defs#reasonRepost", "by": by, "indexedAt": "2025-12-31T01:00:00Z", "uri": uri } })
    };
    let mut old = post(1);
    old["record"]["createdAt"] = json!("2024-01-01T00:00:00Z");
    let pinned = json!({ "post": old, "reason": { "$type": "app.bsky.feed.defs#reasonPin" } });
    let first = json!({ "feed": [pinned, repost(Some("at://did:plc:ada/app.bsky.feed.repost/9")), { "post": post(50) }, null], "cursor": "2025" });
    let last = json!({ "feed": [{ "post": post(40) }, repost(None)] });
    let host = FakeHost::new()
        .get(page, Answer::json(first.to_string()))
        .get(&format!("{page}&cursor=2025"), Answer::json(last.to_string()));
    let feed = plan(&settings).remove(0);
    let since = time::rfc3339("2025-06-01").map(|moment| moment.at).ok();
    let first = host.poll::<Bluesky>(&settings, Poll::older(feed.clone()).since(since)).expect("a batch");
    let last = host.poll::<Bluesky>(&settings, Poll::older(feed).since(since).cursor(first.cursor.clone())).expect("a batch");
    assert_eq!((first.next, last.next), (Next::More, Next::Done));
    let ids: Vec<_> = [&first, &last].into_iter().flat_map(Batch::mentions).map(|mention| mention.id.clone()).collect();
    let bo = "at://did:plc:bo/app.bsky.feed.post/3".to_owned();
    let own = [
        "at://did:plc:ada/app.bsky.feed.repost/9".to_owned(),
        bo.clone(),
        uri(50),
        uri(40),
        format!("{bo}#repost-did:plc:ada"),
        bo.clone(),
    ];
    assert_eq!(ids, own, "the pinned one is too old");
    let share = first.mentions().next().expect("the repost");
    assert_eq!(
        (share.kind, share.original.as_deref(), share.text.as_str()),
        (MentionKind::Share, Some(bo.as_str()), "post 3 on acme")
    );
    assert_eq!(share.author.as_ref().map(|author| author.id.as_str()), Some("did:plc:ada"));
    assert_eq!((share.published, share.engagement.likes), (time::rfc3339("2025-12-31T01:00:00Z").ok(), None));
}

#[test]
fn answers_and_quotes_are_read_where_there_are_any() {
    let mut busy = post(60);
    busy["replyCount"] = json!(2);
    busy["quoteCount"] = json!(1);
    let thread = json!({ "thread": { "$type": "app.bsky.feed.defs#threadViewPost", "post": post(60),
        "parent": { "$type": "app.bsky.feed.defs#notFoundPost", "uri": uri(50), "notFound": true },
        "replies": [{ "post": post(61), "replies": [{ "post": post(62), "replies": null }] },
            { "$type": "app.bsky.feed.defs#blockedPost", "uri": uri(63), "blocked": true }, 7] } });
    let ask = |rest: &str| {
        format!("{XRPC}/app.bsky.feed.{rest}").replace("URI", "at%3A%2F%2Fdid%3Aplc%3Aada%2Fapp.bsky.feed.post%2F60")
    };
    let host = FakeHost::new()
        .get(SEARCH, Answer::json(json!({ "posts": [busy, post(59)] }).to_string()))
        .get(&ask("getPostThread?uri=URI&depth=40&parentHeight=40"), Answer::json(thread.to_string()))
        .get(&ask("getQuotes?uri=URI&limit=100"), posts([75], Some("a")))
        .get(&ask("getQuotes?uri=URI&limit=100&cursor=a"), posts([70], None));
    let found = host.poll::<Bluesky>(&settings(), Poll::newer(plan(&settings()).remove(0))).expect("a batch");
    let names: Vec<_> = found.feeds.iter().map(|feed| feed.id.clone()).collect();
    assert_eq!(names, [format!("thread:{}", uri(60)), format!("quotes:{}", uri(60)), format!("thread:{}", uri(59))]);
    let quiet = host.poll::<Bluesky>(&settings(), Poll::newer(found.feeds[2].clone())).expect("nothing asked");
    assert_eq!((quiet.changes.len(), quiet.next, quiet.cursor.is_some()), (0, Next::Later(Some(1_800_000)), true));
    assert_eq!(found.feeds[0].expires_at, time::rfc3339("2026-01-07T01:00:00Z").map(|moment| moment.at).ok());
    let thread = host.poll::<Bluesky>(&settings(), Poll::newer(found.feeds[0].clone())).expect("a thread");
    assert_eq!((keys([&thread]), thread.changes.contains(&Change::Remove(uri(50)))), (BTreeSet::from([60, 61, 62]), true));
    assert!(matches!(thread.next, Next::Later(Some(_))));
    let quotes = host.read::<Bluesky>(&settings(), &found.feeds[1], Direction::Newer).expect("quotes");
    assert_eq!(keys(&quotes), BTreeSet::from([75, 70]));
    for feed in &found.feeds {
        assert_eq!(host.read::<Bluesky>(&settings(), feed, Direction::Older).expect("done")[0].next, Next::Done);
    }
    let gone = Answer::json(r#"{"error":"NotFound","message":"Post not found"}"#).with_status(400);
    let host = FakeHost::new().get(&ask("getPostThread?uri=URI&depth=40&parentHeight=40"), gone);
    let thread = host.poll::<Bluesky>(&settings(), Poll::newer(found.feeds[0].clone())).expect("a batch");
    assert_eq!((thread.changes, thread.next), (vec![Change::Remove(uri(60))], Next::Done));
}

#[test]
fn posts_are_read_again_in_batches_of_twenty_five() {
    let ids: Vec<String> = (0..30).map(uri).chain(["at://did:plc:ada/app.bsky.feed.repost/9".to_owned()]).collect();
    let ask = |keys: std::ops::Range<u32>| {
        let uris: Vec<_> = keys.map(|key| format!("uris=at%3A%2F%2Fdid%3Aplc%3Aada%2Fapp.bsky.feed.post%2F{key}")).collect();
        format!("{XRPC}/app.bsky.feed.getPosts?{}", uris.join("&"))
    };
    let host = FakeHost::new().get(&ask(0..25), posts(1..25, None)).get(&ask(25..30), posts(25..30, None));
    let changes = host.refresh::<Bluesky>(&settings(), ids).expect("changes");
    assert_eq!((changes.len(), &changes[0]), (30, &Change::Remove(uri(0))));
}

#[test]
fn failures_have_their_class() {
    let poll = |answer: Answer| -> Failure {
        let host = FakeHost::new().get(SEARCH, answer);
        host.poll::<Bluesky>(&settings(), Poll::newer(plan(&settings()).remove(0))).expect_err("a failure")
    };
    let named = |status: u16, name: &str| Answer::json(json!({ "error": name, "message": "…" }).to_string()).with_status(status);
    assert_eq!(poll(named(400, "ExpiredToken")).class, FailureClass::Unauthorized);
    let slow = poll(named(429, "RateLimitExceeded").header("ratelimit-reset", "1767225660"));
    assert_eq!((slow.class, slow.retry_after_ms), (FailureClass::RateLimited, Some(60_000)));
    assert_eq!(poll(named(502, "UpstreamFailure")).class, FailureClass::Transient);
    for odd in
        [Answer::html("<!doctype html>"), Answer::json(r#"{"cursor":"3"}"#), Answer::json("{"), Answer::json("[".repeat(500))]
    {
        assert_eq!(poll(odd).class, FailureClass::UnexpectedAnswer);
    }
}
