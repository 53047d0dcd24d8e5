//! The plugin as the host sees it, on short answers after the documented shapes (<https://www.reddit.com/dev/api>).

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use source_reddit::Reddit;
use vigie_plugin::testing::{Answer, FakeHost};
use vigie_plugin::{Batch, Change, Clause, Direction, FailureClass, Feed, Mention, MentionKind, Next, Poll, Search, Value, time};

const API: &str = "https://oauth.reddit.com";
const RAW: &str = "raw_json=1";
/// 2025-12-31T10:00:00Z
const DAY: i64 = 1_767_175_200;

fn plan(settings: &Json) -> Vec<Feed> {
    let clause = |all: &[&str]| Clause { all: all.iter().map(|term| (*term).to_owned()).collect(), none: vec!["x".into()] };
    let search = Search { any: vec![clause(&["acme phone"]), clause(&[]), clause(&["acme phone"])], languages: vec![] };
    FakeHost::new().plan::<Reddit>(settings, vec![search]).expect("a plan")
}

fn new_settings() -> Json {
    json!({ "search": false, "subreddits": ["acme"] })
}

fn new_url(rest: &str) -> String {
    format!("{API}/r/acme/new?{RAW}&limit=100{rest}")
}

fn search_url() -> String {
    format!("{API}/search?{RAW}&q=%22acme%20phone%22&sort=new&t=all&type=link&include_over_18=on&limit=100")
}

fn submission(id: &str, at: i64) -> Json {
    json!({ "kind": "t3", "data": { "id": id, "name": format!("t3_{id}"), "title": "About & more", "selftext": "Some *words*",
        "selftext_html": "<!-- SC_OFF --><div class=\"md\"><p>Some <em>words</em> <a href=\"/r/x\">x</a></p></div><!-- SC_ON -->",
        "author": "ada", "author_fullname": "t2_ada", "subreddit": "acme", "permalink": format!("/r/acme/comments/{id}/about/"),
        "url": format!("https://www.reddit.com/r/acme/comments/{id}/about/"), "is_self": true, "score": 12, "upvote_ratio": 0.75,
        "num_comments": 2, "num_crossposts": 1, "created_utc": at as f64, "edited": false, "stickied": false, "over_18": false,
        "link_flair_text": "News", "removed_by_category": null, "hide_score": false } })
}

fn comment(id: &str, parent: &str, at: i64) -> Json {
    json!({ "kind": "t1", "data": { "id": id, "name": format!("t1_{id}"), "link_id": "t3_s1", "link_title": "About", "parent_id": parent,
        "body": "Words", "body_html": "<div class=\"md\"><p>Words</p></div>", "author": "bo", "author_fullname": "t2_bo", "subreddit": "acme",
        "permalink": format!("/r/acme/comments/s1/about/{id}/"), "score": -3, "created_utc": at as f64, "edited": false, "replies": "" } })
}

fn with(mut thing: Json, fields: Json) -> Json {
    for (key, value) in fields.as_object().expect("an object") {
        thing["data"][key] = value.clone();
    }
    thing
}

fn more(parent: &str, children: &[&str]) -> Json {
    let (id, count) = (children.first().copied().unwrap_or("_"), children.len());
    json!({ "kind": "more", "data": { "id": id, "name": format!("t1_{id}"), "parent_id": parent, "count": count, "children": children } })
}

fn listing(children: &[Json], after: Option<&str>) -> Json {
    json!({ "kind": "Listing", "data": { "after": after, "before": null, "dist": children.len(), "children": children } })
}

fn page(children: &[Json], after: Option<&str>) -> Answer {
    Answer::json(listing(children, after).to_string())
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

fn attribute<'a>(mention: &'a Mention, key: &str) -> Option<&'a Value> {
    mention.attributes.iter().find(|attribute| attribute.key == key).map(|attribute| &attribute.value)
}

fn read_new(children: &[Json]) -> Batch {
    let host = FakeHost::new().get(&new_url(""), page(children, None));
    host.poll::<Reddit>(&new_settings(), Poll::newer(plan(&new_settings()).remove(0))).expect("a batch")
}

