//! Why a query matches a mention, or why not.

use std::borrow::Cow;
use std::ops::Range;

use vigie_mention::Value;

use crate::Query;
use crate::match_text::{self, MatchText};
use crate::syntax::{Expr, Kind, Node, Operand, Scope, TextLeaf};
use crate::words::raw_places;

/// What one part of a query says about a mention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The part, as canonical text.
    pub part: String,
    /// Bytes of the part in the query's text.
    pub span: Range<usize>,
    /// What it says; `None`: unknown, because the mention does not say what is asked for.
    pub truth: Option<bool>,
    /// What the mention says, for questions about facts and about what analyzers wrote; `None` if it says nothing.
    pub value: Option<String>,
    /// Where it occurs, for words and what is made of them.
    pub places: Vec<Found>,
    /// What its parts say.
    pub parts: Vec<Explanation>,
}

/// A place in a text of a mention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// In which text.
    pub passage: Passage,
    /// Bytes of that text; see [`MatchText::text_of`].
    pub bytes: Range<usize>,
}

/// A text of a mention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passage {
    /// Its title.
    Title,
    /// Its text.
    Body,
    /// The hashtags and handles it lists beside them, with their sign and a space between two.
    Tags,
}

impl Query {
    /// The truth of each part of the query, and where its words occur.
    #[must_use]
    pub fn explain(&self, text: &MatchText) -> Explanation {
        explain(&self.root, text)
    }
}

fn explain(node: &Node, text: &MatchText) -> Explanation {
    let (parts, places) = match &node.kind {
        Kind::And(nodes) | Kind::Or(nodes) => (nodes.iter().map(|node| explain(node, text)).collect(), Vec::new()),
        Kind::Not(inner) => (vec![explain(inner, text)], Vec::new()),
        Kind::Text(leaf) => (inside(leaf, text), found(leaf, text)),
        Kind::Meta(_) | Kind::Derived(_) => (Vec::new(), Vec::new()),
    };
    let value = match &node.kind {
        Kind::Meta(meta) => meta.stated(text),
        Kind::Derived(derived) => derived.value(&text.annotations).map(shown),
        _ => None,
    };
    Explanation { part: node.to_string(), span: node.span.clone(), truth: node.truth(text), value, places, parts }
}

/// What the operands of a distance, or of what is counted, say.
fn inside(leaf: &TextLeaf, text: &MatchText) -> Vec<Explanation> {
    let operands: Vec<&Operand> = match &leaf.expr {
        Expr::Near(near) => vec![&near.left, &near.right],
        Expr::AnyOf(any) => any.iter().collect(),
        Expr::Words(_) | Expr::Window { .. } | Expr::Raw(_) => return Vec::new(),
    };
    let explained = operands.into_iter().map(|operand| {
        let leaf = TextLeaf { scope: leaf.scope, at_least: None, expr: operand.expr.clone() };
        Explanation {
            part: leaf.to_string(),
            span: operand.span(),
            truth: Some(leaf.holds(text)),
            value: None,
            places: found(&leaf, text),
            parts: inside(&leaf, text),
        }
    });
    explained.collect()
}

/// An analyzer's value as a person reads it.
fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::Labels(labels) => {
            labels.iter().map(|label| format!("{} {:.2}", label.name, label.score)).collect::<Vec<_>>().join(", ")
        }
    }
}

fn found(leaf: &TextLeaf, text: &MatchText) -> Vec<Found> {
    let mut found = Vec::new();
    let mut look = |name, passage: &match_text::Passage, offset: usize| {
        let bytes: Vec<Range<usize>> = match &leaf.expr {
            Expr::Raw(pattern) => raw_places(pattern, &passage.text).collect(),
            expr => {
                expr.places(passage).into_iter().map(|(start, end)| passage.tokens.bytes(start as usize, end as usize)).collect()
            }
        };
        found.extend(bytes.into_iter().map(|bytes| Found { passage: name, bytes: bytes.start + offset..bytes.end + offset }));
    };
    if leaf.scope != Scope::Body {
        look(Passage::Title, &text.title, 0);
    }
    if leaf.scope != Scope::Title {
        look(Passage::Body, &text.body, 0);
    }
    if leaf.scope == Scope::Any {
        let mut offset = 0;
        for tag in &text.tags {
            look(Passage::Tags, tag, offset);
            offset += tag.text.len() + BETWEEN_TAGS.len();
        }
    }
    found
}

/// Stands between two tags where they are shown as one text.
const BETWEEN_TAGS: &str = " ";

impl MatchText {
    /// The text whose bytes [`Found::bytes`] are.
    #[must_use]
    pub fn text_of(&self, passage: Passage) -> Cow<'_, str> {
        match passage {
            Passage::Title => Cow::Borrowed(&self.title.text),
            Passage::Body => Cow::Borrowed(&self.body.text),
            Passage::Tags => Cow::Owned(self.tags.iter().map(|tag| tag.text.as_str()).collect::<Vec<_>>().join(BETWEEN_TAGS)),
        }
    }
}
