//! From a core module and a manifest to a component that carries both.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail, ensure};
use wasm_encoder::{ComponentSection, CustomSection};
use wit_component::{ComponentEncoder, DecodedWasm};

/// Where the manifest stands inside the component.
pub(crate) const MANIFEST_SECTION: &str = "vigie:plugin/manifest";

/// A finished plugin.
#[derive(Debug)]
pub(crate) struct Component {
    pub(crate) bytes: Vec<u8>,
    /// Short names of the contract's interfaces it imports.
    pub(crate) imports: BTreeSet<String>,
}

/// Makes a plugin of what cargo built.
///
/// # Errors
/// Where the module is no plugin, or where it and its manifest disagree: each names the rule and the cure.
pub(crate) fn build(crate_name: &str, crate_version: &str, module: &[u8], manifest: &str) -> Result<Component> {
    let (kind, learns) = check_manifest(crate_name, crate_version, manifest)?;
    let mut bytes = ComponentEncoder::default()
        .validate(true)
        .module(module)
        .and_then(|encoder| encoder.encode())
        .context("it is no plugin: does its lib.rs call `vigie_plugin::export_source!` or `export_analyzer!`?")?;
    let imports = check_interfaces(&bytes, kind, learns)?;
    let section = CustomSection { name: MANIFEST_SECTION.into(), data: manifest.as_bytes().into() };
    section.append_to_component(&mut bytes);
    Ok(Component { bytes, imports })
}

/// The two kinds of plugins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Source,
    Analyzer,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Analyzer => "analyzer",
        }
    }
}

/// Checks what can be known without the component: the manifest against the crate. Also says whether it promises to learn.
fn check_manifest(crate_name: &str, crate_version: &str, manifest: &str) -> Result<(Kind, bool)> {
    let table: toml::Table = manifest.parse().context("plugin.toml is not TOML")?;
    let text = |key: &str| {
        let value = table.get(key).with_context(|| format!("plugin.toml lacks `{key}`"))?;
        value.as_str().with_context(|| format!("`{key}` in plugin.toml is not text"))
    };
    let kind = match text("kind")? {
        "source" => Kind::Source,
        "analyzer" => Kind::Analyzer,
        other => bail!("`kind` in plugin.toml is `{other}`: it is `source` or `analyzer`"),
    };
    let (stated, id) = (text("version")?, text("id")?);
    ensure!(
        stated == crate_version,
        "plugin.toml says version {stated} and Cargo.toml {crate_version}: make `version` in plugin.toml {crate_version}"
    );
    let prefixed = crate_name.strip_prefix(kind.name()).and_then(|rest| rest.strip_prefix('-'));
    let expected = prefixed.unwrap_or(crate_name);
    ensure!(id == expected, "plugin.toml says id `{id}`, and a {} in crate `{crate_name}` has id `{expected}`", kind.name());
    Ok((kind, table.contains_key("learns")))
}

/// Checks that the component exports what its kind exports and imports nothing beyond the contract.
fn check_interfaces(component: &[u8], kind: Kind, learns: bool) -> Result<BTreeSet<String>> {
    let DecodedWasm::Component(resolve, world) = wit_component::decode(component)? else {
        bail!("it is no component");
    };
    let world = &resolve.worlds[world];
    let names = |items: Vec<_>| -> BTreeSet<String> { items.into_iter().map(|key| resolve.name_world_key(key)).collect() };
    let exports = names(world.exports.keys().collect());
    let wanted = format!("vigie:plugin/{}@", kind.name());
    ensure!(
        exports.iter().any(|name| name.starts_with(&wanted)),
        "plugin.toml says kind `{}`, and the component exports {exports:?}",
        kind.name()
    );
    ensure!(
        !learns || exports.iter().any(|name| name.starts_with("vigie:plugin/learning@")),
        "plugin.toml says `learns`, and the component exports {exports:?}: does its lib.rs call \
         `vigie_plugin_learning::export_learning_analyzer!`?"
    );
    let allowed: &[&str] = match kind {
        Kind::Source => &["types", "log", "clock", "http"],
        Kind::Analyzer => &["types", "log", "clock"],
    };
    let mut imports = BTreeSet::new();
    for name in names(world.imports.keys().collect()) {
        let short = name.strip_prefix("vigie:plugin/").and_then(|rest| rest.split('@').next());
        let Some(short) = short.filter(|short| allowed.contains(short)) else {
            bail!("it imports `{name}`, which a {} does not have", kind.name());
        };
        imports.insert(short.to_owned());
    }
    // Types are names, not a power: every plugin has them.
    imports.remove("types");
    Ok(imports)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(crate_name: &str, manifest: &str) -> String {
        match check_manifest(crate_name, "0.1.0", manifest) {
            Ok((kind, learns)) => format!("{kind:?}{}", if learns { ", learning" } else { "" }),
            Err(error) => format!("{error:#}"),
        }
    }

    #[test]
    fn manifests_are_held_against_their_crates() {
        let cases = [
            ("source-feed", "id = 'feed'\nversion = '0.1.0'\nkind = 'source'", "Source"),
            ("hostile-analyzer", "id = 'hostile-analyzer'\nversion = '0.1.0'\nkind = 'analyzer'", "Analyzer"),
            (
                "hostile-analyzer",
                "id = 'hostile-analyzer'\nversion = '0.1.0'\nkind = 'analyzer'\nlearns = ['x']",
                "Analyzer, learning",
            ),
            ("source-feed", "id = 'rss'\nversion = '0.1.0'\nkind = 'source'", "has id `feed`"),
            ("source-feed", "id = 'feed'\nversion = '0.2.0'\nkind = 'source'", "make `version` in plugin.toml 0.1.0"),
            ("source-feed", "id = 'feed'\nversion = '0.1.0'\nkind = 'analyzer'", "has id `source-feed`"),
            ("source-feed", "id = 'feed'\nversion = '0.1.0'\nkind = 'sink'", "it is `source` or `analyzer`"),
            ("source-feed", "id = 3\nversion = '0.1.0'\nkind = 'source'", "`id` in plugin.toml is not text"),
            ("source-feed", "version = '0.1.0'\nkind = 'source'", "plugin.toml lacks `id`"),
            ("source-feed", "id = ", "plugin.toml is not TOML"),
        ];
        for (crate_name, manifest, expected) in cases {
            let found = refusal(crate_name, manifest);
            assert!(found.contains(expected), "{manifest}\n{found}");
        }
    }

    #[test]
    fn a_module_without_exports_is_refused_with_a_cure() {
        let manifest = "id = 'feed'\nversion = '0.1.0'\nkind = 'source'";
        for module in [&b"\0asm\x01\0\0\0"[..], b"junk", b""] {
            assert!(build("source-feed", "0.1.0", module, manifest).is_err(), "{module:?}");
        }
    }
}
