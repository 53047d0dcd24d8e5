//! The operator's file `vigie.toml`: read, checked against the installed plugins, and turned into what the engine runs.
//!
//! All mistakes of a file are found in one run. The way: [`tree`] reads TOML and remembers every place, [`schema`] knows the
//! tables and keys, [`resolve`] looks up what names refer to (with [`analyzers`], [`queries`], [`settings`], [`secrets`]), [`problem`] draws what was found.

mod analyzers;
mod excerpt;
mod inside;
mod limits;
pub(crate) mod problem;
mod queries;
pub(crate) mod resolve;
mod schema;
mod secrets;
pub(crate) mod settings;
mod tree;
pub(crate) mod values;

use std::path::{Path, PathBuf};
use std::string::FromUtf8Error;

pub(crate) use analyzers::{Analyzer, UNUSABLE_LEARNED};
pub(crate) use problem::{Problem, Problems, Severity, suggest};
pub(crate) use queries::{library, show_query};
pub(crate) use resolve::{Config, Connector, Network, Topic};
#[cfg(test)]
pub(crate) use schema::read as schema_of;
pub(crate) use schema::{ConnectorTable, File, TopicTable};
pub(crate) use secrets::MISSING_SECRET;
pub(crate) use tree::At;

use crate::plugins::Catalog;

/// Where the configuration is looked for.
pub(crate) const DEFAULT_FILE: &str = "vigie.toml";

/// What reading the file gave: always the plugins there are and the mistakes found, and the configuration if none forbids it.
#[derive(Debug)]
pub(crate) struct Reading {
    /// The installed plugins.
    pub(crate) catalog: Catalog,
    /// What was found, in the order of the file.
    pub(crate) problems: Problems,
    /// The configuration, as far as it could be understood; not to be run while there are errors.
    pub(crate) config: Config,
    /// The file's tables, with their places.
    pub(crate) file: File,
}

/// Reads a file and everything it names, without running or collecting anything.
///
/// # Errors
/// Only if the file itself cannot be read; what is wrong inside stands in the [`Reading`].
pub(crate) fn read(path: &Path, env: &dyn Fn(&str) -> Option<String>) -> Result<Reading, UnreadableFile> {
    let (mut problems, folder) = open(path)?;
    let file = schema::read(&mut problems);
    let catalog = Catalog::open(&file, &folder, &mut problems);
    let config = resolve::resolve(&file, &folder, &catalog, env, &mut problems);
    problems.sort();
    Ok(Reading { catalog, problems, config, file })
}

/// What commands need that only look at the store: no plugin is read and no secret looked for.
#[derive(Debug)]
pub(crate) struct Shape {
    /// The file's tables.
    pub(crate) file: File,
    /// The store's file.
    pub(crate) store: PathBuf,
    /// The folder that relative paths of the file are meant from.
    pub(crate) folder: PathBuf,
    /// Mistakes of the file's form.
    pub(crate) problems: Problems,
}

/// Reads the form of a file alone.
///
/// # Errors
/// Only if the file itself cannot be read.
pub(crate) fn read_shape(path: &Path) -> Result<Shape, UnreadableFile> {
    let (mut problems, folder) = open(path)?;
    let file = schema::read(&mut problems);
    problems.sort();
    Ok(Shape { store: resolve::store_path(&file, &folder), file, folder, problems })
}

fn open(path: &Path) -> Result<(Problems, PathBuf), UnreadableFile> {
    let bytes = std::fs::read(path).map_err(|source| UnreadableFile::new(path, source))?;
    let text = String::from_utf8(bytes).map_err(|error| UnreadableFile::not_text(path, &error))?;
    let folder =
        path.parent().filter(|folder| !folder.as_os_str().is_empty()).map_or_else(|| PathBuf::from("."), Path::to_path_buf);
    Ok((Problems::new(path.display().to_string(), text), folder))
}

/// The file cannot be read at all.
#[derive(Debug, thiserror::Error)]
#[error("{}: {message}", path.display())]
pub(crate) struct UnreadableFile {
    path: PathBuf,
    message: String,
    #[source]
    source: Option<std::io::Error>,
}

impl UnreadableFile {
    fn new(path: &Path, source: std::io::Error) -> Self {
        let (message, source) = match source.kind() {
            std::io::ErrorKind::NotFound => {
                ("there is no such file; `vigie init` writes one, `--config FILE` names another", None)
            }
            std::io::ErrorKind::PermissionDenied => ("this user may not read it", None),
            _ => ("it cannot be read", Some(source)),
        };
        Self { path: path.to_path_buf(), message: message.to_owned(), source }
    }

    fn not_text(path: &Path, error: &FromUtf8Error) -> Self {
        let good = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(&error.as_bytes()[..good]);
        let (line, column) = problem::position(&before, before.len());
        let message = format!("line {line}, column {column} is not UTF-8 text; save the file in that encoding");
        Self { path: path.to_path_buf(), message, source: None }
    }

    /// The same as a mistake of the file.
    pub(crate) fn as_problem(&self) -> Problem {
        let cause = self.source.as_ref().map(|source| format!(": {source}")).unwrap_or_default();
        Problem::placeless("config::unreadable", format!("{self}{cause}"))
    }
}
