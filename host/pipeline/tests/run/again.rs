//! Mentions that break their plugin when they are read again: the pass that met one asked for the same mentions for ever, and nothing
//! that was due after them was read again at all.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use vigie_mention::{FailureClass, Instant, KNOWN_FEED, Window};
use vigie_pipeline::{Event, Options, Summary};
use vigie_runtime::Clock;
use vigie_store::{Walk, WalkStatus};

use super::{Bed, options, plan, posts, run_with};
use crate::fakes::{Board, NOW};

/// Runs at the hour, with every mention to be read again six hours after it was published.
async fn pass_at(bed: &Bed, board: &Arc<Board>, hour: i64) -> (Summary, Vec<Event>) {
    let mut wanted = plan(board.clone(), vec![]);
    wanted.connectors[0].refresh = vec![Duration::from_secs(6 * 3_600)];
    let now = Instant::from_millis(NOW.as_millis() + hour * Instant::HOUR_MS);
    run_with(bed, wanted, Options { clock: Clock::Fixed(now), ..options() }).await
}

/// The same, where nothing fails.
async fn run_at(bed: &Bed, board: &Arc<Board>, hour: i64) -> Vec<Event> {
    let (summary, events) = pass_at(bed, board, hour).await;
    assert_eq!(summary.total().failed, 0);
    assert_eq!(summary.total().dead_letters, 0, "these count what analyzers failed on");
    events
}

fn letters(bed: &Bed) -> Vec<(String, String)> {
    let letters = bed.store.snapshot().expect("a snapshot").dead_letters().expect("readable");
    letters.into_iter().map(|letter| (letter.stage, letter.key.id)).collect()
}

/// Ten posts, one an hour, of which the newest six become due one by one in the six hours to come; these ids break the plugin.
async fn read_once(bed: &Bed, poison: &[&str]) -> Arc<Board> {
    let board = Arc::new(Board::new(posts(10), 10));
    run_at(bed, &board, 0).await;
    *board.poison.lock().expect("not poisoned") = poison.iter().map(|&id| id.to_owned()).collect();
    board
}

fn asked(board: &Board) -> Vec<Vec<String>> {
    std::mem::take(&mut *board.again.lock().expect("not poisoned"))
}

#[tokio::test]
async fn a_mention_that_breaks_its_plugin_keeps_no_other_from_being_read_again() {
    let bed = Bed::new();
    let board = read_once(&bed, &["3"]).await;
    let events = run_at(&bed, &board, 5).await;
    let calls = asked(&board);
    assert_eq!(calls[0], ["5", "4", "3", "2", "1"], "what is due");
    assert_eq!(*calls.last().expect("some"), ["2", "1"], "and those behind it");
    assert!(calls.len() <= 5, "{calls:?}");
    assert_eq!(letters(&bed), [("refresh".to_owned(), "3".to_owned())]);
    let told = |event: &&Event| matches!(event, Event::Fault { message, .. } if message.contains("`3`"));
    assert_eq!(events.iter().filter(told).count(), 1);

    run_at(&bed, &board, 6).await;
    assert_eq!(asked(&board), [["0"]], "it is not asked for once more");
}

fn known(bed: &Bed) -> Walk {
    let snapshot = bed.store.snapshot().expect("a snapshot");
    let feeds = snapshot.all_feeds().expect("readable");
    feeds.into_iter().find(|(key, _)| key.feed == KNOWN_FEED).expect("passes are noted").1.newer
}

