//! The part of JSON Schema (draft 2020-12) that manifests use, and the check of settings against it.
//!
//! # Shape
//! `type` (object, string, integer, number, boolean, array), `properties`, `required`, `additionalProperties` (`false`, as when it is
//! absent, or a schema for keys of the operator's own), `items`, `enum`, `minimum`, `maximum`, `minLength`, `maxLength`, `minItems`, `maxItems`, `format` (`uri`), and for people `title`,
//! `description`, `default`, `examples`. A keyword outside this list is a mistake of the manifest, never silently ignored.

use std::fmt;

use serde_json::{Map, Value};
use url::Url;

const KEYWORDS: [&str; 17] = [
    "type",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "enum",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "format",
    "title",
    "description",
    "default",
    "examples",
];
const TYPES: [&str; 6] = ["object", "string", "integer", "number", "boolean", "array"];

/// Schemas nest by hand; what is deeper is no settings schema.
const MAX_DEPTH: usize = 16;

/// A setting that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsProblem {
    /// Keys from the settings table to the place, list positions as numbers; empty: the table as a whole.
    pub path: Vec<String>,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for SettingsProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() { f.write_str(&self.message) } else { write!(f, "`{}` {}", self.path.join("."), self.message) }
    }
}

/// Checks a schema itself: what a manifest may say. Returns places and mistakes.
pub(crate) fn check_schema(schema: &Value) -> Vec<(String, String)> {
    let mut problems = Vec::new();
    if schema.get("type").and_then(Value::as_str) != Some("object") {
        problems.push(("type".to_owned(), "must be \"object\": settings are a table".to_owned()));
    }
    check_node(schema, &mut Vec::new(), &mut problems);
    problems
}

fn check_node(schema: &Value, path: &mut Vec<String>, problems: &mut Vec<(String, String)>) {
    let at = |path: &[String], key: &str| path.iter().map(String::as_str).chain([key]).collect::<Vec<_>>().join(".");
    let Some(node) = schema.as_object() else {
        problems.push((path.join("."), "must be a table: a schema".to_owned()));
        return;
    };
    if path.len() > 2 * MAX_DEPTH {
        problems.push((path.join("."), "is nested too deep".to_owned()));
        return;
    }
    for key in node.keys() {
        if !KEYWORDS.contains(&key.as_str()) {
            problems.push((at(path, key), format!("is not a known keyword; known here: {}", KEYWORDS.join(", "))));
        }
    }
    match node.get("type").and_then(Value::as_str) {
        Some(name) if TYPES.contains(&name) => {}
        Some(name) => problems.push((at(path, "type"), format!("must be one of {}, and is \"{name}\"", TYPES.join(", ")))),
        None => problems.push((at(path, "type"), format!("is missing: one of {}", TYPES.join(", ")))),
    }
    if node.get("format").is_some_and(|format| format != "uri") {
        problems.push((at(path, "format"), "must be \"uri\"".to_owned()));
    }
    if node.get("enum").is_some_and(|words| words.as_array().is_none_or(Vec::is_empty)) {
        problems.push((at(path, "enum"), "must be a list of what is allowed".to_owned()));
    }
    match node.get("additionalProperties") {
        None | Some(Value::Bool(false)) => {}
        Some(schema @ Value::Object(_)) => {
            path.push("additionalProperties".to_owned());
            check_node(schema, path, problems);
            path.pop();
        }
        Some(_) => problems.push((at(path, "additionalProperties"), "must be false or a schema".to_owned())),
    }
    for key in ["minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"] {
        if node.get(key).is_some_and(|number| !number.is_number()) {
            problems.push((at(path, key), "must be a number".to_owned()));
        }
    }
    let properties = node.get("properties");
    if properties.is_some_and(|properties| !properties.is_object()) {
        problems.push((at(path, "properties"), "must be a table of schemas".to_owned()));
    }
    for (name, schema) in properties.and_then(Value::as_object).into_iter().flatten() {
        path.extend(["properties".to_owned(), name.clone()]);
        check_node(schema, path, problems);
        path.truncate(path.len() - 2);
    }
    for name in node.get("required").and_then(Value::as_array).into_iter().flatten() {
        let known = name.as_str().is_some_and(|name| properties.and_then(|all| all.get(name)).is_some());
        if !known {
            problems.push((at(path, "required"), format!("names {name}, which is not in `properties`")));
        }
    }
    if let Some(items) = node.get("items") {
        path.push("items".to_owned());
        check_node(items, path, problems);
        path.pop();
    }
    if let Some(default) = node.get("default") {
        for problem in check_settings(schema, default) {
            problems.push((at(path, "default"), format!("does not fit its own schema: {problem}")));
        }
    }
}

