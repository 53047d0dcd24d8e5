//! `cargo xtask train`: starts the trainer, compiled for speed.

use std::path::PathBuf;

use anyhow::Result;

use crate::run;

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Only these analyzers, such as `sentiment`; all of them if none is named
    names: Vec<String>,
    /// Folder of the training data
    #[arg(long, default_value = "../shared/training")]
    data: PathBuf,
    /// Write nothing; fail if a table would differ from the one that is there
    #[arg(long)]
    check: bool,
}

/// Trains; the folder of the data is meant from where one stands, or from the workspace if it is not there.
pub(crate) fn run(options: &Options) -> Result<()> {
    let data = std::path::absolute(&options.data).ok().filter(|data| data.is_dir()).unwrap_or_else(|| options.data.clone());
    let mut command = run::cargo();
    command.args(["run", "--release", "--quiet", "--package", "vigie-train", "--"]).args(&options.names).arg("--data").arg(data);
    if options.check {
        command.arg("--check");
    }
    run::succeed(&mut command)
}
