//! A feed's entries as mentions, field by field. Pure.

use std::collections::HashMap;

use vigie_plugin::{Author, Label, Media, MediaKind, Mention, MentionKind, Value, html, http, ids};

use crate::parse::{Attachment, Body, Document, Entry, Person};

/// Ids longer than this are replaced by their hash.
const MAX_ID_BYTES: usize = 400;

/// Where a document was read.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The address the operator named: what ids that are no addresses hang on, so it must not change by a redirect.
    pub feed_url: &'a str,
    /// The address that answered: what relative addresses hang on.
    pub answered_url: &'a str,
}

/// The mentions of a feed, each id once: of entries with the same id the one changed last counts, among equals the first.
///
/// # Shape
/// In the order of the document. Entries without anything to read and those a broken-off document left without identity are
/// left out.
#[must_use]
pub fn mentions(document: Document, place: Place<'_>) -> Vec<Mention> {
    let site = document.link.as_deref().and_then(|link| http::join(place.answered_url, link));
    let head = Head {
        site: site.unwrap_or_else(|| place.answered_url.to_owned()),
        title: document.title,
        language: document.language,
        authors: document.authors,
    };
    let mut mentions: Vec<Mention> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for mention in document.entries.into_iter().filter_map(|entry| mention(entry, &head, place)) {
        match known.get(&mention.id) {
            Some(&at) if changed_at(&mention) > changed_at(&mentions[at]) => mentions[at] = mention,
            Some(_) => {}
            None => {
                known.insert(mention.id.clone(), mentions.len());
                mentions.push(mention);
            }
        }
    }
    mentions
}

/// When a mention last changed, as far as the feed says.
#[must_use]
pub fn changed_at(mention: &Mention) -> Option<i64> {
    mention.edited.or(mention.published).map(|moment| moment.at)
}

/// What a feed says for all its entries.
struct Head {
    site: String,
    title: Option<String>,
    language: Option<String>,
    authors: Vec<Person>,
}

fn mention(entry: Entry, head: &Head, place: Place<'_>) -> Option<Mention> {
    // Its id may have stood in the half that is missing, and by its link it would be another mention.
    if entry.broken_off && entry.id.is_none() {
        return None;
    }
    let base = entry.base.as_deref().and_then(|base| http::join(place.answered_url, base));
    let base = base.as_deref().unwrap_or(&head.site);
    let id = id(&entry, place.feed_url, base)?;
    let kind = if entry.in_reply_to.is_some() { MentionKind::Comment } else { MentionKind::Article };
    let authors = if entry.authors.is_empty() { &head.authors } else { &entry.authors };
    // What has only a date of change was published then, as far as anybody knows.
    let published = entry.published.or(entry.updated);
    let url = entry.link.as_deref().and_then(|link| http::web(base, link));
    let mention = Mention::new(id, kind)
        .title(entry.title)
        .language(entry.language.or_else(|| head.language.clone()).as_deref().and_then(language))
        .author(authors.first().map(|person| author(person, &head.site)))
        .published(published)
        .edited(entry.updated)
        .parent(entry.in_reply_to.as_deref().map(|id| identity(id, place.feed_url)))
        .comments(entry.comments)
        .views(entry.views)
        .media(entry.attachments.iter().filter_map(|attachment| media(attachment, base)));
    let mut mention = match entry.body {
        Body::Absent => mention,
        Body::Plain(text) => mention.text(text),
        Body::Html(html) => mention.html(html::absolute(&html, base)),
    };
    mention.links =
        entry.links.iter().filter_map(|link| http::web(base, link)).filter(|link| Some(link) != url.as_ref()).collect();
    mention.url = url;
    if let Some(outlet) = &head.title {
        mention = mention.attribute("outlet", Value::Text(outlet.clone()));
    }
    let labels = |names: Vec<String>| Value::Labels(names.into_iter().map(|name| Label { name, score: 1.0 }).collect());
    if authors.len() > 1 {
        mention = mention.attribute("authors", labels(authors.iter().map(|person| person.name.clone()).collect()));
    }
    if !entry.tags.is_empty() {
        mention = mention.attribute("tags", labels(entry.tags));
    }
    Some(mention)
}

