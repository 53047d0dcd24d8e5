//! The plugin as the host sees it, on short answers after the documented shapes
//! (<https://developers.facebook.com/docs/instagram-platform/reference/>).

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use source_instagram::Instagram;
use source_instagram::parse::{
    COMMENT_FIELDS, HASHTAG_FIELDS, MEDIA_FIELDS, REFRESHED_COMMENT_FIELDS, REPLY_FIELDS, TAGGED_FIELDS,
};
use vigie_plugin::testing::{Answer, FakeHost};
use vigie_plugin::{Batch, Change, Clause, Direction, FailureClass, Feed, MentionKind, Next, Poll, Search, http, time};

const BASE: &str = "https://graph.facebook.com/v25.0";
const USER: &str = "17841400000000001";

fn settings() -> Json {
    json!({ "user": USER, "read": ["media"] })
}

fn search(all: &[&[&str]]) -> Vec<Search> {
    let clause = |terms: &&[&str]| Clause { all: terms.iter().map(|term| (*term).to_owned()).collect(), none: vec![] };
    vec![Search { any: all.iter().map(clause).collect(), languages: vec![] }]
}

fn plan(settings: &Json) -> Vec<Feed> {
    FakeHost::new().plan::<Instagram>(settings, vec![]).expect("a plan")
}

fn media(number: u32, at: &str) -> Json {
    json!({ "id": number.to_string(), "caption": format!("post {number}"), "media_type": "IMAGE", "timestamp": at })
}

fn page(data: &[Json], after: Option<&str>) -> Answer {
    let mut body = json!({ "data": data });
    if let Some(after) = after {
        body["paging"] = json!({ "cursors": { "after": after }, "next": format!("{BASE}/x?access_token=TOKEN&after={after}") });
    }
    Answer::json(body.to_string())
}

fn url(path: &str, fields: &str, more: &str) -> String {
    format!("{BASE}/{path}?fields={}{more}", http::escape(fields))
}

fn ids<'a>(batches: impl IntoIterator<Item = &'a Batch>) -> BTreeSet<String> {
    batches.into_iter().flat_map(Batch::mentions).map(|mention| mention.id.clone()).collect()
}

#[test]
fn the_plan_follows_settings_and_searches() {
    let host = FakeHost::new();
    let names = |settings: Json, searches| {
        let feeds = host.plan::<Instagram>(&settings, searches).expect("a plan");
        feeds.into_iter().map(|feed| feed.id).collect::<Vec<_>>()
    };
    let all = json!({ "user": USER, "hashtags": ["#Acme"], "accounts": ["@Rival"], "posts": ["7"] });
    let searches = search(&[&["acme"], &["acme phone"], &["@acme"]]);
    assert_eq!(
        names(all, searches),
        ["own:media", "own:tags", "hashtag:acme", "hashtag:acmephone", "account:rival", "comments:7"]
    );
    let login = json!({ "user": USER, "read": ["media"], "login": "instagram" });
    assert_eq!(names(login, search(&[&["acme"]])), ["own:media"], "another kind of token cannot search");
    let many: Vec<String> = (0..40).map(|number| format!("tag{number}")).collect();
    assert_eq!(names(json!({ "user": USER, "read": [], "hashtags": many }), vec![]).len(), 30);
    assert!(host.logged().iter().any(|(_, line)| line.contains("the last 10 are not read")));
    for wrong in [
        json!({}),
        json!({ "user": "acme" }),
        json!({ "hashtags": ["acme"] }),
        json!({ "user": USER, "hashtags": ["🔥"] }),
        json!({ "user": USER, "hashtags": ["a"], "login": "instagram" }),
        json!({ "user": USER, "accounts": ["a){x"] }),
        json!({ "user": USER, "posts": ["a/b"] }),
        json!({ "user": USER, "comments_for": "long" }),
        json!({ "user": USER, "version": "latest" }),
    ] {
        assert_eq!(host.plan::<Instagram>(&wrong, vec![]).expect_err("wrong").class, FailureClass::Settings, "{wrong}");
    }
}

