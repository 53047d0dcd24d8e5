//! What X answers, as one kind of record. Pure.
//!
//! Two versions of the interface are read, [`v2`] and [`v1`], the first in both of its namings (`referenced_tweets` and
//! `referenced_posts`); an answer shows by its shape which it is. What a post refers to stands beside it in an answer of version 2
//! and inside it in one of version 1, so both are joined here.

pub mod error;
pub mod v1;
pub mod v2;

use serde_json::Value;
use vigie_plugin::{Failure, Instant, MediaKind, Moment, http};

/// Where a post's number begins to count: 2010-11-04T01:42:54.657Z.
const EPOCH_MS: i64 = 1_288_834_974_657;
/// Posts before late 2010 have numbers without an instant in them.
const FIRST_TIMED: u64 = 30_000_000_000;

/// A page of posts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// Newest first.
    pub posts: Vec<Post>,
    /// What brings the next page: a token, in version 1 a highest number.
    pub next: Option<String>,
    /// The highest number on the page, as X states it.
    pub newest: Option<String>,
    /// Numbers that were asked for and are not there, or not for us.
    pub gone: Vec<String>,
}

/// An account.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct User {
    /// Its number.
    pub id: Option<String>,
    /// Name it is addressed by.
    pub username: Option<String>,
    /// Name shown.
    pub name: Option<String>,
    /// What it says of itself.
    pub description: Option<String>,
    /// Where it says it is.
    pub location: Option<String>,
    /// Accounts that follow it.
    pub followers: Option<u64>,
    /// Whether X vouches for it.
    pub verified: Option<bool>,
}

/// A picture or film.
#[derive(Debug, Clone, PartialEq)]
pub struct Medium {
    /// What it is.
    pub kind: MediaKind,
    /// Its address.
    pub url: String,
    /// What its author says it shows.
    pub alt: Option<String>,
}

/// A post.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Post {
    /// Number of this version of it.
    pub id: String,
    /// Numbers of all versions, the first one first.
    pub versions: Vec<String>,
    /// Full text, with `&amp;`, `&lt;`, `&gt;` and short links.
    pub text: String,
    /// Title of an article.
    pub title: Option<String>,
    /// Short links and what they stand for.
    pub urls: Vec<(String, String)>,
    /// When this version was written.
    pub created: Option<Moment>,
    /// Who wrote it.
    pub author: Option<User>,
    /// X's own code, `und` among them.
    pub lang: Option<String>,
    /// Number of the post that began the conversation.
    pub conversation: Option<String>,
    /// What it answers.
    pub replied_to: Option<String>,
    /// What it quotes.
    pub quoted: Option<String>,
    /// What it passes on unchanged.
    pub retweeted: Option<String>,
    /// The post it passes on, where the answer has it.
    pub original: Option<Box<Post>>,
    /// Likes.
    pub likes: Option<u64>,
    /// Replies.
    pub replies: Option<u64>,
    /// Times passed on.
    pub retweets: Option<u64>,
    /// Times quoted.
    pub quotes: Option<u64>,
    /// Times kept.
    pub bookmarks: Option<u64>,
    /// Times shown.
    pub views: Option<u64>,
    /// Pictures and films.
    pub media: Vec<Medium>,
    /// Name of the place it was written at.
    pub place: Option<String>,
    /// Country of that place.
    pub country: Option<String>,
    /// Whether its author or X warns of it.
    pub sensitive: Option<bool>,
    /// Countries it is withheld in.
    pub withheld: Vec<String>,
    /// Number of the community it was posted in.
    pub community: Option<String>,
}

impl Post {
    /// The number the post is known by: that of its first version.
    #[must_use]
    pub fn first(&self) -> &str {
        self.versions.first().map_or(&self.id, String::as_str)
    }

    /// Notes what a post of a list of quotes quotes, where the answer does not say what it refers to. Such a list holds what passes
    /// the quotes on as well.
    pub fn quotes_if_bare(&mut self, quoted: &str) {
        if self.quoted.is_none() && self.replied_to.is_none() && self.retweeted.is_none() && !self.text.starts_with("RT @") {
            self.quoted = Some(quoted.to_owned());
        }
    }

    /// Whether it only passes another one on.
    #[must_use]
    pub fn is_share(&self) -> bool {
        self.retweeted.is_some()
    }
}

/// Reads a page of posts of either version.
///
/// # Errors
/// As [`error::failure`] says; class `unexpected-answer` where it is no page of posts.
pub fn page(answer: &http::Response) -> Result<Page, Failure> {
    if let Some(failure) = error::failure(answer) {
        return Err(failure);
    }
    let value: Value = answer.json()?;
    if let Some(statuses) = value.get("statuses").and_then(Value::as_array).or_else(|| value.as_array()) {
        return Ok(v1::page(statuses, &value));
    }
    if value.get("full_text").or_else(|| value.get("id_str")).is_some() {
        return Ok(v1::page(std::slice::from_ref(&value), &Value::Null));
    }
    let has_page = value.get("data").is_some_and(|data| data.is_array() || data.is_object())
        || value.get("meta").is_some_and(Value::is_object)
        || value.get("errors").is_some_and(Value::is_array);
    if !has_page {
        return Err(answer.unexpected("has neither `data` nor `meta` where posts belong"));
    }
    Ok(v2::page(value))
}

/// Whether a text is the number of a post or an account.
#[must_use]
pub fn is_number(text: &str) -> bool {
    (1..=19).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// When a post was written, by its number alone.
#[must_use]
pub fn instant_of(id: &str) -> Option<Instant> {
    let id: u64 = id.parse().ok()?;
    if id < FIRST_TIMED {
        return None;
    }
    Some(i64::try_from(id >> 22).ok()? + EPOCH_MS)
}

/// Numbers in their order: they are longer than others can keep exactly.
#[must_use]
pub fn order(id: &str) -> (usize, &str) {
    let id = id.trim_start_matches('0');
    (id.len(), id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_tell_time_and_order() {
        assert_eq!(instant_of("1578516068309794817"), Some(1_665_182_532_752));
        assert_eq!(instant_of("20"), None);
        assert!(order("9") < order("10") && order("1578516068309794817") > order("999999999999999999"));
        assert!(is_number("1") && !is_number("") && !is_number("12x") && !is_number("12345678901234567890"));
    }
}
