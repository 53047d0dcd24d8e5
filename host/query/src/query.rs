//! A parsed query and what it can do.

use std::fmt;
use std::sync::Arc;

use vigie_mention::Instant;
use vigie_mention::delivery::Search;

use crate::diagnostic::Diagnostic;
use crate::match_text::MatchText;
use crate::syntax::{Kind, Node};
use crate::{Reading, check, widen};

/// A parsed query: immutable, cheap to clone.
///
/// `Display` gives its canonical text: folded, every AND written, brackets where they matter. Parsed again it is the same
/// query, and queries are equal if their canonical texts are.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    pub(crate) root: Arc<Node>,
}

/// A query, and what is worth knowing about it.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// The query.
    pub query: Query,
    /// Warnings and notes, in the order of their places.
    pub remarks: Vec<Diagnostic>,
}

impl Query {
    pub(crate) fn of(root: Node) -> Self {
        Self { root: Arc::new(root) }
    }

    /// Reads a query.
    ///
    /// # Shape
    /// Any text; it is read in linear time and never panics. The language is described in [the crate's tour](crate).
    ///
    /// # Errors
    /// All remarks, if there is an error among them: errors, warnings and notes together, in the order of their places.
    ///
    /// # Examples
    /// ```
    /// use vigie_query::Query;
    ///
    /// let parsed = Query::parse("acme NEAR/3 phone NOT looney").expect("a query");
    /// assert_eq!(parsed.query.to_string(), "acme NEAR/3 phone AND NOT looney");
    ///
    /// let errors = Query::parse("(acme OR").expect_err("two mistakes");
    /// assert_eq!(errors.iter().map(|error| error.code).collect::<Vec<_>>(), ["E101", "E104"]);
    /// ```
    pub fn parse(text: &str) -> Result<Parsed, Vec<Diagnostic>> {
        Reading::new().parse(text)
    }

    /// Errors of a query that decides what is collected: E240 for each branch without an anchor, E220 for each question
    /// about what is known only after collection. Spans are of the text the query was parsed from.
    #[must_use]
    pub fn check_collection(&self) -> Vec<Diagnostic> {
        check::collection(&self.root)
    }

    /// Whether the query is true of a mention; unknown is not true.
    #[must_use]
    pub fn matches(&self, text: &MatchText) -> bool {
        self.root.truth(text) == Some(true)
    }

    /// What services can search so that nothing the query matches is missed.
    ///
    /// # Shape
    /// At least one clause; one with nothing in `all` asks for everything. Terms are words or phrases as the query spells
    /// them, `#x` a hashtag, `@x` a handle. At most 256 clauses, or as many as the query has words if those are more.
    #[must_use]
    pub fn widen(&self) -> Search {
        widen::widen(&self.root)
    }

    /// The same query with relative times such as `published:-7d` counted from `now`. Without it they are counted from when
    /// each mention was collected, which is what a query that decides about collection means.
    #[must_use]
    pub fn resolved_at(&self, now: Instant) -> Self {
        let mut root = Node::clone(&self.root);
        resolve(&mut root, now);
        Self { root: Arc::new(root) }
    }
}

fn resolve(node: &mut Node, now: Instant) {
    match &mut node.kind {
        Kind::And(nodes) | Kind::Or(nodes) => nodes.iter_mut().for_each(|node| resolve(node, now)),
        Kind::Not(node) => resolve(node, now),
        Kind::Meta(meta) => meta.resolved_at(now),
        Kind::Text(_) | Kind::Derived(_) => {}
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root.fmt(f)
    }
}
