//! Writing corrections so that a crash costs at most the line under way.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use super::Correction;

/// Appends a line each and waits for the disk. Others who append wait meanwhile.
pub(super) fn append(path: &Path, corrections: &[Correction]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.lock()?;
    mend(&mut file)?;
    for correction in corrections {
        let mut line = serde_json::to_vec(correction)?;
        line.push(b'\n');
        file.write_all(&line)?;
    }
    file.sync_data()
}

/// Ends a last line that lacks only its end, and cuts off one that was never written whole: what is appended must not become part of it.
fn mend(file: &mut File) -> io::Result<()> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    match &bytes[whole..] {
        [] => Ok(()),
        tail if serde_json::from_slice::<Correction>(tail).is_ok() => file.write_all(b"\n"),
        _ => file.set_len(whole as u64),
    }
}
