//! Group commit: one thread that writes what many tasks bring, a group at a time.
//!
//! A durable transaction costs a wait for the disk, whether it holds one commit or a hundred. So the thread takes the first
//! commit it finds and whatever else arrives within [`LINGER`] or fits into [`GROUP_RECORDS`], writes them in one transaction,
//! and answers each. At most [`WAITING_RECORDS`] records wait; a task with more waits before it hands them over, and so slows
//! down with the disk.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::error::Site;
use crate::{Commit, Receipt, Store, StoreError};

/// How long a group waits for company.
const LINGER: Duration = Duration::from_millis(3);
/// A group with so many records does not wait; with four thousand, the wait for the disk is a small part of the work.
const GROUP_RECORDS: usize = 4_000;
/// Records handed over and not written yet; bounds the memory.
const WAITING_RECORDS: u32 = 16_000;

/// One commit on its way, with the place it takes in the queue.
struct Request {
    commit: Arc<Commit>,
    answer: oneshot::Sender<Result<Receipt, StoreError>>,
    /// Given back when it is written.
    room: OwnedSemaphorePermit,
}

/// Groups commits of many tasks into durable transactions. When the last clone is dropped, what waits is written and the thread
/// ends; the drop waits for that.
#[derive(Debug, Clone)]
pub struct Writer {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// `None` only while dropping.
    queue: Option<Sender<Request>>,
    room: Arc<Semaphore>,
    thread: Option<JoinHandle<()>>,
    site: Site,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been told to those who waited for an answer.
            drop(thread.join());
        }
    }
}

impl Writer {
    pub(crate) fn start(store: Store) -> Self {
        let (queue, requests) = mpsc::channel();
        let site = store.site().clone();
        // Without the thread the receiver is dropped here, and every commit is told that the store has stopped.
        let thread = thread::Builder::new().name("store-writer".to_owned()).spawn(move || serve(&store, &requests));
        if let Err(error) = &thread {
            tracing::error!(%error, "the store's writer could not be started");
        }
        let room = Arc::new(Semaphore::new(WAITING_RECORDS as usize));
        Self { inner: Arc::new(Inner { queue: Some(queue), room, thread: thread.ok(), site }) }
    }

    /// Hands the commit over and waits until it is on the disk. Commits of one task are written in the order they were made. If
    /// the future is dropped after the commit was handed over, it is written all the same. Who may have to make it anew keeps a share.
    ///
    /// # Errors
    /// As [`Store::commit`], for this commit alone; nothing of it is stored then.
    pub async fn commit(&self, commit: impl Into<Arc<Commit>>) -> Result<Receipt, StoreError> {
        let commit = commit.into();
        let stopped = || self.inner.site.stopped();
        let room = u32::try_from(weight(&commit)).unwrap_or(u32::MAX).clamp(1, WAITING_RECORDS);
        let room = Arc::clone(&self.inner.room).acquire_many_owned(room).await.map_err(|_| stopped())?;
        let (answer, receipt) = oneshot::channel();
        let queue = self.inner.queue.as_ref().ok_or_else(stopped)?;
        queue.send(Request { commit, answer, room }).map_err(|_| stopped())?;
        receipt.await.map_err(|_| stopped())?
    }
}

/// How much work a commit is, in records.
fn weight(commit: &Commit) -> usize {
    commit.records.len() + commit.removals.len() + commit.children.len() + commit.dead_letters.len()
}

fn serve(store: &Store, requests: &Receiver<Request>) {
    while let Ok(first) = requests.recv() {
        let until = Instant::now() + LINGER;
        let mut records = weight(&first.commit);
        let mut group = vec![first];
        while records < GROUP_RECORDS {
            match requests.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(request) => {
                    records += weight(&request.commit);
                    group.push(request);
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
            }
        }
        write(store, group);
    }
}

/// Writes a group and answers everybody in it.
fn write(store: &Store, group: Vec<Request>) {
    let mut rooms = Vec::with_capacity(group.len());
    let (commits, answers): (Vec<Arc<Commit>>, Vec<_>) = group
        .into_iter()
        .map(|request| {
            rooms.push(request.room);
            (request.commit, request.answer)
        })
        .unzip();
    let _span = tracing::debug_span!("store.commit", commits = commits.len()).entered();
    let written = store.commit_each(&commits);
    // One that was overtaken is made anew by whoever made it.
    let failed = |error: &&StoreError| !matches!(error, StoreError::Overtaken { .. });
    if let Some(error) = written.iter().filter_map(|written| written.as_ref().err()).find(failed) {
        tracing::error!(error = error as &(dyn std::error::Error + 'static), "mentions could not be stored");
    }
    for (answer, written) in answers.into_iter().zip(written) {
        drop(answer.send(written));
    }
}