#[test]
fn the_plan_follows_settings_and_searches() {
    let names = |settings: Json| plan(&settings).into_iter().map(|feed| feed.id).collect::<Vec<_>>();
    assert_eq!(names(json!({})), ["search:\"acme phone\""]);
    assert_eq!(names(json!({ "search_in": "r/android" })), ["search:android:\"acme phone\""]);
    assert_eq!(
        names(json!({ "search": false, "subreddits": ["r/acme"], "users": ["u/ada"] })),
        ["new:acme", "comments:acme", "submitted:ada", "commented:ada"]
    );
    assert_eq!(names(json!({ "search": false, "subreddits": ["acme"], "comments": false })), ["new:acme"]);
    assert_eq!(names(json!({ "search": false, "submissions": ["https://redd.it/s1", "t3_s1"] })), ["tree:t3_s1"]);
    for wrong in [json!({ "search": false }), json!({ "subreddits": ["a b"] }), json!({ "comments_for": "x" })] {
        assert_eq!(FakeHost::new().plan::<Reddit>(&wrong, vec![]).expect_err("wrong").class, FailureClass::Settings, "{wrong}");
    }
}

#[test]
fn every_documented_field_of_a_submission_arrives() {
    let full = with(
        submission("s1", DAY),
        json!({ "edited": (DAY + 60) as f64, "over_18": true, "distinguished": "moderator", "stickied": true }),
    );
    let batch = read_new(&[full]);
    let mention = find(&batch, "t3_s1");
    assert_eq!((mention.kind, mention.title.as_deref()), (MentionKind::Post, Some("About & more")));
    assert!(
        mention.text.contains("<em>words</em> <a href=\"https://www.reddit.com/r/x\">")
            && mention.format == vigie_plugin::TextFormat::Html
    );
    assert_eq!((mention.thread.as_deref(), mention.parent.as_deref(), mention.original.as_deref()), (Some("t3_s1"), None, None));
    assert_eq!(mention.url.as_deref(), Some("https://www.reddit.com/r/acme/comments/s1/about/"));
    assert_eq!(
        (mention.published.map(|at| at.at), mention.edited.map(|at| at.at)),
        (Some(DAY * 1_000), Some((DAY + 60) * 1_000))
    );
    let counts = &mention.engagement;
    assert_eq!((counts.likes, counts.comments, counts.shares, counts.views), (Some(12), Some(2), Some(1), None));
    let author = mention.author.as_ref().expect("an author");
    assert_eq!(
        (author.id.as_str(), author.handle.as_deref(), author.url.as_deref()),
        ("t2_ada", Some("ada"), Some("https://www.reddit.com/user/ada"))
    );
    assert_eq!((mention.links.len(), mention.media.len(), mention.language.as_deref()), (0, 0, None));
    for (key, value) in [
        ("subreddit", Value::Text("acme".into())),
        ("flair", Value::Text("News".into())),
        ("distinguished", Value::Text("moderator".into())),
        ("adult", Value::Flag(true)),
        ("stickied", Value::Flag(true)),
        ("upvote-ratio", Value::Number(0.75)),
    ] {
        assert_eq!(attribute(mention, key), Some(&value), "{key}");
    }
}

