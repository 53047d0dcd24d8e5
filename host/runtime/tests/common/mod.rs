//! What the tests of this room share. Each test file uses a part of it.
#![allow(dead_code, reason = "every test file compiles this module for itself and uses a part of it")]

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use wasm_encoder::{ComponentSection, CustomSection};
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{ManglingAndAbi, Resolve, WorldId};

/// The contract as one text, so that a test can edit it.
pub(crate) fn contract(folder: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit").join(folder);
    let mut text = String::from("package vigie:plugin@0.1.0;\n");
    for file in ["types.wit", "host.wit", "source.wit", "analyzer.wit", "world.wit"] {
        let path = folder.join(file);
        let part = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        text.push_str(&part.replace("package vigie:plugin@0.1.0;", ""));
    }
    text
}

/// Parses a contract and picks a world.
pub(crate) fn world(resolve: &mut Resolve, text: &str, name: &str) -> WorldId {
    let package = resolve.push_source("contract.wit", text).expect("the edited contract is WIT");
    resolve.select_world(&[package], Some(name)).expect("the contract has this world")
}

/// A component that fills a world and does nothing; it traps when called.
pub(crate) fn dummy(text: &str, name: &str) -> Vec<u8> {
    component(&module(text, name))
}

/// The core module of such a component, with the types of its world, as a compiler leaves it.
pub(crate) fn module(text: &str, name: &str) -> Vec<u8> {
    let mut resolve = Resolve::default();
    let world = world(&mut resolve, text, name);
    let mut module = dummy_module(&resolve, world, ManglingAndAbi::Standard32);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).expect("metadata fits");
    module
}

/// Makes a component of a core module with metadata.
pub(crate) fn component(module: &[u8]) -> Vec<u8> {
    let mut encoder = ComponentEncoder::default();
    encoder.module(module).and_then(ComponentEncoder::encode).expect("a component")
}

/// Puts a manifest into a component.
pub(crate) fn with_manifest(mut component: Vec<u8>, manifest: &str) -> Vec<u8> {
    let section = CustomSection { name: Cow::Borrowed("vigie:plugin/manifest"), data: Cow::Borrowed(manifest.as_bytes()) };
    section.append_to_component(&mut component);
    component
}

/// A sound manifest of a source.
pub(crate) const SOURCE: &str = r#"
id = "sample"
name = "Sample"
description = "A source for tests"
version = "0.1.0"
kind = "source"
licence = "MIT"
contract = "0.1"
"#;

/// A sound manifest of an analyzer.
pub(crate) const ANALYZER: &str = r#"
id = "sample"
name = "Sample"
description = "An analyzer for tests"
version = "0.1.0"
kind = "analyzer"
licence = "MIT"
contract = "0.1"
reads = ["text"]
[[writes]]
key = "score"
type = "number"
"#;

/// A hostile guest built by `cargo xtask plugins`.
pub(crate) fn guest(name: &str) -> Vec<u8> {
    let path = built("VIGIE_GUESTS_DIR", "guests").join(name).with_extension("wasm");
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}; run `cargo xtask plugins` first", path.display()))
}

/// The plugins that come with the host, as built by `cargo xtask plugins`.
pub(crate) fn bundled() -> Vec<(String, Vec<u8>)> {
    let folder = built("VIGIE_PLUGINS_DIR", "plugins");
    let files = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}; run `cargo xtask plugins` first", folder.display()));
    let paths = files.map(|entry| entry.expect("a readable folder").path());
    let plugins = paths.filter(|path| path.extension().is_some_and(|end| end == "wasm"));
    plugins.map(|path| (path.display().to_string(), std::fs::read(&path).expect("a readable file"))).collect()
}

fn built(variable: &str, folder: &str) -> PathBuf {
    match std::env::var_os(variable).filter(|folder| !folder.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target").join(folder),
    }
}
