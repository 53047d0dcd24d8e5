//! The feeds of one connector in memory: which walk is due, and when.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant as Tick;
use vigie_mention::delivery::{Direction, Feed};
use vigie_mention::{FailureClass, Instant, KNOWN_FEED};
use vigie_store::{FeedState, Walk, WalkStatus};

use crate::refusals::Ground;
use crate::run::Mode;
use crate::schedule::LONGEST_REST;
use crate::trail::Trail;
use crate::wishes::Wishes;

/// Failures in a row after which [`Mode::Once`] leaves a walk to the next run.
const TRIES: u32 = 3;

/// One feed and what this run knows of it. Instants of the store become ticks of the process, which no fixed clock stops.
pub(crate) struct Live {
    pub(crate) state: FeedState,
    /// A poll of this feed is under way; one at a time, so that its two walks never overwrite each other.
    pub(crate) busy: bool,
    newer: Slot,
    older: Slot,
    /// Neither walk goes on before this tick: what one was refused the other would be.
    held: Option<Tick>,
    /// Of both walks: their cursors are their own.
    trails: [Trail; 2],
}

#[derive(Default, Clone, Copy)]
struct Slot {
    /// Not before this tick.
    ready: Option<Tick>,
    polled: bool,
}

/// When a walk is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Due {
    Now,
    At(Tick),
    Never,
}

impl Live {
    pub(crate) fn new(mut state: FeedState, now: Instant) -> Self {
        for walk in [&mut state.newer, &mut state.older] {
            // Written while a clock was ahead, or when a service could still ask for any pause.
            walk.next_at = walk.next_at.map(|at| at.min(now + LONGEST_REST));
            // Where a service once said that a planned feed is gone, that was for ever: an end that nothing failed on is a real one.
            if !state.child && walk.status == WalkStatus::Done && walk.failures > 0 {
                walk.status = WalkStatus::Reading;
            }
        }
        let (newer, older) = (Slot::default(), Slot::default());
        let mut live = Self { state, busy: false, newer, older, held: None, trails: Default::default() };
        live.newer.ready = tick(live.state.newer.next_at, now);
        live.older.ready = tick(live.state.older.next_at, now);
        live
    }

    /// Takes over the state after a poll.
    pub(crate) fn settle(&mut self, direction: Direction, mut state: FeedState, now: Instant) {
        self.busy = false;
        if state.child {
            // The state is that of the beginning of the poll: since then the feed may have been found again.
            state.feed.expires_at = later(state.feed.expires_at, self.state.feed.expires_at);
        }
        self.state = state;
        let ready = tick(self.state.walk(direction).next_at, now);
        *self.slot(direction) = Slot { ready, polled: true };
    }

    /// Holds both walks.
    pub(crate) fn hold(&mut self, until: Tick) {
        self.held = Some(until);
    }

    /// Takes note that the history is read from its beginning again.
    pub(crate) fn restart_history(&mut self) {
        self.older = Slot::default();
        *self.trail(Direction::Older) = Trail::default();
    }

    /// The pages that a walk has read.
    pub(crate) fn trail(&mut self, direction: Direction) -> &mut Trail {
        &mut self.trails[usize::from(direction == Direction::Older)]
    }

    fn slot(&mut self, direction: Direction) -> &mut Slot {
        match direction {
            Direction::Newer => &mut self.newer,
            Direction::Older => &mut self.older,
        }
    }

    fn expired(&self, now: Instant) -> bool {
        self.state.feed.expires_at.is_some_and(|end| end <= now)
    }

    /// When this walk is due in this run.
    fn due(&self, direction: Direction, mode: Mode, patience: Duration) -> Due {
        match (self.due_by_itself(direction, mode, patience), self.held.filter(|held| *held > Tick::now())) {
            (Due::Never, _) => Due::Never,
            (due, None) => due,
            (due, Some(held)) => {
                let at = Due::At(held).max(due);
                if mode == Mode::Once { within(at, patience) } else { at }
            }
        }
    }

    fn due_by_itself(&self, direction: Direction, mode: Mode, patience: Duration) -> Due {
        let slot = if direction == Direction::Newer { self.newer } else { self.older };
        let walk = self.state.walk(direction);
        let waited = slot.ready.map_or(Due::Now, |ready| if ready <= Tick::now() { Due::Now } else { Due::At(ready) });
        match (&walk.status, mode) {
            (WalkStatus::Done, _) => Due::Never,
            (WalkStatus::Reading, _) | (WalkStatus::Waiting | WalkStatus::Resting { .. }, Mode::Keep) => waited,
            // A run on demand looks at every planned feed once, whatever its interval; children wait for theirs.
            (WalkStatus::Waiting, Mode::Once) if slot.polled => Due::Never,
            (WalkStatus::Waiting, Mode::Once) if !self.state.child => Due::Now,
            (WalkStatus::Waiting, Mode::Once) => {
                if waited == Due::Now {
                    Due::Now
                } else {
                    Due::Never
                }
            }
            // What a service asked for is kept whoever runs us; what a person may have mended is tried again.
            (WalkStatus::Resting { class, .. }, Mode::Once) => match class {
                FailureClass::RateLimited | FailureClass::QuotaExhausted if slot.polled && walk.failures >= TRIES => Due::Never,
                FailureClass::RateLimited | FailureClass::QuotaExhausted => within(waited, patience),
                _ if !slot.polled => Due::Now,
                FailureClass::Transient if walk.failures < TRIES => within(waited, patience),
                _ => Due::Never,
            },
        }
    }
}

