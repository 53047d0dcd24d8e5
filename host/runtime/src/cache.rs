//! Compiled plugins on disk: made here, kept private, never trusted unchecked.
//!
//! # Shape
//! The folder belongs to this user with mode 0700, or it is not used. It holds `key`, 32 random bytes (0600), and one file a
//! component and engine: the compiled code, 32 bytes of HMAC-SHA-256 under the key over the file's name and that code, 8 bytes of
//! magic. The code comes first so that the file can be mapped: what a plugin never runs then takes no memory.
//! A file that is damaged, planted or of another engine is compiled again and overwritten. Files appear by rename, whole or
//! not at all, and are never written again. The oldest are deleted once the folder holds more than [`MAX_BYTES`].

use std::collections::HashMap;
use std::fs::{self, File};
use std::hash::{Hash, Hasher};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use wasmtime::component::Component;
use wasmtime::{Engine, Result};

use crate::native::OwnBuild;
use crate::package::{Package, hex};

/// The most the folder holds; a compiled Python interpreter has some 60 MB, most plugins less than one.
const MAX_BYTES: u64 = 1024 * 1024 * 1024;
const MAGIC: &[u8; 8] = b"vigieAOT";
const DIGEST_BYTES: usize = 32;
/// Of these files; part of their names, so that a program of another layout has files of its own.
const LAYOUT: u32 = 2;
/// What follows the code.
const TAIL_BYTES: usize = DIGEST_BYTES + MAGIC.len();
/// Bytes of a file looked at together.
const CHUNK_BYTES: usize = 64 * 1024;
const KEY_BYTES: usize = 32;
const KEY_FILE: &str = "key";
const SUFFIX: &str = ".compiled";

/// The folder, or nothing; and what this process has loaded, so that connectors of one plugin share its code.
pub(crate) struct Cache {
    open: Option<Open>,
    loaded: Mutex<HashMap<String, Component>>,
}

struct Open {
    folder: PathBuf,
    key: [u8; KEY_BYTES],
    /// What of the engine compiled code depends on.
    engine: String,
}

impl Cache {
    /// Opens or makes the folder. One that cannot be used is a warning: plugins are then compiled at every start.
    pub(crate) fn open(folder: Option<&Path>, engine: &Engine) -> Self {
        let open = folder.and_then(|folder| match Open::new(folder, engine) {
            Ok(open) => Some(open),
            Err(error) => {
                tracing::warn!(folder = %folder.display(), "not using the compile cache, so that plugins are compiled at every start: {error}");
                None
            }
        });
        Self { open, loaded: Mutex::default() }
    }

    /// The plugin's component: the one loaded before, or from the folder if there is a sound file, else compiled and kept.
    pub(crate) fn component(&self, engine: &Engine, package: &Package) -> Result<Component> {
        // Held while compiling: whoever needs the same plugin would only compile it a second time.
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(component) = loaded.get(package.digest()) {
            return Ok(component.clone());
        }
        let component = self.load(engine, package)?;
        loaded.insert(package.digest().to_owned(), component.clone());
        Ok(component)
    }

    fn load(&self, engine: &Engine, package: &Package) -> Result<Component> {
        let Some(open) = &self.open else { return Component::from_binary(engine, package.bytes()) };
        let name = open.name_of(package);
        match open.read(&name) {
            Ok(Some(build)) => match build.load(engine) {
                Ok(component) => return Ok(component),
                Err(error) => tracing::debug!(file = name, "compiling again: {error:#}"),
            },
            Ok(None) => {}
            Err(error) => tracing::warn!(file = %open.folder.join(&name).display(), "compiling again: {error}"),
        }
        let component = Component::from_binary(engine, package.bytes())?;
        let written = component
            .serialize()
            .map_err(|error| io::Error::other(format!("{error:#}")))
            .and_then(|build| open.write(&name, &build));
        if let Err(error) = written {
            tracing::warn!(folder = %open.folder.display(), "failed to keep a compiled plugin: {error}");
        }
        Ok(component)
    }
}

/// Feeds a `Hash` into SHA-256: whatever wasmtime says that compiled code depends on becomes part of a file's name.
struct Fingerprint(Sha256);

impl Hasher for Fingerprint {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        let digest = self.0.clone().finalize();
        digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}

impl Open {
    fn new(folder: &Path, engine: &Engine) -> io::Result<Self> {
        make_private(folder)?;
        let mut fingerprint = Fingerprint(Sha256::new());
        engine.precompile_compatibility_hash().hash(&mut fingerprint);
        LAYOUT.hash(&mut fingerprint);
        let engine = hex(&fingerprint.0.finalize()[..8]);
        Ok(Self { folder: folder.to_owned(), key: key(folder)?, engine })
    }

    fn name_of(&self, package: &Package) -> String {
        format!("{}-{}{SUFFIX}", package.digest(), self.engine)
    }

    /// The digest of a build, begun; the code follows. The name is part of it, so that a file cannot be put in another's place.
    fn mac(&self, name: &str) -> Hmac<Sha256> {
        let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(&self.key).expect("HMAC takes a key of any length");
        // Its length is fixed.
        mac.update(name.as_bytes());
        mac
    }

