//! The plugin as the host sees it, on short answers after the documented shapes (<https://docs.joinmastodon.org/entities/Status/>).

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use source_mastodon::Mastodon;
use vigie_plugin::testing::{Answer, FakeHost};
use vigie_plugin::{
    Batch, Change, Clause, Direction, Failure, FailureClass, Feed, MediaKind, Mention, MentionKind, Next, Poll, Search, Value,
    time,
};

const BASE: &str = "https://social.example";
const TAG: &str = "https://social.example/api/v1/timelines/tag/acme";

fn settings() -> Json {
    json!({ "url": "https://social.example/" })
}

fn uri(id: u64) -> String {
    format!("{BASE}/users/ada/statuses/{id}")
}

fn status(id: u64) -> Json {
    json!({ "id": id.to_string(), "uri": uri(id), "url": format!("{BASE}/@ada/{id}"), "created_at": "2025-12-31T10:00:00.123Z",
        "edited_at": null, "in_reply_to_id": null, "in_reply_to_account_id": null, "sensitive": false, "spoiler_text": "",
        "visibility": "public", "language": "en", "content": format!("<p>status {id} <a href=\"{BASE}/tags/acme\">#<span>acme</span></a></p>"),
        "replies_count": 0, "reblogs_count": 2, "favourites_count": 4, "quotes_count": 1, "reblog": null, "poll": null, "card": null,
        "media_attachments": [], "quote": null, "account": account() })
}

fn account() -> Json {
    json!({ "id": "5", "username": "ada", "acct": "ada", "display_name": "Ada", "url": format!("{BASE}/@ada"), "followers_count": 70,
        "bot": false, "noindex": false, "note": "<p>me</p>" })
}

fn list(statuses: impl IntoIterator<Item = Json>) -> Answer {
    Answer::json(Json::from(statuses.into_iter().collect::<Vec<_>>()).to_string())
}

/// A page with the links a server gives.
fn page(ids: &[u64], next: bool) -> Answer {
    let links = match (ids.first(), ids.last()) {
        (Some(first), Some(last)) if next => format!("<{TAG}?max_id={last}>; rel=\"next\", <{TAG}?min_id={first}>; rel=\"prev\""),
        (Some(first), _) => format!("<{TAG}?min_id={first}>; rel=\"prev\""),
        _ => return list([]),
    };
    list(ids.iter().map(|id| status(*id))).header("link", links)
}

fn search(all: &[&str]) -> Search {
    Search { any: vec![Clause { all: all.iter().map(|term| (*term).to_owned()).collect(), none: vec![] }], languages: vec![] }
}

fn plan(settings: &Json) -> Vec<Feed> {
    FakeHost::new().plan::<Mastodon>(settings, vec![search(&["acme"]), search(&["#Acme"])]).expect("a plan")
}

fn numbers<'a>(batches: impl IntoIterator<Item = &'a Batch>) -> BTreeSet<u64> {
    let id = |mention: &Mention| mention.id.rsplit('/').next().and_then(|id| id.parse().ok()).expect("a number");
    batches.into_iter().flat_map(Batch::mentions).map(id).collect()
}

fn read_one(status: Json) -> Vec<Mention> {
    let host = FakeHost::new().get(&format!("{TAG}?limit=40"), list([status]));
    let feed = plan(&settings()).remove(0);
    host.poll::<Mastodon>(&settings(), Poll::newer(feed)).expect("a batch").mentions().cloned().collect()
}

#[test]
fn the_plan_follows_settings_and_searches() {
    let names = |settings: Json| plan(&settings).into_iter().map(|feed| feed.id).collect::<Vec<_>>();
    assert_eq!(names(settings()), ["tag:acme"], "the same hashtag twice is one feed");
    let all = json!({ "url": BASE, "tags": ["#Rust"], "accounts": ["@bo@other.example"], "search": "both", "token": true });
    assert_eq!(names(all), ["tag:rust", "account:bo@other.example", "tag:acme", "search:\"acme\""]);
    let wrong = [
        json!({ "url": "social" }),
        json!({ "url": BASE, "tags": ["a b!"] }),
        json!({ "url": BASE, "accounts": ["a/b"] }),
        json!({ "url": BASE, "search": "text" }),
        json!({ "url": BASE, "threads_for": "long" }),
        json!({ "url": BASE }),
    ];
    for wrong in wrong {
        let failure = FakeHost::new().plan::<Mastodon>(&wrong, vec![search(&["c++"])]).expect_err("wrong settings");
        assert_eq!(failure.class, FailureClass::Settings, "{wrong}");
    }
}

