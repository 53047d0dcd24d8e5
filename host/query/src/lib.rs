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
//! - [`Query::parse`] reads a query and reports every [`Diagnostic`] at once, each with its place; [`Reading`] does it with
//!   saved parts and lists (a [`Library`]), with what analyzers write (a [`Schema`]), or with somebody else's line breaks.
//! - [`Query::check_collection`] says what a query lacks that decides what is collected; [`Reading::collecting`] tells it beside
//!   everything else.
//! - [`MatchText::of`] tokenises a mention once; [`Query::matches`] asks one query about it and [`Index`] thousands.
//! - [`Query::widen`] is what services can search so that nothing is missed; [`Query::explain`] says why something matches,
//!   [`Query::cost`] what it takes, [`Comparison`] what an edit gains and loses.
//! - [`Query::fingerprint`] is equal for queries that ask the same; [`Query::convert_to`] and [`convert_from`] speak the languages of
//!   other products and report what is lost.
//!
//! # The language in short
//! `word`, `"a phrase"`, `#hashtag`, `@handle`, `begin*`, `reali?e`, `raw:"C++"`; AND (or a space), OR, NOT (or a glued `-`),
//! brackets; `a NEAR/5 b`, `a ONEAR/5 b`, `a SENTENCE b`, `a OSENTENCE b`, `"a b"~5`, `freq/3:(a OR b)`; `title:` and `body:`;
//! facts such as `author:`, `site:`, `lang:`, `city:`, `published:[2026-01-01 TO 2026-02-01]`, `followers:>=10k`, `is:reply`,
//! `has:image`, `missing:rating`; in views what analyzers write, as `sentiment:negative` or `an.ANALYZER.KEY:>0.5`; `@{part}` and
//! `site:@list(name)` insert what is saved. Case and accents do not matter outside of `raw:`. Operators are written in capitals; NEAR
//! binds tighter than NOT, NOT tighter than AND, AND tighter than OR.
//!
//! # From text to answer
//! `lex` and `parse` build the tree of `syntax` with the help of `fields`, `words` and `values`; `check` looks it over.
//! `text` tokenises queries and mentions alike; `places` finds words and what is near them, `metadata` asks about facts, `members` about the
//! values of saved lists, `facts` answers; `schema` is about what analyzers wrote, `evaluate` puts the answers together. `index` compiles trees into code over numbered words;
//! `widen`, `explain`, `canonical`, `compare`, `cost` and `convert` read the same tree.

mod canonical;
mod check;
mod codes;
mod compare;
mod convert;
mod cost;
mod countries;
mod diagnostic;
mod evaluate;
mod explain;
mod facts;
mod fields;
mod index;
mod lex;
mod library;
mod match_text;
mod members;
mod metadata;
mod parse;
mod places;
mod query;
mod reading;
mod schema;
mod syntax;
mod text;
mod values;
mod widen;
mod words;

#[cfg(test)]
mod cases;
#[cfg(test)]
mod conversions;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod mistakes;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod sharing;
#[cfg(test)]
mod testing;

pub use compare::{Change, Comparison};
pub use convert::{Conversion, Effect, Foreign, Loss, convert_from};
pub use cost::Cost;
pub use diagnostic::{Diagnostic, Severity};
pub use explain::{Explanation, Found, Passage};
pub use index::Index;
pub use library::Library;
pub use match_text::MatchText;
pub use query::{Parsed, Query};
pub use reading::{Dialect, Reading};
pub use schema::{DerivedField, FieldType, Schema};
