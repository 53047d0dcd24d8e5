//! `cargo xtask demo`: the main job, on a miniature internet.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::{plugins, run};

/// Present of the story in the first run, as `vigie-internet` knows it by itself.
const STORY: &str = "2026-11-22T08:00:00Z";
/// Hours that pass between two runs of the demo: enough that something new has happened.
const HOURS_BETWEEN: u32 = 6;
/// The story goes on for fourteen days.
const LAST_RUN: u32 = 14 * 24 / HOURS_BETWEEN;

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Forget earlier runs and begin the story anew
    #[arg(long)]
    fresh: bool,
}

/// Sets up, builds, collects the story and shows the report.
pub(crate) fn run(options: &Options) -> Result<()> {
    let folder = run::workspace().join("target/demo");
    if options.fresh && folder.exists() {
        std::fs::remove_dir_all(&folder).with_context(|| format!("could not remove {}", folder.display()))?;
    }
    std::fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;
    let before = earlier_runs(&folder);
    if before > LAST_RUN {
        bail!("the story has ended after {before} runs; begin it anew with `cargo xtask demo --fresh`");
    }

    step("Building plugins and host (the first time this takes several minutes)");
    plugins::run(&plugins::Options::default())?;
    run::succeed(run::cargo().args(["build", "--package", "vigie", "--package", "vigie-internet"]))?;

    step("Starting the miniature internet on loopback: fifteen services, from networks and forums to reviews and the press");
    let internet = Internet::start(&folder, before * HOURS_BETWEEN)?;
    println!(
        "  it answers at {}; the connectors ask the services' real addresses, and [network.reroute] sends them here",
        internet.address
    );

    let config = folder.join("vigie.toml");
    let vigie = |arguments: &[&str]| {
        let mut command = Command::new(run::built("vigie"));
        command.arg("--config").arg(&config).args(arguments).env("VIGIE_NOW", &internet.now);
        command
    };
    step(&match before {
        0 => "Collecting sixty days of what people say about three phone makers".to_owned(),
        _ => format!("Collecting what is new {} hours later", before * HOURS_BETWEEN),
    });
    run::succeed(&mut vigie(&["run", "--once"]))?;
    std::fs::write(folder.join("runs"), (before + 1).to_string()).context("could not note that the demo ran")?;

    step("What was found");
    run::succeed(&mut vigie(&["report", "--days", "60"]))?;

    let program = run::built("vigie");
    let program = program.strip_prefix(std::env::current_dir()?).unwrap_or(&program).display();
    let config = config.strip_prefix(std::env::current_dir()?).unwrap_or(&config).display();
    println!("\nTry next:");
    println!("  {program} --config {config} mentions --topic lumio --sentiment negative --limit 5");
    println!("  cargo xtask demo          {HOURS_BETWEEN} hours later: finds only what is new");
    println!("  {program} init            a vigie.toml of your own, for the real services");
    Ok(())
}

fn step(title: &str) {
    println!("\n── {title}");
}

/// How often the demo ran into this folder. A note that cannot be read is no run: the store itself keeps nothing from being doubled.
fn earlier_runs(folder: &Path) -> u32 {
    std::fs::read_to_string(folder.join("runs")).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0)
}

/// The miniature internet as a child process, ended with this value.
struct Internet {
    child: Child,
    address: String,
    now: String,
}

impl Internet {
    /// Starts it so many hours into the story; it writes `vigie.toml` into `folder` before it tells its address.
    fn start(folder: &Path, hours: u32) -> Result<Self> {
        let now = later(hours);
        let mut child = Command::new(run::built("vigie-internet"))
            .args(["--now", STORY, "--advance", &now, "--write-config"])
            .arg(folder)
            .stdout(Stdio::piped())
            .spawn()
            .context("could not start the miniature internet")?;
        let mut address = String::new();
        let output = child.stdout.take().context("the miniature internet has no output")?;
        BufReader::new(output).read_line(&mut address).context("the miniature internet said nothing")?;
        if address.is_empty() {
            bail!("the miniature internet ended at once, with {}", child.wait()?);
        }
        Ok(Self { child, address: address.trim().to_owned(), now })
    }
}

impl Drop for Internet {
    fn drop(&mut self) {
        // It ends by itself after ten minutes; this is only sooner.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The instant so many hours after the story's beginning. The story stays within two weeks of one month's end.
fn later(hours: u32) -> String {
    let hour = 8 + hours;
    let (day, hour) = (22 + hour / 24, hour % 24);
    let (month, day) = if day > 30 { (12, day - 30) } else { (11, day) };
    format!("2026-{month:02}-{day:02}T{hour:02}:00:00Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_passes_over_days_and_the_month() {
        assert_eq!(later(0), STORY);
        assert_eq!(later(16), "2026-11-23T00:00:00Z");
        assert_eq!(later(14 * 24), "2026-12-06T08:00:00Z");
    }

    #[test]
    fn a_note_that_is_none_counts_as_no_run() {
        let folder = std::env::temp_dir().join("vigie-no-such-demo");
        assert_eq!(earlier_runs(&folder), 0);
    }
}
