//! What the story is made of, before any service gives it its own shape.

use jiff::Timestamp;

/// A text and what happened to it later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    first: String,
    /// In time order; `None` is a removal.
    changes: Vec<(Timestamp, Option<String>)>,
}

/// How a text stands at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing<'a> {
    /// Absent once removed.
    pub text: Option<&'a str>,
    /// The last change up to then.
    pub changed: Option<Timestamp>,
    /// 1 for a text as it was first written.
    pub version: u32,
}

impl Words {
    /// A text nobody has changed yet.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self { first: text, changes: Vec::new() }
    }

    /// Records a change; `None` removes.
    pub fn change(&mut self, at: Timestamp, text: Option<String>) {
        self.changes.push((at, text));
        self.changes.sort_by_key(|(at, _)| *at);
    }

    /// The text as first written.
    #[must_use]
    pub fn first(&self) -> &str {
        &self.first
    }

    /// How it stands at an instant.
    #[must_use]
    pub fn at(&self, now: Timestamp) -> Standing<'_> {
        let past = self.changes.iter().take_while(|(at, _)| *at <= now);
        let start = Standing { text: Some(&self.first), changed: None, version: 1 };
        past.fold(start, |standing, (at, text)| Standing {
            text: text.as_deref(),
            changed: Some(*at),
            version: standing.version + 1,
        })
    }
}

/// Somebody who writes: one account on one service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The account's number.
    pub id: u64,
    /// The account's handle.
    pub handle: String,
    /// The name shown to readers.
    pub name: String,
}

/// A story or a comment of Hacker News.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewsItem {
    /// Counts up with time, with gaps.
    pub id: u64,
    /// When it was submitted.
    pub at: Timestamp,
    /// Handle.
    pub author: String,
    /// What it answers; absent for a story.
    pub parent: Option<u64>,
    /// The story it hangs below, itself for a story.
    pub story: u64,
    /// Stories only.
    pub title: Option<String>,
    /// Stories that link somewhere.
    pub url: Option<String>,
    /// May be empty for a story that links somewhere.
    pub words: Words,
    /// Points it ends up with.
    pub points: u32,
    /// Flagged to death by readers.
    pub dead: bool,
}

/// A forum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    /// Host of its origin.
    pub host: &'static str,
    /// For a person.
    pub title: &'static str,
    /// `en` or `fr`.
    pub language: &'static str,
    /// Whether `posts.json?before=` has the older of its two meanings.
    pub old_paging: bool,
    /// In order of their ids.
    pub topics: Vec<Topic>,
    /// In order of their ids.
    pub posts: Vec<Post>,
}

/// A conversation of a forum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// Counts up with time.
    pub id: u64,
    /// Plain text.
    pub title: String,
    /// Words of the title for addresses.
    pub slug: String,
    /// Lower case.
    pub tags: Vec<&'static str>,
    /// The category's number.
    pub category: u64,
    /// Stands above all others.
    pub pinned: bool,
    /// Readers it ends up with.
    pub views: u32,
}

/// A post of a forum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Counts up with time over the whole forum, with gaps.
    pub id: u64,
    /// Its topic.
    pub topic: u64,
    /// Place within its topic, beginning at 1.
    pub number: u32,
    /// When it was written.
    pub at: Timestamp,
    /// Who wrote it.
    pub author: Person,
    /// The number of the post it answers.
    pub reply_to: Option<u32>,
    /// The number, author and words of a post it quotes.
    pub quote: Option<(u32, String, String)>,
    /// Paragraphs apart by an empty line.
    pub words: Words,
    /// Likes it ends up with.
    pub likes: u32,
    /// A system's line, such as `closed.enabled`, instead of a post.
    pub action: Option<&'static str>,
}

/// How a feed is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedFormat {
    /// RSS 2.0, the newest hundred items, older ones by `?paged=2` as WordPress does it.
    Rss,
    /// Atom with archive pages by `rel=next` (RFC 5005).
    Atom,
    /// JSON Feed 1.1 with `next_url`.
    Json,
}

/// A site with a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// Host of its origin.
    pub host: &'static str,
    /// The feed's path.
    pub path: &'static str,
    /// For a person.
    pub title: &'static str,
    /// BCP 47.
    pub language: &'static str,
    /// How it is written.
    pub format: FeedFormat,
    /// In time order.
    pub entries: Vec<Entry>,
}

/// An article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The last part of its address, unique in its paper.
    pub slug: String,
    /// When it was published.
    pub at: Timestamp,
    /// Plain text.
    pub title: String,
    /// The writer's name.
    pub author: String,
    /// Paragraphs apart by an empty line.
    pub words: Words,
    /// Lower case.
    pub tags: Vec<&'static str>,
    /// Comments it ends up with.
    pub comments: u32,
}

/// How much of a final count has gathered after a while: half in the first six hours, nearly all after two days.
#[must_use]
pub fn grown(total: u32, from: Timestamp, now: Timestamp) -> u32 {
    let minutes = now.duration_since(from).as_secs().max(0).unsigned_abs() / 60;
    let total = u64::from(total);
    u32::try_from(total * minutes / (minutes + 360)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(text: &str) -> Timestamp {
        text.parse().expect("a valid instant")
    }

    #[test]
    fn words_change_and_go_at_their_instants() {
        let mut words = Words::new("first".to_owned());
        words.change(instant("2026-11-03T00:00:00Z"), None);
        words.change(instant("2026-11-02T00:00:00Z"), Some("second".to_owned()));
        assert_eq!(words.at(instant("2026-11-01T00:00:00Z")).text, Some("first"));
        let second = words.at(instant("2026-11-02T12:00:00Z"));
        assert_eq!((second.text, second.version), (Some("second"), 2));
        assert_eq!(words.at(instant("2026-11-03T00:00:00Z")).text, None);
    }

    #[test]
    fn counts_grow_and_stay_below_their_end() {
        let from = instant("2026-11-01T00:00:00Z");
        assert_eq!(grown(100, from, from), 0);
        assert_eq!(grown(100, from, instant("2026-11-01T06:00:00Z")), 50);
        assert!(grown(100, from, instant("2026-11-30T00:00:00Z")) > 97);
    }
}
