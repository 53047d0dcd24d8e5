//! Which topics a mention belongs to.

mod stored;

use std::collections::HashMap;

use vigie_mention::{ConnectorId, Mention, MentionKey, TopicId};
use vigie_query::{Index, MatchText};
use vigie_store::{Snapshot, StoreError, Stored};

use crate::fingerprint::fingerprint;
use crate::plan::{Accept, Keeper, Plan};

pub(crate) use stored::Current;

/// Matches mentions with every topic of the plan.
pub(crate) struct Router {
    index: Index,
    topics: Vec<TopicId>,
    fingerprint: u64,
    keepers: Vec<Keeper>,
}

/// Whose batch is routed.
#[derive(Clone, Copy)]
pub(crate) struct Bearer<'a> {
    pub(crate) connector: &'a ConnectorId,
    /// The topics it collects for.
    pub(crate) topics: &'a [TopicId],
    pub(crate) accept: Accept,
}

/// What becomes of a mention that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Route {
    /// The topics it belongs to, in order.
    pub(crate) topics: Vec<TopicId>,
    /// See [`vigie_store::Signals::given`].
    pub(crate) given: Option<Vec<TopicId>>,
}

/// A mention as delivered, and what the store has of it.
pub(crate) struct Delivered {
    pub(crate) mention: Mention,
    pub(crate) stored: Option<Stored>,
}

impl Router {
    pub(crate) fn new(plan: &Plan) -> Self {
        let mut words: Vec<String> =
            plan.topics.iter().map(|topic| format!("{}@{}", topic.id, topic.query.fingerprint())).collect();
        words.sort_unstable();
        // How mentions are matched counts like a version: raised, everything stored is matched again.
        words.insert(0, "route@1".to_owned());
        Self {
            index: Index::new(plan.topics.iter().map(|topic| (topic.id.clone(), topic.query.clone())).collect()),
            topics: plan.topics.iter().map(|topic| topic.id.clone()).collect(),
            fingerprint: fingerprint(&words),
            keepers: plan.connectors.iter().map(Keeper::of).chain(plan.idle.iter().cloned()).collect(),
        }
    }

    /// Stands for the topics and what their queries ask.
    pub(crate) fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    /// How each mention of a batch is kept, in order, or `None` if it is not.
    ///
    /// A mention takes every topic it matches, not only those of the connector that delivered it, so that two connectors
    /// which both see it agree. One that is stored is kept, even outside every topic.
    pub(crate) fn route(
        &self,
        batch: &[Delivered],
        bearer: Bearer<'_>,
        snapshot: &Snapshot,
    ) -> Result<Vec<Option<Route>>, StoreError> {
        let matching: Vec<Vec<TopicId>> =
            batch.iter().map(|delivered| self.index.matches(&MatchText::of(&delivered.mention))).collect();
        let mut current = Current::new(self, snapshot);
        let inherited = match bearer.accept {
            Accept::Matching => vec![Vec::new(); batch.len()],
            Accept::Conversation => Conversations::new(batch, &matching, bearer.topics, &mut current).inherited()?,
            Accept::Everything => matching
                .iter()
                .map(|topics| if own(topics, bearer.topics).is_empty() { bearer.topics.to_vec() } else { Vec::new() })
                .collect(),
        };
        let mut routes = Vec::with_capacity(batch.len());
        for ((delivered, matching), inherited) in batch.iter().zip(matching).zip(inherited) {
            let wanted = !inherited.is_empty() || !own(&matching, bearer.topics).is_empty();
            if !wanted && delivered.stored.is_none() {
                routes.push(None);
                continue;
            }
            let mut topics = match &delivered.stored {
                Some(stored) => self.given_by_others(stored, &matching, bearer.connector, &mut current)?,
                None => Vec::new(),
            };
            let given = given_with(delivered.stored.as_ref(), &topics, bearer);
            topics.extend(matching);
            topics.extend(inherited);
            topics.sort();
            topics.dedup();
            routes.push(Some(Route { topics, given }));
        }
        Ok(routes)
    }

    /// Topics a stored mention has from other connectors, and not by what it says now: this delivery knows nothing of them.
    fn given_by_others(
        &self,
        stored: &Stored,
        matching: &[TopicId],
        connector: &ConnectorId,
        current: &mut Current<'_>,
    ) -> Result<Vec<TopicId>, StoreError> {
        let mut topics = self.given(stored, matching);
        let others = self.keepers_of(&stored.mention).filter(|keeper| keeper.connector != *connector);
        let conversations: Vec<&Keeper> = others.filter(|keeper| keeper.accept == Accept::Conversation).collect();
        let inherits = |topic: &TopicId| conversations.iter().any(|keeper| keeper.topics.contains(topic));
        if stored.topics.iter().any(inherits) {
            let said = self.index.matches(&MatchText::of(&stored.mention));
            topics.extend(current.topics(stored)?.into_iter().filter(|topic| inherits(topic) && !said.contains(topic)));
        }
        Ok(topics)
    }

