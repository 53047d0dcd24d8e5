//! The log: what the engine and the plugins say, on the standard error, never through a progress bar.

use std::io::{self, Write};

use indicatif::MultiProgress;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::config::values::log_level;
use crate::context::Context;
use crate::exit::Stop;

/// Environment variable that says what the log shows, in the words of `[log] level`.
const VARIABLE: &str = "VIGIE_LOG";

/// Starts the log. `level` is what the configuration says; the command line and the environment come first.
///
/// # Errors
/// If the level cannot be understood.
pub(crate) fn start(context: &Context, level: Option<&str>, bars: MultiProgress) -> Result<(), Stop> {
    let from_environment = std::env::var(VARIABLE).ok().filter(|level| !level.is_empty());
    if let Some(Err(cure)) = from_environment.as_deref().map(log_level) {
        return Err(Stop::usage_message(format!("the environment variable {VARIABLE} is no level of the log: {cure}")));
    }
    let level = match (context.quiet, context.verbose) {
        (true, _) => "error".to_owned(),
        (_, 1) => "info".to_owned(),
        (_, 2..) => "debug".to_owned(),
        _ => from_environment.or_else(|| level.map(str::to_owned)).unwrap_or_else(|| "warn".to_owned()),
    };
    // The compiler's own log is of no use to an operator, at any level.
    let directives = format!("{level},cranelift_codegen=warn,wasmtime=warn,regalloc2=warn,hyper=warn,h2=warn,rustls=warn");
    let filter = EnvFilter::builder()
        .parse(directives)
        .map_err(|error| Stop::usage_message(format!("[log] level (or {VARIABLE}) cannot be `{level}`: {error}")))?;
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(Lines { bars })
        .with_ansi(context.colour_of_errors())
        .with_target(false)
        .finish();
    // Only a second start could fail, and there is none.
    let _ = tracing::subscriber::set_global_default(subscriber);
    Ok(())
}

/// Writes whole lines above the progress bars.
struct Lines {
    bars: MultiProgress,
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line { bars: &self.bars, text: Vec::new() }
    }
}

/// One line under way.
struct Line<'a> {
    bars: &'a MultiProgress,
    text: Vec<u8>,
}

impl Write for Line<'_> {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        // A log that cannot be written is no reason to stop collecting.
        let _ = self.bars.suspend(|| io::stderr().lock().write_all(&self.text));
    }
}
