//! The plugin's settings.

use serde::Deserialize;
use vigie_plugin::{Failure, settings};

/// Kind of token, which decides the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Login {
    /// Facebook Login.
    #[default]
    Facebook,
    /// Instagram Login.
    Instagram,
}

/// The plugin's settings; see `plugin.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Number of the own account.
    pub user: Option<String>,
    /// Lists of the own account.
    pub read: Vec<String>,
    /// Hashtags beside those of the topics.
    pub hashtags: Vec<String>,
    /// Whether the topics' words are read as hashtags.
    pub search_hashtags: bool,
    /// Names of other accounts.
    pub accounts: Vec<String>,
    /// Numbers of posts whose comments are read although no list names them.
    pub posts: Vec<String>,
    /// Whether comments are read.
    pub comments: bool,
    /// How long after its publication a post's comments are read again.
    pub comments_for: String,
    /// Kind of token.
    pub login: Login,
    /// Whether each request carries the app-secret proof.
    pub app_secret_proof: bool,
    /// Version of the Graph API.
    pub version: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            user: None,
            read: vec!["media".to_owned(), "tags".to_owned()],
            hashtags: Vec::new(),
            search_hashtags: true,
            accounts: Vec::new(),
            posts: Vec::new(),
            comments: true,
            comments_for: "14d".to_owned(),
            login: Login::Facebook,
            app_secret_proof: false,
            version: "v25.0".to_owned(),
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

    /// Number of the own account.
    ///
    /// # Errors
    /// Class `settings` where there is none.
    pub fn user(&self) -> Result<&str, Failure> {
        let user = self.user.as_deref().map(str::trim).filter(|user| is_number(user));
        user.ok_or_else(|| {
            Failure::settings(
                "setting `user`: give the number of the professional account, such as 17841405822304914, not its name",
            )
        })
    }
}

/// Whether this is the number of an object.
pub(crate) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= 40 && text.bytes().all(|byte| byte.is_ascii_digit())
}
