//! The plugin's settings.

use serde::Deserialize;

/// The plugin's settings; see `plugin.toml`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Countries of the outlets, as GDELT writes them.
    pub countries: Vec<String>,
    /// Languages of the articles, as tags.
    pub languages: Vec<String>,
    /// Domains of the outlets.
    pub domains: Vec<String>,
}
