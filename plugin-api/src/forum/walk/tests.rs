//! The walks, over a board that answers lines instead of pages.

use std::collections::BTreeSet;

use super::*;
use crate::FailureClass;
use crate::MentionKind;
use crate::forum::Pages;
use crate::testing::{Answer, FakeHost};
use crate::{Next, Source};

/// Pages of lines: `topic PAGE PAGES id id …`, `list PAGE PAGES id:replies …`, `feed id …`, `gone`.
struct Lines;

const TOPIC: &str = "https://b.example/t";
const PER_PAGE: usize = 3;

fn page(base: &str, number: u32) -> String {
    if number == 1 { base.to_owned() } else { format!("{base}?page={number}") }
}

fn words<'a>(answer: &'a Response, kind: &str) -> Result<Vec<&'a str>, Failure> {
    answer.check()?;
    let text = std::str::from_utf8(&answer.body).expect("tests are text");
    let mut words = text.split_whitespace();
    if words.next() == Some(kind) { Ok(words.collect()) } else { Err(answer.unexpected("is something else")) }
}

fn pages(answer: &Response, current: &str, all: &str) -> Pages {
    let base = answer.url.split('?').next().expect("an address");
    let (current, all) = (current.parse().expect("a number"), all.parse::<u32>().expect("a number"));
    // As boards do: the neighbours, the first and the last.
    let shown = (1..=all).filter(|number| number.abs_diff(current) == 1 || *number == 1 || *number == all);
    Pages { current, links: shown.map(|number| (number, page(base, number))).collect() }
}

fn row(word: &str) -> Row {
    let (id, replies) = word.split_once(':').unwrap_or((word, "0"));
    Row { id: id.into(), url: format!("{TOPIC}{id}"), replies: replies.parse().ok(), ..Row::default() }
}

impl Board for Lines {
    fn topic(&self, answer: &Response) -> Result<Topic, Failure> {
        let words = words(answer, "topic")?;
        let post = |id: &&str| Post { id: (*id).to_owned(), ..Post::default() };
        Ok(Topic { posts: words[2..].iter().map(post).collect(), pages: pages(answer, words[0], words[1]), ..Topic::default() })
    }

    fn listing(&self, answer: &Response) -> Result<Listing, Failure> {
        let words = words(answer, "list")?;
        Ok(Listing { rows: words[2..].iter().map(|word| row(word)).collect(), pages: pages(answer, words[0], words[1]) })
    }

    fn entries(&self, answer: &Response) -> Result<Vec<Found>, Failure> {
        let entry = |word: &&str| {
            let row = row(word);
            let mention = Mention::new(format!("t{}", row.id), MentionKind::Post);
            Found { topic: Some(row), mention: Some(mention), is_post: false }
        };
        Ok(words(answer, "feed")?.iter().map(entry).collect())
    }

    fn mention(&self, topic: &Topic, post: &Post) -> Mention {
        post.mention(topic)
    }

    fn post_url(&self, id: &str) -> Option<String> {
        id.parse::<u64>().ok().map(|id| format!("https://b.example/p{id}"))
    }

    fn says_gone(&self, answer: &Response) -> bool {
        answer.body == b"gone"
    }
}

struct Plugin;

const READING: Reading = Reading { topics: true, topics_for_ms: 14 * DAY_MS };

impl Source for Plugin {
    type Settings = crate::NoSettings;

    fn plan(_: crate::NoSettings, _: Vec<crate::Search>) -> Result<Vec<Feed>, Failure> {
        Ok(Vec::new())
    }

    fn poll(_: crate::NoSettings, request: Poll) -> Result<Batch, Failure> {
        poll(&Lines, READING, &request)
    }

    fn refresh(_: crate::NoSettings, ids: Vec<String>) -> Result<Vec<Change>, Failure> {
        refresh(&Lines, &ids)
    }
}

/// A board with one topic of these posts. Pages behind the last one show the last one.
fn board(posts: &[u64]) -> FakeHost {
    let all = posts.len().div_ceil(PER_PAGE).max(1);
    (1..=all.max(40)).fold(FakeHost::new(), |host, number| {
        let shown = number.min(all);
        let ids: Vec<String> = posts.iter().skip((shown - 1) * PER_PAGE).take(PER_PAGE).map(u64::to_string).collect();
        let text = format!("topic {shown} {all} {}", ids.join(" "));
        host.get(&page(TOPIC, u32::try_from(number).expect("few")), Answer::text(text))
    })
}

