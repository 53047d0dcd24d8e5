//! What a service answers wrongly, and what the program makes of it: the class of the failure, as `vigie try` exits with it.

use vigie_internet::fault::{Answer, Fault, RetryAfter};
use vigie_tests::TestBed;

const HOST: &str = "hn.algolia.com";

/// Runs one source alone against the faulty service; its exit code, the mentions it printed, and what it said.
fn try_source(bed: &TestBed) -> (Option<i32>, usize, String) {
    let reroute = format!("https://{HOST}=http://{}/{HOST}", bed.internet().addr());
    let ran = bed
        .vigie(&[
            "try",
            "hackernews",
            "--settings",
            r#"{"comments": false}"#,
            "--search",
            "lumio",
            "--limit",
            "20",
            "--reroute",
            &reroute,
            "--json",
        ])
        .expect("vigie runs");
    let mentions = ran.json_lines().expect("JSON lines").len();
    (ran.code, mentions, ran.stderr)
}

#[test]
fn every_wrong_answer_has_its_class() {
    let bed = TestBed::new().expect("a test bed");
    let (code, mentions, said) = try_source(&bed);
    assert_eq!((code, mentions), (Some(0), 20), "{said}");
    for (answer, wanted, word) in [
        (Answer::Html, 16, "page where JSON belongs"),
        (Answer::Truncated, 16, "cut off"),
        (Answer::WrongCharset, 16, "charset"),
        (Answer::Json("{}".to_owned()), 16, ""),
        (Answer::Status(401), 11, "401"),
        (Answer::Status(403), 12, "403"),
        (Answer::Status(404), 18, "404"),
        (Answer::Status(410), 18, "410"),
        (Answer::TooMany(RetryAfter::Seconds(3600)), 13, "429"),
        (Answer::TooMany(RetryAfter::Date(3600)), 13, "429"),
        (Answer::TooMany(RetryAfter::Absent), 13, "429"),
        (Answer::Status(500), 15, "500"),
        (Answer::RedirectLoop, 16, "redirect"),
        (Answer::RedirectPrivate, 12, "redirects to"),
        (Answer::Reset, 15, HOST),
        (Answer::Cut, 15, HOST),
        (Answer::GzipBomb { mebibytes: 256 }, 16, "8 MiB"),
    ] {
        bed.internet().clear_faults();
        bed.internet().fault(Fault::on(HOST).answer(answer.clone()));
        let (code, mentions, said) = try_source(&bed);
        assert_eq!((code, mentions), (Some(wanted), 0), "{answer:?}: {said}");
        assert!(said.contains(word), "{answer:?}: {said}");
    }
}

/// An empty page is no failure, and not taken for the end either: the next run reads on.
#[test]
fn an_empty_page_costs_no_failure() {
    let bed = TestBed::new().expect("a test bed");
    bed.internet().fault(Fault::on(HOST).times(1).answer(Answer::EmptyPage));
    let (code, _, said) = try_source(&bed);
    assert_eq!(code, Some(0), "{said}");
    let (code, mentions, said) = try_source(&bed);
    assert_eq!((code, mentions), (Some(0), 20), "{said}");
}

/// A mistake of the one who calls, before any service is asked.
#[test]
fn a_secret_that_is_not_there_is_a_mistake_of_the_command_line() {
    let bed = TestBed::new().expect("a test bed");
    let ran = bed.vigie(&["try", "youtube", "--search", "lumio", "--secret", "api-key=env:VIGIE_NO_SUCH_KEY"]);
    let ran = ran.expect("vigie runs");
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.contains("`VIGIE_NO_SUCH_KEY` is not set"), "{}", ran.stderr);
}

/// Each page in turn is overwritten, as a disk or a copy does it.
#[test]
fn a_damaged_store_is_an_error_in_words() {
    let bed = TestBed::new().expect("a test bed");
    bed.write("vigie.toml", "[store]\npath = \"vigie.redb\"\n\n[topics.lumio]\nquery = \"lumio\"\n").expect("written");
    bed.write("posts.csv", "id,text,published\n1,my lumio is fine,2026-11-18\n2,my lumio is awful,2026-11-19\n")
        .expect("written");
    let imported = bed.vigie(&["import", "posts.csv", "--as", "survey"]).expect("vigie runs");
    assert_eq!(imported.code, Some(0), "{}", imported.stderr);
    let path = bed.folder().join("vigie.redb");
    let sound = std::fs::read(&path).expect("a store");
    let mut noticed = 0;
    for page in (0..sound.len()).step_by(4096).filter(|page| sound[*page..page + 4096].iter().any(|byte| *byte != 0)) {
        let mut damaged = sound.clone();
        damaged[page..page + 4096].fill(0xa5);
        std::fs::write(&path, damaged).expect("written");
        let ran = bed.vigie(&["mentions"]).expect("vigie runs");
        assert!(
            matches!(ran.code, Some(0 | 1)) && !ran.stderr.contains("panicked"),
            "page {page}: {:?} {}",
            ran.code,
            ran.stderr
        );
        if ran.code == Some(1) {
            assert!(ran.stderr.contains("damaged"), "page {page}: {}", ran.stderr);
            noticed += 1;
        }
    }
    assert!(noticed > 3, "{noticed} pages are read");
}
