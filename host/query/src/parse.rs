//! The parser: recursive descent, one token ahead, linear in the query's length.
//!
//! It goes on after an error, so that all of them are reported at once: a gap stands in the tree for what could not be read, so that
//! the rest of it can be looked over, and the tree is only used if there was no error at all.

mod field;
mod finish;
mod leaf;
mod lookalike;
mod near;
mod saved;

use std::ops::Range;

use crate::diagnostic::{Diagnostic, Severity, line_and_column};
use crate::fields::MetaField;
use crate::lex::{Lexer, Mode, Token};
use crate::reading::{Dialect, Reading};
use crate::syntax::{Kind, Node, Scope};
use finish::{Depth, MOST_REMARKS, shortened};

/// Most bytes of a query.
const MOST_BYTES: usize = 64 * 1024;
/// Most words, phrases and field values.
const MOST_LEAVES: usize = 5_000;
/// Deepest nesting of brackets, and of NEAR in NEAR.
const DEEPEST: usize = 64;
/// Most wildcards.
const MOST_WILDCARDS: usize = 200;
/// Most bytes read, with saved parts inserted.
const MOST_READ: usize = 1024 * 1024;
/// Most words of one phrase.
const LONGEST_PHRASE: usize = 200;

/// Reads a query. The remarks are in the order of their places; without an error among them there is a tree.
pub(crate) fn parse<'a>(text: &'a str, reading: Reading<'a>) -> (Option<Node>, Vec<Diagnostic>) {
    if text.len() > MOST_BYTES {
        let message = format!("the query has {} bytes, at most {MOST_BYTES} are allowed", text.len());
        return (None, vec![Diagnostic::new("E250", 0..0, message).hint("divide it into several topics")]);
    }
    let mut parser = Parser {
        text,
        lexer: Lexer::new(text),
        token: Token::End,
        span: 0..0,
        found: Vec::new(),
        context: Context::Text { scope: Scope::Any, in_field: false },
        depth: 0,
        leaves: 0,
        wildcards: 0,
        implicit: None,
        passed: 0,
        deepest: Depth::default(),
        unsaid: 0,
        reading,
        waiting: None,
        parts: reading.part.into_iter().collect(),
        line_depth: 0,
        read: text.len(),
        lines: None,
    };
    let tree = parser.query();
    parser.finish(tree)
}

/// Inside of what the parser is.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Context<'a> {
    Text { scope: Scope, in_field: bool },
    Raw(Scope),
    Meta(MetaField),
    Derived(&'a str),
}

impl Context<'_> {
    fn mode(self) -> Mode {
        match self {
            Self::Text { .. } => Mode::Text,
            Self::Meta(MetaField::Url | MetaField::Links) => Mode::Address,
            Self::Raw(_) | Self::Meta(_) | Self::Derived(_) => Mode::Value,
        }
    }

    fn scope(self) -> Scope {
        match self {
            Self::Text { scope, .. } | Self::Raw(scope) => scope,
            Self::Meta(_) | Self::Derived(_) => Scope::Any,
        }
    }
}

struct Parser<'a> {
    text: &'a str,
    lexer: Lexer<'a>,
    token: Token<'a>,
    span: Range<usize>,
    found: Vec<Diagnostic>,
    context: Context<'a>,
    depth: usize,
    leaves: usize,
    wildcards: usize,
    /// Place of the first space read as AND, and how many there were.
    implicit: Option<(Range<usize>, usize)>,
    /// Where the token before the one we are at ends.
    passed: usize,
    deepest: Depth,
    /// Errors that were counted and not kept, because there are too many.
    unsaid: usize,
    reading: Reading<'a>,
    /// A token behind an OR that stands there as a new line.
    waiting: Option<(Token<'a>, Range<usize>)>,
    /// Names of the saved parts we are inside of.
    parts: Vec<&'a str>,
    /// Depth at which a new line can be an OR.
    line_depth: usize,
    /// Bytes read so far, saved parts included each time they are inserted.
    read: usize,
    /// Place of the first new line read as OR.
    lines: Option<Range<usize>>,
}

