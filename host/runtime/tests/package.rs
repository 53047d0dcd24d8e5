//! What is wrong with a file is found without running it, and said so that somebody can do something about it.

mod common;

use common::{ANALYZER, SOURCE, bundled, contract, dummy, guest, module, with_manifest};
use vigie_runtime::{Identity, Kind, Package, PackageError, PackageFault, Place, Read, ValueType};

fn source() -> Vec<u8> {
    dummy(&contract(""), "source-plugin")
}

fn analyzer() -> Vec<u8> {
    dummy(&contract(""), "analyzer-plugin")
}

fn refused(bytes: Vec<u8>) -> PackageError {
    match Package::read(bytes, "sample.wasm") {
        Ok(package) => panic!("accepted {:?}", package.manifest()),
        Err(error) => error,
    }
}

#[test]
fn a_sound_package_shows_what_it_is_and_wants() {
    let package = Package::read(with_manifest(source(), SOURCE), "sample.wasm").expect("sound");
    assert_eq!(package.manifest().kind, Kind::Source);
    assert_eq!(package.manifest().identity, Identity::Global);
    assert!(package.imports_http());
    assert_eq!(package.digest().len(), 64);
    let imports: Vec<&str> = package.imports().iter().map(String::as_str).collect();
    assert_eq!(
        imports,
        ["vigie:plugin/clock@0.1.0", "vigie:plugin/http@0.1.0", "vigie:plugin/log@0.1.0", "vigie:plugin/types@0.1.0"]
    );

    let package = Package::read(with_manifest(analyzer(), ANALYZER), "sample.wasm").expect("sound");
    assert_eq!(package.manifest().reads, [Read::Text]);
    assert_eq!(package.manifest().writes[0].value, ValueType::Number);
    assert!(!package.imports_http());
}

