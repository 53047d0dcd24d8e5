//! From statuses and transport errors to failure classes.

use std::time::Duration;

use super::{ErrorClass, Response, shown};
use crate::{Failure, clock, time};

/// What a status that is no success means.
///
/// # Shape
/// - 401: `unauthorized`; 403: `forbidden`; 404 and 410: `gone`;
/// - 429: `rate-limited`; 408, 425 and 5xx: `transient`; both with what `Retry-After` says;
/// - everything else, 3xx among it because the host has followed redirects: `unexpected-answer`.
///
/// A service that means something else by a status (a 403 for a used-up quota) is asked before: look at
/// [`Response::status`] first.
#[must_use]
pub fn status_to_failure(response: &Response) -> Failure {
    let address = shown(&response.url);
    let status = response.status;
    match status {
        401 => Failure::unauthorized(format!("{address} answered 401, it refuses the credentials{}", begins(response))),
        403 => Failure::forbidden(format!("{address} answered 403, it does not allow this{}", begins(response))),
        404 | 410 => Failure::gone(format!("{address} answered {status}, it does not exist there")),
        // The host's own word: somebody else asked there, and was told to wait.
        429 if response.header("x-vigie-cache") == Some("pause") => {
            let wait = retry_after(response);
            let end = wait.map(|wait| clock::now().saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)));
            let until = end.map(|end| format!(" until {}", time::to_rfc3339(end))).unwrap_or_default();
            Failure::rate_limited(format!("{address} was not asked: its service asked for a pause{until}")).retry_after(wait)
        }
        429 => Failure::rate_limited(format!("{address} answered 429, it asks to slow down")).retry_after(retry_after(response)),
        408 | 425 | 500..=599 => {
            Failure::transient(format!("{address} answered {status}{}", begins(response))).retry_after(retry_after(response))
        }
        300..=399 => Failure::unexpected_answer(match response.header("location") {
            Some(location) => {
                format!("{address} answered {status} and redirects to {}, after too many redirects", shown(location))
            }
            None => format!("{address} answered {status} without an address to follow"),
        }),
        _ => Failure::unexpected_answer(format!("{address} answered {status}{}", begins(response))),
    }
}

/// What an answer without a response means.
///
/// # Shape
/// - `denied`: `forbidden`. The operator or the host's policy does not allow this request; the feed rests, others go on, and
///   the host's message says which line of the config would allow it.
/// - `timeout`, `connect`: `transient`.
/// - `too-large`: `unexpected-answer`. Asking again brings the same.
/// - `budget`: `transient`. The next call has a new budget; a plugin that meets this should ask for less in one poll.
#[must_use]
pub fn error_to_failure(method: &str, url: &str, class: ErrorClass, message: &str) -> Failure {
    let address = shown(url);
    match class {
        ErrorClass::Denied => Failure::forbidden(format!("{method} {address} was not allowed: {message}")),
        ErrorClass::Timeout => Failure::transient(format!("{method} {address} took too long: {message}")),
        ErrorClass::Connect => Failure::transient(format!("{method} {address} got no connection: {message}")),
        ErrorClass::TooLarge => Failure::unexpected_answer(format!("{method} {address} answered too much: {message}")),
        ErrorClass::Budget => Failure::transient(format!("{method} {address} was one request too many: {message}")),
    }
}

/// `: ` and the first words of a body, for messages; nothing where it is empty.
fn begins(response: &Response) -> String {
    let beginning = response.beginning();
    if beginning.is_empty() { beginning } else { format!(": {beginning}") }
}

/// How long the service asks to wait.
///
/// # Shape
/// `Retry-After` in seconds (fractions occur in the wild and count) or as an HTTP date, which is measured from
/// [`clock::now`]. `None` where it is absent, unreadable or negative; a date that has passed is zero.
///
/// # Source
/// RFC 9110 section 10.2.3.
pub(crate) fn retry_after(response: &Response) -> Option<Duration> {
    let value = response.header("retry-after")?.trim();
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let at = time::rfc2822(value).ok()?.at;
    Some(Duration::from_millis(u64::try_from(at.saturating_sub(clock::now())).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FailureClass;
    use crate::testing::FakeHost;

    fn response(status: u16, headers: &[(&str, &str)]) -> Response {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Response { status, url: "https://a.example/x".to_owned(), headers, body: b"no".to_vec() }
    }

    #[test]
    fn statuses_become_classes() {
        use FailureClass::{Forbidden, Gone, RateLimited, Transient, Unauthorized, UnexpectedAnswer};
        let cases = [
            (304, UnexpectedAnswer),
            (302, UnexpectedAnswer),
            (400, UnexpectedAnswer),
            (401, Unauthorized),
            (403, Forbidden),
            (404, Gone),
            (408, Transient),
            (410, Gone),
            (422, UnexpectedAnswer),
            (425, Transient),
            (429, RateLimited),
            (500, Transient),
            (503, Transient),
            (599, Transient),
        ];
        for (status, class) in cases {
            let failure = status_to_failure(&response(status, &[]));
            assert_eq!((failure.class, failure.retry_after_ms), (class, None), "{status}");
            assert!(failure.message.contains("https://a.example/x"), "{}", failure.message);
        }
    }

    /// It said of an address that it had answered 429, which had never been asked.
    #[test]
    fn a_pause_that_the_host_keeps_is_no_answer_of_the_service() {
        let host = FakeHost::new().at("2026-01-01T00:00:00Z");
        let answer = response(429, &[("retry-after", "90"), ("x-vigie-cache", "pause")]);
        let failure = host.run(|| status_to_failure(&answer));
        let message = "https://a.example/x was not asked: its service asked for a pause until 2026-01-01T00:01:30Z";
        assert_eq!(
            (failure.class, failure.message.as_str(), failure.retry_after_ms),
            (FailureClass::RateLimited, message, Some(90_000))
        );
    }

    #[test]
    fn a_redirect_that_is_not_followed_says_where_it_leads() {
        let failure = status_to_failure(&response(302, &[("location", "https://a.example/y")]));
        assert_eq!(
            failure.message,
            "https://a.example/x answered 302 and redirects to https://a.example/y, after too many redirects"
        );
    }

    #[test]
    fn retry_after_in_all_its_forms() {
        let cases = [
            ("3", Some(3_000)),
            (" 1.5 ", Some(1_500)),
            ("0", Some(0)),
            ("Thu, 01 Jan 2026 00:00:30 GMT", Some(30_000)),
            ("Wed, 31 Dec 2025 23:00:00 GMT", Some(0)),
            ("-1", None),
            ("nan", None),
            ("1e300", None),
            ("soon", None),
        ];
        let host = FakeHost::new().at("2026-01-01T00:00:00Z");
        for (value, wait) in cases {
            let failure = host.run(|| status_to_failure(&response(429, &[("retry-after", value)])));
            assert_eq!(failure.retry_after_ms, wait, "{value}");
        }
    }

    #[test]
    fn transport_errors_become_classes() {
        let class = |class| error_to_failure("GET", "https://a.example", class, "why").class;
        assert_eq!(class(ErrorClass::Denied), FailureClass::Forbidden);
        assert_eq!(class(ErrorClass::Timeout), FailureClass::Transient);
        assert_eq!(class(ErrorClass::Connect), FailureClass::Transient);
        assert_eq!(class(ErrorClass::TooLarge), FailureClass::UnexpectedAnswer);
        assert_eq!(class(ErrorClass::Budget), FailureClass::Transient);
    }
}
