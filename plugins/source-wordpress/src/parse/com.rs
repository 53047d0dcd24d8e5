//! The interface of WordPress.com, version 1.1. Pure.
//!
//! # Source
//! developer.wordpress.com/docs/api/1.1: `/sites/$site/posts/`, `/sites/$site/comments/`.

use serde_json::Value;
use vigie_plugin::{Media, MediaKind, Moment, time};

use super::{Item, Writer, address, plain, whole, words};

pub(super) fn post(row: &Value) -> Option<Item> {
    Some(Item {
        public: words(&row["status"]).and_then(|status| match status.as_str() {
            "publish" => Some(true),
            "trash" => Some(false),
            _ => None,
        }),
        modified: moment(&row["modified"]),
        title: row["title"].as_str().and_then(plain),
        protected: row["password"].as_str().is_some_and(|password| !password.is_empty()),
        sticky: row["sticky"].as_bool().unwrap_or(false),
        comments: whole(&row["discussion"]["comment_count"]).or_else(|| whole(&row["comment_count"])),
        language: words(&row["lang"]),
        media: address(&row["featured_image"]).map(|url| Media::new(MediaKind::Image, url)).into_iter().collect(),
        categories: names(&row["categories"]),
        tags: names(&row["tags"]),
        ..common(row)?
    })
}

pub(super) fn comment(row: &Value) -> Option<Item> {
    Some(Item {
        public: words(&row["status"]).and_then(|status| match status.as_str() {
            "approved" => Some(true),
            "trash" | "spam" => Some(false),
            _ => None,
        }),
        post: whole(&row["post"]["ID"]),
        // `false` where it answers the article.
        parent: whole(&row["parent"]["ID"]),
        kind: words(&row["type"]),
        ..common(row)?
    })
    .filter(|_| row["status"] != "unapproved")
}

fn common(row: &Value) -> Option<Item> {
    let author = &row["author"];
    let writer = Writer {
        id: whole(&author["ID"]).filter(|id| *id > 0),
        handle: words(&author["login"]),
        name: author["name"].as_str().and_then(plain),
        url: address(&author["profile_URL"]).or_else(|| address(&author["URL"])),
        bio: None,
    };
    Some(Item {
        id: whole(&row["ID"])?,
        local: words(&row["date"]),
        published: moment(&row["date"]),
        html: row["content"].as_str().unwrap_or_default().to_owned(),
        link: address(&row["URL"]),
        likes: whole(&row["like_count"]),
        author: (writer.id.is_some() || writer.name.is_some()).then_some(writer),
        ..Item::default()
    })
}

fn moment(value: &Value) -> Option<Moment> {
    time::rfc3339(value.as_str()?).ok()
}

/// Terms stand in an object, by name.
fn names(terms: &Value) -> Vec<String> {
    let own = |(name, term): (&String, &Value)| plain(term["name"].as_str().unwrap_or(name));
    terms.as_object().into_iter().flatten().filter_map(own).collect()
}
