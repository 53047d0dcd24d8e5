//! Posts of Bluesky: a record with its address, as tools and repositories keep it, or a post as the service shows it.
//!
//! # Source
//! The lexicons `app.bsky.feed.post`, `app.bsky.feed.defs#postView` and `com.atproto.repo.listRecords` of AT Protocol.

use serde_json::Value;
use vigie_mention::delivery::RawMention;
use vigie_mention::{Author, MentionKind};

use super::text;
use crate::import::columns::count;
use crate::import::{blank, when};

const POST: &str = "app.bsky.feed.post";

/// The post of a row.
///
/// # Errors
/// Why there is none.
pub(super) fn mention(row: &Value) -> Result<RawMention, String> {
    let row = row.get("post").filter(|post| post.is_object()).unwrap_or(row);
    let content = row.get("record").or_else(|| row.get("value")).ok_or("it has no `record`")?;
    let uri = text(row, "uri").ok_or("it has no `uri`")?;
    let mut mention = record(&uri, content)?;
    if let Some(author) = row.get("author") {
        let known = mention.author.get_or_insert_default();
        known.id = text(author, "did").unwrap_or_else(|| std::mem::take(&mut known.id));
        known.handle = text(author, "handle");
        known.name = text(author, "displayName");
        known.url = known.handle.as_ref().map(|handle| format!("https://bsky.app/profile/{handle}"));
    }
    let counted = |name: &str| row.get(name).and_then(count);
    mention.engagement.likes = counted("likeCount");
    mention.engagement.comments = counted("replyCount");
    mention.engagement.shares = match (counted("repostCount"), counted("quoteCount")) {
        (Some(reposts), quotes) => Some(reposts.saturating_add(quotes.unwrap_or(0))),
        (None, quotes) => quotes,
    };
    Ok(mention)
}

/// A record at an address `at://did/app.bsky.feed.post/key`.
///
/// # Errors
/// Why it is no post.
pub(crate) fn record(uri: &str, content: &Value) -> Result<RawMention, String> {
    let kind = text(content, "$type").unwrap_or_default();
    if kind != POST {
        return Err(format!("it is `{kind}`, not a post"));
    }
    let mut parts = uri.trim_start_matches("at://").split('/');
    let (did, key) = (parts.next().unwrap_or_default(), parts.nth(1).unwrap_or_default());
    if !did.starts_with("did:") || key.is_empty() {
        return Err(format!("`{uri}` is no address of a post"));
    }
    let at = |pointer: &str| content.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let parent = at("/reply/parent/uri");
    // A quote, alone or beside media.
    let quoted = at("/embed/record/uri").or_else(|| at("/embed/record/record/uri"));
    let kind = match (&parent, &quoted) {
        (Some(_), _) => MentionKind::Reply,
        (None, Some(_)) => MentionKind::Quote,
        (None, None) => MentionKind::Post,
    };
    let mut mention = blank(uri.to_owned(), kind);
    mention.text = content.get("text").and_then(Value::as_str).unwrap_or_default().to_owned();
    mention.url = Some(format!("https://bsky.app/profile/{did}/post/{key}"));
    mention.author = Some(Author { id: did.to_owned(), ..Author::default() });
    mention.published = content.get("createdAt").and_then(when::moment);
    // Several languages of one post are none that could be stated.
    mention.language = match content.get("langs").and_then(Value::as_array).map(Vec::as_slice) {
        Some([Value::String(tag)]) => Some(tag.clone()),
        _ => None,
    };
    mention.thread = Some(at("/reply/root/uri").unwrap_or_else(|| uri.to_owned()));
    mention.parent = parent;
    mention.original = quoted;
    let facets = content.get("facets").and_then(Value::as_array).into_iter().flatten();
    let features = facets.filter_map(|facet| facet.get("features")?.as_array()).flatten();
    mention.links = features.filter_map(|feature| text(feature, "uri")).chain(at("/embed/external/uri")).collect();
    Ok(mention)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_record_and_a_shown_post_are_the_same_mention() {
        let content = json!({
            "$type": POST, "text": "hi", "createdAt": "2026-11-22T08:00:00Z", "langs": ["en"],
            "reply": { "root": { "uri": "at://did:plc:b/app.bsky.feed.post/1" }, "parent": { "uri": "at://did:plc:c/app.bsky.feed.post/2" } },
            "facets": [{ "features": [{ "$type": "app.bsky.richtext.facet#link", "uri": "https://a.example/" }] }],
        });
        let uri = "at://did:plc:a/app.bsky.feed.post/3";
        let kept = mention(&json!({ "uri": uri, "cid": "x", "value": content })).expect("a record");
        let shown = json!({ "post": { "uri": uri, "record": content, "author": { "did": "did:plc:a", "handle": "ada.example" }, "likeCount": 4, "repostCount": 1 } });
        let shown = mention(&shown).expect("a post");
        assert_eq!(
            (kept.kind, kept.parent.as_deref(), kept.thread.as_deref()),
            (MentionKind::Reply, Some("at://did:plc:c/app.bsky.feed.post/2"), Some("at://did:plc:b/app.bsky.feed.post/1"))
        );
        assert_eq!((&kept.id, &kept.text, &kept.links), (&shown.id, &shown.text, &vec!["https://a.example/".to_owned()]));
        assert_eq!(
            (shown.engagement.likes, shown.author.and_then(|author| author.handle).as_deref()),
            (Some(4), Some("ada.example"))
        );
    }

    #[test]
    fn other_records_are_no_posts() {
        let like = json!({ "uri": "at://did:plc:a/app.bsky.feed.like/3", "value": { "$type": "app.bsky.feed.like" } });
        for row in [like, json!({ "uri": "x", "value": { "$type": POST } }), json!({ "value": {} }), json!(3)] {
            assert!(mention(&row).is_err(), "{row}");
        }
    }
}
