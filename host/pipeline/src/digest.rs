//! From what one poll brought to the one commit that stores it.

use std::collections::{HashMap, HashSet};

use tokio::sync::mpsc::UnboundedSender;
use vigie_mention::delivery::{Batch, Change, Direction};
use vigie_mention::{FeedKey, Instant, Mention, MentionKey, TopicId};
use vigie_runtime::Read;
use vigie_store::{Commit, Coverage, DeadLetter, FeedState, Record, Snapshot, StoreError, Stored};

use crate::admit::{Admission, admit, admit_id};
use crate::annotate::{Annotator, Item};
use crate::event::Event;
use crate::route::{Bearer, Delivered, Router};

/// What digesting needs to know besides the batch.
pub(crate) struct Digest<'a> {
    pub(crate) admission: Admission,
    pub(crate) bearer: Bearer<'a>,
    pub(crate) router: &'a Router,
    pub(crate) annotator: &'a Annotator,
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) events: &'a UnboundedSender<Event>,
}

/// A commit, and what it leaves to tell.
pub(crate) struct Digested {
    pub(crate) commit: Commit,
    /// Oldest instant among the mentions delivered.
    pub(crate) reached: Option<Instant>,
}

enum Fate {
    Keep(Box<Mention>),
    Remove(MentionKey),
}

impl Fate {
    /// What becomes of a mention that was delivered twice in one batch.
    fn after(mut self, earlier: &Self) -> Self {
        if let (Self::Keep(mention), Self::Keep(known)) = (&mut self, earlier) {
            mention.keep_known(known);
        }
        self
    }
}

impl Digest<'_> {
    /// Admits, matches and annotates a batch. The feed's `state` is already the one after this poll.
    pub(crate) async fn batch(
        &self,
        key: FeedKey,
        direction: Direction,
        state: FeedState,
        batch: Batch,
    ) -> Result<Digested, StoreError> {
        let now = self.admission.now;
        let received = u32::try_from(batch.changes.len()).unwrap_or(u32::MAX);
        let mut coverage = Coverage { asked: 1, received, ..Coverage::default() };
        let mut dead_letters = Vec::new();
        let mut reached = None;

        let (mut removals, mut delivered) = (Vec::new(), Vec::new());
        for fate in self.admit_all(batch.changes, &mut coverage, &mut dead_letters) {
            let mut mention = match fate {
                Fate::Remove(key) => {
                    removals.push(key);
                    continue;
                }
                Fate::Keep(mention) => *mention,
            };
            reached = Some(reached.map_or(mention.at(), |oldest: Instant| oldest.min(mention.at())));
            let stored = self.snapshot.mention(&mention.key())?;
            if let Some(stored) = &stored {
                mention.keep_known(&stored.mention);
            }
            delivered.push(Delivered { mention, stored });
        }
        let routes = self.router.route(&delivered, self.bearer, self.snapshot)?;
        let (mut items, mut annotated) = (Vec::new(), Vec::new());
        for (Delivered { mention, stored }, topics) in delivered.into_iter().zip(routes) {
            let Some(topics) = topics else {
                coverage.off_topic += 1;
                continue;
            };
            match stored {
                Some(stored) if self.still_holds(&stored, &mention, &topics) => {
                    annotated.push(Item { mention, topics, annotations: stored.annotations });
                }
                _ => items.push(Item { mention, topics, annotations: Vec::new() }),
            }
        }
        let failed = self.annotator.annotate(&mut items, now, self.events).await;
        items.append(&mut annotated);

        let without: HashSet<&MentionKey> = failed.iter().map(|letter| &letter.key).collect();
        let record = |Item { mention, topics, annotations }: Item| {
            let complete = without.is_empty() || !without.contains(&mention.key());
            let signals = self.annotator.signals(&mention, &annotations, complete);
            Record { mention, topics, annotations, signals }
        };
        let records = items.into_iter().map(record).collect();
        dead_letters.extend(failed);
        let commit =
            Commit { feed: key, direction, at: now, records, removals, children: batch.feeds, state, coverage, dead_letters };
        Ok(Digested { commit, reached })
    }

    /// Admits every change; of several about one mention the last counts, in the place of the first.
    fn admit_all(&self, changes: Vec<Change>, coverage: &mut Coverage, letters: &mut Vec<DeadLetter>) -> Vec<Fate> {
        let Admission { source, instance, now, .. } = &self.admission;
        let key = |id: &str| MentionKey { source: source.clone(), instance: instance.clone(), id: id.to_owned() };
        let mut places: HashMap<String, usize> = HashMap::with_capacity(changes.len());
        let mut fates: Vec<Fate> = Vec::with_capacity(changes.len());
        for change in changes {
            let (id, fate) = match change {
                Change::Remove(id) => (id.clone(), admit_id(&id).map(|id| Fate::Remove(key(id)))),
                Change::Upsert(raw) => {
                    (raw.id.clone(), admit(&self.admission, *raw).map(|mention| Fate::Keep(Box::new(mention))))
                }
            };
            match fate {
                Ok(fate) => {
                    let id = match &fate {
                        Fate::Keep(mention) => mention.id.clone(),
                        Fate::Remove(key) => key.id.clone(),
                    };
                    match places.get(&id) {
                        Some(&place) => {
                            coverage.known += 1;
                            fates[place] = fate.after(&fates[place]);
                        }
                        None => {
                            places.insert(id, fates.len());
                            fates.push(fate);
                        }
                    }
                }
                Err(refusal) => {
                    coverage.refused += 1;
                    let id: String = id.chars().filter(|char| !char.is_control()).take(80).collect();
                    tracing::debug!(source = %source, id, %refusal, "mention refused");
                    letters.push(DeadLetter {
                        key: key(&id),
                        plugin: source.clone(),
                        version: String::new(),
                        stage: "admit".to_owned(),
                        message: refusal.to_string(),
                        at: *now,
                    });
                }
            }
        }
        fates
    }

    /// Whether the annotations of a stored mention hold for the one delivered now, so that nothing is analyzed twice.
    fn still_holds(&self, stored: &Stored, mention: &Mention, topics: &[TopicId]) -> bool {
        let known = &stored.mention;
        let unread = |key: &str| !self.annotator.reads(&Read::Annotation(key.to_owned()));
        (&known.text, &known.title, &known.language, known.kind)
            == (&mention.text, &mention.title, &mention.language, mention.kind)
            && known.rating == mention.rating
            && (known.author == mention.author || !self.annotator.reads(&Read::Author))
            && (stored.topics == topics || unread("topics"))
            && (known.hashtags == mention.hashtags || unread("hashtags"))
            && stored.signals.analyzed == Some(self.annotator.fingerprint())
    }
}

/// The commit of a poll that brought nothing but a failure.
pub(crate) fn failed(
    key: FeedKey,
    direction: Direction,
    state: FeedState,
    failure: Option<vigie_mention::FailureClass>,
    now: Instant,
) -> Commit {
    Commit {
        feed: key,
        direction,
        at: now,
        records: Vec::new(),
        removals: Vec::new(),
        children: Vec::new(),
        state,
        coverage: Coverage { asked: 1, failed: 1, failure, ..Coverage::default() },
        dead_letters: Vec::new(),
    }
}
