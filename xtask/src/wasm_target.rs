//! A toolchain that builds for `wasm32-unknown-unknown`: the one at hand, completed by rustup or by Debian's packages.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::run;

/// What plugins are built for: a target without any system interface.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// What Debian has for it, the compiler first: its plain compiler with the target's library, or the newer one its browsers are
/// built with, and the source to build that library from.
const DEBIAN_PACKAGES: [[&str; 3]; 2] =
    [["rustc", "cargo", "libstd-rust-dev-wasm32"], ["rustc-web", "cargo-web", "rust-web-src"]];

/// A cargo that can build for [`TARGET`].
#[derive(Debug)]
pub(crate) struct Toolchain {
    /// `None`: the cargo that runs us.
    folder: Option<PathBuf>,
    /// Builds the standard library from source, which only unstable options do.
    builds_std: bool,
}

impl Toolchain {
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
        command
    }
}

/// Finds such a toolchain, installing what is missing, and says which way it took.
pub(crate) fn toolchain() -> Result<Toolchain> {
    let rustc = PathBuf::from(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    if has_target(&rustc) {
        eprintln!("{TARGET}: already installed");
        return Ok(Toolchain { folder: None, builds_std: false });
    }
    if run::output("rustup", &["--version"]).is_some() {
        eprintln!("{TARGET}: installing it with rustup");
        match run::succeed(Command::new("rustup").args(["target", "add", TARGET])) {
            Ok(()) if has_target(&rustc) => return Ok(Toolchain { folder: None, builds_std: false }),
            Ok(()) => eprintln!("{TARGET}: rustup has it, but for another toolchain than {}", rustc.display()),
            Err(error) => eprintln!("{TARGET}: {error:#}"),
        }
    }
    if has_source(&rustc) {
        eprintln!("{TARGET}: building the standard library for it from {}'s own source", rustc.display());
        return Ok(Toolchain { folder: None, builds_std: true });
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
    if !(has_target(compiler) || has_source(compiler)) {
        install_from_debian(wanted).with_context(|| format!("the target {TARGET} is missing; {advice}"))?;
    }
    let found = run::output(compiler, &["--version"]).unwrap_or_default();
    if version_of(&found).is_none_or(|found| found < wanted) {
        let (major, minor) = wanted;
        bail!("Debian's compiler here is `{found}`, and plugins need {major}.{minor} or newer; {advice}");
    }
    let folder = Some(PathBuf::from("/usr/bin"));
    if has_target(compiler) {
        eprintln!("{TARGET}: Debian's {found} has it");
        return Ok(Toolchain { folder, builds_std: false });
    }
    if has_source(compiler) {
        eprintln!("{TARGET}: building the standard library for it with Debian's {found}");
        return Ok(Toolchain { folder, builds_std: true });
    }
    bail!("the target {TARGET} is missing, and Debian's packages did not bring it; {advice}")
}

/// Installs the first of Debian's compilers that is new enough. Looks before it installs: a compiler that is too old helps nobody.
fn install_from_debian(wanted: (u32, u32)) -> Result<()> {
    let (major, minor) = wanted;
    if run::output("apt-get", &["--version"]).is_none() {
        bail!("there is neither rustup nor apt-get here to bring it");
    }
    let offered = |packages: &[&str; 3]| run::output("apt-cache", &["policy", packages[0]]).as_deref().and_then(candidate_of);
    let Some(packages) = DEBIAN_PACKAGES.iter().find(|packages| offered(packages) >= Some(wanted)) else {
        bail!("apt-get offers no compiler of version {major}.{minor} or newer");
    };
    if run::output("id", &["-u"]).as_deref() != Some("0") {
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
