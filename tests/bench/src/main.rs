//! The figures Vigie promises, measured. `cargo xtask bench` builds what is needed and runs this.
//!
//! Every figure is printed with both sides of its ratio, measured in the same run, and with the goal it is held against. Nothing fails
//! when a goal is missed: the table says so, and machines differ.

mod boundary;
mod machine;
mod process;
mod queries;
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
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("could not start tokio")?;
    let mut table = Table::default();
    println!("{}", machine::describe());
    queries::measure(&mut table)?;
    runtime.block_on(boundary::measure(&arguments.plugins, &arguments.guests, &mut table))?;
    process::measure(&arguments.vigie, &mut table)?;
    runtime.block_on(through::measure(&arguments.plugins, arguments.mentions, &mut table))?;
    println!("\n{table}");
    Ok(())
}
