//! Where a connector's secrets are, and whether they are there. Their values are only looked at for being empty.

use std::collections::BTreeMap;
use std::path::Path;

use vigie_runtime::{Manifest, SecretSource, read_secret_file};

use super::problem::{Problem, Problems, suggest};
use super::schema::{ConnectorTable, SecretPlace};

/// The code of a secret that is not where the file says, or that the file does not name.
pub(crate) const MISSING_SECRET: &str = "config::secret_missing";

/// Looks every secret up, and reports those the source needs and the connector does not have.
pub(crate) fn secrets(
    table: &ConnectorTable,
    manifest: &Manifest,
    folder: &Path,
    env: &dyn Fn(&str) -> Option<String>,
    problems: &mut Problems,
) -> BTreeMap<String, SecretSource> {
    let id = &table.id.value;
    let mut secrets = BTreeMap::new();
    for (name, place) in &table.secrets {
        if !manifest.secrets.iter().any(|secret| secret.name == name.value) {
            let known = manifest.secrets.iter().map(|secret| secret.name.as_str());
            let cure = match manifest.secrets.as_slice() {
                [] => "it needs none: remove the line".to_owned(),
                _ => suggest(&name.value, &format!("Secrets of `{}`", manifest.id), known),
            };
            problems.push(
                Problem::error(
                    "config::unknown_secret",
                    name.span.clone(),
                    format!("source `{}` asks for no secret `{}`", manifest.id, name.value),
                )
                .label("unknown secret")
                .help(cure),
            );
        }
        match place {
            SecretPlace::Wrong => {}
            SecretPlace::Env(variable) => {
                let found = env(&variable.value);
                if found.as_deref().is_none_or(str::is_empty) {
                    let state = if found.is_some() { "empty" } else { "not set" };
                    problems.push(
                        Problem::error(
                            MISSING_SECRET,
                            variable.span.clone(),
                            format!("the environment variable `{}` is {state}", variable.value),
                        )
                        .label(format!("secret `{}` of connector `{id}`", name.value))
                        .help(format!("set it before starting: export {}=…", variable.value)),
                    );
                }
                secrets.insert(name.value.clone(), SecretSource::Env(variable.value.clone()));
            }
            SecretPlace::File(file) => {
                let path = folder.join(&file.value);
                if let Err(cause) = read_secret_file(&path) {
                    problems.push(
                        Problem::error(
                            MISSING_SECRET,
                            file.span.clone(),
                            format!("no secret can be read from {}: {cause}", path.display()),
                        )
                        .label(format!("secret `{}` of connector `{id}`", name.value))
                        .help("write the secret alone into this file, and let only this user read it"),
                    );
                }
                secrets.insert(name.value.clone(), SecretSource::File(path));
            }
        }
    }
    for secret in manifest.secrets.iter().filter(|secret| secret.required) {
        if !table.secrets.iter().any(|(name, _)| name.value == secret.name) {
            let span = table.source.as_ref().map_or_else(|| table.id.span.clone(), |source| source.span.clone());
            problems.push(
                Problem::error(
                    MISSING_SECRET,
                    span,
                    format!("source `{}` needs the secret `{}`: {}", manifest.id, secret.name, secret.description),
                )
                .label("needs a secret")
                .help(format!(
                    "add below the connector:\n[connectors.{id}.secrets]\n{} = {{ env = \"{}\" }}",
                    secret.name,
                    variable_name(&manifest.id, &secret.name)
                )),
            );
        }
    }
    secrets
}

/// A usual name for an environment variable: `YOUTUBE_API_KEY`.
fn variable_name(plugin: &str, secret: &str) -> String {
    format!("{plugin}_{secret}").to_uppercase().replace('-', "_")
}