#[test]
fn links_pictures_galleries_films_and_crossposts() {
    let link = json!({ "is_self": false, "selftext": "", "selftext_html": null, "url": "https://acme.example/a?b=1" });
    let picture = json!({ "is_self": false, "post_hint": "image", "url": "https://i.redd.it/p.jpg" });
    let gallery = json!({ "is_self": false, "is_gallery": true, "url": "https://www.reddit.com/gallery/g",
        "gallery_data": { "items": [{ "media_id": "m2", "caption": "Two" }, { "media_id": "gone" }, { "media_id": "m1" }] },
        "media_metadata": { "m1": { "s": { "u": "https://preview.redd.it/1.jpg?a=1&amp;s=2" } }, "m2": { "s": { "gif": "https://i.redd.it/2.gif" } } } });
    let film = json!({ "is_self": false, "url": "https://v.redd.it/x", "media": { "reddit_video": { "fallback_url": "https://v.redd.it/x/DASH_720.mp4?source=fallback" } } });
    let shared = json!({ "is_self": false, "selftext": "", "selftext_html": null, "url": "/r/other/comments/o1/x/", "crosspost_parent": "t3_o1",
        "crosspost_parent_list": [{ "title": "About & more", "selftext": "Acme *lasts*" }] });
    let poll = json!({ "selftext": "Which?", "selftext_html": "<p>Which?</p>", "poll_data": { "options": [{ "text": "Acme" }, { "id": "2", "text": "Rival", "vote_count": 9 }] } });
    let quoted =
        with(json!({ "data": shared.clone() }), json!({ "crosspost_parent_list": [{ "title": "Another" }] }))["data"].clone();
    let all: Vec<Json> = [link, picture, gallery, film, shared, quoted, poll]
        .into_iter()
        .enumerate()
        .map(|(n, fields)| with(submission(&format!("s{n}"), DAY), fields))
        .collect();
    let batch = read_new(&all);
    let media = |id: &str| find(&batch, id).media.iter().map(|media| media.url.clone()).collect::<Vec<_>>();
    assert_eq!(
        (find(&batch, "t3_s0").links.as_slice(), find(&batch, "t3_s0").text.as_str()),
        (["https://acme.example/a?b=1".to_owned()].as_slice(), "")
    );
    assert_eq!(media("t3_s1"), ["https://i.redd.it/p.jpg"]);
    assert_eq!(media("t3_s2"), ["https://i.redd.it/2.gif", "https://preview.redd.it/1.jpg?a=1&s=2"]);
    assert_eq!(find(&batch, "t3_s2").media[0].description.as_deref(), Some("Two"));
    assert_eq!((media("t3_s3"), find(&batch, "t3_s3").links.len()), (vec!["https://v.redd.it/x/DASH_720.mp4".to_owned()], 0));
    assert_eq!((find(&batch, "t3_s4").kind, find(&batch, "t3_s4").original.as_deref()), (MentionKind::Share, Some("t3_o1")));
    assert_eq!(find(&batch, "t3_s4").text, "Acme *lasts*", "who passes it on says the same");
    assert_eq!(find(&batch, "t3_s5").kind, MentionKind::Quote);
    assert_eq!(find(&batch, "t3_s6").text, "Which?\n\n- Acme\n- Rival");
}

#[test]
fn what_is_deleted_removed_hidden_or_odd() {
    let cases = [
        with(submission("a", DAY), json!({ "removed_by_category": "moderator" })),
        with(submission("b", DAY), json!({ "selftext": "[deleted]", "author": "[deleted]", "author_fullname": null })),
        with(submission("c", DAY), json!({ "author": "[deleted]", "author_fullname": null, "hide_score": true, "score": 1 })),
        with(submission("d", DAY), json!({ "promoted": true })),
        with(submission("e", DAY), json!({ "selftext_html": "&lt;p&gt;a &amp;amp; b&lt;/p&gt;", "author_fullname": null })),
        with(submission("f", DAY), json!({ "title": "[deleted by user]" })),
        json!({ "kind": "t3", "data": { "id": 7, "created_utc": "1767175200.5", "title": "Odd", "score": "5", "author": [], "edited": null, "url": 3, "media": [], "gallery_data": 3 } }),
        json!({ "kind": "t5", "data": { "id": "sub" } }),
        json!(null),
        json!({ "kind": "t3", "data": "x" }),
        json!({ "kind": "t3", "data": { "title": "No id" } }),
    ];
    let batch = read_new(&cases);
    assert_eq!(ids([&batch]), set(&["t3_c", "t3_e", "t3_7"]));
    for id in ["t3_a", "t3_b", "t3_f"] {
        assert!(batch.changes.contains(&Change::Remove(id.to_owned())), "{id}");
    }
    assert_eq!((find(&batch, "t3_c").author.clone(), find(&batch, "t3_c").engagement.likes), (None, None));
    assert_eq!(
        (find(&batch, "t3_e").text.as_str(), find(&batch, "t3_e").author.as_ref().map(|author| author.id.as_str())),
        ("<p>a &amp; b</p>", Some("ada"))
    );
    let odd = find(&batch, "t3_7");
    assert_eq!((odd.published.map(|at| at.at), odd.engagement.likes), (Some(DAY * 1_000 + 500), Some(5)));
    assert_eq!(odd.url.as_deref(), Some("https://www.reddit.com/comments/7/"));
}

