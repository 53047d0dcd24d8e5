//! Why a call did not succeed, with one constructor a class.

use std::time::Duration;

use crate::{Failure, FailureClass};

macro_rules! constructors {
    ($($(#[$doc:meta])* $name:ident => $class:ident;)*) => {
        impl Failure {
            $($(#[$doc])*
            #[must_use]
            pub fn $name(message: impl Into<String>) -> Self {
                Self { class: FailureClass::$class, message: message.into(), retry_after_ms: None }
            })*
        }
    };
}

constructors! {
    /// Settings are well-formed and wrong. The connector rests until they change.
    settings => Settings;
    /// Credentials refused or expired. The connector rests until a person acts.
    unauthorized => Unauthorized;
    /// Credentials are good and this is not allowed. The feed rests; others go on.
    forbidden => Forbidden;
    /// The service asked to slow down; say how long with [`retry_after`](Failure::retry_after) where it did.
    rate_limited => RateLimited;
    /// The allowance of a longer period is used up.
    quota_exhausted => QuotaExhausted;
    /// Likely to pass by itself.
    transient => Transient;
    /// The answer is not what the service documents.
    unexpected_answer => UnexpectedAnswer;
    /// The service no longer knows the cursor, or this version of the plugin does not.
    stale_cursor => StaleCursor;
    /// What the feed reads does not exist any more. The feed ends.
    gone => Gone;
}

impl Failure {
    /// Whether what one of several answers says may concern that one alone, so that a call that got the others goes on without it: it
    /// is hidden, closed, gone or odd. What a service refuses for its rate or its state fails the call; the host asks again, and where
    /// one mention alone is to blame it finds out which.
    #[must_use]
    pub fn is_of_one(&self) -> bool {
        use FailureClass::{Forbidden, Gone, Unauthorized, UnexpectedAnswer};
        matches!(self.class, Unauthorized | Forbidden | Gone | UnexpectedAnswer)
    }

    /// Adds how long the service asked to wait, where it said so.
    #[must_use]
    pub fn retry_after(mut self, wait: impl Into<Option<Duration>>) -> Self {
        self.retry_after_ms = wait.into().map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
        self
    }
}
