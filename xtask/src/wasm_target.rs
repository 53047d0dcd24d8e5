//! A toolchain that builds for `wasm32-unknown-unknown`: the one at hand, completed by rustup or by Debian's packages.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::run;

/// What plugins are built for: a target without any system interface.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// What Debian has for it, the compiler first: the newer one its browsers are built with and the source to build the target's
/// library from, or its plain compiler with that library. The linker is a package of its own.
const DEBIAN_PACKAGES: [[&str; 4]; 2] =
    [["rustc-web", "cargo-web", "rust-web-src", "lld"], ["rustc", "cargo", "libstd-rust-dev-wasm32", "lld"]];

/// The linker where a compiler does not bring its own.
const LINKER: &str = "wasm-ld";

/// A cargo that can build for [`TARGET`].
#[derive(Debug)]
pub(crate) struct Toolchain {
    /// `None`: the cargo that runs us.
    folder: Option<PathBuf>,
    /// Builds the standard library from source, which only unstable options do.
    builds_std: bool,
    /// Has no linker of its own.
    borrows_linker: bool,
}

impl Toolchain {
    fn of(rustc: &Path, folder: Option<PathBuf>) -> Self {
        Self { folder, builds_std: !has_target(rustc), borrows_linker: !brings_linker(rustc) && has_linker() }
    }

    /// `cargo build` for the target, with whatever this toolchain needs for it.
    pub(crate) fn cargo_build(&self) -> Command {
        let mut command = run::cargo();
        if let Some(folder) = &self.folder {
            command = Command::new(folder.join("cargo"));
            command.current_dir(run::workspace()).env("RUSTC", folder.join("rustc")).env_remove("RUSTUP_TOOLCHAIN");
        }
        command.args(["build", "--target", TARGET]);
        if self.builds_std {
            command.env("RUSTC_BOOTSTRAP", "1").arg("-Zbuild-std=std,panic_abort");
        }
        if self.borrows_linker {
            command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", LINKER);
        }
        command
    }
}

/// Finds such a toolchain, installing what is missing, and says which way it took.
pub(crate) fn toolchain() -> Result<Toolchain> {
    let rustc = PathBuf::from(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    if has_target(&rustc) {
        eprintln!("{TARGET}: already installed");
        return Ok(Toolchain::of(&rustc, None));
    }
    if run::output("rustup", &["--version"]).is_some() {
        eprintln!("{TARGET}: installing it with rustup");
        match run::succeed(Command::new("rustup").args(["target", "add", TARGET])) {
            Ok(()) if has_target(&rustc) => return Ok(Toolchain::of(&rustc, None)),
            Ok(()) => eprintln!("{TARGET}: rustup has it, but for another toolchain than {}", rustc.display()),
            Err(error) => eprintln!("{TARGET}: {error:#}"),
        }
    }
    if has_source(&rustc) && can_link(&rustc) {
        eprintln!("{TARGET}: building the standard library for it from {}'s own source", rustc.display());
        return Ok(Toolchain::of(&rustc, None));
    }
    from_debian()
}

fn from_debian() -> Result<Toolchain> {
    let advice = format!(
        "install it with `rustup target add {TARGET}` (https://rustup.rs), or install the source of your compiler's standard \
         library (`rust-src`), then run this again"
    );
    let wanted = required_version()?;
    let compiler = Path::new("/usr/bin/rustc");
    let is_complete = || (has_target(compiler) || has_source(compiler)) && can_link(compiler);
    if version(compiler) < Some(wanted) || !is_complete() {
        install_from_debian(wanted).with_context(|| format!("the target {TARGET} is missing; {advice}"))?;
    }
    let found = run::output(compiler, &["--version"]).unwrap_or_default();
    if version_of(&found) < Some(wanted) {
        let (major, minor) = wanted;
        bail!("Debian's compiler here is `{found}`, and plugins need {major}.{minor} or newer; {advice}");
    }
    if !is_complete() {
        bail!("the target {TARGET} is missing, and Debian's packages did not bring it; {advice}");
    }
    let toolchain = Toolchain::of(compiler, Some(PathBuf::from("/usr/bin")));
    if toolchain.builds_std {
        eprintln!("{TARGET}: building the standard library for it with Debian's {found}");
    } else {
        eprintln!("{TARGET}: Debian's {found} has it");
    }
    Ok(toolchain)
}

/// Installs the newest of Debian's compilers. Looks before it installs: a compiler that is too old helps nobody.
fn install_from_debian(wanted: (u32, u32)) -> Result<()> {
    if run::output("apt-get", &["--version"]).is_none() {
        bail!("there is neither rustup nor apt-get here to bring it");
    }
    let is_root = run::output("id", &["-u"]).as_deref() == Some("0");
    if is_root && let Err(error) = run::succeed(Command::new("apt-get").args(["update", "-qq"])) {
        // Images often come without any list; where there is an old one, it may still do.
        eprintln!("{TARGET}: {error:#}");
    }
    let offered = |packages: &[&str; 4]| run::output("apt-cache", &["policy", packages[0]]).as_deref().and_then(candidate_of);
    // Of two equally new ones the last: it has the library built.
    let newest = DEBIAN_PACKAGES.iter().map(|packages| (offered(packages), packages)).max_by_key(|(version, _)| *version);
    let Some((_, packages)) = newest.filter(|(version, _)| *version >= Some(wanted)) else {
        let (major, minor) = wanted;
        let lists = if is_root { "" } else { ", as far as its lists say: `apt-get update` renews them" };
        bail!("apt-get offers no compiler of version {major}.{minor} or newer{lists}");
    };
    if !is_root {
        bail!("installing Debian's `{}` needs root", packages.join(" "));
    }
    eprintln!("{TARGET}: installing Debian's {}", packages.join(", "));
    run::succeed(Command::new("apt-get").args(["install", "--yes", "--no-install-recommends"]).args(packages))
}

/// Whether a compiler has the standard library for the target.
fn has_target(rustc: &Path) -> bool {
    let folder = run::output(rustc, &["--print", "target-libdir", "--target", TARGET]);
    let entries = folder.and_then(|folder| std::fs::read_dir(folder).ok());
    entries.is_some_and(|entries| {
        entries.flatten().any(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            name.starts_with("libstd-") && name.ends_with(".rlib")
        })
    })
}

