//! The one place where machine code from a file becomes runnable.

use std::path::PathBuf;

use wasmtime::component::Component;
use wasmtime::{Engine, Result};

/// A file with a compiled component that was proved to be this installation's own. Only [`crate::cache`] makes one, after it
/// recomputed the keyed digest over the file.
pub(crate) struct OwnBuild(pub(super) PathBuf);

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
        // SAFETY: `Component::deserialize_file` demands what `Component::serialize` made, unchanged since and while it is mapped. An
        // `OwnBuild` is only made of a file whose HMAC-SHA-256, under a random key that only this user can read, equals the one this
        // program wrote behind the code right after `Component::serialize`. It lies in a folder that only this user can enter, and
        // this program never writes into a finished file: it replaces it by rename, and the mapping keeps the old one. Whoever
        // could change it in place could as well read the key, or this process's memory.
        unsafe { Component::deserialize_file(engine, &self.0) }
    }
}
