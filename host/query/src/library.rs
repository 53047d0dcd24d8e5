//! What queries share: saved parts (`@{name}`) and saved lists of values (`site:@list(name)`).

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use crate::fields::{MetaField, nearest};
use crate::members::{LISTED, Members};

/// Most values of a list.
pub(crate) const MOST_VALUES: usize = 1_000_000;

/// Saved parts and lists by name.
///
/// # Examples
/// ```
/// use vigie_query::{Library, Reading};
///
/// let mut library = Library::new();
/// library.add_part("brand", "acme OR \"acme phone\"");
/// library.add_list("press", vec!["news.example".into(), "daily.example".into()]);
/// let parsed = Reading::new().library(&library).parse("@{brand} AND site:@list(press)").expect("a query");
/// assert_eq!(parsed.query.to_string(), "(acme OR \"acme phone\") AND site:@list(press)");
/// ```
#[derive(Debug, Clone, Default)]
pub struct Library {
    parts: BTreeMap<String, String>,
    lists: BTreeMap<String, Arc<List>>,
}

impl Library {
    /// Nothing saved.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Saves the text of a part; one of the same name is replaced.
    pub fn add_part(&mut self, name: impl Into<String>, text: impl Into<String>) {
        self.parts.insert(name.into(), text.into());
    }

    /// Saves a list; one of the same name is replaced. Queries refer to it, so that a list of a million values costs once.
    pub fn add_list(&mut self, name: impl Into<String>, values: Vec<String>) {
        let name = name.into();
        self.lists.insert(name.clone(), Arc::new(List { name, values, members: Default::default() }));
    }

    /// The names of the parts, sorted.
    pub fn parts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parts.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }

    pub(crate) fn part(&self, name: &str) -> Option<(&str, &str)> {
        self.parts.get_key_value(name).map(|(name, text)| (name.as_str(), text.as_str()))
    }

    pub(crate) fn list(&self, name: &str) -> Option<&Arc<List>> {
        self.lists.get(name)
    }

    /// What to write instead of a name that is not saved.
    pub(crate) fn hint(&self, name: &str, lists: bool) -> String {
        let names: Vec<&str> =
            if lists { self.lists.keys().map(String::as_str).collect() } else { self.parts.keys().map(String::as_str).collect() };
        let what = if lists { "lists" } else { "parts" };
        if names.is_empty() {
            return format!("no {what} are saved: write the words themselves, or save them in [queries.{what}]");
        }
        let meant = nearest(name, names.iter().copied()).map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
        let shown: Vec<&str> = names.iter().take(12).copied().collect();
        format!("{meant}saved {what}: {}{}", shown.join(", "), if names.len() > shown.len() { ", …" } else { "" })
    }
}

/// Values under a name.
#[derive(Debug)]
pub(crate) struct List {
    pub(crate) name: String,
    pub(crate) values: Vec<String>,
    /// The values as each field of [`LISTED`] reads them, made when it is first asked for.
    members: [OnceLock<Box<Members>>; LISTED.len()],
}

impl PartialEq for List {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.values == other.values
    }
}

impl List {
    /// The values as a field reads them; `None` for fields whose values are questions and not names.
    pub(crate) fn members(&self, field: MetaField) -> Option<&Members> {
        let place = LISTED.iter().position(|listed| *listed == field)?;
        Some(self.members.get(place)?.get_or_init(|| Box::new(Members::of(field, &self.name, &self.values))))
    }
}
