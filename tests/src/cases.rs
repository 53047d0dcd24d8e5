//! Cases as folders: what is configured, what is done, what came out.
//!
//! ```text
//! cases/first-run/
//!   vigie.toml       the configuration, with the placeholders of `TestBed::write`
//!   cmd              one command a line, `#` begins a comment
//!   expected.snap    the snapshot (`cargo insta review` accepts a new one)
//! ```
//!
//! Besides `vigie …` (words apart by spaces, quoted with `'` or `"`), a line may change the world: `advance INSTANT`,
//! `fault {JSON}`, `clear-faults`, `edit ITEM TEXT`, `delete ITEM`, `forget-requests`, and `requests` prints how many requests
//! each host has got. Other files of the folder are copied beside the configuration.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::bed::TestBed;
use crate::error::TestError;

/// The folders of cases, in order of their names.
///
/// # Errors
/// [`TestError::Io`] when the folder cannot be read.
pub fn all() -> Result<Vec<PathBuf>, TestError> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let entries = fs::read_dir(&root).map_err(TestError::io(format!("read {}", root.display())))?;
    let mut folders: Vec<_> = entries.flatten().map(|entry| entry.path()).filter(|path| path.join("cmd").is_file()).collect();
    folders.sort();
    Ok(folders)
}

/// Does what a case says and writes down what came out.
///
/// # Errors
/// [`TestError`] when a file is missing, a line makes no sense, or a command cannot be run.
pub fn transcript(folder: &Path) -> Result<String, TestError> {
    let bed = TestBed::new()?;
    for entry in fs::read_dir(folder).map_err(TestError::io(format!("read {}", folder.display())))?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name == "cmd" || name.contains(".snap") || !entry.path().is_file() {
            continue;
        }
        let text = fs::read_to_string(entry.path()).map_err(TestError::io(format!("read {name}")))?;
        bed.write(&name, &text)?;
    }
    let commands = fs::read_to_string(folder.join("cmd")).map_err(TestError::io("read cmd"))?;
    let mut out = String::new();
    for line in commands.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        out += &format!("$ {line}\n{}\n", one(&bed, line)?);
    }
    Ok(out)
}

/// Does one line and gives what is to be written down.
fn one(bed: &TestBed, line: &str) -> Result<String, TestError> {
    let wrong = |why: String| TestError::Line { line: line.to_owned(), why };
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let changed = match word {
        "vigie" => {
            let arguments = split(rest).ok_or_else(|| wrong("a quote is never closed".to_owned()))?;
            let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
            return Ok(bed.vigie(&arguments)?.transcript());
        }
        "advance" => {
            let instant = rest.parse().map_err(|_| wrong("write an instant, such as 2026-11-23T08:00:00Z".to_owned()))?;
            bed.internet().advance_to(instant);
            Ok(())
        }
        "fault" => {
            bed.internet().fault(serde_json::from_str(rest).map_err(|error| wrong(error.to_string()))?);
            Ok(())
        }
        "clear-faults" => {
            bed.internet().clear_faults();
            Ok(())
        }
        "forget-requests" => {
            bed.internet().forget_requests();
            Ok(())
        }
        "requests" => {
            let mut counts: BTreeMap<String, usize> = BTreeMap::new();
            for seen in bed.internet().requests() {
                *counts.entry(seen.host).or_default() += 1;
            }
            return Ok(counts.iter().map(|(host, count)| format!("{host}: {count}\n")).collect());
        }
        "edit" => {
            let (item, text) = rest.split_once(' ').ok_or_else(|| wrong("write an item and its new text".to_owned()))?;
            bed.internet().edit(item, text)
        }
        "delete" => bed.internet().delete(rest.trim()),
        _ => return Err(wrong("neither `vigie` nor anything else a case can do".to_owned())),
    };
    changed.map(|()| String::new()).map_err(|error| wrong(error.to_string()))
}

/// Words apart by spaces; single and double quotes keep spaces. `None` when a quote is never closed.
fn split(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for character in line.chars() {
        match (quote, character) {
            (Some(open), character) if character == open => quote = None,
            (Some(_), character) => word.get_or_insert_default().push(character),
            (None, '\'' | '"') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (None, character) if character.is_whitespace() => words.extend(word.take()),
            (None, character) => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_split_as_a_shell_does() {
        let words = |line| split(line).map(|words| words.join("|"));
        assert_eq!(words("run --once"), Some("run|--once".to_owned()));
        assert_eq!(
            words("try feed --settings '{\"urls\": [\"a b\"]}' ''"),
            Some("try|feed|--settings|{\"urls\": [\"a b\"]}|".to_owned())
        );
        assert_eq!(words("it's"), None);
    }
}