impl<'a> Parser<'a> {
    fn advance(&mut self) {
        self.passed = self.span.end;
        if let Some(waiting) = self.waiting.take() {
            (self.token, self.span) = waiting;
            return;
        }
        let closed = (self.token == Token::Close).then_some(self.span.end);
        let (token, span) = self.lexer.next(self.context.mode(), &mut self.found);
        if let Some(end) = closed
            && self.reading.dialect == Dialect::Visibrain
            && self.depth == self.line_depth
            && token == Token::Open
            && let Some(line) = self.text.get(end..span.start).and_then(|between| between.find('\n'))
        {
            let place = end + line..end + line + 1;
            if self.parts.is_empty() {
                self.lines.get_or_insert(place.clone());
            }
            self.waiting = Some((token, span));
            (self.token, self.span) = (Token::Or, place);
            return;
        }
        (self.token, self.span) = (token, span);
    }

    fn report(&mut self, code: &'static str, span: Range<usize>, message: impl Into<String>, hint: impl Into<String>) {
        self.found.push(Diagnostic::new(code, span, message).hint(hint));
    }

    fn query(&mut self) -> Option<Node> {
        self.advance();
        let mut nodes = Vec::new();
        loop {
            nodes.extend(self.or());
            if self.token != Token::Close {
                break;
            }
            // Each looks for its line; of so many nobody reads the places.
            if self.found.len() > MOST_REMARKS {
                self.unsaid += 1;
            } else {
                let (line, column) = line_and_column(self.text, self.span.start);
                let message = format!("`)` at {line}:{column} closes nothing");
                self.report("E102", self.span.clone(), message, "remove it, or open a bracket before");
            }
            self.advance();
        }
        if nodes.is_empty() && !self.found.iter().any(|one| one.severity == Severity::Error) {
            self.report("E100", 0..self.text.len(), "empty query", "write at least one word");
        }
        conjunction(nodes)
    }

    fn starts_operand(&self) -> bool {
        !matches!(self.token, Token::End | Token::Close | Token::And | Token::Or | Token::Near { .. })
    }

