//! What goes into the store and what comes out of it, in plain types.
//!
//! Everything here that is kept on disk is written as a map of named fields, and every field that could be missing in an older
//! file has a default: adding a field needs no migration.

use serde::{Deserialize, Serialize};
use vigie_mention::delivery::{Direction, Feed};
use vigie_mention::{Annotation, FailureClass, FeedKey, Instant, Mention, MentionKey, TopicId};

/// What one poll brought; written whole or not at all.
#[derive(Debug, Clone, PartialEq)]
pub struct Commit {
    /// The feed that was read.
    pub feed: FeedKey,
    /// Which of its two walks read it.
    pub direction: Direction,
    /// The host's clock at the time of the poll: becomes `updated_at` and the ledger's hour, and lets child feeds expire.
    pub at: Instant,
    /// Mentions to insert or update, in the order delivered: a later record of the same mention wins. One that was removed is left
    /// removed, and counts as unchanged, unless it was published or edited since or is read again by its id (the feed is
    /// [`KNOWN_FEED`](vigie_mention::KNOWN_FEED)). Where one is no longer what its
    /// [`Basis`] says, nothing of the commit is written: see [`crate::StoreError::Overtaken`].
    pub records: Vec<Record>,
    /// Mentions the service says are gone; those the store does not know are passed over.
    pub removals: Vec<MentionKey>,
    /// Feeds found while reading this one. An unknown one is inserted, a known child only gets a later end.
    pub children: Vec<Feed>,
    /// Replaces the stored state of `feed`, both walks, with what the poll left.
    pub state: FeedState,
    /// Added to the ledger's row of `feed` and the hour of `at`, together with what the receipt says.
    pub coverage: Coverage,
    /// What could not be admitted, annotated or read again.
    pub dead_letters: Vec<DeadLetter>,
}

/// One mention with everything known about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The mention as admitted. For a known mention the stored `collected_at` stays.
    pub mention: Mention,
    /// Every topic it belongs to; replaces the stored ones.
    pub topics: Vec<TopicId>,
    /// Every annotation; replaces the stored ones.
    pub annotations: Vec<Annotation>,
    /// What goes into the facts.
    pub signals: Signals,
    /// What the store had of it when this record was made.
    pub basis: Basis,
}

/// What a [`Record`] was made from: what is delivered of a mention is completed with what is known of it, so a record is only right
/// as long as that is what is known.
///
/// A record that comes out like what is stored (the mention but for `collected_at`, topics and signals) is accepted whatever its basis:
/// nothing is lost by it. Its annotations replace the stored ones.
#[derive(Debug, Clone, PartialEq)]
pub enum Basis {
    /// Nobody looked: the record replaces whatever is there.
    Unseen,
    /// Nothing was stored. Such a mention may come once in a commit, or more often if it comes alike.
    Nothing,
    /// This was stored. Such a mention may come once in a commit, or more often if it comes alike.
    Stored(Box<Seen>),
}

/// What of a stored mention goes into the next record of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// The mention.
    pub mention: Mention,
    /// Topics it belonged to.
    pub topics: Vec<TopicId>,
    /// Topics that connectors had given it; see [`Signals::given`].
    pub given: Option<Vec<TopicId>>,
}

/// Which way an opinion leans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Polarity {
    /// Against.
    Negative,
    /// Neither.
    Neutral,
    /// In favour.
    Positive,
}

/// The annotations that insight counts by, taken out once when the mention is written, and whose they are; and what else is known of
/// how a mention was read that no service says.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Signals {
    /// BCP 47 tag an analyzer found; where absent, facts carry the one the service stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// -1 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentiment: Option<f32>,
    /// Which way it leans.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Polarity>,
    /// Whose the language is: the analyzer and its edition; absent if the service stated it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language_by: Option<String>,
    /// Whose sentiment and label are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentiment_by: Option<String>,
    /// Stands for the analyzers, and their versions, that have all seen the mention as it is; what they found may be nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub analyzed: Option<u64>,
    /// Topics of the connectors that keep whatever their source brings and have brought it: it belongs to them where it matches none of
    /// theirs. Unknown in files of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<Vec<TopicId>>,
}

/// What analyzers and topics now make of mentions that have been stored for a while; written whole or not at all.
#[derive(Debug, Clone, PartialEq)]
pub struct Renewal {
    /// The mentions, by number.
    pub mentions: Vec<Renewed>,
    /// What could not be annotated.
    pub dead_letters: Vec<DeadLetter>,
    /// How far the pass came that this is a part of.
    pub reached: Reached,
}

/// Every mention up to this number has been looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// By a pass that annotates again.
    Analyzed {
        /// Stands for the analyzers and their editions; see [`Signals::analyzed`].
        with: u64,
        /// The number.
        until: u64,
    },
    /// By a pass that matches with the topics last [announced](crate::Store::announce_topics).
    Routed {
        /// The number.
        until: u64,
    },
}

/// One mention annotated again, or under other topics.
#[derive(Debug, Clone, PartialEq)]
pub struct Renewed {
    /// Its number in this store.
    pub number: u64,
    /// What was looked at, told by `updated_at` and `revision`: one that says something else by now was looked at with that change.
    pub of: (Instant, u32),
    /// The topics it belonged to; one that belongs to others by now was looked at with that change.
    pub was: Vec<TopicId>,
    /// Topics it belongs to; replaces the stored ones.
    pub topics: Vec<TopicId>,
    /// Every annotation; replaces the stored ones.
    pub annotations: Vec<Annotation>,
    /// What goes into the facts.
    pub signals: Signals,
}

