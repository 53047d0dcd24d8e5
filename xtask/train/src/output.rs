//! What training leaves behind in a plugin's folder `table/`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::data::Data;
use crate::sources;

/// The tables of one analyzer.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    /// Name of the file inside `table/`, and its bytes.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    /// What the figures on the dev rows are, a line each; they go into the manifest.
    pub(crate) figures: Vec<(String, f64)>,
    /// What the notice says of things in the tables that are nobody else's, such as words of our own.
    pub(crate) own: &'static str,
}

impl Tables {
    /// With one more file.
    pub(crate) fn file(mut self, name: impl Into<String>, bytes: Vec<u8>) -> Self {
        self.files.push((name.into(), bytes));
        self
    }
}

/// Writes the tables, their manifest and their notice, or with `check` only compares. Returns what differs.
pub(crate) fn settle(name: &str, tables: &Tables, data: &Data, check: bool) -> Result<Vec<String>> {
    let folder = folder(name);
    let mut files: Vec<(&str, Vec<u8>)> = tables.files.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    files.push(("MANIFEST.toml", manifest(name, tables, data)?.into_bytes()));
    files.push(("NOTICE", sources::notice(tables, data)?.into_bytes()));
    let mut different = Vec::new();
    for (file, bytes) in files {
        let path = folder.join(file);
        let same = std::fs::read(&path).is_ok_and(|there| there == bytes);
        let state = match (same, check) {
            (true, _) => "unchanged",
            (false, true) => "DIFFERENT",
            (false, false) => "written",
        };
        println!("  {:20} {:8} bytes  {state}", file, bytes.len());
        if !same && check {
            different.push(format!("plugins/analyzer-{name}/table/{file}"));
        } else if !same {
            std::fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
            std::fs::write(&path, bytes).with_context(|| format!("{} cannot be written", path.display()))?;
        }
    }
    Ok(different)
}

/// The folder of a plugin's tables.
fn folder(name: &str) -> PathBuf {
    let train = Path::new(env!("CARGO_MANIFEST_DIR"));
    let workspace = train.ancestors().nth(2).expect("xtask/train/ lies in the workspace");
    workspace.join("plugins").join(format!("analyzer-{name}")).join("table")
}

/// What went in, what came out, and how good it is.
fn manifest(name: &str, tables: &Tables, data: &Data) -> Result<String> {
    let mut text = format!("# Written by `cargo xtask train {name}`. The same data give the same tables, byte for byte.\n");
    for (file, read) in data.read() {
        let source = sources::of(&file)?;
        text += &format!(
            "\n[[data]]\nfile = \"{file}\"\nlicence = \"{}\"\nrows = {}\nsha256 = \"{}\"\n",
            source.licence, read.rows, read.sha256
        );
    }
    for (file, bytes) in &tables.files {
        let sha256: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        text += &format!("\n[[table]]\nfile = \"{file}\"\nbytes = {}\nsha256 = \"{sha256}\"\n", bytes.len());
    }
    if !tables.figures.is_empty() {
        text += "\n# On the dev rows, which nothing was trained on.\n[dev]\n";
        for (figure, value) in &tables.figures {
            text += &format!("\"{figure}\" = {value:.4}\n");
        }
    }
    Ok(text)
}
