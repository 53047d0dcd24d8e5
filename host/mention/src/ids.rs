//! Identity: newtypes, so that two names cannot be swapped.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Who a mention is: its service, the instance of that service, and its own id there. The same whichever connector saw it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MentionKey {
    /// Id of the source plugin.
    pub source: String,
    /// The instance (a forum's host), empty where ids are unique over the whole service.
    pub instance: String,
    /// The service's own id.
    pub id: String,
}

impl fmt::Display for MentionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.instance.is_empty() {
            write!(f, "{}/{}", self.source, self.id)
        } else {
            write!(f, "{}/{}/{}", self.source, self.instance, self.id)
        }
    }
}

/// A text that cannot name a topic, a connector or a plugin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not a name: write 1 to 64 lower-case letters, digits, `-` and `_`, beginning with a letter or digit")]
pub struct InvalidName {
    /// What was given.
    pub name: String,
}

fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    name.len() <= 64 && bytes.next().is_some_and(plain) && bytes.all(|byte| plain(byte) || byte == b'-' || byte == b'_')
}

macro_rules! name {
    ($(#[$doc:meta])* $type:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $type(String);

        impl $type {
            /// Checks and wraps a name.
            ///
            /// # Errors
            /// [`InvalidName`] unless it is 1 to 64 lower-case letters, digits, `-` or `_`, beginning with a letter or digit.
            pub fn new(name: impl Into<String>) -> Result<Self, InvalidName> {
                let name = name.into();
                if is_name(&name) { Ok(Self(name)) } else { Err(InvalidName { name }) }
            }

            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $type {
            type Error = InvalidName;

            fn try_from(name: String) -> Result<Self, InvalidName> {
                Self::new(name)
            }
        }

        impl From<$type> for String {
            fn from(name: $type) -> Self {
                name.0
            }
        }
    };
}

name! {
    /// Name of a topic: a brand, a rival, a product, a campaign.
    TopicId
}
name! {
    /// Name of a connector: one configured use of a source.
    ConnectorId
}

/// One feed of one connector.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FeedKey {
    /// The connector that owns it.
    pub connector: ConnectorId,
    /// The feed's id as the plugin named it.
    pub feed: String,
}

/// The feed every connector has besides those its source plans: known mentions, read again for their counters, edits and removals. It
/// is read when mentions are due, so a pause in it says nothing.
pub const KNOWN_FEED: &str = "vigie:known";

/// Stands for a connector as a whole while its source cannot name its feeds: what is asked and fails then is noted under it. It is no
/// feed of a plan, so the first plan that succeeds ends it.
pub const PLAN_FEED: &str = "vigie:plan";

impl fmt::Display for FeedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.connector, self.feed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_plain_words() {
        for good in ["acme", "acme-phone_2", "7eleven"] {
            assert!(TopicId::new(good).is_ok(), "{good}");
        }
        let long = "a".repeat(65);
        for bad in ["", "Acme", "a b", "-a", "é", long.as_str()] {
            assert!(TopicId::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_mention_key_prints_without_an_empty_instance() {
        let mut key = MentionKey { source: "hackernews".into(), instance: String::new(), id: "8863".into() };
        assert_eq!(key.to_string(), "hackernews/8863");
        key.instance = "forum.example".into();
        assert_eq!(key.to_string(), "hackernews/forum.example/8863");
    }
}