#[test]
fn every_documented_field_arrives() {
    let whole = json!({
        "id": "17900000000000001", "caption": "New #acme", "media_type": "IMAGE", "media_product_type": "FEED",
        "media_url": "https://cdn.example/1.jpg", "permalink": "https://www.instagram.com/p/CSr71Gzlqo4/",
        "timestamp": "2025-12-30T10:00:00+0000", "username": "acme", "owner": { "id": USER }, "like_count": 5, "comments_count": 2,
    });
    let hidden = json!({ "id": "2", "media_type": "VIDEO", "timestamp": "2025-12-30T09:00:00+0000", "comments_count": 0 });
    let host =
        FakeHost::new().get(&url(&format!("{USER}/media"), MEDIA_FIELDS, "&limit=50"), page(&[whole, hidden, json!(3)], None));
    let batch = host.poll::<Instagram>(&settings(), Poll::newer(plan(&settings()).remove(0))).expect("a batch");
    let mentions: Vec<_> = batch.mentions().collect();
    let [first, second] = mentions.as_slice() else { panic!("two posts: {mentions:#?}") };
    assert_eq!(
        (first.kind, first.text.as_str(), first.thread.as_deref()),
        (MentionKind::Photo, "New #acme", Some("17900000000000001"))
    );
    assert_eq!(first.url.as_deref(), Some("https://www.instagram.com/p/CSr71Gzlqo4/"));
    assert_eq!(first.published, time::rfc3339("2025-12-30T10:00:00Z").ok());
    let author = first.author.as_ref().expect("an author");
    assert_eq!(
        (author.id.as_str(), author.handle.as_deref(), author.url.as_deref()),
        (USER, Some("acme"), Some("https://www.instagram.com/acme/"))
    );
    assert_eq!((first.engagement.likes, first.engagement.comments), (Some(5), Some(2)));
    assert_eq!(
        (second.kind, second.text.as_str(), &second.author, second.engagement.likes),
        (MentionKind::Video, "", &None, None)
    );
    assert_eq!(batch.feeds.iter().map(|feed| feed.id.as_str()).collect::<Vec<_>>(), ["comments:17900000000000001", "comments:2"]);
    assert_eq!(host.asked()[0].header("authorization"), Some("Bearer {{secret:access-token}}"));
}

#[test]
fn both_directions_resume_at_every_checkpoint() {
    let list = || {
        let at = |after: &str| url(&format!("{USER}/media"), MEDIA_FIELDS, &format!("&limit=50{after}"));
        FakeHost::new()
            .get(&at(""), page(&[media(9, "2025-12-30T10:00:00+0000"), media(8, "2025-12-30T09:00:00+0000")], Some("one")))
            .get(&at("&after=one"), page(&[], Some("two")))
            .get(&at("&after=two"), page(&[media(8, "2025-12-30T09:00:00+0000"), media(7, "2025-12-30T09:00:00+0000")], None))
    };
    let feed = plan(&settings()).remove(0);
    for direction in [Direction::Newer, Direction::Older] {
        let batches = list().read::<Instagram>(&settings(), &feed, direction).expect("batches");
        assert_eq!(ids(&batches).len(), 3, "{direction:?}");
        for (place, checkpoint) in batches.iter().enumerate().take(batches.len() - 1) {
            let text = checkpoint.cursor.clone().expect("a cursor");
            assert!(!text.contains("TOKEN"), "{text}");
            let request = Poll { direction, ..Poll::newer(feed.clone()) }.cursor(text);
            assert_eq!(list().poll::<Instagram>(&settings(), request).expect("a page").changes, batches[place + 1].changes);
        }
    }
    // The head again: the page above the mark alone is read.
    let end = list().read::<Instagram>(&settings(), &feed, Direction::Newer).expect("batches").pop().expect("a batch");
    let host = FakeHost::new().get(
        &url(&format!("{USER}/media"), MEDIA_FIELDS, "&limit=50"),
        page(&[media(7, "2025-12-30T08:59:59+0000")], Some("one")),
    );
    let head = host.poll::<Instagram>(&settings(), Poll::newer(feed).cursor(end.cursor)).expect("the head");
    assert_eq!((head.changes.len(), head.next), (0, Next::Later(None)));
}

