//! The reviews, posts, questions and comments in what a page marks up, and what hangs below what. Pure.
//!
//! They stand anywhere: at the top, in `@graph`, below a product, a recipe or a list, behind a reference by `@id`, with a type or
//! with only the name of a property to tell what they are.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::extract::{Page, Syntax};

/// Of a page, so many are read; the rest is left.
const MAX_FOUND: usize = 5_000;
/// Objects nested deeper are left: JSON ends at 128 by itself.
const MAX_DEPTH: usize = 128;

/// What something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Review,
    Post,
    Comment,
    Question,
    Answer,
}

/// Something found.
#[derive(Debug)]
pub(crate) struct Found<'a> {
    pub(crate) kind: Kind,
    pub(crate) node: &'a Map<String, Value>,
    /// Position of what it hangs below.
    pub(crate) parent: Option<usize>,
    /// What it stands below, if that is a thing of its own: what a review is about.
    pub(crate) about: Option<&'a Map<String, Value>>,
    pub(crate) syntax: Syntax,
}

/// Everything found on a page, in its order, and what `@id` stands for.
pub(crate) struct Collected<'a> {
    pub(crate) found: Vec<Found<'a>>,
    pub(crate) by_id: HashMap<&'a str, &'a Map<String, Value>>,
}

/// Looks through a page.
pub(crate) fn collect(page: &Page) -> Collected<'_> {
    let mut collected = Collected { found: Vec::new(), by_id: HashMap::new() };
    for (_, value) in &page.values {
        index(value, &mut collected.by_id, 0);
    }
    for (syntax, value) in &page.values {
        let mut walk = Walk { syntax: *syntax, collected: &mut collected };
        walk.visit(value, Place { expected: None, parent: None, about: None, depth: 0, followed: false });
    }
    collected
}

/// Remembers every object that has an `@id` and says more than that.
fn index<'a>(value: &'a Value, by_id: &mut HashMap<&'a str, &'a Map<String, Value>>, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    match value {
        Value::Array(values) => values.iter().for_each(|value| index(value, by_id, depth + 1)),
        Value::Object(object) => {
            if let Some(id) = object.get("@id").and_then(Value::as_str)
                && !is_reference(object)
            {
                by_id.entry(id).or_insert(object);
            }
            object.values().for_each(|value| index(value, by_id, depth + 1));
        }
        _ => {}
    }
}

/// Whether an object only points at another one.
fn is_reference(object: &Map<String, Value>) -> bool {
    object.contains_key("@id") && object.keys().all(|key| key == "@id" || key == "@type")
}

/// The types of an object, without the address of their vocabulary; none of other vocabularies.
pub(crate) fn types(object: &Map<String, Value>) -> impl Iterator<Item = &str> {
    let stated = object.get("@type").map(|types| match types {
        Value::Array(types) => types.as_slice(),
        one => std::slice::from_ref(one),
    });
    stated.into_iter().flatten().filter_map(Value::as_str).filter_map(|written| {
        let known = !written.contains("://") || written.contains("schema.org") || written.contains("data-vocabulary.org");
        known.then(|| written.trim_end_matches('/').rsplit(['/', '#', ':']).next().unwrap_or(written))
    })
}

fn kind(types: &[&str]) -> Option<Kind> {
    types.iter().find_map(|name| match *name {
        "Review" | "UserReview" | "CriticReview" | "EmployerReview" | "MediaReview" => Some(Kind::Review),
        "DiscussionForumPosting" | "SocialMediaPosting" => Some(Kind::Post),
        "Comment" | "UserComments" => Some(Kind::Comment),
        "Question" => Some(Kind::Question),
        "Answer" => Some(Kind::Answer),
        _ => None,
    })
}

/// What the name of a property says about an object that does not say it itself.
fn expected(property: &str) -> Option<Kind> {
    match property {
        "review" | "reviews" => Some(Kind::Review),
        "comment" | "comments" => Some(Kind::Comment),
        "acceptedAnswer" | "suggestedAnswer" => Some(Kind::Answer),
        _ => None,
    }
}

#[derive(Clone, Copy)]
struct Place<'a> {
    expected: Option<Kind>,
    parent: Option<usize>,
    about: Option<&'a Map<String, Value>>,
    depth: usize,
    /// Whether a reference led here: one step is followed, so circles end.
    followed: bool,
}

struct Walk<'a, 'c> {
    syntax: Syntax,
    collected: &'c mut Collected<'a>,
}

