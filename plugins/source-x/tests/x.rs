//! The plugin as the host sees it, on short answers after the documented shapes (<https://docs.x.com/x-api>).

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use source_x::X;
use vigie_plugin::testing::{Answer, FakeHost};
use vigie_plugin::{
    Batch, Change, Clause, Direction, Failure, FailureClass, Feed, MediaKind, Mention, MentionKind, Next, Poll, Search, Value,
    time,
};

const ORIGIN: &str = "https://api.x.com";
const FIELDS: &str = "tweet.fields=id,text,note_tweet,article,created_at,author_id,lang,conversation_id,referenced_tweets,entities,\
attachments,geo,public_metrics,edit_history_tweet_ids,possibly_sensitive,withheld,community_id&expansions=author_id,referenced_tweets.id,\
attachments.media_keys,geo.place_id&media.fields=media_key,type,url,preview_image_url,alt_text,variants&place.fields=full_name,country_code\
&user.fields=username,name,public_metrics,verified,verified_type,location,description";
/// 2026-01-01T00:00:00Z less seven days, and a minute.
const REACH: &str = "2025-12-25T00:01:00Z";

/// A number made at an instant.
fn id(at: &str, low: i64) -> String {
    let ms = time::rfc3339(at).expect("an instant").at;
    (((ms - 1_288_834_974_657) << 22) + low).to_string()
}

fn url(path: &str, more: &str) -> String {
    format!("{ORIGIN}{path}?{}{more}", FIELDS.replace(',', "%2C"))
}

fn recent(more: &str) -> String {
    url("/2/tweets/search/recent", &format!("&max_results=100&query=acme{more}"))
}

fn searches() -> Vec<Search> {
    vec![Search { any: vec![Clause { all: vec!["acme".to_owned()], none: vec![] }], languages: vec![] }]
}

fn feed() -> Feed {
    FakeHost::new().plan::<X>(&json!({}), searches()).expect("a plan").remove(0)
}

fn post(id: &str) -> Json {
    json!({ "id": id, "text": format!("post {id}"), "edit_history_tweet_ids": [id] })
}

fn page(posts: &[Json], next: Option<&str>) -> Answer {
    let mut meta = json!({ "result_count": posts.len() });
    if let Some(next) = next {
        meta["next_token"] = json!(next);
    }
    let mut body = json!({ "meta": meta });
    if !posts.is_empty() {
        body["data"] = json!(posts);
    }
    Answer::json(body.to_string())
}

fn read(body: &Json) -> Vec<Mention> {
    let host = FakeHost::new().get(&recent(""), Answer::json(body.to_string()));
    let batch = host.poll::<X>(&json!({}), Poll::newer(feed())).expect("a batch");
    batch.mentions().cloned().collect()
}

fn ids<'a>(batches: impl IntoIterator<Item = &'a Batch>) -> BTreeSet<String> {
    batches.into_iter().flat_map(Batch::mentions).map(|mention| mention.id.clone()).collect()
}

#[test]
fn the_plan_follows_settings_and_searches() {
    let names = |settings: Json, searches| {
        let feeds = FakeHost::new().plan::<X>(&settings, searches).expect("a plan");
        feeds.into_iter().map(|feed| feed.id).collect::<Vec<_>>()
    };
    assert_eq!(
        names(json!({ "users": ["@Acme", "42"], "posts": ["7"] }), searches()),
        ["search:acme", "user:acme", "user:42", "conversation:7", "quotes:7"]
    );
    for wrong in
        [json!({}), json!({ "users": ["a/b"] }), json!({ "posts": ["x"] }), json!({ "users": ["a"], "conversations_for": "x" })]
    {
        assert_eq!(FakeHost::new().plan::<X>(&wrong, vec![]).expect_err("wrong").class, FailureClass::Settings, "{wrong}");
    }
}

