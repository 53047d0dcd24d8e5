//! When a feed is read again. Pure functions from what a poll brought to the state that is committed with it.

use std::time::Duration;

use vigie_mention::delivery::Next;
use vigie_mention::{FailureClass, Instant};
use vigie_store::{Walk, WalkStatus};

/// First pause after a failure that may pass by itself; doubled each time.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// Longest pause after such failures.
const LONGEST_PAUSE: Duration = Duration::from_secs(60 * 60);
/// Pause where a service asks to slow down without saying how long.
const UNSTATED_PAUSE: Duration = Duration::from_secs(60);
/// Pause after an answer we do not understand, at first; doubled each time up to [`RARELY`].
const PUZZLED_PAUSE: Duration = Duration::from_secs(5 * 60);
/// How often a door that was closed is tried again.
const RARELY: Duration = Duration::from_secs(24 * 60 * 60);
/// Longest pause a service is granted, whatever it asks for: quotas may be of a month, and nothing rests longer.
pub(crate) const LONGEST_REST: Duration = Duration::from_secs(31 * 24 * 60 * 60);
/// Failures after which a cursor that the service keeps refusing is no longer retried at once.
const STALE_TRIES: u32 = 2;

/// What the schedule knows besides the walk itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Beat {
    /// The clock.
    pub(crate) now: Instant,
    /// The connector's interval.
    pub(crate) every: Duration,
    /// 0 to 1, drawn anew for each decision: spreads connectors and retries in time.
    pub(crate) chance: f64,
}

impl Beat {
    fn jittered(&self, span: Duration) -> Instant {
        self.now + span.mul_f64(0.9 + 0.2 * self.chance)
    }

    /// Exponential back-off with full jitter, at least half the step so that a retry is never at once.
    fn back_off(&self, first: Duration, failures: u32, longest: Duration) -> Instant {
        let step = first.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1).min(16))).min(longest);
        self.now + step.mul_f64(0.5 + 0.5 * self.chance)
    }
}

/// The walk after a batch.
///
/// `more` with a cursor that did not move would be asked for ever; it is taken as the head being reached.
pub(crate) fn after_batch(walk: &Walk, cursor: Option<String>, next: Next, beat: &Beat) -> Walk {
    let moved = cursor.is_some() && cursor != walk.cursor;
    let (status, next_at) = match next {
        Next::More if moved => (WalkStatus::Reading, None),
        Next::More | Next::Later(None) => (WalkStatus::Waiting, Some(beat.jittered(beat.every))),
        Next::Later(Some(millis)) => {
            let asked = Duration::from_millis(millis).min(LONGEST_REST);
            (WalkStatus::Waiting, Some(beat.jittered(beat.every.max(asked))))
        }
        Next::Done => (WalkStatus::Done, None),
    };
    Walk { cursor: cursor.or_else(|| walk.cursor.clone()), next_at, status, failures: 0, polls: walk.polls + 1 }
}

/// The walk after a failure the plugin reported, by its class alone.
pub(crate) fn after_failure(walk: &Walk, class: FailureClass, message: &str, asked: Option<Duration>, beat: &Beat) -> Walk {
    let failures = walk.failures.saturating_add(1);
    let longest = if class == FailureClass::QuotaExhausted { LONGEST_REST } else { RARELY };
    let asked = asked.map(|asked| asked.min(longest));
    let resting = WalkStatus::Resting { class, message: message.to_owned() };
    let mut after = Walk { polls: walk.polls + 1, failures, status: resting, ..walk.clone() };
    match class {
        // Who asks for no pause, or a short one, and goes on refusing, is asked less and less often.
        FailureClass::RateLimited => {
            let asked = beat.now + asked.unwrap_or(UNSTATED_PAUSE);
            after.next_at = Some(asked.max(beat.back_off(FIRST_PAUSE, failures, LONGEST_PAUSE)));
        }
        FailureClass::QuotaExhausted => {
            after.failures = walk.failures;
            let midnight = beat.now.day() + Duration::from_secs(24 * 60 * 60);
            after.next_at = Some(asked.map_or(midnight, |pause| beat.now + pause));
        }
        FailureClass::Transient => {
            let pause = beat.back_off(FIRST_PAUSE, failures, LONGEST_PAUSE);
            after.next_at = Some(asked.map_or(pause, |asked| pause.max(beat.now + asked)));
        }
        FailureClass::UnexpectedAnswer | FailureClass::Gone => {
            after.next_at = Some(beat.back_off(PUZZLED_PAUSE, failures, RARELY))
        }
        FailureClass::StaleCursor => {
            after.cursor = None;
            after.next_at = (failures > STALE_TRIES).then(|| beat.back_off(PUZZLED_PAUSE, failures, RARELY));
            if after.next_at.is_none() {
                after.status = WalkStatus::Reading;
            }
        }
        FailureClass::Settings | FailureClass::Unauthorized | FailureClass::Forbidden => {
            after.next_at = Some(beat.jittered(RARELY));
        }
    }
    after
}

