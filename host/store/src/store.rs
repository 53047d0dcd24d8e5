//! Opening the file, and the handles on it.

use std::borrow::Borrow;
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::{fs, io, slice};

use redb::{
    Builder, ConcurrencyMode, Database, DatabaseError, ReadOnlyDatabase, ReadableDatabase, StorageBackend, StorageError,
    WriteTransaction,
};
use vigie_mention::delivery::Feed;
use vigie_mention::{ConnectorId, Instant};

use crate::error::{Fault, Site};
use crate::migrate::{self, FORMAT, MIGRATIONS, Need};
use crate::{Commit, InUse, Receipt, Renewal, Snapshot, StoreError, Writer, feeds, in_use, routed, write};

/// How to open a store.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Most memory the page cache may take, in bytes. It fills as pages are used.
    pub cache_bytes: usize,
}

impl Default for Options {
    fn default() -> Self {
        // Enough to keep the upper levels of every table of a store of some million mentions.
        Self { cache_bytes: 32 << 20 }
    }
}

impl Options {
    fn builder(self, mode: ConcurrencyMode) -> Builder {
        let mut builder = Builder::new();
        builder.set_cache_size(self.cache_bytes).set_concurrency_mode(mode);
        builder
    }
}

/// The open store. Clones are handles on the same file; it is closed with the last of them.
#[derive(Clone)]
pub struct Store {
    database: Arc<Database>,
    site: Site,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("path", &self.path()).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the file for writing with default [`Options`]; makes it if it is not there, repairs it after a crash, migrates it if
    /// it is of an older format. Others may look on meanwhile with [`Reader`].
    ///
    /// # Errors
    /// Every [`StoreError`] but `Missing`. On an error the file is as it was, but for the repair after a crash.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_with(path, Options::default())
    }

    /// Opens the file for writing, as [`Store::open`].
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_with(path: &Path, options: Options) -> Result<Self, StoreError> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            return Err(StoreError::MissingFolder { path: path.to_path_buf(), folder: folder.to_path_buf() });
        }
        if fs::metadata(path).is_ok_and(|file| file.len() > 0) {
            return Self::prepare(Site::new(path), || shared(|mode| options.builder(mode).open(path)));
        }
        Self::make(path, folder.unwrap_or(Path::new(".")), options)
    }

    /// Makes a new store under another name and gives it its own when it is whole: killed on the way, a file that nobody can open
    /// would stay in its place.
    fn make(path: &Path, folder: &Path, options: Options) -> Result<Self, StoreError> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".new");
        let new = path.with_file_name(name);
        let open = || Self::prepare(Site::new(path), || shared(|mode| options.builder(mode).create(&new)));
        let store = match open() {
            // Left by one who was killed on the way; one who is still at it holds the lock.
            Err(StoreError::Damaged { .. }) => {
                fs::remove_file(&new).map_err(|error| Site::new(path).error(error))?;
                open()?
            }
            Err(StoreError::Io { path, source }) if unwritable(&source) => {
                return Err(StoreError::UnwritableFolder { path, folder: folder.to_path_buf(), source });
            }
            other => other?,
        };
        if fs::metadata(path).is_ok_and(|file| file.len() > 0) {
            // Somebody else was quicker, and is at work with it.
            drop(store);
            drop(fs::remove_file(&new));
            return Err(StoreError::Locked { path: path.to_path_buf() });
        }
        fs::rename(&new, path).map_err(|error| store.site.error(error))?;
        // The name is as durable as the content, where folders can be synced.
        drop(fs::File::open(folder).and_then(|folder| folder.sync_all()));
        Ok(store)
    }

    /// Opens a store over any storage instead of a file, for tests.
    ///
    /// # Errors
    /// As [`Store::open`]; the path in messages is `(backend)`.
    pub fn open_backend(backend: impl StorageBackend) -> Result<Self, StoreError> {
        let builder = Options::default().builder(ConcurrencyMode::ExclusiveWriter);
        Self::prepare(Site::new(Path::new("(backend)")), || builder.create_with_backend(backend))
    }

    fn prepare(site: Site, open: impl FnOnce() -> Result<Database, DatabaseError>) -> Result<Self, StoreError> {
        let opened = guarded(|| {
            let database = open()?;
            migrate::prepare(&database, FORMAT, MIGRATIONS)?;
            Ok(database)
        });
        match opened {
            Ok(database) => Ok(Self { database: Arc::new(database), site }),
            Err(fault) => Err(site.error(fault)),
        }
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.site.path()
    }

    /// A consistent look at everything committed so far. While it is held, the space of what is replaced is not used again.
    ///
    /// # Errors
    /// When the file cannot be read any more.
    pub fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let transaction = self.database.begin_read().map_err(|error| self.site.error(error))?;
        Ok(Snapshot::new(transaction, self.site.clone()))
    }

    /// Writes the commits, in this order, in one transaction that is on the disk when this returns. How commits are grouped makes
    /// no difference to what is stored, as long as each is [based](crate::Basis) on what those before it leave. Waits for another
    /// transaction to end; blocks, so async code uses [`Store::writer`].
    ///
    /// # Errors
    /// Nothing of any of the commits is stored then. `Overtaken` is mended by a new look and a new commit. After `DiskFull`, `Io` and
    /// `Stopped` the store must be opened anew to write.
    pub fn commit(&self, commits: Vec<Commit>) -> Result<Vec<Receipt>, StoreError> {
        self.commit_all(&commits).map_err(|fault| self.site.error(fault))
    }

    /// Writes the commits that can be written, each whole or not at all, in one transaction; one answer each. Only where one of them
    /// cannot be written down does each get a transaction of its own.
    pub(crate) fn commit_each<C: Borrow<Commit>>(&self, commits: &[C]) -> Vec<Result<Receipt, StoreError>> {
        let told = |fault: Fault| self.site.error(fault);
        let error = match self.transact(|transaction| write::apply(transaction, commits)) {
            Ok(answers) => return answers.into_iter().map(|answer| answer.map_err(|overtaken| told(overtaken.into()))).collect(),
            Err(fault) => told(fault),
        };
        if matches!(error, StoreError::Encoding { .. }) && commits.len() > 1 {
            let alone = |commit| self.commit_all(slice::from_ref(commit)).map(|receipts| receipts[0]).map_err(told);
            return commits.iter().map(alone).collect();
        }
        commits.iter().map(|_| Err(error.clone())).collect()
    }

    /// Writes what analyzers or topics made of stored mentions, in one transaction; how many it changed. Blocks, as [`Store::commit`].
    ///
    /// # Errors
    /// As [`Store::commit`].
    pub fn renew(&self, renewal: &Renewal) -> Result<u64, StoreError> {
        self.transact(|transaction| write::renew(transaction, renewal)).map_err(|fault| self.site.error(fault))
    }

    /// Takes note of the analyzers at work, if they are others than before. Blocks, as [`Store::commit`].
    ///
    /// # Errors
    /// As [`Store::commit`].
    pub fn announce(&self, now: &InUse) -> Result<(), StoreError> {
        if self.snapshot()?.in_use()?.as_ref() == Some(now) {
            return Ok(());
        }
        self.transact(|transaction| in_use::announce(transaction, now)).map_err(|fault| self.site.error(fault))
    }

    /// Takes note of which feeds a connector's plan names, if that is another plan than before: one that was planned and is not named
    /// any more has ended, and nobody waits for it. Blocks, as [`Store::commit`].
    ///
    /// # Errors
    /// As [`Store::commit`].
    pub fn note_plan(&self, connector: &ConnectorId, planned: &[Feed], at: Instant) -> Result<(), StoreError> {
        let planned: HashSet<&str> = planned.iter().map(|feed| feed.id.as_str()).collect();
        let stored = self.snapshot()?.feeds(connector)?;
        if stored.iter().all(|(key, state)| feeds::replanned(&key.feed, state, &planned, at).is_none()) {
            return Ok(());
        }
        let noted = self.transact(|transaction| feeds::note_plan(transaction, connector, &planned, at));
        noted.map_err(|fault| self.site.error(fault))
    }

    /// Takes note of the topics that mentions are matched with, if they are others than before; then everything stored waits to be
    /// matched with them. Blocks, as [`Store::commit`].
    ///
    /// # Errors
    /// As [`Store::commit`].
    pub fn announce_topics(&self, topics: u64) -> Result<(), StoreError> {
        if self.snapshot()?.routing()?.with == Some(topics) {
            return Ok(());
        }
        self.transact(|transaction| routed::announce(transaction, topics)).map_err(|fault| self.site.error(fault))
    }

    /// Writes all of the commits or, where one was overtaken, none.
    fn commit_all<C: Borrow<Commit>>(&self, commits: &[C]) -> Result<Vec<Receipt>, Fault> {
        self.transact(|transaction| {
            let answers = write::apply(transaction, commits)?;
            answers.into_iter().map(|answer| answer.map_err(Fault::from)).collect()
        })
    }

    fn transact<T>(&self, write: impl FnOnce(&WriteTransaction) -> Result<T, Fault>) -> Result<T, Fault> {
        let mut transaction = self.database.begin_write()?;
        // So that opening after a crash does not read the whole file.
        transaction.set_quick_repair(true);
        match write(&transaction) {
            Ok(written) => {
                transaction.commit()?;
                Ok(written)
            }
            Err(fault) => {
                // The fault that came first says more than a failure to abort, and dropping a transaction forgets it too.
                drop(transaction.abort());
                Err(fault)
            }
        }
    }

    /// Starts a writer that groups commits of many tasks; see [`Writer`].
    #[must_use]
    pub fn writer(&self) -> Writer {
        Writer::start(self.clone())
    }

    pub(crate) fn site(&self) -> &Site {
        &self.site
    }
}