    /// Topics that connectors which keep everything give to a stored mention that says this.
    fn given(&self, stored: &Stored, said: &[TopicId]) -> Vec<TopicId> {
        let claimed = match &stored.signals.given {
            Some(given) => given.clone(),
            None => self.probably_given(stored),
        };
        let mut topics = Vec::new();
        // Of connectors that are gone, or of an import: whatever no connector of now answers for.
        let mut rest: Vec<&TopicId> = claimed.iter().collect();
        for keeper in self.keepers_of(&stored.mention).filter(|keeper| keeper.accept == Accept::Everything) {
            if claimed.iter().any(|topic| keeper.topics.contains(topic)) {
                rest.retain(|topic| !keeper.topics.contains(topic));
                if own(said, &keeper.topics).is_empty() {
                    topics.extend_from_slice(&keeper.topics);
                }
            }
        }
        if !rest.iter().any(|topic| said.contains(topic)) {
            topics.extend(rest.into_iter().cloned());
        }
        topics.retain(|topic| self.topics.contains(topic));
        topics
    }

    /// The same where nobody took note: what it is stored under and does not say may be given by a connector that keeps everything of its
    /// source, or by one that is not there any more.
    fn probably_given(&self, stored: &Stored) -> Vec<TopicId> {
        if stored.topics.is_empty() {
            return Vec::new();
        }
        let said = self.index.matches(&MatchText::of(&stored.mention));
        let nobody = self.keepers_of(&stored.mention).next().is_none();
        let mut everything = self.keepers_of(&stored.mention).filter(|keeper| keeper.accept == Accept::Everything);
        let given =
            |topic: &&TopicId| !said.contains(topic) && (nobody || everything.any(|keeper| keeper.topics.contains(topic)));
        stored.topics.iter().filter(given).cloned().collect()
    }

    /// The connectors that read the service of a mention.
    fn keepers_of<'a>(&'a self, mention: &Mention) -> impl Iterator<Item = &'a Keeper> + use<'a> {
        let (source, instance) = (mention.source.clone(), mention.instance.clone());
        self.keepers.iter().filter(move |keeper| (&keeper.source, &keeper.instance) == (&source, &instance))
    }
}

/// What connectors have given a mention, this delivery included; `others`: what those of before give it now.
fn given_with(stored: Option<&Stored>, others: &[TopicId], bearer: Bearer<'_>) -> Option<Vec<TopicId>> {
    let known = stored.map_or(Some(Vec::new()), |stored| stored.signals.given.clone());
    if bearer.accept != Accept::Everything {
        return known;
    }
    let mut given = known.unwrap_or_else(|| others.to_vec());
    given.extend_from_slice(bearer.topics);
    given.sort();
    given.dedup();
    Some(given)
}

fn own(topics: &[TopicId], own: &[TopicId]) -> Vec<TopicId> {
    topics.iter().filter(|topic| own.contains(topic)).cloned().collect()
}

/// Looks for the topics of answers: those of the mention that started the conversation, or else of the one answered. Either may
/// be stored or in the same batch, in any order.
struct Conversations<'a, 'c> {
    batch: &'a [Delivered],
    own: &'a [TopicId],
    stored: &'a mut Current<'c>,
    places: HashMap<&'a str, usize>,
    /// Topics of the connector that each mention of the batch has so far, by what it says or by what it answers.
    topics: Vec<Vec<TopicId>>,
}

impl<'a, 'c> Conversations<'a, 'c> {
    fn new(batch: &'a [Delivered], matching: &[Vec<TopicId>], of: &'a [TopicId], stored: &'a mut Current<'c>) -> Self {
        let places = batch.iter().enumerate().map(|(place, delivered)| (delivered.mention.id.as_str(), place)).collect();
        Self { batch, own: of, stored, places, topics: matching.iter().map(|topics| own(topics, of)).collect() }
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

    fn of(&mut self, mention: &Mention) -> Result<Vec<TopicId>, StoreError> {
        for id in before(mention) {
            let topics = match self.places.get(id) {
                Some(&place) => self.topics[place].clone(),
                None => own(&self.stored.topics_of(&MentionKey { id: id.to_owned(), ..mention.key() })?, self.own),
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
