//! Facts added to mentions, and the values they and attributes hold.

use serde::{Deserialize, Serialize};

/// One of several names with a score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Label {
    /// The name.
    pub name: String,
    /// Usually 0 to 1.
    pub score: f32,
}

/// A value of an attribute or an annotation. In JSON an object with one key: `{"number": 3.0}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// A text.
    Text(String),
    /// A finite number.
    Number(f64),
    /// Yes or no.
    Flag(bool),
    /// Names with scores, best first.
    Labels(Vec<Label>),
}

/// What one service has and others have not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attribute {
    /// Lower-case words joined by hyphens, unique within its mention.
    pub key: String,
    /// What it holds.
    pub value: Value,
}

/// A fact an analyzer adds to a mention; it never changes the mention itself and can be computed again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Annotation {
    /// Id of the analyzer; `vigie` for what the host knows itself.
    pub analyzer: String,
    /// Version of the analyzer that wrote it.
    pub version: String,
    /// What it is about, such as `sentiment`.
    pub key: String,
    /// What was found.
    pub value: Value,
    /// 0 to 1: how likely it is right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f32>,
}
