//! Numbers for what many rows repeat: sources, instances, languages, topics, and authors.

use std::collections::HashMap;

use redb::{ReadTransaction, ReadableTable, Table, WriteTransaction};
use serde::{Deserialize, Serialize};
use vigie_mention::{Author, MentionKey, TopicId};

use crate::error::Fault;
use crate::row::{decode, encode};
use crate::tables::{AUTHOR_IDS, AUTHORS, NAME_COUNTER, NAME_IDS, NAMES, TOPIC_COUNTER, TOPICS, identified, identity};

/// Who a [`crate::NameId`] of an author stands for, as last seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AuthorName {
    /// Id of the source plugin.
    pub source: String,
    /// The instance of the service, empty where ids are unique over the whole service.
    pub instance: String,
    /// The service's own id of the author.
    pub id: String,
    /// The name of the account.
    pub handle: Option<String>,
    /// The display name.
    pub name: Option<String>,
}

impl AuthorName {
    /// What to show: the display name, else the handle, else the id.
    #[must_use]
    pub fn shown(&self) -> &str {
        self.name.as_deref().or(self.handle.as_deref()).unwrap_or(&self.id)
    }
}

/// What `AUTHORS` holds.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AuthorRow {
    /// Identity of the author.
    #[serde(with = "bytes")]
    pub(crate) identity: Vec<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) handle: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
}

/// MessagePack bytes instead of a list of numbers.
mod bytes {
    use std::fmt;

    use serde::de::{Deserializer, Error, Visitor};
    use serde::ser::Serializer;

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = Vec<u8>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
                Ok(bytes.to_vec())
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}

/// The dictionaries inside the one transaction.
pub(crate) struct Names<'t> {
    ids: Table<'t, &'static str, u32>,
    texts: Table<'t, u32, &'static str>,
    author_ids: Table<'t, &'static [u8], u32>,
    authors: Table<'t, u32, &'static [u8]>,
    topics: Table<'t, &'static str, u32>,
    /// Few texts recur in every record; authors are too many to keep.
    seen: HashMap<String, u32>,
    seen_topics: HashMap<TopicId, u32>,
    next_name: u32,
    next_topic: u32,
    buffer: Vec<u8>,
}

/// Numbers start at 1; 0 means none, or every topic.
fn counter(meta: &impl ReadableTable<&'static str, u64>, key: &str) -> Result<u32, Fault> {
    let next = meta.get(key)?.map_or(1, |next| next.value());
    u32::try_from(next).map_err(|_| Fault::Damaged(format!("counter {key} stands at {next}")))
}

fn used_up() -> Fault {
    Fault::Encoding { what: "a name".into(), message: "all 4,294,967,295 numbers are used".into() }
}

impl<'t> Names<'t> {
    pub(crate) fn open(transaction: &'t WriteTransaction, meta: &Table<'t, &'static str, u64>) -> Result<Self, Fault> {
        Ok(Self {
            ids: transaction.open_table(NAME_IDS)?,
            texts: transaction.open_table(NAMES)?,
            author_ids: transaction.open_table(AUTHOR_IDS)?,
            authors: transaction.open_table(AUTHORS)?,
            topics: transaction.open_table(TOPICS)?,
            seen: HashMap::new(),
            seen_topics: HashMap::new(),
            next_name: counter(meta, NAME_COUNTER)?,
            next_topic: counter(meta, TOPIC_COUNTER)?,
            buffer: Vec::new(),
        })
    }

    pub(crate) fn finish(&self, meta: &mut Table<'t, &'static str, u64>) -> Result<(), Fault> {
        meta.insert(NAME_COUNTER, u64::from(self.next_name))?;
        meta.insert(TOPIC_COUNTER, u64::from(self.next_topic))?;
        Ok(())
    }

    /// The number of a text, a new one if it has none.
    pub(crate) fn text(&mut self, text: &str) -> Result<u32, Fault> {
        if let Some(number) = self.seen.get(text) {
            return Ok(*number);
        }
        let known = self.ids.get(text)?.map(|number| number.value());
        let number = match known {
            Some(number) => number,
            None => {
                let number = take(&mut self.next_name)?;
                self.ids.insert(text, number)?;
                self.texts.insert(number, text)?;
                number
            }
        };
        self.seen.insert(text.to_owned(), number);
        Ok(number)
    }

    /// The number of a topic, a new one if it has none.
    pub(crate) fn topic(&mut self, topic: &TopicId) -> Result<u32, Fault> {
        if let Some(number) = self.seen_topics.get(topic) {
            return Ok(*number);
        }
        let known = self.topics.get(topic.as_str())?.map(|number| number.value());
        let number = match known {
            Some(number) => number,
            None => {
                let number = take(&mut self.next_topic)?;
                self.topics.insert(topic.as_str(), number)?;
                number
            }
        };
        self.seen_topics.insert(topic.clone(), number);
        Ok(number)
    }

