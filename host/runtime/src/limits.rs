//! Every number that bounds a call, with its unit and its reason. Each has a guest in `tests/hostile.rs` that breaks it.

use std::fmt;
use std::time::Duration;

const MIB: u64 = 1024 * 1024;
/// How many times longer than any other call learning may take: it goes over thousands of documents again and again, and seldom.
const LEARNING_TIMES: u32 = 10;
/// What an analyzer may learn (contract): it travels with every call.
pub(crate) const MAX_LEARNED_BYTES: usize = 1024 * 1024;

/// What one call of a plugin may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Linear memory of the instance, all memories together.
    pub memory_bytes: u64,
    /// Processor time, measured on the thread that runs the guest; waiting is free.
    pub cpu: Duration,
    /// Time around the whole call, waiting included.
    pub wall: Duration,
    /// What the guest may hand to the host in one crossing, as it lies in the host's memory.
    pub hostcall_bytes: u64,
    /// Log lines a call; the rest is dropped with one note.
    pub log_lines: u32,
    /// Changes in a batch.
    pub batch_items: u32,
    /// Texts of a batch together.
    pub batch_bytes: u64,
    /// Texts of one mention together ([`crate::mention_bytes`]). Kept by admission, which refuses and counts that mention alone:
    /// failing the batch would stop its feed for ever.
    pub mention_bytes: u64,
    /// Length of a cursor.
    pub cursor_bytes: u64,
    /// Feeds a plan may name, or a poll may find.
    pub feeds: u32,
    /// HTTP requests a call, hops and repeats not counted.
    pub requests: u32,
    /// Body of one request.
    pub request_body_bytes: u64,
    /// Body of one response, decompressed.
    pub response_body_bytes: u64,
    /// Requests of this plugin under way at once.
    pub concurrency: u32,
}

impl Limits {
    /// Defaults of a source: it waits for the network and holds pages in memory.
    #[must_use]
    pub const fn source() -> Self {
        Self {
            memory_bytes: 64 * MIB,
            cpu: Duration::from_secs(5),
            wall: Duration::from_secs(60),
            hostcall_bytes: 16 * MIB,
            log_lines: 200,
            batch_items: 1_000,
            batch_bytes: 8 * MIB,
            mention_bytes: MIB,
            cursor_bytes: 16 * 1024,
            feeds: 1_000,
            requests: 200,
            request_body_bytes: MIB,
            response_body_bytes: 8 * MIB,
            concurrency: 8,
        }
    }

    /// Defaults of an analyzer: it may hold a model, computes for long, and has no network.
    #[must_use]
    pub const fn analyzer() -> Self {
        Self { memory_bytes: 256 * MIB, cpu: Duration::from_secs(30), requests: 0, concurrency: 0, ..Self::source() }
    }

    /// The same for a call that learns: ten times the time, everything else alike.
    pub(crate) fn learning(&self) -> Self {
        let longer = |time: Duration| time.saturating_mul(LEARNING_TIMES);
        Self { cpu: longer(self.cpu), wall: longer(self.wall), ..self.clone() }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::source()
    }
}

/// A limit that was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LimitKind {
    /// [`Limits::memory_bytes`]
    Memory,
    /// Depth of the guest's call stack; fixed.
    Stack,
    /// [`Limits::cpu`]
    Cpu,
    /// [`Limits::wall`]
    Wall,
    /// [`Limits::hostcall_bytes`]
    HostcallBytes,
    /// [`Limits::batch_items`]
    BatchItems,
    /// [`Limits::batch_bytes`]
    BatchBytes,
    /// [`Limits::cursor_bytes`]
    CursorBytes,
    /// [`Limits::feeds`]
    Feeds,
}

impl LimitKind {
    /// The key in a `limits` table of the config that changes it; `None` where it is fixed.
    #[must_use]
    pub const fn setting(self) -> Option<&'static str> {
        Some(match self {
            Self::Memory => "memory",
            Self::Stack => return None,
            Self::Cpu => "cpu",
            Self::Wall => "wall",
            Self::HostcallBytes => "hostcall_bytes",
            Self::BatchItems => "batch_items",
            Self::BatchBytes => "batch_bytes",
            Self::CursorBytes => "cursor_bytes",
            Self::Feeds => "feeds",
        })
    }

    /// What it bounds, as read after "the limit of".
    #[must_use]
    pub const fn what(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Stack => "call depth",
            Self::Cpu => "processor time",
            Self::Wall => "time",
            Self::HostcallBytes => "bytes handed to the host at once",
            Self::BatchItems => "changes in a batch",
            Self::BatchBytes => "text in a batch",
            Self::CursorBytes => "cursor length",
            Self::Feeds => "feeds at once",
        }
    }
}

/// Shows a number of bytes as people write it.
pub(crate) struct Bytes(pub(crate) u64);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            bytes if bytes >= MIB && bytes % MIB == 0 => write!(f, "{} MiB", bytes / MIB),
            bytes if bytes >= MIB => write!(f, "{:.1} MiB", bytes as f64 / MIB as f64),
            bytes if bytes >= 1024 && bytes % 1024 == 0 => write!(f, "{} KiB", bytes / 1024),
            bytes => write!(f, "{bytes} bytes"),
        }
    }
}
