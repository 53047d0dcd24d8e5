//! Counts the processor time of a call, and only its own.
//!
//! A call is a future that is polled many times on many threads; it waits for the network between two polls, and other tasks run.
//! [`Metered`] adds up the thread's processor time over the polls, so that neither waiting nor a busy machine counts.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

/// Processor time of one call.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    /// Of the polls that ended.
    ended_nanos: AtomicU64,
    /// The thread's time when the running poll began.
    began_nanos: AtomicU64,
}

impl Meter {
    /// So far; to be asked from inside the call.
    pub(crate) fn running(&self) -> Duration {
        let poll = thread_nanos().saturating_sub(self.began_nanos.load(Ordering::Relaxed));
        Duration::from_nanos(self.ended_nanos.load(Ordering::Relaxed).saturating_add(poll))
    }

    /// In all, once the call is over.
    pub(crate) fn total(&self) -> Duration {
        Duration::from_nanos(self.ended_nanos.load(Ordering::Relaxed))
    }
}

/// A call whose polls are counted.
pub(crate) struct Metered<F> {
    call: Pin<Box<F>>,
    meter: Arc<Meter>,
}

impl<F> Metered<F> {
    pub(crate) fn new(meter: Arc<Meter>, call: F) -> Self {
        Self { call: Box::pin(call), meter }
    }
}

impl<F: Future> Future for Metered<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        // One task at a time polls a future, on one thread from here to the end.
        let began = thread_nanos();
        self.meter.began_nanos.store(began, Ordering::Relaxed);
        let polled = self.call.as_mut().poll(context);
        self.meter.ended_nanos.fetch_add(thread_nanos().saturating_sub(began), Ordering::Relaxed);
        polled
    }
}

/// Processor time this thread has used.
#[cfg(unix)]
fn thread_nanos() -> u64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    u64::try_from(time.tv_sec).unwrap_or_default() * 1_000_000_000 + u64::try_from(time.tv_nsec).unwrap_or_default()
}

/// Time that passed, where the thread's own is not to be had: a busy machine counts then.
#[cfg(not(unix))]
fn thread_nanos() -> u64 {
    use std::sync::LazyLock;
    use std::time::Instant;

    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    u64::try_from(START.elapsed().as_nanos()).unwrap_or(u64::MAX)
}
