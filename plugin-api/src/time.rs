//! What services write where a date should be, as a [`Moment`] that remembers how much they said.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::{rfc2822 as mail, temporal};
use jiff::tz::TimeZone;

use crate::{Instant, Moment};

/// Text or a number that is no date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeError {
    found: String,
    wanted: &'static str,
}

impl std::fmt::Display for TimeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` is no {}", self.found, self.wanted)
    }
}

impl std::error::Error for TimeError {}

/// Before this (1971-01-01) a date is a service's way to say that it has none.
const FIRST_INSTANT: Instant = 365 * 86_400_000;

/// Whether something dated `at` lies before what is wanted. What has no date is never too old, and a date before 1971 is none: the host
/// keeps what has one and shows what was stated.
///
/// # Examples
/// ```
/// # use vigie_plugin::time;
/// let since = Some(1_767_312_000_000);
/// assert!(time::is_before(Some(1_700_000_000_000), since));
/// assert!(!time::is_before(Some(0), since));
/// assert!(!time::is_before(None, since));
/// assert!(!time::is_before(Some(1_700_000_000_000), None));
/// ```
#[must_use]
pub fn is_before(at: Option<Instant>, since: Option<Instant>) -> bool {
    at.filter(|at| *at >= FIRST_INSTANT).zip(since).is_some_and(|(at, since)| at < since)
}

fn refuse(found: impl ToString, wanted: &'static str) -> TimeError {
    TimeError { found: found.to_string().chars().take(60).collect(), wanted }
}

static ISO: temporal::DateTimeParser = temporal::DateTimeParser::new();
/// Feeds name the wrong weekday often enough; the date counts.
static MAIL: mail::DateTimeParser = mail::DateTimeParser::new().relaxed_weekday(true);

/// Reads whatever form of date `text` has.
///
/// # Shape
/// RFC 3339 and its relatives, RFC 2822 and its predecessors, a date alone, Unix seconds (up to eleven digits) or milliseconds.
///
/// # Errors
/// Where it is none of these.
pub fn parse(text: &str) -> Result<Moment, TimeError> {
    let text = text.trim();
    if let Ok(number) = text.parse::<i64>()
        && text.len() > 8
    {
        return if number.unsigned_abs() < 100_000_000_000 { unix_seconds(number) } else { unix_millis(number) };
    }
    rfc3339(text).or_else(|_| rfc2822(text)).map_err(|_| refuse(text, "date"))
}

/// Reads an RFC 3339 date-time or one of its relatives.
///
/// # Shape
/// `text`: date and time with an offset (`Z`, `+02:00`, also `+0200` and `+02`, also ` UTC`), without one (zoneless), or a date
/// alone (day). `T`, `t` or a space stands between; fractions of seconds are kept to milliseconds; a leap second counts as the
/// one before it.
///
/// # Errors
/// [`TimeError`] where it is no real date.
///
/// # Examples
/// ```
/// # use vigie_plugin::{Moment, time};
/// assert_eq!(time::rfc3339("2026-01-02T03:04:05+0200")?, Moment::second(1_767_315_845_000));
/// assert_eq!(time::rfc3339("2026-01-02")?, Moment::day(1_767_312_000_000));
/// # Ok::<(), time::TimeError>(())
/// ```
///
/// # Source
/// RFC 3339 section 5.6; ISO 8601-1 for the shorter offsets.
pub fn rfc3339(text: &str) -> Result<Moment, TimeError> {
    let text = text.trim();
    let stated = match text.strip_suffix(" UTC").or_else(|| text.strip_suffix(" GMT")) {
        Some(front) => format!("{front}Z"),
        None => text.to_owned(),
    };
    if !stated.contains(':')
        && let Ok(date) = ISO.parse_date(&stated)
    {
        return day(date).ok_or_else(|| refuse(text, "date"));
    }
    if let Ok(at) = ISO.parse_timestamp(&stated) {
        return Ok(Moment::second(at.as_millisecond()));
    }
    // `2026-01-02 03:04:05 +0200`, as Ruby prints it.
    if let Some((front, offset)) = stated.rsplit_once(' ')
        && offset.starts_with(['+', '-'])
        && let Ok(at) = ISO.parse_timestamp(format!("{front}{offset}"))
    {
        return Ok(Moment::second(at.as_millisecond()));
    }
    let zoneless = ISO.parse_datetime(&stated).ok().and_then(as_if_utc);
    zoneless.map(Moment::zoneless).ok_or_else(|| refuse(text, "RFC 3339 date-time"))
}

/// Reads an RFC 2822 date-time, or an RFC 822 one as RSS writes it.
///
/// # Shape
/// `text`: weekday optional and not believed, year of two or four digits, seconds optional, offset as number or name (`GMT`,
/// `EST`, …). A missing offset makes it zoneless.
///
/// # Errors
/// [`TimeError`] where it is no real date.
///
/// # Source
/// RFC 2822 sections 3.3 and 4.3; RFC 822 section 5.
pub fn rfc2822(text: &str) -> Result<Moment, TimeError> {
    let text = text.trim();
    if let Ok(at) = MAIL.parse_timestamp(text) {
        return Ok(Moment::second(at.as_millisecond()));
    }
    // Without an offset; with one it would have been read above unless the rest is wrong as well.
    let supplied =
        text.ends_with(|c: char| c.is_ascii_digit()).then(|| MAIL.parse_timestamp(format!("{text} +0000")).ok()).flatten();
    supplied.map(|at| Moment::zoneless(at.as_millisecond())).ok_or_else(|| refuse(text, "RFC 2822 date-time"))
}

