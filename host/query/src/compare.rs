//! What an edit of a query would have gained and lost.

use crate::match_text::MatchText;
use crate::query::Query;

/// What an edit means for one mention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Both queries find it.
    Kept,
    /// Only the new one does.
    Gained,
    /// Only the old one did.
    Lost,
    /// Neither does.
    Outside,
}

/// Two queries, compared over mentions; keeps the first few mentions of either side.
///
/// # Examples
/// ```
/// use vigie_query::{Comparison, Query};
///
/// let parse = |text| Query::parse(text).expect("a query").query;
/// let comparison: Comparison<u32> = Comparison::new(parse("acme"), parse("acme -looney"), 5);
/// assert_eq!(comparison.gained, 0);
/// ```
#[derive(Debug, Clone)]
pub struct Comparison<T> {
    before: Query,
    after: Query,
    most_samples: usize,
    /// How many mentions both find.
    pub kept: u64,
    /// How many only the new one finds.
    pub gained: u64,
    /// How many only the old one found.
    pub lost: u64,
    /// How many neither finds.
    pub outside: u64,
    /// The first of the gained.
    pub gained_samples: Vec<T>,
    /// The first of the lost.
    pub lost_samples: Vec<T>,
}

impl<T> Comparison<T> {
    /// Nothing compared yet; at most `most_samples` are kept of either side.
    #[must_use]
    pub fn new(before: Query, after: Query, most_samples: usize) -> Self {
        let (gained_samples, lost_samples) = (Vec::new(), Vec::new());
        Self { before, after, most_samples, kept: 0, gained: 0, lost: 0, outside: 0, gained_samples, lost_samples }
    }

    /// Asks both queries about a mention; `sample` is made only if it is kept.
    pub fn look(&mut self, text: &MatchText, sample: impl FnOnce() -> T) -> Change {
        match (self.before.matches(text), self.after.matches(text)) {
            (true, true) => {
                self.kept += 1;
                Change::Kept
            }
            (false, false) => {
                self.outside += 1;
                Change::Outside
            }
            (false, true) => {
                self.gained += 1;
                if self.gained_samples.len() < self.most_samples {
                    self.gained_samples.push(sample());
                }
                Change::Gained
            }
            (true, false) => {
                self.lost += 1;
                if self.lost_samples.len() < self.most_samples {
                    self.lost_samples.push(sample());
                }
                Change::Lost
            }
        }
    }
}
