//! What an analyzer gets to see of a stored mention when it learns: what it would see when it annotates, without the stars.

use vigie_mention::delivery::Document;
use vigie_mention::{Annotation, Label, Value};
use vigie_runtime::Read;
use vigie_store::Stored;

/// The fields the analyzer reads. The rating is left out: it is where the label of such an example comes from.
pub(super) fn document(stored: Stored, reads: &[Read]) -> Document {
    let asks = |read: &Read| reads.contains(read);
    let asks_for = |key: &str| asks(&Read::Annotation(key.to_owned()));
    let Stored { mention, topics, mut annotations, signals, .. } = stored;
    annotations.retain(|annotation| asks_for(&annotation.key));
    // What the host knows itself is not stored with the annotations.
    if asks_for("topics") {
        annotations.push(known("topics", topics.iter().map(ToString::to_string)));
    }
    if asks_for("hashtags") {
        annotations.push(known("hashtags", mention.hashtags.iter().cloned()));
    }
    Document {
        kind: mention.kind,
        published_at: mention.at(),
        text: if asks(&Read::Text) { mention.text } else { String::new() },
        title: mention.title.filter(|_| asks(&Read::Title)),
        language: signals.language.or(mention.language).filter(|_| asks(&Read::Language)),
        source: mention.source,
        author: mention.author.filter(|_| asks(&Read::Author)),
        rating: None,
        annotations,
    }
}

fn known(key: &str, names: impl Iterator<Item = String>) -> Annotation {
    Annotation {
        analyzer: "vigie".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        key: key.to_owned(),
        value: Value::Labels(names.map(|name| Label { name, score: 1.0 }).collect()),
        confidence: None,
    }
}