/// What writing one [`Commit`] changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[must_use]
pub struct Receipt {
    /// Mentions not stored before, or stored, removed, and back with something said since.
    pub new: u32,
    /// Known mentions of which the service now says something else.
    pub updated: u32,
    /// Known mentions that came again as they were (their topics or annotations may have been replaced), and removed ones that came
    /// again with nothing said since.
    pub unchanged: u32,
    /// Mentions turned into tombstones.
    pub removed: u32,
}

/// Where a feed stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeedState {
    /// What to read, in the plugin's words.
    pub feed: Feed,
    /// Found while reading another feed, and gone when it expires; otherwise planned.
    #[serde(default)]
    pub child: bool,
    /// The walk that keeps up with the head.
    #[serde(default)]
    pub newer: Walk,
    /// The walk through the history.
    #[serde(default)]
    pub older: Walk,
    /// From when on that walk was asked to read, at its last poll; unknown in files of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history_since: Option<Instant>,
    /// When a poll of it first went well. The store notes it, whatever a commit says; unknown in files of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_read: Option<Instant>,
    /// Since when its connector's plan has not named it any more; a poll takes that back. See [`crate::Store::note_plan`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unplanned: Option<Instant>,
    /// What was wanted of the feed then, each wish a number; unknown in files of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history_of: Option<Vec<u64>>,
}

impl FeedState {
    /// A feed that was never read.
    #[must_use]
    pub fn new(feed: Feed, child: bool) -> Self {
        let (newer, older) = (Walk::default(), Walk::default());
        Self { feed, child, newer, older, history_since: None, first_read: None, unplanned: None, history_of: None }
    }

    /// The walk in one direction.
    #[must_use]
    pub fn walk(&self, direction: Direction) -> &Walk {
        match direction {
            Direction::Newer => &self.newer,
            Direction::Older => &self.older,
        }
    }

    /// The walk in one direction, to change it.
    pub fn walk_mut(&mut self, direction: Direction) -> &mut Walk {
        match direction {
            Direction::Newer => &mut self.newer,
            Direction::Older => &mut self.older,
        }
    }
}

/// Where one walk through a feed stands.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Walk {
    /// The plugin's own position; `None` is the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Not before this instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_at: Option<Instant>,
    /// What happens next.
    #[serde(default)]
    pub status: WalkStatus,
    /// Polls in a row that failed.
    #[serde(default)]
    pub failures: u32,
    /// Polls ever made.
    #[serde(default)]
    pub polls: u64,
}

/// What happens next to a walk.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WalkStatus {
    /// There is more to read now.
    #[default]
    Reading,
    /// Up to date; comes back at `next_at`.
    Waiting,
    /// Read to its end, for good.
    Done,
    /// Stopped by a failure until a person acts or `next_at` comes.
    Resting {
        /// What kind of failure.
        class: FailureClass,
        /// The plugin's words.
        message: String,
    },
}

/// What was asked of a service and what came of it: one row of the ledger, or what is added to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Coverage {
    /// Polls made.
    pub asked: u32,
    /// Changes the plugin delivered.
    pub received: u32,
    /// Mentions stored for the first time. The store adds the receipt's; leave 0.
    pub new: u32,
    /// Mentions changed. The store adds the receipt's; leave 0.
    pub updated: u32,
    /// Mentions that were known already. The store adds the receipt's `unchanged` to those given here.
    pub known: u32,
    /// Delivered and matching no topic.
    pub off_topic: u32,
    /// Delivered and not admitted.
    pub refused: u32,
    /// Mentions that became tombstones. The store adds the receipt's; leave 0.
    pub removed: u32,
    /// Polls that failed.
    pub failed: u32,
    /// Why the last failed poll failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<FailureClass>,
}

/// An item that a plugin or an analyzer could not deal with, kept for inspection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// The mention it is about; need not be stored.
    pub key: MentionKey,
    /// Id of the plugin that failed, or whose delivery was refused.
    pub plugin: String,
    /// Its version.
    pub version: String,
    /// Where it failed, such as `admit`, `annotate` or [`refresh`](crate::REFRESH).
    pub stage: String,
    /// What went wrong, for a person.
    pub message: String,
    /// When.
    pub at: Instant,
}

/// A stored mention with everything known about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stored {
    /// The mention, as last read.
    pub mention: Mention,
    /// Topics it belongs to.
    pub topics: Vec<TopicId>,
    /// What analyzers found.
    pub annotations: Vec<Annotation>,
    /// What went into the facts.
    pub signals: Signals,
    /// When what the service says of it last changed here; at first, when it was stored.
    pub updated_at: Instant,
    /// How often its title or text changed since it was first read.
    pub revision: u32,
    /// Title and text before the last change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Previous>,
}

/// What a mention said before it was edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Previous {
    /// The former title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The former text.
    pub text: String,
    /// Since when it had said so, as far as Vigie saw.
    pub at: Instant,
}

/// What is left of a removed mention: that it was there, and nothing it said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tombstone {
    /// Its identity.
    pub key: MentionKey,
    /// When its removal was read.
    pub at: Instant,
}
