//! Mentions that break their plugin when they are read again: the pass that met one asked for the same mentions for ever, and nothing
//! that was due after them was read again at all.

use std::sync::Arc;
use std::time::Duration;

use vigie_mention::Instant;
use vigie_pipeline::{Event, Options};
use vigie_runtime::Clock;

use super::{Bed, options, plan, posts, run_with};
use crate::fakes::{Board, NOW};

/// Runs at the hour, with every mention to be read again six hours after it was published.
async fn run_at(bed: &Bed, board: &Arc<Board>, hour: i64) -> Vec<Event> {
    let mut wanted = plan(board.clone(), vec![]);
    wanted.connectors[0].refresh = vec![Duration::from_secs(6 * 3_600)];
    let now = Instant::from_millis(NOW.as_millis() + hour * Instant::HOUR_MS);
    let (summary, events) = run_with(bed, wanted, Options { clock: Clock::Fixed(now), ..options() }).await;
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

#[tokio::test]
async fn a_plugin_that_breaks_on_everything_is_given_rest() {
    let bed = Bed::new();
    let all: Vec<String> = (0..10).map(|number| number.to_string()).collect();
    let board = read_once(&bed, &all.iter().map(String::as_str).collect::<Vec<_>>()).await;
    run_at(&bed, &board, 10).await;
    let given_up = |calls: Vec<Vec<String>>| calls.into_iter().filter(|ids| ids.len() == 1).flatten().collect::<Vec<_>>();
    assert_eq!(given_up(asked(&board)), ["5", "4", "3", "2", "1"], "five in a row are enough");
    board.poison.lock().expect("not poisoned").clear();
    run_at(&bed, &board, 10).await;
    assert_eq!(asked(&board).concat(), ["0"], "mended, it goes on behind them");
    assert_eq!(letters(&bed).len(), 5);
}
