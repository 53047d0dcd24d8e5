//! What happens while the pipeline runs, for whoever watches.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::Serialize;
use vigie_mention::delivery::Direction;
use vigie_mention::{ConnectorId, FailureClass, Instant};

/// One thing that happened. Events inform; nothing depends on their being read.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are what their names say, in the contract's words")]
pub enum Event {
    /// A connector knows its feeds.
    Planned { connector: ConnectorId, feeds: usize },
    /// A batch was committed. `reached` is the oldest instant in it, `since` where the walk into history ends.
    Committed {
        connector: ConnectorId,
        feed: String,
        direction: Direction,
        tally: Tally,
        reached: Option<Instant>,
        since: Option<Instant>,
    },
    /// The service asked to wait, or a retry is due later.
    Waiting { connector: ConnectorId, feed: String, pause: Duration, class: FailureClass, message: String },
    /// A poll failed; the feed rests or goes on later.
    Failed { connector: ConnectorId, feed: String, class: FailureClass, message: String },
    /// A service that names more pages for ever; the rest is left to the next run on demand.
    Unfinished { connector: ConnectorId, polls: u64 },
    /// The plugin itself broke: a trap, a limit, an answer outside the contract.
    Fault { connector: ConnectorId, plugin: String, message: String },
    /// A plugin broke too often and rests.
    Quarantined { plugin: String, until: Instant, message: String },
    /// The connector rests until its settings or credentials change.
    Resting { connector: ConnectorId, class: FailureClass, message: String },
    /// An analyzer could not annotate some mentions; they are kept with the failure.
    Unannotated { analyzer: String, mentions: usize, message: String },
    /// Stored mentions were annotated again, because analyzers changed.
    Reanalyzed { progress: Reanalyzed },
    /// Stored mentions were matched again, because topics changed.
    Rerouted { progress: Reanalyzed },
    /// The connector has nothing more to do in this run.
    Finished { connector: ConnectorId, tally: Tally },
}

/// How far a pass over stored mentions came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Reanalyzed {
    /// Mentions under other topics than before.
    pub moved: u64,
    /// Mentions annotated again.
    pub renewed: u64,
    /// Mentions looked at, those that needed nothing included.
    pub seen: u64,
    /// Failures of analyzers on single mentions.
    pub failed: u64,
    /// Number of the mention up to which everything was looked at, by this pass and those it goes on from …
    pub reached: u64,
    /// … of the last one there is.
    pub last: u64,
    /// Whether all was looked at.
    pub done: bool,
}

/// What came of some polls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Tally {
    /// Polls made.
    pub polls: u64,
    /// Polls that failed.
    pub failed: u64,
    /// Changes delivered by the source.
    pub received: u64,
    /// Mentions stored for the first time.
    pub new: u64,
    /// Known mentions that changed.
    pub updated: u64,
    /// Known mentions delivered again unchanged.
    pub known: u64,
    /// Mentions that match no topic of the connector.
    pub off_topic: u64,
    /// Mentions that admission refused.
    pub refused: u64,
    /// Mentions removed at the source.
    pub removed: u64,
    /// Failures of analyzers on single mentions.
    pub dead_letters: u64,
}

impl Tally {
    /// Adds another tally to this one.
    pub fn add(&mut self, other: &Self) {
        self.polls += other.polls;
        self.failed += other.failed;
        self.received += other.received;
        self.new += other.new;
        self.updated += other.updated;
        self.known += other.known;
        self.off_topic += other.off_topic;
        self.refused += other.refused;
        self.removed += other.removed;
        self.dead_letters += other.dead_letters;
    }
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Summary {
    /// By connector.
    pub connectors: BTreeMap<ConnectorId, Tally>,
    /// By connector: the last failure, for those that at the end still could not read something.
    pub failures: BTreeMap<ConnectorId, String>,
    /// Those of them that could read nothing at all: no poll went well.
    pub unread: BTreeSet<ConnectorId>,
    /// Whether the run was asked to stop before it had nothing more to do.
    pub stopped: bool,
}

impl Summary {
    /// Whether there was something to read from and nothing could be.
    #[must_use]
    pub fn is_blind(&self) -> bool {
        !self.unread.is_empty() && self.unread.len() == self.connectors.len()
    }

    /// All connectors together.
    #[must_use]
    pub fn total(&self) -> Tally {
        let mut total = Tally::default();
        for tally in self.connectors.values() {
            total.add(tally);
        }
        total
    }
}
