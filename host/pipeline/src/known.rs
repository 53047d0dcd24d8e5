//! Which known mentions are read again, and when: less and less often, the older they are.
//!
//! A mention published at *p* is due at *p + age* for every age of the schedule. Nothing about that is stored with the mention: a pass
//! that reaches from one instant to another reads the stretches of the time index that these ages lead back to, and the only thing
//! kept is how far the passes have come. It is kept as the cursor of a feed of the connector's own ([`KNOWN`]), so a pass is scheduled,
//! committed and resumed as every other poll.

use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

use vigie_mention::delivery::{Batch, Change, Feed, Next};
use vigie_mention::{Instant, KNOWN_FEED, TopicId, Window};
use vigie_runtime::CallError;
use vigie_store::{FeedState, Filter, Order, Snapshot, StoreError, WalkStatus};

use crate::plan::Source;

/// What a pass reads.
pub(crate) struct Pass {
    /// Ids of mentions, those first that have been due longest.
    pub(crate) ids: Vec<String>,
    /// How far it comes; the next pass goes on from here.
    until: String,
    /// Whether more is due already.
    more: bool,
}

/// The feed whose cursor says how far the passes have come.
pub(crate) fn feed() -> Feed {
    Feed { id: KNOWN_FEED.to_owned(), title: "known mentions, read again".to_owned(), params: String::new(), expires_at: None }
}

/// The state a connector's passes begin with: the feed has a head alone.
pub(crate) fn state() -> FeedState {
    let mut state = FeedState::new(feed(), false);
    state.older.status = WalkStatus::Done;
    state
}

/// Whose mentions a pass reads, and by which schedule.
pub(crate) struct Schedule<'a> {
    pub(crate) source: &'a dyn Source,
    pub(crate) topics: &'a [TopicId],
    pub(crate) ages: &'a [Duration],
    /// About so many mentions in one pass.
    pub(crate) most: usize,
}

impl Schedule<'_> {
    /// What is due from where the last pass ended until `now`. The first pass only notes where it begins: what the connector has just
    /// read needs no second look.
    pub(crate) fn pass(&self, snapshot: &Snapshot, cursor: Option<&str>, now: Instant) -> Result<Pass, StoreError> {
        let (from, after) = cursor.and_then(place).unwrap_or((now, None));
        // Where the last pass ended within an instant, that instant is read once more.
        let first = if after.is_some() { Instant::from_millis(from.as_millis().saturating_sub(1)) } else { from };
        let most = self.most.max(1);
        // By the instant at which they are due; one that is due twice is read once.
        let mut due: BTreeSet<(Instant, String)> = BTreeSet::new();
        for age in self.ages {
            let back = |at: Instant| Instant::from_millis(at.as_millis().saturating_sub(millis(*age)).saturating_add(1));
            let filter = Filter {
                topics: self.topics.to_vec(),
                sources: vec![self.source.id().to_owned()],
                window: Some(Window { from: back(first), until: back(now) }),
                order: Order::Oldest,
                ..Filter::default()
            };
            // One more than wanted tells that there is more. Those of one instant come in no order, so it is read to its end.
            let (mut taken, mut last) = (0, None);
            for stored in snapshot.mentions(&filter)? {
                let mention = stored?.mention;
                let at = mention.at() + *age;
                // Another instance of the service is another connector's; what was first read after it was due is fresh.
                if mention.instance != self.source.instance() || mention.collected_at >= at {
                    continue;
                }
                if at == from && after.is_some_and(|after| mention.id.as_str() <= after) {
                    continue;
                }
                if taken > most && last != Some(at) {
                    break;
                }
                last = Some(at);
                due.insert((at, mention.id));
                taken += 1;
            }
        }
        let more = due.len() > most;
        let last = due.iter().nth(most - 1).filter(|_| more);
        let until = last.map_or_else(|| now.to_string(), |(at, id)| format!("{at} {id}"));
        let mut seen = HashSet::new();
        let ids = due.into_iter().take(most).map(|(_, id)| id);
        Ok(Pass { ids: ids.filter(|id| seen.insert(id.clone())).collect(), until, more })
    }
}

impl Pass {
    /// Reads the mentions again; the batch carries how far that came.
    pub(crate) async fn read(self, source: &dyn Source) -> Result<Batch, CallError> {
        let changes: Vec<Change> = if self.ids.is_empty() { Vec::new() } else { source.refresh(&self.ids).await? };
        let next = if self.more { Next::More } else { Next::Later(None) };
        Ok(Batch { changes, feeds: Vec::new(), cursor: Some(self.until), next })
    }
}

/// Reads a cursor: everything due until an instant was read, or everything before it and, of those due at it, the ids up to one.
fn place(cursor: &str) -> Option<(Instant, Option<&str>)> {
    match cursor.split_once(' ') {
        Some((at, id)) => Some((at.parse().ok()?, Some(id))),
        None => Some((cursor.parse().ok()?, None)),
    }
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}
