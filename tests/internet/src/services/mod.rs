//! The services: each a file, each a type with [`Service`].

pub mod discourse;
pub mod feeds;
pub mod hackernews;
mod html;
mod matching;

use jiff::Timestamp;

use crate::story::Story;
use crate::truth::{Spoken, Subject, Truth};
use crate::wire::{Ask, Reply};

/// A service of the miniature internet.
pub trait Service: Send + Sync {
    /// How the control interface calls it; the part of an item's id before the slash.
    fn name(&self) -> &str;
    /// Hosts of its real origins; each is mounted as a path prefix.
    fn hosts(&self) -> &[String];
    /// Answers a request with what is visible at `now`.
    fn answer(&self, ask: &Ask, now: Timestamp) -> Reply;
    /// Changes an item's text, or removes the item (`None`); says whether there is such an item.
    fn change(&mut self, id: &str, text: Option<&str>, at: Timestamp) -> bool;
    /// How many items are visible at `now`.
    fn visible(&self, now: Timestamp) -> usize;
    /// How the compliance suite reads it; `None` for a service that is only part of the story.
    fn subject(&self) -> Option<Subject> {
        None
    }
    /// Every mention the subject must find at `now`, in any order.
    fn truth(&self, _now: Timestamp) -> Vec<Truth> {
        Vec::new()
    }
    /// How it says that something is wrong.
    fn spoken(&self) -> Vec<Spoken> {
        Vec::new()
    }
    /// How it refuses a request over its limit.
    fn refuse(&self, retry_after_secs: u32) -> Reply {
        Reply::text(429, "text/html; charset=utf-8", "<html><body>Limit reached</body></html>")
            .with("retry-after", retry_after_secs.to_string())
    }
}

/// All services, filled from a story.
#[must_use]
pub fn all(story: Story) -> Vec<Box<dyn Service>> {
    let others = others(&story);
    let mut services: Vec<Box<dyn Service>> = vec![Box::new(hackernews::HackerNews::new(story.news))];
    services.extend(others);
    services.extend(story.boards.into_iter().map(|board| Box::new(discourse::Discourse::new(board)) as Box<dyn Service>));
    services.extend(story.papers.into_iter().map(|paper| Box::new(feeds::Feed::new(paper)) as Box<dyn Service>));
    services
}

/// Services without a part of their own in the story; each tells a slice of its conversations again. The numbers are slices.
fn others(_story: &Story) -> Vec<Box<dyn Service>> {
    Vec::new()
}

#[cfg(test)]
mod tests;
