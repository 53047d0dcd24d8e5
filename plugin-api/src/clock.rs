//! The host's clock, which tests may fix.

use crate::{Instant, host};

/// The current instant, in milliseconds since 1970.
#[must_use]
pub fn now() -> Instant {
    host::now()
}
