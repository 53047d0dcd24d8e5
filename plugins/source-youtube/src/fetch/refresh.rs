//! Reads videos and comments again by their ids, fifty with one request.

use vigie_plugin::{Change, Failure, FailureClass, log};

use super::videos::{self, MAX_IDS};
use super::{ask, list};
use crate::Settings;
use crate::normalize::{self, Place};
use crate::parse::{Comment, page};

/// What is not there any more is removed; what is not shown is left as it is.
pub(crate) fn refresh(settings: &Settings, ids: &[String]) -> Result<Vec<Change>, Failure> {
    let (videos, comments): (Vec<String>, Vec<String>) = ids.iter().cloned().partition(|id| id.len() == 11 && !id.contains('.'));
    let mut changes = Vec::new();
    let mut refused = None;
    for chunk in videos.chunks(MAX_IDS) {
        match read_videos(settings, chunk) {
            Ok(read) => changes.extend(read),
            Err(failure) if failure.is_of_one() => refused = Some(failure),
            Err(failure) => return Err(failure),
        }
    }
    let mut waiting: Vec<&[String]> = comments.chunks(MAX_IDS).collect();
    while let Some(chunk) = waiting.pop() {
        match read_comments(chunk) {
            Ok(read) => changes.extend(read),
            // One comment that is gone refuses them all, so the rest is asked for without it.
            Err(failure) if failure.class == FailureClass::Gone => match chunk {
                [gone] => changes.push(Change::Remove(gone.clone())),
                _ => waiting.extend(chunk.chunks(chunk.len().div_ceil(2))),
            },
            Err(failure) if failure.is_of_one() => refused = Some(failure),
            Err(failure) => return Err(failure),
        }
    }
    match refused {
        Some(failure) if changes.is_empty() => Err(failure),
        Some(failure) => {
            log::warn(format_args!("not everything could be read again: {}", failure.message));
            Ok(changes)
        }
        None => Ok(changes),
    }
}

fn read_videos(settings: &Settings, ids: &[String]) -> Result<Vec<Change>, Failure> {
    let answered = videos::by_ids(ids)?;
    let channels = videos::channels_of(settings, &answered.videos);
    let channel = |video: &crate::parse::Video| channels.get(video.snippet.as_ref()?.channel_id.as_deref()?);
    let known = answered.videos.iter().filter_map(|video| normalize::video(video, channel(video)));
    Ok(known.chain(answered.missing.iter().cloned().map(Change::Remove)).collect())
}

/// The answer does not say which video a comment hangs below; the host keeps what it knows.
fn read_comments(ids: &[String]) -> Result<Vec<Change>, Failure> {
    let answer = ask(list("comments", "id,snippet").query("id", ids.join(",")))?;
    let all: Vec<Comment> = page(&answer)?.items;
    let there = |id: &String| all.iter().any(|comment| comment.id.as_ref() == Some(id));
    if !all.is_empty() && !ids.iter().any(there) {
        return Err(answer.unexpected("is about none of the comments that were asked for"));
    }
    let missing = ids.iter().filter(|id| !there(id)).cloned().map(Change::Remove);
    let asked = all.iter().filter(|comment| comment.id.as_ref().is_some_and(|id| ids.contains(id)));
    Ok(asked
        .filter_map(|comment| normalize::comment(comment, Place::default(), None))
        .map(Change::Upsert)
        .chain(missing)
        .collect())
}
