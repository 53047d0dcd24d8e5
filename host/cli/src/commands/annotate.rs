//! `vigie annotate`: analyzers alone, on documents from a file or the standard input.

mod document;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use indicatif::MultiProgress;
use serde_json::{Value, json};
use vigie_mention::Mention;
use vigie_pipeline::{Analysed, Analysis, Analyzer, Options};
use vigie_runtime::{AnalyzerUse, Kind, Limits, Read, check_settings};

use crate::config::{Network, Problems, suggest};
use crate::context::Context;
use crate::exit::{OTHER, Stop};
use crate::plugins::{Catalog, Entry, Installed, WHAT_IS_MISSING};
use crate::render::number;
use crate::render::text::{fit, harmless};
use crate::{engine, log};

/// Documents read, annotated and printed at a time: enough for both to be busy, little enough to answer a pipe soon.
const CHUNK: usize = 2_048;
/// Longest line that is read: a document beyond this is a mistake, and must not fill the memory.
const LONGEST_LINE: u64 = 16 << 20;

/// Run analyzers alone on documents of your own
#[derive(Debug, Args)]
#[command(after_help = "\
Documents are JSON lines: `text`, and where known `title`, `language`, `kind`, `author`, `rating`, `published`, `id`. What \
`vigie mentions --json` prints fits, too. Each answer is one JSON line, in the same order:
  {\"id\": …, \"annotations\": [{\"analyzer\", \"version\", \"key\", \"value\", \"confidence\"}],
   \"failures\": [{\"analyzer\", \"message\"}]}

Examples:
  echo '{\"text\":\"Great phone, poor battery\"}' | vigie annotate --json
  vigie annotate posts.jsonl --analyzers language,sentiment --json > annotated.jsonl
  vigie annotate posts.jsonl --analyzers ./analyzer-mine.wasm --settings mine='{\"strict\":true}'
  vigie mentions --topic acme --json | vigie annotate --analyzers language --json")]
pub(crate) struct Annotate {
    /// The documents; the standard input if it is not named, or `-`
    file: Option<PathBuf>,
    /// Bundled analyzers by id, or .wasm files, with commas between them; all bundled ones if none is named
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    analyzers: Vec<String>,
    /// Settings of an analyzer: name=JSON; may be repeated
    #[arg(long, value_name = "NAME=JSON")]
    settings: Vec<String>,
    /// Print JSON lines
    #[arg(long)]
    json: bool,
}

impl Annotate {
    /// Annotates until the input ends.
    pub(crate) fn run(&self, context: &Context) -> Result<(), Stop> {
        log::start(context, None, MultiProgress::new())?;
        let entries = self.find()?;
        let settings = self.settings(&entries)?;
        let mut input = Input::open(self.file.as_deref())?;
        let sandbox = engine::runtime(context, &Network::default(), None)?;
        let mut analyzers: Vec<Arc<dyn Analyzer>> = Vec::new();
        for entry in &entries {
            let settings = settings.get(&entry.package.manifest().id).cloned().unwrap_or_else(|| json!({}));
            let use_ = AnalyzerUse { settings, limits: Limits::analyzer() };
            analyzers.push(Arc::new(sandbox.analyzer(&entry.package, use_)?));
        }
        let analysis =
            Analysis::new(&analyzers, Options { clock: context.clock(), ..Options::default() }).map_err(Stop::usage)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;

        let began = Instant::now();
        let (mut documents, mut failed, mut speechless) = (0_u64, 0_u64, 0_u64);
        let needy = needs_a_language(&analyzers);
        loop {
            let chunk = input.chunk(context.now())?;
            if chunk.is_empty() {
                break;
            }
            documents += chunk.len() as u64;
            if needy.is_some() {
                speechless += chunk.iter().flatten().filter(|(mention, _)| mention.language.is_none()).count() as u64;
            }
            let mentions: Vec<Mention> = chunk.iter().filter_map(|line| line.as_ref().ok()).map(|read| read.0.clone()).collect();
            let mut answers = runtime.block_on(analysis.run(mentions)).into_iter();
            let mut out = context.out();
            for line in &chunk {
                let answer = match line {
                    Ok(_) => answers.next().unwrap_or_default(),
                    Err((message, _)) => {
                        Analysed { annotations: Vec::new(), failures: vec![("input".to_owned(), message.clone())] }
                    }
                };
                failed += u64::from(!answer.failures.is_empty());
                self.print(&mut out, line, &answer)?;
            }
            out.flush()?;
        }
        if !context.quiet {
            let seconds = began.elapsed().as_secs_f64().max(1e-9);
            let rate = number::count((documents as f64 / seconds).round() as u64);
            let mut err = io::stderr().lock();
            writeln!(err, "{} in {seconds:.2} s: {rate} a second", number::counted(documents, "document"))?;
            if let Some(analyzer) = needy.filter(|_| speechless > 0) {
                let documents = number::counted(speechless, "document");
                writeln!(err, "{documents} without a `language`, which `{analyzer}` goes by: add `language` to --analyzers")?;
            }
        }
        if failed > 0 {
            let line = format!("{} of {} documents were not annotated by every analyzer; see `failures`", failed, documents);
            return Err(Stop { code: OTHER, error: Some(anyhow::Error::msg(line)) });
        }
        Ok(())
    }

    fn print(&self, out: &mut impl Write, line: &Line, answer: &Analysed) -> Result<(), Stop> {
        let (text, id) = match line {
            Ok((mention, id)) => (mention.text.as_str(), id),
            Err((_, id)) => ("", id),
        };
        if self.json {
            let mut line = json!({ "annotations": answer.annotations });
            if let (Some(id), Some(fields)) = (id, line.as_object_mut()) {
                fields.insert("id".to_owned(), id.clone());
            }
            if !answer.failures.is_empty() {
                let failures = answer.failures.iter().map(|(analyzer, why)| json!({ "analyzer": analyzer, "message": why }));
                line["failures"] = failures.collect();
            }
            serde_json::to_writer(&mut *out, &line).map_err(io::Error::from)?;
            out.write_all(b"\n")?;
            return Ok(());
        }
        writeln!(out, "{}", fit(&harmless(text), 100))?;
        for annotation in &answer.annotations {
            let sure = annotation.confidence.map(|confidence| format!("  ({})", number::percent(f64::from(confidence))));
            writeln!(out, "  {:18} {}{}", annotation.key, document::shown(&annotation.value), sure.unwrap_or_default())?;
        }
        for (analyzer, message) in &answer.failures {
            writeln!(out, "  {analyzer}: {}", harmless(message))?;
        }
        Ok(())
    }

    /// The analyzers named, or all bundled ones.
    fn find(&self) -> Result<Vec<Entry>, Stop> {
        let mut problems = Problems::new("", "");
        let mut catalog = Catalog::bundled(&mut problems);
        let known: Vec<String> = catalog.ids(Kind::Analyzer).into_iter().map(str::to_owned).collect();
        let names = if self.analyzers.is_empty() { &known } else { &self.analyzers };
        if names.is_empty() {
            return Err(Stop::usage_message(WHAT_IS_MISSING));
        }
        let mut entries: Vec<Entry> = Vec::new();
        for name in names {
            let name = name.trim();
            if entries.iter().any(|entry| entry.package.manifest().id == name) {
                return Err(Stop::usage_message(format!("--analyzers names `{name}` twice")));
            }
            let entry = if name.ends_with(".wasm") || name.contains('/') {
                Catalog::read_file(Path::new(name)).map_err(Stop::usage_message)?
            } else {
                catalog.take(name).ok_or_else(|| {
                    let help = if known.is_empty() {
                        WHAT_IS_MISSING.to_owned()
                    } else {
                        suggest(name, "Bundled analyzers", known.iter().map(String::as_str))
                    };
                    Stop::usage_message(format!("there is no bundled analyzer `{name}`: {help}"))
                })?
            };
            if entry.package.manifest().kind != Kind::Analyzer {
                return Err(Stop::usage_message(format!(
                    "`{}` is a source; `vigie try` runs those",
                    entry.package.manifest().id
                )));
            }
            entries.push(entry);
        }
        Ok(entries)
    }

    fn settings(&self, entries: &[Entry]) -> Result<BTreeMap<String, Value>, Stop> {
        let mut settings = BTreeMap::new();
        for text in &self.settings {
            let (name, json) =
                text.split_once('=').ok_or_else(|| Stop::usage_message(format!("--settings {text}: write name=JSON")))?;
            let manifest = entries.iter().map(|entry| entry.package.manifest()).find(|manifest| manifest.id == name);
            let Some(manifest) = manifest else {
                let known = entries.iter().map(|entry| entry.package.manifest().id.as_str());
                return Err(Stop::usage_message(format!("--settings {name}: {}", suggest(name, "Analyzers used", known))));
            };
            let value: Value = serde_json::from_str(json)
                .map_err(|error| Stop::usage_message(format!("--settings {name}: not JSON: {error}")))?;
            if let Some(misfit) = check_settings(&manifest.settings, &value).first() {
                return Err(Stop::usage_message(format!("--settings {name}: setting {misfit}")));
            }
            settings.insert(name.to_owned(), value);
        }
        Ok(settings)
    }
}

/// An analyzer that goes by a language none of them finds, if there is one.
fn needs_a_language(analyzers: &[Arc<dyn Analyzer>]) -> Option<String> {
    let finds = |analyzer: &Arc<dyn Analyzer>| analyzer.writes().iter().any(|key| key == "language");
    let reads = |analyzer: &&Arc<dyn Analyzer>| analyzer.reads().contains(&Read::Language);
    if analyzers.iter().any(finds) {
        return None;
    }
    analyzers.iter().find(reads).map(|analyzer| analyzer.id().to_owned())
}

/// A line of the input: a document, or why it is none.
type Line = Result<document::Read, document::Refused>;

/// The documents, read a chunk at a time.
struct Input {
    lines: Box<dyn BufRead>,
    name: String,
    number: u64,
}

impl Input {
    fn open(file: Option<&Path>) -> Result<Self, Stop> {
        match file.filter(|path| *path != Path::new("-")) {
            None => Ok(Self { lines: Box::new(io::stdin().lock()), name: "standard input".to_owned(), number: 0 }),
            Some(path) => {
                let file = File::open(path).map_err(|error| Stop::usage_message(format!("{}: {error}", path.display())))?;
                Ok(Self { lines: Box::new(BufReader::new(file)), name: path.display().to_string(), number: 0 })
            }
        }
    }

    /// The next documents; a line that is none is told in its place. Blank lines are passed over.
    fn chunk(&mut self, now: vigie_mention::Instant) -> Result<Vec<Line>, Stop> {
        let mut chunk = Vec::new();
        let mut line = Vec::new();
        while chunk.len() < CHUNK {
            line.clear();
            // A line may be longer than the bound; the rest of it is then read as the next one and refused as well.
            let read = io::Read::take(&mut self.lines, LONGEST_LINE).read_until(b'\n', &mut line);
            let read = read.map_err(|error| Stop::usage_message(format!("{}: {error}", self.name)))?;
            if read == 0 {
                break;
            }
            self.number += 1;
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let read = document::read(&line, self.number, now);
            chunk.push(read.map_err(|(error, id)| (format!("{}, line {}: {error}", self.name, self.number), id)));
        }
        Ok(chunk)
    }
}