#[test]
fn every_documented_field_arrives_in_both_namings() {
    let own = id("2025-12-30T10:00:00Z", 1);
    let names: [[&str; 4]; 2] = [
        ["note_tweet", "referenced_tweets", "edit_history_tweet_ids", "tweets"],
        ["note_post", "referenced_posts", "edit_history_post_ids", "posts"],
    ];
    for [note, references, versions, included] in names {
        let body = json!({
            "data": [{
                "id": own, "text": "cut …", note: { "text": "Long &amp; whole https://t.co/a", "entities": { "urls": [{ "url": "https://t.co/a", "expanded_url": "https://acme.example/" }] } },
                "created_at": "2025-12-30T10:00:00.000Z", "author_id": "63046977", "lang": "fr", "conversation_id": "5",
                references: [{ "type": "replied_to", "id": "8" }, { "type": "quoted", "id": "9" }], versions: [own],
                "attachments": { "media_keys": ["3_1", "7_2", "0_0"] }, "geo": { "place_id": "p" }, "possibly_sensitive": true,
                "public_metrics": { "retweet_count": 2, "reply_count": 3, "like_count": 4, "quote_count": 1, "bookmark_count": 6, "impression_count": 700 },
                "withheld": { "country_codes": ["DE"] }, "community_id": "77",
            }],
            "includes": {
                "users": [{ "id": "63046977", "username": "ada", "name": "Ada", "description": "a &amp; b", "location": "Paris", "verified": false, "verified_type": "blue", "public_metrics": { "followers_count": 12 } }],
                included: [{ "id": "8", "text": "x", versions: ["6", "8"] }],
                "media": [{ "media_key": "3_1", "type": "photo", "url": "https://pbs.example/1.jpg", "alt_text": "A phone" },
                          { "media_key": "7_2", "type": "video", "preview_image_url": "https://pbs.example/2.jpg", "variants": [
                            { "content_type": "application/x-mpegURL", "url": "https://v.example/2.m3u8" },
                            { "content_type": "video/mp4", "bit_rate": 1, "url": "https://v.example/low.mp4" },
                            { "content_type": "video/mp4", "bit_rate": 9, "url": "https://v.example/high.mp4" }] }],
                "places": [{ "id": "p", "full_name": "Paris, France", "country_code": "FR" }],
            },
            "meta": { "result_count": 1 },
        });
        let mentions = read(&body);
        let [mention] = mentions.as_slice() else { panic!("one post: {mentions:#?}") };
        assert_eq!(
            (mention.id.as_str(), mention.kind, mention.text.as_str()),
            (own.as_str(), MentionKind::Reply, "Long & whole https://acme.example/")
        );
        assert_eq!(mention.url.as_deref(), Some(format!("https://x.com/ada/status/{own}").as_str()));
        assert_eq!((mention.published, mention.edited), (time::rfc3339("2025-12-30T10:00:00Z").ok(), None));
        assert_eq!((mention.language.as_deref(), mention.country.as_deref()), (Some("fr"), Some("FR")));
        assert_eq!(
            (mention.thread.as_deref(), mention.parent.as_deref(), mention.original.as_deref()),
            (Some("5"), Some("6"), Some("9"))
        );
        let counts = &mention.engagement;
        assert_eq!((counts.likes, counts.comments, counts.shares, counts.views), (Some(4), Some(3), Some(3), Some(700)));
        let author = mention.author.as_ref().expect("an author");
        assert_eq!(
            (author.id.as_str(), author.handle.as_deref(), author.name.as_deref(), author.bio.as_deref()),
            ("63046977", Some("ada"), Some("Ada"), Some("a & b"))
        );
        assert_eq!((author.location.as_deref(), author.followers, author.verified), (Some("Paris"), Some(12), Some(true)));
        let media: Vec<_> =
            mention.media.iter().map(|media| (media.kind, media.url.as_str(), media.description.as_deref())).collect();
        assert_eq!(
            media,
            [
                (MediaKind::Image, "https://pbs.example/1.jpg", Some("A phone")),
                (MediaKind::Video, "https://v.example/high.mp4", None)
            ]
        );
        let keys: Vec<_> = mention.attributes.iter().map(|attribute| attribute.key.as_str()).collect();
        assert_eq!(keys, ["quotes", "bookmarks", "place", "community", "withheld-in", "sensitive"]);
    }
}

