//! What the Data API answers. Pure.
//!
//! Fields of an unexpected type count as absent, an odd item is left out: one of them must not cost a page. What makes an answer
//! the documented one (`items`, or at least the `kind` of a list) must be there.

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer};
use serde_json::Value;
use vigie_plugin::http::Response;
use vigie_plugin::{Failure, lenient};

/// A page of any list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// What it lists.
    pub items: Vec<T>,
    /// What to ask the next page with; absent on the last one.
    pub next: Option<String>,
}

/// Reads a page.
///
/// # Errors
/// Class `unexpected-answer` where it is no list of the Data API.
pub fn page<T: DeserializeOwned>(answer: &Response) -> Result<Page<T>, Failure> {
    let raw: RawPage<T> = answer.json()?;
    let is_list = raw.kind.is_some_and(|kind| kind.starts_with("youtube#"));
    match raw.items {
        Some(items) => Ok(Page { items, next: raw.next_page_token }),
        // `channels.list` leaves `items` out where there are none.
        None if is_list => Ok(Page { items: Vec::new(), next: raw.next_page_token }),
        None => Err(answer.unexpected("has no `items` where a list belongs")),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound = "T: DeserializeOwned")]
struct RawPage<T> {
    #[serde(default, deserialize_with = "lenient::text")]
    kind: Option<String>,
    #[serde(default, deserialize_with = "items")]
    items: Option<Vec<T>>,
    #[serde(default, deserialize_with = "lenient::text")]
    next_page_token: Option<String>,
}

fn items<'de, T: DeserializeOwned, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<T>>, D::Error> {
    lenient::list(deserializer).map(Some)
}

/// A result of `search.list`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Hit {
    /// What was found: a video, a channel or a playlist.
    #[serde(deserialize_with = "lenient::part")]
    pub id: Option<Found>,
    /// Escaped as HTML in places, the description cut.
    #[serde(deserialize_with = "lenient::part")]
    pub snippet: Option<Snippet>,
}

/// What a search found, or what an entry of a playlist is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Found {
    /// Only where it is a video.
    #[serde(deserialize_with = "lenient::text")]
    pub video_id: Option<String>,
    /// Of an entry: when the video was published, RFC 3339; absent where it is private or deleted.
    #[serde(deserialize_with = "lenient::text")]
    pub video_published_at: Option<String>,
}

/// An entry of `playlistItems.list`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Entry {
    /// When it was added, and which video it is.
    #[serde(deserialize_with = "lenient::part")]
    pub snippet: Option<EntrySnippet>,
    /// Which video it is, once more, and when it was published.
    #[serde(deserialize_with = "lenient::part")]
    pub content_details: Option<Found>,
}

impl Entry {
    /// The id of the video.
    #[must_use]
    pub fn video_id(&self) -> Option<&str> {
        let details = self.content_details.as_ref().and_then(|details| details.video_id.as_deref());
        details.or_else(|| self.snippet.as_ref()?.resource_id.as_ref()?.video_id.as_deref())
    }
}

/// The snippet of an [`Entry`].
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct EntrySnippet {
    /// When it was added to the playlist, RFC 3339.
    #[serde(deserialize_with = "lenient::text")]
    pub published_at: Option<String>,
    /// What was added.
    #[serde(deserialize_with = "lenient::part")]
    pub resource_id: Option<Found>,
    /// The video's, plain text.
    #[serde(deserialize_with = "lenient::text")]
    pub title: Option<String>,
    /// The video's, plain text and whole.
    #[serde(deserialize_with = "lenient::text")]
    pub description: Option<String>,
    /// The channel that published the video; absent where it is private or deleted.
    #[serde(deserialize_with = "lenient::text")]
    pub video_owner_channel_id: Option<String>,
    /// The channel's name.
    #[serde(deserialize_with = "lenient::text")]
    pub video_owner_channel_title: Option<String>,
    /// Pictures by name.
    pub thumbnails: Value,
}

