//! Lists of mentions: the conditions, and reading along the time index until enough are found.
//!
//! Conditions are judged on facts, so that only mentions of the list are decoded. Several topics, or authors, are several
//! streams in time order, merged.

use std::collections::HashSet;

use redb::{Range, ReadOnlyTable, ReadTransaction, ReadableTable};
use vigie_mention::{Instant, MentionKind, TopicId, Window};

use crate::error::{Fault, Site};
use crate::facts::{read_fact, unreadable};
use crate::names::{self, AuthorRow};
use crate::read::stored;
use crate::row::decode;
use crate::tables::{
    ANNOTATIONS, AUTHORS, EVERY_MENTION, FACT_BYTES, FACTS, MENTIONS, NAMES, PLACE_BYTES, PLACES_BY_AUTHOR, Place, identified,
    place, placed,
};
use crate::{Polarity, StoreError, Stored};

/// Which end of time comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// Newest first.
    #[default]
    Newest,
    /// Oldest first.
    Oldest,
}

/// Which mentions to list: those that meet every condition. An empty list or `None` is no condition.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Filter {
    /// In at least one of these topics.
    pub topics: Vec<TopicId>,
    /// From one of these sources, by id.
    pub sources: Vec<String>,
    /// Of one of these kinds.
    pub kinds: Vec<MentionKind>,
    /// Published (or else collected) inside.
    pub window: Option<Window>,
    /// By an author whose handle, name or id this is; case and a leading `@` do not matter.
    pub author: Option<String>,
    /// In this language; `fr` also finds `fr-CA`.
    pub language: Option<String>,
    /// Leaning this way.
    pub polarity: Option<Polarity>,
    /// At most so many.
    pub limit: Option<usize>,
    /// Which end of time comes first.
    pub order: Order,
}

type PlaceKey = &'static [u8; PLACE_BYTES];

/// Places of one topic or one author in time order.
enum Stream {
    Topic(Range<'static, PlaceKey, &'static [u8; FACT_BYTES]>),
    Author(Range<'static, PlaceKey, ()>),
}

/// A mention's place in time.
type When = (Instant, u64);

impl Stream {
    fn next(&mut self, order: Order) -> Result<Option<When>, Fault> {
        let place = match (self, order) {
            (Self::Topic(range), Order::Oldest) => range.next().transpose()?.map(|row| row.0),
            (Self::Topic(range), Order::Newest) => range.next_back().transpose()?.map(|row| row.0),
            (Self::Author(range), Order::Oldest) => range.next().transpose()?.map(|row| row.0),
            (Self::Author(range), Order::Newest) => range.next_back().transpose()?.map(|row| row.0),
        };
        Ok(place.map(|place| placed(place.value())))
    }
}

/// Conditions in the store's numbers.
struct Conditions {
    /// Only where the streams do not follow topics already.
    topics: Vec<u32>,
    sources: Option<HashSet<u32>>,
    languages: Option<HashSet<u32>>,
    kinds: Vec<MentionKind>,
    polarity: Option<Polarity>,
}

/// Stored mentions in time order; each an error only if the file is damaged or the disk fails.
pub struct Mentions {
    streams: Vec<(Stream, Option<When>)>,
    conditions: Conditions,
    order: Order,
    left: usize,
    facts: ReadOnlyTable<PlaceKey, &'static [u8; FACT_BYTES]>,
    mentions: ReadOnlyTable<u64, &'static [u8]>,
    annotations: ReadOnlyTable<u64, &'static [u8]>,
    site: Site,
}

impl std::fmt::Debug for Mentions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mentions").field("left", &self.left).finish_non_exhaustive()
    }
}

