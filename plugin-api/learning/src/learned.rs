//! A table on its way back to the plugin that made it.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// What [`learn`](crate::LearningAnalyzer::learn) returned, as it comes back under the key `learned` of the settings; empty where nothing
/// has been learned.
///
/// A field of the plugin's settings with `#[serde(default)]`, or what such a field's type is made from with
/// `#[serde(try_from = "Learned")]`. Settings are read once for all calls of an instance, so a table is, too.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Learned(Vec<u8>);

impl Learned {
    /// The table; empty where nothing has been learned.
    #[must_use]
    pub fn table(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for Learned {
    fn from(table: Vec<u8>) -> Self {
        Self(table)
    }
}

impl fmt::Debug for Learned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Learned({} bytes)", self.0.len())
    }
}

impl<'de> Deserialize<'de> for Learned {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl de::Visitor<'_> for Text {
            type Value = Learned;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a learned table as base64")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Learned, E> {
                BASE64.decode(text).map(Learned).map_err(|error| E::custom(format!("not base64: {error}")))
            }
        }

        deserializer.deserialize_str(Text)
    }
}

/// As the host writes it; for tests that play the host.
impl Serialize for Learned {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64.encode(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use vigie_plugin::{FailureClass, settings};

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Settings {
        #[serde(default)]
        learned: Learned,
    }

    #[test]
    fn a_table_comes_back_as_it_went() {
        let table: Vec<u8> = (0..=255).collect();
        let text = json!({ "learned": Learned::from(table.clone()) }).to_string();
        assert!(text.starts_with(r#"{"learned":"AAECAwQF"#), "{text}");
        assert_eq!(settings::read::<Settings>(&text).expect("base64").learned.table(), table);
        assert!(settings::read::<Settings>("{}").expect("nothing learned").learned.table().is_empty());
    }

    #[test]
    fn what_is_no_table_is_a_failure_that_names_the_setting() {
        for (text, message) in [
            (r#"{"learned":"a!"}"#, "setting `learned`: not base64: "),
            (r#"{"learned":7}"#, "setting `learned`: invalid type: integer `7`, expected a learned table as base64"),
        ] {
            let failure = settings::read::<Settings>(text).expect_err(text);
            assert!(failure.message.starts_with(message), "{}", failure.message);
            assert_eq!(failure.class, FailureClass::Settings);
        }
    }
}
