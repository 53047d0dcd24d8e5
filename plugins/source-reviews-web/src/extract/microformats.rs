//! hReview (classes `hreview`, `reviewer`, `dtreviewed`, …) and h-review (classes with prefixes).
//!
//! Source: microformats.org/wiki/hreview and /wiki/h-review.

use ego_tree::NodeRef;
use scraper::{ElementRef, Html, Node, Selector};
use serde_json::{Map, Value, json};

use super::dom;

/// Reviews of a page that are read; the rest is left.
const MAX_REVIEWS: usize = 500;

/// The classes of one format's properties, those first that say it best.
struct Format {
    root: &'static str,
    properties: [(&'static str, &'static [&'static str]); 7],
    reviewer: &'static [&'static str],
    name: &'static [&'static str],
    item: &'static [&'static str],
}

const HREVIEW: Format = Format {
    root: "hreview",
    properties: [
        ("name", &["summary"]),
        ("reviewBody", &["description"]),
        ("datePublished", &["dtreviewed"]),
        ("ratingValue", &["rating"]),
        ("bestRating", &["best"]),
        ("worstRating", &["worst"]),
        ("url", &["permalink"]),
    ],
    reviewer: &["reviewer"],
    name: &["fn"],
    item: &["item"],
};

const H_REVIEW: Format = Format {
    root: "h-review",
    properties: [
        ("name", &["p-name"]),
        ("reviewBody", &["e-content", "p-content", "e-description", "p-description", "p-summary"]),
        ("datePublished", &["dt-published", "dt-reviewed"]),
        ("ratingValue", &["p-rating"]),
        ("bestRating", &["p-best"]),
        ("worstRating", &["p-worst"]),
        ("url", &["u-url"]),
    ],
    reviewer: &["p-author", "p-reviewer"],
    name: &["p-name"],
    item: &["p-item", "h-item", "h-product"],
};

/// The reviews of a page, as JSON-LD would write them.
pub(super) fn read(document: &Html) -> Vec<Value> {
    [HREVIEW, H_REVIEW].iter().flat_map(|format| reviews(document, format)).collect()
}

fn reviews(document: &Html, format: &Format) -> Vec<Value> {
    let Ok(roots) = Selector::parse(&format!(".{}", format.root)) else { return Vec::new() };
    let outermost = |root: &ElementRef<'_>| {
        let mut ancestors = root.ancestors().take(64).filter_map(ElementRef::wrap);
        !ancestors.any(|element| has_class(&element, format.root))
    };
    document.select(&roots).filter(outermost).take(MAX_REVIEWS).map(|root| review(root, format)).collect()
}

fn review(root: ElementRef<'_>, format: &Format) -> Value {
    let mut review = Map::from_iter([("@type".to_owned(), json!("https://schema.org/Review"))]);
    let mut rating = Map::new();
    for (name, classes) in format.properties {
        // A name or address inside the reviewer or the item is theirs.
        let Some(element) = find(root, classes, &[format.reviewer, format.item]) else { continue };
        let target = if name.ends_with("Rating") || name == "ratingValue" { &mut rating } else { &mut review };
        let value = if name == "url" { element.attr("href").map(str::to_owned) } else { Some(value(element)) };
        if let Some(value) = value {
            target.insert(name.to_owned(), Value::String(value));
        }
    }
    if !rating.is_empty() {
        review.insert("reviewRating".to_owned(), Value::Object(rating));
    }
    if let Some(reviewer) = find(root, format.reviewer, &[]) {
        let name = find(reviewer, format.name, &[]).unwrap_or(reviewer);
        let link = find(reviewer, &["url", "u-url"], &[]).and_then(|link| link.attr("href")).or_else(|| reviewer.attr("href"));
        let mut author = Map::from_iter([("name".to_owned(), Value::String(value(name)))]);
        author.extend(link.map(|link| ("url".to_owned(), Value::String(link.to_owned()))));
        review.insert("author".to_owned(), Value::Object(author));
    }
    if let Some(item) = find(root, format.item, &[]) {
        let name = find(item, format.name, &[]).unwrap_or(item);
        review.insert("itemReviewed".to_owned(), json!({ "name": value(name) }));
    }
    Value::Object(review)
}

