//! What surrounds a running guest: its store's state, its limits at work, the host's side of the contract's interfaces.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use vigie_mention::Instant;
use wasmtime::component::{HasSelf, InstancePre, Linker};
use wasmtime::{Engine, Error, ResourceLimiter, Result, Store, Trap, UpdateDeadline, WasmBacktrace};

use crate::bindings::v0_1::source::vigie::plugin::{clock, http, log, types};
use crate::clock::Clock;
use crate::engine::{Inner, MAX_CORE_INSTANCES, MAX_MEMORIES, MAX_TABLE_ELEMENTS, MAX_TABLES, WASM_STACK_BYTES};
use crate::error::CallError;
use crate::http::{HttpError, HttpErrorClass, HttpRequest, HttpResponse};
use crate::limits::{Bytes, LimitKind, Limits};
use crate::logline;
use crate::meter::{Meter, Metered};
use crate::{CallBudget, Road};

/// Handles of resources a guest may hold; only WASI has any.
const MAX_HANDLES: usize = 1_000;

/// One use of a plugin, as messages name it.
#[derive(Debug, Clone)]
pub(crate) struct Who {
    pub(crate) plugin: String,
    pub(crate) version: String,
    /// The connector; empty for analyzers.
    pub(crate) connector: String,
    /// The config's table of limits, such as `[connectors.videos.limits]`.
    pub(crate) limits_table: String,
}

/// What stands behind a guest's store.
pub(crate) struct State {
    who: Arc<Who>,
    limits: Arc<Limits>,
    clock: Clock,
    meter: Arc<Meter>,
    memory_bytes: u64,
    log_lines_left: u32,
    log_lines_dropped: u32,
    road: Option<(Arc<Road>, CallBudget)>,
    random: fastrand::Rng,
}

/// Ends a call from the inside; found again by [`call_error`].
#[derive(Debug, thiserror::Error)]
#[error("the limit of {} is reached", .0.what())]
struct Reached(LimitKind);

impl State {
    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    pub(crate) fn random(&mut self) -> &mut fastrand::Rng {
        &mut self.random
    }

    /// Prepares for the next call of a warm instance.
    pub(crate) fn renew(&mut self, meter: Arc<Meter>) {
        self.meter = meter;
        self.log_lines_left = self.limits.log_lines;
        self.log_lines_dropped = 0;
    }
}

/// One use of a plugin: everything a call needs besides the compiled code.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) runtime: Arc<Inner>,
    pub(crate) who: Arc<Who>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) road: Option<Arc<Road>>,
}

