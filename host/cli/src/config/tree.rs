//! The file as a tree that remembers where everything stands, and a walker that collects mistakes instead of stopping
//! at the first.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::problem::{Problem, Problems, suggest};

/// A value and its place in the file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct At<T> {
    /// The value.
    pub(crate) value: T,
    /// Its bytes in the file.
    pub(crate) span: Range<usize>,
}

/// One value of the file.
pub(crate) type Node = At<Value>;

/// What a TOML value can be; tables keep the order of the file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// A string of any of the four kinds.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction.
    Float(f64),
    /// `true` or `false`.
    Flag(bool),
    /// A date or time, as written.
    Date(String),
    /// An array.
    List(Vec<Node>),
    /// A table, in whichever notation.
    Table(Vec<(At<String>, Node)>),
}

impl Value {
    /// What it is, for messages.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "a string",
            Self::Integer(_) => "a whole number",
            Self::Float(_) => "a number",
            Self::Flag(_) => "true or false",
            Self::Date(_) => "a date",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
        }
    }

    /// The same value in JSON; dates become text.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Text(text) | Self::Date(text) => text.clone().into(),
            Self::Integer(number) => (*number).into(),
            Self::Float(number) => (*number).into(),
            Self::Flag(flag) => (*flag).into(),
            Self::List(items) => items.iter().map(|item| item.value.to_json()).collect(),
            Self::Table(entries) => entries
                .iter()
                .map(|(key, node)| (key.value.clone(), node.value.to_json()))
                .collect::<serde_json::Map<_, _>>()
                .into(),
        }
    }
}

/// Reads a file into a tree. What the TOML parser can step over it steps over, so that one missing quote does not hide
/// the other mistakes.
pub(crate) fn parse(problems: &mut Problems) -> Node {
    let text = problems.text.clone();
    let (root, errors) = DeTable::parse_recoverable(&text);
    for error in errors {
        let span = error.span().unwrap_or(text.len()..text.len());
        let problem = if error.message().starts_with("duplicate key") {
            Problem::error("config::duplicate", span.clone(), format!("`{}` is given twice", text.get(span).unwrap_or("a key")))
                .label("the second one")
                .help("keep one of them; a table can also be continued under its first heading")
        } else {
            Problem::error("config::syntax", span, format!("this is not TOML: {}", error.message()))
                .label("unexpected")
                .help("strings stand in quotes, `key = value` on one line, tables begin with [name]; see https://toml.io")
        };
        problems.push(problem);
    }
    let span = root.span();
    Node { value: table(root.get_ref(), problems), span }
}

fn table(entries: &DeTable<'_>, problems: &mut Problems) -> Value {
    let mut entries: Vec<(At<String>, Node)> = entries
        .iter()
        .map(|(key, value)| {
            let key = At { value: key.get_ref().to_string(), span: key.span() };
            let span = value.span();
            (key, Node { value: convert(value.get_ref(), &span, problems), span })
        })
        .collect();
    entries.sort_by_key(|(key, _)| key.span.start);
    Value::Table(entries)
}

fn convert(value: &DeValue<'_>, span: &Range<usize>, problems: &mut Problems) -> Value {
    match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Boolean(flag) => Value::Flag(*flag),
        DeValue::Datetime(date) => Value::Date(date.to_string()),
        DeValue::Array(items) => Value::List(
            items.iter().map(|item| Node { value: convert(item.get_ref(), &item.span(), problems), span: item.span() }).collect(),
        ),
        DeValue::Table(entries) => table(entries, problems),
        DeValue::Integer(number) => Value::Integer(i64::from_str_radix(number.as_str(), number.radix()).unwrap_or_else(|_| {
            problems.push(
                Problem::error("config::number", span.clone(), format!("`{}` is too large a number", number.as_str()))
                    .help(format!("the largest is {}", i64::MAX)),
            );
            0
        })),
        DeValue::Float(number) => Value::Float(number.as_str().parse().unwrap_or_default()),
    }
}

/// A table being read: knows its name for messages and which keys it may have.
#[derive(Debug, Clone)]
pub(crate) struct Table<'a> {
    /// What messages call it, such as `[connectors.press]`.
    pub(crate) name: String,
    /// Where it begins: its heading's last key.
    pub(crate) span: Range<usize>,
    entries: &'a [(At<String>, Node)],
}

