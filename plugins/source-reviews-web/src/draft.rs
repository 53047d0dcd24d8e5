//! A review, post or comment as it is marked up, read property by property. Pure.

mod numbers;
mod values;

use serde_json::{Map, Value};
use vigie_plugin::{Engagement, Media, MediaKind, Moment, Rating, http};

use crate::collect::{Collected, Found, Kind, types};
use crate::dates;
use crate::extract::{Page, Syntax};

/// Who wrote something.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Writer {
    pub(crate) name: Option<String>,
    pub(crate) handle: Option<String>,
    pub(crate) url: Option<String>,
}

/// What was found, in our words, before it is known what is told twice.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Draft {
    pub(crate) kind: Kind,
    /// Addresses that may be its own, absolute.
    pub(crate) addresses: Vec<String>,
    pub(crate) title: Option<String>,
    pub(crate) text: String,
    /// Whether `text` is HTML.
    pub(crate) html: bool,
    pub(crate) writer: Option<Writer>,
    pub(crate) published: Option<Moment>,
    pub(crate) edited: Option<Moment>,
    pub(crate) rating: Option<Rating>,
    pub(crate) language: Option<String>,
    pub(crate) engagement: Engagement,
    pub(crate) downvotes: Option<u64>,
    /// Position of the draft it hangs below.
    pub(crate) parent: Option<usize>,
    /// Address of what it says it answers.
    pub(crate) answers: Option<String>,
    /// What a review is about: name, type, address.
    pub(crate) item: Option<String>,
    pub(crate) item_type: Option<String>,
    pub(crate) item_url: Option<String>,
    pub(crate) links: Vec<String>,
    pub(crate) media: Vec<Media>,
    /// Whether the site says that it was deleted.
    pub(crate) deleted: bool,
    pub(crate) syntax: Syntax,
}

impl Draft {
    /// Whether nothing is left that somebody could have meant.
    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
            && self.rating.is_none()
            && self.media.is_empty()
            && (self.kind != Kind::Review || self.title.is_none())
    }
}

/// Drafts of everything collected, in its order. `at`: the page's address.
pub(crate) fn drafts(collected: &Collected<'_>, page: &Page, at: &str) -> Vec<Draft> {
    let base = page.base.as_deref().and_then(|base| http::join(at, base)).unwrap_or_else(|| at.to_owned());
    let reader = Reader { collected, base: &base, language: page.language.as_deref() };
    collected.found.iter().map(|found| reader.draft(found)).collect()
}

struct Reader<'a> {
    collected: &'a Collected<'a>,
    base: &'a str,
    /// Of the page.
    language: Option<&'a str>,
}

