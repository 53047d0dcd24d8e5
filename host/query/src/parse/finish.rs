//! What the parser tells at the end, when numbers and the whole tree are known.

use std::ops::Range;

use super::{Context, DEEPEST, MOST_LEAVES, MOST_WILDCARDS, Parser};
use crate::diagnostic::{Diagnostic, Severity};
use crate::lex::Token;
use crate::syntax::Node;

/// Most remarks of one query; whoever has so many has enough to do.
pub(super) const MOST_REMARKS: usize = 500;

/// How deep a query nests, where that is too deep.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Depth {
    depth: usize,
    /// Not all of it was counted.
    more: bool,
}

impl Depth {
    fn or_more(self) -> &'static str {
        if self.more { " or more" } else { "" }
    }
}

impl<'a> Parser<'a> {
    /// E252, once; how deep it is, is told at the end.
    pub(super) fn too_deep(&mut self, depth: usize, more: bool, span: Range<usize>) {
        if self.deepest.depth == 0 {
            self.report("E252", span, "", "take brackets away, or divide the query");
        }
        self.deepest = Depth { depth: self.deepest.depth.max(depth), more: self.deepest.more || more };
    }

    /// Passes over a bracket that is too deep, and all it holds.
    pub(super) fn pass_group(&mut self, inner: Context<'a>) {
        let place = self.span.clone();
        let outer = std::mem::replace(&mut self.context, inner);
        let (mut open, mut deepest) = (0, 0);
        loop {
            match self.token {
                Token::Open => open += 1,
                Token::Close => open -= 1,
                Token::End => break,
                _ => {}
            }
            deepest = deepest.max(open);
            if open == 0 {
                break;
            }
            self.advance();
        }
        self.context = outer;
        self.advance();
        self.too_deep(self.depth + deepest, false, place);
    }

    /// Passes over fields behind fields that are too deep, and the value of the last.
    pub(super) fn pass_fields(&mut self) {
        let place = self.span.clone();
        let mut depth = self.depth;
        while matches!(self.token, Token::Field(_)) {
            depth += 1;
            self.advance();
        }
        self.too_deep(depth + 1, false, place);
        match self.token {
            Token::Open => self.pass_group(self.context),
            Token::Word(_) | Token::Phrase { .. } | Token::Part(_) | Token::List(_) => self.advance(),
            _ => {}
        }
    }

    /// N101, once for the text that was read.
    pub(super) fn note_spaces(&mut self) {
        if let Some((span, count)) = self.implicit.take() {
            let more = if count > 1 { format!(", here and in {} more places", count - 1) } else { String::new() };
            let note = Diagnostic::new("N101", span, format!("a space is read as AND{more}"));
            self.found.push(note.hint("write AND or OR, or quotes around a phrase"));
        }
    }

    /// What is told at the end, when all is known; without an error, the tree.
    pub(super) fn finish(mut self, tree: Option<Node>) -> (Option<Node>, Vec<Diagnostic>) {
        self.note_spaces();
        if let Some(span) = self.lines.take() {
            let note = Diagnostic::new("N105", span, "a new line between bracketed lines is read as OR");
            self.found.push(note.hint("where both lines are meant, end the first with AND"));
        }
        for one in &mut self.found {
            let count = match one.code {
                "E251" => format!("the query has {} words, phrases and values, at most {MOST_LEAVES} are allowed", self.leaves),
                "E252" => format!(
                    "the query is nested {} deep{}, at most {DEEPEST} is allowed",
                    self.deepest.depth,
                    self.deepest.or_more()
                ),
                "E253" => format!("the query has {} wildcards, at most {MOST_WILDCARDS} are allowed", self.wildcards),
                _ => continue,
            };
            one.message.push_str(&count);
        }
        if let Some(tree) = &tree {
            self.found.extend(crate::check::remarks(tree));
            if self.reading.collecting {
                self.found.extend(crate::check::collection(tree));
            }
        }
        let failed = self.found.iter().any(|one| one.severity == Severity::Error);
        // Errors come before other remarks where there are too many.
        self.found.sort_by_key(|one| one.severity);
        let more = self.unsaid + self.found.len().saturating_sub(MOST_REMARKS);
        self.found.truncate(MOST_REMARKS);
        self.found.sort_by_key(|one| one.span.start);
        if more > 0 {
            let end = self.text.len()..self.text.len();
            self.report("N106", end, format!("and {more} more remarks"), "mend what is told first");
        }
        (if failed { None } else { tree }, self.found)
    }
}

/// The beginning of a long text.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(120) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or("")),
        None => text.to_owned(),
    }
}
