//! The report on the screen.

use std::fmt::Write as _;

use vigie_insight::{Cause, Day, Gap, Report, TopicReport, TopicShown};
use vigie_mention::{Instant, Window};

use crate::commands::times;
use crate::render::text::{columns, fit, harmless};
use crate::render::{Align, Paint, Table, chart, number};

/// Most coverage gaps that are listed.
const GAPS_SHOWN: usize = 10;
/// Columns of a bar that stands for a share.
const SHARE_ROOM: usize = 20;

/// Draws the whole report in at most `width` columns. The `peers` are the topics that are compared with and not shown.
pub(crate) fn draw(report: &Report, peers: &[TopicShown], stored: &str, paint: Paint, width: usize) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}  {}, UTC; {stored} mentions stored\n", paint.bold("Report"), span(report.window));
    volume(&mut out, report, paint, width);
    shares(&mut out, report, peers, paint, width);
    sentiment(&mut out, report, paint, width);
    for topic in report.topics.iter().filter(|topic| topic.volume > 0) {
        tops(&mut out, topic, paint, width);
    }
    gaps(&mut out, report, paint, width);
    next(&mut out, report, paint);
    out
}

/// The window in words; days are whole, so where it begins or ends within one the time is said.
fn span(window: Window) -> String {
    let Window { from, until } = window;
    let length = until.since(from).as_secs();
    let (days, hours) = (length / 86_400, length % 86_400 / 3_600);
    if from == from.day() && until == until.day() {
        let last = times::day(Instant::from_millis(until.as_millis() - 1));
        return format!("{} to {last}, {}", times::day(from), number::counted(days, "day"));
    }
    let mut parts = Vec::new();
    if days > 0 {
        parts.push(number::counted(days, "day"));
    }
    if hours > 0 || days == 0 {
        parts.push(number::counted(hours, "hour"));
    }
    format!("{} until {}, {}", times::minute(from), times::minute(until), parts.join(" and "))
}

/// Which days are not whole, so that their small columns are not taken for a fall; nothing if all are.
fn partial(days: &[Day]) -> String {
    match days.iter().filter(|day| day.partial).collect::<Vec<_>>().as_slice() {
        [] => String::new(),
        [day] => format!("; {} is not whole", times::day(day.day)),
        [first, .., last] if first.day == days[0].day && !days.get(1).is_none_or(|day| day.partial) => {
            format!("; {} and {} are not whole", times::day(first.day), times::day(last.day))
        }
        [first, ..] => format!("; days from {} on are not whole", times::day(first.day)),
    }
}

fn volume(out: &mut String, report: &Report, paint: Paint, width: usize) {
    let names = report.topics.iter().map(|topic| columns(&harmless(&topic.title))).max().unwrap_or(0).min(20);
    let room = width.saturating_sub(names + 22).max(10);
    let days: Vec<Instant> = report.window.days().collect();
    let size = chart::days_a_column(days.len(), room);
    // Gaps are the connectors', so every topic has the same.
    let gap_days: Vec<bool> = report.topics.iter().take(1).flat_map(|topic| &topic.days).map(|day| day.gap).collect();
    let gaps = chart::any(&gap_days, size);
    let each = if size == 1 { "one day".to_owned() } else { format!("{size} days") };
    let partial = report.topics.first().map(|topic| partial(&topic.days)).unwrap_or_default();
    let _ = writeln!(out, "{} a column is {each}{partial}", paint.bold("Volume"));
    let sums = |topic: &TopicReport| {
        let volumes: Vec<u64> = topic.days.iter().map(|day| day.volume).collect();
        chart::sums(&volumes, size)
    };
    // One scale for all topics: rows can be compared with each other.
    let highest = report.topics.iter().flat_map(sums).max().unwrap_or(0);
    for topic in &report.topics {
        let name = fit(&harmless(&topic.title), names);
        let space = " ".repeat(names - columns(&name));
        let bars = chart::bars(&sums(topic), &gaps, highest);
        let _ = writeln!(out, "  {name}{space}  {bars}  {}{}", number::count(topic.volume), change(topic, paint));
    }
    let columns_drawn = days.len().div_ceil(size);
    let (first, last) = (times::day(report.window.from), days.last().map(|day| times::day(*day)).unwrap_or_default());
    let axis = if columns_drawn >= 22 { format!("{first}{}{last}", " ".repeat(columns_drawn - 20)) } else { first };
    let _ = writeln!(out, "  {}  {}", " ".repeat(names), paint.dim(&axis));
    if gaps.contains(&true) {
        let marks: String = gaps.iter().map(|gap| if *gap { chart::GAP } else { ' ' }).collect();
        let _ = writeln!(out, "  {}  {}  {}", " ".repeat(names), paint.yellow(&marks), paint.dim("not all collected"));
    }
    out.push('\n');
}

