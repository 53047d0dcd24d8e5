//! What a site answers. Pure.
//!
//! Themes and plugins add and change fields, so a field that is absent, null or of an unexpected type counts as absent, and an item
//! without a number is skipped: one odd item must not stop a site.

mod com;
mod refusal;
mod site;
mod text;

use serde_json::Value;
use vigie_plugin::{Failure, Media, Moment, http};

use crate::Api;

pub use refusal::{Refusal, refusal};
pub use text::plain;

/// What is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Articles.
    Posts,
    /// Pages such as "About".
    Pages,
    /// Comments.
    Comments,
}

impl What {
    /// The last part of the list's address.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Posts => "posts",
            Self::Pages => "pages",
            Self::Comments => "comments",
        }
    }

    /// How ids begin.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Posts => "post-",
            Self::Pages => "page-",
            Self::Comments => "comment-",
        }
    }
}

/// An article, a page or a comment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Item {
    /// Number among its kind.
    pub id: u64,
    /// Whether the public may read it; `Some(false)`: it was taken away.
    pub public: Option<bool>,
    /// Date and time as the site writes them, without a zone: what `before` is compared with.
    pub local: Option<String>,
    /// When it was published.
    pub published: Option<Moment>,
    /// When it was last changed.
    pub modified: Option<Moment>,
    /// Plain text.
    pub title: Option<String>,
    /// HTML.
    pub html: String,
    /// Whether a password guards the text.
    pub protected: bool,
    /// Whether it stands above all others.
    pub sticky: bool,
    /// Where it is read.
    pub link: Option<String>,
    /// Who wrote it.
    pub author: Option<Writer>,
    /// Comments: the article they stand below.
    pub post: Option<u64>,
    /// Comments: the comment they answer.
    pub parent: Option<u64>,
    /// Comments: `comment`, `pingback`, `trackback` or `review`.
    pub kind: Option<String>,
    /// Language a plugin for several languages states.
    pub language: Option<String>,
    /// Likes.
    pub likes: Option<u64>,
    /// Comments.
    pub comments: Option<u64>,
    /// Pictures.
    pub media: Vec<Media>,
    /// Names of categories.
    pub categories: Vec<String>,
    /// Names of tags.
    pub tags: Vec<String>,
}

/// Who wrote something.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Writer {
    /// Number of the account; none for guests.
    pub id: Option<u64>,
    /// Short name of the account.
    pub handle: Option<String>,
    /// Name shown.
    pub name: Option<String>,
    /// Page about the account, or the one a guest named.
    pub url: Option<String>,
    /// What the account says of itself.
    pub bio: Option<String>,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// Its items.
    pub items: Vec<Item>,
    /// Items that could not be read.
    pub skipped: usize,
    /// How many pages there are, where the answer says so.
    pub total_pages: Option<u32>,
}

/// Reads an answer that lists something.
///
/// # Errors
/// Class `unexpected-answer` where it is no list.
pub fn page(answer: &http::Response, api: Api, what: What, per_page: u32) -> Result<Page, Failure> {
    let value: Value = answer.json()?;
    let (rows, total_pages) = match api {
        Api::Site => (value.as_array(), answer.header("x-wp-totalpages").and_then(|total| total.trim().parse().ok())),
        Api::WordPressCom => {
            let found = whole(&value["found"]).map(|found| found.div_ceil(u64::from(per_page.max(1))));
            (value[what.path()].as_array(), found.and_then(|pages| u32::try_from(pages).ok()))
        }
    };
    let rows = rows.ok_or_else(|| answer.unexpected(&format!("is no list of {}", what.path())))?;
    let read: Vec<Item> = rows.iter().filter_map(|row| item(row, api, what)).collect();
    Ok(Page { skipped: rows.len() - read.len(), items: read, total_pages })
}

/// Reads an answer that holds one item.
///
/// # Errors
/// Class `unexpected-answer` where it holds none.
pub fn single(answer: &http::Response, api: Api, what: What) -> Result<Item, Failure> {
    item(&answer.json()?, api, what).ok_or_else(|| answer.unexpected(&format!("is none of the {}", what.path())))
}

fn item(row: &Value, api: Api, what: What) -> Option<Item> {
    match (api, what) {
        (Api::Site, What::Comments) => site::comment(row),
        (Api::Site, _) => site::post(row),
        (Api::WordPressCom, What::Comments) => com::comment(row),
        (Api::WordPressCom, _) => com::post(row),
    }
}

/// A number, whether written as one or as text.
fn whole(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Text that is not blank.
fn words(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned)
}

/// An address of the web.
fn address(value: &Value) -> Option<String> {
    words(value).filter(|url| url.starts_with("http://") || url.starts_with("https://"))
}
