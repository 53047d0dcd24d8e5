//! Files: new, old, newer, locked, damaged, missing; looking on beside a writer.

use std::fs;
use std::path::Path;

use redb::{Database, TableDefinition};
use vigie_store::{Reader, Store, StoreError};

use crate::material::{brings, dump, key, mention, record};

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn filled(path: &Path) -> String {
    let store = Store::open(path).expect("opens");
    let records = (0..500).map(|number| record(mention(&number.to_string(), number), &["acme"])).collect();
    let _ = store.commit(vec![brings(60, records)]).expect("commits");
    dump(&store)
}

/// Every message names the file and a way out.
fn explains(error: &StoreError, path: &Path, cure: &str) {
    let message = error.to_string();
    assert!(message.contains(&path.display().to_string()), "{message}");
    assert!(message.contains(cure), "{message}");
}

#[test]
fn a_store_is_there_again_when_it_is_opened_again() {
    let folder = folder();
    let path = folder.path().join("vigie.redb");
    let before = filled(&path);
    let store = Store::open(&path).expect("opens again");
    assert_eq!(store.path(), path);
    assert_eq!(dump(&store), before);
}

#[test]
fn a_newer_file_is_left_alone() {
    const META: TableDefinition<&str, u64> = TableDefinition::new("meta");
    let folder = folder();
    let path = folder.path().join("vigie.redb");
    let before = filled(&path);
    let set_format = |format: u64| {
        let database = Database::open(&path).expect("opens");
        let transaction = database.begin_write().expect("a transaction");
        let old = transaction.open_table(META).expect("meta").insert("format", format).expect("writes").map(|old| old.value());
        transaction.commit().expect("commits");
        old.expect("there was a format")
    };
    let present = set_format(99);
    let error = Store::open(&path).expect_err("is newer");
    assert!(matches!(error, StoreError::Newer { found: 99, .. }), "{error:?}");
    explains(&error, &path, "install a newer vigie");
    assert!(matches!(Reader::open(&path).expect_err("is newer"), StoreError::Newer { found: 99, .. }));
    assert_eq!(set_format(present), 99, "the number was left");
    assert_eq!(dump(&Store::open(&path).expect("opens")), before);
}

#[test]
fn one_writes_and_others_look_on() {
    let folder = folder();
    let path = folder.path().join("vigie.redb");
    let error = Reader::open(&path).expect_err("is not there");
    assert!(matches!(error, StoreError::Missing { .. }) && !path.exists());
    explains(&error, &path, "vigie run");

    let store = Store::open(&path).expect("opens");
    let error = Store::open(&path).expect_err("one writes");
    assert!(matches!(error, StoreError::Locked { .. }), "{error:?}");
    explains(&error, &path, "stop that one");

    let reader = Reader::open(&path).expect("looks on");
    assert_eq!(reader.snapshot().expect("a look").stats().expect("counts").mentions, 0);
    let _ = store.commit(vec![brings(60, vec![record(mention("1", 0), &["acme"])])]).expect("commits");
    assert!(reader.snapshot().expect("a look").mention(&key("1")).expect("reads").is_some(), "sees what was committed since");
    drop(store);
    assert!(Reader::open(&path).expect("looks").snapshot().expect("a look").mention(&key("1")).expect("reads").is_some());
}

/// The copy of a file in use is what a killed process leaves.
#[test]
fn a_file_whose_writer_was_killed_is_repaired_by_whoever_comes_first() {
    let folder = folder();
    let (path, left) = (folder.path().join("vigie.redb"), folder.path().join("left.redb"));
    let store = Store::open(&path).expect("opens");
    let _ = store.commit(vec![brings(60, vec![record(mention("1", 0), &["acme"])])]).expect("commits");
    fs::copy(&path, &left).expect("copies");
    let reader = Reader::open(&left).expect("repairs and looks");
    assert!(reader.snapshot().expect("a look").mention(&key("1")).expect("reads").is_some());
}

/// A process killed while it made its first store left a file that nobody could open again.
#[test]
fn a_store_that_was_never_whole_is_made_again() {
    let folder = folder();
    let path = folder.path().join("vigie.redb");
    fs::write(folder.path().join("vigie.redb.new"), [0; 5_000]).expect("writes");
    fs::write(&path, "").expect("writes");
    let before = filled(&path);
    assert_eq!(dump(&Store::open(&path).expect("opens again")), before);
    assert_eq!(fs::read_dir(folder.path()).expect("lists").count(), 1, "nothing is left over");
}

#[test]
fn a_missing_folder_is_named() {
    let folder = folder();
    let path = folder.path().join("not there").join("vigie.redb");
    let error = Store::open(&path).expect_err("no folder");
    assert!(matches!(&error, StoreError::MissingFolder { folder, .. } if folder.ends_with("not there")), "{error:?}");
    explains(&error, &path, "create it");
    let error = Store::open(folder.path()).expect_err("a folder is no file");
    explains(&error, folder.path(), "name a file in that folder");
}

#[test]
fn a_file_that_is_no_store_is_left_alone() {
    let folder = folder();
    let path = folder.path().join("letter.txt");
    for content in ["Dear Sir or Madam", "redb", &"long ".repeat(10_000)] {
        fs::write(&path, content).expect("writes");
        for error in [Store::open(&path).expect_err("no store"), Reader::open(&path).expect_err("no store")] {
            assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
            explains(&error, &path, "move it away");
        }
        assert_eq!(fs::read_to_string(&path).expect("reads"), content);
    }
}

#[test]
fn a_damaged_file_is_an_error_and_never_a_panic_or_less_than_was_there() {
    let folder = folder();
    let path = folder.path().join("vigie.redb");
    let before = filled(&path);
    let whole = fs::read(&path).expect("reads");
    let mut random = fastrand::Rng::with_seed(7);
    let mut refused = 0;
    for round in 0..60 {
        let mut bytes = whole.clone();
        if round % 2 == 0 {
            bytes.truncate(random.usize(1..bytes.len()));
        } else {
            // The head of the file, where everything hangs on.
            let from = random.usize(0..8_192);
            for byte in bytes.iter_mut().skip(from).take(64) {
                *byte = random.u8(..);
            }
        }
        fs::write(&path, &bytes).expect("writes");
        match Store::open(&path) {
            Ok(store) => {
                // What was hit was not in use: then nothing may be missing, or it is noticed when it is read.
                let look = store.snapshot().expect("a look");
                if look.verify().is_ok() {
                    assert_eq!(dump(&store), before, "round {round}");
                }
            }
            Err(error) => {
                assert!(matches!(error, StoreError::Damaged { .. }), "round {round}: {error:?}");
                explains(&error, &path, "restore it from a copy");
                refused += 1;
            }
        }
    }
    assert!(refused > 30, "{refused}");
}