/// How the volume changed since the window before, if that window was collected as well.
fn change(topic: &TopicReport, paint: Paint) -> String {
    match topic.trend.change.filter(|_| topic.trend.complete) {
        Some(change) if change.abs() >= 0.005 => paint.dim(&format!(" ({:+.0} %)", change * 100.0).replace('-', "−")),
        _ => String::new(),
    }
}

fn shares(out: &mut String, report: &Report, peers: &[TopicShown], paint: Paint, width: usize) {
    let mut groups: Vec<&str> = Vec::new();
    for topic in &report.topics {
        if let Some(group) = topic.group.as_deref().filter(|group| !groups.contains(group)) {
            groups.push(group);
        }
    }
    for group in groups {
        let members: Vec<&TopicReport> = report.topics.iter().filter(|topic| topic.group.as_deref() == Some(group)).collect();
        let others = peers.iter().filter(|peer| peer.group.as_deref() == Some(group)).count();
        if members.len() + others < 2 {
            continue;
        }
        let among = if others > 0 { format!(", among {} topics", members.len() + others) } else { String::new() };
        let _ = writeln!(out, "{} of `{}`{among}", paint.bold("Share of voice"), harmless(group));
        let mut table =
            Table::new(&[("topic", Align::Left), ("volume", Align::Right), ("share", Align::Right), ("", Align::Left)]);
        for topic in members {
            let share = topic.share_of_voice.as_ref().map(|share| share.value);
            table.row(vec![
                fit(&harmless(&topic.title), 30),
                number::count(topic.volume),
                share.map_or_else(|| "–".to_owned(), number::percent),
                paint.cyan(&chart::share(share.unwrap_or(0.0), SHARE_ROOM)),
            ]);
        }
        let _ = writeln!(out, "{}", table.draw(paint, width));
    }
}

fn sentiment(out: &mut String, report: &Report, paint: Paint, width: usize) {
    let mut table = Table::new(&[
        ("topic", Align::Left),
        ("net", Align::Right),
        ("95 % between", Align::Left),
        ("positive", Align::Right),
        ("neutral", Align::Right),
        ("negative", Align::Right),
    ]);
    for topic in &report.topics {
        let Some(net) = &topic.net_sentiment else { continue };
        let value = number::signed(net.value);
        // Only where the whole interval lies on one side is there a side.
        let value = if net.low > 0.0 {
            paint.green(&value)
        } else if net.high < 0.0 {
            paint.red(&value)
        } else {
            value
        };
        table.row(vec![
            fit(&harmless(&topic.title), 30),
            value,
            format!("{} and {}", number::signed(net.low), number::signed(net.high)),
            number::count(net.positive),
            number::count(net.neutral),
            number::count(net.negative),
        ]);
    }
    if !table.is_empty() {
        let _ = writeln!(out, "{} from −1 to 1\n{}", paint.bold("Net sentiment"), table.draw(paint, width));
    }
    let outdated: u64 = report.topics.iter().map(|topic| topic.outdated).sum();
    if outdated > 0 {
        let _ = writeln!(
            out,
            "  {} {} were analyzed by another version, with other settings or by an analyzer that is off, and are left out: vigie reanalyze\n",
            paint.yellow("!"),
            number::count(outdated)
        );
    }
}

