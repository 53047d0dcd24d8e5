//! Vigie seen from outside: a temporary folder, the miniature internet, and the program itself.
//!
//! [`TestBed`] puts the three together. [`cases`] runs folders of `cases/`, so that a new case needs no Rust: a `vigie.toml`, a
//! `cmd` with one command a line, and the snapshot `expected.snap`.
//!
//! [`compliance`] asks of every source plugin what all of them promise, through the real host.
//!
//! The program under test is the one of the same target folder, or the one that `VIGIE_BIN` names.

mod bed;
pub mod cases;
pub mod compliance;
mod error;
mod redact;

pub use bed::{Ran, TestBed, vigie_binary};
pub use error::TestError;
