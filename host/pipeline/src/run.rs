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
        self.announce(&annotator)?;
        // A failing connector stops this run, not whatever else the caller's token governs.
        let stop_all = stop.child_token();
        let shared = Arc::new(Shared {
            topics: self.plan.topics.clone(),
            router: Router::new(&self.plan.topics, &self.plan.connectors),
            annotator: Arc::clone(&annotator),
            store: self.store.clone(),
            writer: self.store.writer(),
            options: self.options.clone(),
            events: events.clone(),
            stop: stop_all.clone(),
            turns: RwLock::default(),
        });
        let history = tokio::spawn(self.pass_over_history(annotator, events, stop_all.clone()));
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
        summary.stopped = stop.is_cancelled();
        // A run that ends does not wait for history: the next one goes on there.
        stop_all.cancel();
        let history = history.await.expect("the pass over history neither panics nor is aborted");
        failed.map_or(history.map(|_| summary), Err)
    }

    /// Annotates stored mentions again where analyzers have changed since, and nothing else. It can be stopped anywhere and goes on from
    /// there the next time.
    ///
    /// # Errors
    /// [`PipelineError`] when the store fails; what was annotated until then is kept.
    pub async fn reanalyze(
        &self,
        stop: &CancellationToken,
        events: &UnboundedSender<Event>,
    ) -> Result<Reanalyzed, PipelineError> {
        let annotator = Annotator::new(&self.plan.analyzers, &self.waves, self.options.documents);
        self.announce(&annotator)?;
        let (store, options) = (&self.store, &self.options);
        Pass { annotator: &annotator, store, options, events, stop, background: false }.run().await
    }

    /// The same in the background of a run, which it stops if the store fails.
    fn pass_over_history(
        &self,
        annotator: Arc<Annotator>,
        events: UnboundedSender<Event>,
        stop: CancellationToken,
    ) -> impl Future<Output = Result<Reanalyzed, PipelineError>> + Send + use<> {
        let (store, options) = (self.store.clone(), self.options.clone());
        async move {
            let (annotator, store, options, events) = (&annotator, &store, &options, &events);
            let passed = Pass { annotator, store, options, events, stop: &stop, background: true }.run().await;
            if passed.is_err() {
                stop.cancel();
            }
            passed
        }
    }

    /// Whose results count from now on.
    fn announce(&self, annotator: &Annotator) -> Result<(), PipelineError> {
        self.store.announce(&annotator.in_use()).map_err(|source| PipelineError::Reanalysis { source })
    }
}
