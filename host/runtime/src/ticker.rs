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
    /// The thread waits for a call; only then one that begins has to wake it.
    asleep: bool,
    ended: bool,
}

#[derive(Default)]
struct Shared {
    calls: Mutex<Calls>,
    changed: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Calls> {
        // Counters and flags cannot be left half-written by a panic.
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
        let mut calls = self.shared.lock();
        calls.running += 1;
        let asleep = calls.asleep;
        drop(calls);
        if asleep {
            self.shared.changed.notify_one();
        }
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

/// Every wait for a tick is a whole one, whatever begins or ends meanwhile: many short calls must not hold time up for a long one.
fn run(shared: &Shared, engine: &Engine) {
    let mut calls = shared.lock();
    while !calls.ended {
        if calls.running == 0 {
            calls.asleep = true;
            calls = shared
                .changed
                .wait_while(calls, |calls| calls.running == 0 && !calls.ended)
                .unwrap_or_else(PoisonError::into_inner);
            calls.asleep = false;
        } else {
            (calls, _) =
                shared.changed.wait_timeout_while(calls, TICK, |calls| !calls.ended).unwrap_or_else(PoisonError::into_inner);
            engine.increment_epoch();
        }
    }
}