/// A video of `videos.list`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Video {
    /// Eleven signs.
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// Its words.
    #[serde(deserialize_with = "lenient::part")]
    pub snippet: Option<Snippet>,
    /// Its counters, written as text.
    #[serde(deserialize_with = "lenient::part")]
    pub statistics: Option<Statistics>,
    /// Its length.
    #[serde(deserialize_with = "lenient::part")]
    pub content_details: Option<ContentDetails>,
    /// Who may see it.
    #[serde(deserialize_with = "lenient::part")]
    pub status: Option<Status>,
    /// Where it was recorded.
    #[serde(deserialize_with = "lenient::part")]
    pub recording_details: Option<RecordingDetails>,
}

/// The words of a video.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Snippet {
    /// RFC 3339, with or without milliseconds.
    #[serde(deserialize_with = "lenient::text")]
    pub published_at: Option<String>,
    /// The channel that published it.
    #[serde(deserialize_with = "lenient::text")]
    pub channel_id: Option<String>,
    /// The channel's name.
    #[serde(deserialize_with = "lenient::text")]
    pub channel_title: Option<String>,
    /// Plain text; escaped as HTML in a search.
    #[serde(deserialize_with = "lenient::text")]
    pub title: Option<String>,
    /// Plain text; cut in a search.
    #[serde(deserialize_with = "lenient::text")]
    pub description: Option<String>,
    /// Words its owner gave it.
    #[serde(deserialize_with = "lenient::some")]
    pub tags: Vec<String>,
    /// Number of its category.
    #[serde(deserialize_with = "lenient::text")]
    pub category_id: Option<String>,
    /// Language of title and description.
    #[serde(deserialize_with = "lenient::text")]
    pub default_language: Option<String>,
    /// Language spoken.
    #[serde(deserialize_with = "lenient::text")]
    pub default_audio_language: Option<String>,
    /// `none`, `live` or `upcoming`.
    #[serde(deserialize_with = "lenient::text")]
    pub live_broadcast_content: Option<String>,
    /// Pictures by name.
    pub thumbnails: Value,
}

/// The counters of a video. One that is hidden is missing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Statistics {
    /// Times it was played.
    #[serde(deserialize_with = "lenient::count")]
    pub view_count: Option<u64>,
    /// Likes.
    #[serde(deserialize_with = "lenient::count")]
    pub like_count: Option<u64>,
    /// Comments and replies; missing where comments are switched off.
    #[serde(deserialize_with = "lenient::count")]
    pub comment_count: Option<u64>,
}

/// The content of a video.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ContentDetails {
    /// ISO 8601, such as `PT4M13S`.
    #[serde(deserialize_with = "lenient::text")]
    pub duration: Option<String>,
}

/// Who may see a video.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Status {
    /// `deleted`, `failed`, `processed`, `rejected` or `uploaded`.
    #[serde(deserialize_with = "lenient::text")]
    pub upload_status: Option<String>,
    /// `private`, `public` or `unlisted`.
    #[serde(deserialize_with = "lenient::text")]
    pub privacy_status: Option<String>,
}

/// How a video was recorded.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct RecordingDetails {
    /// `{ latitude, longitude }`.
    pub location: Value,
}

/// A channel of `channels.list`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Channel {
    /// Begins with `UC`.
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// Its words.
    #[serde(deserialize_with = "lenient::part")]
    pub snippet: Option<ChannelSnippet>,
    /// Its counters.
    #[serde(deserialize_with = "lenient::part")]
    pub statistics: Option<ChannelStatistics>,
}

/// The words of a channel.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ChannelSnippet {
    /// Its handle, such as `@acme`.
    #[serde(deserialize_with = "lenient::text")]
    pub custom_url: Option<String>,
}

/// The counters of a channel.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ChannelStatistics {
    /// Rounded to three figures; 0 where it is hidden.
    #[serde(deserialize_with = "lenient::count")]
    pub subscriber_count: Option<u64>,
    /// Whether it is hidden.
    #[serde(deserialize_with = "lenient::flag")]
    pub hidden_subscriber_count: Option<bool>,
}

/// A thread of `commentThreads.list`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Thread {
    /// The id of its first comment.
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// Its first comment.
    #[serde(deserialize_with = "lenient::part")]
    pub snippet: Option<ThreadSnippet>,
    /// At most five of its replies.
    #[serde(deserialize_with = "lenient::part")]
    pub replies: Option<Replies>,
}

