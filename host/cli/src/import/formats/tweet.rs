//! Posts of X: version 1 of its API (twarc 1, archives), and version 2 (twarc 2, flattened or as answered).
//!
//! # Source
//! X, "Tweet object" of API v1.1 and v2; twarc's documentation of `flatten`; the `README.txt` of an account's archive.

use std::collections::HashMap;

use serde_json::Value;
use vigie_mention::delivery::{RawMention, TextFormat};
use vigie_mention::{Attribute, Author, MentionKind, Value as Known};

use super::text;
use crate::import::columns::count;
use crate::import::{blank, when};

/// The posts of a row: one, or all of an answer.
///
/// # Errors
/// Why there is none.
pub(super) fn mentions(row: &Value) -> Result<Vec<RawMention>, String> {
    let Some(data) = row.get("data").filter(|data| data.is_array() || data.get("id").is_some()) else {
        return mention(row, &HashMap::new()).map(|mention| vec![mention]);
    };
    let users = row.pointer("/includes/users").and_then(Value::as_array).into_iter().flatten();
    let users: HashMap<String, &Value> = users.filter_map(|user| Some((text(user, "id")?, user))).collect();
    let list = data.as_array().map_or_else(|| std::slice::from_ref(data), Vec::as_slice);
    let found: Vec<RawMention> = list.iter().filter_map(|tweet| mention(tweet, &users).ok()).collect();
    if found.is_empty() { Err("it is an answer without posts".to_owned()) } else { Ok(found) }
}

fn mention(tweet: &Value, users: &HashMap<String, &Value>) -> Result<RawMention, String> {
    let id = text(tweet, "id_str").or_else(|| text(tweet, "id")).ok_or("it has no `id`")?;
    let repost = tweet.get("retweeted_status").filter(|status| status.is_object());
    // A repost repeats the beginning of what it shares; the words are the other's.
    let words = words(repost.unwrap_or(tweet)).ok_or("it has no `text`")?;
    let (kind, parent, original) = relations(tweet, repost);
    let mut mention = blank(id, kind);
    // v1 escapes <, > and & in texts, v2 too; both mean the characters.
    mention.text = words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    mention.format = TextFormat::Plain;
    mention.author = author(tweet, users);
    let handle = mention.author.as_ref().and_then(|author| author.handle.clone());
    mention.url = Some(format!("https://x.com/{}/status/{}", handle.as_deref().unwrap_or("i"), mention.id));
    mention.language =
        text(tweet, "lang").filter(|tag| !matches!(tag.as_str(), "und" | "qme" | "qht" | "qam" | "qct" | "qst" | "zxx" | "art"));
    mention.published = tweet.get("created_at").and_then(when::moment);
    if mention.published.is_none() {
        return Err("its `created_at` is no date".to_owned());
    }
    mention.parent = parent;
    mention.thread = text(tweet, "conversation_id").or_else(|| text(tweet, "conversation_id_str"));
    mention.original = original;
    let metrics = tweet.get("public_metrics");
    let counted = |two: &str, one: &str| metrics.and_then(|metrics| metrics.get(two)).or_else(|| tweet.get(one)).and_then(count);
    mention.engagement.likes = counted("like_count", "favorite_count");
    mention.engagement.comments = counted("reply_count", "reply_count");
    mention.engagement.shares = match (counted("retweet_count", "retweet_count"), counted("quote_count", "quote_count")) {
        (Some(reposts), quotes) => Some(reposts.saturating_add(quotes.unwrap_or(0))),
        (None, quotes) => quotes,
    };
    mention.engagement.views = counted("impression_count", "view_count");
    let urls = tweet.pointer("/entities/urls").and_then(Value::as_array).into_iter().flatten();
    mention.links = urls.filter_map(|url| text(url, "expanded_url")).collect();
    if let Some(source) = text(tweet, "source").filter(|source| !source.starts_with('<')) {
        mention.attributes.push(Attribute { key: "client".to_owned(), value: Known::Text(source) });
    }
    Ok(mention)
}

/// The whole text, wherever the version keeps it.
fn words(tweet: &Value) -> Option<String> {
    let long = tweet.get("note_tweet").or_else(|| tweet.get("extended_tweet"));
    let long = long.and_then(|long| text(long, "text").or_else(|| text(long, "full_text")));
    long.or_else(|| text(tweet, "full_text")).or_else(|| text(tweet, "text"))
}

