//! How X says no. Pure, but for the clock that a reset is measured by.
//!
//! | answer | class |
//! |---|---|
//! | 401; 1.1 codes 32, 64, 89, 99, 215, 326 | `unauthorized` |
//! | 402; `usage-capped`, `credits` | `quota-exhausted`: waiting for the reset of the rate limit would not help |
//! | 429; 1.1 code 88 | `rate-limited`, until `x-rate-limit-reset`; where requests remain it is the limit of one a second |
//! | 403; 1.1 codes 179, 453 | `forbidden` |
//! | 404, 410; 1.1 codes 17, 34, 50, 63, 144 | `gone` |
//! | 400 about `next_token` or `pagination_token` | `stale-cursor` |
//! | 400 about `query` | `settings` |
//! | 5xx; 1.1 codes 130, 131 | `transient` |
//! | else | `unexpected-answer` |

use std::time::Duration;

use serde_json::Value;
use vigie_plugin::lenient::{as_number, as_text};
use vigie_plugin::{Failure, clock, http, time};

/// The window of a rate limit and a little more: nobody has to wait longer, whatever a header says.
const LONGEST_PAUSE_SECS: i64 = 901;

/// The failure an answer is; `None` for a success, even where some of it is missing.
#[must_use]
pub fn failure(answer: &http::Response) -> Option<Failure> {
    let body: Value = if answer.status == 200 && answer.body.len() > 64 * 1024 {
        Value::Null
    } else {
        serde_json::from_slice(&answer.body).unwrap_or_default()
    };
    let errors: Vec<&Value> = body["errors"].as_array().map(|errors| errors.iter().collect()).unwrap_or_default();
    let code = errors.iter().find_map(|error| as_number(&error["code"])).or_else(|| as_number(&body["code"]));
    let is_whole = (200..=299).contains(&answer.status);
    if is_whole && (code.is_none() || !body["data"].is_null() || !body["statuses"].is_null() || body.is_array()) {
        return None;
    }
    let kind = as_text(&body["type"]).unwrap_or_default();
    let said = said(answer, &body, &errors);
    Some(match (answer.status, code) {
        (402, _) => Failure::quota_exhausted(said),
        _ if is_used_up(&body, &kind, &errors) => Failure::quota_exhausted(said),
        (_, Some(88)) | (429, _) => Failure::rate_limited(said).retry_after(pause(answer)),
        (_, Some(32 | 64 | 89 | 99 | 215 | 326)) => Failure::unauthorized(said),
        (_, Some(17 | 34 | 50 | 63 | 144)) => Failure::gone(said),
        (_, Some(179 | 453)) => Failure::forbidden(said),
        (_, Some(130 | 131)) => Failure::transient(said),
        (401, _) => Failure::unauthorized(said),
        (403, _) => Failure::forbidden(said),
        (404 | 410, _) => Failure::gone(said),
        (400, _) if complains(&errors, &["next_token", "pagination_token"]) => Failure::stale_cursor(said),
        (400, _) if complains(&errors, &["query"]) => {
            Failure::settings(format!("{said}; where the query is too long for your access, lower the setting `max_query`"))
        }
        (status, _) if is_whole || status == 400 => Failure::unexpected_answer(said),
        // Overloads and the like come from servers in front, in text or HTML.
        _ => http::status_to_failure(answer),
    })
}

/// Whether an answer refuses the number to read from, because it lies before what the search reaches back to.
#[must_use]
pub fn refuses_since_id(answer: &http::Response) -> bool {
    if answer.status != 400 {
        return false;
    }
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let errors: Vec<&Value> = body["errors"].as_array().map(|errors| errors.iter().collect()).unwrap_or_default();
    complains(&errors, &["since_id"])
}

/// Whether an error names one of these parameters, by itself or in its first words.
fn complains(errors: &[&Value], parameters: &[&str]) -> bool {
    errors.iter().any(|error| {
        let named =
            error["parameters"].as_object().is_some_and(|named| named.keys().any(|name| parameters.contains(&name.as_str())));
        let message = error["message"].as_str().unwrap_or_default();
        let first = message.split(|char: char| !char.is_ascii_alphanumeric() && char != '_').find(|word| !word.is_empty());
        // `since_id` is named beside whatever else was asked for, so its own words count where there are some.
        let spoken = ["since_id", "until_id", "next_token", "pagination_token", "query", "start_time", "end_time"];
        let about = spoken.into_iter().find(|name| message.contains(&format!("'{name}'")) || first == Some(*name));
        about.map_or(named, |about| parameters.contains(&about))
    })
}

/// Whether a longer period's allowance is used up, whatever the headers of the shorter one say.
fn is_used_up(body: &Value, kind: &str, errors: &[&Value]) -> bool {
    let capped = |text: &str| {
        let text = text.to_ascii_lowercase();
        text.contains("usage-capped") || text.contains("usagecap") || text.contains("usage cap") || text.contains("credits")
    };
    capped(kind)
        || body["title"].as_str().is_some_and(capped)
        || errors.iter().any(|error| error["type"].as_str().is_some_and(capped) || error["title"].as_str().is_some_and(capped))
}

fn pause(answer: &http::Response) -> Option<Duration> {
    let number = |name: &str| answer.header(name)?.trim().parse::<i64>().ok();
    if number("x-rate-limit-remaining").is_some_and(|left| left > 0) {
        return Some(Duration::from_secs(2));
    }
    let Some(reset) = number("x-rate-limit-reset") else {
        return http::status_to_failure(answer).retry_after_ms.map(Duration::from_millis);
    };
    let wait = reset.saturating_sub(time::to_unix_seconds(clock::now())).saturating_add(1);
    u64::try_from(wait.clamp(1, LONGEST_PAUSE_SECS)).ok().map(Duration::from_secs)
}

fn said(answer: &http::Response, body: &Value, errors: &[&Value]) -> String {
    let place = answer.url.split(['?', '#']).next().unwrap_or_default();
    let first = errors.first().map(|error| &error["message"]);
    let words = as_text(&body["detail"]).or_else(|| as_text(&body["title"]));
    let words = [words, first.and_then(as_text), as_text(&body["errors"])].into_iter().flatten().collect::<Vec<_>>().join(": ");
    let words: String = words.chars().take(300).collect();
    format!("{place} answered {}: {}", answer.status, if words.is_empty() { "no reason given" } else { &words })
}
