//! Words for the operator's log. The host adds the connector and the plugin, and drops lines over the limit.
//!
//! # Examples
//! ```
//! # use vigie_plugin::{log, testing::FakeHost};
//! # FakeHost::new().run(|| {
//! # let skipped = 2;
//! log::warn(format_args!("{skipped} entries without an id were skipped"));
//! # });
//! ```

use std::fmt::Display;

pub use crate::bindings::source_plugin::vigie::plugin::log::Level;
use crate::host;

/// Shown on demand.
pub fn debug(message: impl Display) {
    host::write(Level::Debug, &message.to_string());
}

/// Worth keeping.
pub fn info(message: impl Display) {
    host::write(Level::Info, &message.to_string());
}

/// Unexpected, nothing lost.
pub fn warn(message: impl Display) {
    host::write(Level::Warn, &message.to_string());
}
