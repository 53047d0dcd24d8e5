//! What a server's refusals mean. Pure.
//!
//! Older versions answer 400 to everything; the word in the body (`{"error": "rate_limit_error"}`) decides where there is one.

use serde::Deserialize;
use vigie_plugin::http::Response;
use vigie_plugin::{Failure, lenient};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Refusal {
    #[serde(deserialize_with = "lenient::text")]
    error: Option<String>,
}

/// Whether the answer is a success.
///
/// # Shape
/// `paged`: whether the request asked for a page by a cursor, which may have become unknown.
///
/// # Errors
/// - `rate_limit_error` (400 or 429): `rate-limited`;
/// - posts and comments that are not there: `gone`, or `stale-cursor` where a cursor was sent; a community: `settings`;
/// - a closed server: `forbidden`; a login that is needed: `unauthorized`;
/// - timeouts of its database: `transient`; the rest by status.
///
/// # Source
/// `LemmyErrorType` of the server's source, 0.19 and 1.0.
pub fn check(answer: &Response, paged: bool) -> Result<(), Failure> {
    let body: Refusal = match answer.body.first() {
        // Only an object can be a refusal, and a large one is none.
        Some(b'{') if answer.status >= 400 || answer.body.len() < 1_000 => {
            serde_json::from_slice(&answer.body).unwrap_or_default()
        }
        _ => Refusal::default(),
    };
    let word = body.error.unwrap_or_default();
    if (200..=299).contains(&answer.status) && word.is_empty() {
        return Ok(());
    }
    let address = answer.url.split('?').next().unwrap_or_default();
    let why: String = format!("{address} answered {} {word}", answer.status).trim_end().chars().take(300).collect();
    Err(match word.as_str() {
        "rate_limit_error" | "too_many_requests" => {
            let stated = answer.check().err().and_then(|failure| failure.retry_after_ms);
            Failure::rate_limited(why).retry_after(stated.map(std::time::Duration::from_millis))
        }
        "couldnt_find_post" | "couldnt_find_comment" | "couldnt_find_object" | "not_found" | "unknown" if paged => {
            Failure::stale_cursor(why)
        }
        "couldnt_find_post" | "couldnt_find_comment" | "couldnt_find_object" | "not_found" => Failure::gone(why),
        "couldnt_find_community" => Failure::settings(format!("setting `communities`: {why}: name one the server knows")),
        "instance_is_private" | "not_an_admin" | "banned_from_community" | "person_is_banned" => Failure::forbidden(why),
        "not_logged_in" | "incorrect_login" => Failure::unauthorized(why),
        "query_timeout" | "timeout" | "internal_server_error" => Failure::transient(why),
        _ if answer.status == 200 => answer.unexpected("is a refusal"),
        _ if paged && matches!(answer.status, 400 | 404) => Failure::stale_cursor(why),
        _ => return answer.check(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use vigie_plugin::FailureClass as Class;

    fn class(status: u16, body: &str, paged: bool) -> Result<(), Class> {
        let answer =
            Response { status, url: "https://l.example/api/v3/post/list?page=1".into(), headers: vec![], body: body.into() };
        check(&answer, paged).map_err(|failure| failure.class)
    }

    #[test]
    fn words_decide_before_statuses() {
        let cases = [
            (400, "rate_limit_error", false, Class::RateLimited),
            (429, "too_many_requests", false, Class::RateLimited),
            (400, "couldnt_find_post", false, Class::Gone),
            (404, "not_found", false, Class::Gone),
            (404, "not_found", true, Class::StaleCursor),
            (400, "couldnt_find_community", false, Class::Settings),
            (400, "instance_is_private", false, Class::Forbidden),
            (401, "not_logged_in", false, Class::Unauthorized),
            (400, "query_timeout", false, Class::Transient),
            (400, "something_new", true, Class::StaleCursor),
            (400, "something_new", false, Class::UnexpectedAnswer),
            (200, "something_new", false, Class::UnexpectedAnswer),
        ];
        for (status, word, paged, expected) in cases {
            assert_eq!(class(status, &format!(r#"{{"error":"{word}"}}"#), paged), Err(expected), "{status} {word} {paged}");
        }
        assert_eq!(class(429, "", false), Err(Class::RateLimited));
        assert_eq!(class(502, "<html>Bad gateway", false), Err(Class::Transient));
        assert_eq!(class(200, r#"{"posts":[]}"#, true), Ok(()));
    }
}