    /// A build this installation made; `None` if there is none. Errors say what is wrong with the file.
    fn read(&self, name: &str) -> io::Result<Option<OwnBuild>> {
        let path = self.folder.join(name);
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let foreign = || io::Error::other("the file is cut short or not of this program");
        let code_bytes = file.metadata()?.len().checked_sub(TAIL_BYTES as u64).ok_or_else(foreign)?;
        let mut tail = [0; TAIL_BYTES];
        file.seek(SeekFrom::Start(code_bytes))?;
        file.read_exact(&mut tail)?;
        let (digest, magic) = tail.split_at(DIGEST_BYTES);
        if magic != MAGIC {
            return Err(foreign());
        }
        file.rewind()?;
        let (mut mac, mut code) = (self.mac(name), file.take(code_bytes));
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            match code.read(&mut chunk)? {
                0 => break,
                read => mac.update(&chunk[..read]),
            }
        }
        mac.verify_slice(digest).map_err(|_| io::Error::other("the file was damaged, or not written by this installation"))?;
        Ok(Some(OwnBuild(path)))
    }

    fn write(&self, name: &str, build: &[u8]) -> io::Result<()> {
        let mut mac = self.mac(name);
        mac.update(build);
        self.put(name, &[build, mac.finalize().into_bytes().as_slice(), MAGIC])?;
        self.tidy(name)
    }

    /// Writes a file whole or not at all. No sync: what a power cut damages is found by its digest.
    fn put(&self, name: &str, parts: &[&[u8]]) -> io::Result<()> {
        let temporary = self.folder.join(format!("{name}.{}-{:016x}.new", std::process::id(), fastrand::u64(..)));
        let written = private_file(&temporary).and_then(|mut file| parts.iter().try_for_each(|part| file.write_all(part)));
        let placed = written.and_then(|()| fs::rename(&temporary, self.folder.join(name)));
        if placed.is_err() {
            // The error that matters is the one above.
            let _ = fs::remove_file(&temporary);
        }
        placed
    }

    /// Deletes the oldest files once there are too many, and what a killed process left half-written.
    fn tidy(&self, keep: &str) -> io::Result<()> {
        let mut files = Vec::new();
        let hour_ago = SystemTime::now() - std::time::Duration::from_secs(3600);
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let meta = entry.metadata()?;
            let modified = meta.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            if name.ends_with(".new") && modified < hour_ago {
                fs::remove_file(entry.path())?;
            } else if name.ends_with(SUFFIX) && name != keep {
                files.push((modified, meta.len(), entry.path()));
            }
        }
        files.sort();
        let mut held: u64 = files.iter().map(|(_, bytes, _)| bytes).sum();
        for (_, bytes, path) in files {
            if held <= MAX_BYTES {
                break;
            }
            fs::remove_file(path)?;
            held -= bytes;
        }
        Ok(())
    }
}

/// The key of this installation, made at first use.
fn key(folder: &Path) -> io::Result<[u8; KEY_BYTES]> {
    let path = folder.join(KEY_FILE);
    for _ in 0..2 {
        match File::open(&path) {
            Ok(mut file) => {
                check_private(&path, &file.metadata()?, 0o077)?;
                let mut key = Vec::new();
                io::Read::by_ref(&mut file).take(KEY_BYTES as u64 + 1).read_to_end(&mut key)?;
                // Of another length: an earlier start was killed while writing it. Nothing made under it can be checked anyway.
                match key.try_into() {
                    Ok(key) => return Ok(key),
                    Err(_) => fs::remove_file(&path)?,
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut random = [0; KEY_BYTES];
                system_random(&mut random)?;
                match private_file(&path).and_then(|mut file| file.write_all(&random)) {
                    Ok(()) => return Ok(random),
                    // Another process was faster: its key is read in the second round.
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                    Err(error) => return Err(error),
                }
            }
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("its key changes while it is read"))
}

/// Random bytes nobody can foresee.
fn system_random(bytes: &mut [u8]) -> io::Result<()> {
    let provider = rustls::crypto::ring::default_provider();
    provider.secure_random.fill(bytes).map_err(|_| io::Error::other("the system gives no random bytes"))
}

/// Makes a file only this user can read; one that is there already is an error.
fn private_file(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Makes the folder if it is not there, and refuses one that others can write to or that is somebody else's.
fn make_private(folder: &Path) -> io::Result<()> {
    if let Some(above) = folder.parent() {
        fs::create_dir_all(above)?;
    }
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let meta = fs::symlink_metadata(folder)?;
    if !meta.is_dir() {
        return Err(io::Error::other("it is no folder"));
    }
    check_private(folder, &meta, 0o077)
}

#[cfg(unix)]
fn check_private(path: &Path, meta: &fs::Metadata, others: u32) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;

    let me = rustix::process::geteuid().as_raw();
    if meta.uid() != me {
        return Err(io::Error::other(format!("{} belongs to another user (id {})", path.display(), meta.uid())));
    }
    if meta.mode() & others != 0 {
        return Err(io::Error::other(format!(
            "others may enter {} (mode {:o}); run `chmod go-rwx` on it",
            path.display(),
            meta.mode() & 0o777
        )));
    }
    Ok(())
}

/// Elsewhere a new folder in the user's own data folder is private by inheritance, and there is no mode to look at.
#[cfg(not(unix))]
fn check_private(_path: &Path, _meta: &fs::Metadata, _others: u32) -> io::Result<()> {
    Ok(())
}
