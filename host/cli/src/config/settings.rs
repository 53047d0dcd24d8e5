//! A plugin's settings in the file, held against the JSON Schema of its manifest, each mistake at its place.

use std::ops::Range;

use serde_json::Value as Json;
use vigie_runtime::{Manifest, SettingsProblem, check_settings};

use super::problem::{Problem, Problems, closest};
use super::schema::ConnectorTable;
use super::tree::{Node, Value};

/// Reports every setting that does not fit. `heading` is where to point if there is no `settings` table at all.
pub(crate) fn check(
    owner: &str,
    manifest: &Manifest,
    table: Option<&(Range<usize>, Node)>,
    heading: &Range<usize>,
    problems: &mut Problems,
) {
    if let Some((_, Node { value: Value::Table(entries), .. })) = table {
        // A secret, written where it does not belong.
        let misplaced = entries.iter().filter(|(name, _)| manifest.secrets.iter().any(|secret| secret.name == name.value));
        problems.hidden.extend(misplaced.map(|(_, node)| node.span.clone()));
    }
    for misfit in check_settings(&manifest.settings, &json(table)) {
        let at = table.and_then(|(_, node)| place(node, &misfit, &manifest.settings));
        let (span, label) = match (at, table) {
            (Some(span), _) => (span, "this setting"),
            (None, Some((heading, _))) => (heading.clone(), "in this table"),
            (None, None) => (heading.clone(), "there is no `settings` table"),
        };
        let problem = Problem::error("config::setting", span, format!("{owner}: setting {misfit}")).label(label);
        problems.push(match cure(&manifest.settings, &misfit) {
            Some(cure) => problem.help(cure),
            None => problem.help(format!("`vigie plugins inspect {}` shows its settings", manifest.id)),
        });
    }
}

/// What a source says of settings that fit its schema and that it cannot use, at the setting it names.
pub(crate) fn refused(connector: &ConnectorTable, manifest: &Manifest, message: &str) -> Problem {
    // Words between backticks; the first that is a setting is meant.
    let mut words = message.split('`').skip(1).step_by(2);
    let setting = words.find_map(|word| {
        let name = word.split(['.', '[']).next().unwrap_or(word);
        Some((name, step(&manifest.settings, name)?))
    });
    let entries = match &connector.settings {
        Some((_, Node { value: Value::Table(entries), .. })) => entries.as_slice(),
        _ => &[],
    };
    let found = setting.and_then(|(name, _)| entries.iter().find(|(key, _)| key.value == name));
    let (span, label) = match (found, &connector.settings) {
        (Some((_, node)), _) => (node.span.clone(), "this setting"),
        (None, Some((heading, _))) => (heading.clone(), "in this table"),
        (None, None) => (connector.id.span.clone(), "there is no `settings` table"),
    };
    let about = setting.and_then(|(name, schema)| Some(format!("`{name}`: {}", schema.get("description")?.as_str()?)));
    Problem::error("config::setting", span, format!("connector `{}`: {message}", connector.id.value))
        .label(label)
        .help(about.unwrap_or_else(|| format!("`vigie plugins inspect {}` shows its settings", manifest.id)))
}

/// The settings as the plugin gets them.
pub(crate) fn json(table: Option<&(Range<usize>, Node)>) -> Json {
    table.map_or_else(|| serde_json::json!({}), |(_, node)| node.value.to_json())
}

/// What to write instead: the nearest known key for an unknown one, else what the setting is for.
pub(crate) fn cure(schema: &Json, misfit: &SettingsProblem) -> Option<String> {
    let (last, parents) = misfit.path.split_last()?;
    let parent = down(schema, parents)?;
    match step(parent, last) {
        Some(setting) => setting.get("description").and_then(Json::as_str).map(|about| format!("`{last}`: {about}")),
        None => {
            let known = parent.get("properties").and_then(Json::as_object).into_iter().flatten().map(|(name, _)| name.as_str());
            closest(last, known).map(|name| format!("did you mean `{name}`?"))
        }
    }
}

fn down<'a>(schema: &'a Json, path: &[String]) -> Option<&'a Json> {
    path.iter().try_fold(schema, |schema, key| step(schema, key))
}

fn step<'a>(schema: &'a Json, key: &str) -> Option<&'a Json> {
    schema.get("properties").and_then(|all| all.get(key)).or_else(|| schema.get("items").filter(|_| key.parse::<usize>().is_ok()))
}

/// Where the setting stands; nowhere if it is missing. Of one that nobody knows the key is meant, else the value.
fn place(node: &Node, misfit: &SettingsProblem, schema: &Json) -> Option<Range<usize>> {
    let mut node = node;
    let mut key_span = None;
    for key in &misfit.path {
        match &node.value {
            Value::Table(entries) => {
                let (name, inner) = entries.iter().find(|(name, _)| name.value == *key)?;
                key_span = Some(name.span.clone());
                node = inner;
            }
            Value::List(items) => node = items.get(key.parse::<usize>().ok()?)?,
            _ => return None,
        }
    }
    if down(schema, &misfit.path).is_none() { key_span } else { Some(node.span.clone()) }
}