/// What it is, what it answers, and what it shares or quotes.
fn relations(tweet: &Value, repost: Option<&Value>) -> (MentionKind, Option<String>, Option<String>) {
    let referenced = tweet.get("referenced_tweets").and_then(Value::as_array);
    let of = |kind: &str| {
        let found = referenced?.iter().find(|other| other.get("type").is_some_and(|named| named == kind))?;
        text(found, "id")
    };
    let shared = repost.and_then(|status| text(status, "id_str").or_else(|| text(status, "id"))).or_else(|| of("retweeted"));
    let quoted = of("quoted").or_else(|| text(tweet, "quoted_status_id_str"));
    let parent =
        of("replied_to").or_else(|| text(tweet, "in_reply_to_status_id_str")).or_else(|| text(tweet, "in_reply_to_status_id"));
    let kind = match (&shared, &parent, &quoted) {
        (Some(_), ..) => MentionKind::Share,
        (None, Some(_), _) => MentionKind::Reply,
        (None, None, Some(_)) => MentionKind::Quote,
        _ => MentionKind::Post,
    };
    (kind, parent, shared.or(quoted))
}

fn author(tweet: &Value, users: &HashMap<String, &Value>) -> Option<Author> {
    let id = text(tweet, "author_id");
    let user = tweet.get("author").or_else(|| tweet.get("user")).filter(|user| user.is_object());
    let user = user.or_else(|| users.get(id.as_ref()?).copied());
    let Some(user) = user else { return id.map(|id| Author { id, ..Author::default() }) };
    let handle = text(user, "username").or_else(|| text(user, "screen_name"));
    let followers = user.pointer("/public_metrics/followers_count").or_else(|| user.get("followers_count"));
    Some(Author {
        id: text(user, "id_str").or_else(|| text(user, "id")).or(id).or_else(|| handle.clone())?,
        url: handle.as_ref().map(|handle| format!("https://x.com/{handle}")),
        handle,
        name: text(user, "name"),
        bio: text(user, "description"),
        location: text(user, "location"),
        followers: followers.and_then(count),
        verified: user.get("verified").and_then(Value::as_bool),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_versions_say_the_same() {
        let one = json!({
            "id_str": "9007199254740993", "id": 9_007_199_254_740_993_u64, "full_text": "a &amp; b", "created_at": "Sun Nov 22 08:00:00 +0000 2026", "lang": "en",
            "in_reply_to_status_id_str": "5", "favorite_count": 2, "retweet_count": 3, "entities": { "urls": [{ "expanded_url": "https://a.example/" }] },
            "user": { "id_str": "7", "screen_name": "ada", "name": "Ada", "followers_count": 9, "verified": false },
        });
        let two = json!({
            "data": [{
                "id": "9007199254740993", "text": "a …", "note_tweet": { "text": "a &amp; b" }, "created_at": "2026-11-22T08:00:00.000Z", "lang": "en", "author_id": "7",
                "referenced_tweets": [{ "type": "replied_to", "id": "5" }], "public_metrics": { "like_count": 2, "retweet_count": 3, "quote_count": 0 },
                "entities": { "urls": [{ "expanded_url": "https://a.example/" }] },
            }],
            "includes": { "users": [{ "id": "7", "username": "ada", "name": "Ada", "public_metrics": { "followers_count": 9 }, "verified": false }] },
        });
        let (one, two) = (mentions(&one).expect("a post"), mentions(&two).expect("posts"));
        assert_eq!(one, two);
        assert_eq!((one[0].id.as_str(), one[0].text.as_str(), one[0].kind), ("9007199254740993", "a & b", MentionKind::Reply));
        assert_eq!((one[0].parent.as_deref(), one[0].engagement.shares), (Some("5"), Some(3)));
    }

    #[test]
    fn a_repost_has_the_words_of_what_it_shares() {
        let row = json!({
            "id_str": "2", "text": "RT @bo: the begin…", "created_at": "2026-11-22T08:00:00Z",
            "retweeted_status": { "id_str": "1", "extended_tweet": { "full_text": "the beginning and the end" } },
        });
        let read = &mentions(&row).expect("a post")[0];
        assert_eq!(
            (read.kind, read.text.as_str(), read.original.as_deref()),
            (MentionKind::Share, "the beginning and the end", Some("1"))
        );
        assert!(read.author.is_none());
    }

    #[test]
    fn what_is_no_post_is_said() {
        for row in
            [json!({}), json!({ "id": "1" }), json!({ "id": "1", "text": "x" }), json!({ "data": [], "meta": {} }), json!([1])]
        {
            assert!(mentions(&row).is_err(), "{row}");
        }
    }
}