/// What a thread begins with.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ThreadSnippet {
    /// The video it hangs below; missing below a channel.
    #[serde(deserialize_with = "lenient::text")]
    pub video_id: Option<String>,
    /// The first comment.
    #[serde(deserialize_with = "lenient::part")]
    pub top_level_comment: Option<Comment>,
    /// How many replies it has.
    #[serde(deserialize_with = "lenient::count")]
    pub total_reply_count: Option<u64>,
}

/// Some replies of a thread.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Replies {
    /// In no promised order.
    #[serde(deserialize_with = "lenient::some")]
    pub comments: Vec<Comment>,
}

/// A comment or a reply.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Comment {
    /// A reply's is its thread's, a point and its own.
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// Its words.
    #[serde(deserialize_with = "lenient::part")]
    pub snippet: Option<CommentSnippet>,
}

/// The words of a comment.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CommentSnippet {
    /// The video it hangs below; missing in `comments.list` and below a channel.
    #[serde(deserialize_with = "lenient::text")]
    pub video_id: Option<String>,
    /// What it answers; only of a reply.
    #[serde(deserialize_with = "lenient::text")]
    pub parent_id: Option<String>,
    /// HTML.
    #[serde(deserialize_with = "lenient::text")]
    pub text_display: Option<String>,
    /// Plain text, as it was typed.
    #[serde(deserialize_with = "lenient::text")]
    pub text_original: Option<String>,
    /// A name, today a handle with its `@`.
    #[serde(deserialize_with = "lenient::text")]
    pub author_display_name: Option<String>,
    /// The author's channel.
    #[serde(deserialize_with = "channel_id")]
    pub author_channel_id: Option<String>,
    /// The address of that channel.
    #[serde(deserialize_with = "lenient::text")]
    pub author_channel_url: Option<String>,
    /// Likes.
    #[serde(deserialize_with = "lenient::count")]
    pub like_count: Option<u64>,
    /// `published`; others only for the owner.
    #[serde(deserialize_with = "lenient::text")]
    pub moderation_status: Option<String>,
    /// RFC 3339.
    #[serde(deserialize_with = "lenient::text")]
    pub published_at: Option<String>,
    /// RFC 3339; later than the publication only after an edit.
    #[serde(deserialize_with = "lenient::text")]
    pub updated_at: Option<String>,
}

/// `{ "value": "UC…" }`
fn channel_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(lenient::as_text(&value).or_else(|| lenient::as_text(value.get("value")?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &str) -> Response {
        let headers = vec![("content-type".to_owned(), "application/json; charset=UTF-8".to_owned())];
        Response { status: 200, url: "https://www.googleapis.com/youtube/v3/videos".to_owned(), headers, body: body.into() }
    }

    #[test]
    fn odd_fields_cost_themselves_alone_and_odd_items_too() {
        let body = r#"{"kind":"youtube#videoListResponse","items":[
            {"id":"a","snippet":{"title":7,"tags":["x",1],"thumbnails":3,"publishedAt":null},"statistics":{"viewCount":"12","likeCount":null,"commentCount":-1}},
            null, "x", {"id":{}, "snippet":[], "statistics":"none"}],"nextPageToken":""}"#;
        let page: Page<Video> = vigie_plugin::testing::FakeHost::new().run(|| page(&answer(body))).expect("a page");
        assert_eq!((page.items.len(), page.next), (2, None));
        let statistics = page.items[0].statistics.clone().expect("counters");
        assert_eq!((statistics.view_count, statistics.like_count, statistics.comment_count), (Some(12), None, None));
        assert_eq!(page.items[0].snippet.as_ref().map(|snippet| snippet.tags.len()), Some(1));
    }

    #[test]
    fn a_list_without_items_is_empty_and_anything_else_is_refused() {
        assert!(page::<Channel>(&answer(r#"{"kind":"youtube#channelListResponse"}"#)).expect("a page").items.is_empty());
        for body in ["{}", "[]", r#"{"items":{}}"#, "<html>", r#"{"kind":"youtube#videoListResponse","items":[{"#] {
            let failure = page::<Video>(&answer(body)).expect_err(body);
            assert_eq!(failure.class, vigie_plugin::FailureClass::UnexpectedAnswer, "{body}");
        }
    }
}
