//! What Algolia and Firebase answer. Pure.
//!
//! Fields of an unexpected type count as absent where the item can be told without them: one odd hit must not stop a search.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A page of a search.
#[derive(Debug, Clone, Deserialize)]
pub struct Page {
    /// Newest first.
    pub hits: Vec<Hit>,
    /// How many pages there are; at most what 1,000 hits fill.
    #[serde(default, rename = "nbPages", deserialize_with = "count")]
    pub pages: Option<u64>,
}

/// A story or comment as the search index has it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Hit {
    /// Number of the item, written as text.
    #[serde(rename = "objectID", deserialize_with = "text")]
    pub id: Option<String>,
    /// Name of the account.
    #[serde(deserialize_with = "text")]
    pub author: Option<String>,
    /// Seconds since 1970.
    #[serde(deserialize_with = "number")]
    pub created_at_i: Option<i64>,
    /// The same as RFC 3339.
    #[serde(deserialize_with = "text")]
    pub created_at: Option<String>,
    /// Points of a story.
    #[serde(deserialize_with = "number")]
    pub points: Option<i64>,
    /// Comments below a story.
    #[serde(deserialize_with = "count")]
    pub num_comments: Option<u64>,
    /// Title of a story, plain text.
    #[serde(deserialize_with = "text")]
    pub title: Option<String>,
    /// Title of the story a comment hangs below.
    #[serde(deserialize_with = "text")]
    pub story_title: Option<String>,
    /// What a story links to.
    #[serde(deserialize_with = "text")]
    pub url: Option<String>,
    /// HTML of a text story.
    #[serde(deserialize_with = "text")]
    pub story_text: Option<String>,
    /// HTML of a comment.
    #[serde(deserialize_with = "text")]
    pub comment_text: Option<String>,
    /// HTML of a job.
    #[serde(deserialize_with = "text")]
    pub job_text: Option<String>,
    /// What a comment answers.
    #[serde(deserialize_with = "text")]
    pub parent_id: Option<String>,
    /// The story a comment hangs below; stories carry their own number.
    #[serde(deserialize_with = "text")]
    pub story_id: Option<String>,
    /// `story`, `comment`, `author_x`, …
    #[serde(rename = "_tags", deserialize_with = "texts")]
    pub tags: Vec<String>,
}

impl Hit {
    /// Whether it hangs below something.
    #[must_use]
    pub fn is_comment(&self) -> bool {
        self.tags.iter().any(|tag| tag == "comment")
            || self.comment_text.is_some()
            || (self.title.is_none() && self.parent_id.is_some())
    }
}

/// An item of a comment tree, the story itself at its root.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Node {
    /// Number of the item.
    #[serde(deserialize_with = "number")]
    pub id: Option<i64>,
    /// Seconds since 1970.
    #[serde(deserialize_with = "number")]
    pub created_at_i: Option<i64>,
    /// The same as RFC 3339.
    #[serde(deserialize_with = "text")]
    pub created_at: Option<String>,
    /// Name of the account; absent once deleted.
    #[serde(deserialize_with = "text")]
    pub author: Option<String>,
    /// Plain text, of a story.
    #[serde(deserialize_with = "text")]
    pub title: Option<String>,
    /// What a story links to.
    #[serde(deserialize_with = "text")]
    pub url: Option<String>,
    /// HTML; absent once deleted.
    #[serde(deserialize_with = "text")]
    pub text: Option<String>,
    /// Points of a story.
    #[serde(deserialize_with = "number")]
    pub points: Option<i64>,
    /// `story`, `comment`, `poll`, `pollopt`, `job`.
    #[serde(rename = "type", deserialize_with = "text")]
    pub kind: Option<String>,
    /// What hangs below it.
    #[serde(deserialize_with = "nodes")]
    pub children: Vec<Node>,
}

/// A comment with its place in the tree.
#[derive(Debug, Clone)]
pub struct Placed {
    /// The item, without its children.
    pub node: Node,
    /// Number of the item.
    pub id: i64,
    /// What it answers.
    pub parent: i64,
}

