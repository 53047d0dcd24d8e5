//! Builders for feeds, polls and batches.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Batch, Change, Cursor, Direction, Failure, Feed, Instant, Mention, Next, Poll, settings};

impl Feed {
    /// A feed that never expires and needs nothing but its id to be read.
    #[must_use]
    pub fn new(id: impl Into<String>, title: impl Into<String>) -> Self {
        Self { id: id.into(), title: title.into(), params: String::new(), expires_at: None }
    }

    /// What [`poll`](crate::Source::poll) needs to read the feed, kept as JSON.
    ///
    /// # Panics
    /// When `params` cannot be written as JSON (a map whose keys are no strings): a mistake in the plugin, not in any data.
    #[must_use]
    pub fn with_params(mut self, params: &impl Serialize) -> Self {
        self.params = serde_json::to_string(params).expect("a feed's params have a JSON form");
        self
    }

    /// What [`with_params`](Self::with_params) kept.
    ///
    /// # Errors
    /// Class `gone` where the feed was planned by another version of the plugin: it ends, and a new plan brings it back.
    pub fn read_params<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_str(&self.params).map_err(|error| {
            let cause = settings::without_place(&error);
            Failure::gone(format!("feed `{}` was planned by another version of this plugin: {cause}", self.id))
        })
    }

    /// When the host may forget the feed.
    #[must_use]
    pub fn expires_at(mut self, at: impl Into<Option<Instant>>) -> Self {
        self.expires_at = at.into();
        self
    }
}

impl Poll {
    /// The first poll that keeps up with the head of `feed`, as a plugin's tests need it.
    #[must_use]
    pub fn newer(feed: Feed) -> Self {
        Self { feed, direction: Direction::Newer, cursor: None, since: None, limit: 100 }
    }

    /// The first poll that walks the history of `feed`, as a plugin's tests need it.
    #[must_use]
    pub fn older(feed: Feed) -> Self {
        Self { direction: Direction::Older, ..Self::newer(feed) }
    }

    /// Goes on from `cursor`.
    #[must_use]
    pub fn cursor(mut self, cursor: impl Into<Option<String>>) -> Self {
        self.cursor = cursor.into();
        self
    }

    /// Nothing published before this instant is wanted.
    #[must_use]
    pub fn since(mut self, since: impl Into<Option<Instant>>) -> Self {
        self.since = since.into();
        self
    }

    /// How many mentions are wanted.
    #[must_use]
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = limit;
        self
    }

    /// Where the last batch ended, as the plugin's own type; `None` the first time.
    ///
    /// # Errors
    /// Class `stale-cursor` where another version of the plugin wrote it.
    pub fn position<C: Cursor>(&self) -> Result<Option<C>, Failure> {
        self.cursor.as_deref().map(C::read).transpose()
    }
}

impl Batch {
    /// A batch without changes that leaves the cursor as it is and comes back as the schedule says.
    #[must_use]
    pub fn new() -> Self {
        Self { changes: Vec::new(), feeds: Vec::new(), cursor: None, next: Next::Later(None) }
    }

    /// Adds a mention that is new or was seen again.
    #[must_use]
    pub fn upsert(mut self, mention: Mention) -> Self {
        self.changes.push(Change::Upsert(mention));
        self
    }

    /// Adds mentions that are new or were seen again.
    #[must_use]
    pub fn upserts(mut self, mentions: impl IntoIterator<Item = Mention>) -> Self {
        self.changes.extend(mentions.into_iter().map(Change::Upsert));
        self
    }

    /// Adds a mention that is removed at the source. Only on evidence, never because it was not on a page.
    #[must_use]
    pub fn remove(mut self, id: impl Into<String>) -> Self {
        self.changes.push(Change::Remove(id.into()));
        self
    }

    /// Adds a feed found on the way.
    #[must_use]
    pub fn feed(mut self, feed: Feed) -> Self {
        self.feeds.push(feed);
        self
    }

    /// Where the next poll goes on.
    #[must_use]
    pub fn position(mut self, cursor: &impl Cursor) -> Self {
        self.cursor = Some(cursor.write());
        self
    }

    /// There is more to read at once, from the new cursor on.
    #[must_use]
    pub fn more(mut self) -> Self {
        self.next = Next::More;
        self
    }

    /// The head is reached; it pays to come back after `wait_ms` milliseconds, or as the connector's schedule says.
    #[must_use]
    pub fn later(mut self, wait_ms: impl Into<Option<u64>>) -> Self {
        self.next = Next::Later(wait_ms.into());
        self
    }

    /// This direction has an end and it is reached.
    #[must_use]
    pub fn done(mut self) -> Self {
        self.next = Next::Done;
        self
    }

    /// The mentions of the batch, without removals.
    pub fn mentions(&self) -> impl Iterator<Item = &Mention> {
        self.changes.iter().filter_map(|change| match change {
            Change::Upsert(mention) => Some(mention),
            Change::Remove(_) => None,
        })
    }
}

impl Default for Batch {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FailureClass;

    #[test]
    fn params_come_back_or_end_the_feed() {
        let feed = Feed::new("f", "a feed").with_params(&("a", 3));
        assert_eq!(feed.read_params::<(String, u8)>().expect("what was written"), ("a".to_owned(), 3));
        let failure = feed.read_params::<u8>().expect_err("another type");
        assert_eq!(failure.class, FailureClass::Gone);
        assert!(failure.message.contains("feed `f`"), "{}", failure.message);
    }
}
