//! `vigie plugins pack`: a component and its manifest become one file that is a whole plugin.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use vigie_runtime::{Kind, Package};

use crate::context::Context;
use crate::exit::Stop;
use crate::plugins::read_bytes;
use crate::render::{Paint, number};

/// Make a plugin of a component, in whatever language it was written, and its manifest
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  vigie plugins pack component.wasm --manifest plugin.toml
  vigie plugins pack target/wasm32-unknown-unknown/release/mine.wasm --output mine.wasm

The component is made for a world of the contract (`source-plugin` or `analyzer-plugin` of wit/), by any toolchain: jco or \
componentize-js for JavaScript, componentize-py for Python, wit-bindgen for Rust, whose core module is taken as well. It is \
checked as every plugin is, and nothing is written if it could not be used.")]
pub(crate) struct Pack {
    /// The component, or the core module of one
    file: PathBuf,
    /// Its manifest
    #[arg(long, value_name = "FILE", default_value = "plugin.toml")]
    manifest: PathBuf,
    /// Where to write the plugin; as source-ID.wasm or analyzer-ID.wasm into this folder if not said
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Pack {
    /// Checks and writes.
    pub(super) fn run(&self, context: &Context) -> Result<(), Stop> {
        let unreadable =
            |path: &Path, error: std::io::Error| Stop::usage_message(format!("{} cannot be read: {error}", path.display()));
        let binary = read_bytes(&self.file).map_err(|error| unreadable(&self.file, error))?;
        let manifest = std::fs::read_to_string(&self.manifest).map_err(|error| unreadable(&self.manifest, error))?;
        let package = Package::pack(binary, &manifest, &self.file.display().to_string()).map_err(Stop::usage)?;
        let manifest = package.manifest();
        let path = self.output.clone().unwrap_or_else(|| format!("{}-{}.wasm", manifest.kind.name(), manifest.id).into());
        std::fs::write(&path, package.bytes())
            .map_err(|error| Stop::message(format!("{} cannot be written: {error}", path.display())))?;

        let mut out = context.out();
        let paint = Paint { on: context.colour() };
        let (wasi, mut imports): (Vec<&str>, Vec<&str>) =
            package.imports().iter().map(String::as_str).partition(|import| import.starts_with("wasi:"));
        if !wasi.is_empty() {
            imports.push("WASI 0.2 (refused or empty here)");
        }
        // A bare name would be taken for an id.
        let named = if path.components().count() == 1 { Path::new(".").join(&path) } else { path.clone() };
        let next = match manifest.kind {
            Kind::Source => format!("vigie try {} --json", named.display()),
            Kind::Analyzer => format!("echo '{{\"text\": \"…\"}}' | vigie annotate --analyzers {}", named.display()),
        };
        let size = number::bytes(u64::try_from(package.size()).unwrap_or(u64::MAX));
        writeln!(out, "{} is {} `{}` {}, {size}", path.display(), manifest.kind.name(), manifest.id, manifest.version)?;
        writeln!(out, "  imports   {}", imports.join(", "))?;
        writeln!(out, "\nNext: {}", paint.cyan(&next))?;
        Ok(out.flush()?)
    }
}
