//! The domain of Vigie. Every other room of the host speaks in these types; this one imports no room.
//!
//! - [`Mention`] is what is stored: one public post, comment, article, review or video, after admission.
//! - [`delivery`] holds what a source plugin hands over before admission, in the contract's own words.
//! - [`Annotation`] is a fact an analyzer adds; [`Value`] is what it or an attribute holds.
//! - [`Instant`], [`Moment`] and [`Window`] are time; [`MentionKey`], [`TopicId`] and [`ConnectorId`] are identity.
//! - [`Failure`] is how a plugin says that a call did not succeed, and [`FailureClass`] what the host does about it.
//!
//! The serde form of these types is Vigie's documented JSON: the contract's names in snake_case, instants as RFC 3339 in
//! UTC, absent fields left out, lists always there. In the store the same types are written compactly (instants as
//! milliseconds); both forms survive added fields.

mod annotation;
pub mod delivery;
mod failure;
mod ids;
mod instant;
mod mention;

pub use annotation::{Annotation, Attribute, Label, Value};
pub use failure::{Failure, FailureClass};
pub use ids::{ConnectorId, FeedKey, InvalidName, KNOWN_FEED, MentionKey, PLAN_FEED, TopicId};
pub use instant::{Instant, InvalidInstant, Moment, Precision, Window};
pub use mention::{Author, Engagement, Media, MediaKind, Mention, MentionKind, Rating, UnknownKind};
