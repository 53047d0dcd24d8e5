//! What the numbers say: volume, share of voice, sentiment, sources, languages, authors, gaps.
//!
//! [`report`] asks a store's snapshot one [`Question`] and answers with a [`Report`], plain data to draw or to write as JSON.
//! Each measure is a pure function in a file of its own:
//!
//! - `tally` passes once over the facts of a topic and counts everything the measures need, one row at a time.
//! - `current` leaves out what other versions of the analyzers found than those at work now.
//! - `volume` is mentions per day, `share` the share of voice, `sentiment` the net sentiment with its interval.
//! - `ranking` orders sources, languages and authors; `trend` compares with the window before.
//! - `gaps` reads the coverage ledger: where nothing was read, a quiet day is not known to be quiet.
//! - [`duplicates`] groups near-duplicates, the original first.
//! - `formula` says what each number means: its formula, what happens at zero, and where it comes from.

mod current;
pub mod duplicates;
mod error;
mod formula;
mod gaps;
pub mod quality;
mod ranking;
mod report;
mod sentiment;
mod share;
mod tally;
mod trend;
mod volume;

pub use error::InsightError;
pub use formula::Formula;
pub use gaps::{Cause, Coverage, Gap, Reach, Watch};
pub use ranking::{AuthorVolume, LanguageVolume, SourceVolume};
pub use report::{Question, Report, TopicReport, TopicShown, report, report_where};
pub use sentiment::NetSentiment;
pub use share::Ratio;
pub use trend::Trend;
pub use volume::Day;
