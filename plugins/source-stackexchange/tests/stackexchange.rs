//! The plugin as the host sees it, on short answers after the documented shapes (<https://api.stackexchange.com/docs>).

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use source_stackexchange::StackExchange;
use vigie_plugin::testing::{Answer, FakeHost};
use vigie_plugin::{
    Batch, Change, Clause, Direction, Failure, FailureClass, Feed, Mention, MentionKind, Next, Poll, Search, Value, time,
};

const BASE: &str = "https://api.stackexchange.com/2.3";
const SEARCH: &str = "https://api.stackexchange.com/2.3/search/advanced?site=android&filter=withbody&q=acme&sort=creation";
/// 2025-12-31T00:00:00Z
const DAY: i64 = 1_767_139_200;

fn settings() -> Json {
    json!({ "site": "android" })
}

fn alone() -> Json {
    json!({ "site": "android", "answers": false, "comments": false })
}

/// A question of the given second of the last day of 2025.
fn question(id: i64) -> Json {
    json!({ "question_id": id, "title": "What&#39;s &quot;acme&quot;?", "body": format!("<p>question {id} &amp; more</p>"),
        "link": format!("https://android.stackexchange.com/questions/{id}/x"), "creation_date": DAY + id, "score": 4, "view_count": 70,
        "answer_count": 0, "is_answered": false, "tags": ["android", "battery"], "content_license": "CC BY-SA 4.0",
        "owner": { "user_id": 9, "display_name": "Ada &amp; Bo", "user_type": "registered", "reputation": 120, "link": "https://android.stackexchange.com/users/9/ada" } })
}

fn answer(id: i64, question: i64) -> Json {
    json!({ "answer_id": id, "question_id": question, "body": "<p>so</p>", "creation_date": DAY + id, "score": -2, "is_accepted": true })
}

fn comment(id: i64, post: i64) -> Json {
    json!({ "comment_id": id, "post_id": post, "body": "thanks", "creation_date": DAY + id, "score": 0, "owner": { "user_id": 9 } })
}

fn wrapped(items: Vec<Json>, more: bool) -> Answer {
    Answer::json(json!({ "items": items, "has_more": more, "quota_max": 300, "quota_remaining": 200 }).to_string())
}

fn questions(ids: impl IntoIterator<Item = i64>, more: bool) -> Answer {
    wrapped(ids.into_iter().map(question).collect(), more)
}

fn plan(settings: &Json) -> Vec<Feed> {
    let clause = |all: &[&str]| Clause { all: all.iter().map(|term| (*term).to_owned()).collect(), none: vec![] };
    let search = Search { any: vec![clause(&["acme"]), clause(&["#Acme"])], languages: vec![] };
    FakeHost::new().plan::<StackExchange>(settings, vec![search]).expect("a plan")
}

fn ids<'a>(batches: impl IntoIterator<Item = &'a Batch>) -> BTreeSet<i64> {
    batches.into_iter().flat_map(Batch::mentions).map(|mention| mention.id.parse().expect("a number")).collect()
}

fn attribute(mention: &Mention, key: &str) -> Option<Value> {
    mention.attributes.iter().find(|attribute| attribute.key == key).map(|attribute| attribute.value.clone())
}

fn head(rest: &str) -> String {
    format!("{SEARCH}&order=desc&pagesize=100&page=1{rest}")
}

#[test]
fn the_plan_follows_settings_and_searches() {
    let names = |settings: Json| plan(&settings).into_iter().map(|feed| feed.id).collect::<Vec<_>>();
    assert_eq!(names(settings()), ["search:acme"]);
    assert_eq!(names(json!({ "site": "android", "tags": ["Battery"] })), ["tag:battery", "search:acme"]);
    for wrong in [
        json!({ "site": "a/b" }),
        json!({ "site": "android", "tags": ["a b"] }),
        json!({ "site": "android", "answers_for": "x" }),
        settings(),
    ] {
        assert_eq!(
            FakeHost::new().plan::<StackExchange>(&wrong, vec![]).expect_err("wrong").class,
            FailureClass::Settings,
            "{wrong}"
        );
    }
}