#[test]
fn comments_of_a_subreddit_say_what_they_answer() {
    let settings = new_settings();
    let feed = plan(&settings).remove(1);
    let bare =
        json!({ "kind": "t1", "data": { "id": "c3", "parent_id": "t3_s1", "body": "~x~ >!spoiler!<", "created_utc": DAY } });
    let removed = with(comment("c4", "t3_s1", DAY), json!({ "body": "[removed]" }));
    let host = FakeHost::new().get(
        &format!("{API}/r/acme/comments?{RAW}&limit=100"),
        page(
            &[
                comment("c1", "t3_s1", DAY),
                comment("c2", "t1_c1", DAY),
                bare,
                removed,
                json!({ "kind": "t1", "data": { "id": "c5" } }),
            ],
            None,
        ),
    );
    let batch = host.poll::<Reddit>(&settings, Poll::newer(feed)).expect("a batch");
    let (first, reply, bare) = (find(&batch, "t1_c1"), find(&batch, "t1_c2"), find(&batch, "t1_c3"));
    assert_eq!(
        (first.kind, first.parent.as_deref(), first.thread.as_deref()),
        (MentionKind::Comment, Some("t3_s1"), Some("t3_s1"))
    );
    assert_eq!(
        (reply.kind, reply.parent.as_deref(), reply.thread.as_deref()),
        (MentionKind::Reply, Some("t1_c1"), Some("t3_s1"))
    );
    assert_eq!((first.engagement.likes, first.title.as_deref()), (Some(0), None));
    assert_eq!(attribute(first, "submission-title"), Some(&Value::Text("About".into())));
    assert_eq!((bare.thread.as_deref(), bare.url.as_deref()), (Some("t3_s1"), Some("https://www.reddit.com/comments/s1/_/c3/")));
    assert_eq!((bare.format, bare.author.is_none()), (vigie_plugin::TextFormat::Markdown, true));
    assert!(batch.changes.contains(&Change::Remove("t1_c4".into())) && batch.changes.len() == 4);
}

#[test]
fn the_head_is_followed_without_an_anchor_and_committed_after_the_last_page() {
    let (settings, feed) = (new_settings(), plan(&new_settings()).remove(0));
    let host = FakeHost::new().get(&new_url(""), page(&[submission("s1", DAY)], Some("t3_s1")));
    let first = host.poll::<Reddit>(&settings, Poll::newer(feed.clone())).expect("the head");
    assert_eq!(first.next, Next::Later(None));
    let old = with(submission("s0", DAY - 90_000_000), json!({ "stickied": true }));
    let host = FakeHost::new()
        .get(&new_url(""), page(&[old, submission("s4", DAY + 90), submission("s3", DAY + 60)], Some("t3_s3")))
        .get(&new_url("&after=t3_s3"), page(&[submission("s2", DAY + 60), submission("s1", DAY)], Some("t3_s1")))
        .get(&new_url("&after=t3_s1"), page(&[submission("r9", DAY - 90_000)], Some("t3_r9")));
    let (mut batches, mut cursor) = (Vec::new(), first.cursor);
    loop {
        let ask = || host.poll::<Reddit>(&settings, Poll::newer(feed.clone()).cursor(cursor.clone())).expect("a batch");
        let (batch, again) = (ask(), ask());
        assert_eq!((&batch.cursor, ids([&batch])), (&again.cursor, ids([&again])), "a checkpoint is resumed as often as needed");
        cursor = batch.cursor.clone();
        let next = batch.next;
        batches.push(batch);
        if next != Next::More {
            break;
        }
    }
    assert_eq!((batches.len(), ids(&batches).is_superset(&set(&["t3_s1", "t3_s2", "t3_s3", "t3_s4"]))), (3, true));
    assert!(cursor.expect("a cursor").contains(&format!("\"floor\":{}", (DAY + 90) * 1_000)));
}

