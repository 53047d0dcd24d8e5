//! When people write: by night less than by day, at week-ends less than in the week, and much when something happens.

use std::time::Duration;

use fastrand::Rng;
use jiff::Timestamp;

/// Days told before the present.
pub(super) const PAST: u32 = 60;
/// Days told after it.
pub(super) const COMING: u32 = 14;

const HOUR: i64 = 3_600;
const DAY: f64 = 86_400.0;

/// The story's days, counted from sixty days before the present.
#[derive(Debug, Clone, Copy)]
pub(super) struct Days {
    start: Timestamp,
}

/// Activity by the local hour.
const BY_HOUR: [f64; 24] = [
    0.25, 0.15, 0.1, 0.08, 0.08, 0.12, 0.3, 0.6, 0.85, 1.0, 1.0, 0.95, 1.0, 1.0, 0.95, 0.9, 0.9, 1.0, 1.1, 1.2, 1.3, 1.25, 0.9,
    0.5,
];

impl Days {
    pub(super) fn around(now: Timestamp) -> Self {
        Self { start: now - Duration::from_secs(u64::from(PAST) * 86_400) }
    }

    /// The instant of a day and its fraction.
    pub(super) fn at(self, day: f64) -> Timestamp {
        self.start + Duration::from_secs_f64((day * DAY).max(0.0).round())
    }

    /// The day of an instant, with its fraction.
    pub(super) fn of(self, at: Timestamp) -> f64 {
        at.duration_since(self.start).as_secs_f64() / DAY
    }

    /// `count` instants between two days, dense where `weight(day)` is high, by day and in the week. `shift` is how many hours
    /// the writers' clocks are ahead of UTC; `rest` is what week-ends are worth.
    pub(super) fn sample(
        self,
        rng: &mut Rng,
        count: u32,
        between: (f64, f64),
        clock: Clock,
        weight: impl Fn(f64) -> f64,
    ) -> Vec<Timestamp> {
        let (first, last) = (self.at(between.0), self.at(between.1));
        let hours: Vec<_> = (0..)
            .map(|hour| first + Duration::from_secs(hour * 3_600))
            .take_while(|hour| *hour < last)
            .map(|hour| (hour, weight(self.of(hour)).max(0.0) * clock.activity(hour)))
            .collect();
        let total: f64 = hours.iter().map(|(_, weight)| weight).sum();
        let mut sampled = Vec::new();
        let (mut at, mut below) = (0, 0.0);
        for turn in 0..count {
            let wanted = (f64::from(turn) + rng.f64()) / f64::from(count) * total;
            while at + 1 < hours.len() && below + hours[at].1 < wanted {
                below += hours[at].1;
                at += 1;
            }
            let Some((hour, _)) = hours.get(at) else { break };
            sampled.push(*hour + Duration::from_secs(rng.u64(0..3_600)));
        }
        sampled.retain(|instant| *instant < last);
        sampled.sort();
        sampled
    }

    /// An instant some hours after another, put off to the morning when people sleep then.
    pub(super) fn later(self, rng: &mut Rng, from: Timestamp, mean_hours: f64, clock: Clock) -> Timestamp {
        let gap = -mean_hours * (1.0 - rng.f64()).ln();
        let at = from + Duration::from_secs_f64((gap * 3_600.0).max(90.0).round());
        let hour = clock.hour(at);
        if hour < 7 && rng.f64() < 0.85 { at + Duration::from_secs((7 - hour) * 3_600 + rng.u64(0..5_400)) } else { at }
    }
}

/// Whose clock people live by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    /// Hours ahead of UTC.
    pub(super) ahead: i64,
    /// What a day of the week-end is worth.
    pub(super) weekend: f64,
}

impl Clock {
    fn hour(self, at: Timestamp) -> u64 {
        ((at.as_second() + self.ahead * HOUR).rem_euclid(24 * HOUR) / HOUR).unsigned_abs()
    }

    fn activity(self, at: Timestamp) -> f64 {
        let hour = usize::try_from(self.hour(at)).unwrap_or(0);
        // 1970-01-01 was a Thursday; 0 is Sunday.
        let weekday = ((at.as_second() + self.ahead * HOUR).div_euclid(24 * HOUR) + 4).rem_euclid(7);
        let week = if matches!(weekday, 0 | 6) { self.weekend } else { 1.0 };
        BY_HOUR[hour % 24] * week
    }
}

/// Talk about the launch of the Lumio Flex, as a factor over an ordinary day.
pub(super) fn campaign(day: f64) -> f64 {
    if (15.0..26.0).contains(&day) { 1.0 + 1.2 * (-(day - 18.0).abs() / 3.5).exp() } else { 1.0 }
}

/// The crisis as seen somewhere it arrives `delay` days late: nothing before, a steep rise, a slow fall, a second small wave
/// when the answer comes.
pub(super) fn crisis(day: f64, delay: f64) -> f64 {
    let since = day - 41.1 - delay;
    if since < 0.0 {
        return 0.0;
    }
    let wave = |from: f64| if since < from { 0.0 } else { (since - from).min(0.6) / 0.6 * (-(since - from) / 2.6).exp() };
    wave(0.0) + 0.45 * wave(2.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nights_and_week_ends_are_quiet() {
        let days = Days::around(crate::story::default_now());
        let clock = Clock { ahead: 0, weekend: 0.5 };
        let sampled = days.sample(&mut Rng::with_seed(3), 6_000, (0.0, 56.0), clock, |_| 1.0);
        assert_eq!(sampled.len(), 6_000);
        let night = sampled.iter().filter(|at| clock.hour(**at) < 6).count();
        assert!(night < 500, "{night} of 6000 in a quarter of the day");
        let weekend = sampled.iter().filter(|at| matches!((at.as_second() / 86_400 + 4) % 7, 0 | 6)).count();
        assert!((850..1_150).contains(&weekend), "{weekend} of 6000 where two sevenths, halved, are about 1000");
    }

    #[test]
    fn the_crisis_rises_once_and_dies_away() {
        assert!(crisis(41.0, 0.0) == 0.0 && crisis(42.0, 1.0) == 0.0);
        assert!(crisis(42.0, 0.0) > 0.7);
        assert!(crisis(56.0, 0.0) < 0.03);
    }
}
