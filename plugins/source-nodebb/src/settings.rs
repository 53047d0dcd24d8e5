//! The plugin's settings.

use serde::Deserialize;
use vigie_plugin::{Failure, settings};

/// What is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Every new post.
    #[default]
    Latest,
    /// What searches find.
    Search,
    /// Both.
    Both,
}

/// The plugin's settings; see `plugin.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Address of the forum.
    pub url: String,
    /// Numbers of categories.
    #[serde(default)]
    pub categories: Vec<String>,
    /// Numbers of topics.
    #[serde(default)]
    pub topics: Vec<String>,
    /// What is read.
    #[serde(default)]
    pub mode: Mode,
    /// Whether requests are signed.
    #[serde(default)]
    pub signed_in: bool,
}

impl Settings {
    /// The forum's address without a slash at its end, query and fragment.
    ///
    /// # Errors
    /// Class `settings` where it is no address.
    pub fn base(&self) -> Result<String, Failure> {
        settings::base_url("url", &self.url)
    }

    /// Numbers of a setting, each once.
    ///
    /// # Errors
    /// Class `settings` where one is no number.
    pub fn numbers(name: &str, written: &[String]) -> Result<Vec<String>, Failure> {
        let mut numbers: Vec<String> = Vec::new();
        for one in written {
            let number = one.trim();
            if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(Failure::settings(format!(
                    "setting `{name}`: `{one}` is no number: write the one in its address, such as 6"
                )));
            }
            if !numbers.iter().any(|known| known == number) {
                numbers.push(number.to_owned());
            }
        }
        Ok(numbers)
    }
}
