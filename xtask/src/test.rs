//! `cargo xtask test`.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::{plugins, run};

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Stop at the first step that fails
    #[arg(long)]
    fail_fast: bool,
}

/// How a step ended.
enum Outcome {
    Passed,
    Failed(anyhow::Error),
    Skipped(&'static str),
}

/// A name and what it does.
type Step = (&'static str, fn() -> Outcome);

const STEPS: [Step; 7] = [
    ("plugins", || ended(plugins::run(&plugins::Options::default()))),
    ("format", || cargo(&["fmt", "--all", "--check"])),
    ("lints", || cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])),
    ("tests", tests),
    ("doc tests", || cargo(&["test", "--workspace", "--doc"])),
    ("docs", docs),
    ("licences", licences),
];

/// Runs every step and tells how each ended and how long it took.
pub(crate) fn run(options: &Options) -> Result<()> {
    let mut lines = Vec::new();
    let mut failed = Vec::new();
    for (name, step) in STEPS {
        println!("\n── {name}");
        let started = Instant::now();
        let outcome = step();
        lines.push(line(name, &outcome, started.elapsed()));
        println!("{}", lines.last().expect("just pushed"));
        if matches!(outcome, Outcome::Failed(_)) {
            failed.push(name);
            if options.fail_fast {
                break;
            }
        }
    }
    println!("\n{}", lines.join("\n"));
    if !failed.is_empty() {
        bail!("{} failed", failed.join(", "));
    }
    Ok(())
}

fn line(name: &str, outcome: &Outcome, time: Duration) -> String {
    let outcome = match outcome {
        Outcome::Passed => "passed".to_owned(),
        Outcome::Failed(error) => format!("failed: {error:#}"),
        Outcome::Skipped(why) => format!("skipped: {why}"),
    };
    format!("{name:10} {:7.1} s  {outcome}", time.as_secs_f32())
}

fn ended(result: Result<()>) -> Outcome {
    result.map_or_else(Outcome::Failed, |()| Outcome::Passed)
}

fn succeed(command: &mut Command) -> Outcome {
    println!("{}", run::shown(command));
    ended(run::succeed(command))
}

fn cargo(arguments: &[&str]) -> Outcome {
    succeed(run::cargo().args(arguments))
}

/// By nextest where it is installed: a test that hangs or dies there takes no other with it.
fn tests() -> Outcome {
    if run::output("cargo-nextest", &["nextest", "--version"]).is_some() {
        return cargo(&["nextest", "run", "--workspace"]);
    }
    println!("cargo-nextest is not installed: `cargo test` does the same, more slowly");
    cargo(&["test", "--workspace", "--lib", "--bins", "--tests", "--examples"])
}

fn docs() -> Outcome {
    succeed(run::cargo().args(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-Dwarnings"))
}

fn licences() -> Outcome {
    if run::output("cargo-deny", &["--version"]).is_none() {
        return Outcome::Skipped("cargo-deny is not installed (`cargo install cargo-deny --locked` brings it)");
    }
    // Not the advisories: they are read from the network, and a new one is no mistake of the change under test.
    cargo(&["deny", "check", "bans", "licenses", "sources"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_say_how_a_step_ended() {
        let second = Duration::from_secs(1);
        assert_eq!(line("docs", &Outcome::Passed, second), "docs           1.0 s  passed");
        assert_eq!(line("docs", &Outcome::Failed(anyhow::anyhow!("no")), second), "docs           1.0 s  failed: no");
        assert_eq!(line("docs", &Outcome::Skipped("why"), second), "docs           1.0 s  skipped: why");
    }
}
