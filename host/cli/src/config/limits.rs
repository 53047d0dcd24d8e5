//! `[limits]`, for all plugins, for one connector or for one analyzer: each key overrides one number of the sandbox.

use std::time::Duration;

use vigie_runtime::Limits;

use super::problem::Problems;
use super::tree::Table;
use super::values::{duration, size};

/// The limits a table sets; the rest stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct LimitsTable {
    memory: Option<u64>,
    cpu: Option<Duration>,
    wall: Option<Duration>,
    hostcall_bytes: Option<u64>,
    log_lines: Option<u32>,
    batch_items: Option<u32>,
    batch_bytes: Option<u64>,
    mention_bytes: Option<u64>,
    cursor_bytes: Option<u64>,
    feeds: Option<u32>,
    requests: Option<u32>,
    request_body_bytes: Option<u64>,
    response_body_bytes: Option<u64>,
    concurrency: Option<u32>,
}

/// The keys such a table knows.
pub(crate) const KEYS: [&str; 14] = [
    "memory",
    "cpu",
    "wall",
    "hostcall_bytes",
    "log_lines",
    "batch_items",
    "batch_bytes",
    "mention_bytes",
    "cursor_bytes",
    "feeds",
    "requests",
    "request_body_bytes",
    "response_body_bytes",
    "concurrency",
];

/// Why a limit is never zero.
const NOTHING: &str = "with a limit of nothing no plugin could run; remove the line for the usual limit";

impl LimitsTable {
    /// Reads a table, collecting its mistakes.
    pub(crate) fn read(table: &Table<'_>, problems: &mut Problems) -> Self {
        table.only(&KEYS, problems);
        // A nought needs no unit to be nothing.
        let is_nought = |text: &str| !text.trim().is_empty() && text.trim().bytes().all(|digit| digit == b'0');
        let some_bytes = |text: &str| match size(text) {
            Ok(0) => Err(NOTHING.to_owned()),
            Err(_) if is_nought(text) => Err(NOTHING.to_owned()),
            read => read,
        };
        let some_time = |text: &str| match duration(text) {
            Ok(time) if time.is_zero() => Err(NOTHING.to_owned()),
            Err(_) if is_nought(text) => Err(NOTHING.to_owned()),
            read => read,
        };
        let bytes = |key, problems: &mut Problems| table.parsed(key, "config::size", some_bytes, problems).map(|at| at.value);
        let time = |key, problems: &mut Problems| table.parsed(key, "config::duration", some_time, problems).map(|at| at.value);
        let count = |key, problems: &mut Problems| {
            table.number(key, 1, 10_000_000, problems).map(|at| u32::try_from(at.value).unwrap_or(u32::MAX))
        };
        Self {
            memory: bytes("memory", problems),
            cpu: time("cpu", problems),
            wall: time("wall", problems),
            hostcall_bytes: bytes("hostcall_bytes", problems),
            log_lines: count("log_lines", problems),
            batch_items: count("batch_items", problems),
            batch_bytes: bytes("batch_bytes", problems),
            mention_bytes: bytes("mention_bytes", problems),
            cursor_bytes: bytes("cursor_bytes", problems),
            feeds: count("feeds", problems),
            requests: count("requests", problems),
            request_body_bytes: bytes("request_body_bytes", problems),
            response_body_bytes: bytes("response_body_bytes", problems),
            concurrency: count("concurrency", problems),
        }
    }

    /// `limits` with what this table says.
    pub(crate) fn over(&self, limits: Limits) -> Limits {
        Limits {
            memory_bytes: self.memory.unwrap_or(limits.memory_bytes),
            cpu: self.cpu.unwrap_or(limits.cpu),
            wall: self.wall.unwrap_or(limits.wall),
            hostcall_bytes: self.hostcall_bytes.unwrap_or(limits.hostcall_bytes),
            log_lines: self.log_lines.unwrap_or(limits.log_lines),
            batch_items: self.batch_items.unwrap_or(limits.batch_items),
            batch_bytes: self.batch_bytes.unwrap_or(limits.batch_bytes),
            mention_bytes: self.mention_bytes.unwrap_or(limits.mention_bytes),
            cursor_bytes: self.cursor_bytes.unwrap_or(limits.cursor_bytes),
            feeds: self.feeds.unwrap_or(limits.feeds),
            requests: self.requests.unwrap_or(limits.requests),
            request_body_bytes: self.request_body_bytes.unwrap_or(limits.request_body_bytes),
            response_body_bytes: self.response_body_bytes.unwrap_or(limits.response_body_bytes),
            concurrency: self.concurrency.unwrap_or(limits.concurrency),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tree::parse;

    fn table(text: &str) -> (LimitsTable, Problems) {
        let mut problems = Problems::new("vigie.toml", text);
        let node = parse(&mut problems);
        let table = Table::of("limits", 0..0, &node, &mut problems).expect("a table");
        (LimitsTable::read(&table, &mut problems), problems)
    }

    #[test]
    fn what_a_table_says_overrides_what_it_is_laid_over() {
        let (table, problems) = table("memory = \"128MiB\"\nwall = \"2m\"\nbatch_items = 50\n");
        assert_eq!(problems.list, []);
        let limits = table.over(Limits::source());
        assert_eq!(limits.memory_bytes, 128 << 20);
        assert_eq!(limits.wall, Duration::from_secs(120));
        assert_eq!(limits.batch_items, 50);
        assert_eq!(limits.cpu, Limits::source().cpu);
        assert_eq!(LimitsTable::default().over(Limits::analyzer()), Limits::analyzer());
    }

    #[test]
    fn a_limit_of_nothing_is_a_mistake() {
        for key in KEYS {
            let value = match key {
                "cpu" | "wall" => "\"0s\"",
                _ if key == "memory" || key.ends_with("_bytes") => "\"0KiB\"",
                _ => "0",
            };
            assert_eq!(table(&format!("{key} = {value}\n")).1.errors(), 1, "{key}");
        }
    }

    #[test]
    fn every_limit_has_a_key_that_changes_it() {
        for key in KEYS {
            let value = match key {
                "cpu" | "wall" => "\"77m\"",
                "memory" => "\"7MiB\"",
                _ if key.ends_with("_bytes") => "\"77B\"",
                _ => "77",
            };
            let (table, problems) = table(&format!("{key} = {value}\n"));
            assert_eq!(problems.list, [], "{key}");
            assert_ne!(table.over(Limits::source()), Limits::source(), "{key}");
        }
    }
}