/// The later of two ends, where none is the latest.
fn later(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    Some(one?.max(other?))
}

fn within(due: Due, patience: Duration) -> Due {
    match due {
        Due::At(at) if at > Tick::now() + patience => Due::Never,
        due => due,
    }
}

fn tick(at: Option<Instant>, now: Instant) -> Option<Tick> {
    // A century is for ever, and does not overflow a tick.
    const FOR_EVER: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);
    at.map(|at| Tick::now() + at.since(now).min(FOR_EVER))
}

/// All feeds of one connector.
pub(crate) struct Feeds {
    live: BTreeMap<String, Live>,
    wishes: Wishes,
}

impl Feeds {
    /// The planned feeds with the state the store has of them, and the children found earlier.
    pub(crate) fn new(planned: Vec<Feed>, stored: Vec<(String, FeedState)>, wishes: Wishes, now: Instant) -> Self {
        let mut stored: BTreeMap<String, FeedState> = stored.into_iter().collect();
        let mut live = BTreeMap::new();
        for feed in planned {
            // The plan is newer than what is stored of it: parameters may have changed, the position has not.
            let state = match stored.remove(&feed.id) {
                Some(known) => FeedState { feed, child: false, ..known },
                None => FeedState::new(feed, false),
            };
            let state = wishes.applied(state, now);
            live.insert(state.feed.id.clone(), Live::new(state, now));
        }
        for (id, state) in stored.into_iter().filter(|(_, state)| state.child) {
            live.insert(id, Live::new(wishes.applied(state, now), now));
        }
        let mut feeds = Self { live, wishes };
        feeds.forget_expired(now);
        feeds
    }

    pub(crate) fn len(&self) -> usize {
        self.live.len()
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Live> {
        self.live.get_mut(id)
    }

    /// Adds a feed of the connector's own.
    pub(crate) fn add(&mut self, state: FeedState, now: Instant) {
        self.live.insert(state.feed.id.clone(), Live::new(state, now));
    }

    /// Adds feeds found on the way. A known one keeps its position and only gets a later end.
    pub(crate) fn adopt(&mut self, children: Vec<Feed>, now: Instant) {
        for feed in children {
            match self.live.get_mut(&feed.id) {
                Some(known) if known.state.child => {
                    known.state.feed.expires_at = later(known.state.feed.expires_at, feed.expires_at);
                }
                Some(_) => {}
                None => {
                    let state = self.wishes.applied(FeedState::new(feed, true), now);
                    self.live.insert(state.feed.id.clone(), Live::new(state, now));
                }
            }
        }
    }

    pub(crate) fn forget_expired(&mut self, now: Instant) {
        self.live.retain(|_, live| live.busy || !live.expired(now));
    }

    /// Feeds of the plan.
    pub(crate) fn planned(&self) -> usize {
        self.live.values().filter(|live| !live.state.child && live.state.feed.id != KNOWN_FEED).count()
    }

    /// The walk to poll next, and when. Planned feeds go before children, the head before history. What a person has to mend comes last:
    /// where it keeps the connector from going on, the others have had their turn. In a run that goes on, of those alike the one that
    /// has been due longest is next, so that none starves where more is due than can be read; a run on demand reads each once anyway.
    pub(crate) fn next(&self, mode: Mode, patience: Duration) -> Option<(String, Direction, Due)> {
        let history = self.wishes.history.is_some();
        let directions: &[Direction] = if history { &[Direction::Newer, Direction::Older] } else { &[Direction::Newer] };
        let walks = self.live.iter().filter(|(_, live)| !live.busy).flat_map(|(id, live)| {
            directions.iter().map(move |&direction| {
                let due = live.due(direction, mode, patience);
                let slot = if direction == Direction::Newer { live.newer } else { live.older };
                let since = slot.ready.filter(|_| mode == Mode::Keep);
                (due, is_closed(live.state.walk(direction)), live.state.child, direction, since, id.as_str())
            })
        });
        let first = walks.filter(|(due, ..)| *due != Due::Never).min();
        first.map(|(due, _, _, direction, _, id)| (id.to_owned(), direction, due))
    }
}

/// Whether a walk was refused for what a person has to mend.
fn is_closed(walk: &Walk) -> bool {
    matches!(walk.status, WalkStatus::Resting { class, .. } if Ground::of(class) == Some(Ground::Person))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A child was read while its parent found it again: it took its old end back, and a long run gave it up too early.
    #[test]
    fn a_child_found_again_while_it_is_read_ends_later() {
        let at = |minute: i64| Instant::from_millis(minute * 60_000);
        let child = |end: Option<i64>| Feed {
            id: "comments".into(),
            title: "Comments".into(),
            params: String::new(),
            expires_at: end.map(at),
        };
        for (found_again, end) in [(Some(90), Some(at(90))), (Some(20), Some(at(50))), (None, None)] {
            let mut feeds = Feeds::new(vec![], vec![], Wishes::default(), at(0));
            feeds.adopt(vec![child(Some(50))], at(0));
            let live = feeds.get_mut("comments").expect("adopted");
            live.busy = true;
            let read = live.state.clone();
            feeds.adopt(vec![child(found_again)], at(1));
            let live = feeds.get_mut("comments").expect("there");
            live.settle(Direction::Newer, read, at(2));
            assert_eq!(live.state.feed.expires_at, end);
            feeds.forget_expired(at(60));
            assert_eq!(feeds.get_mut("comments").is_some(), end != Some(at(50)));
        }
    }
}
