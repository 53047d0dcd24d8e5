//! Saved parts and lists, where a query names them.

use std::sync::Arc;

use super::{Context, DEEPEST, MOST_LEAVES, MOST_READ, Parser, disjunction};
use crate::diagnostic::{Diagnostic, Severity};
use crate::lex::{Lexer, Token};
use crate::library::{List, MOST_VALUES};
use crate::metadata::Meta;
use crate::syntax::{Kind, Node};

impl<'a> Parser<'a> {
    /// The part named by the token we are at, read as if it stood here in brackets; what follows is read in `after`.
    pub(super) fn part(&mut self, name: &'a str, after: Context<'a>) -> Option<Node> {
        let place = self.span.clone();
        let node = self.inserted(name);
        self.context = after;
        self.span = place.clone();
        self.advance();
        node.map(|mut node| {
            node.place(&place);
            node
        })
    }

    fn inserted(&mut self, name: &'a str) -> Option<Node> {
        let place = self.span.clone();
        let Some((name, text)) = self.reading.library.and_then(|library| library.part(name)) else {
            let hint = self.reading.library.cloned().unwrap_or_default().hint(name, false);
            self.report("E231", place, format!("no part is saved under the name `{name}`"), hint);
            return None;
        };
        if self.parts.contains(&name) {
            let way: Vec<&str> = self.parts.iter().skip_while(|part| **part != name).copied().chain([name]).collect();
            let message = format!("saved parts insert themselves: cycle {}", way.join(" -> "));
            self.report("E230", place, message, "take one of the insertions out");
            return None;
        }
        if self.read > MOST_READ {
            // Told already.
            return None;
        }
        self.read += text.len();
        if self.read > MOST_READ {
            let message = format!("with its saved parts the query has more than {MOST_READ} bytes");
            self.report("E255", place, message, "divide the query, or insert the parts less often");
            return None;
        }
        if self.depth >= DEEPEST {
            self.too_deep(self.depth + 1, true, place);
            return None;
        }
        let outer = (
            std::mem::replace(&mut self.text, text),
            std::mem::replace(&mut self.lexer, Lexer::new(text)),
            std::mem::take(&mut self.found),
            self.implicit.take(),
            std::mem::replace(&mut self.line_depth, self.depth + 1),
        );
        self.parts.push(name);
        self.depth += 1;
        self.advance();
        let node = self.or();
        if self.token == Token::Close {
            let hint = "remove it, or open a bracket before";
            self.report("E102", self.span.clone(), "`)` closes nothing", hint);
        } else if node.is_none() && self.found.iter().all(|one| one.severity != Severity::Error) {
            self.report("E100", 0..0, "it is empty", "write at least one word");
        }
        self.depth -= 1;
        self.parts.pop();
        self.note_spaces();
        let found = std::mem::take(&mut self.found);
        (self.text, self.lexer, self.found, self.implicit, self.line_depth) = outer;
        self.found.extend(found.into_iter().map(|one| Diagnostic {
            span: place.clone(),
            message: if one.code == "E230" { one.message } else { format!("in the saved part `{name}`: {}", one.message) },
            ..one
        }));
        node
    }

    /// The list named by the token we are at; what follows is read in `after`.
    pub(super) fn list(&mut self, name: &'a str, after: Context<'a>) -> Option<Node> {
        let node = match self.reading.library.and_then(|library| library.list(name)) {
            Some(list) => self.listed(Arc::clone(list)),
            None => {
                let hint = self.reading.library.cloned().unwrap_or_default().hint(name, true);
                self.report("E232", self.span.clone(), format!("no list is saved under the name `{name}`"), hint);
                None
            }
        };
        self.context = after;
        self.advance();
        node
    }

    fn listed(&mut self, list: Arc<List>) -> Option<Node> {
        let span = self.span.clone();
        if list.values.is_empty() {
            self.report("E105", span, format!("the saved list `{}` is empty", list.name), "give it values");
            return None;
        }
        if list.values.len() > MOST_VALUES {
            let message =
                format!("the saved list `{}` has {} values, at most {MOST_VALUES} are allowed", list.name, list.values.len());
            self.report("E255", span, message, "divide the list");
            return None;
        }
        let Context::Meta(field) = self.context else { return self.written_out(&list) };
        let Some(members) = list.members(field) else { return self.written_out(&list) };
        if let Some(wrong) = &members.wrong {
            let message = format!("`{}:` cannot use it: {}", field.name(), wrong.message);
            let hint = wrong.hint.clone().unwrap_or_else(|| "mend the list".to_owned());
            self.report("E203", span, message, hint);
            return None;
        }
        self.leaves += 1;
        let meta = Meta::Among(field, list);
        self.count_wildcards(meta.wildcards(), &span);
        Some(Node { kind: Kind::Meta(meta), span })
    }

    /// Each value as if it were written here in quotes, joined by OR: for words, and fields whose values are questions.
    fn written_out(&mut self, list: &List) -> Option<Node> {
        if list.values.len() > MOST_LEAVES {
            let count = list.values.len();
            // How many there are in all is told at the end.
            let message =
                format!("the saved list `{}` has {count} values, each of which is a word of the query here; ", list.name);
            let hint = format!("divide it among topics; fields of names such as `author:` or `site:` take {MOST_VALUES}");
            if self.leaves <= MOST_LEAVES {
                self.report("E251", self.span.clone(), message, hint);
            }
            self.leaves += count;
            return None;
        }
        let mut nodes = Vec::new();
        for (index, value) in list.values.iter().enumerate() {
            if self.leaves > MOST_LEAVES {
                self.leaves += list.values.len() - index;
                break;
            }
            self.token = Token::Phrase { text: value.clone(), window: None };
            nodes.extend(self.leaf());
        }
        disjunction(nodes)
    }
}