/// The walk of a feed that does not exist any more.
pub(crate) fn ended(walk: Walk) -> Walk {
    Walk { status: WalkStatus::Done, next_at: None, ..walk }
}

/// The walk after the plugin itself broke: a trap, a limit, an answer outside the contract.
pub(crate) fn after_fault(walk: &Walk, message: &str, rest: Option<Instant>, beat: &Beat) -> Walk {
    let after = after_failure(walk, FailureClass::Transient, message, None, beat);
    Walk { next_at: rest.or(after.next_at), ..after }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Instant = Instant::from_millis(1_795_334_400_000);

    fn beat() -> Beat {
        Beat { now: NOW, every: Duration::from_secs(1800), chance: 0.5 }
    }

    fn seconds(walk: &Walk) -> Option<u64> {
        walk.next_at.map(|at| at.since(NOW).as_secs())
    }

    #[test]
    fn a_batch_moves_the_cursor_and_forgives_failures() {
        let walk = Walk { failures: 3, ..Walk::default() };
        let more = after_batch(&walk, Some("a".into()), Next::More, &beat());
        assert_eq!((more.status.clone(), more.cursor.as_deref(), more.failures), (WalkStatus::Reading, Some("a"), 0));
        let same = after_batch(&more, Some("a".into()), Next::More, &beat());
        assert_eq!(same.status, WalkStatus::Waiting, "the same cursor twice is no reason to ask for ever");
        let none = after_batch(&more, None, Next::Later(None), &beat());
        assert_eq!((none.cursor.as_deref(), seconds(&none)), (Some("a"), Some(1800)), "no cursor leaves it as it is");
        assert_eq!(seconds(&after_batch(&more, None, Next::Later(Some(7_200_000)), &beat())), Some(7200));
        assert_eq!(seconds(&after_batch(&more, None, Next::Later(Some(1)), &beat())), Some(1800));
        assert_eq!(after_batch(&more, None, Next::Done, &beat()).status, WalkStatus::Done);
    }

    #[test]
    fn each_class_has_its_pause() {
        let walk = Walk { cursor: Some("a".into()), ..Walk::default() };
        let after = |class, asked: Option<u64>| after_failure(&walk, class, "m", asked.map(Duration::from_secs), &beat());
        for (class, asked, pause, failures) in [
            (FailureClass::RateLimited, Some(7), Some(7), 1),
            (FailureClass::RateLimited, Some(0), Some(3), 1),
            (FailureClass::RateLimited, None, Some(60), 1),
            (FailureClass::QuotaExhausted, None, Some(16 * 3600), 0),
            (FailureClass::QuotaExhausted, Some(9), Some(9), 0),
            (FailureClass::Transient, None, Some(3), 1),
            (FailureClass::Transient, Some(100), Some(100), 1),
            (FailureClass::UnexpectedAnswer, None, Some(225), 1),
            (FailureClass::Settings, None, Some(86_400), 1),
            (FailureClass::Unauthorized, None, Some(86_400), 1),
            (FailureClass::Forbidden, None, Some(86_400), 1),
            (FailureClass::Gone, None, Some(225), 1),
            (FailureClass::RateLimited, Some(u64::MAX), Some(86_400), 1),
            (FailureClass::Transient, Some(1 << 40), Some(86_400), 1),
            (FailureClass::QuotaExhausted, Some(u64::MAX), Some(31 * 86_400), 0),
        ] {
            let next = after(class, asked);
            assert_eq!((seconds(&next), next.failures, next.cursor.as_deref()), (pause, failures, Some("a")), "{class}");
        }
    }

    #[test]
    fn a_senseless_pause_after_a_batch_ends() {
        let month = after_batch(&Walk::default(), None, Next::Later(Some(u64::MAX)), &beat());
        assert_eq!(seconds(&month), Some(31 * 86_400));
    }

    #[test]
    fn a_stale_cursor_is_dropped_and_read_again_but_not_for_ever() {
        let mut walk = Walk { cursor: Some("old".into()), ..Walk::default() };
        for again in [true, true, false] {
            walk = after_failure(&walk, FailureClass::StaleCursor, "m", None, &beat());
            assert_eq!(walk.cursor, None);
            assert_eq!(walk.status == WalkStatus::Reading, again);
        }
    }

    #[test]
    fn pauses_grow_and_end() {
        let mut walk = Walk::default();
        let mut pauses = Vec::new();
        for _ in 0..14 {
            walk = after_failure(&walk, FailureClass::Transient, "m", None, &beat());
            pauses.extend(seconds(&walk));
        }
        assert!(pauses.windows(2).all(|pair| pair[0] <= pair[1]), "{pauses:?}");
        assert_eq!(pauses.last(), Some(&2700));
    }
}
