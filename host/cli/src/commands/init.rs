//! `vigie init`: a configuration to begin with.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;

use clap::Args;

use crate::context::Context;
use crate::exit::Stop;

/// The configuration that is written.
pub(crate) const TEMPLATE: &str = include_str!("vigie.toml");

/// Write a commented vigie.toml that works without any key
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  vigie init\n  vigie init --config listening/vigie.toml\n  vigie init --force")]
pub(crate) struct Init {
    /// Replace a file that is there
    #[arg(long)]
    force: bool,
    /// Where to write it [default: what --config says]
    path: Option<PathBuf>,
}

impl Init {
    /// Writes the file.
    pub(crate) fn run(&self, context: &Context) -> Result<(), Stop> {
        let path = self.path.as_ref().unwrap_or(&context.config);
        let mut options = OpenOptions::new();
        options.write(true);
        if self.force {
            options.create(true).truncate(true);
        } else {
            // One step, so that a file made in between is not lost.
            options.create_new(true);
        }
        let mut file = options.open(path).map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => {
                Stop::usage_message(format!("{} is there already; `vigie init --force` replaces it", path.display()))
            }
            ErrorKind::NotFound => Stop::usage_message(format!("{}: the folder does not exist; create it first", path.display())),
            _ => Stop::message(format!("failed to write {}: {error}", path.display())),
        })?;
        file.write_all(TEMPLATE.as_bytes())?;
        if !context.quiet {
            let named = if path.as_os_str() == crate::config::DEFAULT_FILE {
                String::new()
            } else {
                format!(" --config {}", path.display())
            };
            let mut out = context.out();
            writeln!(out, "wrote {}\n\nNext:\n  vigie check{named}\n  vigie run --once{named}", path.display())?;
            out.flush()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Problems, schema_of};

    #[test]
    fn the_template_has_no_mistake_of_form() {
        let mut problems = Problems::new("vigie.toml", TEMPLATE);
        let file = schema_of(&mut problems);
        assert_eq!(problems.list, []);
        assert_eq!((file.topics.len(), file.connectors.len()), (2, 3));
    }

    #[test]
    fn what_is_commented_out_in_the_template_would_work() {
        let text: String = TEMPLATE
            .lines()
            .map(|line| match line.strip_prefix("# ") {
                Some(code) if code.starts_with('[') || (code.contains(" = ") && !code.contains(". ")) => format!("{code}\n"),
                _ => format!("{line}\n"),
            })
            .collect();
        let text = text.replace("[connectors.videos.secrets]", "[connectors.forum.secrets]");
        let mut problems = Problems::new("vigie.toml", text);
        let file = schema_of(&mut problems);
        assert_eq!(problems.list, []);
        assert!(file.plugin_folder.is_some() && file.analyzers.len() == 1);
    }
}
