//! What is done to Vigie rather than with it: `cargo xtask demo`, `test`, `plugins`, `samples`, `bench`, `train`. Each command sets up what it
//! needs and says what it did.

mod bench;
mod component;
mod demo;
mod plugins;
mod run;
mod samples;
mod test;
mod train;
mod wasm_target;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Builds, checks and shows Vigie. Every command sets up what it is missing.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, max_term_width = 110)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Shows the main job: collects a story from a miniature internet and reports on it
    ///
    /// Builds plugins and program, starts several services on loopback, collects sixty days of what people say about three phone
    /// makers through the real connectors, and ends with the report. Run again, it is six hours later and finds only what is new.
    Demo(demo::Options),
    /// Builds every plugin into one file each
    ///
    /// Installs the WebAssembly target if it is missing (by rustup, else from Debian's packages), compiles every crate in
    /// `plugins/` and `tests/guests/`, makes each a component, checks it against its manifest `plugin.toml`, embeds that
    /// manifest, and writes `target/plugins/<crate>.wasm` and `target/guests/<crate>.wasm`. VIGIE_PLUGINS_DIR and
    /// VIGIE_GUESTS_DIR name other folders for the two. A plain `cargo build` afterwards bundles the plugins into `vigie`.
    Plugins(plugins::Options),
    /// Tries every source plugin on recorded answers of its service
    ///
    /// DIR has one folder a service with an index.json (file, method, url, status, headers of each recorded answer). Each answer is
    /// served on loopback, the plugin asks for it through the real host, and what it made of it is printed.
    Samples(samples::Options),
    /// Does what CI does: plugins, format, lints, all tests, docs, licences
    ///
    /// Every step runs even if one before it failed, so that one run shows all there is to repair.
    Test(test::Options),
    /// Measures the figures we promise, on this machine, and prints them as a table
    ///
    /// Builds for release first. A million mentions take a few minutes and about a gigabyte of disk; --mentions takes fewer.
    Bench(bench::Options),
    /// Trains the tables the analyzers ship with, from the training data
    ///
    /// The tables are committed: training is needed only to change them. The same data give the same bytes; `--check` proves it and
    /// writes nothing. Prints how well each model does on rows it has not seen, and writes `table/MANIFEST.toml` and `table/NOTICE`.
    Train(train::Options),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Demo(options) => demo::run(&options),
        Command::Plugins(options) => plugins::run(&options),
        Command::Samples(options) => samples::run(&options),
        Command::Test(options) => test::run(&options),
        Command::Bench(options) => bench::run(&options),
        Command::Train(options) => train::run(&options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Arguments::command().debug_assert();
    }
}
