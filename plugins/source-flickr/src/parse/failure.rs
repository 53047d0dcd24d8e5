//! How Flickr says no. Pure.
//!
//! | code | class |
//! |---|---|
//! | 1 (not found, or not for us), 2 (unknown person), 5 (person is gone) | `gone`; 1 of a search is "too many tags": `settings` |
//! | 3, 11, 12, 17, 18 of a search | `settings` |
//! | 4 of a search | `forbidden` |
//! | 10, 0, 105, 106, 201 | `transient` |
//! | 20 (beyond the wall) | `stale-cursor` |
//! | 95 to 100; `oauth_problem` | `unauthorized` |
//! | else | `unexpected-answer` |

use serde_json::Value;
use vigie_plugin::html::Tag;
use vigie_plugin::lenient::{as_number, as_text};
use vigie_plugin::{Failure, http};

/// Longer answers are no failures.
const LONGEST: usize = 16 * 1024;

/// The failure an answer is; `None` for what may be a success.
#[must_use]
pub fn failure(answer: &http::Response) -> Option<Failure> {
    let body = if answer.body.len() <= LONGEST { String::from_utf8_lossy(&answer.body) } else { Default::default() };
    if let Some((code, message)) = stated(body.trim()) {
        let place = answer.url.split(['?', '#']).next().unwrap_or_default();
        let message: String = message.chars().take(300).collect();
        let method =
            answer.url.split('&').find_map(|pair| pair.split_once("method=").map(|(_, method)| method)).unwrap_or_default();
        let said = format!("{place} ({method}) answered {} with code {code}: {message}", answer.status);
        return Some(of(code, method == "flickr.photos.search", said));
    }
    if body.contains("oauth_problem=") {
        return Some(Failure::unauthorized(format!(
            "Flickr refuses the credentials: {}",
            body.trim().chars().take(100).collect::<String>()
        )));
    }
    answer.check().err()
}

fn of(code: i64, is_search: bool, said: String) -> Failure {
    match code {
        1 if is_search => Failure::settings(said),
        3 | 11 | 12 | 17 | 18 if is_search => Failure::settings(said),
        4 if is_search => Failure::forbidden(said),
        1 | 2 | 5 => Failure::gone(said),
        0 | 10 | 105 | 106 | 201 => Failure::transient(said),
        20 => Failure::stale_cursor(said),
        95..=100 => Failure::unauthorized(format!("{said}; make a new API key or check the one configured")),
        _ => Failure::unexpected_answer(said),
    }
}

/// Code and message, in JSON with or without the call around it, or in XML.
fn stated(body: &str) -> Option<(i64, String)> {
    if body.starts_with('<') {
        let answer = Tag::read(&body[body.find("<rsp")?..])?;
        if answer.value("stat") != Some("fail") {
            return None;
        }
        let error = Tag::read(&body[body.find("<err")?..])?;
        return Some((error.value("code")?.trim().parse().ok()?, error.value("msg").unwrap_or_default().to_owned()));
    }
    let json = body.strip_prefix("jsonFlickrApi(").map_or(body, |inside| inside.trim_end_matches(';').trim_end_matches(')'));
    let value: Value = serde_json::from_str(json).ok()?;
    if value["stat"] != "fail" {
        return None;
    }
    // A failure without a number is one of the service itself.
    Some((as_number(&value["code"]).unwrap_or(0), as_text(&value["message"]).unwrap_or_default()))
}
