//! How a plugin says that a call did not succeed.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Why a call did not succeed. The host acts on this alone, never on the message. Meanings: `wit/types.wit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureClass {
    /// Settings are well-formed and wrong: the connector rests until they change.
    Settings,
    /// Credentials refused: the connector rests until a person acts.
    Unauthorized,
    /// Not allowed: the feed rests, others go on.
    Forbidden,
    /// Asked to slow down: the host waits and goes on where it was.
    RateLimited,
    /// The allowance of a longer period is used up.
    QuotaExhausted,
    /// Likely to pass by itself.
    Transient,
    /// Not what the service documents.
    UnexpectedAnswer,
    /// The service no longer knows the cursor.
    StaleCursor,
    /// What the feed reads does not exist any more.
    Gone,
}

impl FailureClass {
    /// All classes, in the contract's order.
    pub const ALL: [Self; 9] = [
        Self::Settings,
        Self::Unauthorized,
        Self::Forbidden,
        Self::RateLimited,
        Self::QuotaExhausted,
        Self::Transient,
        Self::UnexpectedAnswer,
        Self::StaleCursor,
        Self::Gone,
    ];

    /// The contract's name of the class, as in `rate-limited`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::RateLimited => "rate-limited",
            Self::QuotaExhausted => "quota-exhausted",
            Self::Transient => "transient",
            Self::UnexpectedAnswer => "unexpected-answer",
            Self::StaleCursor => "stale-cursor",
            Self::Gone => "gone",
        }
    }
}

impl fmt::Display for FailureClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A call that did not succeed, in the plugin's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{class}: {message}")]
pub struct Failure {
    /// What the host acts on.
    pub class: FailureClass,
    /// What was asked and what came back, for a person.
    pub message: String,
    /// How long the service asked to wait, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
}

impl Failure {
    /// How long the service asked to wait.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after_ms.map(Duration::from_millis)
    }
}
