//! What a plugin answered, checked against its limits, its manifest and the contract before anybody uses it.

use vigie_mention::delivery::{Batch, Change, Feed, RawAnnotation, RawMention};
use vigie_mention::{Failure, FailureClass, Value};

use crate::error::CallError;
use crate::limits::LimitKind;
use crate::live::Place;
use crate::logline;
use crate::manifest::{Manifest, ValueType, Write};

/// Longest id of a feed (contract).
const MAX_FEED_ID_BYTES: usize = 512;
/// Longest parameters of a feed (contract).
const MAX_FEED_PARAMS_BYTES: usize = 16 * 1024;
/// Longest title of a feed.
const MAX_FEED_TITLE_BYTES: usize = 4 * 1024;
/// Longest text an annotation holds.
const MAX_ANNOTATION_BYTES: usize = 64 * 1024;

/// The texts of a mention together, in bytes. Admission refuses one over [`crate::Limits::mention_bytes`].
#[must_use]
pub fn mention_bytes(mention: &RawMention) -> u64 {
    let optional = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    let value = |value: &Value| match value {
        Value::Text(text) => text.len(),
        Value::Labels(labels) => labels.iter().map(|label| label.name.len() + size_of::<f32>()).sum(),
        Value::Number(_) | Value::Flag(_) => size_of::<f64>(),
    };
    let mut bytes = mention.id.len() + mention.text.len();
    bytes +=
        [&mention.url, &mention.title, &mention.language, &mention.parent, &mention.thread, &mention.original, &mention.country]
            .into_iter()
            .map(optional)
            .sum::<usize>();
    if let Some(author) = &mention.author {
        bytes += author.id.len();
        bytes +=
            [&author.handle, &author.name, &author.url, &author.bio, &author.location].into_iter().map(optional).sum::<usize>();
    }
    bytes += mention.links.iter().map(String::len).sum::<usize>();
    bytes += mention.media.iter().map(|media| media.url.len() + optional(&media.description)).sum::<usize>();
    bytes += mention.attributes.iter().map(|attribute| attribute.key.len() + value(&attribute.value)).sum::<usize>();
    bytes as u64
}

/// Feeds a plan named or a poll found.
pub(crate) fn check_feeds(place: &Place, feeds: &[Feed]) -> Result<(), CallError> {
    if feeds.len() > place.limits.feeds as usize {
        return Err(place.limit(LimitKind::Feeds, &format!(" ({} given)", feeds.len())));
    }
    for feed in feeds {
        let fault = if feed.id.is_empty() {
            "a feed without an id".to_owned()
        } else if feed.id.len() > MAX_FEED_ID_BYTES {
            format!("a feed whose id has {} bytes; the contract allows {MAX_FEED_ID_BYTES}", feed.id.len())
        } else if feed.params.len() > MAX_FEED_PARAMS_BYTES {
            format!(
                "feed `{}`, whose parameters have {} bytes; the contract allows {MAX_FEED_PARAMS_BYTES}",
                logline::clean(&feed.id),
                feed.params.len()
            )
        } else if feed.title.len() > MAX_FEED_TITLE_BYTES {
            format!(
                "feed `{}`, whose title has {} bytes; {MAX_FEED_TITLE_BYTES} are allowed",
                logline::clean(&feed.id),
                feed.title.len()
            )
        } else {
            continue;
        };
        return Err(invalid(place, &fault));
    }
    Ok(())
}

/// A batch as a whole. Single mentions are judged by admission, so that one bad mention costs nothing but itself.
pub(crate) fn check_batch(place: &Place, batch: &Batch) -> Result<(), CallError> {
    check_changes(place, &batch.changes)?;
    check_feeds(place, &batch.feeds)?;
    if let Some(cursor) = &batch.cursor
        && cursor.len() as u64 > place.limits.cursor_bytes
    {
        return Err(place.limit(LimitKind::CursorBytes, &format!(" ({} bytes given)", cursor.len())));
    }
    Ok(())
}

