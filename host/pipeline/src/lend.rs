//! What an analyzer gets to see of a mention: the fields its manifest says it reads, and nothing else.

use vigie_mention::delivery::Document;
use vigie_mention::{Annotation, Label, Mention, TopicId, Value};
use vigie_runtime::Read;

/// The annotation that says which language a mention is in.
pub(crate) const LANGUAGE: &str = "language";

/// The document of a mention for an analyzer that reads `reads`.
#[must_use]
pub fn document(mention: &Mention, topics: &[TopicId], annotations: &[Annotation], reads: &[Read]) -> Document {
    let asks = |read: &Read| reads.contains(read);
    let wanted =
        |annotation: &&Annotation| reads.iter().any(|read| matches!(read, Read::Annotation(key) if *key == annotation.key));
    let mut seen: Vec<Annotation> = annotations.iter().filter(wanted).cloned().collect();
    if asks(&Read::Annotation("topics".to_owned())) {
        seen.push(known("topics", topics.iter().map(ToString::to_string)));
    }
    if asks(&Read::Annotation("hashtags".to_owned())) {
        seen.push(known("hashtags", mention.hashtags.iter().cloned()));
    }
    Document {
        text: if asks(&Read::Text) { mention.text.clone() } else { String::new() },
        title: mention.title.clone().filter(|_| asks(&Read::Title)),
        language: if asks(&Read::Language) { language(mention, annotations) } else { None },
        kind: mention.kind,
        source: mention.source.clone(),
        author: mention.author.clone().filter(|_| asks(&Read::Author)),
        rating: mention.rating.filter(|_| asks(&Read::Rating)),
        published_at: mention.at(),
        annotations: seen,
    }
}

/// What the host knows itself, in the form of an annotation.
fn known(key: &str, names: impl Iterator<Item = String>) -> Annotation {
    let labels = names.map(|name| Label { name, score: 1.0 }).collect();
    Annotation {
        analyzer: "vigie".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        key: key.to_owned(),
        value: Value::Labels(labels),
        confidence: None,
    }
}

/// The language of a mention: what an analyzer found, or else what the service stated.
fn language(mention: &Mention, annotations: &[Annotation]) -> Option<String> {
    found_language(annotations).map(|(_, tag)| tag.to_owned()).or_else(|| mention.language.clone())
}

/// The language an analyzer found.
pub(crate) fn found_language(annotations: &[Annotation]) -> Option<(&Annotation, &str)> {
    annotations.iter().find_map(|annotation| match &annotation.value {
        Value::Text(tag) if annotation.key == LANGUAGE && tag != "und" => Some((annotation, tag.as_str())),
        _ => None,
    })
}
