//! What the API answers, and what its refusals mean. Pure.
//!
//! Fields of an unexpected type count as absent, an odd review is left out. What only the reviewed company may know of a customer
//! (an e-mail address, an order) is not read at all.

use serde::Deserialize;
use serde_json::Value;
use vigie_plugin::http::{Response, status_to_failure};
use vigie_plugin::{Failure, lenient};

/// A page of reviews.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    /// Newest first.
    #[serde(deserialize_with = "lenient::list")]
    pub reviews: Vec<Review>,
    /// Other pages; only where they are counted.
    #[serde(default)]
    links: Option<Value>,
    /// The next page; only where pages have tokens.
    #[serde(default, deserialize_with = "lenient::text")]
    pub next_page_token: Option<String>,
}

impl Page {
    /// Whether the answer names a page behind this one; `None` where it names none at all.
    #[must_use]
    pub fn has_next(&self) -> Option<bool> {
        let links = self.links.as_ref()?;
        let named = |link: &Value| link.get("rel").and_then(Value::as_str) == Some("next-page");
        match links {
            Value::Array(links) => Some(links.iter().any(named)),
            Value::Object(links) => Some(links.get("next").is_some_and(|next| !next.is_null())),
            _ => None,
        }
    }
}

/// A business unit, as `business-units/find` answers it and as reviews repeat it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Unit {
    /// 24 hexadecimal digits.
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// The company's name.
    #[serde(deserialize_with = "lenient::text")]
    pub display_name: Option<String>,
    /// The company's domain.
    #[serde(deserialize_with = "lenient::text")]
    pub identifying_name: Option<String>,
}

/// A review.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Review {
    /// 24 hexadecimal digits.
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// 1 to 5; 0 where there is none.
    #[serde(deserialize_with = "lenient::number")]
    pub stars: Option<i64>,
    /// Plain text; often the first words of the text.
    #[serde(deserialize_with = "lenient::text")]
    pub title: Option<String>,
    /// Plain text; absent in a review of stars alone.
    #[serde(deserialize_with = "lenient::text")]
    pub text: Option<String>,
    /// Of title and text.
    #[serde(deserialize_with = "lenient::text")]
    pub language: Option<String>,
    /// RFC 3339.
    #[serde(deserialize_with = "lenient::text")]
    pub created_at: Option<String>,
    /// RFC 3339; only after an edit.
    #[serde(deserialize_with = "lenient::text")]
    pub updated_at: Option<String>,
    /// When the customer made the experience.
    #[serde(deserialize_with = "lenient::text")]
    pub experienced_at: Option<String>,
    /// Readers who found it useful.
    #[serde(deserialize_with = "lenient::number")]
    pub number_of_likes: Option<i64>,
    /// Whether Trustpilot verified that the experience was made.
    #[serde(deserialize_with = "lenient::flag")]
    pub is_verified: Option<bool>,
    /// How: `verified`, `invited`, `not-verified`, ….
    #[serde(deserialize_with = "lenient::text")]
    pub review_verification_level: Option<String>,
    /// `active`, `reported`, `archived` or `flagged`.
    #[serde(deserialize_with = "lenient::text")]
    pub status: Option<String>,
    /// About a report, if it was reported.
    #[serde(deserialize_with = "lenient::part")]
    pub report_data: Option<Report>,
    /// Whether it counts for the company's score.
    #[serde(deserialize_with = "lenient::flag")]
    pub counts_towards_trust_score: Option<bool>,
    /// Who wrote it.
    #[serde(deserialize_with = "lenient::part")]
    pub consumer: Option<Consumer>,
    /// Whom it judges.
    #[serde(deserialize_with = "lenient::part")]
    pub business_unit: Option<Unit>,
    /// What the company answered.
    #[serde(deserialize_with = "lenient::part")]
    pub company_reply: Option<CompanyReply>,
    /// The branch it judges.
    #[serde(deserialize_with = "lenient::part")]
    pub location: Option<Branch>,
}

/// About a report.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Report {
    /// `hidden` while the report is looked at.
    #[serde(deserialize_with = "lenient::text")]
    pub review_visibility: Option<String>,
}

/// Who wrote a review.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Consumer {
    /// 24 hexadecimal digits.
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// The name shown.
    #[serde(deserialize_with = "lenient::text")]
    pub display_name: Option<String>,
    /// Where they say they are.
    #[serde(deserialize_with = "lenient::text")]
    pub display_location: Option<String>,
    /// Reviews they have written.
    #[serde(deserialize_with = "lenient::number")]
    pub number_of_reviews: Option<i64>,
}

/// What a company answered.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CompanyReply {
    /// Plain text.
    #[serde(deserialize_with = "lenient::text")]
    pub text: Option<String>,
    /// Sometimes without a zone.
    #[serde(deserialize_with = "lenient::text")]
    pub created_at: Option<String>,
    /// Sometimes without a zone.
    #[serde(deserialize_with = "lenient::text")]
    pub updated_at: Option<String>,
}

/// A branch of a business.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Branch {
    /// The branch's name.
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
}

/// What an answer that is no success means.
///
/// # Shape
/// 401 `unauthorized`, 403 `forbidden`, 404 `settings` (a business that is named and not there); a year's calls used up
/// `quota-exhausted`; 429 and 503 `rate-limited`, because the API uses both; others as
/// [`status_to_failure`].
///
/// # Source
/// Trustpilot developers, "Rate limiting" and "Error codes"; the gateway's own errors are `{"fault":{"detail":{"errorcode"}}}`.
#[must_use]
pub fn failure(answer: &Response) -> Failure {
    let body: Value =
        serde_json::from_slice(answer.body.get(..answer.body.len().min(64 * 1024)).unwrap_or_default()).unwrap_or_default();
    let code = body.pointer("/fault/detail/errorcode").and_then(Value::as_str).unwrap_or_default();
    let known = status_to_failure(answer);
    match answer.status {
        _ if code.ends_with("QuotaViolation") => {
            Failure::quota_exhausted(format!("{}; the calls of the plan are used up", known.message))
        }
        _ if code.starts_with("oauth.v2.") => Failure::unauthorized(known.message),
        _ if code.ends_with("SpikeArrestViolation") => Failure::rate_limited(known.message),
        404 => Failure::settings(format!("{}; look at the setting `businesses`", known.message)),
        503 => {
            let wait = known.retry_after_ms.map(std::time::Duration::from_millis);
            Failure::rate_limited(known.message).retry_after(wait)
        }
        _ => known,
    }
}

/// The answer, if it is a success.
///
/// # Errors
/// As [`failure`].
pub fn check(answer: Response) -> Result<Response, Failure> {
    if (200..=299).contains(&answer.status) { Ok(answer) } else { Err(failure(&answer)) }
}
