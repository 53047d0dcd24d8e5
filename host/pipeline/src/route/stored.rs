//! The topics that stored mentions belong to by the queries of now, whatever they belonged to when they were stored.

use std::collections::{BTreeSet, HashMap};

use vigie_mention::{MentionKey, TopicId};
use vigie_query::MatchText;
use vigie_store::{Snapshot, StoreError, Stored};

use super::{Router, before, own};
use crate::plan::Accept;

/// Looks stored mentions up and matches them. What was once found is kept, so it is one look at the store and not more.
///
/// An answer takes the topics that the start of its conversation has by the queries of now, and not those it is stored with: it does
/// not matter which of the two is matched first.
pub(crate) struct Current<'a> {
    router: &'a Router,
    snapshot: &'a Snapshot,
    found: HashMap<MentionKey, Vec<TopicId>>,
}

/// A mention of which it is not known yet what its conversation gives it.
struct Open<'a> {
    key: MentionKey,
    topics: BTreeSet<TopicId>,
    /// For each connector that would give it those of the conversation: its topics.
    wanted: Vec<&'a [TopicId]>,
    /// Ids of the mentions it may have them from, the first to be asked last.
    before: Vec<String>,
}

impl<'a> Current<'a> {
    pub(crate) fn new(router: &'a Router, snapshot: &'a Snapshot) -> Self {
        Self { router, snapshot, found: HashMap::new() }
    }

    /// The topics of the stored mention with this key; none if there is none.
    pub(crate) fn topics_of(&mut self, key: &MentionKey) -> Result<Vec<TopicId>, StoreError> {
        match self.found.get(key) {
            Some(found) => Ok(found.clone()),
            None => self.snapshot.mention(key)?.map_or(Ok(Vec::new()), |stored| self.topics(&stored)),
        }
    }

    /// The topics of a stored mention, in order.
    pub(crate) fn topics(&mut self, stored: &Stored) -> Result<Vec<TopicId>, StoreError> {
        let key = stored.mention.key();
        if let Some(found) = self.found.get(&key) {
            return Ok(found.clone());
        }
        // Conversations may be long: a list of those that wait, where a call within a call would end the host.
        let mut path = Vec::new();
        let mut next = Some(self.open(key, stored));
        loop {
            path.extend(next.take());
            let Some(top) = path.last_mut() else { return Ok(Vec::new()) };
            if let Some(id) = top.before.pop().filter(|_| !top.wanted.is_empty()) {
                let key = MentionKey { id, ..top.key.clone() };
                match self.found.get(&key) {
                    Some(topics) => top.take(topics),
                    None => next = self.snapshot.mention(&key)?.map(|stored| self.open(key, &stored)),
                }
                continue;
            }
            let Some(Open { key, topics, .. }) = path.pop() else { return Ok(Vec::new()) };
            let topics: Vec<TopicId> = topics.into_iter().collect();
            let Some(answer) = path.last_mut() else {
                self.found.insert(key, topics.clone());
                return Ok(topics);
            };
            answer.take(&topics);
            self.found.insert(key, topics);
        }
    }

    /// What a mention has without its conversation.
    fn open(&mut self, key: MentionKey, stored: &Stored) -> Open<'a> {
        // A conversation that comes round to itself gives nothing.
        self.found.insert(key.clone(), Vec::new());
        let said = self.router.index.matches(&MatchText::of(&stored.mention));
        let mut topics: BTreeSet<TopicId> = self.router.given(stored, &said).into_iter().collect();
        let router = self.router;
        let keepers = router.keepers_of(&stored.mention).filter(|keeper| keeper.accept == Accept::Conversation);
        let wanted = keepers.map(|keeper| keeper.topics.as_slice()).filter(|topics| own(&said, topics).is_empty()).collect();
        topics.extend(said);
        let mut before: Vec<String> = before(&stored.mention).map(str::to_owned).collect();
        before.reverse();
        Open { key, topics, wanted, before }
    }
}

impl Open<'_> {
    /// Takes what a mention before it has, for those connectors that have nothing of it yet.
    fn take(&mut self, given: &[TopicId]) {
        let Self { topics, wanted, .. } = self;
        wanted.retain(|of| {
            let taken = own(given, of);
            let nothing = taken.is_empty();
            topics.extend(taken);
            nothing
        });
    }
}
