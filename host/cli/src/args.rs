//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use vigie_mention::Instant;

use crate::commands::{
    annotate, check, correct, dead_letters, import, init, learn, mentions, plugins, quality, query, reanalyze, report, run,
    sources, try_source,
};
use crate::config::DEFAULT_FILE;

const EXIT_CODES: &str = "\
Exit codes:
  0   done
  1   something else went wrong
  2   the command line or vigie.toml has a mistake
  10  try: settings are wrong            15  try: a passing fault of the service
  11  try: credentials were refused      16  try: an answer the plugin does not understand
  12  try: not allowed                   17  try: the service forgot the cursor
  13  try: asked to slow down            18  try: what is read is gone
  14  try: the allowance is used up      20  try: the plugin broke, or reached a limit

First steps:
  vigie init          write a vigie.toml that works without any key
  vigie check         say everything that is wrong with it
  vigie run --once    collect once
  vigie report        see what was found";

/// Above the options that every command has.
const EVERYWHERE: &str = "Options of every command";
/// Columns of the widest line of help.
const WIDEST: usize = 100;

/// Vigie listens to forums, sites and networks, understands what is said about you and your rivals, and reports.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, after_long_help = EXIT_CODES, max_term_width = WIDEST)]
pub(crate) struct Args {
    /// The configuration
    #[arg(long, short, global = true, help_heading = EVERYWHERE, value_name = "FILE", default_value = DEFAULT_FILE, env = "VIGIE_CONFIG")]
    pub(crate) config: PathBuf,
    /// When to use colour
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: When,
    /// Say more: once for what plugins do, twice for details
    #[arg(long, short, global = true, help_heading = EVERYWHERE, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Say only what went wrong
    #[arg(long, short, global = true, help_heading = EVERYWHERE, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// A clock that stands still, for tests and demonstrations
    #[arg(long, global = true, value_name = "INSTANT", env = "VIGIE_NOW", hide = true)]
    pub(crate) now: Option<Instant>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    Always,
    Never,
}

/// What to do. A command that tells more of itself has no words here: they would stand in place of all it says.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a commented vigie.toml that works without any key
    Init(init::Init),
    Check(check::Check),
    Run(run::Run),
    /// List stored mentions
    Mentions(mentions::List),
    Report(report::Show),
    /// Check, explain, test, compare and convert queries
    Query(query::QueryCommand),
    Correct(correct::Correct),
    Quality(quality::Show),
    Learn(learn::Learn),
    /// List the services that can be heard, and how their connectors are
    Sources(sources::Sources),
    /// List and inspect plugins, and say why a permission is missing
    Plugins(plugins::Plugins),
    /// Run one source plugin alone and print its mentions
    Try(try_source::Try),
    Import(import::Import),
    /// Run analyzers alone on documents of your own
    Annotate(annotate::Annotate),
    Reanalyze(reanalyze::Reanalyze),
    DeadLetters(dead_letters::DeadLetters),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn examples_fit_into_their_line() {
        let mut commands = vec![Args::command()];
        let mut examples = 0;
        while let Some(command) = commands.pop() {
            let help = command.get_after_help().or(command.get_after_long_help()).map(ToString::to_string).unwrap_or_default();
            for example in help.lines().filter(|line| line.starts_with("  ")) {
                assert!(example.chars().count() <= WIDEST, "{}: {example}", command.get_name());
                examples += 1;
            }
            commands.extend(command.get_subcommands().cloned());
        }
        assert!(examples > 40);
    }

    #[test]
    fn commands_say_all_they_have_to_say() {
        let program = Args::command();
        for name in ["check", "correct", "dead-letters", "import", "learn", "quality", "reanalyze", "report", "run"] {
            let command = program.find_subcommand(name).expect("a command");
            assert!(command.get_long_about().is_some(), "`vigie {name} --help` says no more than the list of commands");
        }
    }
}
