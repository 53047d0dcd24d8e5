//! Whoever kills the program, and whenever: the next run goes on where the last commit stood.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use vigie_internet::story;
use vigie_store::Store;
use vigie_tests::TestBed;

/// Kills in all, spread over as many stores as it takes.
const KILLS: usize = 200;
/// The longest a run lives before it is killed; a whole collection takes several times as long.
const LIVES_MS: u64 = 400;

/// What the store holds, without what the clock decided.
///
/// Where a head stands that was looked at more often is left out, too: a cursor may remember what it saw. That it leads to the same
/// mentions is shown by letting time pass before two stores are compared ([`a_day_later`]).
fn content(folder: &Path) -> String {
    let store = Store::open(&folder.join("vigie.redb")).expect("the store opens after a kill");
    let mut out = Vec::new();
    let snapshot = store.snapshot().expect("a snapshot");
    snapshot.verify().expect("every invariant of the store holds");
    snapshot.dump_timeless(&mut out).expect("a dump");
    let lines = String::from_utf8(out).expect("a dump is text");
    let line = |line: &str| {
        let mut line: serde_json::Value = serde_json::from_str(line).expect("a dump is JSON lines");
        if let Some(cursor) = line.pointer_mut("/feed/newer/cursor") {
            *cursor = serde_json::Value::Null;
        }
        line.to_string()
    };
    lines.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Collects once more, a day later, and tells what the store holds then.
fn a_day_later(bed: &TestBed) -> String {
    bed.internet().advance_to(story::default_now() + jiff::SignedDuration::from_hours(24));
    let ran = bed.vigie(&["run", "--once", "--quiet"]).expect("vigie runs");
    assert_eq!(ran.code, Some(0), "{}", ran.transcript());
    content(bed.folder())
}

/// The first lines that only one of two contents has.
fn differences(one: &str, other: &str) -> String {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    let (one, other) = (lines(one), lines(other));
    let only = |mark: &str, lines: Vec<&String>| {
        let shown = lines.iter().take(5).map(|line| format!("{mark} {}", line.chars().take(1_500).collect::<String>()));
        format!("{} lines {mark}\n{}", lines.len(), shown.collect::<Vec<_>>().join("\n"))
    };
    format!("{}\n{}", only("-", one.difference(&other).collect()), only("+", other.difference(&one).collect()))
}

fn start(bed: &TestBed) -> Child {
    bed.command(&["run", "--once", "--quiet"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("vigie starts")
}

/// Waits for the end of a child, at most so long; whether it ended.
fn ends_within(child: &mut Child, patience: Duration) -> bool {
    let until = Instant::now() + patience;
    loop {
        match child.try_wait().expect("a child can be asked") {
            Some(_) => return true,
            None if Instant::now() >= until => return false,
            None => thread::park_timeout(Duration::from_millis(2)),
        }
    }
}

#[test]
fn killed_at_two_hundred_random_points_the_store_is_that_of_an_undisturbed_run() {
    let undisturbed = TestBed::new().expect("a test bed");
    undisturbed.write_story_config().expect("a configuration");
    let ran = undisturbed.vigie(&["run", "--once", "--quiet"]).expect("vigie runs");
    assert_eq!(ran.code, Some(0), "{}", ran.transcript());
    let wanted = content(undisturbed.folder());
    let wanted_later = a_day_later(&undisturbed);

    let mut random = fastrand::Rng::with_seed(20_261_122);
    let (mut kills, mut stores) = (0, 0);
    while kills < KILLS {
        stores += 1;
        let bed = TestBed::new().expect("a test bed");
        bed.write_story_config().expect("a configuration");
        loop {
            let mut child = start(&bed);
            if ends_within(&mut child, Duration::from_millis(random.u64(0..LIVES_MS))) {
                break;
            }
            child.kill().expect("a running child can be killed");
            child.wait().expect("a killed child ends");
            kills += 1;
            if kills >= KILLS {
                let ran = bed.vigie(&["run", "--once", "--quiet"]).expect("vigie runs");
                assert_eq!(ran.code, Some(0), "{}", ran.transcript());
                break;
            }
        }
        let found = content(bed.folder());
        assert!(found == wanted, "store {stores}, after {kills} kills in all:\n{}", differences(&wanted, &found));
        let later = a_day_later(&bed);
        assert!(later == wanted_later, "store {stores}, a day later:\n{}", differences(&wanted_later, &later));
    }
    println!("{kills} kills over {stores} stores");
}

/// The first run compiles every plugin, for seconds; whoever stopped it then waited for all of them.
#[cfg(unix)]
#[test]
fn a_run_that_is_asked_to_stop_while_it_compiles_ends_soon() {
    for command in ["run", "reanalyze"] {
        let bed = TestBed::new().expect("a test bed");
        bed.write_story_config().expect("a configuration");
        if command == "reanalyze" {
            // Only a run makes a store.
            bed.vigie(&["run", "--once", "--quiet"]).expect("vigie runs");
        }
        let asked = bed.internet().requests().len();
        let mut child = bed
            .command(&[command])
            .env("XDG_CACHE_HOME", bed.folder().join("nothing compiled"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("vigie starts");
        // A run opens it before anything is compiled.
        let begun = Instant::now();
        while !bed.folder().join("vigie.redb").exists() && begun.elapsed() < Duration::from_secs(60) {
            thread::park_timeout(Duration::from_millis(1));
        }
        thread::park_timeout(Duration::from_millis(300));
        let sent = std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("kill runs");
        assert!(sent.success());
        let asked_at = Instant::now();
        let ended = ends_within(&mut child, Duration::from_secs(60));
        assert!(ended && asked_at.elapsed() < Duration::from_secs(2), "{command}: took {:?}", asked_at.elapsed());
        assert_eq!(child.wait().expect("ended").code(), Some(0), "{command}: it did as it was told");
        assert_eq!(bed.internet().requests().len(), asked, "{command}: nothing was asked");
    }
}

/// Ctrl-C and SIGTERM end a run within two seconds, and nothing of it is lost.
#[cfg(unix)]
#[test]
fn a_run_that_is_asked_to_stop_ends_soon_and_is_resumed() {
    let bed = TestBed::new().expect("a test bed");
    bed.write_story_config().expect("a configuration");
    let whole = TestBed::new().expect("a test bed");
    whole.write_story_config().expect("a configuration");
    whole.vigie(&["run", "--once", "--quiet"]).expect("vigie runs");
    for signal in ["INT", "TERM"] {
        let mut child = start(&bed);
        // Until it has begun to collect, so that the signal meets work under way.
        let before = bed.internet().requests().len();
        let begun = Instant::now();
        while bed.internet().requests().len() < before + 5 && begun.elapsed() < Duration::from_secs(60) {
            thread::park_timeout(Duration::from_millis(1));
        }
        let pid = child.id().to_string();
        let sent = std::process::Command::new("kill").args([&format!("-{signal}"), &pid]).status().expect("kill runs");
        assert!(sent.success());
        let asked_at = Instant::now();
        let ended = ends_within(&mut child, Duration::from_secs(10));
        assert!(ended && asked_at.elapsed() < Duration::from_secs(2), "SIG{signal}: took {:?}", asked_at.elapsed());
    }
    bed.vigie(&["run", "--once", "--quiet"]).expect("vigie runs");
    let (found, wanted) = (content(bed.folder()), content(whole.folder()));
    assert!(found == wanted, "{}", differences(&wanted, &found));
}