#[test]
fn a_bare_post_gets_its_time_from_its_number_and_nothing_else_is_made_up() {
    let mentions = read(
        &json!({ "data": [post("1578516068309794817"), { "id": 1578516068309794818_i64, "text": "number" }, { "text": "no number" }, 3], "meta": {} }),
    );
    assert_eq!(mentions.len(), 2);
    let [bare, number] = [&mentions[0], &mentions[1]];
    assert_eq!(bare.published.map(|moment| moment.at / 1000), Some(1_665_182_532));
    assert_eq!((bare.kind, &bare.author, &bare.thread, bare.engagement.likes), (MentionKind::Post, &None, &None, None));
    assert_eq!(bare.url.as_deref(), Some("https://x.com/i/web/status/1578516068309794817"));
    assert_eq!(number.id, "1578516068309794818");
}

#[test]
fn shares_carry_the_whole_text_and_not_the_count_of_what_they_share() {
    let body = json!({
        "data": [{ "id": "90", "text": "RT @ada: a long…", "author_id": "2", "referenced_tweets": [{ "type": "retweeted", "id": "80" }],
                   "public_metrics": { "retweet_count": 160, "reply_count": 0, "like_count": 0, "quote_count": 0 } },
                 { "id": "91", "text": "RT @bo: cut…", "referenced_tweets": [{ "type": "retweeted", "id": "81" }] },
                 { "id": "92", "text": "mine", "referenced_tweets": [{ "type": "quoted", "id": "80" }] }],
        "includes": { "tweets": [{ "id": "80", "text": "a long one, cut", "note_tweet": { "text": "a long one, whole" } }] },
        "errors": [{ "value": "81", "resource_id": "81", "parameter": "referenced_tweets.id", "type": "https://api.twitter.com/2/problems/resource-not-found" }],
        "meta": { "result_count": 3 },
    });
    let mentions = read(&body);
    let told: Vec<_> =
        mentions.iter().map(|mention| (mention.kind, mention.text.as_str(), mention.original.as_deref())).collect();
    assert_eq!(
        told,
        [
            (MentionKind::Share, "a long one, whole", Some("80")),
            (MentionKind::Share, "RT @bo: cut…", Some("81")),
            (MentionKind::Quote, "mine", Some("80"))
        ]
    );
    assert_eq!((mentions[0].engagement.shares, mentions[0].engagement.likes), (None, Some(0)));
}

#[test]
fn an_article_has_a_title() {
    let mentions = read(
        &json!({ "data": [{ "id": "90", "text": "https://t.co/x", "article": { "title": "On phones", "plain_text": "All of it" } }], "meta": {} }),
    );
    assert_eq!((mentions[0].title.as_deref(), mentions[0].text.as_str()), (Some("On phones"), "All of it"));
}

#[test]
fn version_one_is_read_in_all_its_modes() {
    let user = json!({ "id": 7, "id_str": "7", "screen_name": "ada", "name": "Ada", "followers_count": 3, "verified": true });
    let status = |text: Json| {
        let mut status = json!({ "id": 1149825924029980674_i64, "id_str": "1149825924029980674", "created_at": "Fri Jul 12 23:40:37 +0000 2019", "user": user,
            "lang": "en", "favorite_count": 5, "retweet_count": 2, "entities": { "urls": [{ "url": "https://t.co/a", "expanded_url": "https://acme.example/" }] } });
        status.as_object_mut().expect("an object").extend(text.as_object().expect("an object").clone());
        status
    };
    let cases = [
        (json!({ "text": "short https://t.co/a" }), MentionKind::Post, "short https://acme.example/"),
        (json!({ "full_text": "extended" }), MentionKind::Post, "extended"),
        (
            json!({ "text": "cut…", "truncated": true, "extended_tweet": { "full_text": "streamed" } }),
            MentionKind::Post,
            "streamed",
        ),
        (
            json!({ "text": "RT @bo: cut…", "retweeted_status": { "id_str": "5", "full_text": "whole" } }),
            MentionKind::Share,
            "whole",
        ),
        (json!({ "text": "look", "quoted_status_id_str": "5" }), MentionKind::Quote, "look"),
        (json!({ "text": "yes", "in_reply_to_status_id_str": "5" }), MentionKind::Reply, "yes"),
    ];
    for (text, kind, words) in cases {
        let mentions = read(&json!({ "statuses": [status(text.clone())], "search_metadata": {} }));
        assert_eq!((mentions[0].kind, mentions[0].text.as_str()), (kind, words), "{text}");
        assert_eq!(mentions[0].published, time::rfc3339("2019-07-12T23:40:37Z").ok());
        let author = mentions[0].author.as_ref().expect("an author");
        assert_eq!((author.id.as_str(), author.handle.as_deref(), author.verified), ("7", Some("ada"), Some(true)));
    }
}