#[test]
fn a_status_becomes_a_mention_field_by_field() {
    let mut full = status(9);
    full["edited_at"] = json!("2025-12-31T11:00:00.000Z");
    full["spoiler_text"] = json!("phones & <heat>");
    full["sensitive"] = json!(true);
    full["poll"] = json!({ "options": [{ "title": "yes & no", "votes_count": 3 }] });
    full["card"] = json!({ "url": "https://lumio.example/a", "title": "A page" });
    full["media_attachments"] =
        json!([{ "type": "gifv", "url": null, "remote_url": "https://o.example/x.mp4", "description": "a phone" }]);
    full["account"]["bot"] = json!(true);
    let mention = read_one(full).remove(0);
    assert_eq!((mention.id.as_str(), mention.kind), (uri(9).as_str(), MentionKind::Post));
    assert_eq!(mention.url.as_deref(), Some("https://social.example/@ada/9"));
    assert!(mention.text.starts_with("<p>phones &amp; &lt;heat&gt;</p><p>status 9 "), "{}", mention.text);
    assert!(mention.text.ends_with("<ul><li>yes &amp; no</li></ul>"), "{}", mention.text);
    assert_eq!(mention.published, time::rfc3339("2025-12-31T10:00:00.123Z").ok());
    assert_eq!(mention.edited, time::rfc3339("2025-12-31T11:00:00Z").ok());
    let author = mention.author.as_ref().expect("an author");
    assert_eq!((author.id.as_str(), author.handle.as_deref()), ("https://social.example/@ada", Some("ada@social.example")));
    assert_eq!((author.name.as_deref(), author.followers), (Some("Ada"), Some(70)));
    let engagement = &mention.engagement;
    assert_eq!((engagement.likes, engagement.comments, engagement.shares, engagement.views), (Some(4), Some(0), Some(3), None));
    assert_eq!(
        (mention.thread.as_deref(), mention.parent.as_deref(), mention.language.as_deref()),
        (Some(uri(9).as_str()), None, Some("en"))
    );
    assert_eq!((mention.media[0].kind, mention.media[0].url.as_str()), (MediaKind::Video, "https://o.example/x.mp4"));
    assert_eq!(mention.links, ["https://lumio.example/a"]);
    let attribute =
        |key: &str| mention.attributes.iter().find(|attribute| attribute.key == key).map(|attribute| attribute.value.clone());
    assert_eq!(attribute("content-warning"), Some(Value::Text("phones & <heat>".into())));
    assert_eq!(
        (attribute("sensitive"), attribute("bot"), attribute("noindex")),
        (Some(Value::Flag(true)), Some(Value::Flag(true)), None)
    );
}

#[test]
fn a_boost_is_a_share_of_the_original_which_comes_with_it() {
    let mut original = status(7);
    original["uri"] = json!("https://other.example/users/bo/statuses/1");
    original["account"] = json!({ "id": "6", "acct": "bo@other.example", "url": "https://other.example/@bo" });
    let mut boost = status(8);
    boost["uri"] = json!(format!("{}/activity", uri(8)));
    boost["content"] = json!("");
    boost["favourites_count"] = json!(0);
    boost["reblog"] = original;
    let [share, original] = read_one(boost.clone()).try_into().expect("two mentions");
    assert_eq!((share.kind, share.original.as_deref()), (MentionKind::Share, Some("https://other.example/users/bo/statuses/1")));
    assert_eq!(
        (share.text.contains("status 7"), share.engagement.likes),
        (true, None),
        "the words are the other's, counters none"
    );
    assert_eq!(share.author.expect("who boosted").id, "https://social.example/@ada");
    assert_eq!((original.id.as_str(), original.engagement.likes), ("https://other.example/users/bo/statuses/1", Some(4)));
    assert_eq!(original.author.expect("who wrote").handle.as_deref(), Some("bo@other.example"));
    boost["reblog"]["visibility"] = json!("private");
    assert_eq!(read_one(boost), []);
}

#[test]
fn a_quote_points_to_the_quoted_and_leaves_out_the_reference() {
    let mut quote = status(9);
    quote["content"] = json!("<p class=\"quote-inline\">RE: <a href=\"https://x.example/1\">x</a></p><p>so true</p>");
    quote["quote"] = json!({ "state": "accepted", "quoted_status": status(3) });
    let mention = read_one(quote.clone()).remove(0);
    assert_eq!((mention.kind, mention.original, mention.text), (MentionKind::Quote, Some(uri(3)), "<p>so true</p>".to_owned()));
    quote["quote"] = json!({ "state": "deleted", "quoted_status": null });
    assert_eq!((read_one(quote.clone())[0].kind, read_one(quote)[0].original.as_deref()), (MentionKind::Quote, None));
}

