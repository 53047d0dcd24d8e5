//! Fields: what stands before a colon, and where its value is.

use std::ops::Range;

use super::finish::shortened;
use super::{Context, DEEPEST, Parser};
use crate::fields::Field;
use crate::lex::{Mode, Token};
use crate::syntax::{Kind, Node, TextLeaf};

/// Largest number of `freq/n:`.
const MOST_FREQUENT: u32 = 1_000;

impl<'a> Parser<'a> {
    pub(super) fn field(&mut self, name: &'a str) -> Option<Node> {
        let place = self.span.clone();
        let outer = self.context;
        if let Some(number) = name.strip_prefix("freq/") {
            return self.frequency(number, place);
        }
        let mut unknown = false;
        let inner = match Field::named(name) {
            Some(Field::Text(scope)) => Context::Text { scope, in_field: true },
            Some(Field::Raw) => Context::Raw(outer.scope()),
            Some(Field::Meta(field)) => Context::Meta(field),
            Some(Field::Derived | Field::Workflow | Field::Absent) | None if self.writes(name) => Context::Derived(name),
            Some(Field::Derived | Field::Workflow) => {
                self.written_by_nobody(name, &place);
                Context::Derived(name)
            }
            Some(Field::Absent) => {
                let message = format!("no mention carries a value for `{name}` yet");
                self.report("E207", place.clone(), message, "leave it out");
                unknown = true;
                Context::Derived(name)
            }
            None => {
                self.unknown_field(name, place.clone());
                unknown = true;
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
        if nested || unknown { None } else { node }
    }

    /// Whether an analyzer writes something of that name.
    pub(super) fn writes(&self, name: &str) -> bool {
        self.reading.schema.is_some_and(|schema| !schema.named(&name.to_ascii_lowercase()).is_empty())
    }

    /// Whether a name is that of a field filled in later.
    pub(super) fn is_derived(&self, name: &str) -> bool {
        matches!(Field::named(name), Some(Field::Derived | Field::Workflow)) || self.writes(name)
    }

    /// A field that is filled in later, and by nobody yet: in a view that is told, elsewhere such a field is wrong whoever fills it in.
    pub(super) fn written_by_nobody(&mut self, name: &str, place: &Range<usize>) {
        let Some(schema) = self.reading.schema else { return };
        let lower = name.to_ascii_lowercase();
        if self.reading.collecting && !lower.starts_with("an.") {
            return;
        }
        if matches!(Field::named(name), Some(Field::Workflow)) {
            let message = format!("no workflow state is kept yet, so `{lower}:` never matches");
            self.report("W308", place.clone(), message, "leave it out until there is");
        } else {
            self.report("E202", place.clone(), format!("no analyzer writes `{lower}`"), schema.hint(&lower));
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
        let excluded = self.token == Token::Minus;
        if excluded {
            self.nothing_excluded(name);
        } else if let Token::Word(word) = self.token
            && inner.mode() == Mode::Text
        {
            // The sign of a number, which no token has.
            self.token = Token::Word(word.trim_start_matches('-'));
        }
        let mut node = match self.token {
            Token::Open => {
                // The bracket's end is read as what surrounds the field.
                self.context = outer;
                self.group(inner)
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
                    self.pass_fields();
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
                // Glued to the colon it was meant as the value, not as an operator.
                if self.span.start == place.end && !self.starts_operand() && !matches!(self.token, Token::End | Token::Close) {
                    self.advance();
                }
                None
            }
        };
        if let Some(node) = &mut node {
            node.span.start = place.start;
        }
        if excluded { None } else { node }
    }

    /// E106 for `name:-value`, where `-` excludes nothing; goes on to the value.
    fn nothing_excluded(&mut self, name: &str) {
        let start = self.span.start;
        self.advance();
        let place = start..self.span.end;
        let value = self.text.get(self.span.clone()).unwrap_or("");
        let message = format!("`{name}:` needs a value, `-` does not exclude one there");
        let hint = format!("to exclude it write `-{name}:{}`; if the value begins with `-`, put it in quotes", shortened(value));
        self.report("E106", place, message, hint);
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
}
