//! Volume: mentions per day.

use serde::Serialize;
use vigie_mention::{Instant, Window};

use crate::gaps::Gap;
use crate::tally::Polarities;

/// One day, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Day {
    /// Its first instant.
    pub day: Instant,
    /// Mentions published on it.
    pub volume: u64,
    /// Those in favour.
    pub positive: u64,
    /// Those that are neither.
    pub neutral: u64,
    /// Those against.
    pub negative: u64,
    /// Those of which nothing says which way they lean.
    pub unknown: u64,
    /// Whether some connector does not tell of at least half of it: that there is little is then not known to be silence.
    pub gap: bool,
    /// Whether only a part of it counts: the window cuts it, or it is not over. Absent for a whole day.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
}

/// The days of a window with what was counted on them.
pub(crate) fn days(window: Window, now: Instant, counts: &[Polarities], gaps: &[Gap]) -> Vec<Day> {
    let day = |(day, counts): (Instant, &Polarities)| Day {
        day,
        volume: counts.total(),
        positive: counts.positive,
        neutral: counts.neutral,
        negative: counts.negative,
        unknown: counts.unknown,
        gap: is_gap(day, window, now, gaps),
        partial: length(part(day, window, now)) < Instant::DAY_MS,
    };
    window.days().zip(counts).map(day).collect()
}

/// Whether some gap takes at least half of what the window has of a day.
pub(crate) fn is_gap(day: Instant, window: Window, now: Instant, gaps: &[Gap]) -> bool {
    let part = part(day, window, now);
    let common = |gap: &Gap| Window { from: gap.from.max(part.from), until: gap.until.min(part.until) };
    length(part) > 0 && gaps.iter().any(|gap| length(common(gap)) * 2 >= length(part))
}

/// What of a day lies inside the window and is over.
fn part(day: Instant, window: Window, now: Instant) -> Window {
    let end = Instant::from_millis(day.as_millis().saturating_add(Instant::DAY_MS));
    Window { from: day.max(window.from), until: end.min(window.until).min(now) }
}

fn length(window: Window) -> i64 {
    window.until.as_millis().saturating_sub(window.from.as_millis()).max(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hour(hour: i64) -> Instant {
        Instant::from_millis(hour * Instant::HOUR_MS)
    }

    #[test]
    fn days_that_are_cut_or_not_over_are_partial() {
        let partial = |from, until, now| {
            let window = Window { from: hour(from), until: hour(until) };
            days(window, hour(now), &[Polarities::default(); 9], &[]).iter().map(|day| day.partial).collect::<Vec<_>>()
        };
        assert_eq!(partial(0, 48, 99), [false, false]);
        assert_eq!(partial(12, 84, 99), [true, false, false, true]);
        assert_eq!(partial(0, 72, 30), [false, true, true]);
    }
}
