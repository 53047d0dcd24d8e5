//! The commands, one file each.

pub(crate) mod annotate;
pub(crate) mod check;
pub(crate) mod correct;
pub(crate) mod current;
pub(crate) mod dead_letters;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod learn;
pub(crate) mod mentions;
pub(crate) mod named;
pub(crate) mod plugins;
pub(crate) mod quality;
pub(crate) mod query;
pub(crate) mod reanalyze;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod sources;
pub(crate) mod times;
pub(crate) mod try_source;
