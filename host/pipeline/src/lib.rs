//! The way of a mention through the host: poll, admit, match, annotate, commit.
//!
//! - [`Plan`] says what to do: topics, connectors, analyzers. [`Pipeline::run`] does it, once or for as long as it may.
//! - [`admit`] turns what a source delivered into a mention, or refuses it with a reason. Pure.
//! - [`Analysis`] runs analyzers alone, for those who want annotations of their own documents.
//! - [`document`] is what an analyzer gets to see of a mention.
//! - `route` matches mentions with topics; `annotate` sends them through the analyzers in [`waves`].
//! - `known` says which mentions are read again for their counters, edits and removals.
//! - `schedule` decides when a feed is read again, from what the last poll brought. Pure.
//! - `refusals` tells what one feed is refused from what all feeds of a connector would be.
//! - `reanalysis` and `rerouting` bring what is stored up to date where analyzers and topics have changed.
//! - `wishes` says which feeds are read again because more is wanted of them than when they were read.
//! - `connector` drives the feeds of one connector; every poll ends in exactly one [`vigie_store::Commit`], which holds the
//!   mentions and the cursor together. Killed anywhere, the next run goes on where the last commit stood.

pub mod admit;
mod analysis;
mod annotate;
mod connector;
mod digest;
mod error;
mod event;
mod feeds;
mod fingerprint;
mod known;
mod lend;
mod plan;
mod quarantine;
mod reanalysis;
mod refusals;
mod rerouting;
mod route;
mod run;
mod schedule;
pub mod text;
mod trail;
pub mod waves;
mod wishes;

pub use analysis::{Analysed, Analysis};
pub use annotate::ANNOTATE;
pub use error::{PipelineError, PlanError};
pub use event::{Event, Reanalyzed, Summary, Tally};
pub use lend::document;
pub use plan::{Accept, Analyzed, Analyzer, Connector, Keeper, Options, Plan, Source, Topic};
pub use run::{Mode, Pipeline};
