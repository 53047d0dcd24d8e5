//! Forms that are more than a table: a row may hold several mentions, and what relates them.

mod bluesky;
mod tweet;

use serde_json::Value;
use vigie_mention::delivery::RawMention;

use super::columns::{Columns, Mapping};
use super::format::Format;

pub(crate) use bluesky::record as bluesky_record;

/// The mentions of one row.
///
/// # Errors
/// Why there is none.
pub(crate) fn mentions(format: Format, row: &Value, mapping: &Mapping) -> Result<Vec<RawMention>, String> {
    let is_tweet =
        |row: &Value| row.get("full_text").is_some() || row.get("public_metrics").is_some() || row.get("data").is_some();
    match format {
        Format::Twarc => tweet::mentions(row),
        Format::XArchive => tweet::mentions(row.get("tweet").unwrap_or(row)),
        Format::Bluesky => bluesky::mention(row).map(|mention| vec![mention]),
        // 4CAT keeps what a service answered, beside notes of its own.
        Format::FourCat if row.get("__import_meta").is_some() && is_tweet(row) => tweet::mentions(row),
        Format::FourCat if row.get("record").is_some() => bluesky::mention(row).map(|mention| vec![mention]),
        Format::Jsonl | Format::Csv | Format::FourCat | Format::Brandwatch | Format::Talkwalker => {
            Columns::of(row, mapping).mention().map(|mention| vec![mention])
        }
    }
}

/// A text of an object, if it is one and says something.
fn text(object: &Value, name: &str) -> Option<String> {
    match object.get(name)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
