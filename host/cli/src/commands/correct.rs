//! `vigie correct`: say what is true of a mention, or of a random sample of them.

mod sample;
mod sheet;

use std::io::{self, Read, Write};
use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use vigie_mention::{TopicId, Value};
use vigie_store::{Filter, Reader, Snapshot, Stored};

use super::named;
use crate::config::Shape;
use crate::context::Context;
use crate::corrections::keys::{self, DEFAULT_KEY, Key, Learning};
use crate::corrections::{Correction, Corrections, Found};
use crate::exit::Stop;
use crate::render::text::harmless;
use crate::render::{Paint, number};

/// Say what is true of a mention, or of a random sample of them
///
/// Corrections are kept beside the store and never leave this machine. They measure how often an analyzer is right (`vigie quality`) and
/// teach it, if it may learn (`vigie learn`). A random sample says more than what caught somebody's eye: it stands for all mentions.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  vigie correct appstore/10934 sentiment-label=negative
  vigie correct https://forum.example/t/5 sentiment-label=neutral --by ana
  vigie correct --sample 50 --topic acme > sheet.jsonl     then fill in \"truth\" of each line
  vigie correct --file sheet.jsonl

`vigie correct --sample` works while `vigie run` collects, and so does writing corrections.")]
pub(crate) struct Correct {
    /// The mention: SOURCE/ID, SOURCE/INSTANCE/ID, or its address
    #[arg(value_name = "MENTION", required_unless_present_any = ["sample", "file"], conflicts_with_all = ["sample", "file"])]
    mention: Option<String>,
    /// What is true of it, such as sentiment-label=negative
    #[arg(value_name = "KEY=VALUE", required_unless_present_any = ["sample", "file"])]
    truths: Vec<String>,
    /// Print so many mentions drawn at random, as JSON lines to fill in
    #[arg(long, value_name = "N", conflicts_with = "file", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    sample: Option<u32>,
    /// Drawn from this topic; may be repeated
    #[arg(long, short, value_name = "TOPIC", requires = "sample", value_parser = |name: &str| TopicId::new(name))]
    topic: Vec<TopicId>,
    /// Drawn from what was published at or after: 2026-11-22, 2026-11-22T08:00:00Z, or 7d for seven days ago
    #[arg(long, value_name = "WHEN", requires = "sample")]
    since: Option<String>,
    /// The annotation to be judged
    #[arg(long, value_name = "KEY", requires = "sample", default_value = DEFAULT_KEY)]
    key: String,
    /// The same seed draws the same mentions
    #[arg(long, value_name = "NUMBER", requires = "sample")]
    seed: Option<u64>,
    /// Read a filled-in sample back; `-` is the standard input
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Who says so
    #[arg(long, value_name = "NAME", conflicts_with = "sample")]
    by: Option<String>,
    /// Print what was written as JSON
    #[arg(long, conflicts_with = "sample")]
    json: bool,
}

/// What reading a sheet passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct PassedOver {
    /// Lines whose truth is still empty.
    empty: u64,
    /// Mentions no longer stored.
    gone: u64,
    /// Lines that say what is known already.
    known: u64,
}

impl Correct {
    /// Draws, or writes corrections.
    pub(crate) fn run(&self, context: &Context) -> Result<(), Stop> {
        let shape = context.read_shape()?;
        let keys = keys::all(context, &shape)?;
        let mut corrections = Corrections::read(&shape.store)?;
        if let Some(warning) = corrections.warning() {
            writeln!(io::stderr().lock(), "warning: {warning}")?;
        }
        let snapshot = Reader::open(&shape.store)?.snapshot()?;
        if let Some(size) = self.sample {
            return self.draw(context, &shape, keys::find(&keys, &self.key)?, &corrections, &snapshot, size);
        }
        let (news, passed_over) = match &self.file {
            Some(file) => {
                let (name, text) = read(file)?;
                let reader = sheet::Reader { keys: &keys, corrections: &corrections, at: context.now(), by: self.by.as_deref() };
                reader.read(&name, &text, &snapshot)?
            }
            None => (self.one(context, &keys, &corrections, &snapshot)?, PassedOver::default()),
        };
        let written = news.clone();
        corrections.append(news)?;
        self.print(context, &keys, &corrections, &written, passed_over)
    }

    fn draw(
        &self,
        context: &Context,
        shape: &Shape,
        key: &Key,
        corrections: &Corrections,
        snapshot: &Snapshot,
        size: u32,
    ) -> Result<(), Stop> {
        named::topics(context, shape, &self.topic)?;
        let since = self.since.as_deref().map(|text| super::times::instant(text, context.now())).transpose();
        let window = since
            .map_err(Stop::usage_message)?
            .map(|from| vigie_mention::Window { from, until: vigie_mention::Instant::from_millis(i64::MAX) });
        let filter = Filter { topics: self.topic.clone(), window, ..Filter::default() };
        let seed = self.seed.unwrap_or_else(sample::any_seed);
        let rows = sample::draw(snapshot.mentions(&filter)?, key, &corrections.of(&key.name), size as usize, seed)?;
        let mut out = context.out();
        for row in &rows {
            serde_json::to_writer(&mut out, row).map_err(io::Error::from)?;
            out.write_all(b"\n")?;
        }
        out.flush()?;
        if !context.quiet {
            let mut err = io::stderr().lock();
            if rows.len() < size as usize {
                let name = &key.name;
                writeln!(err, "only {} with a `{name}` and no correction yet", number::counted(rows.len() as u64, "mention"))?;
            }
            if !rows.is_empty() {
                writeln!(err, "Next: write one of {} as `truth` of each line, then", key.values.join(", "))?;
                writeln!(err, "  vigie correct --file SHEET")?;
            }
        }
        Ok(())
    }

