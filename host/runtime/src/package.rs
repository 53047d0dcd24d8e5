//! A `.wasm` and its manifest: everything that can be judged about a plugin without running a byte of it.

use std::borrow::Cow;
use std::collections::BTreeSet;

use sha2::{Digest, Sha256};
use wasmparser::{Chunk, Encoding, Parser, Payload, Validator, WasmFeatures};

use crate::bindings;
use crate::error::{PackageError, PackageFault};
use crate::manifest::{Kind, MANIFEST_SECTION, Manifest};

/// The most a plugin may have. A Python plugin with its interpreter has some 20 MB.
pub const MAX_PACKAGE_BYTES: usize = 128 * 1024 * 1024;

/// The tracks of the contract this host serves, for messages.
const SERVED: &str = bindings::v0_1::TRACK;
/// The interface of analyzers that learn.
const LEARNING: &str = "learning";

/// A plugin's file, checked: a valid component with a sound manifest, whose imports and exports are what the contract and
/// the manifest say.
#[derive(Debug, Clone)]
pub struct Package {
    bytes: Cow<'static, [u8]>,
    digest: Cow<'static, str>,
    manifest: Manifest,
    imports: BTreeSet<String>,
}

impl Package {
    /// Reads and checks a plugin's file. `origin` says in errors where the bytes came from.
    ///
    /// # Errors
    /// [`PackageError`] with the first fault of the file, or all mistakes of its manifest.
    pub fn read(bytes: Vec<u8>, origin: &str) -> Result<Self, PackageError> {
        let checked = outline(&bytes).and_then(|outline| {
            validate(&bytes)?;
            let manifest = judge(&outline)?;
            check_shape(manifest.kind, &bytes, &outline)?;
            Ok((manifest, outline.imports))
        });
        match checked {
            Ok((manifest, imports)) => {
                let digest = hex(&Sha256::digest(&bytes)).into();
                Ok(Self { bytes: bytes.into(), digest, manifest, imports })
            }
            Err(fault) => Err(PackageError { origin: origin.to_owned(), fault }),
        }
    }

    /// Reads a plugin that is part of this program: its outline alone, so that dozens of them cost a start neither time nor memory.
    /// Its code and the types of its functions are checked when it is compiled and linked, as every plugin's are. `digest` is the
    /// SHA-256 of `bytes` in hexadecimal, made when the program was built.
    ///
    /// # Errors
    /// [`PackageError`]: not a component, a faulty manifest, imports or exports the contract does not have.
    pub fn bundled(name: &str, bytes: &'static [u8], digest: &'static str) -> Result<Self, PackageError> {
        match outline(bytes).and_then(|outline| Ok((judge(&outline)?, outline.imports))) {
            Ok((manifest, imports)) => Ok(Self { bytes: bytes.into(), digest: digest.into(), manifest, imports }),
            Err(fault) => Err(PackageError { origin: name.to_owned(), fault }),
        }
    }

    /// What the plugin says of itself.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// SHA-256 of the file, in hexadecimal.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The interfaces the binary imports, such as `vigie:plugin/http@0.1.0`: all it can ever ask the host for.
    #[must_use]
    pub fn imports(&self) -> &BTreeSet<String> {
        &self.imports
    }

    /// Whether the binary can make requests at all.
    #[must_use]
    pub fn imports_http(&self) -> bool {
        self.imports.iter().any(|import| import.starts_with("vigie:plugin/http@"))
    }

    /// Length of the file.
    #[must_use]
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// The file.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// What the outermost level of a component shows.
#[derive(Default)]
struct Outline<'a> {
    manifests: Vec<&'a [u8]>,
    imports: BTreeSet<String>,
    exports: BTreeSet<String>,
}

/// What the sections say, held against the manifest and the contract.
fn judge(outline: &Outline<'_>) -> Result<Manifest, PackageFault> {
    let manifest = match outline.manifests[..] {
        [] => return Err(PackageFault::NoManifest),
        [one] => {
            let text = std::str::from_utf8(one)
                .map_err(|_| PackageFault::Malformed { message: "its manifest is not UTF-8".to_owned() })?;
            Manifest::read(text).map_err(|problems| PackageFault::Manifest { problems })?
        }
        _ => return Err(PackageFault::TwoManifests),
    };
    check_tracks(&manifest, outline)?;
    check_kind(manifest.kind, &outline.exports)?;
    check_learning(&manifest, &outline.exports)?;
    check_imports(manifest.kind, &outline.imports)?;
    Ok(manifest)
}

