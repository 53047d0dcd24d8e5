//! Looking: single mentions, feeds, counts.

use std::io::Write;

use redb::{ReadTransaction, ReadableTable, ReadableTableMetadata};
use vigie_mention::{Annotation, ConnectorId, FeedKey, Instant, Mention, MentionKey, TopicId, Window};

use crate::error::{Fault, Site};
use crate::row::{Row, decode, stays_removed};
use crate::tables::{
    ANNOTATIONS, AUTHORS, DEAD_LETTERS, DROPPED_COUNTER, EVERY_MENTION, FACTS, FEEDS, KEYS, LEDGER, MENTIONS, META, Place,
    RENEWED_UNTIL, RENEWED_WITH, TOMBSTONES, TOPICS, place, placed,
};
use crate::{
    Analysis, AnalysisId, AuthorName, DeadLetter, Fact, Facts, FeedState, Filter, InUse, Ledger, Mentions, NameId, Routing,
    StoreError, Stored, Tombstone, analyses, dead, dump, feeds, in_use, ledger, names, routed, verify,
};

/// What a commit would make of a mention that was just read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// Never seen.
    New,
    /// Seen, and removed by its service since.
    Removed,
    /// Stored, and the service says something else of it now.
    Changed,
    /// Stored, exactly so.
    Same,
}

/// How much is in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    /// Stored mentions.
    pub mentions: u64,
    /// Removed mentions.
    pub tombstones: u64,
    /// Facts over all topics.
    pub facts: u64,
    /// Authors of stored mentions.
    pub authors: u64,
    /// Feeds, planned and found.
    pub feeds: u64,
    /// Dead letters kept.
    pub dead_letters: u64,
    /// Dead letters dropped, oldest first, because there were too many.
    pub dead_letters_dropped: u64,
}

/// How far a pass over stored mentions came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reach {
    /// Stands for the analyzers of the last pass; see [`crate::Signals::analyzed`].
    pub analyzed: u64,
    /// Number of the mention up to which it looked at everything …
    pub until: u64,
    /// … of the last one there is.
    pub last: u64,
}

/// A consistent look at the store; later commits do not change it.
///
/// # Errors
/// Every method fails only when the disk does or the file is damaged.
pub struct Snapshot {
    pub(crate) transaction: ReadTransaction,
    pub(crate) site: Site,
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Snapshot").field("path", &self.site.path()).finish_non_exhaustive()
    }
}

impl Snapshot {
    pub(crate) fn new(transaction: ReadTransaction, site: Site) -> Self {
        Self { transaction, site }
    }

    fn answer<T>(&self, answer: Result<T, Fault>) -> Result<T, StoreError> {
        answer.map_err(|fault| self.site.error(fault))
    }

    /// A stored mention.
    pub fn mention(&self, key: &MentionKey) -> Result<Option<Stored>, StoreError> {
        self.answer(self.number(key).and_then(|number| number.map_or(Ok(None), |number| self.numbered(number))))
    }

    /// The mention a fact of this store tells of; `None` if it was removed since the fact was read.
    pub fn mention_of(&self, fact: &Fact) -> Result<Option<Stored>, StoreError> {
        self.answer(self.numbered(fact.mention))
    }

    /// At most so many mentions behind a number, in the order in which they were first stored.
    pub fn stored_after(&self, number: u64, most: usize) -> Result<Vec<(u64, Stored)>, StoreError> {
        let read = || {
            let mentions = self.transaction.open_table(MENTIONS)?;
            let annotations = self.transaction.open_table(ANNOTATIONS)?;
            let mut found = Vec::new();
            for row in mentions.range(number.saturating_add(1)..)?.take(most) {
                let number = row?.0.value();
                found.extend(stored(&mentions, &annotations, number)?.map(|stored| (number, stored)));
            }
            Ok(found)
        };
        self.answer(read())
    }