    /// The identity of a mention.
    pub(crate) fn identity(&mut self, source: &str, instance: &str, id: &str) -> Result<Vec<u8>, Fault> {
        Ok(identity(self.text(source)?, self.text(instance)?, id))
    }

    /// The identity of a mention, if its source and instance have numbers: else nothing of them is stored.
    pub(crate) fn known_identity(&self, source: &str, instance: &str, id: &str) -> Result<Option<Vec<u8>>, Fault> {
        let known = |text: &str| match self.seen.get(text) {
            Some(number) => Ok(Some(*number)),
            None => self.ids.get(text).map(|number| number.map(|number| number.value())),
        };
        Ok(known(source)?.zip(known(instance)?).map(|(source, instance)| identity(source, instance, id)))
    }

    /// The number of an author, a new one if there is none; keeps the names as last seen.
    pub(crate) fn author(&mut self, source: u32, instance: u32, author: &Author) -> Result<u32, Fault> {
        let identity = identity(source, instance, &author.id);
        let known = self.author_ids.get(identity.as_slice())?.map(|number| number.value());
        let number = match known {
            Some(number) => number,
            None => {
                let number = take(&mut self.next_name)?;
                self.author_ids.insert(identity.as_slice(), number)?;
                number
            }
        };
        let row = AuthorRow { identity, handle: author.handle.clone(), name: author.name.clone() };
        encode(&mut self.buffer, "an author", &row)?;
        let same = known.is_some() && self.authors.get(number)?.is_some_and(|stored| stored.value() == self.buffer);
        if !same {
            self.authors.insert(number, self.buffer.as_slice())?;
        }
        Ok(number)
    }

    /// The number of an author that has one.
    pub(crate) fn known_author(&self, source: u32, instance: u32, id: &str) -> Result<Option<u32>, Fault> {
        Ok(self.author_ids.get(identity(source, instance, id).as_slice())?.map(|number| number.value()))
    }

    /// Forgets an author of whom nothing is stored any more.
    pub(crate) fn forget_author(&mut self, number: u32) -> Result<(), Fault> {
        let identity = match self.authors.remove(number)? {
            Some(row) => decode::<AuthorRow>("an author", row.value())?.identity,
            None => return Ok(()),
        };
        self.author_ids.remove(identity.as_slice())?;
        Ok(())
    }
}

fn take(next: &mut u32) -> Result<u32, Fault> {
    let number = *next;
    *next = next.checked_add(1).ok_or_else(used_up)?;
    Ok(number)
}

/// The text of a number.
pub(crate) fn text_of(transaction: &ReadTransaction, number: u32) -> Result<Option<String>, Fault> {
    Ok(transaction.open_table(NAMES)?.get(number)?.map(|text| text.value().to_owned()))
}

/// The number of a text.
pub(crate) fn number_of(transaction: &ReadTransaction, text: &str) -> Result<Option<u32>, Fault> {
    Ok(transaction.open_table(NAME_IDS)?.get(text)?.map(|number| number.value()))
}

/// The number of a topic.
pub(crate) fn topic_number(transaction: &ReadTransaction, topic: &TopicId) -> Result<Option<u32>, Fault> {
    Ok(transaction.open_table(TOPICS)?.get(topic.as_str())?.map(|number| number.value()))
}

/// The author of a number.
pub(crate) fn author_of(transaction: &ReadTransaction, number: u32) -> Result<Option<AuthorName>, Fault> {
    let row = match transaction.open_table(AUTHORS)?.get(number)? {
        Some(row) => decode::<AuthorRow>("an author", row.value())?,
        None => return Ok(None),
    };
    let key = key_of(transaction, &row.identity)?;
    Ok(Some(AuthorName { source: key.source, instance: key.instance, id: key.id, handle: row.handle, name: row.name }))
}

/// The stored identity of a mention or author, `None` if its source or instance was never seen.
pub(crate) fn identity_of(transaction: &ReadTransaction, key: &MentionKey) -> Result<Option<Vec<u8>>, Fault> {
    let (Some(source), Some(instance)) = (number_of(transaction, &key.source)?, number_of(transaction, &key.instance)?) else {
        return Ok(None);
    };
    Ok(Some(identity(source, instance, &key.id)))
}

/// An identity in words.
pub(crate) fn key_of(transaction: &ReadTransaction, bytes: &[u8]) -> Result<MentionKey, Fault> {
    let unreadable = || Fault::Damaged("an identity cannot be read".to_owned());
    let (source, instance, id) = identified(bytes).ok_or_else(unreadable)?;
    Ok(MentionKey {
        source: text_of(transaction, source)?.ok_or_else(unreadable)?,
        instance: text_of(transaction, instance)?.ok_or_else(unreadable)?,
        id: id.to_owned(),
    })
}