#[test]
fn a_component_or_its_core_module_is_packed_with_a_manifest() {
    let packed = Package::pack(analyzer(), ANALYZER, "made.wasm").expect("sound");
    assert_eq!(packed.bytes(), with_manifest(analyzer(), ANALYZER));
    let module = module(&contract(""), "analyzer-plugin");
    let made = Package::pack(module.clone(), ANALYZER, "made.wasm").expect("a component is made of it");
    assert_eq!(made.imports(), packed.imports());
    for (binary, manifest, words) in [
        (module, SOURCE, "it exports `vigie:plugin/analyzer`"),
        (with_manifest(analyzer(), ANALYZER), ANALYZER, "two manifests"),
        (b"\0asm\x01\0\0\0".to_vec(), ANALYZER, "exports no `vigie:plugin/analyzer`"),
        (b"\0asm\x01\0\0\0\x07".to_vec(), ANALYZER, "no component can be made of this module"),
        (b"print('hello')".to_vec(), ANALYZER, "not a WebAssembly file"),
    ] {
        let error = Package::pack(binary, manifest, "made.wasm").expect_err(words);
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
fn built_plugins_are_sound() {
    let package = Package::read(guest("hostile"), "hostile.wasm").expect("built by xtask");
    assert_eq!(package.manifest().id, "hostile");
    assert_eq!(package.manifest().hosts[0].place, Place::Setting("url".to_owned()));
    let package = Package::read(guest("hostile-analyzer"), "hostile-analyzer.wasm").expect("built by xtask");
    assert_eq!(package.manifest().kind, Kind::Analyzer);
    let bundled = bundled();
    assert!(!bundled.is_empty(), "no plugin is built; run `cargo xtask plugins` first");
    for (path, bytes) in bundled {
        let package = Package::read(bytes.clone(), &path).unwrap_or_else(|error| panic!("{error}"));
        // Built for wasm32-unknown-unknown, they have nothing of the machine to ask for.
        assert!(package.imports().iter().all(|import| import.starts_with("vigie:plugin/")), "{path}: {:?}", package.imports());
        let quick = Package::bundled(&path, bytes.leak(), "").expect("what is sound throughout is sound in outline");
        assert_eq!((quick.manifest(), quick.imports()), (package.manifest(), package.imports()));
    }
}

#[test]
fn files_that_are_no_components_are_named() {
    let not_wasm = |bytes: &[u8]| refused(bytes.to_vec()).to_string();
    assert!(not_wasm(b"").contains("not a WebAssembly file: it is empty"));
    assert!(not_wasm(b"<!doctype html><p>Not found").contains("it is a web page"));
    assert!(not_wasm(b"\x7fELF\x02\x01").contains("precompiled code, which is never loaded"));
    assert!(not_wasm(b"(component)").contains("WebAssembly text"));
    assert!(not_wasm(b"hello").starts_with("sample.wasm: not a WebAssembly file; a plugin is a component"));
    assert_eq!(refused(b"\0asm\x01\0\0\0".to_vec()).fault, PackageFault::CoreModule);
    assert!(not_wasm(b"\0asm\x01\0\0\0").contains("`vigie plugins pack`"));
    assert_eq!(refused(b"\0asm\x0c\0\x01\0".to_vec()).fault, PackageFault::UnknownEncoding);
}

#[test]
fn a_file_cut_short_anywhere_is_refused() {
    let whole = with_manifest(source(), SOURCE);
    // Every place would take long; a prime step meets headers, sections and bodies.
    for end in (4..whole.len()).step_by(211).chain([whole.len() - 1]) {
        let error = refused(whole[..end].to_vec());
        let expected = matches!(
            error.fault,
            // Cut exactly between two sections, what is missing is what those would have held.
            PackageFault::Truncated { .. } | PackageFault::NoManifest
        );
        assert!(expected, "cut at {end}: {error}");
    }
    assert_eq!(refused(whole[..whole.len() - 1].to_vec()).fault, PackageFault::Truncated { bytes: whole.len() - 1 });
}

#[test]
fn damaged_files_are_refused_and_never_panic() {
    let whole = with_manifest(analyzer(), ANALYZER);
    let mut accepted = 0;
    for at in (8..whole.len()).step_by(97) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x55;
        accepted += usize::from(Package::read(damaged, "damaged.wasm").is_ok());
    }
    // A name or a comment may change without harm; most bytes may not.
    assert!(accepted < whole.len() / 97 / 2, "{accepted} damaged files were accepted");
}

#[test]
fn manifests_are_needed_once_and_whole() {
    assert_eq!(refused(source()).fault, PackageFault::NoManifest);
    assert_eq!(refused(with_manifest(with_manifest(source(), SOURCE), SOURCE)).fault, PackageFault::TwoManifests);
    let error = refused(with_manifest(source(), "id = \"x\"\nkind = \n"));
    assert!(error.to_string().contains("is not TOML: line 2"), "{error}");
}

#[test]
fn every_mistake_of_a_manifest_is_reported_at_once() {
    let manifest = r#"
id = "Sample"
description = ""
version = "1"
kind = "source"
licence = 3
contract = "0.1"
colour = "red"
reads = ["text"]
identity = { instance = "url" }
[settings]
type = "object"
[settings.properties.site]
type = "string"
pattern = "x"
[[hosts]]
origin = "https://example.com/path"
methods = ["get"]
port = 3
[[hosts]]
setting = "url"
[[secrets]]
name = "key"
[[rates]]
origin = "https://example.com"
requests = 0
per = "soon"
"#;
    let PackageFault::Manifest { problems } = refused(with_manifest(source(), manifest)).fault else { panic!("another fault") };
    let found: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let expected = [
        "`id` `Sample` is not a name",
        "`name` is missing",
        "`description` is empty",
        "`version` must be three numbers",
        "`licence` must be a text and is a whole number",
        "`colour` is not a known key; known here: id, kind, name,",
        "`reads` has no meaning for kind = \"source\"",
        "`identity.instance` names setting `url`, which `settings.properties` does not have; it has: site",
        "`settings.properties.site.pattern` is not a known keyword",
        "`hosts[0].origin` must be scheme://host[:port]",
        "`hosts[0].methods` must be HTTP methods in upper case",
        "`hosts[0].port` is not a known key; known here: origin, setting, methods",
        "`secrets[0]` needs `hosts",
        "`rates[0].requests` must be between 1 and",
        "`rates[0].per` must be a duration",
    ];
    for start in expected {
        assert!(found.iter().any(|problem| problem.starts_with(start)), "no problem starts with {start}\n{found:#?}");
    }
}

#[test]
fn a_manifest_that_lies_is_refused() {
    let error = refused(with_manifest(analyzer(), SOURCE));
    assert_eq!(error.fault, PackageFault::KindLies { said: Kind::Source, found: Kind::Analyzer });
    let error = refused(with_manifest(source(), ANALYZER));
    assert_eq!(error.fault, PackageFault::KindLies { said: Kind::Analyzer, found: Kind::Source });

    let empty = contract("").replace("  export source;\n", "");
    let error = refused(with_manifest(dummy(&empty, "source-plugin"), SOURCE));
    assert_eq!(error.fault, PackageFault::MissingExport { kind: Kind::Source });
}

/// A sound manifest of an analyzer that learns.
fn learning(keys: &str) -> String {
    ANALYZER.replace("reads = ", &format!("learns = {keys}\nreads = "))
}

#[test]
fn what_promises_to_learn_exports_it() {
    let learner = || dummy(&contract(""), "learning-analyzer-plugin");
    let package = Package::read(with_manifest(learner(), &learning(r#"["score"]"#)), "sample.wasm").expect("sound");
    assert_eq!(package.manifest().learns, ["score"]);
    // Nobody asks one that does not say so.
    let package = Package::read(with_manifest(learner(), ANALYZER), "sample.wasm").expect("sound");
    assert!(package.manifest().learns.is_empty());

    let error = refused(with_manifest(analyzer(), &learning(r#"["score"]"#)));
    assert_eq!(error.fault, PackageFault::DoesNotLearn { learns: vec!["score".to_owned()] });
    let message = "its manifest's `learns` promises to learn score, and it exports no `vigie:plugin/learning`";
    assert!(error.to_string().contains(message), "{error}");

    let other = contract("").replace("weight: f32,", "weight: f64,");
    let error = refused(with_manifest(dummy(&other, "learning-analyzer-plugin"), &learning(r#"["score"]"#)));
    assert!(matches!(error.fault, PackageFault::DoesNotFit { .. }), "{error}");
}

#[test]
fn only_what_is_written_can_be_learned() {
    let manifest = learning(r#"["mood", "score", "score"]"#)
        + "[settings]\ntype = \"object\"\n[settings.properties.learned]\ntype = \"string\"\n";
    let PackageFault::Manifest { problems } = refused(with_manifest(analyzer(), &manifest)).fault else {
        panic!("another fault")
    };
    let found: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let expected = [
        "`learns` names `mood`, which it does not write; it writes: score",
        "`learns` names `score` twice",
        "`settings.properties.learned` is not for the operator: the host hands what was learned to the plugin under this key",
    ];
    assert_eq!(found, expected);
    let source_learns = SOURCE.to_owned() + "learns = [\"score\"]\n";
    let PackageFault::Manifest { problems } = refused(with_manifest(source(), &source_learns)).fault else {
        panic!("another fault")
    };
    assert!(problems[0].to_string().starts_with("`learns` has no meaning for kind = \"source\""), "{problems:?}");
}

#[test]
fn imports_beyond_the_world_are_refused() {
    let curious = contract("").replace("  export analyzer;", "  import http;\n  export analyzer;");
    let error = refused(with_manifest(dummy(&curious, "analyzer-plugin"), ANALYZER));
    assert!(error.to_string().contains("imports `vigie:plugin/http@0.1.0`, and analyzers have no network"), "{error}");

    let greedy =
        contract("").replace("  export source;", "  import shell: interface { run: func(command: string); }\n  export source;");
    let error = refused(with_manifest(dummy(&greedy, "source-plugin"), SOURCE));
    assert!(error.to_string().contains("imports `shell`, which is neither of the contract nor WASI 0.2"), "{error}");
}

#[test]
fn another_contract_is_refused_with_both_versions() {
    let next = contract("").replace("package vigie:plugin@0.1.0;", "package vigie:plugin@0.2.0;");
    let error =
        refused(with_manifest(dummy(&next, "source-plugin"), &SOURCE.replace("contract = \"0.1\"", "contract = \"0.2\"")));
    assert_eq!(error.fault, PackageFault::UnsupportedContract { found: "0.2.0".to_owned(), served: "0.1" });
    let error = refused(with_manifest(source(), &SOURCE.replace("contract = \"0.1\"", "contract = \"0.7\"")));
    assert_eq!(error.fault, PackageFault::UnsupportedContract { found: "0.7".to_owned(), served: "0.1" });
}

#[test]
fn a_component_with_other_types_does_not_fit() {
    let other = contract("").replace("limit: u32,", "limit: u64,");
    let error = refused(with_manifest(dummy(&other, "source-plugin"), SOURCE));
    assert!(matches!(error.fault, PackageFault::DoesNotFit { .. }), "{error}");
}

#[test]
fn a_later_version_of_the_track_fits() {
    let later = contract("").replace("package vigie:plugin@0.1.0;", "package vigie:plugin@0.1.4;");
    Package::read(with_manifest(dummy(&later, "source-plugin"), SOURCE), "later.wasm").expect("same track");
}
