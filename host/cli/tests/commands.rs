//! The program from outside: exit codes, output, closed pipes. Whatever plugins it was built with.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn vigie(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vigie"));
    command.args(words).current_dir(folder).env("XDG_CACHE_HOME", folder.join("cache"));
    for name in ["VIGIE_CONFIG", "VIGIE_NOW", "VIGIE_LOG", "NO_COLOR"] {
        command.env_remove(name);
    }
    command
}

fn run(folder: &Path, words: &[&str]) -> Output {
    vigie(folder, words).output().expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn folder_with(config: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("vigie.toml"), config).expect("the file is written");
    folder
}

#[test]
fn init_writes_once_and_replaces_only_by_force() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = run(folder.path(), &["init"]);
    assert!(first.status.success(), "{}", text(&first.stderr));
    assert!(text(&first.stdout).contains("vigie check"));
    std::fs::write(folder.path().join("vigie.toml"), "# mine").expect("the file is written");
    let second = run(folder.path(), &["init"]);
    assert_eq!(second.status.code(), Some(2));
    assert!(text(&second.stderr).contains("vigie init --force"), "{}", text(&second.stderr));
    assert_eq!(std::fs::read_to_string(folder.path().join("vigie.toml")).expect("the file"), "# mine");
    assert!(run(folder.path(), &["init", "--force"]).status.success());
    assert!(std::fs::read_to_string(folder.path().join("vigie.toml")).expect("the file").contains("[connectors.hackernews]"));
}

#[test]
fn a_missing_configuration_is_a_usage_error_with_a_way_out() {
    let folder = tempfile::tempdir().expect("a folder");
    for words in [&["check"][..], &["run", "--once"], &["report"], &["mentions"]] {
        let done = run(folder.path(), words);
        assert_eq!(done.status.code(), Some(2), "{words:?}");
        assert!(text(&done.stderr).contains("vigie init"), "{words:?}: {}", text(&done.stderr));
    }
}

const WRONG: &str = "[topics.acme]
qery = 'acme'

[connectors.press]
source = \"no-such-source\"
topics = [\"acme\"]
every = \"5\"
";

#[test]
fn check_shows_all_mistakes_in_one_run_with_their_places() {
    let folder = folder_with(WRONG);
    let done = run(folder.path(), &["check"]);
    assert_eq!(done.status.code(), Some(2));
    let shown = text(&done.stderr);
    for part in [
        "config::unknown_key",
        "config::missing_key",
        "config::duration",
        "config::unknown_source",
        "vigie.toml:5:10",
        "did you mean `query`",
    ] {
        assert!(shown.contains(part), "{part}:\n{shown}");
    }
    assert!(!shown.contains('\u{1b}'), "no colour into a pipe");
    assert!(text(&done.stdout).contains("4 errors in vigie.toml"), "{}", text(&done.stdout));
    let coloured = run(folder.path(), &["check", "--color", "always"]);
    assert!(text(&coloured.stderr).contains('\u{1b}'));
}

#[test]
fn check_speaks_json() {
    let folder = folder_with(WRONG);
    let done = run(folder.path(), &["check", "--json"]);
    assert_eq!(done.status.code(), Some(2));
    let all: Value = serde_json::from_slice(&done.stdout).expect("JSON");
    assert_eq!(all["ok"], false);
    assert_eq!(all["errors"], 4);
    let unknown = all["problems"].as_array().expect("a list").iter().find(|problem| problem["code"] == "config::unknown_source");
    assert_eq!(unknown.map(|problem| problem["place"]["line"].clone()), Some(5.into()));
}

#[test]
fn a_file_that_is_no_text_is_told_with_the_place_and_to_programs_too() {
    let folder = folder_with("");
    std::fs::write(folder.path().join("vigie.toml"), b"[topics.acme]\nquery = 'caf\xe9'\n").expect("written");
    let done = run(folder.path(), &["check"]);
    assert_eq!(done.status.code(), Some(2));
    assert!(text(&done.stderr).contains("line 2, column 13 is not UTF-8"), "{}", text(&done.stderr));
    let done = run(folder.path(), &["check", "--json"]);
    assert_eq!(done.status.code(), Some(2));
    let all: Value = serde_json::from_slice(&done.stdout).expect("JSON");
    assert_eq!((&all["ok"], &all["problems"][0]["code"]), (&false.into(), &"config::unreadable".into()));
}

#[test]
fn what_cannot_hold_a_store_or_a_secret_is_told() {
    let folder = folder_with("[store]\npath = \"kept\"\n[log]\nlevel = \"loud\"\n");
    std::fs::create_dir(folder.path().join("kept")).expect("a folder");
    let shown = text(&run(folder.path(), &["check"]).stderr);
    for part in ["the store is one file, and kept is a folder", "path = \"kept/vigie.redb\"", "`level` cannot be \"loud\""] {
        assert!(shown.contains(part), "{part}:\n{shown}");
    }
    // From elsewhere the cure stays what is to be written into the file.
    let elsewhere = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("vigie.toml");
    let shown = text(&run(elsewhere.path(), &["check", "--config", &config.display().to_string()]).stderr);
    assert!(shown.contains("path = \"kept/vigie.redb\""), "{shown}");
}

#[test]
fn a_store_that_is_not_there_yet_says_who_makes_it() {
    let folder = folder_with("[topics.acme]\nquery = 'acme'\n");
    for words in [&["mentions"][..], &["report"]] {
        let done = run(folder.path(), words);
        assert_eq!(done.status.code(), Some(1), "{words:?}");
        assert!(text(&done.stderr).contains("vigie run"), "{}", text(&done.stderr));
    }
    let unknown = run(folder.path(), &["mentions", "--topic", "acne"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("did you mean `acme`"), "{}", text(&unknown.stderr));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut child = vigie(folder.path(), &["plugins", "list", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let mut errors = String::new();
    child.stderr.take().expect("a pipe").read_to_string(&mut errors).expect("text");
    assert_eq!(child.wait().expect("an end").code(), Some(0));
    assert_eq!(errors, "");
}

#[test]
fn try_refuses_what_is_no_plugin_and_what_is_no_query() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("page.wasm"), "<html>").expect("the file is written");
    let page = run(folder.path(), &["try", "page.wasm"]);
    assert_eq!(page.status.code(), Some(2));
    assert!(text(&page.stderr).contains("not a WebAssembly file"), "{}", text(&page.stderr));
    let unknown = run(folder.path(), &["try", "no-such-source"]);
    assert_eq!(unknown.status.code(), Some(2));
}

#[test]
fn help_tells_the_exit_codes_and_examples() {
    let folder = tempfile::tempdir().expect("a folder");
    let help = text(&run(folder.path(), &["--help"]).stdout);
    assert!(help.contains("Exit codes:") && help.contains("vigie run --once"), "{help}");
    for command in ["init", "check", "run", "mentions", "report", "plugins", "try"] {
        let help = text(&run(folder.path(), &[command, "--help"]).stdout);
        assert!(help.contains("Examples:"), "{command}: {help}");
    }
}

/// A store of nothing came out of looking for something to analyze again.
#[test]
fn analyzing_again_makes_no_store() {
    let folder = folder_with("[topics.acme]\nquery = 'acme'\n");
    let done = run(folder.path(), &["reanalyze"]);
    assert_eq!(done.status.code(), run(folder.path(), &["report"]).status.code());
    assert!(text(&done.stderr).contains("vigie.redb"), "{}", text(&done.stderr));
    assert!(!folder.path().join("vigie.redb").exists());
}
