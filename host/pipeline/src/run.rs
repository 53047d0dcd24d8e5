//! A run: every connector of a plan at work, until all are done or the run is asked to stop.

use std::sync::Arc;

use tokio::sync::RwLock;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use vigie_mention::ConnectorId;
use vigie_store::Store;

use crate::annotate::Annotator;
use crate::connector::{Ended, Shared, Worker};
use crate::error::{PipelineError, PlanError};
use crate::event::{Event, Reanalyzed, Summary};
use crate::plan::{Options, Plan};
use crate::reanalysis::Pass;
use crate::route::Router;
use crate::waves::{self, Needs};

/// How long a run goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Until every feed was looked at and its history walked, as far as services let us now.
    Once,
    /// Until it is asked to stop.
    Keep,
}

/// How a run and its pass over history tell each other what matters.
struct Signals {
    /// To the pass: end.
    stop: CancellationToken,
    /// To the pass: nobody is collecting any more.
    alone: CancellationToken,
    /// By the pass: all that is stored is matched with the topics of now.
    routed: CancellationToken,
}

/// A plan that can be run.
pub struct Pipeline {
    plan: Plan,
    waves: Vec<Vec<usize>>,
    store: Store,
    options: Options,
}

impl Pipeline {
    /// Checks a plan.
    ///
    /// # Errors
    /// [`PlanError`] when the analyzers have no order or a connector names a topic the plan does not have.
    pub fn new(plan: Plan, store: Store, options: Options) -> Result<Self, PlanError> {
        let declared = plan.analyzers.iter().map(|analyzer| Needs::declared(analyzer.id(), analyzer.reads(), analyzer.writes()));
        let needs: Vec<Needs> = declared.collect();
        let waves = waves::order(&needs)?;
        for connector in &plan.connectors {
            if let Some(topic) = connector.topics.iter().find(|id| plan.topics.iter().all(|topic| topic.id != **id)) {
                return Err(PlanError::UnknownTopic { connector: connector.id.clone(), topic: topic.clone() });
            }
        }
        Ok(Self { plan, waves, store, options })
    }

    /// Runs the plan. What happens is told through `events`; dropping their receiver is fine.
    ///
    /// After `stop` is cancelled, no poll is started, those under way are dropped (the next run reads them again), commits
    /// under way are finished, and the run returns: well within two seconds.
    ///
    /// # Errors
    /// [`PipelineError`] when the store fails or a task breaks; the other connectors are stopped, nothing half-written remains.
    pub async fn run(
        &self,
        mode: Mode,
        stop: CancellationToken,
        events: UnboundedSender<Event>,
    ) -> Result<Summary, PipelineError> {
        let annotator = Arc::new(Annotator::new(&self.plan.analyzers, &self.waves, self.options.documents));
        let router = Arc::new(Router::new(&self.plan));
        self.announce(&annotator, &router)?;
        // A failing connector stops this run, not whatever else the caller's token governs.
        let stop_all = stop.child_token();
        let shared = Arc::new(Shared {
            topics: self.plan.topics.clone(),
            router: Arc::clone(&router),
            annotator: Arc::clone(&annotator),
            store: self.store.clone(),
            writer: self.store.writer(),
            options: self.options.clone(),
            events: events.clone(),
            stop: stop_all.clone(),
            turns: RwLock::default(),
        });
        let (routed, alone) = (CancellationToken::new(), CancellationToken::new());
        let signals = Signals { stop: stop_all.clone(), alone: alone.clone(), routed: routed.clone() };
        let history = tokio::spawn(self.pass_over_history(router, annotator, events, signals));
        let mut workers: JoinSet<(ConnectorId, Result<Ended, PipelineError>)> = JoinSet::new();
        for connector in &self.plan.connectors {
            let id = connector.id.clone();
            let worker = Worker::new(connector.clone(), Arc::clone(&shared));
            workers.spawn(async move { (id, worker.run(mode).await) });
        }
        drop(shared);
        let mut summary = Summary::default();
        let mut failed = None;
        while let Some(joined) = workers.join_next().await {
            match joined {
                Ok((id, Ok(ended))) => {
                    if let Some(trouble) = ended.trouble {
                        if !ended.read_something {
                            summary.unread.insert(id.clone());
                        }
                        summary.failures.insert(id.clone(), trouble);
                    }
                    summary.connectors.insert(id, ended.tally);
                }
                Ok((_, Err(error))) => {
                    stop_all.cancel();
                    failed.get_or_insert(error);
                }
                Err(error) => {
                    stop_all.cancel();
                    let connector = self.plan.connectors.first().map(|connector| connector.id.clone());
                    failed =
                        failed.or(connector.map(|connector| PipelineError::Broken { connector, message: error.to_string() }));
                }
            }
        }
        // A run that ends does not wait for the analyzers to look at history, the next one goes on there; but what it leaves is matched
        // with the topics it was given.
        alone.cancel();
        tokio::select! {
            () = routed.cancelled() => {}
            () = stop_all.cancelled() => {}
        }
        summary.stopped = stop.is_cancelled();
        stop_all.cancel();
        let history = history.await.expect("the pass over history neither panics nor is aborted");
        failed.map_or(history.map(|_| summary), Err)
    }

    /// Matches stored mentions again where topics have changed since, annotates them again where analyzers have, and nothing else. It can
    /// be stopped anywhere and goes on from there the next time.
    ///
    /// # Errors
    /// [`PipelineError`] when the store fails; what was done until then is kept.
    pub async fn reanalyze(
        &self,
        stop: &CancellationToken,
        events: &UnboundedSender<Event>,
    ) -> Result<Reanalyzed, PipelineError> {
        let annotator = Annotator::new(&self.plan.analyzers, &self.waves, self.options.documents);
        let router = Router::new(&self.plan);
        self.announce(&annotator, &router)?;
        let (store, options) = (&self.store, &self.options);
        Pass { router: &router, annotator: &annotator, store, options, events, stop, background: None }.run(None).await
    }

    /// The same in the background of a run, which it stops if the store fails.
    fn pass_over_history(
        &self,
        router: Arc<Router>,
        annotator: Arc<Annotator>,
        events: UnboundedSender<Event>,
        Signals { stop, alone, routed }: Signals,
    ) -> impl Future<Output = Result<Reanalyzed, PipelineError>> + Send + use<> {
        let (store, options) = (self.store.clone(), self.options.clone());
        async move {
            // However the pass ends, nobody waits for it any longer.
            let routed = routed.drop_guard();
            let (router, annotator, store, options, events) = (&router, &annotator, &store, &options, &events);
            let pass = Pass { router, annotator, store, options, events, stop: &stop, background: Some(&alone) };
            let passed = pass.run(Some(routed)).await;
            if passed.is_err() {
                stop.cancel();
            }
            passed
        }
    }

    /// Whose results count from now on, and what mentions are matched with.
    fn announce(&self, annotator: &Annotator, router: &Router) -> Result<(), PipelineError> {
        let announced = self.store.announce(&annotator.in_use());
        announced
            .and_then(|()| self.store.announce_topics(router.fingerprint()))
            .map_err(|source| PipelineError::Reanalysis { source })
    }
}
