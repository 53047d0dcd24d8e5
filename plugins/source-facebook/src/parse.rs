//! What the Graph API answers about pages. Pure.
//!
//! Without `fields` an object has its id and little else, so everything that is read is asked for by name.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use vigie_plugin::graph::Paging;
use vigie_plugin::lenient;

/// Fields of a post.
pub const POST_FIELDS: &str = "id,message,story,created_time,updated_time,permalink_url,from{id,name},status_type,parent_id,is_hidden,\
is_expired,place{name},message_tags,attachments{media_type,type,title,description,media,target,url,unshimmed_url,subattachments},\
shares,comments.limit(0).summary(true),reactions.limit(0).summary(total_count),\
reactions.type(LIKE).limit(0).summary(total_count).as(like),reactions.type(LOVE).limit(0).summary(total_count).as(love),\
reactions.type(HAHA).limit(0).summary(total_count).as(haha),reactions.type(WOW).limit(0).summary(total_count).as(wow),\
reactions.type(SAD).limit(0).summary(total_count).as(sad),reactions.type(ANGRY).limit(0).summary(total_count).as(angry)";

/// Fields of a post that cost the service little.
pub const POST_FIELDS_LIGHT: &str = "id,message,story,created_time,updated_time,permalink_url,from{id,name},status_type,parent_id,\
is_hidden,is_expired,shares,comments.limit(0).summary(true),reactions.limit(0).summary(total_count)";

/// Fields of a comment.
pub const COMMENT_FIELDS: &str = "id,message,created_time,permalink_url,from{id,name},parent{id},like_count,comment_count,is_hidden,\
message_tags,attachment{type,title,description,media,url}";

/// Fields posts and comments both have.
pub const COMMON_FIELDS: &str = "id,message,created_time,permalink_url,from{id,name},is_hidden,comments.limit(0).summary(true),reactions.limit(0).summary(total_count)";

/// A page of an edge.
#[derive(Debug, Clone, Deserialize)]
#[serde(bound(deserialize = "T: DeserializeOwned"))]
pub struct Page<T> {
    /// What the edge holds.
    #[serde(deserialize_with = "lenient::list")]
    pub data: Vec<T>,
    /// Where the next page begins.
    #[serde(default, deserialize_with = "lenient::part")]
    pub paging: Option<Paging>,
}

/// An account or page; absent for users unless the token is of the page itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct From {
    /// Number of the account.
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// Name shown.
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
}

/// A count of something, `{"summary":{"total_count":3}}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Counted {
    #[serde(deserialize_with = "lenient::part")]
    summary: Option<Summary>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
struct Summary {
    #[serde(deserialize_with = "lenient::count")]
    total_count: Option<u64>,
}

impl Counted {
    /// How many, hidden ones among them.
    #[must_use]
    pub fn total(counted: Option<&Self>) -> Option<u64> {
        counted?.summary.as_ref()?.total_count
    }
}

/// A number in an object of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Shares {
    /// How often it was shared.
    #[serde(deserialize_with = "lenient::count")]
    pub count: Option<u64>,
}

/// A place with a name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Place {
    /// What it is called.
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
}

/// Attachments stand in a list of their own.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Attachments {
    /// One after the other.
    #[serde(deserialize_with = "lenient::some")]
    pub data: Vec<Attachment>,
}

/// A picture, a film, a link, an album.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Attachment {
    /// `photo`, `video`, `link`, `album`; comments have only `type`.
    #[serde(deserialize_with = "lenient::text")]
    pub media_type: Option<String>,
    /// More closely, such as `video_autoplay` or `share`.
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    pub kind: Option<String>,
    /// Title of what is linked.
    #[serde(deserialize_with = "lenient::text")]
    pub title: Option<String>,
    /// What is linked says of itself; of a photo its caption.
    #[serde(deserialize_with = "lenient::text")]
    pub description: Option<String>,
    /// The picture or film.
    #[serde(deserialize_with = "lenient::part")]
    pub media: Option<Medium>,
    /// Where it leads, through a counter.
    #[serde(deserialize_with = "lenient::text")]
    pub url: Option<String>,
    /// Where it leads.
    #[serde(deserialize_with = "lenient::text")]
    pub unshimmed_url: Option<String>,
    /// The pictures of an album.
    #[serde(deserialize_with = "lenient::part")]
    pub subattachments: Option<Box<Attachments>>,
}

