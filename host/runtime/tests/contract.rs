//! The contract may only change in ways that plugins built for a released version survive, and the check of that really checks.

mod common;

use common::{contract, world};
use wit_parser::Resolve;

const RELEASED: [&str; 1] = ["released/0.1.0"];
const WORLDS: [&str; 2] = ["source-plugin", "analyzer-plugin"];

/// Whether plugins built for `old` still fit a host of `new`.
fn compatible(old: &str, new: &str) -> Result<(), String> {
    // Two packages of one name need two versions to stand side by side; the check ignores them.
    let new = new.replace("package vigie:plugin@0.1.0;", "package vigie:plugin@0.1.999;");
    for name in WORLDS {
        let mut resolve = Resolve::default();
        let old = world(&mut resolve, old, name);
        let new = world(&mut resolve, &new, name);
        wit_component::semver_check(resolve, old, new).map_err(|error| format!("{name}: {error:#}"))?;
    }
    Ok(())
}

#[test]
fn the_contract_still_fits_every_released_version() {
    for released in RELEASED {
        compatible(&contract(released), &contract("")).unwrap_or_else(|error| {
            panic!("wit/ breaks plugins built for {released}: {error}\nput the wish into wit/CHANGES.md for the next breaking version")
        });
    }
}

#[test]
fn breaking_edits_are_noticed() {
    let released = contract(RELEASED[0]);
    let edits = [
        ("a field added to a record", "location: option<string>,", "location: option<string>,\n    born: option<instant>,"),
        ("a field taken from a record", "    location: option<string>,", ""),
        ("a field of another type", "followers: option<u64>", "followers: option<u32>"),
        ("a case added to an enum", "    unauthorized,", "    unauthorized,\n    unfit,"),
        ("a case added to a variant", "    flag(bool),", "    flag(bool),\n    whole(s64),"),
        ("a parameter added", "plan: func(settings: string,", "plan: func(settings: string, now: instant,"),
        ("another result", "-> result<batch, failure>;", "-> result<batch, string>;"),
        ("an exported function added", "  /// Reads one feed, from a cursor on.", "  describe: func() -> string;\n"),
        ("an exported interface added", "  export source;", "  export source;\n  export analyzer;"),
        ("an import taken away", "  import clock;\n", ""),
        ("a function taken from an import", "  fetch-all: func(requests: list<request>) -> list<result<response, error>>;", ""),
    ];
    for (what, from, to) in edits {
        let edited = released.replace(from, to);
        assert_ne!(edited, released, "{what}: the edit does nothing");
        assert!(compatible(&released, &edited).is_err(), "{what} was not noticed");
    }
}

#[test]
fn growing_edits_are_allowed() {
    let released = contract(RELEASED[0]);
    let edits = [
        ("nothing", "", ""),
        ("a comment", "interface log {", "/// Words.\ninterface log {"),
        ("a function added to an import", "  now: func() -> instant;", "  now: func() -> instant;\n  zone: func() -> string;"),
        ("an import added", "  import http;", "  import http;\n  import random;"),
        ("a new interface", "world source-plugin {", "interface random { draw: func() -> u64; }\nworld source-plugin {"),
        (
            "a world that exports more",
            "world source-plugin {",
            "interface extra { use analyzer.{document}; weigh: func(document: document) -> f32; }\n\
             world extra-plugin { include analyzer-plugin; export extra; }\nworld source-plugin {",
        ),
    ];
    for (what, from, to) in edits {
        let mut edited = released.replace(from, to);
        if what == "an import added" {
            edited.push_str("interface random { draw: func() -> u64; }\n");
        }
        if !from.is_empty() {
            assert_ne!(edited, released, "{what}: the edit does nothing");
        }
        compatible(&released, &edited).unwrap_or_else(|error| panic!("{what}: {error}"));
    }
}