impl Reader<'_> {
    fn draft(&self, found: &Found<'_>) -> Draft {
        let node = found.node;
        let entities = found.syntax == Syntax::JsonLd;
        let bodies = ["reviewBody", "articleBody", "commentText", "description", "text"];
        let order: &[&str] = if found.kind == Kind::Review {
            &["reviewBody", "description", "text", "articleBody"]
        } else {
            &["text", "articleBody", "commentText", "description"]
        };
        let body =
            order.iter().find_map(|name| values::text(node.get(*name)?).filter(|text| !values::is_placeholder(text, &bodies)));
        let (text, html) = body.map(|body| values::body(&body, entities)).unwrap_or_default();
        let title = ["headline", "name"].iter().find_map(|name| values::line(node.get(*name)?, entities));
        let item = self.item(found);
        let moment =
            |names: &[&str]| names.iter().find_map(|name| dates::moment(&values::text(node.get(*name)?)?, self.language));
        let rating = node.get("reviewRating").or_else(|| node.get("rating")).and_then(|rating| match self.object(rating) {
            Some(object) => numbers::rating_of(object),
            None => numbers::rating(rating),
        });
        let (engagement, downvotes) = numbers::engagement(node);
        let mut links: Vec<String> = Vec::new();
        for shared in values::each(node.get("sharedContent")) {
            links.extend(values::address(shared).and_then(|url| http::web(self.base, &url)));
        }
        Draft {
            kind: found.kind,
            addresses: self.addresses(node),
            title: title.filter(|title| !values::is_placeholder(title, &["name", "headline"])),
            text,
            html,
            writer: ["author", "creator"].iter().find_map(|name| self.writer(node.get(*name)?, entities)),
            published: moment(&["datePublished", "dateCreated", "commentTime", "uploadDate"]),
            edited: moment(&["dateModified"]),
            rating,
            language: node.get("inLanguage").and_then(values::language),
            engagement,
            downvotes,
            parent: found.parent,
            answers: node.get("parentItem").and_then(values::address).and_then(|url| http::web(self.base, &url)),
            item: item.and_then(|item| values::line(item.get("name")?, entities)),
            item_type: item.and_then(|item| types(item).next().map(str::to_owned)),
            item_url: item
                .and_then(|item| item.get("url").or_else(|| item.get("@id")))
                .and_then(values::address)
                .and_then(|url| http::web(self.base, &url)),
            links,
            media: self.media(node),
            deleted: node
                .get("creativeWorkStatus")
                .and_then(values::text)
                .is_some_and(|status| status.eq_ignore_ascii_case("deleted")),
            syntax: found.syntax,
        }
    }

    /// An object, or the one a reference by `@id` stands for.
    fn object<'v>(&'v self, value: &'v Value) -> Option<&'v Map<String, Value>> {
        let object = values::first(value)?.as_object()?;
        let known = object.get("@id").and_then(Value::as_str).and_then(|id| self.collected.by_id.get(id).copied());
        if object.keys().all(|key| key == "@id" || key == "@type") { known.or(Some(object)) } else { Some(object) }
    }

    /// What is reviewed: what the review says itself, else what it stands below.
    fn item<'v>(&'v self, found: &'v Found<'_>) -> Option<&'v Map<String, Value>> {
        if found.kind != Kind::Review {
            return None;
        }
        let own = found.node.get("itemReviewed").and_then(|item| self.object(item)).filter(|item| item.contains_key("name"));
        own.or(found.about)
    }

    fn addresses(&self, node: &Map<String, Value>) -> Vec<String> {
        let mut addresses: Vec<String> = Vec::new();
        for name in ["@id", "url", "mainEntityOfPage"] {
            let written = node.get(name).and_then(values::address).filter(|url| !url.starts_with("_:"));
            // An `@id` that is no address and no fragment is a name of its own making.
            let plausible = |url: &String| name != "@id" || url.contains("://") || url.starts_with(['/', '#']);
            let address = written.filter(plausible).and_then(|url| http::web(self.base, &url));
            addresses.extend(address.filter(|address| !addresses.contains(address)));
        }
        addresses
    }

    fn writer(&self, value: &Value, entities: bool) -> Option<Writer> {
        let value = values::first(value)?;
        let Some(person) = self.object(value) else {
            let name = values::line(value, entities)?;
            // An address where a name belongs says who it is all the same.
            let url = (name.starts_with("http://") || name.starts_with("https://")).then(|| name.clone());
            return match url {
                Some(url) => Some(Writer { url: Some(url), ..Writer::default() }),
                None => values::is_name(&name).then(|| Writer { name: Some(name), ..Writer::default() }),
            };
        };
        let name = person.get("name").and_then(|name| values::line(name, entities)).filter(|name| values::is_name(name));
        let handle = person.get("alternateName").and_then(|name| values::line(name, entities));
        let url = person.get("url").or_else(|| person.get("@id")).and_then(values::address);
        let url = url
            .filter(|url| !url.starts_with(['_', '#']))
            .and_then(|url| http::web(self.base, &url))
            .filter(|url| url != self.base);
        let handle = handle.filter(|handle| !handle.contains(char::is_whitespace));
        (name.is_some() || (url.is_some() && handle.is_some())).then_some(Writer { name, handle, url })
    }

    fn media(&self, node: &Map<String, Value>) -> Vec<Media> {
        let mut media: Vec<Media> = Vec::new();
        for (name, kind) in [("image", MediaKind::Image), ("video", MediaKind::Video)] {
            for value in values::each(node.get(name)).take(20) {
                let object = self.object(value);
                let address = match object {
                    Some(object) => {
                        ["contentUrl", "url", "embedUrl", "@id"].iter().find_map(|name| values::text(object.get(*name)?))
                    }
                    None => values::text(value),
                };
                let Some(url) = address.and_then(|url| http::web(self.base, &url)) else { continue };
                let description =
                    object.and_then(|object| values::line(object.get("caption").or_else(|| object.get("name"))?, true));
                if media.iter().all(|known| known.url != url) {
                    media.push(Media::new(kind, url).description(description));
                }
            }
        }
        media
    }
}