fn tops(out: &mut String, topic: &TopicReport, paint: Paint, width: usize) {
    let _ = writeln!(out, "{}", paint.bold(&harmless(&topic.title)));
    let list = |names: Vec<(String, u64)>| {
        names
            .into_iter()
            .map(|(name, volume)| format!("{} {}", harmless(&name), number::count(volume)))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let sources = topic.sources.iter().map(|one| (one.source.clone(), one.volume)).collect();
    let languages =
        topic.languages.iter().map(|one| (one.language.clone().unwrap_or_else(|| "unknown".to_owned()), one.volume)).collect();
    let _ = writeln!(out, "  sources    {}", fit(&list(sources), width.saturating_sub(13)));
    let _ = writeln!(out, "  languages  {}", fit(&list(languages), width.saturating_sub(13)));
    if !topic.authors.is_empty() {
        let mut table = Table::new(&[
            ("top authors", Align::Left),
            ("source", Align::Left),
            ("mentions", Align::Right),
            ("followers", Align::Right),
        ]);
        for author in &topic.authors {
            let reach = author.reach.map_or_else(|| "–".to_owned(), number::count);
            table.row(vec![fit(&harmless(&author.name), 30), author.source.clone(), number::count(author.volume), reach]);
        }
        out.push_str(&table.draw(paint, width));
    }
    out.push('\n');
}

fn gaps(out: &mut String, report: &Report, paint: Paint, width: usize) {
    if report.gaps.is_empty() {
        return;
    }
    let _ = writeln!(out, "{} what cannot have been read", paint.bold("Coverage gaps"));
    let mut table = Table::new(&[
        ("connector", Align::Left),
        ("from", Align::Left),
        ("until", Align::Left),
        ("reason", Align::Left),
        ("feed", Align::Left),
    ]);
    for gap in report.gaps.iter().take(GAPS_SHOWN) {
        let times = [gap.from, gap.until].map(times::minute);
        let [from, until] = times;
        table.row(vec![gap.connector.to_string(), from, until, reason(gap).to_owned(), harmless(&gap.feed)]);
    }
    out.push_str(&table.draw(paint, width));
    if report.gaps.len() > GAPS_SHOWN {
        let _ = writeln!(out, "  and {} more; --json lists them all", report.gaps.len() - GAPS_SHOWN);
    }
    out.push('\n');
}

/// One word or two: the feed stands behind it, and may be cut.
fn reason(gap: &Gap) -> &'static str {
    match (gap.cause, gap.failure) {
        (Cause::Failed, Some(failure)) => failure.name(),
        (Cause::Failed, None) => "plugin failed",
        (Cause::NotAsked, _) => "not asked",
        (Cause::BeforeHistory, _) => "before history",
    }
}

/// What to look at next: the mentions behind the worst number.
fn next(out: &mut String, report: &Report, paint: Paint) {
    let worst = report
        .topics
        .iter()
        .filter_map(|topic| Some((topic, topic.net_sentiment.as_ref()?.value)))
        .min_by(|(_, left), (_, right)| left.total_cmp(right));
    let command = match (worst, report.topics.iter().max_by_key(|topic| topic.volume)) {
        _ if report.topics.iter().all(|topic| topic.volume == 0) => "vigie run --once".to_owned(),
        (Some((topic, value)), _) if value < 0.0 => format!("vigie mentions --topic {} --sentiment negative", topic.topic),
        (_, Some(topic)) => format!("vigie mentions --topic {} --limit 20", topic.topic),
        _ => "vigie mentions".to_owned(),
    };
    let _ = writeln!(out, "Next: {}", paint.cyan(&command));
}

#[cfg(test)]
mod tests {
    use vigie_mention::{TopicId, Window};
    use vigie_store::Store;

    use super::*;
    use vigie_insight::{Question, TopicShown, report};

