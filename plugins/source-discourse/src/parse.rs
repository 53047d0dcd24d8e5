//! What a forum answers. Pure.
//!
//! Forums run versions of many years, so a field that is absent, null or of an unexpected type counts as absent: one odd post
//! must not stop a forum. What makes an answer the documented one (`latest_posts`, `posts`, `post_stream`) must be there.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// `/posts.json`
#[derive(Debug, Clone, Deserialize)]
pub struct Latest {
    /// Newest first.
    pub latest_posts: Vec<Post>,
}

/// `/search.json`
#[derive(Debug, Clone, Deserialize)]
pub struct Found {
    /// Posts without their text.
    #[serde(default)]
    pub posts: Vec<Hit>,
    /// The topics they stand in.
    #[serde(default)]
    pub topics: Vec<Topic>,
    /// About the search itself. Installations of before 2014 answer with another shape and without it.
    pub grouped_search_result: Option<Grouped>,
}

/// About a search.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Grouped {
    /// Why there is no result, although the status is 200.
    #[serde(deserialize_with = "text")]
    pub error: Option<String>,
    /// Whether there is another page.
    #[serde(deserialize_with = "flag")]
    pub more_full_page_results: bool,
}

/// A post a search found.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Hit {
    /// Number of the post.
    #[serde(deserialize_with = "number")]
    pub id: Option<i64>,
    /// Number of its topic.
    #[serde(deserialize_with = "number")]
    pub topic_id: Option<i64>,
    /// RFC 3339.
    #[serde(deserialize_with = "text")]
    pub created_at: Option<String>,
}

/// `/t/{id}.json`, or a topic among others.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Topic {
    /// Number of the topic.
    #[serde(deserialize_with = "number")]
    pub id: Option<i64>,
    /// Plain text.
    #[serde(deserialize_with = "text")]
    pub title: Option<String>,
    /// Title as a part of an address.
    #[serde(deserialize_with = "text")]
    pub slug: Option<String>,
    /// `regular` or `private_message`.
    #[serde(deserialize_with = "text")]
    pub archetype: Option<String>,
    /// Posts in it, the first one included.
    #[serde(deserialize_with = "count")]
    pub posts_count: Option<u64>,
    /// Number of its category.
    #[serde(deserialize_with = "number")]
    pub category_id: Option<i64>,
    /// RFC 3339.
    #[serde(deserialize_with = "text")]
    pub last_posted_at: Option<String>,
    /// Its posts.
    pub post_stream: Option<Stream>,
}

impl Topic {
    /// Whether only some members may read it.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.archetype.as_deref() == Some("private_message")
    }
}

/// The posts of a topic.
#[derive(Debug, Clone, Deserialize)]
pub struct Stream {
    /// Some of them.
    pub posts: Vec<Post>,
    /// Numbers of all of them.
    #[serde(default)]
    pub stream: Option<Vec<i64>>,
}

/// `/posts/{id}.json`, or a post among others.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Post {
    /// Number of the post in the forum.
    #[serde(deserialize_with = "number")]
    pub id: Option<i64>,
    /// Number of its topic.
    #[serde(deserialize_with = "number")]
    pub topic_id: Option<i64>,
    /// Number in its topic, from 1.
    #[serde(deserialize_with = "number")]
    pub post_number: Option<i64>,
    /// 1 regular, 2 by a moderator, 3 a small action, 4 a whisper.
    #[serde(deserialize_with = "number")]
    pub post_type: Option<i64>,
    /// RFC 3339.
    #[serde(deserialize_with = "text")]
    pub created_at: Option<String>,
    /// RFC 3339.
    #[serde(deserialize_with = "text")]
    pub updated_at: Option<String>,
    /// Name the account is addressed by.
    #[serde(deserialize_with = "text")]
    pub username: Option<String>,
    /// Name shown.
    #[serde(deserialize_with = "text")]
    pub name: Option<String>,
    /// Number of the account.
    #[serde(deserialize_with = "number")]
    pub user_id: Option<i64>,
    /// HTML.
    #[serde(deserialize_with = "text")]
    pub cooked: Option<String>,
    /// Markdown, where it is allowed.
    #[serde(deserialize_with = "text")]
    pub raw: Option<String>,
    /// Number in its topic of the post it answers.
    #[serde(deserialize_with = "number")]
    pub reply_to_post_number: Option<i64>,
    /// Posts that answer it.
    #[serde(deserialize_with = "count")]
    pub reply_count: Option<u64>,
    /// Members who read it.
    #[serde(deserialize_with = "count")]
    pub reads: Option<u64>,
    /// What members did with it.
    #[serde(deserialize_with = "actions")]
    pub actions_summary: Option<Vec<Action>>,
    /// 1 until it was edited.
    #[serde(deserialize_with = "number")]
    pub version: Option<i64>,
    /// Whether moderation hides it.
    #[serde(deserialize_with = "flag")]
    pub hidden: bool,
    /// When moderation deleted it.
    #[serde(deserialize_with = "text")]
    pub deleted_at: Option<String>,
    /// Whether its author deleted it.
    #[serde(deserialize_with = "flag")]
    pub user_deleted: bool,
    /// Title of its topic as a part of an address.
    #[serde(deserialize_with = "text")]
    pub topic_slug: Option<String>,
    /// Title of its topic, plain text.
    #[serde(deserialize_with = "text")]
    pub topic_title: Option<String>,
    /// Posts in its topic.
    #[serde(deserialize_with = "count")]
    pub topic_posts_count: Option<u64>,
    /// Number of its category.
    #[serde(deserialize_with = "number")]
    pub category_id: Option<i64>,
}

/// How many members did something with a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Action {
    /// 2 is a like.
    pub id: i64,
    /// How many.
    pub count: u64,
}

/// Text that is not blank.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) if !text.trim().is_empty() => Some(text),
        _ => None,
    })
}

fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Ok(whole(&Value::deserialize(deserializer)?))
}

fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Ok(number(deserializer)?.and_then(|count| u64::try_from(count).ok()))
}

fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(Value::deserialize(deserializer)?.as_bool().unwrap_or(false))
}

/// An action without a count is one nobody took.
fn actions<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<Action>>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let action = |action: &Value| {
        let count = whole(&action["count"]).and_then(|count| u64::try_from(count).ok()).unwrap_or(0);
        Some(Action { id: whole(&action["id"])?, count })
    };
    Ok(value.as_array().map(|actions| actions.iter().filter_map(action).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_fields_cost_themselves_alone() {
        let latest: Latest = serde_json::from_str(
            r#"{"latest_posts":[{"id":"7","name":null,"hidden":null,"actions_summary":[{"id":2,"count":3},{"id":3},{"x":1}],"reads":-1,"version":2.5},{}]}"#,
        )
        .expect("posts");
        let post = &latest.latest_posts[0];
        assert_eq!((post.id, post.reads, post.version, post.hidden), (Some(7), None, None, false));
        assert_eq!(post.actions_summary.as_deref(), Some([Action { id: 2, count: 3 }, Action { id: 3, count: 0 }].as_slice()));
    }

    #[test]
    fn another_shape_is_refused() {
        assert!(serde_json::from_str::<Latest>(r#"{"errors":["x"]}"#).is_err());
        assert!(serde_json::from_str::<Found>(r#"[{"type":"topic","results":[]}]"#).is_err());
        assert!(serde_json::from_str::<Topic>(r#"{"id":1,"post_stream":{}}"#).is_err());
    }
}
