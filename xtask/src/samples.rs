//! `cargo xtask samples DIR`: every source plugin on recorded answers.

use std::path::PathBuf;

use anyhow::Result;

use crate::{plugins, run};

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// A folder with one folder a service, each with an index.json
    samples: PathBuf,
    /// Only these services; may be repeated
    #[arg(long)]
    only: Vec<String>,
    /// One JSON line a file
    #[arg(long)]
    json: bool,
    /// Take the plugins as they were built last
    #[arg(long)]
    built: bool,
}

/// Builds the plugins and gives each the answers recorded of its service.
pub(crate) fn run(options: &Options) -> Result<()> {
    if !options.built {
        plugins::run(&plugins::Options::default())?;
    }
    run::succeed(run::cargo().args(["build", "--quiet", "--package", "vigie-samples"]))?;
    let mut samples = std::process::Command::new(run::built_for("debug", "vigie-samples"));
    samples.arg(&options.samples).arg("--plugins").arg(run::workspace().join("target/plugins"));
    samples.arg("--sources").arg(run::workspace().join("plugins"));
    samples.args(options.only.iter().flat_map(|name| ["--only", name]));
    if options.json {
        samples.arg("--json");
    }
    run::succeed(&mut samples)
}