impl Mentions {
    pub(crate) fn matching(transaction: &ReadTransaction, filter: &Filter, site: &Site) -> Result<Self, Fault> {
        let facts = transaction.open_table(FACTS)?;
        let topics = numbers(filter.topics.iter().map(|topic| names::topic_number(transaction, topic)))?;
        let sources = numbers(filter.sources.iter().map(|source| names::number_of(transaction, source)))?;
        let languages = filter.language.as_deref().map(|language| languages(transaction, language)).transpose()?;

        let span = |group: u32| match filter.window {
            Some(window) => (place(group, window.from, 0), place(group, window.until.max(window.from), 0)),
            // No group has the largest number: counters stop before it.
            None => (place(group, Instant::from_millis(i64::MIN), 0), place(group + 1, Instant::from_millis(i64::MIN), 0)),
        };
        let mut streams = Vec::new();
        let mut left = filter.limit.unwrap_or(usize::MAX);
        let hopeless = (topics.is_empty() && !filter.topics.is_empty())
            || (sources.is_empty() && !filter.sources.is_empty())
            || languages.as_ref().is_some_and(HashSet::is_empty);
        if hopeless {
            left = 0;
        } else if let Some(author) = &filter.author {
            let places = transaction.open_table(PLACES_BY_AUTHOR)?;
            for number in authors(transaction, author)? {
                let (first, end) = span(number);
                streams.push((Stream::Author(places.range::<&Place>(&first..&end)?), None));
            }
        } else if topics.is_empty() {
            let (first, end) = span(EVERY_MENTION);
            streams.push((Stream::Topic(facts.range::<&Place>(&first..&end)?), None));
        } else {
            for topic in &topics {
                let (first, end) = span(*topic);
                streams.push((Stream::Topic(facts.range::<&Place>(&first..&end)?), None));
            }
        }
        for (stream, head) in &mut streams {
            *head = stream.next(filter.order)?;
        }
        Ok(Self {
            streams,
            conditions: Conditions {
                topics: if filter.author.is_some() { topics } else { Vec::new() },
                sources: (!filter.sources.is_empty()).then(|| sources.into_iter().collect()),
                languages,
                kinds: filter.kinds.clone(),
                polarity: filter.polarity,
            },
            order: filter.order,
            left,
            facts,
            mentions: transaction.open_table(MENTIONS)?,
            annotations: transaction.open_table(ANNOTATIONS)?,
            site: site.clone(),
        })
    }

    /// The next place of any stream, once.
    fn advance(&mut self) -> Result<Option<When>, Fault> {
        let heads = self.streams.iter().filter_map(|(_, head)| *head);
        let first = match self.order {
            Order::Oldest => heads.min(),
            Order::Newest => heads.max(),
        };
        let Some(first) = first else { return Ok(None) };
        for (stream, head) in &mut self.streams {
            if *head == Some(first) {
                *head = stream.next(self.order)?;
            }
        }
        Ok(Some(first))
    }

    fn meets(&self, (at, mention): When) -> Result<bool, Fault> {
        let Conditions { topics, sources, languages, kinds, polarity } = &self.conditions;
        let everything = place(EVERY_MENTION, at, mention);
        let bytes = self.facts.get(&everything)?.ok_or_else(unreadable)?;
        let fact = read_fact(&everything, bytes.value()).ok_or_else(unreadable)?;
        let meets = sources.as_ref().is_none_or(|sources| sources.contains(&fact.source.0))
            && languages.as_ref().is_none_or(|languages| fact.language.is_some_and(|language| languages.contains(&language.0)))
            && (kinds.is_empty() || kinds.contains(&fact.kind))
            && (polarity.is_none() || fact.polarity == *polarity);
        if !meets || topics.is_empty() {
            return Ok(meets);
        }
        for topic in topics {
            if self.facts.get(&place(*topic, at, mention))?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn find(&mut self) -> Result<Option<Stored>, Fault> {
        while let Some(when) = self.advance()? {
            if self.meets(when)? {
                let missing = || Fault::Damaged(format!("mention number {} has a fact and no row", when.1));
                return Ok(Some(stored(&self.mentions, &self.annotations, when.1)?.ok_or_else(missing)?));
            }
        }
        Ok(None)
    }
}

impl Iterator for Mentions {
    type Item = Result<Stored, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        match self.find() {
            Ok(found) => found.map(Ok),
            Err(fault) => {
                self.left = 0;
                Some(Err(self.site.error(fault)))
            }
        }
    }
}

/// The numbers there are, each once.
fn numbers(all: impl Iterator<Item = Result<Option<u32>, Fault>>) -> Result<Vec<u32>, Fault> {
    let mut numbers = all.filter_map(Result::transpose).collect::<Result<Vec<_>, _>>()?;
    numbers.sort_unstable();
    numbers.dedup();
    Ok(numbers)
}

/// The tag itself and those it begins.
fn languages(transaction: &ReadTransaction, tag: &str) -> Result<HashSet<u32>, Fault> {
    let mut found = HashSet::new();
    for row in transaction.open_table(NAMES)?.iter()? {
        let (number, text) = row?;
        let text = text.value();
        let begins = text.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag));
        if begins && (text.len() == tag.len() || text.as_bytes()[tag.len()] == b'-') {
            found.insert(number.value());
        }
    }
    Ok(found)
}

/// Everybody who is called so.
fn authors(transaction: &ReadTransaction, called: &str) -> Result<Vec<u32>, Fault> {
    let plain = |name: &str| name.trim_start_matches('@').to_lowercase();
    let called = plain(called);
    let mut found = Vec::new();
    for row in transaction.open_table(AUTHORS)?.iter()? {
        let (number, row) = row?;
        let AuthorRow { identity, handle, name } = decode("an author", row.value())?;
        let id = identified(&identity).map(|(_, _, id)| id);
        if [id, handle.as_deref(), name.as_deref()].into_iter().flatten().any(|name| plain(name) == called) {
            found.push(number.value());
        }
    }
    Ok(found)
}
