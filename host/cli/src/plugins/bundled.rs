//! The plugins inside this binary.

include!(concat!(env!("OUT_DIR"), "/bundled.rs"));

/// What to do about a binary without plugins.
pub(crate) const WHAT_IS_MISSING: &str = "this vigie was built without plugins: run `cargo xtask plugins`, which builds them, and then `cargo build` again; or name a folder of .wasm files: [plugins] folder = \"…\"";

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::PLUGINS;

    #[test]
    fn a_plugin_is_what_its_digest_says() {
        for (name, bytes, digest) in PLUGINS {
            let found: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(&found, digest, "{name}");
        }
    }
}
