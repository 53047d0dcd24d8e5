//! Drives the feeds of one connector: plans them, polls those that are due, commits what each poll brings.

mod commit;
mod planning;
mod troubles;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::RwLock;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinSet;
use tokio::time::Instant as Tick;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;
use vigie_mention::delivery::{Direction, Feed, PollRequest};
use vigie_mention::{Failure, FailureClass, FeedKey, Instant, KNOWN_FEED};
use vigie_runtime::CallError;
use vigie_store::{FeedState, Receipt, Store, Walk, Writer};

use self::troubles::Troubles;
use crate::annotate::Annotator;
use crate::digest::{self, Poll};
use crate::error::PipelineError;
use crate::event::{Event, Tally};
use crate::feeds::{Due, Feeds};
use crate::known::{self, Again, Pass, Schedule};
use crate::plan::{Connector, Options, Topic};
use crate::quarantine::Quarantine;
use crate::refusals::{Ground, Refusals};
use crate::route::Router;
use crate::run::Mode;
use crate::schedule::{self, Beat};
use crate::wishes::{self, Wishes};

/// How far back the head of a feed reaches the first time, where no history is asked for.
const FIRST_LOOK: Duration = Duration::from_secs(24 * 60 * 60);
/// A rest that outlasts every run.
const FOR_GOOD: Duration = Duration::from_secs(u32::MAX as u64);
/// Tries to plan before a run on demand gives a connector up.
const PLAN_TRIES: u32 = 3;
/// Refusals for the rate, one after the other, before a run on demand leaves a connector, or a feed, to the next run.
const LIMITED_TRIES: u32 = 4;

/// What the connectors of a run share.
pub(crate) struct Shared {
    pub(crate) topics: Vec<Topic>,
    pub(crate) router: Arc<Router>,
    pub(crate) annotator: Arc<Annotator>,
    pub(crate) store: Store,
    pub(crate) writer: Writer,
    pub(crate) options: Options,
    pub(crate) events: UnboundedSender<Event>,
    pub(crate) stop: CancellationToken,
    /// Held together while batches are digested and committed, and alone by one that others have overtaken too often.
    pub(crate) turns: RwLock<()>,
}

/// One connector at work.
pub(crate) struct Worker {
    connector: Arc<Connector>,
    shared: Arc<Shared>,
    random: fastrand::Rng,
    quarantine: Quarantine,
    /// The whole connector waits until this tick: what some feeds were refused holds for all of them.
    hold: Option<Tick>,
    refusals: Refusals,
    tally: Tally,
    troubles: Troubles,
    /// Whether any poll went well.
    read_something: bool,
}

/// How a connector's part of a run ended.
pub(crate) struct Ended {
    pub(crate) tally: Tally,
    /// What still keeps something from being read.
    pub(crate) trouble: Option<String>,
    pub(crate) read_something: bool,
}

/// One poll that is under way.
struct Job {
    feed: String,
    direction: Direction,
    before: FeedState,
    /// From when on it was asked for.
    since: Option<Instant>,
}

struct Polled {
    job: Job,
    result: Result<Again, CallError>,
}

impl Worker {
    pub(crate) fn new(connector: Connector, shared: Arc<Shared>) -> Self {
        // Each connector has its own sequence, whatever the others do.
        let name = connector.id.as_str().bytes().fold(shared.options.seed, |seed, byte| seed.rotate_left(5) ^ u64::from(byte));
        Self {
            connector: Arc::new(connector),
            shared,
            random: fastrand::Rng::with_seed(name),
            quarantine: Quarantine::default(),
            hold: None,
            refusals: Refusals::default(),
            tally: Tally::default(),
            troubles: Troubles::default(),
            read_something: false,
        }
    }

    /// Works until there is nothing left to do in this run, or until it is asked to stop.
    pub(crate) async fn run(mut self, mode: Mode) -> Result<Ended, PipelineError> {
        let stop = self.shared.stop.clone();
        let result = tokio::select! {
            // What is under way when the run is stopped is dropped: it was not committed, so the next run reads it again.
            () = stop.cancelled() => Ok(()),
            result = self.work(mode) => result,
        };
        result?;
        let connector = self.connector.id.clone();
        self.tell(Event::Finished { connector, tally: self.tally });
        Ok(Ended { tally: self.tally, trouble: self.troubles.last(), read_something: self.read_something })
    }

