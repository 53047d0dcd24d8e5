//! Our queries in other languages.

use super::{Conversion, Effect, Foreign, Loss};
use crate::fields::MetaField;
use crate::members;
use crate::metadata::Meta;
use crate::query::Query;
use crate::syntax::{Expr, Kind, Near, Node, Pattern, Scope, TextLeaf, Words};
use crate::text::{Sigil, Tokens};

/// Most values of a saved list that are written out.
const MOST_LISTED: usize = 100;

impl Query {
    /// The query in another product's language, and what is lost: everything that this query matches, the converted one finds.
    ///
    /// # Examples
    /// ```
    /// use vigie_query::{Foreign, Query};
    ///
    /// let query = Query::parse("acme NEAR/3 phone -looney").expect("a query").query;
    /// let there = query.convert_to(Foreign::X);
    /// assert_eq!(there.text.as_deref(), Some("acme phone -looney"));
    /// assert_eq!(there.losses[0].part, "acme NEAR/3 phone");
    /// assert_eq!(query.convert_to(Foreign::Meltwater).losses, []);
    /// ```
    #[must_use]
    pub fn convert_to(&self, to: Foreign) -> Conversion {
        let mut export = Export { to, losses: Vec::new() };
        let said = export.node(&self.root, true, true);
        let counted = said.iter().flat_map(|said| {
            [
                ("characters", said.text.chars().count(), to.most_characters()),
                ("words and values", said.operands, to.most_operands()),
            ]
        });
        for (what, count, most) in counted {
            if let Some(most) = most.filter(|most| count > *most) {
                let message = format!("the query has {count} {what} there, {} takes {most}: divide it", to.shown());
                export.losses.push(Loss { part: self.to_string(), span: self.root.span.clone(), effect: Effect::Same, message });
            }
        }
        Conversion { text: said.map(|said| said.text), losses: export.losses }
    }
}

/// A part in the other language.
struct Said {
    text: String,
    shape: Shape,
    /// Whether it can stand beside a distance: words, phrases, alternatives of them.
    placed: bool,
    /// How many words, phrases and values it has.
    operands: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Leaf,
    And,
    Or,
    Not,
}

impl Said {
    fn leaf(text: impl Into<String>) -> Self {
        Self { text: text.into(), shape: Shape::Leaf, placed: true, operands: 1 }
    }

    /// In brackets unless it is a leaf.
    fn bracketed(self) -> String {
        if self.shape == Shape::Leaf { self.text } else { format!("({})", self.text) }
    }
}

struct Export {
    to: Foreign,
    losses: Vec<Loss>,
}

impl Export {
    fn lose(&mut self, node: &Node, message: impl Into<String>) {
        let message = message.into();
        let part = node.to_string();
        self.losses.push(Loss { part, span: node.span.clone(), effect: Effect::Wider, message });
    }

    /// What stands for a part, or nothing if it has to be left out. Where `positive`, what is said finds at least what the part
    /// finds; elsewhere at most. `top` where parts stand side by side, not among alternatives.
    fn node(&mut self, node: &Node, positive: bool, top: bool) -> Option<Said> {
        match &node.kind {
            Kind::And(nodes) => self.and(node, nodes, positive, top),
            Kind::Or(nodes) => self.or(node, nodes, positive),
            Kind::Not(inner) => self.not(node, inner, positive, top),
            Kind::Text(leaf) => self.text(node, leaf, positive),
            Kind::Meta(meta) => self.meta(node, meta, positive),
            Kind::Derived(_) => {
                self.lose(node, "what analyzers find is asked here only; left out");
                None
            }
        }
    }

    fn and(&mut self, node: &Node, nodes: &[Node], positive: bool, top: bool) -> Option<Said> {
        let all: Vec<Option<Said>> = nodes.iter().map(|node| self.node(node, positive, top)).collect();
        if !positive && all.iter().any(Option::is_none) {
            if nodes.len() > all.iter().flatten().count() + 1 {
                self.lose(node, "without its parts the exclusion would exclude too much; left out");
            }
            return None;
        }
        joined(all.into_iter().flatten().collect(), Shape::And, if self.to == Foreign::X { " " } else { " AND " })
    }

    fn or(&mut self, node: &Node, nodes: &[Node], positive: bool) -> Option<Said> {
        let all: Vec<Option<Said>> = nodes.iter().map(|node| self.node(node, positive, false)).collect();
        if positive && all.iter().any(Option::is_none) {
            self.lose(node, "one of the alternatives cannot be said, so none of them narrows the query; left out");
            return None;
        }
        joined(all.into_iter().flatten().collect(), Shape::Or, " OR ")
    }

