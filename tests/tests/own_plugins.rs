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
