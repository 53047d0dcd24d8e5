//! HTML and Markdown to plain text, with links and quoted passages kept apart.

use pulldown_cmark::{Options, Parser};
use scraper::Html;
use scraper::node::{Element, Node};

use super::marks::absolute;
use super::plain::{clean, split_quotes};
use super::tame::is_tame;

/// What a formatted text says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Passage {
    /// The author's own words as plain text; blocks and `<br>` become line breaks.
    pub text: String,
    /// What it quotes from others, in order.
    pub quoted: Vec<String>,
    /// Absolute targets of its links, in order.
    pub links: Vec<String>,
}

/// Reads an HTML fragment as plain text.
///
/// # Shape
/// Scripts, styles and the like are dropped. `blockquote`, Discourse's `aside.quote` and bulletin boards' quote boxes become
/// `quoted`, without the line that names who is quoted. An emoji drawn as a picture becomes the sign itself,
/// or else its `alt` text. Links that only write out a name behind `@` or `#` are none.
/// Never fails: any text is a fragment to an HTML parser.
#[must_use]
pub fn from_html(html: &str) -> Passage {
    if !html.contains(['<', '&']) {
        let (text, quoted) = split_quotes(&clean(&collapse(html)));
        return Passage { text, quoted, links: Vec::new() };
    }
    if !is_tame(html) {
        return from_html(&without_tags(html));
    }
    let fragment = Html::parse_fragment(html);
    let mut reader = Reader::default();
    // The tree is walked edge by edge, not by recursion: depth is the author's choice and may be large.
    for edge in fragment.tree.root().traverse() {
        match edge {
            ego_tree::iter::Edge::Open(node) => reader.open(node.value()),
            ego_tree::iter::Edge::Close(node) => reader.close(node.value()),
        }
    }
    reader.finish()
}

/// Reads CommonMark (with strikethrough and tables) as plain text.
#[must_use]
pub fn from_markdown(markdown: &str) -> Passage {
    let mut html = String::with_capacity(markdown.len() * 2);
    pulldown_cmark::html::push_html(&mut html, Parser::new_ext(markdown, Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES));
    from_html(&html)
}

/// The words of a text that is not to be parsed: every tag becomes a line break, entities stay.
fn without_tags(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    for (place, piece) in html.split('<').enumerate() {
        if place == 0 {
            out.push_str(piece);
            continue;
        }
        let is_tag = piece.starts_with(|char: char| char.is_ascii_alphabetic() || matches!(char, '/' | '!' | '?'));
        match piece.split_once('>') {
            Some((_, words)) if is_tag => {
                out.push('\n');
                out.push_str(words);
            }
            _ if is_tag => {}
            _ => {
                out.push_str("&lt;");
                out.push_str(piece);
            }
        }
    }
    out
}

