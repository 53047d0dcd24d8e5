//! The store: one redb file that holds every mention, where each feed stands, and what was asked of the services.
//!
//! - [`Store`] opens the file for writing; [`Reader`] opens it beside a running writer, for looking only.
//! - [`Commit`] is what one poll brought. [`Store::commit`] writes several of them in **one** durable transaction: mentions,
//!   annotations, facts, the feed's cursor, the coverage ledger and the dead letters together, or none of it.
//! - [`Writer`] groups the commits of many connectors into such transactions and answers each when it is on the disk.
//! - [`Snapshot`] is a consistent look at everything: single mentions, lists by [`Filter`], [`Fact`]s for the numbers, the
//!   ledger, and [`Snapshot::dump`], the logical content by which two stores are compared.
//!
//! Start reading at `tables.rs` (what is kept, and the invariants), then `write.rs` (the one transaction).

mod analyses;
mod dead;
mod dump;
mod error;
mod facts;
mod feeds;
mod filter;
mod in_use;
mod ledger;
mod migrate;
mod model;
mod names;
mod read;
mod routed;
mod row;
mod store;
mod tables;
mod verify;
mod write;
mod writer;

pub use analyses::{Analysis, AnalysisId};
pub use dead::REFRESH;
pub use error::StoreError;
pub use facts::{Fact, Facts, NameId};
pub use filter::{Filter, Mentions, Order};
pub use in_use::InUse;
pub use ledger::{Ledger, LedgerRow};
pub use model::{
    Basis, Commit, Coverage, DeadLetter, FeedState, Polarity, Previous, Reached, Receipt, Record, Renewal, Renewed, Seen,
    Signals, Stored, Tombstone, Walk, WalkStatus,
};
pub use names::AuthorName;
pub use read::{Known, Reach, Snapshot, Stats};
pub use routed::Routing;
pub use store::{Options, Reader, Store};
pub use writer::Writer;