/// Walks the sections of the outermost level without entering nested modules and components.
fn outline(bytes: &[u8]) -> Result<Outline<'_>, PackageFault> {
    if bytes.len() > MAX_PACKAGE_BYTES {
        return Err(PackageFault::TooLarge { bytes: bytes.len(), limit: MAX_PACKAGE_BYTES });
    }
    let truncated = || PackageFault::Truncated { bytes: bytes.len() };
    if !bytes.starts_with(b"\0asm") {
        return Err(PackageFault::NotWasm { found: looks_like(bytes) });
    }
    match bytes.get(4..8) {
        None => return Err(truncated()),
        Some([1, 0, 0, 0]) => return Err(PackageFault::CoreModule),
        Some([13, 0, 1, 0]) => {}
        Some(_) => return Err(PackageFault::UnknownEncoding),
    }
    let malformed = |error: wasmparser::BinaryReaderError| PackageFault::Malformed { message: error.to_string() };
    let mut outline = Outline::default();
    let mut parser = Parser::new(0);
    parser.set_features(features());
    let mut rest = bytes;
    while !rest.is_empty() {
        // `false`: more bytes could follow, so that a section cut short is told apart from one that is wrong.
        let (consumed, payload) = match parser.parse(rest, false).map_err(malformed)? {
            Chunk::NeedMoreData(_) => return Err(truncated()),
            Chunk::Parsed { consumed, payload } => (consumed, payload),
        };
        rest = &rest[consumed..];
        match payload {
            Payload::Version { encoding: Encoding::Module, .. } => return Err(PackageFault::CoreModule),
            Payload::ModuleSection { unchecked_range: nested, .. }
            | Payload::ComponentSection { unchecked_range: nested, .. } => {
                let length = usize::try_from(nested.end.saturating_sub(nested.start)).unwrap_or(usize::MAX);
                rest = rest.get(length..).ok_or_else(truncated)?;
            }
            Payload::CustomSection(section) if section.name() == MANIFEST_SECTION => outline.manifests.push(section.data()),
            Payload::ComponentImportSection(imports) => {
                for import in imports {
                    outline.imports.insert(import.map_err(malformed)?.name.name.to_owned());
                }
            }
            Payload::ComponentExportSection(exports) => {
                for export in exports {
                    outline.exports.insert(export.map_err(malformed)?.name.name.to_owned());
                }
            }
            _ => {}
        }
    }
    Ok(outline)
}

/// A guess for the message, from the first bytes.
fn looks_like(bytes: &[u8]) -> &'static str {
    let text = bytes.trim_ascii_start();
    match bytes {
        [] => ": it is empty",
        _ if bytes.starts_with(b"\x7fELF") => ": it is native or precompiled code, which is never loaded",
        _ if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\x1f\x8b") => ": it is an archive, unpack it first",
        _ if text.starts_with(b"<") => ": it is a web page",
        _ if text.starts_with(b"(module") || text.starts_with(b"(component") => ": it is WebAssembly text",
        _ => "",
    }
}

/// What plugins may use of WebAssembly; the engine is set up alike.
fn features() -> WasmFeatures {
    WasmFeatures::WASM2
        | WasmFeatures::EXTENDED_CONST
        | WasmFeatures::TAIL_CALL
        | WasmFeatures::RELAXED_SIMD
        | WasmFeatures::COMPONENT_MODEL
}

fn validate(bytes: &[u8]) -> Result<(), PackageFault> {
    match Validator::new_with_features(features()).validate_all(bytes) {
        Ok(_) => Ok(()),
        Err(error) => Err(PackageFault::Malformed { message: error.to_string() }),
    }
}

