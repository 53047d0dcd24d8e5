//! A mistake in the operator's file: its place, its cause, its cure; and how it looks on the screen and in JSON.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan};
use serde::Serialize;

use super::excerpt::{Excerpt, sentence};

/// How much a problem weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Severity {
    /// Nothing runs before it is mended.
    Error,
    /// It runs, and probably not as meant.
    Warning,
    /// Worth knowing.
    Note,
}

/// One mistake, with everything a person needs to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Stable name of the kind of mistake, such as `config::unknown_source`.
    pub(crate) code: Cow<'static, str>,
    /// How much it weighs.
    pub(crate) severity: Severity,
    /// The cause: a lowercase fragment.
    pub(crate) message: String,
    /// The places, the first being the main one, each with a word about it; none if the mistake is that something is missing.
    pub(crate) places: Vec<(Range<usize>, String)>,
    /// The cure.
    pub(crate) help: Option<String>,
}

impl Problem {
    /// An error at one place.
    pub(crate) fn error(code: impl Into<Cow<'static, str>>, span: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            severity: Severity::Error,
            message: message.into(),
            places: vec![(span, "here".to_owned())],
            help: None,
        }
    }

    /// A warning at one place.
    pub(crate) fn warning(code: impl Into<Cow<'static, str>>, span: Range<usize>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, span, message) }
    }

    /// An error of the file as a whole.
    pub(crate) fn placeless(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { places: Vec::new(), ..Self::error(code, 0..0, message) }
    }

    /// Says what is at the main place.
    pub(crate) fn label(mut self, label: impl Into<String>) -> Self {
        if let Some(place) = self.places.first_mut() {
            place.1 = label.into();
        }
        self
    }

    /// Points at a second place.
    pub(crate) fn also(mut self, span: Range<usize>, label: impl Into<String>) -> Self {
        self.places.push((span, label.into()));
        self
    }

    /// Says how to mend it.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// The mistakes of one file, in the order of their places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problems {
    /// The file's name as the operator gave it.
    pub(crate) file: String,
    /// Its text.
    pub(crate) text: String,
    /// What is wrong with it.
    pub(crate) list: Vec<Problem>,
    /// Places that are not drawn: a secret that somebody wrote into the file.
    pub(crate) hidden: Vec<Range<usize>>,
}

impl Problems {
    /// No problem yet.
    pub(crate) fn new(file: impl Into<String>, text: impl Into<String>) -> Self {
        Self { file: file.into(), text: text.into(), list: Vec::new(), hidden: Vec::new() }
    }

    /// Keeps one more.
    pub(crate) fn push(&mut self, problem: Problem) {
        self.list.push(problem);
    }

    /// How many of them forbid to run.
    pub(crate) fn errors(&self) -> usize {
        self.count(Severity::Error)
    }

    /// How many of them are probably not meant.
    pub(crate) fn warnings(&self) -> usize {
        self.count(Severity::Warning)
    }

    fn count(&self, severity: Severity) -> usize {
        self.list.iter().filter(|problem| problem.severity == severity).count()
    }

    /// Puts them into the order of the file; what has no place comes last.
    pub(crate) fn sort(&mut self) {
        self.list.sort_by_key(|problem| problem.places.first().map_or(usize::MAX, |(span, _)| span.start));
        self.list.dedup();
    }

    /// One line that counts them: ``3 errors and 1 warning in vigie.toml``.
    pub(crate) fn summary(&self) -> String {
        let count = |number: usize, word: &str| match number {
            0 => None,
            1 => Some(format!("1 {word}")),
            _ => Some(format!("{number} {word}s")),
        };
        let counts = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")];
        let parts: Vec<String> = counts.into_iter().filter_map(|(severity, word)| count(self.count(severity), word)).collect();
        let told = match parts.as_slice() {
            [] => "no mistake".to_owned(),
            [all @ .., last] if !all.is_empty() => format!("{} and {last}", all.join(", ")),
            _ => parts.concat(),
        };
        format!("{told} in {}", self.file)
    }

    /// Draws them all, with or without colour, in lines of at most `width` columns.
    pub(crate) fn render(&self, colour: bool, width: usize) -> String {
        let theme = if colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let handler = GraphicalReportHandler::new_themed(theme).with_width(width).with_links(false).with_context_lines(1);
        let text = self.shown_text();
        let mut out = String::new();
        for problem in &self.list {
            let places: Vec<Range<usize>> = problem.places.iter().map(|(span, _)| span.clone()).collect();
            let excerpt = Excerpt::of(&self.file, &text, &places);
            // Writing into a String cannot fail.
            let _ = handler.render_report(&mut out, &Shown { problem, excerpt: &excerpt });
            out.push('\n');
        }
        out
    }

    /// The text with what must not be seen crossed out.
    fn shown_text(&self) -> String {
        let mut text = self.text.clone();
        for place in &self.hidden {
            if text.get(place.clone()).is_some() {
                text.replace_range(place.clone(), &"•".repeat(place.len() / "•".len()));
                // Offsets behind it stay what they were.
                text.insert_str(place.start + place.len() / "•".len() * "•".len(), &" ".repeat(place.len() % "•".len()));
            }
        }
        text
    }

