//! What queries share: saved parts (`@{name}`) and saved lists of values (`site:@list(name)`).

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, OnceLock};

use crate::codes;
use crate::fields::{MetaField, nearest};
use crate::text::fold;
use crate::values;

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

/// How the values of a list are compared, which depends on the field that asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Membership {
    /// Hosts; a value covers its sub-domains.
    Hosts,
    /// Names, handles and hashtags: folded, without `@` or `#`.
    Folded,
    /// Ids as they are.
    Exact,
    /// Ids in lower case.
    Lower,
    /// Country codes.
    Countries,
}

impl Membership {
    /// How a field compares; `None` for fields whose values are questions and not names.
    pub(crate) fn of(field: MetaField) -> Option<Self> {
        Some(match field {
            MetaField::Site | MetaField::Links => Self::Hosts,
            MetaField::Author | MetaField::Hashtags | MetaField::AtMentions => Self::Folded,
            MetaField::AuthorId | MetaField::Thread | MetaField::ReplyTo => Self::Exact,
            MetaField::Source => Self::Lower,
            MetaField::Country => Self::Countries,
            _ => return None,
        })
    }

    fn read(self, value: &str) -> Result<String, String> {
        let value = value.trim();
        if value.is_empty() {
            return Err("is empty".to_owned());
        }
        match self {
            Self::Hosts => values::host(value),
            Self::Folded => Ok(fold(value.trim_start_matches(['@', '#']))),
            Self::Exact => Ok(value.to_owned()),
            Self::Lower => Ok(value.to_lowercase()),
            Self::Countries => codes::country(value).map_err(|_| "is no country".to_owned()),
        }
    }
}

/// Values under a name.
#[derive(Debug)]
pub(crate) struct List {
    pub(crate) name: String,
    pub(crate) values: Vec<String>,
    /// The values as each membership reads them, made when it is first asked for.
    members: [OnceLock<Members>; 5],
}

impl PartialEq for List {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.values == other.values
    }
}

#[derive(Debug, Default)]
pub(crate) struct Members {
    set: HashSet<String>,
    /// The first value that cannot be read, and why.
    pub(crate) wrong: Option<String>,
}

impl List {
    pub(crate) fn members(&self, membership: Membership) -> &Members {
        let place = match membership {
            Membership::Hosts => &self.members[0],
            Membership::Folded => &self.members[1],
            Membership::Exact => &self.members[2],
            Membership::Lower => &self.members[3],
            Membership::Countries => &self.members[4],
        };
        place.get_or_init(|| {
            let mut members = Members::default();
            for (index, value) in self.values.iter().enumerate() {
                match membership.read(value) {
                    Ok(value) => {
                        members.set.insert(value);
                    }
                    Err(why) if members.wrong.is_none() => {
                        members.wrong = Some(format!("value {} of list `{}`, `{value}`, {why}", index + 1, self.name));
                    }
                    Err(_) => {}
                }
            }
            members
        })
    }
}

impl Members {
    pub(crate) fn contains(&self, value: &str) -> bool {
        self.set.contains(value)
    }

    /// Whether a host or a domain it belongs to is listed.
    pub(crate) fn covers_host(&self, host: &str) -> bool {
        let mut rest = host;
        loop {
            if self.set.contains(rest) {
                return true;
            }
            match rest.split_once('.') {
                Some((_, parent)) => rest = parent,
                None => return false,
            }
        }
    }
}
