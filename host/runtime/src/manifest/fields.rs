//! Reads a TOML table key by key and keeps every mistake.

use std::fmt;
use std::time::Duration;

use toml::{Table, Value};

/// A mistake in a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestProblem {
    /// The key, as in `hosts[1].origin`; empty for the file as a whole.
    pub place: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for ManifestProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place.is_empty() { f.write_str(&self.message) } else { write!(f, "`{}` {}", self.place, self.message) }
    }
}

/// One table being read. [`Fields::finish`] must end it, so that unknown keys are found.
pub(super) struct Fields<'p> {
    place: String,
    table: Table,
    known: Vec<&'static str>,
    problems: &'p mut Vec<ManifestProblem>,
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "a text",
        Value::Integer(_) => "a whole number",
        Value::Float(_) => "a number",
        Value::Boolean(_) => "true or false",
        Value::Datetime(_) => "a date",
        Value::Array(_) => "a list",
        Value::Table(_) => "a table",
    }
}

impl<'p> Fields<'p> {
    pub(super) fn new(place: String, table: Table, problems: &'p mut Vec<ManifestProblem>) -> Self {
        Self { place, table, known: Vec::new(), problems }
    }

    fn path(&self, key: &str) -> String {
        if self.place.is_empty() { key.to_owned() } else { format!("{}.{key}", self.place) }
    }

    /// Notes a mistake at `key`.
    pub(super) fn wrong(&mut self, key: &str, message: impl Into<String>) {
        let place = self.path(key);
        self.problems.push(ManifestProblem { place, message: message.into() });
    }

    /// Notes a mistake at this table.
    pub(super) fn wrong_here(&mut self, message: impl Into<String>) {
        self.problems.push(ManifestProblem { place: self.place.clone(), message: message.into() });
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    pub(super) fn take(&mut self, key: &'static str) -> Option<Value> {
        self.known.push(key);
        self.table.remove(key)
    }

    fn mistyped(&mut self, key: &str, wanted: &str, found: &Value) {
        self.wrong(key, format!("must be {wanted} and is {}", type_name(found)));
    }

    pub(super) fn text(&mut self, key: &'static str) -> Option<String> {
        match self.take(key)? {
            Value::String(text) => Some(text),
            other => {
                self.mistyped(key, "a text", &other);
                None
            }
        }
    }

    /// A text that must be there and not blank. Empty only after a noted mistake.
    pub(super) fn required_text(&mut self, key: &'static str) -> String {
        let there = self.has(key);
        match self.text(key) {
            Some(text) if text.trim().is_empty() => {
                self.wrong(key, "is empty");
                String::new()
            }
            Some(text) => text,
            None if there => String::new(),
            None => {
                self.wrong(key, "is missing");
                String::new()
            }
        }
    }

    pub(super) fn flag(&mut self, key: &'static str) -> Option<bool> {
        match self.take(key)? {
            Value::Boolean(flag) => Some(flag),
            other => {
                self.mistyped(key, "true or false", &other);
                None
            }
        }
    }

    pub(super) fn count(&mut self, key: &'static str) -> Option<u32> {
        match self.take(key)? {
            Value::Integer(number) => match u32::try_from(number) {
                Ok(count) if count > 0 => Some(count),
                _ => {
                    self.wrong(key, format!("must be between 1 and {}, and is {number}", u32::MAX));
                    None
                }
            },
            other => {
                self.mistyped(key, "a whole number", &other);
                None
            }
        }
    }

    /// A duration such as `"1h"`.
    pub(super) fn duration(&mut self, key: &'static str) -> Option<Duration> {
        let text = self.text(key)?;
        let duration = parse_duration(&text);
        if duration.is_none() {
            self.wrong(key, format!("must be a duration such as \"30s\", \"15m\", \"1h\" or \"1d\", and is \"{text}\""));
        }
        duration
    }

    pub(super) fn texts(&mut self, key: &'static str) -> Vec<String> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let Value::Array(items) = value else {
            self.mistyped(key, "a list of texts", &value);
            return Vec::new();
        };
        let mut texts = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            match item {
                Value::String(text) => texts.push(text),
                other => self.wrong(&format!("{key}[{index}]"), format!("must be a text and is {}", type_name(&other))),
            }
        }
        texts
    }

    /// A table of texts, in the order TOML gives them (by key).
    pub(super) fn text_table(&mut self, key: &'static str) -> Vec<(String, String)> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let Value::Table(table) = value else {
            self.mistyped(key, "a table of texts", &value);
            return Vec::new();
        };
        let mut entries = Vec::with_capacity(table.len());
        for (name, item) in table {
            match item {
                Value::String(text) => entries.push((name, text)),
                other => self.wrong(&format!("{key}.{name}"), format!("must be a text and is {}", type_name(&other))),
            }
        }
        entries
    }

    /// Reads each table of an array of tables.
    pub(super) fn tables<T>(&mut self, key: &'static str, mut read: impl FnMut(&mut Fields<'_>) -> Option<T>) -> Vec<T> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let Value::Array(items) = value else {
            self.mistyped(key, &format!("a list of tables, written [[{key}]]"), &value);
            return Vec::new();
        };
        let mut read_items = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            let place = format!("{}[{index}]", self.path(key));
            match item {
                Value::Table(table) => {
                    let mut fields = Fields::new(place, table, self.problems);
                    let item = read(&mut fields);
                    fields.finish();
                    read_items.extend(item);
                }
                other => {
                    let message = format!("must be a table and is {}", type_name(&other));
                    self.problems.push(ManifestProblem { place, message });
                }
            }
        }
        read_items
    }

    /// Reads a table below this one.
    pub(super) fn table<T>(&mut self, key: &'static str, read: impl FnOnce(&mut Fields<'_>) -> Option<T>) -> Option<T> {
        match self.take(key)? {
            Value::Table(table) => {
                let mut fields = Fields::new(self.path(key), table, self.problems);
                let item = read(&mut fields);
                fields.finish();
                item
            }
            other => {
                self.mistyped(key, "a table", &other);
                None
            }
        }
    }

    /// Notes every key nobody asked for.
    pub(super) fn finish(self) {
        for key in self.table.keys() {
            let place = if self.place.is_empty() { key.clone() } else { format!("{}.{key}", self.place) };
            let message = format!("is not a known key; known here: {}", self.known.join(", "));
            self.problems.push(ManifestProblem { place, message });
        }
    }
}

/// Reads `"250ms"`, `"30s"`, `"15m"`, `"1h"`, `"1d"`; more than zero.
fn parse_duration(text: &str) -> Option<Duration> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let number: u64 = text[..digits].parse().ok().filter(|number| *number > 0)?;
    let millis = match text[digits..].trim() {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    number.checked_mul(millis).map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_need_a_number_and_a_unit() {
        for (text, millis) in [("250ms", 250), ("30s", 30_000), ("15m", 900_000), ("1h", 3_600_000), ("2d", 172_800_000)] {
            assert_eq!(parse_duration(text), Some(Duration::from_millis(millis)), "{text}");
        }
        for bad in ["", "h", "1", "0s", "-1h", "1 week", "99999999999999999999d", "18446744073709551615d"] {
            assert_eq!(parse_duration(bad), None, "{bad}");
        }
    }
}
