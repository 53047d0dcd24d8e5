//! From a page to what it marks up. Pure.
//!
//! Each syntax is read into values of the shape JSON-LD has, so that everything behind this room knows one shape alone:
//! - [`jsonld`]: JSON-LD, in whatever state
//! - [`attributes`]: microdata and RDFa
//! - [`microformats`]: hReview and h-review
//! - [`dom`]: texts and values of elements

mod attributes;
mod dom;
mod jsonld;
mod microformats;

use scraper::{Html, Node};
use serde_json::Value;

pub(crate) use dom::{has_tags, plain, unescape};

/// A syntax, as the attribute `syntax` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    JsonLd,
    Microdata,
    Rdfa,
    Microformats,
}

impl Syntax {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::JsonLd => "json-ld",
            Self::Microdata => "microdata",
            Self::Rdfa => "rdfa",
            Self::Microformats => "microformats",
        }
    }
}

/// What a page holds.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// What is marked up, in order of trust: JSON-LD was written for machines, the others along with the layout.
    pub(crate) values: Vec<(Syntax, Value)>,
    /// JSON-LD blocks that could not be read.
    pub(crate) broken: usize,
    /// The language of the page, as it states it.
    pub(crate) language: Option<String>,
    /// What `<base>` says addresses are relative to.
    pub(crate) base: Option<String>,
    /// What the page names as the next one.
    pub(crate) next: Option<String>,
}

/// Reads a page.
pub(crate) fn page(html: &str) -> Page {
    let document = Html::parse_document(html);
    let mut page = Page::default();
    let mut blocks = Vec::new();
    for node in document.tree.nodes() {
        let Node::Element(element) = node.value() else { continue };
        match element.name() {
            "html" => page.language = page.language.take().or_else(|| element.attr("lang").map(str::to_owned)),
            "base" => page.base = page.base.take().or_else(|| element.attr("href").map(str::to_owned)),
            "link" | "a" if page.next.is_none() => {
                let is_next = element
                    .attr("rel")
                    .is_some_and(|rel| rel.split_ascii_whitespace().any(|one| one.eq_ignore_ascii_case("next")));
                page.next = element.attr("href").filter(|_| is_next).map(str::to_owned);
            }
            "script" if element.attr("type").is_some_and(jsonld::is_type) => {
                let text: String = node.children().filter_map(|child| child.value().as_text().map(|text| &*text.text)).collect();
                blocks.push(text);
            }
            _ => {}
        }
    }
    for block in blocks {
        match jsonld::read(&block) {
            Some(values) => page.values.extend(values.into_iter().map(|value| (Syntax::JsonLd, value))),
            None => page.broken += 1,
        }
    }
    for syntax in [Syntax::Microdata, Syntax::Rdfa] {
        page.values.extend(attributes::read(&document, syntax).into_iter().map(|value| (syntax, value)));
    }
    page.values.extend(microformats::read(&document).into_iter().map(|value| (Syntax::Microformats, value)));
    page
}
