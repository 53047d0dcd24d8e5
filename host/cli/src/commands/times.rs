//! Instants as people give them on the command line.

use vigie_mention::Instant;

use crate::config::values::duration;

/// Reads `2026-11-22T08:00:00Z`, `2026-11-22` (its midnight UTC), or `7d` (that long before `now`).
///
/// # Errors
/// A usage message that shows the forms.
pub(crate) fn instant(text: &str, now: Instant) -> Result<Instant, String> {
    if let Ok(at) = text.parse() {
        return Ok(at);
    }
    if let Ok(day) = format!("{text}T00:00:00Z").parse() {
        return Ok(day);
    }
    duration(text)
        .map(|span| now - span)
        .map_err(|_| format!("`{text}` is no point in time: write 2026-11-22, 2026-11-22T08:00:00Z, or 7d for seven days ago"))
}

/// The day of an instant, `2026-11-22`.
pub(crate) fn day(at: Instant) -> String {
    at.to_string().split('T').next().unwrap_or_default().to_owned()
}

/// Day and time to the minute, `2026-11-22 08:00`.
pub(crate) fn minute(at: Instant) -> String {
    let text = at.to_string();
    text.get(..16).map_or_else(|| text.clone(), |text| text.replace('T', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_in_time_are_given_in_three_forms() {
        let now: Instant = "2026-11-22T12:00:00Z".parse().expect("an instant");
        for (text, expected) in [
            ("2026-11-01", "2026-11-01T00:00:00Z"),
            ("2026-11-01T10:30:00+01:00", "2026-11-01T09:30:00Z"),
            ("7d", "2026-11-15T12:00:00Z"),
        ] {
            assert_eq!(instant(text, now).map(|at| at.to_string()), Ok(expected.to_owned()), "{text}");
        }
        assert!(instant("last tuesday", now).is_err());
        assert_eq!((day(now), minute(now)), ("2026-11-22".to_owned(), "2026-11-22 12:00".to_owned()));
    }
}
