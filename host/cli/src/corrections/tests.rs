//! The file, whole and broken.

use tempfile::TempDir;

use super::*;

struct Bench {
    folder: TempDir,
}

impl Bench {
    fn new(content: &str) -> Self {
        let bench = Self { folder: tempfile::tempdir().expect("a folder") };
        std::fs::write(bench.file(), content).expect("written");
        bench
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("vigie.redb")
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("vigie.corrections.jsonl")
    }

    fn read(&self) -> Result<Corrections, CorrectionsError> {
        Corrections::read(&self.store())
    }
}

fn correction(id: &str, value: &str) -> Correction {
    Correction {
        at: Instant::from_millis(0),
        mention: MentionKey { source: "shop".into(), instance: String::new(), id: id.into() },
        key: "sentiment-label".into(),
        value: value.into(),
        found: None,
        sampled: false,
        by: None,
    }
}

fn line(id: &str, value: &str) -> String {
    serde_json::to_string(&correction(id, value)).expect("json") + "\n"
}

fn values(corrections: &Corrections) -> Vec<(&str, &str)> {
    corrections.of("sentiment-label").into_iter().map(|(mention, one)| (mention.id.as_str(), one.value.as_str())).collect()
}

#[test]
fn the_last_correction_of_a_mention_and_key_counts() {
    let other = line("1", "joy").replace("sentiment-label", "emotion");
    let bench = Bench::new(&[line("1", "negative"), line("2", "neutral"), other, line("1", "positive")].concat());
    assert_eq!(values(&bench.read().expect("read")), [("1", "positive"), ("2", "neutral")]);
}

#[test]
fn there_are_none_before_the_first() {
    let folder = tempfile::tempdir().expect("a folder");
    let corrections = Corrections::read(&folder.path().join("vigie.redb")).expect("no file is no mistake");
    assert!(corrections.of("sentiment-label").is_empty() && corrections.warning().is_none());
}

#[test]
fn the_documented_line_is_what_is_written() {
    let documented = r#"{"at":"2026-11-22T08:00:00Z","mention":{"source":"appstore","instance":"","id":"91"},"key":"sentiment-label","value":"negative","found":{"analyzer":"sentiment","version":"0.1.0","value":"neutral"},"sampled":true,"by":"ana"}"#;
    let read: Correction = serde_json::from_str(documented).expect("a correction");
    assert_eq!(serde_json::to_string(&read).expect("json"), documented);
    let later = documented.replace("\"by\":", "\"mood\":3,\"by\":");
    assert_eq!(serde_json::from_str::<Correction>(&later).expect("a later version's"), read);
}

#[test]
fn a_torn_last_line_is_passed_over_and_gone_after_the_next() {
    let torn = &line("2", "neutral")[..40];
    let bench = Bench::new(&(line("1", "negative") + torn));
    let mut corrections = bench.read().expect("only the end is broken");
    assert_eq!(values(&corrections), [("1", "negative")]);
    assert!(corrections.warning().is_some_and(|warning| warning.contains("vigie.corrections.jsonl")));
    corrections.append(vec![correction("3", "positive")]).expect("written");
    assert!(corrections.warning().is_none());
    let again = bench.read().expect("whole");
    assert_eq!(values(&again), [("1", "negative"), ("3", "positive")]);
    assert!(again.warning().is_none());
}

#[test]
fn a_last_line_that_lacks_only_its_end_counts() {
    let bench = Bench::new(line("1", "negative").trim_end());
    let mut corrections = bench.read().expect("whole");
    assert!(corrections.warning().is_none());
    corrections.append(vec![correction("2", "neutral")]).expect("written");
    assert_eq!(values(&bench.read().expect("whole")), [("1", "negative"), ("2", "neutral")]);
}

#[test]
fn another_broken_line_is_named() {
    let bench = Bench::new(&[line("1", "negative"), "\n{\"at\":\n".to_owned(), line("2", "neutral")].concat());
    let error = bench.read().expect_err("a broken line");
    assert!(error.to_string().ends_with("vigie.corrections.jsonl:3: this is no correction; mend or remove the line"), "{error}");
}

#[cfg(unix)]
#[test]
fn only_its_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().expect("a folder");
    let mut corrections = Corrections::read(&folder.path().join("vigie.redb")).expect("none");
    corrections.append(vec![correction("1", "negative")]).expect("written");
    let mode = std::fs::metadata(folder.path().join("vigie.corrections.jsonl")).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
