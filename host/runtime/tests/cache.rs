//! Compiled plugins are kept privately, and only what this installation wrote is ever loaded.
#![cfg(unix)]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use common::{ANALYZER, contract, dummy, with_manifest};
use serde_json::json;
use vigie_runtime::{AnalyzerUse, Limits, Package, Runtime, RuntimeOptions};

fn package() -> Package {
    Package::read(with_manifest(dummy(&contract(""), "analyzer-plugin"), ANALYZER), "sample.wasm").expect("sound")
}

/// Starts a runtime over the folder and loads the plugin once.
fn load(folder: &Path) {
    let runtime =
        Runtime::new(RuntimeOptions { cache_dir: Some(folder.to_owned()), ..RuntimeOptions::default() }).expect("a runtime");
    runtime.analyzer(&package(), AnalyzerUse { settings: json!({}), limits: Limits::analyzer() }).expect("an analyzer");
}

fn compiled(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry").path());
    files.filter(|path| path.extension().is_some_and(|end| end == "compiled")).collect()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("there").permissions().mode() & 0o777
}

#[test]
fn a_plugin_is_compiled_once() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = home.path().join("deep/cache");
    load(&folder);
    let files = compiled(&folder);
    assert_eq!(files.len(), 1);
    assert!(files[0].file_name().is_some_and(|name| name.to_string_lossy().starts_with(package().digest())));
    assert_eq!((mode(&folder), mode(&files[0]), mode(&folder.join("key"))), (0o700, 0o600, 0o600));
    let before = fs::metadata(&files[0]).expect("there").modified().expect("a time");
    load(&folder);
    assert_eq!(compiled(&folder), files);
    assert_eq!(fs::metadata(&files[0]).expect("there").modified().expect("a time"), before, "it was compiled again");
}

#[test]
fn damaged_and_planted_files_are_replaced_and_not_loaded() {
    let home = tempfile::tempdir().expect("a folder");
    let (folder, other) = (home.path().join("cache"), home.path().join("other"));
    load(&folder);
    load(&other);
    let file = compiled(&folder).remove(0);
    let sound = fs::read(&file).expect("the file");
    // Made by the same program for the same plugin, but by another installation.
    let planted = fs::read(compiled(&other).remove(0)).expect("the file");
    let mut flipped = sound.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    for (what, bytes) in [
        ("planted", planted),
        ("flipped", flipped),
        ("longer", [sound.as_slice(), &[0]].concat()),
        ("cut", sound[..sound.len() / 2].to_vec()),
        ("short", b"vigieAOT".to_vec()),
        ("empty", Vec::new()),
    ] {
        fs::write(&file, &bytes).expect("written");
        load(&folder);
        assert_ne!(fs::read(&file).expect("the file"), bytes, "{what}: the file was taken for sound");
    }
}

#[test]
fn a_folder_others_may_enter_is_not_used() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = home.path().join("cache");
    fs::create_dir(&folder).expect("made");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).expect("set");
    load(&folder);
    assert_eq!(fs::read_dir(&folder).expect("the folder").count(), 0, "something was written there");

    // Nor one that is no folder at all.
    let file = home.path().join("file");
    fs::write(&file, "x").expect("written");
    load(&file);
    assert_eq!(fs::read(&file).expect("the file"), b"x");
}

#[test]
fn a_key_that_others_may_read_or_that_is_cut_is_not_trusted() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = home.path().join("cache");
    load(&folder);
    let (file, key) = (compiled(&folder).remove(0), folder.join("key"));
    let before = fs::read(&file).expect("the file");
    fs::write(&key, "short").expect("written");
    load(&folder);
    assert_eq!(fs::read(&key).expect("the key").len(), 32);
    assert_ne!(fs::read(&file).expect("the file"), before, "a build under a lost key was taken for sound");

    let before = fs::read(&file).expect("the file");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).expect("set");
    fs::write(&file, "x").expect("written");
    load(&folder);
    assert_eq!(fs::read(&file).expect("the file"), b"x", "the cache was used with a key others may read");
    assert_ne!(before, b"x");
}
