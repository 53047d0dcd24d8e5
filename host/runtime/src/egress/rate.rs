//! How often an origin is asked: the paces declared for it, and the pauses it asked for itself.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::manifest::Rate;
use crate::origin::{Origin, OriginPattern};

/// A pause longer than this is taken for a mistake of the service; the origin is asked again after it.
const LONGEST_PAUSE: Duration = Duration::from_secs(24 * 3600);

/// Longer stretches are read as this; no service counts in more, and sums of instants stay in range.
const LONGEST_STRETCH: Duration = Duration::from_secs(366 * 24 * 3600);

/// At most so many requests in every stretch of time, evenly spread but for a burst.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    requests: u32,
    per: Duration,
    burst: u32,
}

impl Pace {
    /// At most `requests` (at least 1) in every stretch of `per`; of these a twentieth, at most 10, may go out at once.
    #[must_use]
    pub fn new(requests: u32, per: Duration) -> Self {
        let requests = requests.max(1);
        Self { requests, per: per.clamp(Duration::from_millis(1), LONGEST_STRETCH), burst: (requests / 20).clamp(1, 10) }
    }

    /// With another burst; more than half of the requests would leave nothing to spread.
    #[must_use]
    pub fn bursting(self, burst: u32) -> Self {
        Self { burst: burst.clamp(1, (self.requests / 2).max(1)), ..self }
    }

    pub(crate) fn of(rate: &Rate) -> Self {
        let pace = Self::new(rate.requests, rate.per);
        rate.burst.map_or(pace, |burst| pace.bursting(burst))
    }

    /// Time between two requests once the burst is spent. A burst plus everything that follows it in `per` is just `requests`.
    fn step(self) -> Duration {
        self.per / (self.requests - self.burst + 1)
    }

    pub(crate) fn shown(self) -> String {
        format!("{} a {:?}", self.requests, self.per)
    }
}

/// Why a request cannot go out in time.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Hold {
    /// A declared pace leaves no place before the deadline.
    Pace { pace: Pace, wait: Duration },
    /// The origin asked for a pause that outlasts the deadline.
    Asked { wait: Duration },
}

/// Paces and pauses, shared by all that use an origin.
#[derive(Debug, Default)]
pub(crate) struct Rates {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    lanes: Vec<Lane>,
    pauses: HashMap<Origin, Instant>,
}

/// One pace over the origins it was declared for.
#[derive(Debug)]
struct Lane {
    pattern: OriginPattern,
    pace: Pace,
    /// When the lane will have recovered from all it let through (the "theoretical arrival time" of the generic cell rate algorithm).
    even_at: Option<Instant>,
}

impl Lane {
    fn earliest(&self, now: Instant) -> Instant {
        let slack = self.pace.step() * (self.pace.burst - 1);
        self.even_at.map_or(now, |even| now.max(even.checked_sub(slack).unwrap_or(now)))
    }
}

