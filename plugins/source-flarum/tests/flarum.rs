//! The plugin as the host sees it, on short answers after the shapes of Flarum's own serializers (<https://docs.flarum.org/rest-api>).

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use source_flarum::Flarum;
use vigie_plugin::testing::{Answer, FakeHost};
use vigie_plugin::{
    Batch, Change, Clause, Direction, FailureClass, Feed, MentionKind, Next, Poll, Search, TextFormat, Value, time,
};

const BASE: &str = "https://forum.example/sub";

fn settings() -> Json {
    json!({ "url": "https://forum.example/sub/" })
}

fn plan(settings: &Json) -> Vec<Feed> {
    let clause = |all: &[&str]| Clause { all: all.iter().map(|term| (*term).to_owned()).collect(), none: vec![] };
    let search = Search { any: vec![clause(&["acme phone"]), clause(&["hp"]), clause(&["acme phone"])], languages: vec![] };
    FakeHost::new().plan::<Flarum>(settings, vec![search]).expect("a plan")
}

fn posts_url(discussion: Option<u32>, offset: u32, limit: u32) -> String {
    let only = discussion.map(|id| format!("&filter%5Bdiscussion%5D={id}")).unwrap_or_default();
    format!(
        "{BASE}/api/posts?filter%5Btype%5D=comment{only}&include=user%2Cdiscussion&sort=-createdAt&page%5Blimit%5D={limit}&page%5Boffset%5D={offset}"
    )
}

/// A post of minute `at` of a day.
fn post(id: u32, discussion: u32, at: u32) -> Json {
    // Offsets differ within one answer, as servers that moved have them.
    let created = if id.is_multiple_of(2) {
        format!("2025-12-01T{:02}:{:02}:00+00:00", at / 60, at % 60)
    } else {
        format!("2025-12-01T{:02}:{:02}:00+08:00", at / 60 + 8, at % 60)
    };
    json!({ "type": "posts", "id": id.to_string(), "attributes": { "number": id % 100 + 1, "createdAt": created, "contentType": "comment",
        "contentHtml": format!("<p>post {id} <a href=\"/sub/u/bo\">@bo</a></p>"), "renderFailed": false },
        "relationships": { "user": { "data": { "type": "users", "id": "3" } }, "discussion": { "data": { "type": "discussions", "id": discussion.to_string() } } } })
}

fn page(posts: &[Json], more: bool) -> Answer {
    let included = json!([
        { "type": "users", "id": "3", "attributes": { "username": "ada", "displayName": "Ada L.", "slug": "ada", "email": "ada@forum.example" } },
        { "type": "discussions", "id": "7", "attributes": { "title": "About Acme", "slug": "7-about-acme", "commentCount": 5, "isSticky": true },
          "relationships": { "firstPost": { "data": { "type": "posts", "id": "700" } } } }]);
    let links = if more {
        json!({ "first": "x", "next": "https://elsewhere.example/api/posts?page=2" })
    } else {
        json!({ "first": "x" })
    };
    Answer::new("application/vnd.api+json", json!({ "links": links, "data": posts, "included": included }).to_string())
}

fn ids<'a>(batches: impl IntoIterator<Item = &'a Batch>) -> BTreeSet<u32> {
    batches.into_iter().flat_map(Batch::mentions).map(|mention| mention.id.parse().expect("a number")).collect()
}

fn walk(host: &FakeHost, mut request: Poll) -> Vec<Batch> {
    let mut batches = Vec::new();
    loop {
        let batch = host.poll::<Flarum>(&settings(), request.clone()).expect("a batch");
        request.cursor.clone_from(&batch.cursor);
        let more = batch.next == Next::More;
        batches.push(batch);
        assert!(batches.len() < 50, "the walk ends");
        if !more {
            return batches;
        }
    }
}

/// A forum of `count` posts, two of them always in the same minute, the highest number the newest.
fn forum(count: u32) -> FakeHost {
    let all: Vec<u32> = (1..=count).rev().collect();
    let mut host = FakeHost::new();
    for offset in (0..count + 50).step_by(45) {
        let shown: Vec<Json> = all.iter().skip(offset as usize).take(50).map(|id| post(700 + id, 7, id / 2 * 3)).collect();
        host = host.get(&posts_url(None, offset, 50), page(&shown, offset + 50 < count));
    }
    host
}

