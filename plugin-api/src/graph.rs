//! What the services of Meta's Graph API (Facebook, Instagram, Threads) share: error bodies, paging, dates.
//!
//! - The status of an answer says little: a rate limit and a dead token are both a 400 of type `OAuthException`, and only the code
//!   tells them apart. [`check`] reads it.
//! - [`Walk`] is the position in an edge that lists newest first.
//! - `paging.next` is an address with the access token in it. [`Step`] takes from it where the next page begins and nothing else, so
//!   that a cursor made of it holds no credential.
//!
//! # Source
//! Graph API documentation: "Handling Errors", "Rate Limits", "Paginated Results".

mod walk;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::http::{self, Request, Response};
use crate::{Failure, Moment, lenient, time};

pub use walk::Walk;

/// What to wait where a rate limit does not say: its windows are hours.
const HOUR: Duration = Duration::from_secs(3_600);
/// Longer answers are pages.
const LONGEST_ERROR: usize = 16 * 1024;
/// Parameters of `paging.next` that say where a page begins.
const PLACES: [&str; 5] = ["after", "until", "__paging_token", "__next", "offset"];

/// The `error` of an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct GraphError {
    /// For developers.
    #[serde(deserialize_with = "lenient::text")]
    pub message: Option<String>,
    /// `OAuthException`, `GraphMethodException`, `IGApiException`; says little.
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    pub kind: Option<String>,
    /// What went wrong.
    #[serde(deserialize_with = "lenient::number")]
    pub code: Option<i64>,
    /// More closely.
    #[serde(rename = "error_subcode", deserialize_with = "lenient::number")]
    pub subcode: Option<i64>,
    /// Whether it passes by itself.
    #[serde(deserialize_with = "lenient::flag")]
    pub is_transient: Option<bool>,
    /// For the person who uses the app.
    #[serde(deserialize_with = "lenient::text")]
    pub error_user_msg: Option<String>,
}

impl GraphError {
    /// The error an answer is, whatever its status.
    #[must_use]
    pub fn of(answer: &Response) -> Option<Self> {
        // Pages are long and errors are not, so a page is not read twice.
        if answer.status == 200 && answer.body.len() > LONGEST_ERROR {
            return None;
        }
        let value: Value = serde_json::from_slice(&answer.body).ok()?;
        let error = value.get("error")?;
        if error.is_object() { serde_json::from_value(error.clone()).ok() } else { None }
    }

    /// Whether the service could not gather so much in one answer: ask for fewer items or fields.
    #[must_use]
    pub fn is_too_heavy(&self) -> bool {
        self.code == Some(1) && self.says("reduce the amount of data")
    }

    /// Whether the object asked for does not exist or may not be seen; the service does not tell these apart.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.code == Some(803) || (self.code == Some(100) && (self.subcode == Some(33) || self.says("does not exist")))
    }

    fn says(&self, words: &str) -> bool {
        self.message.as_deref().is_some_and(|message| message.to_ascii_lowercase().contains(words))
    }

    /// What the error means.
    ///
    /// # Shape
    /// | code | class |
    /// |---|---|
    /// | 102, 190; 2500 about a token; a wrong proof | `unauthorized` |
    /// | 4, 17, 32, 341, 613, 80000 to 80014 | `rate-limited`, with the pause the usage header states, else an hour |
    /// | 18 (hashtags of a week) | `quota-exhausted` |
    /// | 3, 10, 200 to 299, 368; 100 about a missing object or permission | `forbidden` |
    /// | 100 that asks for the app-secret proof | `settings` |
    /// | 100 about a cursor | `stale-cursor` |
    /// | 21, 24, 110, 803 | `gone` |
    /// | 1, 2, `is_transient`, a status of 500 and above | `transient` |
    /// | else | `unexpected-answer` |
    #[must_use]
    pub fn failure(&self, answer: &Response) -> Failure {
        let code = self.code.unwrap_or(0);
        let subcode = self.subcode.map(|subcode| format!(", subcode {subcode}")).unwrap_or_default();
        let words: String = self.message.as_deref().unwrap_or("no message").chars().take(300).collect();
        let said = format!("{} answered {} with code {code}{subcode}: {words}", place(answer), answer.status);
        match code {
            190 | 102 => Failure::unauthorized(format!("{said}; make a new access token")),
            4 | 17 | 32 | 341 | 613 | 80_000..=80_014 => {
                Failure::rate_limited(said).retry_after(regained(answer).unwrap_or(HOUR))
            }
            18 => Failure::quota_exhausted(said),
            100 if self.says("appsecret_proof") && self.says("invalid") => {
                Failure::unauthorized(format!("{said}; the app secret does not belong to the token's app"))
            }
            100 if self.says("appsecret_proof") || self.says("app secret proof") => {
                Failure::settings(format!("{said}; configure the secret `app-secret` and set `app_secret_proof = true`"))
            }
            100 if self.is_missing() => Failure::forbidden(said),
            100 if self.says("cursor") || self.says("paging") => Failure::stale_cursor(said),
            3 | 10 | 200..=299 | 368 => Failure::forbidden(said),
            21 | 24 | 110 | 803 => Failure::gone(said),
            2500 if self.says("access token") => Failure::unauthorized(said),
            1 | 2 => Failure::transient(said),
            _ if self.is_transient == Some(true) || answer.status >= 500 => Failure::transient(said),
            _ => Failure::unexpected_answer(said),
        }
    }
}

