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
    /// Whether some connector did not read for at least half of the day: that there is little is then not known to be silence.
    pub gap: bool,
}

/// The days of a window with what was counted on them.
pub(crate) fn days(window: Window, counts: &[Polarities], gaps: &[Gap]) -> Vec<Day> {
    let day = |(day, counts): (Instant, &Polarities)| Day {
        day,
        volume: counts.total(),
        positive: counts.positive,
        neutral: counts.neutral,
        negative: counts.negative,
        unknown: counts.unknown,
        gap: gaps.iter().any(|gap| overlap(day, gap) * 2 >= Instant::DAY_MS),
    };
    window.days().zip(counts).map(day).collect()
}

/// Milliseconds of the day that lie in the gap.
fn overlap(day: Instant, gap: &Gap) -> i64 {
    let (from, until) = (day.as_millis(), day.as_millis().saturating_add(Instant::DAY_MS));
    (gap.until.as_millis().min(until) - gap.from.as_millis().max(from)).max(0)
}