#[test]
fn what_is_not_public_or_cannot_be_told_is_left_out_and_costs_nothing_else() {
    let (mut private, mut direct, mut nameless, mut unlisted) = (status(1), status(2), status(3), status(4));
    private["visibility"] = json!("private");
    direct["visibility"] = json!("direct");
    nameless["uri"] = json!(null);
    unlisted["visibility"] = json!("unlisted");
    unlisted["account"] = json!(null);
    unlisted["created_at"] = json!("yesterday");
    unlisted["url"] = json!(null);
    let host = FakeHost::new()
        .get(&format!("{TAG}?limit=40"), list([private, direct, nameless, json!(7), json!({ "id": [] }), unlisted]));
    let batch = host.poll::<Mastodon>(&settings(), Poll::newer(plan(&settings()).remove(0))).expect("a batch");
    assert_eq!(numbers([&batch]), BTreeSet::from([4]));
    let mention = batch.mentions().next().expect("one");
    assert_eq!((mention.author.is_none(), mention.published, mention.url.as_deref()), (true, None, Some(uri(4).as_str())));
    let mut shy = status(5);
    shy["account"]["noindex"] = json!(true);
    let host = FakeHost::new().get(&format!("{TAG}?limit=40"), list([shy]));
    let with =
        |settings: Json| host.poll::<Mastodon>(&settings, Poll::newer(plan(&settings).remove(0))).expect("a batch").changes.len();
    assert_eq!((with(settings()), with(json!({ "url": BASE, "skip_noindex": true }))), (1, 0));
}

#[test]
fn history_follows_the_links_over_short_and_empty_pages() {
    let empty = list([]).header("link", format!("<{TAG}?max_id=40>; rel=\"next\""));
    let host = FakeHost::new()
        .get(&format!("{TAG}?limit=40"), page(&[90, 80], true))
        .get(&format!("{TAG}?limit=40&max_id=80"), empty)
        .get(&format!("{TAG}?limit=40&max_id=40"), page(&[30, 20], false));
    let feed = plan(&settings()).remove(0);
    let batches = host.read::<Mastodon>(&settings(), &feed, Direction::Older).expect("batches");
    assert_eq!((numbers(&batches), batches.last().map(|batch| batch.next)), (BTreeSet::from([90, 80, 30, 20]), Some(Next::Done)));
    let since = time::rfc3339("2026-01-01").map(|moment| moment.at).ok();
    let batch = host.poll::<Mastodon>(&settings(), Poll::older(feed).since(since)).expect("a batch");
    assert_eq!((batch.next, batch.changes.len()), (Next::Done, 0), "all is older than wanted");
}

#[test]
fn the_head_is_followed_upwards_without_a_gap_and_with_an_overlap() {
    let at = |minutes: u64| (1_735_640_000_000_u64 + minutes * 60_000) << 16;
    let feed = plan(&settings()).remove(0);
    let host = FakeHost::new().get(&format!("{TAG}?limit=2"), page(&[at(100), at(90)], true));
    let first = host.poll::<Mastodon>(&settings(), Poll::newer(feed.clone()).limit(2)).expect("the head");
    assert_eq!(first.next, Next::Later(None));
    // An hour below the newest, and from there upwards page by page until nothing is left.
    let host = FakeHost::new()
        .get(&format!("{TAG}?limit=2&min_id={}", at(40)), page(&[at(95), at(90)], true))
        .get(&format!("{TAG}?limit=2&min_id={}", at(95)), page(&[at(110), at(100)], true))
        .get(&format!("{TAG}?limit=2&min_id={}", at(110)), list([]));
    let (mut cursor, mut batches) = (first.cursor, Vec::new());
    loop {
        let request = Poll::newer(feed.clone()).limit(2).cursor(cursor.clone());
        let batch = host.poll::<Mastodon>(&settings(), request.clone()).expect("a batch");
        assert_eq!(batch, host.poll::<Mastodon>(&settings(), request).expect("again"), "every checkpoint can be taken up again");
        cursor = batch.cursor.clone();
        let more = batch.next == Next::More;
        batches.push(batch);
        if !more {
            break;
        }
    }
    assert_eq!(numbers(&batches), BTreeSet::from([at(95), at(90), at(110), at(100)]));
    assert!(cursor.expect("a cursor").contains(&format!("\"known\":\"{}\"", at(110))));
}

