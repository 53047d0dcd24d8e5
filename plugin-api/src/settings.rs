//! Settings as the plugin's own type.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::{Failure, http};

/// For plugins without settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoSettings {}

/// Reads the settings the host hands over.
///
/// # Shape
/// `text`: one JSON object that fits the manifest's schema.
///
/// # Errors
/// Class `settings`, naming the field, where `T` refuses what the schema let pass.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(text)).map_err(|error| {
        let path = error.path().to_string();
        let cause = without_place(error.inner());
        Failure::settings(if path == "." { format!("settings: {cause}") } else { format!("setting `{path}`: {cause}") })
    })
}

/// A span of time in milliseconds: a number with `h`, `d` or `w`. `name` is the setting's, for the message.
///
/// # Examples
/// ```
/// assert_eq!(vigie_plugin::settings::span_ms("comments_for", "14d")?, 14 * 86_400_000);
/// # Ok::<(), vigie_plugin::Failure>(())
/// ```
///
/// # Errors
/// Class `settings` where it is no span of time.
pub fn span_ms(name: &str, text: &str) -> Result<i64, Failure> {
    let text = text.trim();
    let split = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
    let hours: Option<i64> = match &text[split..] {
        "h" => Some(1),
        "d" => Some(24),
        "w" => Some(24 * 7),
        _ => None,
    };
    let count = text[..split].parse::<i64>().ok().zip(hours);
    count.and_then(|(count, hours)| count.checked_mul(hours)?.checked_mul(3_600_000)).ok_or_else(|| {
        Failure::settings(format!("setting `{name}`: `{text}` is no span of time: write one such as 36h, 14d or 4w"))
    })
}

/// The address of a site without a slash at its end, query and fragment. `name` is the setting's, for the message.
///
/// # Errors
/// Class `settings` where it is no address of the web.
pub fn base_url(name: &str, url: &str) -> Result<String, Failure> {
    let whole = http::web(url.trim(), "").ok_or_else(|| {
        Failure::settings(format!("setting `{name}`: `{url}` is no address: write one such as https://site.example"))
    })?;
    Ok(whole.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/').to_owned())
}

/// What serde_json says, without the line and column of a text nobody wrote by hand.
pub(crate) fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FailureClass;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Settings {
        #[serde(rename = "urls")]
        _urls: Vec<String>,
    }

    #[test]
    fn spans_and_addresses_are_read_or_name_their_setting() {
        assert_eq!(span_ms("x", " 36h "), Ok(36 * 3_600_000));
        assert_eq!(span_ms("x", "2w"), Ok(14 * 86_400_000));
        for wrong in ["", "d", "3", "3m", "-3d", "9223372036854775807w"] {
            assert!(span_ms("topics_for", wrong).expect_err(wrong).message.starts_with("setting `topics_for`: "), "{wrong}");
        }
        assert_eq!(base_url("url", "https://site.example/sub/?a#b").as_deref(), Ok("https://site.example/sub"));
        for wrong in ["", "site.example", "ftp://site.example"] {
            assert!(base_url("url", wrong).expect_err(wrong).message.starts_with("setting `url`: "), "{wrong}");
        }
    }

    #[test]
    fn the_failure_names_the_field() {
        let cases = [
            (r#"{"urls":["a",3]}"#, "setting `urls[1]`: invalid type: integer `3`, expected a string"),
            (r#"{}"#, "settings: missing field `urls`"),
            (r#"{"url":[]}"#, "setting `url`: unknown field `url`, expected `urls`"),
            (r#"{"urls":["#, "setting `urls`: EOF while parsing a list"),
        ];
        for (text, message) in cases {
            let failure = read::<Settings>(text).expect_err(text);
            assert_eq!((failure.class, failure.message.as_str()), (FailureClass::Settings, message), "{text}");
        }
    }

    #[test]
    fn no_settings_are_an_empty_object_and_nothing_else() {
        assert_eq!(read::<NoSettings>("{}").expect("an empty object"), NoSettings {});
        assert!(read::<NoSettings>(r#"{"url":"x"}"#).expect_err("a key nobody reads").message.contains("url"));
    }
}