    /// The same for programs.
    pub(crate) fn to_json(&self) -> Vec<JsonProblem<'_>> {
        self.list
            .iter()
            .map(|problem| JsonProblem {
                code: &problem.code,
                severity: problem.severity,
                message: &problem.message,
                file: &self.file,
                place: problem.places.first().map(|(span, label)| {
                    let (line, column) = position(&self.text, span.start);
                    JsonPlace { line, column, offset: span.start, length: span.len(), label }
                }),
                help: problem.help.as_deref(),
            })
            .collect()
    }
}

/// Line and column, both counted from one, columns in characters.
pub(super) fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// A problem as `vigie check --json` prints it.
#[derive(Debug, Serialize)]
pub(crate) struct JsonProblem<'a> {
    code: &'a str,
    severity: Severity,
    message: &'a str,
    file: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<JsonPlace<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct JsonPlace<'a> {
    line: usize,
    column: usize,
    offset: usize,
    length: usize,
    label: &'a str,
}

/// A problem in the form the drawing library asks for.
struct Shown<'a> {
    problem: &'a Problem,
    excerpt: &'a Excerpt,
}

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem.fmt(f)
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&sentence(&self.problem.message))
    }
}

impl std::error::Error for Shown<'_> {}

impl miette::Diagnostic for Shown<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.problem.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.problem.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Note => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.problem.help.as_ref().map(|help| Box::new(sentence(help)) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        (!self.problem.places.is_empty()).then_some(self.excerpt as &dyn miette::SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.problem.places.iter().enumerate().map(move |(index, (span, label))| {
            // A place behind the end of the text is drawn at its end.
            let span = self.excerpt.place(span);
            if index == 0 {
                LabeledSpan::new_primary_with_span(Some(label.clone()), span)
            } else {
                LabeledSpan::new_with_span(Some(label.clone()), span)
            }
        })))
    }
}

/// ``did you mean `feed`? `` if one of `known` is close to `word`, then the list of what is known.
pub(crate) fn suggest<'a>(word: &str, what: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    let near = closest(word, known.iter().copied()).map(|name| format!("did you mean `{name}`? ")).unwrap_or_default();
    if known.is_empty() {
        let mut letters = what.chars();
        let first: String = letters.next().into_iter().flat_map(char::to_lowercase).collect();
        return format!("there are no {first}{}", letters.as_str());
    }
    let list: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    format!("{near}{what}: {}", list.join(", "))
}

/// The one of `known` that `word` was probably meant to be.
pub(crate) fn closest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = |name: &&'a str| {
        // `rss-feed` for `feed`: a part of the name, written in full.
        let parts = |text: &str| text.split(['-', '_']).map(str::to_owned).collect::<Vec<_>>();
        let shares_part = parts(word).iter().any(|part| part.len() > 3 && parts(name).contains(part));
        (strsim::jaro_winkler(word, name) > 0.8 || shares_part, strsim::jaro_winkler(word, name))
    };
    known
        .into_iter()
        .map(|name| (near(&name), name))
        .filter(|((close, _), _)| *close)
        .max_by(|((_, left), _), ((_, right), _)| left.total_cmp(right))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_drawn_with_its_place_cause_and_cure() {
        let text = "[connectors.press]\nsource = \"rss-feed\"\n";
        let mut problems = Problems::new("vigie.toml", text);
        problems.push(
            Problem::error("config::unknown_source", 28..38, "connector `press` uses source `rss-feed`, which is not installed")
                .label("no source has this name")
                .help(suggest("rss-feed", "Installed sources", ["feed", "hackernews", "mastodon"])),
        );
        let drawn = problems.render(false, 100);
        let expected = "config::unknown_source

  × connector `press` uses source `rss-feed`, which is not installed
   ╭─[vigie.toml:2:10]
 1 │ [connectors.press]
 2 │ source = \"rss-feed\"
   ·          ─────┬────
   ·               ╰── no source has this name
   ╰────
  help: did you mean `feed`? Installed sources: `feed`, `hackernews`, `mastodon`
";
        assert_eq!(drawn.trim_end(), expected.trim_end());
        let json = serde_json::to_value(problems.to_json()).expect("json");
        assert_eq!(json[0]["place"]["line"], 2);
        assert_eq!(json[0]["place"]["column"], 10);
    }

    #[test]
    fn notes_are_counted_as_notes() {
        let mut problems = Problems::new("vigie.toml", "a = 1");
        assert_eq!(problems.summary(), "no mistake in vigie.toml");
        let note = || Problem { severity: Severity::Note, ..Problem::error("query::N101", 0..1, "a note") };
        problems.push(note());
        assert_eq!(problems.summary(), "1 note in vigie.toml");
        problems.push(Problem::error("config::syntax", 0..1, "a mistake"));
        assert_eq!(problems.summary(), "1 error and 1 note in vigie.toml");
        problems.push(note());
        problems.push(Problem::warning("query::W301", 0..1, "a warning"));
        assert_eq!(problems.summary(), "1 error, 1 warning and 2 notes in vigie.toml");
    }

    #[test]
    fn only_a_near_word_is_suggested() {
        assert_eq!(closest("hackrnews", ["feed", "hackernews"]), Some("hackernews"));
        assert_eq!(closest("tpics", ["topics", "title"]), Some("topics"));
        assert_eq!(closest("zzz", ["feed", "hackernews"]), None);
    }

    #[test]
    fn a_place_behind_the_end_is_drawn_at_the_end() {
        let mut problems = Problems::new("vigie.toml", "a = 1");
        problems.push(Problem::error("config::syntax", 90..95, "something is missing"));
        assert!(problems.render(false, 80).contains("something is missing"));
    }
}
