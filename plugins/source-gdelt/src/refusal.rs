//! Refusals among answers of status 200. Pure.
//!
//! The service says what it does not like in English, as text, with status 200 and the type of a page.

use std::time::Duration;

use vigie_plugin::Failure;
use vigie_plugin::http::Response;

/// The pause the service asks for when it is asked too often, and a second.
const PAUSE: Duration = Duration::from_secs(6);

/// The text of an answer that may hold articles.
///
/// # Errors
/// - 429, and "limit requests" with any status: `rate-limited`, for six seconds where the answer does not say more;
/// - words about the query: `settings`, because it is made of settings and topics;
/// - words about dates and spans, and everything else that is no JSON: `unexpected-answer`; statuses as usual.
///
/// # Source
/// The messages as clients of the interface collected them.
pub fn text(answer: &Response) -> Result<String, Failure> {
    let words = vigie_plugin::http::decode(answer.header("content-type"), &answer.body).0;
    let start = words.trim_start_matches('\u{feff}').trim();
    let said: String = start.chars().take(200).collect();
    let lower = said.to_lowercase();
    if answer.status == 429 || (!start.starts_with('{') && lower.contains("limit requests")) {
        let stated = answer.check().err().and_then(|failure| failure.retry_after_ms).map(Duration::from_millis);
        let why = format!("api.gdeltproject.org answered {}: {said}", answer.status);
        return Err(Failure::rate_limited(why).retry_after(stated.unwrap_or(PAUSE)));
    }
    answer.check()?;
    if start.starts_with(['{', '[']) {
        return Ok(words);
    }
    let query = ["your query", "phrase is too", "or'd terms", "keyword", "operator", "parenthes", "search term", "illegal"];
    let is_page = lower.starts_with("<!doctype") || lower.starts_with("<html");
    if !is_page && query.iter().any(|sign| lower.contains(sign)) {
        return Err(Failure::settings(format!(
            "api.gdeltproject.org refuses the search: {said}; change the topic's words or the settings"
        )));
    }
    Err(answer.unexpected("is no JSON"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use vigie_plugin::FailureClass as Class;

    fn said(status: u16, body: &str) -> Result<String, Class> {
        let headers = vec![("content-type".to_owned(), "text/html; charset=utf-8".to_owned())];
        let answer = Response { status, url: "https://api.gdeltproject.org/api/v2/doc/doc".into(), headers, body: body.into() };
        text(&answer).map_err(|failure| failure.class)
    }

    #[test]
    fn words_are_understood_whatever_the_status() {
        for (status, body, class) in [
            (200, "Your query was too short or too long.", Class::Settings),
            (200, "The specified phrase is too short.\n", Class::Settings),
            (200, "Queries containing OR'd terms must be surrounded by ().", Class::Settings),
            (200, "Timespan is too short.", Class::UnexpectedAnswer),
            (200, "Invalid query start date.", Class::UnexpectedAnswer),
            (200, "Please limit requests to one every 5 seconds or contact …", Class::RateLimited),
            (429, "Please limit requests to one every 5 seconds", Class::RateLimited),
            (429, "", Class::RateLimited),
            (200, "", Class::UnexpectedAnswer),
            (200, "<!DOCTYPE html><p>illegal operator", Class::UnexpectedAnswer),
            (503, "<html>", Class::Transient),
            (404, "", Class::Gone),
        ] {
            assert_eq!(said(status, body), Err(class), "{status} {body}");
        }
        assert_eq!(said(200, "\u{feff} {}"), Ok(" {}".into()));
        assert!(said(200, r#"{"articles":[{"title":"Please limit requests"}]}"#).is_ok());
    }
}