#[test]
fn questions_become_mentions_field_by_field() {
    let mut edited = question(5);
    edited["last_edit_date"] = json!(DAY + 500);
    edited["closed_reason"] = json!("Needs &lt;focus&gt;");
    let gone = json!({ "question_id": 6, "owner": { "user_type": "does_not_exist", "display_name": "user6" }, "score": "-3" });
    let host =
        FakeHost::new().get(&head(""), wrapped(vec![edited.clone(), json!(null), gone, edited, json!({ "title": "?" })], false));
    let batch = host.poll::<StackExchange>(&alone(), Poll::newer(plan(&alone()).remove(0))).expect("a batch");
    let [mention, gone] = batch.mentions().collect::<Vec<_>>().try_into().expect("two, none twice");
    assert_eq!(
        (mention.id.as_str(), mention.kind, mention.title.as_deref()),
        ("5", MentionKind::Question, Some("What's \"acme\"?"))
    );
    assert_eq!(
        (mention.text.as_str(), mention.thread.as_deref(), mention.parent.as_deref()),
        ("<p>question 5 &amp; more</p>", Some("5"), None)
    );
    assert_eq!(mention.url.as_deref(), Some("https://android.stackexchange.com/questions/5/x"));
    assert_eq!((mention.engagement.likes, mention.engagement.comments, mention.engagement.views), (Some(4), Some(0), Some(70)));
    assert_eq!((mention.published, mention.edited), (time::unix_seconds(DAY + 5).ok(), time::unix_seconds(DAY + 500).ok()));
    let author = mention.author.as_ref().expect("an author");
    assert_eq!((author.id.as_str(), author.name.as_deref()), ("9", Some("Ada & Bo")));
    assert_eq!(attribute(mention, "tags"), Some(Value::Text("android battery".into())));
    assert_eq!(attribute(mention, "closed-reason"), Some(Value::Text("Needs <focus>".into())));
    assert_eq!(attribute(mention, "author-reputation"), Some(Value::Number(120.0)));
    assert_eq!((gone.author.as_ref(), gone.published, gone.engagement.likes, gone.engagement.views), (None, None, Some(0), None));
    assert_eq!(gone.url.as_deref(), Some("https://android.stackexchange.com/q/6"));
}

#[test]
fn history_goes_down_by_date_and_turns_pages_only_within_a_second() {
    let same = |id: i64| {
        let mut question = question(id);
        question["creation_date"] = json!(DAY + 50);
        question
    };
    let to = format!("&todate={}", DAY + 50);
    let host = FakeHost::new()
        .get(&head(""), wrapped(vec![question(90), question(80), same(51)], true))
        .get(&head(&to), wrapped(vec![same(51), same(52)], true))
        .get(&head(&to).replace("&page=1", "&page=2"), wrapped(vec![same(53), question(40)], true))
        .get(&head(&format!("&todate={}", DAY + 40)), questions([40, 30], false));
    let batches = host.read::<StackExchange>(&alone(), &plan(&alone()).remove(0), Direction::Older).expect("batches");
    assert_eq!(
        (ids(&batches), batches.last().map(|batch| batch.next)),
        (BTreeSet::from([90, 80, 51, 52, 53, 40, 30]), Some(Next::Done))
    );
}

#[test]
fn the_head_is_followed_upwards() {
    let feed = plan(&alone()).remove(0);
    let host = FakeHost::new().get(&head(""), questions([2000, 1990], true));
    let first = host.poll::<StackExchange>(&alone(), Poll::newer(feed.clone())).expect("the head");
    assert_eq!(first.next, Next::Later(None));
    let up = |from: i64| format!("{SEARCH}&order=asc&pagesize=100&page=1&fromdate={}", DAY + from);
    let host = FakeHost::new()
        .get(&up(1100), questions([1500, 2000, 2100], true))
        .get(&up(2100), questions([2100, 2200], true))
        .get(&up(2200), questions([2200], false));
    let (mut cursor, mut batches) = (first.cursor, Vec::new());
    loop {
        let request = Poll::newer(feed.clone()).cursor(cursor.clone());
        let batch = host.poll::<StackExchange>(&alone(), request.clone()).expect("a batch");
        assert_eq!(
            batch,
            host.poll::<StackExchange>(&alone(), request).expect("again"),
            "every checkpoint can be taken up again"
        );
        cursor = batch.cursor.clone();
        let more = batch.next == Next::More;
        batches.push(batch);
        if !more {
            break;
        }
    }
    assert_eq!(ids(&batches), BTreeSet::from([1500, 2000, 2100, 2200]));
    assert!(cursor.expect("a cursor").contains(&format!("\"floor\":{}", DAY + 2200)));
}

