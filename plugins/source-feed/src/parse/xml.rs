//! XML as it is met: a tree from whatever well-formed parts a document has.
//!
//! Tokens come from quick-xml. What it refuses (an unclosed section, a stray `<`) is taken as text, and reading goes on
//! behind it. End tags close the nearest open element of their name, so unclosed HTML inside an entry hurts nobody.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, escape};
use vigie_plugin::references::{resolve, unescape};

use super::charset::heal;

/// Elements nested deeper are read as part of the one at this depth.
const MAX_DEPTH: usize = 64;
/// After so many places that are no XML the rest of the document is left.
const MAX_REPAIRS: usize = 500;

/// Whose word an element's name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vocabulary {
    /// RSS of any version, or no namespace at all.
    Plain,
    /// Atom 0.3 and 1.0.
    Atom,
    /// `content:encoded`.
    Content,
    /// Dublin Core.
    DublinCore,
    /// `slash:comments`.
    Slash,
    /// Atom threading.
    Threading,
    /// Media RSS.
    Media,
    /// Podcasts.
    Itunes,
    /// Anything else.
    Other,
}

impl Vocabulary {
    fn of_address(address: &str) -> Self {
        let address = address.trim().trim_end_matches(['/', '#']).to_ascii_lowercase();
        let address = address.trim_start_matches("http://").trim_start_matches("https://");
        match address {
            "www.w3.org/2005/atom" | "purl.org/atom/ns" | "purl.org/atom" => Self::Atom,
            "purl.org/rss/1.0/modules/content" => Self::Content,
            "purl.org/dc/elements/1.1" | "purl.org/dc/elements/1.0" | "purl.org/dc/terms" => Self::DublinCore,
            "purl.org/rss/1.0/modules/slash" => Self::Slash,
            "purl.org/syndication/thread/1.0" => Self::Threading,
            "search.yahoo.com/mrss" => Self::Media,
            "www.itunes.com/dtds/podcast-1.0.dtd" => Self::Itunes,
            ""
            | "purl.org/rss/1.0"
            | "purl.org/net/rss1.1"
            | "my.netscape.com/rdf/simple/0.9"
            | "channel.netscape.com/rdf/simple/0.9" => Self::Plain,
            address if address.starts_with("backend.userland.com/rss") || address.starts_with("blogs.law.harvard.edu") => {
                Self::Plain
            }
            _ => Self::Other,
        }
    }

    /// What a prefix means by custom, for documents that forgot to declare it.
    fn of_custom(prefix: &str) -> Self {
        match prefix {
            "" | "rss" => Self::Plain,
            "atom" | "atom10" | "a10" => Self::Atom,
            "content" => Self::Content,
            "dc" | "dcterms" => Self::DublinCore,
            "slash" => Self::Slash,
            "thr" => Self::Threading,
            "media" => Self::Media,
            "itunes" => Self::Itunes,
            _ => Self::Other,
        }
    }
}

/// Something between an element's tags.
#[derive(Debug)]
pub enum Inside {
    /// Text with its references resolved.
    Text(String),
    /// An element.
    Element(Element),
}

/// An element of the document.
#[derive(Debug)]
pub struct Element {
    /// Whose word `name` is.
    pub vocabulary: Vocabulary,
    /// Local name in lower case.
    pub name: String,
    /// Attributes with their prefix, names in lower case, references resolved.
    pub attributes: Vec<(String, String)>,
    /// What is between its tags.
    pub inside: Vec<Inside>,
    /// Whether its end was seen.
    pub closed: bool,
}

impl Element {
    /// The attribute of this name (with its prefix), if it is not blank.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// The elements directly inside.
    pub fn elements(&self) -> impl Iterator<Item = &Self> {
        self.inside.iter().filter_map(|inside| match inside {
            Inside::Element(element) => Some(element),
            Inside::Text(_) => None,
        })
    }