/// All items below `root`, oldest number first, each once.
#[must_use]
pub fn below(root: Node) -> Vec<Placed> {
    let Some(story) = root.id else { return Vec::new() };
    let mut found = Vec::new();
    let mut waiting: Vec<(i64, Node)> = root.children.into_iter().map(|child| (story, child)).collect();
    while let Some((parent, mut node)) = waiting.pop() {
        let children = std::mem::take(&mut node.children);
        // What hangs below something without a number hangs below what is above it.
        let own = node.id.unwrap_or(parent);
        waiting.extend(children.into_iter().map(|child| (own, child)));
        if let Some(id) = node.id {
            found.push(Placed { node, id, parent });
        }
    }
    found.sort_by_key(|placed| placed.id);
    found.dedup_by_key(|placed| placed.id);
    found
}

/// An item as Firebase has it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Item {
    /// Number of the item.
    #[serde(deserialize_with = "number")]
    pub id: Option<i64>,
    /// Whether its author took it back.
    #[serde(deserialize_with = "flag")]
    pub deleted: bool,
    /// Whether moderation took it away.
    #[serde(deserialize_with = "flag")]
    pub dead: bool,
    /// `story`, `comment`, `poll`, `pollopt`, `job`.
    #[serde(rename = "type", deserialize_with = "text")]
    pub kind: Option<String>,
    /// Number of what a comment answers.
    #[serde(deserialize_with = "number")]
    pub parent: Option<i64>,
    /// Name of the account.
    #[serde(deserialize_with = "text")]
    pub by: Option<String>,
    /// Seconds since 1970.
    #[serde(deserialize_with = "number")]
    pub time: Option<i64>,
    /// HTML.
    #[serde(deserialize_with = "text")]
    pub text: Option<String>,
    /// Plain text.
    #[serde(deserialize_with = "text")]
    pub title: Option<String>,
    /// What a story links to.
    #[serde(deserialize_with = "text")]
    pub url: Option<String>,
    /// Points.
    #[serde(deserialize_with = "number")]
    pub score: Option<i64>,
    /// Comments below a story.
    #[serde(deserialize_with = "count")]
    pub descendants: Option<u64>,
}

/// Text that is not blank; numbers count, because ids come as either.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) if !text.trim().is_empty() => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(value.as_array().into_iter().flatten().filter_map(|entry| entry.as_str().map(str::to_owned)).collect())
}

fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    })
}

fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Ok(number(deserializer)?.and_then(|count| u64::try_from(count).ok()))
}

fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(Value::deserialize(deserializer)?.as_bool().unwrap_or(false))
}

/// Children that are no objects are left out.
fn nodes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Node>, D::Error> {
    let children = Option::<Vec<Option<Node>>>::deserialize(deserializer)?;
    Ok(children.into_iter().flatten().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_fields_cost_themselves_alone() {
        let page: Page = serde_json::from_str(
            r#"{"hits":[{"objectID":7,"points":null,"num_comments":"3","_tags":["comment",1],"parent_id":"5","url":""},{}],"nbPages":1.0}"#,
        )
        .expect("a page");
        let hit = &page.hits[0];
        assert_eq!(
            (hit.id.as_deref(), hit.num_comments, hit.parent_id.as_deref(), &hit.url),
            (Some("7"), Some(3), Some("5"), &None)
        );
        assert!(hit.is_comment());
        assert_eq!(page.hits[1].id, None);
    }

    #[test]
    fn a_tree_becomes_a_list_with_parents() {
        let root: Node = serde_json::from_str(
            r#"{"id":1,"title":"t","children":[{"id":4,"children":[{"id":5,"children":null},{"id":5}]},null,{"text":"x","children":[{"id":2}]}]}"#,
        )
        .expect("a tree");
        let list: Vec<(i64, i64)> = below(root).iter().map(|placed| (placed.id, placed.parent)).collect();
        assert_eq!(list, [(2, 1), (4, 1), (5, 4)]);
    }
}
