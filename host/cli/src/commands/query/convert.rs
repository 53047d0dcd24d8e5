//! `vigie query convert`: from and to other products' query languages.

use std::io::Write;

use clap::Args;
use serde_json::{Value, json};
use vigie_query::{Dialect, Foreign, Loss, Parsed, convert_from};

use super::{Written, given, json_of_remarks, library, parse, shape};
use crate::config::{self, Problems};
use crate::context::Context;
use crate::exit::Stop;
use crate::render::Paint;

/// Convert a query from or to the language of another product
///
/// A conversion never loses a match: what the other language cannot say is said more widely, and every loss is reported.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  vigie query convert 'acme NEAR/3 phone -looney' --to x
  vigie query convert --from brandwatch '(acme NEAR/2f phone) AND authorGender:F'
  vigie query convert --from meltwater --to talkwalker '(\"acme phone\" or rival) near/5 battery'
  vigie query convert --from visibrain - < lines.txt

Exit codes: 0 converted, 1 nothing of it can be said there, 2 the query has a mistake.")]
pub(crate) struct Convert {
    /// The query; `-` reads it from the standard input
    #[arg(value_name = "QUERY")]
    query: String,
    /// Whose language it is written in
    #[arg(long, value_name = "LANGUAGE", default_value = "vigie", value_parser = language)]
    from: Language,
    /// Whose language to write it in
    #[arg(long, value_name = "LANGUAGE", default_value = "vigie", value_parser = language)]
    to: Language,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    Vigie,
    Visibrain,
    Foreign(Foreign),
}

fn language(name: &str) -> Result<Language, String> {
    match name.to_lowercase().as_str() {
        "vigie" => Ok(Language::Vigie),
        "visibrain" => Ok(Language::Visibrain),
        other => other
            .parse()
            .map(Language::Foreign)
            .map_err(|_| "it is one of vigie, brandwatch, talkwalker, meltwater, x, visibrain (to read only)".to_owned()),
    }
}

impl Convert {
    /// Converts and shows.
    pub(crate) fn run(&self, context: &Context) -> Result<(), Stop> {
        let text = given(&self.query)?;
        let mut losses = Vec::new();
        let ours = match self.from {
            Language::Foreign(from) => match convert_from(from, &text) {
                Ok(conversion) => {
                    losses.extend(conversion.losses);
                    conversion.text
                }
                Err((rewritten, remarks)) => {
                    let mut problems = Problems::new("the query, rewritten for us", rewritten);
                    config::show_query(&remarks, &mut problems);
                    context.show_problems(&problems)?;
                    return Err(Stop::usage_message(problems.summary()));
                }
            },
            Language::Vigie | Language::Visibrain => Some(text.clone()),
        };
        let (converted, remarks) = match &ours {
            Some(ours) => self.written(context, ours, &mut losses)?,
            None => (None, Vec::new()),
        };
        let mut out = context.out();
        if self.json {
            let loss = |loss: &Loss| {
                json!({
                    "part": loss.part, "start": loss.span.start, "end": loss.span.end, "effect": loss.effect.name(),
                    "message": loss.message,
                })
            };
            // Remarks have their places in the text as we read it.
            let whole = json!({
                "query": text, "read_as": ours, "converted": converted, "remarks": remarks,
                "losses": losses.iter().map(loss).collect::<Vec<_>>(),
            });
            writeln!(out, "{}", serde_json::to_string_pretty(&whole)?)?;
        } else {
            if let Some(converted) = &converted {
                writeln!(out, "{converted}")?;
            }
            let paint = Paint { on: context.colour_of_errors() };
            let mut err = std::io::stderr().lock();
            for loss in &losses {
                writeln!(err, "{}: {}: {}", paint.yellow(loss.effect.name()), loss.part, loss.message)?;
            }
        }
        out.flush()?;
        match converted {
            Some(_) => Ok(()),
            None => Err(Stop::message("nothing of the query can be said there: it would ask for everything")),
        }
    }

    /// Our text in the other language, and the remarks on it.
    fn written(&self, context: &Context, ours: &str, losses: &mut Vec<Loss>) -> Result<(Option<String>, Vec<Value>), Stop> {
        let dialect = if self.from == Language::Visibrain { Dialect::Visibrain } else { Dialect::Vigie };
        let shape = shape(context)?;
        // Notes on a text that we wrote ourselves tell its author nothing.
        let notes = !self.json && !matches!(self.from, Language::Foreign(_));
        let written = Written { name: "query", text: ours, notes };
        let Parsed { query, remarks } = parse(context, written, &library(context, &shape)?, None, dialect)?;
        let text = match self.to {
            Language::Visibrain => {
                return Err(Stop::usage_message("Visibrain's line breaks are read, not written: convert to another one"));
            }
            Language::Foreign(to) => {
                let conversion = query.convert_to(to);
                losses.extend(conversion.losses);
                conversion.text
            }
            // As the author wrote it, where nothing had to be changed.
            Language::Vigie if self.from == Language::Visibrain => Some(query.to_string()),
            Language::Vigie => Some(ours.to_owned()),
        };
        Ok((text, json_of_remarks(&remarks, ours)))
    }
}