fn ids(batch: &Batch) -> impl Iterator<Item = u64> {
    batch.mentions().map(|mention| mention.id.parse().expect("a number"))
}

fn step(host: &FakeHost, cursor: Option<String>) -> Batch {
    let request = Poll::newer(named_topic(TOPIC)).cursor(cursor).limit(1);
    let batch = host.poll::<Plugin>(&serde_json::json!({}), request.clone()).expect("a batch");
    // Asked again from the same checkpoint, the same comes.
    assert_eq!(host.poll::<Plugin>(&serde_json::json!({}), request).expect("a batch"), batch);
    batch
}

/// Reads until the topic has no more, from a board that changes from poll to poll.
fn read(cursor: Option<String>, mut posts: impl FnMut(usize) -> Vec<u64>) -> (BTreeSet<u64>, Option<String>) {
    let (mut seen, mut cursor) = (BTreeSet::new(), cursor);
    for turn in 0..100 {
        let batch = step(&board(&posts(turn)), cursor);
        seen.extend(ids(&batch));
        cursor = batch.cursor.clone();
        if batch.next != Next::More {
            return (seen, cursor);
        }
    }
    panic!("the walk has no end");
}

#[test]
fn a_topic_is_read_whole_and_then_only_what_is_new() {
    for length in 1..14 {
        let all: Vec<u64> = (1..=length).map(|n| n * 10).collect();
        let (seen, cursor) = read(None, |_| all.clone());
        assert_eq!(seen, all.iter().copied().collect(), "{length} posts");
        let grown: Vec<u64> = (1..=length + 11).map(|n| n * 10).collect();
        let (new, cursor) = read(cursor, |_| grown.clone());
        assert!(new.is_superset(&grown[all.len()..].iter().copied().collect()), "{length} posts, then eleven more: {new:?}");
        let host = board(&grown);
        step(&host, cursor);
        assert_eq!(host.asked().len(), 2, "an unchanged topic costs one request a poll, and the test asks twice");
    }
}

#[test]
fn posts_removed_meanwhile_hide_no_others() {
    let all: Vec<u64> = (1..=20).collect();
    for removed in 1..=20 {
        for at in 1..6 {
            let (seen, cursor) = read(None, |turn| all.iter().copied().filter(|id| turn < at || *id != removed).collect());
            let left: BTreeSet<u64> = all.iter().copied().filter(|id| *id != removed).collect();
            assert!(seen.is_superset(&left), "{removed} went before poll {at}: {seen:?}");
            // The anchor itself may be gone the next time.
            let (seen, _) = read(cursor, |_| (1..=18).chain([30, 31]).collect());
            assert!(seen.is_superset(&BTreeSet::from([30, 31])), "{seen:?}");
        }
    }
}

#[test]
fn posts_written_meanwhile_are_found_then_or_the_next_time() {
    let (mut seen, cursor) = read(None, |turn| (1..=8 + turn as u64).collect());
    let (more, _) = read(cursor, |_| (1..=30).collect());
    seen.extend(more);
    assert_eq!(seen, (1..=30).collect());
}

#[test]
fn a_topic_that_is_gone_ends_its_feed() {
    let (_, cursor) = read(None, |_| (1..=8).collect());
    let host = FakeHost::new().get(&page(TOPIC, 3), Answer::status(404)).get(TOPIC, Answer::status(404));
    let request = Poll::newer(named_topic(TOPIC)).cursor(cursor.clone());
    let failure = host.poll::<Plugin>(&serde_json::json!({}), request.clone()).expect_err("gone");
    assert_eq!(failure.class, FailureClass::Gone);
    // Only its last page is.
    let host = FakeHost::new().get(&page(TOPIC, 3), Answer::status(404)).get(TOPIC, Answer::text("topic 1 1 1 2 9"));
    assert_eq!(ids(&host.poll::<Plugin>(&serde_json::json!({}), request).expect("a batch")).collect::<Vec<_>>(), [1, 2, 9]);
}

fn forum_feed() -> Feed {
    forum("forum:2", "a forum", Some("https://b.example/feed".into()), Some("https://b.example/list".into()))
}

fn feed_names(batch: &Batch) -> Vec<&str> {
    batch.feeds.iter().map(|feed| feed.id.as_str()).collect()
}

