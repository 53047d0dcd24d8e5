//! Feeds read by hand, poll by poll.

use std::collections::BTreeSet;

use vigie_mention::delivery::{Batch, Change, Direction, Feed, Next, PollRequest};
use vigie_runtime::{CallError, SourcePlugin};

use super::bench::Bench;
use crate::TestError;

/// Most polls of one walk: whatever needs more with batches of ten goes round in circles.
const POLLS: usize = 400;
/// Feeds and checkpoints that are tried.
const FEEDS: usize = 3;
const CHECKPOINTS: usize = 8;

/// Reads one feed from a cursor on until it has nothing more for now.
fn walk(
    bench: &Bench,
    source: &SourcePlugin,
    feed: &Feed,
    direction: Direction,
    cursor: Option<String>,
) -> Result<Vec<Batch>, CallError> {
    let mut batches: Vec<Batch> = Vec::new();
    let mut cursor = cursor;
    while batches.len() < POLLS {
        // As the pipeline asks: history has a bound, a feed's head too until there is a cursor.
        let since = (direction == Direction::Older || cursor.is_none())
            .then(|| bench.now() - std::time::Duration::from_secs(100 * 86_400));
        let request = PollRequest { feed: feed.clone(), direction, cursor: cursor.clone(), since, limit: 10 };
        let batch = bench.block_on(source.poll(request))?;
        cursor.clone_from(&batch.cursor);
        let more = batch.next == Next::More;
        batches.push(batch);
        if !more {
            break;
        }
    }
    Ok(batches)
}

fn ids<'a>(batches: impl IntoIterator<Item = &'a Batch>) -> BTreeSet<String> {
    let changes = batches.into_iter().flat_map(|batch| &batch.changes);
    changes
        .map(|change| match change {
            Change::Upsert(mention) => mention.id.clone(),
            Change::Remove(id) => id.clone(),
        })
        .collect()
}

/// Stopped after any poll, the rest read from that cursor completes what came before; every walk ends.
///
/// # Errors
/// [`TestError`] when the plugin cannot be used.
pub fn every_checkpoint_resumes(bench: &Bench) -> Result<Vec<String>, TestError> {
    let source = bench.source()?;
    let mut complaints = Vec::new();
    let mut waiting: Vec<Feed> = match bench.block_on(source.plan(&bench.searches()?)) {
        Ok(feeds) => feeds,
        Err(error) => return Ok(vec![format!("planning failed: {error}")]),
    };
    let mut read = 0;
    while let Some(feed) = waiting.pop() {
        if read == FEEDS {
            break;
        }
        read += 1;
        for direction in [Direction::Newer, Direction::Older] {
            let whole = match walk(bench, &source, &feed, direction, None) {
                Ok(whole) => whole,
                Err(error) => {
                    complaints.push(format!("`{}` {direction:?} failed: {error}", feed.title));
                    continue;
                }
            };
            if whole.len() == POLLS {
                complaints.push(format!("`{}` {direction:?} has not ended after {POLLS} polls", feed.title));
                continue;
            }
            waiting.extend(whole.iter().flat_map(|batch| batch.feeds.clone()).take(2));
            let all = ids(&whole);
            for stop in 0..whole.len().min(CHECKPOINTS) {
                let Some(cursor) = whole[stop].cursor.clone() else { continue };
                let rest = match walk(bench, &source, &feed, direction, Some(cursor)) {
                    Ok(rest) => rest,
                    Err(error) => {
                        complaints.push(format!(
                            "`{}` {direction:?} resumed after poll {} failed: {error}",
                            feed.title,
                            stop + 1
                        ));
                        continue;
                    }
                };
                let union: BTreeSet<String> = ids(&whole[..=stop]).into_iter().chain(ids(&rest)).collect();
                // A finished walk that is resumed may look further; it may lose nothing.
                let lost: Vec<&String> = all.difference(&union).take(5).collect();
                if !lost.is_empty() {
                    complaints.push(format!("`{}` {direction:?} resumed after poll {}: lost {lost:?}", feed.title, stop + 1));
                }
            }
        }
    }
    Ok(complaints)
}
