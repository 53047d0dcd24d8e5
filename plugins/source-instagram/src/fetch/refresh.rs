//! Reads posts and comments again, one by one: a batch is spoiled by one object the token may not see, and most may not be seen.
//!
//! Posts found under hashtags and of other accounts cannot be read by their number, and what is missing looks like what may not be
//! seen. So nothing is removed because it cannot be read.

use vigie_plugin::graph::{self, GraphError};
use vigie_plugin::{Change, Failure, FailureClass, http};

use super::ask;
use crate::parse::{Comment, MEDIA_FIELDS, Media, REFRESHED_COMMENT_FIELDS};
use crate::settings::is_number;
use crate::{Settings, normalize};

/// Objects of one call: each costs up to two of the 200 requests the host allows.
const MOST: usize = 90;

pub(crate) fn refresh(settings: &Settings, ids: Vec<String>) -> Result<Vec<Change>, Failure> {
    let ids: Vec<&str> = ids.iter().map(String::as_str).filter(|id| is_number(id)).take(MOST).collect();
    let mut changes = Vec::new();
    let mut comments = Vec::new();
    for (id, answer) in ids.iter().zip(read(settings, &ids, MEDIA_FIELDS)) {
        let answer = answer?;
        match GraphError::of(&answer) {
            // A field that comments lack: it is one.
            Some(error) if error.message.as_deref().is_some_and(|words| words.contains("nonexisting field")) => {
                comments.push(*id)
            }
            Some(error) => ends_it(error.failure(&answer))?,
            None => {
                graph::check(&answer)?;
                changes.extend(normalize::media(&answer.json::<Media>()?, None).map(Change::Upsert));
            }
        }
    }
    for answer in read(settings, &comments, REFRESHED_COMMENT_FIELDS) {
        let answer = answer?;
        match GraphError::of(&answer) {
            Some(error) => ends_it(error.failure(&answer))?,
            None => {
                graph::check(&answer)?;
                let comment: Comment = answer.json()?;
                // Where the post below which it stands is hidden, the comment still is what it is; the host keeps what it knew.
                let media = comment.media.as_ref().and_then(|media| media.id.as_deref());
                changes.extend(normalize::comment(&comment, media, None));
            }
        }
    }
    Ok(changes)
}

fn read(settings: &Settings, ids: &[&str], fields: &str) -> Vec<Result<http::Response, Failure>> {
    http::send_all(ids.iter().map(|id| ask(settings, id).query("fields", fields)).collect())
}

/// What concerns one object alone costs that one; what concerns the token or the limits ends the call.
fn ends_it(failure: Failure) -> Result<(), Failure> {
    match failure.class {
        FailureClass::Forbidden | FailureClass::Gone | FailureClass::UnexpectedAnswer => Ok(()),
        _ => Err(failure),
    }
}