#[test]
fn an_account_is_looked_up_once_and_numbers_need_no_look() {
    let settings = json!({ "url": BASE, "accounts": ["ada@social.example", "77"], "boosts": false });
    let feeds = plan(&settings);
    let page = |number: u32| format!("{BASE}/api/v1/accounts/{number}/statuses?exclude_reblogs=true&limit=40");
    let host = FakeHost::new()
        .get(&format!("{BASE}/api/v1/accounts/lookup?acct=ada%40social.example"), Answer::json(account().to_string()))
        .get(&page(5), list([status(3)]))
        .get(&format!("{}&min_id=3", page(5)), list([]))
        .get(&page(77), list([]));
    let first = host.poll::<Mastodon>(&settings, Poll::newer(feeds[0].clone())).expect("a batch");
    host.poll::<Mastodon>(&settings, Poll::newer(feeds[0].clone()).cursor(first.cursor)).expect("a batch");
    host.poll::<Mastodon>(&settings, Poll::newer(feeds[1].clone())).expect("a batch");
    assert_eq!(host.asked().len(), 4);
}

#[test]
fn a_search_goes_down_by_ids_and_carries_the_token() {
    let settings = json!({ "url": BASE, "search": "text", "token": true, "threads": false });
    let found = |ids: &[u64]| {
        Answer::json(
            json!({ "accounts": [], "statuses": ids.iter().map(|id| status(*id)).collect::<Vec<_>>(), "hashtags": [] })
                .to_string(),
        )
    };
    let url = |rest: &str| format!("{BASE}/api/v2/search?q=%22acme%22&type=statuses&limit=40{rest}");
    let host = FakeHost::new()
        .get(&url(""), found(&[90, 80]))
        .get(&url("&max_id=80"), found(&[80, 70]))
        .get(&url("&max_id=70"), found(&[]))
        .get(&url("&min_id=90"), found(&[100, 95]))
        .get(&url("&min_id=90&max_id=95"), found(&[]));
    let feed = plan(&settings).remove(0);
    let batches = host.read::<Mastodon>(&settings, &feed, Direction::Older).expect("batches");
    assert_eq!(numbers(&batches), BTreeSet::from([90, 80, 70]));
    let head = host.poll::<Mastodon>(&settings, Poll::newer(feed.clone())).expect("the head");
    let on = host.poll::<Mastodon>(&settings, Poll::newer(feed.clone()).cursor(head.cursor)).expect("more");
    let end = host.poll::<Mastodon>(&settings, Poll::newer(feed).cursor(on.cursor.clone())).expect("the end");
    assert_eq!(
        (head.next, on.next, end.next, numbers([&on])),
        (Next::Later(None), Next::More, Next::Later(None), BTreeSet::from([100, 95]))
    );
    assert!(host.asked().iter().all(|asked| asked.header("authorization") == Some("Bearer {{secret:access-token}}")));
}