    fn operator_here(&self) -> &'a str {
        self.text.get(self.span.clone()).unwrap_or("")
    }

    /// Reports binary operators that have nothing on their left, and passes over them; a gap where there are any.
    fn no_operator_first(&mut self) -> Option<Node> {
        let start = self.span.start;
        let mut missing = None;
        while matches!(self.token, Token::And | Token::Or | Token::Near { .. }) {
            let name = self.operator_here();
            self.report(
                "E104",
                self.span.clone(),
                format!("`{name}` lacks a left operand"),
                "write what goes before it, or remove it",
            );
            self.advance();
            missing = Some(Node::gap(start..self.passed));
        }
        missing
    }

    /// Reports an operator that nothing follows, or another operator.
    fn operand_after(&mut self, name: &str, span: &Range<usize>) {
        while matches!(self.token, Token::And | Token::Or | Token::Near { .. }) {
            let message = format!("`{name}` is followed by `{}`: one operator is too many", self.operator_here());
            self.report("E104", span.start..self.span.end, message, "keep the one you mean");
            self.advance();
        }
        if !self.starts_operand() {
            self.report(
                "E104",
                span.clone(),
                format!("`{name}` lacks a right operand"),
                "write what goes behind it, or remove it",
            );
        }
    }

    fn or(&mut self) -> Option<Node> {
        let missing = self.no_operator_first();
        let start = self.span.start;
        let (first, mut mixed) = self.and();
        let first = conjunction(missing.into_iter().chain(first).collect());
        // Each branch as it is written, and whether AND joins its parts.
        let mut written = vec![(start..self.passed, mixed)];
        let mut branches: Vec<Node> = first.into_iter().collect();
        while self.token == Token::Or {
            let operator = self.span.clone();
            self.advance();
            self.operand_after("OR", &operator);
            let start = self.span.start;
            let (branch, several) = self.and();
            mixed |= several;
            written.push((start..self.passed.max(start), several));
            branches.push(branch.unwrap_or_else(|| Node::gap(operator)));
        }
        let span = start..branches.last().map_or(start, |last| last.span.end.max(start));
        let node = disjunction(branches)?;
        if mixed && written.len() > 1 {
            let read: Vec<String> = written.into_iter().map(|(place, several)| self.bracketed(place, several)).collect();
            let message = format!("AND binds tighter than OR: read as `{}`", shortened(&read.join(" OR ")));
            self.report("W301", span, message, "put brackets where you mean them");
        }
        Some(node)
    }

    /// A branch as it is written, on one line, in brackets if it has several parts.
    fn bracketed(&self, place: Range<usize>, several: bool) -> String {
        let text = self.text.get(place).unwrap_or("").split_whitespace().collect::<Vec<_>>().join(" ");
        if several { format!("({text})") } else { text }
    }

    /// Also whether several parts were written without brackets around them.
    fn and(&mut self) -> (Option<Node>, bool) {
        let mut written = 1;
        let mut parts: Vec<Node> = self.not().into_iter().collect();
        loop {
            if self.token == Token::And {
                let operator = self.span.clone();
                self.advance();
                self.operand_after("AND", &operator);
                written += 1;
                parts.push(self.not().unwrap_or_else(|| Node::gap(operator)));
                continue;
            } else if self.starts_operand() {
                if !matches!(self.token, Token::Not | Token::Minus) {
                    let place = self.span.clone();
                    let (_, count) = self.implicit.get_or_insert((place, 0));
                    *count += 1;
                }
            } else {
                break;
            }
            written += 1;
            parts.extend(self.not());
        }
        (conjunction(parts), written > 1)
    }

    fn not(&mut self) -> Option<Node> {
        let start = self.span.start;
        let mut negative = false;
        while matches!(self.token, Token::Not | Token::Minus) {
            let (name, operator) = (self.operator_here(), self.span.clone());
            negative = !negative;
            self.advance();
            self.operand_after(name, &operator);
        }
        let node = self.near()?;
        if !negative {
            return Some(node);
        }
        let span = start..node.span.end;
        // Twice not is not at all, with three truth values too.
        Some(match node.kind {
            Kind::Not(inner) => Node { kind: inner.kind, span },
            _ => Node { kind: Kind::Not(Box::new(node)), span },
        })
    }

    fn primary(&mut self) -> Option<Node> {
        let start = self.span.start;
        let node = match self.token {
            Token::Open => self.group(self.context),
            Token::Word(_) | Token::Phrase { .. } => {
                let leaf = self.leaf();
                self.advance();
                leaf
            }
            Token::Field(name) => self.field(name),
            Token::Part(name) => self.part(name, self.context),
            Token::List(name) => self.list(name, self.context),
            // Reported by whoever wanted an operand.
            _ => return None,
        };
        // An error tells why it could not be read.
        Some(node.unwrap_or_else(|| Node::gap(start..self.passed)))
    }

    /// From `(` to behind `)`, its inside read in `inner`.
    fn group(&mut self, inner: Context<'a>) -> Option<Node> {
        let open = self.span.clone();
        if self.depth == DEEPEST {
            self.pass_group(inner);
            return None;
        }
        let outer = std::mem::replace(&mut self.context, inner);
        self.depth += 1;
        self.advance();
        let node = if self.token == Token::Close {
            self.report("E105", open.start..self.span.end, "empty group", "write something between the brackets, or remove them");
            None
        } else {
            self.or()
        };
        self.depth -= 1;
        self.context = outer;
        let end = self.span.end;
        if self.token == Token::Close {
            self.advance();
        } else {
            let (line, column) = line_and_column(self.text, open.start);
            self.report(
                "E101",
                open.clone(),
                format!("`(` at {line}:{column} is never closed"),
                "write `)` where the group ends",
            );
        }
        node.map(|node| Node { kind: node.kind, span: open.start..end })
    }
}

fn conjunction(parts: Vec<Node>) -> Option<Node> {
    flattened(parts, |kind| if let Kind::And(inner) = kind { Ok(inner) } else { Err(kind) }, Kind::And)
}

fn disjunction(parts: Vec<Node>) -> Option<Node> {
    flattened(parts, |kind| if let Kind::Or(inner) = kind { Ok(inner) } else { Err(kind) }, Kind::Or)
}

fn flattened(
    mut parts: Vec<Node>,
    open: impl Fn(Kind) -> Result<Vec<Node>, Kind>,
    close: impl Fn(Vec<Node>) -> Kind,
) -> Option<Node> {
    if parts.len() < 2 {
        return parts.pop();
    }
    let span = parts.first()?.span.start..parts.last()?.span.end;
    let mut flat = Vec::with_capacity(parts.len());
    for part in parts {
        match open(part.kind) {
            Ok(inner) => flat.extend(inner),
            Err(kind) => flat.push(Node { kind, span: part.span }),
        }
    }
    Some(Node { kind: close(flat), span })
}