/// A picture or film.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Medium {
    /// The picture, or one of the film.
    #[serde(deserialize_with = "lenient::part")]
    pub image: Option<Image>,
    /// The film.
    #[serde(deserialize_with = "lenient::text")]
    pub source: Option<String>,
}

/// A picture.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Image {
    /// Its address, signed and short-lived.
    #[serde(deserialize_with = "lenient::text")]
    pub src: Option<String>,
}

/// A page or account named in the text.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Tag {
    /// Number of what is named.
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// Its name.
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
}

/// A post.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Post {
    /// `{page}_{post}`.
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// Plain text; absent of a photo without words.
    #[serde(deserialize_with = "lenient::text")]
    pub message: Option<String>,
    /// What Facebook says the post is, such as "Acme added a photo".
    #[serde(deserialize_with = "lenient::text")]
    pub story: Option<String>,
    /// An offset without colon: `2021-07-09T19:09:52+0000`.
    #[serde(deserialize_with = "lenient::text")]
    pub created_time: Option<String>,
    /// Last edit *or* last comment.
    #[serde(deserialize_with = "lenient::text")]
    pub updated_time: Option<String>,
    /// Where people read it.
    #[serde(deserialize_with = "lenient::text")]
    pub permalink_url: Option<String>,
    /// Who wrote it.
    #[serde(deserialize_with = "lenient::part")]
    pub from: Option<From>,
    /// `added_photos`, `shared_story`, ….
    #[serde(deserialize_with = "lenient::text")]
    pub status_type: Option<String>,
    /// The post it shares.
    #[serde(deserialize_with = "lenient::text")]
    pub parent_id: Option<String>,
    /// Whether the page hides it.
    #[serde(deserialize_with = "lenient::flag")]
    pub is_hidden: Option<bool>,
    /// Whether its time is over.
    #[serde(deserialize_with = "lenient::flag")]
    pub is_expired: Option<bool>,
    /// Where it was written.
    #[serde(deserialize_with = "lenient::part")]
    pub place: Option<Place>,
    /// Pages and accounts named in the text.
    #[serde(deserialize_with = "lenient::some")]
    pub message_tags: Vec<Tag>,
    /// What hangs on it.
    #[serde(deserialize_with = "lenient::part")]
    pub attachments: Option<Attachments>,
    /// Absent where nobody shared it.
    #[serde(deserialize_with = "lenient::part")]
    pub shares: Option<Shares>,
    /// Comments with replies.
    #[serde(deserialize_with = "lenient::part")]
    pub comments: Option<Counted>,
    /// All reactions together.
    #[serde(deserialize_with = "lenient::part")]
    pub reactions: Option<Counted>,
    /// Reactions of one kind, by the names asked for.
    #[serde(deserialize_with = "lenient::part")]
    pub like: Option<Counted>,
    /// As `like`.
    #[serde(deserialize_with = "lenient::part")]
    pub love: Option<Counted>,
    /// As `like`.
    #[serde(deserialize_with = "lenient::part")]
    pub haha: Option<Counted>,
    /// As `like`.
    #[serde(deserialize_with = "lenient::part")]
    pub wow: Option<Counted>,
    /// As `like`.
    #[serde(deserialize_with = "lenient::part")]
    pub sad: Option<Counted>,
    /// As `like`.
    #[serde(deserialize_with = "lenient::part")]
    pub angry: Option<Counted>,
}

