//! The one transaction: everything a group of commits changes.
//!
//! Commits are applied one after the other, each seeing what those before it wrote, so that it does not matter how they were
//! grouped. What is read within the transaction (identities, mentions, feeds) is written at once; the two indexes are only
//! written, so their changes are collected and applied in key order at the end, which touches each page once.

mod renew;

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use redb::{ReadableTable, ReadableTableMetadata, Table, WriteTransaction};
use vigie_mention::{Instant, KNOWN_FEED, Mention, MentionKey, TopicId};

use crate::dead::DeadLetters;
use crate::error::Fault;
use crate::facts::{FactBytes, Numbers, fact, language};
use crate::feeds::Feeds;
use crate::ledger;
use crate::names::Names;
use crate::row::{Row, RowRef, decode, encode, in_order, stays_removed};
use crate::tables::{
    ANNOTATIONS, EVERY_MENTION, FACT_BYTES, FACTS, KEYS, LEDGER, MENTION_COUNTER, MENTIONS, META, PLACE_BYTES, PLACES_BY_AUTHOR,
    Place, TOMBSTONES, place,
};
use crate::{Basis, Commit, Coverage, Previous, Receipt, Record, Renewal, Signals, analyses};

/// Why nothing of a commit was written: this mention is no longer what its record was made from.
#[derive(Debug)]
pub(crate) struct Overtaken(MentionKey);

impl From<Overtaken> for Fault {
    fn from(Overtaken(mention): Overtaken) -> Self {
        Self::Overtaken(mention)
    }
}

/// Writes the commits in order, each whole or, where it was overtaken, not at all; the caller commits or aborts the transaction.
pub(crate) fn apply<C: Borrow<Commit>>(
    transaction: &WriteTransaction,
    commits: &[C],
) -> Result<Vec<Result<Receipt, Overtaken>>, Fault> {
    let mut work = Work::open(transaction)?;
    let mut answers = Vec::with_capacity(commits.len());
    for commit in commits.iter().map(Borrow::borrow) {
        // Before anything of it is written, so that what is refused leaves nothing behind.
        answers.push(match work.overtaken(commit)? {
            Some(mention) => Err(Overtaken(mention)),
            None => Ok(work.commit(commit)?),
        });
    }
    work.finish()?;
    Ok(answers)
}

/// Writes what analyzers made of stored mentions; how many of them it changed. The caller commits or aborts the transaction.
pub(crate) fn renew(transaction: &WriteTransaction, renewal: &Renewal) -> Result<u64, Fault> {
    let mut work = Work::open(transaction)?;
    let renewed = work.renew(renewal)?;
    work.finish()?;
    Ok(renewed)
}

/// What became of one record.
enum Outcome {
    New,
    Updated,
    Unchanged,
}

/// The open tables, and the index changes not applied yet.
struct Work<'t> {
    meta: Table<'t, &'static str, u64>,
    keys: Table<'t, &'static [u8], u64>,
    mentions: Table<'t, u64, &'static [u8]>,
    annotations: Table<'t, u64, &'static [u8]>,
    tombstones: Table<'t, &'static [u8], i64>,
    facts: Table<'t, &'static [u8; PLACE_BYTES], &'static [u8; FACT_BYTES]>,
    places_by_author: Table<'t, &'static [u8; PLACE_BYTES], ()>,
    ledger: Table<'t, (i64, &'static str, &'static str), &'static [u8]>,
    names: Names<'t>,
    feeds: Feeds<'t>,
    dead: DeadLetters<'t>,
    /// What the row of a place becomes; `None` is gone.
    facts_after: BTreeMap<Place, Option<FactBytes>>,
    authored_after: BTreeMap<Place, bool>,
    /// Authors who lost a mention, and may have no other.
    left: BTreeSet<u32>,
    next_mention: u64,
    row: Vec<u8>,
    notes: Vec<u8>,
}

impl<'t> Work<'t> {
    fn open(transaction: &'t WriteTransaction) -> Result<Self, Fault> {
        let meta = transaction.open_table(META)?;
        let next_mention = meta.get(MENTION_COUNTER)?.map_or(1, |next| next.value());
        Ok(Self {
            keys: transaction.open_table(KEYS)?,
            mentions: transaction.open_table(MENTIONS)?,
            annotations: transaction.open_table(ANNOTATIONS)?,
            tombstones: transaction.open_table(TOMBSTONES)?,
            facts: transaction.open_table(FACTS)?,
            places_by_author: transaction.open_table(PLACES_BY_AUTHOR)?,
            ledger: transaction.open_table(LEDGER)?,
            names: Names::open(transaction, &meta)?,
            feeds: Feeds::open(transaction)?,
            dead: DeadLetters::open(transaction)?,
            facts_after: BTreeMap::new(),
            authored_after: BTreeMap::new(),
            left: BTreeSet::new(),
            next_mention,
            row: Vec::new(),
            notes: Vec::new(),
            meta,
        })
    }

