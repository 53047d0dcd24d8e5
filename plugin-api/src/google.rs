//! What the services of Google (YouTube, Business Profile, Play) share: error bodies, and days that end at midnight in California.
//!
//! The status of an answer says little: a used-up quota, a video without comments and a missing right are all a 403. The reason in
//! the body tells them apart; where it contradicts the canonical status (`SERVICE_UNAVAILABLE` beside `PERMISSION_DENIED`), the
//! status counts.
//!
//! # Source
//! Google Cloud APIs, "Errors" (`google.rpc.Status`); YouTube Data API, "Errors" and "Quota costs".

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::http::{Response, status_to_failure};
use crate::{Failure, Instant, clock, lenient};

/// Where Google's days end. Written as a rule, because a plugin has no time zone database.
const PACIFIC: &str = "PST8PDT,M3.2.0,M11.1.0";
/// What messages repeat of a service's words.
const MAX_WORDS: usize = 200;

/// Reasons for which a person must look after the credentials.
const CREDENTIALS: [&str; 10] = [
    "keyInvalid",
    "keyExpired",
    "accessNotConfigured",
    "ipRefererBlocked",
    "authError",
    "authorizationRequired",
    "required",
    "expired",
    "SERVICE_DISABLED",
    "CONSUMER_INVALID",
];

/// The `error` of an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GoogleError {
    /// The status it states, which the answer's own may hide.
    pub code: Option<i64>,
    /// The canonical status, such as `RESOURCE_EXHAUSTED`.
    pub status: Option<String>,
    /// For developers; markup is taken off.
    pub message: String,
    /// What went wrong, the most telling first: `quotaExceeded`, `API_KEY_INVALID`, ….
    pub reasons: Vec<String>,
    /// The quota that was met, such as `DefaultRequestsPerDayPerProject`.
    pub quota_limit: Option<String>,
    /// How much that quota allows.
    pub quota_limit_value: Option<String>,
    /// How long to wait, where the body says so.
    pub retry_delay: Option<Duration>,
}

impl GoogleError {
    /// The error an answer is, whatever its status; `None` for any other answer.
    #[must_use]
    pub fn of(answer: &Response) -> Option<Self> {
        // A page may hold megabytes, an error does not.
        if answer.body.len() > 64 * 1024 {
            return None;
        }
        let value: Value = serde_json::from_slice(&answer.body).ok()?;
        let error = value.get("error").or_else(|| value.get(0)?.get("error"))?;
        // The token endpoint says `{"error":"invalid_grant","error_description":"…"}`.
        if let Some(reason) = error.as_str() {
            let message = plain(value.get("error_description").and_then(Value::as_str).unwrap_or_default());
            return Some(Self { message, reasons: vec![reason.to_owned(), "authError".to_owned()], ..Self::default() });
        }
        let list = |name: &str| error.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let reason = |item: &Value| item.get("reason").and_then(lenient::as_text);
        let metadata =
            |name: &str| list("details").iter().find_map(|detail| lenient::as_text(detail.get("metadata")?.get(name)?));
        let delay = list("details").iter().find_map(|detail| seconds(detail.get("retryDelay")?.as_str()?));
        error.is_object().then(|| Self {
            code: error.get("code").and_then(lenient::as_number),
            status: error.get("status").and_then(lenient::as_text),
            message: plain(error.get("message").and_then(Value::as_str).unwrap_or_default()),
            reasons: list("errors").iter().chain(list("details")).filter_map(reason).collect(),
            quota_limit: metadata("quota_limit"),
            quota_limit_value: metadata("quota_limit_value"),
            retry_delay: delay,
        })
    }

    /// Whether one of these is among the reasons.
    #[must_use]
    pub fn is(&self, reasons: &[&str]) -> bool {
        self.reasons.iter().any(|reason| reasons.contains(&reason.as_str()))
    }

    fn is_daily(&self) -> bool {
        self.is(&["quotaExceeded", "dailyLimitExceeded", "dailyLimitExceededUnreg"])
            || self.quota_limit.as_ref().is_some_and(|limit| limit.contains("PerDay"))
            || self.message.contains("per day")
    }

    fn has_status(&self, status: &str) -> bool {
        self.status.as_deref() == Some(status)
    }
}