#[test]
fn a_back_off_is_kept_and_a_used_up_day_ends_it() {
    let feed = plan(&alone()).remove(0);
    let next = |body: Json| {
        let host = FakeHost::new().at("2026-01-01T20:00:00Z").get(&head(""), Answer::json(body.to_string()));
        host.poll::<StackExchange>(&alone(), Poll::older(feed.clone())).expect("a batch")
    };
    let more = |field: &str, value: Json| next(json!({ "items": [question(5)], "has_more": true, field: value }));
    let batch = more("backoff", json!(10));
    assert_eq!(
        (batch.next, batch.changes.len(), batch.cursor.is_some()),
        (Next::Later(Some(11_000)), 1, true),
        "the walk goes on later"
    );
    assert_eq!(more("backoff", json!(2.5)).next, Next::Later(Some(3_500)));
    assert_eq!(more("quota_remaining", json!(0)).next, Next::Later(Some(4 * 3_600_000)));
    assert_eq!(more("quota_remaining", json!(1)).next, Next::More);
    assert_eq!(next(json!({ "items": [], "has_more": false, "backoff": 10 })).next, Next::Done);
}

#[test]
fn answers_and_comments_are_read_for_a_hundred_questions_at_once() {
    let mut answered = question(7);
    answered["answer_count"] = json!(2);
    answered["comment_count"] = json!(0);
    let mut old = question(1);
    old["creation_date"] = json!(DAY - 90 * 86_400);
    let host = FakeHost::new()
        .get(&head(""), wrapped(vec![answered, question(8), old], false))
        .get(&format!("{BASE}/questions/7;8/answers?site=android&filter=withbody&sort=creation&order=asc&pagesize=100&page=1"), wrapped(vec![answer(20, 7)], true))
        .get(&format!("{BASE}/questions/7;8/answers?site=android&filter=withbody&sort=creation&order=asc&pagesize=100&page=1&fromdate={}", DAY + 20), wrapped(vec![answer(20, 7), answer(21, 7)], false))
        .get(&format!("{BASE}/posts/20/comments?site=android&filter=withbody&sort=creation&order=asc&pagesize=100&page=1"), wrapped(vec![comment(3, 20), comment(4, 99)], false));
    let found = host.poll::<StackExchange>(&settings(), Poll::newer(plan(&settings()).remove(0))).expect("a batch");
    let titles: Vec<_> = found.feeds.iter().map(|feed| feed.title.as_str()).collect();
    assert_eq!(
        titles,
        ["answers to 2 questions", "comments below 1 posts", "comments below 1 posts"],
        "of the old one, comments alone are possible"
    );
    assert_eq!(found.feeds[0].expires_at, Some((DAY + 8) * 1000 + 14 * 86_400_000));
    let answers = host.read::<StackExchange>(&settings(), &found.feeds[0], Direction::Newer).expect("answers");
    assert_eq!(ids(&answers), BTreeSet::from([20, 21]));
    let mention = answers[0].mentions().next().expect("an answer");
    assert_eq!((mention.kind, mention.parent.as_deref(), mention.thread.as_deref()), (MentionKind::Answer, Some("7"), Some("7")));
    assert_eq!((mention.url.as_deref(), mention.engagement.likes), (Some("https://android.stackexchange.com/a/20"), Some(0)));
    assert!(matches!(answers[1].next, Next::Later(Some(_))));
    let comments = host.poll::<StackExchange>(&settings(), Poll::newer(answers[0].feeds[0].clone())).expect("comments");
    let places: Vec<_> = comments
        .mentions()
        .map(|mention| (mention.id.as_str(), mention.kind, mention.parent.as_deref(), mention.thread.as_deref()))
        .collect();
    assert_eq!(
        places,
        [("comment-3", MentionKind::Comment, Some("20"), Some("7")), ("comment-4", MentionKind::Comment, Some("99"), None)]
    );
    assert_eq!(
        comments.mentions().next().and_then(|mention| mention.url.clone()).as_deref(),
        Some("https://android.stackexchange.com/posts/comments/3")
    );
    for feed in &found.feeds {
        assert_eq!(host.read::<StackExchange>(&settings(), feed, Direction::Older).expect("done")[0].next, Next::Done);
    }
}

