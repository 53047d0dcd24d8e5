//! Texts and values of elements.

use ego_tree::NodeRef;
use ego_tree::iter::Edge;
use scraper::{Html, Node};

/// Longer texts are cut: no review is as long.
pub(super) const MAX_TEXT_BYTES: usize = 100_000;

/// Collects a document's text as a reader sees it: blanks run together, blocks and line breaks as line breaks, no scripts.
#[derive(Debug, Default)]
pub(super) struct Text {
    buffer: String,
    /// Elements open whose text nobody sees.
    hidden: usize,
}

impl Text {
    pub(super) fn open(&mut self, name: &str) {
        match name {
            "script" | "style" | "template" | "noscript" => self.hidden += 1,
            "br" => self.line(),
            _ if is_block(name) => self.line(),
            _ => {}
        }
    }

    pub(super) fn close(&mut self, name: &str) {
        match name {
            "script" | "style" | "template" | "noscript" => self.hidden = self.hidden.saturating_sub(1),
            _ if is_block(name) => self.line(),
            _ => {}
        }
    }

    pub(super) fn write(&mut self, text: &str) {
        if self.hidden > 0 {
            return;
        }
        for character in text.chars() {
            if !character.is_whitespace() || character == '\u{a0}' {
                self.buffer.push(character);
            } else if !self.buffer.is_empty() && !self.buffer.ends_with([' ', '\n']) {
                self.buffer.push(' ');
            }
        }
    }

    /// Where the text that comes next begins.
    pub(super) fn place(&self) -> usize {
        self.buffer.len()
    }

    /// What was written since.
    pub(super) fn since(&self, place: usize) -> String {
        let mut end = self.buffer.len().min(place.saturating_add(MAX_TEXT_BYTES));
        while !self.buffer.is_char_boundary(end) {
            end -= 1;
        }
        let text = self.buffer.get(place..end).unwrap_or_default();
        let lines: Vec<&str> = text.split('\n').map(str::trim).filter(|line| !line.is_empty()).collect();
        lines.join("\n")
    }

    fn line(&mut self) {
        while self.buffer.ends_with(' ') {
            self.buffer.pop();
        }
        self.buffer.push('\n');
    }
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "li"
            | "ul"
            | "ol"
            | "tr"
            | "table"
            | "section"
            | "article"
            | "blockquote"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "dd"
            | "dt"
            | "dl"
            | "header"
            | "footer"
            | "pre"
            | "figure"
    )
}

/// All text inside a node.
pub(super) fn text(node: NodeRef<'_, Node>) -> String {
    let mut text = Text::default();
    for edge in node.traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Element(element) => text.open(element.name()),
                Node::Text(words) => text.write(&words.text),
                _ => {}
            },
            Edge::Close(node) => {
                if let Node::Element(element) = node.value() {
                    text.close(element.name());
                }
            }
        }
    }
    text.since(0)
}

/// Text in which character references stand, with each of them resolved once.
pub(crate) fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    // What looks like a tag is text here and stays it.
    let fragment = Html::parse_fragment(&text.replace('<', "&lt;"));
    let mut whole = String::with_capacity(text.len());
    for node in fragment.tree.nodes() {
        if let Node::Text(piece) = node.value() {
            whole.push_str(&piece.text);
        }
    }
    whole
}

/// HTML as plain text.
pub(crate) fn plain(html: &str) -> String {
    text(*Html::parse_fragment(html).root_element())
}

/// Whether a text is HTML: it has a tag people's texts are laid out with.
pub(crate) fn has_tags(text: &str) -> bool {
    const TAGS: [&str; 17] =
        ["p", "br", "div", "span", "b", "i", "u", "em", "strong", "a", "ul", "ol", "li", "img", "blockquote", "h2", "h3"];
    let Some(last) = text.rfind('>') else { return false };
    text.match_indices('<').take_while(|(at, _)| *at < last).any(|(at, _)| {
        let rest = text[at + 1..].trim_start_matches('/');
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let closes = rest[end..].trim_start().starts_with(['>', '/']) || rest[end..].starts_with(' ');
        closes && TAGS.contains(&rest[..end].to_ascii_lowercase().as_str())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_what_a_reader_sees() {
        assert_eq!(
            plain("<p>One\n  two<br>three</p><p>f<b>ou</b>r</p><script>no</script> <style>no</style>"),
            "One two\nthree\nfour"
        );
        assert_eq!(plain(""), "");
    }

    #[test]
    fn references_are_resolved_once() {
        assert_eq!(unescape("R&amp;D &lt;b&gt; &amp;amp; I&#39;m &eacute; & co; 1 < 2"), "R&D <b> &amp; I'm é & co; 1 < 2");
    }

    #[test]
    fn tags_are_told_from_signs() {
        for html in ["a<br>b", "a<br/>b", "<p>x", "<P class='y'>x", "x</div >"] {
            assert!(has_tags(html), "{html}");
        }
        for text in ["1 < 2", "a <3 b>", "<plenty>", "<b", "x<y>z", ""] {
            assert!(!has_tags(text), "{text}");
        }
    }
}
