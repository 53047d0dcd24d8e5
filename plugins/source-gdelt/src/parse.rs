//! What the service answers. Pure.

use serde::Deserialize;
use vigie_plugin::{lenient, log};

use crate::repair::repair;

/// `mode=artlist&format=json`; an empty result has no `articles` at all.
#[derive(Debug, Clone, Deserialize)]
pub struct Page {
    /// Newest first.
    #[serde(default, deserialize_with = "lenient::list")]
    pub articles: Vec<Article>,
}

/// An article. Any field may be missing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Article {
    /// Its page.
    #[serde(deserialize_with = "lenient::text")]
    pub url: Option<String>,
    /// Title, with blanks around punctuation.
    #[serde(deserialize_with = "lenient::text")]
    pub title: Option<String>,
    /// `20260609T113000Z`: when GDELT first saw it.
    #[serde(deserialize_with = "lenient::text")]
    pub seendate: Option<String>,
    /// A picture.
    #[serde(deserialize_with = "lenient::text")]
    pub socialimage: Option<String>,
    /// The outlet.
    #[serde(deserialize_with = "lenient::text")]
    pub domain: Option<String>,
    /// English name.
    #[serde(deserialize_with = "lenient::text")]
    pub language: Option<String>,
    /// English name.
    #[serde(deserialize_with = "lenient::text")]
    pub sourcecountry: Option<String>,
}

/// Reads a page; one with broken escapes after mending it.
///
/// # Errors
/// What is wrong, in serde's words, where it is no page even then.
pub fn page(text: &str) -> Result<Page, String> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if !text.starts_with('{') {
        return Err("it is no object".to_owned());
    }
    let first = match serde_json::from_str::<Page>(text) {
        Ok(page) => return Ok(page),
        Err(error) => error,
    };
    if first.is_data() || first.is_eof() {
        return Err(first.to_string());
    }
    let page = serde_json::from_str(&repair(text)).map_err(|_| first.to_string())?;
    log::info(format_args!("an answer with broken escapes was mended: {first}"));
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_read_whole_empty_and_mended() {
        let count = |text: &str| page(text).map(|page| page.articles.len());
        assert_eq!((count("{}"), count("\u{feff}{ }\n"), count(r#"{"articles":null}"#)), (Ok(0), Ok(0), Ok(0)));
        assert_eq!(count(r#"{"articles":[{"url":7,"title":null},null,3,{"url":"https://a.example","language":[]}]}"#), Ok(2));
        let mended = page("{\"articles\":[{\"title\":\"5\\% up\\' \u{2}\"}]}").expect("mended");
        assert_eq!(mended.articles[0].title.as_deref(), Some("5% up'  "));
    }

    #[test]
    fn another_shape_is_refused() {
        for text in ["", "[]", "{", "{\"articles\":{}}", "{\"articles\":[{\"title\":\"a\" b\"}]}", "<html>", "[[[["] {
            assert!(page(text).is_err(), "{text}");
        }
        assert!(page(&"[".repeat(10_000)).is_err());
    }
}
