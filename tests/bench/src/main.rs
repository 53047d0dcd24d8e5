//! The figures Vigie promises, measured. `cargo xtask bench` builds what is needed and runs this.
//!
//! Every figure is printed with both sides of its ratio, measured in the same run, and with the goal it is held against. Nothing fails
//! when a goal is missed: the table says so, and machines differ.

mod boundary;
mod machine;
mod process;
mod queries;
mod reliability;
mod table;
mod texts;
mod through;

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Parser;

use crate::table::Table;

/// Measures what Vigie promises.
#[derive(Debug, Parser)]
struct Arguments {
    /// Folder with the built plugins
    #[arg(long, value_name = "DIR")]
    plugins: PathBuf,
    /// Folder with the built test guests
    #[arg(long, value_name = "DIR")]
    guests: PathBuf,
    /// The program, built for release
    #[arg(long, value_name = "FILE")]
    vigie: PathBuf,
    /// Mentions sent through the pipeline
    #[arg(long, default_value_t = 1_000_000)]
    mentions: usize,
    /// Folder with labelled texts; without it the confidence of analyzers is not measured
    #[arg(long, value_name = "DIR")]
    labelled: Option<PathBuf>,
    /// Only these parts; all if none is named
    #[arg(long, value_name = "PART", value_delimiter = ',')]
    only: Vec<Part>,
}

/// What is measured together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Matching a post against thousands of queries.
    Queries,
    /// What the sandbox costs an analyzer.
    Sandbox,
    /// `vigie check`, and an idle `vigie run`.
    Process,
    /// Mentions through the whole pipeline, and the report.
    Pipeline,
    /// Whether confidence can be believed.
    Reliability,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("could not start tokio")?;
    let mut table = Table::default();
    println!("{}", machine::describe());
    let wanted = |part| arguments.only.is_empty() || arguments.only.contains(&part);
    if wanted(Part::Queries) {
        queries::measure(&mut table)?;
    }
    if wanted(Part::Sandbox) {
        runtime.block_on(boundary::measure(&arguments.plugins, &arguments.guests, &mut table))?;
    }
    if wanted(Part::Process) {
        process::measure(&arguments.vigie, &mut table)?;
    }
    if wanted(Part::Pipeline) {
        runtime.block_on(through::measure(&arguments.plugins, arguments.mentions, &mut table))?;
    }
    match &arguments.labelled {
        Some(labelled) if wanted(Part::Reliability) => {
            runtime.block_on(reliability::measure(&arguments.plugins, labelled, &mut table))?;
        }
        Some(_) => {}
        None => println!("  confidence is not measured: name a folder of labelled texts with --labelled"),
    }
    println!("\n{table}");
    Ok(())
}
