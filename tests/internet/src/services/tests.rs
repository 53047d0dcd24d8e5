//! The shapes of the services, asked as a plugin would ask them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;

use super::*;
use crate::story::{FEED_URLS, FORUM_HOSTS, default_now};

const HN: &str = "hn.algolia.com";
const FIREBASE: &str = "hacker-news.firebaseio.com";

fn services() -> Vec<Box<dyn Service>> {
    all(Story::new(default_now(), 1))
}

fn reply(services: &[Box<dyn Service>], ask: &Ask, now: Timestamp) -> Reply {
    let service = services.iter().find(|service| service.hosts().contains(&ask.host)).expect("the host is mounted");
    service.answer(ask, now)
}

fn ask(services: &[Box<dyn Service>], host: &str, target: &str) -> (u16, Value) {
    let reply = reply(services, &Ask::get(host, target), default_now());
    let value = serde_json::from_slice(&reply.body).unwrap_or_else(|error| panic!("{host}{target} is no JSON: {error}"));
    (reply.status, value)
}

fn list<'a>(value: &'a Value, name: &str) -> &'a Vec<Value> {
    value[name].as_array().unwrap_or_else(|| panic!("`{name}` is a list in {value}"))
}

#[test]
fn a_search_of_hacker_news_is_newest_first_and_ends_at_the_wall() {
    let services = services();
    let (_, page) = ask(&services, HN, "/api/v1/search_by_date?query=&tags=(story,comment)&hitsPerPage=1000");
    let hits = list(&page, "hits");
    assert_eq!((hits.len(), page["nbPages"].as_u64()), (1_000, Some(1)));
    assert!(page["nbHits"].as_u64() > Some(1_000));
    let instants: Vec<_> = hits.iter().map(|hit| hit["created_at_i"].as_i64().expect("seconds")).collect();
    assert!(instants.is_sorted_by(|newer, older| newer >= older));
    let (status, beyond) = ask(&services, HN, "/api/v1/search_by_date?query=&hitsPerPage=1000&page=1");
    assert_eq!((status, list(&beyond, "hits").len(), beyond["nbHits"].as_u64()), (200, 0, Some(0)));
    assert!(beyond["message"].as_str().is_some_and(|message| message.starts_with("you can only fetch the 1000 hits")));
    // What lies behind the wall is reached by time.
    let oldest = instants.last().expect("a thousand hits");
    let (_, rest) =
        ask(&services, HN, &format!("/api/v1/search_by_date?hitsPerPage=1000&numericFilters=created_at_i%3C{oldest}"));
    assert!(!list(&rest, "hits").is_empty());
    assert!(list(&rest, "hits").iter().all(|hit| hit["created_at_i"].as_i64() < Some(*oldest)));
}

#[test]
fn tags_and_numbers_filter_and_nonsense_is_refused() {
    let services = services();
    let (_, page) = ask(&services, HN, "/api/v1/search_by_date?query=lumio&tags=comment&hitsPerPage=5");
    let hit = &list(&page, "hits")[0];
    assert!(hit["comment_text"].is_string() && hit["points"].is_null() && hit["objectID"].is_string());
    assert_eq!(hit["_tags"][0], "comment");
    let story = hit["story_id"].as_u64().expect("a comment has a story");
    let (_, thread) = ask(&services, HN, &format!("/api/v1/search_by_date?tags=comment,story_{story}&hitsPerPage=200"));
    assert!(list(&thread, "hits").iter().all(|hit| hit["story_id"].as_u64() == Some(story)));
    let (status, refusal) = ask(&services, HN, "/api/v1/search_by_date?numericFilters=created_at_i~5");
    assert_eq!((status, refusal["status"].as_u64()), (400, Some(400)));
}

#[test]
fn an_item_is_a_tree_and_a_missing_one_is_a_404_here_and_a_null_there() {
    let services = services();
    let (_, page) = ask(&services, HN, "/api/v1/search_by_date?tags=story&numericFilters=num_comments%3E15&hitsPerPage=1");
    let hit = &list(&page, "hits")[0];
    let id = hit["objectID"].as_str().expect("an id is text");
    let (_, tree) = ask(&services, HN, &format!("/api/v1/items/{id}"));
    assert!(tree["id"].is_u64() && tree["type"] == "story" && tree["author"].is_string());
    fn count(tree: &Value) -> u64 {
        tree["children"].as_array().map_or(0, |children| children.iter().map(|child| 1 + count(child)).sum())
    }
    assert!(count(&tree) >= hit["num_comments"].as_u64().expect("a count"));
    let (_, item) = ask(&services, FIREBASE, &format!("/v0/item/{id}.json"));
    assert_eq!(item["kids"].as_array().map(Vec::len), tree["children"].as_array().map(Vec::len));
    assert_eq!(ask(&services, HN, "/api/v1/items/1").0, 404);
    assert_eq!(ask(&services, FIREBASE, "/v0/item/1.json"), (200, Value::Null));
    let head = Ask { method: "HEAD".to_owned(), ..Ask::get(FIREBASE, &format!("/v0/item/{id}.json")) };
    assert_eq!(reply(&services, &head, default_now()).status, 405);
}

