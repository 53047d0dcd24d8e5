//! Videos and comments as mentions, field by field. Pure.

use serde_json::Value as Json;
use vigie_plugin::references::unescape;
use vigie_plugin::{Author, Change, Media, MediaKind, Mention, MentionKind, Moment, Value, lenient, time};

use crate::parse::{Channel, Comment, CommentSnippet, Entry, Hit, Snippet, Thread, Video};

/// Thumbnails from the largest down.
const SIZES: [&str; 5] = ["maxres", "standard", "high", "medium", "default"];

/// Where comments stand, as far as it is known before they are read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place<'a> {
    /// The video's id.
    pub video: Option<&'a str>,
    /// The video's title.
    pub title: Option<&'a str>,
}

/// An instant as YouTube states it.
#[must_use]
pub fn moment(text: Option<&String>) -> Option<Moment> {
    time::rfc3339(text?).ok()
}

/// The page of a video.
#[must_use]
pub fn page_of(video: &str) -> String {
    format!("https://www.youtube.com/watch?v={video}")
}

/// A video with all that is known of it; `None` without an id, a removal where it is no longer public.
#[must_use]
pub fn video(video: &Video, channel: Option<&Channel>) -> Option<Change> {
    let id = video.id.as_deref()?;
    let status = video.status.clone().unwrap_or_default();
    if status.privacy_status.as_deref() == Some("private")
        || matches!(status.upload_status.as_deref(), Some("deleted" | "failed" | "rejected"))
    {
        return Some(Change::Remove(id.to_owned()));
    }
    let snippet = video.snippet.clone().unwrap_or_default();
    let counters = video.statistics.clone().unwrap_or_default();
    let mut mention = told(id, &snippet, channel)
        .title(snippet.title.as_ref())
        .text(snippet.description.clone().unwrap_or_default())
        .language(snippet.default_language.as_ref())
        .likes(counters.like_count.and_then(|count| i64::try_from(count).ok()))
        .comments(counters.comment_count)
        .views(counters.view_count);
    let duration = video.content_details.as_ref().and_then(|details| seconds(details.duration.as_deref()?));
    if let Some(duration) = duration {
        mention = mention.attribute("duration-seconds", Value::Number(f64::from(duration)));
    }
    let place = video.recording_details.as_ref().map(|details| &details.location);
    let texts = [
        ("audio-language", snippet.default_audio_language.clone()),
        ("category", snippet.category_id.clone()),
        ("tags", (!snippet.tags.is_empty()).then(|| snippet.tags.join(", "))),
        ("location", place.and_then(coordinates)),
    ];
    for (key, text) in texts {
        if let Some(text) = text {
            mention = mention.attribute(key, Value::Text(text));
        }
    }
    Some(Change::Upsert(mention))
}

/// A video as a search shows it, its title unescaped and its description cut; `None` for a channel or a playlist.
#[must_use]
pub fn hit(hit: &Hit) -> Option<Mention> {
    let id = hit.id.as_ref()?.video_id.as_deref()?;
    let snippet = hit.snippet.clone().unwrap_or_default();
    let title = snippet.title.as_deref().map(unescape);
    let text = snippet.description.as_deref().map(unescape);
    Some(told(id, &snippet, None).title(title).text(text.unwrap_or_default()))
}

/// A video as its channel's list shows it; `None` where that shows nothing of it, as of one that is private or deleted.
#[must_use]
pub fn entry(entry: &Entry) -> Option<Mention> {
    let published = entry.content_details.as_ref()?.video_published_at.clone()?;
    let listed = entry.snippet.as_ref()?;
    let snippet = Snippet {
        published_at: Some(published),
        channel_id: listed.video_owner_channel_id.clone(),
        channel_title: listed.video_owner_channel_title.clone(),
        thumbnails: listed.thumbnails.clone(),
        ..Snippet::default()
    };
    let text = listed.description.clone().unwrap_or_default();
    Some(told(entry.video_id()?, &snippet, None).title(listed.title.clone()).text(text))
}

fn told(id: &str, snippet: &Snippet, channel: Option<&Channel>) -> Mention {
    let thumbnail = SIZES.iter().find_map(|size| lenient::as_text(snippet.thumbnails.get(size)?.get("url")?));
    let mention = Mention::new(id, MentionKind::Video)
        .url(page_of(id))
        .thread(id)
        .author(owner(snippet, channel))
        .published(moment(snippet.published_at.as_ref()))
        .media(thumbnail.map(|url| Media::new(MediaKind::Image, url)));
    match snippet.live_broadcast_content.as_deref() {
        Some(live @ ("live" | "upcoming")) => mention.attribute("live", Value::Text(live.to_owned())),
        _ => mention,
    }
}

fn owner(snippet: &Snippet, channel: Option<&Channel>) -> Option<Author> {
    let id = snippet.channel_id.as_deref()?;
    let counters = channel.and_then(|channel| channel.statistics.as_ref());
    // A hidden count is written as 0.
    let followers =
        counters.filter(|counters| counters.hidden_subscriber_count != Some(true)).and_then(|counters| counters.subscriber_count);
    let handle = channel.and_then(|channel| channel.snippet.as_ref()?.custom_url.as_deref()).filter(|url| url.starts_with('@'));
    Some(Author::new(id).name(snippet.channel_title.as_ref()).handle(handle).url(channel_page(id)).followers(followers))
}

