//! The plugins there are: those inside the binary, those of the operator's folder, those named one by one.

mod bundled;
mod catalog;

pub(crate) use bundled::WHAT_IS_MISSING;
pub(crate) use catalog::{Catalog, Entry, Installed, Origin, read_bytes};