    /// What the words of the command line say of one mention.
    fn one(
        &self,
        context: &Context,
        keys: &[Key],
        corrections: &Corrections,
        snapshot: &Snapshot,
    ) -> Result<Vec<Correction>, Stop> {
        let mut truths = Vec::new();
        for text in &self.truths {
            let (name, value) = text
                .split_once('=')
                .ok_or_else(|| Stop::usage_message(format!("`{text}`: write KEY=VALUE, such as {DEFAULT_KEY}=negative")))?;
            let key = keys::find(keys, name)?;
            key.check(value).map_err(Stop::usage_message)?;
            if truths.iter().any(|(named, _): &(&Key, &str)| named.name == key.name) {
                return Err(Stop::usage_message(format!("`{name}` is said twice: a mention has one")));
            }
            truths.push((key, value));
        }
        let stored = named::mention(snapshot, self.mention.as_deref().unwrap_or_default())?;
        let mention = stored.mention.key();
        let correction = |(key, value): (&Key, &str)| Correction {
            at: context.now(),
            key: key.name.clone(),
            value: value.to_owned(),
            found: found(&stored, key),
            // Chance chose it once; that a person thinks again does not change it.
            sampled: corrections.of(&key.name).get(&mention).is_some_and(|earlier| earlier.sampled),
            by: self.by.clone(),
            mention: mention.clone(),
        };
        Ok(truths.into_iter().map(correction).collect())
    }

    fn print(
        &self,
        context: &Context,
        keys: &[Key],
        corrections: &Corrections,
        written: &[Correction],
        passed_over: PassedOver,
    ) -> Result<(), Stop> {
        let touched: Vec<&Key> = keys.iter().filter(|key| written.iter().any(|one| one.key == key.name)).collect();
        let total = |key: &Key| {
            let all = corrections.of(&key.name);
            let sampled = all.values().filter(|correction| correction.sampled).count() as u64;
            (sampled, all.len() as u64 - sampled)
        };
        let PassedOver { empty, gone, known } = passed_over;
        let mut out = context.out();
        if self.json {
            let totals = touched.iter().map(|key| {
                let (sampled, picked) = total(key);
                (key.name.clone(), json!({ "sampled": sampled, "picked": picked }))
            });
            let whole = json!({
                "written": written,
                "passed_over": { "without_truth": empty, "not_stored": gone, "already_known": known },
                "corrections": totals.collect::<serde_json::Map<_, _>>(),
            });
            writeln!(out, "{}", serde_json::to_string_pretty(&whole)?)?;
            return Ok(out.flush()?);
        }
        if context.quiet {
            return Ok(());
        }
        let paint = Paint { on: context.colour() };
        if self.file.is_some() {
            writeln!(out, "{} written", number::counted(written.len() as u64, "correction"))?;
        }
        for one in written.iter().filter(|_| self.file.is_none()) {
            let found = one.found.as_ref().map_or_else(
                || "nothing had been found".to_owned(),
                |found| format!("{} {} had found {}", found.analyzer, found.version, harmless(&found.value)),
            );
            writeln!(out, "{}: {} is {}; {found}", harmless(&one.mention.to_string()), one.key, paint.bold(&one.value))?;
        }
        for (count, what) in [
            (empty, "without `truth`: unless all are filled in, the sample does not stand for all mentions"),
            (gone, "of mentions that are not stored (any more)"),
            (known, "that say what is known already"),
        ] {
            if count > 0 {
                writeln!(out, "  passed over: {} {what}", number::count(count))?;
            }
        }
        for key in touched {
            let (sampled, picked) = total(key);
            let [sampled, picked] = [sampled, picked].map(number::count);
            writeln!(out, "\n  corrections of {}: {sampled} of random samples, {picked} picked by hand", key.name)?;
            writeln!(out, "\nNext: {}", paint.cyan(&quality(key)))?;
            match key.learning {
                Learning::Cannot => {}
                Learning::On => writeln!(out, "      {}", paint.cyan("vigie learn"))?,
                Learning::Off => writeln!(
                    out,
                    "      learn = true under [analyzers.{}] in {}, then {}",
                    key.analyzer,
                    context.config.display(),
                    paint.cyan("vigie learn")
                )?,
            }
        }
        Ok(out.flush()?)
    }
}

/// The command that shows how good a key is.
fn quality(key: &Key) -> String {
    if key.name == DEFAULT_KEY { "vigie quality".to_owned() } else { format!("vigie quality --key {}", key.name) }
}

/// What the analyzer of a key found in a mention.
fn found(stored: &Stored, key: &Key) -> Option<Found> {
    stored.annotations.iter().find_map(|annotation| match &annotation.value {
        Value::Text(value) if annotation.key == key.name && annotation.analyzer == key.analyzer => {
            Some(Found { analyzer: annotation.analyzer.clone(), version: annotation.version.clone(), value: value.clone() })
        }
        _ => None,
    })
}

/// The name and the content of a sheet.
fn read(file: &std::path::Path) -> Result<(String, String), Stop> {
    let mut text = String::new();
    if file.as_os_str() == "-" {
        io::stdin().lock().read_to_string(&mut text)?;
        return Ok(("standard input".to_owned(), without_mark(&text)));
    }
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|error| Stop::usage_message(format!("{name}: {error}")))?;
    Ok((name, without_mark(&text)))
}

/// Without the byte order mark that spreadsheets and editors write first.
fn without_mark(text: &str) -> String {
    text.strip_prefix('\u{feff}').unwrap_or(text).to_owned()
}
