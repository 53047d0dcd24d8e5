//! Every folder of `cases/` against its snapshot.

use std::panic::{AssertUnwindSafe, catch_unwind};

use vigie_tests::cases;

#[test]
fn cases() {
    let mut failed = Vec::new();
    for folder in cases::all().expect("the cases can be read") {
        let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let transcript = match cases::transcript(&folder) {
            Ok(transcript) => transcript,
            Err(error) => panic!("case `{name}`: {error}"),
        };
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(&folder);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        // All cases run before the test fails, so that one run shows all that changed.
        let same = catch_unwind(AssertUnwindSafe(|| settings.bind(|| insta::assert_snapshot!("expected", transcript))));
        if same.is_err() {
            failed.push(name);
        }
    }
    assert!(failed.is_empty(), "cases that differ from their snapshot: {}", failed.join(", "));
}
