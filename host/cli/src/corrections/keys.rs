//! Which annotations can be corrected and measured: texts with a list of values, of the analyzers that are on.

use vigie_runtime::{Kind, ValueType};
use vigie_store::InUse;

use crate::config::{Problems, Shape, suggest};
use crate::context::Context;
use crate::exit::Stop;
use crate::learned::{self, Head};
use crate::plugins::{Catalog, Installed};

/// The annotation meant where none is named.
pub(crate) const DEFAULT_KEY: &str = "sentiment-label";

/// One annotation that can be corrected.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Key {
    /// Its name.
    pub(crate) name: String,
    /// Id of the analyzer that writes it.
    pub(crate) analyzer: String,
    /// The version its annotations carry, which names the table learned in place.
    pub(crate) version: String,
    /// The version of the configuration, where the next run is the first to use it.
    pub(crate) coming: Option<String>,
    /// What is known of that table, if there is one.
    pub(crate) learned: Option<Head>,
    /// The values there are.
    pub(crate) values: Vec<String>,
    /// Whether the analyzer can learn it, and is told to.
    pub(crate) learning: Learning,
}

/// Whether a key is learned in place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Learning {
    /// The analyzer cannot.
    Cannot,
    /// It can; the configuration does not say `learn = true`.
    Off,
    /// It can, and does.
    On,
}

/// All of them, in the order of the analyzers' ids.
///
/// # Errors
/// An installed plugin that cannot be read; it has been shown.
pub(crate) fn all(context: &Context, shape: &Shape) -> Result<Vec<Key>, Stop> {
    let mut problems = Problems::new(shape.problems.file.clone(), shape.problems.text.clone());
    let catalog = Catalog::open(&shape.file, &shape.folder, &mut problems);
    if problems.errors() > 0 {
        context.show_problems(&problems)?;
        return Err(Stop::usage_message(problems.summary()));
    }
    let mut keys = Vec::new();
    for id in catalog.ids(Kind::Analyzer) {
        let table = shape.file.analyzers.iter().find(|table| table.id.value == id);
        let Some(manifest) = catalog.manifest(id).filter(|_| table.is_none_or(|table| table.enabled)) else { continue };
        let learn = table.is_some_and(|table| table.learns());
        // What cannot be used is told by the commands that would use it.
        let learned = if learn { learned::read(&shape.store, manifest).ok().flatten() } else { None };
        let head = learned.map(|learned| learned.head);
        let texts = manifest.writes.iter().filter(|write| write.value == ValueType::Text && !write.one_of.is_empty());
        keys.extend(texts.map(|write| Key {
            name: write.key.clone(),
            analyzer: id.to_owned(),
            version: head.as_ref().map_or(&manifest.version, |head| &head.annotates_as).clone(),
            coming: None,
            learned: head.clone(),
            values: write.one_of.clone(),
            learning: match (manifest.learns.contains(&write.key), learn) {
                (false, _) => Learning::Cannot,
                (true, false) => Learning::Off,
                (true, true) => Learning::On,
            },
        }));
    }
    Ok(keys)
}

/// One of them, by name.
///
/// # Errors
/// A usage message with those there are.
pub(crate) fn find<'k>(keys: &'k [Key], name: &str) -> Result<&'k Key, Stop> {
    keys.iter().find(|key| key.name == name).ok_or_else(|| {
        let help = suggest(name, "Annotations with a list of values", keys.iter().map(|key| key.name.as_str()));
        Stop::usage_message(format!("no analyzer that is on writes `{name}` as one of a list of values; {help}"))
    })
}

impl Key {
    /// The same in the version whose results the store counts: a version that is installed or learned, but that no run has used yet, has
    /// found nothing.
    pub(crate) fn counted(&self, in_use: Option<&InUse>) -> Self {
        let counted = in_use.and_then(|in_use| in_use.versions.get(&self.analyzer)).filter(|version| **version != self.version);
        match counted {
            None => self.clone(),
            Some(version) => Self { version: version.clone(), coming: Some(self.version.clone()), learned: None, ..self.clone() },
        }
    }

    /// Whether a value is one of those there are.
    ///
    /// # Errors
    /// Words that name them.
    pub(crate) fn check(&self, value: &str) -> Result<(), String> {
        if self.values.iter().any(|known| known == value) {
            return Ok(());
        }
        let help = suggest(value, "Values", self.values.iter().map(String::as_str));
        Err(format!("`{value}` is no value of `{}`; {help}", self.name))
    }
}
