//! What a query costs, as far as it can be told without a store.

use crate::index;
use crate::query::Query;
use crate::syntax::{Expr, Kind, Node};

/// How large a query is and what it takes to look for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cost {
    /// Words, phrases and field values.
    pub leaves: usize,
    /// Words with `*` or `?`.
    pub wildcards: usize,
    /// NEAR, SENTENCE and `~`.
    pub distances: usize,
    /// Clauses a service is asked for; see [`Query::widen`].
    pub clauses: usize,
    /// Clauses that ask for everything a service has, because no word of them can be searched.
    pub open_clauses: usize,
    /// The rarest words of which one at least occurs in every mention that matches, judged by their length: only mentions that
    /// have one are looked at. `None` if there are no such words, and every mention is.
    pub rarest: Option<Vec<String>>,
}

impl Query {
    /// Counts what makes the query slow, here and at the services.
    ///
    /// # Examples
    /// ```
    /// use vigie_query::Query;
    ///
    /// let cost = Query::parse("the NEAR/3 (batteries OR charger*) lang:fr").expect("a query").query.cost();
    /// assert_eq!(cost.rarest.expect("words"), ["batteries", "charger*"]);
    /// assert_eq!(Query::parse("NOT acme").expect("a query").query.cost().rarest, None);
    /// ```
    #[must_use]
    pub fn cost(&self) -> Cost {
        let search = self.widen();
        let open_clauses = search.any.iter().filter(|clause| clause.all.is_empty()).count();
        let mut cost = Cost {
            leaves: 0,
            wildcards: 0,
            distances: 0,
            clauses: search.any.len(),
            open_clauses,
            rarest: index::rarest(&self.root),
        };
        count(&self.root, &mut cost);
        cost
    }
}

fn count(node: &Node, cost: &mut Cost) {
    match &node.kind {
        Kind::And(nodes) | Kind::Or(nodes) => nodes.iter().for_each(|node| count(node, cost)),
        Kind::Not(inner) => count(inner, cost),
        Kind::Text(leaf) => count_expr(&leaf.expr, cost),
        Kind::Meta(_) | Kind::Derived(_) => cost.leaves += 1,
    }
}

fn count_expr(expr: &Expr, cost: &mut Cost) {
    match expr {
        Expr::Words(words) | Expr::Window { words, .. } => {
            cost.leaves += 1;
            cost.wildcards += words.patterns.iter().filter(|pattern| pattern.wild).count();
            cost.distances += usize::from(matches!(expr, Expr::Window { .. }));
        }
        Expr::Raw(_) => cost.leaves += 1,
        Expr::AnyOf(any) => any.iter().for_each(|expr| count_expr(expr, cost)),
        Expr::Near(near) => {
            cost.distances += 1;
            count_expr(&near.left, cost);
            count_expr(&near.right, cost);
        }
    }
}