    async fn work(&mut self, mode: Mode) -> Result<(), PipelineError> {
        let Some(planned) = self.plan(mode).await? else { return Ok(()) };
        self.note_plan(&planned).await?;
        let stored = self.read(|snapshot, connector| snapshot.feeds(&connector.id))?;
        let stored: Vec<_> = stored.into_iter().map(|(key, state)| (key.feed, state)).collect();
        let wishes = self.wishes(&planned, &stored).await;
        let mut feeds = Feeds::new(planned, stored, wishes, self.now());
        self.tell(Event::Planned { connector: self.connector.id.clone(), feeds: feeds.len() });
        if !self.connector.refresh.is_empty() {
            let known = self.read(|snapshot, connector| {
                snapshot.feed(&FeedKey { connector: connector.id.clone(), feed: KNOWN_FEED.to_owned() })
            })?;
            feeds.add(known.unwrap_or_else(known::state), self.now());
        }

        let mut polls: JoinSet<Polled> = JoinSet::new();
        loop {
            let enough = mode == Mode::Once && self.tally.polls >= self.shared.options.polls;
            let due = if enough { None } else { self.start_due(&mut feeds, &mut polls, mode)? };
            if due.is_none() && polls.is_empty() {
                if enough {
                    self.tell(Event::Unfinished { connector: self.connector.id.clone(), polls: self.tally.polls });
                }
                return Ok(());
            }
            // A feed that answers slowly, or never, keeps no other waiting.
            tokio::select! {
                Some(done) = polls.join_next() => {
                    let polled = done.map_err(|error| self.broken(&error))?;
                    self.settle(polled, &mut feeds, mode).await?;
                }
                () = at(due) => feeds.forget_expired(self.now()),
            }
        }
    }

    /// Starts as many polls as may run at once; returns when to look again, if anything is due at all.
    fn start_due(&mut self, feeds: &mut Feeds, polls: &mut JoinSet<Polled>, mode: Mode) -> Result<Option<Tick>, PipelineError> {
        let patience = self.shared.options.patience;
        while polls.len() < self.connector.parallel.max(1) {
            let Some((feed, direction, due)) = feeds.next(mode, patience) else { return Ok(None) };
            let held = self.hold.filter(|hold| *hold > Tick::now());
            match (due, held) {
                (_, Some(hold)) if mode == Mode::Once && hold > Tick::now() + patience => return Ok(None),
                (Due::Never, _) => return Ok(None),
                (Due::At(at), hold) => return Ok(Some(hold.map_or(at, |hold| hold.max(at)))),
                (Due::Now, Some(hold)) => return Ok(Some(hold)),
                (Due::Now, None) => {}
            }
            let Some(live) = feeds.get_mut(&feed) else { return Ok(None) };
            live.busy = true;
            let mut job = Job { feed, direction, before: live.state.clone(), since: None };
            let (source, span) = (Arc::clone(&self.connector.source), self.span(&job));
            if job.feed == KNOWN_FEED {
                let pass = self.pass(&job)?;
                let failures = job.before.newer.failures;
                polls.spawn(async move { Polled { result: pass.read(source.as_ref(), failures).await, job } }.instrument(span));
            } else {
                let request = self.request(&job);
                job.since = request.since;
                polls.spawn(async move { Polled { result: source.poll(request).await.map(Again::from), job } }.instrument(span));
            }
        }
        Ok(None)
    }

    /// The known mentions that are due to be read again.
    fn pass(&self, job: &Job) -> Result<Pass, PipelineError> {
        let now = self.now();
        self.read(|snapshot, connector| {
            let schedule = Schedule {
                source: connector.source.as_ref(),
                topics: &connector.topics,
                ages: &connector.refresh,
                most: usize::try_from(connector.batch).unwrap_or(usize::MAX),
            };
            schedule.pass(&snapshot, job.before.newer.cursor.as_deref(), now)
        })
    }