#[test]
fn tags_are_read_without_comments() {
    let settings = json!({ "user": USER, "read": ["tags"] });
    let mut tagged = media(1, "2025-12-30T10:00:00+0000");
    tagged["username"] = json!("ada");
    tagged["comments_count"] = json!(9);
    let host = FakeHost::new().get(&url(&format!("{USER}/tags"), TAGGED_FIELDS, "&limit=50"), page(&[tagged], None));
    let batch = host.poll::<Instagram>(&settings, Poll::newer(plan(&settings).remove(0))).expect("a batch");
    let author = batch.mentions().next().and_then(|mention| mention.author.clone()).expect("an author");
    assert_eq!((author.id.as_str(), batch.feeds.len()), ("ada", 0));
}

#[test]
fn a_hashtag_is_read_to_its_end_although_the_cursor_never_changes() {
    let settings = json!({ "user": USER, "read": [], "hashtags": ["acme"] });
    let feed = plan(&settings).remove(0);
    let lookup = format!("{BASE}/ig_hashtag_search?user_id={USER}&q=acme");
    let recent = |after: &str| url("178439/recent_media", HASHTAG_FIELDS, &format!("&user_id={USER}&limit=50{after}"));
    let host = FakeHost::new()
        .get(&lookup, Answer::json(r#"{"data":[{"id":"178439"}]}"#))
        .get(&recent(""), page(&[media(1, "2025-12-31T12:00:00+0000")], Some("same")))
        .get(
            &recent("&after=same"),
            page(&[media(3, "2025-12-31T23:00:00+0000"), media(1, "2025-12-31T12:00:00+0000")], Some("same")),
        )
        .get(&recent("&after=same"), page(&[media(2, "2025-12-31T11:00:00+0000")], None));
    let batch = host.poll::<Instagram>(&settings, Poll::newer(feed.clone())).expect("a batch");
    assert_eq!((ids([&batch]).len(), batch.changes.len(), batch.next), (3, 3, Next::Later(None)));
    assert!(batch.mentions().all(|mention| mention.author.is_none()));
    // The number is kept: asking for it again would cost one of the week's hashtags.
    let again = FakeHost::new().get(&recent(""), page(&[], None));
    assert!(again.poll::<Instagram>(&settings, Poll::newer(feed.clone()).cursor(batch.cursor)).is_ok());
    assert_eq!(FakeHost::new().poll::<Instagram>(&settings, Poll::older(feed.clone())).expect("no history").next, Next::Done);
    let unknown = FakeHost::new().get(&lookup, Answer::json(r#"{"data":[]}"#));
    assert_eq!(unknown.poll::<Instagram>(&settings, Poll::newer(feed)).expect_err("unknown").class, FailureClass::Gone);
}

#[test]
fn an_endless_hashtag_ends() {
    let settings = json!({ "user": USER, "read": [], "hashtags": ["acme"] });
    let recent = |after: &str| url("178439/recent_media", HASHTAG_FIELDS, &format!("&user_id={USER}&limit=50{after}"));
    let host = FakeHost::new()
        .get(&format!("{BASE}/ig_hashtag_search?user_id={USER}&q=acme"), Answer::json(r#"{"data":[{"id":178439}]}"#))
        .get(&recent(""), page(&[media(1, "2025-12-31T12:00:00+0000")], Some("same")))
        .get(&recent("&after=same"), page(&[media(1, "2025-12-31T12:00:00+0000")], Some("same")));
    let batch = host.poll::<Instagram>(&settings, Poll::newer(plan(&settings).remove(0))).expect("a batch");
    assert_eq!((batch.changes.len(), host.asked().len()), (1, 20));
}

#[test]
fn another_account_is_paged_inside_its_fields() {
    let settings = json!({ "user": USER, "read": [], "accounts": ["rival"] });
    let feed = plan(&settings).remove(0);
    let at = |after: &str| {
        let fields = format!(
            "business_discovery.username(rival){{id,username,name,biography,website,followers_count,media_count,media.limit(50){after}{{{HASHTAG_FIELDS}}}}}"
        );
        url(USER, &fields, "")
    };
    let answer = |data: &[Json], cursors: Json| {
        let account = json!({ "id": "9", "username": "rival", "name": "Rival", "followers_count": 12, "media": { "data": data, "paging": { "cursors": cursors } } });
        Answer::json(json!({ "business_discovery": account, "id": USER }).to_string())
    };
    let host = || {
        FakeHost::new()
            .get(&at(""), answer(&[media(2, "2025-12-30T10:00:00+0000")], json!({ "after": "QVFI=" })))
            .get(&at(".after(QVFI=)"), answer(&[media(1, "2025-12-29T10:00:00+0000")], json!({ "before": "b" })))
    };
    let batches = host().read::<Instagram>(&settings, &feed, Direction::Older).expect("batches");
    assert_eq!(ids(&batches).len(), 2);
    let author = batches[0].mentions().next().and_then(|mention| mention.author.clone()).expect("an author");
    assert_eq!(
        (author.id.as_str(), author.handle.as_deref(), author.name.as_deref(), author.followers),
        ("9", Some("rival"), Some("Rival"), Some(12))
    );
    let evil = FakeHost::new().get(&at(""), answer(&[media(2, "2025-12-30T10:00:00+0000")], json!({ "after": "x){id}" })));
    assert_eq!(
        evil.poll::<Instagram>(&settings, Poll::newer(feed.clone())).expect_err("evil").class,
        FailureClass::UnexpectedAnswer
    );
    let other = FakeHost::new().get(&at(""), Answer::json(r#"{"mentioned_comment":{"id":"1"},"id":"2"}"#));
    assert_eq!(other.poll::<Instagram>(&settings, Poll::newer(feed)).expect_err("other").class, FailureClass::UnexpectedAnswer);
}

#[test]
fn comments_come_with_their_replies_and_the_rest_as_a_feed() {
    let settings = json!({ "posts": ["50"] });
    let feed = plan(&settings).remove(0);
    let fields = format!("{COMMENT_FIELDS},replies.limit(50){{{REPLY_FIELDS}}}");
    let comments = json!([
        { "id": "3", "text": "hello", "timestamp": "2025-12-31T10:00:00+0000", "from": { "id": "7", "username": "ada" }, "like_count": 1,
          "replies": { "data": [{ "id": "5", "text": "a reply", "timestamp": "2025-12-31T11:00:00+0000", "username": "bo" }],
                       "paging": { "cursors": { "after": "r" }, "next": "https://graph.facebook.com/v25.0/3/replies?access_token=TOKEN&after=r" } } },
        { "id": "2", "text": "bare", "timestamp": "2025-12-30T10:00:00+0000" },
        { "id": "1", "hidden": true },
    ]);
    let comments = comments.as_array().expect("a list").clone();
    let host = FakeHost::new()
        .get(&url("50/comments", &fields, "&limit=50"), page(&comments, None))
        .get(&url("3/replies", REPLY_FIELDS, "&limit=50"), page(&[json!({ "id": "6", "parent_id": "3", "text": "more" })], None));
    let batch = host.poll::<Instagram>(&settings, Poll::newer(feed.clone())).expect("a batch");
    let told: Vec<_> = batch.mentions().map(|mention| (mention.id.as_str(), mention.kind, mention.parent.as_deref())).collect();
    assert_eq!(
        told,
        [("3", MentionKind::Comment, Some("50")), ("5", MentionKind::Reply, Some("3")), ("2", MentionKind::Comment, Some("50"))]
    );
    assert!(batch.mentions().all(|mention| mention.thread.as_deref() == Some("50")));
    let authors: Vec<_> = batch.mentions().map(|mention| mention.author.as_ref().map(|author| author.id.as_str())).collect();
    assert_eq!(authors, [Some("7"), Some("bo"), None]);
    assert!(batch.changes.contains(&Change::Remove("1".to_owned())));
    let replies = host.poll::<Instagram>(&settings, Poll::newer(batch.feeds[0].clone())).expect("the replies");
    let more = replies.mentions().next().expect("a reply");
    assert_eq!((more.parent.as_deref(), more.thread.as_deref(), more.kind), (Some("3"), Some("50"), MentionKind::Reply));
    assert_eq!(
        FakeHost::new().poll::<Instagram>(&settings, Poll::older(feed.expires_at(0))).expect("nothing to ask").next,
        Next::Done
    );
}

#[test]
fn posts_and_comments_are_read_again_and_nothing_is_removed_for_want_of_sight() {
    let settings = settings();
    let lacks = Answer::json(
        r##"{"error":{"message":"(#100) Tried accessing nonexisting field (caption) on node type (IGComment)","code":100}}"##,
    );
    let gone = Answer::json(r#"{"error":{"message":"Object does not exist","code":100,"error_subcode":33}}"#);
    let host = FakeHost::new()
        .get(&url("1", MEDIA_FIELDS, ""), Answer::json(media(1, "2025-12-30T10:00:00+0000").to_string()))
        .get(&url("2", MEDIA_FIELDS, ""), lacks.clone().with_status(400))
        .get(&url("3", MEDIA_FIELDS, ""), gone.with_status(400))
        .get(&url("4", MEDIA_FIELDS, ""), lacks.with_status(400))
        .get(&url("4", REFRESHED_COMMENT_FIELDS, ""), Answer::json(r#"{"id":"4","text":"below a hidden post"}"#))
        .get(
            &url("2", REFRESHED_COMMENT_FIELDS, ""),
            Answer::json(r#"{"id":"2","text":"new words","media":{"id":"1"},"like_count":4}"#),
        );
    let changes = host.refresh::<Instagram>(&settings, ["1", "2", "3", "4", "x"].map(str::to_owned).to_vec()).expect("changes");
    let told: Vec<_> =
        changes.iter().map(|change| if let Change::Upsert(mention) = change { mention.text.as_str() } else { "-" }).collect();
    assert_eq!(told, ["post 1", "new words", "below a hidden post"]);
    let [.., Change::Upsert(hidden)] = &changes[..] else { panic!("the last one is a mention") };
    assert_eq!((&hidden.thread, &hidden.parent), (&None, &None), "what is not said is not made up");
    let dead = Answer::json(r#"{"error":{"code":190}}"#).with_status(400);
    let host = FakeHost::new().get(&url("1", MEDIA_FIELDS, ""), dead);
    assert_eq!(host.refresh::<Instagram>(&settings, vec!["1".to_owned()]).expect_err("dead").class, FailureClass::Unauthorized);
}

#[test]
fn failures_are_told_apart_by_their_code() {
    use FailureClass::{Forbidden, QuotaExhausted, RateLimited, Transient, Unauthorized, UnexpectedAnswer};
    let cases = [
        (400, r#"{"error":{"message":"Unknown path components: /x","type":"IGApiException","code":2500}}"#, UnexpectedAnswer),
        (400, r#"{"error":{"message":"Error validating access token","type":"OAuthException","code":190}}"#, Unauthorized),
        (403, r##"{"error":{"message":"(#80002) too many calls","type":"OAuthException","code":80002}}"##, RateLimited),
        (400, r#"{"error":{"message":"Application request limit reached","type":"OAuthException","code":4}}"#, RateLimited),
        (400, r#"{"error":{"code":18,"error_subcode":2207034}}"#, QuotaExhausted),
        (400, r##"{"error":{"message":"(#10) no permission","code":10}}"##, Forbidden),
        (500, r#"{"error":{"code":2,"is_transient":true}}"#, Transient),
        (200, r#"{"id":"1"}"#, UnexpectedAnswer),
        (200, "<html>", UnexpectedAnswer),
    ];
    for (status, body, class) in cases {
        let host = FakeHost::new()
            .get(&url(&format!("{USER}/media"), MEDIA_FIELDS, "&limit=50"), Answer::json(body).with_status(status));
        let failure = host.poll::<Instagram>(&settings(), Poll::newer(plan(&settings()).remove(0))).expect_err(body);
        assert_eq!(failure.class, class, "{body}");
    }
}

#[test]
fn hostile_shapes_cost_themselves_alone() {
    let deep = format!("{}1{}", "[".repeat(90), "]".repeat(90));
    let body = format!(
        r#"{{"data":[{{"id":"1","caption":"kept","children":{deep},"like_count":1e99,"timestamp":-99999999999999999}},{deep},null,{{"id":{{}}}}],"paging":{deep}}}"#
    );
    let host = FakeHost::new().get(&url(&format!("{USER}/media"), MEDIA_FIELDS, "&limit=50"), Answer::json(body));
    let batch = host.poll::<Instagram>(&settings(), Poll::newer(plan(&settings()).remove(0))).expect("a batch");
    let mention = batch.mentions().next().expect("the good one");
    assert_eq!(
        (batch.changes.len(), mention.text.as_str(), mention.engagement.likes, mention.published),
        (1, "kept", None, None)
    );
}
