//! The boolean query language: which mentions belong to a topic.
//!
//! ```
//! use vigie_query::Query;
//!
//! let parsed = Query::parse(r#"("acme phone" OR #acme OR @acme) NOT (acme NEAR/3 looney)"#).expect("a query");
//! assert!(parsed.query.check_collection().is_empty());
//! assert_eq!(parsed.query.widen().any.len(), 3);
//! ```
//!
//! - [`Query::parse`] reads a query and reports every [`Diagnostic`] at once, each with its place;
//!   [`Query::check_collection`] says what a query lacks that decides what is collected.
//! - [`MatchText::of`] tokenises a mention once; [`Query::matches`] asks one query about it and [`Index`] thousands.
//! - [`Query::widen`] is what services can search so that nothing is missed; [`Query::explain`] says why something matches.
//!
//! # The language in short
//! `word`, `"a phrase"`, `#hashtag`, `@handle`, `begin*`, `reali?e`, `raw:"C++"`; AND (or a space), OR, NOT (or a glued `-`),
//! brackets; `a NEAR/5 b`, `a ONEAR/5 b`, `a SENTENCE b`, `a OSENTENCE b`, `"a b"~5`, `freq/3:(a OR b)`; `title:` and `body:`;
//! facts such as `author:`, `site:`, `lang:`, `published:[2026-01-01 TO 2026-02-01]`, `followers:>=10k`, `is:reply`,
//! `has:image`, `missing:rating`. Case and accents do not matter outside of `raw:`. Operators are written in capitals; NEAR
//! binds tighter than NOT, NOT tighter than AND, AND tighter than OR.
//!
//! # From text to answer
//! `lex` and `parse` build the tree of `syntax` with the help of `fields`, `words` and `values`; `check` looks it over.
//! `text` tokenises queries and mentions alike; `places` finds words and what is near them, `metadata` answers about facts,
//! `evaluate` puts the answers together. `index`, `widen` and `explain` read the same tree.

mod check;
mod codes;
mod diagnostic;
mod evaluate;
mod explain;
mod fields;
mod index;
mod lex;
mod match_text;
mod metadata;
mod parse;
mod places;
mod query;
mod syntax;
mod text;
mod values;
mod widen;
mod words;

#[cfg(test)]
mod cases;
#[cfg(test)]
mod mistakes;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod testing;

pub use diagnostic::{Diagnostic, Severity};
pub use explain::{Explanation, Found, Passage};
pub use index::Index;
pub use match_text::MatchText;
pub use query::{Parsed, Query};
