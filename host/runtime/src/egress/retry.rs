//! What is tried again, and when.

use std::time::Duration;

use jiff::fmt::rfc2822;
use vigie_mention::Instant;

use super::policy::Retries;
use crate::http::HttpResponse;

impl Retries {
    /// The pause before the `further`-th further try (1 is the first); `chance` is between 0 and 1.
    pub(crate) fn pause(&self, further: u32, chance: f64) -> Duration {
        let doubled = self.first_pause.saturating_mul(2_u32.saturating_pow(further.saturating_sub(1)));
        doubled.min(self.longest_pause).mul_f64(chance.clamp(0.0, 1.0))
    }
}

/// Whether repeating a request does no more than making it once.
pub(crate) fn idempotent(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "OPTIONS" | "PUT" | "DELETE")
}

/// How long the service asked to wait.
///
/// # Shape
/// `Retry-After` as seconds (services also send fractions) or as an HTTP date, which is read against the service's own `Date` if
/// there is one: clocks differ. A date in the past is no wait. `None` if absent or unreadable.
///
/// # Source
/// RFC 9110 section 10.2.3.
pub(crate) fn retry_after(response: &HttpResponse, now: Instant) -> Option<Duration> {
    let text = response.header("retry-after")?.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(if seconds < 0.0 { 0.0 } else { seconds }).ok();
    }
    let until = http_date(text)?;
    let from = response.header("date").and_then(http_date).unwrap_or(now);
    Some(until.since(from))
}

fn http_date(text: &str) -> Option<Instant> {
    let parser = rfc2822::DateTimeParser::new();
    parser.parse_timestamp(text.trim()).ok().map(|at| Instant::from_millis(at.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(headers: &[(&str, &str)]) -> HttpResponse {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        HttpResponse { status: 429, headers, ..HttpResponse::default() }
    }

    #[test]
    fn retry_after_is_read_in_every_form() {
        let now: Instant = "2026-11-22T08:00:00Z".parse().expect("an instant");
        let wait = |headers: &[(&str, &str)]| retry_after(&answer(headers), now).map(|wait| wait.as_millis());
        assert_eq!(wait(&[("retry-after", "120")]), Some(120_000));
        assert_eq!(wait(&[("retry-after", " 0.2 ")]), Some(200));
        assert_eq!(wait(&[("retry-after", "-5")]), Some(0));
        assert_eq!(wait(&[("retry-after", "Sun, 22 Nov 2026 08:01:30 GMT")]), Some(90_000));
        assert_eq!(wait(&[("retry-after", "Sun, 22 Nov 2026 07:00:00 GMT")]), Some(0));
        let skewed = [("retry-after", "Sun, 22 Nov 2026 09:00:30 GMT"), ("date", "Sun, 22 Nov 2026 09:00:00 GMT")];
        assert_eq!(wait(&skewed), Some(30_000), "measured by the service's own clock");
        for unreadable in ["soon", "", "NaN", "inf", "1e400"] {
            assert_eq!(wait(&[("retry-after", unreadable)]), None, "{unreadable}");
        }
        assert_eq!(wait(&[]), None);
    }

    #[test]
    fn pauses_grow_and_are_bounded() {
        let retries = Retries::default();
        assert_eq!(retries.pause(1, 1.0), Duration::from_millis(500));
        assert_eq!(retries.pause(3, 0.5), Duration::from_secs(1));
        assert_eq!(retries.pause(99, 1.0), Duration::from_secs(8));
        assert_eq!(retries.pause(2, 0.0), Duration::ZERO);
    }
}
