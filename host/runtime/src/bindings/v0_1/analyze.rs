//! Between an analyzer's types and the domain's. Documents are lent to the guest: no text is copied on the host's side, which
//! is a third of what crossing the boundary costs.

use vigie_mention::delivery::{self, RawAnnotation};
use vigie_mention::{self as domain, Failure, Instant, MentionKind};
use wasmtime::component::{ComponentType, Lower};

use super::convert;
use super::source::vigie::plugin::types;

/// Name of the interface an analyzer exports.
pub(crate) const INTERFACE: &str = "vigie:plugin/analyzer@0.1.0";
/// Name of its one function.
pub(crate) const FUNCTION: &str = "analyze";

/// Name of the interface an analyzer that learns exports beside it.
pub(crate) const LEARNING: &str = "vigie:plugin/learning@0.1.0";
/// Name of its one function.
pub(crate) const LEARN: &str = "learn";

/// What `analyze` takes.
pub(crate) type Parameters<'a> = (&'a str, &'a [Document<'a>]);
/// What `analyze` gives.
pub(crate) type Answer = (Outcomes,);
/// One outcome a document, or one failure for all of them.
pub(crate) type Outcomes = Result<Vec<Result<Vec<types::Annotation>, types::Failure>>, types::Failure>;

/// What `learn` takes.
pub(crate) type Lesson<'a> = (&'a str, &'a [Example<'a>]);
/// What `learn` gives.
pub(crate) type Learned = (Result<Vec<u8>, Fault>,);
/// Why a call failed.
pub(crate) type Fault = types::Failure;

/// The contract's `example`, borrowed.
#[derive(ComponentType, Lower)]
#[component(record)]
pub(crate) struct Example<'a> {
    document: Document<'a>,
    key: &'a str,
    value: Value<'a>,
    weight: f32,
}

/// The contract's `document`, borrowed.
#[derive(ComponentType, Lower)]
#[component(record)]
pub(crate) struct Document<'a> {
    text: &'a str,
    title: Option<&'a str>,
    language: Option<&'a str>,
    kind: types::MentionKind,
    source: &'a str,
    author: Option<Author<'a>>,
    rating: Option<types::Rating>,
    #[component(name = "published-at")]
    published_at: i64,
    annotations: Vec<Annotation<'a>>,
}

#[derive(ComponentType, Lower)]
#[component(record)]
pub(crate) struct Author<'a> {
    id: &'a str,
    handle: Option<&'a str>,
    name: Option<&'a str>,
    url: Option<&'a str>,
    bio: Option<&'a str>,
    location: Option<&'a str>,
    followers: Option<u64>,
    verified: Option<bool>,
}

#[derive(ComponentType, Lower)]
#[component(record)]
pub(crate) struct Annotation<'a> {
    key: &'a str,
    value: Value<'a>,
    confidence: Option<f32>,
}

#[derive(ComponentType, Lower)]
#[component(variant)]
pub(crate) enum Value<'a> {
    #[component(name = "text")]
    Text(&'a str),
    #[component(name = "number")]
    Number(f64),
    #[component(name = "flag")]
    Flag(bool),
    #[component(name = "labels")]
    Labels(Vec<Label<'a>>),
}

#[derive(ComponentType, Lower)]
#[component(record)]
pub(crate) struct Label<'a> {
    name: &'a str,
    score: f32,
}

/// Lends an example.
pub(crate) fn example(example: &delivery::Example) -> Example<'_> {
    Example { document: document(&example.document), key: &example.key, value: value(&example.value), weight: example.weight }
}

/// Lends a document.
pub(crate) fn document(document: &delivery::Document) -> Document<'_> {
    Document {
        text: &document.text,
        title: document.title.as_deref(),
        language: document.language.as_deref(),
        kind: kind(document.kind),
        source: &document.source,
        author: document.author.as_ref().map(author),
        rating: document.rating.map(|domain::Rating { value, worst, best }| types::Rating { value, worst, best }),
        published_at: Instant::as_millis(document.published_at),
        annotations: document.annotations.iter().map(annotation).collect(),
    }
}

fn kind(kind: MentionKind) -> types::MentionKind {
    match kind {
        MentionKind::Post => types::MentionKind::Post,
        MentionKind::Comment => types::MentionKind::Comment,
        MentionKind::Reply => types::MentionKind::Reply,
        MentionKind::Share => types::MentionKind::Share,
        MentionKind::Quote => types::MentionKind::Quote,
        MentionKind::Review => types::MentionKind::Review,
        MentionKind::Question => types::MentionKind::Question,
        MentionKind::Answer => types::MentionKind::Answer,
        MentionKind::Article => types::MentionKind::Article,
        MentionKind::Video => types::MentionKind::Video,
        MentionKind::Photo => types::MentionKind::Photo,
    }
}

fn author(author: &domain::Author) -> Author<'_> {
    Author {
        id: &author.id,
        handle: author.handle.as_deref(),
        name: author.name.as_deref(),
        url: author.url.as_deref(),
        bio: author.bio.as_deref(),
        location: author.location.as_deref(),
        followers: author.followers,
        verified: author.verified,
    }
}

fn annotation(annotation: &domain::Annotation) -> Annotation<'_> {
    Annotation { key: &annotation.key, value: value(&annotation.value), confidence: annotation.confidence }
}

fn value(value: &domain::Value) -> Value<'_> {
    match value {
        domain::Value::Text(text) => Value::Text(text),
        domain::Value::Number(number) => Value::Number(*number),
        domain::Value::Flag(flag) => Value::Flag(*flag),
        domain::Value::Labels(labels) => {
            Value::Labels(labels.iter().map(|label| Label { name: &label.name, score: label.score }).collect())
        }
    }
}

/// One document's answer, not checked yet.
pub(crate) fn outcome(outcome: Result<Vec<types::Annotation>, types::Failure>) -> Result<Vec<RawAnnotation>, Failure> {
    let annotation = |annotation: types::Annotation| RawAnnotation {
        key: annotation.key,
        value: convert::value(annotation.value),
        confidence: annotation.confidence,
    };
    outcome.map(|annotations| annotations.into_iter().map(annotation).collect()).map_err(convert::failure)
}