#[test]
fn the_plan_follows_the_settings() {
    let names = |settings: Json| plan(&settings).into_iter().map(|feed| feed.id).collect::<Vec<_>>();
    assert_eq!(names(settings()), ["posts"]);
    assert_eq!(
        names(json!({ "url": BASE, "tags": ["support", " support "], "discussions": ["7"] })),
        ["tag:support", "discussion:7"]
    );
    assert_eq!(names(json!({ "url": BASE, "mode": "both" })), ["posts", "search:acme phone"]);
    let host = FakeHost::new();
    for wrong in
        [json!({ "url": "forum" }), json!({ "url": BASE, "discussions": ["x"] }), json!({ "url": BASE, "mode": "search" })]
    {
        assert_eq!(host.plan::<Flarum>(&wrong, vec![]).expect_err("wrong").class, FailureClass::Settings, "{wrong}");
    }
}

#[test]
fn every_field_of_a_post_is_mapped() {
    let mut answer = post(702, 7, 2);
    answer["attributes"]["contentHtml"] = json!("<p><a class=\"PostMention\" data-id=\"701\" href=\"/d/7/2\">bo</a> yes</p>");
    answer["attributes"]["editedAt"] = json!("2025-12-02T00:00:00+00:00");
    answer["attributes"]["likesCount"] = json!(4);
    let mut orphan = post(703, 9, 3);
    orphan["relationships"]["user"] = json!({ "data": null });
    orphan["relationships"]["likes"] = json!({ "data": [{ "type": "users", "id": "1" }, { "type": "users", "id": "2" }] });
    let (mut event, mut hidden, mut waiting, mut broken) = (post(704, 7, 4), post(705, 7, 5), post(706, 7, 6), post(707, 7, 7));
    event["attributes"]["contentType"] = json!("discussionRenamed");
    hidden["attributes"]["hiddenAt"] = json!("2025-12-02T00:00:00+00:00");
    waiting["attributes"]["isApproved"] = json!(false);
    broken["attributes"]["renderFailed"] = json!(true);
    let old = json!({ "type": "posts", "id": 50, "attributes": { "number": 2, "time": "2015-08-04T16:17:18", "contentHtml": "old", "editTime": "2015-08-05T16:17:18" } });
    let all = [
        answer,
        post(700, 7, 1),
        orphan,
        event,
        hidden,
        waiting,
        broken,
        old,
        json!(null),
        json!({ "type": "posts" }),
        json!({ "type": "users", "id": "1" }),
    ];
    let host = FakeHost::new().get(&posts_url(None, 0, 50), page(&all, false));
    let batch = host.poll::<Flarum>(&settings(), Poll::newer(plan(&settings()).remove(0))).expect("a batch");
    let mentions: Vec<_> = batch.mentions().collect();
    let [answer, first, orphan, old] = mentions.as_slice() else { panic!("four posts: {mentions:#?}") };
    assert_eq!((first.id.as_str(), first.kind, first.title.as_deref()), ("700", MentionKind::Post, Some("About Acme")));
    assert_eq!(first.url.as_deref(), Some("https://forum.example/sub/d/7-about-acme/1"));
    assert_eq!(
        (first.text.as_str(), first.format),
        ("<p>post 700 <a href=\"https://forum.example/sub/u/bo\">@bo</a></p>", TextFormat::Html)
    );
    assert_eq!(
        (first.engagement.comments, first.engagement.likes, first.parent.as_deref(), first.thread.as_deref()),
        (Some(4), None, None, Some("d/7"))
    );
    assert_eq!(first.published, time::rfc3339("2025-12-01T00:01:00Z").ok());
    let author = first.author.as_ref().expect("an author");
    assert_eq!((author.id.as_str(), author.handle.as_deref(), author.name.as_deref()), ("3", Some("ada"), Some("Ada L.")));
    assert_eq!(author.url.as_deref(), Some("https://forum.example/sub/u/ada"));
    assert_eq!(first.attributes[0].value, Value::Number(1.0));
    assert_eq!(
        (answer.kind, answer.parent.as_deref(), answer.engagement.likes, answer.title.as_deref()),
        (MentionKind::Reply, Some("701"), Some(4), None)
    );
    assert_eq!(answer.edited, time::rfc3339("2025-12-02T00:00:00Z").ok());
    assert_eq!(
        (orphan.author.as_ref(), orphan.engagement.likes, orphan.thread.as_deref(), orphan.parent.as_deref()),
        (None, Some(2), Some("d/9"), None)
    );
    assert_eq!(
        (old.published, old.edited),
        (time::rfc3339("2015-08-04T16:17:18").ok(), time::rfc3339("2015-08-05T16:17:18").ok())
    );
    assert!(batch.changes.contains(&Change::Remove("705".to_owned())));
    assert!(!format!("{batch:?}").contains("ada@"), "no address for mail is delivered");
}