/// What an entry is known by: its own id, else its address, else what it says. `None` where it says nothing.
fn id(entry: &Entry, feed_url: &str, base: &str) -> Option<String> {
    if let Some(id) = &entry.id {
        return Some(identity(id, feed_url));
    }
    if let Some(link) = entry.link.as_deref().and_then(|link| http::web(base, link)) {
        return Some(identity(&link, feed_url));
    }
    let text = match &entry.body {
        Body::Absent => "",
        Body::Plain(text) | Body::Html(text) => text,
    };
    let title = entry.title.as_deref().unwrap_or_default();
    // A title with its date outlives a correction of the text; without a date only both together tell entries apart.
    let words = match entry.published {
        Some(at) if !title.is_empty() => format!("{title}\n{}", at.at),
        _ => format!("{title}\n{text}"),
    };
    (!words.trim().is_empty()).then(|| format!("{feed_url}#{}", ids::hash(&words)))
}

/// An id that is unique everywhere: addresses, URNs and tags are, everything else hangs on the address of its feed.
fn identity(id: &str, feed_url: &str) -> String {
    let everywhere = id.split_once(':').is_some_and(|(scheme, rest)| {
        let scheme = scheme.to_ascii_lowercase();
        !rest.is_empty()
            && !id.contains(char::is_whitespace)
            && matches!(scheme.as_str(), "http" | "https" | "urn" | "tag" | "yt")
    });
    match (everywhere, id.len() <= MAX_ID_BYTES) {
        (true, true) => id.to_owned(),
        (false, true) => format!("{feed_url}#{id}"),
        (_, false) => format!("{feed_url}#{}", ids::hash(id)),
    }
}

fn author(person: &Person, site: &str) -> Author {
    // Names are unique on their site at best.
    let host = site.split_once("://").map_or(site, |(_, rest)| rest).split(['/', '?', '#']).next().unwrap_or_default();
    let id = person.url.clone().unwrap_or_else(|| format!("{host}/{}", person.name));
    Author::new(id).name(&person.name).url(person.url.as_deref())
}

/// A language tag as such; feeds also write sentences here.
fn language(stated: &str) -> Option<String> {
    let tag = stated.trim().replace('_', "-");
    let plausible = tag.len() <= 35
        && tag.split('-').all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let primary = tag.split('-').next().unwrap_or_default();
    (plausible && (2..=3).contains(&primary.len()) && primary.bytes().all(|byte| byte.is_ascii_alphabetic())).then_some(tag)
}

fn media(attachment: &Attachment, base: &str) -> Option<Media> {
    let url = http::web(base, &attachment.url)?;
    let path = url.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    let stated = attachment.kind.to_ascii_lowercase();
    let is = |name: &str, endings: &[&str]| {
        stated.starts_with(name) || (stated.is_empty() && endings.iter().any(|ending| path.ends_with(ending)))
    };
    let kind = if is("image", &[".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif"]) {
        MediaKind::Image
    } else if is("video", &[".mp4", ".webm", ".mov", ".m4v"]) {
        MediaKind::Video
    } else if is("audio", &[".mp3", ".m4a", ".ogg", ".opus", ".wav"]) {
        MediaKind::Audio
    } else {
        MediaKind::Other
    };
    Some(Media::new(kind, url).description(attachment.description.as_deref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEED: &str = "https://blog.example/feed.xml";

    #[test]
    fn ids_are_unique_everywhere() {
        for (id, unique) in [
            ("https://blog.example/1", "https://blog.example/1"),
            ("tag:blog.example,2026:1", "tag:blog.example,2026:1"),
            ("urn:uuid:1", "urn:uuid:1"),
            ("42", "https://blog.example/feed.xml#42"),
            ("post: 42", "https://blog.example/feed.xml#post: 42"),
            ("12:30", "https://blog.example/feed.xml#12:30"),
        ] {
            assert_eq!(identity(id, FEED), unique);
        }
        assert_eq!(identity(&"x".repeat(2000), FEED).len(), FEED.len() + 33);
    }

    #[test]
    fn languages_are_tags_or_nothing() {
        for (stated, tag) in
            [("en-us", Some("en-us")), ("pt_BR", Some("pt-BR")), ("English (US)", None), ("", None), ("english", None)]
        {
            assert_eq!(language(stated).as_deref(), tag, "{stated}");
        }
    }
}