#[test]
fn threads_of_what_was_found_are_read_with_their_places() {
    let (mut first, mut reply, mut deep) = (status(10), status(20), status(30));
    first["replies_count"] = json!(2);
    reply["in_reply_to_id"] = json!("10");
    deep["in_reply_to_id"] = json!("20");
    let lonely = status(40);
    let host = FakeHost::new()
        .get(&format!("{TAG}?limit=40"), list([lonely, reply.clone(), first.clone()]))
        .get(&format!("{BASE}/api/v1/statuses/10"), Answer::json(first.to_string()))
        .get(
            &format!("{BASE}/api/v1/statuses/10/context"),
            Answer::json(json!({ "ancestors": [], "descendants": [reply, deep] }).to_string()),
        );
    let batch = host.poll::<Mastodon>(&settings(), Poll::newer(plan(&settings()).remove(0))).expect("a batch");
    let feeds: Vec<_> = batch.feeds.iter().map(|feed| feed.id.as_str()).collect();
    assert_eq!(feeds, ["thread:40", "thread:10"], "answers lead to the thread of their first status");
    let quiet = host.poll::<Mastodon>(&settings(), Poll::newer(batch.feeds[0].clone())).expect("nothing asked");
    assert_eq!((quiet.changes.len(), quiet.next, quiet.cursor.is_some()), (0, Next::Later(Some(1_800_000)), true));
    let batch = Batch { feeds: vec![batch.feeds[1].clone()], ..batch };
    assert_eq!(batch.feeds[0].expires_at, time::rfc3339("2026-01-07T10:00:00.123Z").map(|moment| moment.at).ok());
    let thread = host.poll::<Mastodon>(&settings(), Poll::newer(batch.feeds[0].clone())).expect("a thread");
    let places: Vec<_> =
        thread.mentions().map(|mention| (mention.kind, mention.parent.clone(), mention.thread.clone())).collect();
    let root = Some(uri(10));
    assert_eq!(
        places,
        [
            (MentionKind::Post, None, root.clone()),
            (MentionKind::Reply, root.clone(), root.clone()),
            (MentionKind::Reply, Some(uri(20)), root)
        ]
    );
    assert!(matches!(thread.next, Next::Later(Some(_))) && thread.feeds.is_empty());
    assert_eq!(host.read::<Mastodon>(&settings(), &batch.feeds[0], Direction::Older).expect("done")[0].next, Next::Done);

    let gone = Answer::json(r#"{"error":"Nicht gefunden"}"#).with_status(404);
    let host = FakeHost::new()
        .get(&format!("{BASE}/api/v1/statuses/10"), gone.clone())
        .get(&format!("{BASE}/api/v1/statuses/10/context"), gone);
    let batch = host.poll::<Mastodon>(&settings(), Poll::newer(batch.feeds[0].clone())).expect("a batch");
    assert_eq!((batch.changes, batch.next), (vec![Change::Remove(uri(10))], Next::Done));
}

#[test]
fn statuses_of_the_server_are_read_again_in_a_batch() {
    let mut edited = status(1);
    edited["edited_at"] = json!("2026-01-01T00:00:00.000Z");
    let alone = format!("{BASE}/api/v1/statuses");
    let ids = vec![uri(1), uri(2), uri(3), "https://other.example/users/bo/statuses/4".to_owned()];
    let not_found = Answer::json(r#"{"error":"Record not found"}"#).with_status(404);
    let host = FakeHost::new()
        .get(&format!("{alone}?id%5B%5D=1&id%5B%5D=2&id%5B%5D=3"), list([edited.clone()]))
        .get(&format!("{alone}/2"), not_found.clone())
        .get(&format!("{alone}/3"), Answer::json(status(3).to_string()));
    let kinds = |changes: &[Change]| -> Vec<String> {
        let name = |change: &Change| match change {
            Change::Upsert(mention) => format!("+{}", mention.id),
            Change::Remove(id) => format!("-{id}"),
        };
        changes.iter().map(name).collect()
    };
    let changes = host.refresh::<Mastodon>(&settings(), ids.clone()).expect("changes");
    assert_eq!(kinds(&changes), [format!("+{}", uri(1)), format!("-{}", uri(2)), format!("+{}", uri(3))]);
    // A server older than 4.3 has no batches.
    let host = FakeHost::new()
        .get(&format!("{alone}?id%5B%5D=1&id%5B%5D=2&id%5B%5D=3"), not_found.clone())
        .get(&format!("{alone}/1"), Answer::json(edited.to_string()))
        .get(&format!("{alone}/2"), not_found)
        .get(&format!("{alone}/3"), Answer::json(status(3).to_string()));
    assert_eq!(kinds(&host.refresh::<Mastodon>(&settings(), ids.clone()).expect("changes")).len(), 3);
    let host = FakeHost::new().get(&format!("{alone}?id%5B%5D=1&id%5B%5D=2&id%5B%5D=3"), Answer::status(503));
    assert_eq!(host.refresh::<Mastodon>(&settings(), ids).expect_err("an overload").class, FailureClass::Transient);
}

#[test]
fn failures_have_their_class() {
    let poll = |answer: Answer| -> Failure {
        let host = FakeHost::new().get(&format!("{TAG}?limit=40"), answer);
        host.poll::<Mastodon>(&settings(), Poll::newer(plan(&settings()).remove(0))).expect_err("a failure")
    };
    let error = |status: u16| Answer::json(r#"{"error":"The access token is invalid"}"#).with_status(status);
    assert_eq!(poll(error(401)).class, FailureClass::Unauthorized);
    assert_eq!(poll(error(422)).class, FailureClass::Unauthorized);
    let slow = poll(error(429).header("x-ratelimit-reset", "2026-01-01T00:01:00.000Z"));
    assert_eq!((slow.class, slow.retry_after_ms), (FailureClass::RateLimited, Some(60_000)));
    assert_eq!(poll(Answer::html("<h1>503").with_status(503)).class, FailureClass::Transient);
    for odd in
        [Answer::html("<!doctype html>"), Answer::json("{}"), Answer::json(""), Answer::json("[{"), Answer::json("[".repeat(500))]
    {
        assert_eq!(poll(odd).class, FailureClass::UnexpectedAnswer);
    }
}
