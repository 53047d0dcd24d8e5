//! What a connector wants of its feeds, so that a feed that was read for less is read again.

use std::collections::HashSet;
use std::time::Duration;

use vigie_mention::Instant;
use vigie_mention::delivery::{Clause, Feed, Search};
use vigie_store::{FeedState, Walk, WalkStatus};

use crate::fingerprint::fingerprint;
use crate::plan::{Accept, Connector, Topic};

/// A history that is wanted this much longer is read again.
const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Nobody searches for it: a feed that is planned for this too has nothing to do with searches.
const NO_TOPIC: &str = "vigielooksforlistings";

/// What is wanted of every feed of a connector.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wishes {
    /// How far back history is read.
    pub(crate) history: Option<Duration>,
    /// For each reason to keep a mention a number. A query that is written otherwise and asks the same is the same reason.
    pub(crate) reasons: Vec<u64>,
    /// Ids of the planned feeds that bring the same whatever is searched for. Of a search it is known that its query is its own.
    pub(crate) listings: HashSet<String>,
}

impl Wishes {
    /// Those of a connector; which feeds are listings is not known yet.
    pub(crate) fn of(connector: &Connector, topics: &[Topic]) -> Self {
        let mut reasons: Vec<u64> = topics
            .iter()
            .filter(|topic| connector.topics.contains(&topic.id))
            .flat_map(|topic| {
                let query = |what: &str| fingerprint(&[what.to_owned(), topic.query.fingerprint()]);
                match connector.accept {
                    Accept::Matching => vec![query("matching")],
                    Accept::Conversation => vec![query("matching"), query("answering")],
                    // What it says decides nothing.
                    Accept::Everything => vec![fingerprint(&["everything".to_owned(), topic.id.to_string()])],
                }
            })
            .collect();
        reasons.sort_unstable();
        reasons.dedup();
        Self { history: connector.history, reasons, listings: HashSet::new() }
    }

    /// Whether a feed was read before there was a reason that there is now.
    pub(crate) fn exceed(&self, state: &FeedState) -> bool {
        state.history_of.as_ref().is_some_and(|of| !self.reasons.iter().all(|reason| of.contains(reason)))
    }

    /// The state of a feed from here on: what was read for less is to be read again. What is known then comes as known.
    pub(crate) fn applied(&self, mut state: FeedState, now: Instant) -> FeedState {
        let more = |(history, since): (Duration, Instant)| now - history < since - A_DAY;
        let longer =
            !state.child && state.older.status == WalkStatus::Done && self.history.zip(state.history_since).is_some_and(more);
        let listing = state.child || self.listings.contains(&state.feed.id);
        let others = listing && self.exceed(&state);
        if longer || others {
            state.older = from_the_beginning(state.older);
            state.history_since = None;
        }
        if others && state.child {
            // Of most of what is found on the way, the walk that keeps up reads the whole.
            state.newer = from_the_beginning(state.newer);
        }
        state.history_of = Some(self.reasons.clone());
        state
    }
}

/// A walk that has read nothing yet; a pause that its service asked for is kept.
fn from_the_beginning(walk: Walk) -> Walk {
    match walk.status {
        WalkStatus::Resting { .. } => Walk { cursor: None, ..walk },
        _ => Walk::default(),
    }
}

/// A search for nothing that a topic asks for.
pub(crate) fn for_nothing() -> Search {
    Search { any: vec![Clause { all: vec![NO_TOPIC.to_owned()], none: vec![] }], languages: vec![] }
}

/// Which of the planned feeds are listings, by what was planned for a search for nothing; all of them, if that could not be planned.
pub(crate) fn listings(planned: &[Feed], for_nothing: Option<&[Feed]>) -> HashSet<String> {
    let is_listing = |feed: &&Feed| for_nothing.is_none_or(|others| others.iter().any(|other| other.id == feed.id));
    planned.iter().filter(is_listing).map(|feed| feed.id.clone()).collect()
}