/// Three pages without and with a lower bound, the second of them empty.
fn three_pages(bound: &str) -> FakeHost {
    let (a, b, c) = (id("2025-12-31T10:00:00Z", 0), id("2025-12-30T10:00:00Z", 1), id("2025-12-30T10:00:00Z", 0));
    FakeHost::new()
        .get(&recent(bound), page(&[post(&a)], Some("one")))
        .get(&recent(&format!("{bound}&next_token=one")), page(&[], Some("two")))
        .get(&recent(&format!("{bound}&next_token=two")), page(&[post(&b), post(&c)], None))
}

#[test]
fn both_directions_resume_at_every_checkpoint() {
    for direction in [Direction::Newer, Direction::Older] {
        let batches = three_pages("").read::<X>(&json!({}), &feed(), direction).expect("batches");
        assert_eq!(ids(&batches).len(), 3, "{direction:?}");
        let end = if direction == Direction::Older { Next::Done } else { Next::Later(None) };
        assert_eq!(batches.last().map(|batch| batch.next), Some(end));
        for (place, checkpoint) in batches.iter().enumerate().take(batches.len() - 1) {
            let request = Poll { direction, ..Poll::newer(feed()) }.cursor(checkpoint.cursor.clone());
            assert_eq!(three_pages("").poll::<X>(&json!({}), request).expect("a page").changes, batches[place + 1].changes);
        }
    }
}

