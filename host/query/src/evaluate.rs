//! What a query says about a mention: true, false or unknown.

use crate::match_text::MatchText;
use crate::metadata::Truth;
use crate::syntax::{Kind, Node, TextLeaf};

impl Node {
    /// As in SQL: unknown unless the known parts decide.
    pub(crate) fn truth(&self, text: &MatchText) -> Truth {
        match &self.kind {
            Kind::And(nodes) => all(nodes, text, false),
            Kind::Or(nodes) => all(nodes, text, true),
            Kind::Not(node) => node.truth(text).map(|truth| !truth),
            Kind::Text(leaf) => Some(leaf.holds(text)),
            Kind::Meta(meta) => meta.truth(text),
            Kind::Derived(derived) => derived.truth(&text.annotations),
        }
    }
}

/// `decisive` if any part is; else unknown if any part is; else the opposite.
fn all(nodes: &[Node], text: &MatchText, decisive: bool) -> Truth {
    let mut unknown = false;
    for node in nodes {
        match node.truth(text) {
            Some(truth) if truth == decisive => return Some(decisive),
            Some(_) => {}
            None => unknown = true,
        }
    }
    if unknown { None } else { Some(!decisive) }
}

impl TextLeaf {
    pub(crate) fn holds(&self, text: &MatchText) -> bool {
        match self.at_least {
            None => text.passages(self.scope).any(|passage| self.expr.occurs_in(passage)),
            Some(at_least) => {
                text.passages(self.scope).map(|passage| self.expr.count_in(passage)).sum::<usize>() >= at_least as usize
            }
        }
    }
}
