//! The analyzers that are on: every installed one, but those a table switches off, with what they learned in place.

use std::ops::Range;
use std::path::Path;

use vigie_runtime::{Kind, Limits, Manifest};

use super::problem::{Problem, Problems, suggest};
use super::schema::{AnalyzerTable, File};
use super::settings;
use crate::learned::{self, Learned};
use crate::plugins::Installed;

/// Code of the warning that what was learned in place is not used: it matters to every command that annotates.
pub(crate) const UNUSABLE_LEARNED: &str = "config::unusable_learned";

/// One configured use of an analyzer.
#[derive(Debug, Clone)]
pub(crate) struct Analyzer {
    /// Id of the analyzer plugin.
    pub(crate) id: String,
    /// Whether it may learn in place.
    pub(crate) learn: bool,
    /// What it learned in place, if it may and did.
    pub(crate) learned: Option<Learned>,
    pub(crate) settings: serde_json::Value,
    pub(crate) limits: Limits,
}

/// Looks up what the file says of each installed analyzer.
pub(super) fn analyzers(file: &File, store: &Path, catalog: &dyn Installed, problems: &mut Problems) -> Vec<Analyzer> {
    let table_of = |id: &str| file.analyzers.iter().find(|table| table.id.value == id);
    for table in &file.analyzers {
        unknown_analyzer(table, catalog, problems);
    }
    let mut analyzers = Vec::new();
    for id in catalog.ids(Kind::Analyzer) {
        let table = table_of(id);
        if table.is_some_and(|table| !table.enabled) {
            continue;
        }
        let Some(manifest) = catalog.manifest(id) else { continue };
        let table_settings = table.and_then(|table| table.settings.as_ref());
        let heading = table.map_or(0..0, |table| table.id.span.clone());
        settings::check(&format!("analyzer `{id}`"), manifest, table_settings, &heading, problems);
        let limits = file.limits.over(Limits::analyzer());
        let learn = table.and_then(|table| table.learn.as_ref()).filter(|learn| learn.value);
        analyzers.push(Analyzer {
            id: id.to_owned(),
            learn: learn.is_some(),
            learned: learn.and_then(|learn| learned_in_place(manifest, &learn.span, store, catalog, problems)),
            settings: settings::json(table_settings),
            limits: table.map_or_else(|| limits.clone(), |table| table.limits.over(limits.clone())),
        });
    }
    analyzers
}

/// What an analyzer that may learn did learn; said if it cannot learn, or if what it learned cannot be used.
fn learned_in_place(
    manifest: &Manifest,
    learn: &Range<usize>,
    store: &Path,
    catalog: &dyn Installed,
    problems: &mut Problems,
) -> Option<Learned> {
    let id = &manifest.id;
    if manifest.learns.is_empty() {
        let learns = |id: &&str| catalog.manifest(id).is_some_and(|manifest| !manifest.learns.is_empty());
        let those: Vec<&str> = catalog.ids(Kind::Analyzer).into_iter().filter(learns).collect();
        let those = if those.is_empty() { "none".to_owned() } else { those.join(", ") };
        problems.push(
            Problem::error("config::cannot_learn", learn.clone(), format!("analyzer `{id}` cannot learn in place"))
                .label("it has nothing to learn with")
                .help(format!("remove the line; installed analyzers that learn: {those}")),
        );
        return None;
    }
    learned::read(store, manifest).unwrap_or_else(|unusable| {
        problems.push(
            Problem::warning(UNUSABLE_LEARNED, learn.clone(), unusable.to_string())
                .label("it annotates as it was shipped")
                .help("run `vigie learn` again"),
        );
        None
    })
}

fn unknown_analyzer(table: &AnalyzerTable, catalog: &dyn Installed, problems: &mut Problems) {
    let id = &table.id;
    match catalog.manifest(&id.value) {
        Some(manifest) if manifest.kind == Kind::Analyzer => {}
        Some(_) => problems.push(
            Problem::error("config::wrong_kind", id.span.clone(), format!("`{}` is a source, not an analyzer", id.value))
                .label("not an analyzer")
                .help(format!("use it in a connector: source = \"{}\"", id.value)),
        ),
        None if catalog.is_faulty(&id.value) => {}
        None => {
            let help = if catalog.ids(Kind::Analyzer).is_empty() {
                crate::plugins::WHAT_IS_MISSING.to_owned()
            } else {
                suggest(&id.value, "Installed analyzers", catalog.ids(Kind::Analyzer))
            };
            problems.push(
                Problem::error("config::unknown_analyzer", id.span.clone(), format!("analyzer `{}` is not installed", id.value))
                    .label("no analyzer has this name")
                    .help(help),
            );
        }
    }
}
