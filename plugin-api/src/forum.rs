//! Bulletin boards that are read from their feeds and pages: phpBB, vBulletin, XenForo and their relatives. Behind the feature `forum`,
//! so that plugins that read data alone do not carry an HTML parser.
//!
//! - [`Page`]: a page of HTML in whatever charset, and looking things up in it.
//! - [`Body`]: a post's HTML with quotes as `<blockquote>`, absolute addresses, and without what its author did not write.
//! - [`dates`]: dates as boards print them, in many languages, relative ones among them.
//! - [`links`]: addresses without session ids; numbers in addresses.
//! - [`syndication`]: RSS and Atom as boards serve them.
//! - [`Topic`], [`Listing`], [`Post`]: what pages show, whichever program printed them, and [`Post::mention`].
//! - [`Settings`]: what an operator says of a board, and the feeds that follow from it.
//! - [`walk`]: reads feeds, lists and topics of a [`Board`](walk::Board), from cursor to cursor.

mod body;
pub mod dates;
pub mod links;
mod months;
mod page;
mod settings;
pub mod syndication;
mod topic;
pub mod walk;

pub use body::{Body, Cut};
pub use page::{Page, around, even, has_class, inside, selector, spaced};
pub use scraper::ElementRef;
pub use settings::Settings;
pub use topic::{Listing, Pages, Person, Post, Row, Topic};
