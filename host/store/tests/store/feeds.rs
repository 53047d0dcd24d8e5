//! Feeds: both cursors, children and their end.

use vigie_mention::KNOWN_FEED;
use vigie_mention::delivery::{Direction, Feed};
use vigie_store::{Commit, Coverage, FeedState, Store, Walk, WalkStatus};

use crate::material::{at, feed, feed_key, look, poll, store, write};

fn child(id: &str, until: i64) -> Feed {
    Feed { expires_at: Some(at(until)), ..feed(id) }
}

fn finds(minute: i64, children: Vec<Feed>) -> Commit {
    Commit { children, ..poll("videos", minute, "c") }
}

fn ids(store: &Store) -> Vec<String> {
    let feeds = look(store).feeds(&feed_key("").connector).expect("reads");
    feeds.into_iter().map(|(key, _)| key.feed).collect()
}

fn state(store: &Store, id: &str) -> FeedState {
    look(store).feed(&feed_key(id)).expect("reads").expect("is there")
}

#[test]
fn both_walks_of_a_feed_are_kept() {
    let store = store();
    let mut commit = poll("latest", 0, "head");
    commit.direction = Direction::Older;
    commit.state.older = Walk {
        cursor: Some("page 7".into()),
        next_at: Some(at(9)),
        status: WalkStatus::Resting { class: vigie_mention::FailureClass::RateLimited, message: "later".into() },
        failures: 2,
        polls: 7,
    };
    let _ = write(&store, commit.clone());
    assert_eq!(state(&store, "latest"), FeedState { first_read: Some(at(0)), ..commit.state });
    assert_eq!(look(&store).feed(&feed_key("other")).expect("reads"), None);
}

#[test]
fn children_are_found_once_live_longer_and_expire() {
    let store = store();
    let _ = write(&store, finds(0, vec![child("comments 1", 100), child("comments 2", 50), child("late", 0)]));
    assert_eq!(ids(&store), ["comments 1", "comments 2", "videos"], "one that is over already is not begun");
    assert!(state(&store, "comments 1").child && !state(&store, "videos").child);

    // Read it, then find it again: it keeps its place and ends later, never earlier.
    let mut read = poll("comments 2", 10, "page 3");
    read.state = FeedState { newer: read.state.newer, ..FeedState::new(child("comments 2", 50), true) };
    let _ = write(&store, read.clone());
    let _ = write(&store, finds(20, vec![child("comments 1", 80), child("comments 2", 90)]));
    assert_eq!(state(&store, "comments 1").feed.expires_at, Some(at(100)));
    assert_eq!(state(&store, "comments 2").feed.expires_at, Some(at(90)));
    assert_eq!(state(&store, "comments 2").newer.cursor.as_deref(), Some("page 3"));

    // A poll that was under way while it was found again knows the old end.
    read.at = at(30);
    let _ = write(&store, read);
    assert_eq!(state(&store, "comments 2").feed.expires_at, Some(at(90)));

    let _ = write(&store, finds(90, vec![]));
    assert_eq!(ids(&store), ["comments 1", "videos"]);
    let _ = write(&store, finds(100, vec![]));
    assert_eq!(ids(&store), ["videos"]);
}

#[test]
fn a_planned_feed_does_not_become_a_child_and_other_connectors_are_left_alone() {
    let store = store();
    let _ = write(&store, poll("videos", 0, "here"));
    let _ = write(&store, finds(1, vec![child("videos", 5), child("comments", 50)]));
    let mut other = poll("x", 60, "c");
    other.feed.connector = vigie_mention::ConnectorId::new("other").expect("a plain word");
    let _ = write(&store, other);
    assert_eq!(ids(&store), ["comments", "videos"], "another connector's poll ends nothing here");
    let _ = write(&store, finds(60, vec![]));
    assert_eq!(ids(&store), ["videos"]);
    assert_eq!(look(&store).all_feeds().expect("reads").len(), 2);
}

/// Where a report begins to know of a feed: failures are no reading, and what happens later changes nothing.
#[test]
fn a_feed_is_first_read_once() {
    let store = store();
    let mut failed = poll("latest", 0, "c");
    failed.coverage = Coverage { asked: 1, failed: 1, ..Coverage::default() };
    failed.state.newer = Walk { polls: 1, failures: 1, ..Walk::default() };
    let _ = write(&store, failed);
    assert_eq!(state(&store, "latest").first_read, None);
    let _ = write(&store, poll("latest", 60, "c"));
    let _ = write(&store, poll("latest", 120, "d"));
    assert_eq!(state(&store, "latest").first_read, Some(at(60)));
}

/// An address that was taken out of the configuration was waited for for ever.
#[test]
fn feeds_that_no_plan_names_have_ended_until_one_does() {
    let store = store();
    for id in ["a", "b", KNOWN_FEED] {
        let _ = write(&store, poll(id, 0, "c"));
    }
    let _ = write(&store, Commit { feed: feed_key("a"), ..finds(1, vec![child("comments", 500)]) });
    let unplanned = || {
        let feeds = look(&store).feeds(&feed_key("").connector).expect("reads");
        feeds.into_iter().filter_map(|(key, state)| Some((key.feed, state.unplanned?))).collect::<Vec<_>>()
    };
    let note = |planned: &[&str], minute: i64| {
        let planned: Vec<Feed> = planned.iter().map(|id| feed(id)).collect();
        store.note_plan(&feed_key("").connector, &planned, at(minute)).expect("room on the disk");
    };
    note(&["a"], 5);
    assert_eq!(unplanned(), [("b".to_owned(), at(5))], "children and known mentions are nobody's plan");
    note(&["a"], 9);
    assert_eq!(unplanned(), [("b".to_owned(), at(5))]);
    note(&["a", "b"], 10);
    assert_eq!(unplanned(), []);
    note(&["b"], 11);
    let _ = write(&store, poll("a", 12, "c"));
    assert_eq!(unplanned(), [], "who is read is not gone");
}
