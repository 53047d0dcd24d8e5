//! RSS 0.9x, 1.0, 2.0 and Atom 0.3, 1.0, with the extensions feeds use, from a tolerant tree.

use vigie_plugin::http;

use super::dates::moment;
use super::xml::{Element, Vocabulary, read};
use super::{Attachment, Body, Document, Entry, NotAFeed, Person, even, person, plain};
use Vocabulary::{Atom, Content, DublinCore, Itunes, Media, Plain, Slash, Threading};

/// Reads XML as a feed.
pub(super) fn parse(text: &str) -> Result<Document, NotAFeed> {
    let outermost = read(text);
    let is_page = |element: &Element| matches!(element.name.as_str(), "html" | "head" | "body");
    if let Some(page) = outermost.iter().find(|element| is_page(element)) {
        return Err(not_a_page(page));
    }
    let Some(root) = outermost.iter().find_map(find_root) else {
        return Err(NotAFeed("is no feed: it has no `rss`, `RDF`, `feed` or JSON `items`".into()));
    };
    // RSS 1.0 puts its items beside the channel, 2.0 inside; damaged feeds do either.
    let head = root.elements().find(|element| element.name == "channel").unwrap_or(root);
    let base = root.attribute("xml:base").map(str::to_owned);
    let mut found = Vec::new();
    collect(root, &mut found);
    let last = found.len().saturating_sub(1);
    Ok(Document {
        title: title(head),
        link: address(head),
        language: language(head).or_else(|| language(root)),
        authors: authors(head),
        entries: found
            .into_iter()
            .enumerate()
            .map(|(place, element)| Entry {
                broken_off: !root.closed && place == last && !element.closed,
                ..entry(element, base.as_deref())
            })
            .filter(|entry| *entry != Entry::default())
            .collect(),
        broken_off: !root.closed,
    })
}

/// The feed's outermost element, below whatever a broken server put around it.
fn find_root(element: &Element) -> Option<&Element> {
    match element.name.as_str() {
        "rss" | "rdf" | "feed" | "channel" | "entry" => Some(element),
        _ => element.elements().find_map(find_root),
    }
}

fn collect<'a>(element: &'a Element, found: &mut Vec<&'a Element>) {
    if matches!((element.vocabulary, element.name.as_str()), (Plain, "item") | (Atom, "entry")) {
        found.push(element);
    } else {
        element.elements().for_each(|inside| collect(inside, found));
    }
}

fn not_a_page(page: &Element) -> NotAFeed {
    fn alternate(element: &Element) -> Option<&str> {
        let is_feed = |kind: &str| kind.contains("rss") || kind.contains("atom") || kind.contains("feed+json");
        if element.name == "link" && element.attribute("type").is_some_and(is_feed) {
            return element.attribute("href");
        }
        element.elements().find_map(alternate)
    }
    NotAFeed(match alternate(page) {
        Some(feed) => format!("is a page for people; it names a feed at `{feed}`, put that into `urls`"),
        None => "is a page for people and no feed".into(),
    })
}

fn entry(element: &Element, base: Option<&str>) -> Entry {
    let own_base = element.attribute("xml:base");
    let date = |vocabulary, name| element.all(vocabulary, name).find_map(|date| moment(&date.text()));
    Entry {
        id: [(Plain, "guid"), (Atom, "id"), (Plain, "id"), (DublinCore, "identifier")]
            .into_iter()
            .find_map(|(vocabulary, name)| {
                element.all(vocabulary, name).filter(|id| whole(id, element)).map(Element::text).find(|id| !id.is_empty())
            })
            .or_else(|| element.attribute("rdf:about").map(str::to_owned)),
        link: address(element),
        title: title(element),
        body: body(element),
        published: date(Plain, "pubdate")
            .or_else(|| date(Atom, "published"))
            .or_else(|| date(Atom, "issued"))
            .or_else(|| date(DublinCore, "date"))
            .or_else(|| date(DublinCore, "created"))
            .or_else(|| date(Atom, "created"))
            .or_else(|| date(Atom, "pubdate"))
            .or_else(|| date(Plain, "published")),
        updated: date(Atom, "updated")
            .or_else(|| date(Atom, "modified"))
            .or_else(|| date(DublinCore, "modified"))
            .or_else(|| date(Plain, "updated")),
        authors: authors(element),
        language: language(element).or_else(|| element.first(Atom, "content").and_then(language)),
        comments: comments(element),
        views: views(element),
        in_reply_to: element
            .all(Threading, "in-reply-to")
            .find_map(|answered| answered.attribute("ref").or_else(|| answered.attribute("href")).map(str::to_owned)),
        attachments: attachments(element),
        tags: tags(element),
        links: links(element, &["related", "via"]).map(str::to_owned).collect(),
        base: match (own_base, base) {
            (Some(own), Some(base)) => http::join(base, own).or_else(|| Some(own.to_owned())),
            (own, base) => own.or(base).map(str::to_owned),
        },
        broken_off: false,
    }
}

