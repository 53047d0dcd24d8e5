//! What a server's refusals mean. Pure but for the clock.
//!
//! Their words are in the reader's language, so only statuses and headers count.

use std::time::Duration;

use vigie_plugin::http::Response;
use vigie_plugin::{Failure, clock, time};

/// Whether the answer is a success.
///
/// # Shape
/// `token`: whether the request carried the token; without one, a closed timeline is something a person can open.
///
/// # Errors
/// - 401, and 422 and 403 of a request without token: `unauthorized`; 403 with one: `forbidden`;
/// - 429: `rate-limited`, until the instant in `X-RateLimit-Reset`;
/// - everything else as the library has it: 404 and 410 `gone`, 5xx `transient`.
///
/// # Source
/// docs.joinmastodon.org/api/rate-limits; the methods' own pages for 401, 403, 404, 410 and 422.
pub fn check(answer: &Response, token: bool) -> Result<(), Failure> {
    let address = answer.url.split('?').next().unwrap_or_default();
    match answer.status {
        401 | 403 | 422 if !token => Err(Failure::unauthorized(format!(
            "{address} answered {}: the server shows this to its members alone; set `token` and the secret `access-token`",
            answer.status
        ))),
        429 => {
            let failure = answer.check().expect_err("429 is no success");
            Err(if failure.retry_after_ms.is_some() { failure } else { failure.retry_after(until_reset(answer)) })
        }
        _ => answer.check(),
    }
}

/// Mastodon states an instant, some of its relatives seconds since 1970.
fn until_reset(answer: &Response) -> Option<Duration> {
    let at = time::parse(answer.header("x-ratelimit-reset")?).ok()?.at;
    Some(Duration::from_millis(u64::try_from(at.saturating_sub(clock::now())).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use vigie_plugin::FailureClass as Class;
    use vigie_plugin::testing::FakeHost;

    fn answer(status: u16, headers: &[(&str, &str)]) -> Response {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Response { status, url: "https://social.example/api/v1/x?q=1".into(), headers, body: br#"{"error":"nein"}"#.to_vec() }
    }

    #[test]
    fn statuses_decide_and_words_do_not() {
        let cases = [
            (401, false, Class::Unauthorized),
            (401, true, Class::Unauthorized),
            (422, false, Class::Unauthorized),
            (422, true, Class::UnexpectedAnswer),
            (403, false, Class::Unauthorized),
            (403, true, Class::Forbidden),
            (404, true, Class::Gone),
            (410, false, Class::Gone),
            (500, false, Class::Transient),
            (503, true, Class::Transient),
        ];
        for (status, token, class) in cases {
            assert_eq!(check(&answer(status, &[]), token).expect_err("refused").class, class, "{status} {token}");
        }
        assert!(check(&answer(200, &[]), false).is_ok());
    }

    #[test]
    fn a_rate_limit_ends_at_its_reset() {
        let host = FakeHost::new().at("2026-01-01T00:00:00Z");
        let wait = |headers: &[(&str, &str)]| {
            let failure = host.run(|| check(&answer(429, headers), false)).expect_err("refused");
            assert_eq!(failure.class, Class::RateLimited);
            failure.retry_after_ms
        };
        assert_eq!(wait(&[("x-ratelimit-reset", "2026-01-01T00:02:00.337144Z")]), Some(120_337));
        assert_eq!(wait(&[("x-ratelimit-reset", "1767225660")]), Some(60_000));
        assert_eq!(wait(&[("retry-after", "7"), ("x-ratelimit-reset", "2026-01-01T00:02:00Z")]), Some(7_000));
        assert_eq!(wait(&[("x-ratelimit-reset", "2025-01-01T00:00:00Z")]), Some(0));
        assert_eq!(wait(&[("x-ratelimit-reset", "soon")]), None);
    }
}
