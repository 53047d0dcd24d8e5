//! What was caught in a recorded request and in its answer, and texts it is put into.

use std::collections::BTreeMap;

use serde_json::Value;

/// What was caught in a request and in its answer. Only the latter may be several things under one name.
#[derive(Debug, Default)]
pub(super) struct Caught {
    pub(super) words: BTreeMap<String, String>,
    pub(super) body: Value,
}

/// What stands in an address where the recording says nothing; see [`crate::index::Sample::address`].
const UNRECORDED: &str = "recorded";
/// Most things of a body that one recipe names.
const MOST: usize = 50;

impl Caught {
    /// All that stands under a name.
    fn all(&self, name: &str) -> Vec<String> {
        let Some(path) = name.strip_prefix("body/") else {
            let good = |value: &&String| !value.is_empty() && *value != UNRECORDED;
            return self.words.get(name).filter(good).cloned().into_iter().collect();
        };
        let found = match path.strip_suffix("/keys").or((path == "keys").then_some("")) {
            Some(above) => {
                self.parts(above).iter().filter_map(|value| value.as_object()).flat_map(|map| map.keys().cloned()).collect()
            }
            None => self.parts(path).into_iter().filter_map(text).collect::<Vec<_>>(),
        };
        let mut texts: Vec<String> = Vec::new();
        for text in found.into_iter().filter(|text| !text.is_empty()) {
            if !texts.contains(&text) && texts.len() < MOST {
                texts.push(text);
            }
        }
        texts
    }

    /// The parts of the body under a path.
    fn parts(&self, path: &str) -> Vec<&Value> {
        path.split('/')
            .filter(|part| !part.is_empty())
            .fold(vec![&self.body], |found, part| found.into_iter().flat_map(|value| inside(value, part)).collect())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        match name.strip_prefix("body/") {
            Some(path) => self.parts(path).iter().any(|value| !value.is_null()),
            None => !self.all(name).is_empty(),
        }
    }

    /// The body in another shape.
    pub(super) fn shaped(&self, shape: &str) -> Option<String> {
        let mut out = String::new();
        let mut rest = shape;
        while let Some((before, behind)) = rest.split_once("<body") {
            let (path, after) = behind.split_once('>')?;
            let (path, unstated) = path.split_once('|').unwrap_or((path, "null"));
            let (open, path) = path.strip_suffix("...").map_or((false, path), |path| (true, path));
            let parts = self.parts(path);
            out.push_str(before);
            out.push_str(&match parts[..] {
                _ if open => parts.iter().map(ToString::to_string).collect::<Vec<_>>().join(","),
                _ if path.contains('*') => serde_json::to_string(&parts).ok()?,
                [one, ..] => one.to_string(),
                [] => unstated.to_owned(),
            });
            rest = after;
        }
        out.push_str(rest);
        fill(&out, self)
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn inside<'a>(value: &'a Value, part: &str) -> Vec<&'a Value> {
    match (value, part) {
        (Value::Array(list), "*") => list.iter().collect(),
        (Value::Object(map), "*") => map.values().collect(),
        (Value::Array(list), number) => number.parse::<usize>().ok().and_then(|at| list.get(at)).into_iter().collect(),
        (Value::Object(map), name) => map.get(name).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// A text with what was caught put in; `None` where something was not.
pub(super) fn fill(text: &str, caught: &Caught) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        let (before, inside) = rest.split_at(at);
        out.push_str(before);
        let whole = inside[1..].split('}').next().unwrap_or_default();
        let (name, unstated) = whole.split_once('|').map_or((whole, None), |(name, unstated)| (name, Some(unstated)));
        let is_name = !name.is_empty() && name.chars().all(|char| char.is_alphanumeric() || "._[]-/*$@".contains(char));
        if is_name && inside.len() > whole.len() + 1 {
            out.push_str(caught.all(name).into_iter().next().as_deref().or(unstated)?);
            rest = &inside[whole.len() + 2..];
        } else {
            // A brace of JSON.
            out.push('{');
            rest = &inside[1..];
        }
    }
    out.push_str(rest);
    Some(out)
}

/// Texts with what was caught put in. One with a part of the body becomes as many as there are, and a list in one parameter is taken
/// apart.
pub(super) fn fill_all(texts: &[String], caught: &Caught) -> Option<Vec<String>> {
    let mut filled: Vec<String> = Vec::new();
    for text in texts {
        let place = text.split_once("{body/").and_then(|(before, rest)| Some((before, rest.split_once('}')?)));
        let several = place.map(|(before, (name, after))| {
            let all = caught.all(&format!("body/{}", name.split('|').next().unwrap_or(name)));
            all.into_iter().map(|one| format!("{before}{one}{after}")).collect::<Vec<_>>()
        });
        let several = several.filter(|all| !all.is_empty()).unwrap_or_else(|| vec![text.clone()]);
        for one in several {
            let one = fill(&one, caught)?;
            filled.extend(one.split([',', ';']).map(str::to_owned));
        }
    }
    let mut known: Vec<String> = Vec::new();
    for one in filled {
        if !one.is_empty() && !known.contains(&one) {
            known.push(one);
        }
    }
    (texts.is_empty() || !known.is_empty()).then_some(known)
}

pub(super) fn fill_value(value: &Value, caught: &Caught) -> Option<Value> {
    Some(match value {
        Value::String(text) => Value::String(fill(text, caught)?),
        Value::Array(list) => Value::Array(list.iter().map(|value| fill_value(value, caught)).collect::<Option<_>>()?),
        Value::Object(map) => {
            let pairs = map.iter().map(|(name, value)| Some((name.clone(), fill_value(value, caught)?)));
            Value::Object(pairs.collect::<Option<_>>()?)
        }
        other => other.clone(),
    })
}