    fn not(&mut self, node: &Node, inner: &Node, positive: bool, top: bool) -> Option<Said> {
        if self.to != Foreign::X {
            let said = self.node(inner, !positive, false)?;
            let operands = said.operands;
            return Some(Said { text: format!("NOT {}", said.bracketed()), shape: Shape::Not, placed: false, operands });
        }
        if !top {
            self.lose(node, "X takes no exclusion among alternatives; left out");
            return None;
        }
        match &inner.kind {
            // X excludes single words and operators, not groups.
            Kind::Or(nodes) => {
                let minus: Vec<Said> = nodes.iter().filter_map(|part| self.minus(part, part, !positive)).collect();
                joined(minus, Shape::And, " ")
            }
            _ => self.minus(node, inner, !positive),
        }
    }

    /// X's exclusion of a part, if that is a single word or operator; a loss is reported of `whole`.
    fn minus(&mut self, whole: &Node, part: &Node, positive: bool) -> Option<Said> {
        if matches!(part.kind, Kind::And(_)) {
            self.lose(whole, "X excludes single words, not several together; left out");
            return None;
        }
        let said = self.node(part, positive, false)?;
        if said.shape == Shape::Leaf {
            return Some(Said { text: format!("-{}", said.text), shape: Shape::Not, placed: false, ..said });
        }
        self.lose(whole, "X excludes single words; left out");
        None
    }

    fn meta(&mut self, node: &Node, meta: &Meta, positive: bool) -> Option<Said> {
        let by_name = matches!(meta, Meta::Author(_) | Meta::Among(MetaField::Author, _));
        if self.to == Foreign::X && by_name {
            if positive {
                self.lose(node, "X finds an author by the handle alone, here display names count too; left out");
                return None;
            }
            self.lose(node, "X excludes an author by the handle alone, here display names are excluded too");
        }
        if let Meta::Among(field, list) = meta
            && list.values.len() <= MOST_LISTED
        {
            let one = |value: &String| self.to.meta(&members::read(*field, value).ok()?).ok().map(Said::leaf);
            if let Some(all) = list.values.iter().map(one).collect() {
                return joined(all, Shape::Or, " OR ");
            }
        }
        let why = match self.to.meta(meta) {
            Ok(text) => return Some(Said::leaf(text)),
            Err(why) => why,
        };
        match meta {
            Meta::Among(_, list) if list.values.len() > MOST_LISTED => {
                let count = list.values.len();
                self.lose(node, format!("the list has {count} values, at most {MOST_LISTED} are written out; left out"));
            }
            _ => self.lose(node, format!("{} {why}", self.to.shown())),
        }
        None
    }

    fn text(&mut self, node: &Node, leaf: &TextLeaf, positive: bool) -> Option<Said> {
        let to = self.to.shown();
        if leaf.at_least.is_some() {
            // Meltwater does count; how it spells that, none of its pages that we read says.
            let why = if self.to == Foreign::Meltwater {
                "counts occurrences in a way we cannot spell"
            } else {
                "counts no occurrences"
            };
            self.lose(node, format!("{to} {why}; {}", if positive { "once is enough" } else { "left out" }));
            if !positive {
                return None;
            }
        }
        if self.to == Foreign::Brandwatch
            && let (Scope::Any, Some(name)) = (leaf.scope, handle(&leaf.expr))
        {
            return Some(Said::leaf(format!("at_mentions:{name}")));
        }
        let said = self.expr(node, &leaf.expr, positive)?;
        let field = match leaf.scope {
            Scope::Any => return Some(said),
            Scope::Title => self.to.title(),
            Scope::Body => self.to.body(),
        };
        match field {
            Some(field) => {
                let operands = said.operands;
                Some(Said { operands, ..Said::leaf(format!("{field}:{}", said.bracketed())) })
            }
            None => {
                self.lose(node, format!("{to} has no such field; {}", if positive { "looked for anywhere" } else { "left out" }));
                positive.then_some(said)
            }
        }
    }

