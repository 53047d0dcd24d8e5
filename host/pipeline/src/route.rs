//! Which topics a mention belongs to.

use std::collections::HashMap;

use vigie_mention::{ConnectorId, Mention, MentionKey, TopicId};
use vigie_query::{Index, MatchText};
use vigie_store::{Snapshot, StoreError, Stored};

use crate::plan::{Accept, Connector, Topic};

/// Matches mentions with every topic of the plan.
pub(crate) struct Router {
    index: Index,
    heirs: Vec<Heir>,
}

/// A connector that gives topics to mentions which do not match them.
struct Heir {
    connector: ConnectorId,
    source: String,
    instance: String,
    topics: Vec<TopicId>,
}

/// Whose batch is routed.
#[derive(Clone, Copy)]
pub(crate) struct Bearer<'a> {
    pub(crate) connector: &'a ConnectorId,
    /// The topics it collects for.
    pub(crate) topics: &'a [TopicId],
    pub(crate) accept: Accept,
}

/// A mention as delivered, and what the store has of it.
pub(crate) struct Delivered {
    pub(crate) mention: Mention,
    pub(crate) stored: Option<Stored>,
}

impl Router {
    pub(crate) fn new(topics: &[Topic], connectors: &[Connector]) -> Self {
        let heirs = connectors.iter().filter(|connector| connector.accept != Accept::Matching).map(|connector| Heir {
            connector: connector.id.clone(),
            source: connector.source.id().to_owned(),
            instance: connector.source.instance().to_owned(),
            topics: connector.topics.clone(),
        });
        Self {
            index: Index::new(topics.iter().map(|topic| (topic.id.clone(), topic.query.clone())).collect()),
            heirs: heirs.collect(),
        }
    }

    /// The topics of each mention of a batch, in order, or `None` if it is not to be kept.
    ///
    /// A mention takes every topic it matches, not only those of the connector that delivered it, so that two connectors
    /// which both see it agree. One that is stored is kept, even outside every topic.
    pub(crate) fn route(
        &self,
        batch: &[Delivered],
        bearer: Bearer<'_>,
        snapshot: &Snapshot,
    ) -> Result<Vec<Option<Vec<TopicId>>>, StoreError> {
        let matching: Vec<Vec<TopicId>> =
            batch.iter().map(|delivered| self.index.matches(&MatchText::of(&delivered.mention))).collect();
        let inherited = match bearer.accept {
            Accept::Matching => vec![Vec::new(); batch.len()],
            Accept::Conversation => Conversations::new(batch, &matching, bearer.topics, snapshot).inherited()?,
            Accept::Everything => matching
                .iter()
                .map(|topics| if own(topics, bearer.topics).is_empty() { bearer.topics.to_vec() } else { Vec::new() })
                .collect(),
        };
        let all = |((delivered, matching), inherited): ((&Delivered, Vec<TopicId>), Vec<TopicId>)| {
            let wanted = !inherited.is_empty() || !own(&matching, bearer.topics).is_empty();
            if !wanted && delivered.stored.is_none() {
                return None;
            }
            let mut topics = self.given_by_others(delivered, bearer.connector);
            topics.extend(matching);
            topics.extend(inherited);
            topics.sort();
            topics.dedup();
            Some(topics)
        };
        Ok(batch.iter().zip(matching).zip(inherited).map(all).collect())
    }

    /// Topics a stored mention has from other connectors, and not by what it says: this delivery knows nothing of them.
    fn given_by_others(&self, delivered: &Delivered, connector: &ConnectorId) -> Vec<TopicId> {
        let Some(stored) = &delivered.stored else { return Vec::new() };
        let of = |heir: &&Heir| {
            heir.connector != *connector
                && (&heir.source, &heir.instance) == (&delivered.mention.source, &delivered.mention.instance)
        };
        let given = |topic: &&TopicId| self.heirs.iter().filter(of).any(|heir| heir.topics.contains(topic));
        let mut topics: Vec<TopicId> = stored.topics.iter().filter(given).cloned().collect();
        if !topics.is_empty() {
            let said = self.index.matches(&MatchText::of(&stored.mention));
            topics.retain(|topic| !said.contains(topic));
        }
        topics
    }
}

fn own(topics: &[TopicId], own: &[TopicId]) -> Vec<TopicId> {
    topics.iter().filter(|topic| own.contains(topic)).cloned().collect()
}

/// Looks for the topics of answers: those of the mention that started the conversation, or else of the one answered. Either may
/// be stored or in the same batch, in any order.
struct Conversations<'a> {
    batch: &'a [Delivered],
    own: &'a [TopicId],
    snapshot: &'a Snapshot,
    places: HashMap<&'a str, usize>,
    /// Topics of the connector that each mention of the batch has so far, by what it says or by what it answers.
    topics: Vec<Vec<TopicId>>,
}

impl<'a> Conversations<'a> {
    fn new(batch: &'a [Delivered], matching: &[Vec<TopicId>], of: &'a [TopicId], snapshot: &'a Snapshot) -> Self {
        let places = batch.iter().enumerate().map(|(place, delivered)| (delivered.mention.id.as_str(), place)).collect();
        Self { batch, own: of, snapshot, places, topics: matching.iter().map(|topics| own(topics, of)).collect() }
    }

    /// What each mention has from its conversation alone.
    fn inherited(mut self) -> Result<Vec<Vec<TopicId>>, StoreError> {
        let open: Vec<usize> = (0..self.batch.len()).filter(|&place| self.topics[place].is_empty()).collect();
        let mut answers: HashMap<&str, Vec<usize>> = HashMap::new();
        for &place in &open {
            for id in before(&self.batch[place].mention).filter(|id| self.places.contains_key(*id)) {
                answers.entry(id).or_default().push(place);
            }
        }
        let mut inherited = vec![Vec::new(); self.batch.len()];
        let mut todo = open;
        todo.reverse();
        // A mention comes by once by itself and once for each of the two it refers to, as that one is found to be on topic.
        while let Some(place) = todo.pop() {
            if !self.topics[place].is_empty() {
                continue;
            }
            let topics = self.of(&self.batch[place].mention)?;
            if !topics.is_empty() {
                inherited[place].clone_from(&topics);
                self.topics[place] = topics;
                todo.extend(answers.remove(self.batch[place].mention.id.as_str()).unwrap_or_default());
            }
        }
        Ok(inherited)
    }

    fn of(&self, mention: &Mention) -> Result<Vec<TopicId>, StoreError> {
        for id in before(mention) {
            let topics = match self.places.get(id) {
                Some(&place) => self.topics[place].clone(),
                None => {
                    let stored = self.snapshot.mention(&MentionKey { id: id.to_owned(), ..mention.key() })?;
                    stored.map(|stored| own(&stored.topics, self.own)).unwrap_or_default()
                }
            };
            if !topics.is_empty() {
                return Ok(topics);
            }
        }
        Ok(Vec::new())
    }
}

/// The mentions whose topics an answer takes, by id, the first that has any.
fn before(mention: &Mention) -> impl Iterator<Item = &str> {
    [&mention.thread, &mention.parent].into_iter().flatten().map(String::as_str)
}
