//! A component of another toolchain may import WASI 0.2: it starts, and finds everything empty or refused.

mod common;

use common::{ANALYZER, component, contract, with_manifest};
use serde_json::json;
use vigie_mention::delivery::Document;
use vigie_mention::{Instant, MentionKind};
use vigie_runtime::{AnalyzerUse, CallError, Clock, Limits, Package, Runtime, RuntimeOptions};
use wit_component::{StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// As much of WASI 0.2 as the test calls, written after the interfaces of those names.
const WASI: [&str; 4] = [
    "package wasi:io@0.2.0;
     interface error { resource error { to-debug-string: func() -> string; } }
     interface streams {
       use error.{error};
       variant stream-error { last-operation-failed(error), closed }
       resource output-stream {
         check-write: func() -> result<u64, stream-error>;
         write: func(contents: list<u8>) -> result<_, stream-error>;
       }
       resource input-stream { read: func(len: u64) -> result<list<u8>, stream-error>; }
     }",
    "package wasi:clocks@0.2.0;
     interface wall-clock { record datetime { seconds: u64, nanoseconds: u32 } now: func() -> datetime; }",
    "package wasi:random@0.2.0;
     interface random { get-random-u64: func() -> u64; get-random-bytes: func(len: u64) -> list<u8>; }",
    "package wasi:cli@0.2.0;
     interface environment { get-environment: func() -> list<tuple<string, string>>; initial-cwd: func() -> option<string>; }
     interface exit { exit: func(status: result); }
     interface stdout { use wasi:io/streams@0.2.0.{output-stream}; get-stdout: func() -> output-stream; }
     interface stdin { use wasi:io/streams@0.2.0.{input-stream}; get-stdin: func() -> input-stream; }",
];

const WORLD: &str = "world probe {
  import wasi:io/streams@0.2.0;
  import wasi:clocks/wall-clock@0.2.0;
  import wasi:random/random@0.2.0;
  import wasi:cli/environment@0.2.0;
  import wasi:cli/exit@0.2.0;
  import wasi:cli/stdout@0.2.0;
  import wasi:cli/stdin@0.2.0;
  export analyzer;
}";

/// An analyzer whose one function does `body` and then answers with an empty list.
fn probe(body: &str) -> Package {
    let text = format!(
        r#"(module
  (import "wasi:cli/environment@0.2.0" "get-environment" (func $environment (param i32)))
  (import "wasi:cli/environment@0.2.0" "initial-cwd" (func $cwd (param i32)))
  (import "wasi:cli/exit@0.2.0" "exit" (func $exit (param i32)))
  (import "wasi:cli/stdout@0.2.0" "get-stdout" (func $stdout (result i32)))
  (import "wasi:cli/stdin@0.2.0" "get-stdin" (func $stdin (result i32)))
  (import "wasi:io/streams@0.2.0" "[method]output-stream.check-write" (func $check (param i32 i32)))
  (import "wasi:io/streams@0.2.0" "[method]output-stream.write" (func $write (param i32 i32 i32 i32)))
  (import "wasi:io/streams@0.2.0" "[method]input-stream.read" (func $read (param i32 i64 i32)))
  (import "wasi:io/streams@0.2.0" "[resource-drop]output-stream" (func $drop (param i32)))
  (import "wasi:clocks/wall-clock@0.2.0" "now" (func $now (param i32)))
  (import "wasi:random/random@0.2.0" "get-random-u64" (func $random (result i64)))
  (import "wasi:random/random@0.2.0" "get-random-bytes" (func $bytes (param i64 i32)))
  (memory (export "memory") 1)
  (global $next (mut i32) (i32.const 4096))
  (func $require (param i32) (if (i32.eqz (local.get 0)) (then unreachable)))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $next) (i32.const 15)) (i32.const -16)))
    (global.set $next (i32.add (local.get $at) (local.get 3)))
    (local.get $at))
  (func (export "vigie:plugin/analyzer@0.1.0#analyze") (param i32 i32 i32 i32) (result i32)
    (local $handle i32)
    {body}
    (i32.const 1024)))"#
    );
    let mut module = wat::parse_str(text).expect("the probe is WebAssembly text");
    let mut resolve = Resolve::default();
    for package in WASI {
        resolve.push_source("wasi.wit", package).expect("WASI parses");
    }
    let package = resolve.push_source("contract.wit", &format!("{}\n{WORLD}", contract(""))).expect("the contract parses");
    let world = resolve.select_world(&[package], Some("probe")).expect("the world is there");
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).expect("metadata fits");
    Package::read(with_manifest(component(&module), ANALYZER), "probe.wasm").expect("WASI 0.2 may be imported")
}