    /// How far the [`crate::Renewal`]s by analyzers came.
    pub fn renewed(&self) -> Result<Reach, StoreError> {
        let read = || {
            let meta = self.transaction.open_table(META)?;
            let value = |key: &str| Ok::<_, Fault>(meta.get(key)?.map_or(0, |value| value.value()));
            Ok(Reach { analyzed: value(RENEWED_WITH)?, until: value(RENEWED_UNTIL)?, last: routed::last(&meta)? })
        };
        self.answer(read())
    }

    /// How far stored mentions are matched with the topics last announced.
    pub fn routing(&self) -> Result<Routing, StoreError> {
        self.answer(self.transaction.open_table(META).map_err(Fault::from).and_then(|meta| routed::read(&meta)))
    }

    /// The analyzers of the last run, whose results count; `None` before the first.
    pub fn in_use(&self) -> Result<Option<InUse>, StoreError> {
        self.answer(self.transaction.open_table(META).map_err(Fault::from).and_then(|meta| in_use::read(&meta)))
    }

    /// Whose results the facts carry.
    pub fn analyses(&self) -> Result<Vec<(AnalysisId, Analysis)>, StoreError> {
        self.answer(self.transaction.open_table(META).map_err(Fault::from).and_then(|meta| analyses::pairs(&meta)))
    }

    /// For each key, in their order, whether it is stored; removed ones are not.
    pub fn known(&self, keys: &[MentionKey]) -> Result<Vec<bool>, StoreError> {
        self.answer(keys.iter().map(|key| Ok(self.number(key)?.is_some())).collect())
    }

    /// What a commit would make of this mention; nothing need be analysed for one that is the `Same`.
    pub fn compare(&self, mention: &Mention) -> Result<Known, StoreError> {
        let key = mention.key();
        let compare = || {
            let Some(identity) = names::identity_of(&self.transaction, &key)? else { return Ok(Known::New) };
            let Some(number) = self.transaction.open_table(KEYS)?.get(identity.as_slice())? else {
                let removed = self.transaction.open_table(TOMBSTONES)?.get(identity.as_slice())?;
                let removed = removed.map(|at| Instant::from_millis(at.value()));
                let holds = removed.is_some_and(|removed| stays_removed(removed, mention));
                return Ok(if holds { Known::Removed } else { Known::New });
            };
            let Some(stored) = self.transaction.open_table(MENTIONS)?.get(number.value())? else { return Ok(Known::New) };
            let mut row: Row = decode(&format!("mention {key}"), stored.value())?;
            Ok(if row.supersedes(mention) || row.is(mention) { Known::Same } else { Known::Changed })
        };
        self.answer(compare())
    }

    /// Whether it was stored, and removed by its service.
    pub fn is_removed(&self, key: &MentionKey) -> Result<bool, StoreError> {
        let removed = || match names::identity_of(&self.transaction, key)? {
            Some(identity) => Ok(self.transaction.open_table(TOMBSTONES)?.get(identity.as_slice())?.is_some()),
            None => Ok(false),
        };
        self.answer(removed())
    }

    /// Every feed of a connector, by id.
    pub fn feeds(&self, connector: &ConnectorId) -> Result<Vec<(FeedKey, FeedState)>, StoreError> {
        let all = || {
            let mut all = Vec::new();
            for row in self.transaction.open_table(FEEDS)?.range((connector.as_str(), "")..)? {
                let (key, row) = row?;
                let (of, feed) = key.value();
                if of != connector.as_str() {
                    break;
                }
                all.push((FeedKey { connector: connector.clone(), feed: feed.to_owned() }, feeds::read(feed, row.value())?));
            }
            Ok(all)
        };
        self.answer(all())
    }

    /// Every feed of every connector, by connector and id.
    pub fn all_feeds(&self) -> Result<Vec<(FeedKey, FeedState)>, StoreError> {
        let all = || {
            let mut all = Vec::new();
            for row in self.transaction.open_table(FEEDS)?.iter()? {
                let (key, row) = row?;
                let (connector, feed) = key.value();
                all.push((ledger::feed_key(connector, feed)?, feeds::read(feed, row.value())?));
            }
            Ok(all)
        };
        self.answer(all())
    }

