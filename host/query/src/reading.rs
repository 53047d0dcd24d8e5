//! How a text is read as a query.

use crate::diagnostic::Diagnostic;
use crate::library::Library;
use crate::parse;
use crate::query::{Parsed, Query};
use crate::schema::Schema;

/// Whose habits a text follows where they differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dialect {
    /// Ours: a new line is a space.
    #[default]
    Vigie,
    /// Visibrain's: a new line between two bracketed lines is OR.
    Visibrain,
}

/// How to read queries: with which saved parts and lists, which derived fields, in which dialect.
///
/// # Examples
/// ```
/// use vigie_query::{Dialect, Reading};
///
/// let two_lines = "(acme AND phone)\n(rival AND phone)";
/// let parsed = Reading::new().dialect(Dialect::Visibrain).parse(two_lines).expect("a query");
/// assert_eq!(parsed.query.to_string(), "(acme AND phone) OR (rival AND phone)");
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Reading<'a> {
    pub(crate) library: Option<&'a Library>,
    pub(crate) schema: Option<&'a Schema>,
    pub(crate) part: Option<&'a str>,
    pub(crate) dialect: Dialect,
    pub(crate) collecting: bool,
}

impl<'a> Reading<'a> {
    /// Nothing saved, no schema, our own dialect: as [`Query::parse`] reads.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With saved parts and lists.
    #[must_use]
    pub fn library(self, library: &'a Library) -> Self {
        Self { library: Some(library), ..self }
    }

    /// As a view, which may ask for what analyzers write. Without a schema such questions are read and never answered, and
    /// [`Query::check_collection`] refuses them.
    #[must_use]
    pub fn schema(self, schema: &'a Schema) -> Self {
        Self { schema: Some(schema), ..self }
    }

    /// As a query that decides what is collected: what [`Query::check_collection`] says is among the errors, beside all others.
    #[must_use]
    pub fn collecting(self) -> Self {
        Self { collecting: true, ..self }
    }

    /// As the text of the saved part of that name, which therefore cannot insert itself.
    #[must_use]
    pub fn inside_part(self, name: &'a str) -> Self {
        Self { part: Some(name), ..self }
    }

    /// In somebody's dialect.
    #[must_use]
    pub fn dialect(self, dialect: Dialect) -> Self {
        Self { dialect, ..self }
    }

    /// Reads a query; see [`Query::parse`].
    ///
    /// # Errors
    /// All remarks, if there is an error among them, in the order of their places.
    pub fn parse(self, text: &str) -> Result<Parsed, Vec<Diagnostic>> {
        match parse::parse(text, self) {
            (Some(root), remarks) => Ok(Parsed { query: Query::of(root), remarks }),
            (None, remarks) => Err(remarks),
        }
    }
}