#[test]
fn a_feed_names_topics_which_are_looked_into_once() {
    let settings = serde_json::json!({});
    let host = FakeHost::new()
        .get("https://b.example/feed", Answer::text("feed 5:1 6:2"))
        .get("https://b.example/feed", Answer::text("feed 5:2 6:2"))
        .get("https://b.example/t5", Answer::text("topic 1 1 50 51"))
        .get("https://b.example/t6", Answer::status(403));
    let first = host.poll::<Plugin>(&settings, Poll::newer(forum_feed())).expect("a batch");
    let told: Vec<&str> = first.mentions().map(|mention| mention.id.as_str()).collect();
    assert_eq!((told, feed_names(&first)), (vec!["50", "51", "t6"], vec!["topic:5"]), "what cannot be read is told by the feed");
    let second = host.poll::<Plugin>(&settings, Poll::newer(forum_feed()).cursor(first.cursor)).expect("a batch");
    assert_eq!((second.changes.len(), feed_names(&second)), (0, vec!["topic:5"]));
    assert_eq!(host.asked().len(), 4);
}

#[test]
fn a_board_without_feeds_is_followed_by_its_lists() {
    let settings = serde_json::json!({});
    let host = FakeHost::new()
        .get("https://b.example/feed", Answer::status(404))
        .get("https://b.example/list", Answer::text("list 1 3 5:1 6:2"))
        .get("https://b.example/list", Answer::text("list 1 3 8:1 6:3"))
        .get("https://b.example/list?page=2", Answer::text("list 2 3 5:1"));
    let first = host.poll::<Plugin>(&settings, Poll::newer(forum_feed())).expect("a batch");
    assert_eq!((feed_names(&first), host.asked().len()), (vec!["topic:5", "topic:6"], 2));
    let second = host.poll::<Plugin>(&settings, Poll::newer(forum_feed()).cursor(first.cursor)).expect("a batch");
    assert_eq!(feed_names(&second), ["topic:8", "topic:6"]);
    let alone = forum("board", "a board", Some("https://b.example/feed".into()), None);
    let failure = host.poll::<Plugin>(&settings, Poll::newer(alone)).expect_err("no feed");
    assert_eq!(failure.class, FailureClass::Settings);
    let busy = FakeHost::new().get("https://b.example/feed", Answer::status(503));
    assert_eq!(busy.poll::<Plugin>(&settings, Poll::newer(forum_feed())).expect_err("busy").class, FailureClass::Transient);
}

#[test]
fn the_history_of_a_forum_is_its_list() {
    let host = (1..=8).fold(FakeHost::new(), |host, number| {
        host.get(&page("https://b.example/list", number), Answer::text(format!("list {number} 8 {number}0 {number}1")))
    });
    let batches = host.read::<Plugin>(&serde_json::json!({}), &forum_feed(), Direction::Older).expect("batches");
    let names: BTreeSet<&str> = batches.iter().flat_map(feed_names).collect();
    assert_eq!((names.len(), batches.last().map(|batch| batch.next)), (16, Some(Next::Done)));
    let ends = batches[0].feeds[0].expires_at.expect("topics end");
    assert_eq!(ends, crate::time::rfc3339("2026-01-15T00:00:00Z").expect("a date").at);
}

#[test]
fn posts_are_read_again_page_by_page() {
    let host = FakeHost::new()
        .get("https://b.example/p9", Answer::text("gone"))
        .get("https://b.example/p8", Answer::text("topic 2 2 7 8"))
        .get("https://b.example/p2", Answer::status(403))
        .get("https://b.example/p3", Answer::status(500));
    let asked = ["2", "7", "t6", "8", "9"].map(str::to_owned).to_vec();
    let changes = host.refresh::<Plugin>(&serde_json::json!({}), asked).expect("changes");
    let told: Vec<String> = changes
        .into_iter()
        .map(|change| match change {
            Change::Remove(id) => format!("-{id}"),
            Change::Upsert(mention) => mention.id,
        })
        .collect();
    assert_eq!(told, ["-9", "7", "8"]);
    assert_eq!(
        host.refresh::<Plugin>(&serde_json::json!({}), vec!["3".into(), "9".into()]).expect_err("busy").class,
        FailureClass::Transient,
        "it would be taken for read"
    );
}
