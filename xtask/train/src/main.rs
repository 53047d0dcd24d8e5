//! Trains the tables the analyzers ship with, from published data under permissive licences: `cargo xtask train`.
//!
//! The same data give the same bytes, on every machine: one order, fixed seeds, no threads, no function of the platform whose last bit
//! may differ. One file here is one analyzer; the rest is shared:
//!
//! - [`data`] reads the data and remembers what was read, [`sources`] knows whose they are, [`output`] writes tables, `MANIFEST.toml`
//!   and `NOTICE`, or compares them with what is there;
//! - `vigie_plugin_learning::fit` is logistic regression over hashed features, which sites train on, too; [`calibrate`] makes its scores
//!   probabilities;
//! - [`measure`] prints how well a model does on the dev rows, which nothing is trained on.

mod calibrate;
mod data;
mod emotion;
mod entities;
mod intent;
mod language;
mod measure;
mod output;
mod sentiment;
mod sources;
mod spam;
mod topics;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Parser;

use crate::data::Data;
use crate::output::Tables;

/// Trains the tables of all analyzers or of those named.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask train", bin_name = "cargo xtask train")]
struct Arguments {
    /// Only these, such as `sentiment`
    names: Vec<String>,
    /// Folder of the training data
    #[arg(long, default_value = "../shared/training")]
    data: PathBuf,
    /// Write nothing; fail if a table, manifest or notice would differ from what is there
    #[arg(long)]
    check: bool,
}

/// Makes the tables of one analyzer.
type Train = fn(&Data) -> Result<Tables>;

/// Every analyzer that has something to train, by the name of its plugin's folder without `analyzer-`.
const ANALYZERS: &[(&str, Train)] = &[
    ("emotion", emotion::train),
    ("entities", entities::train),
    ("intent", intent::train),
    ("language", language::train),
    ("sentiment", sentiment::train),
    ("spam", spam::train),
    ("topics", topics::train),
];

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    if let Some(unknown) = arguments.names.iter().find(|name| ANALYZERS.iter().all(|(known, _)| known != name)) {
        let known: Vec<&str> = ANALYZERS.iter().map(|(name, _)| *name).collect();
        bail!("there is nothing to train for `{unknown}`: known are {}", known.join(", "));
    }
    let mut different = Vec::new();
    for (name, train) in ANALYZERS {
        if !arguments.names.is_empty() && !arguments.names.iter().any(|wanted| wanted == name) {
            continue;
        }
        println!("── {name}");
        let data = Data::open(&arguments.data)?;
        let tables = train(&data)?;
        different.extend(output::settle(name, &tables, &data, arguments.check)?);
    }
    if !different.is_empty() {
        bail!("trained anew, these differ: {}", different.join(", "));
    }
    Ok(())
}
