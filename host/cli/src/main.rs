//! The program `vigie`: commands, the configuration and its diagnostics, progress, reports.
//!
//! - [`args`] is the command line; each command is a file of [`commands`].
//! - [`config`] reads `vigie.toml` and finds all its mistakes in one run.
//! - [`plugins`] lists the plugins inside this binary and those of the operator.
//! - [`corrections`] is what people say is true, [`learned`] what analyzers made of it.
//! - [`engine`] puts a configuration together into what the pipeline runs.
//! - [`import`] reads files of what people already have.
//! - [`render`] draws tables, charts and numbers; [`exit`] and [`damage`] say how the program ends.

mod args;
mod commands;
mod config;
mod context;
mod corrections;
mod damage;
mod engine;
mod exit;
mod import;
mod learned;
mod log;
mod plugins;
mod render;

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};
use context::Context;

fn main() -> ExitCode {
    let args = Args::parse();
    let context = Context::new(&args);
    let broken = damage::watch();
    let done = catch_unwind(AssertUnwindSafe(|| run(args.command, &context))).unwrap_or_else(|panic| match broken.found() {
        Some(stop) => Err(stop),
        None => resume_unwind(panic),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => {
            if let Some(error) = stop.error {
                let head = if context.colour_of_errors() { "\u{1b}[1;31merror\u{1b}[0m" } else { "error" };
                // Nobody is left to tell if even this cannot be written.
                let _ = writeln!(std::io::stderr().lock(), "{head}: {error:#}");
            }
            ExitCode::from(stop.code)
        }
    }
}

fn run(command: Command, context: &Context) -> Result<(), exit::Stop> {
    match command {
        Command::Init(command) => command.run(context),
        Command::Check(command) => command.run(context),
        Command::Run(command) => command.run(context),
        Command::Mentions(command) => command.run(context),
        Command::Report(command) => command.run(context),
        Command::Query(command) => command.run(context),
        Command::Correct(command) => command.run(context),
        Command::Quality(command) => command.run(context),
        Command::Learn(command) => command.run(context),
        Command::Sources(command) => command.run(context),
        Command::Plugins(command) => command.run(context),
        Command::Try(command) => command.run(context),
        Command::DeadLetters(command) => command.run(context),
        Command::Reanalyze(command) => command.run(context),
        Command::Annotate(command) => command.run(context),
        Command::Import(command) => command.run(context),
    }
}
