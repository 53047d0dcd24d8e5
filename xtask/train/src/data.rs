//! The training data: tab separated rows, remembered so that manifest and notice name all that went into a table.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// A folder of training data.
#[derive(Debug)]
pub(crate) struct Data {
    folder: PathBuf,
    /// What was read so far, by the name of its file.
    read: RefCell<BTreeMap<String, Read>>,
}

/// One file that was read.
#[derive(Debug, Clone)]
pub(crate) struct Read {
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub(crate) sha256: String,
    /// Rows without the header.
    pub(crate) rows: usize,
}

/// One row: its columns, the text last.
#[derive(Debug, Clone)]
pub(crate) struct Row(Vec<String>);

impl Row {
    /// A column; empty where the row has fewer.
    pub(crate) fn column(&self, place: usize) -> &str {
        self.0.get(place).map_or("", String::as_str)
    }

    /// The last column.
    pub(crate) fn text(&self) -> &str {
        self.0.last().map_or("", String::as_str)
    }
}

impl Data {
    /// # Errors
    /// When there is no such folder.
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        let found = std::fs::metadata(folder)
            .with_context(|| format!("the training data are not at {}; name their folder with --data", folder.display()))?;
        anyhow::ensure!(found.is_dir(), "{} is no folder", folder.display());
        Ok(Self { folder: folder.to_path_buf(), read: RefCell::default() })
    }

    /// The rows of `<name>.tsv`, without the header. `name`: such as `sentiment_en.train` or `lexicons/vader_en`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn rows(&self, name: &str) -> Result<Vec<Row>> {
        Ok(rows(&self.text(&format!("{name}.tsv"), 1)?))
    }

    /// The lines of `<name>.jsonl`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn lines(&self, name: &str) -> Result<Vec<String>> {
        Ok(self.text(&format!("{name}.jsonl"), 0)?.lines().map(str::to_owned).collect())
    }

    /// The rows of `own/<name>.tsv` beside this trainer: what was labelled or written for it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn own(&self, name: &str) -> Result<Vec<Row>> {
        Ok(rows(&self.text_in(Path::new(env!("CARGO_MANIFEST_DIR")), &format!("own/{name}.tsv"), 1)?))
    }

    fn text(&self, file: &str, headers: usize) -> Result<String> {
        self.text_in(&self.folder, file, headers)
    }

    fn text_in(&self, folder: &Path, file: &str, headers: usize) -> Result<String> {
        let path = folder.join(file);
        let text = std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        let sha256 = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        let rows = text.lines().count().saturating_sub(headers);
        self.read.borrow_mut().insert(file.to_owned(), Read { sha256, rows });
        Ok(text)
    }

    /// What was read, in the order of the names.
    pub(crate) fn read(&self) -> BTreeMap<String, Read> {
        self.read.borrow().clone()
    }
}

/// The rows below the header.
fn rows(text: &str) -> Vec<Row> {
    let row = |line: &str| Row(line.split('\t').map(str::to_owned).collect());
    text.lines().skip(1).filter(|line| !line.is_empty()).map(row).collect()
}