#[test]
fn behind_a_deleted_anchor_the_ones_before_it_are_tried() {
    let (settings, feed) = (new_settings(), plan(&new_settings()).remove(0));
    let first = [submission("s5", DAY), submission("s4", DAY), submission("s3", DAY)];
    let host = FakeHost::new()
        .get(&new_url(""), page(&first, Some("t3_s3")))
        .get(&new_url("&after=t3_s3"), page(&[], None))
        .get(&new_url("&after=t3_s4"), page(&[], None))
        .get(&new_url("&after=t3_s5"), page(&[submission("s2", DAY), submission("s1", DAY)], None));
    let batches = host.read::<Reddit>(&settings, &feed, Direction::Older).expect("batches");
    assert_eq!((ids(&batches).len(), batches.last().map(|batch| batch.next)), (5, Some(Next::Done)));
    let ended = FakeHost::new()
        .get(&new_url(""), page(&first, Some("t3_s3")))
        .get(&new_url("&after=t3_s3"), page(&[], None))
        .get(&new_url("&after=t3_s4"), Answer::json(r#"{"error":403}"#).with_status(403));
    let batches = ended.read::<Reddit>(&settings, &feed, Direction::Older).expect("an end");
    assert_eq!((ids(&batches).len(), ended.logged().len()), (3, 1));
    let head = FakeHost::new().get(&new_url(""), page(&[], None));
    assert_eq!(head.poll::<Reddit>(&settings, Poll::newer(feed)).expect("nothing new").next, Next::Later(None));
}

#[test]
fn history_ends_where_nothing_more_is_wanted_and_keeps_the_rate() {
    let (settings, feed) = (new_settings(), plan(&new_settings()).remove(0));
    let spent =
        page(&[submission("s2", DAY)], Some("t3_s2")).header("x-ratelimit-remaining", "0.0").header("x-ratelimit-reset", "258");
    let host = FakeHost::new().get(&new_url(""), spent).get(
        &new_url("&after=t3_s2"),
        page(&[submission("s1", DAY - 86_400)], Some("t3_s1")).header("x-ratelimit-remaining", "599.0"),
    );
    let since = Some(DAY * 1_000);
    let first = host.poll::<Reddit>(&settings, Poll::older(feed.clone()).since(since)).expect("a batch");
    assert_eq!((ids([&first]).len(), first.next), (1, Next::Later(Some(258_000))));
    let second = host.poll::<Reddit>(&settings, Poll::older(feed).since(since).cursor(first.cursor)).expect("a batch");
    assert_eq!((second.changes.len(), second.next), (0, Next::Done));
}

fn tree_feed(at: i64) -> Feed {
    let host = FakeHost::new().get(
        &search_url(),
        page(&[submission("s1", at), with(submission("s2", at), json!({ "removed_by_category": "deleted" }))], None),
    );
    let batch = host.poll::<Reddit>(&json!({}), Poll::newer(plan(&json!({})).remove(0))).expect("a batch");
    let [feed] = batch.feeds.as_slice() else { panic!("one tree: {:?}", batch.feeds) };
    feed.clone()
}

fn tree_url(rest: &str) -> String {
    format!("{API}/comments/s1?{RAW}&limit=100&depth=10&sort=new{rest}")
}

fn more_url(children: &str) -> String {
    format!("{API}/api/morechildren?{RAW}&api_type=json&link_id=t3_s1&children={children}&limit_children=false&sort=new")
}

fn tree(comments: &[Json]) -> Answer {
    Answer::json(json!([listing(&[submission("s1", DAY)], None), listing(comments, None)]).to_string())
}

fn things(things: &[Json]) -> Answer {
    Answer::json(json!({ "json": { "errors": [], "data": { "things": things } } }).to_string())
}

#[test]
fn a_tree_is_read_whole_with_what_did_not_come_along() {
    let feed = tree_feed(DAY);
    assert_eq!((feed.id.as_str(), feed.expires_at), ("tree:t3_s1", Some((DAY + 7 * 86_400) * 1_000)));
    let deep = with(comment("c2", "t1_c1", DAY), json!({ "replies": listing(&[more("t1_c2", &[])], None) }));
    let first = with(comment("c1", "t3_s1", DAY), json!({ "replies": listing(&[deep, more("t1_c1", &["c4"])], None) }));
    let host = FakeHost::new()
        .get(&tree_url(""), tree(&[first, more("t3_s1", &["c5", "c6"])]))
        .get(
            &more_url("c4%2Cc5%2Cc6"),
            things(&[comment("c4", "t1_c1", DAY), comment("c5", "t3_s1", DAY), more("t1_c5", &["c7"]), more("t3_s1", &["c6"])]),
        )
        .get(&more_url("c7"), things(&[comment("c7", "t1_c5", DAY)]))
        .get(
            &tree_url("&comment=c2"),
            tree(&[with(
                comment("c2", "t1_c1", DAY),
                json!({ "replies": listing(&[comment("c3", "t1_c2", DAY), more("t1_c2", &[])], None) }),
            )]),
        );
    let batches = host.read::<Reddit>(&json!({}), &feed, Direction::Newer).expect("batches");
    assert_eq!(
        ids(&batches),
        set(&["t3_s1", "t1_c1", "t1_c2", "t1_c3", "t1_c4", "t1_c5", "t1_c7"]),
        "what is left out again is not there"
    );
    assert_eq!((batches.len(), batches.last().map(|batch| batch.next)), (4, Some(Next::Later(None))));
    assert_eq!(find(&batches[3], "t1_c3").parent.as_deref(), Some("t1_c2"));
    assert_eq!(host.poll::<Reddit>(&json!({}), Poll::older(feed.clone())).expect("nothing").next, Next::Done);

    // Later only what is new is asked for, and everything once a day.
    let cursor = batches.last().and_then(|batch| batch.cursor.clone());
    let host = FakeHost::new()
        .get(&tree_url(""), tree(&[comment("c9", "t3_s1", DAY), more("t3_s1", &["c6", "c8"])]))
        .get(&more_url("c8"), things(&[comment("c8", "t3_s1", DAY)]))
        .get(&more_url("c6%2Cc8"), things(&[]));
    let one = host.poll::<Reddit>(&json!({}), Poll::newer(feed.clone()).cursor(cursor)).expect("a batch");
    let two = host.poll::<Reddit>(&json!({}), Poll::newer(feed.clone()).cursor(one.cursor.clone())).expect("a batch");
    assert_eq!((ids([&one, &two]), two.next), (set(&["t3_s1", "t1_c8", "t1_c9"]), Next::Later(None)));
    host.set_clock(time::rfc3339("2026-01-02T00:00:00Z").expect("a date").at);
    let all = host.poll::<Reddit>(&json!({}), Poll::newer(feed).cursor(two.cursor)).expect("a batch");
    assert!(all.next == Next::More && all.cursor.is_some_and(|cursor| cursor.contains(r#"["c6","c8"]"#)));
}

#[test]
fn a_named_submission_is_read_for_as_long_as_it_is_named() {
    let settings = json!({ "search": false, "submissions": ["s1"] });
    let host = FakeHost::new().get(&tree_url(""), tree(&[comment("c1", "t3_s1", DAY - 90 * 86_400)]));
    let batch = host.poll::<Reddit>(&settings, Poll::newer(plan(&settings).remove(0))).expect("a batch");
    assert_eq!((ids([&batch]), batch.next), (set(&["t3_s1", "t1_c1"]), Next::Later(None)));
    let page = FakeHost::new().get(&tree_url(""), Answer::json("[]"));
    let failure = page.poll::<Reddit>(&settings, Poll::newer(plan(&settings).remove(0))).expect_err("no tree");
    assert_eq!(failure.class, FailureClass::UnexpectedAnswer);
}

#[test]
fn an_old_tree_is_read_once_and_huge_ones_stay_within_the_cursor() {
    let children: Vec<String> = (0..3_000).map(|n| format!("c{n:05}")).collect();
    let children: Vec<&str> = children.iter().map(String::as_str).collect();
    let threads: Vec<Json> = (0..500).map(|n| more(&format!("t1_d{n:05}"), &[])).collect();
    let feed = tree_feed(DAY - 90 * 86_400);
    let host = FakeHost::new().get(&tree_url(""), tree(&[vec![more("t3_s1", &children)], threads].concat()));
    let batch = host.poll::<Reddit>(&json!({}), Poll::newer(feed.clone())).expect("a batch");
    assert!(batch.cursor.expect("a cursor").len() < 16 * 1024 && host.logged()[0].1.contains("not read"));
    let host = FakeHost::new().get(&tree_url(""), tree(&[comment("c1", "t3_s1", DAY)]));
    assert_eq!(host.poll::<Reddit>(&json!({}), Poll::newer(feed)).expect("once").next, Next::Done);
}

#[test]
fn what_is_read_again_brings_edits_and_removals() {
    let host = FakeHost::new().get(
        &format!("{API}/api/info?{RAW}&id=t3_s1%2Ct1_c1%2Ct1_c2"),
        page(&[submission("s1", DAY), with(comment("c1", "t3_s1", DAY), json!({ "body": "[removed]" }))], None),
    );
    let wanted = ["t3_s1", "t1_c1", "nonsense", "t1_c2"].map(str::to_owned).to_vec();
    let changes = host.refresh::<Reddit>(&json!({}), wanted).expect("changes");
    assert_eq!(changes.len(), 2, "what is left out is left as it is");
    assert!(changes.contains(&Change::Remove("t1_c1".into())));
}

#[test]
fn each_refusal_has_its_class() {
    use FailureClass::{Forbidden, Gone, RateLimited, Settings, Transient, Unauthorized, UnexpectedAnswer};
    let said = |status: u16, body: &str| Answer::json(body).with_status(status);
    let cases = [
        (said(401, r#"{"error":401}"#), Unauthorized, None),
        (said(200, r#"{"error":"unauthorized_client"}"#), Unauthorized, None),
        (said(403, r#"{"message":"Forbidden","error":403,"reason":"private"}"#), Forbidden, None),
        (said(403, r#"{"error":403}"#), Forbidden, None),
        (said(404, r#"{"message":"Not Found","error":404,"reason":"banned"}"#), Gone, None),
        (Answer::html("<!doctype html>Too Many Requests").with_status(429).header("retry-after", "7"), RateLimited, Some(7_000)),
        (said(429, r#"{"message":"Too Many Requests","error":429}"#), RateLimited, None),
        (said(429, "{}").header("x-ratelimit-reset", "258"), RateLimited, Some(258_000)),
        (Answer::status(451), Forbidden, None),
        (Answer::html("<html>").with_status(520), Transient, None),
        (said(409, "{}"), Transient, None),
        (said(413, "{}"), Settings, None),
        (Answer::status(302), Settings, None),
        (page(&[], None).from_url("https://oauth.reddit.com/subreddits/search?q=acme"), Settings, None),
        (said(400, r#"{"message":"Bad Request","error":400}"#), UnexpectedAnswer, None),
        (Answer::html("<html>a page"), UnexpectedAnswer, None),
        (Answer::json("{}"), UnexpectedAnswer, None),
        (Answer::json(r#"{"kind":"Listing","data":{"children":{}}}"#), UnexpectedAnswer, None),
        (Answer::json(r#"{"kind":"Listing","data":{"children":[{"#), UnexpectedAnswer, None),
    ];
    let feed = plan(&new_settings()).remove(0);
    for (answer, class, wait) in cases {
        let shown = format!("{answer:?}");
        let failure = FakeHost::new()
            .get(&new_url(""), answer)
            .poll::<Reddit>(&new_settings(), Poll::newer(feed.clone()))
            .expect_err(&shown);
        assert_eq!((failure.class, failure.retry_after_ms), (class, wait), "{shown}");
    }
}
