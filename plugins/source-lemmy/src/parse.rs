//! What a server answers. Pure.
//!
//! A field that is absent, null or of an unexpected type counts as absent; the list that makes an answer the documented one must be
//! there. Ids are numbers of this server alone; `ap_id` and `actor_id` are the same everywhere.

use serde::Deserialize;
use vigie_plugin::lenient;

/// `/api/v3/post/list`
#[derive(Debug, Clone, Deserialize)]
pub struct Posts {
    /// Newest first, featured ones before them.
    #[serde(deserialize_with = "lenient::list")]
    pub posts: Vec<PostView>,
    /// Where the next page is; since 0.19.
    #[serde(default, deserialize_with = "lenient::text")]
    pub next_page: Option<String>,
}

/// `/api/v3/comment/list`
#[derive(Debug, Clone, Deserialize)]
pub struct Comments {
    /// Newest first.
    #[serde(deserialize_with = "lenient::list")]
    pub comments: Vec<CommentView>,
}

/// `/api/v3/search`
#[derive(Debug, Clone, Deserialize)]
pub struct Found {
    /// Newest first.
    #[serde(deserialize_with = "lenient::list")]
    pub posts: Vec<PostView>,
    /// Newest first.
    #[serde(deserialize_with = "lenient::list")]
    pub comments: Vec<CommentView>,
}

/// `/api/v3/post`
#[derive(Debug, Clone, Deserialize)]
pub struct OnePost {
    /// The post.
    pub post_view: PostView,
}

/// `/api/v3/comment`
#[derive(Debug, Clone, Deserialize)]
pub struct OneComment {
    /// The comment.
    pub comment_view: CommentView,
}

/// A post with what belongs to it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct PostView {
    /// The post.
    #[serde(deserialize_with = "lenient::part")]
    pub post: Option<Post>,
    /// Who wrote it.
    #[serde(deserialize_with = "lenient::part")]
    pub creator: Option<Person>,
    /// Where it stands.
    #[serde(deserialize_with = "lenient::part")]
    pub community: Option<Community>,
    /// Counters.
    #[serde(deserialize_with = "lenient::part")]
    pub counts: Option<Counts>,
}

/// A comment with what belongs to it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct CommentView {
    /// The comment.
    #[serde(deserialize_with = "lenient::part")]
    pub comment: Option<Comment>,
    /// Who wrote it.
    #[serde(deserialize_with = "lenient::part")]
    pub creator: Option<Person>,
    /// The post it hangs below.
    #[serde(deserialize_with = "lenient::part")]
    pub post: Option<Post>,
    /// Where it stands.
    #[serde(deserialize_with = "lenient::part")]
    pub community: Option<Community>,
    /// Counters.
    #[serde(deserialize_with = "lenient::part")]
    pub counts: Option<Counts>,
}

/// A post.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Post {
    /// On this server.
    #[serde(deserialize_with = "lenient::number")]
    pub id: Option<i64>,
    /// Title, plain text.
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// Markdown.
    #[serde(deserialize_with = "lenient::text")]
    pub body: Option<String>,
    /// What it links to.
    #[serde(deserialize_with = "lenient::text")]
    pub url: Option<String>,
    /// RFC 3339; without an offset before 0.19.
    #[serde(deserialize_with = "lenient::text")]
    pub published: Option<String>,
    /// The same.
    #[serde(deserialize_with = "lenient::text")]
    pub updated: Option<String>,
    /// Taken away by moderation.
    #[serde(deserialize_with = "lenient::flag")]
    pub removed: Option<bool>,
    /// Taken back by its author.
    #[serde(deserialize_with = "lenient::flag")]
    pub deleted: Option<bool>,
    /// Not for everybody's eyes.
    #[serde(deserialize_with = "lenient::flag")]
    pub nsfw: Option<bool>,
    /// The same on every server.
    #[serde(deserialize_with = "lenient::text")]
    pub ap_id: Option<String>,
    /// Stands first in its community.
    #[serde(deserialize_with = "lenient::flag")]
    pub featured_community: Option<bool>,
    /// Stands first on the server.
    #[serde(deserialize_with = "lenient::flag")]
    pub featured_local: Option<bool>,
}

