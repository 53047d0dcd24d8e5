//! What people say is true of stored mentions: the file of corrections beside the store.
//!
//! # The file
//! `vigie.redb` has `vigie.corrections.jsonl`: one JSON object a line, appended whole, so that it can be written while `vigie run` holds the
//! store. It never leaves the machine, and only its owner may read it.
//!
//! ```json
//! {"at":"2026-11-22T08:00:00Z","mention":{"source":"appstore","instance":"","id":"91"},"key":"sentiment-label","value":"negative",
//!  "found":{"analyzer":"sentiment","version":"0.1.0","value":"neutral"},"sampled":true,"by":"ana"}
//! ```
//!
//! | field | meaning |
//! |---|---|
//! | `at` | when it was said, RFC 3339 |
//! | `mention` | of which mention: source, instance (empty where ids are unique over the whole service) and id |
//! | `key` | the annotation it is about |
//! | `value` | the truth: one of the values that the analyzer's manifest lists |
//! | `found` | what the analyzer had found at that time; absent if nothing |
//! | `sampled` | whether chance chose the mention (`vigie correct --sample`) and not a person: only such corrections stand for all mentions |
//! | `by` | who said it, if that was told |
//!
//! The last correction of a mention and key counts. There is no text and no author in it: the text is read from the store, so a mention that
//! is removed there takes its example with it. Fields that are not known are passed over, so that a later version may add some.

mod append;
pub(crate) mod keys;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use vigie_mention::{Instant, MentionKey};

/// One correction; fields as in the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Correction {
    pub(crate) at: Instant,
    pub(crate) mention: MentionKey,
    pub(crate) key: String,
    pub(crate) value: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) found: Option<Found>,
    #[serde(default)]
    pub(crate) sampled: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) by: Option<String>,
}

/// What an analyzer had found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Found {
    pub(crate) analyzer: String,
    pub(crate) version: String,
    pub(crate) value: String,
}

/// Why corrections cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CorrectionsError {
    /// The operating system refuses.
    #[error("failed to {what} {}", path.display())]
    Io {
        what: &'static str,
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// A line that is no correction, with more behind it.
    #[error("{}:{line}: this is no correction; mend or remove the line", path.display())]
    Line {
        path: PathBuf,
        line: usize,
        #[source]
        source: serde_json::Error,
    },
}

/// The corrections of one store.
#[derive(Debug)]
pub(crate) struct Corrections {
    path: PathBuf,
    list: Vec<Correction>,
    /// The last line was never written to its end.
    torn: bool,
}

impl Corrections {
    /// Reads those of a store; there are none where there is no file.
    ///
    /// # Errors
    /// A file that cannot be read, or a broken line that is not the last one.
    pub(crate) fn read(store: &Path) -> Result<Self, CorrectionsError> {
        let path = store.with_extension("corrections.jsonl");
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(source) => return Err(CorrectionsError::Io { what: "read", path, source }),
        };
        let (mut list, mut torn) = (Vec::new(), false);
        for (index, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
            if line.trim_ascii().is_empty() {
                continue;
            }
            match serde_json::from_slice(line) {
                Ok(correction) => list.push(correction),
                Err(_) if !line.ends_with(b"\n") => torn = true,
                Err(source) => return Err(CorrectionsError::Line { path, line: index + 1, source }),
            }
        }
        Ok(Self { path, list, torn })
    }

    /// What to tell if the last line was cut short by a crash.
    pub(crate) fn warning(&self) -> Option<String> {
        self.torn.then(|| format!("{}: its last line was never written to the end and is passed over", self.path.display()))
    }

    /// The one that counts for each mention.
    pub(crate) fn of<'a>(&'a self, key: &str) -> BTreeMap<&'a MentionKey, &'a Correction> {
        // The later one replaces the earlier one.
        self.list.iter().filter(|correction| correction.key == key).map(|correction| (&correction.mention, correction)).collect()
    }

    /// Writes more of them behind those there are, and waits until they are on the disk.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub(crate) fn append(&mut self, news: Vec<Correction>) -> Result<(), CorrectionsError> {
        append::append(&self.path, &news).map_err(|source| CorrectionsError::Io {
            what: "write",
            path: self.path.clone(),
            source,
        })?;
        self.torn = false;
        self.list.extend(news);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