    /// The elements of this name directly inside.
    pub fn all<'a>(&'a self, vocabulary: Vocabulary, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.elements().filter(move |element| element.vocabulary == vocabulary && element.name == name)
    }

    /// The first element of this name directly inside that is not blank.
    #[must_use]
    pub fn first(&self, vocabulary: Vocabulary, name: &str) -> Option<&Self> {
        self.elements().find(|element| {
            element.vocabulary == vocabulary
                && element.name == name
                && (!element.text().is_empty() || element.elements().next().is_some())
        })
    }

    /// The text of the first element of this name directly inside, if it is not blank.
    #[must_use]
    pub fn text_of(&self, vocabulary: Vocabulary, name: &str) -> Option<String> {
        self.all(vocabulary, name).map(Self::text).find(|text| !text.is_empty())
    }

    /// All text inside, trimmed.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.append_text(&mut text);
        text.trim().to_owned()
    }

    fn append_text(&self, text: &mut String) {
        for inside in &self.inside {
            match inside {
                Inside::Text(part) => text.push_str(part),
                Inside::Element(element) => element.append_text(text),
            }
        }
    }

    /// What is inside, as the HTML it means: text alone is HTML that was escaped; with elements the HTML stands there itself.
    #[must_use]
    pub fn html(&self) -> String {
        if self.elements().next().is_none() {
            return self.text();
        }
        let mut html = String::new();
        self.append_html(&mut html);
        html.trim().to_owned()
    }

    fn append_html(&self, html: &mut String) {
        for inside in &self.inside {
            match inside {
                Inside::Text(text) => html.push_str(&escape::minimal_escape(text.as_str())),
                Inside::Element(element) => {
                    html.push('<');
                    html.push_str(&element.name);
                    for (key, value) in &element.attributes {
                        html.push_str(&format!(" {key}=\"{}\"", escape::escape(value.as_str())));
                    }
                    html.push('>');
                    element.append_html(html);
                    if !is_void(&element.name) {
                        html.push_str(&format!("</{}>", element.name));
                    }
                }
            }
        }
    }
}

fn is_void(name: &str) -> bool {
    matches!(name, "br" | "hr" | "img" | "input" | "wbr" | "source" | "embed" | "area" | "col" | "link" | "meta")
}

/// Whether no second one may be open inside the first.
fn stands_alone(element: &Element) -> bool {
    matches!(element.vocabulary, Vocabulary::Plain | Vocabulary::Atom) && matches!(element.name.as_str(), "item" | "entry")
}

/// Reads a document as the list of its outermost elements.
#[must_use]
pub fn read(document: &str) -> Vec<Element> {
    let mut builder = Builder::default();
    let mut start = 0;
    for _ in 0..=MAX_REPAIRS {
        let Some(stumbled) = builder.read_from(&document[start..]) else { break };
        // What quick-xml could not read is taken for text, at least one character of it.
        let at = start + stumbled;
        let Some(first) = document[at..].chars().next() else { break };
        let skip = if document[at..].starts_with("<![CDATA[") { "<![CDATA[".len() } else { first.len_utf8() };
        if skip == 1 {
            builder.text(first.encode_utf8(&mut [0; 4]));
        }
        start = at + skip;
    }
    builder.finish()
}

#[derive(Default)]
struct Builder {
    outermost: Vec<Element>,
    open: Vec<Element>,
    /// Declared prefixes with the depth of the element that declares them.
    prefixes: Vec<(usize, String, Vocabulary)>,
    /// Elements open beyond the depth that is kept.
    beyond: usize,
}

impl Builder {
    /// Reads on until the end, or to a place that is no XML, which is returned as an offset.
    fn read_from(&mut self, document: &str) -> Option<usize> {
        let mut reader = Reader::from_str(document);
        let config = reader.config_mut();
        config.allow_dangling_amp = true;
        config.allow_unmatched_ends = true;
        config.check_end_names = false;
        loop {
            let before = offset(reader.buffer_position());
            match reader.read_event() {
                Ok(Event::Start(tag)) if is_name(&tag) => self.start(&tag, false),
                Ok(Event::Empty(tag)) if is_name(&tag) => self.start(&tag, true),
                Ok(Event::Start(_) | Event::Empty(_)) => return Some(before),
                Ok(Event::End(tag)) => self.end(tag.name().as_ref()),
                Ok(Event::Text(text)) => self.text(&text),
                Ok(Event::CData(text)) => self.text(&text),
                Ok(Event::GeneralRef(reference)) => self.reference(&reference),
                Ok(Event::Eof) => return None,
                Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => {}
                Err(_) => return Some(before.min(document.len())),
            }
        }
    }

