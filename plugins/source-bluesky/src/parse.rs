//! What the service answers. Pure.
//!
//! What people's programs write into a record is checked by nobody, so a field that is absent, null or of an unexpected type counts as
//! absent. What makes an answer the documented one (`posts`, `feed`, `thread`) must be there.

use serde::Deserialize;
use serde_json::Value;
use vigie_plugin::lenient;

/// `app.bsky.feed.searchPosts`, `getQuotes`, `getPosts`
#[derive(Debug, Clone, Deserialize)]
pub struct Posts {
    /// Newest first in searches and quotes.
    #[serde(deserialize_with = "lenient::list")]
    pub posts: Vec<Post>,
    /// Where the next page is.
    #[serde(default, deserialize_with = "lenient::text")]
    pub cursor: Option<String>,
}

/// `app.bsky.feed.getAuthorFeed`
#[derive(Debug, Clone, Deserialize)]
pub struct AuthorFeed {
    /// Newest first, a pinned post before them.
    #[serde(deserialize_with = "lenient::list")]
    pub feed: Vec<Entry>,
    /// Where the next page is.
    #[serde(default, deserialize_with = "lenient::text")]
    pub cursor: Option<String>,
}

/// A post in an account's feed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Entry {
    /// The post.
    #[serde(deserialize_with = "lenient::part")]
    pub post: Option<Post>,
    /// Why it is here, if the account did not write it now.
    #[serde(deserialize_with = "lenient::part")]
    pub reason: Option<Reason>,
}

/// Why a post stands in an account's feed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Reason {
    /// `app.bsky.feed.defs#reasonRepost` or `#reasonPin`.
    #[serde(rename = "$type", deserialize_with = "lenient::text")]
    pub kind: Option<String>,
    /// Who reposted it.
    #[serde(deserialize_with = "lenient::part")]
    pub by: Option<Profile>,
    /// The repost's own uri, in newer versions.
    #[serde(deserialize_with = "lenient::text")]
    pub uri: Option<String>,
    /// When it was reposted. RFC 3339.
    #[serde(rename = "indexedAt", deserialize_with = "lenient::text")]
    pub indexed_at: Option<String>,
}

/// `app.bsky.feed.getPostThread`
#[derive(Debug, Clone, Deserialize)]
pub struct Thread {
    /// The post asked for.
    pub thread: Node,
}

/// A post of a thread, or the place of one.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Node {
    /// `app.bsky.feed.defs#threadViewPost`, `#notFoundPost` or `#blockedPost`.
    #[serde(rename = "$type", deserialize_with = "lenient::text")]
    pub kind: Option<String>,
    /// Of a place without a post.
    #[serde(deserialize_with = "lenient::text")]
    pub uri: Option<String>,
    /// The post.
    #[serde(deserialize_with = "lenient::part")]
    pub post: Option<Post>,
    /// What it answers.
    #[serde(deserialize_with = "lenient::part")]
    pub parent: Option<Box<Node>>,
    /// What answers it.
    #[serde(deserialize_with = "lenient::some")]
    pub replies: Vec<Node>,
}

impl Node {
    /// Everything in the thread, without its branches.
    #[must_use]
    pub fn flat(self) -> Vec<Node> {
        let mut flat = Vec::new();
        let mut waiting = vec![self];
        while let Some(mut node) = waiting.pop() {
            waiting.extend(node.parent.take().map(|parent| *parent));
            waiting.append(&mut node.replies);
            flat.push(node);
        }
        flat
    }

    /// Whether the service says that there is no such post any more.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.kind.as_deref() == Some("app.bsky.feed.defs#notFoundPost")
    }
}

/// A post as the service shows it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Post {
    /// `at://did/app.bsky.feed.post/key`
    #[serde(deserialize_with = "lenient::text")]
    pub uri: Option<String>,
    /// Who wrote it.
    #[serde(deserialize_with = "lenient::part")]
    pub author: Option<Profile>,
    /// What its author's program wrote.
    #[serde(deserialize_with = "lenient::part")]
    pub record: Option<Record>,
    /// Its pictures and the like, with their addresses.
    pub embed: Value,
    /// Answers.
    #[serde(deserialize_with = "lenient::count")]
    pub reply_count: Option<u64>,
    /// Reposts.
    #[serde(deserialize_with = "lenient::count")]
    pub repost_count: Option<u64>,
    /// Likes.
    #[serde(deserialize_with = "lenient::count")]
    pub like_count: Option<u64>,
    /// Quotes.
    #[serde(deserialize_with = "lenient::count")]
    pub quote_count: Option<u64>,
    /// Bookmarks.
    #[serde(deserialize_with = "lenient::count")]
    pub bookmark_count: Option<u64>,
    /// When the service saw it. RFC 3339.
    #[serde(deserialize_with = "lenient::text")]
    pub indexed_at: Option<String>,
    /// What its author and moderation say of it.
    #[serde(deserialize_with = "lenient::some")]
    pub labels: Vec<Mark>,
}

