//! How a site says no. Pure.

use serde_json::Value;
use vigie_plugin::{Failure, http, http::status_to_failure};

/// What an answer that is no list means.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// The list has no such page: it ends before.
    NoSuchPage,
    /// There is no such item (any more), or it is not public any more.
    NoSuchItem,
    /// No interface answers at this address: the site may have it at its plain one.
    NoInterface(Failure),
    /// Anything else.
    Failure(Failure),
}

impl Refusal {
    /// The failure, where a list or an item was asked that must be there.
    #[must_use]
    pub fn into_failure(self, answer: &http::Response) -> Failure {
        match self {
            Self::NoSuchPage | Self::NoSuchItem => status_to_failure(answer),
            Self::NoInterface(failure) | Self::Failure(failure) => failure,
        }
    }
}

/// What an answer refuses; `None` where it is none.
///
/// # Shape
/// The interface answers `{code, message, data: {status}}`, WordPress.com `{error, message}`; what stands before the site (a wall, a
/// cache) answers pages.
///
/// # Source
/// developer.wordpress.org/rest-api/using-the-rest-api/frequently-asked-questions and the controllers of WordPress;
/// core.trac.wordpress.org/ticket/39061 for pages behind the last one.
#[must_use]
pub fn refusal(answer: &http::Response) -> Option<Refusal> {
    let head = String::from_utf8_lossy(&answer.body[..answer.body.len().min(4096)]);
    let page = head.trim_start().starts_with('<');
    // WordPress.com says so in a page, with more than one status.
    if page && head.contains("Limit reached") {
        let failure = status_to_failure(&http::Response { status: 429, ..answer.clone() });
        return Some(Refusal::Failure(failure));
    }
    let said: Value = if page { Value::Null } else { serde_json::from_slice(&answer.body).unwrap_or_default() };
    let code = said["code"].as_str().or_else(|| said["error"].as_str()).unwrap_or_default();
    if (200..300).contains(&answer.status) && code.is_empty() {
        return None;
    }
    let address = answer.url.split('?').next().unwrap_or_default();
    let words = said["message"].as_str().unwrap_or_default().chars().take(120).collect::<String>();
    let told = |what: &str| format!("{address} answered {} `{code}` ({words}): {what}", answer.status);
    Some(match code {
        "rest_post_invalid_page_number" | "rest_comment_invalid_page_number" | "rest_page_invalid_page_number" => {
            Refusal::NoSuchPage
        }
        "rest_post_invalid_id"
        | "rest_comment_invalid_id"
        | "rest_comment_invalid_post_id"
        | "unknown_post"
        | "unknown_comment" => Refusal::NoSuchItem,
        // An item the public could read and now cannot; asked for a list it means that the list is closed.
        "rest_cannot_read" | "rest_cannot_read_post" => Refusal::NoSuchItem,
        "rest_no_route" | "rest_disabled" => Refusal::NoInterface(Failure::settings(told(
            "the site does not offer this interface; read its feed with the source `feed` instead",
        ))),
        "unknown_blog" | "invalid_blog" => {
            Refusal::Failure(Failure::settings(told("WordPress.com knows no such site; set `api` to `site`")))
        }
        "rest_cannot_access"
        | "rest_login_required"
        | "rest_not_logged_in"
        | "rest_forbidden"
        | "rest_forbidden_context"
        | "rest_user_cannot_view"
        | "unauthorized" => {
            let message = told("the site shows its interface to members only; read its feed with the source `feed` instead");
            let failure = if answer.status == 401 { Failure::unauthorized(message) } else { Failure::forbidden(message) };
            Refusal::Failure(failure)
        }
        "" if answer.status == 404 => Refusal::NoInterface(Failure::settings(format!(
            "{address} answered 404: the site has no WordPress interface there; correct `url`, or read its feed with the source `feed`"
        ))),
        "" => Refusal::Failure(status_to_failure(answer)),
        _ if (200..300).contains(&answer.status) => Refusal::Failure(answer.unexpected(&format!("holds the error `{code}`"))),
        _ => Refusal::Failure(status_to_failure(answer)),
    })
}