    fn expr(&mut self, node: &Node, expr: &Expr, positive: bool) -> Option<Said> {
        match expr {
            Expr::Words(words) => self.words(node, words, positive),
            Expr::Window { words, extra } if *extra <= self.to.widest_window() => {
                Some(Said::leaf(format!("\"{}\"~{extra}", plain(&words.written))))
            }
            Expr::Window { words, .. } => {
                let message = format!("{} has no such window; {}", self.to.shown(), instead(positive, "all of its words"));
                self.lose(node, message);
                // The rest of a handle is no word of its own.
                let whole = words.patterns.iter().zip(words.spelled()).filter(|(pattern, _)| pattern.sigil != Sigil::Tail);
                let all = whole.map(|(_, spelled)| Said::leaf(spelled)).collect();
                if positive { joined(all, Shape::And, self.and_sign()) } else { None }
            }
            Expr::Raw(text) if self.to.has_raw() && !text.contains(['"', '\\']) => Some(Said::leaf(format!("raw:\"{text}\""))),
            Expr::Raw(text) => {
                let why = if self.to.has_raw() { "writes no quotes inside of quotes" } else { "looks for no exact characters" };
                self.lose(node, format!("{} {why}; {}", self.to.shown(), instead(positive, "their words")));
                let tokens = Tokens::scan(text, false);
                (positive && tokens.len() > 0).then(|| Said::leaf(format!("\"{}\"", plain(text))))
            }
            Expr::AnyOf(any) => {
                let all: Vec<Option<Said>> = any.iter().map(|expr| self.expr(node, expr, positive)).collect();
                if positive && all.iter().any(Option::is_none) {
                    return None;
                }
                joined(all.into_iter().flatten().collect(), Shape::Or, " OR ")
            }
            Expr::Near(near) => self.near(node, near, positive),
        }
    }

    fn near(&mut self, node: &Node, near: &Near, positive: bool) -> Option<Said> {
        let operator = self.to.near(near.reach, near.ordered);
        if operator.is_none() {
            self.lose(node, format!("{} has no such distance; {}", self.to.shown(), instead(positive, "both sides with AND")));
            if !positive {
                return None;
            }
        }
        let sides = [self.expr(node, &near.left, positive), self.expr(node, &near.right, positive)];
        match (operator, sides) {
            (Some(operator), [Some(left), Some(right)]) => {
                // A side in which something became an AND is no side of a distance.
                if !left.placed || !right.placed {
                    return if positive { joined(vec![left, right], Shape::And, self.and_sign()) } else { None };
                }
                let operands = left.operands + right.operands;
                let text = format!("{} {operator} {}", left.bracketed(), right.bracketed());
                Some(Said { text, shape: Shape::Not, placed: true, operands })
            }
            (_, sides) if positive => joined(sides.into_iter().flatten().collect(), Shape::And, self.and_sign()),
            _ => None,
        }
    }

    fn words(&mut self, node: &Node, words: &Words, positive: bool) -> Option<Said> {
        let wild = words.patterns.iter().any(|pattern| pattern.wild);
        if !wild || self.to.has_wildcards() {
            return Some(Said::leaf(self.spelled(words)));
        }
        self.lose(node, format!("{} has no wildcards; {}", self.to.shown(), instead(positive, "the whole words of it")));
        if !positive {
            return None;
        }
        let whole: Vec<Said> = words
            .patterns
            .iter()
            .zip(words.spelled())
            .filter(|(pattern, _)| !pattern.wild && pattern.sigil != Sigil::Tail)
            .map(|(_, spelled)| Said::leaf(spelled))
            .collect();
        joined(whole, Shape::And, self.and_sign())
    }

    fn and_sign(&self) -> &'static str {
        if self.to == Foreign::X { " " } else { " AND " }
    }

    fn spelled(&self, words: &Words) -> String {
        match words.patterns.as_slice() {
            [one] if one.sigil != Sigil::None || one.wild => words.written.clone(),
            [_] if words.written.chars().all(char::is_alphanumeric) && !is_operator(&words.written) => words.written.clone(),
            _ => format!("\"{}\"", plain(&words.written)),
        }
    }
}

/// The name where nothing but a handle is looked for.
fn handle(expr: &Expr) -> Option<&str> {
    let Expr::Words(words) = expr else { return None };
    match words.patterns.as_slice() {
        [Pattern { sigil: Sigil::At, text, .. }] => Some(text),
        _ => None,
    }
}

fn instead(positive: bool, what: &str) -> String {
    if positive { format!("said with {what}") } else { "the exclusion is left out".to_owned() }
}

fn is_operator(word: &str) -> bool {
    matches!(word.to_ascii_uppercase().as_str(), "AND" | "OR" | "NOT" | "NEAR" | "ONEAR" | "SENTENCE" | "OSENTENCE")
}

/// What can stand in quotes anywhere.
fn plain(text: &str) -> String {
    text.replace(['"', '\\'], " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn joined(mut all: Vec<Said>, shape: Shape, sign: &str) -> Option<Said> {
    if all.len() < 2 {
        return all.pop();
    }
    let part = |said: Said| match said.shape {
        Shape::Leaf => said.text,
        inner if inner == shape => said.text,
        // Exclusions stand beside what is asked for; among alternatives they need brackets.
        Shape::Not if shape == Shape::And => said.text,
        _ => format!("({})", said.text),
    };
    let placed = shape == Shape::Or && all.iter().all(|said| said.placed);
    let operands = all.iter().map(|said| said.operands).sum();
    Some(Said { text: all.into_iter().map(part).collect::<Vec<_>>().join(sign), shape, placed, operands })
}
