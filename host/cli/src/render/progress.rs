//! What a run shows while it goes on: bars with rate and remaining time on a terminal, plain lines else.

use std::collections::BTreeMap;
use std::io::Write;
use std::time::{Duration, Instant as Tick};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use vigie_mention::delivery::Direction;
use vigie_mention::{ConnectorId, Instant};
use vigie_pipeline::{Event, Reanalyzed, Tally};

use super::number;
use super::text::harmless;
use crate::config::values::show_duration;

/// Steps a feed's walk into history is drawn in.
const STEPS: u64 = 1_000;

/// Shows the events of a run.
pub(crate) enum Progress {
    /// On a terminal.
    Bars(Bars),
    /// Into a file, a pipe, a journal.
    Lines {
        /// Whether to show what went well, too.
        quiet: bool,
    },
}

impl Progress {
    /// Bars if `terminal`, else lines. `keep` is a run without an end: its bars only count.
    pub(crate) fn new(bars: &MultiProgress, terminal: bool, quiet: bool, keep: bool, now: Instant) -> Self {
        match (terminal, quiet) {
            (true, false) => Self::Bars(Bars { multi: bars.clone(), lines: BTreeMap::new(), keep, now }),
            _ => Self::Lines { quiet },
        }
    }

    /// Shows one event.
    pub(crate) fn show(&mut self, event: &Event) {
        match self {
            Self::Bars(bars) => bars.show(event),
            Self::Lines { quiet } => {
                if let Some((line, trouble)) = line(event)
                    && (trouble || !*quiet)
                {
                    // A closed standard error is no reason to stop collecting.
                    let _ = writeln!(std::io::stderr().lock(), "{line}");
                }
            }
        }
    }

    /// Takes the bars away.
    pub(crate) fn end(&mut self) {
        if let Self::Bars(bars) = self {
            for line in bars.lines.values() {
                line.bar.finish_and_clear();
            }
        }
    }
}

/// One bar a connector.
pub(crate) struct Bars {
    multi: MultiProgress,
    lines: BTreeMap<ConnectorId, Line>,
    keep: bool,
    now: Instant,
}

struct Line {
    bar: ProgressBar,
    planned: u64,
    /// How far into history each feed is read, in [`STEPS`].
    walked: BTreeMap<String, u64>,
    tally: Tally,
    began: Tick,
}

impl Bars {
    fn show(&mut self, event: &Event) {
        match event {
            Event::Planned { connector, feeds } => {
                let feeds = u64::try_from(*feeds).unwrap_or(0);
                let line = self.line(connector);
                line.planned = feeds;
                line.bar.set_length((feeds * STEPS).max(1));
                line.redraw();
            }
            Event::Committed { connector, feed, direction, tally, reached, since } => {
                let (now, keep) = (self.now, self.keep);
                let line = self.line(connector);
                line.tally.add(tally);
                if let (Direction::Older, Some(reached), Some(since), false) = (direction, reached, since, keep) {
                    let whole = now.since(*since).as_secs_f64().max(1.0);
                    let part = (now.since(*reached).as_secs_f64() / whole).clamp(0.0, 1.0);
                    line.walked.insert(feed.clone(), (part * STEPS as f64) as u64);
                }
                line.redraw();
            }
            Event::Finished { connector, tally } => {
                let line = self.line(connector);
                line.tally = *tally;
                line.redraw();
                line.bar.finish();
            }
            _ => {}
        }
        if let Some((text, true)) = line(event) {
            let _ = self.multi.println(text);
        }
    }

    fn line(&mut self, connector: &ConnectorId) -> &mut Line {
        let (multi, keep) = (&self.multi, self.keep);
        self.lines.entry(connector.clone()).or_insert_with(|| {
            let bar = multi.add(ProgressBar::with_draw_target(Some(1), ProgressDrawTarget::stderr()));
            let template = if keep { "  {prefix:16} {msg}" } else { "  {prefix:16} {bar:20} {percent:>3} %  {msg}  {eta:.dim}" };
            bar.set_style(
                ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("█▓░"),
            );
            bar.set_prefix(connector.to_string());
            if !keep {
                // A run without an end rests between polls; only a run that ends is worth waking up for.
                bar.enable_steady_tick(Duration::from_millis(250));
            }
            Line { bar, planned: 0, walked: BTreeMap::new(), tally: Tally::default(), began: Tick::now() }
        })
    }
}

impl Line {
    fn redraw(&self) {
        let seconds = self.began.elapsed().as_secs_f64().max(0.1);
        let rate = (self.tally.received as f64 / seconds).round() as u64;
        self.bar.set_message(format!(
            "{} read, {} new, {}/s",
            number::count(self.tally.received),
            number::count(self.tally.new),
            number::count(rate)
        ));
        // Feeds found on the way are behind those that were planned.
        let steps: u64 = self.walked.values().sum::<u64>().min(self.planned * STEPS);
        self.bar.set_position(steps);
    }
}

