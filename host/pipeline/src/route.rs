//! Which topics a mention belongs to.

use vigie_mention::{Mention, MentionKey, TopicId};
use vigie_query::{Index, MatchText};
use vigie_store::{Snapshot, StoreError};

use crate::plan::{Accept, Topic};

/// Matches mentions with every topic of the plan.
pub(crate) struct Router {
    index: Index,
}

impl Router {
    pub(crate) fn new(topics: &[Topic]) -> Self {
        Self { index: Index::new(topics.iter().map(|topic| (topic.id.clone(), topic.query.clone())).collect()) }
    }

    /// The topics of a mention, or `None` if it is not to be kept.
    ///
    /// A mention takes every topic it matches, not only those of the connector that delivered it, so that two connectors
    /// which both see it agree.
    pub(crate) fn route(
        &self,
        mention: &Mention,
        own: &[TopicId],
        accept: Accept,
        snapshot: &Snapshot,
    ) -> Result<Option<Vec<TopicId>>, StoreError> {
        let mut topics = self.index.matches(&MatchText::of(mention));
        if topics.iter().any(|topic| own.contains(topic)) {
            return Ok(Some(topics));
        }
        let inherited = match accept {
            Accept::Matching => Vec::new(),
            Accept::Conversation => conversation_topics(mention, own, snapshot)?,
            Accept::Everything => own.to_vec(),
        };
        if inherited.is_empty() {
            return Ok(None);
        }
        topics.extend(inherited);
        topics.sort();
        topics.dedup();
        Ok(Some(topics))
    }
}

/// Topics of the stored mention that started the conversation, or else of the one this answers.
fn conversation_topics(mention: &Mention, own: &[TopicId], snapshot: &Snapshot) -> Result<Vec<TopicId>, StoreError> {
    for id in [&mention.thread, &mention.parent].into_iter().flatten() {
        let key = MentionKey { id: id.clone(), ..mention.key() };
        if let Some(stored) = snapshot.mention(&key)? {
            let topics: Vec<TopicId> = stored.topics.into_iter().filter(|topic| own.contains(topic)).collect();
            if !topics.is_empty() {
                return Ok(topics);
            }
        }
    }
    Ok(Vec::new())
}
