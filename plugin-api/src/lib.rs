//! Write a Vigie plugin: a source that reads one service, or an analyzer that annotates mentions.
//!
//! A plugin is a crate of type `cdylib` and `rlib` with a manifest `plugin.toml` beside its `Cargo.toml`. `cargo xtask plugins`
//! turns it into one `.wasm` file. Inside the sandbox there is no clock, file, thread or socket beyond what this crate offers.
//!
//! # A complete source
//!
//! ```
//! use vigie_plugin::{Batch, Failure, Feed, Mention, MentionKind, Poll, Search, Source, http, time};
//!
//! #[derive(serde::Deserialize)]
//! pub struct Settings { url: String }
//!
//! #[derive(serde::Deserialize)]
//! struct Note { id: u64, html: String, posted: String }
//!
//! pub struct Notes;
//!
//! impl Source for Notes {
//!     type Settings = Settings;
//!
//!     fn plan(settings: Settings, _: Vec<Search>) -> Result<Vec<Feed>, Failure> {
//!         Ok(vec![Feed::new("notes", "the newest notes").with_params(&settings.url)])
//!     }
//!
//!     fn poll(_: Settings, request: Poll) -> Result<Batch, Failure> {
//!         let url: String = request.feed.read_params()?;
//!         let notes: Vec<Note> = http::get(url).query("limit", request.limit).send()?.json()?;
//!         let mentions = notes.into_iter().map(|note| {
//!             Mention::new(note.id.to_string(), MentionKind::Post).html(note.html).published(time::rfc3339(&note.posted).ok())
//!         });
//!         Ok(Batch::new().upserts(mentions).later(None))
//!     }
//! }
//! # #[cfg(target_arch = "wasm32")]
//! vigie_plugin::export_source!(Notes);
//!
//! // And its test, in milliseconds, without a host or a network:
//! use vigie_plugin::testing::{Answer, FakeHost};
//! let host = FakeHost::new().get(
//!     "https://notes.example/new.json?limit=100",
//!     Answer::json(r#"[{ "id": 7, "html": "<p>Hello", "posted": "2026-01-02T03:04:05+02:00" }]"#),
//! );
//! let settings = serde_json::json!({ "url": "https://notes.example/new.json" });
//! let feeds = host.plan::<Notes>(&settings, vec![])?;
//! let batch = host.poll::<Notes>(&settings, Poll::newer(feeds[0].clone()))?;
//! assert_eq!(batch.changes.len(), 1);
//! # Ok::<(), Failure>(())
//! ```
//!
//! # The tour
//!
//! - [`Source`] and [`Analyzer`]: the two traits, with their export macros [`export_source!`] and [`export_analyzer!`].
//! - [`Mention`], [`Author`], [`Annotation`], [`Feed`], [`Batch`], …: the contract's records, each with a small builder.
//!   What a field means is said in `wit/types.wit` and `wit/source.wit`; the generated types carry those words.
//! - [`Failure`]: why a call did not succeed. The host acts on its class alone.
//! - [`http`]: requests, answers that are checked before they are believed, `Link` headers.
//! - [`conversation`]: when a feed of what is said below a post rests, and when it ends.
//! - [`google`]: error bodies of Google's services, and their days.
//! - [`graph`]: error bodies and paging of Meta's services.
//! - [`html`]: tags and addresses of HTML that services embed.
//! - [`ids`]: texts as parts of ids.
//! - [`lenient`]: fields of answers that keep no promise.
//! - [`paging`]: cursors that know their version, and following pages.
//! - [`time`]: what services write where a date should be, as a [`Moment`].
//! - `forum` (behind the feature of that name): bulletin boards that are read from their feeds and pages.
//! - [`features`] and [`linear`]: hashed features of a text, and the small models analyzers ship with.
//! - `references` (behind the feature of that name): character references such as `&amp;`.
//! - [`settings`]: typed settings whose errors name the field.
//! - [`clock`] and [`log`]: the host's clock and the operator's log.
//! - [`words`]: a search for services that know words and nothing else.
//! - [`testing`]: a fake host for native tests.
//!
//! An analyzer that learns in place takes a second crate, `vigie-plugin-learning`.

pub mod analyzer;
mod annotation;
mod batch;
#[doc(hidden)]
pub mod bindings;
pub mod clock;
pub mod conversation;
mod failure;
pub mod features;
#[cfg(feature = "forum")]
pub mod forum;
pub mod google;
pub mod graph;
mod host;
pub mod html;
pub mod http;
pub mod ids;
pub mod lenient;
pub mod linear;
pub mod log;
mod mention;
pub mod paging;
#[cfg(feature = "references")]
pub mod references;
pub mod settings;
pub mod source;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;
pub mod time;
pub mod words;

pub use analyzer::Analyzer;
pub use bindings::analyzer_plugin::exports::vigie::plugin::analyzer::Document;
pub use bindings::source_plugin::exports::vigie::plugin::source::{
    Batch, Change, Clause, Direction, Feed, Mention, Next, Request as Poll, Search,
};
pub use bindings::source_plugin::vigie::plugin::types::{
    Annotation, Attribute, Author, Engagement, Failure, FailureClass, Instant, Label, Media, MediaKind, MentionKind, Moment,
    Precision, Rating, TextFormat, Value,
};
pub use mention::OptionalText;
pub use paging::Cursor;
pub use settings::NoSettings;
pub use source::Source;
