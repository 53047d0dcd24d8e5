//! What the feed of customer reviews answers, as JSON and as XML. Pure.
//!
//! The JSON is a translation of the Atom XML: every scalar is `{"label": …}`, a list of one is an object, a list of none is absent.
//! It had no dates for years (the XML always had). The first entry used to be the app itself. Errors come with status 200.

mod xml;

use serde_json::Value;
use vigie_plugin::http::Response;
use vigie_plugin::{Failure, lenient};

/// How the answer to a page behind the tenth begins.
const TOO_DEEP: &str = "CustomerReviews RSS page depth";

/// A customer's review.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Review {
    /// Its number; unique over all storefronts.
    pub(crate) id: String,
    /// Plain text.
    pub(crate) title: Option<String>,
    /// Plain text.
    pub(crate) content: String,
    /// The customer's nickname.
    pub(crate) author: Option<String>,
    /// Address of the customer's reviews; its last part holds the account's number.
    pub(crate) author_uri: Option<String>,
    /// 1 to 5; absent where the feed leaves it empty.
    pub(crate) rating: Option<f64>,
    /// The app's version.
    pub(crate) version: Option<String>,
    /// How many found it helpful.
    pub(crate) helpful: Option<u64>,
    /// How many said whether it is.
    pub(crate) votes: Option<u64>,
    /// RFC 3339; written or last changed.
    pub(crate) updated: Option<String>,
}

/// The reviews of a page, in its order, each once.
///
/// # Errors
/// As [`Response::check`]; `unexpected-answer` where it is no feed, among it the refusal of pages behind the tenth.
pub(crate) fn reviews(answer: &Response) -> Result<Vec<Review>, Failure> {
    answer.check()?;
    let text = answer.text()?;
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if start.starts_with(TOO_DEEP) {
        return Err(answer.unexpected("is the refusal of a page behind the last one, not a feed"));
    }
    let found = if start.starts_with('<') {
        xml::reviews(start).map_err(|what| answer.unexpected(what))?
    } else {
        let document: Value = answer.json()?;
        let Some(feed) = document.get("feed").filter(|feed| feed.is_object()) else {
            return Err(answer.unexpected("has no `feed` where customer reviews belong"));
        };
        let entries = match &feed["entry"] {
            Value::Array(entries) => entries.as_slice(),
            one @ Value::Object(_) => std::slice::from_ref(one),
            _ => &[],
        };
        entries.iter().filter_map(review).collect()
    };
    let mut reviews: Vec<Review> = Vec::with_capacity(found.len());
    for review in found {
        if reviews.iter().all(|known| known.id != review.id) {
            reviews.push(review);
        }
    }
    Ok(reviews)
}

/// An entry that is a review: it has a rating, even an empty one, and a number.
fn review(entry: &Value) -> Option<Review> {
    entry.get("im:rating")?;
    let label = |value: &Value| lenient::as_text(&value["label"]);
    Some(Review {
        id: number(&label(&entry["id"])?)?,
        title: label(&entry["title"]),
        content: label(&entry["content"]).unwrap_or_default(),
        author: label(&entry["author"]["name"]),
        author_uri: label(&entry["author"]["uri"]),
        rating: label(&entry["im:rating"]).and_then(|rating| rating.trim().parse().ok()),
        version: label(&entry["im:version"]),
        helpful: lenient::as_count(&entry["im:voteSum"]["label"]),
        votes: lenient::as_count(&entry["im:voteCount"]["label"]),
        updated: label(&entry["updated"]),
    })
}

/// The digits an id consists of. Anything else (the app's own entry has an address) is no review's.
fn number(id: &str) -> Option<String> {
    let id = id.trim();
    ((1..=40).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit())).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use vigie_plugin::FailureClass;

    use super::*;

    fn answer(body: &str) -> Response {
        let url = "https://itunes.apple.com/fr/rss/customerreviews/page=1/id=1/sortby=mostrecent/json".to_owned();
        Response { status: 200, url, headers: vec![], body: body.as_bytes().to_vec() }
    }

    fn entry(id: &str) -> Value {
        json!({ "id": { "label": id }, "im:rating": { "label": "4" } })
    }

    fn ids(feed: Value) -> Vec<String> {
        let body = json!({ "feed": feed }).to_string();
        reviews(&answer(&body)).expect("a feed").into_iter().map(|review| review.id).collect()
    }

    #[test]
    fn a_list_of_one_is_an_object_and_a_list_of_none_is_absent() {
        assert_eq!(ids(json!({ "entry": entry("7") })), ["7"]);
        assert!(ids(json!({})).is_empty());
        assert!(ids(json!({ "entry": null })).is_empty());
    }

    #[test]
    fn the_app_doubles_and_odd_entries_are_left_out() {
        let app = json!({ "im:name": { "label": "Acme" }, "id": { "label": "https://apps.apple.com/fr/app/id1" } });
        let no_id = json!({ "im:rating": { "label": "4" } });
        assert_eq!(ids(json!({ "entry": [app, entry("7"), entry("8"), entry("7"), no_id, null, 3, [[]]] })), ["7", "8"]);
        let empty = json!({ "id": { "label": 18_446_744_073_709_551_615_u64 }, "im:rating": { "label": "" }, "title": [], "content": {} });
        let body = json!({ "feed": { "entry": [empty] } }).to_string();
        let review = reviews(&answer(&body)).expect("a feed").remove(0);
        assert_eq!(
            (review.id.as_str(), review.rating, review.title, review.content.as_str()),
            ("18446744073709551615", None, None, "")
        );
    }

    #[test]
    fn what_is_no_feed_is_refused() {
        for body in [
            "",
            "<!doctype html><html><p>Try later",
            "{}",
            "[]",
            r#"{"feed":[]}"#,
            "CustomerReviews RSS page depth is limited to 10",
            "{\"feed\":{",
        ] {
            assert_eq!(reviews(&answer(body)).expect_err(body).class, FailureClass::UnexpectedAnswer, "{body}");
        }
    }
}
