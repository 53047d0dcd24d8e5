//! `cargo xtask plugins`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::{component, run, wasm_target};

/// Where plugins are kept, where their components go, and which variable names another folder.
const HOMES: [(&str, &str, &str); 2] =
    [("plugins", "target/plugins", "VIGIE_PLUGINS_DIR"), ("tests/guests", "target/guests", "VIGIE_GUESTS_DIR")];

#[derive(Debug, Default, clap::Args)]
pub(crate) struct Options {
    /// Only these crates, such as `source-feed`; all of them if none is named
    crates: Vec<String>,
}

/// One crate to make a component of.
#[derive(Debug)]
struct Plugin {
    name: String,
    folder: PathBuf,
    output: PathBuf,
}

/// What cargo says it built.
#[derive(Debug)]
struct Artifact {
    version: String,
    module: PathBuf,
}

/// Builds all plugins or those named; one that fails does not keep the others from being written.
pub(crate) fn run(options: &Options) -> Result<()> {
    let all = find(&run::workspace())?;
    let names: BTreeSet<&str> = all.iter().map(|plugin| plugin.name.as_str()).collect();
    if let Some(unknown) = options.crates.iter().find(|name| !names.contains(name.as_str())) {
        bail!("there is no plugin crate `{unknown}`: known are {}", names.into_iter().collect::<Vec<_>>().join(", "));
    }
    let wanted: Vec<&Plugin> =
        all.iter().filter(|plugin| options.crates.is_empty() || options.crates.contains(&plugin.name)).collect();

    let artifacts = compile(&wanted)?;
    let mut failed = Vec::new();
    for plugin in &wanted {
        match write(plugin, artifacts.get(&plugin.name)) {
            Ok(line) => eprintln!("{:24} {line}", plugin.name),
            Err(error) => {
                eprintln!("{:24} failed: {error:#}", plugin.name);
                failed.push(plugin.name.as_str());
            }
        }
    }
    remove_orphans(&all)?;
    if !failed.is_empty() {
        bail!("{} of {} plugins were not built: {}", failed.len(), wanted.len(), failed.join(", "));
    }
    Ok(())
}

/// Every crate below the homes, by name.
fn find(workspace: &Path) -> Result<Vec<Plugin>> {
    let mut plugins = Vec::new();
    for (home, output, variable) in HOMES {
        let output = named(variable).unwrap_or_else(|| workspace.join(output));
        let entries = std::fs::read_dir(workspace.join(home)).with_context(|| format!("{home}/ cannot be read"))?;
        for entry in entries {
            let folder = entry?.path();
            if !folder.join("Cargo.toml").is_file() {
                continue;
            }
            let name = folder.file_name().expect("an entry has a name").to_string_lossy().into_owned();
            plugins.push(Plugin { output: output.join(format!("{name}.wasm")), name, folder });
        }
    }
    plugins.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(plugins)
}

/// The folder a variable names; an empty one names none.
fn named(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).filter(|folder| !folder.is_empty()).map(PathBuf::from)
}

/// One cargo call for all of them. Crates that do not compile are missing from the answer; cargo has said why.
fn compile(plugins: &[&Plugin]) -> Result<BTreeMap<String, Artifact>> {
    let toolchain = wasm_target::toolchain()?;
    let started = Instant::now();
    let mut command = toolchain.cargo_build();
    command.args(["--profile", "plugin", "--lib", "--keep-going", "--message-format", "json-render-diagnostics"]);
    command.args(plugins.iter().flat_map(|plugin| ["--package", plugin.name.as_str()]));
    let mut child =
        command.stdout(Stdio::piped()).spawn().with_context(|| format!("could not start {}", run::shown(&command)))?;
    let messages = BufReader::new(child.stdout.take().expect("stdout is piped"));
    let mut artifacts = BTreeMap::new();
    for line in messages.lines() {
        if let Some((name, artifact)) = read_message(&line?) {
            artifacts.insert(name, artifact);
        }
    }
    let status = child.wait()?;
    if !status.success() && artifacts.is_empty() {
        bail!("cargo ended with {status}");
    }
    eprintln!("compiled {} of {} crates in {:.1} s", artifacts.len(), plugins.len(), started.elapsed().as_secs_f32());
    Ok(artifacts)
}