impl Place {
    /// A store with every limit set.
    pub(crate) fn store(&self, meter: Arc<Meter>) -> Store<State> {
        // Requests end a little before the call does, so that the plugin can still say which one was too slow.
        let margin = (self.limits.wall / 10).min(Duration::from_secs(2));
        let deadline = tokio::time::Instant::now() + (self.limits.wall - margin);
        let road = self.road.as_ref().map(|road| (Arc::clone(road), CallBudget::new(&self.limits).until(deadline)));
        // Without a network the same input gives the same answer, so chance is fixed too.
        let random = if road.is_some() { fastrand::Rng::new() } else { fastrand::Rng::with_seed(0) };
        let state = State {
            who: Arc::clone(&self.who),
            limits: Arc::clone(&self.limits),
            clock: self.runtime.clock,
            meter,
            memory_bytes: 0,
            log_lines_left: self.limits.log_lines,
            log_lines_dropped: 0,
            road,
            random,
        };
        let mut store = Store::new(&self.runtime.engine, state);
        store.limiter(|state| state);
        store.set_hostcall_fuel(usize::try_from(self.limits.hostcall_bytes).unwrap_or(usize::MAX));
        store.set_max_component_handles(MAX_HANDLES);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|store| {
            let state = store.data();
            if state.meter.running() > state.limits.cpu {
                return Err(Reached(LimitKind::Cpu).into());
            }
            // Every tick others get their turn, however long this guest computes.
            Ok(UpdateDeadline::YieldCustom(1, Box::pin(tokio::task::yield_now())))
        });
        store
    }

    /// Runs a call under the wall clock. When time is up the future is dropped, and the store and all it waits for with it.
    pub(crate) async fn bounded<T>(&self, meter: Arc<Meter>, call: impl Future<Output = Result<T>>) -> Result<T, CallError> {
        let _ticking = self.runtime.ticker.begin();
        match tokio::time::timeout(self.limits.wall, Metered::new(Arc::clone(&meter), call)).await {
            Ok(Ok(answer)) => {
                tracing::debug!(cpu_micros = u64::try_from(meter.total().as_micros()).unwrap_or(u64::MAX), "answered");
                Ok(answer)
            }
            Ok(Err(error)) => Err(self.call_error(&error)),
            Err(_) => Err(self.limit(LimitKind::Wall, "")),
        }
    }

    /// Names a limit, its value, and the setting that raises it.
    pub(crate) fn limit(&self, limit: LimitKind, found: &str) -> CallError {
        let value = match limit {
            LimitKind::Memory => Bytes(self.limits.memory_bytes).to_string(),
            LimitKind::Stack => Bytes(WASM_STACK_BYTES as u64).to_string(),
            LimitKind::Cpu => format!("{:?}", self.limits.cpu),
            LimitKind::Wall => format!("{:?}", self.limits.wall),
            LimitKind::HostcallBytes => Bytes(self.limits.hostcall_bytes).to_string(),
            LimitKind::BatchItems => self.limits.batch_items.to_string(),
            LimitKind::BatchBytes => Bytes(self.limits.batch_bytes).to_string(),
            LimitKind::CursorBytes => Bytes(self.limits.cursor_bytes).to_string(),
            LimitKind::Feeds => self.limits.feeds.to_string(),
        };
        let Who { plugin, version, limits_table, .. } = &*self.who;
        let cure = match limit.setting() {
            Some(setting) => format!("; if it needs more, raise `{setting}` in {limits_table}"),
            None => "; this limit is fixed: the plugin recurses without end, or its author must recurse less".to_owned(),
        };
        let message = format!("plugin `{plugin}` {version} reached the limit of {}, {value}{found}{cure}", limit.what());
        CallError::Limit { limit, message }
    }

    /// What stopped a guest.
    fn call_error(&self, error: &Error) -> CallError {
        if let Some(Reached(limit)) = error.downcast_ref() {
            return self.limit(*limit, "");
        }
        if let Some(Trap::StackOverflow) = error.downcast_ref() {
            return self.limit(LimitKind::Stack, "");
        }
        // Wasmtime has a type of its own for this, and keeps it to itself; `tests/hostile.rs` notices if the words change.
        if error.chain().any(|cause| cause.to_string().contains("fuel allocated for hostcalls has been exhausted")) {
            return self.limit(LimitKind::HostcallBytes, "");
        }
        let cause = error.root_cause().to_string();
        let cause = cause.strip_prefix("wasm trap: ").unwrap_or(&cause);
        let mut message = format!("plugin `{}` {} broke down: {}", self.who.plugin, self.who.version, logline::clean(cause));
        if let Some(Trap::MemoryOutOfBounds) = error.downcast_ref() {
            // Languages that keep their frames in the guest's own memory run over its end.
            message.push_str("; a recursion without end looks like this");
        }
        if let Some(trace) = error.downcast_ref::<WasmBacktrace>() {
            let names: Vec<String> =
                trace.frames().iter().filter_map(|frame| frame.func_name()).take(4).map(logline::clean).collect();
            if !names.is_empty() {
                message.push_str(&format!(" (in {})", names.join(", called by ")));
            }
        }
        CallError::Trap { message }
    }
}

impl ResourceLimiter for State {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool> {
        let wanted = self.memory_bytes.saturating_add(desired.saturating_sub(current) as u64);
        if wanted > self.limits.memory_bytes {
            // An error, not a refusal the guest could catch: its own message would name no limit.
            return Err(Reached(LimitKind::Memory).into());
        }
        self.memory_bytes = wanted;
        Ok(true)
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool> {
        Ok(desired <= MAX_TABLE_ELEMENTS)
    }