    /// The first mention of the commit that is no longer what its record was made from. Writes nothing.
    fn overtaken(&self, commit: &Commit) -> Result<Option<MentionKey>, Fault> {
        let mut earlier: HashMap<(&str, &str, &str), &Record> = HashMap::with_capacity(commit.records.len());
        for record in &commit.records {
            let mention = &record.mention;
            let before = earlier.insert((&mention.source, &mention.instance, &mention.id), record);
            let holds = match (&record.basis, before) {
                (Basis::Unseen, _) => true,
                // A mention comes once in a commit, unless it comes alike.
                (_, Some(before)) => record.is_like(before),
                (basis, None) => match self.stored(mention)? {
                    Some(mut stored) => stored.is_basis(basis) || stored.is_like(record),
                    None => matches!(basis, Basis::Nothing),
                },
            };
            if !holds {
                return Ok(Some(mention.key()));
            }
        }
        Ok(None)
    }

    /// What is stored of a mention, looked up without giving anything a number.
    fn stored(&self, mention: &Mention) -> Result<Option<Row>, Fault> {
        let Some(identity) = self.names.known_identity(&mention.source, &mention.instance, &mention.id)? else { return Ok(None) };
        let Some(number) = self.keys.get(identity.as_slice())?.map(|number| number.value()) else { return Ok(None) };
        self.row_of(number, mention).map(Some)
    }

    fn row_of(&self, number: u64, mention: &Mention) -> Result<Row, Fault> {
        match self.mentions.get(number)? {
            Some(row) => decode(&format!("mention {}", mention.key()), row.value()),
            None => Err(Fault::Damaged(format!("mention {} has no row", mention.key()))),
        }
    }

    fn commit(&mut self, commit: &Commit) -> Result<Receipt, Fault> {
        let mut receipt = Receipt::default();
        for record in &commit.records {
            match self.upsert(record, commit)? {
                Outcome::New => receipt.new += 1,
                Outcome::Updated => receipt.updated += 1,
                Outcome::Unchanged => receipt.unchanged += 1,
            }
            if commit.feed.feed == KNOWN_FEED {
                let mention = &record.mention;
                let identity = self.names.identity(&mention.source, &mention.instance, &mention.id)?;
                self.dead.read_again(&identity)?;
            }
        }
        // Before the removals, which take the letters about their mentions with them.
        for letter in &commit.dead_letters {
            let key = &letter.key;
            let identity = self.names.identity(&key.source, &key.instance, &key.id)?;
            self.dead.put(&mut self.meta, &identity, letter)?;
        }
        for key in &commit.removals {
            receipt.removed += u32::from(self.remove(key, commit.at)?);
        }
        self.feeds.advance(commit)?;
        let mut coverage = commit.coverage;
        let counted = Coverage {
            new: receipt.new,
            updated: receipt.updated,
            known: receipt.unchanged,
            removed: receipt.removed,
            ..Coverage::default()
        };
        ledger::add(&mut coverage, &counted);
        // A look at the known mentions of which none was due is no row.
        if coverage != Coverage::default() {
            ledger::record(&mut self.ledger, &commit.feed, commit.at, &coverage)?;
        }
        Ok(receipt)
    }

    fn upsert(&mut self, record: &Record, commit: &Commit) -> Result<Outcome, Fault> {
        let (mention, at) = (&record.mention, commit.at);
        let identity = self.names.identity(&mention.source, &mention.instance, &mention.id)?;
        let topics = in_order(&record.topics);
        let known = self.keys.get(identity.as_slice())?.map(|number| number.value());
        let Some(number) = known else {
            // Who reads it again by its id sees the thing itself.
            if commit.feed.feed != KNOWN_FEED && self.stays_removed(&identity, mention)? {
                return Ok(Outcome::Unchanged);
            }
            self.insert(record, &topics, &identity, at)?;
            return Ok(Outcome::New);
        };
        let mut old = self.row_of(number, mention)?;
        let same = old.is(mention);
        let alike = same && topics == old.topics && record.signals == old.signals;
        if old.supersedes(mention) {
            return Ok(Outcome::Unchanged);
        }
        let annotated = self.annotate(number, record)?;
        if alike && !annotated {
            return Ok(Outcome::Unchanged);
        }

        let mut mention = mention.clone();
        mention.collected_at = old.mention.collected_at;
        let said_else = mention.text != old.mention.text || mention.title != old.mention.title;
        self.unindex(number, &old.mention, &old.topics)?;
        if said_else {
            let previous = Previous { title: old.mention.title, text: old.mention.text, at: old.updated_at };
            old.previous = Some(previous);
        }
        self.write_row(
            number,
            &RowRef {
                mention: &mention,
                topics: &topics,
                signals: &record.signals,
                updated_at: if same { old.updated_at } else { at },
                revision: old.revision + u32::from(said_else),
                previous: old.previous.as_ref(),
            },
        )?;
        self.index(number, &mention, &topics, &record.signals)?;
        self.dead.forget(&identity)?;
        Ok(if same { Outcome::Unchanged } else { Outcome::Updated })
    }

    fn stays_removed(&self, identity: &[u8], mention: &Mention) -> Result<bool, Fault> {
        let removed = self.tombstones.get(identity)?.map(|at| Instant::from_millis(at.value()));
        Ok(removed.is_some_and(|removed| stays_removed(removed, mention)))
    }

