//! Queries as code over the numbers of their terms.
//!
//! What is a matter of words alone is answered from the terms a mention has; phrases, distances and facts are asked of the
//! mention, and only if the words they need occur. The code of all queries lies in one row of numbers, because what costs most
//! with thousands of queries is waiting for memory.
//!
//! ```text
//! part = TERM term | NOT part | LEAF (needs: count) leaf term* | ALL/ANY (terms: count) end term* part*
//! ```
//! The kind stands in the low bits of a word, the count above them; `end` is where the part ends.

use super::terms::{Present, Terms};
use crate::match_text::MatchText;
use crate::metadata::Truth;
use crate::syntax::{Expr, Kind, Node, Pattern, Scope, TextLeaf, Words};
use crate::text::{Sigil, Tokens, stands_alone};

const TERM: u32 = 0;
const NOT: u32 = 1;
const LEAF: u32 = 2;
const ALL: u32 = 3;
const ANY: u32 = 4;
const KIND_BITS: u32 = 3;

/// The code of some queries.
#[derive(Debug, Clone, Default)]
pub(super) struct Plans {
    /// Where each query begins.
    starts: Vec<u32>,
    code: Vec<u32>,
    /// What is asked of the mention.
    leaves: Vec<Node>,
}

impl Plans {
    /// Adds a query.
    pub(super) fn push(&mut self, root: &Node, terms: &mut Terms) {
        self.starts.push(self.code.len() as u32);
        self.compile(root, terms);
    }

    pub(super) fn settle(&mut self) {
        self.code.shrink_to_fit();
        self.leaves.shrink_to_fit();
    }

    fn compile(&mut self, node: &Node, terms: &mut Terms) {
        match &node.kind {
            Kind::And(nodes) => self.compile_parts(ALL, nodes, terms),
            Kind::Or(nodes) => self.compile_parts(ANY, nodes, terms),
            Kind::Not(inner) => {
                self.code.push(NOT);
                self.compile(inner, terms);
            }
            Kind::Text(leaf) => match whole(leaf) {
                Some(pattern) => {
                    let term = terms.of(pattern, leaf.scope);
                    self.code.extend([TERM, term]);
                }
                None => {
                    let mut needs = Vec::new();
                    needed(&leaf.expr, leaf.scope, terms, &mut needs);
                    needs.sort_unstable();
                    needs.dedup();
                    self.leaf(node, &needs);
                }
            },
            Kind::Meta(_) | Kind::Derived(_) => self.leaf(node, &[]),
        }
    }

    fn leaf(&mut self, node: &Node, needs: &[u32]) {
        self.code.extend([LEAF | (needs.len() as u32) << KIND_BITS, self.leaves.len() as u32]);
        self.code.extend(needs);
        self.leaves.push(node.clone());
    }

    fn compile_parts(&mut self, kind: u32, nodes: &[Node], terms: &mut Terms) {
        let (mut words, mut rest) = (Vec::new(), Vec::new());
        for node in nodes {
            match &node.kind {
                Kind::Text(leaf) => match whole(leaf) {
                    Some(pattern) => words.push(terms.of(pattern, leaf.scope)),
                    None => rest.push(node),
                },
                _ => rest.push(node),
            }
        }
        if kind == ALL {
            // What the query waits for is there, or nobody would ask: it comes last.
            rest.sort_by_cached_key(|node| std::cmp::Reverse(watched(node, terms).map_or(u64::MAX, |watched| watched.cost)));
        }
        words.sort_unstable();
        words.dedup();
        let start = self.code.len();
        self.code.extend([kind | (words.len() as u32) << KIND_BITS, 0]);
        self.code.extend(words);
        for node in rest {
            self.compile(node, terms);
        }
        self.code[start + 1] = self.code.len() as u32;
    }

    /// What query number `number` says about a mention.
    pub(super) fn truth(&self, number: usize, text: &MatchText, present: &Present) -> Truth {
        let start = self.starts.get(number)?;
        self.run(*start as usize, text, present).0
    }

    /// The truth of the part that begins at `at`, and where the next one begins.
    fn run(&self, at: usize, text: &MatchText, present: &Present) -> (Truth, usize) {
        let word = self.code[at];
        let count = (word >> KIND_BITS) as usize;
        match word & ((1 << KIND_BITS) - 1) {
            TERM => (Some(present.has(self.code[at + 1])), at + 2),
            NOT => {
                let (truth, next) = self.run(at + 1, text, present);
                (truth.map(|truth| !truth), next)
            }
            LEAF => {
                let next = at + 2 + count;
                if !self.code[at + 2..next].iter().all(|term| present.has(*term)) {
                    return (Some(false), next);
                }
                (self.leaves.get(self.code[at + 1] as usize).and_then(|leaf| leaf.truth(text)), next)
            }
            kind => {
                let end = self.code[at + 1] as usize;
                let decisive = kind == ANY;
                let mut next = at + 2 + count;
                if self.code[at + 2..next].iter().any(|term| present.has(*term) == decisive) {
                    return (Some(decisive), end);
                }
                let mut unknown = false;
                while next < end {
                    let (truth, after) = self.run(next, text, present);
                    match truth {
                        Some(truth) if truth == decisive => return (Some(decisive), end),
                        Some(_) => {}
                        None => unknown = true,
                    }
                    next = after;
                }
                (if unknown { None } else { Some(!decisive) }, end)
            }
        }
    }
}

