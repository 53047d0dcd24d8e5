//! Distances: what stands near what.

use super::{DEEPEST, Parser};
use crate::lex::Token;
use crate::syntax::{Expr, Kind, Near, Node, Operand, Reach, TextLeaf};

impl Parser<'_> {
    pub(super) fn near(&mut self) -> Option<Node> {
        let start = self.span.start;
        let mut left = self.primary();
        let mut chain = 0;
        while let Token::Near { reach, ordered } = self.token {
            let (name, operator) = (self.operator_here(), self.span.clone());
            self.advance();
            chain += 1;
            let joined = if matches!(self.token, Token::Not | Token::Minus) {
                self.report("E210", self.span.clone(), near_takes(name), "exclude outside of it: `(a NEAR b) NOT c`");
                self.not();
                None
            } else {
                self.operand_after(name, &operator);
                let right = self.primary();
                self.join(left, right, reach, ordered, name)
            };
            // Where the chain broke for its length, the rest of it is counted here.
            if chain > DEEPEST {
                self.too_deep(chain, false, start..self.passed);
            }
            left = Some(joined.unwrap_or_else(|| Node::gap(start..self.passed)));
        }
        left
    }

    fn join(&mut self, left: Option<Node>, right: Option<Node>, reach: Reach, ordered: bool, name: &str) -> Option<Node> {
        let (left, right) = (left?, right?);
        let span = left.span.start..right.span.end;
        // Both first, so that both are reported.
        let (left, right) = (self.operand(left, name), self.operand(right, name));
        let (left, right) = (left?, right?);
        let depth = 1 + left.depth().max(right.depth());
        if depth > DEEPEST {
            self.too_deep(depth, false, span);
            return None;
        }
        let expr = Expr::Near(Box::new(Near { left, right, reach, ordered, depth }));
        Some(Node { kind: Kind::Text(TextLeaf { scope: self.context.scope(), at_least: None, expr }), span })
    }

    /// What has places in a text, from a part of the tree; or E210.
    pub(super) fn operand(&mut self, node: Node, operator: &str) -> Option<Operand> {
        // Told already.
        if node.is_gap() {
            return None;
        }
        match node.kind {
            Kind::Text(leaf) if leaf.at_least.is_none() && leaf.scope == self.context.scope() => {
                Some(Operand::new(leaf.expr, &node.span))
            }
            Kind::Text(leaf) if leaf.at_least.is_none() => {
                self.report("E210", node.span, near_takes(operator), "write the field around it, as in `title:(a NEAR b)`");
                None
            }
            Kind::Or(nodes) => {
                // All of them, so that each that does not fit is reported.
                let read: Vec<Option<Operand>> = nodes.into_iter().map(|node| self.operand(node, operator)).collect();
                let mut any = Vec::with_capacity(read.len());
                for operand in read {
                    match operand? {
                        Operand { expr: Expr::AnyOf(inner), .. } => any.extend(inner),
                        operand => any.push(operand),
                    }
                }
                Some(Operand::new(Expr::AnyOf(any), &node.span))
            }
            _ => {
                self.report("E210", node.span, near_takes(operator), "keep AND, NOT and fields outside of it");
                None
            }
        }
    }
}

fn near_takes(name: &str) -> String {
    format!("{name} takes words, phrases or OR-groups of them")
}
