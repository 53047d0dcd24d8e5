//! The plugin's settings.

use serde::Deserialize;
use vigie_plugin::{Failure, http};

/// The plugin's settings; see `plugin.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Domains, or ids of business units.
    pub businesses: Vec<String>,
    /// The one language that is read.
    #[serde(default)]
    pub language: Option<String>,
    /// Whether the companies' replies are kept.
    #[serde(default = "yes")]
    pub replies: bool,
}

const fn yes() -> bool {
    true
}

impl Settings {
    /// The businesses, each once: ids as they are, domains without what an address has around them.
    ///
    /// # Errors
    /// Class `settings` where there is none, or one is neither a domain nor an id.
    pub fn businesses(&self) -> Result<Vec<String>, Failure> {
        let mut all: Vec<String> = Vec::new();
        for text in &self.businesses {
            let name = business(text).ok_or_else(|| {
                Failure::settings(format!(
                    "setting `businesses`: `{text}` is no business: write its domain such as acme.example, or the 24 digits of its unit"
                ))
            })?;
            if !all.contains(&name) {
                all.push(name);
            }
        }
        if all.is_empty() {
            return Err(Failure::settings("setting `businesses`: it is empty: name at least one business, such as acme.example"));
        }
        Ok(all)
    }
}

/// Whether this is the id of a business unit.
#[must_use]
pub(crate) fn is_unit(name: &str) -> bool {
    name.len() == 24 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn business(text: &str) -> Option<String> {
    let text = text.trim();
    if is_unit(text) {
        return Some(text.to_ascii_lowercase());
    }
    // An address of the business or of its page on Trustpilot names the same domain.
    let after = text.rsplit_once("/review/").map_or(text, |(_, domain)| domain);
    let url = if after.contains("://") { after.to_owned() } else { format!("https://{after}") };
    let host = http::web(&url, "")?.split("://").nth(1)?.split(['/', '?', '#', ':']).next()?.to_owned();
    (host.contains('.') && !host.contains('@')).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn businesses_are_domains_or_units() {
        let of = |name: &str| Settings { businesses: vec![name.into()], language: None, replies: true }.businesses();
        for name in [
            "acme.example",
            "https://acme.example/shop?x",
            "https://www.trustpilot.com/review/acme.example?page=2",
            " Acme.Example ",
        ] {
            assert_eq!(of(name), Ok(vec!["acme.example".to_owned()]), "{name}");
        }
        assert_eq!(of("46D6A890000064000500E0C3"), Ok(vec!["46d6a890000064000500e0c3".to_owned()]));
        for wrong in ["", "acme", "a b.example", "mail@acme.example"] {
            assert!(of(wrong).expect_err(wrong).message.starts_with("setting `businesses`: "), "{wrong}");
        }
    }
}
