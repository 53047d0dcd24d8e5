//! The commands, one file each.

pub(crate) mod annotate;
pub(crate) mod check;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod mentions;
pub(crate) mod plugins;
pub(crate) mod query;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod sources;
pub(crate) mod times;
pub(crate) mod try_source;