/// An event in words, and whether it is trouble; nothing for what is not worth a line.
fn line(event: &Event) -> Option<(String, bool)> {
    Some(match event {
        Event::Planned { connector, feeds } => {
            (format!("{connector}: {feeds} feed{} to read", if *feeds == 1 { "" } else { "s" }), false)
        }
        Event::Committed { connector, feed, direction, tally, .. } => {
            if tally.new + tally.updated + tally.removed == 0 {
                return None;
            }
            let way = match direction {
                Direction::Newer => "new",
                Direction::Older => "history",
            };
            (format!("{connector}: {} ({way}): {}", harmless(feed), counts(tally)), false)
        }
        Event::Waiting { connector, feed, pause, class, message } => {
            (format!("{connector}: {} waits {} ({class}): {}", harmless(feed), show_duration(*pause), harmless(message)), true)
        }
        Event::Failed { connector, feed, class, message } => {
            (format!("{connector}: {} failed ({class}): {}", harmless(feed), harmless(message)), true)
        }
        Event::Unfinished { connector, polls } => {
            (format!("{connector}: no end after {} pages; the next run goes on there", number::count(*polls)), true)
        }
        Event::Fault { connector, plugin, message } => {
            (format!("{connector}: plugin `{plugin}` broke: {}", harmless(message)), true)
        }
        Event::Quarantined { plugin, until, message } => {
            (format!("plugin `{plugin}` rests until {until}: {}", harmless(message)), true)
        }
        Event::Resting { connector, class, message } => {
            (format!("{connector}: rests until you act ({class}): {}", harmless(message)), true)
        }
        Event::Unannotated { analyzer, mentions, message } => (
            format!(
                "analyzer `{analyzer}` failed on {mentions} mention{}, which are kept: {}",
                if *mentions == 1 { "" } else { "s" },
                harmless(message)
            ),
            true,
        ),
        // One line at the end: a large store takes a thousand batches.
        Event::Reanalyzed { progress } if progress.renewed > 0 && progress.reached >= progress.last => {
            (format!("history: {} mentions analyzed again", number::count(progress.renewed)), false)
        }
        Event::Rerouted { progress } if progress.moved > 0 && progress.reached >= progress.last => {
            (format!("history: {} mentions under other topics", number::count(progress.moved)), false)
        }
        Event::Reanalyzed { .. } | Event::Rerouted { .. } => return None,
        Event::Finished { connector, tally } => (format!("{connector}: done: {}", counts(tally)), false),
    })
}

/// How much of the store a pass has looked at.
pub(crate) fn share(progress: &Reanalyzed) -> String {
    number::percent(progress.reached as f64 / progress.last.max(progress.reached).max(1) as f64)
}

/// How many mentions are kept without what an analyzer would have found, and where to see why; empty if none are.
pub(crate) fn unannotated(mentions: u64) -> String {
    if mentions == 0 {
        return String::new();
    }
    format!("  {} could not be annotated and are kept without: vigie dead-letters\n", number::count(mentions))
}

/// A tally in words, without what is zero.
pub(crate) fn counts(tally: &Tally) -> String {
    let parts: Vec<String> = [
        (tally.received, "read"),
        (tally.new, "new"),
        (tally.updated, "updated"),
        (tally.known, "known"),
        (tally.off_topic, "off topic"),
        (tally.refused, "refused"),
        (tally.removed, "removed"),
    ]
    .into_iter()
    .filter(|(number, word)| *number > 0 || *word == "read")
    .map(|(number, word)| format!("{} {word}", number::count(number)))
    .collect();
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use vigie_mention::FailureClass;

    use super::*;

    #[test]
    fn a_line_says_what_happened_and_whether_it_is_trouble() {
        let connector = ConnectorId::new("press").expect("a name");
        let tally = Tally { received: 1_200, new: 3, known: 1_197, ..Tally::default() };
        let committed = Event::Committed {
            connector: connector.clone(),
            feed: "search \"acme\"\u{1b}[2J".into(),
            direction: Direction::Older,
            tally,
            reached: None,
            since: None,
        };
        assert_eq!(
            line(&committed),
            Some(("press: search \"acme\" [2J (history): 1,200 read, 3 new, 1,197 known".to_owned(), false))
        );
        let waiting = Event::Waiting {
            connector: connector.clone(),
            feed: "a".into(),
            pause: Duration::from_secs(90),
            class: FailureClass::RateLimited,
            message: "429".into(),
        };
        assert_eq!(line(&waiting), Some(("press: a waits 1m30s (rate-limited): 429".to_owned(), true)));
        let nothing = Event::Committed {
            connector,
            feed: "a".into(),
            direction: Direction::Newer,
            tally: Tally { received: 3, known: 3, ..Tally::default() },
            reached: None,
            since: None,
        };
        assert_eq!(line(&nothing), None);
    }
}
