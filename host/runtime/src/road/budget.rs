//! What one call may use of the network.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use crate::http::HttpError;
use crate::limits::{Bytes, Limits};

/// A longer call is not waited for, whatever the limits say.
const LONGEST_CALL: Duration = Duration::from_secs(24 * 3600);

/// Requests, bytes and time of one call.
#[derive(Debug)]
pub struct CallBudget {
    /// When the call ends, whatever happens.
    pub(crate) deadline: Instant,
    requests: u32,
    bytes: u64,
    requests_left: AtomicU32,
    bytes_left: AtomicU64,
}

impl CallBudget {
    /// The budget of a call that begins now: `wall`, `requests`, and as many bytes of answers, all together, as the plugin has memory.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            deadline: Instant::now() + limits.wall.min(LONGEST_CALL),
            requests: limits.requests,
            bytes: limits.memory_bytes,
            requests_left: AtomicU32::new(limits.requests),
            bytes_left: AtomicU64::new(limits.memory_bytes),
        }
    }

    /// The same, ending at `deadline`.
    #[must_use]
    pub fn until(self, deadline: Instant) -> Self {
        Self { deadline, ..self }
    }

    /// Requests asked for so far, refused ones included.
    #[must_use]
    pub fn requests_used(&self) -> u32 {
        self.requests - self.requests_left.load(Ordering::Relaxed)
    }

    pub(crate) fn take_request(&self) -> Result<(), HttpError> {
        let taken = self.requests_left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        taken.map(drop).map_err(|_| {
            HttpError::budget(format!(
                "this call has used its {} requests, the limit `requests`; ask for less in one call",
                self.requests
            ))
        })
    }

    pub(crate) fn take_bytes(&self, bytes: usize) -> Result<(), HttpError> {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let taken = self.bytes_left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes));
        taken.map(drop).map_err(|_| {
            HttpError::budget(format!(
                "the answers of this call are together larger than {}, the limit `memory`",
                Bytes(self.bytes)
            ))
        })
    }
}
