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
    /// Discussions searches find.
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
    /// Slugs of tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Numbers of discussions.
    #[serde(default)]
    pub discussions: Vec<String>,
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

    /// The discussions' numbers.
    ///
    /// # Errors
    /// Class `settings` where one is no number.
    pub fn discussion_ids(&self) -> Result<Vec<&str>, Failure> {
        let number = |written: &'_ String| !written.trim().is_empty() && written.trim().bytes().all(|byte| byte.is_ascii_digit());
        match self.discussions.iter().find(|written| !number(written)) {
            Some(wrong) => Err(Failure::settings(format!(
                "setting `discussions`: `{wrong}` is no number: write the one behind `d/` in its address, such as 1234"
            ))),
            None => Ok(self.discussions.iter().map(|written| written.trim()).collect()),
        }
    }
}