#[test]
fn the_known_number_is_that_of_the_first_page_and_all_pages_ask_with_the_same_one() {
    let batches = three_pages("").read::<X>(&json!({}), &feed(), Direction::Newer).expect("batches");
    let cursor = batches.last().and_then(|batch| batch.cursor.clone());
    let bound = format!("&since_id={}", id("2025-12-31T10:00:00Z", 0));
    let host = three_pages(&bound);
    let mut request = Poll::newer(feed()).cursor(cursor);
    let first = host.poll::<X>(&json!({}), request.clone()).expect("a page");
    assert_eq!(first.next, Next::Later(None), "everything on the page is known");
    let newer = id("2025-12-31T11:00:00Z", 0);
    let host = FakeHost::new()
        .get(&recent(&bound), page(&[post(&newer)], Some("one")))
        .get(&recent(&format!("{bound}&next_token=one")), page(&[], None));
    let first = host.poll::<X>(&json!({}), request.clone()).expect("a page");
    request.cursor = first.cursor.clone();
    let second = host.poll::<X>(&json!({}), request).expect("a page");
    assert!(second.cursor.expect("a cursor").contains(&format!(r#""known":"{newer}""#)));
}

#[test]
fn a_bound_in_time_stays_within_the_reach() {
    let since = |at: &str| time::rfc3339(at).expect("an instant").at;
    let request = |direction, at: &str| Poll { direction, ..Poll::newer(feed()) }.since(since(at));
    let young = id("2025-12-28T00:00:00Z", 0);
    for (at, start) in [
        ("2025-12-27T00:00:00.5Z", "2025-12-27T00:00:00Z"),
        ("2025-10-01T00:00:00Z", REACH),
        ("2025-12-31T23:59:59Z", "2025-12-31T23:59:00Z"),
    ] {
        for direction in [Direction::Newer, Direction::Older] {
            let host = FakeHost::new().get(&recent(&format!("&start_time={}", start.replace(':', "%3A"))), page(&[], None));
            assert!(host.poll::<X>(&json!({}), request(direction, at)).is_ok(), "{at}");
        }
    }
    // The full archive reaches as far as one wants.
    let all = url("/2/tweets/search/all", "&max_results=100&query=acme&start_time=2020-10-01T00%3A00%3A00Z");
    let host = FakeHost::new().get(&all, page(&[post(&young)], None));
    assert!(host.poll::<X>(&json!({ "search": "all" }), request(Direction::Older, "2020-10-01T00:00:00Z")).is_ok());
}

#[test]
fn a_number_older_than_the_reach_is_not_asked_for_and_a_refusal_is_survived() {
    let start = format!("&start_time={}", REACH.replace(':', "%3A"));
    let cursor = |id: &str| format!(r#"{{"v":1,"at":{{"known":"{id}"}}}}"#);
    let host = FakeHost::new().get(&recent(&start), page(&[], None));
    let old = id("2025-12-20T00:00:00Z", 0);
    assert!(host.poll::<X>(&json!({}), Poll::newer(feed()).cursor(cursor(&old))).is_ok());
    let young = id("2025-12-28T00:00:00Z", 0);
    let refusal = Answer::json(json!({ "title": "Invalid Request", "type": "https://api.twitter.com/2/problems/invalid-request",
        "errors": [{ "parameters": { "since_id": [young] }, "message": "'since_id' must be a tweet id created after [2025-12-29T00:00Z]. Please use a 'since_id' that is larger than 1" }] }).to_string());
    let host = FakeHost::new()
        .get(&recent(&format!("&since_id={young}")), refusal.with_status(400))
        .get(&recent(&start), page(&[post(&young)], None));
    assert_eq!(host.poll::<X>(&json!({}), Poll::newer(feed()).cursor(cursor(&young))).expect("a batch").changes.len(), 1);
}

#[test]
fn an_empty_search_does_not_read_the_week_again() {
    let first = FakeHost::new().get(&recent(""), page(&[], None)).poll::<X>(&json!({}), Poll::newer(feed())).expect("a batch");
    let host = FakeHost::new().at("2026-01-01T01:00:00Z").get(&recent("&start_time=2026-01-01T00%3A00%3A00Z"), page(&[], None));
    assert!(host.poll::<X>(&json!({}), Poll::newer(feed()).cursor(first.cursor)).is_ok());
}

#[test]
fn accounts_are_looked_up_once() {
    let settings = json!({ "users": ["acme"] });
    let feed = FakeHost::new().plan::<X>(&settings, vec![]).expect("a plan").remove(0);
    let timeline = |more: &str| url("/2/users/42/tweets", &format!("&max_results=100{more}"));
    let own = id("2025-12-31T10:00:00Z", 0);
    let host = FakeHost::new()
        .get(
            &format!("{ORIGIN}/2/users/by/username/acme"),
            Answer::json(r#"{"data":{"id":"42","username":"acme","name":"Acme"}}"#),
        )
        .get(&timeline(""), page(&[post(&own)], Some("one")))
        .get(&timeline("&pagination_token=one"), page(&[], None))
        .get(&timeline(&format!("&since_id={own}")), page(&[], None));
    let batches = host.read::<X>(&settings, &feed, Direction::Newer).expect("batches");
    let cursor = batches.last().and_then(|batch| batch.cursor.clone());
    assert!(host.poll::<X>(&settings, Poll::newer(feed.clone()).cursor(cursor)).is_ok());
    assert_eq!(host.asked().iter().filter(|asked| asked.url.contains("username/acme")).count(), 1);
    assert_eq!(host.asked()[0].header("authorization"), Some("Bearer {{secret:bearer-token}}"));
    let gone = r#"{"errors":[{"value":"acme","detail":"Could not find user","type":"https://api.twitter.com/2/problems/resource-not-found"}]}"#;
    let host = FakeHost::new().get(&format!("{ORIGIN}/2/users/by/username/acme"), Answer::json(gone));
    assert_eq!(host.poll::<X>(&settings, Poll::newer(feed)).expect_err("gone").class, FailureClass::Gone);
}

#[test]
fn replies_and_quotes_are_read_where_there_are_some_and_they_are_wanted() {
    let own = id("2025-12-31T10:00:00Z", 0);
    let mut popular = post(&own);
    popular["public_metrics"] = json!({ "reply_count": 2, "quote_count": 1 });
    let host = FakeHost::new().get(&recent(""), page(&[popular.clone(), post("30")], None));
    assert!(host.poll::<X>(&json!({}), Poll::newer(feed())).expect("a batch").feeds.is_empty());
    let settings = json!({ "conversations": true, "quotes": true });
    let batch = host.poll::<X>(&settings, Poll::newer(feed())).expect("a batch");
    let names: Vec<_> = batch.feeds.iter().map(|feed| feed.id.clone()).collect();
    assert_eq!(names, [format!("conversation:{own}"), format!("quotes:{own}")]);
    assert_eq!(batch.feeds[0].expires_at, time::rfc3339("2026-01-03T10:00:00Z").ok().map(|moment| moment.at));
    let replies = url("/2/tweets/search/recent", &format!("&max_results=100&query=conversation_id%3A{own}"));
    let quoting = url(&format!("/2/tweets/{own}/quote_tweets"), "&max_results=100");
    let (old, new) = (id("2025-12-31T11:00:00Z", 0), id("2025-12-31T12:00:00Z", 0));
    let host = FakeHost::new()
        .get(&replies, page(&[], None))
        .get(&quoting, page(&[post(&old)], Some("one")))
        .get(&format!("{quoting}&pagination_token=one"), page(&[], None));
    assert!(host.poll::<X>(&settings, Poll::newer(batch.feeds[0].clone())).is_ok());
    let quotes = host.read::<X>(&settings, &batch.feeds[1], Direction::Newer).expect("quotes");
    let found = quotes[0].mentions().next().expect("a quote");
    assert_eq!((found.kind, found.original.as_deref()), (MentionKind::Quote, Some(own.as_str())), "the list says what it quotes");
    let cursor = quotes.last().and_then(|batch| batch.cursor.clone());
    let host = FakeHost::new()
        .get(&quoting, page(&[post(&new)], Some("one")))
        .get(&format!("{quoting}&pagination_token=one"), page(&[post(&old)], Some("two")));
    let mut request = Poll::newer(batch.feeds[1].clone()).cursor(cursor);
    request.cursor = host.poll::<X>(&settings, request.clone()).expect("a page").cursor;
    assert_eq!(host.poll::<X>(&settings, request).expect("a page").next, Next::Later(None), "what is known ends the walk");
}

#[test]
fn a_young_post_is_asked_for_replies_though_it_had_none() {
    let (young, old) = (id("2025-12-31T22:00:00Z", 0), id("2025-12-01T10:00:00Z", 0));
    let silent = |id: &str| {
        let mut post = post(id);
        post["public_metrics"] = json!({ "reply_count": 0, "quote_count": 0 });
        post
    };
    let settings = json!({ "conversations": true, "quotes": true });
    let host = FakeHost::new().get(&recent(""), page(&[silent(&young), silent(&old)], None));
    let batch = host.poll::<X>(&settings, Poll::newer(feed())).expect("a batch");
    let names: Vec<_> = batch.feeds.iter().map(|feed| feed.id.clone()).collect();
    assert_eq!(names, [format!("conversation:{young}"), format!("quotes:{young}")]);
    let first = FakeHost::new().poll::<X>(&settings, Poll::newer(batch.feeds[0].clone())).expect("nothing is asked for yet");
    assert_eq!(first.next, Next::Later(Some(1_800_000)));
    let replies = url("/2/tweets/search/recent", &format!("&max_results=100&query=conversation_id%3A{young}"));
    let host = FakeHost::new().get(&replies, page(&[], None));
    let second = host.poll::<X>(&settings, Poll::newer(batch.feeds[0].clone()).cursor(first.cursor)).expect("a page");
    assert_eq!(second.next, Next::Later(Some(900_000)), "an eighth of two hours");
}

#[test]
fn a_conversation_found_is_read_whole_by_newer_alone() {
    let root = id("2025-01-01T10:00:00Z", 0);
    let settings = json!({ "posts": [root], "search": "all" });
    let feed = FakeHost::new().plan::<X>(&settings, vec![]).expect("a plan").remove(0);
    let archive = url(
        "/2/tweets/search/all",
        &format!("&max_results=100&query=conversation_id%3A{root}&start_time=2025-01-01T10%3A00%3A00Z"),
    );
    let host = FakeHost::new().get(&archive, page(&[], None));
    assert!(host.poll::<X>(&settings, Poll::newer(feed.clone())).is_ok());
    assert!(host.poll::<X>(&settings, Poll::older(feed.clone())).is_ok(), "one that was planned has a history");
    let found = feed.expires_at(time::rfc3339("2026-02-01T00:00:00Z").ok().map(|moment| moment.at));
    assert_eq!(FakeHost::new().poll::<X>(&settings, Poll::older(found)).expect("nothing to ask").next, Next::Done);
}

#[test]
fn the_search_of_version_one_goes_down_by_number() {
    let settings = json!({ "search": "legacy" });
    let at =
        |more: &str| format!("{ORIGIN}/1.1/search/tweets.json?q=acme&count=100&result_type=recent&tweet_mode=extended{more}");
    let status = |id: &str| json!({ "id_str": id, "full_text": "x", "created_at": "Fri Jul 12 23:40:37 +0000 2019" });
    let host = FakeHost::new()
        .get(
            &at(""),
            Answer::json(
                json!({ "statuses": [status("90"), status("80")], "search_metadata": { "next_results": "?max_id=79&q=acme" } })
                    .to_string(),
            ),
        )
        .get(&at("&max_id=79"), Answer::json(json!({ "statuses": [status("70")], "search_metadata": {} }).to_string()));
    let batches = host.read::<X>(&settings, &feed(), Direction::Newer).expect("batches");
    assert_eq!(ids(&batches).len(), 3);
    let again = host.poll::<X>(&settings, Poll::newer(feed()).cursor(batches[1].cursor.clone())).expect("the head");
    assert_eq!(again.next, Next::Later(None), "everything is known");
}

#[test]
fn posts_are_read_again_in_their_last_version_and_what_is_gone_is_removed() {
    let lookup = |ids: &str| url("/2/tweets", &format!("&ids={}", ids.replace(',', "%2C")));
    let body = json!({
        "data": [{ "id": "10", "text": "first", "edit_history_tweet_ids": ["10", "12"] }, { "id": "20", "text": "same", "public_metrics": { "like_count": 9 } }],
        "errors": [
            { "resource_id": "30", "parameter": "ids", "type": "https://api.twitter.com/2/problems/resource-not-found" },
            { "resource_id": "40", "parameter": "ids", "type": "https://api.twitter.com/2/problems/not-authorized-for-resource" },
            { "resource_id": "50", "parameter": "referenced_tweets.id", "type": "https://api.twitter.com/2/problems/resource-not-found" },
            { "resource_id": "60", "parameter": "ids", "type": "https://api.twitter.com/2/problems/disallowed-resource" }],
    });
    let host = FakeHost::new()
        .get(&lookup("10,20,30,40,50,60"), Answer::json(body.to_string()))
        .get(&lookup("12"), Answer::json(r#"{"data":[{"id":"12","text":"second","edit_history_tweet_ids":["10","12"]}]}"#));
    let asked = ["10", "20", "30", "40", "50", "60", "x"].map(str::to_owned).to_vec();
    let changes = host.refresh::<X>(&json!({}), asked).expect("changes");
    let told: Vec<_> = changes
        .iter()
        .map(|change| match change {
            Change::Upsert(mention) => format!("{} {}", mention.id, mention.text),
            Change::Remove(id) => format!("-{id}"),
        })
        .collect();
    assert_eq!(told, ["10 second", "20 same", "-30", "-40"]);
}

#[test]
fn failures_are_told_apart() {
    use FailureClass::{
        Forbidden, Gone, QuotaExhausted, RateLimited, Settings, StaleCursor, Transient, Unauthorized, UnexpectedAnswer,
    };
    let problem = |kind: &str, more: Json| {
        let mut body = json!({ "title": "T", "detail": "D", "type": format!("https://api.twitter.com/2/problems/{kind}") });
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        body.to_string()
    };
    let about =
        |name: &str| problem("invalid-request", json!({ "errors": [{ "parameters": { name: ["x"] }, "message": "wrong" }] }));
    let cases = [
        (401, r#"{"title":"Unauthorized","type":"about:blank","status":401}"#.to_owned(), Unauthorized),
        (402, r#"{"title":"CreditsDepleted"}"#.to_owned(), QuotaExhausted),
        (403, problem("client-forbidden", json!({ "reason": "client-not-enrolled" })), Forbidden),
        (403, problem("not-authorized-for-resource", json!({})), Forbidden),
        (429, problem("usage-capped", json!({ "title": "UsageCapExceeded", "period": "Monthly" })), QuotaExhausted),
        (429, r#"{"title":"Too Many Requests","type":"about:blank","status":429}"#.to_owned(), RateLimited),
        (400, about("next_token"), StaleCursor),
        (400, about("query"), Settings),
        (400, about("delete"), UnexpectedAnswer),
        (404, "{}".to_owned(), Gone),
        (503, r#"{"title":"Service Unavailable"}"#.to_owned(), Transient),
        (502, "<html>Bad gateway</html>".to_owned(), Transient),
        (429, r#"{"errors":[{"code":88,"message":"Rate limit exceeded"}]}"#.to_owned(), RateLimited),
        (401, r#"{"errors":[{"code":89,"message":"Invalid or expired token"}]}"#.to_owned(), Unauthorized),
        (404, r#"{"errors":[{"code":34,"message":"Sorry, that page does not exist"}]}"#.to_owned(), Gone),
        (403, r#"{"errors":[{"code":63,"message":"User has been suspended"}]}"#.to_owned(), Gone),
        (403, r#"{"errors":"sorry, that is private"}"#.to_owned(), Forbidden),
        (200, r#"{"errors":[{"code":88,"message":"Rate limit exceeded"}]}"#.to_owned(), RateLimited),
        (200, "{}".to_owned(), UnexpectedAnswer),
        (200, "<html>".to_owned(), UnexpectedAnswer),
        (200, r#"{"data":"x"}"#.to_owned(), UnexpectedAnswer),
    ];
    for (status, body, class) in cases {
        let host = FakeHost::new().get(&recent(""), Answer::json(body.clone()).with_status(status));
        let failure = host.poll::<X>(&json!({}), Poll::newer(feed())).expect_err(&body);
        assert_eq!(failure.class, class, "{status} {body}: {}", failure.message);
    }
}

#[test]
fn the_pause_is_what_the_headers_say() {
    let limited = |headers: &[(&str, &str)]| -> Failure {
        let answer =
            headers.iter().fold(Answer::json("{}").with_status(429), |answer, (name, value)| answer.header(name, *value));
        FakeHost::new().get(&recent(""), answer).poll::<X>(&json!({}), Poll::newer(feed())).expect_err("limited")
    };
    let now = 1_767_225_600;
    assert_eq!(
        limited(&[("x-rate-limit-remaining", "0"), ("x-rate-limit-reset", &(now + 60).to_string())]).retry_after_ms,
        Some(61_000)
    );
    assert_eq!(
        limited(&[("x-rate-limit-remaining", "7"), ("x-rate-limit-reset", &(now + 60).to_string())]).retry_after_ms,
        Some(2_000),
        "one a second"
    );
    assert_eq!(limited(&[("x-rate-limit-reset", "99999999999")]).retry_after_ms, Some(901_000));
    assert_eq!(limited(&[("retry-after", "5")]).retry_after_ms, Some(5_000));
    assert_eq!(limited(&[]).retry_after_ms, None);
}

#[test]
fn hostile_shapes_cost_themselves_alone() {
    let deep = format!("{}1{}", "[".repeat(90), "]".repeat(90));
    let body = format!(
        r#"{{"data":[{{"id":"90","text":"kept","entities":{deep},"public_metrics":{{"like_count":1e99,"reply_count":-1}},"referenced_tweets":[null,{{"type":"quoted","id":"x"}}],
            "edit_history_tweet_ids":{{}},"created_at":"2025-99-99"}},{deep},null],"includes":{deep},"meta":{{"next_token":null}},"errors":{deep}}}"#
    );
    let host = FakeHost::new().get(&recent(""), Answer::json(body));
    let batch = host.poll::<X>(&json!({}), Poll::newer(feed())).expect("a batch");
    let mention = batch.mentions().next().expect("the good one");
    assert_eq!((batch.changes.len(), mention.text.as_str(), mention.kind), (1, "kept", MentionKind::Post));
    assert_eq!((mention.engagement.likes, mention.engagement.comments), (None, None));
    assert!(mention.attributes.iter().all(|attribute| !matches!(attribute.value, Value::Labels(_))));
}
