//! Whether a tree can be built of some HTML at a cost that grows with its length.
//!
//! The parser walks up the open elements for every new one, and opens all unclosed formatting elements (`<b>`, `<a>` …) again in every
//! new block (HTML Living Standard, 13.2.4.3 and 13.2.4.6): a few kilobytes that people never write can become gigabytes.

use std::cell::RefCell;
use std::collections::HashMap;

use html5ever::LocalName;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::{Rawtext, Rcdata, ScriptData};
use html5ever::tokenizer::{BufferQueue, StartTag, Tag, TagToken, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

/// With so few tags no tree is large, however they are nested.
const FEW: usize = 300;
/// Elements inside elements; no page people write is a tenth as deep.
const DEEPEST: usize = 2_000;
/// Formatting elements that the parser may open again, all together.
const MOST_REOPENED: usize = 200_000;

/// Whether `html` may be parsed into a tree.
pub(super) fn is_tame(html: &str) -> bool {
    if html.bytes().filter(|byte| *byte == b'<').nth(FEW).is_none() {
        return true;
    }
    let tokenizer = Tokenizer::new(Watch::default(), TokenizerOpts::default());
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from(html));
    // It stops at no script: there is none to wait for.
    let _ = tokenizer.feed(&queue);
    tokenizer.end();
    let seen = tokenizer.sink.0.into_inner();
    seen.deepest <= DEEPEST && seen.reopened <= MOST_REOPENED
}

#[derive(Default)]
struct Watch(RefCell<Seen>);

/// Counts by name do not know how elements are nested, so they see at least as many open as there are.
#[derive(Default)]
struct Seen {
    open: HashMap<LocalName, usize>,
    depth: usize,
    deepest: usize,
    formatting: usize,
    reopened: usize,
}

impl TokenSink for Watch {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let TagToken(tag) = token else { return TokenSinkResult::Continue };
        self.0.borrow_mut().tag(&tag);
        match &*tag.name {
            "script" if tag.kind == StartTag => TokenSinkResult::RawData(ScriptData),
            "style" | "xmp" | "iframe" | "noembed" | "noframes" if tag.kind == StartTag => TokenSinkResult::RawData(Rawtext),
            "title" | "textarea" if tag.kind == StartTag => TokenSinkResult::RawData(Rcdata),
            _ => TokenSinkResult::Continue,
        }
    }
}

impl Seen {
    fn tag(&mut self, tag: &Tag) {
        let formats = is_formatting(&tag.name);
        self.reopened = self.reopened.saturating_add(self.formatting);
        if tag.kind == StartTag {
            let open = self.open.entry(tag.name.clone()).or_default();
            // A second one closes the first.
            let replaces = matches!(&*tag.name, "a" | "nobr") && *open > 0;
            if replaces || is_void(&tag.name) {
                return;
            }
            *open += 1;
            self.depth += 1;
            self.formatting += usize::from(formats);
            self.deepest = self.deepest.max(self.depth);
        } else if let Some(open) = self.open.get_mut(&tag.name).filter(|open| **open > 0) {
            *open -= 1;
            self.depth -= 1;
            self.formatting -= usize::from(formats);
        }
    }
}

fn is_formatting(name: &str) -> bool {
    matches!(name, "a" | "b" | "big" | "code" | "em" | "font" | "i" | "nobr" | "s" | "small" | "strike" | "strong" | "tt" | "u")
}

fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area" | "base" | "br" | "col" | "embed" | "hr" | "img" | "input" | "link" | "meta" | "source" | "track" | "wbr"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_tame() {
        let article = "<p>one <a href='https://a.example/?x=1'>two</a><br><b><i>three</i></b> <img src=x></p>\n".repeat(2_000);
        let list = format!("<ul>{}</ul>", "<li>an item that <b>nobody</b> closes".repeat(1_900));
        let lines = "one<br>".repeat(50_000);
        let anchors = "<h2><a name=x>title</h2><p>text</p>".repeat(2_000);
        for html in ["", "plain", &article, &list, &lines, &anchors] {
            assert!(is_tame(html), "{}", &html[..html.len().min(80)]);
        }
    }

    #[test]
    fn what_would_become_a_huge_tree_is_not() {
        let numbered = |start: &str, end: &str| (0..5_000).map(|number| format!("{start}{number}{end}")).collect::<String>();
        for html in [
            "<div>".repeat(5_000),
            "<div></x>".repeat(5_000),
            numbered("<p><b id=", ">x</p></x>"),
            numbered("<p><font id=", ">x</p><!--</font>-->"),
            numbered("<p><i id=", ">x</p><a title='</i>'></a>"),
            numbered("<p><em id=", ">x</p><style></em></style>"),
            format!("{}{}", (0..1_500).map(|number| format!("<b id={number}>")).collect::<String>(), "<p>x</p>".repeat(10_000)),
        ] {
            assert!(!is_tame(&html), "{}", &html[..80]);
        }
    }
}
