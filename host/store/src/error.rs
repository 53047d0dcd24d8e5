//! What can go wrong, in words that name the file and the way out.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use vigie_mention::MentionKey;

/// Why the store could not be opened, read or written. Every message names the file and what to do.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Written by a newer Vigie; nothing was changed.
    #[error("store {} has format {found} and this vigie knows formats up to {known}; install a newer vigie, or name another store", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u64,
        /// The newest format this program knows.
        known: u64,
    },
    /// Another process writes to it.
    #[error("store {} is in use by another vigie; stop that one (beside it one can only read), or name another store", path.display())]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// Not readable as what was written, or never a store.
    #[error("store {} is damaged or no store: {message}; restore it from a copy, or move it away and collect anew", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        message: String,
    },
    /// No room left. Nothing of the commit is kept, everything before it is.
    #[error("no room left on the disk of store {}; free some space and start again: nothing that was committed is lost", path.display())]
    DiskFull {
        /// The file.
        path: PathBuf,
    },
    /// There is nothing to look at.
    #[error("there is no store at {} yet; `vigie run` makes it", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// There is no folder to put it in.
    #[error("store {} cannot be made: folder {} does not exist; create it, or name another store", path.display(), folder.display())]
    MissingFolder {
        /// The file.
        path: PathBuf,
        /// The folder that is missing.
        folder: PathBuf,
    },
    /// There is a folder, and nothing may be put into it.
    #[error(
        "store {} cannot be made: nothing can be written to folder {}; give this user the right to, or name another store",
        path.display(), folder.display()
    )]
    UnwritableFolder {
        /// The file.
        path: PathBuf,
        /// The folder it would be in.
        folder: PathBuf,
        /// What the system said.
        source: Arc<io::Error>,
    },
    /// The operating system refused.
    #[error("store {} cannot be read or written; {}", path.display(), cure(source))]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: Arc<io::Error>,
    },
    /// An earlier write failed, or the writer ended; the file must be opened anew.
    #[error("store {} stopped after an earlier failure; start vigie again: nothing that was committed is lost", path.display())]
    Stopped {
        /// The file.
        path: PathBuf,
    },
    /// Somebody else changed a mention after it was looked at. Nothing of the commit is kept; one made anew from what is stored now
    /// loses neither.
    #[error("{mention} in store {} was changed by another commit after it was read; read it again and commit anew", path.display())]
    Overtaken {
        /// The file.
        path: PathBuf,
        /// The first such mention.
        mention: String,
    },
    /// A record that cannot be written down.
    #[error("{what} cannot be stored in {}: {message}; please report this", path.display())]
    Encoding {
        /// The file.
        path: PathBuf,
        /// Which record.
        what: String,
        /// Why.
        message: String,
    },
}

fn cure(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "give this user the right to read and write it, or name another store"
        }
        io::ErrorKind::IsADirectory => "name a file in that folder instead",
        _ => "check the disk and start again: nothing that was committed is lost",
    }
}

/// An error on its way out, before it knows which file it is about.
#[derive(Debug)]
pub(crate) enum Fault {
    Redb(redb::Error),
    Newer { found: u64, known: u64 },
    Damaged(String),
    Encoding { what: String, message: String },
    Overtaken(MentionKey),
}

macro_rules! from_redb {
    ($($error:ident)*) => {$(
        impl From<redb::$error> for Fault {
            fn from(error: redb::$error) -> Self {
                Self::Redb(error.into())
            }
        }
    )*};
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Redb(redb::Error::Io(error))
    }
}

from_redb! { StorageError TableError TransactionError CommitError DatabaseError }

/// The file a fault is about. Clones share what is known about its state.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    path: Arc<Path>,
    /// redb answers every call after a failed write with "previous error"; this remembers that the disk was full.
    full: Arc<AtomicBool>,
}

impl Site {
    pub(crate) fn new(path: &Path) -> Self {
        Self { path: path.into(), full: Arc::default() }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn stopped(&self) -> StoreError {
        let path = self.path.to_path_buf();
        if self.full.load(Ordering::Relaxed) { StoreError::DiskFull { path } } else { StoreError::Stopped { path } }
    }

    /// Says which file the fault is about and what to do.
    pub(crate) fn error(&self, fault: impl Into<Fault>) -> StoreError {
        let path = self.path.to_path_buf();
        match fault.into() {
            Fault::Newer { found, known } => StoreError::Newer { path, found, known },
            Fault::Damaged(message) => StoreError::Damaged { path, message },
            Fault::Encoding { what, message } => StoreError::Encoding { path, what, message },
            Fault::Overtaken(mention) => StoreError::Overtaken { path, mention: format!("mention {mention}") },
            Fault::Redb(error) => match error {
                redb::Error::DatabaseAlreadyOpen | redb::Error::LockProtocolMismatch => StoreError::Locked { path },
                redb::Error::PreviousIo | redb::Error::DatabaseClosed | redb::Error::LockPoisoned(_) => self.stopped(),
                redb::Error::ValueTooLarge(bytes) => {
                    StoreError::Encoding { path, what: "a record".into(), message: format!("it has {bytes} bytes") }
                }
                redb::Error::Io(error) => match error.kind() {
                    io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                        self.full.store(true, Ordering::Relaxed);
                        StoreError::DiskFull { path }
                    }
                    io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
                        StoreError::Damaged { path, message: error.to_string() }
                    }
                    _ => StoreError::Io { path, source: Arc::new(error) },
                },
                other => StoreError::Damaged { path, message: other.to_string() },
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use super::*;

    /// The system's words stood in the message, and once more behind it as its cause.
    #[test]
    fn what_the_system_said_is_said_once() {
        let (path, folder) = (PathBuf::from("/data/v.redb"), PathBuf::from("/data"));
        let source = || Arc::new(io::Error::from(io::ErrorKind::PermissionDenied));
        for error in [
            StoreError::UnwritableFolder { path: path.clone(), folder, source: source() },
            StoreError::Io { path, source: source() },
        ] {
            let cause = error.source().expect("a cause").to_string();
            assert!(!error.to_string().contains(&cause), "{error}");
        }
    }
}
