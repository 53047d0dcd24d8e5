//! Whoever kills the program, and whenever: the next run goes on where the last commit stood.

use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use vigie_store::Store;
use vigie_tests::TestBed;

/// Kills in all, spread over as many stores as it takes.
const KILLS: usize = 200;
/// The longest a run lives before it is killed; a whole collection takes several times as long.
const LIVES_MS: u64 = 400;

/// What the store holds, without what the clock decided.
fn content(folder: &Path) -> String {
    let store = Store::open(&folder.join("vigie.redb")).expect("the store opens after a kill");
    let mut out = Vec::new();
    let snapshot = store.snapshot().expect("a snapshot");
    snapshot.verify().expect("every invariant of the store holds");
    snapshot.dump_timeless(&mut out).expect("a dump");
    String::from_utf8(out).expect("a dump is text")
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
        assert!(content(bed.folder()) == wanted, "store {stores}, after {kills} kills in all, differs from the undisturbed one");
    }
    println!("{kills} kills over {stores} stores");
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
    assert!(content(bed.folder()) == content(whole.folder()));
}
