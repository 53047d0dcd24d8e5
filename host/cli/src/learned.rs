//! What analyzers learned in place: one file each in a folder beside the store, `vigie.redb` has `vigie.learned/sentiment.table`.
//!
//! The first line of the file is a [`Head`] in JSON, the rest is the analyzer's own table, byte for byte. A table is good for the version of
//! the plugin that made it, and never leaves the machine.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use vigie_mention::Instant;
use vigie_runtime::Manifest;

/// What is known of a table; fields as in the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Head {
    /// Id of the plugin that made it.
    pub(crate) plugin: String,
    /// The version of that plugin.
    pub(crate) version: String,
    /// The version that annotations made with the table carry.
    pub(crate) annotates_as: String,
    /// When it was made.
    pub(crate) made_at: Instant,
    /// Corrections it was made of.
    pub(crate) corrections: u64,
    /// Star ratings it was made of.
    pub(crate) ratings: u64,
    /// How many of the held-out examples were right without it …
    pub(crate) right_before: u64,
    /// … and with it …
    pub(crate) right_after: u64,
    /// … of so many.
    pub(crate) held_out: u64,
    /// SHA-256 of the table, hexadecimal.
    pub(crate) sha256: String,
}

/// A table and what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Learned {
    pub(crate) head: Head,
    pub(crate) table: Vec<u8>,
}

/// Why a table is there and not used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unusable {
    /// Made by another version of the plugin.
    #[error("what `{plugin}` learned in place was learned by its version {made_by}, not by {version}, and is not used")]
    OtherVersion { plugin: String, made_by: String, version: String },
    /// Not as it was written.
    #[error("what `{plugin}` learned in place is damaged and not used: {}", path.display())]
    Damaged { plugin: String, path: PathBuf },
    /// The operating system refuses.
    #[error("what `{plugin}` learned in place cannot be read and is not used: {}: {source}", path.display())]
    Unreadable { plugin: String, path: PathBuf, source: io::Error },
}

/// The file of a plugin's table.
pub(crate) fn path(store: &Path, plugin: &str) -> PathBuf {
    store.with_extension("learned").join(format!("{plugin}.table"))
}

/// SHA-256 as the head has it.
pub(crate) fn digest(table: &[u8]) -> String {
    format!("{:x}", Sha256::digest(table))
}

/// What a plugin learned for a store; `None` if nothing.
///
/// # Errors
/// [`Unusable`].
pub(crate) fn read(store: &Path, manifest: &Manifest) -> Result<Option<Learned>, Unusable> {
    let path = path(store, &manifest.id);
    let plugin = || manifest.id.clone();
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(Unusable::Unreadable { plugin: plugin(), path, source }),
    };
    let parts = bytes.iter().position(|byte| *byte == b'\n').map(|end| (&bytes[..end], &bytes[end + 1..]));
    let read = parts.and_then(|(head, table)| Some((serde_json::from_slice::<Head>(head).ok()?, table)));
    let Some((head, table)) = read.filter(|(head, table)| head.sha256 == digest(table) && head.plugin == manifest.id) else {
        return Err(Unusable::Damaged { plugin: plugin(), path });
    };
    if head.version != manifest.version {
        return Err(Unusable::OtherVersion { plugin: plugin(), made_by: head.version, version: manifest.version.clone() });
    }
    Ok(Some(Learned { head, table: table.to_vec() }))
}

/// Keeps what a plugin learned, in place of what it learned before: whoever reads meanwhile sees the one or the other.
///
/// # Errors
/// If the file cannot be written; what was there stays.
pub(crate) fn write(store: &Path, learned: &Learned) -> io::Result<PathBuf> {
    let path = path(store, &learned.head.plugin);
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    let beside = path.with_extension("new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    serde_json::to_writer(&mut file, &learned.head)?;
    file.write_all(b"\n")?;
    file.write_all(&learned.table)?;
    file.sync_all()?;
    fs::rename(&beside, &path)?;
    // Only then is the new name on the disk, too.
    File::open(folder)?.sync_all()?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = r#"
id = "mood"
name = "Mood"
description = "Says the mood."
version = "1.0.0"
kind = "analyzer"
licence = "MIT"
contract = "0.1"
reads = ["text"]
learns = ["mood"]
[[writes]]
key = "mood"
type = "text"
enum = ["good", "bad"]
description = "the mood"
"#;

    fn manifest(version: &str) -> Manifest {
        Manifest::read(&MANIFEST.replace("1.0.0", version)).expect("a manifest")
    }

    fn learned(table: &[u8]) -> Learned {
        let head = Head {
            plugin: "mood".into(),
            version: "1.0.0".into(),
            annotates_as: "1.0.0+site.0a".into(),
            made_at: Instant::from_millis(0),
            corrections: 12,
            ratings: 30,
            right_before: 7,
            right_after: 9,
            held_out: 12,
            sha256: digest(table),
        };
        Learned { head, table: table.to_vec() }
    }

    #[test]
    fn what_was_kept_is_read_back_whatever_bytes_it_has() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = folder.path().join("vigie.redb");
        assert!(read(&store, &manifest("1.0.0")).expect("nothing learned is no mistake").is_none());
        for table in [&b"a\nb\n\0\xff"[..], b"", b"later"] {
            let kept = learned(table);
            let path = write(&store, &kept).expect("written");
            assert_eq!(path, folder.path().join("vigie.learned/mood.table"));
            assert_eq!(read(&store, &manifest("1.0.0")).expect("readable"), Some(kept));
        }
        assert_eq!(fs::read_dir(folder.path().join("vigie.learned")).expect("a folder").count(), 1, "nothing is left beside it");
    }

    #[test]
    fn another_version_and_damage_are_not_used_and_said() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = folder.path().join("vigie.redb");
        let path = write(&store, &learned(b"table")).expect("written");
        let error = read(&store, &manifest("1.1.0")).expect_err("another version");
        assert_eq!(
            error.to_string(),
            "what `mood` learned in place was learned by its version 1.0.0, not by 1.1.0, and is not used"
        );
        let whole = fs::read(&path).expect("there");
        for broken in [&whole[..whole.len() - 1], b"", b"{}\ntable", b"table"] {
            fs::write(&path, broken).expect("written");
            assert!(matches!(read(&store, &manifest("1.0.0")), Err(Unusable::Damaged { .. })));
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_may_read_it() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().expect("a folder");
        let path = write(&folder.path().join("vigie.redb"), &learned(b"table")).expect("written");
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!((mode(path.parent().expect("a folder")), mode(&path)), (0o700, 0o600));
    }
}
