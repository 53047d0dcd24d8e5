//! The way out: everything that happens to a request after it was granted.
//!
//! ```text
//! Road ─► conditional ─► rate ─► reroute ─► client (resolve, address, TLS, decompress) ─► retry ─► back
//! ```
//! One [`Egress`] serves every plugin of a host, because what it keeps belongs to the services and not to the plugins: connections,
//! the pace an origin bears, the pause it asked for, its robots.txt. What a plugin may ask at all is judged before, by
//! [`Road`](crate::Road).
//!
//! - [`address`]: which addresses are public, and which private ones the operator listed
//! - [`client`]: one exchange over the network, its limits, its names
//! - [`conditional`]: answers kept for the next `If-None-Match`
//! - [`policy`]: what the operator decides
//! - [`rate`]: paces and pauses per origin
//! - [`reroute`]: origins sent elsewhere
//! - [`retry`]: what is tried again, and when
//! - [`robots`]: what robots.txt says
//! - [`send`]: puts these together for one hop

pub(crate) mod address;
pub(crate) mod client;
pub(crate) mod conditional;
pub(crate) mod policy;
pub(crate) mod rate;
pub(crate) mod reroute;
pub(crate) mod retry;
pub(crate) mod robots;
pub(crate) mod send;

pub use address::{Network, PrivateAllowance};
pub use client::Names;
pub use policy::{NetworkPolicy, Retries};
pub use rate::Pace;
pub use send::Egress;