#[test]
fn young_questions_without_answers_are_not_asked_for_them_at_once() {
    let host = FakeHost::new().get(&head(""), questions([8], false));
    let settings = json!({ "site": "android", "comments": false });
    let found = host.poll::<StackExchange>(&settings, Poll::newer(plan(&settings).remove(0))).expect("a batch");
    let first = host.poll::<StackExchange>(&settings, Poll::newer(found.feeds[0].clone())).expect("nothing asked");
    assert_eq!((first.changes.len(), first.next, first.cursor.is_some()), (0, Next::Later(Some(3_600_000)), true));
}

#[test]
fn posts_and_comments_are_read_again_and_what_is_gone_is_removed() {
    let url = |kind: &str, ids: &str| format!("{BASE}/{kind}/{ids}?site=android&filter=withbody&pagesize=100");
    let host = FakeHost::new()
        .get(&url("questions", "1;2;3"), questions([1], false))
        .get(&url("answers", "2;3"), wrapped(vec![answer(2, 1)], false))
        .get(&url("comments", "4;5"), wrapped(vec![comment(4, 1)], false));
    let ids = ["1", "2", "3", "comment-4", "comment-5", "x"].map(str::to_owned).to_vec();
    let names = |changes: Vec<Change>| -> Vec<String> {
        let name = |change: &Change| match change {
            Change::Upsert(mention) => format!("+{}", mention.id),
            Change::Remove(id) => format!("-{id}"),
        };
        changes.iter().map(name).collect()
    };
    let changes = host.refresh::<StackExchange>(&settings(), ids.clone()).expect("changes");
    assert_eq!(names(changes), ["+1", "+2", "-3", "+comment-4", "-comment-5"]);
    let slow = json!({ "items": [question(1)], "has_more": false, "backoff": 5 });
    let host = FakeHost::new().get(&url("questions", "1;2;3"), Answer::json(slow.to_string()));
    assert_eq!(
        names(host.refresh::<StackExchange>(&settings(), ids).expect("changes")),
        ["+1"],
        "a back-off ends it, nothing is taken for gone"
    );
}

#[test]
fn failures_have_their_class() {
    let poll = |answer: Answer| -> Failure {
        let host = FakeHost::new().get(&head(""), answer);
        host.poll::<StackExchange>(&settings(), Poll::newer(plan(&settings()).remove(0))).expect_err("a failure")
    };
    let error = |id: u16, message: &str| {
        Answer::json(json!({ "error_id": id, "error_name": "x", "error_message": message }).to_string()).with_status(400)
    };
    assert_eq!(poll(error(400, "No site found for name `androi`")).class, FailureClass::Settings);
    assert_eq!(poll(error(402, "")).class, FailureClass::Unauthorized);
    let slow = poll(error(502, "too many requests from this IP, more requests available in 71 seconds"));
    assert_eq!((slow.class, slow.retry_after_ms), (FailureClass::RateLimited, Some(71_000)));
    assert_eq!(
        poll(error(502, "too many requests, more requests available in 80000 seconds")).class,
        FailureClass::QuotaExhausted
    );
    assert_eq!(poll(error(503, "")).class, FailureClass::Transient);
    for odd in [Answer::html("<!doctype html>"), Answer::json("{}"), Answer::json("[]"), Answer::json("[".repeat(500))] {
        assert_eq!(poll(odd).class, FailureClass::UnexpectedAnswer);
    }
}
