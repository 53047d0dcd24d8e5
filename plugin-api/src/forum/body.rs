//! A post's HTML as its author wrote it.

use ego_tree::NodeRef;
use ego_tree::iter::Edge;
use scraper::{ElementRef, Html, Node};

use super::links;
use crate::{Media, MediaKind};

/// What becomes of an element of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cut {
    /// It stays.
    Keep,
    /// It goes with everything in it: buttons, signatures, the line that names who is quoted.
    Drop,
    /// It goes and what is in it stays.
    Unwrap,
    /// It is the words of somebody else.
    Quote,
}

/// A post's text and what was found in it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Body {
    /// HTML with absolute addresses, and with whatever is quoted in `<blockquote>`.
    pub html: String,
    /// Pictures that are no smilies.
    pub media: Vec<Media>,
}

/// Attributes a text may need.
const KEPT: [&str; 4] = ["href", "src", "alt", "title"];

impl Body {
    /// Reads what is inside an element. `base`: what relative addresses hang on; `cut` says what becomes of the elements inside.
    #[must_use]
    pub fn read(element: ElementRef<'_>, base: &str, cut: impl Fn(ElementRef<'_>) -> Cut) -> Self {
        let mut writer = Writer { base, body: Self::default(), dropped: None };
        // Edge by edge, not by recursion: depth is the author's choice.
        for edge in element.traverse() {
            match edge {
                Edge::Open(node) if node.id() != element.id() => writer.open(node, &cut),
                Edge::Close(node) if node.id() != element.id() => writer.close(node, &cut),
                _ => {}
            }
        }
        writer.body.html = writer.body.html.trim().to_owned();
        writer.body
    }

    /// Reads a fragment of HTML, as feeds and interfaces hand it out. One that is nested too deeply to be a post is passed on as it is.
    #[must_use]
    pub fn fragment(html: &str, base: &str, cut: impl Fn(ElementRef<'_>) -> Cut) -> Self {
        if super::page::is_too_deep(html) {
            return Self { html: crate::html::absolute(html, base), media: Vec::new() };
        }
        Self::read(Html::parse_fragment(html).root_element(), base, cut)
    }

    /// A post without words and pictures.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.html.is_empty()
    }
}

struct Writer<'a> {
    base: &'a str,
    body: Body,
    /// The element that is being left out.
    dropped: Option<ego_tree::NodeId>,
}

impl Writer<'_> {
    fn open(&mut self, node: NodeRef<'_, Node>, cut: &impl Fn(ElementRef<'_>) -> Cut) {
        if self.dropped.is_some() {
            return;
        }
        if let Node::Text(text) = node.value() {
            escape(text, &mut self.body.html);
            return;
        }
        let Some(element) = ElementRef::wrap(node) else { return };
        if matches!(element.value().name(), "script" | "style" | "noscript" | "template" | "iframe" | "object" | "form") {
            self.dropped = Some(node.id());
            return;
        }
        match cut(element) {
            Cut::Drop => self.dropped = Some(node.id()),
            Cut::Unwrap => {}
            Cut::Quote => self.body.html.push_str("<blockquote>"),
            Cut::Keep => self.start(element),
        }
    }

    fn close(&mut self, node: NodeRef<'_, Node>, cut: &impl Fn(ElementRef<'_>) -> Cut) {
        if self.dropped == Some(node.id()) {
            self.dropped = None;
            return;
        }
        if self.dropped.is_some() {
            return;
        }
        let Some(element) = ElementRef::wrap(node) else { return };
        match cut(element) {
            Cut::Keep if !is_void(element.value().name()) => {
                self.body.html.push_str("</");
                self.body.html.push_str(element.value().name());
                self.body.html.push('>');
            }
            Cut::Quote => self.body.html.push_str("</blockquote>"),
            _ => {}
        }
    }

    fn start(&mut self, element: ElementRef<'_>) {
        let name = element.value().name();
        let picture = name == "img";
        let smiley = picture && is_smiley(element);
        let html = &mut self.body.html;
        html.push('<');
        html.push_str(name);
        for (key, value) in element.value().attrs().filter(|(key, _)| KEPT.contains(key)) {
            let value = match key {
                // What loads late has its address elsewhere.
                "src" if picture => source(element, self.base).unwrap_or_default(),
                "href" | "src" if value.starts_with('#') => value.to_owned(),
                "href" | "src" => links::clean(self.base, value).unwrap_or_default(),
                _ => value.to_owned(),
            };
            if !value.is_empty() {
                html.push(' ');
                html.push_str(key);
                html.push_str("=\"");
                escape(&value, html);
                html.push('"');
            }
        }
        if smiley {
            html.push_str(" class=\"emoji\"");
        }
        html.push('>');
        if picture
            && !smiley
            && let Some(url) = source(element, self.base)
            && self.body.media.iter().all(|known| known.url != url)
        {
            self.body.media.push(Media::new(MediaKind::Image, url).description(element.attr("alt")));
        }
    }
}

fn source(element: ElementRef<'_>, base: &str) -> Option<String> {
    let written = ["data-src", "data-url", "data-lazy-src", "src"].into_iter().filter_map(|name| element.attr(name));
    written.filter(|url| !url.trim().is_empty()).find_map(|url| links::clean(base, url))
}

fn is_smiley(element: ElementRef<'_>) -> bool {
    let by_class =
        element.value().classes().any(|class| matches!(class, "smilies" | "smilie" | "mceSmilie" | "emoji" | "inlineimg"));
    let by_place = element.attr("src").is_some_and(|src| {
        let src = src.to_ascii_lowercase();
        ["smilies/", "smileys/", "smiley/", "/smile/", "emoticons/"].iter().any(|place| src.contains(place))
    });
    by_class || by_place || element.attr("data-smilie").is_some()
}

fn is_void(name: &str) -> bool {
    matches!(
        name,
        "br" | "hr" | "img" | "input" | "wbr" | "source" | "embed" | "area" | "col" | "link" | "meta" | "param" | "track"
    )
}

fn escape(text: &str, html: &mut String) {
    for char in text.chars() {
        match char {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            char => html.push(char),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_stand_apart_and_addresses_are_clean() {
        let html = Html::parse_fragment(
            r#"<div class="x">Hi <a href="a.php?sid=0123456789abcdef&amp;t=1" onclick="y">a &amp; b</a><!-- no --><script>bad()</script>
            <div class="q"><i>Bo wrote</i>words <div class="q">inner</div></div><span class="u">1 &lt; 2</span>
            <img class="smilies" src="x/s.gif" alt=":)"><img src="blank.gif" data-src="/p.jpg" alt="A phone"><br></div>"#,
        );
        let cut = |element: ElementRef<'_>| match (element.value().name(), element.attr("class")) {
            (_, Some("q")) => Cut::Quote,
            ("i", _) => Cut::Drop,
            (_, Some("u")) => Cut::Unwrap,
            _ => Cut::Keep,
        };
        let element = html.select(&super::super::selector("div.x")).next().expect("the post");
        let body = Body::read(element, "https://b.example/f/", cut);
        let even = body.html.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(
            even,
            r#"Hi <a href="https://b.example/f/a.php?t=1">a &amp; b</a> <blockquote>words <blockquote>inner</blockquote></blockquote>1 &lt; 2 <img alt=":)" src="https://b.example/f/x/s.gif" class="emoji"><img alt="A phone" src="https://b.example/p.jpg"><br>"#
        );
        assert_eq!(body.media.iter().map(|media| media.url.as_str()).collect::<Vec<_>>(), ["https://b.example/p.jpg"]);
    }
}