    fn request(&self, job: &Job) -> PollRequest {
        let now = self.now();
        let walk = job.before.walk(job.direction);
        let cursor = walk.cursor.clone();
        let history = self.connector.history;
        let since = match job.direction {
            // What lies before it is the other walk's, which is begun anew where a position was lost.
            Direction::Newer if cursor.is_none() => Some(history.map_or(FIRST_LOOK, |history| history.min(FIRST_LOOK))),
            // A cursor says better than a day where the head goes on, but nothing older than the history was asked for.
            Direction::Newer => history,
            Direction::Older => Some(history.unwrap_or_default()),
        };
        // A child is read whole: its conversation may have begun before we looked.
        let since = since.filter(|_| !job.before.child).map(|back| now - back);
        PollRequest { feed: job.before.feed.clone(), direction: job.direction, since, cursor, limit: self.connector.batch }
    }

    /// Commits what a poll brought, and takes its consequences for the connector.
    async fn settle(&mut self, polled: Polled, feeds: &mut Feeds, mode: Mode) -> Result<(), PipelineError> {
        let Polled { job, result } = polled;
        let beat = self.beat();
        let key = FeedKey { connector: self.connector.id.clone(), feed: job.feed.clone() };
        let mut state = job.before.clone();
        let walk = job.before.walk(job.direction);
        match result {
            Ok(mut again) => {
                let failure = again.failure.take();
                if again.went_well && failure.is_none() {
                    self.forgive();
                }
                self.read_something |= again.went_well;
                self.take_note(&again.broken, again.went_well, beat.now);
                let batch = &again.batch;
                let next = match feeds.get_mut(&job.feed) {
                    Some(live) if job.feed != KNOWN_FEED => live.trail(job.direction).next(batch.cursor.as_deref(), batch.next),
                    // Reading what is known again rarely brings anything, and comes to its end by itself.
                    _ => batch.next,
                };
                let moved_on = schedule::after_batch(walk, batch.cursor.clone(), next, &beat);
                let (moved_on, class) = match &failure {
                    Some(error) => {
                        // What failed before, and still stands in the way, has failed once more.
                        let failures = if batch.cursor.is_none() { walk.failures } else { 0 };
                        let (after, class) = self.after_error(&Walk { failures, ..moved_on.clone() }, error, &beat);
                        // It is one poll, which brought something and then failed.
                        (Walk { polls: moved_on.polls, ..after }, class)
                    }
                    None => (moved_on, None),
                };
                *state.walk_mut(job.direction) = moved_on;
                if job.direction == Direction::Older {
                    state.history_since = job.since;
                }
                let children = batch.feeds.clone();
                let poll = Poll { key, direction: job.direction, state: state.clone(), failure: class, at: beat.now };
                let tally = self.commit_batch(&poll, again, &job.before.feed.title).await?;
                if let Some(live) = feeds.get_mut(&job.feed) {
                    live.trail(job.direction).brought(tally.received > tally.known);
                }
                feeds.adopt(children, beat.now);
                if let Some(error) = failure {
                    self.consequences(&error, &job, &state, feeds, mode);
                }
            }
            Err(error) => {
                let (after, class) = self.after_error(walk, &error, &beat);
                *state.walk_mut(job.direction) = match class {
                    // A planned feed is one that the operator named: it may come back, and is not given up in silence.
                    Some(FailureClass::Gone) if state.child => schedule::ended(after),
                    _ => after,
                };
                let lost = class == Some(FailureClass::StaleCursor) && job.before.newer.cursor.is_some();
                if lost && job.direction == Direction::Newer && self.connector.history.is_some() && job.feed != KNOWN_FEED {
                    // What came since the lost position is history by now, and the head alone does not reach back to it.
                    state.older = Walk::default();
                    state.history_since = None;
                    if let Some(live) = feeds.get_mut(&job.feed) {
                        live.restart_history();
                    }
                }
                let receipt = self.write(Arc::new(digest::failed(key, job.direction, state.clone(), class, beat.now))).await;
                let receipt = receipt.map_err(|source| self.store_error(source))?;
                debug_assert_eq!(receipt, Receipt::default(), "a failed poll brings no mentions");
                self.tally.polls += 1;
                self.tally.failed += 1;
                self.consequences(&error, &job, &state, feeds, mode);
            }
        }
        self.troubles.settle(&job.feed, job.direction, state.walk(job.direction));
        if let Some(live) = feeds.get_mut(&job.feed) {
            live.settle(job.direction, state, beat.now);
        }
        feeds.forget_expired(beat.now);
        Ok(())
    }

