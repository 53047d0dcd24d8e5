//! What the API answers. Pure.
//!
//! Fields of an unexpected type count as absent; an odd review, and the nulls that stand between reviews at times, are left out.

use serde::Deserialize;
use serde_json::Value;
use vigie_plugin::http::Response;
use vigie_plugin::{Failure, google, lenient};

/// A page of `accounts.locations.reviews.list`.
#[derive(Debug, Clone)]
pub struct Page {
    /// Last changed first.
    pub reviews: Vec<Review>,
    /// What to ask the next page with; absent on the last one.
    pub next: Option<String>,
}

/// Reads a page.
///
/// # Errors
/// Class `unexpected-answer` where it is no list of reviews.
pub fn page(answer: &Response) -> Result<Page, Failure> {
    let raw: RawPage = answer.json()?;
    // A place without reviews is answered with an empty object.
    let empty = raw.reviews.is_null() && (raw.total_review_count.is_some_and(|count| count == 0) || raw.rest.is_empty());
    match raw.reviews {
        Value::Array(items) => {
            let items = items.into_iter().filter(|item| !item.is_null()).collect();
            let reviews: Listed =
                serde_json::from_value(Value::Array(items)).map_err(|error| answer.unexpected(&error.to_string()))?;
            Ok(Page { reviews: reviews.0, next: raw.next_page_token })
        }
        _ if empty => Ok(Page { reviews: Vec::new(), next: raw.next_page_token }),
        _ => Err(answer.unexpected("has no `reviews` where a list belongs")),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawPage {
    #[serde(default)]
    reviews: Value,
    #[serde(default, deserialize_with = "lenient::text")]
    next_page_token: Option<String>,
    #[serde(default, deserialize_with = "lenient::count")]
    total_review_count: Option<u64>,
    #[serde(default, rename = "averageRating")]
    _average_rating: Value,
    #[serde(flatten)]
    rest: serde_json::Map<String, Value>,
}

#[derive(Deserialize)]
struct Listed(#[serde(deserialize_with = "lenient::list")] Vec<Review>);

/// A review.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Review {
    /// `accounts/…/locations/…/reviews/…`
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// The last part of the name.
    #[serde(deserialize_with = "lenient::text")]
    pub review_id: Option<String>,
    /// Who wrote it.
    #[serde(deserialize_with = "lenient::part")]
    pub reviewer: Option<Reviewer>,
    /// `ONE` to `FIVE`.
    #[serde(deserialize_with = "lenient::text")]
    pub star_rating: Option<String>,
    /// Plain text; absent in a review of stars alone.
    #[serde(deserialize_with = "lenient::text")]
    pub comment: Option<String>,
    /// RFC 3339, up to nanoseconds.
    #[serde(deserialize_with = "lenient::text")]
    pub create_time: Option<String>,
    /// RFC 3339; later than the creation only after an edit.
    #[serde(deserialize_with = "lenient::text")]
    pub update_time: Option<String>,
    /// What the owner answered.
    #[serde(deserialize_with = "lenient::part")]
    pub review_reply: Option<ReviewReply>,
}

impl Review {
    /// The id of the review, whichever field states it.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        let last = || self.name.as_deref()?.rsplit('/').next().filter(|id| !id.is_empty());
        self.review_id.as_deref().or_else(last)
    }
}

/// Who wrote a review.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Reviewer {
    /// The name shown.
    #[serde(deserialize_with = "lenient::text")]
    pub display_name: Option<String>,
    /// Whether they hide who they are.
    #[serde(deserialize_with = "lenient::flag")]
    pub is_anonymous: Option<bool>,
}

/// What the owner answered.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ReviewReply {
    /// Plain text.
    #[serde(deserialize_with = "lenient::text")]
    pub comment: Option<String>,
    /// When it was last changed; when it was written is not stated.
    #[serde(deserialize_with = "lenient::text")]
    pub update_time: Option<String>,
}

/// The answer, if it is a success.
///
/// # Errors
/// As [`google::failure`]; a place that is not there is a mistake in the settings, which name it.
pub fn check(answer: Response, with_page: bool) -> Result<Response, Failure> {
    let status = answer.status;
    google::check(answer).map_err(|failure| match status {
        404 => Failure::settings(format!("{}; look at the setting `locations`", failure.message)),
        // The API has one reason for every argument; with a page token it is the token that went out of date.
        400 if with_page && failure.class == vigie_plugin::FailureClass::UnexpectedAnswer => {
            Failure::stale_cursor(failure.message)
        }
        _ => failure,
    })
}