    fn insert(&mut self, record: &Record, topics: &[TopicId], identity: &[u8], at: Instant) -> Result<(), Fault> {
        let number = self.next_mention;
        self.next_mention += 1;
        self.keys.insert(identity, number)?;
        if !self.tombstones.is_empty()? {
            self.tombstones.remove(identity)?;
        }
        let (mention, signals) = (&record.mention, &record.signals);
        self.write_row(number, &RowRef { mention, topics, signals, updated_at: at, revision: 0, previous: None })?;
        if !record.annotations.is_empty() {
            encode(&mut self.notes, "an annotation", &record.annotations)?;
            self.annotations.insert(number, self.notes.as_slice())?;
        }
        self.index(number, mention, topics, signals)?;
        self.dead.forget(identity)
    }

    fn write_row(&mut self, number: u64, row: &RowRef<'_>) -> Result<(), Fault> {
        encode(&mut self.row, "a mention", row)?;
        self.mentions.insert(number, self.row.as_slice())?;
        Ok(())
    }

    /// Replaces the annotations of a known mention; whether they differ.
    fn annotate(&mut self, number: u64, record: &Record) -> Result<bool, Fault> {
        if record.annotations.is_empty() {
            return Ok(self.annotations.remove(number)?.is_some());
        }
        encode(&mut self.notes, "an annotation", &record.annotations)?;
        let same = self.annotations.get(number)?.is_some_and(|stored| stored.value() == self.notes);
        if !same {
            self.annotations.insert(number, self.notes.as_slice())?;
        }
        Ok(!same)
    }

    fn index(&mut self, number: u64, mention: &Mention, topics: &[TopicId], signals: &Signals) -> Result<(), Fault> {
        let source = self.names.text(&mention.source)?;
        let mut numbers = Numbers { source, analysis: analyses::number(&mut self.meta, signals)?, ..Numbers::default() };
        if let Some(language) = language(mention, signals) {
            numbers.language = self.names.text(language)?;
        }
        if let Some(author) = &mention.author {
            let instance = self.names.text(&mention.instance)?;
            numbers.author = self.names.author(source, instance, author)?;
            self.authored_after.insert(place(numbers.author, mention.at(), number), true);
        }
        let fact = fact(mention, signals, numbers);
        self.facts_after.insert(place(EVERY_MENTION, mention.at(), number), Some(fact));
        for topic in topics {
            let topic = self.names.topic(topic)?;
            self.facts_after.insert(place(topic, mention.at(), number), Some(fact));
        }
        Ok(())
    }

    fn unindex(&mut self, number: u64, mention: &Mention, topics: &[TopicId]) -> Result<(), Fault> {
        self.facts_after.insert(place(EVERY_MENTION, mention.at(), number), None);
        for topic in topics {
            let topic = self.names.topic(topic)?;
            self.facts_after.insert(place(topic, mention.at(), number), None);
        }
        if let Some(author) = &mention.author {
            let (source, instance) = (self.names.text(&mention.source)?, self.names.text(&mention.instance)?);
            if let Some(author) = self.names.known_author(source, instance, &author.id)? {
                self.authored_after.insert(place(author, mention.at(), number), false);
                self.left.insert(author);
            }
        }
        Ok(())
    }

    /// Leaves a tombstone; whether there was a mention.
    fn remove(&mut self, key: &MentionKey, at: Instant) -> Result<bool, Fault> {
        let identity = self.names.identity(&key.source, &key.instance, &key.id)?;
        self.dead.forget(&identity)?;
        let Some(number) = self.keys.remove(identity.as_slice())?.map(|number| number.value()) else { return Ok(false) };
        let row: Row = match self.mentions.remove(number)? {
            Some(row) => decode(&format!("mention {key}"), row.value())?,
            None => return Err(Fault::Damaged(format!("mention {key} has no row"))),
        };
        self.annotations.remove(number)?;
        self.unindex(number, &row.mention, &row.topics)?;
        self.tombstones.insert(identity.as_slice(), at.as_millis())?;
        Ok(true)
    }

    fn finish(mut self) -> Result<(), Fault> {
        for (place, fact) in std::mem::take(&mut self.facts_after) {
            match fact {
                Some(fact) => drop(self.facts.insert(&place, &fact)?),
                None => drop(self.facts.remove(&place)?),
            }
        }
        for (place, there) in std::mem::take(&mut self.authored_after) {
            if there {
                self.places_by_author.insert(&place, ())?;
            } else {
                self.places_by_author.remove(&place)?;
            }
        }
        for author in std::mem::take(&mut self.left) {
            let all = place(author, Instant::from_millis(i64::MIN), 0)..=place(author, Instant::from_millis(i64::MAX), u64::MAX);
            let gone = self.places_by_author.range::<&Place>(all.start()..=all.end())?.next().is_none();
            if gone {
                self.names.forget_author(author)?;
            }
        }
        self.names.finish(&mut self.meta)?;
        self.meta.insert(MENTION_COUNTER, self.next_mention)?;
        Ok(())
    }
}
