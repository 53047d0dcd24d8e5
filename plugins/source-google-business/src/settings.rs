//! The plugin's settings.

use serde::Deserialize;
use vigie_plugin::Failure;

/// The plugin's settings; see `plugin.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Resource names of places.
    pub locations: Vec<String>,
    /// Whether the owner's replies are kept.
    #[serde(default = "yes")]
    pub replies: bool,
}

const fn yes() -> bool {
    true
}

impl Settings {
    /// The places, each once.
    ///
    /// # Errors
    /// Class `settings` where there is none, or one is no resource name.
    pub fn locations(&self) -> Result<Vec<String>, Failure> {
        let mut all: Vec<String> = Vec::new();
        for text in &self.locations {
            let name = text.trim().trim_matches('/');
            if !is_location(name) {
                return Err(Failure::settings(format!(
                    "setting `locations`: `{text}` is no place: write its resource name such as accounts/1089/locations/4711; \
                     accounts.locations.list names yours"
                )));
            }
            if all.iter().all(|known| known != name) {
                all.push(name.to_owned());
            }
        }
        if all.is_empty() {
            return Err(Failure::settings(
                "setting `locations`: it is empty: name at least one place, such as accounts/1089/locations/4711",
            ));
        }
        Ok(all)
    }
}

fn is_location(name: &str) -> bool {
    let id =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    matches!(name.split('/').collect::<Vec<_>>()[..], ["accounts", account, "locations", location] if id(account) && id(location))
}
