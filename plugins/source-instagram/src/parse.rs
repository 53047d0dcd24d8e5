//! What the Graph API answers about Instagram. Pure.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use vigie_plugin::graph::Paging;
use vigie_plugin::lenient;

/// Fields of an own post.
pub const MEDIA_FIELDS: &str = "id,caption,media_type,media_product_type,media_url,thumbnail_url,permalink,timestamp,username,owner{id},\
like_count,comments_count,children{media_type,media_url,thumbnail_url}";

/// Fields of a post in which the account is tagged.
pub const TAGGED_FIELDS: &str = "id,caption,media_type,media_product_type,media_url,permalink,timestamp,username,owner{id},like_count,\
comments_count,children{media_type,media_url}";

/// Fields of a post under a hashtag or of another account, which has no author of its own.
pub const HASHTAG_FIELDS: &str =
    "id,caption,media_type,media_url,permalink,timestamp,like_count,comments_count,children{media_type,media_url}";

/// Fields of a comment.
pub const COMMENT_FIELDS: &str = "id,text,timestamp,username,from{id,username},like_count,hidden,parent_id";

/// Fields of a reply.
pub const REPLY_FIELDS: &str = COMMENT_FIELDS;

/// Fields of a comment that is read by its number.
pub const REFRESHED_COMMENT_FIELDS: &str = "id,text,timestamp,username,from{id,username},like_count,hidden,parent_id,media{id}";

/// A page of a list.
#[derive(Debug, Clone, Deserialize)]
#[serde(bound(deserialize = "T: DeserializeOwned"))]
pub struct Page<T> {
    /// What the list holds.
    #[serde(deserialize_with = "lenient::list")]
    pub data: Vec<T>,
    /// Where the next page begins.
    #[serde(default, deserialize_with = "lenient::part")]
    pub paging: Option<Paging>,
}

/// An object of which only the number matters.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Found {
    /// Its number.
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
}

/// The answer of a look at another account.
#[derive(Debug, Clone, Deserialize)]
pub struct Discovered {
    /// The account.
    #[serde(default, deserialize_with = "lenient::part")]
    pub business_discovery: Option<Account>,
}

/// A professional account.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Account {
    /// Its number.
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// Name it is addressed by.
    #[serde(deserialize_with = "lenient::text")]
    pub username: Option<String>,
    /// Name shown.
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// What it says of itself.
    #[serde(deserialize_with = "lenient::text")]
    pub biography: Option<String>,
    /// Accounts that follow it.
    #[serde(deserialize_with = "lenient::count")]
    pub followers_count: Option<u64>,
    /// Its posts.
    #[serde(deserialize_with = "lenient::part")]
    pub media: Option<Page<Media>>,
}

/// A post.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Media {
    /// Number, which belongs to the app that asks.
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// Plain text; the key is absent where there is none.
    #[serde(deserialize_with = "lenient::text")]
    pub caption: Option<String>,
    /// `IMAGE`, `VIDEO` or `CAROUSEL_ALBUM`.
    #[serde(deserialize_with = "lenient::text")]
    pub media_type: Option<String>,
    /// `FEED`, `REELS`, `STORY`, `AD`.
    #[serde(deserialize_with = "lenient::text")]
    pub media_product_type: Option<String>,
    /// Absent of reels and of what has a copyright.
    #[serde(deserialize_with = "lenient::text")]
    pub media_url: Option<String>,
    /// A picture of a film.
    #[serde(deserialize_with = "lenient::text")]
    pub thumbnail_url: Option<String>,
    /// Where people read it.
    #[serde(deserialize_with = "lenient::text")]
    pub permalink: Option<String>,
    /// An offset without colon: `2021-08-19T09:00:22+0000`.
    #[serde(deserialize_with = "lenient::text")]
    pub timestamp: Option<String>,
    /// Who published it.
    #[serde(deserialize_with = "lenient::text")]
    pub username: Option<String>,
    /// Number of who published it.
    #[serde(deserialize_with = "lenient::part")]
    pub owner: Option<Found>,
    /// Absent where its author hides it.
    #[serde(deserialize_with = "lenient::count")]
    pub like_count: Option<u64>,
    /// Comments with replies.
    #[serde(deserialize_with = "lenient::count")]
    pub comments_count: Option<u64>,
    /// Pictures and films of an album.
    #[serde(deserialize_with = "lenient::part")]
    pub children: Option<Children>,
}

/// Pictures and films of an album.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Children {
    /// In their order.
    #[serde(deserialize_with = "lenient::some")]
    pub data: Vec<Child>,
}

/// A picture or film of an album.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Child {
    /// `IMAGE` or `VIDEO`.
    #[serde(deserialize_with = "lenient::text")]
    pub media_type: Option<String>,
    /// Its address, signed and short-lived.
    #[serde(deserialize_with = "lenient::text")]
    pub media_url: Option<String>,
    /// A picture of a film.
    #[serde(deserialize_with = "lenient::text")]
    pub thumbnail_url: Option<String>,
}

/// Who wrote a comment.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct From {
    /// Number of the account.
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// Its name.
    #[serde(deserialize_with = "lenient::text")]
    pub username: Option<String>,
}

/// A comment or a reply to one.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Comment {
    /// Number of the comment.
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// Plain text.
    #[serde(deserialize_with = "lenient::text")]
    pub text: Option<String>,
    /// As of a post.
    #[serde(deserialize_with = "lenient::text")]
    pub timestamp: Option<String>,
    /// Who wrote it, by name alone.
    #[serde(deserialize_with = "lenient::text")]
    pub username: Option<String>,
    /// Who wrote it.
    #[serde(deserialize_with = "lenient::part")]
    pub from: Option<From>,
    /// Likes.
    #[serde(deserialize_with = "lenient::count")]
    pub like_count: Option<u64>,
    /// Whether the account hides it.
    #[serde(deserialize_with = "lenient::flag")]
    pub hidden: Option<bool>,
    /// The comment a reply answers.
    #[serde(deserialize_with = "lenient::text")]
    pub parent_id: Option<String>,
    /// The post it hangs below.
    #[serde(deserialize_with = "lenient::part")]
    pub media: Option<Found>,
    /// Replies, the first fifty.
    #[serde(deserialize_with = "lenient::part")]
    pub replies: Option<Page<Comment>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_fields_cost_themselves_alone() {
        let page: Page<Media> = serde_json::from_str(
            r#"{"data":[{"id":17846368219941692,"caption":null,"like_count":"3","comments_count":-1,"children":[],"owner":"x"},[],{"id":"2"}]}"#,
        )
        .expect("a page");
        let media = &page.data[0];
        assert_eq!((media.id.as_deref(), media.like_count, media.comments_count), (Some("17846368219941692"), Some(3), None));
        assert_eq!(page.data.len(), 2);
        assert!(serde_json::from_str::<Page<Media>>(r#"{"id":"1"}"#).is_err());
    }
}