/// Whether a compiler has the source of its standard library where cargo looks for it.
fn has_source(rustc: &Path) -> bool {
    let sysroot = run::output(rustc, &["--print", "sysroot"]);
    sysroot.is_some_and(|sysroot| Path::new(&sysroot).join("lib/rustlib/src/rust/library/std/Cargo.toml").is_file())
}

/// Whether a module can be linked: with the compiler's own linker or with the one at hand.
fn can_link(rustc: &Path) -> bool {
    brings_linker(rustc) || has_linker()
}

/// Whether a compiler has its own linker for the target, as those of rustup have, and not those of Debian.
fn brings_linker(rustc: &Path) -> bool {
    let folder = run::output(rustc, &["--print", "target-libdir"]);
    folder.is_some_and(|folder| Path::new(&folder).with_file_name("bin").join("rust-lld").is_file())
}

fn has_linker() -> bool {
    run::output(LINKER, &["--version"]).is_some()
}

/// Major and minor of a compiler's version, if there is that compiler.
fn version(rustc: &Path) -> Option<(u32, u32)> {
    run::output(rustc, &["--version"]).as_deref().and_then(version_of)
}

/// The `rust-version` of the workspace.
fn required_version() -> Result<(u32, u32)> {
    let manifest: toml::Table = std::fs::read_to_string(run::workspace().join("Cargo.toml"))?.parse()?;
    let stated = manifest["workspace"]["package"]["rust-version"].as_str().unwrap_or_default();
    version_of(stated).ok_or_else(|| anyhow::anyhow!("`{stated}` in Cargo.toml is no rust-version"))
}

/// Major and minor of the version `apt-cache policy` would install.
fn candidate_of(policy: &str) -> Option<(u32, u32)> {
    policy.lines().find_map(|line| line.trim().strip_prefix("Candidate:")).and_then(version_of)
}

/// Major and minor of the first version in a text such as `rustc 1.95.0 (59807616e 2026-04-14)`.
fn version_of(text: &str) -> Option<(u32, u32)> {
    let word = text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    let mut parts = word.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert_eq!(version_of("rustc 1.95.0 (59807616e 2026-04-14)"), Some((1, 95)));
        assert_eq!(version_of("1.95"), Some((1, 95)));
        assert_eq!(version_of("rustc"), None);
        assert!(version_of("1.100") > version_of("1.95.3"));
    }

    #[test]
    fn debian_is_asked_before_it_is_trusted() {
        let policy = "rustc-web:\n  Installed: (none)\n  Candidate: 1.85.0+dfsg3-1~deb12u3\n  Version table:\n";
        assert_eq!(candidate_of(policy), Some((1, 85)));
        assert_eq!(candidate_of("rustc-web:\n  Candidate: (none)\n"), None);
        assert_eq!(candidate_of(""), None);
    }

    #[test]
    fn the_workspace_states_its_version() {
        assert!(required_version().expect("Cargo.toml has a rust-version") >= (1, 85));
    }
}
