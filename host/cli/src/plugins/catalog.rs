//! The list of installed plugins, read without running any of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::Read as _;
use std::ops::Range;
use std::path::{Path, PathBuf};

use vigie_runtime::{Grant, Kind, Manifest, Package, Standing};

use super::bundled::PLUGINS;
use crate::config::{At, File, Problem, Problems, suggest};

/// Where a plugin came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Inside this binary; comes with the grants its service needs.
    Bundled,
    /// A file of the operator's; has the grants the operator gives it.
    File(PathBuf),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bundled => f.write_str("bundled"),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

/// One installed plugin.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The plugin.
    pub(crate) package: Package,
    /// Where it came from.
    pub(crate) origin: Origin,
    /// What the operator granted it: `[plugins.ID.grant] hosts`.
    pub(crate) granted: Vec<Grant>,
}

impl Entry {
    /// What decides which of its asks are granted.
    pub(crate) fn standing(&self) -> Standing {
        match self.origin {
            Origin::Bundled => Standing::Bundled,
            Origin::File(_) => Standing::Installed { granted: self.granted.clone() },
        }
    }
}

/// The installed plugins by id. A file of the operator's stands in for a bundled plugin of the same id.
#[derive(Debug, Default)]
pub(crate) struct Catalog {
    entries: BTreeMap<String, Entry>,
    /// Ids whose file could not be used; already reported.
    faulty: BTreeSet<String>,
}

impl Catalog {
    /// The plugins inside this binary.
    pub(crate) fn bundled(problems: &mut Problems) -> Self {
        let mut catalog = Self::default();
        for (name, bytes, digest) in PLUGINS {
            match Package::bundled(name, bytes, digest) {
                Ok(package) => {
                    catalog.insert(package, Origin::Bundled);
                }
                Err(error) => {
                    catalog.faulty.extend(id_of(Path::new(name)));
                    problems.push(
                        Problem::placeless("plugins::unusable", format!("a bundled plugin cannot be used: {error}"))
                            .help("it was built for another version of vigie: run `cargo xtask plugins` and build again"),
                    );
                }
            }
        }
        catalog
    }

    /// The bundled plugins and those the file names.
    pub(crate) fn open(file: &File, folder: &Path, problems: &mut Problems) -> Self {
        let mut catalog = Self::bundled(problems);
        if let Some(named) = &file.plugin_folder {
            match wasm_files(&folder.join(&named.value)) {
                Ok(files) => {
                    let mut found = BTreeMap::new();
                    for path in files {
                        let Some(id) = catalog.install(&path, None, &named.span, problems) else { continue };
                        let chosen = file.plugins.iter().any(|table| table.id.value == id && table.path.is_some());
                        if let Some(first) = found.insert(id.clone(), path.clone()).filter(|_| !chosen) {
                            problems.push(found_twice(&id, &first, &path, named));
                        }
                    }
                }
                Err(error) => problems.push(
                    Problem::error(
                        "plugins::folder",
                        named.span.clone(),
                        format!("{}: {error}", folder.join(&named.value).display()),
                    )
                    .label("the folder of plugins cannot be read")
                    .help("create it, or remove this line if you have no plugins of your own"),
                ),
            }
        }
        for table in &file.plugins {
            if let Some(path) = &table.path {
                catalog.install(&folder.join(&path.value), Some(&table.id.value), &path.span, problems);
            }
            let known: Vec<String> = catalog.entries.keys().cloned().collect();
            match catalog.entries.get_mut(&table.id.value) {
                Some(entry) if entry.origin == Origin::Bundled && table.grant.is_some() => problems.push(
                    Problem::warning(
                        "config::needless_grant",
                        table.id.span.clone(),
                        format!("`{}` needs no grant", table.id.value),
                    )
                    .label("a bundled plugin has what its service needs")
                    .help("remove its grant table"),
                ),
                Some(entry) => entry.granted = table.grant.clone().unwrap_or_default(),
                None if catalog.faulty.contains(&table.id.value) => {}
                None => problems.push(
                    Problem::error(
                        "config::unknown_plugin",
                        table.id.span.clone(),
                        format!("plugin `{}` is not installed", table.id.value),
                    )
                    .label("no plugin has this name")
                    .help(format!(
                        "{}; one of your own needs path = \"…/{}.wasm\"",
                        suggest(&table.id.value, "Installed plugins", known.iter().map(String::as_str)),
                        table.id.value
                    )),
                ),
            }
        }
        catalog
    }

