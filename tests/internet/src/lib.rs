//! The miniature internet: a real HTTP server on loopback that answers as several services do.
//!
//! Every service stands under a path prefix, the host of its real origin (`/hn.algolia.com/api/v1/…`), so that a `vigie` whose
//! `[network.reroute]` table sends the real origins here works exactly as it would outside. What the services hold is a story
//! ([`story`]): a French-English phone maker, two rivals, sixty days, one crisis, and two weeks that have not happened yet.
//!
//! - [`start`] runs the server on its own thread and gives a [`Handle`]: what was asked, faults to come, the clock, edits.
//! - [`services`] holds one file a service; a new one is a type with [`services::Service`] and a line in [`services::all`].
//! - [`fault`] makes a service misbehave at a chosen request; [`limit`] makes it refuse by count. Nothing is left to chance or to
//!   the time of day: the same requests in the same order get the same answers.
//!
//! ```
//! use vigie_internet::{Options, fault::{Answer, Fault}};
//! let internet = vigie_internet::start(Options::default())?;
//! internet.fault(Fault::on("hn.algolia.com").nth(2).answer(Answer::Status(503)));
//! assert!(internet.reroute_toml().contains("https://hn.algolia.com"));
//! internet.shutdown();
//! # Ok::<(), std::io::Error>(())
//! ```

mod control;
mod error;
pub mod fault;
pub mod limit;
mod net;
mod server;
pub mod services;
pub mod story;
pub mod truth;
pub mod wire;

pub use error::ControlError;
pub use net::{Internet, Seen};
pub use server::{Handle, Options, start};
