//! What the service's refusals mean. Pure but for the clock.
//!
//! The status says little: a token that ended is a 400, a search without a session a 403, an account that is not there a 400. The name
//! in the body (`{"error": NAME, "message": …}`) decides where there is one.

use std::time::Duration;

use serde::Deserialize;
use vigie_plugin::http::Response;
use vigie_plugin::{Failure, clock, lenient};

/// The body of a refusal.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Refusal {
    #[serde(deserialize_with = "lenient::text")]
    error: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    message: Option<String>,
}

/// Whether the answer is a success.
///
/// # Shape
/// `logged_in`: whether the request was made in somebody's name.
///
/// # Errors
/// - tokens missing, ended or wrong: `unauthorized`; a page of the front server's instead of a search, without a session, too;
/// - `RateLimitExceeded` and 429: `rate-limited`, until the instant in `ratelimit-reset`;
/// - posts and accounts that are not there: `gone`; accounts that block: `forbidden`;
/// - a search the service cannot read: `settings`; a cursor it does not know: `stale-cursor`;
/// - `UpstreamFailure` and the like: `transient`; the rest by status.
///
/// # Source
/// atproto.com/specs/xrpc and the error names of the lexicons.
pub fn check(answer: &Response, logged_in: bool) -> Result<(), Failure> {
    if (200..=299).contains(&answer.status) {
        return Ok(());
    }
    let body: Refusal = serde_json::from_slice(&answer.body).unwrap_or_default();
    let name = body.error.as_deref().unwrap_or_default();
    let words = body.message.as_deref().unwrap_or_default();
    let address = answer.url.split('?').next().unwrap_or_default();
    let why: String = format!("{address} answered {} {name} {words}", answer.status).trim_end().chars().take(300).collect();
    let login = "; set `identifier` and the secret `app-password`, and `service` to the account's server";
    Err(match name {
        "ExpiredToken"
        | "InvalidToken"
        | "AuthMissing"
        | "AuthRequired"
        | "AuthenticationRequired"
        | "AuthFactorTokenRequired" => Failure::unauthorized(if logged_in { why } else { why + login }),
        "RateLimitExceeded" => slow_down(answer, why),
        "NotFound" | "AccountTakedown" | "AccountDeactivated" | "AccountSuspended" | "RepoNotFound" | "ActorNotFound" => {
            Failure::gone(why)
        }
        "BlockedActor" | "BlockedByActor" => Failure::forbidden(why),
        "BadQueryString" => Failure::settings(why),
        "UpstreamFailure" | "UpstreamTimeout" | "InternalServerError" | "NotEnoughResources" | "ServiceUnavailable" => {
            Failure::transient(why)
        }
        "InvalidRequest" => invalid(why, words),
        _ => match answer.status {
            429 => slow_down(answer, why),
            403 if !logged_in => Failure::unauthorized(why + login),
            _ => return answer.check(),
        },
    })
}

/// One name for many things; the message is English and tells them apart.
fn invalid(why: String, words: &str) -> Failure {
    let words = words.to_lowercase();
    if words.contains("cursor") {
        Failure::stale_cursor(why)
    } else if ["not found", "could not find", "could not locate", "unable to resolve", "actor not"]
        .iter()
        .any(|sign| words.contains(sign))
    {
        Failure::gone(why)
    } else {
        Failure::unexpected_answer(why)
    }
}

fn slow_down(answer: &Response, why: String) -> Failure {
    let stated = answer.check().err().and_then(|failure| failure.retry_after_ms).map(Duration::from_millis);
    let reset = answer.header("ratelimit-reset").and_then(|reset| reset.trim().parse::<i64>().ok());
    let until = reset.map(|reset| reset.saturating_mul(1000).saturating_sub(clock::now()));
    let until = until.map(|wait| Duration::from_millis(u64::try_from(wait).unwrap_or(0)));
    Failure::rate_limited(why).retry_after(stated.or(until))
}

#[cfg(test)]
mod tests {
    use super::*;
    use vigie_plugin::FailureClass as Class;
    use vigie_plugin::testing::FakeHost;

    fn answer(status: u16, body: &str) -> Response {
        Response { status, url: "https://a.example/xrpc/x?q=1".into(), headers: vec![], body: body.as_bytes().to_vec() }
    }

    #[test]
    fn names_decide_before_statuses() {
        let named =
            |status: u16, name: &str, message: &str| answer(status, &format!(r#"{{"error":"{name}","message":"{message}"}}"#));
        let cases = [
            (named(400, "ExpiredToken", "Token has expired"), Class::Unauthorized),
            (named(400, "InvalidToken", ""), Class::Unauthorized),
            (named(401, "AuthMissing", "Authentication Required"), Class::Unauthorized),
            (named(403, "AuthMissing", ""), Class::Unauthorized),
            (named(429, "RateLimitExceeded", ""), Class::RateLimited),
            (named(400, "RateLimitExceeded", ""), Class::RateLimited),
            (named(400, "NotFound", "Post not found"), Class::Gone),
            (named(404, "NotFound", ""), Class::Gone),
            (named(400, "AccountTakedown", ""), Class::Gone),
            (named(400, "BlockedByActor", ""), Class::Forbidden),
            (named(400, "BadQueryString", ""), Class::Settings),
            (named(502, "UpstreamFailure", ""), Class::Transient),
            (named(400, "InvalidRequest", "Profile not found"), Class::Gone),
            (named(400, "InvalidRequest", "Malformed cursor"), Class::StaleCursor),
            (named(400, "InvalidRequest", "Record/text must not be longer"), Class::UnexpectedAnswer),
            (named(500, "SomethingNew", ""), Class::Transient),
            (answer(403, "<html>Request forbidden by administrative rules"), Class::Unauthorized),
            (answer(429, ""), Class::RateLimited),
            (answer(401, "x"), Class::Unauthorized),
            (answer(503, "[]"), Class::Transient),
            (answer(404, "{"), Class::Gone),
        ];
        let host = FakeHost::new();
        for (answer, class) in cases {
            let failure = host.run(|| check(&answer, false)).expect_err("refused");
            assert_eq!(failure.class, class, "{}", failure.message);
        }
        assert_eq!(host.run(|| check(&answer(403, "<html>"), true)).expect_err("refused").class, Class::Forbidden);
        assert!(check(&answer(200, "{}"), false).is_ok());
    }

    #[test]
    fn a_rate_limit_ends_at_its_reset() {
        let host = FakeHost::new().at("2026-01-01T00:00:00Z");
        let mut limited = answer(429, r#"{"error":"RateLimitExceeded"}"#);
        limited.headers = vec![("ratelimit-reset".into(), "1767225690".into()), ("ratelimit-policy".into(), "3000;w=300".into())];
        let wait = |limited: &Response| host.run(|| check(limited, true)).expect_err("refused").retry_after_ms;
        assert_eq!(wait(&limited), Some(90_000));
        limited.headers.push(("retry-after".into(), "5".into()));
        assert_eq!(wait(&limited), Some(5_000));
    }
}