impl Post {
    /// Comments below it, as Facebook counts them.
    #[must_use]
    pub fn comment_count(&self) -> Option<u64> {
        Counted::total(self.comments.as_ref())
    }
}

/// A comment or a reply to one; also what both and posts have in common.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Comment {
    /// `{post}_{comment}`.
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// Plain text.
    #[serde(deserialize_with = "lenient::text")]
    pub message: Option<String>,
    /// As of a post.
    #[serde(deserialize_with = "lenient::text")]
    pub created_time: Option<String>,
    /// With `comment_id`, and `reply_comment_id` for a reply.
    #[serde(deserialize_with = "lenient::text")]
    pub permalink_url: Option<String>,
    /// Who wrote it.
    #[serde(deserialize_with = "lenient::part")]
    pub from: Option<From>,
    /// The comment a reply answers.
    #[serde(deserialize_with = "lenient::part")]
    pub parent: Option<From>,
    /// Reactions.
    #[serde(deserialize_with = "lenient::count")]
    pub like_count: Option<u64>,
    /// Replies.
    #[serde(deserialize_with = "lenient::count")]
    pub comment_count: Option<u64>,
    /// Whether the page hides it.
    #[serde(deserialize_with = "lenient::flag")]
    pub is_hidden: Option<bool>,
    /// Pages and accounts named in the text.
    #[serde(deserialize_with = "lenient::some")]
    pub message_tags: Vec<Tag>,
    /// A picture, film or link.
    #[serde(deserialize_with = "lenient::part")]
    pub attachment: Option<Attachment>,
    /// Replies, where asked for as an edge.
    #[serde(deserialize_with = "lenient::part")]
    pub comments: Option<Counted>,
    /// Reactions, where asked for as an edge.
    #[serde(deserialize_with = "lenient::part")]
    pub reactions: Option<Counted>,
}

impl Comment {
    /// Whether this is no post: a comment's address names it.
    #[must_use]
    pub fn is_comment(&self) -> bool {
        self.place("comment_id").is_some() || self.parent.is_some()
    }

    /// The numbers an address names.
    #[must_use]
    pub fn place(&self, name: &str) -> Option<String> {
        let query = self.permalink_url.as_deref()?.split_once('?')?.1;
        let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
        (!value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit())).then(|| value.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_fields_cost_themselves_alone() {
        let page: Page<Post> = serde_json::from_str(
            r#"{"data":[{"id":1,"message":null,"from":[],"attachments":{"data":null},"shares":{"count":"4"},"comments":{"summary":[]},"reactions":7},
                null,{"id":"2","message_tags":{"0":[{"id":"9"}]},"comments":{"data":[],"summary":{"total_count":3}}}],"paging":7}"#,
        )
        .expect("a page");
        assert_eq!(page.data.len(), 2);
        assert_eq!((page.data[0].id.as_deref(), page.data[0].comment_count()), (Some("1"), None));
        assert_eq!(page.data[0].shares.as_ref().and_then(|shares| shares.count), Some(4));
        assert_eq!(page.data[1].comment_count(), Some(3));
    }

    #[test]
    fn another_shape_is_refused() {
        assert!(serde_json::from_str::<Page<Post>>(r#"{"id":"1"}"#).is_err());
        assert!(serde_json::from_str::<Page<Post>>("[]").is_err());
    }

    #[test]
    fn an_address_tells_comments_from_posts() {
        let comment = |url: &str| Comment { permalink_url: Some(url.to_owned()), ..Comment::default() };
        assert!(!comment("https://www.facebook.com/1/posts/2/").is_comment());
        let reply = comment("https://www.facebook.com/1/posts/2/?comment_id=3&reply_comment_id=4");
        assert_eq!((reply.place("comment_id").as_deref(), reply.place("reply_comment_id").as_deref()), (Some("3"), Some("4")));
        assert_eq!(comment("https://www.facebook.com/?comment_id=x").place("comment_id"), None);
    }
}
