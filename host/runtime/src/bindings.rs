//! One module a released track of the contract: generated code, and the way between its types and the domain's.

pub(crate) mod v0_1;
