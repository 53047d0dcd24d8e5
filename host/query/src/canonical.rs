//! One text for all queries that say the same in another order.

use std::cmp::Ordering;
use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::metadata::Meta;
use crate::query::Query;
use crate::syntax::{Expr, Kind, Near, Node, Operand, Pattern, TextLeaf, Words};
use crate::text::Sigil;

impl Query {
    /// The same query with the parts of AND, OR and undirected distances sorted, and what is written twice written once.
    ///
    /// # Examples
    /// ```
    /// use vigie_query::Query;
    ///
    /// let parse = |text| Query::parse(text).expect("a query").query;
    /// let (one, other) = (parse("phone (Acme OR rival)"), parse("(RIVAL OR acme OR acme) AND phone"));
    /// assert_eq!(one.normalised().to_string(), "(acme OR rival) AND phone");
    /// assert_eq!(one.fingerprint(), other.fingerprint());
    /// ```
    #[must_use]
    pub fn normalised(&self) -> Self {
        Self::of(node(&self.root))
    }

    /// Names what the query asks: equal for queries with equal [`Query::normalised`] text and equal saved lists. For the
    /// lineage of numbers.
    ///
    /// # Shape
    /// 32 hexadecimal digits; the same in every version that reads this language.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let normalised = self.normalised();
        let mut hash = Sha256::new();
        hash.update(normalised.to_string());
        lists(&normalised.root, &mut hash);
        hash.finalize().iter().take(16).fold(String::new(), |mut hex, byte| {
            // Writing into a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}

fn node(old: &Node) -> Node {
    let kind = match &old.kind {
        Kind::And(nodes) => {
            let open = |part: Node| if let Kind::And(inner) = part.kind { Ok(inner) } else { Err(part) };
            return joined(nodes, open, Kind::And, old);
        }
        Kind::Or(nodes) => {
            let open = |part: Node| if let Kind::Or(inner) = part.kind { Ok(inner) } else { Err(part) };
            return joined(nodes, open, Kind::Or, old);
        }
        Kind::Not(inner) => match node(inner) {
            // What was written twice may have hidden a NOT.
            Node { kind: Kind::Not(inner), .. } => return *inner,
            inner => Kind::Not(Box::new(inner)),
        },
        Kind::Text(leaf) => Kind::Text(TextLeaf { expr: expr(&leaf.expr), ..leaf.clone() }),
        Kind::Meta(_) | Kind::Derived(_) => old.kind.clone(),
    };
    Node { kind, span: old.span.clone() }
}

/// `open` takes a part apart that is joined in the same way, as one is of which a single branch was left.
fn joined(nodes: &[Node], open: impl Fn(Node) -> Result<Vec<Node>, Node>, join: impl Fn(Vec<Node>) -> Kind, old: &Node) -> Node {
    let mut parts = sorted(nodes.iter().flat_map(|part| open(node(part)).unwrap_or_else(|part| vec![part])));
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            Node { kind: join(parts), span: old.span.clone() }
        }
        None => old.clone(),
    }
}

fn expr(old: &Expr) -> Expr {
    match old {
        Expr::AnyOf(any) => {
            let mut any = sorted(any.iter().map(operand).flat_map(|one| match one {
                Operand { expr: Expr::AnyOf(inner), .. } => inner,
                one => vec![one],
            }));
            match any.pop() {
                Some(only) if any.is_empty() => only.expr,
                Some(last) => {
                    any.push(last);
                    Expr::AnyOf(any)
                }
                None => old.clone(),
            }
        }
        Expr::Near(near) => {
            let (mut left, mut right) = (operand(&near.left), operand(&near.right));
            if !near.ordered && left.to_string().cmp(&right.to_string()) == Ordering::Greater {
                std::mem::swap(&mut left, &mut right);
            }
            Expr::Near(Box::new(Near { left, right, reach: near.reach, ordered: near.ordered, depth: near.depth }))
        }
        Expr::Window { words, extra } => {
            // The words of a handle or hashtag stay together.
            let mut whole: Vec<&[Pattern]> =
                words.patterns.chunk_by(|_, next| matches!(next.sigil, Sigil::Tail | Sigil::Link)).collect();
            whole.sort_by_cached_key(|patterns| patterns.iter().map(ToString::to_string).collect::<Vec<_>>());
            let patterns = whole.concat();
            Expr::Window { words: Words { patterns, written: words.written.clone() }, extra: *extra }
        }
        Expr::Words(_) | Expr::Raw(_) => old.clone(),
    }
}

fn operand(old: &Operand) -> Operand {
    Operand::new(expr(old), &old.span())
}

/// By their text, each once.
fn sorted<T: ToString>(parts: impl Iterator<Item = T>) -> Vec<T> {
    let mut named: Vec<(String, T)> = parts.map(|part| (part.to_string(), part)).collect();
    named.sort_by(|(one, _), (other, _)| one.cmp(other));
    named.dedup_by(|(one, _), (other, _)| one == other);
    named.into_iter().map(|(_, part)| part).collect()
}

/// What the saved lists hold, which their names do not say.
fn lists(node: &Node, hash: &mut Sha256) {
    match &node.kind {
        Kind::And(nodes) | Kind::Or(nodes) => nodes.iter().for_each(|node| lists(node, hash)),
        Kind::Not(inner) => lists(inner, hash),
        Kind::Meta(Meta::Among(_, list)) => {
            let mut values: Vec<&String> = list.values.iter().collect();
            values.sort_unstable();
            for value in values {
                hash.update(value);
                hash.update([0]);
            }
        }
        Kind::Text(_) | Kind::Meta(_) | Kind::Derived(_) => {}
    }
}