    fn instances(&self) -> usize {
        MAX_CORE_INSTANCES
    }

    fn tables(&self) -> usize {
        MAX_TABLES
    }

    fn memories(&self) -> usize {
        MAX_MEMORIES
    }
}

/// Links what a kind's world imports.
pub(crate) fn linker(engine: &Engine, network: bool) -> Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    types::add_to_linker::<_, HasSelf<State>>(&mut linker, |state| state)?;
    log::add_to_linker::<_, HasSelf<State>>(&mut linker, |state| state)?;
    clock::add_to_linker::<_, HasSelf<State>>(&mut linker, |state| state)?;
    if network {
        http::add_to_linker::<_, HasSelf<State>>(&mut linker, |state| state)?;
    }
    Ok(linker)
}

/// Links a component: from here on instances are cheap.
pub(crate) fn link(engine: &Engine, component: &wasmtime::component::Component, network: bool) -> Result<InstancePre<State>> {
    let mut linker = linker(engine, network)?;
    crate::wasi::define(&mut linker, engine, component)?;
    linker.instantiate_pre(component)
}

impl types::Host for State {}

impl clock::Host for State {
    fn now(&mut self) -> Result<i64> {
        Ok(self.clock.now().as_millis())
    }
}

impl log::Host for State {
    fn write(&mut self, level: log::Level, message: String) -> Result<()> {
        let Who { plugin, connector, .. } = &*self.who;
        let Some(left) = self.log_lines_left.checked_sub(1) else {
            if self.log_lines_dropped == 0 {
                let (lines, table) = (self.limits.log_lines, &self.who.limits_table);
                tracing::warn!(
                    plugin,
                    connector,
                    "over {lines} log lines in one call; the rest is dropped (raise `log_lines` in {table})"
                );
            }
            self.log_lines_dropped = self.log_lines_dropped.saturating_add(1);
            return Ok(());
        };
        self.log_lines_left = left;
        let line = logline::clean(&message);
        match level {
            log::Level::Debug => tracing::debug!(plugin, connector, "{line}"),
            log::Level::Info => tracing::info!(plugin, connector, "{line}"),
            log::Level::Warn => tracing::warn!(plugin, connector, "{line}"),
        }
        Ok(())
    }
}

impl http::Host for State {
    async fn fetch(&mut self, request: http::Request) -> Result<Result<http::Response, http::Error>> {
        let Some((road, budget)) = &self.road else { return Err(Error::msg("this plugin has no network")) };
        Ok(road.fetch(budget, asked(request)).await.map(answered).map_err(refused))
    }

    async fn fetch_all(&mut self, requests: Vec<http::Request>) -> Result<Vec<Result<http::Response, http::Error>>> {
        let Some((road, budget)) = &self.road else { return Err(Error::msg("this plugin has no network")) };
        let answers = road.fetch_all(budget, requests.into_iter().map(asked).collect()).await;
        Ok(answers.into_iter().map(|answer| answer.map(answered).map_err(refused)).collect())
    }
}

fn asked(request: http::Request) -> HttpRequest {
    HttpRequest { method: request.method, url: request.url, headers: request.headers, body: request.body }
}

fn answered(response: HttpResponse) -> http::Response {
    http::Response { status: response.status, url: response.url, headers: response.headers, body: response.body }
}

fn refused(error: HttpError) -> http::Error {
    let class = match error.class {
        HttpErrorClass::Denied => http::ErrorClass::Denied,
        HttpErrorClass::Timeout => http::ErrorClass::Timeout,
        HttpErrorClass::TooLarge => http::ErrorClass::TooLarge,
        HttpErrorClass::Connect => http::ErrorClass::Connect,
        HttpErrorClass::Budget => http::ErrorClass::Budget,
    };
    http::Error { class, message: error.message }
}