/// A record of a post.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Record {
    /// May be empty.
    #[serde(deserialize_with = "lenient::text")]
    pub text: Option<String>,
    /// What the author's clock said. RFC 3339, more or less.
    #[serde(deserialize_with = "lenient::text")]
    pub created_at: Option<String>,
    /// Languages the author names.
    #[serde(deserialize_with = "lenient::some")]
    pub langs: Vec<String>,
    /// Marks in the text.
    #[serde(deserialize_with = "lenient::some")]
    pub facets: Vec<Facet>,
    /// What it answers.
    #[serde(deserialize_with = "lenient::part")]
    pub reply: Option<ReplyTo>,
    /// What it carries.
    pub embed: Value,
    /// Hashtags that are not in the text.
    #[serde(deserialize_with = "lenient::some")]
    pub tags: Vec<String>,
}

/// What a post answers.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ReplyTo {
    /// Directly.
    #[serde(deserialize_with = "lenient::part")]
    pub parent: Option<Pointer>,
    /// At the beginning.
    #[serde(deserialize_with = "lenient::part")]
    pub root: Option<Pointer>,
}

/// Points to a record.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Pointer {
    /// Its uri.
    #[serde(deserialize_with = "lenient::text")]
    pub uri: Option<String>,
}

/// A mark in a text.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Facet {
    /// Where.
    #[serde(deserialize_with = "lenient::part")]
    pub index: Option<Index>,
    /// What.
    #[serde(deserialize_with = "lenient::some")]
    pub features: Vec<Feature>,
}

/// A range of bytes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Index {
    /// First byte.
    #[serde(rename = "byteStart", deserialize_with = "lenient::count")]
    pub start: Option<u64>,
    /// The byte behind the last one.
    #[serde(rename = "byteEnd", deserialize_with = "lenient::count")]
    pub end: Option<u64>,
}

/// What a mark says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Feature {
    /// Link, mention or hashtag.
    #[serde(rename = "$type", deserialize_with = "lenient::text")]
    pub kind: Option<String>,
    /// Of a link.
    #[serde(deserialize_with = "lenient::text")]
    pub uri: Option<String>,
    /// Of a mention.
    #[serde(deserialize_with = "lenient::text")]
    pub did: Option<String>,
}

/// An account.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Profile {
    /// Its id, for ever.
    #[serde(deserialize_with = "lenient::text")]
    pub did: Option<String>,
    /// Its name as a domain; may change.
    #[serde(deserialize_with = "lenient::text")]
    pub handle: Option<String>,
    /// Name shown.
    #[serde(deserialize_with = "lenient::text")]
    pub display_name: Option<String>,
    /// Only in detailed views.
    #[serde(deserialize_with = "lenient::count")]
    pub followers_count: Option<u64>,
    /// Whether somebody vouches for it.
    #[serde(deserialize_with = "lenient::part")]
    pub verification: Option<Verification>,
    /// What it and moderation say of it.
    #[serde(deserialize_with = "lenient::some")]
    pub labels: Vec<Mark>,
}

/// Whether somebody vouches for an account.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Verification {
    /// `valid`, `invalid` or `none`.
    #[serde(deserialize_with = "lenient::text")]
    pub verified_status: Option<String>,
    /// The same for accounts that vouch for others.
    #[serde(deserialize_with = "lenient::text")]
    pub trusted_verifier_status: Option<String>,
}

/// What somebody says of a post or an account.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Mark {
    /// Such as `porn` or `!no-unauthenticated`.
    #[serde(deserialize_with = "lenient::text")]
    pub val: Option<String>,
    /// Whether it takes the same word back.
    #[serde(deserialize_with = "lenient::flag")]
    pub neg: Option<bool>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_fields_cost_themselves_alone_and_odd_posts_too() {
        let text = r#"{"posts":[{"uri":"at://a","author":[],"record":{"text":null,"langs":["en",7],"facets":null,"createdAt":5},"likeCount":"3",
            "embed":null,"labels":[null,{"val":"rude"}]},null,[],{"uri":{}}],"cursor":25}"#;
        let posts: Posts = serde_json::from_str(text).expect("posts");
        assert_eq!((posts.posts.len(), posts.cursor.as_deref()), (2, Some("25")));
        let post = &posts.posts[0];
        assert_eq!((post.like_count, post.author.is_none(), post.labels.len()), (Some(3), true, 1));
        assert_eq!(post.record.as_ref().map(|record| record.langs.clone()), Some(vec!["en".to_owned()]));
    }

    #[test]
    fn another_shape_is_refused() {
        assert!(serde_json::from_str::<Posts>(r#"{"cursor":"1"}"#).is_err());
        assert!(serde_json::from_str::<AuthorFeed>(r#"{"feed":{}}"#).is_err());
        assert!(serde_json::from_str::<Thread>(r#"{"thread":7}"#).is_err());
    }

    #[test]
    fn a_deep_thread_is_made_flat() {
        let deep = (0..40).fold(r#"{"post":{"uri":"at://last"}}"#.to_owned(), |inner, n| {
            format!(r#"{{"post":{{"uri":"at://{n}"}},"replies":[{inner},{{"$type":"app.bsky.feed.defs#notFoundPost","uri":"at://gone"}}]}}"#)
        });
        let thread: Thread = serde_json::from_str(&format!(r#"{{"thread":{deep}}}"#)).expect("a thread");
        let flat = thread.thread.flat();
        assert_eq!((flat.len(), flat.iter().filter(|node| node.is_gone()).count()), (81, 40));
    }
}