/// The first element below `root` that has the first of `classes` that any has, outside of elements with one of `except`.
fn find<'a>(root: ElementRef<'a>, classes: &[&str], except: &[&[&str]]) -> Option<ElementRef<'a>> {
    classes.iter().find_map(|class| {
        root.descendants().skip(1).filter_map(ElementRef::wrap).find(|element| {
            has_class(element, class)
                && !except.iter().any(|outer| {
                    let between = element.ancestors().take(64).take_while(|ancestor| ancestor.id() != root.id());
                    between.filter_map(ElementRef::wrap).any(|ancestor| outer.iter().any(|class| has_class(&ancestor, class)))
                })
        })
    })
}

fn has_class(element: &ElementRef<'_>, class: &str) -> bool {
    element.value().attr("class").is_some_and(|classes| classes.split_ascii_whitespace().any(|known| known == class))
}

/// What an element states: a value meant for machines where there is one, else its text.
fn value(element: ElementRef<'_>) -> String {
    let of = |element: ElementRef<'_>| -> Option<String> {
        let attribute = |name: &str| element.attr(name).map(str::to_owned);
        match element.value().name() {
            "time" => attribute("datetime"),
            "data" | "input" | "meter" => attribute("value"),
            "abbr" => attribute("title"),
            "img" => attribute("alt"),
            _ => None,
        }
    };
    let inside = || {
        // `<span class="rating"><span class="value">8</span> of 10</span>`, and the pattern that hides a value in a title.
        let part = find(element, &["value", "value-title", "p-value"], &[])?;
        let title = part.attr("title").filter(|_| has_class(&part, "value-title")).map(str::to_owned);
        Some(title.or_else(|| of(part)).unwrap_or_else(|| text(*part)))
    };
    of(element).or_else(inside).unwrap_or_else(|| text(*element))
}

fn text(node: NodeRef<'_, Node>) -> String {
    dom::text(node)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reviews(html: &str) -> Vec<Value> {
        read(&Html::parse_document(html))
    }

    #[test]
    fn hreview_with_values_for_machines() {
        let html = r#"<div class="hreview"><h2 class="summary">Fine</h2><span class="item"><span class="fn">Acme 7</span></span>
            <abbr class="rating" title="8">****</abbr> of <span class="best">10</span>
            <span class="reviewer vcard"><a class="url fn" href="/ada">Ada</a></span> <abbr class="dtreviewed" title="2026-01-02">yesterday</abbr>
            <p class="description">One<br>two</p><a class="permalink" href="/r/7">#</a></div><div class="hreview-aggregate"><i class="rating">3</i></div>"#;
        assert_eq!(
            reviews(html),
            [
                json!({ "@type": "https://schema.org/Review", "name": "Fine", "reviewBody": "One\ntwo", "datePublished": "2026-01-02", "url": "/r/7",
                "reviewRating": { "ratingValue": "8", "bestRating": "10" }, "author": { "name": "Ada", "url": "/ada" }, "itemReviewed": { "name": "Acme 7" } })
            ]
        );
    }

    #[test]
    fn h_review_with_names_of_its_parts_told_apart() {
        let html = r#"<article class="h-review"><p class="p-item h-product"><b class="p-name">Acme 7</b></p><h1 class="p-name">Good</h1>
            <span class="p-rating"><data class="value" value="4">four</data></span><div class="e-content">Yes</div>
            <a class="p-author h-card" href="/bo">Bo</a><time class="dt-published" datetime="2026-01-02T03:04:05Z">x</time></article>"#;
        assert_eq!(
            reviews(html),
            [
                json!({ "@type": "https://schema.org/Review", "name": "Good", "reviewBody": "Yes", "datePublished": "2026-01-02T03:04:05Z",
                "reviewRating": { "ratingValue": "4" }, "author": { "name": "Bo", "url": "/bo" }, "itemReviewed": { "name": "Acme 7" } })
            ]
        );
    }
}