impl Rates {
    /// Keeps `pace` at `pattern` from now on, besides whatever was declared before.
    pub(crate) fn declare(&self, pattern: OriginPattern, pace: Pace) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if !state.lanes.iter().any(|lane| lane.pattern == pattern && lane.pace == pace) {
            state.lanes.push(Lane { pattern, pace, even_at: None });
        }
    }

    /// Asks nothing more of `origin` for `wait`.
    pub(crate) fn pause(&self, origin: &Origin, wait: Duration) {
        let until = Instant::now() + wait.min(LONGEST_PAUSE);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        state.pauses.retain(|_, end| *end > now);
        let end = state.pauses.entry(origin.clone()).or_insert(until);
        *end = until.max(*end);
    }

    /// Waits for a place at `origin`.
    pub(crate) async fn wait(&self, origin: &Origin, deadline: Instant) -> Result<(), Hold> {
        self.wait_out_pause(origin, deadline).await?;
        let place = self.reserve(origin, deadline)?;
        tokio::time::sleep_until(place).await;
        // A pause may have been asked for in the meantime. The place is kept: it lies in the past then.
        self.wait_out_pause(origin, deadline).await
    }

    async fn wait_out_pause(&self, origin: &Origin, deadline: Instant) -> Result<(), Hold> {
        loop {
            let now = Instant::now();
            let end = self.state.lock().unwrap_or_else(PoisonError::into_inner).pauses.get(origin).copied();
            match end.filter(|end| *end > now) {
                None => return Ok(()),
                Some(end) if end >= deadline => return Err(Hold::Asked { wait: end - now }),
                Some(end) => tokio::time::sleep_until(end).await,
            }
        }
    }

    fn reserve(&self, origin: &Origin, deadline: Instant) -> Result<Instant, Hold> {
        let now = Instant::now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut lanes: Vec<&mut Lane> = state.lanes.iter_mut().filter(|lane| lane.pattern.covers(origin)).collect();
        let Some(slowest) = lanes.iter().max_by_key(|lane| lane.earliest(now)) else { return Ok(now) };
        let (place, pace) = (slowest.earliest(now), slowest.pace);
        if place > now && place >= deadline {
            return Err(Hold::Pace { pace, wait: place - now });
        }
        for lane in &mut lanes {
            lane.even_at = Some(lane.even_at.unwrap_or(place).max(place) + lane.pace.step());
        }
        Ok(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(text: &str) -> Origin {
        text.parse().expect("an origin")
    }

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn no_stretch_holds_more_than_the_pace_allows() {
        for pace in [Pace::new(1, SECOND), Pace::new(7, SECOND * 3).bursting(3), Pace::new(200, SECOND * 60)] {
            let (rates, place) = (Rates::default(), origin("https://a.example"));
            rates.declare(place.clone().into(), pace);
            let deadline = Instant::now() + SECOND * 100_000;
            let mut times = Vec::new();
            for _ in 0..pace.requests * 3 {
                rates.wait(&place, deadline).await.expect("a place");
                times.push(Instant::now());
            }
            let most = times.iter().map(|from| times.iter().filter(|at| *at >= from && **at < *from + pace.per).count()).max();
            assert_eq!(most, Some(pace.requests as usize), "{pace:?}: as many as allowed and not one more");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn all_paces_of_an_origin_are_kept_and_others_are_not_slowed() {
        let rates = Rates::default();
        rates.declare("https://*.a.example".parse().expect("a pattern"), Pace::new(1, SECOND));
        rates.declare(origin("https://x.a.example").into(), Pace::new(2, SECOND * 10));
        let (start, deadline) = (Instant::now(), Instant::now() + SECOND * 100);
        for _ in 0..3 {
            rates.wait(&origin("https://x.a.example"), deadline).await.expect("a place");
        }
        assert_eq!(start.elapsed(), SECOND * 10);
        rates.wait(&origin("https://b.example"), deadline).await.expect("a place");
        assert_eq!(start.elapsed(), SECOND * 10);
    }

    #[tokio::test(start_paused = true)]
    async fn a_place_after_the_deadline_is_not_taken() {
        let (rates, place) = (Rates::default(), origin("https://a.example"));
        rates.declare(place.clone().into(), Pace::new(1, SECOND * 60));
        let deadline = Instant::now() + SECOND * 30;
        rates.wait(&place, deadline).await.expect("the first");
        for _ in 0..3 {
            let held = rates.wait(&place, deadline).await.expect_err("too soon");
            assert_eq!(held, Hold::Pace { pace: Pace::new(1, SECOND * 60), wait: SECOND * 60 }, "refused places are not used up");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn absurd_paces_overflow_nothing() {
        let rates = Rates::default();
        let place = origin("https://a.example");
        for pace in [Pace::new(u32::MAX, Duration::ZERO), Pace::new(0, Duration::MAX).bursting(u32::MAX)] {
            rates.declare(place.clone().into(), pace);
        }
        rates.pause(&place, Duration::MAX);
        assert!(matches!(rates.wait(&place, Instant::now() + SECOND).await, Err(Hold::Asked { .. })));
        rates.wait(&place, Instant::now() + LONGEST_PAUSE * 2).await.expect("the first place");
        assert!(matches!(rates.wait(&place, Instant::now() + SECOND).await, Err(Hold::Pace { .. })));
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_is_waited_for_or_reported() {
        let (rates, place) = (Rates::default(), origin("https://a.example"));
        rates.pause(&place, SECOND * 5);
        rates.pause(&place, SECOND);
        let start = Instant::now();
        assert_eq!(rates.wait(&place, start + SECOND * 3).await, Err(Hold::Asked { wait: SECOND * 5 }));
        assert_eq!(start.elapsed(), Duration::ZERO, "a pause that is too long is not waited for");
        rates.wait(&place, start + SECOND * 30).await.expect("a place");
        assert_eq!(start.elapsed(), SECOND * 5);
    }
}
