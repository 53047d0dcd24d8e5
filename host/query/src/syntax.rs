//! The syntax tree, and how it prints.
//!
//! Trees are kept canonical by the parser: no AND inside an AND, no OR inside an OR, no NOT inside a NOT, fields distributed
//! over their groups. `Display` gives the canonical text: parsed again it is the same tree. Equality ignores places and the
//! spelling as written.

use std::fmt::{self, Write};
use std::ops::{Deref, Range};

use crate::lex::is_curly;
use crate::metadata::Meta;
use crate::schema::Derived;
use crate::text::Sigil;

/// A part of a query and its bytes in the query's text.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    pub(crate) span: Range<usize>,
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    Text(TextLeaf),
    Meta(Meta),
    /// A field that analyzers or people fill in later, and what is asked of it.
    Derived(Derived),
}

/// Which texts of a mention are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Any,
    Title,
    Body,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TextLeaf {
    pub(crate) scope: Scope,
    /// From `freq/n:`.
    pub(crate) at_least: Option<u32>,
    pub(crate) expr: Expr,
}

/// What has places in a text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expr {
    /// A word, or words in a row.
    Words(Words),
    /// All words, in any order, in a window of their number and `extra` tokens.
    Window {
        words: Words,
        extra: u32,
    },
    /// Exact characters.
    Raw(String),
    AnyOf(Vec<Operand>),
    Near(Box<Near>),
}

/// What stands beside a distance or in a group there, and where. It is used as the expression it holds; equality ignores the place.
#[derive(Debug, Clone)]
pub(crate) struct Operand {
    pub(crate) expr: Expr,
    /// Bytes of the query's text, which is far shorter than 4 GiB: small, because there are many.
    span: Range<u32>,
}

impl Operand {
    pub(crate) fn new(expr: Expr, span: &Range<usize>) -> Self {
        Self { expr, span: span.start as u32..span.end as u32 }
    }

    pub(crate) fn span(&self) -> Range<usize> {
        self.span.start as usize..self.span.end as usize
    }
}

impl Deref for Operand {
    type Target = Expr;

    fn deref(&self) -> &Expr {
        &self.expr
    }
}

impl PartialEq for Operand {
    fn eq(&self, other: &Self) -> bool {
        self.expr == other.expr
    }
}

impl fmt::Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expr.fmt(f)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Near {
    pub(crate) left: Operand,
    pub(crate) right: Operand,
    pub(crate) reach: Reach,
    pub(crate) ordered: bool,
    /// How deep it nests; kept so that the parser can bound it.
    pub(crate) depth: usize,
}

impl Expr {
    pub(crate) fn depth(&self) -> usize {
        match self {
            Self::Near(near) => near.depth,
            Self::AnyOf(any) => 1 + any.iter().map(|one| one.depth()).max().unwrap_or(0),
            Self::Words(_) | Self::Window { .. } | Self::Raw(_) => 0,
        }
    }

    /// Gives every operand the same place.
    fn place(&mut self, span: &Range<usize>) {
        let operands = match self {
            Self::Near(near) => vec![&mut near.left, &mut near.right],
            Self::AnyOf(any) => any.iter_mut().collect(),
            Self::Words(_) | Self::Window { .. } | Self::Raw(_) => Vec::new(),
        };
        for operand in operands {
            operand.span = span.start as u32..span.end as u32;
            operand.expr.place(span);
        }
    }
}

/// How far two operands may be apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// At most so many tokens between them.
    Tokens(u32),
    Sentence,
}

/// At least one pattern.
#[derive(Debug, Clone)]
pub(crate) struct Words {
    pub(crate) patterns: Vec<Pattern>,
    /// As the query spells it, for services that do not fold as we do.
    pub(crate) written: String,
}

impl PartialEq for Words {
    fn eq(&self, other: &Self) -> bool {
        self.patterns == other.patterns
    }
}

/// One word of a query.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Pattern {
    pub(crate) sigil: Sigil,
    /// Folded.
    pub(crate) text: String,
    /// Whether `*` and `?` in it are wildcards.
    pub(crate) wild: bool,
    /// Whether the hashtag or handle it belongs to goes on in the next pattern, and nothing is between them.
    pub(crate) goes_on: bool,
}

impl Node {
    /// What could not be read, and an error tells why: a phrase without words. It stands only in trees that are looked over and
    /// thrown away.
    pub(crate) fn gap(span: Range<usize>) -> Self {
        let words = Words { patterns: Vec::new(), written: String::new() };
        Self { kind: Kind::Text(TextLeaf { scope: Scope::Any, at_least: None, expr: Expr::Words(words) }), span }
    }

    pub(crate) fn is_gap(&self) -> bool {
        matches!(&self.kind, Kind::Text(TextLeaf { expr: Expr::Words(words), .. }) if words.patterns.is_empty())
    }

