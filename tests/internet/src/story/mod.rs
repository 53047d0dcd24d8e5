//! The story the services tell: Lumio, a French-English maker of phones, its rivals Ostra and Pyrel, and what people say of them
//! from sixty days before the present to fourteen days after it.
//!
//! | day | what happens |
//! |---|---|
//! | 17 | Lumio announces the Lumio Flex; a campaign with `#LumioFlex` runs for nine days |
//! | 33 | Ostra cuts its prices |
//! | 41 | LumioOS 5.2 is out; batteries overheat: first the forums, a day later Hacker News, then the press |
//! | 43 | Lumio answers and stops the update |
//! | 47 | Lumio ships 5.2.1; the talk dies away until about day 56 |
//! | 50 | Pyrel's camera wins a comparison |
//! | 60 | the present |
//! | 63 | Lumio offers new batteries to everybody concerned |
//!
//! Everything follows from the present and the seed: the same two give the same story, byte for byte. The names are invented, and
//! they are ambiguous on purpose: Lumio is also a village above the sea, an ostra is also an oyster, Pyrel is also a valley to walk in.

mod boards;
mod calendar;
mod cast;
mod config;
mod items;
mod news;
mod papers;
mod talks;
mod words_en;
mod words_fr;
mod writer;

use jiff::Timestamp;

pub use config::{reroute_toml, showcase_toml, topics_toml, vigie_toml};
pub use items::{Board, Entry, FeedFormat, NewsItem, Paper, Person, Post, Standing, Topic, Words, grown};
pub use talks::Talk;

/// Hosts of the forums' origins: an English one, and a French one with the older paging.
pub const FORUM_HOSTS: [&str; 2] = ["forum.phones.example", "forum.mobiles.example"];

/// The addresses of the three feeds.
pub const FEED_URLS: [&str; 3] = [
    "https://pocketwire.example/feed/",
    "https://courrier-numerique.example/technologies/atom.xml",
    "https://bench-and-solder.example/feed.json",
];

/// All that is said, by service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    /// The present the story is told for.
    pub now: Timestamp,
    /// Hacker News.
    pub news: Vec<NewsItem>,
    /// The forums.
    pub boards: Vec<Board>,
    /// The sites with a feed.
    pub papers: Vec<Paper>,
}

impl Story {
    /// Tells the story around `now`.
    #[must_use]
    pub fn new(now: Timestamp, seed: u64) -> Self {
        let days = calendar::Days::around(now);
        Self { now, news: news::write(days, seed), boards: boards::write(days, seed), papers: papers::write(days, seed) }
    }

    /// A part of the story that is read in a moment: some of the conversations and articles, whole.
    #[must_use]
    pub fn thinned(mut self) -> Self {
        const STEP: u64 = 11;
        self.news.retain(|item| item.story % STEP == 0);
        for board in &mut self.boards {
            board.topics.retain(|topic| topic.pinned || topic.id % STEP == 0);
            board.posts.retain(|post| board.topics.iter().any(|topic| topic.id == post.topic));
        }
        for paper in &mut self.papers {
            let mut place = 0;
            paper.entries.retain(|_| {
                place += 1;
                // Fewer of fewer would leave days without any.
                place % 3 == 0
            });
        }
        self
    }

    /// About `count` conversations for a service without a part of its own, over all days of the story; another `slice` has others.
    #[must_use]
    pub fn talks(&self, slice: usize, count: usize) -> Vec<Talk> {
        talks::slice(&self.boards, slice, count)
    }
}

/// The present the demo is set in.
///
/// # Panics
/// Never: the instant is a valid one.
#[must_use]
pub fn default_now() -> Timestamp {
    Timestamp::from_second(1_795_334_400).expect("an instant of November 2026 is in range")
}

#[cfg(test)]
mod tests;