fn channel_page(id: &str) -> String {
    format!("https://www.youtube.com/channel/{id}")
}

/// A thread's first comment and those replies that came with it.
#[must_use]
pub fn thread(thread: &Thread, place: Place<'_>) -> Vec<Mention> {
    let snippet = thread.snippet.clone().unwrap_or_default();
    let place = Place { video: snippet.video_id.as_deref().or(place.video), ..place };
    let first = snippet.top_level_comment.as_ref().and_then(|first| comment(first, place, snippet.total_reply_count));
    let replies = thread.replies.iter().flat_map(|replies| &replies.comments);
    first.into_iter().chain(replies.filter_map(|reply| comment(reply, place, None))).collect()
}

/// A comment or a reply; `None` without an id or words, or where only the channel's owner may see it. `replies`: how many it has.
#[must_use]
pub fn comment(comment: &Comment, place: Place<'_>, replies: Option<u64>) -> Option<Mention> {
    let id = comment.id.as_deref()?;
    let snippet = comment.snippet.as_ref()?;
    if matches!(snippet.moderation_status.as_deref(), Some("heldForReview" | "likelySpam" | "rejected")) {
        return None;
    }
    let video = snippet.video_id.as_deref().or(place.video);
    let answered = snippet.parent_id.as_deref().or_else(|| Some(id.split_once('.')?.0));
    let kind = if answered.is_some() { MentionKind::Reply } else { MentionKind::Comment };
    let mention = Mention::new(id, kind)
        .url(video.map(|video| format!("{}&lc={id}", page_of(video))))
        .thread(video)
        .parent(answered.or(video))
        .author(author(snippet))
        .published(moment(snippet.published_at.as_ref()))
        .edited(moment(snippet.updated_at.as_ref()))
        .likes(snippet.like_count.and_then(|count| i64::try_from(count).ok()))
        .comments(replies);
    let mention = match (&snippet.text_original, &snippet.text_display) {
        (Some(plain), _) => mention.text(plain),
        (None, Some(html)) => mention.html(html),
        (None, None) => return None,
    };
    Some(match place.title {
        Some(title) => mention.attribute("video-title", Value::Text(title.to_owned())),
        None => mention,
    })
}

fn author(snippet: &CommentSnippet) -> Option<Author> {
    let name = snippet.author_display_name.as_deref();
    let url = snippet.author_channel_url.as_deref();
    let in_url = || Some(url?.split_once("/channel/")?.1.split(['/', '?']).next()?.to_owned()).filter(|id| !id.is_empty());
    let id = snippet.author_channel_id.clone().or_else(in_url);
    let handle = name.filter(|name| name.starts_with('@'));
    let page = id.as_deref().map(channel_page).or_else(|| url.map(|url| url.replacen("http://", "https://", 1)));
    // Where the channel is not stated, the name shown is all there is.
    let id = id.or_else(|| name.map(|name| name.trim_start_matches('@').to_owned())).filter(|id| !id.is_empty())?;
    Some(Author::new(id).handle(handle).name(name).url(page))
}

/// A length such as `P1DT2H3M4S` in seconds; `None` for a broadcast that has none yet.
fn seconds(duration: &str) -> Option<u32> {
    let mut total: u32 = 0;
    let mut number: u32 = 0;
    for char in duration.strip_prefix('P')?.chars() {
        match char {
            '0'..='9' => number = number.checked_mul(10)?.checked_add(char.to_digit(10)?)?,
            'T' => {}
            unit => {
                let unit = match unit {
                    'W' => 604_800,
                    'D' => 86_400,
                    'H' => 3_600,
                    'M' => 60,
                    'S' => 1,
                    _ => return None,
                };
                total = total.checked_add(number.checked_mul(unit)?)?;
                number = 0;
            }
        }
    }
    (total > 0).then_some(total)
}

fn coordinates(location: &Json) -> Option<String> {
    let part = |name: &str| location.get(name)?.as_f64().filter(|degrees| degrees.is_finite());
    let (latitude, longitude) = (part("latitude")?, part("longitude")?);
    Some(format!("{latitude},{longitude}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_seconds() {
        for (text, length) in [
            ("PT21M7S", Some(1_267)),
            ("PT1H", Some(3_600)),
            ("P1DT2S", Some(86_402)),
            ("P0D", None),
            ("PT99999999999S", None),
            ("21:07", None),
            ("PT1X", None),
        ] {
            assert_eq!(seconds(text), length, "{text}");
        }
    }

    #[test]
    fn an_author_without_a_channel_has_a_name() {
        let author = |json: &str| author(&serde_json::from_str(json).expect("a snippet"));
        let known = author(
            r#"{"authorDisplayName":"@ada","authorChannelUrl":"http://www.youtube.com/channel/UC1","authorChannelId":null}"#,
        );
        let known = known.expect("an author");
        assert_eq!((known.id.as_str(), known.handle.as_deref()), ("UC1", Some("ada")));
        assert_eq!(known.url.as_deref(), Some("https://www.youtube.com/channel/UC1"));
        let named = author(r#"{"authorDisplayName":"Ada B","authorChannelUrl":""}"#).expect("an author");
        assert_eq!((named.id.as_str(), named.handle, named.url), ("Ada B", None, None));
        assert_eq!(author(r#"{"authorDisplayName":" "}"#), None);
    }
}