/// Whether an answer is a success, by its body first and by its status then.
///
/// # Errors
/// As [`GraphError::failure`], and as [`Response::check`] where the body holds no error.
pub fn check(answer: &Response) -> Result<(), Failure> {
    match GraphError::of(answer) {
        Some(error) => Err(error.failure(answer)),
        None => answer.check(),
    }
}

/// Host and path: the query may hold what nobody needs to see.
fn place(answer: &Response) -> &str {
    answer.url.split(['?', '#']).next().unwrap_or_default()
}

/// How long until access is regained: as the usage header of business use cases says in minutes, or as `Retry-After` does.
fn regained(answer: &Response) -> Option<Duration> {
    regained_by_usage(answer).or_else(|| http::retry_after(answer))
}

fn regained_by_usage(answer: &Response) -> Option<Duration> {
    let usage: Value = serde_json::from_str(answer.header("x-business-use-case-usage")?).ok()?;
    let cases = usage.as_object()?.values().filter_map(Value::as_array).flatten();
    let minutes = cases.filter_map(|case| lenient::as_count(&case["estimated_time_to_regain_access"])).max()?;
    (minutes > 0).then(|| Duration::from_secs(minutes.saturating_mul(60)))
}

/// The `paging` of an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Paging {
    #[serde(deserialize_with = "lenient::part")]
    cursors: Option<Cursors>,
    #[serde(deserialize_with = "lenient::text")]
    next: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
struct Cursors {
    #[serde(deserialize_with = "lenient::text")]
    after: Option<String>,
}

impl Paging {
    /// Where the next page begins; `None` on the last one, which has cursors and no `next`.
    #[must_use]
    pub fn next(&self) -> Option<Step> {
        let next = self.next.as_deref()?;
        let url = url::Url::parse(next).ok();
        let mut places: Vec<(String, String)> = Vec::new();
        for (name, value) in url.iter().flat_map(url::Url::query_pairs) {
            if PLACES.contains(&name.as_ref()) && places.iter().all(|(known, _)| *known != name) {
                places.push((name.into_owned(), value.into_owned()));
            }
        }
        if places.is_empty() {
            return self.after().map(Step::after);
        }
        Some(Step(places))
    }

    /// The cursor behind this page, for edges that name no `next`.
    #[must_use]
    pub fn after(&self) -> Option<&str> {
        self.cursors.as_ref()?.after.as_deref()
    }
}

/// Where a page begins, without any credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step(Vec<(String, String)>);

impl Step {
    /// Behind a cursor, for edges that name no `next`.
    #[must_use]
    pub fn after(cursor: &str) -> Self {
        Self(vec![("after".to_owned(), cursor.to_owned())])
    }

    /// The cursor of [`after`](Self::after).
    #[must_use]
    pub fn cursor(&self) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == "after").map(|(_, value)| value.as_str())
    }

    /// The request for the page that begins here. `request`: everything but the place.
    pub fn apply(&self, request: Request) -> Request {
        self.0.iter().fold(request, |request, (name, value)| request.query(name, value))
    }
}

