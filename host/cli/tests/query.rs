//! `vigie query`, and queries as filters, from outside. Whatever plugins the program was built with.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use vigie_mention::delivery::{Direction, Feed};
use vigie_mention::{ConnectorId, FeedKey, Instant, Mention, TopicId};
use vigie_store::{Basis, Commit, Coverage, FeedState, Record, Signals, Store};

const NOW: &str = "2026-11-22T12:00:00Z";

const CONFIG: &str = r#"
[topics.acme]
query = '@{brand} NOT looney'
[topics.press]
query = 'acme AND site:@list(press)'
[queries.parts]
brand = 'acme OR rival'
[queries.lists]
press = { file = "press.txt" }
"#;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("vigie.toml"), CONFIG).expect("the file is written");
    std::fs::write(folder.path().join("press.txt"), "# those we read\nnews.example\n").expect("the file is written");
    folder
}

fn run_with(folder: &Path, words: &[&str], input: impl AsRef<[u8]>) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_vigie"))
        .args(words)
        .current_dir(folder)
        .env("XDG_CACHE_HOME", folder.join("cache"))
        .env("VIGIE_NOW", NOW)
        .env_remove("VIGIE_CONFIG")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    child.stdin.take().expect("a pipe").write_all(input.as_ref()).expect("it reads");
    child.wait_with_output().expect("it ends")
}

