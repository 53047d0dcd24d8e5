//! The parser's leaves: words and values.

use std::ops::Range;

use super::{Context, LONGEST_PHRASE, MOST_LEAVES, MOST_WILDCARDS, Parser};
use crate::diagnostic::Diagnostic;
use crate::fields::{Field, MetaField};
use crate::lex::Token;
use crate::schema::Derived;
use crate::syntax::{Expr, Kind, Node, TextLeaf};
use crate::values::{self, Written};
use crate::words::{self, Style};

impl<'a> Parser<'a> {
    /// The word or phrase we are at, as the context reads it.
    pub(super) fn leaf(&mut self) -> Option<Node> {
        let span = self.span.clone();
        self.leaves += 1;
        if self.leaves > MOST_LEAVES {
            if self.leaves == MOST_LEAVES + 1 {
                // Their number is told at the end, when it is known.
                self.report("E251", span, "", "divide the query into several topics");
            }
            return None;
        }
        let (text, quoted, window) = match std::mem::replace(&mut self.token, Token::End) {
            Token::Word(word) => (word.to_owned(), false, None),
            Token::Phrase { text, window } => (text, true, window),
            _ => return None,
        };
        let sound = if quoted { window.is_none() || self.takes_window(&span) } else { self.nothing_else_meant(&text, &span) };
        if !sound {
            return None;
        }
        let kind = match self.context {
            Context::Text { scope, .. } => {
                let expr = self.words(&text, quoted, window, &span)?;
                Kind::Text(TextLeaf { scope, at_least: None, expr })
            }
            Context::Raw(scope) => {
                if text.trim().is_empty() {
                    self.report("E106", span, "`raw:` needs characters to search for", "write them as in `raw:\"C++\"`");
                    return None;
                }
                Kind::Text(TextLeaf { scope, at_least: None, expr: Expr::Raw(text) })
            }
            Context::Meta(field) => {
                let value = Written { text, quoted, span: span.clone() };
                if value.text.trim().is_empty() {
                    self.report("E106", span, format!("`{}:` needs a value", field.name()), "to ask for any, use `exists:`");
                    return None;
                }
                if matches!(field, MetaField::Exists | MetaField::Missing)
                    && let Some(kind) = self.derived_known(field, &value)
                {
                    return Some(Node { kind, span });
                }
                let meta = values::read(field, &value, &mut self.found)?;
                self.count_wildcards(meta.wildcards(), &span);
                Kind::Meta(meta)
            }
            Context::Derived(name) => Kind::Derived(self.derived(name, text, &span)?),
        };
        Some(Node { kind, span })
    }

    /// The question behind a derived field's name; left open where there is no schema, or the name is wrong already.
    fn derived(&mut self, name: &str, value: String, span: &Range<usize>) -> Option<Derived> {
        let field = name.to_ascii_lowercase();
        let fields = self.reading.schema.map(|schema| schema.named(&field)).unwrap_or_default();
        if fields.is_empty() {
            return Some(Derived::Open { field, value });
        }
        match Derived::read(&fields, &value) {
            Ok(derived) => Some(derived),
            Err((code, message, hint)) => {
                self.found.push(Diagnostic { hint, ..Diagnostic::new(code, span.clone(), format!("`{name}:` {message}")) });
                None
            }
        }
    }

    /// `exists:` and `missing:` of what an analyzer writes, or could; `None` for other fields.
    fn derived_known(&mut self, field: MetaField, value: &Written) -> Option<Kind> {
        let exists = field == MetaField::Exists;
        let lower = value.text.trim().to_ascii_lowercase();
        let known = Field::named(&lower);
        if matches!(known, Some(Field::Text(_) | Field::Meta(_))) {
            return None;
        }
        if let Some(field) = self.reading.schema.and_then(|schema| schema.named(&lower).into_iter().next()) {
            return Some(Kind::Derived(Derived::known(field, exists)));
        }
        if !matches!(known, Some(Field::Derived | Field::Workflow)) {
            return None;
        }
        self.written_by_nobody(&lower, &value.span);
        Some(Kind::Derived(Derived::Open { field: field.name().to_owned(), value: lower }))
    }

    fn words(&mut self, text: &str, quoted: bool, window: Option<u32>, span: &Range<usize>) -> Option<Expr> {
        let style = match (quoted, window) {
            (false, _) => Style::Word,
            (true, None) => Style::Phrase,
            (true, Some(_)) => Style::Window,
        };
        let before = self.found.len();
        let words = words::read(text, style, span, &mut self.found);
        if words.is_none() && self.found.len() == before {
            self.report(
                "E107",
                span.clone(),
                "the phrase holds no letter, digit or emoji",
                "to search for exact characters, write them as in `raw:\"C++\"`",
            );
        }
        let words = words?;
        if words.patterns.len() > LONGEST_PHRASE {
            let message = format!("the phrase has {} words, at most {LONGEST_PHRASE} are allowed", words.patterns.len());
            self.report("E254", span.clone(), message, "keep the part of it that tells");
            return None;
        }
        self.count_wildcards(words.patterns.iter().filter(|pattern| pattern.wild).count(), span);
        Some(match window {
            // A window of one word is the word.
            Some(extra) if words.patterns.len() > 1 => Expr::Window { words, extra },
            _ => Expr::Words(words),
        })
    }

    pub(super) fn count_wildcards(&mut self, more: usize, span: &Range<usize>) {
        if self.wildcards <= MOST_WILDCARDS && self.wildcards + more > MOST_WILDCARDS {
            // Their number is told at the end, when it is known.
            self.report("E253", span.clone(), "", "write out some of the words, or divide the query");
        }
        self.wildcards += more;
    }
}