    #[test]
    fn a_report_of_nothing_says_what_to_do() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("vigie.redb")).expect("a store");
        let shown = |id: &str| TopicShown {
            id: TopicId::new(id).expect("a name"),
            title: id.to_owned(),
            group: Some("phones".to_owned()),
        };
        let window = Window {
            from: "2026-11-01T00:00:00Z".parse().expect("an instant"),
            until: "2026-12-01T00:00:00Z".parse().expect("an instant"),
        };
        let topics = vec![shown("acme"), shown("rival")];
        let question = Question { window, now: window.until, topics, peers: Vec::new(), connectors: Vec::new(), top: 3 };
        let report = report(&store.snapshot().expect("a snapshot"), &question).expect("a report");
        let drawn = draw(&report, &[], "0", Paint { on: false }, 100);
        assert!(drawn.starts_with("Report  2026-11-01 to 2026-11-30, 30 days, UTC; 0 mentions stored\n"), "{drawn}");
        assert!(drawn.contains("  acme   ······························  0\n"), "{drawn}");
        assert!(drawn.contains("         2026-11-01          2026-11-30\n"), "{drawn}");
        assert!(drawn.contains("Share of voice of `phones`"), "{drawn}");
        assert!(drawn.ends_with("Next: vigie run --once\n"), "{drawn}");
    }

    fn at(text: &str) -> Instant {
        text.parse().expect("an instant")
    }

    #[test]
    fn a_window_is_as_long_as_it_is() {
        let shown = |from, until| span(Window { from: at(from), until: at(until) });
        assert_eq!(shown("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"), "2026-11-20 to 2026-11-20, 1 day");
        assert_eq!(shown("2026-11-20T12:00:00Z", "2026-11-23T12:00:00Z"), "2026-11-20 12:00 until 2026-11-23 12:00, 3 days");
        assert_eq!(
            shown("2026-11-20T12:00:00Z", "2026-11-21T18:00:00Z"),
            "2026-11-20 12:00 until 2026-11-21 18:00, 1 day and 6 hours"
        );
    }

    #[test]
    fn days_that_are_not_whole_are_named() {
        let days = |partial: &[bool]| {
            let day = |(day, partial): (usize, &bool)| Day {
                day: Instant::from_millis(day as i64 * Instant::DAY_MS),
                volume: 0,
                positive: 0,
                neutral: 0,
                negative: 0,
                unknown: 0,
                gap: false,
                partial: *partial,
            };
            super::partial(&partial.iter().enumerate().map(day).collect::<Vec<_>>())
        };
        assert_eq!(days(&[false, false]), "");
        assert_eq!(days(&[false, true]), "; 1970-01-02 is not whole");
        assert_eq!(days(&[true, false, true]), "; 1970-01-01 and 1970-01-03 are not whole");
        assert_eq!(days(&[false, true, true]), "; days from 1970-01-02 on are not whole");
    }

    /// The class of a failure stood behind the name of the feed, and was cut off at eighty columns.
    #[test]
    fn why_there_is_a_gap_is_said_before_where() {
        let mut report = Report {
            window: Window { from: at("2026-11-01T00:00:00Z"), until: at("2026-11-02T00:00:00Z") },
            topics: Vec::new(),
            coverage: vigie_insight::Coverage::default(),
            gaps: Vec::new(),
            formulas: Vec::new(),
        };
        report.gaps.push(Gap {
            connector: vigie_mention::ConnectorId::new("hackernews").expect("a name"),
            feed: "https://forum.phones.example/a/very/long/address/of/a/feed.xml".to_owned(),
            feeds: 1,
            from: report.window.from,
            until: report.window.until,
            cause: Cause::Failed,
            failure: Some(vigie_mention::FailureClass::UnexpectedAnswer),
            why: String::new(),
        });
        let drawn = draw(&report, &[], "0", Paint { on: false }, 80);
        assert!(drawn.contains("2026-11-02 00:00  unexpected-answer  https://"), "{drawn}");
    }
}
