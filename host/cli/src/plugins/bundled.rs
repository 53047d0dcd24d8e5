//! The plugins inside this binary.

include!(concat!(env!("OUT_DIR"), "/bundled.rs"));

/// What to do about a binary without plugins.
pub(crate) const WHAT_IS_MISSING: &str = "this vigie was built without plugins: run `cargo xtask plugins`, which builds them, and then `cargo build` again; or name a folder of .wasm files: [plugins] folder = \"…\"";
