//! Reads videos by their ids, fifty with one request, and the feeds of their comments.

use std::collections::HashMap;

use vigie_plugin::conversation::Conversation;
use vigie_plugin::{Batch, Change, Failure, FailureClass, Feed, Instant, Mention, log, time};

use super::{Params, ask, list};
use crate::normalize::moment;
use crate::parse::{Channel, Video, page};
use crate::{Settings, normalize};

const PARTS: &str = "snippet,statistics,contentDetails,status,recordingDetails";
/// Ids in one request.
pub(super) const MAX_IDS: usize = 50;

/// What was asked for by ids.
pub(super) struct Answered {
    /// The videos that are there.
    pub(super) videos: Vec<Video>,
    /// The ids of those that are not: deleted or private, and the API says so by leaving them out.
    pub(super) missing: Vec<String>,
}

/// Reads up to [`MAX_IDS`] videos.
pub(super) fn by_ids(ids: &[String]) -> Result<Answered, Failure> {
    if ids.is_empty() {
        return Ok(Answered { videos: Vec::new(), missing: Vec::new() });
    }
    let answer = ask(list("videos", PARTS).query("id", ids.join(",")))?;
    let all: Vec<Video> = page(&answer)?.items;
    let of_others = !all.is_empty();
    let asked = |video: &Video| video.id.as_ref().is_some_and(|id| ids.contains(id));
    let videos: Vec<Video> = all.into_iter().filter(asked).collect();
    if videos.is_empty() && of_others {
        // An answer about other videos proves nothing about these.
        return Err(answer.unexpected("is about none of the videos that were asked for"));
    }
    let there = |id: &&String| videos.iter().all(|video| video.id.as_ref() != Some(id));
    let missing = ids.iter().filter(there).cloned().collect();
    Ok(Answered { videos, missing })
}

/// The channels of videos, for their subscribers. Without them a video is as good as with them, so a failure is only logged.
pub(super) fn channels_of(settings: &Settings, videos: &[Video]) -> HashMap<String, Channel> {
    let mut ids: Vec<&str> = videos.iter().filter_map(|video| video.snippet.as_ref()?.channel_id.as_deref()).collect();
    ids.sort_unstable();
    ids.dedup();
    if !settings.followers || ids.is_empty() {
        return HashMap::new();
    }
    let asked = list("channels", "snippet,statistics").query("id", ids.join(",")).query("maxResults", MAX_IDS);
    match ask(asked).and_then(|answer| page::<Channel>(&answer)) {
        Ok(page) => page.items.into_iter().filter_map(|channel| Some((channel.id.clone()?, channel))).collect(),
        Err(failure) => {
            log::warn(format_args!("the subscribers of {} channels are not known: {}", ids.len(), failure.message));
            HashMap::new()
        }
    }
}

/// Adds videos that were found, in full, and the feeds of their comments. `found`: ids with what the list itself said, if it says
/// enough to be a mention.
pub(super) fn add(
    settings: &Settings,
    batch: &mut Batch,
    found: Vec<(String, Option<Mention>)>,
    since: Option<Instant>,
    comments: bool,
) -> Result<(), Failure> {
    let mut unique: Vec<(String, Option<Mention>)> = Vec::new();
    for (id, said) in found {
        if unique.iter().all(|(known, _)| *known != id) {
            unique.push((id, said));
        }
    }
    for chunk in unique.chunks(MAX_IDS) {
        let ids: Vec<String> = chunk.iter().map(|(id, _)| id.clone()).collect();
        let answered = match by_ids(&ids) {
            Ok(answered) => answered,
            // What passes by itself costs no video: the cursor stays, and these are read again.
            Err(failure) if !may_do_without(&failure) || chunk.iter().all(|(_, said)| said.is_none()) => return Err(failure),
            Err(failure) => {
                log::warn(format_args!(
                    "{} videos stay as the search shows them, their descriptions cut: {}",
                    chunk.len(),
                    failure.message
                ));
                for mention in chunk.iter().filter_map(|(_, said)| said.clone()).filter(|mention| !too_old(mention, since)) {
                    let published = mention.published.map(|moment| moment.at);
                    batch.feeds.extend(comments_of(settings, comments, &mention.id, mention.title.as_ref(), published, None)?);
                    batch.changes.push(Change::Upsert(mention));
                }
                continue;
            }
        };
        let channels = channels_of(settings, &answered.videos);
        for video in &answered.videos {
            let channel = video.snippet.as_ref().and_then(|snippet| channels.get(snippet.channel_id.as_deref()?));
            let Some(change) = normalize::video(video, channel) else { continue };
            if let Change::Upsert(mention) = &change {
                if too_old(mention, since) {
                    continue;
                }
                batch.feeds.extend(feed_of(settings, comments, video)?);
            }
            batch.changes.push(change);
        }
        batch.changes.extend(answered.missing.into_iter().map(Change::Remove));
    }
    Ok(())
}

/// Whether a failure will not pass by itself and concerns these videos alone.
pub(super) fn may_do_without(failure: &Failure) -> bool {
    matches!(failure.class, FailureClass::Forbidden | FailureClass::Gone | FailureClass::UnexpectedAnswer)
}

fn too_old(mention: &Mention, since: Option<Instant>) -> bool {
    time::is_before(mention.published.map(|published| published.at), since)
}

fn feed_of(settings: &Settings, comments: bool, video: &Video) -> Result<Option<Feed>, Failure> {
    // Where comments are switched off, and only there, their number is missing.
    let Some(count) = video.statistics.as_ref().and_then(|statistics| statistics.comment_count) else { return Ok(None) };
    let (Some(id), Some(snippet)) = (&video.id, &video.snippet) else { return Ok(None) };
    let published = moment(snippet.published_at.as_ref()).map(|moment| moment.at);
    comments_of(settings, comments, id, snippet.title.as_ref(), published, Some(count))
}

/// The feed of the comments below a video, if there is something to read or soon may be.
fn comments_of(
    settings: &Settings,
    comments: bool,
    id: &str,
    title: Option<&String>,
    published: Option<Instant>,
    count: Option<u64>,
) -> Result<Option<Feed>, Failure> {
    if !comments {
        return Ok(None);
    }
    let conversation = Conversation::new(published, settings.comments_for_ms()?);
    if !conversation.is_worth_reading(count) {
        return Ok(None);
    }
    let name = title.map_or("a video without a title", String::as_str);
    let params = Params::Comments { video: id.to_owned(), title: title.cloned(), ends: conversation.ends() };
    let feed = Feed::new(format!("comments:{id}"), format!("comments below {name}")).with_params(&params);
    Ok(Some(feed.expires_at(conversation.expires_at())))
}