    /// The walk after an error, and the class it goes into the ledger with.
    fn after_error(&mut self, walk: &Walk, error: &CallError, beat: &Beat) -> (Walk, Option<FailureClass>) {
        if let CallError::Failure(failure) = error {
            let after = schedule::after_failure(walk, failure.class, &failure.message, failure.retry_after(), beat);
            return (after, Some(failure.class));
        }
        let message = error.to_string();
        self.tell_fault(message.clone());
        let rest = self.fault(&message, beat.now);
        (schedule::after_fault(walk, &message, rest, beat), None)
    }

    /// What mentions that break the plugin when they are read again say of it: nothing, as long as others go well. A pass that asked
    /// for nothing says nothing either.
    fn take_note(&mut self, broken: &[(String, String)], went_well: bool, now: Instant) {
        for (id, message) in broken {
            self.tell_fault(format!("reading mention `{id}` again: {message}"));
        }
        match broken.last() {
            Some((_, message)) if !went_well => {
                if let Some(until) = self.fault(message, now) {
                    self.hold = Some(Tick::now() + until.since(now));
                }
            }
            _ if went_well => self.quarantine.well(),
            _ => {}
        }
    }

    fn tell_fault(&self, message: String) {
        let plugin = self.connector.source.id().to_owned();
        self.tell(Event::Fault { connector: self.connector.id.clone(), plugin, message });
    }

    /// Counts a fault of the plugin; the end of its quarantine if this one began it.
    fn fault(&mut self, message: &str, now: Instant) -> Option<Instant> {
        let rest = self.quarantine.fault(now);
        if let Some(until) = rest {
            let plugin = self.connector.source.id().to_owned();
            self.tell(Event::Quarantined { plugin, until, message: message.to_owned() });
        }
        rest
    }

    /// What an error means for the other feeds of the connector, and what is told of it.
    fn consequences(&mut self, error: &CallError, job: &Job, state: &FeedState, feeds: &mut Feeds, mode: Mode) {
        let now = self.now();
        let pause = state.walk(job.direction).next_at.map(|at| at.since(now));
        if self.quarantine.until(now).is_some() {
            self.hold = pause.map(|pause| Tick::now() + pause);
        }
        let CallError::Failure(Failure { class, message, .. }) = error else { return };
        let (connector, feed) = (self.connector.id.clone(), job.before.feed.title.clone());
        let (class, message) = (*class, message.clone());
        let Some(ground) = Ground::of(class) else {
            return self.tell(Event::Failed { connector, feed, class, message });
        };
        let (pause, now) = (pause.unwrap_or_default(), Tick::now());
        let one_origin = self.connector.source.one_origin() || feeds.planned() == 1;
        let of_all = self.refusals.refused(&job.feed, ground, one_origin);
        if let Some(live) = feeds.get_mut(&job.feed) {
            live.hold(now + pause);
        }
        match ground {
            Ground::Rate => {
                if of_all {
                    let given_up = mode == Mode::Once && self.refusals.polls() >= LIMITED_TRIES;
                    self.hold = Some(now + if given_up { FOR_GOOD } else { pause });
                }
                self.tell(Event::Waiting { connector, feed, pause, class, message });
            }
            Ground::Person if of_all => {
                // In a run on demand that is the end of this connector. Else one more feed is asked at the next interval: what a
                // person has mended is noticed, and one feed that stays closed keeps no other from being read.
                let rest = if mode == Mode::Once { FOR_GOOD } else { pause.min(self.connector.every) };
                self.hold = Some(now + rest);
                self.tell(Event::Resting { connector, class, message });
            }
            Ground::Person => self.tell(Event::Failed { connector, feed, class, message }),
        }
    }