/// Reads seconds since 1970.
///
/// # Errors
/// [`TimeError`] beyond the years -9999 to 9999.
pub fn unix_seconds(seconds: i64) -> Result<Moment, TimeError> {
    let at = Timestamp::from_second(seconds).map_err(|_| refuse(seconds, "number of seconds since 1970"))?;
    Ok(Moment::second(at.as_millisecond()))
}

/// Reads milliseconds since 1970.
///
/// # Errors
/// [`TimeError`] beyond the years -9999 to 9999.
pub fn unix_millis(milliseconds: i64) -> Result<Moment, TimeError> {
    let at = Timestamp::from_millisecond(milliseconds).map_err(|_| refuse(milliseconds, "number of milliseconds since 1970"))?;
    Ok(Moment::second(at.as_millisecond()))
}

/// An instant as RFC 3339 in UTC, for a service's `since` parameter. Instants no calendar has become the nearest it has.
#[must_use]
pub fn to_rfc3339(at: Instant) -> String {
    let nearest = if at < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_millisecond(at).unwrap_or(nearest).to_string()
}

/// An instant as whole seconds since 1970, rounded down.
#[must_use]
pub const fn to_unix_seconds(at: Instant) -> i64 {
    at.div_euclid(1000)
}

fn day(date: Date) -> Option<Moment> {
    as_if_utc(date.to_datetime(jiff::civil::Time::midnight())).map(Moment::day)
}

fn as_if_utc(time: DateTime) -> Option<Instant> {
    TimeZone::UTC.to_timestamp(time).ok().map(Timestamp::as_millisecond)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_767_315_845_000; // 2026-01-02T01:04:05Z

    #[test]
    fn iso_dates() {
        let hour = 3_600_000;
        let cases = [
            ("2026-01-02T01:04:05Z", Moment::second(SECOND)),
            ("2026-01-02t01:04:05z", Moment::second(SECOND)),
            (" 2026-01-02 01:04:05Z\n", Moment::second(SECOND)),
            ("2026-01-02T03:04:05+02:00", Moment::second(SECOND)),
            ("2026-01-02T03:04:05+0200", Moment::second(SECOND)),
            ("2026-01-02T03:04:05+02", Moment::second(SECOND)),
            ("2026-01-02 03:04:05 +0200", Moment::second(SECOND)),
            ("2026-01-02 01:04:05 UTC", Moment::second(SECOND)),
            ("2026-01-02T01:04:05.678901Z", Moment::second(SECOND + 678)),
            ("2016-12-31T23:59:60Z", Moment::second(1_483_228_799_000)),
            ("2026-01-02T01:04:05", Moment::zoneless(SECOND)),
            ("2026-01-02 01:04:05.5", Moment::zoneless(SECOND + 500)),
            ("2026-01-02", Moment::day(SECOND - hour - 245_000)),
            ("1969-12-31", Moment::day(-24 * hour)),
        ];
        for (text, moment) in cases {
            assert_eq!(rfc3339(text), Ok(moment), "{text}");
            assert_eq!(parse(text), Ok(moment), "{text}");
        }
    }

    #[test]
    fn mail_dates() {
        let cases = [
            ("Fri, 02 Jan 2026 01:04:05 GMT", Moment::second(SECOND)),
            ("Fri, 02 Jan 2026 01:04:05 UT", Moment::second(SECOND)),
            ("Mon, 2 Jan 2026 03:04:05 +0200", Moment::second(SECOND)),
            ("2 Jan 26 03:04:05 +0200", Moment::second(SECOND)),
            ("Thu, 01 Jan 2026 20:04:05 EST", Moment::second(SECOND)),
            ("Fri, 02 Jan 2026 01:04 Z", Moment::second(SECOND - 5_000)),
            ("Fri, 02 Jan 2026 01:04:05", Moment::zoneless(SECOND)),
        ];
        for (text, moment) in cases {
            assert_eq!(rfc2822(text), Ok(moment), "{text}");
            assert_eq!(parse(text), Ok(moment), "{text}");
        }
    }

    #[test]
    fn numbers() {
        assert_eq!(parse("1767315845"), Ok(Moment::second(SECOND)));
        assert_eq!(parse("1767315845000"), Ok(Moment::second(SECOND)));
        assert_eq!(unix_seconds(-1), Ok(Moment::second(-1000)));
        assert!(unix_seconds(i64::MAX).is_err() && unix_millis(i64::MIN).is_err());
    }

    #[test]
    fn what_is_no_date_is_refused_and_named() {
        for text in
            ["", "yesterday", "2026-13-01", "2026-02-30T00:00:00Z", "12", "99999999999999999999", "Fri, 32 Jan 2026 00:00:00 GMT"]
        {
            let error = parse(text).expect_err(text);
            assert!(error.to_string().contains(text), "{error}");
        }
        assert!(parse(&"é".repeat(1000)).expect_err("no date").to_string().len() < 200);
    }

    #[test]
    fn instants_for_services() {
        assert_eq!(to_rfc3339(SECOND), "2026-01-02T01:04:05Z");
        assert_eq!(to_rfc3339(i64::MAX), to_rfc3339(Timestamp::MAX.as_millisecond() + 1));
        assert_eq!((to_unix_seconds(-1), to_unix_seconds(1_999)), (-1, 1));
    }
}
