//! From and to the query languages of other products.
//!
//! A conversion never loses a match: what the other language cannot say is said more widely there, and reported. What a
//! service sends for the wider query is matched again here with the exact one.
//!
//! # Source
//! Brandwatch's help on query operators; Talkwalker's page on search syntax; Meltwater's articles on boolean search; the X API's
//! pages on building a query and on operators. Read in November 2026. Operators that none of them names are not used.

mod export;
mod import;
mod spelling;

use std::ops::Range;
use std::str::FromStr;

pub use import::convert_from;

/// A product with a query language of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// Brandwatch Consumer Research.
    Brandwatch,
    /// Talkwalker.
    Talkwalker,
    /// Meltwater.
    Meltwater,
    /// The search of X's API.
    X,
}

impl Foreign {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Brandwatch, Self::Talkwalker, Self::Meltwater, Self::X];

    /// Its name in lower case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Brandwatch => "brandwatch",
            Self::Talkwalker => "talkwalker",
            Self::Meltwater => "meltwater",
            Self::X => "x",
        }
    }
}

impl FromStr for Foreign {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let lower = name.to_lowercase();
        Self::ALL
            .into_iter()
            .find(|foreign| foreign.name() == lower)
            .ok_or_else(|| format!("`{name}` is no known language: one of brandwatch, talkwalker, meltwater, x"))
    }
}

/// What a loss does to the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It finds more.
    Wider,
    /// It finds the same; something else is different.
    Same,
}

impl Effect {
    /// The word for a person.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wider => "wider",
            Self::Same => "same",
        }
    }
}

/// Something that could not be carried over as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// The part it is about.
    pub part: String,
    /// Its bytes in the text that was converted.
    pub span: Range<usize>,
    /// What it does.
    pub effect: Effect,
    /// What became of it: a lowercase fragment.
    pub message: String,
}

/// A converted query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversion {
    /// The query in the other language; `None` if nothing of it can be said there, which would ask for everything.
    pub text: Option<String>,
    /// What was lost, in the order of the places.
    pub losses: Vec<Loss>,
}
