//! The invariants stated in `tables.rs`, checked row by row.

use std::collections::HashSet;

use redb::{ReadableTable, ReadableTableMetadata};
use vigie_mention::MentionKey;

use crate::error::Fault;
use crate::facts::{Numbers, fact, language};
use crate::row::{Row, decode};
use crate::tables::{
    ANNOTATIONS, AUTHOR_IDS, AUTHORS, EVERY_MENTION, EXPIRY, FACTS, FEEDS, KEYS, MENTIONS, PLACES_BY_AUTHOR, TOMBSTONES,
    identity, place,
};
use crate::{Snapshot, analyses, feeds, names};

fn broken<T>(message: String) -> Result<T, Fault> {
    Err(Fault::Damaged(message))
}

/// What rows there must be, counted while their mentions are read.
#[derive(Default)]
struct Expected {
    facts: u64,
    authored: u64,
    annotated: u64,
    authors: HashSet<u32>,
}

/// `Damaged` names the first row that should not be, or should.
pub(crate) fn verify(snapshot: &Snapshot) -> Result<(), Fault> {
    let look = &snapshot.transaction;
    let (keys, mentions) = (look.open_table(KEYS)?, look.open_table(MENTIONS)?);
    let (tombstones, annotations) = (look.open_table(TOMBSTONES)?, look.open_table(ANNOTATIONS)?);
    let (facts, authored) = (look.open_table(FACTS)?, look.open_table(PLACES_BY_AUTHOR)?);

    let mut expected = Expected::default();
    for row in keys.iter()? {
        let (bytes, number) = row?;
        let (key, number) = (names::key_of(look, bytes.value())?, number.value());
        if tombstones.get(bytes.value())?.is_some() {
            return broken(format!("mention {key} is stored and removed at once"));
        }
        let Some(row) = mentions.get(number)? else { return broken(format!("mention {key} has no row")) };
        let row: Row = decode(&format!("mention {key}"), row.value())?;
        if row.mention.key() != key {
            return broken(format!("mention {key} leads to the row of {}", row.mention.key()));
        }
        expected.annotated += u64::from(annotations.get(number)?.is_some());

        let numbers = numbers(snapshot, &key, &row)?;
        let fact = fact(&row.mention, &row.signals, numbers);
        let mut groups = vec![EVERY_MENTION];
        for topic in &row.topics {
            match names::topic_number(look, topic)? {
                Some(group) => groups.push(group),
                None => return broken(format!("mention {key} is in topic {topic}, which has no number")),
            }
        }
        for group in groups {
            expected.facts += 1;
            let at = place(group, row.mention.at(), number);
            if facts.get(&at)?.is_none_or(|stored| *stored.value() != fact) {
                return broken(format!("mention {key} has no fact, or another, in group {group}"));
            }
        }
        if numbers.author != 0 {
            expected.authored += 1;
            expected.authors.insert(numbers.author);
            if authored.get(&place(numbers.author, row.mention.at(), number))?.is_none() {
                return broken(format!("mention {key} is not listed under its author"));
            }
        }
    }

    let authors = expected.authors.len() as u64;
    for (table, rows, expected) in [
        ("mentions", mentions.len()?, keys.len()?),
        ("annotations", annotations.len()?, expected.annotated),
        ("facts", facts.len()?, expected.facts),
        ("places by author", authored.len()?, expected.authored),
        ("authors", look.open_table(AUTHORS)?.len()?, authors),
        ("author ids", look.open_table(AUTHOR_IDS)?.len()?, authors),
        ("expiry", look.open_table(EXPIRY)?.len()?, expiring(snapshot)?),
    ] {
        if rows != expected {
            return broken(format!("{table} has {rows} rows, and there should be {expected}"));
        }
    }
    Ok(())
}

/// The numbers the mention's fact must carry.
fn numbers(snapshot: &Snapshot, key: &MentionKey, row: &Row) -> Result<Numbers, Fault> {
    let look = &snapshot.transaction;
    let text = |text: &str| match names::number_of(look, text)? {
        Some(number) => Ok(number),
        None => broken(format!("mention {key} names `{text}`, which has no number")),
    };
    let Some(analysis) = analyses::number_of(look, &row.signals)? else {
        return broken(format!("mention {key} was analyzed by somebody without a number"));
    };
    let mut numbers = Numbers { source: text(&key.source)?, analysis, ..Numbers::default() };
    if let Some(language) = language(&row.mention, &row.signals) {
        numbers.language = text(language)?;
    }
    if let Some(author) = &row.mention.author {
        let bytes = identity(numbers.source, text(&key.instance)?, &author.id);
        match look.open_table(AUTHOR_IDS)?.get(bytes.as_slice())? {
            Some(number) => numbers.author = number.value(),
            None => return broken(format!("mention {key} has an author without a number")),
        }
    }
    Ok(numbers)
}

/// How many feeds have an end, each of which is in the expiry table.
fn expiring(snapshot: &Snapshot) -> Result<u64, Fault> {
    let expiry = snapshot.transaction.open_table(EXPIRY)?;
    let mut count = 0;
    for row in snapshot.transaction.open_table(FEEDS)?.iter()? {
        let (key, row) = row?;
        let (connector, feed) = key.value();
        if let Some(end) = feeds::end(&feeds::read(feed, row.value())?) {
            count += 1;
            if expiry.get((connector, end.as_millis(), feed))?.is_none() {
                return broken(format!("feed {connector}:{feed} never expires, though it should"));
            }
        }
    }
    Ok(count)
}
