//! Microdata and RDFa: items and properties in attributes of the page's own elements.
//!
//! Source: HTML Standard, section 5 (microdata); RDFa Lite 1.1; data-vocabulary.org for the names used before schema.org.

use std::collections::HashMap;

use ego_tree::iter::Edge;
use ego_tree::{NodeId, NodeRef};
use scraper::node::Element;
use scraper::{Html, Node};
use serde_json::{Map, Value};

use super::Syntax;
use super::dom::Text;

/// Items of a page that are read; the rest is left.
const MAX_ITEMS: usize = 20_000;
/// `itemref` references of a page that are followed.
const MAX_REFERENCES: usize = 500;
/// Properties inside each other whose text is taken at the same time.
const MAX_OPEN: usize = 48;
/// Items nested deeper are left out.
const MAX_DEPTH: usize = 48;

/// The items of a page that are no property of another one.
pub(super) fn read(document: &Html, syntax: Syntax) -> Vec<Value> {
    let mut reader = Reader { syntax, items: Vec::new(), references: Vec::new() };
    reader.walk(document.tree.root(), None);
    let mut ids: HashMap<&str, NodeId> = HashMap::new();
    if !reader.references.is_empty() {
        for node in document.tree.nodes() {
            if let Node::Element(element) = node.value()
                && let Some(id) = element.attr("id")
            {
                ids.entry(id).or_insert_with(|| node.id());
            }
        }
    }
    // Elements elsewhere in the page that an item says belong to it, too.
    let mut followed = 0;
    while followed < reader.references.len().min(MAX_REFERENCES) {
        let (item, id) = reader.references[followed].clone();
        followed += 1;
        if let Some(node) = ids.get(id.as_str()).and_then(|id| document.tree.get(*id)) {
            reader.walk(node, Some(item));
        }
    }
    let top: Vec<usize> = (0..reader.items.len()).filter(|at| !reader.items[*at].inside).collect();
    top.into_iter().map(|at| reader.value(at, 0)).collect()
}

struct Reader {
    syntax: Syntax,
    items: Vec<Item>,
    /// An item and the id of an element that belongs to it.
    references: Vec<(usize, String)>,
}

#[derive(Default)]
struct Item {
    types: Vec<String>,
    id: Option<String>,
    properties: Vec<(String, Property)>,
    /// Whether it is a property of another one.
    inside: bool,
}

#[derive(Clone)]
enum Property {
    Text(String),
    Item(usize),
}

/// An element that is open.
#[derive(Default)]
struct Frame {
    opened: bool,
    /// A property whose value is the element's text: its item, its names, where the text begins.
    reading: Option<(usize, Vec<String>, usize)>,
    /// RDFa `rel`: the names of the item that comes next.
    awaited: Vec<String>,
}

impl Reader {
    fn walk(&mut self, root: NodeRef<'_, Node>, item: Option<usize>) {
        let mut open: Vec<usize> = item.into_iter().collect();
        let mut frames: Vec<Frame> = Vec::new();
        let mut reading = 0;
        let mut text = Text::default();
        for edge in root.traverse() {
            match edge {
                Edge::Open(node) => match node.value() {
                    Node::Element(element) => {
                        text.open(element.name());
                        let awaited = frames.last().map(|frame| frame.awaited.clone()).unwrap_or_default();
                        let mut frame = self.enter(element, &mut open, awaited, text.place());
                        if frame.reading.is_some() && reading >= MAX_OPEN {
                            frame.reading = None;
                        }
                        reading += usize::from(frame.reading.is_some());
                        frames.push(frame);
                    }
                    Node::Text(words) => text.write(&words.text),
                    _ => {}
                },
                Edge::Close(node) => {
                    let Node::Element(element) = node.value() else { continue };
                    text.close(element.name());
                    let Some(frame) = frames.pop() else { continue };
                    if frame.opened {
                        open.pop();
                    }
                    if let Some((item, names, place)) = frame.reading {
                        reading -= 1;
                        self.put(item, names, &Property::Text(text.since(place)));
                    }
                }
            }
        }
    }