/// Whether what stands in a part of an entry is all of it: half an id would be another entry's.
fn whole(part: &Element, entry: &Element) -> bool {
    part.closed || entry.closed
}

fn title(element: &Element) -> Option<String> {
    if let Some(title) = element.first(Plain, "title") {
        return plain(&title.html());
    }
    if let Some(title) = element.first(Atom, "title") {
        return match title.attribute("type") {
            Some("html" | "xhtml" | "text/html") => plain(&title.html()),
            _ => even(&title.text()),
        };
    }
    element.text_of(DublinCore, "title").or_else(|| element.text_of(Media, "title")).and_then(|title| plain(&title))
}

/// The fullest text: `content:encoded`, Atom's content, a description, whatever else describes it.
fn body(element: &Element) -> Body {
    if let Some(content) = element.first(Content, "encoded") {
        return html(content);
    }
    for name in ["content", "summary"] {
        if let Some(body) = element.all(Atom, name).map(atom_text).find(|body| *body != Body::Absent) {
            return body;
        }
    }
    for (vocabulary, name) in
        [(Plain, "description"), (Plain, "content"), (Plain, "body"), (DublinCore, "description"), (Itunes, "summary")]
    {
        if let Some(description) = element.first(vocabulary, name) {
            return html(description);
        }
    }
    let group = element.first(Media, "group").unwrap_or(element);
    group.text_of(Media, "description").map_or(Body::Absent, Body::Plain)
}

/// HTML, or plain text where nothing in it is HTML's, so that its line breaks stay.
fn html(element: &Element) -> Body {
    let html = element.html();
    if html.is_empty() {
        Body::Absent
    } else if html.contains(['<', '&']) {
        Body::Html(html)
    } else {
        Body::Plain(html)
    }
}

fn atom_text(element: &Element) -> Body {
    let kind = element.attribute("type").unwrap_or("text").to_ascii_lowercase();
    match kind.as_str() {
        // Elements inside what calls itself text are HTML somebody forgot to escape.
        "text" | "text/plain" if element.elements().next().is_none() => match element.text() {
            text if text.is_empty() => Body::Absent,
            text => Body::Plain(text),
        },
        kind if kind.starts_with("text") || kind.contains("html") => html(element),
        // Pictures in base64 and foreign XML are no text of the entry.
        _ => Body::Absent,
    }
}

fn language(element: &Element) -> Option<String> {
    element
        .text_of(Plain, "language")
        .or_else(|| element.text_of(DublinCore, "language"))
        .or_else(|| element.attribute("xml:lang").map(str::to_owned))
}

fn links<'a>(element: &'a Element, relations: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
    element
        .all(Atom, "link")
        .filter(|link| relations.contains(&link.attribute("rel").unwrap_or("alternate")))
        .filter_map(|link| link.attribute("href"))
}

