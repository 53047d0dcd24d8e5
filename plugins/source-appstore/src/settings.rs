//! The plugin's settings.

use serde::Deserialize;
use vigie_plugin::Failure;

/// The plugin's settings; see `plugin.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Numbers of apps, or addresses of their pages.
    pub apps: Vec<String>,
    /// Two-letter codes of storefronts.
    #[serde(default = "american")]
    pub countries: Vec<String>,
}

fn american() -> Vec<String> {
    vec!["us".to_owned()]
}

impl Settings {
    /// The apps' numbers, each once.
    ///
    /// # Errors
    /// Class `settings` where there is none, or one is neither a number nor an address with one.
    pub fn app_ids(&self) -> Result<Vec<String>, Failure> {
        let ids = self.apps.iter().map(|app| {
            app_id(app.trim()).ok_or_else(|| {
                Failure::settings(format!(
                    "setting `apps`: `{app}` is no app: write its number, such as 497799835, or the address of its page, which ends with it"
                ))
            })
        });
        once("apps", ids, "name at least one app")
    }

    /// The storefronts in lower case, each once.
    ///
    /// # Errors
    /// Class `settings` where there is none, or one is no two-letter code.
    pub fn storefronts(&self) -> Result<Vec<String>, Failure> {
        let codes = self.countries.iter().map(|country| {
            let code = country.trim().to_ascii_lowercase();
            if code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase()) {
                Ok(code)
            } else {
                Err(Failure::settings(format!(
                    "setting `countries`: `{country}` is no country code: write two letters, such as fr"
                )))
            }
        });
        once("countries", codes, "name at least one country code")
    }
}

/// The number in `497799835`, `id497799835` and `https://apps.apple.com/fr/app/xcode/id497799835?mt=12`.
fn app_id(app: &str) -> Option<String> {
    let path = app.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let last = path.rsplit('/').next().unwrap_or_default();
    let number = last.strip_prefix("id").unwrap_or(last);
    ((1..=20).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())).then(|| number.to_owned())
}

fn once(name: &str, all: impl Iterator<Item = Result<String, Failure>>, what: &str) -> Result<Vec<String>, Failure> {
    let mut each: Vec<String> = Vec::new();
    for one in all {
        let one = one?;
        if !each.contains(&one) {
            each.push(one);
        }
    }
    if each.is_empty() { Err(Failure::settings(format!("setting `{name}`: it is empty: {what}"))) } else { Ok(each) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apps_are_numbers_however_they_are_written() {
        for app in [
            "497799835",
            "id497799835",
            "https://apps.apple.com/fr/app/xcode/id497799835?mt=12",
            "https://x.example/id497799835/",
        ] {
            assert_eq!(app_id(app).as_deref(), Some("497799835"), "{app}");
        }
        for app in ["", "xcode", "id", "12a", "https://apps.apple.com/fr/app/xcode", "123456789012345678901"] {
            assert_eq!(app_id(app), None, "{app}");
        }
    }

    #[test]
    fn mistakes_name_their_setting() {
        let settings = |apps: &[&str], countries: &[&str]| Settings {
            apps: apps.iter().map(|app| (*app).to_owned()).collect(),
            countries: countries.iter().map(|country| (*country).to_owned()).collect(),
        };
        assert_eq!(settings(&["1", "id1"], &["FR", "fr "]).storefronts().as_deref(), Ok(&["fr".to_owned()][..]));
        assert_eq!(settings(&["1", "id1"], &[]).app_ids().as_deref(), Ok(&["1".to_owned()][..]));
        assert!(settings(&[], &[]).app_ids().expect_err("none").message.starts_with("setting `apps`"));
        assert!(settings(&[], &["fra"]).storefronts().expect_err("no code").message.starts_with("setting `countries`"));
    }
}
