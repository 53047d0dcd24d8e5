//! Time: instants, moments as services state them, half-open windows.

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A point in time: milliseconds since 1970-01-01T00:00:00Z.
///
/// # Shape
/// In JSON and for people RFC 3339 in UTC (`2026-11-22T08:00:00Z`, a fraction only where there is one); in the store the
/// number. Values outside the years -9999 to 9999 are shown as the nearest end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Instant(i64);

impl Instant {
    /// Milliseconds in an hour.
    pub const HOUR_MS: i64 = 3_600_000;
    /// Milliseconds in a day.
    pub const DAY_MS: i64 = 24 * Self::HOUR_MS;

    /// The instant `millis` milliseconds after 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// The machine's clock.
    #[must_use]
    pub fn now() -> Self {
        Self(Timestamp::now().as_millisecond())
    }

    /// The first instant of this instant's day, UTC.
    #[must_use]
    pub const fn day(self) -> Self {
        Self(self.0.div_euclid(Self::DAY_MS).saturating_mul(Self::DAY_MS))
    }

    /// The first instant of this instant's hour, UTC.
    #[must_use]
    pub const fn hour(self) -> Self {
        Self(self.0.div_euclid(Self::HOUR_MS).saturating_mul(Self::HOUR_MS))
    }

    /// Time from `earlier` to this instant; zero if it is not earlier.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    fn timestamp(self) -> Timestamp {
        let end = if self.0 < 0 { Timestamp::MIN } else { Timestamp::MAX };
        Timestamp::from_millisecond(self.0).unwrap_or(end)
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    fn add(self, span: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }
}

impl Sub<Duration> for Instant {
    type Output = Self;

    fn sub(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.timestamp(), f)
    }
}

/// A text that is no RFC 3339 instant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an RFC 3339 instant such as 2026-11-22T08:00:00Z")]
pub struct InvalidInstant {
    /// What was given.
    pub text: String,
}

impl FromStr for Instant {
    type Err = InvalidInstant;

    fn from_str(text: &str) -> Result<Self, InvalidInstant> {
        text.parse::<Timestamp>()
            .map(|timestamp| Self(timestamp.as_millisecond()))
            .map_err(|_| InvalidInstant { text: text.to_owned() })
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() { serializer.collect_str(self) } else { serializer.serialize_i64(self.0) }
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
        } else {
            i64::deserialize(deserializer).map(Self)
        }
    }
}

/// How much of an instant the service stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    /// Date, time of day and offset from UTC.
    Second,
    /// A date alone; the instant is its midnight UTC.
    Day,
    /// Date and time of day without an offset, read as UTC.
    Zoneless,
}

/// An instant as a service stated it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Moment {
    /// The instant.
    pub at: Instant,
    /// How much of it the service stated.
    pub precision: Precision,
}

/// A stretch of time, `from` included, `until` not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Window {
    /// First instant inside.
    pub from: Instant,
    /// First instant after it.
    pub until: Instant,
}

impl Window {
    /// Whether `at` lies inside.
    #[must_use]
    pub fn contains(&self, at: Instant) -> bool {
        self.from <= at && at < self.until
    }

    /// The first instants of the UTC days the window touches, in order.
    pub fn days(&self) -> impl Iterator<Item = Instant> + use<> {
        let until = self.until;
        std::iter::successors(Some(self.from.day()), |day| Some(Instant(day.0.checked_add(Instant::DAY_MS)?)))
            .take_while(move |day| *day < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_print_and_read_as_rfc_3339() {
        for (text, millis) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2026-11-22T08:00:00Z", 1_795_334_400_000),
            ("2026-11-22T08:00:00.25Z", 1_795_334_400_250),
            ("1969-12-31T23:59:59Z", -1_000),
        ] {
            assert_eq!(text.parse::<Instant>(), Ok(Instant::from_millis(millis)), "{text}");
            assert_eq!(Instant::from_millis(millis).to_string(), text);
        }
        assert!("yesterday".parse::<Instant>().is_err());
        assert_eq!("2026-11-22T09:00:00+01:00".parse(), Ok(Instant::from_millis(1_795_334_400_000)));
    }

    #[test]
    fn an_instant_out_of_the_calendar_is_shown_as_its_end() {
        assert!(Instant::from_millis(i64::MAX).to_string().starts_with("9999-"));
        assert!(Instant::from_millis(i64::MIN).to_string().starts_with("-00"));
    }

    #[test]
    fn days_before_1970_start_at_midnight_too() {
        let at: Instant = "1969-12-31T13:00:00Z".parse().expect("a date");
        assert_eq!(at.day().to_string(), "1969-12-31T00:00:00Z");
        assert_eq!(Instant::from_millis(i64::MIN).day(), Instant::from_millis(i64::MIN), "the end of time is no panic");
    }

    #[test]
    fn a_window_lists_every_day_it_touches() {
        let window = Window {
            from: "2026-02-27T12:00:00Z".parse().expect("a date"),
            until: "2026-03-01T00:00:00Z".parse().expect("a date"),
        };
        let days: Vec<String> = window.days().map(|day| day.to_string()).collect();
        assert_eq!(days, ["2026-02-27T00:00:00Z", "2026-02-28T00:00:00Z"]);
        assert!(!window.contains(window.until));
    }

    #[test]
    fn json_holds_text_and_the_store_holds_numbers() {
        let at = Instant::from_millis(1_795_334_400_000);
        assert_eq!(serde_json::to_string(&at).expect("json"), "\"2026-11-22T08:00:00Z\"");
        let packed = rmp_serde::to_vec(&at).expect("msgpack");
        assert_eq!(packed.len(), 9);
        assert_eq!(rmp_serde::from_slice::<Instant>(&packed).expect("back"), at);
    }
}
