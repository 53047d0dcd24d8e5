//! Instants as exports write them.

use jiff::civil::{Date, DateTime};
use jiff::fmt::{rfc2822, strtime};
use jiff::tz::TimeZone;
use serde_json::Value;
use vigie_mention::{Instant, Moment, Precision};

/// Seconds below this are milliseconds from here on: the year 2286.
const MOST_SECONDS: i64 = 10_000_000_000;
/// Forms with an offset, beside RFC 3339 and RFC 2822.
const ZONED: [&str; 3] = ["%a %b %d %H:%M:%S %z %Y", "%Y-%m-%d %H:%M:%S %z", "%Y-%m-%dT%H:%M:%S%z"];
/// Forms without one. Days and months as `03/04` are told by nobody and therefore not read.
const ZONELESS: [&str; 4] = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M", "%d %b %Y %H:%M:%S"];

/// Reads a date: text in one of the usual forms, or a number of seconds or milliseconds since 1970.
pub(crate) fn moment(value: &Value) -> Option<Moment> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|seconds| seconds as i64)).and_then(unix),
        Value::String(text) => read(text.trim()),
        // Vigie's own form.
        Value::Object(_) => serde_json::from_value(value.clone()).ok(),
        _ => None,
    }
}

fn unix(number: i64) -> Option<Moment> {
    let millis = if number.abs() < MOST_SECONDS { number.checked_mul(1_000)? } else { number };
    Some(Moment { at: Instant::from_millis(millis), precision: Precision::Second })
}

fn read(text: &str) -> Option<Moment> {
    if text.is_empty() {
        return None;
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) && text.len() >= 9 {
        return unix(text.parse().ok()?);
    }
    if let Ok(at) =
        text.strip_suffix(" UTC").map_or_else(|| text.to_owned(), |start| format!("{start}Z")).parse::<jiff::Timestamp>()
    {
        return Some(exact(at));
    }
    if let Ok(at) = rfc2822::DateTimeParser::new().parse_timestamp(text) {
        return Some(exact(at));
    }
    for form in ZONED {
        if let Ok(at) = strtime::parse(form, text).and_then(|parsed| parsed.to_timestamp()) {
            return Some(exact(at));
        }
    }
    for form in ZONELESS {
        if let Ok(civil) = DateTime::strptime(form, text) {
            return utc(civil, Precision::Zoneless);
        }
    }
    let day = Date::strptime("%Y-%m-%d", text).ok()?;
    utc(day.at(0, 0, 0, 0), Precision::Day)
}

fn exact(at: jiff::Timestamp) -> Moment {
    Moment { at: Instant::from_millis(at.as_millisecond()), precision: Precision::Second }
}

fn utc(civil: DateTime, precision: Precision) -> Option<Moment> {
    let at = civil.to_zoned(TimeZone::UTC).ok()?.timestamp();
    Some(Moment { at: Instant::from_millis(at.as_millisecond()), precision })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_usual_forms_are_read_with_what_they_say() {
        let told = |value: Value| moment(&value).map(|moment| (moment.at.to_string(), moment.precision));
        let at = |text: &str, precision| Some((text.to_owned(), precision));
        for value in [
            json!("2026-11-22T08:00:00Z"),
            json!("2026-11-22T09:00:00+0100"),
            json!("Sun Nov 22 08:00:00 +0000 2026"),
            json!("Sun, 22 Nov 2026 08:00:00 +0000"),
            json!("2026-11-22 08:00:00 UTC"),
            json!("2026-11-22 09:00:00 +0100"),
            json!(1_795_334_400),
            json!("1795334400"),
            json!(1_795_334_400_000_i64),
            json!({ "at": "2026-11-22T08:00:00Z", "precision": "second" }),
        ] {
            assert_eq!(told(value.clone()), at("2026-11-22T08:00:00Z", Precision::Second), "{value}");
        }
        assert_eq!(told(json!("2026-11-22 08:00:00.0")), at("2026-11-22T08:00:00Z", Precision::Zoneless));
        assert_eq!(told(json!("2026-11-22")), at("2026-11-22T00:00:00Z", Precision::Day));
        for unreadable in [json!(""), json!("yesterday"), json!("03/04/2026"), json!(null), json!([1])] {
            assert_eq!(told(unreadable.clone()), None, "{unreadable}");
        }
    }
}
