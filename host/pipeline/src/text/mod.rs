//! From what services send to plain text, by one rule for all of them.

mod html;
mod marks;
mod plain;
mod tame;

pub use html::{Passage, from_html, from_markdown};
pub(crate) use marks::absolute;
pub use marks::{handles, hashtags, links};
pub use plain::{clean, one_line, split_quotes};
