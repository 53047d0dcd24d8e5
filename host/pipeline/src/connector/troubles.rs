//! What keeps a connector from being read, as it stands: a failure that has passed is no trouble any more.

use vigie_mention::delivery::Direction;
use vigie_store::{Walk, WalkStatus};

/// The troubles of one connector in this run.
#[derive(Default)]
pub(super) struct Troubles {
    /// Why its feeds cannot be named.
    pub(super) plan: Option<String>,
    /// The walks that rest, the latest last.
    walks: Vec<(String, Direction, String)>,
}

impl Troubles {
    /// Takes note of how a poll left its walk.
    pub(super) fn settle(&mut self, feed: &str, direction: Direction, walk: &Walk) {
        self.walks.retain(|(of, to, _)| (of.as_str(), *to) != (feed, direction));
        if let WalkStatus::Resting { class, message } = &walk.status {
            self.walks.push((feed.to_owned(), direction, format!("{class}: {message}")));
        }
    }

    /// The latest of those that remain.
    pub(super) fn last(self) -> Option<String> {
        self.plan.or_else(|| self.walks.into_iter().next_back().map(|(_, _, trouble)| trouble))
    }
}