#[test]
fn history_is_whole_and_resumes_at_every_checkpoint() {
    let feed = plan(&settings()).remove(0);
    let batches = walk(&forum(160), Poll::older(feed.clone()));
    assert_eq!((ids(&batches), batches.last().map(|batch| batch.next)), ((701..=860).collect(), Some(Next::Done)));
    for at in 0..batches.len() - 1 {
        assert_eq!(walk(&forum(160), Poll::older(feed.clone()).cursor(batches[at].cursor.clone())), batches[at + 1..]);
    }
    let since = time::rfc3339("2025-12-01T03:00:00Z").map(|moment| moment.at).ok();
    let recent = walk(&forum(160), Poll::older(feed).since(since));
    assert_eq!(ids(&recent), (820..=860).collect(), "nothing older than wanted");
}

#[test]
fn the_head_is_followed_whoever_deletes() {
    let feed = plan(&settings()).remove(0);
    let first = walk(&forum(60), Poll::newer(feed.clone()));
    assert_eq!((first.len(), ids(&first).len()), (1, 50));
    // A hundred and thirty new posts; the newest one known is gone.
    let next = walk(&forum(190), Poll::newer(feed.clone()).cursor(first[0].cursor.clone()));
    assert!(ids(&next).is_superset(&(760..=890).collect()));
    let quiet = walk(&forum(190), Poll::newer(feed).cursor(next.last().expect("a batch").cursor.clone()));
    assert_eq!(quiet.len(), 1);
}

fn list_url(filter: &str, offset: u32) -> String {
    format!("{BASE}/api/discussions?filter%5B{filter}&sort=-lastPostedAt&page%5Blimit%5D=20&page%5Boffset%5D={offset}")
}

/// Discussions with the minute of their last posts; those over 900 are sticky.
fn list(discussions: &[(u32, u32)], more: bool) -> Answer {
    let data: Vec<Json> = discussions
        .iter()
        .map(|(id, at)| json!({ "type": "discussions", "id": id.to_string(), "attributes": { "lastPostedAt": format!("2025-12-01T{:02}:{:02}:00Z", at / 60, at % 60), "isSticky": *id > 900 } }))
        .collect();
    let links = if more { json!({ "next": "x" }) } else { json!({}) };
    Answer::json(json!({ "data": data, "links": links }).to_string())
}