#[test]
fn a_removed_comment_keeps_its_place_without_its_words() {
    let mut services = services();
    let (_, page) = ask(&services, HN, "/api/v1/search_by_date?tags=comment&hitsPerPage=1");
    let hit = list(&page, "hits")[0].clone();
    let (id, story) = (hit["objectID"].as_str().expect("text"), hit["story_id"].as_u64().expect("a number"));
    assert!(services[0].change(id, None, default_now()));
    let (_, item) = ask(&services, FIREBASE, &format!("/v0/item/{id}.json"));
    assert!(item["deleted"] == true && item["by"].is_null() && item["text"].is_null());
    let (_, tree) = ask(&services, HN, &format!("/api/v1/items/{story}"));
    assert!(tree.to_string().contains(&format!("\"id\":{id}")));
    let (_, page) = ask(&services, HN, "/api/v1/search_by_date?tags=comment&hitsPerPage=1");
    assert_ne!(list(&page, "hits")[0]["objectID"], hit["objectID"]);
    assert!(!services[0].change("1", None, default_now()));
}

/// Walks `posts.json` as the reference says and gives the ids.
fn walk(services: &[Box<dyn Service>], host: &str) -> (Vec<u64>, usize) {
    let mut ids = Vec::new();
    let mut empty = 0;
    let mut before: Option<u64> = None;
    loop {
        let target = before.map_or("/posts.json".to_owned(), |before| format!("/posts.json?before={before}"));
        let (_, page) = ask(services, host, &target);
        let posts = list(&page, "latest_posts");
        let seen: Vec<u64> = posts.iter().map(|post| post["id"].as_u64().expect("an id")).collect();
        let least = seen.iter().min().copied();
        ids.extend(&seen);
        empty += usize::from(seen.is_empty());
        let next = match (least, before) {
            // The older meaning repeats `before` itself.
            (Some(least), Some(before)) if least == before => before.saturating_sub(50),
            (Some(least), _) => least,
            (None, Some(before)) => before.saturating_sub(50),
            (None, None) => 0,
        };
        if next < 4_000 {
            return (ids, empty);
        }
        before = Some(next);
    }
}

#[test]
fn both_meanings_of_before_lead_to_every_post() {
    let services = services();
    for (host, holes) in FORUM_HOSTS.into_iter().zip([false, true]) {
        let (ids, empty) = walk(&services, host);
        let distinct: BTreeSet<_> = ids.iter().collect();
        let service = services.iter().find(|service| service.name() == host).expect("the forum is there");
        assert_eq!(distinct.len(), service.visible(default_now()), "{host}");
        assert_eq!(empty > 0 && ids.len() > distinct.len(), holes, "{host}: {empty} empty pages that were not the end");
    }
}

#[test]
fn a_topic_has_a_stream_twenty_posts_and_the_rest_by_their_ids() {
    let services = services();
    let host = FORUM_HOSTS[0];
    let (_, page) = ask(&services, host, "/latest.json?order=created");
    assert!(page["topic_list"]["topics"][0]["pinned"] == true, "pinned topics come first");
    assert_eq!(page["topic_list"]["topics"].as_array().map(Vec::len), Some(30));
    assert!(page["topic_list"]["more_topics_url"].as_str().is_some_and(|url| url.contains("page=1")));
    let long = (0..12)
        .flat_map(|page| {
            let (_, page) = ask(&services, host, &format!("/latest.json?page={page}"));
            page["topic_list"]["topics"].as_array().cloned().unwrap_or_default()
        })
        .find(|topic| topic["posts_count"].as_u64() > Some(24))
        .expect("a long topic");
    let id = long["id"].as_u64().expect("a number");
    let (_, topic) = ask(&services, host, &format!("/t/{id}.json"));
    let stream = list(&topic["post_stream"], "stream");
    assert_eq!(list(&topic["post_stream"], "posts").len(), 20);
    let rest: Vec<_> = stream[20..].iter().map(|id| format!("post_ids[]={id}")).collect();
    let (_, more) = ask(&services, host, &format!("/t/{id}/posts.json?{}", rest.join("&")));
    assert_eq!(list(&more["post_stream"], "posts").len(), rest.len());
    let post = stream[21].as_u64().expect("a number");
    let (status, single) = ask(&services, host, &format!("/posts/{post}.json"));
    assert_eq!((status, single["id"].as_u64(), single["topic_id"].as_u64()), (200, Some(post), Some(id)));
    assert!(single["raw"].is_null() && single["cooked"].is_string());
    let (status, missing) = ask(&services, host, "/t/1.json");
    assert_eq!((status, missing["error_type"].as_str()), (404, Some("not_found")));
}

