//! What the interface's refusals mean. Pure.
//!
//! All come with status 400 (some front servers' with others), so the number in the body decides.

use std::time::Duration;

use serde::Deserialize;
use vigie_plugin::http::Response;
use vigie_plugin::{Failure, lenient};

/// Longer than this is no pause but a day's allowance.
const LONG: Duration = Duration::from_secs(3_600);

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Refusal {
    #[serde(deserialize_with = "lenient::number")]
    error_id: Option<i64>,
    #[serde(deserialize_with = "lenient::text")]
    error_name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    error_message: Option<String>,
}

/// Whether the answer is a success.
///
/// # Errors
/// - 400 `bad_parameter`: `settings` (a site or a tag that does not exist);
/// - 401, 402, 405, 406 (tokens and keys): `unauthorized`; 403: `forbidden`;
/// - 502 `throttle_violation`: `rate-limited` for so many seconds as the message says, or `quota-exhausted` where these are hours;
/// - 500, 503: `transient`; the rest, and pages of front servers, by status.
///
/// # Source
/// api.stackexchange.com/docs/error-handling and api.stackexchange.com/docs/throttle
pub fn check(answer: &Response) -> Result<(), Failure> {
    let small = answer.body.len() < 10_000 && answer.body.first() == Some(&b'{');
    let body: Refusal = if small { serde_json::from_slice(&answer.body).unwrap_or_default() } else { Refusal::default() };
    let Some(id) = body.error_id else { return answer.check() };
    let address = answer.url.split('?').next().unwrap_or_default();
    let message = body.error_message.unwrap_or_default();
    let name = body.error_name.unwrap_or_default();
    let why: String = format!("{address} answered {} {id} {name}: {message}", answer.status).chars().take(300).collect();
    Err(match id {
        400 => Failure::settings(why),
        401 | 402 | 405 | 406 => Failure::unauthorized(why),
        403 => Failure::forbidden(why),
        500 | 503 => Failure::transient(why),
        502 => match pause(&message) {
            Some(wait) if wait > LONG => Failure::quota_exhausted(why).retry_after(wait),
            wait => {
                let header = answer.header("retry-after").and_then(|text| text.trim().parse().ok()).map(Duration::from_secs);
                Failure::rate_limited(why).retry_after(wait.or(header))
            }
        },
        _ if answer.status > 400 => return answer.check(),
        _ => answer.unexpected(&format!("is refusal {id} {name}")),
    })
}

/// The number of seconds in "more requests available in 81600 seconds".
fn pause(message: &str) -> Option<Duration> {
    let mut words = message.split_whitespace();
    let seconds = std::iter::from_fn(|| words.next()).collect::<Vec<_>>();
    let at = seconds.iter().position(|word| word.starts_with("second"))?;
    seconds.get(at.checked_sub(1)?)?.parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use vigie_plugin::FailureClass as Class;

    fn refused(status: u16, body: &str) -> (Class, Option<u64>) {
        let answer = Response { status, url: "https://api.stackexchange.com/2.3/x?y".into(), headers: vec![], body: body.into() };
        let failure = check(&answer).expect_err(body);
        (failure.class, failure.retry_after_ms)
    }

    #[test]
    fn the_number_in_the_body_decides() {
        let error = |id: u16, message: &str| format!(r#"{{"error_id":{id},"error_name":"n","error_message":"{message}"}}"#);
        for (id, class) in [
            (400, Class::Settings),
            (402, Class::Unauthorized),
            (403, Class::Forbidden),
            (404, Class::UnexpectedAnswer),
            (405, Class::Unauthorized),
            (500, Class::Transient),
            (502, Class::RateLimited),
            (503, Class::Transient),
        ] {
            assert_eq!(refused(400, &error(id, "")).0, class, "{id}");
            assert_eq!(refused(200, &error(id, "")).0, class, "{id} with status 200");
        }
        assert_eq!(refused(400, &error(502, "more requests available in 40 seconds")), (Class::RateLimited, Some(40_000)));
        assert_eq!(
            refused(400, &error(502, "more requests available in 81600 seconds")),
            (Class::QuotaExhausted, Some(81_600_000))
        );
        assert_eq!(refused(429, "<html>too many"), (Class::RateLimited, None));
        assert_eq!(refused(503, "<html>"), (Class::Transient, None));
        assert_eq!(refused(400, "{}"), (Class::UnexpectedAnswer, None));
    }
}