/// The version of `vigie:plugin/name@version`, empty if it names none; `None` if it is not of the contract.
fn contract_version(name: &str) -> Option<&str> {
    let interface = name.strip_prefix("vigie:plugin/")?;
    Some(interface.split_once('@').map_or("", |(_, version)| version))
}

/// `0.1` for `0.1.7`: within a track every version fits.
fn track(version: &str) -> &str {
    let end = version.match_indices('.').nth(1).map_or(version.len(), |(at, _)| at);
    &version[..end]
}

fn check_tracks(manifest: &Manifest, outline: &Outline<'_>) -> Result<(), PackageFault> {
    let stated = outline.imports.iter().chain(&outline.exports).filter_map(|name| contract_version(name));
    for version in stated.chain([manifest.contract.as_str()]) {
        if track(version) != SERVED {
            let found = if version.is_empty() { "without a version".to_owned() } else { version.to_owned() };
            return Err(PackageFault::UnsupportedContract { found, served: SERVED });
        }
    }
    Ok(())
}

/// Whether an interface of the contract is among the exports, in whichever version.
fn exported(exports: &BTreeSet<String>, interface: &str) -> bool {
    exports.iter().any(|name| name.split_once('@').is_some_and(|(name, _)| name.strip_prefix("vigie:plugin/") == Some(interface)))
}

fn check_kind(said: Kind, exports: &BTreeSet<String>) -> Result<(), PackageFault> {
    let other = match said {
        Kind::Source => Kind::Analyzer,
        Kind::Analyzer => Kind::Source,
    };
    match (exported(exports, said.name()), exported(exports, other.name())) {
        (true, _) => Ok(()),
        (false, true) => Err(PackageFault::KindLies { said, found: other }),
        (false, false) => Err(PackageFault::MissingExport { kind: said }),
    }
}

/// What can learn and does not say so is not asked to.
fn check_learning(manifest: &Manifest, exports: &BTreeSet<String>) -> Result<(), PackageFault> {
    if manifest.learns.is_empty() || exported(exports, LEARNING) {
        return Ok(());
    }
    Err(PackageFault::DoesNotLearn { learns: manifest.learns.clone() })
}

fn check_imports(kind: Kind, imports: &BTreeSet<String>) -> Result<(), PackageFault> {
    for import in imports {
        let name = import.split_once('@').map_or(import.as_str(), |(name, _)| name);
        let why = match name {
            "vigie:plugin/types" | "vigie:plugin/log" | "vigie:plugin/clock" => continue,
            "vigie:plugin/http" if kind == Kind::Source => continue,
            "vigie:plugin/http" => "and analyzers have no network; only a source may import it",
            _ if name.starts_with("wasi:") && contract_wasi(import) => continue,
            _ => "which is neither of the contract nor WASI 0.2; this host has nothing to give for it",
        };
        return Err(PackageFault::ForbiddenImport { import: import.clone(), why });
    }
    Ok(())
}

fn contract_wasi(import: &str) -> bool {
    import.split_once('@').is_some_and(|(_, version)| track(version) == "0.2")
}

/// Compares the types of what is imported and exported with the contract's, where that can be done from the bytes alone;
/// linking does it again for every component.
fn check_shape(kind: Kind, bytes: &[u8], outline: &Outline<'_>) -> Result<(), PackageFault> {
    let all = || outline.imports.iter().chain(&outline.exports);
    // WASI is not part of the contract's worlds, and another patch version has other names for the same types.
    let plain = all().all(|name| contract_version(name).is_none_or(|version| version == bindings::v0_1::VERSION))
        && !outline.imports.iter().any(|name| name.starts_with("wasi:"));
    if !plain {
        return Ok(());
    }
    let does_not_fit = |error: &dyn std::fmt::Display| PackageFault::DoesNotFit {
        contract: bindings::v0_1::VERSION,
        message: error.to_string(),
    };
    let world_type = bindings::v0_1::world_type(kind, exported(&outline.exports, LEARNING));
    let (resolve, world) = wit_parser::decoding::decode_world(world_type).map_err(|error| does_not_fit(&format!("{error:#}")))?;
    wit_component::targets(&resolve, world, bytes).map_err(|error| does_not_fit(&error.root_cause()))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