/// Checks settings against a manifest's schema.
///
/// # Shape
/// `schema` is a manifest's `settings`; a keyword this host does not know was refused with the manifest. Returns every mistake,
/// each with the path of the field, what is wrong with it, and, for a key nobody knows, the known
/// ones. Empty: the settings fit.
#[must_use]
pub fn check_settings(schema: &Value, settings: &Value) -> Vec<SettingsProblem> {
    let mut problems = Vec::new();
    check_value(schema, settings, &mut Vec::new(), &mut problems);
    problems
}

/// The settings with the schema's defaults filled in where a key is absent.
#[must_use]
pub fn with_defaults(schema: &Value, settings: &Value) -> Value {
    let Some(given) = settings.as_object() else { return settings.clone() };
    let mut full = given.clone();
    for (name, schema) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        match (full.get(name), schema.get("default")) {
            (None, Some(default)) => {
                full.insert(name.clone(), default.clone());
            }
            (Some(inner @ Value::Object(_)), _) => {
                let inner = with_defaults(schema, inner);
                full.insert(name.clone(), inner);
            }
            _ => {}
        }
    }
    Value::Object(full)
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(number) if number.is_f64() => "a number",
        Value::Number(_) => "a whole number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a table",
    }
}

fn check_value(schema: &Value, value: &Value, path: &mut Vec<String>, problems: &mut Vec<SettingsProblem>) {
    let mut wrong = |path: &[String], message: String| problems.push(SettingsProblem { path: path.to_vec(), message });
    let (fits, wanted) = match schema.get("type").and_then(Value::as_str).unwrap_or_default() {
        "object" => (value.is_object(), "a table"),
        "array" => (value.is_array(), "a list"),
        "string" => (value.is_string(), "a text"),
        "boolean" => (value.is_boolean(), "true or false"),
        "integer" => (value.is_i64() || value.is_u64(), "a whole number"),
        "number" => (value.is_number(), "a number"),
        _ => (true, ""),
    };
    if !fits {
        wrong(path, format!("must be {wanted} and is {}", kind_of(value)));
        return;
    }
    if let Some(allowed) = schema.get("enum").and_then(Value::as_array)
        && !allowed.contains(value)
    {
        let allowed = allowed.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        wrong(path, format!("must be one of {allowed}, and is {value}"));
    }
    let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
    let (size, low, high, unit) = match value {
        Value::Number(number) => (number.as_f64(), bound("minimum"), bound("maximum"), ""),
        Value::String(text) => (Some(text.chars().count() as f64), bound("minLength"), bound("maxLength"), " characters"),
        Value::Array(items) => (Some(items.len() as f64), bound("minItems"), bound("maxItems"), " entries"),
        _ => (None, None, None, ""),
    };
    if let Some(size) = size {
        if low.is_some_and(|low| size < low) {
            wrong(path, format!("must be at least {}{unit}, and is {size}", low.unwrap_or_default()));
        }
        if high.is_some_and(|high| size > high) {
            wrong(path, format!("must be at most {}{unit}, and is {size}", high.unwrap_or_default()));
        }
    }
    if let (Some("uri"), Some(text)) = (schema.get("format").and_then(Value::as_str), value.as_str())
        && !Url::parse(text).is_ok_and(|url| url.has_host())
    {
        wrong(path, format!("must be an address such as \"https://forum.example.com\", and is \"{text}\""));
    }
    match value {
        Value::Object(given) => check_object(schema, given, path, problems),
        Value::Array(items) => {
            if let Some(schema) = schema.get("items") {
                for (index, item) in items.iter().enumerate() {
                    path.push(index.to_string());
                    check_value(schema, item, path, problems);
                    path.pop();
                }
            }
        }
        _ => {}
    }
}

