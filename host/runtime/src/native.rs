//! The one place where machine code from a file becomes runnable.

use wasmtime::component::Component;
use wasmtime::{Engine, Result};

/// A compiled component whose bytes were proved to be this installation's own. Only [`crate::cache`] makes one, after it
/// recomputed the keyed digest over the very bytes held here.
pub(crate) struct OwnBuild(pub(super) Vec<u8>);

impl OwnBuild {
    /// Loads it.
    ///
    /// # Errors
    /// Wasmtime's, if another version or configuration of the engine made it.
    #[expect(
        unsafe_code,
        reason = "wasmtime offers no safe way to load compiled code, because it cannot know who made it; we do"
    )]
    pub(crate) fn load(&self, engine: &Engine) -> Result<Component> {
        // SAFETY: `Component::deserialize` demands bytes made by `Component::serialize` and unchanged since. An `OwnBuild` is only made
        // from bytes in memory (not a mapped file, which could change under us) whose HMAC-SHA-256, under a random key that
        // only this user can read, equals the one this program wrote beside them right after `Component::serialize`.
        unsafe { Component::deserialize(engine, &self.0) }
    }
}
