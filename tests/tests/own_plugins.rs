//! Plugins of the operator's own, in a folder beside the configuration.

use std::path::PathBuf;

use vigie_tests::TestBed;

/// A plugin as `cargo xtask plugins` built it.
fn built(name: &str) -> PathBuf {
    let folder = std::env::var_os("VIGIE_PLUGINS_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/plugins"), PathBuf::from);
    folder.join(name).with_extension("wasm")
}

#[test]
fn of_two_files_of_one_plugin_the_operator_says_which_is_meant() {
    let bed = TestBed::new().expect("a test bed");
    let config = "[plugins]\nfolder = \"own\"\n\n[topics.lumio]\nquery = 'lumio'\n";
    bed.write("vigie.toml", config).expect("written");
    std::fs::create_dir(bed.folder().join("own")).expect("a folder");
    for name in ["old.wasm", "new.wasm"] {
        std::fs::copy(built("source-feed"), bed.folder().join("own").join(name))
            .expect("copied; `cargo xtask plugins` builds it");
    }
    let ran = bed.vigie(&["check"]).expect("vigie runs");
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.contains("are both plugin `feed`"), "{}", ran.stderr);
    assert!(ran.stderr.contains("path = \"own/old.wasm\""), "{}", ran.stderr);

    bed.write("vigie.toml", &format!("{config}\n[plugins.feed]\npath = \"own/old.wasm\"\n")).expect("written");
    let ran = bed.vigie(&["plugins", "list", "--json"]).expect("vigie runs");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stdout.contains("own/old.wasm"), "{}", ran.stdout);
}

/// A plugin taken apart again: the component as a toolchain made it, and its manifest.
fn apart(plugin: &[u8]) -> (Vec<u8>, String) {
    const NAME: &[u8] = b"vigie:plugin/manifest";
    let name = plugin.windows(NAME.len()).rposition(|window| window == NAME).expect("a manifest");
    // Before the name stand its length in one byte, the section's length in two or three, and the section's kind, zero.
    let kind = (name - 5..name - 2).rev().find(|&at| plugin[at] == 0).expect("a custom section");
    let manifest = String::from_utf8(plugin[name + NAME.len()..].to_vec()).expect("text");
    (plugin[..kind].to_vec(), manifest)
}

#[test]
fn a_component_and_a_manifest_become_a_plugin() {
    let bed = TestBed::new().expect("a test bed");
    let plugin = std::fs::read(built("analyzer-sentiment")).expect("read; `cargo xtask plugins` builds it");
    let (component, manifest) = apart(&plugin);
    std::fs::write(bed.folder().join("made.wasm"), &component).expect("written");
    bed.write("plugin.toml", &manifest).expect("written");

    let ran = bed.vigie(&["plugins", "inspect", "./made.wasm"]).expect("vigie runs");
    assert!(ran.stderr.contains("`vigie plugins pack`"), "{}", ran.stderr);
    let ran = bed.vigie(&["plugins", "pack", "made.wasm"]).expect("vigie runs");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stdout.contains("vigie annotate --analyzers ./analyzer-sentiment.wasm"), "{}", ran.stdout);
    assert_eq!(std::fs::read(bed.folder().join("analyzer-sentiment.wasm")).expect("written"), plugin);

    for (manifest, word) in [("kind = 3", "manifest has"), (&manifest.replace("\"analyzer\"", "\"source\""), "mistake")] {
        bed.write("wrong.toml", manifest).expect("written");
        let ran = bed.vigie(&["plugins", "pack", "made.wasm", "--manifest", "wrong.toml", "-o", "no.wasm"]).expect("vigie runs");
        assert_eq!(ran.code, Some(2), "{}", ran.stderr);
        assert!(ran.stderr.contains(word) && !bed.folder().join("no.wasm").exists(), "{}", ran.stderr);
    }
    let ran = bed.vigie(&["plugins", "pack", "analyzer-sentiment.wasm"]).expect("vigie runs");
    assert!(ran.code == Some(2) && ran.stderr.contains("two manifests"), "{}", ran.stderr);
}
