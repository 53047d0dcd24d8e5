//! What the Android Publisher API answers, errors among it. Pure.
//!
//! Source: developers.google.com/android-publisher/api-ref/rest/v3/reviews. Seconds are 64-bit numbers and so come as text; a
//! nickname, a star rating or a date may be missing.

use serde_json::Value;
use vigie_plugin::http::Response;
use vigie_plugin::{Failure, lenient};

/// A page of reviews.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Page {
    pub(crate) reviews: Vec<Review>,
    /// What brings the page behind it.
    pub(crate) next: Option<String>,
}

/// A review as it stands now.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Review {
    pub(crate) id: String,
    pub(crate) author: Option<String>,
    /// Title and body with a tab between them; in the reader's own words where the service translated them.
    pub(crate) text: String,
    /// Of the last change. Milliseconds.
    pub(crate) changed: Option<i64>,
    /// 1 to 5.
    pub(crate) stars: Option<i64>,
    /// Of the device, not of the text.
    pub(crate) device_language: Option<String>,
    pub(crate) device: Option<String>,
    pub(crate) android: Option<i64>,
    pub(crate) version_code: Option<i64>,
    pub(crate) version_name: Option<String>,
    pub(crate) up: Option<u64>,
    pub(crate) down: Option<u64>,
    pub(crate) answer: Option<Answer>,
}

/// What the developer answered.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Answer {
    pub(crate) text: String,
    /// Milliseconds.
    pub(crate) changed: Option<i64>,
}

/// The reviews of an answer. An app without reviews is an empty object. `continued`: whether a page behind the first was asked for.
///
/// # Errors
/// As [`failure`]; `unexpected-answer` where it is not what the service documents.
pub(crate) fn page(answer: &Response, continued: bool) -> Result<Page, Failure> {
    if !(200..=299).contains(&answer.status) {
        return Err(failure(answer, continued));
    }
    let value: Value = answer.json()?;
    if !value.is_object() || value.get("reviews").is_some_and(|reviews| !reviews.is_array() && !reviews.is_null()) {
        return Err(answer.unexpected("has no list `reviews`"));
    }
    if value.get("error").is_some() {
        return Err(failure(answer, continued));
    }
    let next = lenient::as_text(&value["tokenPagination"]["nextPageToken"]);
    // A list without reviews is `{}`; anything else without them is another answer.
    if value.get("reviews").is_none()
        && next.is_none()
        && value
            .as_object()
            .is_some_and(|object| !object.keys().all(|key| matches!(key.as_str(), "tokenPagination" | "pageInfo")))
    {
        return Err(answer.unexpected("has no list `reviews`"));
    }
    let list = value["reviews"].as_array().map(Vec::as_slice).unwrap_or_default();
    let reviews: Vec<Review> = list.iter().filter_map(review).collect();
    if reviews.len() < list.len() {
        vigie_plugin::log::warn(format_args!(
            "{} of {} reviews have no id or no comment of their writer and were skipped",
            list.len() - reviews.len(),
            list.len()
        ));
    }
    Ok(Page { reviews, next })
}

fn review(value: &Value) -> Option<Review> {
    let comments = value["comments"].as_array().map(Vec::as_slice).unwrap_or_default();
    // The newest of each kind: an edit replaces what was there.
    let newest = |kind: &str| {
        let of_kind = comments.iter().map(|comment| &comment[kind]).filter(|comment| comment.is_object());
        // Of equals the last, as lists that are not sorted put it.
        of_kind.max_by_key(|comment| instant(&comment["lastModified"]))
    };
    let user = newest("userComment")?;
    let text = lenient::as_text(&user["originalText"]).or_else(|| lenient::as_text(&user["text"]));
    let device = &user["deviceMetadata"];
    Some(Review {
        id: lenient::as_text(&value["reviewId"])?,
        author: lenient::as_text(&value["authorName"]),
        text: text.unwrap_or_default(),
        changed: instant(&user["lastModified"]),
        stars: lenient::as_number(&user["starRating"]),
        device_language: lenient::as_text(&user["reviewerLanguage"]),
        device: lenient::as_text(&device["productName"]).or_else(|| lenient::as_text(&user["device"])),
        android: lenient::as_number(&user["androidOsVersion"]),
        version_code: lenient::as_number(&user["appVersionCode"]),
        version_name: lenient::as_text(&user["appVersionName"]),
        up: lenient::as_count(&user["thumbsUpCount"]),
        down: lenient::as_count(&user["thumbsDownCount"]),
        answer: newest("developerComment").and_then(|comment| {
            Some(Answer { text: lenient::as_text(&comment["text"])?, changed: instant(&comment["lastModified"]) })
        }),
    })
}

/// Seconds as text and nanoseconds, in milliseconds.
fn instant(value: &Value) -> Option<i64> {
    let seconds = lenient::as_number(&value["seconds"]).filter(|seconds| *seconds > 0)?;
    let nanoseconds = lenient::as_number(&value["nanos"]).filter(|nanos| (0..1_000_000_000).contains(nanos)).unwrap_or(0);
    seconds.checked_mul(1000)?.checked_add(nanoseconds / 1_000_000)
}

/// What an answer that is no success means.
///
/// # Shape
/// Google's envelope: `{"error":{"code","message","status","errors":[{"reason"}]}}`. Used-up quotas are a 403 or a 429 and told by their
/// reason; everything else by its status.
pub(crate) fn failure(answer: &Response, continued: bool) -> Failure {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let error = &body["error"];
    let message = error["message"].as_str().unwrap_or_default();
    let mut reasons: Vec<&str> =
        error["errors"].as_array().into_iter().flatten().filter_map(|one| one["reason"].as_str()).collect();
    reasons.extend(error["details"].as_array().into_iter().flatten().filter_map(|one| one["reason"].as_str()));
    let status = error["status"].as_str().unwrap_or_default();
    let code = lenient::as_number(&error["code"]).and_then(|code| u16::try_from(code).ok()).unwrap_or(answer.status);
    let is = |words: &[&str]| reasons.iter().any(|reason| words.iter().any(|word| reason.eq_ignore_ascii_case(word)));
    let said = format!("Google Play answered {code} {status}: {message}");
    let wait = vigie_plugin::http::status_to_failure(&Response { status: 429, ..answer.clone() }).retry_after_ms;
    let waits = |failure: Failure| Failure { retry_after_ms: wait, ..failure };
    if is(&["quotaExceeded", "dailyLimitExceeded", "dailyLimitExceededUnreg"]) {
        return waits(Failure::quota_exhausted(said));
    }
    if is(&["rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"]) || status == "RESOURCE_EXHAUSTED" || code == 429
    {
        return waits(Failure::rate_limited(said));
    }
    match code {
        400 if continued => Failure::stale_cursor(format!("{said}; the page it was asked to go on from is not known any more")),
        400 => Failure::settings(format!("{said}; is the package name in setting `packages` right?")),
        401 => Failure::unauthorized(format!("{said}; check the secrets `client-id`, `client-secret` and `refresh-token`")),
        403 => Failure::forbidden(format!("{said}; the account needs the permission to reply to reviews of this app")),
        404 => Failure::gone(format!("{said}; the account has no app of this package name")),
        200..=299 => answer.unexpected("is an error in the shape of a success"),
        _ => vigie_plugin::http::status_to_failure(&Response { status: code, ..answer.clone() }),
    }
}