fn collapse(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[derive(Default)]
struct Reader {
    own: String,
    quotes: Vec<String>,
    links: Vec<String>,
    /// How many elements deep we are in something to drop, in a quote, in preformatted text.
    dropped: usize,
    quoting: usize,
    preformatted: usize,
}

impl Reader {
    fn open(&mut self, node: &Node) {
        match node {
            Node::Text(text) if self.dropped == 0 => self.words(text),
            Node::Element(element) => self.enter(element),
            _ => {}
        }
    }

    fn enter(&mut self, element: &Element) {
        if is_dropped(element) {
            self.dropped += 1;
        }
        if self.dropped > 0 {
            return;
        }
        if is_quote(element) {
            if self.quoting == 0 {
                self.quotes.push(String::new());
                line_break(&mut self.own);
            }
            self.quoting += 1;
        }
        match element.name() {
            "br" => self.target().push('\n'),
            "pre" => {
                self.preformatted += 1;
                line_break(self.target());
            }
            "a" => {
                if let Some(link) = element.attr("href").and_then(absolute)
                    && self.quoting == 0
                    && !is_name(element)
                {
                    self.links.push(link);
                }
            }
            "img" if element.classes().any(|class| class.contains("emoji")) => {
                let alt = element.attr("alt").or_else(|| element.attr("title")).unwrap_or_default();
                let alt = sign(alt).unwrap_or(alt);
                // A word that stands for a picture is a word of its own, not the end of the one before.
                let target = self.target();
                if target.ends_with(char::is_alphanumeric) && alt.starts_with(char::is_alphanumeric) {
                    target.push(' ');
                }
                self.words(alt);
            }
            "li" => {
                line_break(self.target());
                self.target().push_str("- ");
            }
            // A paragraph that opens a list's entry stands behind its bullet.
            name if is_block(name) && at_bullet(self.target()) => {}
            name if is_block(name) => line_break(self.target()),
            "td" | "th" => self.words(" "),
            _ => {}
        }
    }

    fn close(&mut self, node: &Node) {
        let Node::Element(element) = node else { return };
        if self.dropped > 0 {
            self.dropped -= usize::from(is_dropped(element));
            return;
        }
        if element.name() == "pre" {
            self.preformatted = self.preformatted.saturating_sub(1);
        }
        if is_block(element.name()) || matches!(element.name(), "pre" | "li") {
            line_break(self.target());
        }
        if is_quote(element) {
            self.quoting = self.quoting.saturating_sub(1);
        }
    }

    fn target(&mut self) -> &mut String {
        match self.quotes.last_mut() {
            Some(quote) if self.quoting > 0 => quote,
            _ => &mut self.own,
        }
    }

    fn words(&mut self, text: &str) {
        let preformatted = self.preformatted > 0;
        let target = self.target();
        if preformatted {
            target.push_str(text);
            return;
        }
        for char in text.chars() {
            if !char.is_whitespace() {
                target.push(char);
            } else if !target.ends_with([' ', '\n']) && !target.is_empty() {
                target.push(' ');
            }
        }
    }

    fn finish(self) -> Passage {
        let (text, more) = split_quotes(&tidy(&self.own));
        let mut quoted: Vec<String> = self.quotes.iter().map(|quote| tidy(quote)).filter(|quote| !quote.is_empty()).collect();
        quoted.extend(more);
        Passage { text, quoted, links: self.links }
    }
}

/// Drops white space at line ends and runs of empty lines.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.lines().map(str::trim_end) {
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty < 2 {
            out.push_str(line);
            out.push('\n');
        }
    }
    clean(&out)
}

fn line_break(text: &mut String) {
    while text.ends_with(' ') {
        text.pop();
    }
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
}

/// The emoji of a shortcode such as `:wave:` or `:wave:t3:`; `None` for pictures of a site's own.
fn sign(shortcode: &str) -> Option<&'static str> {
    let name = shortcode.strip_prefix(':')?.strip_suffix(':')?;
    let name = name.split_once(":t").map_or(name, |(name, _)| name);
    emojis::get_by_shortcode(name).map(emojis::Emoji::as_str)
}

fn at_bullet(text: &str) -> bool {
    text.strip_suffix("- ").is_some_and(|before| before.is_empty() || before.ends_with('\n'))
}

/// Whether a link only writes out the name of somebody or of a tag, as services do behind `@` and `#`: nobody shared its target.
fn is_name(link: &Element) -> bool {
    let is_tag = || link.attr("rel").is_some_and(|rel| rel.split_ascii_whitespace().any(|word| word == "tag"));
    link.classes().any(|class| matches!(class, "mention" | "mention-group" | "hashtag" | "hashtag-cooked")) || is_tag()
}

fn is_dropped(element: &Element) -> bool {
    matches!(element.name(), "script" | "style" | "template" | "noscript" | "head" | "svg" | "iframe" | "object")
        // The line of a Discourse quote that names who is quoted.
        || (element.name() == "div" && element.classes().any(|class| class == "title"))
        || element.name() == "cite"
}

