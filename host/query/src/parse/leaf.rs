//! The parser's leaves: fields, words and values.

use std::ops::Range;

use super::{Context, DEEPEST, LONGEST_PHRASE, MOST_LEAVES, MOST_WILDCARDS, Parser, shortened};
use crate::diagnostic::Diagnostic;
use crate::fields::{Field, MetaField};
use crate::lex::{Mode, Token};
use crate::schema::Derived;
use crate::syntax::{Expr, Kind, Node, TextLeaf};
use crate::values::{self, Written};
use crate::words::{self, Style};

/// Largest number of `freq/n:`.
const MOST_FREQUENT: u32 = 1_000;

impl<'a> Parser<'a> {
    pub(super) fn field(&mut self, name: &'a str) -> Option<Node> {
        let place = self.span.clone();
        let outer = self.context;
        if let Some(number) = name.strip_prefix("freq/") {
            return self.frequency(number, place);
        }
        let inner = match Field::named(name) {
            Some(Field::Text(scope)) => Context::Text { scope, in_field: true },
            Some(Field::Raw) => Context::Raw(outer.scope()),
            Some(Field::Meta(field)) => Context::Meta(field),
            Some(Field::Derived) => self.derived_field(name, place.clone()),
            Some(Field::Absent) | None if self.writes(name) => Context::Derived(name),
            Some(Field::Absent) => {
                let message = format!("no mention carries a value for `{name}` yet");
                self.report("E207", place.clone(), message, "leave it out");
                Context::Derived(name)
            }
            None => {
                self.unknown_field(name, place.clone());
                Context::Derived(name)
            }
        };
        let nested = matches!(outer, Context::Text { in_field: true, .. }) && !matches!(inner, Context::Raw(_));
        if nested {
            self.report(
                "E206",
                place.clone(),
                format!("the field `{name}:` stands inside another field"),
                "write it outside of the other field's brackets",
            );
        }
        let node = self.value(name, place, inner);
        if nested { None } else { node }
    }

    /// Whether an analyzer writes something of that name.
    fn writes(&self, name: &str) -> bool {
        self.reading.schema.is_some_and(|schema| !schema.named(&name.to_ascii_lowercase()).is_empty())
    }

    /// A field that is filled in later; in a view somebody has to fill it in.
    fn derived_field(&mut self, name: &'a str, place: Range<usize>) -> Context<'a> {
        if let Some(schema) = self.reading.schema
            && !self.writes(name)
        {
            let hint = schema.hint(&name.to_ascii_lowercase());
            self.report("E202", place, format!("no analyzer writes `{name}`"), hint);
        }
        Context::Derived(name)
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

    fn unknown_field(&mut self, name: &str, place: Range<usize>) {
        let rest = self.text.get(place.end..).unwrap_or("");
        let value = match rest.strip_prefix(['"', '(']) {
            Some(inside) => inside.split(['"', '(', ')']).next().unwrap_or("").trim(),
            None => rest.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"')).next().unwrap_or(""),
        };
        let text = format!("to search the text write `\"{name}:{}\"`", shortened(value));
        let hint = match Field::nearest(name) {
            Some(known) => format!("did you mean `{known}`? {text}"),
            None => text,
        };
        self.report("E201", place, format!("unknown field `{name}`"), hint);
    }

    /// What stands behind `name:`, which is the token we are at.
    fn value(&mut self, name: &str, place: Range<usize>, inner: Context<'a>) -> Option<Node> {
        let outer = std::mem::replace(&mut self.context, inner);
        self.advance();
        let mut node = match self.token {
            Token::Open => {
                // The bracket's end is read as what surrounds the field.
                self.context = outer;
                self.group(inner)
            }
            Token::Word(word) if inner.mode() == Mode::Text && word.starts_with('-') => {
                self.report(
                    "E106",
                    self.span.clone(),
                    format!("`{name}:` needs a value, `{word}` excludes one"),
                    format!("write `-{name}:{}`", &word[1..]),
                );
                self.context = outer;
                self.advance();
                None
            }
            Token::Word(_) | Token::Phrase { .. } => {
                let leaf = self.leaf();
                self.context = outer;
                self.advance();
                leaf
            }
            Token::Part(_) | Token::List(_) | Token::Field(_) => {
                // A field behind a field nests like a bracket, and a chain of them is as bounded.
                let node = if self.depth >= DEEPEST {
                    self.too_deep(place.clone());
                    None
                } else {
                    self.depth += 1;
                    let node = match self.token {
                        Token::Part(name) => self.part(name, outer),
                        Token::List(name) => self.list(name, outer),
                        _ => self.primary(),
                    };
                    self.depth -= 1;
                    node
                };
                self.context = outer;
                node
            }
            _ => {
                self.report(
                    "E106",
                    place.clone(),
                    format!("`{name}:` needs a value"),
                    format!("write it as in `{name}:value` or `{name}:(one OR two)`"),
                );
                self.context = outer;
                None
            }
        };
        if let Some(node) = &mut node {
            node.span.start = place.start;
        }
        node
    }

    fn frequency(&mut self, number: &str, place: Range<usize>) -> Option<Node> {
        let at_least = number
            .parse::<u32>()
            .ok()
            .filter(|n| (1..=MOST_FREQUENT).contains(n) && number.bytes().all(|byte| byte.is_ascii_digit()));
        if at_least.is_none() {
            let message = format!("`freq/{number}:` needs a number from 1 to {MOST_FREQUENT}");
            self.report("E122", place.clone(), message, "write it as in `freq/3:(word)`");
        }
        let node = self.value("freq/n", place, self.context)?;
        let span = node.span.clone();
        let expr = self.operand(node, "freq")?.expr;
        at_least?;
        Some(Node { kind: Kind::Text(TextLeaf { scope: self.context.scope(), at_least, expr }), span })
    }

    /// The word or phrase we are at, as the context reads it.
    pub(super) fn leaf(&mut self) -> Option<Node> {
        let span = self.span.clone();
        self.leaves += 1;
        if self.leaves > MOST_LEAVES {
            let count = self.leaves + self.leaves_left();
            let message = format!("the query has {count} words, phrases and values, at most {MOST_LEAVES} are allowed");
            self.report("E251", span, message, "divide the query into several topics");
            self.stop();
            return None;
        }
        let (text, quoted, window) = match std::mem::replace(&mut self.token, Token::End) {
            Token::Word(word) => (word.to_owned(), false, None),
            Token::Phrase { text, window } => (text, true, window),
            _ => return None,
        };
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
                self.no_field_inside(field.name(), &value);
                if value.text.trim().is_empty() {
                    self.report("E106", span, format!("`{}:` needs a value", field.name()), "to ask for any, use `exists:`");
                    return None;
                }
                if matches!(field, MetaField::Exists | MetaField::Missing)
                    && let Some(kind) = self.derived_known(field, &value)
                {
                    return kind.map(|kind| Node { kind, span });
                }
                let meta = values::read(field, &value, &mut self.found)?;
                self.count_wildcards(meta.wildcards(), &span);
                Kind::Meta(meta)
            }
            Context::Derived(name) => Kind::Derived(self.derived(name, text, &span)?),
        };
        Some(Node { kind, span })
    }