/// The pattern of a leaf that is nothing but one word, or the beginning of one. A hashtag is more: it has to end where the word does.
fn whole(leaf: &TextLeaf) -> Option<&Pattern> {
    let TextLeaf { at_least: None, expr: Expr::Words(words), .. } = leaf else { return None };
    match words.patterns.as_slice() {
        [one] if one.sigil != Sigil::None && !one.wild => None,
        [one] if !one.wild || one.text.len() == one.prefix().len() + 1 && one.text.ends_with('*') => Some(one),
        _ => None,
    }
}

/// Terms that a mention has wherever the expression occurs.
fn needed(expr: &Expr, scope: Scope, terms: &mut Terms, needs: &mut Vec<u32>) {
    match expr {
        Expr::Words(words) | Expr::Window { words, .. } => needs.extend(of_words(words, scope, terms)),
        Expr::Raw(text) => needs.extend(of_raw(text, scope, terms)),
        Expr::AnyOf(_) => {}
        Expr::Near(near) => {
            needed(&near.left, scope, terms, needs);
            needed(&near.right, scope, terms, needs);
        }
    }
}

fn of_words(words: &Words, scope: Scope, terms: &mut Terms) -> Vec<u32> {
    words.patterns.iter().filter(|pattern| !pattern.prefix().is_empty()).map(|pattern| terms.of(pattern, scope)).collect()
}

/// The tokens of exact characters, taken apart at `_`: pieces of tokens of any text they occur in, whatever sign they have there, as
/// `raw:bmw` occurs in `@bmw_m3`. In scripts without spaces they can be parts of words.
fn of_raw(text: &str, scope: Scope, terms: &mut Terms) -> Vec<u32> {
    if text.chars().any(stands_alone) {
        return Vec::new();
    }
    let tokens = Tokens::scan(text, false);
    let pieces = (0..tokens.len()).flat_map(|index| tokens.form(index).split('_')).filter(|piece| !piece.is_empty());
    pieces.map(|piece| terms.exact(piece, scope)).collect()
}

/// Terms of which at least one occurs in every mention that matches, and what it costs to wait for them.
pub(super) struct Watched {
    pub(super) terms: Vec<u32>,
    cost: u64,
}

/// What a query waits for; `None` if there is no such set.
pub(super) fn watched(node: &Node, terms: &mut Terms) -> Option<Watched> {
    match &node.kind {
        Kind::And(nodes) => cheapest(nodes.iter().map(|node| watched(node, terms)).collect()),
        Kind::Or(nodes) => united(nodes.iter().map(|node| watched(node, terms)).collect()),
        Kind::Text(leaf) => watched_text(&leaf.expr, leaf.scope, terms),
        // Facts are not among the tokens.
        Kind::Meta(_) | Kind::Not(_) | Kind::Derived(_) => None,
    }
}

fn watched_text(expr: &Expr, scope: Scope, terms: &mut Terms) -> Option<Watched> {
    match expr {
        Expr::Words(words) | Expr::Window { words, .. } => {
            let all = of_words(words, scope, terms);
            rarest(all, terms)
        }
        Expr::Raw(text) => {
            let all = of_raw(text, scope, terms);
            rarest(all, terms)
        }
        Expr::AnyOf(any) => united(any.iter().map(|expr| watched_text(expr, scope, terms)).collect()),
        Expr::Near(near) => {
            let sides = [watched_text(&near.left, scope, terms), watched_text(&near.right, scope, terms)];
            cheapest(sides.into())
        }
    }
}

fn rarest(all: Vec<u32>, terms: &Terms) -> Option<Watched> {
    let term = all.into_iter().min_by_key(|term| terms.cost(*term))?;
    Some(Watched { terms: vec![term], cost: u64::from(terms.cost(term)) })
}

fn cheapest(all: Vec<Option<Watched>>) -> Option<Watched> {
    all.into_iter().flatten().min_by_key(|watched| watched.cost)
}

fn united(all: Vec<Option<Watched>>) -> Option<Watched> {
    let all: Vec<Watched> = all.into_iter().collect::<Option<_>>()?;
    let cost = all.iter().map(|watched| watched.cost).sum();
    Some(Watched { terms: all.into_iter().flat_map(|watched| watched.terms).collect(), cost })
}
