//! Why there is no report.

use vigie_mention::Instant;
use vigie_store::StoreError;

/// Why a question has no answer.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum InsightError {
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nothing lies in the window.
    #[error("the window from {from} until {until} is empty; it has to end after it begins")]
    EmptyWindow {
        /// First instant asked for.
        from: Instant,
        /// First instant after it.
        until: Instant,
    },
    /// Every day of the window is an entry of the answer.
    #[error("the window from {from} until {until} has {days} days, at most {most} are shown; ask for a shorter one")]
    LongWindow {
        /// First instant asked for.
        from: Instant,
        /// First instant after it.
        until: Instant,
        /// Days it touches.
        days: u64,
        /// Days allowed.
        most: u64,
    },
}