    /// Whether something in it could not be read.
    pub(crate) fn has_gap(&self) -> bool {
        match &self.kind {
            Kind::And(nodes) | Kind::Or(nodes) => nodes.iter().any(Self::has_gap),
            Kind::Not(node) => node.has_gap(),
            Kind::Text(_) | Kind::Meta(_) | Kind::Derived(_) => self.is_gap(),
        }
    }

    /// Gives every part the same place: that of the saved part it came from.
    pub(crate) fn place(&mut self, span: &Range<usize>) {
        self.span = span.clone();
        match &mut self.kind {
            Kind::And(nodes) | Kind::Or(nodes) => nodes.iter_mut().for_each(|node| node.place(span)),
            Kind::Not(node) => node.place(span),
            Kind::Text(leaf) => leaf.expr.place(span),
            Kind::Meta(_) | Kind::Derived(_) => {}
        }
    }
}

impl Pattern {
    /// What stands before the first wildcard.
    pub(crate) fn prefix(&self) -> &str {
        if self.wild { self.text.split(['*', '?']).next().unwrap_or("") } else { &self.text }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::And(nodes) => joined(f, nodes, " AND ", |node| matches!(node.kind, Kind::Or(_))),
            Kind::Or(nodes) => joined(f, nodes, " OR ", |node| matches!(node.kind, Kind::And(_))),
            Kind::Not(node) => match node.kind {
                Kind::And(_) | Kind::Or(_) => write!(f, "NOT ({node})"),
                _ => write!(f, "NOT {node}"),
            },
            Kind::Text(leaf) => leaf.fmt(f),
            Kind::Meta(meta) => meta.fmt(f),
            Kind::Derived(derived) => derived.fmt(f),
        }
    }
}

fn joined(f: &mut fmt::Formatter<'_>, nodes: &[Node], with: &str, brackets: impl Fn(&Node) -> bool) -> fmt::Result {
    for (index, node) in nodes.iter().enumerate() {
        if index > 0 {
            f.write_str(with)?;
        }
        if brackets(node) {
            write!(f, "({node})")?;
        } else {
            write!(f, "{node}")?;
        }
    }
    Ok(())
}

impl fmt::Display for TextLeaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bracket = self.at_least.is_some() || !matches!(self.expr, Expr::Words(_) | Expr::Window { .. });
        let (open, close) = match (self.scope, bracket) {
            (Scope::Any, _) => ("", ""),
            (Scope::Title, false) => ("title:", ""),
            (Scope::Body, false) => ("body:", ""),
            (Scope::Title, true) => ("title:(", ")"),
            (Scope::Body, true) => ("body:(", ")"),
        };
        f.write_str(open)?;
        match self.at_least {
            Some(at_least) => write!(f, "freq/{at_least}:({})", self.expr)?,
            None => write!(f, "{}", self.expr)?,
        }
        f.write_str(close)
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Words(words) => words.fmt(f),
            Self::Window { words, extra } => {
                words.phrase(f)?;
                write!(f, "~{extra}")
            }
            Self::Raw(text) => write!(f, "raw:{}", Quoted(text)),
            Self::AnyOf(any) => {
                for (index, expr) in any.iter().enumerate() {
                    let or = if index > 0 { " OR " } else { "" };
                    write!(f, "{or}{expr}")?;
                }
                Ok(())
            }
            Self::Near(near) => {
                match near.left.expr {
                    Self::AnyOf(_) => write!(f, "({})", near.left)?,
                    _ => write!(f, "{}", near.left)?,
                }
                match (near.reach, near.ordered) {
                    (Reach::Tokens(n), false) => write!(f, " NEAR/{n} ")?,
                    (Reach::Tokens(n), true) => write!(f, " ONEAR/{n} ")?,
                    (Reach::Sentence, false) => f.write_str(" SENTENCE ")?,
                    (Reach::Sentence, true) => f.write_str(" OSENTENCE ")?,
                }
                match near.right.expr {
                    Self::AnyOf(_) | Self::Near(_) => write!(f, "({})", near.right),
                    _ => write!(f, "{}", near.right),
                }
            }
        }
    }
}

impl Words {
    fn phrase(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        let mut glued = true;
        for pattern in &self.patterns {
            let between = match pattern.sigil {
                _ if glued => "",
                Sigil::Tail => "-",
                _ => " ",
            };
            write!(f, "{between}{pattern}")?;
            glued = pattern.goes_on;
        }
        f.write_char('"')
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.patterns.as_slice() {
            // In quotes, so that nobody takes the word for the operator.
            [one] if !matches!(one.text.as_str(), "and" | "or" | "not" | "near" | "onear" | "sentence") => one.fmt(f),
            _ => self.phrase(f),
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.sigil {
            Sigil::None | Sigil::Tail | Sigil::Link => {}
            Sigil::Hash => f.write_char('#')?,
            Sigil::At => f.write_char('@')?,
        }
        f.write_str(&self.text)
    }
}

/// A text in quotes, as the parser reads it back.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for c in self.0.chars() {
            if matches!(c, '"' | '\\') || is_curly(c) {
                f.write_char('\\')?;
            }
            f.write_char(c)?;
        }
        f.write_char('"')
    }
}