impl<'a> Table<'a> {
    /// Takes a node for a table; anything else is a mistake.
    pub(crate) fn of(name: impl Into<String>, heading: Range<usize>, node: &'a Node, problems: &mut Problems) -> Option<Self> {
        let name = name.into();
        match &node.value {
            Value::Table(entries) => Some(Self { name, span: heading, entries }),
            other => {
                hide(&name, node, problems);
                problems.push(
                    wrong_type(&name, "a table", other, &node.span).help(format!("write the heading [{name}] above its keys")),
                );
                None
            }
        }
    }

    /// Reports every key that is not in `known`.
    pub(crate) fn only(&self, known: &[&str], problems: &mut Problems) {
        for (key, node) in self.entries.iter().filter(|(key, _)| !known.contains(&key.value.as_str())) {
            hide(&self.name, node, problems);
            let place = if self.name.is_empty() { "the file".to_owned() } else { format!("`[{}]`", self.name) };
            problems.push(
                Problem::error("config::unknown_key", key.span.clone(), format!("{place} has no key `{}`", key.value))
                    .label("unknown key")
                    .help(suggest(&key.value, "Known keys", known.iter().copied())),
            );
        }
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<(&'a At<String>, &'a Node)> {
        self.entries.iter().find(|(name, _)| name.value == key).map(|(name, node)| (name, node))
    }

    /// All keys in the order of the file.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&'a At<String>, &'a Node)> + use<'a> {
        self.entries.iter().map(|(name, node)| (name, node))
    }

    /// The table below a key.
    pub(crate) fn table(&self, key: &str, problems: &mut Problems) -> Option<Self> {
        let (name, node) = self.get(key)?;
        let path = if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) };
        Self::of(path, name.span.clone(), node, problems)
    }

    /// The tables below this one: `[topics.ID]` of `[topics]`.
    pub(crate) fn tables(&self, problems: &mut Problems) -> Vec<(At<String>, Self)> {
        self.entries
            .iter()
            .filter_map(|(key, node)| {
                let table = Self::of(format!("{}.{}", self.name, key.value), key.span.clone(), node, problems)?;
                Some((key.clone(), table))
            })
            .collect()
    }

    /// A string.
    pub(crate) fn text(&self, key: &str, problems: &mut Problems) -> Option<At<String>> {
        let (_, node) = self.get(key)?;
        match &node.value {
            Value::Text(text) => Some(At { value: text.clone(), span: node.span.clone() }),
            other => {
                problems.push(wrong_type(key, "a string", other, &node.span));
                None
            }
        }
    }

    /// A list of strings.
    pub(crate) fn texts(&self, key: &str, problems: &mut Problems) -> Option<At<Vec<At<String>>>> {
        let (_, node) = self.get(key)?;
        let Value::List(items) = &node.value else {
            let problem = wrong_type(key, "a list of strings", &node.value, &node.span);
            let help = match &node.value {
                Value::Text(text) => format!("write {key} = [{text:?}]"),
                _ => format!("write {key} = [\"…\", \"…\"]"),
            };
            problems.push(problem.help(help));
            return None;
        };
        let mut texts = Vec::new();
        for item in items {
            match &item.value {
                Value::Text(text) => texts.push(At { value: text.clone(), span: item.span.clone() }),
                other => problems.push(wrong_type(&format!("{key}[]"), "a string", other, &item.span)),
            }
        }
        Some(At { value: texts, span: node.span.clone() })
    }

    /// `true` or `false`.
    pub(crate) fn flag(&self, key: &str, problems: &mut Problems) -> Option<At<bool>> {
        let (_, node) = self.get(key)?;
        match &node.value {
            Value::Flag(flag) => Some(At { value: *flag, span: node.span.clone() }),
            other => {
                problems.push(wrong_type(key, "true or false", other, &node.span));
                None
            }
        }
    }

    /// A whole number from `low` to `high`.
    pub(crate) fn number(&self, key: &str, low: u64, high: u64, problems: &mut Problems) -> Option<At<u64>> {
        let (_, node) = self.get(key)?;
        match &node.value {
            Value::Integer(number) => match u64::try_from(*number).ok().filter(|number| (low..=high).contains(number)) {
                Some(value) => Some(At { value, span: node.span.clone() }),
                None => {
                    problems.push(
                        Problem::error("config::number", node.span.clone(), format!("`{key}` is {number}"))
                            .label("out of range")
                            .help(format!("write a whole number from {low} to {high}")),
                    );
                    None
                }
            },
            other => {
                problems.push(wrong_type(key, "a whole number", other, &node.span));
                None
            }
        }
    }

    /// A string that `read` understands, or a mistake with `read`'s words.
    pub(crate) fn parsed<T>(
        &self,
        key: &str,
        code: &'static str,
        read: impl FnOnce(&str) -> Result<T, String>,
        problems: &mut Problems,
    ) -> Option<At<T>> {
        let text = self.text(key, problems)?;
        match read(&text.value) {
            Ok(value) => Some(At { value, span: text.span }),
            Err(help) => {
                problems.push(Problem::error(code, text.span, format!("`{key}` cannot be {:?}", text.value)).help(help));
                None
            }
        }
    }
}