#[test]
fn discussions_of_a_tag_or_a_search_are_read_as_far_as_they_moved() {
    for (settings, filter) in [
        (json!({ "url": BASE, "tags": ["support"] }), "tag%5D=support"),
        (json!({ "url": BASE, "mode": "search" }), "q%5D=acme%20phone"),
    ] {
        let feed = plan(&settings).remove(0);
        let host = FakeHost::new()
            .get(&list_url(filter, 0), list(&[(901, 5), (7, 900)], true))
            .get(&list_url(filter, 1), list(&[(8, 60), (7, 900)], false))
            .get(&posts_url(Some(901), 0, 50), page(&[post(90_101, 901, 5)], false))
            .get(
                &posts_url(Some(7), 0, 50),
                page(&[post(704, 7, 900), post(703, 7, 900), post(702, 7, 500), post(701, 7, 400)], true),
            )
            .get(&posts_url(Some(7), 1, 50), page(&[post(701, 7, 400), post(700, 7, 1)], false))
            .get(&posts_url(Some(8), 0, 50), page(&[post(801, 8, 60)], false));
        let older = walk(&host, Poll::older(feed.clone()));
        let all = BTreeSet::from([700, 701, 702, 703, 704, 801, 90_101]);
        assert_eq!((ids(&older), older.last().map(|batch| batch.next)), (all, Some(Next::Done)), "{filter}");
        for at in 0..older.len() - 1 {
            assert_eq!(walk(&host, Poll::older(feed.clone()).cursor(older[at].cursor.clone())), older[at + 1..]);
        }
        let first = walk(&host, Poll::newer(feed.clone()));
        let now = FakeHost::new()
            .get(&list_url(filter, 0), list(&[(901, 5), (9, 1000), (8, 990), (7, 900)], true))
            .get(&list_url(filter, 1), list(&[(6, 3)], false))
            .get(&posts_url(Some(9), 0, 50), Answer::json(r#"{"errors":[{"status":"404","code":"not_found"}]}"#).with_status(404))
            .get(&posts_url(Some(7), 0, 50), page(&[post(704, 7, 900), post(702, 7, 500)], true))
            .get(&posts_url(Some(8), 0, 50), page(&[post(803, 8, 990), post(802, 8, 990), post(801, 8, 60)], true));
        let next = walk(&now, Poll::newer(feed).cursor(first.last().expect("a batch").cursor.clone()));
        assert!(ids(&next).is_superset(&BTreeSet::from([802, 803])), "{filter}");
        assert_eq!(now.logged().len(), 1, "the discussion that is gone is said");
    }
}

#[test]
fn a_discussion_named_in_the_settings_is_walked() {
    let settings = json!({ "url": BASE, "discussions": ["7"] });
    let host = FakeHost::new().get(&posts_url(Some(7), 0, 50), page(&[post(701, 7, 2), post(700, 7, 1)], false));
    let batches = host.read::<Flarum>(&settings, &plan(&settings)[0], Direction::Older).expect("batches");
    assert_eq!(ids(&batches), BTreeSet::from([700, 701]));
}

#[test]
fn posts_read_again_bring_edits_and_removals() {
    let one = |id: u32| format!("{BASE}/api/posts/{id}?include=user%2Cdiscussion");
    let host = FakeHost::new()
        .get(
            &format!("{BASE}/api/posts?filter%5Bid%5D=700%2C701%2C702%2C703&include=user%2Cdiscussion&page%5Blimit%5D=50"),
            page(&[post(700, 7, 1)], false),
        )
        .get(&one(701), Answer::json(r#"{"errors":[{"status":"404","code":"not_found"}]}"#).with_status(404))
        .get(&one(702), Answer::json(r#"{"errors":[{"status":"403","code":"permission_denied"}]}"#).with_status(403))
        .get(&one(703), Answer::json(json!({ "data": post(703, 7, 1) }).to_string()));
    let changes =
        host.refresh::<Flarum>(&settings(), ["700", "701", "702", "703", "x"].map(str::to_owned).to_vec()).expect("changes");
    let [Change::Remove(gone), Change::Upsert(first), Change::Upsert(last)] = changes.as_slice() else {
        panic!("three: {changes:?}")
    };
    assert_eq!(
        (gone.as_str(), first.id.as_str(), first.title.as_deref(), last.id.as_str()),
        ("701", "700", Some("About Acme"), "703")
    );
}

#[test]
fn failures_have_their_class() {
    let feed = plan(&settings()).remove(0);
    let failure = |answer: Answer| {
        let host = FakeHost::new().get(&posts_url(None, 0, 50), answer);
        host.poll::<Flarum>(&settings(), Poll::newer(feed.clone())).expect_err("a failure")
    };
    let error = |status: u16, code: &str| {
        Answer::json(json!({ "errors": [{ "status": status.to_string(), "code": code }] }).to_string()).with_status(status)
    };
    assert_eq!(failure(error(401, "not_authenticated")).class, FailureClass::Unauthorized);
    assert_eq!(failure(error(403, "permission_denied")).class, FailureClass::Forbidden);
    assert_eq!(failure(error(404, "not_found")).class, FailureClass::Gone);
    assert_eq!(failure(error(400, "invalid_parameter")).class, FailureClass::UnexpectedAnswer);
    assert_eq!(failure(Answer::html("<h1>Maintenance").with_status(503)).class, FailureClass::Transient);
    assert_eq!(failure(error(429, "too_many_requests").header("retry-after", "7")).retry_after_ms, Some(7000));
    assert_eq!(failure(Answer::html("<!doctype html><p>Log in")).class, FailureClass::UnexpectedAnswer);
    assert_eq!(failure(Answer::json(r#"{"data":{}}"#)).class, FailureClass::UnexpectedAnswer);
    assert_eq!(failure(Answer::json("[]")).class, FailureClass::UnexpectedAnswer);
    assert_eq!(failure(Answer::json(format!("{{\"data\":{}", "[".repeat(10_000)))).class, FailureClass::UnexpectedAnswer);
}

#[test]
fn requests_are_signed_where_that_is_wanted() {
    let host = FakeHost::new().get(&posts_url(None, 0, 50), page(&[], false));
    let feed = plan(&settings()).remove(0);
    host.poll::<Flarum>(&json!({ "url": BASE, "signed_in": true }), Poll::newer(feed.clone())).expect("a batch");
    host.poll::<Flarum>(&settings(), Poll::newer(feed)).expect("a batch");
    let signed: Vec<_> = host.asked().iter().map(|asked| asked.header("authorization").map(str::to_owned)).collect();
    assert_eq!(signed, [Some("Token {{secret:api-key}}".to_owned()), None]);
}
