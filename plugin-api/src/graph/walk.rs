//! Walking an edge that lists newest first.

use serde::{Deserialize, Serialize};

use super::Step;
use crate::{Batch, Cursor, Direction, Instant, Mention, Poll, clock, ids, log};

/// What is published late, or was in flight while the head was read, is found by reading so far below the mark again.
const OVERLAP_MS: i64 = 3_600_000;
/// An edge that goes on behind so many pages turns in circles.
const MOST_PAGES: u32 = 5_000;

/// How far an edge was read: the position of a feed.
///
/// `newer` reads from the head down to the mark, which is the newest instant of the *first* page of the walk before and becomes known
/// when that walk has ended, not earlier: so what appears while a walk goes on is not skipped. `older` reads down to
/// `since`. Both go on from page to page by the [`Step`] the service named; neither looks for an anchor that may be deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Walk {
    mark: Option<Instant>,
    top: Option<Instant>,
    step: Option<Step>,
    page: u32,
    seen: Option<String>,
    /// How many items a page may have, where the service found the usual number too heavy.
    pub limit: Option<u32>,
    /// How far below the mark the head is read again, in milliseconds, where that is more than an hour.
    #[serde(skip)]
    pub overlap: Option<i64>,
}

impl Cursor for Walk {
    const VERSION: u32 = 1;
}

impl Walk {
    /// Where the page to read begins; `None` for the first one.
    #[must_use]
    pub fn step(&self) -> Option<&Step> {
        self.step.as_ref()
    }

    /// Nothing published before this instant is wanted of the walk.
    #[must_use]
    pub fn floor(&self, request: &Poll) -> Option<Instant> {
        let mark = self.mark.filter(|_| request.direction == Direction::Newer);
        mark.map(|mark| mark.saturating_sub(self.overlap.unwrap_or(OVERLAP_MS))).max(request.since)
    }

    /// Whether a mention is older than what is wanted.
    #[must_use]
    pub fn is_past(&self, mention: &Mention, request: &Poll) -> bool {
        let published = mention.published.map(|moment| moment.at);
        published.zip(self.floor(request)).is_some_and(|(published, floor)| published < floor)
    }

    /// Completes the batch of a page with the position behind it and what to do next.
    ///
    /// `ids` and `instants` are those of everything on the page, wanted or not; `next` is where the next page begins.
    #[must_use]
    pub fn turn(mut self, request: &Poll, batch: Batch, ids: &[&str], instants: &[Option<Instant>], next: Option<Step>) -> Batch {
        let newest = instants.iter().flatten().max().copied();
        if self.page == 0 {
            self.top = newest;
        }
        // Of items without a date nothing can be told, so they never end a walk.
        let past = !instants.is_empty()
            && self.floor(request).is_some_and(|floor| instants.iter().all(|at| at.is_some_and(|at| at < floor)));
        let seen = ids::hash(&ids.join("\n"));
        let circles = (next == self.step && self.seen.as_ref() == Some(&seen)) || self.page >= MOST_PAGES;
        if circles && next.is_some() {
            log::warn(format_args!("feed `{}` names the page just read as the next one; it ends here", request.feed.id));
        }
        if next.is_some() && !past && !circles {
            let on = Self { step: next, page: self.page + 1, seen: Some(seen), ..self };
            return batch.position(&on).more();
        }
        if request.direction == Direction::Older {
            return batch.done();
        }
        let mark = self.mark.max(self.top).or(request.since).unwrap_or_else(clock::now);
        batch.position(&Self { mark: Some(mark), limit: self.limit, ..Self::default() }).later(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::FakeHost;
    use crate::{Feed, Next};

    fn step(name: &str) -> Option<Step> {
        Some(Step(vec![("after".to_owned(), name.to_owned())]))
    }

    fn walk(request: &Poll, ids: &[&str], at: &[i64], next: Option<Step>) -> Batch {
        let position: Walk = request.position().expect("a cursor of ours").unwrap_or_default();
        let instants: Vec<Option<Instant>> = at.iter().map(|at| Some(*at)).collect();
        FakeHost::new().run(|| position.turn(request, Batch::new(), ids, &instants, next))
    }

    const H: i64 = OVERLAP_MS;

    #[test]
    fn the_mark_comes_from_the_first_page_and_counts_after_the_last() {
        let request = Poll::newer(Feed::new("f", "f"));
        let first = walk(&request, &["a"], &[50 * H], step("x"));
        assert_eq!(first.next, Next::More);
        let last = walk(&request.clone().cursor(first.cursor), &["b"], &[60 * H], None);
        assert_eq!(last.next, Next::Later(None));
        let again = request.cursor(last.cursor);
        // The page of 60 h came after the head was read, so the mark is 50 h, and an hour below it is read again.
        assert_eq!(walk(&again, &["c"], &[49 * H], step("y")).next, Next::More);
        assert_eq!(walk(&again, &["c"], &[49 * H - 1], step("y")).next, Next::Later(None));
        assert_eq!(walk(&again, &[], &[], step("y")).next, Next::More, "an empty page is not the end");
    }

    #[test]
    fn history_ends_at_its_bound_and_a_circle_ends_too() {
        let older = Poll::older(Feed::new("f", "f")).since(10 * H);
        assert_eq!(walk(&older, &["a"], &[10 * H], step("x")).next, Next::More);
        assert_eq!(walk(&older, &["a"], &[10 * H - 1], step("x")).next, Next::Done);
        let first = walk(&older, &["a"], &[20 * H], step("x"));
        let second = walk(&older.clone().cursor(first.cursor), &["b"], &[20 * H], step("x"));
        assert_eq!(second.next, Next::More, "the same cursor with other items goes on");
        assert_eq!(walk(&older.cursor(second.cursor), &["b"], &[20 * H], step("x")).next, Next::Done);
    }
}