    /// A feed was read well: what a person was asked to mend is not the connector's.
    fn forgive(&mut self) {
        if self.refusals.well() == Some(Ground::Person) {
            self.hold = None;
        }
    }

    /// Names the feeds; `None` if that cannot be done in this run.
    async fn plan(&mut self, mode: Mode) -> Result<Option<Vec<Feed>>, PipelineError> {
        let wanted = |topic: &&Topic| self.connector.topics.contains(&topic.id);
        let searches: Vec<_> = self.shared.topics.iter().filter(wanted).map(|topic| topic.query.widen()).collect();
        let mut walk = Walk::default();
        loop {
            let error = match self.connector.source.plan(&searches).await {
                Ok(feeds) => {
                    self.troubles.plan = None;
                    return Ok(Some(feeds));
                }
                Err(error) => error,
            };
            let beat = self.beat();
            let (after, class) = self.after_error(&walk, &error, &beat);
            walk = after;
            self.note_no_plan(&walk, class, beat.now).await?;
            self.tally.failed += 1;
            self.troubles.plan = Some(error.to_string());
            let class = class.unwrap_or(FailureClass::Transient);
            let (connector, message) = (self.connector.id.clone(), error.to_string());
            let pause = walk.next_at.map(|at| at.since(beat.now)).unwrap_or_default();
            let hopeless = matches!(class, FailureClass::Settings | FailureClass::Unauthorized | FailureClass::Gone);
            let given_up = walk.failures >= PLAN_TRIES || pause > self.shared.options.patience || hopeless;
            if mode == Mode::Once && given_up {
                self.tell(Event::Resting { connector, class, message });
                return Ok(None);
            }
            self.tell(Event::Waiting { connector, feed: "plan".to_owned(), pause, class, message });
            tokio::time::sleep(pause).await;
        }
    }

    /// What is wanted of the feeds. Which of them are listings is only asked where it matters.
    async fn wishes(&self, planned: &[Feed], stored: &[(String, FeedState)]) -> Wishes {
        let mut wishes = Wishes::of(&self.connector, &self.shared.topics);
        let is_planned = |id: &str| planned.iter().any(|feed| feed.id == id);
        if stored.iter().any(|(id, state)| is_planned(id) && wishes.exceed(state)) {
            let for_nothing = self.connector.source.plan(&[wishes::for_nothing()]).await.ok();
            wishes.listings = wishes::listings(planned, for_nothing.as_deref());
        }
        wishes
    }

    fn beat(&mut self) -> Beat {
        Beat { now: self.now(), every: self.connector.every, chance: self.random.f64() }
    }

    fn now(&self) -> Instant {
        self.shared.options.clock.now()
    }

    fn read<T>(
        &self,
        read: impl FnOnce(vigie_store::Snapshot, &Connector) -> Result<T, vigie_store::StoreError>,
    ) -> Result<T, PipelineError> {
        let snapshot = self.shared.store.snapshot().map_err(|source| self.store_error(source))?;
        read(snapshot, &self.connector).map_err(|source| self.store_error(source))
    }

    fn store_error(&self, source: vigie_store::StoreError) -> PipelineError {
        PipelineError::Store { connector: self.connector.id.clone(), source }
    }

    fn broken(&self, error: &tokio::task::JoinError) -> PipelineError {
        PipelineError::Broken { connector: self.connector.id.clone(), message: error.to_string() }
    }

    fn span(&self, job: &Job) -> tracing::Span {
        tracing::debug_span!("connector.poll", connector = %self.connector.id, plugin = self.connector.source.id(), feed = job.feed)
    }

    fn tell(&self, event: Event) {
        // Nobody has to watch.
        let _ = self.shared.events.send(event);
    }
}

/// Waits for a tick; for ever if there is none.
async fn at(due: Option<Tick>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}
