//! Record and replay: every exchange of a connector written to a HAR file, or answered from one.
//!
//! What is recorded is a hop as the plugin could have seen it: secrets are placeholders, volatile headers are gone, a 304 is the answer
//! it stands for, tries and token exchanges do not show. A replay therefore needs no network, no credentials and no waiting.
//!
//! - [`har`]: the file's form, as lenient as browsers are when they write it
//! - [`record`]: appends, so that the file is whole after every exchange
//! - [`replay`]: strictly in recorded order, or loosely by method, host and path

mod har;
mod record;
mod replay;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::http::{HttpError, HttpResponse};
use record::Recorder;
use replay::Replayer;

/// A recording that cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The file cannot be used.
    #[error("recording {}: {cause}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the machine says.
        cause: std::io::Error,
    },
    /// The file is no HTTP archive.
    #[error("recording {} is no HAR file: {cause}", path.display())]
    NotHar {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// The file holds nothing to answer with.
    #[error("recording {} holds no exchange with an http or https address", path.display())]
    Empty {
        /// Which.
        path: PathBuf,
    },
}

/// One hop as it is recorded.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) started: vigie_mention::Instant,
    pub(crate) took: std::time::Duration,
    pub(crate) outcome: Result<HttpResponse, HttpError>,
}

/// A recording being made, or one being played. Cheap to clone; clones share it.
#[derive(Clone)]
pub struct Exchange {
    mode: Arc<Mode>,
}

enum Mode {
    Record(Mutex<Recorder>),
    Replay(Mutex<Replayer>),
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_replay() { "Exchange::Replay" } else { "Exchange::Record" })
    }
}

impl Exchange {
    /// Writes every exchange to `path`, which is made anew, readable by its owner alone. The file is a whole HAR after every exchange.
    ///
    /// # Errors
    /// [`ExchangeError::File`] if it cannot be made.
    pub fn record(path: &Path) -> Result<Self, ExchangeError> {
        let recorder = Recorder::create(path)?;
        Ok(Self { mode: Arc::new(Mode::Record(Mutex::new(recorder))) })
    }

    /// Answers every request from `path`, without any network.
    ///
    /// Strictly, the next request must be the next one recorded: same method, address and body. Loosely, it is answered by the next
    /// unused recorded exchange of the same method, host and path, whatever the query, the headers and the body.
    ///
    /// # Errors
    /// [`ExchangeError`] if it cannot be read, is no HAR or holds nothing.
    pub fn replay(path: &Path, loose: bool) -> Result<Self, ExchangeError> {
        let replayer = Replayer::open(path, loose)?;
        Ok(Self { mode: Arc::new(Mode::Replay(Mutex::new(replayer))) })
    }

    /// Whether requests are answered from a file.
    #[must_use]
    pub fn is_replay(&self) -> bool {
        matches!(&*self.mode, Mode::Replay(_))
    }

    /// What is recorded and was never asked for, as `METHOD address`; empty when recording.
    #[must_use]
    pub fn unused(&self) -> Vec<String> {
        match &*self.mode {
            Mode::Record(_) => Vec::new(),
            Mode::Replay(replayer) => replayer.lock().unwrap_or_else(PoisonError::into_inner).unused(),
        }
    }

    /// Whether everything went to the file so far, and forces it to the disk.
    ///
    /// # Errors
    /// The first [`ExchangeError::File`] met since the last call: a full disk does not stop collecting, it is reported here.
    pub fn finish(&self) -> Result<(), ExchangeError> {
        match &*self.mode {
            Mode::Record(recorder) => recorder.lock().unwrap_or_else(PoisonError::into_inner).finish(),
            Mode::Replay(_) => Ok(()),
        }
    }

    /// Adds hops that belong together, in their order.
    pub(crate) fn add(&self, hops: &[Recorded]) {
        if let Mode::Record(recorder) = &*self.mode {
            recorder.lock().unwrap_or_else(PoisonError::into_inner).add(hops);
        }
    }

    /// The recorded answer to a request; `None` when recording.
    pub(crate) fn answer(&self, method: &str, url: &url::Url, body: Option<&[u8]>) -> Option<Result<HttpResponse, HttpError>> {
        match &*self.mode {
            Mode::Record(_) => None,
            Mode::Replay(replayer) => Some(replayer.lock().unwrap_or_else(PoisonError::into_inner).answer(method, url, body)),
        }
    }
}

#[cfg(test)]
mod tests;