#[tokio::test(start_paused = true)]
async fn a_plugin_that_breaks_on_everything_is_given_rest() {
    let bed = Bed::new();
    let all: Vec<String> = (0..10).map(|number| number.to_string()).collect();
    let board = read_once(&bed, &all.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let before = known(&bed).cursor;
    let (summary, _) = pass_at(&bed, &board, 10).await;
    assert_eq!(summary.total().failed, 3, "as often as any poll that breaks");
    assert_eq!(letters(&bed), [], "nothing is given up");
    let walk = known(&bed);
    assert_eq!((walk.cursor, walk.failures), (before, 3), "and nothing passed over");
    assert!(matches!(walk.status, WalkStatus::Resting { .. }), "{:?}", walk.status);

    asked(&board);
    board.poison.lock().expect("not poisoned").clear();
    run_at(&bed, &board, 10).await;
    assert_eq!(asked(&board).concat(), ["5", "4", "3", "2", "1", "0"], "mended, it reads them all");
    assert_eq!(known(&bed).failures, 0);
}

/// Nothing else tells whether it is the mention or the plugin.
#[tokio::test(start_paused = true)]
async fn a_mention_that_breaks_its_plugin_and_is_due_alone_is_given_up_in_the_end() {
    let bed = Bed::new();
    let board = read_once(&bed, &["5"]).await;
    let mut runs = 0;
    while letters(&bed).is_empty() {
        pass_at(&bed, &board, 1).await;
        runs += 1;
        assert!(runs < 10, "it is asked for for ever");
    }
    assert_eq!(asked(&board), vec![["5"]; 6], "five passes fail, and the sixth gives it up");
    run_at(&bed, &board, 2).await;
    assert_eq!(asked(&board), [["4"]], "those behind it have their turn");
}

fn refuse(board: &Board, id: &str, class: FailureClass) {
    board.refused.lock().expect("not poisoned").insert(id.to_owned(), class);
}

/// The ids that were asked for in calls without this one, which were answered.
fn answered(board: &Board, refused: &str) -> BTreeSet<String> {
    asked(board).into_iter().filter(|ids| ids.iter().all(|id| id != refused)).flatten().collect()
}

/// One that failed was passed over with those that were answered, and never asked for again; where it failed the whole call, nothing
/// behind it was read any more.
#[tokio::test(start_paused = true)]
async fn a_mention_that_cannot_be_read_just_then_is_asked_for_again_and_keeps_no_other_waiting() {
    let bed = Bed::new();
    let board = read_once(&bed, &[]).await;
    refuse(&board, "3", FailureClass::Transient);
    let (summary, _) = pass_at(&bed, &board, 5).await;
    assert!(summary.failures.values().any(|failure| failure.starts_with("transient")), "{:?}", summary.failures);
    assert_eq!(answered(&board, "3"), ["1", "2", "4", "5"].map(str::to_owned).into());
    assert_eq!(letters(&bed), [], "nothing is given up");

    board.refused.lock().expect("not poisoned").clear();
    let (summary, _) = pass_at(&bed, &board, 5).await;
    assert_eq!(asked(&board).concat(), ["3", "2", "1"], "it is asked for again");
    assert!(summary.failures.is_empty(), "{:?}", summary.failures);
    assert_eq!(known(&bed).failures, 0);
}

#[tokio::test(start_paused = true)]
async fn a_mention_that_never_can_be_read_is_given_up_in_the_end() {
    let bed = Bed::new();
    let board = read_once(&bed, &[]).await;
    refuse(&board, "3", FailureClass::Transient);
    let mut runs = 0;
    while letters(&bed).is_empty() {
        pass_at(&bed, &board, 5).await;
        runs += 1;
        assert!(runs < 10, "it is asked for for ever");
    }
    assert_eq!(letters(&bed), [("refresh".to_owned(), "3".to_owned())]);
    asked(&board);
    run_at(&bed, &board, 6).await;
    assert_eq!(asked(&board), [["0"]]);
}

#[tokio::test(start_paused = true)]
async fn a_mention_that_may_not_be_read_is_given_up_where_others_may() {
    for class in [FailureClass::Forbidden, FailureClass::Gone, FailureClass::UnexpectedAnswer] {
        let bed = Bed::new();
        let board = read_once(&bed, &[]).await;
        refuse(&board, "3", class);
        let events = run_at(&bed, &board, 5).await;
        assert_eq!(asked(&board).last().expect("some"), &["2", "1"], "{class}: and those behind it");
        assert_eq!(letters(&bed), [("refresh".to_owned(), "3".to_owned())], "{class}");
        assert!(!events.iter().any(|event| matches!(event, Event::Fault { .. })), "{class}: it is no fault of the plugin");
    }
}

/// An hour without the service gave up what was due in it.
#[tokio::test(start_paused = true)]
async fn a_service_that_is_away_gives_up_no_mention() {
    let bed = Bed::new();
    let board = read_once(&bed, &[]).await;
    (0..10).for_each(|id| refuse(&board, &id.to_string(), FailureClass::Transient));
    let before = known(&bed).cursor;
    for _ in 0..5 {
        pass_at(&bed, &board, 5).await;
    }
    assert_eq!((letters(&bed), known(&bed).cursor), (vec![], before));
    board.refused.lock().expect("not poisoned").clear();
    asked(&board);
    run_at(&bed, &board, 5).await;
    assert_eq!(asked(&board).concat(), ["5", "4", "3", "2", "1"]);
}

/// Every look at what is due was a poll in the ledger, also where nothing was and nothing was asked.
#[tokio::test]
async fn a_pass_that_asks_for_nothing_is_no_poll() {
    let bed = Bed::new();
    let board = Arc::new(Board::new(posts(10), 10));
    let (summary, _) = pass_at(&bed, &board, 0).await;
    assert_eq!((summary.total().polls, board.polls.load(Ordering::SeqCst)), (2, 2), "the head and the history");
    let snapshot = bed.store.snapshot().expect("a snapshot");
    let rows =
        snapshot.ledger(Window { from: Instant::from_millis(0), until: Instant::from_millis(i64::MAX) }).expect("readable");
    assert!(rows.map(|row| row.expect("readable").0).all(|key| key.feed != KNOWN_FEED));
}

/// The search still listed what its author had deleted: it came back as new, with text and author, and was removed again, and came back.
#[tokio::test]
async fn what_is_removed_does_not_come_back_with_the_next_poll() {
    let bed = Bed::new();
    let board = Arc::new(Board::new(posts(10), 10));
    run_at(&bed, &board, 0).await;
    let listed = {
        let mut posts = board.posts.lock().expect("not poisoned");
        let listed = posts.clone();
        posts.retain(|post| post.id != "5");
        listed
    };
    let (summary, _) = pass_at(&bed, &board, 1).await;
    assert_eq!(summary.total().removed, 1);
    *board.posts.lock().expect("not poisoned") = listed;
    let (summary, _) = pass_at(&bed, &board, 1).await;
    assert_eq!((summary.total().new, summary.total().known), (0, 10));
    assert_eq!(bed.texts().len(), 9);
}

/// The pause was lost: the service was asked again at once.
#[tokio::test(start_paused = true)]
async fn a_service_that_asks_to_slow_down_within_a_pass_is_given_its_pause() {
    let bed = Bed::new();
    let board = read_once(&bed, &["3"]).await;
    *board.slow_at.lock().expect("not poisoned") = Some("3".to_owned());
    let (summary, events) = pass_at(&bed, &board, 5).await;
    assert_eq!(summary.total().failed, 1);
    assert!(events.iter().any(|event| matches!(event, Event::Waiting { class: FailureClass::RateLimited, .. })));
    let calls = asked(&board);
    let slow = calls.iter().position(|ids| *ids == ["3"]).expect("it is asked for alone");
    assert_eq!(calls[..slow].concat().iter().filter(|id| *id == "5").count(), 2, "{calls:?}");
    assert!(!calls[slow + 1..].concat().contains(&"5".to_owned()), "what was read is kept: {calls:?}");
    assert_eq!(letters(&bed), [("refresh".to_owned(), "3".to_owned())], "the service mended, the mention still breaks it");
}
