//! `vigie dead-letters`: what could not be kept, annotated or read again, and why.

use std::collections::BTreeMap;
use std::io::Write;

use clap::Args;
use vigie_mention::Instant;
use vigie_store::{DeadLetter, Reader};

use super::times;
use crate::context::Context;
use crate::exit::Stop;
use crate::render::text::harmless;
use crate::render::{Paint, number};

/// Show what could not be admitted, annotated or read again, and why
///
/// A plugin may deliver what is no mention, or break on one that it is to read again, and an analyzer may break on a text: the rest goes
/// on, and what did not is kept here until it succeeds. What was not admitted is tried again whenever the service delivers it; what was
/// not annotated by `vigie reanalyze`; what was not read again when it is next due, if ever.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  vigie dead-letters
  vigie dead-letters --plugin sentiment
  vigie dead-letters --json | jq -r .message | sort | uniq -c")]
pub(crate) struct DeadLetters {
    /// Of this plugin; may be repeated
    #[arg(long, short, value_name = "PLUGIN")]
    plugin: Vec<String>,
    /// Print every letter as one line of JSON
    #[arg(long)]
    json: bool,
}

/// Letters of one plugin that say the same.
#[derive(Debug, PartialEq, Eq)]
struct Group<'a> {
    count: u64,
    last: Instant,
    /// Of the last of them.
    letter: &'a DeadLetter,
}

impl DeadLetters {
    /// Shows them.
    pub(crate) fn run(&self, context: &Context) -> Result<(), Stop> {
        let shape = context.read_shape()?;
        let snapshot = Reader::open(&shape.store)?.snapshot()?;
        let mut letters = snapshot.dead_letters()?;
        letters.retain(|letter| self.plugin.is_empty() || self.plugin.contains(&letter.plugin));
        let mut out = context.out();
        if self.json {
            for letter in &letters {
                writeln!(out, "{}", serde_json::to_string(letter)?)?;
            }
            return Ok(out.flush()?);
        }
        if letters.is_empty() {
            writeln!(out, "none: all that was delivered was admitted and annotated, or belongs to no topic")?;
            return Ok(out.flush()?);
        }
        let paint = Paint { on: context.colour() };
        for Group { count, last, letter } in groups(&letters) {
            let DeadLetter { key, plugin, stage, message, .. } = letter;
            let how_many = number::counted(count, "mention");
            let (such_as, when) = (harmless(&key.to_string()), times::minute(last));
            writeln!(out, "{}  {stage}: {how_many}, the last {when}, {such_as}", paint.bold(plugin))?;
            // Whole, however long: its end says what to do.
            writeln!(out, "  {}", harmless(message))?;
        }
        let dropped = snapshot.stats()?.dead_letters_dropped;
        if dropped > 0 {
            writeln!(out, "and {} older ones that are no longer kept", number::count(dropped))?;
        }
        if letters.iter().any(|letter| letter.stage == vigie_pipeline::ANNOTATE) {
            writeln!(out, "\nNext: {} tries again to annotate", paint.cyan("vigie reanalyze"))?;
        }
        Ok(out.flush()?)
    }
}

/// The same reason once, the most frequent first.
fn groups(letters: &[DeadLetter]) -> Vec<Group<'_>> {
    let mut groups: BTreeMap<(&str, &str, &str), Group<'_>> = BTreeMap::new();
    for letter in letters {
        let reason = (letter.plugin.as_str(), letter.stage.as_str(), letter.message.as_str());
        let group = groups.entry(reason).or_insert(Group { count: 0, last: letter.at, letter });
        group.count += 1;
        if letter.at > group.last {
            (group.last, group.letter) = (letter.at, letter);
        }
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.count));
    groups
}

#[cfg(test)]
mod tests {
    use vigie_mention::MentionKey;

    use super::*;

    #[test]
    fn the_same_reason_is_shown_once() {
        let letter = |id: &str, at: i64, message: &str| DeadLetter {
            key: MentionKey { source: "forum".into(), instance: String::new(), id: id.into() },
            plugin: "mood".into(),
            version: "1.0.0".into(),
            stage: "annotate".into(),
            message: message.into(),
            at: Instant::from_millis(at),
        };
        let letters = [letter("1", 5, "odd"), letter("2", 9, "broken"), letter("3", 7, "broken"), letter("4", 8, "broken")];
        let found: Vec<_> = groups(&letters).into_iter().map(|group| (group.count, group.letter.key.id.as_str())).collect();
        assert_eq!(found, [(3, "2"), (1, "1")]);
    }
}