    fn text(&mut self, text: &str) {
        let Some(element) = self.open.last_mut() else { return };
        if let Some(Inside::Text(before)) = element.inside.last_mut() {
            before.push_str(text);
        } else {
            element.inside.push(Inside::Text(text.to_owned()));
        }
    }

    fn reference(&mut self, name: &str) {
        match resolve(name) {
            Some(text) => self.text(&text),
            None => self.text(&format!("&{name};")),
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>, empty: bool) {
        if self.open.len() >= MAX_DEPTH {
            self.beyond += usize::from(!empty);
            return;
        }
        let mut attributes = Vec::new();
        let mut own_default = None;
        let mut written = tag.html_attributes();
        for attribute in written.with_checks(false).flatten() {
            let key = attribute.key.as_ref().to_ascii_lowercase();
            let value = unescape(&attribute.value);
            if key == "xmlns" {
                own_default = Some(Vocabulary::of_address(&value));
                self.prefixes.push((self.open.len(), String::new(), Vocabulary::of_address(&value)));
            } else if let Some(prefix) = key.strip_prefix("xmlns:") {
                self.prefixes.push((self.open.len(), prefix.to_owned(), Vocabulary::of_address(&value)));
            } else {
                attributes.push((key, value));
            }
        }
        let full = tag.name().as_ref().to_ascii_lowercase();
        let (prefix, name) = full.split_once(':').unwrap_or(("", &full));
        let declared = self.prefixes.iter().rev().find(|(_, known, _)| known == prefix).map(|(_, _, vocabulary)| *vocabulary);
        let vocabulary = match (prefix, name, declared) {
            // A root's name says more than the namespace it was given.
            ("", "rss" | "channel" | "item", _) => Vocabulary::Plain,
            ("", "feed" | "entry", _) => Vocabulary::Atom,
            // Inside RSS, names without a prefix are RSS's, unless the element itself says otherwise.
            ("", _, _) if own_default.is_none() && self.inside_rss() => Vocabulary::Plain,
            ("", _, None) if self.open.first().is_some_and(|root| root.name == "feed" || root.name == "entry") => {
                Vocabulary::Atom
            }
            (_, _, Some(Vocabulary::Other) | None) => Vocabulary::of_custom(prefix),
            (_, _, Some(vocabulary)) => vocabulary,
        };
        let element = Element { vocabulary, name: name.to_owned(), attributes, inside: Vec::new(), closed: empty };
        if stands_alone(&element)
            && let Some(at) = self.open.iter().position(stands_alone)
        {
            if empty {
                return;
            }
            while self.open.len() > at {
                self.close();
            }
        }
        if empty {
            self.forget_prefixes();
            self.put(element);
        } else {
            self.open.push(element);
        }
    }

    fn inside_rss(&self) -> bool {
        self.open.first().is_some_and(|root| matches!(root.name.as_str(), "rss" | "rdf" | "channel"))
    }

    fn end(&mut self, full: &str) {
        if self.beyond > 0 {
            self.beyond -= 1;
            return;
        }
        let full = full.trim().to_ascii_lowercase();
        let name = full.split_once(':').map_or(full.as_str(), |(_, name)| name);
        let Some(at) = self.open.iter().rposition(|element| element.name == name) else { return };
        // A stray end tag of HTML must not close the entry it stands in.
        if self.open.len() - at > 1
            && self.open[at + 1..].iter().any(stands_alone)
            && !matches!(name, "channel" | "rss" | "rdf" | "feed")
        {
            return;
        }
        while self.open.len() > at + 1 {
            self.close();
        }
        if let Some(element) = self.open.last_mut() {
            element.closed = true;
        }
        self.close();
    }

    fn close(&mut self) {
        if let Some(element) = self.open.pop() {
            self.forget_prefixes();
            self.put(element);
        }
    }

    fn forget_prefixes(&mut self) {
        let depth = self.open.len();
        self.prefixes.retain(|(at, _, _)| *at < depth);
    }

    fn put(&mut self, mut element: Element) {
        for inside in &mut element.inside {
            if let Inside::Text(text) = inside {
                *text = heal(std::mem::take(text));
            }
        }
        match self.open.last_mut() {
            Some(parent) => parent.inside.push(Inside::Element(element)),
            None => self.outermost.push(element),
        }
    }

    fn finish(mut self) -> Vec<Element> {
        while !self.open.is_empty() {
            self.close();
        }
        self.outermost
    }
}

fn offset(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

fn is_name(tag: &BytesStart<'_>) -> bool {
    tag.name().as_ref().starts_with(|char: char| char.is_alphabetic() || char == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(document: &str) -> String {
        let root = &read(document)[0];
        root.html()
    }

    #[test]
    fn what_is_no_xml_is_text() {
        for (document, text) in [
            ("<a>x & y &amp; z</a>", "x & y & z"),
            ("<a>1 < 2</a>", "1 < 2"),
            ("<a><![CDATA[cut</a>", "cut"),
            ("<a>caf&eacute;&nope;&#39;&#x27;</a>", "café&nope;''"),
            ("<a>\u{1}bell</a>", "\u{1}bell"),
            ("<a>&#226;&#128;&#166;</a>", "…"),
            ("<a>end", "end"),
        ] {
            assert_eq!(read(document)[0].text(), text, "{document}");
        }
    }

    #[test]
    fn html_stands_as_it_was_meant() {
        assert_eq!(html("<d>&lt;b&gt;x&lt;/b&gt;</d>"), "<b>x</b>");
        assert_eq!(html("<d><![CDATA[<b>x</b>]]></d>"), "<b>x</b>");
        assert_eq!(html("<d>a <b title='&quot;'>x &amp; y</b><br/></d>"), "a <b title=\"&quot;\">x &amp; y</b><br>");
        assert_eq!(html("<d>one<br>two</d>"), "one<br>two");
    }

    #[test]
    fn an_entry_that_was_not_closed_ends_where_the_next_begins() {
        let channel = &read("<channel><item><title>a<item><title>b</title></item><item/></channel>")[0];
        let titles: Vec<String> =
            channel.all(Vocabulary::Plain, "item").filter_map(|item| item.text_of(Vocabulary::Plain, "title")).collect();
        assert_eq!(titles, ["a", "b"]);
    }

    #[test]
    fn prefixes_mean_what_was_declared_or_what_is_custom() {
        let root = &read(
            "<rss xmlns:x='http://purl.org/dc/elements/1.1/'><x:creator>a</x:creator><slash:comments>2</slash:comments></rss>",
        )[0];
        assert_eq!(root.text_of(Vocabulary::DublinCore, "creator").as_deref(), Some("a"));
        assert_eq!(root.text_of(Vocabulary::Slash, "comments").as_deref(), Some("2"));
    }

    #[test]
    fn nothing_panics_and_depth_has_an_end() {
        let deep = "<a>".repeat(100_000);
        assert_eq!(read(&deep).len(), 1);
        for document in [
            "",
            "<",
            "<!",
            "<![CDATA[",
            "<a",
            "</a>",
            "<!DOCTYPE x [",
            "&",
            "&;",
            "<é>&#x110000;</é>",
            "<?",
            "<a b=>c",
            "<a b='\u{e9}>c",
        ] {
            let _ = read(document);
        }
        let _ = read(&"<![CDATA[".repeat(5_000));
        let _ = read(&"< ".repeat(5_000));
    }
}
