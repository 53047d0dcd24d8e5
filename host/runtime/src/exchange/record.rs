//! Writes a recording, an entry at a time.

use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::har::{CLOSING, entry, opening};
use super::{ExchangeError, Recorded};

/// A file that is a whole HAR between any two calls: each entry is written over the closing brackets, together with new ones.
pub(super) struct Recorder {
    path: PathBuf,
    file: File,
    /// Where the closing brackets begin.
    end: u64,
    entries: usize,
    failed: Option<std::io::Error>,
}

impl Recorder {
    pub(super) fn create(path: &Path) -> Result<Self, ExchangeError> {
        let fault = |cause| ExchangeError::File { path: path.to_owned(), cause };
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        // Recordings hold what people wrote, and perhaps what only the operator may read.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(fault)?;
        let opening = opening();
        file.write_all(format!("{opening}{CLOSING}").as_bytes()).map_err(fault)?;
        Ok(Self { path: path.to_owned(), file, end: opening.len() as u64, entries: 0, failed: None })
    }

    pub(super) fn add(&mut self, hops: &[Recorded]) {
        for hop in hops {
            let comma = if self.entries == 0 { "\n" } else { ",\n" };
            let text = format!("{comma}{}", entry(hop));
            // On a failure `end` stays, so that a later entry overwrites the torn one.
            match self.write(&text) {
                Ok(()) => {
                    self.end += text.len() as u64;
                    self.entries += 1;
                }
                Err(error) => self.failed = self.failed.take().or(Some(error)),
            }
        }
    }

    fn write(&mut self, text: &str) -> std::io::Result<()> {
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(format!("{text}{CLOSING}").as_bytes())
    }

    pub(super) fn finish(&mut self) -> Result<(), ExchangeError> {
        let synced = self.file.sync_all();
        match self.failed.take().or(synced.err()) {
            Some(cause) => Err(ExchangeError::File { path: self.path.clone(), cause }),
            None => Ok(()),
        }
    }
}
