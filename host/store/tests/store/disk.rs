//! A disk in memory that forgets what was not synced, loses its power at a chosen step, and can be full.

use std::io::{Error, ErrorKind, Result};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redb::StorageBackend;

#[derive(Debug, Clone)]
enum Step {
    Write { offset: usize, data: Vec<u8> },
    Length(usize),
}

impl Step {
    fn apply(&self, image: &mut Vec<u8>) {
        match self {
            Self::Length(length) => image.resize(*length, 0),
            Self::Write { offset, data } => {
                image.resize(image.len().max(offset + data.len()), 0);
                image[*offset..offset + data.len()].copy_from_slice(data);
            }
        }
    }
}

#[derive(Debug, Default)]
struct State {
    /// What a reader sees.
    live: Vec<u8>,
    /// What is certain to be there after the power is lost.
    synced: Vec<u8>,
    /// What was written since.
    unsynced: Vec<Step>,
    steps: usize,
    syncs: usize,
    dies_at: Option<usize>,
    room: Option<usize>,
}

impl State {
    fn step(&mut self, step: Option<Step>) -> Result<()> {
        self.steps += 1;
        if self.dies_at.is_some_and(|at| self.steps > at) {
            return Err(Error::other("the power is gone"));
        }
        match step {
            Some(step) => {
                step.apply(&mut self.live);
                self.unsynced.push(step);
            }
            None => {
                self.syncs += 1;
                self.unsynced.clear();
                self.synced.clone_from(&self.live);
            }
        }
        Ok(())
    }
}

/// Clones are the same disk.
#[derive(Debug, Clone, Default)]
pub(crate) struct Disk(Arc<Mutex<State>>);

impl Disk {
    pub(crate) fn holding(image: Vec<u8>) -> Self {
        let disk = Self::default();
        disk.state().live.clone_from(&image);
        disk.state().synced = image;
        disk
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes and syncs so far.
    pub(crate) fn steps(&self) -> usize {
        self.state().steps
    }

    /// Syncs so far.
    pub(crate) fn syncs(&self) -> usize {
        self.state().syncs
    }

    pub(crate) fn dies_after(&self, steps: usize) {
        self.state().dies_at = Some(steps);
    }

    /// Grows no further than this; `None` as far as it likes.
    pub(crate) fn room(&self, bytes: Option<usize>) {
        self.state().room = bytes;
    }

    pub(crate) fn image(&self) -> Vec<u8> {
        self.state().live.clone()
    }

    /// What is left when the power goes: all that was synced, and of the rest any part, the last write of it torn.
    pub(crate) fn after_power_cut(&self, random: &mut fastrand::Rng) -> Vec<u8> {
        let state = self.state();
        let mut image = state.synced.clone();
        let share = random.f64() * 1.2;
        for step in &state.unsynced {
            if random.f64() < share {
                let mut step = step.clone();
                if let Step::Write { data, .. } = &mut step
                    && random.u8(..) < 16
                {
                    data.truncate(random.usize(..=data.len()));
                }
                step.apply(&mut image);
            }
        }
        image
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> Result<u64> {
        Ok(self.state().live.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<()> {
        let offset = usize::try_from(offset).map_err(Error::other)?;
        let state = self.state();
        let bytes = state.live.get(offset..offset + out.len()).ok_or(ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(bytes);
        Ok(())
    }

    fn set_len(&self, length: u64) -> Result<()> {
        let length = usize::try_from(length).map_err(Error::other)?;
        let mut state = self.state();
        if state.room.is_some_and(|room| length > room && length > state.live.len()) {
            return Err(ErrorKind::StorageFull.into());
        }
        state.step(Some(Step::Length(length)))
    }

    fn sync_data(&self) -> Result<()> {
        self.state().step(None)
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<()> {
        let offset = usize::try_from(offset).map_err(Error::other)?;
        let mut state = self.state();
        if state.room.is_some_and(|room| offset + data.len() > room) {
            return Err(ErrorKind::StorageFull.into());
        }
        state.step(Some(Step::Write { offset, data: data.to_vec() }))
    }
}
