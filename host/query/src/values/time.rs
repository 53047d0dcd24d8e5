//! Dates, instants, and how long ago.

use vigie_mention::Instant;

use super::{Ends, Wrong, wrong};
use crate::fields::MetaField;
use crate::metadata::{Bound, Meta, TimeRange};

/// One end of a stretch of time: a bare date is a whole day, the rest are instants.
enum Time {
    Day(Instant, Instant),
    At(Instant),
    Ago(u32),
}

/// A question about a time.
pub(super) fn time(field: MetaField, ends: &Ends<'_>) -> Result<Meta, Wrong> {
    let later = |at: Instant| settled(at.as_millis().saturating_add(1));
    let from = match ends.low.map(|(text, inside)| Ok::<_, Wrong>((instant(text)?, inside))).transpose()? {
        None => Bound::Open,
        Some((Time::Ago(hours), _)) => Bound::Ago(hours),
        Some((Time::Day(start, _), true)) => Bound::At(start),
        Some((Time::Day(_, end), false)) => Bound::At(end),
        Some((Time::At(at), true)) => Bound::At(at),
        Some((Time::At(at), false)) => Bound::At(later(at)),
    };
    let until = match ends.high.map(|(text, inside)| Ok::<_, Wrong>((instant(text)?, inside))).transpose()? {
        None => Bound::Open,
        // `-7d` alone means since then.
        Some((Time::Ago(_), _)) if ends.single => Bound::Open,
        Some((Time::Ago(hours), _)) => Bound::Ago(hours),
        // A range ends where its last date begins; `<=` a date takes all of that day.
        Some((Time::Day(start, _), _)) if ends.bracketed => Bound::At(start),
        Some((Time::Day(_, end), true)) => Bound::At(end),
        Some((Time::Day(start, _), false)) => Bound::At(start),
        Some((Time::At(at), true)) => Bound::At(later(at)),
        Some((Time::At(at), false)) => Bound::At(at),
    };
    let (reversed, empty) = match (from, until) {
        (Bound::At(from), Bound::At(until)) => (from > until, from == until),
        (Bound::Ago(from), Bound::Ago(until)) => (from < until, from == until),
        _ => (false, false),
    };
    if empty {
        return Err(wrong(
            "E205",
            "has a range with nothing in it: it ends where it begins, and the end is outside",
            "write the day after as its end, or the day alone, as in `published:2026-01-31`",
        ));
    }
    if reversed {
        return Err(wrong(
            "E205",
            "has a range that ends before it begins",
            "put the earlier date first; the end date itself is outside",
        ));
    }
    Ok(Meta::Time(field, TimeRange { from, until }))
}

/// The instant, moved into the calendar, so that it prints as itself.
fn settled(millis: i64) -> Instant {
    Instant::from_millis(millis).to_string().parse().unwrap_or(Instant::from_millis(millis))
}

fn instant(text: &str) -> Result<Time, Wrong> {
    let form = || {
        let hint = "write `2026-01-31`, `2026-01-31T08:00Z`, or `-7d` for the last seven days (`h`, `d` or `w`)";
        wrong("E203", format!("needs a date, not `{text}`"), hint)
    };
    if let Some(span) = text.strip_prefix('-') {
        let unit = span.chars().next_back().ok_or_else(form)?;
        let hours = match unit.to_ascii_lowercase() {
            'h' => 1,
            'd' => 24,
            'w' => 24 * 7,
            _ => return Err(form()),
        };
        let count = span.get(..span.len() - unit.len_utf8()).and_then(|count| count.parse::<u32>().ok()).ok_or_else(form)?;
        return count.checked_mul(hours).map(Time::Ago).ok_or_else(form);
    }
    if !text.is_ascii() {
        return Err(form());
    }
    if let Ok(start) = format!("{text}T00:00:00Z").parse::<Instant>() {
        return Ok(Time::Day(start, settled(start.as_millis().saturating_add(Instant::DAY_MS))));
    }
    let zoneless = format!("{text}Z");
    text.parse().or_else(|_| zoneless.parse()).map(Time::At).map_err(|_| form())
}