/// An instant: `2021-07-09T19:09:52+0000`, or seconds since 1970 where `date_format=U` was asked for and in webhooks.
#[must_use]
pub fn moment(text: Option<&str>) -> Option<Moment> {
    let text = text?.trim();
    match text.parse::<i64>() {
        Ok(seconds) => time::unix_seconds(seconds).ok(),
        Err(_) => time::rfc3339(text).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FailureClass;

    fn answer(status: u16, body: &str) -> Response {
        Response { status, url: "https://graph.example/v1/x?fields=id".to_owned(), headers: Vec::new(), body: body.into() }
    }

    #[test]
    fn the_code_decides() {
        use FailureClass::{
            Forbidden, Gone, QuotaExhausted, RateLimited, Settings, StaleCursor, Transient, Unauthorized, UnexpectedAnswer,
        };
        let cases = [
            (400, r#"{"code":190,"error_subcode":463,"type":"OAuthException"}"#, Unauthorized),
            (400, r#"{"code":102,"type":"OAuthException"}"#, Unauthorized),
            (400, r#"{"code":4,"type":"OAuthException","is_transient":true}"#, RateLimited),
            (403, r#"{"code":17}"#, RateLimited),
            (400, r#"{"code":32}"#, RateLimited),
            (400, r#"{"code":613}"#, RateLimited),
            (400, r#"{"code":80002}"#, RateLimited),
            (400, r#"{"code":18,"error_subcode":2207034}"#, QuotaExhausted),
            (403, r#"{"code":10}"#, Forbidden),
            (400, r#"{"code":200}"#, Forbidden),
            (403, r#"{"code":299}"#, Forbidden),
            (400, r#"{"code":3}"#, Forbidden),
            (400, r#"{"code":100,"error_subcode":33}"#, Forbidden),
            (400, r##"{"code":100,"message":"(#100) Object does not exist, or missing permission"}"##, Forbidden),
            (400, r#"{"code":100,"message":"this requires either app secret proof or an app token"}"#, Settings),
            (400, r#"{"code":100,"message":"Invalid appsecret_proof provided"}"#, Unauthorized),
            (400, r#"{"code":100,"message":"Invalid cursors values"}"#, StaleCursor),
            (400, r#"{"code":100,"message":"nonexisting field"}"#, UnexpectedAnswer),
            (404, r#"{"code":803}"#, Gone),
            (400, r#"{"code":24}"#, Gone),
            (500, r#"{"code":1}"#, Transient),
            (400, r#"{"code":"2"}"#, Transient),
            (400, r#"{"code":77,"is_transient":true}"#, Transient),
            (400, r#"{"code":2500,"type":"IGApiException","message":"Unknown path components"}"#, UnexpectedAnswer),
            (400, r#"{"code":2500,"message":"An active access token must be used"}"#, Unauthorized),
            (200, r#"{"code":190}"#, Unauthorized),
            (400, "{}", UnexpectedAnswer),
        ];
        for (status, error, class) in cases {
            let failure = check(&answer(status, &format!(r#"{{"error":{error}}}"#))).expect_err(error);
            assert_eq!(failure.class, class, "{error}");
            assert!(!failure.message.contains("fields="), "{}", failure.message);
        }
        assert_eq!(check(&answer(503, "<html>")).expect_err("503").class, Transient);
        assert!(check(&answer(200, r#"{"data":[],"error":null}"#)).is_ok());
    }

    #[test]
    fn a_pause_is_the_stated_one_or_an_hour() {
        let mut limited = answer(400, r#"{"error":{"code":80001}}"#);
        assert_eq!(check(&limited).expect_err("limited").retry_after_ms, Some(3_600_000));
        let usage = r#"{"112":[{"type":"pages","call_count":100,"estimated_time_to_regain_access":7}]}"#;
        limited.headers.push(("x-business-use-case-usage".to_owned(), usage.to_owned()));
        assert_eq!(check(&limited).expect_err("limited").retry_after_ms, Some(420_000));
    }

    #[test]
    fn a_step_holds_the_place_and_no_token() {
        let paging = |text: &str| serde_json::from_str::<Paging>(text).expect("paging");
        let step = paging(
            r#"{"cursors":{"before":"b","after":"a"},"next":"https://graph.example/x?access_token=T&appsecret_proof=P&limit=5&after=A%20B"}"#,
        );
        let step = step.next().expect("a next page");
        assert_eq!(step.apply(http::get("https://graph.example/x")).url(), "https://graph.example/x?after=A%20B");
        let timed = paging(r#"{"next":"https://graph.example/x?access_token=T&until=15&__paging_token=enc","previous":"…"}"#);
        let timed = timed.next().expect("a next page");
        assert_eq!(serde_json::to_string(&timed).expect("json"), r#"[["until","15"],["__paging_token","enc"]]"#);
        assert_eq!(paging(r#"{"cursors":{"after":"a"}}"#).next(), None);
        assert_eq!(paging(r#"{"cursors":{"after":"a"}}"#).after(), Some("a"));
        let bare = paging(r#"{"cursors":{"after":"a"},"next":"nowhere"}"#);
        assert_eq!(bare.next(), Some(Step(vec![("after".to_owned(), "a".to_owned())])));
        assert_eq!(paging(r#"{"cursors":[],"next":7}"#).after(), None);
    }

    #[test]
    fn dates_without_a_colon_and_seconds() {
        assert_eq!(moment(Some("2021-07-09T19:09:52+0000")), Some(Moment::second(1_625_857_792_000)));
        assert_eq!(moment(Some("1625857792")), Some(Moment::second(1_625_857_792_000)));
        assert_eq!((moment(Some("soon")), moment(None)), (None, None));
    }
}
