//! From what one poll brought to the one commit that stores it.

use std::collections::{HashMap, HashSet};

use tokio::sync::mpsc::UnboundedSender;
use vigie_mention::delivery::{Change, Direction, Feed};
use vigie_mention::{Annotation, FailureClass, FeedKey, Instant, KNOWN_FEED, Mention, MentionKey, TopicId};
use vigie_runtime::Read;
use vigie_store::{Basis, Commit, Coverage, DeadLetter, FeedState, Known, REFRESH, Record, Seen, Snapshot, StoreError, Stored};

use crate::admit::{Admission, admit, admit_id};
use crate::annotate::{ANNOTATE, Annotator, Item};
use crate::event::Event;
use crate::known::Again;
use crate::route::{Bearer, Delivered, Route, Router};

/// What digesting needs to know besides the batch.
pub(crate) struct Digest<'a> {
    pub(crate) bearer: Bearer<'a>,
    pub(crate) router: &'a Router,
    pub(crate) annotator: &'a Annotator,
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) events: &'a UnboundedSender<Event>,
    /// What an earlier digest of the same batch came to, against what was stored then.
    pub(crate) earlier: Option<&'a Commit>,
}

/// Which poll a batch is of.
pub(crate) struct Poll {
    pub(crate) key: FeedKey,
    pub(crate) direction: Direction,
    /// The feed's state after this poll.
    pub(crate) state: FeedState,
    /// What ended it after it had brought something.
    pub(crate) failure: Option<FailureClass>,
    pub(crate) at: Instant,
}

/// A batch after admission, as delivered: what is stored may change before it is committed, and then it is digested again.
pub(crate) struct Admitted {
    mentions: Vec<Mention>,
    removals: Vec<MentionKey>,
    children: Vec<Feed>,
    coverage: Coverage,
    /// About what was refused, and what could not be read again.
    letters: Vec<DeadLetter>,
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
    /// Completes the mentions with what is known of them, matches and annotates them.
    pub(crate) async fn batch(&self, poll: &Poll, batch: &Admitted) -> Result<Commit, StoreError> {
        let (failed, failure) = (u32::from(poll.failure.is_some()), poll.failure);
        let mut coverage = Coverage { failed, failure, ..batch.coverage };
        let mut delivered = Vec::with_capacity(batch.mentions.len());
        for mention in &batch.mentions {
            let mut mention = mention.clone();
            let stored = self.snapshot.mention(&mention.key())?;
            match &stored {
                Some(stored) => mention.keep_known(&stored.mention),
                // A search that lags behind its pages: what was removed is not even looked at.
                None if poll.key.feed != KNOWN_FEED && self.snapshot.compare(&mention)? == Known::Removed => {
                    coverage.known += 1;
                    continue;
                }
                None => {}
            }
            delivered.push(Delivered { mention, stored });
        }
        let routes = self.router.route(&delivered, self.bearer, self.snapshot)?;
        let mut earlier = Earlier::new(self.earlier);
        let (mut items, mut bases, mut annotated) = (Vec::new(), Vec::new(), Vec::new());
        for (Delivered { mention, stored }, route) in delivered.into_iter().zip(routes) {
            let Some(Route { topics, given }) = route else {
                coverage.off_topic += 1;
                continue;
            };
            let holds = stored.as_ref().is_some_and(|stored| self.still_holds(stored, &mention, &topics));
            let (basis, known) = basis(stored);
            let alike = |earlier: &Record| self.reads_alike((&earlier.mention, &earlier.topics), (&mention, &topics));
            let known = if holds { Some(known) } else { earlier.annotations(&mention.id, alike) };
            match known {
                Some(annotations) => annotated.push((Item { mention, topics, given, annotations }, basis)),
                None => {
                    items.push(Item { mention, topics, given, annotations: Vec::new() });
                    bases.push(basis);
                }
            }
        }
        let mut failed = self.annotator.annotate(&mut items, poll.at, self.events).await;
        failed.append(&mut earlier.failed);

        let without: HashSet<&MentionKey> = failed.iter().map(|letter| &letter.key).collect();
        let record = |(item, basis): (Item, Basis)| {
            let complete = without.is_empty() || !without.contains(&item.mention.key());
            let signals = self.annotator.signals(&item, complete);
            let Item { mention, topics, annotations, .. } = item;
            Record { mention, topics, annotations, signals, basis }
        };
        let records = items.into_iter().zip(bases).chain(annotated).map(record).collect();
        Ok(Commit {
            feed: poll.key.clone(),
            direction: poll.direction,
            at: poll.at,
            records,
            removals: batch.removals.clone(),
            children: batch.children.clone(),
            state: poll.state.clone(),
            coverage,
            dead_letters: batch.letters.iter().cloned().chain(failed).collect(),
        })
    }

    /// Whether the annotations of a stored mention hold for the one delivered now, so that nothing is analyzed twice.
    fn still_holds(&self, stored: &Stored, mention: &Mention, topics: &[TopicId]) -> bool {
        stored.signals.analyzed == Some(self.annotator.fingerprint())
            && self.reads_alike((&stored.mention, &stored.topics), (mention, topics))
    }