/// A line of cargo's messages, if it tells of a plugin's module.
fn read_message(line: &str) -> Option<(String, Artifact)> {
    let message: serde_json::Value = serde_json::from_str(line).ok()?;
    if message["reason"] != "compiler-artifact"
        || !message["target"]["crate_types"].as_array()?.iter().any(|kind| kind == "cdylib")
    {
        return None;
    }
    let module = message["filenames"].as_array()?.iter().filter_map(|name| name.as_str()).find(|name| name.ends_with(".wasm"))?;
    // `path+file:///home/ana/vigie/plugins/source-feed#0.1.0`, or `…/feed#source-feed@0.1.0` where folder and crate differ.
    let (place, tail) = message["package_id"].as_str()?.rsplit_once('#')?;
    let (name, version) = match tail.split_once('@') {
        Some(both) => both,
        None => (place.rsplit('/').next()?, tail),
    };
    Some((name.to_owned(), Artifact { version: version.to_owned(), module: module.into() }))
}

/// Makes one component and writes it unless it stands there already.
fn write(plugin: &Plugin, artifact: Option<&Artifact>) -> Result<String> {
    let artifact = artifact.context("it did not compile, or its `[lib]` has no crate-type `cdylib`")?;
    let manifest = plugin.folder.join("plugin.toml");
    let manifest = std::fs::read_to_string(&manifest).with_context(|| format!("{} cannot be read", manifest.display()))?;
    let module = std::fs::read(&artifact.module).with_context(|| format!("{} cannot be read", artifact.module.display()))?;
    let component = component::build(&plugin.name, &artifact.version, &module, &manifest)?;
    let imports = component.imports.into_iter().collect::<Vec<_>>().join(" ");
    let imports = if imports.is_empty() { "nothing".to_owned() } else { imports };
    let line = format!("{:6} KiB  imports {imports}", component.bytes.len().div_ceil(1024));
    if std::fs::read(&plugin.output).is_ok_and(|there| there == component.bytes) {
        return Ok(format!("{line}  (unchanged)"));
    }
    let folder = plugin.output.parent().expect("an output lies in a folder");
    std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    // Beside it first, then renamed: whoever reads the folder meanwhile never sees half a plugin.
    let beside = plugin.output.with_extension(format!("wasm.{}", std::process::id()));
    std::fs::write(&beside, &component.bytes)
        .and_then(|()| std::fs::rename(&beside, &plugin.output))
        .with_context(|| format!("{} cannot be written", plugin.output.display()))?;
    Ok(line)
}

/// Takes away components whose crate is gone, or they would still be bundled. Only from our own folders.
fn remove_orphans(plugins: &[Plugin]) -> Result<()> {
    for (_, output, variable) in HOMES {
        if named(variable).is_some() {
            continue;
        }
        let Ok(entries) = std::fs::read_dir(run::workspace().join(output)) else { continue };
        for entry in entries {
            let path = entry?.path();
            let stale = path.extension().is_some_and(|extension| extension == "wasm");
            if stale && !plugins.iter().any(|plugin| plugin.output == path) {
                eprintln!("removing {output}/{}: its crate is gone", entry_name(&path));
                std::fs::remove_file(&path).with_context(|| format!("{} cannot be removed", path.display()))?;
            }
        }
    }
    Ok(())
}

fn entry_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(package_id: &str, crate_types: &str, file: &str) -> String {
        format!(
            r#"{{"reason":"compiler-artifact","package_id":"{package_id}","target":{{"crate_types":{crate_types}}},"filenames":["/t/x.rlib","{file}"]}}"#
        )
    }

    #[test]
    fn modules_are_found_in_cargos_messages() {
        let both = r#"["cdylib","rlib"]"#;
        let (name, artifact) = read_message(&message("path+file:///w/plugins/source-feed#0.1.0", both, "/t/source_feed.wasm"))
            .expect("a plugin of its folder's name");
        assert_eq!((name.as_str(), artifact.version.as_str()), ("source-feed", "0.1.0"));
        assert_eq!(artifact.module, Path::new("/t/source_feed.wasm"));
        let (name, artifact) =
            read_message(&message("path+file:///w/plugins/feed#source-feed@0.2.0-rc.1", both, "/t/source_feed.wasm"))
                .expect("a plugin of another name than its folder");
        assert_eq!((name.as_str(), artifact.version.as_str()), ("source-feed", "0.2.0-rc.1"));
    }

    #[test]
    fn other_messages_are_passed_over() {
        let library = message("registry+https://x#serde@1.0.0", r#"["lib"]"#, "/t/libserde.rlib");
        let native = message("path+file:///w/plugins/source-feed#0.1.0", r#"["cdylib"]"#, "/t/libsource_feed.so");
        for line in [library.as_str(), &native, r#"{"reason":"build-finished","success":true}"#, "", "{"] {
            assert!(read_message(line).is_none(), "{line}");
        }
    }

    #[test]
    fn the_workspace_has_plugins_and_guests() {
        let names: Vec<_> = find(&run::workspace()).expect("the folders exist").into_iter().map(|plugin| plugin.name).collect();
        assert!(names.contains(&"source-feed".to_owned()) && names.contains(&"hostile".to_owned()), "{names:?}");
    }
}