    /// How many leaves follow the one we are at, in the text that is being read.
    fn leaves_left(&mut self) -> usize {
        let (mut count, mut passed) = (0, Vec::new());
        loop {
            match self.lexer.next(self.context.mode(), &mut passed).0 {
                Token::End => return count,
                Token::Word(_) | Token::Phrase { .. } => count += 1,
                _ => {}
            }
        }
    }

    /// `exists:` and `missing:` of what an analyzer writes; `None` for other fields, and within it where no analyzer does.
    fn derived_known(&mut self, field: MetaField, value: &Written) -> Option<Option<Kind>> {
        let exists = field == MetaField::Exists;
        let lower = value.text.trim().to_ascii_lowercase();
        let known = Field::named(&lower);
        if matches!(known, Some(Field::Text(_) | Field::Meta(_))) {
            return None;
        }
        let Some(schema) = self.reading.schema else {
            let open = Derived::Open { field: field.name().to_owned(), value: lower };
            return matches!(known, Some(Field::Derived)).then_some(Some(Kind::Derived(open)));
        };
        match schema.named(&lower).first() {
            Some(field) => Some(Some(Kind::Derived(Derived::known(field, exists)))),
            None if matches!(known, Some(Field::Derived)) => {
                self.report("E202", value.span.clone(), format!("no analyzer writes `{lower}`"), schema.hint(&lower));
                Some(None)
            }
            None => None,
        }
    }

    /// E206 for `site:(a author:b)`, where the inside is read as values.
    fn no_field_inside(&mut self, name: &str, value: &Written) {
        if let Some((inner, rest)) = value.text.split_once(':')
            && !value.quoted
            && !rest.starts_with("//")
            && Field::named(inner).is_some()
        {
            let message = format!("the field `{inner}:` stands inside `{name}:`");
            self.report("E206", value.span.clone(), message, "write it outside of the other field's brackets");
        }
    }

    fn words(&mut self, text: &str, quoted: bool, window: Option<u32>, span: &Range<usize>) -> Option<Expr> {
        if !quoted {
            self.operator_like(text, span);
        }
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

    /// Notes on words that other languages, or other hands, use as operators.
    fn operator_like(&mut self, word: &str, span: &Range<usize>) {
        let upper = word.to_ascii_uppercase();
        let name = upper.split('/').next().unwrap_or("");
        if matches!(name, "AND" | "OR" | "NOT" | "NEAR" | "ONEAR") && (name == upper || name.ends_with("NEAR")) {
            self.report(
                "N102",
                span.clone(),
                format!("`{word}` is read as a word to search for"),
                format!("the operator is written {upper}"),
            );
            return;
        }
        let english = match word {
            "ET" | "UND" => "AND",
            "OU" | "ODER" => "OR",
            "SAUF" | "NON" | "NICHT" => "NOT",
            _ => return,
        };
        self.report(
            "N103",
            span.clone(),
            format!("`{word}` is read as a word to search for"),
            format!("the operator is {english}"),
        );
    }
}
