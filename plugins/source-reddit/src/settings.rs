//! The plugin's settings.

use serde::Deserialize;
use vigie_plugin::{Failure, settings};

/// The plugin's settings; see `plugin.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Whether submissions are searched for.
    pub search: bool,
    /// The one subreddit that is searched.
    pub search_in: Option<String>,
    /// Subreddits that are read.
    pub subreddits: Vec<String>,
    /// Accounts that are read.
    pub users: Vec<String>,
    /// Submissions whose comments are read.
    pub submissions: Vec<String>,
    /// Whether comments are read.
    pub comments: bool,
    /// How long after its publication a submission's comments are read again.
    pub comments_for: String,
    /// Whether submissions marked as not safe for work are searched.
    pub adult: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            search: true,
            search_in: None,
            subreddits: Vec::new(),
            users: Vec::new(),
            submissions: Vec::new(),
            comments: true,
            comments_for: "7d".to_owned(),
            adult: true,
        }
    }
}

impl Settings {
    /// [`comments_for`](Self::comments_for) in milliseconds.
    ///
    /// # Errors
    /// Class `settings` where it is no span of time.
    pub fn comments_for_ms(&self) -> Result<i64, Failure> {
        settings::span_ms("comments_for", &self.comments_for)
    }

    /// The subreddits' names, each once.
    ///
    /// # Errors
    /// Class `settings` where one is no name.
    pub fn subreddits(&self) -> Result<Vec<String>, Failure> {
        names("subreddits", &["r"], &self.subreddits)
    }

    /// The accounts' names, each once.
    ///
    /// # Errors
    /// Class `settings` where one is no name.
    pub fn users(&self) -> Result<Vec<String>, Failure> {
        names("users", &["u", "user"], &self.users)
    }

    /// The submissions' fullnames, each once.
    ///
    /// # Errors
    /// Class `settings` where one is neither an id nor an address of a submission.
    pub fn submissions(&self) -> Result<Vec<String>, Failure> {
        let mut all: Vec<String> = Vec::new();
        for text in &self.submissions {
            let after = ["/comments/", "redd.it/", "t3_"].iter().find_map(|mark| text.split_once(mark));
            let id = after.map_or(text.as_str(), |(_, id)| id).trim().split(['/', '?', '#']).next().unwrap_or_default();
            if !(2..=13).contains(&id.len()) || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                return Err(Failure::settings(format!(
                    "setting `submissions`: `{text}` is no submission: write its id, or its address such as https://redd.it/ID"
                )));
            }
            let name = format!("t3_{}", id.to_ascii_lowercase());
            if !all.contains(&name) {
                all.push(name);
            }
        }
        Ok(all)
    }

    /// The subreddit that is searched.
    ///
    /// # Errors
    /// Class `settings` where it is no name.
    pub fn search_in(&self) -> Result<Option<String>, Failure> {
        Ok(names("search_in", &["r"], self.search_in.as_slice())?.pop())
    }
}

/// `android`, `r/android`, `/r/android/` and the page's address name the same.
fn names(setting: &str, prefixes: &[&str], texts: &[String]) -> Result<Vec<String>, Failure> {
    let mut all: Vec<String> = Vec::new();
    for text in texts {
        let whole = format!("/{}", text.trim());
        let marked = prefixes.iter().find_map(|prefix| whole.split_once(&format!("/{prefix}/")));
        let after = marked.map_or(text.trim(), |(_, after)| after);
        let name = after.split(['/', '?', '#']).next().unwrap_or_default();
        let good = (2..=24).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
        if !good {
            return Err(Failure::settings(format!(
                "setting `{setting}`: `{text}` is no name: write one such as {}/acme",
                prefixes[0]
            )));
        }
        // Names are the same in any case.
        if all.iter().all(|known| !known.eq_ignore_ascii_case(name)) {
            all.push(name.to_owned());
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_in_many_ways() {
        let settings = Settings {
            subreddits: ["android", "r/Android", "/r/apple/", "https://www.reddit.com/r/acme/new?x"].map(str::to_owned).to_vec(),
            users: ["u/ada", "https://www.reddit.com/user/bo-b/", "ada"].map(str::to_owned).to_vec(),
            ..Settings::default()
        };
        assert_eq!(settings.subreddits().as_deref(), Ok(["android", "apple", "acme"].map(str::to_owned).as_slice()));
        assert_eq!(settings.users().as_deref(), Ok(["ada", "bo-b"].map(str::to_owned).as_slice()));
        let submissions =
            ["6vx8n0", "t3_6vx8n0", "https://redd.it/6vx8n0?x", "https://www.reddit.com/r/a/comments/6VX8n0/title/"];
        let settings = Settings { submissions: submissions.map(str::to_owned).to_vec(), ..Settings::default() };
        assert_eq!(settings.submissions(), Ok(vec!["t3_6vx8n0".to_owned()]));
        for wrong in ["", "https://acme.example/x", "t3_"] {
            let settings = Settings { submissions: vec![wrong.to_owned()], ..Settings::default() };
            assert!(settings.submissions().expect_err(wrong).message.starts_with("setting `submissions`: "), "{wrong}");
        }
        for wrong in ["", "a b", "android+apple", "../x"] {
            let settings = Settings { subreddits: vec![wrong.to_owned()], ..Settings::default() };
            assert!(settings.subreddits().expect_err(wrong).message.starts_with("setting `subreddits`: "), "{wrong}");
        }
    }
}
