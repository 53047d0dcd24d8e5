//! What every command knows: the configuration's path, the clock, colour, and where output goes.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use vigie_mention::Instant;
use vigie_runtime::Clock;

use crate::args::{Args, When};
use crate::config::{self, Problems, Reading, Shape};
use crate::exit::Stop;

/// What every command knows.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    /// The configuration.
    pub(crate) config: PathBuf,
    /// The fixed instant, if the clock stands still.
    now: Option<Instant>,
    colour: When,
    /// How often `-v` was given.
    pub(crate) verbose: u8,
    /// Whether `-q` was given.
    pub(crate) quiet: bool,
}

impl Context {
    /// Takes what the command line says for every command.
    pub(crate) fn new(args: &Args) -> Self {
        Self { config: args.config.clone(), now: args.now, colour: args.color, verbose: args.verbose, quiet: args.quiet }
    }

    /// The clock.
    pub(crate) fn clock(&self) -> Clock {
        self.now.map_or(Clock::System, Clock::Fixed)
    }

    /// The current instant.
    pub(crate) fn now(&self) -> Instant {
        self.now.unwrap_or_else(Instant::now)
    }

    /// Whether what is written to the standard output may be coloured.
    pub(crate) fn colour(&self) -> bool {
        self.wants_colour(io::stdout().is_terminal())
    }

    /// Whether what is written to the standard error may be coloured.
    pub(crate) fn colour_of_errors(&self) -> bool {
        self.wants_colour(io::stderr().is_terminal())
    }

    fn wants_colour(&self, terminal: bool) -> bool {
        match self.colour {
            When::Always => true,
            When::Never => false,
            // https://no-color.org
            When::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        }
    }

    /// The standard output, buffered. Flush it at the end: only then a broken pipe is noticed.
    pub(crate) fn out(&self) -> BufWriter<io::StdoutLock<'static>> {
        BufWriter::new(io::stdout().lock())
    }

    /// Reads the configuration with everything it names, shows what is wrong with it on the standard error, and stops if
    /// that forbids to go on.
    pub(crate) fn read_config(&self) -> Result<Reading, Stop> {
        self.read_config_showing(|_| true)
    }

    /// As [`read_config`](Self::read_config), for a command that collects nothing: it needs no secret, and warnings about collecting are
    /// not its own.
    pub(crate) fn read_config_not_to_collect(&self) -> Result<Reading, Stop> {
        self.read_config_showing(|problem| match problem.severity {
            config::Severity::Error => problem.code != config::MISSING_SECRET,
            _ => problem.code == config::UNUSABLE_LEARNED,
        })
    }

    /// As [`read_config_not_to_collect`](Self::read_config_not_to_collect), for a command that mends what warnings are about.
    pub(crate) fn read_config_to_mend(&self) -> Result<Reading, Stop> {
        self.read_config_showing(|problem| problem.severity == config::Severity::Error && problem.code != config::MISSING_SECRET)
    }

    fn read_config_showing(&self, concerns: impl Fn(&config::Problem) -> bool) -> Result<Reading, Stop> {
        let reading = config::read(&self.config, &|name| std::env::var(name).ok()).map_err(Stop::usage)?;
        let mut told = reading.problems.clone();
        told.list.retain(concerns);
        self.show_problems(&told)?;
        if told.errors() > 0 {
            return Err(Stop::usage_message(format!("{}; `vigie check` shows them again", told.summary())));
        }
        Ok(reading)
    }

    /// Reads the form of the configuration alone, for commands that only look at the store.
    pub(crate) fn read_shape(&self) -> Result<Shape, Stop> {
        let shape = config::read_shape(&self.config).map_err(Stop::usage)?;
        if shape.problems.errors() > 0 {
            self.show_problems(&shape.problems)?;
            return Err(Stop::usage_message(shape.problems.summary()));
        }
        Ok(shape)
    }

    /// Draws problems on the standard error; notes only if asked to say more.
    pub(crate) fn show_problems(&self, problems: &Problems) -> Result<(), Stop> {
        self.draw_problems(problems, self.verbose > 0)
    }

    /// Draws problems with their notes, for a text that was written a moment ago: how it was read is news.
    pub(crate) fn show_problems_and_notes(&self, problems: &Problems) -> Result<(), Stop> {
        self.draw_problems(problems, self.verbose > 0 || !self.quiet)
    }

    fn draw_problems(&self, problems: &Problems, notes: bool) -> Result<(), Stop> {
        let mut shown = problems.clone();
        shown.list.retain(|problem| match problem.severity {
            config::Severity::Error => true,
            config::Severity::Warning => !self.quiet,
            config::Severity::Note => notes,
        });
        let mut err = io::stderr().lock();
        err.write_all(shown.render(self.colour_of_errors(), crate::render::width()).as_bytes())?;
        Ok(())
    }

    /// Where compiled plugins are kept: the user's cache folder, or beside the store.
    pub(crate) fn cache_folder(&self, store: Option<&Path>) -> Option<PathBuf> {
        let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        absolute("XDG_CACHE_HOME")
            .or_else(|| absolute("HOME").map(|home| home.join(".cache")))
            .map(|cache| cache.join("vigie"))
            .or_else(|| Some(store?.parent()?.join(".cache")))
    }
}
