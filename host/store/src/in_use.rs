//! Which analyzers are at work now: whose results count in figures, so that those of two editions are never mixed.

use std::collections::BTreeMap;

use redb::{ReadableTable, WriteTransaction};

use crate::Analysis;
use crate::error::Fault;
use crate::tables::META;

/// Begins the keys in `META`; their values say nothing.
const PREFIX: &str = "in_use ";
const LANGUAGE: &str = "language";
const SENTIMENT: &str = "sentiment";
const VERSION: &str = "version";

/// The analyzers of the last run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InUse {
    /// Whose language and sentiment go into the facts.
    pub analysis: Analysis,
    /// The version of every analyzer, by id.
    pub versions: BTreeMap<String, String>,
}

/// Takes note of the analyzers, in place of those before.
pub(crate) fn announce(transaction: &WriteTransaction, now: &InUse) -> Result<(), Fault> {
    let mut meta = transaction.open_table(META)?;
    for key in keys(&meta)? {
        meta.remove(key.as_str())?;
    }
    let named = [(LANGUAGE, &now.analysis.language), (SENTIMENT, &now.analysis.sentiment)];
    let mut lines: Vec<String> = Vec::new();
    for (what, edition) in named {
        lines.push(format!("{what} {}", edition.as_deref().unwrap_or_default()));
    }
    lines.extend(now.versions.iter().map(|(analyzer, version)| format!("{VERSION} {analyzer} {version}")));
    for line in lines {
        meta.insert(format!("{PREFIX}{line}").as_str(), 0)?;
    }
    Ok(())
}

/// The analyzers noted last; `None` if no run ever took note.
pub(crate) fn read(meta: &impl ReadableTable<&'static str, u64>) -> Result<Option<InUse>, Fault> {
    let mut now = InUse::default();
    let keys = keys(meta)?;
    for key in &keys {
        let unreadable = || Fault::Damaged(format!("`{key}` names no analyzer"));
        let (what, rest) = key[PREFIX.len()..].split_once(' ').ok_or_else(unreadable)?;
        let edition = (!rest.is_empty()).then(|| rest.to_owned());
        match what {
            LANGUAGE => now.analysis.language = edition,
            SENTIMENT => now.analysis.sentiment = edition,
            _ => {
                let (analyzer, version) = rest.split_once(' ').ok_or_else(unreadable)?;
                now.versions.insert(analyzer.to_owned(), version.to_owned());
            }
        }
    }
    Ok((!keys.is_empty()).then_some(now))
}

fn keys(meta: &impl ReadableTable<&'static str, u64>) -> Result<Vec<String>, Fault> {
    let mut keys = Vec::new();
    for row in meta.range(PREFIX..)? {
        let key = row?.0.value().to_owned();
        if !key.starts_with(PREFIX) {
            break;
        }
        keys.push(key);
    }
    Ok(keys)
}
