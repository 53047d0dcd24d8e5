//! The clock of deadlines: one thread that moves the engine's epoch every ten milliseconds, while any call runs.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use wasmtime::Engine;

/// Time between two ticks. A guest cannot run longer than this without giving other tasks their turn.
pub(crate) const TICK: Duration = Duration::from_millis(10);

#[derive(Default)]
struct Calls {
    running: usize,
    ended: bool,
}

#[derive(Default)]
struct Shared {
    calls: Mutex<Calls>,
    changed: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Calls> {
        // Two counters cannot be left half-written by a panic.
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The ticking thread; it ends when this is dropped.
pub(crate) struct Ticker {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// As long as one of these lives, time passes.
pub(crate) struct Ticking(Arc<Shared>);

impl Ticker {
    pub(crate) fn start(engine: &Engine) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let (state, engine) = (Arc::clone(&shared), engine.clone());
        let thread = std::thread::Builder::new().name("plugin-deadlines".to_owned()).spawn(move || run(&state, &engine))?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Lets time pass until the guard is dropped.
    pub(crate) fn begin(&self) -> Ticking {
        self.shared.lock().running += 1;
        self.shared.changed.notify_one();
        Ticking(Arc::clone(&self.shared))
    }
}

impl Drop for Ticking {
    fn drop(&mut self) {
        self.0.lock().running -= 1;
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.shared.lock().ended = true;
        self.shared.changed.notify_one();
        if let Some(thread) = self.thread.take() {
            // It cannot panic: it only counts.
            let _ = thread.join();
        }
    }
}

fn run(shared: &Shared, engine: &Engine) {
    let mut calls = shared.lock();
    loop {
        if calls.ended {
            return;
        }
        if calls.running == 0 {
            calls = shared.changed.wait(calls).unwrap_or_else(PoisonError::into_inner);
            continue;
        }
        let (again, waited) = shared.changed.wait_timeout(calls, TICK).unwrap_or_else(PoisonError::into_inner);
        calls = again;
        // A call that begins wakes the thread too early; only whole ticks count.
        if waited.timed_out() {
            engine.increment_epoch();
        }
    }
}