fn run(folder: &Path, words: &[&str]) -> Output {
    run_with(folder, words, "")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn json_of(done: &Output) -> Value {
    serde_json::from_slice(&done.stdout).unwrap_or_else(|error| panic!("{error}: {} {}", text(&done.stdout), text(&done.stderr)))
}

/// Three mentions of the last days: acme, acme in French by a known author, and a rival.
fn fill(folder: &Path) {
    let mention = |id: &str, text: &str, more: Value| -> Mention {
        let mut whole = json!({ "source": "forum", "instance": "forum.example", "id": id, "kind": "post", "text": text,
            "url": "https://forum.example/t/1", "published": { "at": "2026-11-21T08:00:00Z", "precision": "second" },
            "collected_at": "2026-11-21T09:00:00Z" });
        whole.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        serde_json::from_value(whole).expect("a mention")
    };
    let record = |mention, topics: &[&str]| Record {
        mention,
        topics: topics.iter().map(|name| TopicId::new(*name).expect("a name")).collect(),
        annotations: vec![],
        signals: Signals::default(),
        basis: Basis::Unseen,
    };
    let feed = Feed { id: "all".into(), title: "all".into(), params: String::new(), expires_at: None };
    let commit = Commit {
        feed: FeedKey { connector: ConnectorId::new("forum").expect("a name"), feed: "all".into() },
        direction: Direction::Newer,
        at: "2026-11-21T09:00:00Z".parse::<Instant>().expect("an instant"),
        records: vec![
            record(mention("1", "my acme phone", json!({})), &["acme"]),
            record(
                mention("2", "acme, quelle batterie", json!({ "language": "fr", "author": { "id": "u", "followers": 12 } })),
                &["acme", "press"],
            ),
            record(mention("a/3", "rival is better", json!({})), &["acme"]),
        ],
        removals: vec![],
        children: vec![],
        state: FeedState::new(feed, false),
        coverage: Coverage { asked: 1, ..Coverage::default() },
        dead_letters: vec![],
    };
    let store = Store::open(&folder.join("vigie.redb")).expect("a store");
    store.commit(vec![commit]).expect("it is written");
}

#[test]
fn check_says_how_a_query_is_read_and_everything_that_is_wrong() {
    let folder = folder();
    let done = run(folder.path(), &["query", "check", "--json"]);
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    let all = json_of(&done);
    assert_eq!(all[0]["read_as"], "(acme OR rival) AND NOT looney");
    assert_eq!(all[1]["read_as"], "acme AND site:@list(press)");
    assert_eq!(all[0]["search"]["any"][0], json!({ "all": ["acme"], "none": ["looney"] }));
    assert_eq!(all[0]["fingerprint"].as_str().map(str::len), Some(32));
    assert_eq!((&all[0]["use"], &all[0]["cost"]["rarest"]), (&json!("collect"), &json!(["acme", "rival"])));
    let view = run(folder.path(), &["query", "check", "--view", "NOT acme"]);
    let shown = text(&view.stdout);
    assert!(shown.starts_with("query: good as a view\n") && shown.contains("waits for    nothing"), "{shown}");

    let done = run(folder.path(), &["query", "check", "foo:bar OR (bmw AND ca* OR @{brnd}"]);
    assert_eq!(done.status.code(), Some(2));
    let shown = text(&done.stderr);
    for part in ["query::E201", "query::E101", "query::E111", "query::E231", "did you mean `brand`?", "query:1:12"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert_eq!(run(folder.path(), &["query", "check", "NOT bmw"]).status.code(), Some(2), "no anchor");
    assert_eq!(run(folder.path(), &["query", "check", "--view", "NOT bmw topic:acme"]).status.code(), Some(0));
    assert_eq!(run(folder.path(), &["query", "check", "--view", "an.vigie.topcs:acme"]).status.code(), Some(2));
    let from_input = run_with(folder.path(), &["query", "check", "--visibrain", "--json", "-"], "(a AND b)\n(c)\n");
    assert_eq!(json_of(&from_input)[0]["read_as"], "(a AND b) OR c");
    let empty = tempfile::tempdir().expect("a folder");
    assert_eq!(run(empty.path(), &["query", "check", "acme"]).status.code(), Some(0), "no configuration is needed");
}

#[test]
fn an_input_that_is_no_text_is_a_mistake_as_others() {
    // The command failed with 1, as if something else had gone wrong.
    let folder = folder();
    for verb in [&["check", "-"][..], &["test", "-"], &["convert", "-", "--to", "x"], &["explain", "acme"]] {
        let done = run_with(folder.path(), &[&["query"], verb].concat(), b"acme \xff");
        assert_eq!(done.status.code(), Some(2), "{verb:?}");
        assert!(text(&done.stderr).contains("not UTF-8: byte 5"), "{verb:?}: {}", text(&done.stderr));
    }
}

#[test]
fn explain_shows_why() {
    let folder = folder();
    fill(folder.path());
    let done = run(folder.path(), &["query", "explain", "--topic", "acme", "--text", "my acme is not looney"]);
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    let shown = text(&done.stdout);
    assert!(shown.starts_with("does not match"), "{shown}");
    assert!(shown.contains("text 3: my [acme] is not looney"), "{shown}");

    let stored = ["query", "explain", "followers:>10", "--json", "--mention"];
    let known = run(folder.path(), &[&stored[..], &["forum/forum.example/2"]].concat());
    assert_eq!(json_of(&known)["explanation"]["value"], "12");
    let unknown = run(folder.path(), &[&stored[..], &["forum/forum.example/a/3"]].concat());
    assert_eq!(json_of(&unknown)["explanation"]["truth"], Value::Null, "ids may have slashes");
    assert_eq!(run(folder.path(), &[&stored[..], &["forum/none"]].concat()).status.code(), Some(1));

    let input = "{\"text\": \"acme\", \"topics\": [\"acme\"]}\n";
    let done = run_with(folder.path(), &["query", "explain", "topic:acme", "--json"], input);
    assert_eq!(json_of(&done)["matches"], true);
    assert_eq!(run_with(folder.path(), &["query", "explain", "acme"], "no json").status.code(), Some(2));
}

#[test]
fn tests_pass_or_fail_with_their_exit_code() {
    let folder = folder();
    let good = "[[test]]\nquery = 'a OR b AND c'\ntext = 'a'\nexpected = true\n\n[[test]]\ntopic = 'press'\nexpected = true\n\
                mention = { text = 'acme', url = 'https://sub.news.example/1' }\n\n[[test]]\nquery = 'NOT followers:>9'\ntext = 'x'\n\
                expected = 'unknown'\n";
    std::fs::write(folder.path().join("good.toml"), good).expect("the file is written");
    let done = run(folder.path(), &["query", "test", "good.toml"]);
    assert_eq!(done.status.code(), Some(0), "{}{}", text(&done.stdout), text(&done.stderr));
    assert_eq!(text(&done.stdout), "3 tests: all as expected\n");

    let lines = "{\"query\": \"acme -looney\", \"text\": \"looney acme\", \"expected\": true}\n{\"query\": \"(\", \"text\": \"\", \"expected\": true}\n";
    let done = run_with(folder.path(), &["query", "test", "-", "--json"], lines);
    assert_eq!(done.status.code(), Some(1));
    let whole = json_of(&done);
    assert_eq!((&whole["failed"], &whole["tests"][0]["got"]), (&json!(2), &json!(false)));
    assert!(whole["tests"][1]["mistake"].as_str().is_some_and(|mistake| mistake.contains("E101")), "{whole}");
    let wrong = run_with(folder.path(), &["query", "test", "-"], "{\"query\": \"a\", \"text\": \"a\", \"expected\": 3}\n");
    assert_eq!(wrong.status.code(), Some(2));
}

#[test]
fn diff_counts_what_an_edit_gains_and_loses() {
    let folder = folder();
    fill(folder.path());
    let done = run(folder.path(), &["query", "diff", "--topic", "acme", "acme -phone", "--json"]);
    let whole = json_of(&done);
    assert_eq!([&whole["kept"], &whole["gained"], &whole["lost"]], [&json!(1), &json!(0), &json!(2)], "{whole}");
    assert_eq!(whole["lost_samples"].as_array().map(Vec::len), Some(2));
    let same = run(folder.path(), &["query", "diff", "acme OR rival", "rival OR acme"]);
    assert!(text(&same.stdout).starts_with("both ask the same"), "{}", text(&same.stdout));
    let long_ago = run(folder.path(), &["--now", "2027-11-22T12:00:00Z", "query", "diff", "acme", "rival", "--json"]);
    assert_eq!(json_of(&long_ago)["compared"], 0);
    assert_eq!(run(folder.path(), &["query", "diff", "acme"]).status.code(), Some(2));
}

#[test]
fn conversions_report_what_is_lost() {
    let folder = folder();
    let done = run(folder.path(), &["query", "convert", "acme NEAR/3 phone -looney", "--to", "x"]);
    assert_eq!((done.status.code(), text(&done.stdout).as_str()), (Some(0), "acme phone -looney\n"));
    assert!(text(&done.stderr).contains("wider: acme NEAR/3 phone"), "{}", text(&done.stderr));
    let done =
        run(folder.path(), &["query", "convert", "--from", "meltwater", "--to", "talkwalker", "acme near/5 phone", "--json"]);
    assert_eq!(json_of(&done)["converted"], "acme NEAR/5 phone");
    assert_eq!(run(folder.path(), &["query", "convert", "rating:>3", "--to", "meltwater"]).status.code(), Some(1));
    assert_eq!(run(folder.path(), &["query", "convert", "(acme", "--to", "x"]).status.code(), Some(2));
}

#[test]
fn notes_on_what_was_just_written_are_shown() {
    // `acme or rival` was converted, explained and compared as three words, and nobody was told.
    let folder = folder();
    fill(folder.path());
    for verb in [
        &["convert", "acme or rival", "--to", "x"][..],
        &["explain", "acme or rival", "--text", "acme"],
        &["diff", "acme", "acme or rival"],
        &["diff", "--topic", "acme", "acme or rival"],
        &["check", "acme or rival"],
    ] {
        let done = run(folder.path(), &[&["query"], verb].concat());
        assert_eq!(done.status.code(), Some(0), "{verb:?}: {}", text(&done.stderr));
        let shown = text(&done.stderr);
        assert!(shown.contains("query::N101") && shown.contains("query::N102"), "{verb:?}: {shown}");
    }
    let quiet = run(folder.path(), &["-q", "query", "convert", "acme or rival", "--to", "x"]);
    assert_eq!(text(&quiet.stderr), "");
    let of_topic = run(folder.path(), &["query", "explain", "--topic", "press", "--text", "acme"]);
    assert_eq!(text(&of_topic.stderr), "");
    let wrong = run(folder.path(), &["query", "diff", "acme", "acme red ("]);
    assert!(text(&wrong.stderr).contains("1 error and 1 note in the query as it would be"), "{}", text(&wrong.stderr));
}

#[test]
fn json_carries_the_remarks() {
    let folder = folder();
    fill(folder.path());
    let json = |words: &[&str]| {
        let done = run(folder.path(), &[&["query"], words, &["--json"]].concat());
        assert_eq!(text(&done.stderr), "", "{words:?}");
        json_of(&done)
    };
    let codes = |remarks: &Value| {
        let all = remarks.as_array().expect("a list").iter();
        all.map(|one| one["code"].as_str().expect("a code").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(codes(&json(&["convert", "acme or rival", "--to", "x"])["remarks"]), ["N102", "N101"]);
    assert_eq!(codes(&json(&["explain", "acme or rival", "--text", "x"])["remarks"]), ["N102", "N101"]);
    let diff = json(&["diff", "acme rival", "“acme”"]);
    assert_eq!((codes(&diff["remarks"]["before"]), codes(&diff["remarks"]["after"])), (vec!["N101".into()], vec!["N104".into()]));
    let foreign = json(&["convert", "--from", "x", "acme from:jane"]);
    assert_eq!(foreign["read_as"], "acme author:jane");
    assert_eq!(foreign["remarks"][0]["start"], 5);
}

#[test]
fn mentions_and_reports_can_be_narrowed_by_a_query() {
    let folder = folder();
    fill(folder.path());
    let ids = |query: &str| {
        let done = run(folder.path(), &["mentions", "--json", "--query", query]);
        assert_eq!(done.status.code(), Some(0), "{query}: {}", text(&done.stderr));
        let lines = text(&done.stdout);
        let mut ids: Vec<String> = lines
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("a mention")["id"].as_str().expect("an id").to_owned())
            .collect();
        ids.sort();
        ids
    };
    assert_eq!(ids("acme"), ["1", "2"]);
    assert_eq!(ids("@{brand} -phone"), ["2", "a/3"]);
    assert_eq!(ids("topic:press"), ["2"]);
    assert_eq!(ids("NOT topic:press"), ["1", "a/3"]);
    assert_eq!(ids("lang:fr followers:12"), ["2"]);
    assert_eq!(ids("published:-1h"), Vec::<String>::new());
    let limited = run(folder.path(), &["mentions", "--json", "--limit", "1", "--query", "rival"]);
    assert_eq!(text(&limited.stdout).lines().count(), 1, "what the query leaves out does not count");
    let wrong = run(folder.path(), &["mentions", "--query", "an.nobody.writes:this"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("query::E202"), "{}", text(&wrong.stderr));

    let whole = json_of(&run(folder.path(), &["report", "--json", "--topic", "acme", "--query", "lang:fr"]));
    assert_eq!(whole["topics"][0]["volume"], 1);
    assert_eq!(whole["query"]["text"], "lang:fr");
    let all = json_of(&run(folder.path(), &["report", "--json", "--topic", "acme"]));
    assert_eq!((&all["topics"][0]["volume"], all.get("query")), (&json!(3), None));
}

#[test]
fn a_window_that_cannot_be_shown_is_a_mistake_of_the_command_line() {
    let folder = folder();
    fill(folder.path());
    for since in ["9999999d", "0001-01-01"] {
        let done = run(folder.path(), &["report", "--since", since]);
        assert_eq!(done.status.code(), Some(2), "{since}: {}", text(&done.stderr));
    }
}
