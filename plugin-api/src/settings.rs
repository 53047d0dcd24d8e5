//! Settings as the plugin's own type.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::Failure;

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
