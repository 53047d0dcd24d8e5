//! JSON Feed 1 and 1.1, and what calls itself so.

use serde_json::Value;

use super::dates::moment;
use super::{Attachment, Body, Document, Entry, NotAFeed, Person, even, person};

/// Reads a JSON Feed. Fields of an unexpected type count as absent: one of them must not cost the other entries.
pub(super) fn parse(text: &str) -> Result<Document, NotAFeed> {
    let feed: Value = serde_json::Deserializer::from_str(text)
        .into_iter()
        .next()
        .and_then(Result::ok)
        .ok_or_else(|| NotAFeed("is JSON that is cut off or damaged, and no feed".into()))?;
    let items = feed["items"].as_array().ok_or_else(|| NotAFeed("is JSON without `items`, and no feed".into()))?;
    Ok(Document {
        title: string(&feed["title"]).and_then(|title| even(&title)),
        link: string(&feed["home_page_url"]),
        language: string(&feed["language"]),
        authors: people(&feed),
        entries: items.iter().filter(|item| item.is_object()).map(entry).collect(),
        broken_off: false,
    })
}

fn entry(item: &Value) -> Entry {
    let attached = item["attachments"].as_array().map(Vec::as_slice).unwrap_or_default();
    let images = ["image", "banner_image"]
        .into_iter()
        .filter_map(|key| Some(Attachment { url: string(&item[key])?, kind: "image".into(), description: None }));
    Entry {
        id: string(&item["id"]),
        link: string(&item["url"]).or_else(|| string(&item["external_url"])),
        title: string(&item["title"]).and_then(|title| even(&title)),
        body: body(item),
        published: string(&item["date_published"]).as_deref().and_then(moment),
        updated: string(&item["date_modified"]).as_deref().and_then(moment),
        authors: people(item),
        language: string(&item["language"]),
        attachments: attached
            .iter()
            .filter_map(|attachment| {
                Some(Attachment {
                    url: string(&attachment["url"])?,
                    kind: string(&attachment["mime_type"]).unwrap_or_default(),
                    description: string(&attachment["title"]),
                })
            })
            .chain(images)
            .collect(),
        tags: item["tags"].as_array().into_iter().flatten().filter_map(string).collect(),
        links: string(&item["external_url"]).into_iter().collect(),
        ..Entry::default()
    }
}

fn body(item: &Value) -> Body {
    if let Some(html) = string(&item["content_html"]) {
        Body::Html(html)
    } else if let Some(text) = string(&item["content_text"]).or_else(|| string(&item["summary"])) {
        Body::Plain(text)
    } else {
        Body::Absent
    }
}

/// `authors` of version 1.1, else `author` of version 1.
fn people(of: &Value) -> Vec<Person> {
    let named = |author: &Value| person(&string(&author["name"])?, author["url"].as_str());
    let authors: Vec<Person> = of["authors"].as_array().into_iter().flatten().filter_map(named).collect();
    if authors.is_empty() { named(&of["author"]).into_iter().collect() } else { authors }
}

/// Text that is not blank; numbers count, because ids are written as numbers.
fn string(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_types_cost_one_field_and_no_entry() {
        let feed = parse(
            r#"{"version":"1.1","title":3,"author":{"name":"Ada"},"items":[
                {"id":7,"title":["x"],"content_text":"a","tags":"no","authors":[{"name":"Bo","url":"https://bo.example"}]},
                null, "x",
                {"id":"b","date_published":"Fri, 02 Jan 2026 01:04:05 GMT","content_html":"","summary":"short"}]} <!-- cached -->"#,
        )
        .expect("a feed");
        assert_eq!(feed.entries.len(), 2);
        assert_eq!((feed.entries[0].id.as_deref(), feed.entries[0].title.as_deref()), (Some("7"), None));
        assert_eq!(feed.entries[0].authors, [Person { name: "Bo".into(), url: Some("https://bo.example".into()) }]);
        assert_eq!(feed.entries[1].body, Body::Plain("short".into()));
        assert!(feed.entries[1].published.is_some());
        assert_eq!(feed.authors[0].name, "Ada");
    }
}