/// What an answer that is no success means.
///
/// # Shape
/// - a day's quota: `quota-exhausted`, with the time until midnight in California; one of minutes: `rate-limited`; one of nothing
///   (a project that was not approved): `forbidden`;
/// - a key or token that is invalid, expired, blocked or of a project that did not enable the API: `unauthorized`;
/// - `…NotFound`, 404, 410: `gone`; a page token the service does not know: `stale-cursor`;
/// - a parameter that has no such value: `settings`; what passes by itself: `transient`;
/// - everything without an error body: as [`status_to_failure`].
#[must_use]
pub fn failure(answer: &Response) -> Failure {
    let Some(error) = GoogleError::of(answer) else { return status_to_failure(answer) };
    // A body that tells of an error comes with status 200 as well.
    let stated = u16::try_from(error.code.unwrap_or(0)).ok().filter(|code| *code >= 400);
    let status = if answer.status >= 400 { answer.status } else { stated.unwrap_or(answer.status) };
    let path = answer.url.split(['?', '#']).next().unwrap_or_default();
    let why = error.reasons.first().or(error.status.as_ref()).map_or("no reason", String::as_str);
    let says = |remedy: &str| format!("{path} answered {status} ({why}): {}{remedy}", error.message);
    let asked = status_to_failure(&Response { status: 429, ..answer.clone() }).retry_after_ms.map(Duration::from_millis);
    let limited = status == 429 || error.has_status("RESOURCE_EXHAUSTED");

    if error.quota_limit_value.as_deref() == Some("0") {
        return Failure::forbidden(says("; the project's quota is 0: ask Google to approve it for this API"));
    }
    if error.is_daily() && matches!(status, 403 | 429) {
        let wait = asked.or(error.retry_delay).unwrap_or_else(|| until_midnight(clock::now()));
        return Failure::quota_exhausted(says("; the day's quota is used up")).retry_after(wait);
    }
    if limited || error.is(&["rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"]) {
        return Failure::rate_limited(says("")).retry_after(asked.or(error.retry_delay));
    }
    let key = error.reasons.iter().any(|reason| reason.starts_with("API_KEY_") || reason.starts_with("ACCESS_TOKEN_"));
    if status == 401 || key || error.is(&CREDENTIALS) || error.message.starts_with("API key") {
        return Failure::unauthorized(says("; look after the key and the APIs enabled in the Google Cloud console"));
    }
    if matches!(status, 404 | 410) || error.reasons.iter().any(|reason| reason.ends_with("NotFound")) {
        return Failure::gone(says(""));
    }
    if error.is(&["processingFailure", "invalidPageToken", "INVALID_PAGE_TOKEN"]) {
        return Failure::stale_cursor(says("; the page token is no longer known"));
    }
    match status {
        403 => Failure::forbidden(says("")),
        408 | 500..=599 => Failure::transient(says("")).retry_after(asked.or(error.retry_delay)),
        400 if error.reasons.iter().any(|reason| reason.len() > 7 && reason.starts_with("invalid")) => {
            Failure::settings(says("; look at the connector's settings"))
        }
        _ => Failure::unexpected_answer(says("")),
    }
}

/// The answer, if it is one: a success without an error in its body.
///
/// # Errors
/// As [`failure`].
pub fn check(answer: Response) -> Result<Response, Failure> {
    let head: Vec<u8> = answer.body.iter().take(40).copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let refused = answer.status < 200 || answer.status > 299 || head.starts_with(b"{\"error\"");
    if refused { Err(failure(&answer)) } else { Ok(answer) }
}

/// The day in California that `now` belongs to, as `2026-01-31`: quotas are counted in it.
#[must_use]
pub fn day(now: Instant) -> String {
    pacific(now).date().to_string()
}

/// The time until midnight in California, when quotas begin anew.
#[must_use]
pub fn until_midnight(now: Instant) -> Duration {
    let here = pacific(now);
    let midnight = here.tomorrow().and_then(|tomorrow| tomorrow.start_of_day());
    let wait =
        midnight.map_or(0, |midnight| midnight.timestamp().as_millisecond().saturating_sub(here.timestamp().as_millisecond()));
    Duration::from_millis(u64::try_from(wait).unwrap_or(0))
}

fn pacific(now: Instant) -> jiff::Zoned {
    let zone = TimeZone::posix(PACIFIC).expect("the rule is a valid one");
    Timestamp::from_millisecond(now).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone)
}

/// `3.5s`
fn seconds(text: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(text.trim().strip_suffix('s')?.parse().ok()?).ok()
}