    /// Where a feed stands.
    pub fn feed(&self, key: &FeedKey) -> Result<Option<FeedState>, StoreError> {
        let read = || match self.transaction.open_table(FEEDS)?.get((key.connector.as_str(), key.feed.as_str()))? {
            Some(row) => feeds::read(&key.feed, row.value()).map(Some),
            None => Ok(None),
        };
        self.answer(read())
    }

    /// Mentions that meet the filter, in time order, read as they are asked for.
    pub fn mentions(&self, filter: &Filter) -> Result<Mentions, StoreError> {
        self.answer(Mentions::matching(&self.transaction, filter, &self.site))
    }

    /// Facts of a topic inside the window, in time order; none for a topic never seen.
    pub fn facts(&self, topic: &TopicId, window: Window) -> Result<Facts, StoreError> {
        let facts = || match names::topic_number(&self.transaction, topic)? {
            Some(number) => Facts::within(&self.transaction.open_table(FACTS)?, number, window, self.site.clone()),
            None => Ok(Facts::none(self.site.clone())),
        };
        self.answer(facts())
    }

    /// One fact for every mention inside the window, whatever its topics, in time order.
    pub fn all_facts(&self, window: Window) -> Result<Facts, StoreError> {
        let facts = || Facts::within(&self.transaction.open_table(FACTS)?, EVERY_MENTION, window, self.site.clone());
        self.answer(facts())
    }

    /// What a name id of this store stands for: the id of a source, a language tag, or what to show of an author.
    pub fn name(&self, id: NameId) -> Result<Option<String>, StoreError> {
        let name = || match names::text_of(&self.transaction, id.0)? {
            Some(text) => Ok(Some(text)),
            None => Ok(names::author_of(&self.transaction, id.0)?.map(|author| author.shown().to_owned())),
        };
        self.answer(name())
    }

    /// The author a name id of this store stands for.
    pub fn author(&self, id: NameId) -> Result<Option<AuthorName>, StoreError> {
        self.answer(names::author_of(&self.transaction, id.0))
    }

    /// Rows of the ledger for every hour the window touches, by hour, then connector and feed.
    pub fn ledger(&self, window: Window) -> Result<Ledger, StoreError> {
        let ledger = || Ledger::within(&self.transaction.open_table(LEDGER)?, window, self.site.clone());
        self.answer(ledger())
    }

    /// Every dead letter, by mention, plugin and stage.
    pub fn dead_letters(&self) -> Result<Vec<DeadLetter>, StoreError> {
        let all = || {
            let table = self.transaction.open_table(DEAD_LETTERS)?;
            let mut all = table.iter()?.map(|row| dead::read(row?.1.value())).collect::<Result<Vec<_>, Fault>>()?;
            all.sort_unstable_by(|a, b| (&a.key, &a.plugin, &a.stage).cmp(&(&b.key, &b.plugin, &b.stage)));
            Ok(all)
        };
        self.answer(all())
    }

    /// Every tombstone, by key.
    pub fn tombstones(&self) -> Result<Vec<Tombstone>, StoreError> {
        let all = || {
            let mut all = Vec::new();
            for row in self.transaction.open_table(TOMBSTONES)?.iter()? {
                let (identity, at) = row?;
                let key = names::key_of(&self.transaction, identity.value())?;
                all.push(Tombstone { key, at: Instant::from_millis(at.value()) });
            }
            all.sort_unstable_by(|a, b| a.key.cmp(&b.key));
            Ok(all)
        };
        self.answer(all())
    }

    /// Topics that any mention was ever stored under, by name.
    pub fn topics(&self) -> Result<Vec<TopicId>, StoreError> {
        let all = || {
            let table = self.transaction.open_table(TOPICS)?;
            table
                .iter()?
                .map(|row| TopicId::new(row?.0.value()).map_err(|error| Fault::Damaged(error.to_string())))
                .collect::<Result<_, _>>()
        };
        self.answer(all())
    }