fn address(element: &Element) -> Option<String> {
    let written = element.all(Plain, "link").filter(|link| whole(link, element)).find_map(|link| {
        let text = link.text();
        // Some write Atom's form into RSS, and an address never holds white space.
        let text = if text.is_empty() { link.attribute("href").unwrap_or_default().to_owned() } else { text };
        let text: String = text.split_whitespace().collect();
        (!text.is_empty()).then_some(text)
    });
    let page = || {
        element
            .all(Atom, "link")
            .find(|link| link.attribute("type") == Some("text/html") && link.attribute("rel") == Some("alternate"))
    };
    written
        .or_else(|| page().and_then(|link| link.attribute("href")).map(str::to_owned))
        .or_else(|| links(element, &["alternate"]).next().map(str::to_owned))
        // A guid is an address unless it says it is none.
        .or_else(|| {
            let guid = element.first(Plain, "guid").filter(|guid| guid.attribute("ispermalink") != Some("false"))?.text();
            (guid.starts_with("http://") || guid.starts_with("https://")).then_some(guid)
        })
}

fn authors(element: &Element) -> Vec<Person> {
    let atom = element.all(Atom, "author").filter_map(|author| {
        let name = author.text_of(Atom, "name").or_else(|| author.text_of(Plain, "name"));
        let url = author.text_of(Atom, "uri").or_else(|| author.text_of(Atom, "url"));
        let name = name.or_else(|| author.elements().next().is_none().then(|| author.text()))?;
        person(&name, url.as_deref())
    });
    let mut people: Vec<Person> = atom.collect();
    for (vocabulary, name) in [(DublinCore, "creator"), (Plain, "author"), (Itunes, "author"), (Plain, "managingeditor")] {
        if people.is_empty() {
            people.extend(element.all(vocabulary, name).filter_map(|author| person(&author.text(), None)));
        }
    }
    people.dedup();
    people
}

fn comments(element: &Element) -> Option<u64> {
    let counted = element.text_of(Slash, "comments").or_else(|| element.text_of(Threading, "total"));
    let replies = || {
        element.all(Atom, "link").filter(|link| link.attribute("rel") == Some("replies")).find_map(|link| {
            let count = link.attributes.iter().find(|(key, _)| key.ends_with(":count"))?;
            Some(count.1.clone())
        })
    };
    counted.or_else(replies)?.trim().parse().ok()
}

fn views(element: &Element) -> Option<u64> {
    let group = element.first(Media, "group").unwrap_or(element);
    let community = group.first(Media, "community").or_else(|| group.all(Media, "community").next())?;
    community.all(Media, "statistics").find_map(|statistics| statistics.attribute("views")?.parse().ok())
}

fn tags(element: &Element) -> Vec<String> {
    let plain_tags = element.all(Plain, "category").map(|category| category.text());
    let atom_tags = element
        .all(Atom, "category")
        .filter_map(|category| category.attribute("label").or_else(|| category.attribute("term")).map(str::to_owned));
    let subjects = element.all(DublinCore, "subject").map(|subject| subject.text());
    let mut tags: Vec<String> = Vec::new();
    for tag in plain_tags.chain(atom_tags).chain(subjects).filter_map(|tag| plain(&tag)) {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}

fn attachments(element: &Element) -> Vec<Attachment> {
    let mut found: Vec<Attachment> = Vec::new();
    let mut add = |url: Option<&str>, kind: Option<&str>, description: Option<String>| {
        if let Some(url) = url
            && !found.iter().any(|known| known.url == url)
        {
            found.push(Attachment { url: url.to_owned(), kind: kind.unwrap_or_default().to_owned(), description });
        }
    };
    for enclosure in element.all(Plain, "enclosure") {
        add(enclosure.attribute("url"), enclosure.attribute("type"), None);
    }
    for link in element.all(Atom, "link").filter(|link| link.attribute("rel") == Some("enclosure")) {
        add(link.attribute("href"), link.attribute("type"), link.attribute("title").map(str::to_owned));
    }
    let groups = element.all(Media, "group");
    for holder in std::iter::once(element).chain(groups) {
        for content in holder.all(Media, "content") {
            let description = content.text_of(Media, "description").or_else(|| content.text_of(Media, "title"));
            add(content.attribute("url"), content.attribute("type").or_else(|| content.attribute("medium")), description);
        }
    }
    found
}