    /// Whether the analyzers get to see the same of both.
    fn reads_alike(&self, (known, known_topics): (&Mention, &[TopicId]), (mention, topics): (&Mention, &[TopicId])) -> bool {
        let unread = |key: &str| !self.annotator.reads(&Read::Annotation(key.to_owned()));
        (&known.text, &known.title, &known.language, known.kind)
            == (&mention.text, &mention.title, &mention.language, mention.kind)
            && known.rating == mention.rating
            && (known.author == mention.author || !self.annotator.reads(&Read::Author))
            && (known_topics == topics || unread("topics"))
            && (known.hashtags == mention.hashtags || unread("hashtags"))
    }
}

/// What a record is made from, and the annotations it had.
fn basis(stored: Option<Stored>) -> (Basis, Vec<Annotation>) {
    match stored {
        Some(Stored { mention, topics, annotations, signals, .. }) => {
            (Basis::Stored(Box::new(Seen { mention, topics, given: signals.given })), annotations)
        }
        None => (Basis::Nothing, Vec::new()),
    }
}

/// What the analyzers said, or failed on, the last time the batch was digested; most of it comes out the same again.
struct Earlier<'a> {
    records: HashMap<&'a str, &'a Record>,
    letters: &'a [DeadLetter],
    /// Of the mentions taken over: what could not be annotated.
    failed: Vec<DeadLetter>,
}

impl<'a> Earlier<'a> {
    fn new(commit: Option<&'a Commit>) -> Self {
        let records = commit.map_or(&[][..], |commit| &commit.records);
        Self {
            records: records.iter().map(|record| (record.mention.id.as_str(), record)).collect(),
            letters: commit.map_or(&[], |commit| &commit.dead_letters),
            failed: Vec::new(),
        }
    }

    /// The annotations of this mention, if what analyzers read of it came out the same. What they failed on then, they are not asked
    /// again: it would count against them twice.
    fn annotations(&mut self, id: &str, alike: impl FnOnce(&Record) -> bool) -> Option<Vec<Annotation>> {
        let record = self.records.get(id).copied().filter(|record| alike(record))?;
        let about = |letter: &&DeadLetter| letter.stage == ANNOTATE && letter.key.id == id;
        self.failed.extend(self.letters.iter().filter(about).cloned());
        Some(record.annotations.clone())
    }
}

impl Admitted {
    /// Admits every change that a poll brought, and notes what could not be read again.
    pub(crate) fn of(again: Again, admission: &Admission) -> Self {
        let Again { batch, asked, broken, refused, .. } = again;
        let received = u32::try_from(batch.changes.len()).unwrap_or(u32::MAX);
        let mut coverage = Coverage { asked: asked.into(), received, ..Coverage::default() };
        let (mut mentions, mut removals) = (Vec::new(), Vec::new());
        let unread = broken.into_iter().chain(refused);
        let mut letters: Vec<_> = unread.map(|(id, why)| letter(admission, id, REFRESH, why)).collect();
        for fate in admit_all(admission, batch.changes, &mut coverage, &mut letters) {
            match fate {
                Fate::Remove(key) => removals.push(key),
                Fate::Keep(mention) => mentions.push(*mention),
            }
        }
        let reached = mentions.iter().map(Mention::at).min();
        Self { mentions, removals, children: batch.feeds, coverage, letters, reached }
    }
}

fn letter(admission: &Admission, id: String, stage: &str, message: String) -> DeadLetter {
    let Admission { source, instance, now, .. } = admission;
    DeadLetter {
        key: MentionKey { source: source.clone(), instance: instance.clone(), id },
        plugin: source.clone(),
        version: String::new(),
        stage: stage.to_owned(),
        message,
        at: *now,
    }
}

/// Admits every change; of several about one mention the last counts, in the place of the first.
fn admit_all(admission: &Admission, changes: Vec<Change>, coverage: &mut Coverage, letters: &mut Vec<DeadLetter>) -> Vec<Fate> {
    let Admission { source, instance, .. } = admission;
    let key = |id: &str| MentionKey { source: source.clone(), instance: instance.clone(), id: id.to_owned() };
    let mut places: HashMap<String, usize> = HashMap::with_capacity(changes.len());
    let mut fates: Vec<Fate> = Vec::with_capacity(changes.len());
    for change in changes {
        let (id, fate) = match change {
            Change::Remove(id) => (id.clone(), admit_id(&id).map(|id| Fate::Remove(key(id)))),
            Change::Upsert(raw) => (raw.id.clone(), admit(admission, *raw).map(|mention| Fate::Keep(Box::new(mention)))),
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
                letters.push(letter(admission, id, "admit", refusal.to_string()));
            }
        }
    }
    fates
}

/// The commit of a poll that brought nothing but a failure.
pub(crate) fn failed(
    key: FeedKey,
    direction: Direction,
    state: FeedState,
    failure: Option<FailureClass>,
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
