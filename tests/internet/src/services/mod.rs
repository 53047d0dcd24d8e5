//! The services: each a file, each a type with [`Service`].

pub mod appstore;
pub mod bluesky;
pub mod discourse;
pub mod facebook;
pub mod feeds;
pub mod flarum;
pub mod flickr;
pub mod gdelt;
pub mod google_business;
pub mod googleplay;
pub mod hackernews;
mod html;
pub mod instagram;
pub mod lemmy;
pub mod mastodon;
mod matching;
mod meta;
pub mod misago;
pub mod nodebb;
pub mod phpbb;
pub mod reddit;
pub mod reviews_web;
pub mod stackexchange;
pub mod trustpilot;
pub mod vbulletin;
pub mod wordpress;
pub mod x;
pub mod xenforo;
pub mod youtube;

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
    with_parts(story, others)
}

/// All services; those with a part of their own in the story tell some of it, those that tell a slice tell the whole slice.
#[must_use]
pub fn some(story: Story) -> Vec<Box<dyn Service>> {
    let others = others(&story);
    with_parts(story.thinned(), others)
}

fn with_parts(story: Story, others: Vec<Box<dyn Service>>) -> Vec<Box<dyn Service>> {
    let mut services: Vec<Box<dyn Service>> = vec![Box::new(hackernews::HackerNews::new(story.news))];
    services.extend(others);
    services.extend(story.boards.into_iter().map(|board| Box::new(discourse::Discourse::new(board)) as Box<dyn Service>));
    services.extend(story.papers.into_iter().map(|paper| Box::new(feeds::Feed::new(paper)) as Box<dyn Service>));
    services
}

/// Services without a part of their own in the story; each tells a slice of its conversations again. The numbers are slices.
fn others(story: &Story) -> Vec<Box<dyn Service>> {
    vec![
        Box::new(facebook::Facebook::new(story, 1)),
        Box::new(instagram::Instagram::new(story, 2)),
        Box::new(x::X::new(story, 3)),
        Box::new(flickr::Flickr::new(story, 4)),
        Box::new(mastodon::Mastodon::new(story)),
        Box::new(gdelt::Gdelt::new(story)),
        Box::new(stackexchange::StackExchange::new(story)),
        Box::new(lemmy::Lemmy::new(story)),
        Box::new(bluesky::Bluesky::new(story)),
        Box::new(phpbb::PhpBb::new(story, 14, 24)),
        Box::new(vbulletin::VBulletin::new(story, 15, 24)),
        Box::new(xenforo::XenForo::new(story, 16, 24)),
        Box::new(wordpress::WordPress::new(story, 17, 24)),
        Box::new(youtube::YouTube::new(story, 5)),
        Box::new(trustpilot::Trustpilot::new(story, 7)),
        Box::new(google_business::GoogleBusiness::new(story, 8)),
        Box::new(reviews_web::ReviewsWeb::new(story, 18)),
        Box::new(appstore::AppStore::new(story, 19)),
        Box::new(googleplay::GooglePlay::new(story, 20)),
        Box::new(nodebb::NodeBb::new(story, 21)),
        Box::new(flarum::Flarum::new(story, 22)),
        Box::new(reddit::Reddit::new(story, 6)),
        Box::new(misago::Misago::new(story, 23)),
    ]
}

#[cfg(test)]
mod tests;
