//! `cargo xtask bench`: the figures Vigie promises, measured.

use anyhow::Result;

use crate::{plugins, run};

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Mentions sent through the whole pipeline
    #[arg(long, default_value_t = 1_000_000)]
    mentions: usize,
    /// Folder with labelled texts, for the confidence of analyzers; passed over if it is not there
    #[arg(long, default_value = "../shared/training")]
    labelled: std::path::PathBuf,
    /// Only these parts: queries, sandbox, process, pipeline, reliability
    #[arg(long, value_name = "PART", value_delimiter = ',')]
    only: Vec<String>,
}

/// Builds everything for release and measures.
pub(crate) fn run(options: &Options) -> Result<()> {
    plugins::run(&plugins::Options::default())?;
    run::succeed(run::cargo().args(["build", "--release", "--package", "vigie", "--package", "vigie-bench"]))?;
    let built = run::workspace().join("target");
    let mut bench = std::process::Command::new(run::built_for("release", "vigie-bench"));
    bench.arg("--plugins").arg(built.join("plugins")).arg("--guests").arg(built.join("guests"));
    bench.arg("--vigie").arg(run::built_for("release", "vigie")).arg("--mentions").arg(options.mentions.to_string());
    if options.labelled.is_dir() {
        bench.arg("--labelled").arg(&options.labelled);
    }
    bench.args(options.only.iter().map(|part| format!("--only={part}")));
    run::succeed(&mut bench)
}
