//! Files of what people already have, read as a source is read.
//!
//! An import is a run of the pipeline whose source is a file: rows become deliveries, the byte behind the last row of a batch is its
//! cursor. So rows are admitted, matched, annotated and stored as everything else is, identity removes what is known, and an import
//! that was stopped goes on where its last commit stood.
//!
//! - [`mod@format`] names the forms, and guesses one from a file's beginning.
//! - [`rows`] cuts a file into rows, a row at a time; [`car`] does that for repositories of Bluesky.
//! - [`columns`] maps columns of a table; [`formats`] knows the forms that are more than a table.
//! - [`file_source`] is the source.

pub(crate) mod car;
pub(crate) mod columns;
pub(crate) mod file_source;
pub(crate) mod format;
pub(crate) mod formats;
pub(crate) mod rows;
pub(crate) mod when;

use vigie_mention::Engagement;
use vigie_mention::MentionKind;
use vigie_mention::delivery::{RawMention, TextFormat};

/// A mention of which nothing is known but its id and kind.
pub(crate) fn blank(id: String, kind: MentionKind) -> RawMention {
    RawMention {
        id,
        kind,
        url: None,
        title: None,
        text: String::new(),
        format: TextFormat::Plain,
        language: None,
        author: None,
        published: None,
        edited: None,
        parent: None,
        thread: None,
        original: None,
        engagement: Engagement::default(),
        rating: None,
        country: None,
        links: Vec::new(),
        media: Vec::new(),
        attributes: Vec::new(),
    }
}
