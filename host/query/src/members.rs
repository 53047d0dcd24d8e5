//! The values of a saved list as one field reads them: each as if it were written in the query, arranged so that a million
//! of them are asked as quickly as one.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::Diagnostic;
use crate::fields::MetaField;
use crate::match_text::{Address, MatchText};
use crate::metadata::{AddressPattern, Meta, Truth};
use crate::syntax::Words;
use crate::text::{Sigil, Tokens};
use crate::values::{self, Written};

/// Fields of which a list can hold values: those that ask for names, codes, ids and addresses, not for ranges.
pub(crate) const LISTED: [MetaField; 19] = {
    use MetaField as M;
    [
        M::Author,
        M::AuthorId,
        M::Bio,
        M::AtMentions,
        M::Hashtags,
        M::Links,
        M::Site,
        M::Url,
        M::Source,
        M::Kind,
        M::EngagementType,
        M::Language,
        M::Country,
        M::Continent,
        M::State,
        M::County,
        M::City,
        M::Thread,
        M::ReplyTo,
    ]
};

/// Reads a value of a list as a field reads it in quotes.
///
/// # Errors
/// What is wrong with it; the place is the caller's to say.
pub(crate) fn read(field: MetaField, value: &str) -> Result<Meta, Diagnostic> {
    if value.trim().is_empty() {
        return Err(Diagnostic::new("E203", 0..0, "is empty"));
    }
    let mut found = Vec::new();
    let written = Written { text: value.to_owned(), quoted: true, span: 0..0 };
    values::read(field, &written, &mut found).ok_or_else(|| {
        let mut wrong = found.pop().unwrap_or_else(|| Diagnostic::new("E203", 0..0, "cannot be read"));
        if let Some(message) = wrong.message.strip_prefix(&format!("`{}:` ", field.name())) {
            wrong.message = message.to_owned();
        }
        wrong
    })
}

/// Values of a list, arranged for one field.
#[derive(Debug, Default)]
pub(crate) struct Members {
    /// Names, ids, codes, hosts; for what is compared word by word, those of one plain word.
    names: HashSet<Box<str>>,
    /// Those of several words, by the first.
    phrases: HashMap<Box<str>, Vec<Words>>,
    /// By host, how what follows it begins: sorted, none of them the beginning of another.
    paths: HashMap<Box<str>, Vec<Box<str>>>,
    /// Those with wildcards, which are asked one by one.
    pub(crate) wild: Vec<Meta>,
    /// The first value that cannot be read, and why.
    pub(crate) wrong: Option<Diagnostic>,
}

impl Members {
    /// Arranges the values of the list `name`.
    pub(crate) fn of(field: MetaField, name: &str, values: &[String]) -> Self {
        let mut members = Self::default();
        for (index, value) in values.iter().enumerate() {
            match read(field, value) {
                Ok(meta) => members.add(meta),
                Err(wrong) if members.wrong.is_none() => {
                    let message = format!("value {} of list `{name}`, `{value}`: {}", index + 1, wrong.message);
                    members.wrong = Some(Diagnostic { code: "E203", message, ..wrong });
                }
                Err(_) => {}
            }
        }
        for paths in members.paths.values_mut() {
            paths.sort_unstable();
            paths.dedup_by(|next, before| next.starts_with(&**before));
            paths.shrink_to_fit();
        }
        members
    }

    fn add(&mut self, meta: Meta) {
        if meta.wildcards() > 0 {
            self.wild.push(meta);
            return;
        }
        let name = match meta {
            Meta::Author(words) | Meta::Bio(words) | Meta::Place(_, words) => {
                match words.patterns.as_slice() {
                    [one] if one.sigil == Sigil::None => {
                        self.names.insert(one.text.as_str().into());
                    }
                    [first, ..] => {
                        let words = Words { patterns: words.patterns.clone(), written: String::new() };
                        self.phrases.entry(first.text.as_str().into()).or_default().push(words);
                    }
                    [] => {}
                }
                return;
            }
            Meta::Address(_, AddressPattern::Prefix { host, path }) => {
                self.paths.entry(host.into()).or_default().push(path.into());
                return;
            }
            Meta::Id(_, name) | Meta::Listed(_, name) | Meta::Site(name) | Meta::Language(name) => name,
            Meta::Kind(kind) => kind.name().to_owned(),
            // Without a wildcard no value is read as anything else.
            _ => return,
        };
        self.names.insert(name.into());
    }

    /// What one of the values joined by OR would say.
    pub(crate) fn truth(&self, field: MetaField, text: &MatchText) -> Truth {
        let facts = &text.facts;
        let named = match field {
            MetaField::Author if facts.handle.is_none() && facts.name.is_none() => return None,
            MetaField::Author => [&facts.handle, &facts.name].into_iter().flatten().any(|tokens| self.stand_in(tokens)),
            MetaField::Bio => self.stand_in(facts.bio.as_ref()?),
            MetaField::State | MetaField::County | MetaField::City => self.stand_in(facts.place(field)?),
            MetaField::AtMentions | MetaField::Hashtags => facts.list(field).iter().any(|entry| self.contains(entry)),
            MetaField::Site => hosts(facts.url.as_ref()?.host()).any(|host| self.contains(host)),
            MetaField::Url => self.cover(facts.url.as_ref()?),
            MetaField::Links => facts.links.iter().any(|link| self.cover(link)),
            MetaField::Kind | MetaField::EngagementType => self.contains(facts.kind.name()),
            MetaField::Language => return self.covers_language(facts.language.as_deref()),
            _ => self.contains(facts.id(field)?),
        };
        Some(named || self.wild.iter().any(|one| one.truth(text) == Some(true)))
    }

    fn contains(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Whether one of the words or phrases stands in a text.
    fn stand_in(&self, tokens: &Tokens) -> bool {
        (0..tokens.len()).any(|at| {
            let form = tokens.form(at);
            (Sigil::None.finds(tokens.sigil(at)) && self.contains(form))
                || self.phrases.get(form).is_some_and(|all| all.iter().any(|words| words.stand_at(tokens, at)))
        })
    }

    fn cover(&self, address: &Address) -> bool {
        hosts(address.host()).filter_map(|host| self.paths.get(host)).any(|paths| {
            // The last that sorts before the path is the only one that can be its beginning.
            let behind = paths.partition_point(|path| **path <= *address.path());
            behind.checked_sub(1).and_then(|at| paths.get(at)).is_some_and(|path| address.path().starts_with(&**path))
        })
    }

    /// As for a single tag: a language that is not stated is found by `und` alone, and unknown to all others.
    fn covers_language(&self, language: Option<&str>) -> Truth {
        let language = language.unwrap_or("und").to_lowercase();
        if language == "und" {
            return self.contains("und").then_some(true);
        }
        let ends = language.match_indices('-').map(|(at, _)| at).chain([language.len()]);
        Some(ends.filter_map(|end| language.get(..end)).any(|tag| self.contains(tag)))
    }
}

/// A host and the domains it belongs to.
fn hosts(host: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(host), |host| host.split_once('.').map(|(_, parent)| parent))
}