fn check_object(schema: &Value, given: &Map<String, Value>, path: &mut Vec<String>, problems: &mut Vec<SettingsProblem>) {
    let nothing = Map::new();
    let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&nothing);
    for name in schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
        if !given.contains_key(name) {
            let example = properties.get(name).and_then(|schema| schema.get("examples")?.get(0));
            let example = example.map(|example| format!("; for example {example}")).unwrap_or_default();
            let path = path.iter().cloned().chain([name.to_owned()]).collect();
            problems.push(SettingsProblem { path, message: format!("is missing{example}") });
        }
    }
    for (name, value) in given {
        path.push(name.clone());
        // A schema for more keys takes those that have none of their own.
        let more = schema.get("additionalProperties").filter(|more| more.is_object());
        match properties.get(name).or(more) {
            Some(schema) => check_value(schema, value, path, problems),
            None => {
                let known = properties.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
                let known = if known.is_empty() { "there are none here".to_owned() } else { format!("known here: {known}") };
                problems.push(SettingsProblem { path: path.clone(), message: format!("is not a known setting; {known}") });
            }
        }
        path.pop();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema() -> Value {
        json!({
            "type": "object",
            "required": ["url"],
            "additionalProperties": false,
            "properties": {
                "url": { "type": "string", "format": "uri", "examples": ["https://forum.example.com"] },
                "pages": { "type": "integer", "minimum": 1, "maximum": 50, "default": 5 },
                "order": { "type": "string", "enum": ["new", "old"] },
                "boards": { "type": "array", "items": { "type": "string" }, "maxItems": 2 },
                "words": { "type": "object", "additionalProperties": { "type": "number", "maximum": 4 } },
                "inner": { "type": "object", "properties": { "deep": { "type": "boolean", "default": true } } },
            },
        })
    }

    #[test]
    fn each_mistake_names_its_field_and_says_what_is_right() {
        let cases = [
            (json!({}), vec!["`url` is missing; for example \"https://forum.example.com\""]),
            (json!({ "url": 3 }), vec!["`url` must be a text and is a whole number"]),
            (json!({ "url": "forum" }), vec!["`url` must be an address such as \"https://forum.example.com\", and is \"forum\""]),
            (
                json!({ "url": "https://a.example", "ulr": 1, "pages": 99 }),
                vec![
                    "`pages` must be at most 50, and is 99",
                    "`ulr` is not a known setting; known here: boards, inner, order, pages, url, words",
                ],
            ),
            (
                json!({ "url": "https://a.example", "order": "up" }),
                vec!["`order` must be one of \"new\", \"old\", and is \"up\""],
            ),
            (
                json!({ "url": "https://a.example", "boards": ["a", 2, "c"] }),
                vec!["`boards` must be at most 2 entries, and is 3", "`boards.1` must be a text and is a whole number"],
            ),
            (
                json!({ "url": "https://a.example", "words": { "fine": 2.5, "wow": 9, "odd": "x" } }),
                vec!["`words.odd` must be a number and is a text", "`words.wow` must be at most 4, and is 9"],
            ),
            (json!("x"), vec!["must be a table and is a text"]),
        ];
        for (settings, expected) in cases {
            let found: Vec<String> = check_settings(&schema(), &settings).iter().map(ToString::to_string).collect();
            assert_eq!(found, expected, "{settings}");
        }
    }

    #[test]
    fn defaults_fill_what_is_absent_and_nothing_else() {
        let full = with_defaults(&schema(), &json!({ "url": "https://a.example", "inner": {} }));
        assert_eq!(full, json!({ "url": "https://a.example", "pages": 5, "inner": { "deep": true } }));
        assert_eq!(with_defaults(&schema(), &json!({ "pages": 7 })), json!({ "pages": 7 }));
    }

    #[test]
    fn a_schema_with_words_we_do_not_check_is_refused() {
        let bad = json!({ "type": "object", "properties": { "a": { "type": "string", "pattern": "x" }, "b": { "type": "integer", "default": "x" } } });
        let problems = check_schema(&bad);
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert_eq!(problems[0].0, "properties.a.pattern");
        assert_eq!(problems[1].0, "properties.b.default");
        assert!(check_schema(&schema()).is_empty());
    }
}