    fn enter(&mut self, element: &Element, open: &mut Vec<usize>, awaited: Vec<String>, place: usize) -> Frame {
        let mut frame = Frame { awaited, ..Frame::default() };
        let names = match self.syntax {
            Syntax::Microdata => words(element.attr("itemprop")),
            _ => words(element.attr("property")),
        };
        let types = match self.syntax {
            Syntax::Microdata => element.attr("itemscope").map(|_| words_as_written(element.attr("itemtype"))),
            _ => element.attr("typeof").map(|types| words_as_written(Some(types))),
        };
        if let Some(types) = types {
            if self.items.len() >= MAX_ITEMS {
                return frame;
            }
            let at = self.items.len();
            let id = match self.syntax {
                Syntax::Microdata => element.attr("itemid"),
                _ => element.attr("resource").or_else(|| element.attr("about")),
            };
            self.items.push(Item { types, id: id.map(str::to_owned), ..Item::default() });
            let names = if names.is_empty() { std::mem::take(&mut frame.awaited) } else { names };
            if let (Some(&outer), false) = (open.last(), names.is_empty()) {
                self.items[at].inside = true;
                self.put(outer, names, &Property::Item(at));
            }
            if self.syntax == Syntax::Microdata && self.references.len() < MAX_REFERENCES {
                self.references.extend(words_as_written(element.attr("itemref")).into_iter().map(|id| (at, id)));
            }
            open.push(at);
            frame.opened = true;
            return frame;
        }
        if self.syntax == Syntax::Rdfa && names.is_empty() {
            let relations = words(element.attr("rel"));
            if !relations.is_empty() && !open.is_empty() {
                frame.awaited = relations;
            }
        }
        let (Some(&outer), false) = (open.last(), names.is_empty()) else { return frame };
        match self.stated(element) {
            Some(value) => self.put(outer, names, &Property::Text(value)),
            None => frame.reading = Some((outer, names, place)),
        }
        frame
    }

    /// A value an element states in an attribute rather than by its text.
    fn stated(&self, element: &Element) -> Option<String> {
        let attribute = |name: &str| element.attr(name).map(|value| value.trim().to_owned());
        if let Some(content) = attribute("content") {
            return Some(content);
        }
        if self.syntax == Syntax::Rdfa
            && let Some(resource) = attribute("resource")
        {
            return Some(resource);
        }
        match element.name() {
            "meta" => Some(String::new()),
            "a" | "area" | "link" => attribute("href"),
            "img" | "audio" | "video" | "embed" | "iframe" | "source" | "track" => attribute("src"),
            "object" => attribute("data"),
            "data" | "meter" => attribute("value"),
            "time" => attribute("datetime"),
            "input" => attribute("value"),
            _ => None,
        }
    }

    fn put(&mut self, item: usize, names: Vec<String>, value: &Property) {
        let item = &mut self.items[item];
        item.properties.extend(names.into_iter().map(|name| (name, value.clone())));
    }

    /// An item as JSON-LD would write it.
    fn value(&self, at: usize, depth: usize) -> Value {
        let item = &self.items[at];
        let mut object = Map::new();
        if !item.types.is_empty() {
            object.insert("@type".to_owned(), item.types.iter().cloned().map(Value::String).collect());
        }
        if let Some(id) = &item.id {
            object.insert("@id".to_owned(), Value::String(id.clone()));
        }
        for (name, property) in &item.properties {
            let value = match property {
                Property::Text(text) => Value::String(text.clone()),
                // The bound also ends items that contain each other by reference.
                Property::Item(_) if depth >= MAX_DEPTH => continue,
                Property::Item(inner) => self.value(*inner, depth + 1),
            };
            match object.get_mut(name) {
                None => {
                    object.insert(name.clone(), value);
                }
                Some(Value::Array(values)) => values.push(value),
                Some(first) => *first = Value::Array(vec![first.take(), value]),
            }
        }
        Value::Object(object)
    }
}