async fn run(body: &str) -> Result<(), CallError> {
    let clock = Clock::Fixed(Instant::from_millis(1_795_334_400_250));
    let runtime = Runtime::new(RuntimeOptions { clock, ..RuntimeOptions::default() }).expect("a runtime");
    let analyzer =
        runtime.analyzer(&probe(body), AnalyzerUse { settings: json!({}), limits: Limits::analyzer() }).expect("it links");
    let document = Document {
        text: String::new(),
        title: None,
        language: None,
        kind: MentionKind::Post,
        source: String::new(),
        author: None,
        rating: None,
        published_at: Instant::from_millis(0),
        annotations: Vec::new(),
    };
    match analyzer.analyze(&[document]).await {
        // The probe came to its end: its empty list for one document is what is left to complain about.
        Err(CallError::Invalid { message }) if message.contains("0 outcomes for 1 documents") => Ok(()),
        Err(error) => Err(error),
        Ok(outcomes) => panic!("a probe annotates nothing: {outcomes:?}"),
    }
}

#[tokio::test]
async fn everything_of_wasi_is_empty_refused_or_harmless() {
    let body = "
    ;; no environment, no folder
    (call $environment (i32.const 16)) (call $require (i32.eqz (i32.load (i32.const 20))))
    (call $cwd (i32.const 16)) (call $require (i32.eqz (i32.load8_u (i32.const 16))))
    ;; what is written goes nowhere, and is no error
    (local.set $handle (call $stdout))
    (call $check (local.get $handle) (i32.const 16))
    (call $require (i32.eqz (i32.load8_u (i32.const 16)))) (call $require (i64.gt_u (i64.load (i32.const 24)) (i64.const 0)))
    (call $write (local.get $handle) (i32.const 0) (i32.const 8) (i32.const 16))
    (call $require (i32.eqz (i32.load8_u (i32.const 16))))
    (call $drop (local.get $handle))
    ;; nothing comes in: error `closed`
    (call $read (call $stdin) (i64.const 10) (i32.const 16))
    (call $require (i32.load8_u (i32.const 16))) (call $require (i32.load8_u (i32.const 20)))
    ;; the contract's clock
    (call $now (i32.const 16))
    (call $require (i64.eq (i64.load (i32.const 16)) (i64.const 1795334400)))
    (call $require (i32.eq (i32.load (i32.const 24)) (i32.const 250000000)))
    ;; chance, the same at every run for an analyzer
    (call $require (i64.ne (call $random) (call $random)))
    (call $bytes (i64.const 7) (i32.const 16)) (call $require (i32.eq (i32.load (i32.const 20)) (i32.const 7)))";
    run(body).await.expect("the probe finds what it should");
}

#[tokio::test]
async fn leaving_and_asking_for_endless_chance_end_the_call() {
    let Err(CallError::Trap { message }) = run("(call $exit (i32.const 1))").await else { panic!("it could leave") };
    assert!(message.contains("the plugin called `exit`"), "{message}");
    let Err(CallError::Trap { message }) = run("(call $bytes (i64.const 1000000000000) (i32.const 16))").await else {
        panic!("it got them")
    };
    assert!(message.contains("asked for 1000000000000 random bytes"), "{message}");
}