impl<'a> Walk<'a, '_> {
    fn visit(&mut self, value: &'a Value, place: Place<'a>) {
        if place.depth > MAX_DEPTH || self.collected.found.len() >= MAX_FOUND {
            return;
        }
        let place = Place { depth: place.depth + 1, ..place };
        match value {
            Value::Array(values) => values.iter().for_each(|value| self.visit(value, place)),
            Value::Object(object) if is_reference(object) => {
                let id = object.get("@id").and_then(Value::as_str).unwrap_or_default();
                if let (Some(target), false, true) =
                    (self.collected.by_id.get(id).copied(), place.followed, place.expected.is_some())
                {
                    self.object(target, Place { followed: true, ..place });
                }
            }
            Value::Object(object) => self.object(object, place),
            _ => {}
        }
    }

    fn object(&mut self, object: &'a Map<String, Value>, place: Place<'a>) {
        let types: Vec<&str> = types(object).collect();
        // Answers a site gives to questions nobody asked in public.
        let faq = types.contains(&"FAQPage");
        let kind = kind(&types).or(place.expected.filter(|_| types.is_empty()));
        let mut inner = Place { expected: None, ..place };
        if let Some(kind) = kind {
            let hangs = matches!(kind, Kind::Comment | Kind::Answer);
            let about = place.about.filter(|_| kind == Kind::Review);
            inner.parent = Some(self.collected.found.len());
            inner.about = None;
            let parent = place.parent.filter(|_| hangs);
            self.collected.found.push(Found { kind, node: object, parent, about, syntax: self.syntax });
        } else if object.contains_key("name") || object.contains_key("url") || object.contains_key("@id") {
            inner.about = Some(object);
        }
        for (property, value) in object {
            match property.as_str() {
                // Who wrote something and how often it was liked holds nothing that was written.
                "author" | "creator" | "publisher" | "reviewRating" | "aggregateRating" | "interactionStatistic" => {}
                "mainEntity" if faq => {}
                // What hangs below a review is not below what the review is about.
                "itemReviewed" => self.visit(value, Place { parent: None, expected: None, ..inner }),
                name => self.visit(value, Place { expected: expected(name), ..inner }),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kinds(value: Value) -> Vec<(Kind, Option<usize>, Option<String>)> {
        let page = Page { values: vec![(Syntax::JsonLd, value)], ..Page::default() };
        let collected = collect(&page);
        let name = |object: &Map<String, Value>| object["name"].as_str().map(str::to_owned);
        collected.found.iter().map(|found| (found.kind, found.parent, found.about.and_then(name))).collect()
    }

    #[test]
    fn they_are_found_wherever_they_stand() {
        let product = Some("Acme 7".to_owned());
        assert_eq!(
            kinds(json!([{ "@graph": [{ "@type": ["Thing", "http://schema.org/Product"], "name": "Acme 7",
                "review": [{ "@type": "Review" }, { "reviewBody": "untyped" }], "reviews": { "@id": "#r" } },
                { "@id": "#r", "@type": "UserReview", "reviewBody": "by reference" }] }])),
            [
                (Kind::Review, None, product.clone()),
                (Kind::Review, None, product.clone()),
                (Kind::Review, None, product),
                (Kind::Review, None, None)
            ]
        );
        assert_eq!(
            kinds(json!({ "@type": "WebPage", "mainEntity": { "@type": "DiscussionForumPosting", "comment": [
                { "@type": "Comment", "comment": [{ "text": "untyped" }] }, { "@type": "Comment" }] } })),
            [
                (Kind::Post, None, None),
                (Kind::Comment, Some(0), None),
                (Kind::Comment, Some(1), None),
                (Kind::Comment, Some(0), None)
            ]
        );
        assert_eq!(
            kinds(json!({ "@type": "QAPage", "mainEntity": { "@type": "Question", "acceptedAnswer": { "@type": "Answer" } } })),
            [(Kind::Question, None, None), (Kind::Answer, Some(0), None)]
        );
    }

    #[test]
    fn what_nobody_wrote_is_not_found() {
        assert_eq!(
            kinds(
                json!({ "@type": "FAQPage", "mainEntity": [{ "@type": "Question", "acceptedAnswer": { "@type": "Answer" } }] })
            ),
            []
        );
        assert_eq!(kinds(json!({ "@type": "ClaimReview", "name": "x" })), []);
        assert_eq!(kinds(json!({ "@type": "https://other.example/Review" })), []);
        assert_eq!(kinds(json!([null, 3, "Review", { "@type": { "x": 1 } }])), []);
    }

    #[test]
    fn references_in_circles_end() {
        let circle = json!([{ "@id": "a", "@type": "Review", "comment": { "@id": "b" } }, { "@id": "b", "@type": "Comment", "comment": { "@id": "a" } }]);
        assert!(kinds(circle).len() < 10);
    }
}
