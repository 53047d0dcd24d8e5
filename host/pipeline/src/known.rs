//! Which known mentions are read again, and when: less and less often, the older they are.
//!
//! A mention published at *p* is due at *p + age* for every age of the schedule. Nothing about that is stored with the mention: a pass
//! that reaches from one instant to another reads the stretches of the time index that these ages lead back to, and the only thing
//! kept is how far the passes have come. It is kept as the cursor of a feed of the connector's own ([`KNOWN`]), so a pass is scheduled,
//! committed and resumed as every other poll.

use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

use vigie_mention::delivery::{Batch, Feed, Next};
use vigie_mention::{Failure, FailureClass, Instant, KNOWN_FEED, TopicId, Window};
use vigie_runtime::CallError;
use vigie_store::{FeedState, Filter, Order, Snapshot, StoreError, WalkStatus};

use crate::plan::Source;

/// Mentions in a row that break the plugin, after which it is the plugin: the others wait for the next interval.
const MOST_BROKEN: u32 = 5;
/// Passes in a row that failed, after which a mention is given up: one whose failure might have passed by itself, and one that breaks
/// the plugin although nothing else says that it is well, as it is due alone. By then a plugin that breaks on everything has been in
/// quarantine.
const MOST_FAILED: u32 = 5;

/// What a pass reads.
pub(crate) struct Pass {
    /// Ids of mentions and since when they are due, those first that have been due longest.
    ids: Vec<(Instant, String)>,
    /// How far it comes; the next pass goes on from here.
    until: String,
    /// Whether more is due already.
    more: bool,
}

/// What a pass brought.
pub(crate) struct Again {
    pub(crate) batch: Batch,
    /// Whether anything was asked for.
    pub(crate) asked: bool,
    /// Mentions that break the plugin, each by itself, and how.
    pub(crate) broken: Vec<(String, String)>,
    /// Mentions that fail, each by itself, where others do not, and why.
    pub(crate) refused: Vec<(String, String)>,
    /// Whether any call went well.
    pub(crate) went_well: bool,
    /// What failed after the service had answered for a while, and is to be tried again. The cursor stands before it.
    pub(crate) failure: Option<CallError>,
}

impl From<Batch> for Again {
    fn from(batch: Batch) -> Self {
        Self { batch, asked: true, broken: Vec::new(), refused: Vec::new(), went_well: true, failure: None }
    }
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
        let ids = due.into_iter().take(most);
        Ok(Pass { ids: ids.filter(|(_, id)| seen.insert(id.clone())).collect(), until, more })
    }
}

impl Pass {
    /// Reads the mentions again; the batch carries how far that came. Where a call breaks, or fails for what may be one mention's, the
    /// rest is halved until the mention is alone: it is given up, so that those behind it have their turn. One whose failure may pass
    /// by itself is tried again first, by the passes that follow.
    ///
    /// Where nothing goes well, it is the plugin that is broken, or the service: the pass fails and nothing is given up, until so many
    /// in a row have broken (`failures`) that one must be.
    pub(crate) async fn read(self, source: &dyn Source, failures: u32) -> Result<Again, CallError> {
        let next = if self.more { Next::More } else { Next::Later(None) };
        let batch = Batch { changes: Vec::new(), feeds: Vec::new(), cursor: Some(self.until), next };
        let mut again = Again { asked: false, went_well: false, ..Again::from(batch) };
        if self.ids.is_empty() {
            return Ok(again);
        }
        again.asked = true;
        let (mut in_a_row, mut done, mut last) = (0, 0, None);
        // The first mention that failed for what may pass by itself.
        let mut again_from: Option<(usize, CallError)> = None;
        let mut todo = vec![(0, self.ids.len())];
        while let Some((from, until)) = todo.pop() {
            let ids: Vec<String> = self.ids[from..until].iter().map(|(_, id)| id.clone()).collect();
            let error = match source.refresh(&ids).await {
                Ok(changes) => {
                    again.batch.changes.extend(changes);
                    again.went_well = true;
                    (in_a_row, done) = (0, until);
                    continue;
                }
                Err(error) => error,
            };
            match (&error, Blame::of(&error, failures)) {
                (_, Blame::Service) if !again.went_well => return Err(error),
                // What was read until then is kept, and the next pass begins here, or at one that is to be tried again.
                (_, Blame::Service) => {
                    again_from.get_or_insert((from, error));
                    break;
                }
                (_, Blame::Mention { .. }) if ids.len() > 1 => {
                    let middle = from + ids.len() / 2;
                    todo.extend([(middle, until), (from, middle)]);
                    continue;
                }
                (_, Blame::Mention { may_pass: true }) => {
                    again_from.get_or_insert((from, error.clone()));
                }
                (CallError::Failure(_), Blame::Mention { .. }) => {
                    again.refused.extend(ids.into_iter().map(|id| (id, error.to_string())))
                }
                (_, Blame::Mention { .. }) => again.broken.extend(ids.into_iter().map(|id| (id, error.to_string()))),
            }
            (in_a_row, done, last) = (in_a_row + 1, until, Some(error));
            if in_a_row == MOST_BROKEN {
                again.batch.next = Next::Later(None);
                break;
            }
        }
        if let Some(error) = last.filter(|_| !again.went_well) {
            if failures < MOST_FAILED || matches!(error, CallError::Failure(_)) {
                return Err(error);
            }
            // The one that has been due longest, and no other: most of them break nothing, if it is the plugin.
            again.refused.clear();
            again.broken = vec![(self.ids[0].1.clone(), error.to_string())];
            again.batch.next = Next::Later(None);
            (done, again_from) = (1, None);
        }
        if let Some((place, error)) = again_from {
            done = place;
            again.failure = Some(error);
        }
        match self.ids[..done].last() {
            _ if done == self.ids.len() => {}
            Some((at, id)) => again.batch.cursor = Some(format!("{at} {id}")),
            None => again.batch.cursor = None,
        }
        Ok(again)
    }
}

/// What a call that brought nothing speaks of.
enum Blame {
    /// The service, or the credentials: other mentions would fare no better.
    Service,
    /// One of the mentions asked for, perhaps. What may pass by itself is tried again before the mention is given up.
    Mention { may_pass: bool },
}

impl Blame {
    fn of(error: &CallError, failures: u32) -> Self {
        let CallError::Failure(Failure { class, .. }) = error else { return Self::Mention { may_pass: false } };
        match class {
            FailureClass::Forbidden | FailureClass::Gone | FailureClass::UnexpectedAnswer => Self::Mention { may_pass: false },
            // The first time it is taken for what it mostly is: an overload, a broken connection.
            FailureClass::Transient if failures > 0 => Self::Mention { may_pass: failures < MOST_FAILED },
            // Credentials that open the others may not open this one, as is seen after the rest.
            FailureClass::Unauthorized | FailureClass::Settings if failures > 0 => Self::Mention { may_pass: false },
            _ => Self::Service,
        }
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