/// The first words of a message, without its links.
fn plain(message: &str) -> String {
    let mut words = String::new();
    let mut inside = false;
    for char in message.chars().take(2_000) {
        match char {
            '<' => inside = true,
            '>' if inside => inside = false,
            _ if !inside && !char.is_control() => words.push(char),
            _ => {}
        }
    }
    words.trim().chars().take(MAX_WORDS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::FakeHost;
    use crate::{FailureClass, time};

    fn answer(status: u16, body: &str) -> Response {
        let headers = vec![("content-type".to_owned(), "application/json; charset=UTF-8".to_owned())];
        Response { status, url: "https://www.googleapis.com/x?key={{secret:k}}".to_owned(), headers, body: body.into() }
    }

    fn told(status: u16, body: &str) -> Failure {
        FakeHost::new().at("2026-01-01T00:00:00Z").run(|| failure(&answer(status, body)))
    }

    fn reason(status: u16, reason: &str) -> Failure {
        told(status, &format!(r#"{{"error":{{"code":{status},"message":"m","errors":[{{"reason":"{reason}"}}]}}}}"#))
    }

    #[test]
    fn reasons_tell_more_than_the_status() {
        use FailureClass::*;
        for (status, why, class) in [
            (403, "quotaExceeded", QuotaExhausted),
            (403, "dailyLimitExceeded", QuotaExhausted),
            (403, "rateLimitExceeded", RateLimited),
            (429, "userRateLimitExceeded", RateLimited),
            (400, "keyInvalid", Unauthorized),
            (403, "accessNotConfigured", Unauthorized),
            (403, "ipRefererBlocked", Unauthorized),
            (401, "authError", Unauthorized),
            (404, "videoNotFound", Gone),
            (403, "channelNotFound", Gone),
            (400, "processingFailure", StaleCursor),
            (400, "invalidPageToken", StaleCursor),
            (400, "invalidChannelId", Settings),
            (400, "badRequest", UnexpectedAnswer),
            (400, "invalid", UnexpectedAnswer),
            (403, "forbidden", Forbidden),
            (500, "backendError", Transient),
            (503, "serviceUnavailable", Transient),
        ] {
            assert_eq!(reason(status, why).class, class, "{status} {why}");
        }
        let quota = told(
            403,
            r#"{"error":{"code":403,"message":"over your <a href=\"/q\">quota</a>.","errors":[{"reason":"quotaExceeded"}]}}"#,
        );
        assert_eq!(quota.retry_after_ms, Some(8 * 3_600_000), "midnight in California is 8 in the morning UTC");
        assert!(quota.message.contains("over your quota.") && !quota.message.contains("secret"), "{}", quota.message);
    }

    #[test]
    fn statuses_and_details_tell_the_rest() {
        use FailureClass::*;
        let denied =
            r#"{"error":{"code":403,"message":"no","errors":[{"reason":"SERVICE_UNAVAILABLE"}],"status":"PERMISSION_DENIED"}}"#;
        assert_eq!(told(403, denied).class, Forbidden, "the status contradicts the reason");
        let key = r#"{"error":{"code":400,"message":"API key not valid.","errors":[{"reason":"badRequest"}],"status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}"#;
        assert_eq!(told(400, key).class, Unauthorized);
        let daily = r#"{"error":{"code":429,"message":"Quota exceeded for quota metric 'Search Queries' and limit 'Search Queries per day'","status":"RESOURCE_EXHAUSTED"}}"#;
        assert_eq!(told(429, daily).class, QuotaExhausted);
        let minute = r#"{"error":{"code":429,"message":"Quota exceeded","status":"RESOURCE_EXHAUSTED","details":[{"reason":"RATE_LIMIT_EXCEEDED","metadata":{"quota_limit_value":"300"}},{"retryDelay":"3.5s"}]}}"#;
        assert_eq!((told(429, minute).class, told(429, minute).retry_after_ms), (RateLimited, Some(3_500)));
        assert_eq!(told(429, &minute.replace("\"300\"", "\"0\"")).class, Forbidden);
        assert_eq!(told(400, r#"{"error":"invalid_grant","error_description":"expired"}"#).class, Unauthorized);
        assert_eq!(told(502, "<html>").class, Transient);
        assert_eq!(told(403, r#"{"error":7}"#).class, Forbidden);
        assert_eq!(told(404, r#"[{"error":{"code":404,"status":"NOT_FOUND"}}]"#).class, Gone);
    }

    #[test]
    fn an_error_with_a_success_is_an_error() {
        let body = "{\n  \"error\": {\"code\":403,\"errors\":[{\"reason\":\"quotaExceeded\"}]}}";
        let refused = FakeHost::new().run(|| check(answer(200, body)));
        assert_eq!(refused.expect_err("an error").class, FailureClass::QuotaExhausted);
        assert!(check(answer(200, r#"{"items":[]}"#)).is_ok());
    }

    #[test]
    fn days_are_those_of_california() {
        let at = |text: &str| time::rfc3339(text).expect("a date").at;
        for (now, of_day, hours) in [
            ("2026-01-01T07:59:59Z", "2025-12-31", 0),
            ("2026-01-01T08:00:00Z", "2026-01-01", 24),
            ("2026-07-01T06:00:00Z", "2026-06-30", 1),
            ("2026-03-08T08:00:00Z", "2026-03-08", 23),
            ("2026-11-01T07:00:00Z", "2026-11-01", 25),
        ] {
            assert_eq!((day(at(now)).as_str(), until_midnight(at(now)).as_secs() / 3_600), (of_day, hours), "{now}");
        }
        assert!(until_midnight(i64::MAX) > Duration::ZERO);
    }
}