/// The changes of a batch or a refresh.
pub(crate) fn check_changes(place: &Place, changes: &[Change]) -> Result<(), CallError> {
    if changes.len() > place.limits.batch_items as usize {
        return Err(place.limit(LimitKind::BatchItems, &format!(" ({} given)", changes.len())));
    }
    let size = |change: &Change| match change {
        Change::Upsert(mention) => mention_bytes(mention),
        Change::Remove(id) => id.len() as u64,
    };
    let bytes: u64 = changes.iter().map(size).sum();
    if bytes > place.limits.batch_bytes {
        return Err(place.limit(LimitKind::BatchBytes, &format!(" ({bytes} bytes given)")));
    }
    Ok(())
}

/// The annotations of one document.
///
/// # Errors
/// [`CallError::Invalid`] for what no document excuses: a key or a type the manifest does not declare. A value that is out of its
/// range or not finite fails its document alone, so that one odd text does not stop the others: the inner error.
pub(crate) fn check_annotations(
    place: &Place,
    manifest: &Manifest,
    annotations: &[RawAnnotation],
) -> Result<Result<(), Failure>, CallError> {
    for (index, annotation) in annotations.iter().enumerate() {
        let key = &annotation.key;
        let Some(write) = manifest.writes.iter().find(|write| write.key == *key) else {
            let known = manifest.writes.iter().map(|write| write.key.as_str()).collect::<Vec<_>>().join(", ");
            return Err(invalid(
                place,
                &format!("an annotation `{}`, which its manifest does not declare; declared: {known}", logline::clean(key)),
            ));
        };
        let found = type_of(&annotation.value);
        if found != write.value {
            return Err(invalid(
                place,
                &format!("annotation `{key}` of type {}; its manifest declares {}", found.name(), write.value.name()),
            ));
        }
        let fault = if annotations[..index].iter().any(|other| other.key == *key) {
            Some("is given twice".to_owned())
        } else if annotation.confidence.is_some_and(|confidence| !(0.0..=1.0).contains(&confidence)) {
            Some(format!("has confidence {}, which is not between 0 and 1", annotation.confidence.unwrap_or_default()))
        } else {
            value_fault(&annotation.value, write)
        };
        if let Some(fault) = fault {
            let message = format!("annotation `{key}` {fault}");
            return Ok(Err(Failure { class: FailureClass::UnexpectedAnswer, message, retry_after_ms: None }));
        }
    }
    Ok(Ok(()))
}

fn type_of(value: &Value) -> ValueType {
    match value {
        Value::Text(_) => ValueType::Text,
        Value::Number(_) => ValueType::Number,
        Value::Flag(_) => ValueType::Flag,
        Value::Labels(_) => ValueType::Labels,
    }
}

fn value_fault(value: &Value, write: &Write) -> Option<String> {
    let unknown = |word: &str| !write.one_of.is_empty() && !write.one_of.iter().any(|known| known == word);
    match value {
        Value::Number(number) if !number.is_finite() => Some(format!("is {number}, which is no number")),
        Value::Number(number) => {
            let (low, high) = write.range?;
            (!(low..=high).contains(number)).then(|| format!("is {number}, which is not between {low} and {high}"))
        }
        Value::Text(text) if text.len() > MAX_ANNOTATION_BYTES => {
            Some(format!("has {} bytes; {MAX_ANNOTATION_BYTES} are allowed", text.len()))
        }
        Value::Text(text) => {
            unknown(text).then(|| format!("is `{}`; allowed: {}", logline::clean(text), write.one_of.join(", ")))
        }
        Value::Labels(labels) => {
            if labels.iter().map(|label| label.name.len()).sum::<usize>() > MAX_ANNOTATION_BYTES {
                return Some(format!("has labels of more than {MAX_ANNOTATION_BYTES} bytes"));
            }
            let odd = labels.iter().find(|label| !label.score.is_finite() || unknown(&label.name))?;
            Some(format!("has label `{}` with score {}, which is not allowed", logline::clean(&odd.name), odd.score))
        }
        Value::Flag(_) => None,
    }
}

pub(crate) fn invalid(place: &Place, fault: &str) -> CallError {
    CallError::Invalid { message: format!("plugin `{}` {} gave {fault}", place.who.plugin, place.who.version) }
}