/// What stands in a connector under a name it does not have, or in place of a table, may be a secret where it does not belong.
fn hide(table: &str, node: &Node, problems: &mut Problems) {
    if table.starts_with("connectors.") {
        problems.hidden.push(node.span.clone());
    }
}

fn wrong_type(key: &str, wanted: &str, found: &Value, span: &Range<usize>) -> Problem {
    let cure = match wanted {
        "a string" => "write it in quotes: \"…\"".to_owned(),
        "true or false" => "write true or false, without quotes".to_owned(),
        "a whole number" => "write a whole number, without quotes".to_owned(),
        _ => format!("write {wanted}"),
    };
    Problem::error("config::wrong_type", span.clone(), format!("`{key}` must be {wanted}"))
        .label(format!("this is {}", found.kind()))
        .help(cure)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Node, Problems) {
        let mut problems = Problems::new("vigie.toml", text);
        let node = parse(&mut problems);
        (node, problems)
    }

    #[test]
    fn every_mistake_of_the_syntax_is_found_with_its_place() {
        let (_, problems) = read("a = 1\nb = \nc = 'x'\n[d\ne = 2\na = 3\n");
        let codes: Vec<&str> = problems.list.iter().map(|problem| problem.code.as_ref()).collect();
        assert!(codes.iter().filter(|code| **code == "config::syntax").count() >= 2, "{codes:?}");
    }

    #[test]
    fn a_key_given_twice_is_named() {
        let (_, problems) = read("a = 1\na = 2\n");
        assert_eq!(problems.list.len(), 1, "{:?}", problems.list);
        assert_eq!(problems.list[0].code, "config::duplicate");
        assert_eq!(problems.list[0].message, "`a` is given twice");
        assert_eq!(problems.list[0].places[0].0, 6..7);
    }

    #[test]
    fn tables_keep_the_order_of_the_file() {
        let (node, problems) = read("[zebra]\n[ant]\nx = { b = 1, a = [1.5, true, 1979-05-27] }\n");
        assert_eq!(problems.list, []);
        assert_eq!(node.value.to_json().to_string(), r#"{"ant":{"x":{"a":[1.5,true,"1979-05-27"],"b":1}},"zebra":{}}"#);
        let mut problems = problems;
        let root = Table::of("", 0..0, &node, &mut problems).expect("a table");
        let keys: Vec<&str> = root.entries().map(|(key, _)| key.value.as_str()).collect();
        assert_eq!(keys, ["zebra", "ant"]);
    }

    #[test]
    fn wrong_types_and_unknown_keys_are_collected() {
        let (node, mut problems) = read("tpics = 1\nname = 3\nlist = \"x\"\nsize = -4\nflag = 1\nbig = 99999999999999999999\n");
        let root = Table::of("", 0..0, &node, &mut problems).expect("a table");
        root.only(&["topics", "name", "list", "size", "flag", "big"], &mut problems);
        assert_eq!(root.text("name", &mut problems), None);
        assert_eq!(root.texts("list", &mut problems), None);
        assert_eq!(root.number("size", 1, 10, &mut problems), None);
        assert_eq!(root.flag("flag", &mut problems), None);
        let codes: Vec<&str> = problems.list.iter().map(|problem| problem.code.as_ref()).collect();
        assert_eq!(
            codes,
            [
                "config::number",
                "config::unknown_key",
                "config::wrong_type",
                "config::wrong_type",
                "config::number",
                "config::wrong_type"
            ]
        );
        assert_eq!(
            problems.list[1].help.as_deref(),
            Some("did you mean `topics`? Known keys: `topics`, `name`, `list`, `size`, `flag`, `big`")
        );
        assert_eq!(problems.list[3].help.as_deref(), Some("write list = [\"x\"]"));
        assert!(problems.list.iter().all(|problem| problem.help.is_some()), "each with its cure: {:?}", problems.list);
    }
}