fn words_as_written(list: Option<&str>) -> Vec<String> {
    list.into_iter().flat_map(str::split_ascii_whitespace).map(str::to_owned).collect()
}

/// Names of properties: whole addresses and prefixes are cut off, names of data-vocabulary.org become those of schema.org.
fn words(list: Option<&str>) -> Vec<String> {
    let local = |name: &str| -> String {
        let name = name.rsplit(['/', '#', ':']).next().unwrap_or_default();
        match name {
            "reviewer" => "author",
            "dtreviewed" => "datePublished",
            "itemreviewed" => "itemReviewed",
            "best" => "bestRating",
            "worst" => "worstRating",
            "value" => "ratingValue",
            other => other,
        }
        .to_owned()
    };
    list.into_iter().flat_map(str::split_ascii_whitespace).map(local).filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn items(html: &str, syntax: Syntax) -> Vec<Value> {
        read(&Html::parse_document(html), syntax)
    }

    #[test]
    fn microdata_is_read_by_its_rules() {
        let html = r#"<div itemscope itemtype="https://schema.org/Product" itemref="more"><b itemprop="name">Acme 7</b>
            <div itemprop="review" itemscope itemtype="https://schema.org/Review"><meta itemprop="datePublished" content="2026-01-02">
              <p itemprop="author" itemscope><a itemprop="url name" href="/ada">Ada</a></p>
              <span itemprop="reviewRating" itemscope><meter itemprop="ratingValue" value="8">8/10</meter><data itemprop="bestRating" value="10">ten</data></span>
              <div itemprop="reviewBody">One<br>two <i>three</i><script>no</script></div><time itemprop="dateModified" datetime="2026-01-03">x</time></div></div>
            <p id="more"><span itemprop="brand">Acme</span></p><i itemprop="lost">x</i>"#;
        assert_eq!(
            items(html, Syntax::Microdata),
            [json!({ "@type": ["https://schema.org/Product"], "name": "Acme 7", "brand": "Acme", "review": {
                "@type": ["https://schema.org/Review"], "datePublished": "2026-01-02", "author": { "url": "/ada", "name": "/ada" },
                "reviewRating": { "ratingValue": "8", "bestRating": "10" }, "reviewBody": "One\ntwo three", "dateModified": "2026-01-03" } })]
        );
    }

    #[test]
    fn rdfa_is_read_by_its_rules() {
        let html = r#"<div vocab="https://schema.org/" typeof="Review" resource="/r/7"><span property="reviewBody">Fine</span>
            <span property="schema:author" typeof="Person"><b property="name">Ada</b></span><a property="url" href="/r/7">x</a></div>
            <div typeof="v:Review"><span property="v:reviewer">Bo</span><div rel="v:rating"><span typeof="v:Rating"><i property="v:value">4</i></span></div></div>"#;
        assert_eq!(
            items(html, Syntax::Rdfa),
            [
                json!({ "@type": ["Review"], "@id": "/r/7", "reviewBody": "Fine", "author": { "@type": ["Person"], "name": "Ada" }, "url": "/r/7" }),
                json!({ "@type": ["v:Review"], "author": "Bo", "rating": { "@type": ["v:Rating"], "ratingValue": "4" } }),
            ]
        );
    }

    #[test]
    fn circles_and_depths_end() {
        let circle = r##"<div id="a" itemscope itemtype="https://schema.org/Review" itemref="a b"><i itemprop="name">x</i></div><b id="b" itemprop="name">y</b>"##;
        assert!(!items(circle, Syntax::Microdata).is_empty());
        let deep = "<div itemscope itemprop=review>".repeat(3_000);
        assert_eq!(items(&deep, Syntax::Microdata).len(), 1);
        let wide = "<div itemscope><p itemprop=review>x".repeat(2_000);
        assert!(!items(&wide, Syntax::Microdata).is_empty());
    }
}
