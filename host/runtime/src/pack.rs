//! From what a toolchain made and a manifest to the one file that is a plugin.

use wasm_encoder::{ComponentSection as _, CustomSection};
use wit_component::ComponentEncoder;

use crate::error::{PackageError, PackageFault};
use crate::manifest::MANIFEST_SECTION;
use crate::package::Package;

/// How a core module begins, its version included.
const CORE_MODULE: &[u8] = b"\0asm\x01\0\0\0";

impl Package {
    /// Puts a manifest into a component, and checks the whole as every plugin's file is checked.
    ///
    /// # Shape
    /// `binary`: a component of any toolchain, without a manifest; or a core module that carries the types of its world, as wit-bindgen
    /// leaves them in one built for `wasm32-unknown-unknown`. `manifest`: the text of a `plugin.toml`. `origin` says in errors where the
    /// bytes came from.
    ///
    /// # Errors
    /// [`PackageError`]: no component can be made of it, or what [`Package::read`] finds wrong.
    pub fn pack(binary: Vec<u8>, manifest: &str, origin: &str) -> Result<Self, PackageError> {
        let mut bytes = component(binary).map_err(|fault| PackageError { origin: origin.to_owned(), fault })?;
        let section = CustomSection { name: MANIFEST_SECTION.into(), data: manifest.as_bytes().into() };
        section.append_to_component(&mut bytes);
        Self::read(bytes, origin)
    }
}

fn component(binary: Vec<u8>) -> Result<Vec<u8>, PackageFault> {
    if !binary.starts_with(CORE_MODULE) {
        return Ok(binary);
    }
    let made = ComponentEncoder::default().validate(true).module(&binary).and_then(|encoder| encoder.encode());
    made.map_err(|error| PackageFault::NoComponent { message: format!("{error:#}") })
}
