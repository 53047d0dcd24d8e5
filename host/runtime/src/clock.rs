//! The clock plugins see, which tests may fix.

use vigie_mention::Instant;

/// Where the current instant comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Clock {
    /// The machine.
    #[default]
    System,
    /// Always this instant.
    Fixed(Instant),
}

impl Clock {
    /// The current instant.
    #[must_use]
    pub fn now(&self) -> Instant {
        match self {
            Self::System => Instant::now(),
            Self::Fixed(at) => *at,
        }
    }
}