    /// Takes a file of the operator's, and says which plugin it is.
    fn install(&mut self, path: &Path, id: Option<&str>, span: &Range<usize>, problems: &mut Problems) -> Option<String> {
        let fault = match read(path) {
            Ok(package) => match id {
                Some(id) if package.manifest().id != id => {
                    format!("{} is plugin `{}`, not `{id}`", path.display(), package.manifest().id)
                }
                _ => return Some(self.insert(package, Origin::File(path.to_path_buf()))),
            },
            Err(fault) => fault,
        };
        self.faulty.extend(id.map(str::to_owned).or_else(|| id_of(path)));
        problems.push(
            Problem::error("plugins::unusable", span.clone(), fault)
                .label("this plugin cannot be used")
                .help("mend or remove the file; `vigie plugins inspect FILE` reads one without running it"),
        );
        None
    }

    fn insert(&mut self, package: Package, origin: Origin) -> String {
        let id = package.manifest().id.clone();
        self.entries.insert(id.clone(), Entry { package, origin, granted: Vec::new() });
        id
    }

    /// Takes one more plugin, from a file.
    ///
    /// # Errors
    /// Why it cannot be used, for a person.
    pub(crate) fn read_file(path: &Path) -> Result<Entry, String> {
        Ok(Entry { package: read(path)?, origin: Origin::File(path.to_path_buf()), granted: Vec::new() })
    }

    /// One plugin.
    pub(crate) fn get(&self, id: &str) -> Option<&Entry> {
        self.entries.get(id)
    }

    /// One plugin, taken out.
    pub(crate) fn take(&mut self, id: &str) -> Option<Entry> {
        self.entries.remove(id)
    }

    /// All plugins, by id.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.entries.iter().map(|(id, entry)| (id.as_str(), entry))
    }
}

/// What the configuration asks of the installed plugins.
pub(crate) trait Installed {
    /// What one plugin says of itself.
    fn manifest(&self, id: &str) -> Option<&Manifest>;
    /// The ids of one kind, sorted.
    fn ids(&self, kind: Kind) -> Vec<&str>;
    /// Whether a plugin of this id is there and cannot be used.
    fn is_faulty(&self, id: &str) -> bool;
}

impl Installed for Catalog {
    fn manifest(&self, id: &str) -> Option<&Manifest> {
        self.entries.get(id).map(|entry| entry.package.manifest())
    }

    fn ids(&self, kind: Kind) -> Vec<&str> {
        self.entries.iter().filter(|(_, entry)| entry.package.manifest().kind == kind).map(|(id, _)| id.as_str()).collect()
    }

    fn is_faulty(&self, id: &str) -> bool {
        self.faulty.contains(id)
    }
}

/// The bytes of a file that should be a plugin, or become one.
///
/// # Errors
/// If it cannot be read.
pub(crate) fn read_bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One byte more than may be: what is too large is refused for it, and not read whole before.
    let most = vigie_runtime::MAX_PACKAGE_BYTES as u64 + 1;
    std::fs::File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn read(path: &Path) -> Result<Package, String> {
    let bytes = read_bytes(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Package::read(bytes, &path.display().to_string()).map_err(|error| error.to_string())
}

/// Two files of the folder are the same plugin, and nobody said which one is meant.
fn found_twice(id: &str, first: &Path, second: &Path, folder: &At<String>) -> Problem {
    let message = format!("{} and {} are both plugin `{id}`", first.display(), second.display());
    let meant = Path::new(&folder.value).join(second.file_name().unwrap_or_default()).display().to_string();
    Problem::error("plugins::twice", folder.span.clone(), message)
        .label("this folder")
        .help(format!("remove one of them, or say which one is meant:\n[plugins.{id}]\npath = {meant:?}"))
}

/// The id a file's name promises: `source-feed.wasm` is `feed`.
fn id_of(path: &Path) -> Option<String> {
    let stem = path.file_stem()?.to_str()?;
    let id = ["source-", "analyzer-"].iter().find_map(|kind| stem.strip_prefix(kind)).unwrap_or(stem);
    Some(id.to_owned())
}

fn wasm_files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "wasm") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_promises_an_id() {
        assert_eq!(id_of(Path::new("x/source-feed.wasm")).as_deref(), Some("feed"));
        assert_eq!(id_of(Path::new("analyzer-sentiment.wasm")).as_deref(), Some("sentiment"));
        assert_eq!(id_of(Path::new("mine.wasm")).as_deref(), Some("mine"));
    }
}
