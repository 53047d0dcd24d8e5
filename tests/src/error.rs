//! Why a test could not even begin.

use std::io;
use std::path::PathBuf;

/// Why a test could not even begin; a command that fails is no such reason.
#[derive(Debug)]
pub enum TestError {
    /// The program has not been built.
    NoProgram(PathBuf),
    /// The operating system refused something.
    Io {
        /// What was tried.
        what: String,
        /// What it said.
        source: io::Error,
    },
    /// A command ran longer than a test may.
    TooSlow {
        /// The command.
        command: String,
        /// What it had printed by then.
        printed: String,
    },
    /// No service of this name says how it is read.
    NoSubject(String),
    /// A plugin, or what it needs, cannot be used.
    Plugin(String, String),
    /// A line of a case's `cmd` says nothing the runner knows.
    Line {
        /// The line.
        line: String,
        /// What is wrong with it.
        why: String,
    },
}

impl TestError {
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { what: what.into(), source }
    }
}

impl std::fmt::Display for TestError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoProgram(path) => {
                let path = path.display();
                write!(formatter, "there is no `{path}`: run `cargo xtask test`, or `cargo build -p vigie`, or set VIGIE_BIN")
            }
            Self::Io { what, source } => write!(formatter, "failed to {what}: {source}"),
            Self::TooSlow { command, printed } => {
                write!(formatter, "`{command}` did not end in time; until then it said:\n{printed}")
            }
            Self::NoSubject(name) => write!(formatter, "no service `{name}` of the miniature internet says how it is read"),
            Self::Plugin(name, why) => write!(formatter, "`{name}` cannot be used: {why}"),
            Self::Line { line, why } => write!(formatter, "cmd line `{line}`: {why}"),
        }
    }
}

impl std::error::Error for TestError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}