fn is_quote(element: &Element) -> bool {
    match element.name() {
        "blockquote" => true,
        "aside" => element.classes().any(|class| class == "quote"),
        "div" => element.classes().any(|class| matches!(class, "quotecontent" | "bbcode_quote" | "quote_container")),
        _ => false,
    }
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "section"
            | "article"
            | "aside"
            | "blockquote"
            | "header"
            | "footer"
            | "ul"
            | "ol"
            | "dl"
            | "dt"
            | "dd"
            | "table"
            | "tr"
            | "figure"
            | "figcaption"
            | "hr"
            | "summary"
            | "details"
            | "option"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_becomes_what_a_reader_would_read() {
        for (html, wanted) in [
            ("plain &amp; simple", "plain & simple"),
            ("one<p>two<p>three &#x27;four&#x27;", "one\ntwo\nthree 'four'"),
            ("<p>a<br>b</p>\n<p>c   d</p>", "a\nb\nc d"),
            ("<ul><li>x</li><li>y</li></ul>", "- x\n- y"),
            ("<ul><li><p>x</p><p>more</p></li><li>\n<p>y</p></li></ul>", "- x\nmore\n- y"),
            ("<table><tr><td>a</td> <td>b</td></tr><tr><td>c</td><td>d</td></tr></table>", "a b\nc d"),
            ("<details><summary>More</summary>hidden</details>", "More\nhidden"),
            ("<script>alert(1)</script><style>p{}</style>safe", "safe"),
            ("&lt;p&gt; is a tag", "<p> is a tag"),
            ("good <img class=\"emoji\" src=\"x\" alt=\":smile:\"> <img src=\"y\" alt=\"a cat\">", "good 😄"),
            ("<img class=\"emoji\" alt=\":wave:t3:\"><img class=\"emoji\" alt=\":acme_logo:\">", "👋:acme_logo:"),
            ("#acme<img class=\"emoji\" src=\"x\" title=\"Smile\">", "#acme Smile"),
            ("<pre><code>a  b\n  c</code></pre>", "a  b\n  c"),
            ("<b>un</b>broken", "unbroken"),
            ("<p>unclosed <i>tags", "unclosed tags"),
            ("", ""),
        ] {
            assert_eq!(from_html(html).text, wanted, "{html}");
        }
    }

    #[test]
    fn quotes_and_links_are_kept_apart() {
        let passage = from_html(concat!(
            "<aside class=\"quote\"><div class=\"title\">ana:</div><blockquote><p>Acme is <a href=\"https://q.example\">dead</a></p>",
            "</blockquote></aside><p>No, <a href=\"https://a.example/x\">look</a> <a href=\"/relative\">here</a></p>",
        ));
        assert_eq!(passage.text, "No, look here");
        assert_eq!(passage.quoted, ["Acme is dead"]);
        assert_eq!(passage.links, ["https://a.example/x"]);
        let names = from_html(concat!(
            "<p><a href=\"https://m.example/@ana\" class=\"u-url mention\">@ana</a> <a href=\"https://m.example/tags/x\" rel=\"tag\">#x</a>",
            " <a class=\"hashtag-cooked\" href=\"https://f.example/tag/y\">y</a> <a href=\"https://a.example/@page\" rel=\"nofollow\">page</a></p>",
        ));
        assert_eq!((names.text.as_str(), names.links), ("@ana #x y page", vec!["https://a.example/@page".to_owned()]));
        assert_eq!(from_html("<p>&gt; he said<p>I say").quoted, ["he said"]);
    }

    #[test]
    fn markdown_is_read_as_its_html() {
        let passage = from_markdown("**Bold** [link](https://a.example)\n\n> quoted\n\n- item");
        assert_eq!(passage.text, "Bold link\n- item");
        assert_eq!(passage.quoted, ["quoted"]);
        assert_eq!(passage.links, ["https://a.example/"]);
    }

    #[test]
    fn a_hundred_thousand_nested_elements_are_no_danger() {
        let deep = format!("{}deep &amp; <i>safe</i> 1 < 2", "<div>".repeat(100_000));
        assert_eq!(from_html(&deep).text, "deep & safe 1 < 2");
    }
}