/// A store opened for looking only, beside a process that may be writing to it. Clones are handles on the same file.
#[derive(Clone)]
pub struct Reader {
    database: Arc<ReadOnlyDatabase>,
    site: Site,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("path", &self.site.path()).finish_non_exhaustive()
    }
}

impl Reader {
    /// Opens an existing store. If it needs a repair after a crash, or a migration, and nobody writes to it, that is done first.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if there is none; else as [`Store::open`].
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        if !path.exists() {
            return Err(StoreError::Missing { path: path.to_path_buf() });
        }
        let site = Site::new(path);
        if let Some(reader) = Self::look(path, &site)? {
            return Ok(reader);
        }
        drop(Store::open(path)?);
        Self::look(path, &site)?.ok_or_else(|| site.stopped())
    }

    /// `None` if the file must be opened for writing first.
    fn look(path: &Path, site: &Site) -> Result<Option<Self>, StoreError> {
        let looked = guarded(|| {
            let database = match shared(|mode| Options::default().builder(mode).open_read_only(path)) {
                Ok(database) => database,
                Err(DatabaseError::RepairAborted) => return Ok(None),
                Err(error) => return Err(error.into()),
            };
            let need = migrate::need(&database.begin_read()?, FORMAT)?;
            Ok((need == Need::Nothing).then_some(database))
        });
        let database = looked.map_err(|fault| site.error(fault))?;
        Ok(database.map(|database| Self { database: Arc::new(database), site: site.clone() }))
    }

    /// A consistent look at everything committed so far, whoever committed it.
    ///
    /// # Errors
    /// When the file cannot be read any more.
    pub fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let transaction = self.database.begin_read().map_err(|error| self.site.error(error))?;
        Ok(Snapshot::new(transaction, self.site.clone()))
    }
}

/// Opens so that one process may write while others look on; where the system cannot do that, one process at a time.
fn shared<T>(open: impl Fn(ConcurrencyMode) -> Result<T, DatabaseError>) -> Result<T, DatabaseError> {
    match open(ConcurrencyMode::SingleWriter) {
        Err(DatabaseError::Storage(StorageError::Unsupported)) => open(ConcurrencyMode::ExclusiveWriter),
        Err(DatabaseError::Storage(StorageError::Io(error))) if error.kind() == io::ErrorKind::Unsupported => {
            open(ConcurrencyMode::ExclusiveWriter)
        }
        other => other,
    }
}

/// Runs what reads a file of unknown content: redb may panic on one that was altered, and that must not end the host.
fn guarded<T>(open: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(open)).unwrap_or_else(|_| Err(Fault::Damaged("its pages do not fit together".to_owned())))
}

/// Whether the system lets nothing be written there.
fn unwritable(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
}