/// A comment.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Comment {
    /// On this server.
    #[serde(deserialize_with = "lenient::number")]
    pub id: Option<i64>,
    /// Markdown.
    #[serde(deserialize_with = "lenient::text")]
    pub content: Option<String>,
    /// Ids from the top down to its own, behind a zero: `0.2.4`.
    #[serde(deserialize_with = "lenient::text")]
    pub path: Option<String>,
    /// RFC 3339; without an offset before 0.19.
    #[serde(deserialize_with = "lenient::text")]
    pub published: Option<String>,
    /// The same.
    #[serde(deserialize_with = "lenient::text")]
    pub updated: Option<String>,
    /// Taken away by moderation.
    #[serde(deserialize_with = "lenient::flag")]
    pub removed: Option<bool>,
    /// Taken back by its author.
    #[serde(deserialize_with = "lenient::flag")]
    pub deleted: Option<bool>,
    /// Said in a moderator's name.
    #[serde(deserialize_with = "lenient::flag")]
    pub distinguished: Option<bool>,
    /// The same on every server.
    #[serde(deserialize_with = "lenient::text")]
    pub ap_id: Option<String>,
}

impl Comment {
    /// The comment it answers; `None` for one that hangs directly below its post.
    #[must_use]
    pub fn parent(&self) -> Option<i64> {
        let path = self.path.as_deref()?;
        let parent: i64 = path.rsplit('.').nth(1)?.parse().ok()?;
        (parent > 0).then_some(parent)
    }
}

/// An account.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Person {
    /// Name on its server.
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// Name shown.
    #[serde(deserialize_with = "lenient::text")]
    pub display_name: Option<String>,
    /// The same on every server.
    #[serde(deserialize_with = "lenient::text")]
    pub actor_id: Option<String>,
    /// Run by a program.
    #[serde(deserialize_with = "lenient::flag")]
    pub bot_account: Option<bool>,
}

/// A community.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Community {
    /// Name on its server.
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// The same on every server.
    #[serde(deserialize_with = "lenient::text")]
    pub actor_id: Option<String>,
}

/// Counters.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Upvotes less downvotes.
    #[serde(deserialize_with = "lenient::number")]
    pub score: Option<i64>,
    /// Upvotes.
    #[serde(deserialize_with = "lenient::count")]
    pub upvotes: Option<u64>,
    /// Downvotes.
    #[serde(deserialize_with = "lenient::count")]
    pub downvotes: Option<u64>,
    /// Comments below a post.
    #[serde(deserialize_with = "lenient::count")]
    pub comments: Option<u64>,
    /// Comments below a comment.
    #[serde(deserialize_with = "lenient::count")]
    pub child_count: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_fields_cost_themselves_alone_and_odd_posts_too() {
        let posts: Posts = serde_json::from_str(
            r#"{"posts":[{"post":{"id":"7","name":null,"deleted":null},"counts":{"score":"-2"},"creator":[]},3,null,{"post":{}}],"next_page":null}"#,
        )
        .expect("posts");
        assert_eq!(posts.posts.len(), 2);
        let first = &posts.posts[0];
        assert_eq!((first.post.as_ref().and_then(|post| post.id), first.creator.is_none()), (Some(7), true));
        assert_eq!(first.counts.as_ref().and_then(|counts| counts.score), Some(-2));
    }

    #[test]
    fn a_path_ends_in_the_comment_and_before_it_stands_its_parent() {
        let parent = |path: &str| Comment { path: Some(path.to_owned()), ..Comment::default() }.parent();
        assert_eq!((parent("0.2.4"), parent("0.4"), parent("0"), parent("x.y"), parent("")), (Some(2), None, None, None, None));
    }

    #[test]
    fn another_shape_is_refused() {
        assert!(serde_json::from_str::<Posts>("[]").is_err() && serde_json::from_str::<Posts>("{}").is_err());
        assert!(serde_json::from_str::<Found>(r#"{"posts":[]}"#).is_err());
        assert!(serde_json::from_str::<OnePost>(r#"{"post_view":null}"#).is_err());
    }
}
