//! What is said below a post: whether a feed of it is worth having, how long it rests, when it ends.
//!
//! A post is mostly found before anybody answered it. So a young one has a feed for its answers although there are none yet;
//! that feed waits a while first, and rests the longer the older the post is.
//!
//! # Examples
//! ```
//! use vigie_plugin::conversation::Conversation;
//! use vigie_plugin::testing::FakeHost;
//!
//! const DAY_MS: i64 = 86_400_000;
//! let host = FakeHost::new();
//! host.set_clock(10 * DAY_MS);
//! host.run(|| {
//!     let young = Conversation::new(Some(8 * DAY_MS), 3 * DAY_MS);
//!     assert!(young.is_worth_reading(Some(0)), "somebody may answer yet");
//!     assert_eq!(young.expires_at(), 11 * DAY_MS);
//!     assert_eq!(young.pause(), Some(6 * 3_600_000));
//!
//!     let old = Conversation::new(Some(2 * DAY_MS), 3 * DAY_MS);
//!     assert!(old.is_worth_reading(Some(1)) && !old.is_worth_reading(Some(0)));
//!     assert_eq!(old.expires_at(), 11 * DAY_MS, "time to read it once");
//!     assert_eq!(old.pause(), None);
//! });
//! ```

use crate::paging::Cursor;
use crate::{Batch, Instant, Next, Poll, clock};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// What is said below one post, and for how long that is read.
#[derive(Debug, Clone, Copy)]
pub struct Conversation {
    published: Instant,
    ends: Instant,
    now: Instant,
}

impl Conversation {
    /// The conversation below what was published at an instant (now, where nothing is known), read for some milliseconds from then.
    #[must_use]
    pub fn new(published: Option<Instant>, read_for_ms: i64) -> Self {
        let now = clock::now();
        let published = published.unwrap_or(now);
        Self { published, ends: published.saturating_add(read_for_ms), now }
    }

    /// Whether a feed of it brings anything: where something was said, or may be yet. `count`: how many answers there are, if known.
    #[must_use]
    pub fn is_worth_reading(&self, count: Option<u64>) -> bool {
        count != Some(0) || !self.has_ended()
    }

    /// Whether nothing new is read any more.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.ends <= self.now
    }

    /// When nothing new is read any more.
    #[must_use]
    pub const fn ends(&self) -> Instant {
        self.ends
    }

    /// When its feed ends. What is old is read once and has a day for that.
    #[must_use]
    pub fn expires_at(&self) -> Instant {
        self.ends.max(self.now.saturating_add(DAY_MS))
    }

    /// How long its feed may rest, milliseconds: an eighth of its age, a quarter of an hour at least and a day at most, because the
    /// older a conversation is, the rarer something new is said in it. `None` when it has ended.
    #[must_use]
    pub fn pause(&self) -> Option<u64> {
        let age = self.now.saturating_sub(self.published);
        (!self.has_ended()).then(|| (age / 8).clamp(15 * MINUTE_MS, DAY_MS).unsigned_abs())
    }

    /// Sets what comes after the last page of a walk: nothing once the conversation has ended; a pause where nobody spoke before
    /// (`quiet`) and nobody does now; else what the batch says already.
    #[must_use]
    pub fn paced(&self, batch: Batch, quiet: bool) -> Batch {
        match self.pause() {
            _ if batch.next == Next::More => batch,
            None => batch.done(),
            Some(pause) if quiet && batch.changes.is_empty() => batch.later(pause),
            Some(_) => batch,
        }
    }
}

/// The first answer of a feed for a post that had no answers when it was found (`quiet`): it waits for half an hour. `None` ever after.
#[must_use]
pub fn wait_at_first<C: Cursor + Default>(request: &Poll, quiet: bool) -> Option<Batch> {
    let waits = quiet && request.cursor.is_none();
    waits.then(|| Batch::new().position(&C::default()).later((30 * MINUTE_MS).unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::FakeHost;
    use crate::{Feed, Mention, MentionKind};

    #[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
    struct Nowhere {}

    impl Cursor for Nowhere {
        const VERSION: u32 = 1;
    }

    #[test]
    fn a_pause_grows_with_age_within_bounds() {
        let host = FakeHost::new();
        host.set_clock(100 * DAY_MS);
        host.run(|| {
            let pause = |age: i64| Conversation::new(Some(100 * DAY_MS - age), 50 * DAY_MS).pause();
            assert_eq!(pause(0), Some(15 * 60_000));
            assert_eq!(pause(8 * 60 * MINUTE_MS), Some(3_600_000));
            assert_eq!(pause(49 * DAY_MS), Some(86_400_000));
            assert_eq!(pause(50 * DAY_MS), None);
            assert_eq!(pause(-DAY_MS), Some(15 * 60_000), "a date in the future");
            assert_eq!(Conversation::new(None, 1).pause(), Some(15 * 60_000));
            assert!(Conversation::new(Some(i64::MIN), i64::MAX).has_ended());
        });
    }

    #[test]
    fn a_walk_ends_with_the_conversation_and_rests_where_nobody_speaks() {
        let host = FakeHost::new();
        host.set_clock(100 * DAY_MS);
        host.run(|| {
            let said = || Batch::new().upsert(Mention::new("1", MentionKind::Comment)).later(None);
            let young = Conversation::new(Some(99 * DAY_MS), 2 * DAY_MS);
            assert_eq!(young.paced(said(), true).next, Next::Later(None));
            assert_eq!(young.paced(Batch::new().later(None), true).next, Next::Later(Some(3 * 3_600_000)));
            assert_eq!(young.paced(Batch::new().later(None), false).next, Next::Later(None));
            let old = Conversation::new(Some(90 * DAY_MS), 2 * DAY_MS);
            assert_eq!(old.paced(said(), false).next, Next::Done);
            assert_eq!(old.paced(said().more(), false).next, Next::More);
        });
    }

    #[test]
    fn only_a_quiet_feed_waits_and_only_once() {
        let request = Poll::newer(Feed::new("f", "f"));
        assert!(wait_at_first::<Nowhere>(&request, false).is_none());
        let first = wait_at_first::<Nowhere>(&request, true).expect("it waits");
        assert_eq!(first.next, Next::Later(Some(1_800_000)));
        assert!(wait_at_first::<Nowhere>(&request.cursor(first.cursor), true).is_none());
    }
}