#[test]
fn a_forum_search_finds_one_post_a_topic_newest_first_within_its_limits() {
    let services = services();
    let host = FORUM_HOSTS[0];
    let (_, page) = ask(&services, host, "/search.json?q=lumio%20order%3Alatest%20after%3A2026-10-20");
    let posts = list(&page, "posts");
    assert_eq!(posts.len(), 50);
    let topics: BTreeSet<_> = posts.iter().map(|post| post["topic_id"].as_u64()).collect();
    assert_eq!(topics.len(), 50);
    assert!(posts.iter().all(|post| post["created_at"].as_str() >= Some("2026-10-20") && post["cooked"].is_null()));
    assert!(posts.is_sorted_by(|newer, older| newer["created_at"].as_str() >= older["created_at"].as_str()));
    assert_eq!(page["grouped_search_result"]["more_full_page_results"], true);
    assert_eq!(ask(&services, host, "/search.json?q=lumio&page=11").0, 400);
    assert_eq!(ask(&services, host, "/search.json?q=lu").0, 400);
}

#[test]
fn posts_are_cooked_as_discourse_cooks_them() {
    let services = services();
    let mut cooked = String::new();
    let mut kinds = BTreeSet::new();
    for host in FORUM_HOSTS {
        for page in 0..8 {
            let (_, list) = ask(&services, host, &format!("/latest.json?page={page}"));
            for topic in list["topic_list"]["topics"].as_array().into_iter().flatten() {
                let (_, topic) = ask(&services, host, &format!("/t/{}.json", topic["id"]));
                for post in topic["post_stream"]["posts"].as_array().into_iter().flatten() {
                    cooked += post["cooked"].as_str().unwrap_or("");
                    kinds.insert(post["post_type"].as_u64());
                }
            }
        }
    }
    for part in [
        "<aside class=\"quote no-group\" data-username=",
        "class=\"emoji\" alt=\":",
        "<a class=\"mention\" href=\"/u/",
        "#LumioGate",
    ] {
        assert!(cooked.contains(part), "no {part}");
    }
    assert_eq!(kinds, BTreeSet::from([Some(1), Some(3)]), "system lines stand among posts");
}

#[test]
fn feeds_parse_page_and_answer_304() {
    let services = services();
    for url in FEED_URLS {
        let (host, path) = url.trim_start_matches("https://").split_once('/').expect("a host and a path");
        let mut ask = Ask::get(host, &format!("/{path}"));
        let first = reply(&services, &ask, default_now());
        let feed = feed_rs::parser::parse(first.body.as_slice()).unwrap_or_else(|error| panic!("{url}: {error}"));
        assert!(feed.entries.len() >= 40, "{url} has {} entries", feed.entries.len());
        assert!(feed.entries.iter().all(|entry| entry.published.is_some() && !entry.links.is_empty() && entry.title.is_some()));
        let ids: BTreeSet<_> = feed.entries.iter().map(|entry| &entry.id).collect();
        assert_eq!(ids.len(), feed.entries.len());

        ask.headers = vec![("if-none-match".to_owned(), first.header("etag").expect("an entity tag").to_owned())];
        assert_eq!(reply(&services, &ask, default_now()).status, 304);
        ask.headers = vec![("if-modified-since".to_owned(), first.header("last-modified").expect("a date").to_owned())];
        assert_eq!(reply(&services, &ask, default_now()).status, 304);
        let later = default_now() + std::time::Duration::from_secs(3 * 86_400);
        let second = reply(&services, &ask, later);
        assert_eq!(second.status, 200, "{url} has news three days later");
        assert_ne!(first.header("etag"), second.header("etag"));
    }
    let beyond = reply(&services, &Ask::get("pocketwire.example", "/feed/?paged=99"), default_now());
    assert_eq!(beyond.status, 404);
}

#[test]
fn an_empty_page_keeps_the_shape() {
    let services = services();
    for (host, target, name) in [
        (HN, "/api/v1/search_by_date?query=lumio", "hits"),
        (FORUM_HOSTS[0], "/posts.json", "latest_posts"),
        (FORUM_HOSTS[0], "/search.json?q=lumio", "posts"),
    ] {
        let ask = Ask { empty: true, ..Ask::get(host, target) };
        let value: Value = serde_json::from_slice(&reply(&services, &ask, default_now()).body).expect("JSON");
        assert_eq!(value[name].as_array().map(Vec::len), Some(0), "{host}{target}");
    }
}
