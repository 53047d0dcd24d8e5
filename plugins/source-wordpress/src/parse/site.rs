//! The site's own interface, `wp/v2`. Pure.
//!
//! # Source
//! developer.wordpress.org/rest-api/reference: posts, pages, comments.

use serde_json::Value;
use vigie_plugin::{Media, MediaKind, Moment, time};

use super::{Item, Writer, address, plain, whole, words};

pub(super) fn post(row: &Value) -> Option<Item> {
    let link = address(&row["link"]);
    let (published, local) = dates(row, "date");
    let embedded = &row["_embedded"];
    Some(Item {
        id: whole(&row["id"])?,
        public: words(&row["status"]).and_then(|status| match status.as_str() {
            "publish" | "inherit" => Some(true),
            "trash" => Some(false),
            _ => None,
        }),
        local,
        published,
        modified: dates(row, "modified").0,
        title: row["title"]["rendered"].as_str().or_else(|| row["title"].as_str()).and_then(plain),
        html: rendered(row),
        protected: row["content"]["protected"].as_bool().unwrap_or(false),
        sticky: row["sticky"].as_bool().unwrap_or(false),
        author: writer(row, &embedded["author"]),
        language: words(&row["lang"]),
        media: featured(&embedded["wp:featuredmedia"]),
        categories: terms(&embedded["wp:term"], "category"),
        tags: terms(&embedded["wp:term"], "post_tag"),
        link,
        ..Item::default()
    })
}

pub(super) fn comment(row: &Value) -> Option<Item> {
    let (published, local) = dates(row, "date");
    let name = row["author_name"].as_str().and_then(plain);
    let id = whole(&row["author"]).filter(|id| *id > 0);
    let url = address(&row["author_url"]);
    Some(Item {
        id: whole(&row["id"])?,
        public: words(&row["status"]).and_then(|status| match status.as_str() {
            "approved" | "approve" | "1" => Some(true),
            "trash" | "spam" => Some(false),
            _ => None,
        }),
        local,
        published,
        html: rendered(row),
        link: address(&row["link"]),
        author: (id.is_some() || name.is_some()).then_some(Writer { id, name, url, ..Writer::default() }),
        post: whole(&row["post"]).filter(|post| *post > 0),
        parent: whole(&row["parent"]).filter(|parent| *parent > 0),
        kind: words(&row["type"]),
        ..Item::default()
    })
    // What waits for approval is shown to nobody but its author.
    .filter(|_| !matches!(row["status"].as_str(), Some("hold" | "0")))
}

fn rendered(row: &Value) -> String {
    let content = &row["content"];
    content["rendered"].as_str().or_else(|| content.as_str()).unwrap_or_default().to_owned()
}

/// `x_gmt` is UTC and says so nowhere; `x` alone is the site's own time, hours apart from it. What was never published has zeros.
fn dates(row: &Value, name: &str) -> (Option<Moment>, Option<String>) {
    let real = |text: &String| !text.starts_with("0000");
    let local = words(&row[name]).filter(real);
    let gmt = words(&row[format!("{name}_gmt")]).filter(real);
    let utc = gmt.and_then(|text| time::rfc3339(&text).ok()).map(|moment| Moment::second(moment.at));
    (utc.or_else(|| time::rfc3339(local.as_deref()?).ok()), local)
}

/// The account's number stands in the article, everything else in what was embedded; there it may be an error instead, where the
/// site hides its accounts.
fn writer(row: &Value, embedded: &Value) -> Option<Writer> {
    let id = whole(&row["author"]).filter(|id| *id > 0);
    let account = embedded.as_array().and_then(|accounts| accounts.iter().find(|account| whole(&account["id"]).is_some()));
    let Some(account) = account else { return id.map(|id| Writer { id: Some(id), ..Writer::default() }) };
    Some(Writer {
        id: whole(&account["id"]).filter(|id| *id > 0).or(id),
        handle: words(&account["slug"]),
        name: account["name"].as_str().and_then(plain),
        url: address(&account["link"]).or_else(|| address(&account["url"])),
        bio: account["description"].as_str().and_then(plain),
    })
}

fn featured(embedded: &Value) -> Vec<Media> {
    let pictures = embedded.as_array().into_iter().flatten();
    pictures
        .filter_map(|picture| {
            let kind = if picture["media_type"] == "image" { MediaKind::Image } else { MediaKind::Other };
            Some(Media::new(kind, address(&picture["source_url"])?).description(words(&picture["alt_text"])))
        })
        .collect()
}

/// `wp:term` is a list of lists, one a taxonomy.
fn terms(embedded: &Value, taxonomy: &str) -> Vec<String> {
    let all = embedded.as_array().into_iter().flatten().filter_map(Value::as_array).flatten();
    all.filter(|term| term["taxonomy"] == taxonomy).filter_map(|term| plain(term["name"].as_str()?)).collect()
}