    /// When the oldest and the newest mention were published; `None` for an empty store.
    pub fn span(&self) -> Result<Option<(Instant, Instant)>, StoreError> {
        let ends = || {
            let table = self.transaction.open_table(FACTS)?;
            let first = place(EVERY_MENTION, Instant::from_millis(i64::MIN), 0);
            let last = place(EVERY_MENTION, Instant::from_millis(i64::MAX), u64::MAX);
            let mut all = table.range::<&Place>(&first..=&last)?;
            let Some(oldest) = all.next().transpose()? else { return Ok(None) };
            let oldest = placed(oldest.0.value()).0;
            let newest = all.next_back().transpose()?.map_or(oldest, |newest| placed(newest.0.value()).0);
            Ok(Some((oldest, newest)))
        };
        self.answer(ends())
    }

    /// How much there is; quick, whatever the size.
    pub fn stats(&self) -> Result<Stats, StoreError> {
        let stats = || {
            let dropped = self.transaction.open_table(META)?.get(DROPPED_COUNTER)?.map_or(0, |count| count.value());
            Ok(Stats {
                mentions: self.transaction.open_table(MENTIONS)?.len()?,
                tombstones: self.transaction.open_table(TOMBSTONES)?.len()?,
                facts: self.transaction.open_table(FACTS)?.len()? - self.transaction.open_table(MENTIONS)?.len()?,
                authors: self.transaction.open_table(AUTHORS)?.len()?,
                feeds: self.transaction.open_table(FEEDS)?.len()?,
                dead_letters: self.transaction.open_table(DEAD_LETTERS)?.len()?,
                dead_letters_dropped: dropped,
            })
        };
        self.answer(stats())
    }

    /// Writes the logical content as JSON lines sorted by key, the same for two stores that were told the same, along whatever
    /// road: mentions with topics and annotations, tombstones, feeds with their cursors, dead letters, and how many mentions the
    /// ledger counts as new. Leaves out numbers this file made up, and how often and when something was or will be tried.
    pub fn dump(&self, out: &mut impl Write) -> Result<(), StoreError> {
        self.answer(dump::write(self, out, dump::Clocks::Shown))
    }

    /// As [`Snapshot::dump`], without what the host's clock decided (when something was collected, updated, removed, expires): to
    /// compare two runs of a program at different times.
    pub fn dump_timeless(&self, out: &mut impl Write) -> Result<(), StoreError> {
        self.answer(dump::write(self, out, dump::Clocks::Hidden))
    }

    /// Checks the invariants that `tables.rs` states, reading everything.
    ///
    /// # Errors
    /// `Damaged` with the first place where one does not hold.
    pub fn verify(&self) -> Result<(), StoreError> {
        self.answer(verify::verify(self))
    }

    fn number(&self, key: &MentionKey) -> Result<Option<u64>, Fault> {
        match names::identity_of(&self.transaction, key)? {
            Some(identity) => Ok(self.transaction.open_table(KEYS)?.get(identity.as_slice())?.map(|number| number.value())),
            None => Ok(None),
        }
    }

    pub(crate) fn numbered(&self, number: u64) -> Result<Option<Stored>, Fault> {
        let mentions = self.transaction.open_table(MENTIONS)?;
        let annotations = self.transaction.open_table(ANNOTATIONS)?;
        stored(&mentions, &annotations, number)
    }
}

/// A mention and its annotations, by number.
pub(crate) fn stored(
    mentions: &impl ReadableTable<u64, &'static [u8]>,
    annotations: &impl ReadableTable<u64, &'static [u8]>,
    number: u64,
) -> Result<Option<Stored>, Fault> {
    let Some(row) = mentions.get(number)? else { return Ok(None) };
    let row: Row = decode(&format!("mention number {number}"), row.value())?;
    let annotations: Vec<Annotation> = match annotations.get(number)? {
        Some(annotations) => decode(&format!("the annotations of {}", row.mention.key()), annotations.value())?,
        None => Vec::new(),
    };
    let Row { mention, topics, signals, updated_at, revision, previous } = row;
    Ok(Some(Stored { mention, topics, annotations, signals, updated_at, revision, previous }))
}
