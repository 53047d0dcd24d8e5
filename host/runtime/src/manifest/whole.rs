//! Whether the parts of a manifest fit each other.

use std::collections::BTreeSet;

use super::fields::Fields;
use super::{Identity, Kind, LEARNED, Making, Manifest, Place};

/// Keys of the other kind are mistakes: somebody expects something of them that will not happen.
pub(super) fn fits_its_kind(manifest: &Manifest, kind: Kind, fields: &mut Fields<'_>) {
    let foreign: &[(&str, bool)] = match kind {
        Kind::Source => &[
            ("reads", manifest.reads.is_empty()),
            ("writes", manifest.writes.is_empty()),
            ("learns", manifest.learns.is_empty()),
        ],
        Kind::Analyzer => &[
            ("hosts", manifest.hosts.is_empty()),
            ("secrets", manifest.secrets.is_empty()),
            ("derived", manifest.derived.is_empty()),
            ("rates", manifest.rates.is_empty()),
            ("searches", !manifest.searches),
            ("pages", !manifest.pages),
            ("history", manifest.history.is_none()),
            ("identity", manifest.identity == Identity::Global),
        ],
    };
    for (key, absent) in foreign {
        if !absent {
            let why = if kind == Kind::Analyzer { ": analyzers have no network" } else { "" };
            fields.wrong(key, format!("has no meaning for kind = \"{kind}\"{why}"));
        }
    }
    if kind == Kind::Analyzer && manifest.writes.is_empty() {
        fields.wrong("writes", "is missing: an analyzer says what it writes in [[writes]]");
    }
}

/// Names that point nowhere, and names given twice.
pub(super) fn names_what_exists(manifest: &Manifest, fields: &mut Fields<'_>) {
    let known: BTreeSet<&str> =
        manifest.settings["properties"].as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    let place_setting = |place: &Place| match place {
        Place::Setting(setting) => Some(setting.clone()),
        Place::Origin(_) => None,
    };
    let mut used: Vec<(String, String)> = Vec::new();
    used.extend(
        manifest
            .hosts
            .iter()
            .enumerate()
            .filter_map(|(i, host)| Some((format!("hosts[{i}].setting"), place_setting(&host.place)?))),
    );
    used.extend(
        manifest
            .rates
            .iter()
            .enumerate()
            .filter_map(|(i, rate)| Some((format!("rates[{i}].setting"), place_setting(&rate.place)?))),
    );
    used.extend(
        manifest
            .secrets
            .iter()
            .enumerate()
            .filter_map(|(i, secret)| Some((format!("secrets[{i}].setting"), secret.setting.clone()?))),
    );
    used.extend(
        manifest
            .derived
            .iter()
            .enumerate()
            .filter_map(|(i, secret)| Some((format!("derived[{i}].setting"), secret.setting.clone()?))),
    );
    if let Identity::Instance { setting } = &manifest.identity {
        used.push(("identity.instance".to_owned(), setting.clone()));
    }
    for (key, setting) in used {
        if !known.contains(setting.as_str()) {
            let known = known.iter().copied().collect::<Vec<_>>().join(", ");
            fields.wrong(&key, format!("names setting `{setting}`, which `settings.properties` does not have; it has: {known}"));
        }
    }
    let names: Vec<&str> = manifest
        .secrets
        .iter()
        .map(|secret| secret.name.as_str())
        .chain(manifest.derived.iter().map(|secret| secret.name.as_str()))
        .collect();
    for (index, name) in names.iter().enumerate() {
        if names[..index].contains(name) {
            fields.wrong("secrets", format!("names `{name}` twice"));
        }
    }
    for (index, secret) in manifest.derived.iter().enumerate() {
        if let Making::Hmac { key, message } = &secret.making {
            for part in [key, message] {
                if !names.contains(&part.as_str()) || *part == secret.name {
                    fields.wrong(&format!("derived[{index}].hmac"), format!("names secret `{part}`, which is not asked for"));
                }
            }
        }
    }
    for (index, write) in manifest.writes.iter().enumerate() {
        if manifest.writes[..index].iter().any(|other| other.key == write.key) {
            fields.wrong("writes", format!("names `{}` twice", write.key));
        }
    }
    for (index, key) in manifest.learns.iter().enumerate() {
        if manifest.learns[..index].contains(key) {
            fields.wrong("learns", format!("names `{key}` twice"));
        }
        if manifest.writes.iter().all(|write| write.key != *key) {
            let writes = manifest.writes.iter().map(|write| write.key.as_str()).collect::<Vec<_>>().join(", ");
            fields.wrong("learns", format!("names `{key}`, which it does not write; it writes: {writes}"));
        }
    }
    if !manifest.learns.is_empty() && known.contains(LEARNED) {
        fields.wrong(
            &format!("settings.properties.{LEARNED}"),
            "is not for the operator: the host hands what was learned to the plugin under this key",
        );
    }
}
