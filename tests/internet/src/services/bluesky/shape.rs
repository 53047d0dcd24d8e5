//! The JSON of posts and refusals, part by part.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::story::Person;
use crate::wire::Reply;

/// An account; some lost their handle.
pub(super) fn author(author: &Person) -> Value {
    let handle = if author.id.is_multiple_of(13) {
        "handle.invalid".to_owned()
    } else {
        format!("{}.pds.example", author.handle.replace('_', "-"))
    };
    let did = format!("did:plc:{}", author.id);
    json!({ "did": did, "handle": handle, "displayName": author.name, "labels": [], "createdAt": "2024-01-01T00:00:00.000Z" })
}

/// The text with its addresses shortened as apps show them, and the marks that hold the whole ones.
pub(super) fn shortened(words: &str) -> (String, Vec<Value>) {
    let mut text = String::new();
    let mut facets = Vec::new();
    for (place, word) in words.split(' ').enumerate() {
        if place > 0 {
            text.push(' ');
        }
        let address = word.trim_end_matches(['.', ',', ')', '!', '?']);
        let Some(shown) = address.strip_prefix("https://") else {
            text.push_str(word);
            continue;
        };
        let shown: String =
            if shown.len() > 16 { shown.chars().take(12).chain("...".chars()).collect() } else { shown.to_owned() };
        let index = json!({ "byteStart": text.len(), "byteEnd": text.len() + shown.len() });
        facets.push(json!({ "index": index, "features": [{ "$type": "app.bsky.richtext.facet#link", "uri": address }] }));
        text.push_str(&shown);
        text.push_str(&word[address.len()..]);
    }
    (text, facets)
}

pub(super) fn refused(status: u16, name: &str, message: &str) -> Reply {
    Reply::json_status(status, &json!({ "error": name, "message": message }))
}

pub(super) fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}
